"""A layer acts on a grid in the plane: Wx changes all cells alike, an activation bends the grid.

Document: slides, part 7-1, "How does NN learn non-linear decision boundary?", h = σ(Wx + b).
Setup: a grid over [-1, 1]² with lines every 0.1 goes through Dense(2) layers whose weights are set
by hand: a rotation, a dilation, a shear, a translation, and a stack of all four; then through the
stack with a sigmoid, a tanh or a ReLU after it. Areas are computed from the mapped corners of the
cells, and det J, the determinant of the Jacobian, by automatic differentiation.
Closed form: det J(x) = det W · σ'(z1) · σ'(z2) with z = Wx + b. For sigmoid and tanh it is largest
where z = 0, at x = -W⁻¹b, with the values det W / 16 and det W. Its logarithm is concave, so it is
smallest in a corner of the square. For ReLU it is det W where z1 > 0 and z2 > 0, and 0 elsewhere:
the rest of the plane is folded flat.
Assumptions: the slides give no numbers. The numbers chosen here put -W⁻¹b near the middle of a
cell, so that one cell is clearly the largest. A cell's area is that of the quadrilateral of its
mapped corners. A second column has the area of the polygon through 16 points on each side; the two
differ noticeably only where a kink of ReLU crosses a cell.
Known differences: the animations in the slides come from other sites and show other maps.
"""
