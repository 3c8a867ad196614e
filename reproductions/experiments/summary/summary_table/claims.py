"""The claims, judged from the tables."""

from reproductions.evidence import functions
from reproductions.evidence.claims import REPRODUCED, Judgement, graded
from reproductions.experiments.summary.summary_table.run import FAILS, HOLDS, PARTLY


def _whole_table(tables) -> Judgement:
    cells = tables["cells"]
    counts = cells["holds"].value_counts().reindex([HOLDS, PARTLY, FAILS], fill_value=0)
    if counts[HOLDS] == len(cells):
        verdict = REPRODUCED
    else:
        verdict = graded(False, in_part=counts[HOLDS] > len(cells) / 2)
    rest = cells[cells["holds"] != HOLDS]
    listed = "; ".join(
        f"{functions.label(r.function)}: {r.statement} ({r.holds})" for r in rest.itertuples()
    )
    note = f"share of the table's {len(cells)} statements that hold; the others: {listed or 'none'}"
    return Judgement(verdict, counts[HOLDS] / len(cells), note=note)


def _tanh_is_alike(tables) -> Judgement:
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


CLAIMS = {
    "SL-22": _whole_table,
    "NP-06": _tanh_is_alike,
}
