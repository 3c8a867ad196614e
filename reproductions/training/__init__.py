"""The replica engine, and what is trained: XOR, two circles, digits, gradients, paths."""
