"""The setting, the runs, and the shape of the tables."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd

from reproductions.evidence.kinds import Exact, Table, Unchecked
from reproductions.evidence.statistics import mean_of, wilson
from reproductions.training.pool import Pool


@dataclass(frozen=True)
class Spec:
    """Which of the measured settings the cells are taken from."""

    width: int = 64
    initialisation: Literal["normal", "glorot", "he"] = "normal"
    layer: int = 10
    network: Literal["perceptron", "CNN"] = "perceptron"
    threshold: float = 0.1
    batch: int = 1
    rate: Literal["common", "tuned"] = "common"
    bias: float = -10.0


SPEC = Spec()

INPUTS = {
    "activation_curves": ("far",),
    "convergence_speed": ("speed",),
    "dying_relu": ("units", "deaths_by_seed"),
    "gradient_flow": ("layers", "factors"),
    "softmax_temperature": ("random_vectors",),
    "zigzag": ("signs", "network_pairs"),
}

HOLDS, PARTLY, FAILS = "holds", "in part", "does not hold"

MANY = 0.05
"""A share of saturated units that counts."""

FUNCTIONS = ("sigmoid", "tanh", "relu", "leaky_relu", "elu", "softmax")


class Measured:
    """Numbers out of other experiments' tables, as (value, low, high)."""

    def __init__(self, spec: Spec, inputs):
        self.spec, self.inputs = spec, inputs

    def saturated(self, function) -> tuple:
        """The share of saturated units."""
        spec, rows = self.spec, self.inputs["gradient_flow"]["layers"]
        row = rows[
            (rows["activation"] == function)
            & (rows["initialisation"] == spec.initialisation)
            & (rows["width"] == spec.width)
            & (rows["layer"] == spec.layer)
        ]
        return _interval(row, "saturated", "saturated_low", "saturated_high")

    def factor(self, function) -> tuple:
        """The gradient's factor per layer."""
        spec, rows = self.spec, self.inputs["gradient_flow"]["factors"]
        row = rows[
            (rows["activation"] == function)
            & (rows["initialisation"] == spec.initialisation)
            & (rows["width"] == spec.width)
            & (rows["quantity"] == "gradient")
        ]
        return _interval(row, "factor", "low", "high")

    def path(self, function, against) -> tuple:
        """The path with a function over that with another."""
        spec, rows = self.spec, self.inputs["zigzag"]["network_pairs"]
        row = rows[
            (rows["function"] == function)
            & (rows["against"] == against)
            & (rows["batch"] == spec.batch)
            & (rows["rate"] == spec.rate)
        ]
        return _interval(row, "length", "length_low", "length_high")

    def one_sign(self, function) -> tuple:
        """The share of samples that give a trained network's unit gradients of opposite signs."""
        rows = self.inputs["zigzag"]["signs"]
        own = rows[(rows["place"] == "network, after") & (rows["function"] == function)]
        count, trials = own["opposed"].sum(), own["compared"].sum()
        return (count / trials, *wilson(count, trials)) if trials else MISSING

    def updates(self, function) -> tuple:
        """The updates to an error, times ReLU's."""
        spec, rows = self.spec, self.inputs["convergence_speed"]["speed"]
        row = rows[
            (rows["function"] == function)
            & (rows["network"] == spec.network)
            & np.isclose(rows["threshold"], spec.threshold)
        ]
        return _interval(row, "ratio", "low", "high")

    def recovers(self, function, place, bias=None) -> tuple:
        """The share of units that are active again after a negative bias; the lowest if none."""
        rows = self.inputs["dying_relu"]["units"]
        rows = rows[(rows["function"] == function) & (rows["place"] == place)]
        bias = rows["bias"].min() if bias is None else bias
        return _interval(rows[rows["bias"] == bias], "share", "low", "high")

    def dead(self) -> tuple:
        """The share of a classifier's ReLU units that are dead in the end."""
        rows = self.inputs["dying_relu"]["deaths_by_seed"]
        sums = rows.groupby("seed")[["dead_end", "units"]].sum()
        return mean_of(sums["dead_end"] / sums["units"])

    def values(self, function) -> tuple:
        """The least and the greatest value over far and near points."""
        rows = self.inputs["activation_curves"]["far"]
        own = rows[rows["function"] == function]["value"]
        return own.min(), own.max()

    def softmax(self) -> float:
        """The largest error of a softmax's sum."""
        return self.inputs["softmax_temperature"]["random_vectors"]["sum_error"].max()


