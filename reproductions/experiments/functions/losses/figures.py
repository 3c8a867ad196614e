"""The figures, drawn from the tables."""

from reproductions.evidence import drawing
from reproductions.experiments.functions.losses.run import Spec


def figures(spec: Spec, tables) -> drawing.Figures:
    """Loss and accuracy along the path, and their largest changes as the steps get smaller."""
    return {
        "path": lambda: _draw_path(tables["path"]),
        "jumps": lambda: _draw_jumps(spec, tables["jumps"]),
    }


def _draw_path(path):
    figure, axes = drawing.panels(rows=2, columns=2, width=4.2, height=2.5, sharex="col")
    third = int((path["accuracy"] > 0.325).idxmax())  # the post's example: 33 of 100 are right
    zoom = path.iloc[max(0, third - 25) : third + 26]
    for part, (upper, lower), title in (
        (path, axes[:, 0], "the whole path"),
        (zoom, axes[:, 1], f"{len(zoom) - 1} steps of it"),
    ):
        upper.plot(part["step"], part["loss_nats"], color=drawing.BLUE)
        lower.plot(
            part["step"], 100 * part["accuracy"], color=drawing.VERMILION, drawstyle="steps-post"
        )
        upper.set_title(f"Loss: {title}")
        lower.set_title(f"Accuracy: {title}")
        lower.set_xlabel("step of the weights")
    for whole in axes[:, 0]:
        whole.axvspan(*zoom["step"].iloc[[0, -1]], color=drawing.YELLOW, alpha=0.6, linewidth=0)
    right = (100 * zoom["accuracy"]).round().astype(int)
    axes[1, 1].set_yticks(range(right.min(), right.max() + 1))
    axes[0, 0].set_ylabel("cross entropy  (nats)")
    axes[1, 0].set_ylabel("accuracy  (%)")
    return figure


def _draw_jumps(spec, jumps):
    figure, ((axes,),) = drawing.panels(width=5.5, height=3.6)
    for column, color, marker, label in (
        ("largest_accuracy_change", drawing.VERMILION, "s", "accuracy"),
        ("largest_loss_change_nats", drawing.BLUE, "o", "loss (nats)"),
    ):
        groups = jumps.groupby("steps")[column]
        axes.fill_between(
            groups.min().index, groups.min(), groups.max(), color=color, alpha=0.2, linewidth=0
        )
        axes.plot(
            groups.median(), marker=marker, color=color, label=f"{label}: median, range of draws"
        )
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
