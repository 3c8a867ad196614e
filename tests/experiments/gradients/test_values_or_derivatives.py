"""A moved sigmoid with lowered biases changes the hidden outputs alone; functions are as named."""

import numpy as np
import pytest

from custom_layers import tanh
from reproductions.experiments.gradients import values_or_derivatives as experiment
from reproductions.training import activations, gradients, xor

FUNCTIONS = {name: function for _, name, function in experiment.functions(experiment.SPEC)}


def gradient(function, kernels, biases):
    return experiment.relative_gradient(function, kernels, biases)[0]


@pytest.mark.parametrize("scheme", ["normal", "he"])
def test_lowered_biases_keep_the_gradient_of_a_moved_sigmoid(scheme):
    kernels, biases = gradients.draw((2, 3, 3, 3, 1), range(5), scheme)
    lowered = experiment.lowered(kernels, biases, 1.0)
    moved, sigmoid = FUNCTIONS["sigmoid + 1, biases lowered"], FUNCTIONS["sigmoid"]
    as_it_was = gradient(sigmoid, kernels, biases)
    after = gradient(moved, kernels, lowered)
    np.testing.assert_allclose(after, as_it_was, rtol=1e-9)
    without = gradient(moved, kernels, biases)
    assert np.abs(without / as_it_was - 1).min() > 1e-3


def test_a_steeper_sigmoid_is_the_sigmoid_with_larger_hidden_weights():
    kernels, biases = gradients.draw((2, 3, 3, 1), range(5))
    larger = [
        [4 * weight for weight in weights[:-1]] + weights[-1:] for weights in (kernels, biases)
    ]
    steeper = gradient(FUNCTIONS["sigmoid(4x)"], kernels, biases)
    scaled = gradient(FUNCTIONS["sigmoid"], *larger)
    np.testing.assert_allclose(steeper, scaled, rtol=1e-12)


def test_the_gradient_is_what_a_small_change_of_the_inputs_changes():
    kernels, biases = gradients.draw((2, 4, 4, 1), range(3))
    layers = [activations.layer("tanh", dtype="float64")] * 2
    layers.append(activations.layer("linear", dtype="float64"))

    def logit(x):
        return np.array(gradients.forward(layers, kernels, biases, x).values[-1])

    y, step = xor.Y.astype("float64"), 1e-6
    at_logit = (1 / (1 + np.exp(-logit(xor.X))) - y) / 4
    slopes = [(logit(xor.X + step * e) - logit(xor.X - step * e)) / (2 * step) for e in np.eye(2)]
    at_input = np.concatenate([at_logit * slope for slope in slopes], axis=-1)
    expected = gradients.rms(at_input) / gradients.rms(at_logit)
    obtained = gradient(tanh, kernels, biases)
    np.testing.assert_allclose(obtained, expected, rtol=1e-6)


def test_the_derivatives_are_those_of_the_hidden_units():
    kernels, biases = gradients.draw((2, 3, 3, 1), range(4))
    (_, double), (_, single) = (
        experiment.relative_gradient(
            FUNCTIONS[name], [kernels[0], 0 * kernels[1], kernels[2]], biases
        )
        for name in ("2 ReLU", "ReLU")
    )
    assert double == pytest.approx(2 * single)
    first = np.asarray(xor.X @ kernels[0] + biases[0][:, None] > 0)
    second = np.broadcast_to(biases[1][:, None] > 0, first.shape)
    assert single == pytest.approx(np.sqrt(np.mean([first, second])))


@pytest.mark.parametrize(
    ("name", "at", "value"),
    [
        ("sigmoid(2x)", 0.5, 1 / (1 + np.exp(-1))),
        ("clip(x + 1/2, 0, 1)", 0.25, 0.75),
        ("clip(x + 1/2, 0, 1)", -3, 0),
        ("(1 + sin 2x)/2", np.pi / 4, 1),
        ("(1 + sin 2x)/2", -np.pi / 4, 0),
        ("ReLU, at most 3", 2, 2),
        ("ReLU, at most 3", 9, 3),
        ("0.5 ReLU", 3, 1.5),
        ("2 ReLU", -3, 0),
        ("log(1 + ReLU)", np.e - 1, 1),
    ],
)
def test_the_functions_are_as_named(name, at, value):
    (obtained,) = np.asarray(FUNCTIONS[name](np.array([at], "float64")))
    assert obtained == pytest.approx(value, abs=1e-12)
