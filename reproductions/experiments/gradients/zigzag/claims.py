"""Judges whether sigmoid and ReLU make the path zigzag, and whether tanh cures it."""

from typing import Any

import numpy as np
import pandas as pd

from reproductions.evidence import measured
from reproductions.evidence.verdicts import Judgement, Tables, graded
from reproductions.experiments.gradients.zigzag.problems import CONTROL_PAIRS, MEAN_PAIRS
from reproductions.experiments.gradients.zigzag.run import TUNED


def _pairs(tables: Tables, function: str) -> tuple[pd.DataFrame, pd.DataFrame]:
    """A function against the same one without its mean, on single samples: unit and network."""
    where = {"function": function, "against": MEAN_PAIRS[function], "batch": 1}
    network = tables["network_pairs"]  # which may lack the function
    in_network = (network[list(where)] == pd.Series(where)).all(axis=1)
    return measured.rows(tables["unit_pairs"], **where), network[in_network]


def _lengthens(tables: Tables, function: str) -> list[bool]:
    """Whether the mean lengthens the path beyond doubt, at each rate, the unit's first."""
    return [bool(low > 1) for rows in _pairs(tables, function) for low in rows["length_low"]]


def _opposed(tables: Tables, function: str, count: str) -> int:
    """How many samples ("opposed") or seeds ("seeds_opposed") had gradients of opposite signs."""
    signs = tables["signs"]
    return int(signs.loc[signs["function"] == function, count].sum())


def _ratios(tables: Tables, function: str) -> dict[str, float]:
    """The least and the greatest ratio of path lengths, over the rates, in unit and network."""
    return {
        f"{place}_{end}": rows["length"].agg(end)
        for place, rows in zip(("unit", "network"), _pairs(tables, function), strict=True)
        for end in ("min", "max")
    }


def _notes(tables: Tables, function: str) -> tuple[str, ...]:
    """What was measured: in the unit, and in the network where it was run."""
    in_network = len(_pairs(tables, function)[1])
    return ("unit", "network") if in_network else ("unit",)


def _at_lowest_rate(tables: Tables, function: str) -> pd.Series:
    """The pair at the lowest rate, which is nearest to small steps."""
    return _pairs(tables, function)[0].iloc[0]


def _judgement(
    verdict: str, row: pd.Series, notes: tuple[str, ...], values: dict[str, Any]
) -> Judgement:
    ends = row["length_low"], row["length_high"]
    return Judgement(verdict, row["length"], *ends, notes=notes, values=values)


def _sigmoid_zigzags(tables: Tables) -> Judgement:
    never = _opposed(tables, "sigmoid", "seeds_opposed") == 0
    longer, lowest = _lengthens(tables, "sigmoid"), _at_lowest_rate(tables, "sigmoid")
    verdict = graded(never and all(longer), in_part=never and any(longer))
    single = measured.rows(tables["unit_pairs"], rate=lowest["rate"], batch=1)
    control = {name: measured.row(single, function=name)["length"] for name in CONTROL_PAIRS}
    values = {
        **_ratios(tables, "sigmoid"),
        "opposed": _opposed(tables, "sigmoid", "opposed"),
        **{name.replace(" ", "_"): length for name, length in control.items()},
        "batch": _largest_batch(tables, "sigmoid", lowest["rate"])["batch"],
        "in_batches": _largest_batch(tables, "sigmoid", lowest["rate"])["length"],
        "tuned_in_batches": _largest_batch(tables, "sigmoid", TUNED)["length"],
    }
    notes = (*_notes(tables, "sigmoid"), "cause", "batches")
    return _judgement(verdict, lowest, notes, values)


def _largest_batch(tables: Tables, function: str, rate: str) -> pd.Series:
    rows = measured.rows(
        tables["unit_pairs"], function=function, against=MEAN_PAIRS[function], rate=rate
    )
    return rows.loc[rows["batch"].idxmax()]


def _tanh_cures(tables: Tables) -> Judgement:
    longer, lowest = _lengthens(tables, "tanh + 1"), _at_lowest_rate(tables, "tanh + 1")
    left = measured.row(tables["excess"], function="tanh + 1", rate=lowest["rate"])
    slopes = measured.rows(tables["slopes"], function="tanh")
    slope_at_5 = slopes.loc[slopes["x"].abs() == 5, "slope"].max()
    saturates = slope_at_5 < 1e-3
    verdict = graded(
        saturates and all(longer) and left["high"] < 0.5, in_part=saturates and any(longer)
    )
    single = measured.rows(tables["paths"], batch=1, rate=lowest["rate"])
    values = {
        **_ratios(tables, "tanh + 1"),
        "tanh": measured.row(single, function="tanh")["ratio"],
        **{f"left_{end}": left[end] for end in ("left", "low", "high")},
        "least_left": measured.rows(tables["excess"], function="tanh + 1")["left"].min(),
        "most_left": measured.rows(tables["excess"], function="tanh + 1")["left"].max(),
        "slope": slope_at_5,
    }
    notes = (*_notes(tables, "tanh + 1"), "left", "saturates")
    return _judgement(verdict, lowest, notes, values)


def _relu_zigzags(tables: Tables) -> Judgement:
    never = _opposed(tables, "relu", "seeds_opposed") == 0
    longer = _lengthens(tables, "relu")
    lowest, sigmoid = (_at_lowest_rate(tables, function) for function in ("relu", "sigmoid"))
    as_much = lowest["length"] - 1 >= (sigmoid["length"] - 1) / 2
    verdict = graded(never and all(longer) and as_much, in_part=never and any(longer))
    moments = tables["functions"].set_index("function")
    mean_over_spread = moments["mean"] / np.sqrt(moments["variance"])
    values = {
        **_ratios(tables, "relu"),
        "opposed": _opposed(tables, "relu", "opposed"),
        "sigmoid": sigmoid["length"],
        "relu_mean": mean_over_spread["relu"],
        "sigmoid_mean": mean_over_spread["sigmoid"],
    }
    return _judgement(verdict, lowest, (*_notes(tables, "relu"), "mean"), values)


CLAIMS = {
    "SL-11": _sigmoid_zigzags,
    "SL-12": _tanh_cures,
    "RP-08": _relu_zigzags,
}
