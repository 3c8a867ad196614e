"""The documents' code as printed, today: which inputs break it, and which lines no longer run.

Document: all five; perceptron-post "Sigmoid 함수" and "Softmax 함수", and every whole listing.
Setup: the printed NumPy sigmoid and softmax on inputs up to 10,000 in size, beside the layers; each
statement of every listing run in order with the pinned packages, the listings of a document one
after another as in a notebook; a statement that fails or warns is then run as repaired. They run in
processes of their own, as tf.disable_v2_behavior() cannot be undone.
Assumptions: the copies at hand of the listings of xor-post and relu-post have lost their
indentation; it is put back, and not counted against them. The commented-out variants of xor-post's
listing are left out; the same lines stand, not commented, in its section 3-1. A warning counts when
Python or TensorFlow shows it to someone who runs the listing.
Known differences: xor-post's 20,001 training steps are cut to 101. Figures are drawn without a
window, so the hint that plt.show() then gives is not counted.
"""
