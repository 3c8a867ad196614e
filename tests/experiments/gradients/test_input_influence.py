"""The converted sigmoid networks are the tanh networks; influences are the output's derivatives."""

import numpy as np
import pytest

from reproductions.experiments.gradients import input_influence
from reproductions.training import activations, gradients, xor


def drawn(layers):
    return gradients.draw((2, *(3,) * (layers - 1), 1), range(4))


def output(kernels, biases, hidden, x):
    names = [hidden] * (len(kernels) - 1) + ["sigmoid"]
    layers = [activations.layer(name, dtype="float64") for name in names]
    return np.array(gradients.forward(layers, kernels, biases, x).values[-1])


@pytest.mark.parametrize("layers", [1, 2, 5])
def test_converted_weights_make_a_sigmoid_network_of_a_tanh_network(layers):
    kernels, biases = drawn(layers)
    converted = input_influence.converted(kernels, biases)
    x = np.array([[0.3, -1.2], [2.0, 0.1]])
    expected = output(kernels, biases, "tanh", x)
    np.testing.assert_allclose(output(*converted, "sigmoid", x), expected, rtol=1e-12)
    assert layers == 1 or np.ptp(output(kernels, biases, "sigmoid", x) - expected) > 0.01


@pytest.mark.parametrize("hidden", ["sigmoid", "tanh"])
def test_the_influence_is_what_a_small_change_of_the_inputs_changes(hidden):
    kernels, biases = drawn(3)
    step = 1e-6
    quotients = [
        output(kernels, biases, hidden, xor.X + step * side)
        - output(kernels, biases, hidden, xor.X - step * side)
        for side in np.eye(2)
    ]
    expected = np.sqrt(np.mean((np.stack(quotients) / (2 * step)) ** 2, axis=(0, 2, 3)))
    obtained = input_influence.influence(kernels, biases, hidden)
    np.testing.assert_allclose(obtained, expected, rtol=1e-6)
