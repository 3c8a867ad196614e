"""AND, OR and XOR: what linear and step networks learn, and what stops them.

Document: network-post, parts 1.2.1 (a linear activation cannot be backpropagated, as its derivative
is constant) and 1.2.2 (a step solves neither non-linear nor multi-class problems).
Setup: networks of one, two and four layers, width 5, targets 0 and 1, mean squared error, Glorot's
initial weights, SGD at 0.05 on all four points, 3,001 updates; the same seeds for every network and
gate. The hidden layers are linear, steps or, as the control, tanh. Then the perceptron's rule, and
step networks with weights set by hand.
Assumptions: a seed has solved a gate when all four answers are at least 0.1 on their side of 1/2.
Backpropagation works on linear layers if its gradients are those of central differences in float64
and if it takes the loss to the least-squares floor, the best that any linear function can do.
Known differences: the post trains nothing. A linear function's floor is 1/16 on AND and OR, with
answers 1/4 on the right side or more, and 1/4 on XOR, with the answer 1/2 to everything. At a
rate of 0.1 some four-layer linear networks diverge, as deep ones must be trained more slowly.
"""
