"""Trains the network of ten layers on XOR."""

import keras
import numpy as np
from keras import ops
from keras.layers import Dense

from custom_layers import Sigmoid, Tanh

STEPS = 20_000

x_data = np.array([[0, 0], [0, 1], [1, 0], [1, 1]], "float32")
y_data = np.array([[0], [1], [1], [0]], "float32")

# The post sets no seed, so that each of its runs differs.
keras.utils.set_random_seed(0)
normal = {
    "kernel_initializer": keras.random.normal,
    "bias_initializer": keras.random.normal,
}

model = keras.Sequential([keras.Input((2,))])
for _ in range(9):
    model.add(Dense(5, **normal))
    # or Sigmoid(), ReLU(), LeakyReLU(negative_slope=0.2)
    model.add(Tanh())
# the last one is a sigmoid
model.add(Dense(1, **normal))
model.add(Sigmoid())

# This cost is NaN as soon as h is rounded to exactly 0 or 1.
# From the logit it is finite for every input: leave out the
# last Sigmoid() above, compile with
#     loss=keras.losses.BinaryCrossentropy(from_logits=True),
# and take Sigmoid()(model(x_data)) for the hypothesis below.
model.compile(
    optimizer=keras.optimizers.SGD(learning_rate=0.01),
    loss=lambda y, h: -ops.mean(y * ops.log(h) + (1 - y) * ops.log(1 - h)),
    steps_per_execution=100,  # 100 updates in one call
)

# An epoch is 100 batches, and each batch is all four points.
x_epoch = np.tile(x_data, (100, 1))
y_epoch = np.tile(y_data, (100, 1))
for step in range(0, STEPS + 1, 100):
    if step:
        model.fit(x_epoch, y_epoch, batch_size=4, shuffle=False, verbose=0)
    cost = model.loss(y_data, model(x_data))
    print(step, float(cost))

# Accuracy report
h = ops.convert_to_numpy(model(x_data))
p = np.float32(h > 0.5)
a = np.mean(p == y_data)
print(f"\nHypothesis:\n{h} \nPredicted:\n{p} \nAccuracy:\n{a}")
