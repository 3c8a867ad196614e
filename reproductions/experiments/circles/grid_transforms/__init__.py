"""A layer on the plane: Wx changes a grid uniformly, + b shifts it, an activation bends it.

Document: slides, part 7-1, "How does NN learn non-linear decision boundary?", h = σ(Wx + b).
Setup: a grid over [-1, 1]² with lines every 0.1 goes through Dense(2) layers with weights set by
hand: a rotation, a dilation, a shear, a translation, and all four as a stack; then through a
sigmoid, a tanh or a ReLU. Areas come from the mapped corners, det J from automatic differentiation.
Closed form: det J(x) = det W · σ'(z1) · σ'(z2) with z = Wx + b. For sigmoid and tanh it is largest
where z = 0, at x = -W⁻¹b: det W / 16 and det W; its logarithm is concave, so the smallest value is
in a corner of the square. For ReLU it is det W where both z > 0, else 0: the plane is folded flat.
Assumptions: the slides give no numbers. Ours put -W⁻¹b near the middle of a cell, so that one cell
is clearly the largest. A cell's area is that of the quadrilateral of its mapped corners; beside it
stands the polygon through 16 points a side, which differs by much only where a ReLU's kink crosses
a cell.
Known differences: the slides' animations come from other sites and show other maps.
"""
