"""Multiplies an input by the weights of three nodes at once."""

import numpy as np
from keras import ops

X = np.array([[1, 2]])
print(X.shape)

W = np.array([[1, 2, 3], [4, 5, 6]])
print(W.shape)

Y = ops.matmul(X, W)
print(ops.convert_to_numpy(Y))
