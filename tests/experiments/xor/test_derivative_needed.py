"""The derivatives are those of the layers, and the updates are gradient descent."""

import keras
import numpy as np
import pytest
import tensorflow as tf

import custom_layers
from reproductions.evidence.functions import FUNCTIONS
from reproductions.experiments.xor import derivative_needed
from reproductions.training import xor


def layer(name):
    options = {"negative_slope": derivative_needed.SLOPE} if name == "leaky_relu" else {}
    return getattr(custom_layers, FUNCTIONS[name].layer)(dtype="float64", **options)


@pytest.mark.parametrize("name", sorted({*derivative_needed.PARTS} - {derivative_needed.REPLACED}))
def test_values_and_derivatives_are_those_of_the_layers(name):
    z = tf.constant(np.r_[np.linspace(-6, 6, 25)], tf.float64)  # 0 is among them
    with tf.GradientTape() as tape:
        tape.watch(z)
        value = layer(name)(z)
    function, derivative = derivative_needed.PARTS[name]
    np.testing.assert_allclose(function(z.numpy()), value, rtol=1e-12, atol=1e-15)
    np.testing.assert_allclose(
        derivative(z.numpy()), tape.gradient(value, z), rtol=1e-10, atol=1e-15
    )


def test_one_update_is_one_step_of_keras():
    start = np.array([[0.5, -1.0], [0.25, 0.75], [-0.125, 2.0]])
    spec = derivative_needed.Spec(steps=1, rates=(0.5,))
    moved = []
    for i in range(2):
        model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1), layer("sigmoid")])
        model.layers[0].set_weights([start[:2, i : i + 1], start[2, i : i + 1]])
        with tf.GradientTape() as tape:
            loss = tf.reduce_mean((model(xor.X) - derivative_needed.GATES["AND"]) ** 2)
        gradients = tape.gradient(loss, model.trainable_variables)
        moved.append(start[:, i] - 0.5 * np.concatenate([np.ravel(g) for g in gradients]))
    weights = derivative_needed.descend(spec, "sigmoid", start, np.array([0.5, 0.5]))
    np.testing.assert_allclose(weights[:, 0], np.transpose(moved), rtol=1e-6)


def test_the_threshold_keeps_its_weights_and_the_others_move():
    start = np.array([[0.5], [0.25], [0.125]])
    spec = derivative_needed.Spec(steps=3)
    unmoved = {
        name: bool(derivative_needed.train(spec, name, start, np.array([0.1]))[1][0])
        for name in derivative_needed.PARTS
    }
    assert [name for name, still in unmoved.items() if still] == ["threshold"]
