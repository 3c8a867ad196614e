"""What linear and step networks learn of AND, OR and XOR, and what stops them.

Document: network-post, parts 1.2.1 (a linear activation cannot be backpropagated, as its derivative
is constant) and 1.2.2 (a step solves neither non-linear nor multi-class problems).
Setup: networks of one, two and four layers, width 5, are trained on each gate with targets 0 and 1,
mean squared error, Glorot's initial weights, and 3,001 updates of SGD at learning rate 0.05, each
on all four points; every network and gate starts from the same seeds. The hidden layers are linear,
steps or, as the control, tanh. Beside them stand the perceptron's learning rule, single step units
that it trains on XOR and on three classes, and step networks whose weights are set by hand.
Assumptions: a seed has solved a gate when all four answers are at least 0.1 on their side of 1/2.
Backpropagation works on linear layers if its gradients equal central differences in float64 and if
it brings the loss down to the least-squares floor, the best that any linear function can reach.
Known differences: the post trains nothing. A linear function's floor is 1/16 on AND and OR, where
all answers are on the right side of 1/2 by at least 1/4; it is 1/4 on XOR, where every answer is
1/2. At a learning rate of 0.1 some four-layer linear networks diverge: deep linear networks need a
lower rate.
"""
