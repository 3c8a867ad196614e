"""Derivatives by operands are difference quotients; twins agree wherever they are meant to."""

import itertools

import numpy as np
import pytest

from reproductions.evidence.statistics import generator
from reproductions.experiments.gradients import operand_gradients as experiment
from reproductions.training import xor

SIZES = (2, 14, 13, 1)


def network(seed):
    random = generator(seed, 2)
    shapes = [s for a, b in itertools.pairwise(SIZES) for s in ((a, b), (b,))]
    return [random.standard_normal(shape) for shape in shapes]


def logit(weights, x):
    for kernel, bias in zip(weights[:-2:2], weights[1:-2:2], strict=True):
        x = 1 / (1 + np.exp(-(x @ kernel + bias)))
    return x @ weights[-2] + weights[-1]


def cost(weights, x):
    z = logit(weights, x)
    return np.mean(np.log1p(np.exp(-np.abs(z))) + np.maximum(z, 0) - z * xor.Y)


def quotient(function, array, place, step=1e-6):
    there, back = array.copy(), array.copy()
    there[place] += step
    back[place] -= step
    return (function(there) - function(back)) / (2 * step)


def test_the_derivatives_are_those_of_the_cost():
    weights, x = network(0), xor.X.astype("float64")
    of_weights, of_inputs = experiment.operand_derivatives(weights)
    for i, derivative in enumerate(of_weights):
        place = tuple(np.array(derivative.shape) - 1)
        changed = quotient(
            lambda w, i=i: cost([*weights[:i], w, *weights[i + 1 :]], x), weights[i], place
        )
        assert derivative[place] == pytest.approx(changed, abs=1e-9)
    for place in np.ndindex(x.shape):
        changed = quotient(lambda x: cost(weights, x), x, place)
        assert of_inputs[place] == pytest.approx(changed, abs=1e-9)


def test_twins_have_other_kernels_and_the_same_logits_and_derivatives_by_the_inputs():
    weights = network(1)
    other = experiment.twin(weights, seed=1)
    x = xor.X.astype("float64")
    assert np.abs(other[-2] - weights[-2]).max() > 0.01
    np.testing.assert_allclose(logit(other, x), logit(weights, x), atol=1e-10)
    (_, inputs), (_, of_twin) = map(experiment.operand_derivatives, (weights, other))
    np.testing.assert_allclose(of_twin, inputs, atol=1e-10)
    away = logit(other, x + 0.3) - logit(weights, x + 0.3)
    assert np.abs(away).max() > 1e-6  # another function elsewhere


def test_a_last_kernel_of_twelve_weights_has_no_twin():
    shapes = ((2, 12), (12,), (12, 1), (1,))
    weights = [generator(3).standard_normal(shape) for shape in shapes]
    np.testing.assert_allclose(experiment.twin(weights, seed=1)[-2], weights[-2], atol=1e-6)
