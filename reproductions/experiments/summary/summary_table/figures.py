"""The figures, drawn from the tables."""

import numpy as np

from reproductions.evidence import drawing, functions
from reproductions.experiments.summary.summary_table.run import FAILS, HOLDS, PARTLY, Spec


def figures(spec: Spec, tables) -> drawing.Figures:
    """The table as a picture."""
    return {"table": lambda: _table_figure(tables["cells"])}


COLORS = {HOLDS: drawing.GREEN, PARTLY: drawing.ORANGE, FAILS: drawing.VERMILION}

MARKS = {HOLDS: "●", PARTLY: "◐", FAILS: "○"}


def _table_figure(cells):
    figure, ((axes,),) = drawing.panels(width=13.0, height=0.36 * len(cells) + 1.1)
    axes.set_axis_off()
    axes.set(xlim=(0, 1), ylim=(len(cells), -1))
    places = {
        "function": 0.0, "kind": 0.08, "statement": 0.125, "measure": 0.42, "source": 0.8,
        "holds": 0.925,
    }  # fmt: skip
    titles = {"measure": "measured", "source": "by experiment", "holds": "", "kind": ""}
    for column, x in places.items():
        axes.text(x, -0.75, titles.get(column, column), weight="bold", va="center")
    previous = None
    for y, row in enumerate(cells.itertuples()):
        if row.function != previous:
            axes.axhline(y - 0.5 + 0.02, color=drawing.GREY, linewidth=0.6)
            axes.text(
                places["function"], y, functions.label(row.function), va="center", weight="bold"
            )
            previous = row.function
        axes.text(places["kind"], y, row.kind, va="center", color=drawing.GREY)
        axes.text(places["statement"], y, row.statement, va="center")
        number = "not measured here" if np.isnan(row.value) else f"{row.value:.3g}"
        if not np.isnan(row.low):
            number += f" [{row.low:.3g}, {row.high:.3g}]"
        axes.text(places["measure"], y, f"{number}  {row.measure}", va="center", fontsize=9)
        axes.text(places["source"], y, row.source, va="center", fontsize=9, color=drawing.GREY)
        axes.text(
            places["holds"], y, f"{MARKS[row.holds]} {row.holds}", va="center",
            color=COLORS[row.holds], weight="bold",
        )  # fmt: skip
    axes.set_title("The slides' table of pros and cons, measured")
    return figure
