"""The figures, drawn from the tables."""

import itertools

import numpy as np

from reproductions.evidence import drawing
from reproductions.experiments.xor.logic_gates.run import GATES, STEP_BELOW, Spec


def figures(spec: Spec, tables) -> drawing.Figures:
    """The loss of every network on every gate, and the shares solved."""
    return {
        "loss": lambda: _loss_figure(spec, tables["curves"], tables["floors"]),
        "solved": lambda: _solved_figure(spec, tables["outcomes"]),
    }


STYLES = {
    "linear 1": ("1 linear layer", drawing.GREY, "-"),
    "linear 2": ("2 linear layers", drawing.SKY, (0, (5, 1.5))),
    "linear 4": ("4 linear layers", drawing.BLUE, (0, (2, 1))),
    "tanh 2": ("tanh hidden, linear output", drawing.GREEN, "-"),
    "step 1": ("1 step layer", drawing.YELLOW, (0, (6, 1.5))),
    "step 2": ("2 step layers", drawing.ORANGE, (0, (4, 1, 1, 1))),
    "step 4": ("4 step layers", drawing.VERMILION, (0, (1, 1))),
    STEP_BELOW: ("step hidden, linear output", drawing.BLACK, (0, (6, 1.5, 1.5, 1.5))),
}


def _styles(names) -> dict[str, tuple]:
    """Label, colour and dash of each network; those that the stored setting lacks are purple."""
    dashes = itertools.cycle(["-", (0, (5, 1.5)), (0, (2, 1)), (0, (4, 1, 1, 1))])
    return {name: STYLES.get(name) or (name, drawing.PURPLE, next(dashes)) for name in names}


def _loss_figure(spec, curves, floors):
    figure, axes = drawing.panels(1, len(GATES), width=3.9, height=4.2, sharey=True)
    styles = _styles(spec.networks)
    for panel, gate in zip(axes[0], GATES, strict=True):
        for name, (label, color, dash) in styles.items():
            own = curves[(curves["network"] == name) & (curves["gate"] == gate)]
            panel.plot(own["step"], own["loss_q50"], color=color, linestyle=dash, label=label)
        level = floors.loc[floors["gate"] == gate, "floor"].iloc[0]
        panel.axhline(level, color=drawing.PURPLE, linewidth=1, linestyle=":")
        panel.text(1, level, f"linear floor {level:g}", color=drawing.PURPLE, ha="right",
                   va="bottom", transform=panel.get_yaxis_transform())  # fmt: skip
        panel.set(xscale="symlog", xlabel="step", title=gate, ylim=(-0.02, 1.02), xlim=(0, None))
        panel.set_xscale("symlog", linthresh=spec.every)
    axes[0, 0].set_ylabel("mean squared error, median over seeds")
    handles, labels = axes[0, 0].get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside lower center", ncols=4)
    figure.suptitle("Linear layers learn what a line can do; steps learn nothing below themselves")
    return figure


def _solved_figure(spec, outcomes):
    figure, axes = drawing.panels(1, len(GATES), width=3.6, height=3.8, sharey=True)
    styles = _styles(spec.networks)
    labels, colors, _ = zip(*styles.values(), strict=True)
    for panel, gate in zip(axes[0], GATES, strict=True):
        rows = outcomes[outcomes["gate"] == gate].set_index("network").loc[list(styles)]
        places = np.arange(len(styles))
        errors = [rows["share"] - rows["low"], rows["high"] - rows["share"]]
        panel.barh(places, rows["share"], color=colors, height=0.6)
        panel.errorbar(rows["share"], places, xerr=errors, fmt="none", color=drawing.BLACK,
                       capsize=3)  # fmt: skip
        panel.plot(rows["solved_start"] / rows["seeds"], places, "|", color=drawing.PURPLE,
                   markersize=16, markeredgewidth=2, label="before training")  # fmt: skip
        panel.set_yticks(places, labels)
        panel.set(xlim=(0, 1.05), title=gate, xlabel="share solved, 95 % interval")
        panel.grid(visible=False, axis="y")
    axes[0, 0].invert_yaxis()
    handles, labels = axes[0, 0].get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside lower center")
    figure.suptitle(f"Who has learnt the gate: {outcomes['seeds'].max():,} seeds")
    return figure
