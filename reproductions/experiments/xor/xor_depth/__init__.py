"""How often sigmoid networks of one, two, three and more layers solve XOR.

Document: network-post, part 1.1 (a single perceptron and a multilayer one). The xor-post's one, two
and three sigmoids are judged in `sigmoid_layers`, the slides' minima in `local_minima`.
Setup: 2-1, 2-2-1 and 2-10-10-10-1 networks start from weights and biases drawn from N(0, 1) and are
trained by 10,001 updates of SGD at learning rate 0.1 on all four points, under the post's loss.
Networks of 2 to 10 layers of width 5 follow, with 20,001 updates. All use the same seeds. To tell
"never" from "slowly", 2-2-1 goes on to 100,001 updates, and of the others those seeds that have not
solved XOR go on to ten times their updates.
Assumptions: a seed has solved XOR when its last cost is below log(2)/4: with a wrong point the cost
cannot be so low. For these networks the post refers to an earlier one and gives neither widths nor
learning rate; those used here are from lessons of the same kind. The loss never overflows here, as
no logit comes near 17.
Known differences: the initial weights come from NumPy's Philox generator, and XLA compiles the
training loop. 2-10-1 and 2-2-2-2-1 are added to tell the effect of depth from that of width.
"""
