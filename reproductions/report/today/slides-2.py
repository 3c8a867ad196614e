"""The network that works in 3 dimensions."""

import keras
from keras.layers import Dense

from custom_layers import Sigmoid, Tanh

model = keras.Sequential(
    [
        keras.Input((2,)),
        Dense(3),
        Tanh(),
        Dense(2),
        Tanh(),
        Dense(1),
        Sigmoid(),
    ]
)
sgd = keras.optimizers.SGD(learning_rate=0.005)
model.compile(
    optimizer=sgd,
    loss="mse",
    metrics=["accuracy"],
)
