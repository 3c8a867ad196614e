"""The ranks of all functions in all tasks, and how learning XOR goes with the gradient."""

from typing import TYPE_CHECKING, Any, get_args

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

NAMED = {
    # By how much the name stands beside its point, in points, and which of its sides is there: the
    # names of all functions would lie on each other.
    "sigmoid": (0, 8, "center"),
    "relu": (8, -3, "left"),
    "leaky_relu": (-8, 5, "right"),
    "gelu": (-7, -3, "right"),
    "mish": (8, -3, "left"),
    "selu": (4, 8, "center"),
    "snake": (-4, 8, "center"),
    "hard_tanh": (0, -24, "center"),
}


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
        panel.set_xticks(sorted({1, (len(order) + 1) // 2, len(order)}))
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
    kept = measured.rows(tables["means"], task="gradient").set_index("function")["mean"]
    correlations = tables["gradient_and_xor"]
    figure, axes = drawing.panels(1, 2, width=4.6, height=3.9, sharey=True)
    for panel, (weights, title) in zip(axes[0], PANELS.items(), strict=True):
        row = measured.row(correlations, weights=weights)
        _scatter(panel, kept, measured.rows(tables["shares"], task=WEIGHTS[weights]))
        panel.set_title(
            f"{title}: rank correlation {row['correlation']:.2f}\n"
            f"95 % interval {row['low']:.2f} to {row['high']:.2f}"
        )
        panel.set(xlim=(-0.04, 1.04), ylim=(-0.04, 1.12), xlabel="gradient kept per layer (Glorot)")
    axes[0, 0].set_ylabel(f"share of {spec.seeds:,} networks that solves XOR")
    handles = _legend()[: len(GROUPS)]
    figure.legend(handles=handles, loc="outside lower center", ncols=len(GROUPS))
    follows = measured.row(correlations, weights="glorot")["low"] > 0
    figure.suptitle(
        "From Glorot's weights, XOR is learned by functions that keep the gradient"
        if follows
        else "Which functions learn XOR does not go with what they keep of the gradient"
    )
    return figure


def _scatter(panel: "Axes", kept: pd.Series, solved: pd.DataFrame) -> None:
    for row in solved.itertuples():
        documented = row.function in get_args(Document)
        color, marker, _ = GROUPS[documented]
        x, y = kept[row.function], row.share
        panel.errorbar(
            x,
            y,
            yerr=[[y - row.low], [row.high - y]],
            fmt=marker,
            color=color,
            linewidth=1,
            zorder=3 if documented else 2,  # ReLU and ReLU6 are at one place
        )
        if row.function in NAMED:
            *offset, side = NAMED[row.function]
            panel.annotate(
                LABELS[row.function],
                (x, y),
                xytext=offset,
                textcoords="offset points",
                ha=side,
                fontsize=9,
            )
