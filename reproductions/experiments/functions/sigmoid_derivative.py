"""The sigmoid's derivative is σ(1 − σ): how exact that is, and how few operations it takes.

Document: network-post, 1.2.3.
Setup: σ(1 − σ), from the output of the sigmoid layer in float64, is held against the derivative in
50 decimal digits, and against automatic differentiation of 1 / (1 + exp(−x)) operation by
operation, over the range of float64. How simple a derivative is, is counted for seven functions:
the operations on numbers that it takes from the input alone, and once the output is known.
Assumptions: the post does not say what makes a form simple; few and cheap operations are taken for
it. Swish's output does not fix its input, so its sigmoid counts as known too.
Known differences: none, there is no listing.
"""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal, localcontext
from typing import Any

import numpy as np
import pandas as pd

from reproductions.evidence import drawing, functions, measured
from reproductions.evidence.kinds import Close, Exact, Table
from reproductions.evidence.verdicts import Judgement, Tables, graded
from reproductions.training.pool import Pool

DIGITS = 50
OPERATIONS = ("additions", "multiplications", "divisions", "comparisons", "exps")
FROM_INPUT, FROM_OUTPUT = "input", "output"

ALPHA, SLOPE = 1.0, 0.01
"""Of ELU and of leaky ReLU; they change no count."""


@dataclass(frozen=True)
class Spec:
    """Where the derivative is found: a grid around 0, and points far away and near."""

    grid_end: int = 40
    points_per_unit: int = 2
    far_points: tuple[float, ...] = (1e-300, 1e-100, 1e-10, 100.0, 300.0, 700.0, 1e3, 1e6, 1e308)


SPEC = Spec()


def run(spec: Spec, pool: Pool) -> dict[str, pd.DataFrame]:
    """The derivative in three ways, and the operations that seven derivatives take."""
    end = spec.grid_end * spec.points_per_unit
    grid = np.arange(-end, end + 1) / spec.points_per_unit
    x = np.unique([*grid, *spec.far_points, *(-far for far in spec.far_points)])
    return {"derivatives": _derivatives(x), "operations": _operations()}


def _derivatives(x: np.ndarray) -> pd.DataFrame:
    import tensorflow as tf

    from custom_layers import Sigmoid

    inputs = tf.constant(x)
    with tf.GradientTape() as tape:
        tape.watch(inputs)
        by_operations = 1 / (1 + tf.exp(-inputs))
    output = Sigmoid(dtype="float64")(inputs).numpy()
    return pd.DataFrame(
        {
            "x": x,
            "sigmoid": output,
            "from_output": output * (1 - output),
            "automatic": tape.gradient(by_operations, inputs).numpy(),
            "exact": [_exact_derivative(value) for value in x],
        }
    )


def _exact_derivative(x: float) -> float:
    """exp(−|x|) / (1 + exp(−|x|))², which is the same for x and −x, rounded once at the end."""
    with localcontext(prec=DIGITS):
        e = (-abs(Decimal(float(x)))).exp()
        return float(e / (1 + e) ** 2)


@dataclass(frozen=True)
class Counted:
    """A number that counts what is done with it and with those that came before it."""

    value: float
    done: Counter[str] = field(default_factory=Counter)

    def _then(self, operation: str, value: float) -> "Counted":
        self.done[operation] += 1
        return Counted(value, self.done)

    def __neg__(self) -> "Counted":
        return self._then("additions", -self.value)

    def __add__(self, other: Any) -> "Counted":
        return self._then("additions", self.value + _plain(other))

    def __sub__(self, other: Any) -> "Counted":
        return self._then("additions", self.value - _plain(other))

    def __rsub__(self, other: float) -> "Counted":
        return self._then("additions", other - self.value)

    def __mul__(self, other: Any) -> "Counted":
        return self._then("multiplications", self.value * _plain(other))

    def __truediv__(self, other: Any) -> "Counted":
        return self._then("divisions", self.value / _plain(other))

    def __rtruediv__(self, other: float) -> "Counted":
        return self._then("divisions", other / self.value)

    def exp(self) -> "Counted":
        """The exponential function of it."""
        return self._then("exps", np.exp(self.value))

    def is_positive(self) -> bool:
        """Whether it is above 0."""
        self._then("comparisons", self.value)
        return self.value > 0

    __radd__ = __add__
    __rmul__ = __mul__


