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


def _relu_is_faster(
    tables: Tables, *, much: float = MARGIN, noticeable: float = NOTICEABLE, most: float = 0.5
) -> Judgement:
    functions = ("sigmoid", "tanh")
    elements = tables["elements"]
    values = {
        "steps": _medians(tables["training"], functions),
        "bare": _medians(tables["training"], [NO_WORK])[NO_WORK],
        "elements": _medians(elements, [name for name in functions if _has(elements, name)]),
    }
    verdict, counts = _compared(
        tables["training"], functions, much=much, noticeable=noticeable, most=most
    )
    notes = ["main", "undecided" if counts["undecided"] else "elements"]
    return Judgement(verdict, None, notes=notes, values=values | counts)


def _exp_is_expensive(
    tables: Tables, *, much: float = MARGIN, noticeable: float = NOTICEABLE, most: float = 0.5
) -> Judgement:
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
    verdict, counts = _compared(training, ["sigmoid"], much=much, noticeable=noticeable, most=most)
    notes = ["main", "undecided"] if counts["undecided"] else notes
    return Judgement(verdict, None, notes=notes, values=values | counts)


def _compared(
    training: pd.DataFrame,
    functions: Sequence[str],
    *,
    much: float,
    noticeable: float,
    most: float,
) -> tuple[str, dict[str, int]]:
    """The verdict on the sizes and modes of whole training steps, and how many settings gave it.

    In each of them the functions' smallest ratio to ReLU counts, with its interval. A busy machine
    makes intervals wide; that alone gives neither of the two clear verdicts.
    """
    rows = pd.concat([measured.rows(training, function=name) for name in functions])
    smallest = rows.groupby(SETTING)[["ratio_low", "ratio_high"]].min()
    much_longer = int((smallest["ratio_low"] > much).sum())
    noticeably = int((smallest["ratio_low"] > noticeable).sum())
    not_much = int((smallest["ratio_high"] <= much).sum())
    settings = len(smallest)
    if much_longer > most * settings:
        verdict = REPRODUCED
    elif noticeably > most * settings or not_much <= most * settings:
        verdict = IN_PART
    else:
        verdict = NOT_REPRODUCED
    return verdict, {
        "much": much_longer,
        "not_much": not_much,
        "settings": settings,
        "undecided": settings - much_longer - not_much,
    }


def _has(frame: pd.DataFrame, function: str) -> bool:
    return function in set(frame["function"])


def _medians(frame: pd.DataFrame, functions: Sequence[str]) -> dict[str, float]:
    """Each function's time as a multiple of ReLU's, the median over all settings."""
    return {name: measured.rows(frame, function=name)["ratio"].median() for name in functions}


CLAIMS = {"RP-04": _relu_is_faster, "NP-05": _exp_is_expensive}
