"""What the gates' networks are compared with, against closed forms, and where gradients reach."""

import numpy as np
import pytest
import tensorflow as tf

from reproductions.experiments.xor.logic_gates import references
from reproductions.experiments.xor.logic_gates.run import network
from reproductions.training import gates, replicas, xor
from reproductions.training.gates import GATES


@pytest.mark.parametrize(
    ("gate", "answers", "loss"),
    [
        ("AND", (-0.25, 0.25, 0.25, 0.75), 1 / 16),
        ("OR", (0.25, 0.75, 0.75, 1.25), 1 / 16),
        ("XOR", (0.5,) * 4, 1 / 4),
    ],
)
def test_the_floor_is_that_of_the_best_plane(gate, answers, loss):
    best, least = references.floor(GATES[gate])
    np.testing.assert_allclose(best, answers, atol=1e-12)
    assert least == pytest.approx(loss, abs=1e-12)


def test_the_targets_of_and_and_or_are_the_logic():
    for gate, operation in (("AND", np.logical_and), ("OR", np.logical_or)):
        expected = operation(*xor.X.T.astype(bool))
        np.testing.assert_array_equal(GATES[gate][:, 0], expected)


def test_a_solved_gate_needs_a_margin_on_both_sides():
    y = GATES["XOR"]
    answers = np.array([[0.39], [0.61], [0.61], [0.39]])
    assert gates.solved(answers, y)
    for place, value in ((0, 0.41), (1, 0.59)):
        worse = answers.copy()
        worse[place] = value
        assert not gates.solved(worse, y)


def test_central_differences_equal_the_chain_rule():
    random = np.random.default_rng(0)
    weights = [random.standard_normal(shape) for shape in ((2, 3), (3,), (3, 1), (1,))]
    hidden = xor.X @ weights[0] + weights[1]
    delta = 2 * (hidden @ weights[2] + weights[3] - xor.Y) / len(xor.X)
    below = delta @ weights[2].T
    expected = [xor.X.T @ below, below.sum(0), hidden.T @ delta, delta.sum(0)]
    flat = np.concatenate([gradient.ravel() for gradient in expected])
    np.testing.assert_allclose(references.central_differences(weights), flat, rtol=1e-9)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("linear 1", [True]),
        ("linear 4", [True] * 4),
        ("tanh 2", [True] * 2),
        ("step 1", [False]),
        ("step 4", [False] * 4),
        ("step below", [False, True]),
    ],
)
def test_which_layers_have_a_gradient(name, expected):
    model = network(name, width=5)
    model.set_weights([w[..., 1] for w in replicas.initial_weights(model, range(2))])
    with tf.GradientTape() as tape:
        loss = tf.reduce_mean((model(xor.X) - xor.Y) ** 2)
    gradients = tape.gradient(loss, model.trainable_variables)
    non_zero = [bool(np.any(gradient)) for gradient in gradients]
    assert non_zero[::2] == non_zero[1::2] == expected


def test_networks_set_by_hand_get_every_point_right():
    rows = references.by_hand()
    assert (rows["right"] == rows["points"]).all()


def test_the_perceptron_rule_learns_what_a_line_can_separate():
    rows = references.perceptron(epochs=20).set_index("gate")
    assert rows["converged"].to_dict() == {"AND": True, "OR": True, "XOR": False}
    for gate in ("AND", "OR"):
        w1, w2, b = rows.loc[gate, ["w1", "w2", "b"]]
        answers = xor.X @ np.array([w1, w2]) + b > 0
        np.testing.assert_array_equal(answers, GATES[gate][:, 0] > 0.5)
    assert rows.loc["XOR", "epochs"] == 20
