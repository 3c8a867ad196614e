"""Draws the slides' table with the measurements beside its statements."""

import numpy as np

from reproductions.evidence import drawing, functions
from reproductions.evidence.verdicts import Tables
from reproductions.experiments.summary.summary_table.run import FAILS, HOLDS, PARTLY, Spec


def figures(spec: Spec, tables: Tables) -> drawing.Figures:
    """The table as a picture."""
    return {"table": lambda: _table_figure(tables["statements"])}


COLORS = {HOLDS: drawing.GREEN, PARTLY: drawing.ORANGE, FAILS: drawing.VERMILION}

MARKS = {HOLDS: "●", PARTLY: "◐", FAILS: "○"}


COLUMNS = {
    # Where each column begins, and what stands above it.
    "function": (0.0, "function"),
    "kind": (0.08, ""),
    "statement": (0.125, "statement"),
    "measure": (0.42, "measured, with 95 % interval"),
    "source": (0.8, "by experiment"),
    "holds": (0.925, ""),
}


def _table_figure(cells):
    figure, ((axes,),) = drawing.panels(width=13.0, height=0.36 * len(cells) + 1.1)
    axes.set_axis_off()
    axes.set(xlim=(0, 1), ylim=(len(cells), -1))

    def write(column, y, text, **options):
        axes.text(COLUMNS[column][0], y, text, va="center", **options)

    for column, (_, title) in COLUMNS.items():
        write(column, -0.75, title, weight="bold")
    previous = None
    for y, row in enumerate(cells.itertuples()):
        if row.function != previous:
            axes.axhline(y - 0.5 + 0.02, color=drawing.GREY, linewidth=0.6)
            write("function", y, functions.label(row.function), weight="bold")
            previous = row.function
        write("kind", y, row.kind, color=drawing.GREY)
        write("statement", y, row.statement)
        number = "not measured here" if np.isnan(row.value) else f"{row.value:.3g}"
        if not np.isnan(row.low):
            number += f" [{row.low:.3g}, {row.high:.3g}]"
        write("measure", y, f"{number}  {row.measure}", fontsize=9)
        write("source", y, row.source, fontsize=9, color=drawing.GREY)
        verdict = f"{MARKS[row.holds]} {row.holds}"
        write("holds", y, verdict, color=COLORS[row.holds], weight="bold")
    axes.set_title("The slides' table of pros and cons, each statement checked by a measurement")
    return figure
