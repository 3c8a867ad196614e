"""Judges the slides' whole table, and whether tanh is like the sigmoid."""

from reproductions.evidence import functions
from reproductions.evidence.verdicts import Judgement, Tables, graded
from reproductions.experiments.summary.summary_table.run import HOLDS


def _whole_table(tables: Tables) -> Judgement:
    cells = tables["cells"]
    holds = cells["holds"] == HOLDS
    verdict = graded(holds.all(), in_part=holds.mean() > 0.5)
    listed = "; ".join(
        f"{functions.label(row.function)}: {row.statement} ({row.holds})"
        for row in cells[~holds].itertuples()
    )
    note = f"share of the table's {len(cells)} statements that hold; the others: {listed or 'none'}"
    return Judgement(verdict, holds.mean(), note=note)


def _tanh_is_alike(tables: Tables) -> Judgement:
    alike = tables["alike"]
    same = alike["alike"] == "yes"
    verdict = graded(same.all(), in_part=same.any())
    listed = "; ".join(
        f"{row.property} ({row.sigmoid:.3g} and {row.tanh:.3g})"
        for row in alike[~same].itertuples()
    )
    note = (
        f"{same.sum()} of {len(alike)} properties alike; sigmoid and tanh differ in:"
        f" {listed or 'none'}"
    )
    return Judgement(verdict, same.mean(), note=note)


CLAIMS = {"SL-22": _whole_table, "NP-06": _tanh_is_alike}
