"""Judges whether training steps with ReLU are much faster than with sigmoid, tanh and their exp."""

from collections.abc import Sequence

import pandas as pd

from reproductions.evidence import measured
from reproductions.evidence.verdicts import IN_PART, NOT_REPRODUCED, REPRODUCED, Judgement, Tables
from reproductions.experiments.speed.activation_cost.run import (
    EXP,
    LEAKY,
    MARGIN,
    NO_WORK,
    NOTICEABLE,
)

SETTING = ["mode", "width", "batch"]


def _relu_is_faster(tables: Tables) -> Judgement:
    functions = ("sigmoid", "tanh")
    elements = tables["elements"]
    values = {
        "steps": _medians(tables["training"], functions),
        "bare": _medians(tables["training"], [NO_WORK])[NO_WORK],
        "elements": _medians(elements, [name for name in functions if _has(elements, name)]),
    }
    return _judgement(tables["training"], functions, ["main", "elements"], values)


def _exp_is_expensive(tables: Tables) -> Judgement:
    training, elements = tables["training"], tables["elements"]
    sigmoid = measured.rows(training, function="sigmoid")
    values = {
        "step": sigmoid["ratio"].median(),
        "exp": _medians(elements, [EXP])[EXP],
    }
    notes = ["main"]
    if _has(training, LEAKY):
        values["without"] = _medians(training, [LEAKY])[LEAKY]
        notes.append("without")
    return _judgement(training, ["sigmoid"], notes, values)


def _judgement(
    training: pd.DataFrame, functions: Sequence[str], notes: Sequence[str], values: dict
) -> Judgement:
    """Applies the rule to the sizes and modes of whole training steps.

    In each of them the functions' smallest ratio to ReLU counts, with its interval. A busy machine
    makes intervals wide; that alone gives neither of the two clear verdicts.
    """
    rows = pd.concat([measured.rows(training, function=name) for name in functions])
    smallest = rows.groupby(SETTING)[["ratio_low", "ratio_high"]].min()
    much = int((smallest["ratio_low"] > MARGIN).sum())
    noticeably = int((smallest["ratio_low"] > NOTICEABLE).sum())
    not_much = int((smallest["ratio_high"] <= MARGIN).sum())
    settings = len(smallest)
    if 2 * much > settings:
        verdict = REPRODUCED
    elif 2 * noticeably > settings or 2 * not_much <= settings:
        verdict = IN_PART
    else:
        verdict = NOT_REPRODUCED
    undecided = settings - much - not_much
    counts = {
        "much": much,
        "not_much": not_much,
        "settings": settings,
        "undecided": undecided,
    }
    notes = [*notes[:1], "undecided"] if undecided else notes
    return Judgement(verdict, None, notes=notes, values=values | counts)


def _has(frame: pd.DataFrame, function: str) -> bool:
    return function in set(frame["function"])


def _medians(frame: pd.DataFrame, functions: Sequence[str]) -> dict[str, float]:
    """Each function's time as a multiple of ReLU's, the median over all settings."""
    return {name: measured.rows(frame, function=name)["ratio"].median() for name in functions}


CLAIMS = {"RP-04": _relu_is_faster, "NP-05": _exp_is_expensive}
