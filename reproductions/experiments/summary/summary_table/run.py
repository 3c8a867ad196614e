"""Reads what other experiments measured, and applies a rule to each statement of the table."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, NamedTuple

import numpy as np
import pandas as pd

from reproductions.evidence import measured
from reproductions.evidence.errors import NotMeasured
from reproductions.evidence.kinds import Exact, Table, Unchecked
from reproductions.evidence.statistics import mean_of, wilson
from reproductions.evidence.verdicts import Tables
from reproductions.training.pool import Pool


@dataclass(frozen=True)
class Spec:
    """Which of the measured settings the numbers are read from."""

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
"""From this share on, saturated units are many; below it, surviving units are few."""

ELEMENTWISE = ("sigmoid", "tanh", "relu", "leaky_relu", "elu")

SLOW = ("sigmoid", "tanh")
"""What the slides compare ReLU and its relatives with."""

INTERVAL = ("value", "low", "high")


def run(spec: Spec, pool: Pool, inputs: Mapping[str, Tables]) -> dict[str, pd.DataFrame]:
    """Reads the numbers from the other experiments' tables."""
    readings = Readings(spec, inputs)
    columns = ("function", "kind", "statement", "source", "measure", *INTERVAL, "holds")
    cells = pd.DataFrame(_statements(readings), columns=columns)
    alike = pd.DataFrame(_properties(readings))
    return {
        "cells": cells.rename_axis("row").reset_index(),
        "alike": alike.rename_axis("row").reset_index(),
    }


class Reading(NamedTuple):
    """A number with its 95 % interval, NaN where there is none."""

    value: float = np.nan
    low: float = np.nan
    high: float = np.nan

    def below(self, other: "Reading") -> bool:
        """Whether the whole interval lies below that of another number."""
        return self.high < other.low


class Readings:
    """Numbers from other experiments' tables; a first look at those may lack some.

    Args:
        spec: which of the measured settings they are read from.
        inputs: the tables named in `INPUTS`, by experiment.
    """

    def __init__(self, spec: Spec, inputs: Mapping[str, Tables]):
        self.spec, self.inputs = spec, inputs

    def saturated(self, function: str) -> Reading:
        """The share of saturated units."""
        columns = ("saturated", "saturated_low", "saturated_high")
        return self._stack("layers", function, columns, layer=self.spec.layer)

    def factor(self, function: str) -> Reading:
        """The factor by which the gradient changes from layer to layer."""
        return self._stack("factors", function, ("factor", "low", "high"), quantity="gradient")

    def _stack(self, table: str, function: str, columns, **where) -> Reading:
        setting = {"initialisation": self.spec.initialisation, "width": self.spec.width}
        return _read(
            self.inputs["gradient_flow"][table], columns, activation=function, **setting, **where
        )

    def path(self, function: str, against: str) -> Reading:
        """The length of the path with one function, divided by that with another."""
        columns = ("length", "length_low", "length_high")
        key = {"function": function, "against": against}
        setting = {"batch": self.spec.batch, "rate": self.spec.rate}
        return _read(self.inputs["zigzag"]["network_pairs"], columns, **key, **setting)

    def mixed_signs(self, function: str) -> Reading:
        """The share of samples that give a trained network's unit gradients of opposite signs."""
        signs = self.inputs["zigzag"]["signs"]
        rows = signs[(signs["place"] == "network, after") & (signs["function"] == function)]
        count, trials = rows["opposed"].sum(), rows["compared"].sum()
        return Reading(count / trials, *wilson(count, trials)) if trials else Reading()

    def updates(self, function: str) -> Reading:
        """The updates until the error is down, as a multiple of ReLU's."""
        setting = {"network": self.spec.network, "threshold": self.spec.threshold}
        speed = self.inputs["convergence_speed"]["speed"]
        return _read(speed, ("ratio", "low", "high"), function=function, **setting)

    def recovered(self, function: str, place: str = "alone", bias: float | None = None) -> Reading:
        """The share of units that are active again after a negative bias; by default the lowest."""
        units = self.inputs["dying_relu"]["units"]
        rows = units[(units["function"] == function) & (units["place"] == place)]
        bias = rows["bias"].min() if bias is None else bias
        return _read(rows, ("share", "low", "high"), bias=bias)

    def dead(self) -> Reading:
        """The share of a classifier's ReLU units that are dead in the end."""
        deaths = self.inputs["dying_relu"]["deaths_by_seed"]
        sums = deaths.groupby("seed")[["dead_end", "units"]].sum()
        return Reading(*mean_of(sums["dead_end"] / sums["units"]))

    def range(self, function: str) -> tuple[float, float]:
        """The least and the greatest value over far and near points."""
        curve = self.inputs["activation_curves"]["far"]
        values = curve[curve["function"] == function]["value"]
        return values.min(), values.max()

    def softmax_error(self) -> float:
        """The largest error of a softmax's sum."""
        return self.inputs["softmax_temperature"]["random_vectors"]["sum_error"].max()


