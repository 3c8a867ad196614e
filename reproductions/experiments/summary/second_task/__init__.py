"""Whether findings about cures, functions and dying units carry over to a task of two spirals.

Document: none; the xor-post draws its conclusions from XOR, and the relu-post names no task.
Setup: two spirals of one turn each, in the plane, must be told apart, by networks of 6 hidden
layers of 8 units, trained on the cross entropy computed from the logit, in batches of 32, for 2,500
updates. Three findings are tried again. (a) The five best single changes of `cures`, and three
that do nothing there, on a network of sigmoids with weights from N(0, 1). (b) Sigmoid, ReLU, leaky
ReLU and tanh, from weights of N(0, 1) and from Glorot's. (c) What keeps ReLU units from dying at
too high a learning rate, from Glorot's weights, as in `dying_cures`. All networks of one kind of
weights start from the same seeds and see the same batches.
Assumptions: a network has learned the spirals when 95 % of the points half-way between those of the
training set are right: in (a) and (b) at some record, every 50 updates; in (c) at the end. A
network that never gets there counts as if it needed all updates. In (a) and (b) each network has
its own best learning rate: the one of four at which 16 other seeds need the fewest updates on
average. A unit is inactive if its activation function gets a number above 0 for no training point;
where weights are not finite, all count. The intervals of means are bootstrap intervals over
networks, and differences are of networks that start from the same seed.
Known differences: the first experiments train at one learning rate, 0.01, but for Adam, and on all
points at once; they compare shares that learn, and here nearly all learn, so that the numbers of
updates are compared. In (c), digits have ten classes and spirals two, so an error of one half is
chance. The task, with so many turns, layers and units, was chosen on other seeds, as one that tanh
networks learn.
"""
