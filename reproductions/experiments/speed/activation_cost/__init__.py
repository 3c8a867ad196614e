"""What the activation functions cost, an element and in a training step.

Document: relu-post, section 2 ("much faster than the earlier activation functions"); network-post,
section 1.2 (sigmoid: "exp is expensive").
Setup: the ten functions as layers, exp alone, and a negation, which only reads and writes; forward,
and forward with the gradient; 4,096 to 4 million elements; op by op, in a `tf.function`, and
compiled by XLA; float32 and bfloat16. A round runs everything once; a ratio is taken within a round
and given as the median of nine with a 95 % interval. Beside it a copy of as many bytes. Then a
training step of four Dense layers of width 64 and 1,024, 64 samples.
Assumptions: "much" is more than 1.5 times. The documents name neither machine nor library: this is
TensorFlow on a processor, on all its cores; softmax is over the last 64 elements.
Known differences: times belong to the machine that measured them, and no number here is held
against the stored ones; the verdicts are.
"""
