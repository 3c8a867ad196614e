"""How tanh networks of 2, 3 and 4 dimensions bend the plane to separate two circles.

Document: slides, part 7-1: the 2-D, 3-D and 4-D networks, each with its animation.
Setup: 2-2-2-1 at learning rate 0.001, 2-3-2-1 and 2-4-2-1 at 0.005; tanh in the hidden layers, a
sigmoid at the end, mean squared error, Keras' default initial weights; two circles of 20,000 points
each, batches of 32, 100 epochs.
Assumptions: the slides print only the networks. Data, batches and epochs are those of the post from
which the animations come, srome.github.io, which says that the 2-D network "cannot fully separate
the two classes" and that the 3-D one easily does. A network separates the circles if it classifies
every point of a dense grid without noise on both circles correctly; all accuracies are measured on
that grid.
Known differences: the post shows one seed of each network. Initial weights, noise and order come
from NumPy's Philox, all initialisations see the same batches, and XLA compiles the loop.
"""
