"""Identities between the functions, on numbers that Hypothesis chooses."""

import keras
import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

import custom_layers as c

from .gradients import value_and_vjp

# The same numbers at each run of one Python version.
chosen = settings(derandomize=True, deadline=None, max_examples=60, database=None)


def numbers(limit):
    # Subnormal numbers may be taken as 0: test_numbers.py looks at those.
    limit = float(np.float32(limit))
    return st.floats(-limit, limit, width=32, allow_subnormal=False)


def vectors(limit):
    return arrays(np.float32, 8, elements=numbers(limit))


any_number = vectors(1e38)
scores = vectors(1e4)
slopes = st.floats(0, 100, allow_subnormal=False)
temperatures = st.floats(1e-3, 1e3)


def of(function, x, *arguments):
    return keras.ops.convert_to_numpy(function(x, *arguments))


def derivative(function, x):
    return value_and_vjp(function, x, np.ones_like(x), "eager")[1]


def close(obtained, expected, rtol=2e-6, atol=1e-6):
    np.testing.assert_allclose(obtained, expected, rtol=rtol, atol=atol)


@chosen
@given(any_number)
def test_sigmoid_of_minus_x_is_the_rest(x):
    close(of(c.sigmoid, x) + of(c.sigmoid, -x), 1)


@chosen
@given(any_number)
def test_tanh_is_a_sigmoid_stretched(x):
    close(of(c.tanh, x), 2 * of(c.sigmoid, 2 * x) - 1)
    np.testing.assert_array_equal(of(c.tanh, -x), -of(c.tanh, x))


@chosen
@given(any_number)
def test_softplus_derivative_is_the_sigmoid(x):
    close(derivative(c.softplus, x), of(c.sigmoid, x))


@chosen
@given(any_number)
def test_softplus_minus_its_mirror_is_x(x):
    close(of(c.softplus, x) - of(c.softplus, -x), x)


@chosen
@given(any_number)
def test_softplus_is_above_relu_by_ln_2_at_most(x):
    gap = of(c.softplus, x) - of(c.relu, x)
    assert (gap >= 0).all()
    assert (gap <= np.log(2) + 1e-6).all()


@chosen
@given(any_number)
def test_swish_is_x_times_its_sigmoid(x):
    close(of(c.swish, x), x * of(c.sigmoid, x))
    assert (of(c.swish, x) > -0.27847).all()


@chosen
@given(any_number)
def test_relu_minus_its_mirror_is_x(x):
    np.testing.assert_array_equal(of(c.relu, x) - of(c.relu, -x), x)


@chosen
@given(any_number)
def test_relu_is_x_where_above_the_threshold(x):
    np.testing.assert_array_equal(of(c.relu, x), x * of(c.threshold, x))
    np.testing.assert_array_equal(derivative(c.relu, x), of(c.threshold, x))


@chosen
@given(any_number, numbers(1e30))
def test_threshold_is_the_strict_comparison(x, level):
    x[0] = level
    np.testing.assert_array_equal(of(c.threshold, x, level), (x > np.float32(level)).astype("f4"))
    np.testing.assert_array_equal(derivative(lambda x: c.threshold(x, level), x), 0)


@chosen
@given(any_number)
def test_leaky_relu_ends_at_linear_and_at_relu(x):
    np.testing.assert_array_equal(of(c.leaky_relu, x, 1.0), of(c.linear, x))
    np.testing.assert_array_equal(of(c.leaky_relu, x, 0.0), of(c.relu, x))


@chosen
@given(vectors(1e30), slopes)
def test_leaky_relu_is_a_mix_of_relu_and_linear(x, slope):
    mix = of(c.relu, x) - np.float32(slope) * of(c.relu, -x)
    close(of(c.leaky_relu, x, slope), mix, atol=1e-30)


@chosen
@given(vectors(1e-3), slopes)
def test_elu_is_continuous_at_0(x, alpha):
    near = np.where(x > 0, x, alpha * x)
    # alpha * x can be subnormal where x is not, and may then be taken as 0.
    close(of(c.elu, x, alpha), near, rtol=1e-3, atol=np.finfo("f4").tiny)


@chosen
@given(any_number, slopes)
def test_elu_stays_above_minus_alpha(x, alpha):
    y = of(c.elu, x, alpha)
    assert (y >= -np.float32(alpha)).all()
    np.testing.assert_array_equal(y[x > 0], x[x > 0])


@chosen
@given(any_number, temperatures)
def test_softmax_sums_to_1(x, temperature):
    close(of(c.softmax, x, temperature).sum(), 1)


@chosen
@given(scores, temperatures)
def test_softmax_keeps_the_order(x, temperature):
    y = of(c.softmax, x, temperature)
    assert (np.diff(y[np.argsort(x)]) >= 0).all()
    assert y[np.argmax(x)] == y.max()


@chosen
@given(arrays(np.float32, 8, elements=st.integers(-50, 50)), st.integers(-1000, 1000))
def test_softmax_does_not_see_a_shift(x, shift):
    np.testing.assert_array_equal(of(c.softmax, x), of(c.softmax, x + np.float32(shift)))


@chosen
@given(vectors(50), st.floats(0.1, 10))
def test_softmax_temperature_divides_the_scores(x, temperature):
    x, temperature = x.astype("float32"), float(np.float32(temperature))
    exact = np.exp((x - x.max()).astype(float) / temperature)
    close(of(c.softmax, x, temperature), exact / exact.sum(), rtol=1e-4, atol=1e-7)


@chosen
@given(numbers(80), numbers(80))
def test_softmax_of_two_is_the_sigmoid_of_the_difference(a, b):
    y = of(c.softmax, np.array([a, b], "float32"))
    close(y[0], of(c.sigmoid, np.float32(a) - np.float32(b)), rtol=1e-5)
