"""A network is dead if one of its layers gives 0 for every point, and not if a unit is left."""

import numpy as np

from reproductions.experiments.gradients.dead_networks import is_dead


def test_a_layer_without_an_active_unit_is_dead():
    kernels = np.ones((2, 3, 3)), np.ones((3, 2, 3))
    first, second = np.ones((3, 3)), np.ones((2, 3))
    first[:, 0] = -10  # a dead first layer, although the biases above it are positive
    second[:, 1] = -100  # a dead second layer
    second[0, 2] = -100  # one unit of two
    output = np.ones((2, 1, 3)), np.ones((1, 3))
    weights = [kernels[0], first, kernels[1], second, *output]
    np.testing.assert_array_equal(is_dead(weights), [True, True, False])
