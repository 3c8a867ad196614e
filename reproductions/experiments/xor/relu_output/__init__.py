"""What ReLU as the output function does to XOR, compared with other output functions.

Document: relu-post, part 3 (ReLU is recommended for hidden layers only).
Setup: 2-5-1 networks have tanh or ReLU in the hidden layer and ReLU, leaky ReLU, a linear function
or a sigmoid at the output. All are trained on the mean squared error with targets 0 and 1, from
Glorot's initial weights, by 3,001 updates of SGD on all four points at each of four learning rates;
every network starts from the same seeds.
Assumptions: a seed has solved XOR when all four answers are at least 0.1 on their side of 1/2. A
ReLU output is dead when it is exactly 0 on all four points: then no weight has a gradient, and none
ever changes again. It is blind to a point when it is 0 there although the target is 1: the point is
wrong, and its gradient is 0. Each output function is judged at the learning rate at which most of
256 other seeds solve XOR.
Known differences: the post trains nothing. The targets 0 and 1 favour ReLU, whose output can reach
both: a negative target would be out of reach with any weights. Leaky ReLU (slope 0.2) is added to
separate the effect of ReLU's shape from that of its zero gradient.
"""
