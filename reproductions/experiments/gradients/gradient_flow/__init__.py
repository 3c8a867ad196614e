"""Measures how signals and gradients change through 1 to 30 layers, and which units saturate.

Document: xor-post, parts 2 to 3 (the chain rule, 0.1 a layer); relu-post (the signal shrinks; ReLU
cures it); network-post, parts 1.2.3 and 1.2.5; slides, "ReLU" (saturation).
Setup: untrained stacks of 30 layers of width 5 and 64 with eight activations (the leaky ReLU's
slope is 0.2). Their weights are N(0, 1), the biases too, or Glorot's or He's with biases 0. Two
N(0, 1) inputs pass forwards, and from each depth an N(0, 1) gradient passes back; the seeds are the
same for all activations. In addition: the post's own network 2-5x9-1 on XOR, and kernels N(0, s^2)
through ten layers.
Assumptions: all is measured before training. The gradient of a layer is that with respect to its
input, as a multiple of the gradient's RMS where it enters, which is about 1. A unit is saturated
where its slope is below 5 % of the largest slope of its function.
Known differences: float64 on TensorFlow's own kernels, because float32 cannot hold the gradients of
30 layers. A slope of a smooth function that is too small for float64 counts as 0.
"""
