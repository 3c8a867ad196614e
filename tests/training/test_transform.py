"""An engine whose gradients are changed before the weights move by them."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from reproductions.training import replicas, xor
from reproductions.training.replicas import Replicas


def doubled(gradients):
    return [2 * gradient for gradient in gradients]


def of_sign(gradients):
    return [tf.sign(gradient) for gradient in gradients]


@pytest.fixture(scope="module")
def start():
    model = xor.network((5, 5), "tanh", "stable")
    return model, replicas.initial_weights(model, range(6))


def trained(start, transform=None, rate=0.1, **options):
    model, weights = start
    engine = Replicas(model, xor.stable_loss, transform=transform, gradients=True, threads=1)
    return engine.train(weights, xor.X, xor.Y, rate, 41, every=20, **options)


def test_a_transform_that_changes_nothing_changes_no_bit(start):
    plain, same = trained(start), trained(start, list)
    for a, b in zip(plain.weights, same.weights, strict=True):
        np.testing.assert_array_equal(a, b)


def test_twice_the_gradient_is_twice_the_rate(start):
    twice, faster = trained(start, doubled), trained(start, rate=0.2)
    for a, b in zip(twice.weights, faster.weights, strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-4, atol=2e-6)


def test_it_moves_the_weights_as_an_ordinary_model_would(start):
    model, weights = start
    obtained = trained(start, of_sign, rate=0.01)
    plain = keras.models.clone_model(model)
    plain.set_weights([array[..., 3] for array in weights])
    for _ in range(41):
        with tf.GradientTape() as tape:
            loss = xor.stable_loss(xor.Y, plain(xor.X))
        gradients = tape.gradient(loss, plain.trainable_variables)
        for variable, gradient in zip(plain.trainable_variables, gradients, strict=True):
            variable.assign_sub(0.01 * tf.sign(gradient))
    for a, b in zip(obtained.weights, plain.get_weights(), strict=True):
        np.testing.assert_allclose(a[..., 3], b, atol=1e-5)


def test_recorded_norms_are_those_of_the_gradients_themselves(start):
    norms = [trained(start, transform).records["gradient_norm"][0] for transform in (None, doubled)]
    np.testing.assert_array_equal(*norms)


@pytest.mark.parametrize(
    "transform",
    [lambda gradients: gradients[:-1], lambda gradients: [g[:1] for g in gradients]],
    ids=["one too few", "other shapes"],
)
def test_a_transform_must_keep_the_shapes(start, transform):
    with pytest.raises(ValueError, match=r"the transform must give the shapes .* Received: "):
        trained(start, transform)
