"""The last layers, with each of the three functions."""

import keras
from keras.layers import Dense

from custom_layers import LeakyReLU, ReLU, Sigmoid, Tanh

hid7 = keras.Input((5,))

# ReLU
hid8 = ReLU()(Dense(5)(hid7))
hid9 = ReLU()(Dense(5)(hid8))

# Leaky ReLU, with the slope of tf.nn.leaky_relu
hid8 = LeakyReLU(negative_slope=0.2)(Dense(5)(hid7))
hid9 = LeakyReLU(negative_slope=0.2)(Dense(5)(hid8))

# tanh
hid8 = Tanh()(Dense(5)(hid7))
hid9 = Tanh()(Dense(5)(hid8))

# the hypothesis is a sigmoid
hypothesis = Sigmoid()(Dense(1)(hid9))
