"""Judges whether sigmoid and ReLU make the path zigzag, and whether tanh cures it."""

from typing import Any

import numpy as np
import pandas as pd

from reproductions.evidence import measured
from reproductions.evidence.verdicts import Judgement, Tables, graded
from reproductions.experiments.gradients.zigzag.problems import MEAN_PAIRS


def _pairs(tables: Tables, function: str) -> tuple[pd.DataFrame, pd.DataFrame]:
    """A function against the same one without its mean, on single samples: unit and network."""
    where = {"function": function, "against": MEAN_PAIRS[function], "batch": 1}
    network = tables["network_pairs"]  # which may lack the function
    in_network = (network[list(where)] == pd.Series(where)).all(axis=1)
    return measured.rows(tables["unit_pairs"], **where), network[in_network]


def _lengthens(tables: Tables, function: str) -> list[bool]:
    """Whether the mean lengthens the path beyond doubt, at each rate, the unit's first."""
    return [bool(low > 1) for rows in _pairs(tables, function) for low in rows["length_low"]]


def _never_opposed(tables: Tables, function: str) -> bool:
    """Whether in no seed a sample had gradients of opposite signs."""
    signs = tables["signs"]
    return not signs.loc[signs["function"] == function, "seeds_opposed"].any()


def _at_lowest_rate(tables: Tables, function: str) -> pd.Series:
    """The pair at the lowest rate, which is nearest to small steps."""
    return _pairs(tables, function)[0].iloc[0]


def _judgement(
    verdict: str, row: pd.Series, notes: tuple[str, ...], values: dict[str, Any]
) -> Judgement:
    ends = row["length_low"], row["length_high"]
    return Judgement(verdict, row["length"], *ends, notes=notes, values=values)


def _sigmoid_zigzags(tables: Tables) -> Judgement:
    never = _never_opposed(tables, "sigmoid")
    longer, lowest = _lengthens(tables, "sigmoid"), _at_lowest_rate(tables, "sigmoid")
    verdict = graded(never and all(longer), in_part=never and any(longer))
    single = measured.rows(tables["unit_pairs"], rate=lowest["rate"], batch=1)
    controls = ("rotated", "whitened")
    values = {name: measured.row(single, function=name)["length"] for name in controls}
    return _judgement(verdict, lowest, ("cause",), values)


def _tanh_cures(tables: Tables, *, most: float = 0.5, slope_far: float = 1e-3) -> Judgement:
    longer, lowest = _lengthens(tables, "tanh + 1"), _at_lowest_rate(tables, "tanh + 1")
    left = measured.row(tables["excess"], function="tanh + 1", rate=lowest["rate"])
    slopes = measured.rows(tables["slopes"], function="tanh")
    slope_at_5 = slopes.loc[slopes["x"].abs() == 5, "slope"].max()
    saturates = slope_at_5 < slope_far
    verdict = graded(
        saturates and all(longer) and left["high"] < most, in_part=saturates and any(longer)
    )
    values = {f"left_{end}": left[end] for end in ("left", "low", "high")}
    return _judgement(verdict, lowest, ("left", "saturates"), values | {"slope": slope_at_5})


def _relu_zigzags(tables: Tables, *, as_much: float = 0.5) -> Judgement:
    never = _never_opposed(tables, "relu")
    longer = _lengthens(tables, "relu")
    lowest, sigmoid = (_at_lowest_rate(tables, function) for function in ("relu", "sigmoid"))
    alike = lowest["length"] - 1 >= as_much * (sigmoid["length"] - 1)
    verdict = graded(never and all(longer) and alike, in_part=never and any(longer))
    moments = tables["functions"].set_index("function")
    mean_over_spread = moments["mean"] / np.sqrt(moments["variance"])
    by_rate = _pairs(tables, "relu")[0]["length"]
    values = {
        "unit_min": by_rate.min(),
        "unit_max": by_rate.max(),
        "sigmoid": sigmoid["length"],
        "relu_mean": mean_over_spread["relu"],
        "sigmoid_mean": mean_over_spread["sigmoid"],
    }
    return _judgement(verdict, lowest, ("unit", "mean"), values)


CLAIMS = {
    "SL-11": _sigmoid_zigzags,
    "SL-12": _tanh_cures,
    "RP-08": _relu_zigzags,
}
