"""Two losses agree with values worked by hand, and a loss moves smoothly where the accuracy jumps.

Document: network-post, "2. Loss Function".
Setup: mean squared error and cross entropy are computed by formula and by Keras for small cases
worked by hand as fractions. Then the weights of a logistic unit move along a straight line in 500
to 4,000 equal steps, and its loss and its accuracy on 100 points are compared at every step.
Assumptions: the post asks to implement both losses but shows neither formula nor code. Implemented
here: the mean of the squared errors, and -sum(target * ln(output)), in nats. The Korean textbook
from which such posts draw halves the sum of the squared errors instead; its example is one of the
cases. The points are drawn afresh for every seed: two inputs from N(0, 1), labels from a logistic
unit.
Known differences: Keras divides the outputs of a cross entropy by their sum and clips them to
[1e-7, 1 - 1e-7]. For outputs of 0 and 1, and for outputs that do not sum to 1, it therefore gives
another loss than the formula; those cases are shown and not held against the claim. The accuracy
moves in steps of one in 100, as in the post's own example.
"""
