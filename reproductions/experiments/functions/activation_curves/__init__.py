"""Every activation function and its derivative is computed, and each document's curves are drawn.

Document: all five; perceptron-post up to its conclusion, xor-post section 3, slides 7-2,
network-post 1.2, relu-post sections 1 and 3.
Setup: every function is a layer of `custom_layers` in float64, and its derivative comes from
automatic differentiation through the layer. Where a document prints a listing, the inputs are
those of its grid. Whether a function is differentiable at 0 is judged by difference quotients from
the left and from the right, with a step that is halved again and again. What is said of all inputs
is tried up to 1e308, near the largest number of float64. The default slopes of the libraries' leaky
ReLUs are read from the libraries during the run.
Assumptions: the pictures of xor-post, slides and network-post are not in the texts, so their curves
are drawn from -6 to 6, with alpha = 1 for ELU and a slope of 0.01 for network-post's leaky ReLU.
Known differences: the threshold of the listing returns int32; the layer returns floats of the same
values.
"""
