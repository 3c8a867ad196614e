"""The network that works in 2 dimensions."""

import keras
from keras.layers import Dense

from custom_layers import Sigmoid, Tanh

model = keras.Sequential(
    [
        keras.Input((2,)),
        Dense(2),
        Tanh(),
        Dense(2),
        Tanh(),
        Dense(1),
        Sigmoid(),
    ]
)
sgd = keras.optimizers.SGD(learning_rate=0.001)
model.compile(
    optimizer=sgd,
    loss="mse",
    metrics=["accuracy"],
)
