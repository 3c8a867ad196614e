"""Two losses against values worked by hand and Keras' own, and a loss beside the accuracy.

Document: network-post, "2. Loss Function".
Setup: mean squared error and cross entropy on small cases worked by hand as fractions; 100 points
and a logistic unit whose weights move along a straight line in 500 to 4,000 equal steps.
Assumptions: the post asks to implement both losses but shows neither formula nor code. Implemented
here: the mean of the squared errors, and -sum(target * ln(output)), in nats. The Korean textbook
from which such posts draw halves the sum of the squared errors instead; its example is a case. The
points are drawn afresh for every seed: two inputs from N(0, 1), labels from a logistic unit.
Known differences: Keras divides the outputs of a cross entropy by their sum and clips them to
[1e-7, 1 - 1e-7], so that outputs of 0 and 1, and outputs that do not sum to 1, give another loss
than the formula; those cases are shown and not held against the claim. The accuracy's steps are
those of 100 points, the post's own example.
"""