MISSING = (np.nan, np.nan, np.nan)


def _interval(rows, *columns) -> tuple:
    """The one row's value and its ends; a first look leaves settings out."""
    return tuple(rows[list(columns)].iloc[0]) if len(rows) else MISSING


def _held(whole: bool, part: bool = False) -> str:
    return HOLDS if whole else PARTLY if part else FAILS


def _rows(m: Measured) -> list[tuple]:
    """(function, kind, statement, source, measure, (value, low, high), holds)."""
    saturated = {name: m.saturated(name) for name in FUNCTIONS if name != "softmax"}
    updates = {name: m.updates(name) for name in FUNCTIONS if name != "softmax"}
    slow = ("sigmoid", "tanh")

    def less_saturated(name):
        below = [saturated[name][2] < saturated[other][1] for other in slow]
        return _held(all(below), any(below))

    def fast(name):
        faster = [updates[name][2] < updates[other][1] for other in slow]
        return _held(all(faster), any(faster))

    def like_relu(name):
        both = {fast(name), less_saturated(name)}
        return _held(both == {HOLDS}, both != {FAILS})

    shares = ("gradient_flow", "share of saturated units")
    speed = ("convergence_speed", f"updates to {100 * m.spec.threshold:g} % error, times ReLU's")
    path = ("zigzag", "path with its mean over path without")
    back = ("dying_relu", f"share active again from a bias of {m.spec.bias:g}")
    sigmoid_path, tanh_path = m.path("sigmoid", "sigmoid - 1/2"), m.path("tanh + 1", "tanh")
    leaky, leaky_hidden = (m.recovers("leaky_relu", place, m.spec.bias)
                           for place in ("alone", "hidden"))  # fmt: skip
    elu, elu_far = m.recovers("elu", "alone", m.spec.bias), m.recovers("elu", "alone")
    relu = m.recovers("relu", "alone", m.spec.bias)
    quickest = min((updates[name] for name in slow), key=lambda ratio: ratio[0])
    ranges = {name: m.values(name) for name in slow}
    return [
        ("sigmoid", "con", "its gradient saturates", *shares, saturated["sigmoid"],
         _held(saturated["sigmoid"][1] > MANY)),
        ("sigmoid", "con", "always positive, so SGD zigzags", *path, sigmoid_path,
         _held(m.one_sign("sigmoid")[0] == 0 and sigmoid_path[1] > 1, sigmoid_path[1] > 1)),
        ("sigmoid", "range", "(0, 1)", "activation_curves", "greatest value at far points",
         (ranges["sigmoid"][1], np.nan, np.nan), _held(ranges["sigmoid"] == (0, 1))),
        ("tanh", "pro", "zero-centred, which cures the zigzag", *path, tanh_path,
         _held(m.one_sign("tanh")[1] > 0.5 and tanh_path[1] > 1, tanh_path[1] > 1)),
        ("tanh", "con", "its gradient saturates", *shares, saturated["tanh"],
         _held(saturated["tanh"][1] > MANY)),
        ("tanh", "range", "(-1, 1)", "activation_curves", "least value at far points",
         (ranges["tanh"][0], np.nan, np.nan), _held(ranges["tanh"] == (-1, 1))),
        ("relu", "pro", "SGD converges faster than with sigmoid and tanh", speed[0],
         "least of theirs: " + speed[1], quickest, fast("relu")),
        ("relu", "pro", "saturates less than sigmoid and tanh", *shares, saturated["relu"],
         less_saturated("relu")),
        ("relu", "con", "no gradient below 0: units die", "dying_relu",
         "share of a classifier's units dead in the end", m.dead(),
         _held(m.dead()[1] > 0 and relu[2] < MANY)),
        ("leaky_relu", "pro", "ReLU's: fast, and saturates less", *speed, updates["leaky_relu"],
         like_relu("leaky_relu")),
        ("leaky_relu", "pro", "cures dead units", *back, leaky,
         _held(leaky[1] > 0.95 and leaky_hidden[1] > 0.95, leaky[1] > relu[2])),
        ("elu", "pro", "ReLU's: fast, and saturates less", *speed, updates["elu"],
         like_relu("elu")),
        ("elu", "pro", "cures dead units in part", "dying_relu",
         "share active again from a bias of -5", m.recovers("elu", "alone", -5),
         _held(m.recovers("elu", "alone", -5)[1] > m.recovers("relu", "alone", -5)[2]
               and elu_far[2] < MANY)),
        ("elu", "con", "no gradient far below 0: units die there", *back, elu,
         _held(elu[2] < MANY, elu_far[2] < MANY)),
        ("softmax", "use", "normalises logits", "softmax_temperature",
         "largest error of the sum", (m.softmax(), np.nan, np.nan), _held(m.softmax() < 1e-12)),
    ]  # fmt: skip


