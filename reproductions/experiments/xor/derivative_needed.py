"""Whether gradient descent needs a function's derivative: single units learn AND and OR.

Document: perceptron-post, conclusion (the functions that replace the threshold are differentiable,
which is important for learning later on).
Setup: single units with two weights and a bias, drawn from N(0, 1), learn AND and OR by gradient
descent on the mean squared error, all four points in each of 1,000 updates. The unit's function is
the threshold or one of the six that the post puts in its place. Then the threshold again, with one
thing changed: where the gradient is computed, the sigmoid's derivative takes the place of its own.
All start from the same weights.
Assumptions: the targets are 0 and 1 for every function, and an answer above 1/2 is a 1. A seed has
learnt if all answers are right in the end for AND and for OR; no weights answer both gates, so none
has learnt at the start. Each function learns at its own best rate, that at which most of 64 other
seeds learn, the lowest of equal ones. The derivative at a kink is the one that the layers use: 0
for the threshold and ReLU, 0.01 for leaky ReLU.
Known differences: the post trains nothing. Everything is computed in float64 by NumPy.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from reproductions.evidence import drawing, functions, measured
from reproductions.evidence.kinds import Rate, Table, Unchecked, shares
from reproductions.evidence.statistics import share_of
from reproductions.evidence.verdicts import Judgement, Tables, graded
from reproductions.training import perceptron, xor
from reproductions.training.gates import GATES
from reproductions.training.pool import Pool


@dataclass(frozen=True)
class Spec:
    """The rates that are tried, how long the units are trained, and with how many seeds."""

    seeds: int = 512
    rates: tuple[float, ...] = (0.01, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0)
    steps: int = 1_000
    tuning_seeds: int = 64


SPEC = Spec()
SMALL = {"steps": 20, "rates": (0.3, 3.0), "tuning_seeds": 4}

FIRST_TUNING_SEED = 1_000_000

SLOPE = 0.01  # of the post's leaky ReLU

Part = Callable[[np.ndarray], np.ndarray]


def _sigmoid(z: np.ndarray) -> np.ndarray:
    return 1 / (1 + np.exp(-z))


def _sigmoid_derivative(z: np.ndarray) -> np.ndarray:
    return _sigmoid(z) * _sigmoid(-z)


def _threshold(z: np.ndarray) -> np.ndarray:
    return np.where(z > 0, 1.0, 0.0)


REPLACED = "threshold_replaced"
"""The threshold with the sigmoid's derivative in place of its own."""

PARTS: dict[str, tuple[Part, Part]] = {
    "threshold": (_threshold, np.zeros_like),
    REPLACED: (_threshold, _sigmoid_derivative),
    "sigmoid": (_sigmoid, _sigmoid_derivative),
    "tanh": (np.tanh, lambda z: 1 - np.tanh(z) ** 2),
    "relu": (lambda z: np.maximum(z, 0), _threshold),
    "linear": (lambda z: z, np.ones_like),
    "softplus": (lambda z: np.logaddexp(0, z), _sigmoid),
    "leaky_relu": (lambda z: np.where(z > 0, z, SLOPE * z), lambda z: np.where(z > 0, 1, SLOPE)),
}
"""Each function's value and the derivative that its gradient is computed with."""

DIFFERENTIABLE = ("sigmoid", "tanh", "linear", "softplus")

LABELS = {REPLACED: "threshold with the\nsigmoid's derivative"}


def run(spec: Spec, pool: Pool) -> dict[str, pd.DataFrame]:
    """Chooses each function's rate, trains all seeds at it, and counts those that learn."""
    tuning = range(FIRST_TUNING_SEED, FIRST_TUNING_SEED + spec.tuning_seeds)
    tried = np.repeat(spec.rates, spec.tuning_seeds)
    rows = []
    for name in PARTS:
        weights = np.tile(perceptron.initial_weights(tuning), len(spec.rates))
        learnt, _ = train(spec, name, weights, tried)
        rate = spec.rates[int(learnt.reshape(len(spec.rates), -1).sum(axis=1).argmax())]
        weights = perceptron.initial_weights(range(spec.seeds))
        learnt, unmoved = train(spec, name, weights, np.full(spec.seeds, rate))
        count = int(learnt.sum())
        row = {"function": name, "rate": rate, "learnt": count, "seeds": spec.seeds}
        rows.append({**row, **share_of(count, spec.seeds), "unmoved": int(unmoved.sum())})
    return {"units": pd.DataFrame(rows)}


