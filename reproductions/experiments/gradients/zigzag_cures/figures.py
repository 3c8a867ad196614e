"""Draws how crooked the path is, and how many updates it has, after each change."""

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from reproductions.evidence import drawing, measured
from reproductions.evidence.verdicts import Tables
from reproductions.experiments.gradients.zigzag_cures.settings import Spec

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def figures(spec: Spec, tables: Tables) -> drawing.Figures:
    """How crooked the path is, and how many updates it has, after each change."""
    return {"changes": lambda: _figure(spec, tables["changes"])}


def _figure(spec: Spec, changes: pd.DataFrame) -> "Figure":
    loss = min(spec.losses)
    rows = measured.rows(changes, loss=loss).sort_values("ratio", kind="stable")
    plain, centred = (measured.row(rows, change=name) for name in ("nothing", "centred"))
    figure, axes = drawing.panels(1, 2, width=4.3, height=1.6 + 0.27 * len(rows), sharey=True)
    colors = rows["change"].map({"nothing": drawing.BLACK, "centred": drawing.VERMILION})
    titles = {
        "ratio": ("How crooked the path is", "path length / displacement"),
        "updates": ("How many updates it takes", "updates until the loss is reached"),
    }
    for panel, (name, (title, label)) in zip(axes[0], titles.items(), strict=True):
        ends = drawing.error_bars(rows, name, f"{name}_low", f"{name}_high")
        for place, color in enumerate(colors.fillna(drawing.BLUE)):
            error = [end[place : place + 1] for end in ends]
            middle = rows[name].iloc[place]
            panel.errorbar(
                middle,
                place,
                xerr=np.nan_to_num(error),
                fmt="o",
                color=color,
                markersize=4,
                capsize=3,
            )
        for row, color in ((plain, drawing.BLACK), (centred, drawing.VERMILION)):
            panel.axvline(row[name], color=color, linewidth=1, linestyle=":")
        panel.set(xscale="log", title=title, xlabel=label)
        ticks = drawing.round_ticks(rows[f"{name}_low"].min(), rows[f"{name}_high"].max())
        panel.set_xticks(ticks, [f"{tick:g}" for tick in ticks])
        panel.minorticks_off()
    axes[0, 0].set_yticks(range(len(rows)), rows["label"])
    axes[0, 0].set_ylim(len(rows) - 0.5, -0.5)
    straighter = rows[rows["ratio_high"] < centred["ratio_low"]]
    sooner = int((straighter["updates_times_high"] < 1).sum())
    figure.suptitle(
        f"{len(straighter)} of {len(rows) - 2} changes straighten the path more than taking the"
        f" mean off does; {sooner} of them also save updates\n"
        f"sigmoid network 2-5-5-1 until the loss is {loss:g}, best learning rates,"
        f" {spec.seeds} seeds, 95 % intervals"
    )
    return figure
