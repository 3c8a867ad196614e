"""Judges whether sigmoid and ReLU make the path zigzag, and whether tanh cures it."""

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


def _ratios_in_words(tables: Tables, function: str) -> str:
    unit, network = (
        ", ".join(f"{row.length:.2f} ({row.rate})" for row in rows.itertuples())
        for rows in _pairs(tables, function)
    )
    return f"unit {unit}; network {network or 'not run'}"


def _at_lowest_rate(tables: Tables, function: str) -> pd.Series:
    """The pair at the lowest rate, which is nearest to small steps."""
    return _pairs(tables, function)[0].iloc[0]


def _judgement(verdict: str, row: pd.Series, note: str) -> Judgement:
    return Judgement(verdict, row["length"], row["length_low"], row["length_high"], note)


def _sigmoid_zigzags(tables: Tables) -> Judgement:
    never = _opposed(tables, "sigmoid", "seeds_opposed") == 0
    opposed, longer = _opposed(tables, "sigmoid", "opposed"), _lengthens(tables, "sigmoid")
    verdict = graded(never and all(longer), in_part=never and any(longer))
    lowest = _at_lowest_rate(tables, "sigmoid")
    in_batches, tuned_in_batches = (
        _largest_batch(tables, "sigmoid", rate) for rate in (lowest["rate"], TUNED)
    )
    tuned = measured.row(_pairs(tables, "sigmoid")[0], rate=TUNED)
    single = measured.rows(tables["unit_pairs"], rate=lowest["rate"], batch=1)
    control = {name: measured.row(single, function=name)["length"] for name in CONTROL_PAIRS}
    note = (
        f"obtained: path of sigmoid over that of sigmoid - 1/2, rate {lowest['rate']}; all:"
        f" {_ratios_in_words(tables, 'sigmoid')}; {opposed} samples with opposed signs; updates"
        f" needed {lowest['steps']:.1f} times as many, at tuned rates {tuned['steps']:.1f}. It"
        " is the mean, not the sign: with the axes turned, signs mixed, the path"
        f" is {control['rotated']:.3f} times as long;"
        f" tanh stretched to the same Hessian {control['stretched tanh']:.2f}; with the"
        f" mean kept but the Hessian made round {control['whitened']:.2f} times that of"
        f" sigmoid - 1/2, one positive input at a time {control['one at a time']:.2f}. In batches"
        f" of {in_batches['batch']} the mean lengthens the path {in_batches['length']:.2f} times,"
        f" at tuned rates {tuned_in_batches['length']:.1f} times"
    )
    return _judgement(verdict, lowest, note)


def _largest_batch(tables: Tables, function: str, rate: str) -> pd.Series:
    rows = measured.rows(
        tables["unit_pairs"], function=function, against=MEAN_PAIRS[function], rate=rate
    )
    return rows.loc[rows["batch"].idxmax()]


def _tanh_cures(tables: Tables) -> Judgement:
    longer, lowest = _lengthens(tables, "tanh + 1"), _at_lowest_rate(tables, "tanh + 1")
    single = measured.rows(tables["paths"], batch=1, rate=lowest["rate"]).set_index("function")
    tanh, shifted = single.loc["tanh"], single.loc["tanh + 1"]
    left, left_high = ((tanh[name] - 1) / (shifted["ratio"] - 1) for name in ("ratio", "high"))
    slopes = measured.rows(tables["slopes"], function="tanh")
    slope_at_5 = slopes.loc[slopes["x"].abs() == 5, "slope"].max()
    saturates = slope_at_5 < 1e-3
    verdict = graded(
        saturates and all(longer) and left_high < 0.5, in_part=saturates and any(longer)
    )
    signs = tables["signs"][tables["signs"]["function"] == "tanh"]
    same = ", ".join(f"{row.place} {1 - row.opposed_share:.1%}" for row in signs.itertuples())
    note = (
        f"obtained: path of tanh + 1 over that of tanh, rate {lowest['rate']}; all:"
        f" {_ratios_in_words(tables, 'tanh + 1')}; tanh's own path is still"
        f" {tanh['ratio']:.2f} times straight, {left:.0%} of the excess of tanh + 1: single samples"
        f" zigzag without any mean; samples with all gradients of one sign: {same}; tanh' at 5 is"
        f" {slope_at_5:.2g}"
    )
    return _judgement(verdict, lowest, note)


def _relu_zigzags(tables: Tables) -> Judgement:
    never = _opposed(tables, "relu", "seeds_opposed") == 0
    opposed, longer = _opposed(tables, "relu", "opposed"), _lengthens(tables, "relu")
    lowest, sigmoid = (_at_lowest_rate(tables, function) for function in ("relu", "sigmoid"))
    as_much = lowest["length"] - 1 >= (sigmoid["length"] - 1) / 2
    verdict = graded(never and all(longer) and as_much, in_part=never and any(longer))
    moments = tables["functions"].set_index("function")
    mean_over_spread = moments["mean"] / np.sqrt(moments["variance"])
    compared = measured.row(tables["signs"], place="unit", function="relu")
    note = (
        f"obtained: path of ReLU over that of ReLU less its mean, rate {lowest['rate']}; all:"
        f" {_ratios_in_words(tables, 'relu')}; sigmoid's ratio is {sigmoid['length']:.2f}: what"
        f" counts is the mean over the spread, {mean_over_spread['relu']:.2f} for ReLU and"
        f" {mean_over_spread['sigmoid']:.2f} for sigmoid; {opposed} samples with opposed signs, but"
        f" all five of one sign and none 0 on {compared['all_same_share']:.1%}"
    )
    return _judgement(verdict, lowest, note)


CLAIMS = {
    "SL-11": _sigmoid_zigzags,
    "SL-12": _tanh_cures,
    "RP-08": _relu_zigzags,
}
