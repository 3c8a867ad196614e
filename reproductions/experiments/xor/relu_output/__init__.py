"""ReLU as the output layer: what it does to XOR, against linear, leaky and sigmoid outputs.

Document: relu-post, part 3 (ReLU is recommended for hidden layers only).
Setup: 2-5-1 with tanh and with ReLU in the hidden layer and one of four functions at the output;
mean squared error for all, targets 0 and 1, Glorot's initial weights, SGD on all four points,
3,001 updates at four learning rates; the same seeds everywhere.
Assumptions: a seed has solved XOR when all four answers are at least 0.1 on their side of 1/2. A
ReLU output is dead when it is exactly 0 on all four points: then no weight has a gradient, and
nothing ever changes again. It is blind to a point when it is 0 there although the target is 1: the
point is wrong, and its gradient is 0. Each output is judged at the learning rate at which it solves
most.
Known differences: the post trains nothing. The targets 0 and 1 favour ReLU, which can say both: a
negative target is out of its reach at any weights. Leaky ReLU (slope 0.2) is ours, to tell what
ReLU's shape costs from what its zero gradient costs.
"""