def _plain(number: Any) -> float:
    return number.value if isinstance(number, Counted) else number


def _sigmoid_from_input(x: Counted) -> Counted:
    e = (-x).exp()
    total = 1 + e
    return e / (total * total)


def _tanh_from_input(x: Counted) -> Counted:
    total = x.exp() + (-x).exp()
    return 4 / (total * total)


def _swish_from_input(x: Counted) -> Counted:
    sigmoid = 1 / (1 + (-x).exp())
    return sigmoid + x * (sigmoid * (1 - sigmoid))


DERIVATIVES: dict[str, dict[str, Callable[..., Any]]] = {
    "sigmoid": {FROM_INPUT: _sigmoid_from_input, FROM_OUTPUT: lambda y: y * (1 - y)},
    "tanh": {FROM_INPUT: _tanh_from_input, FROM_OUTPUT: lambda y: 1 - y * y},
    "relu": {
        FROM_INPUT: lambda x: 1.0 if x.is_positive() else 0.0,
        FROM_OUTPUT: lambda y: 1.0 if y.is_positive() else 0.0,
    },
    "leaky_relu": {
        FROM_INPUT: lambda x: 1.0 if x.is_positive() else SLOPE,
        FROM_OUTPUT: lambda y: 1.0 if y.is_positive() else SLOPE,
    },
    "elu": {
        FROM_INPUT: lambda x: 1.0 if x.is_positive() else ALPHA * x.exp(),
        FROM_OUTPUT: lambda y: 1.0 if y.is_positive() else y + ALPHA,
    },
    "softplus": {
        FROM_INPUT: lambda x: 1 / (1 + (-x).exp()),
        FROM_OUTPUT: lambda y: 1 - (-y).exp(),
    },
    "swish": {
        FROM_INPUT: _swish_from_input,
        FROM_OUTPUT: lambda y, sigmoid: y + sigmoid * (1 - y),
    },
}
"""The derivative of each function, from its input, and from what the forward pass has."""


def _operations() -> pd.DataFrame:
    """The most operations that each derivative takes at -2 and at 2, and its error there."""
    rows = []
    for name, routes in DERIVATIVES.items():
        for route, formula in routes.items():
            counts, errors = [], []
            for x in (-2.0, 2.0):
                value, derivative = _value_and_derivative(name, x)
                done: Counter[str] = Counter()
                known = [x] if route == FROM_INPUT else [value]
                if name == "swish" and route == FROM_OUTPUT:
                    known.append(value / x)  # the sigmoid, which the forward pass has computed
                result = _plain(formula(*(Counted(number, done) for number in known)))
                counts.append(done)
                errors.append(abs(result - derivative))
            most = max(counts, key=Counter.total)
            row = {operation: most[operation] for operation in OPERATIONS}
            total = {"all": most.total(), "error": max(errors)}
            rows.append({"function": name, "known": route, **row, **total})
    return pd.DataFrame(rows)


def _value_and_derivative(name: str, x: float) -> tuple[float, float]:
    """What the function's layer gives for a number, with automatic differentiation through it."""
    import tensorflow as tf

    import custom_layers

    options = {"leaky_relu": {"negative_slope": SLOPE}, "elu": {"alpha": ALPHA}}.get(name, {})
    layer = getattr(custom_layers, functions.FUNCTIONS[name].layer)(dtype="float64", **options)
    number = tf.constant([x], "float64")
    with tf.GradientTape() as tape:
        tape.watch(number)
        value = layer(number)
    return float(value[0]), float(tape.gradient(value, number)[0])


def figures(spec: Spec, tables: Tables) -> drawing.Figures:
    """The derivative with its error, and the operations by function."""
    return {
        "derivative": lambda: _draw_derivative(spec, tables["derivatives"]),
        "operations": lambda: _draw_operations(tables["operations"]),
    }


