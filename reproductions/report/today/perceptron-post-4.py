"""A perceptron with a sigmoid, and seven outputs."""

import keras
import matplotlib.pyplot as plt
import numpy as np
from keras import ops

from custom_layers import Sigmoid

draw_x = np.linspace(-5.0, 5.0, 1000)
draw_y = Sigmoid()(draw_x)

x = np.array(
    [
        [-3, -1, -2],
        [0.3, 0.4, -0.5],
        [-0.4, 0.2, 0.7],
        [0.1, 0.5, 0.9],
        [0.6, 0.7, 0.9],
        [1.2, 0.4, 1.5],
        [2, 2, 2],
    ]
)
w = np.array([0.3, 0.2, 0.5])
bias = np.array([-0.5])

affine = keras.layers.Dense(1)
# Sigmoid activation
neuron = keras.Sequential([keras.Input((3,)), affine, Sigmoid()])
neuron.set_weights([w.reshape(3, 1), bias])
plt.plot(draw_x, ops.convert_to_numpy(draw_y))

affine_points = np.round(ops.convert_to_numpy(affine(x)), 3)
points_y = np.round(ops.convert_to_numpy(neuron(x)), 3)
for row, each_x in enumerate(x):
    affine_point, point_y = affine_points[row, 0], points_y[row, 0]
    print(str(each_x) + " -> " + str(affine_point) + " -> " + str(point_y))
    plt.scatter(affine_point, point_y, color="red")

plt.ylim([-0.5, 1.5])
plt.grid(True)
plt.show()
