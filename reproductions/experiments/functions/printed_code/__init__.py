"""The documents' printed code is run today: which inputs break it, and which lines no longer run.

Document: all five; perceptron-post "Sigmoid 함수" and "Softmax 함수", and every whole listing.
Setup: the printed NumPy sigmoid and softmax are run on inputs of up to 10,000 in size, beside the
layers of this project. Then every statement of every listing is run in order with the pinned
packages, the listings of a document one after another as in a notebook; a statement that fails or
warns is run once more as repaired. The whole listings of perceptron-post are also run as programs
of their own, and what they print is held against what the post shows. All this happens in processes
that are started for it, as tf.disable_v2_behavior() cannot be undone.
Assumptions: the available copies of the listings of xor-post and relu-post have lost their
indentation; it is put back, and not counted against them. The commented-out variants of xor-post's
listing are left out; the same lines stand in its section 3-1, where they are not commented out. A
warning counts when Python or TensorFlow shows it to someone who runs the listing.
That the formulas overflow for large inputs (PP-15) is a finding of this project: the post claims
nothing of such inputs.
Known differences: xor-post's 20,001 training steps are cut to 101. Figures are drawn without a
window, so the warning that plt.show() then gives is not counted.
"""
