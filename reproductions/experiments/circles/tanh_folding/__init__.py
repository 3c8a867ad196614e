"""Why width 2 cannot separate the circles: its map of the plane never folds.

Document: none; slides, part 7-1, say of layers that they fold space.
Setup: 2-2-2-1 and 2-3-2-1 as in `tanh_warping`, both at the same three learning rates, 100 epochs;
the determinant of the Jacobian of the map from the plane to the layer of two units.
Assumptions: by Cauchy and Binet it is the sum, over pairs of first-layer units, of det(their
columns of W1) det(their rows of W2) times their slopes, times the second layer's slopes. Slopes of
tanh are above 0, and two units are one pair: one sign over the whole plane. Where the circles are
separated, the logit a u + b v + c has an extremum inside the outer circle; there (a, b) J = 0, so
det J = 0.
Known differences: det J is taken in float64 from weights trained in float32, on a grid over the
disc inside the outer circle: a fold narrower than its spacing is missed. A sign of det W that
changes and changes back between two records, a fifth of an epoch apart, is not seen.
"""
