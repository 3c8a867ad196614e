"""What the activation functions cost: time per element, and time in a training step.

Document: relu-post, section 2 ("much faster than the earlier activation functions"); network-post,
section 1.2 (sigmoid: "exp is expensive").
Setup: the ten functions as layers, exp alone, and a negation, which only reads and writes. Each is
timed forward, and forward with the gradient; for 4,096 to 4 million elements; op by op, in a
`tf.function`, and compiled by XLA; in float32 and bfloat16. Each round times everything once. A
ratio is taken within a round; reported is the median over nine rounds, with a 95 % interval. For
comparison, a copy of as many bytes is timed. Then a training step of four Dense layers is timed
with each activation, for widths 64 and 1,024 and 64 samples.
Assumptions: "much" means more than 1.5 times. The documents name neither machine nor library: here
it is TensorFlow on a processor, on all its cores. Softmax is over the last 64 elements.
Known differences: times belong to the machine that measured them, so no time here is compared with
the stored one; the verdicts are.
"""
