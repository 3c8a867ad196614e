"""The 10-layer XOR network: which activation learns it, and how often.

Document: xor-post, parts 1-1, 3-1 and 4 (its listing).
Setup: 2-5x9-1, weights and biases N(0, 1), SGD 0.01 on all four points, 20,001 updates, cost and
accuracy before every 100th; sigmoid, ReLU, leaky ReLU (slope 0.2) and tanh in the hidden layers, a
sigmoid at the end; the same seeds for every activation and for both losses.
Assumptions: a seed has solved XOR when its last cost is below log(2)/4, which no wrong point
allows; the post's own criterion, accuracy 1 at the end, stands beside it. Near cost log(2) every
answer is 1/2 but for rounding, and any accuracy occurs by chance.
Known differences: weights come from NumPy's Philox; XLA compiles the loop. The "stable" loss is
the post's, computed from the logit: the same function, other arithmetic.
"""
