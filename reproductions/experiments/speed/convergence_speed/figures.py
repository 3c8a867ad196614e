"""Draws the training error by update, and the updates that each activation needs beside ReLU."""

import itertools
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from reproductions.evidence import drawing, functions
from reproductions.evidence.verdicts import Tables
from reproductions.experiments.speed.convergence_speed.run import ABOUT_SIX, Spec, percent
from reproductions.training import digits
from reproductions.training.activations import TENSORFLOW_SLOPE

if TYPE_CHECKING:
    from matplotlib.figure import Figure

MARKERS = "o^sDvPX"


def figures(spec: Spec, tables: Tables) -> drawing.Figures:
    """The learning curves at the best rate of each activation, and the ratios to ReLU."""
    return {
        "curves": lambda: _draw_curves(spec, tables["curves"]),
        "ratios": lambda: _draw_ratios(
            tables["speed"],
            "Updates to a training error, each activation at its best learning rate"
            " (95 % intervals)",
        ),
        "order_ratios": lambda: _draw_ratios(
            tables["order_speed"],
            "Updates to a training error, each seed with an order of batches of its own, at the"
            " best rate of a finer grid",
        ),
    }


def _draw_curves(spec: Spec, curves: pd.DataFrame) -> "Figure":
    networks = curves["network"].unique()
    figure, axes = drawing.panels(1, len(networks), width=5.2, height=3.8, sharey=True)
    handles = {}
    for panel, network in zip(axes[0], networks, strict=True):
        for function, rows in curves[curves["network"] == network].groupby("function", sort=False):
            style, label = functions.style(function), functions.label(function, TENSORFLOW_SLOPE)
            (handles[label],) = panel.plot(rows["step"], rows["error_q50"], label=label, **style)
            panel.fill_between(
                rows["step"], rows["error_q05"], rows["error_q95"], color=style["color"], alpha=0.12
            )
        for threshold in spec.thresholds:
            panel.axhline(threshold, color=drawing.GREY, linewidth=0.8, linestyle=":")
        panel.set(xscale="log", yscale="symlog", xlabel="update", title=network, ylim=(0, 1))
        panel.set_yscale("symlog", linthresh=0.01)
        ticks = sorted({*spec.thresholds, 1})
        panel.set_yticks([0, *ticks], ["0", *map(percent, ticks)])
    axes[0, 0].set_ylabel("training error")
    figure.legend(handles.values(), handles.keys(), loc="outside lower center", ncols=6)
    data = "the digits" if spec.dataset == digits.DIGITS else Path(spec.dataset).name
    figure.suptitle(
        f"Training error on {data}: median and 5 % to 95 % of seeds,"
        f" at the best rate for an error of {percent(spec.thresholds[0])}"
    )
    return figure


def _draw_ratios(speed: pd.DataFrame, title: str) -> "Figure":
    networks = speed["network"].unique()
    thresholds = sorted(speed["threshold"].unique(), reverse=True)
    figure, axes = drawing.panels(1, len(networks), width=5.0, height=3.8, sharex=True)
    for panel, network in zip(axes[0], networks, strict=True):
        rows_of_network = speed[speed["network"] == network]
        others = [name for name in rows_of_network["function"].unique() if name != "relu"]
        for i, function in enumerate(others):
            rows = rows_of_network[rows_of_network["function"] == function]
            rows = rows.set_index("threshold").loc[thresholds]
            y = i + 0.22 * (np.arange(len(rows)) - (len(rows) - 1) / 2)
            ends = drawing.error_bars(rows, "ratio")
            color = functions.color(function)
            panel.errorbar(rows["ratio"], y, xerr=ends, fmt="none", color=color, capsize=3)
            is_bound = rows["reached"] < rows["seeds"]
            points = zip(rows["ratio"], y, itertools.cycle(MARKERS), is_bound, strict=False)
            for ratio, place, marker, bound in points:
                face = "white" if bound else color
                panel.plot(ratio, place, marker, color=color, markerfacecolor=face)
        panel.axvspan(*ABOUT_SIX, color=drawing.YELLOW, alpha=0.25, linewidth=0)
        panel.axvline(1, color=drawing.BLACK, linewidth=1)
        labels = [functions.label(name, TENSORFLOW_SLOPE) for name in others]
        panel.set_yticks(range(len(others)), labels)
        panel.invert_yaxis()
        panel.set(xscale="log", xlabel="updates, times ReLU's", title=network)
        panel.set_xticks([0.5, 1, 2, 4, 6, 9], ["0.5", "1", "2", "4", "6", "9"])
        panel.minorticks_off()
    first, grey = axes[0, 0], {"color": drawing.GREY}
    for marker, threshold in zip(itertools.cycle(MARKERS), thresholds, strict=False):
        first.plot([], [], marker, label=f"to {percent(threshold, '')} error", **grey)
    bound = "lower bound: some seeds do not reach it"
    first.plot([], [], "o", markerfacecolor="white", label=bound, **grey)
    first.fill_between([], [], color=drawing.YELLOW, alpha=0.25, label="'about 6 times'")
    figure.legend(*first.get_legend_handles_labels(), loc="outside lower center", ncols=5)
    figure.suptitle(title)
    return figure
