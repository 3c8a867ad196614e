"""Computes the functions, their derivatives, and what the claims compare them with."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from reproductions.evidence.kinds import Close, Exact, Table
from reproductions.evidence.verdicts import Tables
from reproductions.training.pool import Pool

Layers = Mapping[str, Callable]
"""The layers under test, by the function's name."""


SIZES = (1e-300, 1e-100, 1e-10, 100, 500, 700, 1e3, 1e10, 1e100, 1e308)
"""Of inputs of either sign, over the range of float64."""


@dataclass(frozen=True)
class Spec:
    """The documents' grids and slopes, and the points that the claims ask about."""

    perceptron_post_grid: tuple[float, float, float] = (-10, 10, 0.01)
    relu_post_grid: tuple[float, float, float] = (-5, 5, 0.1)
    curve_end: int = 6
    curve_points_per_unit: int = 20
    identity_end: int = 10
    identity_points_per_unit: int = 10
    far_points: tuple[float, ...] = (1e-300, 1, 5, 10, 20, 40, 100, 1000)
    halvings: int = 20
    perceptron_post_slope: float = 0.01
    slides_slope: float = 0.1
    elu_alpha: float = 1.0


SPEC = Spec()


def run(spec: Spec, pool: Pool) -> dict[str, pd.DataFrame]:
    """Curves, identities, far points, quotients at 0, and the leaky slopes."""
    import custom_layers as layers

    functions = {
        "threshold": layers.Threshold(dtype="float64"),
        "linear": layers.Linear(dtype="float64"),
        "sigmoid": layers.Sigmoid(dtype="float64"),
        "tanh": layers.Tanh(dtype="float64"),
        "relu": layers.ReLU(dtype="float64"),
        "leaky_relu": layers.LeakyReLU(spec.perceptron_post_slope, dtype="float64"),
        "elu": layers.ELU(spec.elu_alpha, dtype="float64"),
        "softplus": layers.Softplus(dtype="float64"),
        "swish": layers.Swish(dtype="float64"),
    }
    slopes = _leaky_slopes(spec)
    leaky_layers = [
        (slope, layers.LeakyReLU(slope, dtype="float64"))
        for slope in sorted(set(slopes["negative_slope"]))
    ]
    x_curve = _grid_through_zero(spec.curve_end, spec.curve_points_per_unit)
    x_far = np.array([-x for x in reversed(spec.far_points)] + [0.0, *spec.far_points])
    compared = {name: functions[name] for name in ("threshold", "sigmoid", "relu", "tanh")}
    bounded = {name: functions[name] for name in ("threshold", "sigmoid", "tanh")}
    return {
        "comparison": _on_the_grid_of_a_listing(spec.perceptron_post_grid, compared),
        "relu_post": _on_the_grid_of_a_listing(spec.relu_post_grid, {"relu": functions["relu"]}),
        "curves": _curves("function", functions.items(), x_curve),
        "far": _curves("function", functions.items(), x_far),
        "whole_range": _curves("function", bounded.items(), _whole_range()),
        "leaky": _curves("negative_slope", leaky_layers, x_curve),
        "slopes": slopes,
        "identities": _identities(spec, functions),
        "quotients": _quotients(spec, functions),
        "at_zero": _at_zero(functions),
    }


def _leaky_slopes(spec: Spec) -> pd.DataFrame:
    """The leaky ReLU's slope below 0 in each document and library that has one."""
    import keras
    import tensorflow as tf

    minus_one = tf.constant(-1.0, "float64")
    slopes = pd.DataFrame(
        [
            ("perceptron-post", "document", spec.perceptron_post_slope),
            ("slides", "document", spec.slides_slope),
            # The xor-post prints only the call; its value at -1 is minus the slope.
            ("xor-post", "document", -tf.nn.leaky_relu(minus_one).numpy()),
            ("keras.layers.LeakyReLU", "library", keras.layers.LeakyReLU().negative_slope),
            (
                "keras.activations.leaky_relu",
                "library",
                -keras.activations.leaky_relu(minus_one).numpy(),
            ),
        ],
        columns=["source", "origin", "negative_slope"],
    )
    # TensorFlow keeps its default slope in float32, so 0.2 comes back as 0.20000000298.
    return slopes.assign(negative_slope=slopes["negative_slope"].astype(float).round(6))


def _on_the_grid_of_a_listing(grid: tuple[float, float, float], functions: Layers) -> pd.DataFrame:
    """Functions at the points that a listing makes with `arange`."""
    x = np.arange(*grid)
    values = {name: function(x) for name, function in functions.items()}
    return pd.DataFrame({"point": range(len(x)), "x": x, **values})


def _grid_through_zero(end: int, points_per_unit: int) -> np.ndarray:
    """A grid that holds 0 and is the same on every machine: whole numbers, each divided once."""
    return np.arange(-end * points_per_unit, end * points_per_unit + 1) / points_per_unit


def _whole_range() -> np.ndarray:
    """A grid from -40 to 40, and inputs of either sign over the range of float64."""
    far = np.array(SIZES)
    return np.unique(np.concatenate([-far, _grid_through_zero(40, 2), far]))


