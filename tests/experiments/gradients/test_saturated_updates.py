"""The size of an update is that of Keras' own differentiation."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from reproductions.evidence.statistics import generator
from reproductions.experiments.gradients import saturated_updates
from reproductions.training import activations


@pytest.mark.parametrize("name", ["sigmoid", "relu"])
def test_an_update_s_size_is_that_of_the_gradient(name):
    x = saturated_updates.inputs(16)
    kernel = generator(3).standard_normal((2, 1, 2)).astype("float32")
    sizes = saturated_updates.update_sizes(activations.layer(name, dtype="float64"), kernel, 0.5, x)
    errors = generator(0, 9).standard_normal((16, 1)).astype("float32")
    for seed in range(2):
        dense = keras.layers.Dense(1)
        dense.build((None, 2))
        dense.set_weights([kernel[..., seed], np.array([0.5])])
        with tf.GradientTape() as tape:
            output = tf.reduce_mean(activations.layer(name)(dense(x)) * errors)
        parts = tape.gradient(output, dense.trainable_variables)
        size = np.sqrt(sum(float(tf.reduce_sum(part**2)) for part in parts))
        assert sizes[seed] == pytest.approx(size, rel=1e-4)


def test_a_dead_unit_has_no_update():
    x = saturated_updates.inputs(16)
    kernel = np.ones((2, 1, 1), "float32")
    assert saturated_updates.update_sizes(activations.layer("relu"), kernel, -10.0, x) == 0
