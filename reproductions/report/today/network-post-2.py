"""A network of three layers with given weights."""

import keras
import numpy as np
from keras import ops
from keras.layers import Dense

from custom_layers import Linear, Sigmoid

network = keras.Sequential(
    [
        keras.Input((2,)),
        Dense(3),
        Sigmoid(),
        Dense(2),
        Sigmoid(),
        Dense(2),
        Linear(),
    ]
)
network.set_weights(
    [
        np.array([[0.1, 0.3, 0.5], [0.2, 0.4, 0.6]]),  # W1
        np.array([0.1, 0.2, 0.3]),  # b1
        np.array([[0.1, 0.4], [0.2, 0.5], [0.3, 0.6]]),  # W2
        np.array([0.1, 0.2]),  # b2
        np.array([[0.1, 0.3], [0.2, 0.4]]),  # W3
        np.array([0.1, 0.2]),  # b3
    ]
)

x = np.array([[1.0, 0.5]])  # a batch of one input
y = ops.convert_to_numpy(network(x))
print(y[0])
