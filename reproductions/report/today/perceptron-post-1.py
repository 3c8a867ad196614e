"""Draws the threshold function."""

import matplotlib.pyplot as plt
import numpy as np
from keras import ops

from custom_layers import Threshold

x = np.arange(-10, 10, 0.01)
y = Threshold(threshold=0.0)(x)

plt.plot(x, ops.convert_to_numpy(y))

plt.grid(True)
plt.show()
