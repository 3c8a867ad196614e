"""The zigzag of SGD: gradients of one sign, crooked paths, and which of the two causes the other.

Document: slides, part 5 (sigmoid's outputs are centred on 0.5 and always positive, so SGD zigzags;
tanh is centred on 0, which cures it); relu-post, part 3 (so does ReLU, never being negative).
Setup: one linear unit fed by f(z), five independent z from N(0, 1), learns its own weights back by
SGD on single samples and on batches of up to 128, until a tenth of the distance is left. Then the
same function less its mean, and controls. Inside 2-5-5-1 a constant is added to the hidden outputs
and taken back by the next biases, so that the functions are the same. The same seeds everywhere.
Assumptions: zigzag is the length of the weights' path over their displacement, 1 if straight. Unit
and samples agree, so that SGD comes to rest; the unit has no bias. Learning rates are given in
units of 1 / (largest eigenvalue of the Hessian); a tuned one arrives soonest on other seeds (inside
the network: it has the lowest median loss after the same number of updates).
Known differences: the slides and the post measure nothing. One sign: of a sample, dL/dw_i = delta
a_i, so that a_i >= 0 gives every i the sign of delta, or 0, as ReLU's outputs often are. The sign
of a coordinate is no property of the path: turn the axes (rotated) and signs are mixed, the path
the same; change the sign of half the samples (mirrored) and the mean is 0, the path the same.
"""
