"""Dead units are held against NumPy, and the closed form against enumeration."""

import itertools
from types import SimpleNamespace

import keras
import numpy as np
import pytest
import tensorflow as tf

from reproductions.evidence.statistics import generator
from reproductions.experiments.gradients.dying_relu import run as dying_relu
from reproductions.experiments.gradients.dying_relu.run import dead_share
from reproductions.training import activations, replicas, units, xor


@pytest.fixture(scope="module")
def network():
    model = xor.network((3, 4), "relu", "stable")
    return replicas.initial_weights(model, range(5), "normal")


def test_pre_activations_against_numpy(network):
    layers = units.pre_activations(lambda: activations.layer("relu"), network, xor.X)
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
    slopes[1, :, 2] = -1  # as swish has them
    expected = [[True, False, True], [False, True, False]]
    np.testing.assert_array_equal(units.dead(slopes), expected)


def test_the_closed_form_gives_the_number_of_the_document_and_of_an_enumeration():
    assert dead_share(5, 9) == pytest.approx(0.2485, abs=5e-5)
    # Every pattern of signs is as likely as any other: count those with a layer all negative.
    for width, depth in ((2, 3), (3, 2)):
        patterns = list(itertools.product((False, True), repeat=width * depth))
        dead = sum(
            any(not any(p[i * width : (i + 1) * width]) for i in range(depth)) for p in patterns
        )
        assert dead_share(width, depth) == pytest.approx(dead / len(patterns))


def squared_loss(y, answer):
    return tf.reduce_mean((answer - y) ** 2, (0, 1))


def test_the_weights_of_a_dead_unit_keep_their_bits_in_either_layer():
    model = xor.network((3, 3), "relu", "stable")
    start = replicas.initial_weights(model, range(4), "normal")
    start[1][0] = start[3][1] = -100  # unit 0 of layer 1, unit 1 of layer 2
    random = generator(1)
    x, y = (random.uniform(-1, 1, (32, n)).astype("float32") for n in (2, 1))
    dead = [units.dead(slope) for _, slope, _ in units.pre_activations(_relu, start, x)]
    assert dead[0][:, 0].all()
    assert dead[1][:, 1].all()
    order = random.integers(0, len(x), (50, 8))
    trained = replicas.Replicas(model, squared_loss).train(start, x, y, 0.1, 50, batches=order)
    for layer, unit in ((0, 0), (1, 1)):
        kernel_moved, bias_moved = (
            start[i] != trained.weights[i] for i in (2 * layer, 2 * layer + 1)
        )
        assert not kernel_moved[:, unit].any()
        assert not bias_moved[unit].any()
        assert kernel_moved.any()  # those of the other units
        assert bias_moved.any()
    # And by Keras' own differentiation: exactly 0, not merely small.
    plain = trained.replica(0)
    with tf.GradientTape() as tape:
        loss = tf.reduce_mean((plain(x) - y) ** 2)
    kernel_1, bias_1, kernel_2, bias_2, *_ = tape.gradient(loss, plain.trainable_variables)
    assert not np.any([*kernel_1[:, 0], bias_1[0], *kernel_2[:, 1], bias_2[1]])


def _relu():
    return activations.layer("relu")


def test_deaths_and_returns_are_counted_as_they_were_made():
    # Two seeds of a 1-1-1-1 network on two samples, in four records. In seed 0 the bias makes the
    # unit of the second layer die, come back and die again; in seed 1 all units live.
    bias = np.array([[1, 1], [-9, 1], [1, 1], [-9, 1]], "float32")
    ones, nothing = np.ones((4, 1, 1, 2), "float32"), np.zeros((4, 1, 2), "float32")
    arrays = [ones, nothing, ones, bias[:, None], ones, nothing]
    trained = SimpleNamespace(
        weights=[a[-1] for a in arrays],
        records={"loss": np.zeros((4, 2)), **{f"weight_{i}": a for i, a in enumerate(arrays)}},
    )
    spec = dying_relu.Spec(hidden=(1, 1), digit_rates=(0.1,))
    x = np.array([[1.0], [2.0]], "float32")
    deaths, by_seed, zeros = dying_relu.count_deaths(spec, x, trained, seeds=2)
    second = deaths[deaths["layer"] == 2]
    assert second["dead_units"].tolist() == [0, 1, 0, 1]
    assert second["ever_dead_units"].tolist() == [0, 1, 1, 1]
    assert second["revived_units"].tolist() == [0, 0, 1, 1]
    assert second["with_revived"].tolist() == [0, 0, 1, 1]
    assert not deaths[deaths["layer"] == 1]["ever_dead_units"].any()
    counts = by_seed[by_seed["layer"] == 2].set_index("seed")[["ever_dead", "revived", "dead_end"]]
    assert counts.to_numpy().tolist() == [[1, 1, 1], [0, 0, 0]]
    assert zeros["zeros"].tolist() == [0, 0]
    assert zeros["inputs"].tolist() == [4 * 2 * 1 * 2] * 2
    # A first-layer sum is exactly 0 where the bias cancels the input: on one sample of one seed.
    arrays[1][2, 0, 0] = -1
    *_, zeros = dying_relu.count_deaths(spec, x, trained, seeds=2)
    assert zeros["zeros"].tolist() == [1, 0]


def test_the_straight_line_s_loss_is_what_a_linear_network_learns():
    x, y = dying_relu.ramp()
    model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)])
    start = replicas.initial_weights(model, range(2), "normal")
    engine = replicas.Replicas(model, squared_loss)
    trained = engine.train(start, x, y, 0.1, 2001, every=2000)
    expected = dying_relu.line_loss(x, y)
    np.testing.assert_allclose(trained.records["loss"][-1], expected, rtol=1e-4)
    assert expected > 0.01  # no line is the ramp
