"""Puts an activation function of one's own through the suite's measurements."""
