"""Judges whether ReLU is much faster than sigmoid and tanh, and than exp."""

import pandas as pd

from reproductions.evidence import measured
from reproductions.evidence.verdicts import NOT_REPRODUCED, Judgement, Tables, graded
from reproductions.experiments.speed.activation_cost.run import (
    EXP,
    LEAKY,
    MARGIN,
    MODES,
    REFERENCE,
    modes_in,
)

SIGMOIDS = ("sigmoid", "tanh")

SETTING = ["mode", "dtype", "elements", "work"]


def _relu_is_faster(tables: Tables) -> Judgement:
    elements, steps = tables["elements"], tables["steps"]
    parts = []
    for dtype, rows in elements.groupby("dtype"):
        counts = _count_settings(rows, SIGMOIDS)
        parts.append(f"in {dtype} {counts['above']} of {counts['settings']} settings are above it")
    relu = measured.rows(elements, function=REFERENCE)
    relu = relu.merge(tables["copies"], on=["dtype", "elements"], suffixes=("", "_copy"))
    for size, rows in relu.groupby("elements"):
        sigmoid, tanh = (_median_ratio(elements, name, elements=size) for name in SIGMOIDS)
        copies = (rows["time_ns"] / rows["time_ns_copy"]).median()
        parts.append(
            f"{size:,} elements: sigmoid {sigmoid:.1f}, tanh {tanh:.1f} times ReLU's time, and that"
            f" is {copies:.3g} times a copy's"
        )
    step_ratios = steps[steps["function"] == "sigmoid"].groupby("width")["ratio"].median()
    parts += [
        f"step of Dense {width:,}: {ratio:.2f} times as long with sigmoid"
        for width, ratio in step_ratios.items()
    ]
    return _judgement(_count_settings(elements, SIGMOIDS), f"{'; '.join(parts)} (medians)")


def _exp_is_expensive(tables: Tables) -> Judgement:
    elements = tables["elements"]
    parts = []
    for mode in modes_in(elements):
        text = f"{MODES[mode]} {_median_ratio(elements, EXP, mode=mode):.1f}"
        if LEAKY in set(elements["function"]):
            leaky = _median_ratio(elements, LEAKY, mode=mode)
            text += f" (leaky ReLU, which has no exp: {leaky:.1f})"
        parts.append(text)
    note = f"times ReLU's time, median over settings: {', '.join(parts)}"
    return _judgement(_count_settings(elements, [EXP]), note)


def _count_settings(elements: pd.DataFrame, functions: list[str] | tuple[str, ...]) -> pd.Series:
    """In how many settings all these functions take more than `MARGIN` times ReLU's time.

    Returns:
        `above` and `below` count the settings in which the interval of the smallest ratio is wholly
        above the margin, or wholly at or below it; `settings` counts all.
    """
    rows = pd.concat([measured.rows(elements, function=name) for name in functions])
    smallest = rows.groupby(SETTING)[["ratio_low", "ratio_high"]].min()
    above, below = smallest["ratio_low"] > MARGIN, smallest["ratio_high"] <= MARGIN
    return pd.Series({"above": above.sum(), "below": below.sum(), "settings": len(smallest)})


def _judgement(counts: pd.Series, note: str) -> Judgement:
    """Each of the two clear verdicts needs its evidence in every setting.

    On a busy machine the intervals are wide, and that alone must not give either of them.
    """
    above, below, settings = counts
    verdict = graded(above == settings, in_part=below < settings, otherwise=NOT_REPRODUCED)
    obtained = f"more than {MARGIN} times in {above} of {settings} settings, less in {below}"
    return Judgement(verdict, obtained, note=note)


def _median_ratio(elements: pd.DataFrame, function: str, /, **where: object) -> float:
    """A function's ratio to ReLU, the median over all settings of one size or mode."""
    return measured.rows(elements, function=function, **where)["ratio"].median()


CLAIMS = {"RP-04": _relu_is_faster, "NP-05": _exp_is_expensive}
