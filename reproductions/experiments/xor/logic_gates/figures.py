"""Draws the loss of every network on every gate, and how many seeds solve it."""

import itertools

import numpy as np

from reproductions.evidence import drawing, measured
from reproductions.evidence.verdicts import Tables
from reproductions.experiments.xor.logic_gates.run import STEP_BELOW, Spec
from reproductions.training.gates import GATES


def figures(spec: Spec, tables: Tables) -> drawing.Figures:
    """The loss of every network on every gate, and the shares solved."""
    return {
        "loss": lambda: _loss_figure(spec, tables["curves"], tables["floors"]),
        "solved": lambda: _solved_figure(spec, tables["outcomes"]),
    }


STYLES = {
    "linear 1": ("1 linear layer", drawing.GREY, "-"),
    "linear 2": ("2 linear layers", drawing.SKY, (0, (5, 1.5))),
    "linear 4": ("4 linear layers", drawing.BLUE, (0, (2, 1))),
    "tanh 2": ("tanh hidden layer, linear output", drawing.GREEN, "-"),
    "step 1": ("1 step layer", drawing.YELLOW, (0, (6, 1.5))),
    "step 2": ("2 step layers", drawing.ORANGE, (0, (4, 1, 1, 1))),
    "step 4": ("4 step layers", drawing.VERMILION, (0, (1, 1))),
    STEP_BELOW: ("step hidden layer, linear output", drawing.BLACK, (0, (6, 1.5, 1.5, 1.5))),
}


def _styles(networks) -> dict[str, tuple]:
    """Label, colour and dash of each network; those that the stored setting lacks are purple."""
    dashes = itertools.cycle(["-", (0, (5, 1.5)), (0, (2, 1)), (0, (4, 1, 1, 1))])
    return {name: STYLES.get(name) or (name, drawing.PURPLE, next(dashes)) for name in networks}


def _loss_figure(spec, curves, floors):
    figure, axes = drawing.panels(1, len(GATES), width=3.9, height=4.2, sharey=True)
    for panel, gate in zip(axes[0], GATES, strict=True):
        for name, (label, color, dash) in _styles(spec.networks).items():
            rows = measured.rows(curves, network=name, gate=gate)
            panel.plot(rows["step"], rows["loss_q50"], color=color, linestyle=dash, label=label)
        level = measured.rows(floors, gate=gate)["floor"].iloc[0]
        best = {"color": drawing.PURPLE, "linewidth": 1, "linestyle": ":"}
        panel.axhline(level, label="best linear function", **best)
        panel.set(xlabel="step", ylim=(-0.02, 1.02), xlim=(0, None))
        panel.set_title(f"{gate} (best linear function: {level:g})")
        panel.set_xscale("symlog", linthresh=spec.every)
    axes[0, 0].set_ylabel("mean squared error, median over seeds")
    figure.legend(*axes[0, 0].get_legend_handles_labels(), loc="outside lower center", ncols=5)
    figure.suptitle(
        "Linear networks reach the best linear function; no weight below a step ever changes"
    )
    return figure


def _solved_figure(spec, outcomes):
    figure, axes = drawing.panels(1, len(GATES), width=3.6, height=3.8, sharey=True)
    styles = _styles(spec.networks)
    labels, colors, _ = zip(*styles.values(), strict=True)
    places = np.arange(len(styles))
    for panel, gate in zip(axes[0], GATES, strict=True):
        rows = measured.rows(outcomes, gate=gate).set_index("network").loc[list(styles)]
        errors = drawing.error_bars(rows)
        panel.barh(places, rows["share"], color=colors, height=0.6)
        panel.errorbar(
            rows["share"], places, xerr=errors, fmt="none", color=drawing.BLACK, capsize=3
        )
        panel.plot(
            rows["solved_start"] / rows["seeds"],
            places,
            "|",
            color=drawing.PURPLE,
            markersize=16,
            markeredgewidth=2,
            label="before training",
        )
        panel.set_yticks(places, labels)
        panel.set(xlim=(0, 1.05), title=gate, xlabel="share solved, 95 % interval")
        panel.grid(visible=False, axis="y")
    axes[0, 0].invert_yaxis()
    figure.legend(*axes[0, 0].get_legend_handles_labels(), loc="outside lower center")
    seeds = int(outcomes["seeds"].max())
    figure.suptitle(f"Share of {seeds:,} seeds that solve each gate after training")
    return figure
