"""Turns seven inputs into probabilities."""

import numpy as np
from keras import ops

from custom_layers import Softmax

input_a = np.array([-3, -1.5, 0.3, 0.6, 1, 1.8, 3])

probabilities = ops.convert_to_numpy(Softmax()(input_a))
print(np.round(probabilities, 3))
