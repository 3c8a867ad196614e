"""The setting, the runs, and the shape of the tables."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from reproductions.evidence import measured
from reproductions.evidence.kinds import Close, Exact, Table
from reproductions.training.pool import Pool


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
    import keras
    import tensorflow as tf

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
    slopes = pd.DataFrame(
        [
            ("perceptron-post", "document", spec.perceptron_post_slope),
            ("slides", "document", spec.slides_slope),
            # xor-post prints the call alone; what it gives at -1 is the slope.
            ("xor-post", "document", -tf.nn.leaky_relu(tf.constant(-1.0, "float64")).numpy()),
            ("keras.layers.LeakyReLU", "library", keras.layers.LeakyReLU().negative_slope),
            (
                "keras.activations.leaky_relu",
                "library",
                -keras.activations.leaky_relu(tf.constant(-1.0, "float64")).numpy(),
            ),
        ],
        columns=["source", "origin", "negative_slope"],
    )
    # TensorFlow keeps its default slope in float32: 0.2 comes back as 0.20000000298.
    slopes["negative_slope"] = slopes["negative_slope"].astype(float).round(6)

    x_perceptron = np.arange(*spec.perceptron_post_grid)
    x_relu = np.arange(*spec.relu_post_grid)
    x_curve = _whole_steps(spec.curve_end, spec.curve_points_per_unit)
    x_far = np.array([-x for x in reversed(spec.far_points)] + [0.0, *spec.far_points])

    comparison = {"point": range(len(x_perceptron)), "x": x_perceptron}
    for name in ("threshold", "sigmoid", "relu", "tanh"):
        comparison[name] = functions[name](x_perceptron)
    return {
        "comparison": pd.DataFrame(comparison),
        "relu_post": pd.DataFrame(
            {"point": range(len(x_relu)), "x": x_relu, "relu": functions["relu"](x_relu)}
        ),
        "curves": _curves("function", functions.items(), x_curve),
        "far": _curves("function", functions.items(), x_far),
        "leaky": _curves(
            "negative_slope",
            [
                (slope, layers.LeakyReLU(slope, dtype="float64"))
                for slope in sorted(set(slopes["negative_slope"]))
            ],
            x_curve,
        ),
        "slopes": slopes,
        "identities": _identities(spec, functions),
        "quotients": _quotients(spec, functions),
        "at_zero": _at_zero(functions),
    }


def _whole_steps(end: int, points_per_unit: int) -> np.ndarray:
    """A grid that holds 0 and is the same on every machine: whole numbers, divided once."""
    return np.arange(-end * points_per_unit, end * points_per_unit + 1) / points_per_unit


def _derivative(function, x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Values and derivatives of a function that works element by element."""
    import tensorflow as tf

    x = tf.constant(x, "float64")
    with tf.GradientTape() as tape:
        tape.watch(x)
        value = function(x)
    return value.numpy(), tape.gradient(value, x).numpy()


def _curves(key: str, functions, x: np.ndarray) -> pd.DataFrame:
    frames = []
    for name, function in functions:
        value, derivative = _derivative(function, x)
        frames.append(pd.DataFrame({key: name, "x": x, "value": value, "derivative": derivative}))
    return pd.concat(frames, ignore_index=True)


def _identities(spec: Spec, functions) -> pd.DataFrame:
    """Both sides of each identity: left the layers, right the formula as the document prints it."""
    x = _whole_steps(spec.identity_end, spec.identity_points_per_unit)
    value = {name: function(x).numpy() for name, function in functions.items()}
    sides = {
        "linear = z": (value["linear"], x),
        "softplus = ln(1 + exp(z))": (value["softplus"], np.log(1 + np.exp(x))),
        "softplus' = sigmoid": (_derivative(functions["softplus"], x)[1], value["sigmoid"]),
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


def _quotients(spec: Spec, functions) -> pd.DataFrame:
    """(f(h) - f(0)) / h from the right and (f(0) - f(-h)) / h from the left, h halved."""
    h = 2.0 ** -np.arange(1, spec.halvings + 1)  # powers of two: the division is exact
    frames = []
    for name, function in functions.items():
        left, at_zero, right = (function(x).numpy() for x in (-h, np.zeros(1), h))
        frames.append(
            pd.DataFrame(
                {
                    "function": name,
                    "h": h,
                    "left": (at_zero - left) / h,
                    "right": (right - at_zero) / h,
                }
            )
        )
    return pd.concat(frames, ignore_index=True)


def _at_zero(functions) -> pd.DataFrame:
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
        (name, implementation, _derivative(function, np.zeros(1))[1][0])
        for name, implementation, function in implementations
    ]
    return pd.DataFrame(rows, columns=["function", "implementation", "derivative"])


def _curve(tables, name):
    return measured.rows(tables["curves"], function=name)


def _leaky(tables, slope):
    return measured.rows(tables["leaky"], negative_slope=slope)


ELEMENTWISE = "a few float64 operations; libraries differ in the last bits of exp and tanh"

DIFFERENCE = "float64 rounding of f near 0, divided by the least step, 2**-20"

GRID = "arange adds up rounding errors of its step, which fused operations may change"

VALUE = Close(rtol=1e-12, atol=1e-14, reason=ELEMENTWISE)
"""The absolute part lets in what a difference such as 1 - f(x) loses where f(x) is near 1."""

TABLES = {
    "comparison": Table(
        key=("point",),
        columns={
            "x": Close(rtol=0, atol=1e-12, reason=GRID),
            "threshold": Exact(),
            "sigmoid": VALUE,
            "relu": Close(rtol=0, atol=1e-12, reason=GRID),
            "tanh": Close(rtol=1e-12, atol=1e-12, reason=GRID),
        },
    ),
    "relu_post": Table(
        key=("point",),
        columns={
            "x": Close(rtol=0, atol=1e-12, reason=GRID),
            "relu": Close(rtol=0, atol=1e-12, reason=GRID),
        },
    ),
    "curves": Table(key=("function", "x"), columns={"value": VALUE, "derivative": VALUE}),
    "far": Table(key=("function", "x"), columns={"value": VALUE, "derivative": VALUE}),
    "leaky": Table(key=("negative_slope", "x"), columns={"value": VALUE, "derivative": VALUE}),
    "slopes": Table(key=("source",), columns={"origin": Exact(), "negative_slope": Exact()}),
    "identities": Table(key=("identity", "x"), columns={"left": VALUE, "right": VALUE}),
    "quotients": Table(
        key=("function", "h"),
        columns={
            "left": Close(rtol=1e-12, atol=1e-9, reason=DIFFERENCE),
            "right": Close(rtol=1e-12, atol=1e-9, reason=DIFFERENCE),
        },
    ),
    "at_zero": Table(
        key=("function", "implementation"),
        columns={"derivative": Close(rtol=1e-6, atol=0, reason="TensorFlow keeps 0.2 in float32")},
    ),
}

DIFFERENTIABLE_BELOW = 1e-4


def differentiable(tables) -> pd.Series:
    """Whether the quotients from both sides meet at 0, by function."""
    frame = tables["quotients"]
    least = frame[frame["h"] == frame["h"].min()].set_index("function")
    return (least["right"] - least["left"]).abs() < DIFFERENTIABLE_BELOW
