"""The NaN of the 10-layer XOR network: whose it is, when it comes, and what causes it.

Document: xor-post, parts 1-1 and 2: a sigmoid network that learns, whose cost is NaN from step
17,500 on, whose accuracy falls to 0.5, all put down to a vanishing gradient.
Setup: 2-5x9-1 as in the post, at learning rate 0.01 (its listing's) and 0.1, 20,001 updates, for
four activations from the same seeds. Seeds that break run again under the same loss computed from
the logit: nothing changes but the loss's arithmetic. The logits and gradients of 64 of them are
looked at just before they break.
Assumptions: "late" means after step 10,000. The post's curve is: accuracy 1 at a record, then NaN
late, then accuracy 0.5 at the end.
Known differences: XLA compiles the loop; so 32 seeds run again in a session on TensorFlow's own
kernels, the post's own graph with one more axis for the seeds.
"""
