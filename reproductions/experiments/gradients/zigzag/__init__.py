"""Tests whether SGD zigzags because all inputs have one sign, or because of a large eigenvalue.

Document: slides, part 7-2 (the sigmoid's outputs are centred on 0.5 and always positive, so SGD
zigzags) and part 7-4 (tanh is centred on 0, which cures it); relu-post, part 3 (ReLU zigzags too,
as its outputs are never negative).
Setup: one linear unit, fed by f(z) for five independent z from N(0, 1), learns its own weights back
by SGD on single samples and on batches of up to 128, until a tenth of the distance is left. This is
repeated for the same functions minus their mean, and for controls. Inside a network 2-5-5-1 a
constant is added to the hidden outputs and subtracted again by the biases of the next layer, so
that the networks compute the same functions. All runs have the same seeds.
Assumptions: the measure of the zigzag is the length of the weights' path over their displacement,
which is 1 for a straight path. The unit has no bias and can fit its samples exactly, so that SGD
comes to rest. Learning rates are given in units of 1 / (largest eigenvalue of the Hessian). A tuned
rate is the one at which other seeds arrive soonest; in the network, the one with the lowest median
loss after the same number of updates.
Known differences: the slides and the post measure nothing. On one sample dL/dw_i = delta a_i, so
a_i >= 0 gives all gradients the sign of delta, or 0, as ReLU's outputs often are. But the signs of
coordinates are no property of a path: rotating the axes (control "rotated") mixes the signs and
leaves the path as it is, and negating half the samples ("mirrored") makes the mean 0 and leaves the
path as it is. What makes the zigzag is the large eigenvalue that the mean gives the Hessian: where
the mean is kept and the Hessian is made round ("whitened"), there is no more zigzag than without
the mean.
"""