def _read(table: pd.DataFrame, columns: tuple[str, str, str], **where) -> Reading:
    try:
        return Reading(*measured.row(table, **where)[list(columns)])
    except NotMeasured:
        return Reading()


def _holds(whole: bool, in_part: bool = False) -> str:
    return HOLDS if whole else PARTLY if in_part else FAILS


def _statements(readings: Readings) -> list[tuple]:
    """(function, kind, statement, source, measure, value, low, high, holds) of each statement."""
    bias, error = readings.spec.bias, readings.spec.threshold
    saturated = {name: readings.saturated(name) for name in ELEMENTWISE}
    updates = {name: readings.updates(name) for name in ELEMENTWISE}

    def less_saturated(name):
        below = [saturated[name].below(saturated[other]) for other in SLOW]
        return _holds(all(below), any(below))

    def fast(name):
        faster = [updates[name].below(updates[other]) for other in SLOW]
        return _holds(all(faster), any(faster))

    def like_relu(name):
        verdicts = {fast(name), less_saturated(name)}
        return _holds(verdicts == {HOLDS}, verdicts != {FAILS})

    saturation = ("gradient_flow", "share of saturated units")
    speed = ("convergence_speed", f"updates to {100 * error:g} % error, times ReLU's")
    path = ("zigzag", "path with its mean over path without")
    recovery = ("dying_relu", f"share active again from a bias of {bias:g}")
    sigmoid_path = readings.path("sigmoid", "sigmoid - 1/2")
    tanh_path = readings.path("tanh + 1", "tanh")
    leaky = readings.recovered("leaky_relu", bias=bias)
    leaky_hidden = readings.recovered("leaky_relu", "hidden", bias)
    relu, relu_near = (readings.recovered("relu", bias=at) for at in (bias, -5))
    elu, elu_near, elu_far = (readings.recovered("elu", bias=at) for at in (bias, -5, None))
    quickest = min((updates[name] for name in SLOW), key=lambda reading: reading.value)
    sigmoid_range, tanh_range = map(readings.range, SLOW)
    dead, softmax_error = readings.dead(), readings.softmax_error()
    return [
        ("sigmoid", "con", "its gradient saturates", *saturation, *saturated["sigmoid"],
         _holds(saturated["sigmoid"].low > MANY)),
        ("sigmoid", "con", "always positive, so SGD zigzags", *path, *sigmoid_path,
         _holds(readings.mixed_signs("sigmoid").value == 0 and sigmoid_path.low > 1,
                in_part=sigmoid_path.low > 1)),
        ("sigmoid", "range", "(0, 1)", "activation_curves", "greatest value at far points",
         *Reading(sigmoid_range[1]), _holds(sigmoid_range == (0, 1))),
        ("tanh", "pro", "zero-centred, which cures the zigzag", *path, *tanh_path,
         _holds(readings.mixed_signs("tanh").low > 0.5 and tanh_path.low > 1,
                in_part=tanh_path.low > 1)),
        ("tanh", "con", "its gradient saturates", *saturation, *saturated["tanh"],
         _holds(saturated["tanh"].low > MANY)),
        ("tanh", "range", "(-1, 1)", "activation_curves", "least value at far points",
         *Reading(tanh_range[0]), _holds(tanh_range == (-1, 1))),
        ("relu", "pro", "SGD converges faster than with sigmoid and tanh", speed[0],
         "least of theirs: " + speed[1], *quickest, fast("relu")),
        ("relu", "pro", "saturates less than sigmoid and tanh", *saturation, *saturated["relu"],
         less_saturated("relu")),
        ("relu", "con", "no gradient below 0: units die", "dying_relu",
         "share of a classifier's units dead in the end", *dead,
         _holds(dead.low > 0 and relu.high < MANY)),
        ("leaky_relu", "pro", "ReLU's: fast, and saturates less", *speed, *updates["leaky_relu"],
         like_relu("leaky_relu")),
        ("leaky_relu", "pro", "cures dead units", *recovery, *leaky,
         _holds(leaky.low > 0.95 and leaky_hidden.low > 0.95, in_part=relu.below(leaky))),
        ("elu", "pro", "ReLU's: fast, and saturates less", *speed, *updates["elu"],
         like_relu("elu")),
        ("elu", "pro", "cures dead units in part", "dying_relu",
         "share active again from a bias of -5", *elu_near,
         _holds(relu_near.below(elu_near) and elu_far.high < MANY)),
        ("elu", "con", "no gradient far below 0: units die there", *recovery, *elu,
         _holds(elu.high < MANY, in_part=elu_far.high < MANY)),
        ("softmax", "use", "normalises logits", "softmax_temperature",
         "largest error of the sum", *Reading(softmax_error), _holds(softmax_error < 1e-12)),
    ]  # fmt: skip


