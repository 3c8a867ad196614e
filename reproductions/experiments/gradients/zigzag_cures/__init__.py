"""What straightens the zigzag path of a sigmoid network, one change at a time, and what it costs.

Document: none; the slides say that sigmoid units make the path zigzag and tanh cures it.
Setup: the networks 2-5-5-1 with sigmoid units of `zigzag`, from the same initial weights and on the
same samples in the same order, are trained by SGD in batches of 16. Then one thing is changed: the
mean of the hidden outputs is taken off (1/2 is subtracted, and the biases make up for it), tanh
takes the sigmoid's place, the learning rate is lower, the batch larger, the optimizer another one
(momentum, RMSprop, Adam, or Adam without its average of gradients), or there is batch or layer
normalization before or after the sigmoid. But where the learning rate is itself the change, every
network has its best one of five, each twice as high as the one before: the rate at which networks
of other seeds (`tuning`) all reach the lowest loss, and need the fewest updates on average.
Assumptions: the measure is that of `zigzag`: the length of the path of the kernels that hidden
units feed, over its displacement, the distance between its ends; it is 1 for a straight path. A
path ends when the mean squared error over all samples is first found at or below a given loss, so
that all paths that are compared end at the same loss. The loss is looked at every few updates; with
batch normalization it is computed with the statistics of all samples. A network that never reaches
the loss has no path, and the tables count it. The intervals are bootstrap intervals over seeds.
Known differences: none, as there is no document. With normalization the same function has other
weights, so that length and displacement themselves, which stand beside their ratio, cannot be
compared. A path is more crooked at a high learning rate than at a low one, so a change may act by
way of the rate that it allows: `tuning` has the ratios at all rates. The findings were put into
words after a look at the tuning seeds, and are judged on the others.
"""
