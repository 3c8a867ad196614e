"""Values and derivatives against float64 references, in every dtype and way to run."""

import keras
import ml_dtypes
import numpy as np
import pytest

import custom_layers

from .cases import CASES, numpy_dtype
from .gradients import DTYPES, MODES, value_and_vjp


def is_close(obtained, expected, rtol, atol):
    with np.errstate(all="ignore"):
        return np.isclose(obtained, expected, rtol=rtol, atol=atol, equal_nan=True)


@pytest.mark.parametrize("case", CASES, ids=str)
@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("mode", MODES)
def test_value_and_derivative(case, dtype, mode):
    limits = ml_dtypes.finfo(numpy_dtype(dtype))
    eps, tiny = float(limits.eps), float(limits.tiny)
    x = case.inputs(dtype)
    cotangent = np.random.default_rng(0).choice([-1.5, 0.25, 2.0], size=x.shape)
    value, vjp = value_and_vjp(case.call, x, cotangent, mode)

    value_holds = np.zeros(x.shape, bool)
    vjp_holds = np.zeros(x.shape, bool)
    exact = x.astype(np.float64)
    # Kernels may take a subnormal number as 0: either reading is right.
    for read in (exact, np.where(np.abs(exact) < tiny, 0.0, exact)):
        with np.errstate(all="ignore"):
            expected = case.value(read).astype(numpy_dtype(dtype)).astype(np.float64)
            expected_vjp = case.vjp(read, cotangent).astype(numpy_dtype(dtype)).astype(np.float64)
        finite = np.isfinite(expected_vjp)
        greatest = np.max(np.abs(expected_vjp[finite]), initial=1.0)
        # A factor that is taken as 0 when too small can be missing times some hundred (swish).
        value_holds |= is_close(value, expected, rtol=8 * eps, atol=max(4 * tiny, 1e-35))
        vjp_error = case.derivative_roundings * eps * greatest
        vjp_holds |= is_close(vjp, expected_vjp, rtol=0, atol=vjp_error)
    vjp_holds |= np.isnan(expected)  # the derivative at NaN is not defined
    # Sums of 0 but for their rounding, over a temperature of 1e-30, are 0 or infinite.
    vjp_holds |= np.isinf(expected_vjp) & (vjp == 0)
    assert value_holds.all(), (x[~value_holds], value[~value_holds], expected[~value_holds])
    assert vjp_holds.all(), (x[~vjp_holds], vjp[~vjp_holds], expected_vjp[~vjp_holds])


@pytest.mark.parametrize("case", [case for case in CASES if case.kinks], ids=str)
@pytest.mark.parametrize("mode", MODES)
def test_kinks(case, mode):
    for kink in case.kinks:
        at = np.float32(kink.at)
        # Beside 0, the nearest numbers that no kernel takes as 0.
        gap = np.float32(1e-37) if at == 0 else np.spacing(np.abs(at))
        x = np.array([at - gap, at, at + gap])
        value, derivative = value_and_vjp(case.call, x, np.ones(3), mode)
        np.testing.assert_allclose(value, kink.values, rtol=1e-6, atol=1e-36)
        np.testing.assert_allclose(derivative, kink.derivatives, rtol=1e-6)


@pytest.mark.parametrize("case", [case for case in CASES if case.peer], ids=str)
def test_peer(case):
    x = np.random.default_rng(1).normal(scale=3, size=(4, 5, 6)).astype("float32")
    ours, theirs = (keras.ops.convert_to_numpy(f(x)) for f in (case.call, case.peer))
    assert ours.shape == x.shape
    np.testing.assert_allclose(ours, theirs, rtol=2e-6, atol=1e-7)


@pytest.mark.parametrize("mode", MODES)
def test_relu_derivative_at_0_is_that_of_keras(mode):
    x = np.zeros(3, "float32")
    for function in (custom_layers.relu, keras.activations.relu):
        np.testing.assert_array_equal(value_and_vjp(function, x, np.ones(3), mode)[1], 0)


@pytest.mark.parametrize("dtype", ["float16", "bfloat16"])
def test_softmax_of_a_short_type_is_rounded_once(dtype):
    kind = numpy_dtype(dtype)
    x = np.random.default_rng(1).normal(size=(64, 300)).astype(kind)
    obtained = keras.ops.cast(custom_layers.softmax(keras.ops.convert_to_tensor(x)), "float32")
    powers = np.exp(x.astype(np.float64))
    expected = (powers / powers.sum(axis=-1, keepdims=True)).astype(kind).astype(np.float32)
    assert np.mean(keras.ops.convert_to_numpy(obtained) == expected) > 0.99
