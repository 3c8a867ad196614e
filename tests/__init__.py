"""Tests: of the layers, the machinery and the experiments."""
