"""Signals and gradients through 1 to 30 layers: which vanish, which explode, which units fall flat.

Document: xor-post, parts 2 to 3 (the chain rule, 0.1 a layer); relu-post (the signal shrinks; ReLU
cures it); network-post, parts 1.2.3 and 1.2.5; slides, "ReLU" (saturation).
Setup: stacks of 30 layers of width 5 and 64, eight activations (leaky slope 0.2), weights N(0, 1)
with biases too, Glorot's and He's; two N(0, 1) inputs, an N(0, 1) gradient at each depth; the same
seeds everywhere. The post's own 2-5x9-1 network on XOR; and kernels N(0, s^2) ten layers deep.
Assumptions: before training. The gradient of a layer is that of its input, and 1 where it starts.
A unit is saturated where its slope is below 5 % of the largest that its function has.
Known differences: float64, as 30 layers leave what float32 holds, on TensorFlow's own kernels; a
smooth slope too small for float64 counts as 0 there too.
"""
