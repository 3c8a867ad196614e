"""The activation functions' values and derivatives, and each document's own curves.

Document: all five; perceptron-post up to its conclusion, xor-post section 3, slides 7-2,
network-post 1.2, relu-post sections 1 and 3.
Setup: every function is a layer of `custom_layers` in float64; derivatives by automatic
differentiation through the layer; the grids of the listings where there is a listing; one-sided
difference quotients at 0 with steps that halve; slopes of the libraries asked at run time.
Assumptions: the pictures of xor-post, slides and network-post are not in the texts: their curves
are drawn from -6 to 6, ELU with alpha = 1, network-post's leaky ReLU with slope 0.01.
Known differences: the threshold of the listing returns int32, the layer floats of equal value.
"""
