"""Draws four functions in one figure."""

import matplotlib.pyplot as plt
import numpy as np
from keras import ops

from custom_layers import ReLU, Sigmoid, Tanh, Threshold

x = np.arange(-10, 10, 0.01)
y0 = Threshold(threshold=0.0)(x)
y1 = Sigmoid()(x)
y2 = ReLU()(x)
y3 = Tanh()(x)

plt.plot(x, ops.convert_to_numpy(y0), color="black")
plt.plot(x, ops.convert_to_numpy(y1), color="blue")
plt.plot(x, ops.convert_to_numpy(y2), color="red")
plt.plot(x, ops.convert_to_numpy(y3), color="green")

plt.ylim([-1.5, 5])
plt.grid(True)
plt.show()
