"""The claims, judged from the tables."""

import pandas as pd

from reproductions.evidence import measured
from reproductions.evidence.claims import IN_PART, NOT_REPRODUCED, REPRODUCED, Judgement
from reproductions.experiments.speed.activation_cost.run import (
    EXP,
    LEAKY,
    MARGIN,
    MODE_NAMES,
    REFERENCE,
    _modes,
)

SIGMOIDS = ("sigmoid", "tanh")

SETTING = ["mode", "dtype", "elements", "work"]


def _counts(tables, names) -> dict[str, int]:
    """In how many settings ReLU is faster than all these functions by more than `MARGIN` times."""
    rows = pd.concat([measured.rows(tables["elements"], function=name) for name in names])
    nearest = rows.groupby(SETTING)[["ratio_low", "ratio_high"]].min()
    above, below = nearest["ratio_low"] > MARGIN, nearest["ratio_high"] <= MARGIN
    return {"above": above.sum(), "below": below.sum(), "settings": len(nearest)}


def _verdict(counts) -> str:
    """Each of the two clear verdicts needs its evidence in every setting.

    On a busy machine the intervals are wide: that alone turns neither into the other.
    """
    if counts["above"] == counts["settings"]:
        return REPRODUCED
    return NOT_REPRODUCED if counts["below"] == counts["settings"] else IN_PART


def _obtained(counts) -> str:
    return (
        f"more than {MARGIN} times in {counts['above']} of {counts['settings']} settings, less in"
        f" {counts['below']}"
    )


def _median(tables, name, column, value) -> float:
    """A function's ratio to ReLU, the median over all settings of one size or mode."""
    return measured.rows(tables["elements"], function=name, **{column: value})["ratio"].median()


def _faster_relu(tables) -> Judgement:
    rows, steps = tables["elements"], tables["steps"]
    counts = {dtype: _counts({"elements": own}, SIGMOIDS) for dtype, own in rows.groupby("dtype")}
    parts = [
        f"in {dtype} {own['above']} of {own['settings']} settings are above it"
        for dtype, own in counts.items()
    ]
    relu = rows[rows["function"] == REFERENCE]
    relu = relu.merge(tables["copies"], on=["dtype", "elements"], suffixes=("", "_copy"))
    for size, own in relu.groupby("elements"):
        sigmoid, tanh = (_median(tables, name, "elements", size) for name in SIGMOIDS)
        copies = (own["time_ns"] / own["time_ns_copy"]).median()
        parts.append(
            f"{size:,} elements: sigmoid {sigmoid:.1f}, tanh {tanh:.1f} times ReLU's time, and that"
            f" is {copies:.3g} times a copy's"
        )
    step = steps[steps["function"] == "sigmoid"].groupby("width")["ratio"].median()
    parts += [
        f"step of Dense {width:,}: {ratio:.2f} times as long with sigmoid"
        for width, ratio in step.items()
    ]
    counts = _counts(tables, SIGMOIDS)
    return Judgement(_verdict(counts), _obtained(counts), note=f"{'; '.join(parts)} (medians)")


def _dear_exp(tables) -> Judgement:
    counts = _counts(tables, [EXP])
    parts = []
    for mode in _modes(tables["elements"]):
        parts.append(f"{MODE_NAMES[mode]} {_median(tables, EXP, 'mode', mode):.1f}")
        if LEAKY in set(tables["elements"]["function"]):
            leaky = _median(tables, LEAKY, "mode", mode)
            parts[-1] += f" (leaky ReLU, which has no exp: {leaky:.1f})"
    return Judgement(
        _verdict(counts),
        _obtained(counts),
        note=f"times ReLU's time, median over settings: {', '.join(parts)}",
    )


EVERYWHERE = (
    " in every mode, type, size and pass, by the whole 95 % interval of the ratio; not"
    " reproduced if the whole interval is at most 1.5 everywhere; else in part"
)

CLAIMS = {
    "RP-04": _faster_relu,
    "NP-05": _dear_exp,
}
