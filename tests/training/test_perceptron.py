"""The perceptron's rule side by side, against one perceptron after the other."""

import numpy as np
import pytest

from reproductions.evidence.statistics import generator
from reproductions.training import perceptron, xor
from reproductions.training.gates import GATES

PASSES = 60


@pytest.mark.parametrize("gate", GATES)
@pytest.mark.parametrize("own_order", [False, True])
def test_side_by_side_is_one_after_the_other(gate, own_order):
    targets = GATES[gate][:, 0] > 0.5
    start = perceptron.initial_weights(range(8))
    points = np.tile(np.arange(4), (PASSES, 1))
    orders = np.stack([generator(i).permuted(points, axis=1) for i in range(8)], axis=-1)
    orders = orders if own_order else np.repeat(points[..., None], 8, axis=-1)
    trained, needed = perceptron.train(start, xor.X, targets, PASSES, orders if own_order else None)
    for seed in range(8):
        w, first = start[:, seed].copy(), PASSES + 1
        for epoch in range(PASSES):
            if all((w[:2] @ x + w[2] > 0) == t for x, t in zip(xor.X, targets, strict=True)):
                first = epoch
                break
            for i in orders[epoch, :, seed]:
                w += (float(targets[i]) - float(w[:2] @ xor.X[i] + w[2] > 0)) * np.array(
                    [*xor.X[i], 1.0]
                )
        assert needed[seed] == first
        np.testing.assert_allclose(trained[:, seed], w, atol=1e-9)


def test_and_and_or_are_learnt_and_xor_is_not():
    start = perceptron.initial_weights(range(50))
    for gate, y in GATES.items():
        weights, needed = perceptron.train(start, xor.X, y[:, 0], PASSES)
        right = (perceptron.answers(weights, xor.X) == (y > 0.5)).all(axis=0)
        assert right.all() == (gate != "XOR")
        np.testing.assert_array_equal(needed <= PASSES, right)