def run(spec: Spec, pool: Pool, inputs) -> dict[str, pd.DataFrame]:
    """Reads the numbers off the other experiments' tables."""
    measured = Measured(spec, inputs)
    cells = []
    for place, (function, kind, statement, source, measure, interval, holds) in enumerate(
        _rows(measured)
    ):
        value, low, high = interval
        cells.append(
            {
                "row": place,
                "function": function,
                "kind": kind,
                "statement": statement,
                "source": source,
                "measure": measure,
                "value": value,
                "low": low,
                "high": high,
                "holds": holds,
            }
        )
    return {"cells": pd.DataFrame(cells), "alike": pd.DataFrame(_sides(measured))}


def _sides(m: Measured) -> list[dict]:
    """Sigmoid and tanh side by side, each property with a line that a function is above or not."""
    curve = "activation_curves"
    properties = [
        ("saturates: share of saturated units", "gradient_flow", m.saturated, MANY),
        ("gradient shrinks: factor per layer", "gradient_flow", m.factor, 1),
        ("learns slower than ReLU: times its updates", "convergence_speed", m.updates, 1),
        ("mixed signs: share of samples", "zigzag", m.one_sign, 0),
        ("bounded: greatest value", curve, lambda name: (m.values(name)[1],) * 3, 1.5),
        ("zero-centred: least value", curve, lambda name: (m.values(name)[0],) * 3, -0.5),
    ]
    rows = []
    for place, (name, source, measure, line) in enumerate(properties):
        row = {"row": place, "property": name, "source": source, "line": line}
        sides = []
        for function in ("sigmoid", "tanh"):
            value, low, high = measure(function)
            row |= {function: value, f"{function}_low": low, f"{function}_high": high}
            sides.append("above" if low > line else "not above")
        rows.append(row | {"alike": "yes" if sides[0] == sides[1] else "no"})
    return rows


ELSEWHERE = dict.fromkeys(("value", "low", "high"), Unchecked(nan=True))  # held where it is made

TABLES = {
    "cells": Table(
        key=("row", "function", "kind", "statement", "source", "measure"),
        columns={**ELSEWHERE, "holds": Exact()},
        over_seeds=True,
    ),
    "alike": Table(
        key=("row", "property", "source", "line"),
        columns={
            **{
                f"{function}{end}": Unchecked(nan=True)
                for function in ("sigmoid", "tanh")
                for end in ("", "_low", "_high")
            },
            "alike": Exact(),
        },
        over_seeds=True,
    ),
}
