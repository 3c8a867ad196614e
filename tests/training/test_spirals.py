"""Two spirals: where their points are, in which order they are used, and the networks for them."""

import keras
import numpy as np
import tensorflow as tf

from reproductions.training import spirals


def test_the_second_spiral_is_the_first_turned_by_half_a_turn():
    x, y = spirals.points(each=8, turns=0.5)
    np.testing.assert_array_equal(x[8:], -x[:8])
    np.testing.assert_array_equal(y[:, 0], [1] * 8 + [0] * 8)
    assert x.dtype == y.dtype == np.float32


def test_points_are_evenly_spaced_in_angle_and_radius():
    x, _ = spirals.points(each=8, turns=0.5)
    radius = np.hypot(*x[:8].T)
    np.testing.assert_allclose(radius, 0.1 + 0.9 * np.arange(8) / 8, rtol=1e-6)
    angle = np.arctan2(x[:8, 0], x[:8, 1])  # from the second axis, as the spiral begins there
    np.testing.assert_allclose(angle, np.pi * np.arange(8) / 8, atol=1e-6)


def test_test_points_are_half_way_between():
    x, _ = spirals.points(each=8, turns=0.5)
    between, y = spirals.points(each=8, turns=0.5, between=True)
    fine, _ = spirals.points(each=16, turns=0.5)
    np.testing.assert_allclose(between[:8], fine[1:16:2], atol=1e-7)
    np.testing.assert_allclose(x[:8], fine[:16:2], atol=1e-7)
    assert y.shape == (16, 1)


def test_every_epoch_uses_every_sample_once():
    order = spirals.order(samples=12, batch=4, steps=7)
    assert order.shape == (7, 4)
    first, second = order[:3].ravel(), order[3:6].ravel()
    assert sorted(first) == sorted(second) == list(range(12))
    assert first.tolist() != second.tolist()


def test_networks_have_what_they_are_asked_for():
    plain = spirals.network((4, 4, 4), "tanh")
    assert [type(layer).__name__ for layer in plain.layers[1:]] == ["Dense", "Tanh"] * 3 + ["Dense"]
    changed = spirals.network((4, 4, 4), "relu", normalized=True, skip=True)
    kinds = [type(layer).__name__ for layer in changed.layers[1:]]
    assert kinds.count("BatchNormalization") == 3
    assert kinds.count("Add") == 2
    assert kinds[:3] == ["Dense", "BatchNormalization", "ReLU"]


def test_a_skip_connection_adds_what_a_layer_gets():
    model = spirals.network((3, 3), "relu", skip=True)
    first, _, second, _, _, last = model.layers[1:]
    second.set_weights([np.zeros((3, 3)), np.zeros(3)])
    last.set_weights([np.ones((3, 1)), np.zeros(1)])
    x, _ = spirals.points(each=4, turns=1.0)
    signal = np.maximum(x @ first.get_weights()[0], 0)
    output = keras.ops.convert_to_numpy(model(x))
    np.testing.assert_allclose(output[:, 0], signal.sum(axis=1), rtol=1e-5, atol=1e-7)


def test_what_is_recorded():
    y = tf.constant([[1.0], [1.0], [0.0], [0.0]])[..., None]
    z = tf.constant([[2.0, 0.0], [-1.0, 1.0], [-1.0, np.nan], [0.0, -3.0]])[:, None]
    recorded = spirals.record(y, z)
    # A logit of exactly 0 says 0; NaN is never above 0, and so says 0 too.
    np.testing.assert_allclose(recorded["right"], [0.75, 0.75])
    each = [np.log1p(np.exp(-2)), np.log1p(np.e), np.log1p(np.exp(-1)), np.log(2)]
    np.testing.assert_allclose(recorded["loss"][0], np.mean(each), rtol=1e-6)
