"""The ranks of all functions in all tasks, and how learning XOR goes with the gradient."""

from typing import TYPE_CHECKING, Any, get_args

import numpy as np
import pandas as pd

from reproductions.evidence import drawing, measured
from reproductions.evidence.verdicts import Tables
from reproductions.experiments.summary.functions_today.claims import among_the_best
from reproductions.experiments.summary.functions_today.run import (
    LABELS,
    TASKS,
    WEIGHTS,
    Document,
    Spec,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

GROUPS = {
    # Whether a function is of the documents: its colour, its marker, and what the legend says.
    True: (drawing.BLUE, "o", "in the documents"),
    False: (drawing.VERMILION, "D", "not in the documents"),
}

PANELS = {"glorot": "Glorot's weights", "normal": "N(0, 1) weights"}

NAMED = ("sigmoid", "tanh", "relu", "swish", "gelu", "mish", "selu", "snake", "sine")
"""The functions whose names stand beside their points: of all, they would lie on each other."""


def figures(spec: Spec, tables: Tables) -> drawing.Figures:
    """The ranks by task, and the share that solves XOR over what the gradient keeps."""
    return {
        "ranks": lambda: _ranks(tables),
        "gradient_and_xor": lambda: _gradient_and_xor(spec, tables),
    }


def _ranks(tables: Tables) -> "Figure":
    ranks, best = tables["ranks"], among_the_best(tables["told_apart"])
    order = ranks.groupby("function")["rank"].mean().sort_values(kind="stable").index
    figure, axes = drawing.panels(
        1, len(TASKS), width=1.75, height=1.9 + 0.23 * len(order), sharey=True
    )
    for panel, (name, task) in zip(axes[0], TASKS.items(), strict=True):
        rows = measured.rows(ranks, task=name).set_index("function").loc[order]
        for place, (function, row) in enumerate(rows.iterrows()):
            color, marker, _ = GROUPS[function in get_args(Document)]
            inside = color if function in best[name] else "white"
            panel.errorbar(
                row["rank"],
                place,
                xerr=drawing.error_bars(row, "rank"),
                fmt=marker,
                color=color,
                markerfacecolor=inside,
                markersize=5,
                linewidth=1.2,
            )
        panel.set_title(task.label, fontsize=9.5)
        panel.set(xlim=(0, len(order) + 1), xlabel="rank")
    axes[0, 0].set_yticks(range(len(order)), [LABELS[function] for function in order])
    axes[0, 0].set_ylim(len(order) - 0.5, -0.5)
    figure.legend(handles=_legend(), loc="outside lower center", ncols=4)
    figure.suptitle(_title(best))
    return figure


def _legend() -> list[Any]:
    from matplotlib.lines import Line2D

    kinds = [
        Line2D([], [], color=color, marker=marker, linestyle="", label=label)
        for color, marker, label in GROUPS.values()
    ]
    fills = {drawing.GREY: "not told apart from the best", "white": "told apart from the best"}
    return kinds + [
        Line2D(
            [], [], color=drawing.GREY, markerfacecolor=fill, marker="s", linestyle="", label=label
        )
        for fill, label in fills.items()
    ]


def _title(best: dict[str, set[str]]) -> str:
    everywhere = [LABELS[name] for name in LABELS if all(name in of for of in best.values())]
    found = (
        f"{' and '.join(everywhere)}: among the best for every task"
        if everywhere
        else "No activation function is among the best for every task"
    )
    return f"{found}\nranks from 1, the best, with 95 % intervals over seeds"


def _gradient_and_xor(spec: Spec, tables: Tables) -> "Figure":
    means = measured.rows(tables["means"], task="gradient").set_index("function")
    figure, axes = drawing.panels(1, 2, width=4.6, height=3.9, sharey=True)
    for panel, (weights, title) in zip(axes[0], PANELS.items(), strict=True):
        solved = measured.rows(tables["shares"], task=WEIGHTS[weights]).set_index("function")
        row = measured.row(tables["gradient_and_xor"], weights=weights)
        _scatter(panel, means.loc[solved.index], solved)
        panel.set_title(
            f"{title}: rank correlation {row['correlation']:.2f}\n"
            f"95 % interval {row['low']:.2f} to {row['high']:.2f}"
        )
        panel.set(xlim=(-0.04, 1.04), ylim=(-0.04, 1.04), xlabel="gradient kept per layer")
    axes[0, 0].set_ylabel(f"share of {spec.seeds:,} that solves XOR")
    handles = _legend()[: len(GROUPS)]
    figure.legend(handles=handles, loc="outside lower center", ncols=len(GROUPS))
    figure.suptitle(_finding(tables["gradient_and_xor"]))
    return figure


def _finding(correlations: pd.DataFrame) -> str:
    low = correlations.set_index("weights")["low"]
    if low.get("glorot", np.nan) > 0:
        return "From Glorot's weights, functions that keep the gradient are those that learn XOR"
    return "What a function does to the gradient does not tell whether it learns XOR"


def _scatter(panel: "Axes", gradient: pd.DataFrame, solved: pd.DataFrame) -> None:
    for function, row in solved.iterrows():
        color, marker, _ = GROUPS[function in get_args(Document)]
        x = gradient.loc[function, "mean"]
        ends = drawing.error_bars(row)
        panel.errorbar(x, row["share"], yerr=ends, fmt=marker, color=color, linewidth=1)
        if function in NAMED:
            panel.annotate(
                LABELS[function],
                (x, row["share"]),
                xytext=(4, 4),
                textcoords="offset points",
                fontsize=8.5,
            )
