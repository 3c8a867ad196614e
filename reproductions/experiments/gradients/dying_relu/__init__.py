"""Dead units: how one is made, how many there are, who comes back, and how often an input is 0.

Document: slides, part 7-2 (the "dead" neuron, leaky ReLU, ELU); relu-post, part 3 (dying ReLU, and
the missing derivative at 0).
Setup: 1) one unit, alone (its output is the answer) and hidden (2-1-1), its bias set from 0 to
-120, N(0, 1) weights, fitted to a ramp by mean squared error, 4,001 full-batch updates at 0.1;
some ELU units that are not active by then go on to 50 times as many.
2) N(0, 1) stacks of 2 to 8 units and 1 to 20 hidden layers on the XOR points. 3) 64-24-24-10
classifiers of the handwritten digits, Glorot's initial weights, cross entropy, batches of 32 for 20
epochs, at three learning rates.
Assumptions: a unit is dead while its slope is exactly 0 on every training sample; it comes back if
a later record (one an epoch) finds a slope that is not. While it is dead every batch's gradient to
its own weights is exactly 0, so they stay: in the first layer, whose inputs are the data, it cannot
come back; above it can, if what feeds it moves. A network is dead for a point if some layer's
outputs are all 0 there: nothing below that layer gets a gradient from it.
Known differences: the documents show no numbers. The slides' b << 0 is swept here, as an ELU unit
recovers from a small one and not from a large one; their leaky slope is 0.1.
"""
