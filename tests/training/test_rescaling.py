"""Rescaled gradients keep every direction, and have the norms that they should have."""

import numpy as np
import pytest

from reproductions.evidence.statistics import generator
from reproductions.training.rescaling import (
    shrunk_by_layer,
    to_norm_of_last,
    to_norm_one,
    whole_to_norm_one,
)

SHAPES = [(2, 5), (5,), (5, 5), (5,), (5, 1), (1,)]
SIZES = (1e-30, 1e-9, 3.0)
"""Of each layer's gradient: of the first the squares underflow in single precision."""


def gradients(sizes=SIZES, replicas=7):
    drawn = [generator(i).standard_normal((*shape, replicas)) for i, shape in enumerate(SHAPES)]
    return [(sizes[i // 2] * array).astype("float32") for i, array in enumerate(drawn)]


def layers(arrays):
    """Each layer's numbers, kernel and bias together, (number, replica), in double precision."""
    flat = [np.array(a, "float64").reshape(-1, a.shape[-1]) for a in arrays]
    return [np.concatenate(pair) for pair in zip(flat[::2], flat[1::2], strict=True)]


@pytest.mark.parametrize("rescale", [to_norm_one, to_norm_of_last])
def test_directions_stay_and_norms_are_as_said(rescale):
    before, after = layers(gradients()), layers(rescale(gradients()))
    last = np.linalg.norm(before[-1], axis=0)
    for a, b in zip(before, after, strict=True):
        expected = np.ones_like(last) if rescale is to_norm_one else last
        np.testing.assert_allclose(np.linalg.norm(b, axis=0), expected, rtol=1e-5)
        np.testing.assert_allclose(b * np.linalg.norm(a, axis=0), a * expected, rtol=1e-4)


@pytest.mark.parametrize("rescale", [to_norm_one, to_norm_of_last])
def test_a_gradient_of_zero_stays_zero(rescale):
    rescaled = layers(rescale(gradients(sizes=(0.0, 1.0, 1.0))))
    assert not rescaled[0].any()
    assert np.isfinite(np.concatenate(rescaled)).all()


def test_the_whole_gradient_keeps_the_ratios_of_its_layers():
    sizes = (1e-9, 1e-4, 3.0)
    before, after = (np.concatenate(layers(a)) for a in (gradients(sizes), whole(sizes)))
    np.testing.assert_allclose(np.linalg.norm(after, axis=0), 1, rtol=1e-5)
    np.testing.assert_allclose(after * np.linalg.norm(before, axis=0), before, rtol=1e-4)


def whole(sizes):
    return whole_to_norm_one(gradients(sizes))


def test_a_gradient_vanishes_by_a_factor_for_each_layer_below_the_last_hidden_one():
    drawn = gradients(sizes=(1.0, 1.0, 1.0))
    shrunk = shrunk_by_layer(0.1)(drawn)
    for a, b, factor in zip(drawn, shrunk, (0.1, 0.1, 1, 1, 1, 1), strict=True):
        np.testing.assert_allclose(b, factor * a, rtol=1e-6)


def test_what_a_normalization_learns_vanishes_with_its_layer():
    kernel, bias, *others = gradients(sizes=(1.0, 1.0, 1.0))
    gamma, beta = 2 * bias, 3 * bias
    drawn = [kernel, bias, gamma, beta, *others]
    shrunk = shrunk_by_layer(0.1)(drawn)
    for a, b, factor in zip(drawn, shrunk, (*[0.1] * 4, 1, 1, 1, 1), strict=True):
        np.testing.assert_allclose(b, factor * a, rtol=1e-6)
