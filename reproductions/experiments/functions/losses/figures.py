"""Draws loss and accuracy along the path, and how much they change in one step."""

import pandas as pd

from reproductions.evidence import drawing
from reproductions.evidence.verdicts import Tables
from reproductions.experiments.functions.losses.run import Spec


def figures(spec: Spec, tables: Tables) -> drawing.Figures:
    """Loss and accuracy along the path, and their largest changes as the steps get smaller."""
    return {
        "path": lambda: _draw_path(tables["path"]),
        "jumps": lambda: _draw_jumps(spec, tables["jumps"]),
    }


def _draw_path(path: pd.DataFrame):
    figure, axes = drawing.panels(rows=2, columns=2, width=4.2, height=2.5, sharex="col")
    one_third = int((path["accuracy"] > 0.325).idxmax())  # the post's example: 33 of 100 are right
    zoom = path.iloc[max(0, one_third - 25) : one_third + 26]
    for steps, (upper, lower), title in (
        (path, axes[:, 0], "the whole path"),
        (zoom, axes[:, 1], f"{len(zoom) - 1} steps of it"),
    ):
        percent = 100 * steps["accuracy"]
        upper.plot(steps["step"], steps["loss_nats"], color=drawing.BLUE)
        lower.plot(steps["step"], percent, color=drawing.VERMILION, drawstyle="steps-post")
        upper.set_title(f"Loss: {title}")
        lower.set_title(f"Accuracy: {title}")
        lower.set_xlabel("step of the weights")
    for whole_path in axes[:, 0]:
        zoomed = zoom["step"].iloc[[0, -1]]
        whole_path.axvspan(*zoomed, color=drawing.YELLOW, alpha=0.6, linewidth=0)
    rounded = percent.round().astype(int)  # of the zoom, which was drawn last
    axes[1, 1].set_yticks(range(rounded.min(), rounded.max() + 1))
    axes[0, 0].set_ylabel("cross entropy  (nats)")
    axes[1, 0].set_ylabel("accuracy  (%)")
    return figure


def _draw_jumps(spec: Spec, jumps: pd.DataFrame):
    figure, ((axes,),) = drawing.panels(width=5.5, height=3.6)
    for column, color, marker, label in (
        ("largest_accuracy_change", drawing.VERMILION, "s", "accuracy"),
        ("largest_loss_change_nats", drawing.BLUE, "o", "loss (nats)"),
    ):
        change = jumps.groupby("steps")[column]
        low, high = change.min(), change.max()
        axes.fill_between(low.index, low, high, color=color, alpha=0.2, linewidth=0)
        label = f"{label}: median and range over the seeds"
        axes.plot(change.median(), marker=marker, color=color, label=label)
    label = f"one point of {spec.points:,}"
    axes.axhline(1 / spec.points, color=drawing.GREY, linestyle=":", label=label)
    axes.set(
        title="Smaller steps: the loss moves less, the accuracy still jumps",
        xscale="log",
        yscale="log",
        xlabel="number of steps on the same path",
        ylabel="largest change in one step",
    )
    ticks = sorted(jumps["steps"].unique())
    axes.set_xticks(ticks, [f"{tick:,}" for tick in ticks])
    axes.minorticks_off()
    low, high = axes.get_ylim()
    axes.set_ylim(low / 2.5, high)  # room for the legend
    axes.legend(loc="lower left")
    return figure
