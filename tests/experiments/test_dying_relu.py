"""Dead units against NumPy, and the closed form against enumeration."""

import itertools

import numpy as np
import pytest

from reproductions.dying_relu import dead_share
from reproductions.suite import replicas, units, xor


@pytest.fixture(scope="module")
def network():
    model = xor.network((3, 4), "relu", "stable")
    return replicas.initial_weights(model, range(5), "normal")


def test_pre_activations_against_numpy(network):
    layers = units.pre_activations(lambda: xor.activation("relu"), network, xor.X)
    assert len(layers) == 2
    for replica in range(5):
        signal = xor.X.astype("float64")
        for i, (z, slope, value) in enumerate(layers):
            expected = signal @ network[2 * i][..., replica] + network[2 * i + 1][..., replica]
            np.testing.assert_allclose(z[replica], expected, rtol=1e-5, atol=1e-5)
            np.testing.assert_array_equal(slope[replica], expected > 0)
            signal = np.maximum(expected, 0)
            np.testing.assert_allclose(value[replica], signal, rtol=1e-5, atol=1e-5)


def test_a_unit_is_dead_only_if_no_sample_moves_it():
    slopes = np.zeros((2, 4, 3), "float32")
    slopes[0, 2, 1] = 1e-30
    slopes[1, :, 0] = np.nan
    expected = [[True, False, True], [False, True, True]]
    np.testing.assert_array_equal(units.dead(slopes), expected)


def test_the_closed_form_is_the_document_s_number_and_that_of_all_signs():
    assert dead_share(5, 9) == pytest.approx(0.2485, abs=5e-5)
    # Every pattern of signs is as likely as any other: count those with a layer all negative.
    for width, depth in ((2, 3), (3, 2)):
        patterns = list(itertools.product((False, True), repeat=width * depth))
        dead = sum(
            any(not any(p[i * width : (i + 1) * width]) for i in range(depth)) for p in patterns
        )
        assert dead_share(width, depth) == pytest.approx(dead / len(patterns))
