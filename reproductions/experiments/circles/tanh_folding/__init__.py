"""Why networks of width 2 cannot separate the circles: their map of the plane does not fold.

Document: none; slides, part 7-1, say that layers fold space.
Setup: 2-2-2-1 and 2-3-2-1 as in `tanh_warping`, both at the same three learning rates, 100 epochs;
the determinant of the Jacobian J of the map from the plane to the layer of two units.
Assumptions: by the Cauchy-Binet formula, det J is a sum over pairs of first-layer units: det(their
columns of W1) det(their rows of W2) times their slopes, all times the slopes of the second layer.
Slopes of tanh are above 0, and two units make only one pair, so for 2-2-2-1 det J has one sign over
the whole plane. Where the circles are separated, the logit a u + b v + c has an extremum inside the
outer circle. There (a, b) J = 0, so det J = 0: without a fold there is no separation.
Known differences: det J is computed in float64 from weights trained in float32, on a grid over the
disc inside the outer circle, so that a fold narrower than the spacing of the grid is missed. A sign
of det W that changes and changes back between two records, a fifth of an epoch apart, is missed.
"""
