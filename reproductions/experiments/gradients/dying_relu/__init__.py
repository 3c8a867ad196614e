"""Counts dead ReLU units before and in training, which of them recover, and inputs of exactly 0.

Document: slides, part 7-2 (the "dead" neuron, leaky ReLU, ELU); relu-post, part 3 (dying ReLU, and
the missing derivative at 0).
Setup: 1) A single unit, either alone (its output is the answer) or hidden (2-1-1), has N(0, 1)
weights and a bias set to a value from 0 to -120. It is fitted to a ramp by mean squared error, in
4,001 full-batch updates at rate 0.1. Some of the ELU units that are inactive at the end are trained
up to 50 times as long.
2) Before training: N(0, 1) stacks of 2 to 8 units and 1 to 20 hidden layers, on the XOR points.
3) Classifiers 64-24-24-10 of the handwritten digits, from Glorot's initial weights, are trained by
cross entropy on batches of 32 for 20 epochs, at three learning rates.
4) Weighted sums that are exactly 0 are counted in training batches: in the xor-post's network of
ten layers with ReLU at every hundredth step, and in a zero-padded convolution over the digits.
Assumptions: a unit is dead while its slope is exactly 0 on every training sample, and has come back
if a later record finds another slope; there is one record for each epoch. While a unit is dead, the
gradient of its own weights is exactly 0 on every batch, so they stay as they are. In the first
layer, whose inputs are the data, it can never come back; in a later layer it can, if its inputs
change. A network is dead for a point if all outputs of some layer are 0 there: no gradient from
this point reaches the layers below.
Known differences: the documents show no numbers. The slides' b << 0 is a range of biases here, as
an ELU unit recovers from a small negative bias and not from a large one. The leaky ReLU has the
slides' slope, 0.1. The xor-post's cost is computed from the logit, so that its arithmetic gives no
NaN.
"""
