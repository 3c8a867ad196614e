"""How fast each activation learns real images: updates to a training error, each at its best rate.

Document: slides, part 7-2 (ReLU converges faster under SGD than sigmoid and tanh); relu-post, part
2 (about 6 times faster).
Setup: scikit-learn's handwritten digits; a perceptron 64-32-32-10 and a CNN (3 x 3 convolutions of
4 and 8 filters, each with a 2 x 2 pool, then 10 classes); Glorot's initial weights, cross entropy,
plain SGD in batches of 32, 1,760 and 880 updates; 20 seeds, the same for all.
Assumptions: the learning rate is chosen for each activation, network and threshold on three other
seeds, out of 0.1, 0.3, 1, 3 and 10: the one with the fewest updates in the median, the lower of
equals. A ratio to ReLU is one of medians, with a 95 % bootstrap interval over the seeds that both
share; a run that never gets there counts as the last update, which makes a ratio of such runs a
lower bound. The error is taken on 512 of the training images.
Known differences: the figure behind the post's "6 times" is a CNN on CIFAR-10, ReLU against tanh at
25 % training error; with `--dataset` this runs on any images of that kind. One batch order is
shared by all seeds. Glorot's weights suit tanh: they are the document's default and a confound.
"""