def train(
    spec: Spec, name: str, start: np.ndarray, rates: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Which units learn both gates, and which end with the weights that they began with.

    Args:
        spec: says how many updates are made.
        name: of the function, one of `PARTS`.
        start: w1, w2 and b of each unit, (3, unit).
        rates: of each unit, (unit,).

    Returns:
        Truth values, (unit,) each.
    """
    weights = descend(spec, name, start, rates)
    with np.errstate(all="ignore"):
        answers = PARTS[name][0](np.tensordot(POINTS, weights, 1))
    right = np.where(TARGETS > 0.5, answers > 0.5, answers < 0.5)
    return np.all(right, axis=(0, 1)), np.all(weights == start[:, None], axis=(0, 1))


POINTS = np.column_stack([xor.X, np.ones(len(xor.X))]).astype("float64")
"""The inputs and, for the bias, 1, (point, weight)."""

TARGETS = np.stack([GATES["AND"], GATES["OR"]], axis=1).astype("float64")
"""(point, gate, 1)."""


def descend(spec: Spec, name: str, start: np.ndarray, rates: np.ndarray) -> np.ndarray:
    """The weights after all updates, for each gate, (weight, gate, unit); arguments as above."""
    function, derivative = PARTS[name]
    weights = np.repeat(start[:, None], 2, axis=1)
    with np.errstate(all="ignore"):  # some diverge at high rates
        for _ in range(spec.steps):
            z = np.tensordot(POINTS, weights, 1)
            error = 2 / len(POINTS) * (function(z) - TARGETS) * derivative(z)
            weights = weights - rates * np.tensordot(POINTS.T, error, 1)
    return weights


def figures(spec: Spec, tables: Tables) -> drawing.Figures:
    """The share of units that learn both gates, by function."""
    return {"units": lambda: _draw(spec, tables["units"])}


def _draw(spec: Spec, units: pd.DataFrame):
    figure, ((axes,),) = drawing.panels(width=6.0, height=3.6)
    for place, name in enumerate(PARTS):
        row = measured.row(units, function=name)
        ends = [[row["share"] - row["low"]], [row["high"] - row["share"]]]
        color = functions.color("threshold" if name == REPLACED else name)
        axes.errorbar(row["share"], place, xerr=ends, fmt="o", color=color, capsize=4)
    labels = [LABELS.get(name) or functions.label(name) for name in PARTS]
    axes.set_yticks(range(len(PARTS)), labels)
    axes.invert_yaxis()
    axes.set(xlim=(-0.03, 1.03), xlabel="share of units that learn AND and OR")
    axes.set_title(
        "A threshold unit learns by gradient descent only\nwith a derivative that is not 0"
        f" ({spec.seeds:,} initialisations)"
    )
    return figure


TABLES = {
    "units": Table(
        key=("function",),
        columns={"rate": Unchecked(), **shares("learnt"), "unmoved": Rate(trials="seeds")},
        over_seeds=True,
    )
}


def _derivative_matters(tables: Tables, *, most: float = 0.5) -> Judgement:
    units = tables["units"].set_index("function")
    still = units["unmoved"]["threshold"] == units["seeds"]["threshold"]
    replaced, smooth = units.loc[REPLACED], units.loc[list(DIFFERENTIABLE)]
    cause = still and replaced["low"] > most
    verdict = graded(cause and (smooth["low"] > most).all(), in_part=cause)
    least = smooth.loc[smooth["share"].idxmin()]
    values = {
        "unmoved": int(units["unmoved"]["threshold"]),
        "seeds": int(units["seeds"]["threshold"]),
        "replaced": replaced["share"],
        "relu": units["share"]["relu"],
        "leaky": units["share"]["leaky_relu"],
        "still": int(units["unmoved"]["relu"]),
    }
    ends = float(least["low"]), float(least["high"])
    notes = ("main", "kinks", "rule")
    return Judgement(verdict, float(least["share"]), *ends, notes=notes, values=values)


CLAIMS = {"PP-22": _derivative_matters}
