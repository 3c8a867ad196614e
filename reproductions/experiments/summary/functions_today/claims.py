"""Judges what this project asks about the functions of today."""

from typing import Any

import pandas as pd

from reproductions.evidence import measured
from reproductions.evidence.verdicts import Judge, Judgement, Tables, graded
from reproductions.experiments.summary.functions_today.run import BEST, RELU, corrected_p

SUCCESSORS = ("gelu", "swish")
"""Those that took ReLU's place in networks of today."""


def among_the_best(told_apart: pd.DataFrame, level: float = 0.05) -> dict[str, set[str]]:
    """By task, the functions that the test does not tell apart from the best one.

    Args:
        told_apart: the table of that name.
        level: of the test.
    """
    best = measured.rows(told_apart, against=BEST)
    return {
        task: {row.function for row in rows.itertuples() if not p_of(row, len(rows) - 1) < level}
        for task, rows in best.groupby("task")
    }


def p_of(row: Any, others: int) -> float:
    """The corrected p-value of a row, from its counts; those are held against the stored ones."""
    return corrected_p(row.better, row.worse, others)


def _none_is_best_everywhere(tables: Tables, *, level: float = 0.05) -> Judgement:
    best = among_the_best(tables["told_apart"], level)
    tasks = pd.Series([name for of in best.values() for name in of]).value_counts()
    values = {"tasks": len(best)} | {task: len(of) for task, of in best.items()}
    return Judgement(
        graded(tasks.max() < len(best)), int(tasks.max()), notes=("main",), values=values
    )


def _gradient_tells_glorot(tables: Tables, *, strong: float = 0.5) -> Judgement:
    glorot, normal = (
        measured.row(tables["gradient_and_xor"], weights=weights)
        for weights in ("glorot", "normal")
    )
    verdict = graded(glorot["low"] > strong, in_part=glorot["low"] > 0)
    values = {f"normal_{end}": normal[end] for end in ("correlation", "low", "high")}
    ends = float(glorot["low"]), float(glorot["high"])
    return Judgement(verdict, float(glorot["correlation"]), *ends, notes=("main",), values=values)


def _successors_are_better_and_worse(tables: Tables, *, level: float = 0.05) -> Judgement:
    against = measured.rows(tables["told_apart"], against=RELU)
    values = {"tasks": against["task"].nunique()}
    both = []
    for name in SUCCESSORS:
        rows = measured.rows(against, function=name)
        others = len(against) // len(rows) - 1
        told = [row for row in rows.itertuples() if p_of(row, others) < level]
        better = sum(row.better > row.worse for row in told)
        values |= {f"{name}_better": better, f"{name}_worse": len(told) - better}
        both.append(0 < better < len(told))
    verdict = graded(all(both), in_part=any(both))
    return Judgement(verdict, None, notes=("main",), values=values)


CLAIMS: dict[str, Judge] = {
    "CU-21": _none_is_best_everywhere,
    "CU-22": _gradient_tells_glorot,
    "CU-23": _successors_are_better_and_worse,
}
