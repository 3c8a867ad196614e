"""Width against depth on two circles: at equal learning rates, and with more epochs.

Document: slides, part 7-1, the summary: more layers, or more neurons, learn a harder mapping.
Setup: the slides' 2-2-2-1, 2-3-2-1 and 2-4-2-1 at equal learning rates for 100 epochs, and 2-2-2-1
for 1,000 epochs as well; then 1 to 8 hidden layers of width 2, and 1 to 4 of width 3; tanh, a
sigmoid at the end, mean squared error, batches of 32, Keras' default initial weights, as in
`tanh_warping`.
Assumptions: a network separates the circles if it classifies every point of a dense grid without
noise on both circles correctly. A network whose layers are all as narrow as its input cannot do
that, at any depth (Johnson 2018, "Deep, Skinny Neural Networks are not Universal Approximators").
Known differences: the slides train the 2-D network at a fifth of the learning rate of the others,
so that their three networks differ in more than their width; and they show none with more layers.
"""