def _properties(readings: Readings) -> list[dict]:
    """Sigmoid and tanh side by side; they are alike where both are above a line, or neither is."""

    def least(function):
        return Reading(*[readings.range(function)[0]] * 3)

    def greatest(function):
        return Reading(*[readings.range(function)[1]] * 3)

    properties = [
        ("saturates: share of saturated units", "gradient_flow", readings.saturated, MANY),
        ("gradient shrinks: factor per layer", "gradient_flow", readings.factor, 1),
        ("learns slower than ReLU: times its updates", "convergence_speed", readings.updates, 1),
        ("mixed signs: share of samples", "zigzag", readings.mixed_signs, 0),
        ("bounded: greatest value", "activation_curves", greatest, 1.5),
        ("zero-centred: least value", "activation_curves", least, -0.5),
    ]
    rows = []
    for name, source, read, line in properties:
        sigmoid, tanh = read("sigmoid"), read("tanh")
        rows.append(
            {
                "property": name,
                "source": source,
                "line": line,
                **dict(zip(ENDS_BY_FUNCTION, (*sigmoid, *tanh), strict=True)),
                "alike": "yes" if (sigmoid.low > line) == (tanh.low > line) else "no",
            }
        )
    return rows


ENDS_BY_FUNCTION = (
    "sigmoid", "sigmoid_low", "sigmoid_high", "tanh", "tanh_low", "tanh_high",
)  # fmt: skip

MEASURED = Unchecked(nan=True)  # compared where it is measured

TABLES = {
    "cells": Table(
        key=("row", "function", "kind", "statement", "source", "measure"),
        columns={**dict.fromkeys(INTERVAL, MEASURED), "holds": Exact()},
        over_seeds=True,
    ),
    "alike": Table(
        key=("row", "property", "source", "line"),
        columns={**dict.fromkeys(ENDS_BY_FUNCTION, MEASURED), "alike": Exact()},
        over_seeds=True,
    ),
}