def _draw_derivative(spec: Spec, derivatives: pd.DataFrame):
    figure, ((left, right),) = drawing.panels(1, 2, width=4.6, height=3.4)
    near = derivatives[derivatives["x"].abs() <= spec.grid_end]
    middle = near[near["x"].abs() <= spec.grid_end / 4]
    left.plot(middle["x"], middle["exact"], color=drawing.GREY, linewidth=4, label="exact")
    left.plot(
        middle["x"], middle["from_output"], "--", color=functions.color("sigmoid"), label="σ(1 − σ)"
    )
    left.set(title="The sigmoid's derivative", xlabel="x", ylabel="derivative")
    left.legend()
    gap = (near["from_output"] - near["exact"]).abs()
    smallest = 1e-20
    right.semilogy(near["x"], gap.clip(lower=smallest), color=drawing.BLUE, label="absolute")
    right.semilogy(
        near["x"],
        (gap / near["exact"]).clip(lower=smallest),
        "--",
        color=drawing.VERMILION,
        label="relative to the derivative",
    )
    right.set(title="Error of σ(1 − σ) in float64", xlabel="x", ylabel="error")
    right.legend(loc="upper left")
    return figure


def _draw_operations(operations: pd.DataFrame):
    figure, ((axes,),) = drawing.panels(width=8.0, height=3.4)
    names = list(DERIVATIVES)
    for known, label, color, offset in (
        (FROM_INPUT, "from the input", drawing.GREY, -0.2),
        (FROM_OUTPUT, "once the output is known", drawing.BLUE, 0.2),
    ):
        rows = [measured.row(operations, function=name, known=known) for name in names]
        places = np.arange(len(rows)) + offset
        bars = axes.bar(places, [row["all"] for row in rows], width=0.38, color=color, label=label)
        exps = [f"{row['all']}" + (" (exp)" if row["exps"] else "") for row in rows]
        axes.bar_label(bars, exps, fontsize=7)
    axes.set_xticks(range(len(names)), [functions.label(name) for name in names])
    axes.set(ylabel="operations", title="Operations that a derivative takes")
    axes.set_ylim(0, 1.3 * operations["all"].max())
    axes.legend(loc="upper left")
    return figure


LARGEST_ERROR = 1e-15


def _simple_derivative(tables: Tables, *, operations: float = 2) -> Judgement:
    derivatives = tables["derivatives"]
    error = (derivatives["from_output"] - derivatives["exact"]).abs()
    finite = np.isfinite(derivatives["automatic"])
    from_automatic = (derivatives["from_output"] - derivatives["automatic"])[finite].abs()
    known, whole = (
        measured.row(tables["operations"], function="sigmoid", known=route)
        for route in (FROM_OUTPUT, FROM_INPUT)
    )
    holds = error.max() <= LARGEST_ERROR and from_automatic.max() <= LARGEST_ERROR
    simple = known["all"] <= operations and known["exps"] == known["divisions"] == 0
    simple &= known["all"] < whole["all"] and known["error"] <= LARGEST_ERROR
    lost = derivatives[(derivatives["from_output"] == 0) & (derivatives["exact"] > 0)]
    return Judgement(
        graded(holds and simple, in_part=holds),
        None,
        notes=("main", "lost") if len(lost) else ("main",),
        values={
            "known": known["all"],
            "whole": whole["all"],
            "broken": (~finite).sum(),
            "points": len(derivatives),
            "lost": lost["x"].min(),
        },
    )


CLAIMS = {"NP-15": _simple_derivative}

TABLES = {
    "derivatives": Table(
        key=("x",),
        columns={
            "sigmoid": Close(1e-12, 0, "one exp in float64"),
            "from_output": Close(1e-12, 1e-15, "1 − σ is a multiple of float64's rounding near 1"),
            "automatic": Close(1e-9, 1e-15, "a few float64 operations", nan=True),
            "exact": Close(1e-15, 0, "worked out in decimal digits and rounded once"),
        },
    ),
    "operations": Table(
        key=("function", "known"),
        columns={
            **dict.fromkeys((*OPERATIONS, "all"), Exact()),
            "error": Close(0, 1e-14, "a few float64 operations and exp"),
        },
    ),
}
