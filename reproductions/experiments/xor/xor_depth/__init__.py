"""XOR with sigmoids: one, two, three and more layers, and what the initial weights decide.

Document: xor-post, part 1 (one sigmoid against two and three); network-post, part 1.1 (a single
perceptron and a multilayer one); slides, last pages (which minimum is reached).
Setup: 2-1, 2-2-1 and 2-10-10-10-1, weights and biases N(0, 1), SGD 0.1 on all four points, 10,001
updates, the post's loss; then depths 2 to 10 at width 5, 20,001 updates; the same seeds everywhere.
Assumptions: a seed has solved XOR when its last cost is below log(2)/4, which no wrong point
allows. The post refers to an earlier one for these networks and gives neither widths nor rate:
those are from lessons of the same kind. The loss never overflows here, as no logit gets near 17.
Known differences: weights come from NumPy's Philox; XLA compiles the loop. 2-10-1 and 2-2-2-2-1
are ours, to tell depth from width; the 2-2-1 networks go on to 100,001 updates, and of the others
those that have not solved XOR go on to ten times their updates, to tell "never" from "slowly".
"""
