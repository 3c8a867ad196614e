"""The factors that are propagated back, against automatic differentiation."""

import numpy as np
import pytest
import tensorflow as tf

from reproductions.experiments.xor.what_vanishes import back_propagated
from reproductions.training import replicas, xor


@pytest.mark.parametrize("activation", ["sigmoid", "tanh"])
def test_factors_are_the_derivatives_of_the_logit(activation):
    model = xor.network((4, 3), activation, "stable")
    weights = replicas.initial_weights(model, range(3))
    factors = back_propagated(weights, activation)
    function = getattr(tf.math, activation)
    for seed in range(3):
        (k1, b1, k2, b2, k3, b3) = (w[..., seed] for w in weights)
        with tf.GradientTape(persistent=True) as tape:
            first = function(xor.X @ k1 + b1)
            tape.watch(first)
            second = function(first @ k2 + b2)
            logit = second @ k3 + b3
        expected = [
            np.sqrt(np.mean(np.sum(tape.gradient(logit, signal).numpy() ** 2, axis=1)))
            for signal in (first, second)
        ]
        np.testing.assert_allclose(factors[:, seed], [*expected, 1], rtol=1e-4)
