"""Gradients: through depth, slope and range; dying units; zigzag paths."""
