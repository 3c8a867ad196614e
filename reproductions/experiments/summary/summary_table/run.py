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
    far_bias: float = -120.0


SPEC = Spec()

INPUTS = {
    "activation_cost": ("elements",),
    "activation_curves": ("curves", "far"),
    "convergence_speed": ("order_speed",),
    "dying_relu": ("units", "deaths_by_seed"),
    "gradient_flow": ("layers", "factors"),
    "softmax_temperature": ("random_vectors",),
    "zigzag": ("signs", "network_pairs"),
}
DERIVED = True

HOLDS, PARTLY, FAILS = "holds", "in part", "does not hold"

MANY = 0.05
"""From this share on, saturated units are many; below it, units that still move are few."""

ELEMENTWISE = ("sigmoid", "tanh", "relu", "leaky_relu", "elu")

SLOW = ("sigmoid", "tanh")
"""What the slides compare ReLU and its relatives with."""

INTERVAL = ("value", "low", "high")


def run(spec: Spec, pool: Pool, inputs: Mapping[str, Tables]) -> dict[str, pd.DataFrame]:
    """Reads the numbers from the other experiments' tables."""
    readings = Readings(spec, inputs)
    columns = ("function", "kind", "statement", "source", "measure", *INTERVAL, "holds")
    statements = pd.DataFrame(_statements(readings), columns=columns)
    return {
        "statements": statements.rename_axis("row").reset_index(),
        "post": pd.DataFrame(list_of_the_post(readings)),
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
        setting = {"initialisation": self.spec.initialisation, "width": self.spec.width}
        where = {"activation": function, "layer": self.spec.layer, **setting}
        return _read(self.inputs["gradient_flow"]["layers"], columns, **where)

    def path(self, function: str, against: str) -> Reading:
        """The length of the path with one function, divided by that with another."""
        columns = ("length", "length_low", "length_high")
        key = {"function": function, "against": against}
        setting = {"batch": self.spec.batch, "rate": self.spec.rate}
        return _read(self.inputs["zigzag"]["network_pairs"], columns, **key, **setting)

    def networks_of_mixed_signs(self, function: str) -> Reading:
        """The share of networks in which any sample gives a unit gradients of opposite signs.

        A network counts once, as the samples that it has seen depend on each other.
        """
        signs = self.inputs["zigzag"]["signs"]
        rows = signs[(signs["place"] == "network, after") & (signs["function"] == function)]
        count, trials = rows["seeds_opposed"].sum(), rows["seeds"].sum()
        return Reading(count / trials, *wilson(count, trials)) if trials else Reading()

    def updates(self, function: str) -> Reading:
        """The updates until the error is down, as a multiple of ReLU's."""
        setting = {"network": self.spec.network, "threshold": self.spec.threshold}
        speed = self.inputs["convergence_speed"]["order_speed"]
        return _read(speed, ("ratio", "low", "high"), function=function, **setting)

    def keeps_moving(self, function: str) -> Reading:
        """The share of units that have a gradient and whose weights move, from every bias."""
        units = self.inputs["dying_relu"]["units"]
        rows = units[units["function"] == function]
        still, units_in_all = np.maximum(rows["dead_start"], rows["unmoved"]), rows["seeds"].sum()
        return Reading(1 - still.sum() / units_in_all) if units_in_all else Reading()

    def gradient_factors(self, function: str) -> pd.DataFrame:
        """The factor by which the gradient changes per layer, in every setting measured."""
        factors = self.inputs["gradient_flow"]["factors"]
        return measured.rows(factors, activation=function, quantity="gradient")

    def from_its_value(self, function: str) -> float:
        """How far the derivative is from a polynomial of degree 2 of the function's own value."""
        curves = self.inputs["activation_curves"]["curves"]
        rows = measured.rows(curves, function=function)
        fit = np.polynomial.Polynomial.fit(rows["value"], rows["derivative"], 2)
        return float(np.abs(fit(rows["value"]) - rows["derivative"]).max())

    def cost(self, function: str) -> float:
        """The time per element as a multiple of ReLU's, the median over all settings."""
        elements = self.inputs["activation_cost"]["elements"]
        return float(measured.rows(elements, function=function)["ratio"].median())

    def moving(self, function: str, bias: float) -> list[Reading]:
        """The shares, of units alone and of hidden ones, with a gradient and moving weights."""
        units = self.inputs["dying_relu"]["units"]
        rows = units[(units["function"] == function) & (units["bias"] == bias)]
        moving = rows["seeds"] - rows[["dead_start", "unmoved"]].max(axis=1)
        return _shares(moving, rows["seeds"])

    def dead_units(self, function: str, bias: float) -> list[Reading]:
        """The shares, of units alone and of hidden ones, with no gradient and still weights."""
        units = self.inputs["dying_relu"]["units"]
        rows = units[(units["function"] == function) & (units["bias"] == bias)]
        return _shares(rows[["dead_start", "unmoved"]].min(axis=1), rows["seeds"])

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


def _shares(counts: pd.Series, trials: pd.Series) -> list[Reading]:
    """A share with its interval for each count, or one without a value if there are none."""
    pairs = zip(counts.tolist(), trials.tolist(), strict=True)
    return [Reading(count / of, *wilson(count, of)) for count, of in pairs] or [Reading()]


def _holds(whole: bool, in_part: bool = False) -> str:
    return HOLDS if whole else PARTLY if in_part else FAILS


def _statements(readings: Readings) -> list[tuple]:
    """(function, kind, statement, source, measure, value, low, high, holds) of each statement.

    A network counts once in what is said of signs; the updates come from seeds with orders of
    batches of their own; and ReLU need only relieve saturation in part, as the slides say. A unit
    is dead, as the slides define it, if its gradient is 0 and its weights no longer change: leaky
    ReLU cures that where every unit has a gradient and moves, ELU cures it in part if that is so
    from a bias from which ReLU's units stand still, but not from one far lower. What is said of
    both biases must be so of units alone and of hidden ones; the less favourable share is shown.
    """
    bias, far, error = readings.spec.bias, readings.spec.far_bias, readings.spec.threshold
    saturated = {name: readings.saturated(name) for name in ELEMENTWISE}
    updates = {name: readings.updates(name) for name in ELEMENTWISE}

    def less_saturated(name):
        return _holds(any(saturated[name].below(saturated[other]) for other in SLOW))

    def fast(name):
        faster = [updates[name].below(updates[other]) for other in SLOW]
        return _holds(all(faster), any(faster))

    def like_relu(name):
        verdicts = {fast(name), less_saturated(name)}
        return _holds(verdicts == {HOLDS}, verdicts != {FAILS})

    saturation = ("gradient_flow", "share of saturated units")
    speed = ("convergence_speed", f"updates to {100 * error:g} % error, times ReLU's")
    path = ("zigzag", "path with its mean over path without")
    paths = {name: readings.path(*pair) for name, pair in PATHS.items()}
    signs = {name: readings.networks_of_mixed_signs(name) for name in SLOW}
    moving, relu_moving = map(readings.keeps_moving, ("leaky_relu", "relu"))
    relu, elu = (readings.moving(name, bias) for name in ("relu", "elu"))
    elu_far, elu_dead = readings.moving("elu", far), readings.dead_units("elu", far)
    cured = all(share.value == 1 for share in elu)
    helped = all(map(Reading.below, relu, elu))
    few_far = all(share.high < MANY for share in elu_far)
    quickest = min((updates[name] for name in SLOW), key=lambda reading: reading.value)
    sigmoid_range, tanh_range = map(readings.range, SLOW)
    dead, softmax_error = readings.dead(), readings.softmax_error()
    return [
        ("sigmoid", "con", "its gradient saturates", *saturation, *saturated["sigmoid"],
         _holds(saturated["sigmoid"].low > MANY)),
        ("sigmoid", "con", "always positive, so SGD zigzags", *path, *paths["sigmoid"],
         _holds(signs["sigmoid"].value == 0 and paths["sigmoid"].low > 1,
                in_part=paths["sigmoid"].low > 1)),
        ("sigmoid", "range", "(0, 1)", "activation_curves", "greatest value at far points",
         *Reading(sigmoid_range[1]), _holds(sigmoid_range == (0, 1))),
        ("tanh", "pro", "zero-centred, which cures the zigzag", *path, *paths["tanh"],
         _holds(signs["tanh"].low > 0.5 and paths["tanh"].low > 1, in_part=paths["tanh"].low > 1)),
        ("tanh", "con", "its gradient saturates", *saturation, *saturated["tanh"],
         _holds(saturated["tanh"].low > MANY)),
        ("tanh", "range", "(-1, 1)", "activation_curves", "least value at far points",
         *Reading(tanh_range[0]), _holds(tanh_range == (-1, 1))),
        ("relu", "pro", "SGD converges faster than with sigmoid and tanh", speed[0],
         "least of theirs: " + speed[1], *quickest, fast("relu")),
        ("relu", "pro", "relieves saturation in part", *saturation, *saturated["relu"],
         less_saturated("relu")),
        ("relu", "con", "no gradient below 0: units die", "dying_relu",
         "share of a classifier's units dead in the end", *dead,
         _holds(dead.low > 0 and all(share.high < MANY for share in relu))),
        ("leaky_relu", "pro", "ReLU's: fast, relieves saturation", *speed, *updates["leaky_relu"],
         like_relu("leaky_relu")),
        ("leaky_relu", "pro", "cures dead units", "dying_relu",
         "share with a gradient and moving weights", *moving,
         _holds(moving.value == 1, in_part=moving.value > relu_moving.value)),
        ("elu", "pro", "ReLU's: fast, relieves saturation", *speed, *updates["elu"],
         like_relu("elu")),
        ("elu", "pro", "cures dead units in part", "dying_relu",
         f"share with a gradient and moving weights, bias {bias:g}", *min(elu),
         _holds(cured and helped and few_far, in_part=helped)),
        ("elu", "con", "no gradient far below 0: units die there", "dying_relu",
         f"share with no gradient and still weights, bias {far:g}", *min(elu_dead),
         _holds(all(share.low > 1 - MANY for share in elu_dead), in_part=few_far)),
        ("softmax", "use", "normalises logits", "softmax_temperature",
         "largest error of the sum", *Reading(softmax_error), _holds(softmax_error < 1e-12)),
    ]  # fmt: skip


PATHS = {"sigmoid": ("sigmoid", "sigmoid - 1/2"), "tanh": ("tanh + 1", "tanh")}
"""For each function the two whose paths are compared: with its mean or one, and without."""


def list_of_the_post(readings: Readings) -> list[dict]:
    """The four properties that network-post gives the sigmoid, and whether tanh is like it.

    The gradient is compared in every setting of kernels and width, and is alike only if it shrinks
    in the same settings for both.
    """
    greatest = {name: max(map(abs, readings.range(name))) for name in SLOW}
    shrinks = {}
    for name in SLOW:
        factors = readings.gradient_factors(name).set_index(["initialisation", "width"])
        shrinks[name] = (factors["high"] < 1).sort_index()
    settings = shrinks["sigmoid"].index.intersection(shrinks["tanh"].index)
    sigmoid, tanh = (shrinks[name].loc[settings] for name in SLOW)
    derivative = {name: readings.from_its_value(name) for name in SLOW}
    cost = {name: readings.cost(name) for name in SLOW}

    def row(name, source, of_sigmoid, of_tanh, same, alike):
        return {
            "property": name, "source": source, "sigmoid": of_sigmoid, "tanh": of_tanh,
            "same_side": same, "compared": alike, "alike": "yes" if same == alike else "no",
        }  # fmt: skip

    def by_line(name, source, of, line):
        same = (of["sigmoid"] > line) == (of["tanh"] > line)
        return row(name, source, of["sigmoid"], of["tanh"], int(same), 1)

    return [
        by_line(SIMPLE, "activation_curves", derivative, 1e-9),
        by_line(BOUNDED, "activation_curves", greatest, 1.5),
        row(VANISHING, "gradient_flow", float(sigmoid.mean()), float(tanh.mean()),
            int((sigmoid == tanh).sum()), len(settings)),
        by_line(COSTLY, "activation_cost", cost, 1),
    ]  # fmt: skip


SIMPLE = "simple derivative: error of a quadratic in the value"
BOUNDED = "bounded: greatest size of a value"
VANISHING = "vanishing gradient: share of settings where it shrinks"
COSTLY = "cost of exp: time per element, times ReLU's"


MEASURED = Unchecked(nan=True)  # compared where it is measured

TABLES = {
    "statements": Table(
        key=("row", "function", "kind", "statement", "source", "measure"),
        columns={**dict.fromkeys(INTERVAL, MEASURED), "holds": Exact()},
        over_seeds=True,
    ),
    "post": Table(
        key=("property", "source"),
        columns={
            **dict.fromkeys(SLOW, MEASURED),
            **dict.fromkeys(("same_side", "compared", "alike"), Exact()),
        },
        over_seeds=True,
    ),
}
