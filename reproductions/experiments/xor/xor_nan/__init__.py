"""Which 10-layer XOR networks end in NaN, when this happens, and what precedes it.

Document: xor-post, parts 1-1 and 2: a sigmoid network first learns; then its cost is NaN from step
17,500 on and its accuracy falls to 0.5. Whether a vanishing gradient causes this, as the post says,
is judged in `nan_cause`.
Setup: the post's 2-5x9-1 network is trained at learning rates 0.01 (that of its listing) and 0.1 by
20,001 updates, with four activations from the same seeds. Seeds that become NaN are trained again
under the same loss computed from the logit: nothing changes but how the loss is calculated. For 64
of them the logits and gradients just before the NaN are measured.
Assumptions: "late" means after step 10,000. The post's curve is: accuracy 1 at a record, then NaN
late, then accuracy 0.5 at the end.
Known differences: XLA compiles the training loop. As a check, 32 seeds are trained again in a
session on TensorFlow's own kernels: the post's own graph with one more axis for the seeds.
"""
