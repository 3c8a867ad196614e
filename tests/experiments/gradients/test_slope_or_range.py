"""One compiled loop serves a family of functions; it is held against ordinary networks."""

import numpy as np
import pytest
import scipy

from reproductions.experiments.gradients import slope_or_range
from reproductions.training import gradients, replicas, xor

SPEC = slope_or_range.Spec(seeds=8, depth=3, steps=201, rate=0.1)


def test_the_sigmoid_and_wider_and_steeper_ones_are_of_the_family():
    x = np.linspace(-30, 30, 601)
    for numbers, expected in (
        (slope_or_range.SIGMOID, scipy.special.expit(x)),
        (slope_or_range.STEEPER, scipy.special.expit(4 * x)),
        ((5.0, 10.0, 0.0625), 10 * scipy.special.expit(x / 40)),
        (slope_or_range.TANH, np.tanh(x)),
    ):
        np.testing.assert_allclose(slope_or_range.bounded(x, *numbers), expected, atol=1e-13)


@pytest.mark.parametrize("cell", [slope_or_range.WIDER, (0.0, 2.0, 0.5), (5.0, 10.0, 0.0625)])
def test_a_function_has_its_centre_range_and_slope(cell):
    centre, full_range, slope = cell
    low, before, middle, after, high = np.asarray(
        slope_or_range.bounded(np.array([-1e9, -1e-4, 0, 1e-4, 1e9]), *cell)
    )
    assert (middle, high - low) == pytest.approx((centre, full_range))
    assert (after - before) / 2e-4 == pytest.approx(slope)


def test_the_loop_reads_its_variables_and_trains_as_an_ordinary_network():
    engine, variables = slope_or_range.make_engine(SPEC.width, SPEC.depth, slope_or_range.BOUNDED)
    start = replicas.initial_weights(engine.model, range(8))
    for name, cell in (
        ("tanh", slope_or_range.TANH),
        ("sigmoid", slope_or_range.SIGMOID),
        ("tanh", slope_or_range.TANH),
    ):
        for variable, number in zip(variables, cell, strict=True):
            variable.assign(number)
        model = xor.network((5, 5), name, "stable")
        plain = replicas.Replicas(model, xor.LOSSES["stable"]).train(
            start, xor.X, xor.Y, 0.1, 201, every=200
        )
        loss = engine.train(start, xor.X, xor.Y, 0.1, 201, every=200).records["loss"]
        np.testing.assert_allclose(loss, plain.records["loss"], rtol=1e-3)
        assert np.abs(np.diff(loss, axis=0)).max() > 1e-3, "nothing was trained"


def test_the_gradient_of_a_single_layer_is_its_kernel():
    spec = slope_or_range.Spec(seeds=4, depth=1)
    (kernel,), _ = gradients.draw((2, 1), range(4))
    gradient = slope_or_range.relative_gradient(spec, slope_or_range.clipped, range(4))
    np.testing.assert_allclose(
        gradient, np.sqrt((kernel.numpy() ** 2).mean(axis=(1, 2))), rtol=1e-12
    )


def test_the_clipped_gradient_by_hand():
    spec = slope_or_range.Spec(seeds=4, depth=2)
    (first, last), (bias, out) = (
        [weight.numpy() for weight in weights] for weights in gradients.draw((2, 5, 1), range(4))
    )
    gradient = slope_or_range.relative_gradient(spec, slope_or_range.clipped, range(4))
    for seed in range(4):
        z = xor.X @ first[seed] + bias[seed]
        logit = np.clip(z, -1, 1) @ last[seed] + out[seed]
        at_logit = (scipy.special.expit(logit) - xor.Y) / 4
        at_input = (at_logit @ last[seed].T * (np.abs(z) < 1)) @ first[seed].T
        expected = np.sqrt((at_input**2).mean() / (at_logit**2).mean())
        assert gradient[seed] == pytest.approx(expected, rel=1e-9)
