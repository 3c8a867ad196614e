"""The figures, drawn from the tables."""

import itertools
from pathlib import Path

import numpy as np

from reproductions.evidence import drawing, functions
from reproductions.experiments.speed.convergence_speed.run import ABOUT_SIX, Spec, percent
from reproductions.training import digits


def figures(spec: Spec, tables) -> drawing.Figures:
    """The learning curves at each one's best rate, and the updates of each beside ReLU's."""
    return {
        "curves": lambda: _curve_figure(spec, tables["curves"]),
        "ratios": lambda: _ratio_figure(tables["speed"]),
    }


MARKERS = "o^sDvPX"


def _curve_figure(spec, curves):
    networks = curves["network"].unique()
    figure, axes = drawing.panels(1, len(networks), width=5.2, height=3.8, sharey=True)
    for panel, network in zip(axes[0], networks, strict=True):
        for function, rows in curves[curves["network"] == network].groupby("function", sort=False):
            style = functions.style(function)
            panel.plot(
                rows["step"], rows["error_q50"], label=functions.label(function, 0.2), **style
            )
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
    handles = {}
    for panel in axes[0]:
        handles.update(
            dict(reversed(pair) for pair in zip(*panel.get_legend_handles_labels(), strict=True))
        )
    figure.legend(handles.values(), handles.keys(), loc="outside lower center", ncols=6)
    data = "the digits" if spec.dataset == digits.DIGITS else Path(spec.dataset).name
    figure.suptitle(
        f"Training error on {data}: median over seeds, 5 % to 95 %"
        f" (rates for {percent(spec.thresholds[0])})"
    )
    return figure


def _ratio_figure(speed):
    networks = speed["network"].unique()
    figure, axes = drawing.panels(1, len(networks), width=5.0, height=3.8, sharex=True)
    for panel, network in zip(axes[0], networks, strict=True):
        rows = speed[speed["network"] == network]
        others = [f for f in rows["function"].unique() if f != "relu"]
        thresholds = sorted(rows["threshold"].unique(), reverse=True)
        for i, function in enumerate(others):
            own = rows[rows["function"] == function].set_index("threshold").loc[thresholds]
            places = i + 0.22 * (np.arange(len(own)) - (len(own) - 1) / 2)
            errors = [own["ratio"] - own["low"], own["high"] - own["ratio"]]
            color = functions.color(function)
            panel.errorbar(own["ratio"], places, xerr=errors, fmt="none", color=color, capsize=3)
            for place, marker, (_, row) in zip(
                places, itertools.cycle(MARKERS), own.iterrows(), strict=False
            ):
                bound = row["reached"] < row["seeds"]
                face = "white" if bound else color
                panel.plot(row["ratio"], place, marker, color=color, markerfacecolor=face)
        panel.axvspan(*ABOUT_SIX, color=drawing.YELLOW, alpha=0.25, linewidth=0)
        panel.axvline(1, color=drawing.BLACK, linewidth=1)
        panel.set_yticks(range(len(others)), [functions.label(f, 0.2) for f in others])
        panel.invert_yaxis()
        panel.set(xscale="log", xlabel="updates, times ReLU's", title=network)
        panel.set_xticks([0.5, 1, 2, 4, 6, 9], ["0.5", "1", "2", "4", "6", "9"])
        panel.minorticks_off()
    thresholds = sorted(speed["threshold"].unique(), reverse=True)
    for marker, threshold in zip(itertools.cycle(MARKERS), thresholds, strict=False):
        axes[0, 0].plot(
            [], [], marker, color=drawing.GREY, label=f"to {percent(threshold, '')} error"
        )
    axes[0, 0].plot(
        [], [], "o", color=drawing.GREY, markerfacecolor="white",
        label="some never get there: a lower bound",
    )  # fmt: skip
    axes[0, 0].fill_between([], [], color=drawing.YELLOW, alpha=0.25, label="'about 6 times'")
    figure.legend(*axes[0, 0].get_legend_handles_labels(), loc="outside lower center", ncols=5)
    figure.suptitle("Updates to a training error, each at its best rate (95 % interval)")
    return figure
