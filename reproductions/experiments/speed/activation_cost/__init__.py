"""What the activation functions cost: time per element, and time in a training step.

Document: relu-post, section 2 ("기존 활성화 함수에 비해 속도가 매우 빠르다"); network-post, section
1.2.3 ("exp 연산 비용이 크다").
Setup: the ten functions as layers, exp alone, and a negation, which only reads and writes. Each is
timed forward, and forward with the gradient; for 4,096 to 4 million elements; op by op, in a
`tf.function`, and compiled by XLA; in float32 and bfloat16. Each round times everything once. A
ratio is taken within a round; reported is the median over nine rounds, with a 95 % interval. For
comparison, a copy of as many bytes is timed. Then a training step of four Dense layers is timed
with each activation, for widths 64 and 1,024 and 64 samples; and, for the claims, for five sizes
from 32 units and 32 samples to 512 units and 256 samples, in a `tf.function` and compiled by XLA.
Assumptions: "much" means more than 1.5 times, "noticeably" more than 1.1 times. The documents name
neither machine nor library: here it is TensorFlow on a processor, on all its cores. Softmax is over
the last 64 elements.
Known differences: times belong to the machine that measured them, so no time here is compared with
the stored one; the verdicts are.
"""
