"""Which activation function is best for what: those of today beside the documents' own.

Document: none; the documents stop at ELU and Swish.
Setup: each function goes through the tasks of the battery. The 10-layer network of the XOR post is
trained from N(0, 1) weights and from Glorot's, under the loss from the logit; the gradient's factor
per layer is measured in 20 layers with Glorot's weights; dead units are counted in the networks
that were trained from N(0, 1); the zigzag is that of a unit with 8 inputs; a perceptron learns the
digits, at the best of three learning rates; a 2-3-2-1 network pulls two circles apart. The seeds
are the same for all functions, and so are the initial weights and the batches. In each task the
functions are ranked by their means over seeds. The interval of a rank is a bootstrap interval that
resamples the seeds, the same for all functions.
Assumptions: two functions are compared seed by seed, by the two-sided sign test: among the seeds
in which one is better than the other, which is better in more of them? A function is among the best
of a task unless this test tells it apart from the function with the best mean, at level 0.05 and by
Bonferroni's correction for as many comparisons as there are other functions. As the same seeds also
say which function is best, the step-wise correction by Holm, which is usual, could leave out too
many. A network whose weights are not finite has not solved its task, and all its units count as
dead. A gradient that is exactly 0 or not finite has kept nothing of its size.
Known differences: GELU, SELU, Mish and the others are those of Keras; Snake is x + sin²x, and ReLU²
the square of ReLU. SiLU is Swish, hard SiLU is hard swish, and CELU with Keras' coefficient of 1 is
ELU, but for the derivative at 0 itself; they are measured once, under the other name. The linear
function is left out, as a network with it is linear, and so are functions of Keras that do not act
on each element alone, or need another argument. Nothing is tuned for a function but the learning
rate on digits: each task is one network at one setting, so that a rank belongs to this setting.

It runs only when it is named, as it takes about three minutes on one core.
"""
