"""The one table of cases, over which every test of the contract runs.

The references are float64 NumPy and SciPy, written apart from the layers: in another form where
there is one. A layer that custom_layers exports without a row here fails a test, and so does
an argument without a row that sets it to something else than its default.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

import keras
import ml_dtypes
import numpy as np
import scipy.special

import custom_layers


@dataclass(frozen=True)
class Kink:
    """A point where the derivative jumps: what holds just below it, at it and just above it."""

    at: float
    values: tuple[float, float, float]
    derivatives: tuple[float, float, float]


@dataclass(frozen=True)
class Case:
    """A layer with its arguments, and what it must give."""

    layer: type
    function: Callable
    value: Callable  # x -> f(x)
    vjp: Callable  # x, cotangent -> the cotangent times f's Jacobian at x
    arguments: dict = field(default_factory=dict)
    kinks: tuple[Kink, ...] = ()
    inputs: Callable = lambda dtype: line(dtype)
    peer: Callable | None = None  # the same function in Keras, where Keras has it
    derivative_roundings: int = 8  # error allowed, in roundings of the greatest derivative

    def __str__(self):
        arguments = ",".join(f"{name}={value}" for name, value in self.arguments.items())
        return f"{self.layer.__name__}({arguments})"

    def make(self, **kwargs):
        return self.layer(**self.arguments, **kwargs)

    def call(self, x):
        return self.function(x, **self.arguments)


def numpy_dtype(dtype):
    return np.dtype(ml_dtypes.bfloat16 if dtype == "bfloat16" else dtype)


def line(dtype):
    """Numbers of either sign from the smallest to the infinite, and NaN."""
    limits = ml_dtypes.finfo(numpy_dtype(dtype))
    low, high = float(limits.tiny), float(limits.max)
    sizes = np.concatenate(
        [
            [0.0, float(limits.smallest_subnormal), low, 88.0, 104.0, 1e4, high, np.inf],
            np.linspace(0.125, 40.0, 320),
            np.geomspace(max(low, 1e-30), min(high, 1e30), 61),
        ]
    )
    return np.concatenate([-sizes, sizes, [np.nan, 0.5, -1.25]]).astype(numpy_dtype(dtype))


def rows(dtype, axis):
    """Sets of five scores along an axis of rank-3 data, among them hopeless ones."""
    high = min(1e30, float(ml_dtypes.finfo(numpy_dtype(dtype)).max))
    scores = [
        [0.0, 0.0, 0.0, 0.0, 0.0],
        [-2.0, -1.0, 0.0, 1.0, 2.0],
        [0.5, -3.0, 7.25, -0.0, 7.0],
        [high, -high, 0.0, high, 1.0],
        [-high, -high, -high, -high, -high],
        [1e4, 1e4, -1e4, 9e3, 0.0],
        [-np.inf, 1.0, 2.0, -np.inf, 0.0],
        [-40.0, 40.0, 20.0, -100.0, 39.0],
        [np.inf, 0.0, 1.0, 2.0, 3.0],
        [-np.inf, -np.inf, -np.inf, -np.inf, -np.inf],
        [0.0, 1.0, np.nan, 2.0, 3.0],
    ]
    return np.moveaxis(np.array([scores]), -1, axis).astype(numpy_dtype(dtype))


def elementwise(derivative):
    return lambda x, cotangent: cotangent * derivative(x)


def step(level):
    return lambda x: np.where(np.isnan(x), np.nan, np.heaviside(x - level, 0.0))


def flat(x):
    return np.zeros_like(x)


def rectifier(slope):
    """Max(x, 0) + slope min(x, 0), without 0 times infinity."""
    return lambda x: np.maximum(x, 0) + (slope * np.minimum(x, 0) if slope else 0)


def rectifier_derivative(slope):
    return lambda x: np.where(x > 0, 1.0, slope)


def elu_value(alpha):
    return lambda x: np.maximum(x, 0) + alpha * np.expm1(np.minimum(x, 0))


def elu_derivative(alpha):
    return lambda x: np.where(x > 0, 1.0, alpha * np.exp(np.minimum(x, 0)))


def swish_value(x):
    limit = np.where(x == -np.inf, 0.0, x)
    return limit * scipy.special.expit(x)


def swish_derivative(x):
    finite = np.clip(x, -1e300, 1e300)
    s = scipy.special.expit(finite)
    return s + finite * s * scipy.special.expit(-finite)


def softmax_value(temperature, axis):
    def value(x):
        if x.size == 0:
            return x
        shifted = (x - np.max(x, axis=axis, keepdims=True)) / temperature
        return scipy.special.softmax(shifted, axis=axis)

    return value


def softmax_vjp(temperature, axis):
    def vjp(x, cotangent):
        p = softmax_value(temperature, axis)(x)
        return p * (cotangent - np.sum(p * cotangent, axis=axis, keepdims=True)) / temperature

    return vjp


def threshold_case(level, /, **arguments):
    return Case(
        custom_layers.Threshold,
        custom_layers.threshold,
        step(level),
        elementwise(flat),
        arguments,
        kinks=(Kink(level, (0.0, 0.0, 1.0), (0.0, 0.0, 0.0)),),
    )


def leaky_case(slope):
    return Case(
        custom_layers.LeakyReLU,
        custom_layers.leaky_relu,
        rectifier(slope),
        elementwise(rectifier_derivative(slope)),
        {"negative_slope": slope},
        kinks=(Kink(0.0, (0.0, 0.0, 0.0), (slope, slope, 1.0)),),
        peer=lambda x: keras.activations.leaky_relu(x, negative_slope=slope),
    )


def elu_case(alpha, /, **arguments):
    return Case(
        custom_layers.ELU,
        custom_layers.elu,
        elu_value(alpha),
        elementwise(elu_derivative(alpha)),
        arguments,
        kinks=(Kink(0.0, (0.0, 0.0, 0.0), (alpha, alpha, 1.0)),),
        peer=lambda x: keras.activations.elu(x, alpha=alpha),
    )


def softmax_case(temperature, axis, /, **arguments):
    return Case(
        custom_layers.Softmax,
        custom_layers.softmax,
        softmax_value(temperature, axis),
        softmax_vjp(temperature, axis),
        arguments,
        inputs=lambda dtype: rows(dtype, axis),
        peer=lambda x: keras.activations.softmax(x / temperature, axis=axis),
    )


CASES = [
    threshold_case(0.0),
    threshold_case(0.5, threshold=0.5),
    threshold_case(-1.25, threshold=-1.25),
    Case(
        custom_layers.Linear,
        custom_layers.linear,
        lambda x: x,
        elementwise(lambda x: np.ones_like(x)),
        peer=keras.activations.linear,
    ),
    Case(
        custom_layers.Sigmoid,
        custom_layers.sigmoid,
        scipy.special.expit,
        elementwise(lambda x: scipy.special.expit(x) * scipy.special.expit(-x)),
        peer=keras.activations.sigmoid,
    ),
    Case(
        custom_layers.Tanh,
        custom_layers.tanh,
        np.tanh,
        elementwise(lambda x: 1 / np.cosh(x) ** 2),
        peer=keras.activations.tanh,
    ),
    Case(
        custom_layers.ReLU,
        custom_layers.relu,
        rectifier(0.0),
        elementwise(rectifier_derivative(0.0)),
        kinks=(Kink(0.0, (0.0, 0.0, 0.0), (0.0, 0.0, 1.0)),),
        peer=keras.activations.relu,
    ),
    leaky_case(0.0),
    leaky_case(0.01),
    leaky_case(0.2),
    leaky_case(2.5),
    elu_case(1.0),
    elu_case(1.5, alpha=1.5),
    elu_case(0.0, alpha=0.0),
    Case(
        custom_layers.Softplus,
        custom_layers.softplus,
        lambda x: np.logaddexp(x, 0.0),
        elementwise(scipy.special.expit),
        peer=keras.activations.softplus,
    ),
    Case(
        custom_layers.Swish,
        custom_layers.swish,
        swish_value,
        elementwise(swish_derivative),
        peer=keras.activations.silu,
        derivative_roundings=32,  # 1 - s(x) is off by one rounding, times x: up to 37 in float64
    ),
    softmax_case(1.0, -1),
    softmax_case(0.25, -1, temperature=0.25),
    softmax_case(50.0, 1, temperature=50.0, axis=1),
    softmax_case(0.5, -2, temperature=0.5, axis=-2),
    softmax_case(1e-30, -1, temperature=1e-30),
]

NAN, INF = float("nan"), float("inf")
NOT_NUMBERS = (NAN, INF, -INF, True, "1", None, [1.0], 1j, 10**400, 1e300, np.zeros(9), np.bool_(1))
NOT_INTEGERS = (True, 1.0, "1", None, (0, 1), [0], NAN, np.float32(1), np.bool_(1))

# Layer, argument, the values that it refuses.
REFUSED = [
    (custom_layers.Threshold, "threshold", NOT_NUMBERS),
    (custom_layers.LeakyReLU, "negative_slope", (*NOT_NUMBERS, -0.1, -1e-300, np.float32(-1))),
    (custom_layers.ELU, "alpha", (*NOT_NUMBERS, -1, -1e-300, np.float64(-1))),
    (custom_layers.Softmax, "temperature", (*NOT_NUMBERS, 0, -0.0, 1e-40, -1, np.int64(0))),
    (custom_layers.Softmax, "axis", NOT_INTEGERS),
]