def _value_and_derivative(function: Callable, x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Values and derivatives of a function that acts on each element alone."""
    import tensorflow as tf

    x = tf.constant(x, "float64")
    with tf.GradientTape() as tape:
        tape.watch(x)
        value = function(x)
    return value.numpy(), tape.gradient(value, x).numpy()


def _curves(
    key: str, functions: Iterable[tuple[str | float, Callable]], x: np.ndarray
) -> pd.DataFrame:
    """Values and derivatives of functions, each under its name or its slope in the key column."""
    frames = []
    for name, function in functions:
        value, derivative = _value_and_derivative(function, x)
        frames.append(pd.DataFrame({key: name, "x": x, "value": value, "derivative": derivative}))
    return pd.concat(frames, ignore_index=True)


def _identities(spec: Spec, functions: Layers) -> pd.DataFrame:
    """Both sides of each identity: left what a layer gives, right the document's formula for it."""
    x = _grid_through_zero(spec.identity_end, spec.identity_points_per_unit)
    value = {name: function(x).numpy() for name, function in functions.items()}
    sides = {
        "linear = z": (value["linear"], x),
        "softplus = ln(1 + exp(z))": (value["softplus"], np.log(1 + np.exp(x))),
        "softplus' = sigmoid": (
            _value_and_derivative(functions["softplus"], x)[1],
            value["sigmoid"],
        ),
        "leaky_relu = max(0.01z, z)": (value["leaky_relu"], np.maximum(0.01 * x, x)),
        "tanh = 2 sigmoid(2x) - 1": (value["tanh"], 2 * functions["sigmoid"](2 * x).numpy() - 1),
        "tanh = (exp(x) - exp(-x)) / (exp(x) + exp(-x))": (
            value["tanh"],
            (np.exp(x) - np.exp(-x)) / (np.exp(x) + np.exp(-x)),
        ),
    }
    return pd.concat(
        pd.DataFrame({"identity": name, "x": x, "left": left, "right": right})
        for name, (left, right) in sides.items()
    )


def _quotients(spec: Spec, functions: Layers) -> pd.DataFrame:
    """Quotients (f(h) - f(0)) / h from the right and (f(0) - f(-h)) / h from the left."""
    h = 2.0 ** -np.arange(1, spec.halvings + 1)  # a division by a power of two is exact
    frames = []
    for name, function in functions.items():
        below, at_zero, above = (function(x).numpy() for x in (-h, np.zeros(1), h))
        left, right = (at_zero - below) / h, (above - at_zero) / h
        frames.append(pd.DataFrame({"function": name, "h": h, "left": left, "right": right}))
    return pd.concat(frames, ignore_index=True)


def _at_zero(functions: Layers) -> pd.DataFrame:
    """The derivative that each library returns at 0 for the functions with a kink or a jump."""
    import keras
    import tensorflow as tf

    implementations = [
        ("relu", "keras.activations.relu", keras.activations.relu),
        ("relu", "keras.layers.ReLU", keras.layers.ReLU(dtype="float64")),
        ("relu", "tf.nn.relu", tf.nn.relu),
        ("leaky_relu", "keras.layers.LeakyReLU", keras.layers.LeakyReLU(dtype="float64")),
        ("leaky_relu", "tf.nn.leaky_relu", tf.nn.leaky_relu),
        *((name, "custom_layers", functions[name]) for name in ("threshold", "relu", "leaky_relu")),
    ]
    rows = [
        (name, implementation, _value_and_derivative(function, np.zeros(1))[1][0])
        for name, implementation, function in implementations
    ]
    return pd.DataFrame(rows, columns=["function", "implementation", "derivative"])


DIFFERENTIABLE_BELOW = 1e-4
"""How close the quotients from both sides must come at the smallest step."""


def differentiable(tables: Tables) -> pd.Series:
    """Whether the difference quotients from both sides meet at 0, for each function."""
    return gaps_at_zero(tables) < DIFFERENTIABLE_BELOW


def gaps_at_zero(tables: Tables) -> pd.Series:
    """How far the difference quotients from both sides are apart at the smallest step."""
    quotients = tables["quotients"]
    smallest = quotients[quotients["h"] == quotients["h"].min()].set_index("function")
    return (smallest["right"] - smallest["left"]).abs()


ELEMENTWISE = "a few float64 operations; libraries differ in the last bits of exp and tanh"

DIFFERENCE = "float64 rounding of f near 0, divided by the smallest step, 2**-20"
QUOTIENT = Close(rtol=1e-12, atol=1e-9, reason=DIFFERENCE)

GRID = "arange adds up rounding errors of its step, which fused operations may change"
POINT = Close(rtol=0, atol=1e-12, reason=GRID)

VALUE = Close(rtol=1e-12, atol=1e-14, reason=ELEMENTWISE)
"""The absolute tolerance allows for the digits that a difference such as 1 - f(x) loses where f(x)
is near 1."""

TABLES = {
    "comparison": Table(
        key=("point",),
        columns={
            "x": POINT,
            "threshold": Exact(),
            "sigmoid": VALUE,
            "relu": POINT,
            "tanh": Close(rtol=1e-12, atol=1e-12, reason=GRID),
        },
    ),
    "relu_post": Table(key=("point",), columns={"x": POINT, "relu": POINT}),
    "curves": Table(key=("function", "x"), columns={"value": VALUE, "derivative": VALUE}),
    "far": Table(key=("function", "x"), columns={"value": VALUE, "derivative": VALUE}),
    "whole_range": Table(key=("function", "x"), columns={"value": VALUE, "derivative": VALUE}),
    "leaky": Table(key=("negative_slope", "x"), columns={"value": VALUE, "derivative": VALUE}),
    "slopes": Table(key=("source",), columns={"origin": Exact(), "negative_slope": Exact()}),
    "identities": Table(key=("identity", "x"), columns={"left": VALUE, "right": VALUE}),
    "quotients": Table(key=("function", "h"), columns={"left": QUOTIENT, "right": QUOTIENT}),
    "at_zero": Table(
        key=("function", "implementation"),
        columns={"derivative": Close(rtol=1e-6, atol=0, reason="TensorFlow keeps 0.2 in float32")},
    ),
}
