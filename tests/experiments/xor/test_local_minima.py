"""Gradient and curvature of 2-2-1 against TensorFlow, and what counts as a point of rest."""

import numpy as np
import tensorflow as tf

from reproductions.evidence.statistics import generator
from reproductions.experiments.xor import local_minima
from reproductions.training import xor


def cost(weights):
    kernel, bias, last, last_bias = tf.split(weights, (4, 2, 2, 1))
    hidden = tf.sigmoid(tf.constant(xor.X, "float64") @ tf.reshape(kernel, (2, 2)) + bias)
    logit = hidden @ last[:, None] + last_bias
    return tf.reduce_mean(tf.math.softplus(logit) - xor.Y * logit)


def test_gradient_and_curvature_are_tensorflows():
    weights = generator(0).standard_normal((9, 4))
    for seed in range(4):
        at = tf.Variable(weights[:, seed])
        with tf.GradientTape() as outer:
            with tf.GradientTape() as inner:
                value = cost(at)
            slope = inner.gradient(value, at)
        second = outer.jacobian(slope, at)
        np.testing.assert_allclose(local_minima.gradient(weights)[:, seed], slope, atol=1e-12)
        np.testing.assert_allclose(local_minima.curvature(weights)[seed], second, atol=1e-12)


def test_the_answer_one_half_is_a_saddle_and_a_valley_no_rest():
    # All weights 0: no gradient, and directions that lead down. The last bias must be about right.
    centre = 1e-3 * generator(1).standard_normal((9, 5))
    centre[6:8] += 0.5
    kinds = local_minima.kinds_of_rest(centre)
    assert set(kinds) <= {"saddle", "still falling"}
    far = 30 * generator(2).standard_normal((9, 5))
    assert (local_minima.kinds_of_rest(far) != "local minimum").all()


def test_a_minimum_is_known_where_the_cost_has_one(monkeypatch):
    middle = generator(3).standard_normal((9, 1))
    scales = np.arange(1.0, 10)[:, None]
    monkeypatch.setattr(local_minima, "gradient", lambda w: scales * (w - middle))
    near, far = middle + 0.1, middle + 1
    assert local_minima.kinds_of_rest(near).tolist() == ["local minimum"]
    assert local_minima.kinds_of_rest(far).tolist() == ["still falling"]
    scales[0] = -1
    assert local_minima.kinds_of_rest(near).tolist() == ["saddle"]


def test_the_unit_has_two_minima_by_the_values_that_the_docstring_names():
    spec = local_minima.SPEC
    values = local_minima.unit_error(spec, np.array([0, 0.5, np.log(4), 40]))
    np.testing.assert_allclose(values, [0.09, 0.330, 0.320, 0.340], atol=1e-3)
    assert values[0] < values[1] > values[2] < values[3]
    far = local_minima.unit_error(spec, np.array([-40.0]))
    assert far > values[0]  # so the global minimum is at a finite weight


def test_the_unit_s_gradient_is_the_derivative_of_its_error():
    weights = np.linspace(-3, 3, 13)
    step = 1e-6
    up, down = (local_minima.unit_error(local_minima.SPEC, weights + s) for s in (step, -step))
    slopes = local_minima.unit_gradient(local_minima.SPEC, weights)
    np.testing.assert_allclose(slopes, (up - down) / (2 * step), atol=1e-8)


def test_a_unit_near_each_minimum_ends_at_it():
    spec = local_minima.SPEC
    kinds = local_minima.kinds_of_rest(
        np.array([[-0.1, 1.4, 5.0]]), lambda w: local_minima.unit_gradient(spec, w)
    )
    assert kinds.tolist() == ["local minimum", "local minimum", "still falling"]
