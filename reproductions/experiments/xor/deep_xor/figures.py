"""Draws the outcomes of all seeds, their cost during training, and single runs as the post does."""

from typing import TYPE_CHECKING

import numpy as np

from reproductions.evidence import drawing, functions, measured
from reproductions.evidence.verdicts import Tables
from reproductions.experiments.xor.deep_xor.run import Spec
from reproductions.training import xor

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def figures(spec: Spec, tables: Tables) -> drawing.Figures:
    """The outcomes of all seeds, their curves, and the curves of a single seed."""
    return {
        "outcomes": lambda: _outcome_figure(spec, tables["rates"]),
        "curves": lambda: _curve_figure(spec, tables["curves"], tables["costs"]),
        "single_seed": lambda: _single_seed_figure(spec, tables["single_seed"]),
    }


OUTCOMES = {
    # The label, the colour of the bar, and that of the text on it.
    "solved": ("solved", drawing.GREEN, "white"),
    "plateau": ("on the plateau (every answer 1/2)", drawing.ORANGE, "black"),
    "other": ("other", "#BBBBBB", "black"),
    "non-finite": ("NaN or infinite", drawing.BLACK, "white"),
}

LOSS_STYLES = {"document": (drawing.VERMILION, "-"), "stable": (drawing.BLUE, "--")}

LOSS_LABELS = {"document": "the post's loss", "stable": "loss from the logit"}


def _setting(spec: Spec) -> str:
    """What all titles end with."""
    return f"{len(spec.hidden) + 1} layers on XOR, learning rate {spec.rate:g}"


def _outcome_figure(spec, rates):
    losses, places = spec.losses, range(len(spec.activations))
    figure, axes = drawing.panels(1, len(losses), width=8.4 / len(losses), height=4.0, sharey=True)
    for panel, loss in zip(axes[0], losses, strict=True):
        bottom = np.zeros(len(places))
        for outcome, (label, color, ink) in OUTCOMES.items():
            rows = measured.rows(rates, loss=loss, event=outcome).set_index("activation")
            shares = rows.loc[list(spec.activations), "share"].to_numpy()
            panel.bar(places, shares, bottom=bottom, color=color, label=label)
            for place in np.flatnonzero(shares > 0.05):
                middle = bottom[place] + shares[place] / 2
                text = f"{shares[place]:.0%}"
                panel.text(place, middle, text, ha="center", va="center", color=ink)
            bottom += shares
        panel.set_xticks(places, [functions.label(name) for name in spec.activations])
        panel.set_title(LOSS_LABELS[loss])
        panel.grid(visible=False)
    axes[0, 0].set_ylabel("share of initialisations")
    figure.legend(*axes[0, 0].get_legend_handles_labels(), loc="outside lower center", ncols=4)
    seeds = int(rates["seeds"].max())
    figure.suptitle(f"Outcomes of {seeds:,} initialisations: {_setting(spec)}")
    return figure


def _curve_figure(spec, curves, costs):
    losses, activations = spec.losses, spec.activations
    figure, axes = drawing.panels(
        len(losses) + 1, len(activations), width=3.1, height=2.3, sharex=True, sharey="row"
    )
    for column, activation in zip(axes.T, activations, strict=True):
        for panel, loss in zip(column, losses, strict=False):
            color, dash = LOSS_STYLES[loss]
            rows, counts = (
                measured.rows(table, activation=activation, loss=loss) for table in (curves, costs)
            )
            _quantile_bands(panel, counts, color, dash)
            for state, state_dash in (("solved", dash), ("finite", ":")):
                column[-1].plot(
                    rows["step"],
                    rows[state] / rows["seeds"],
                    state_dash,
                    color=color,
                    linewidth=1.5,
                    label=f"{state}, {LOSS_LABELS[loss]}",
                )
        column[0].set_title(functions.label(activation))
        column[-1].set_ylim(-0.03, 1.05)
        _label_steps(column[-1], curves["step"].max())
    for panel, loss in zip(axes[:, 0], losses, strict=False):
        panel.set_ylabel(f"cost (nats),\n{LOSS_LABELS[loss]}")
    axes[-1, 0].set_ylabel("share of seeds")
    handles = [*axes[0, 0].get_legend_handles_labels()[0], *axes[-1, 0].lines]
    figure.legend(handles=handles, loc="outside lower center", ncols=4)
    figure.suptitle(f"Cost and share solved during training: {_setting(spec)}")
    return figure


def _quantile_bands(panel: "Axes", counts, color, dash):
    """Draws quantiles of the cost over the seeds whose cost is finite, read from the counts."""
    steps = sorted(counts["step"].unique())
    quantiles = []
    for _, at_step in counts.groupby("step"):
        shares = np.maximum.accumulate(at_step["count"] / at_step["finite"])
        quantiles.append(np.interp((0.05, 0.25, 0.5, 0.75, 0.95), shares, np.log(at_step["below"])))
    q05, q25, q50, q75, q95 = np.exp(np.array(quantiles).T)
    for low, high, percent, alpha in ((q05, q95, 90, 0.18), (q25, q75, 50, 0.35)):
        label = f"middle {percent} % of finite seeds"
        panel.fill_between(steps, low, high, color=color, alpha=alpha, linewidth=0, label=label)
    panel.plot(steps, q50, dash, color=color, label="median")
    panel.axhline(xor.PLATEAU_COST, color=drawing.BLACK, linewidth=0.8, label="every answer 1/2")
    panel.set(yscale="log", ylim=(1e-5, 10))


def _label_steps(panel: "Axes", last: int):
    """Labels the start, the middle and the end of an axis of steps."""
    ticks = [0, last // 2, last]
    panel.set_xlabel("step")
    panel.set_xticks(ticks, [f"{tick:,}" for tick in ticks])


def _single_seed_figure(spec, single_seed):
    single_seed = measured.rows(single_seed, loss="document")
    last = single_seed["step"].max()
    figure, axes = drawing.panels(
        2, len(spec.activations), width=3.0, height=2.4, sharex=True, sharey="row"
    )
    for (cost, accuracy), activation in zip(axes.T, spec.activations, strict=True):
        rows = measured.rows(single_seed, activation=activation)
        color = functions.color(activation)
        cost.plot(rows["step"], rows["cost"], color=color)
        accuracy.plot(rows["step"], rows["accuracy"], color=color)
        cost.set_title(functions.label(activation))
        if rows["cost"].isna().all():
            cost.text(last / 2, 0.6, "NaN from the start", ha="center")
        accuracy.set_ylim(-0.05, 1.05)
        _label_steps(accuracy, last)
    axes[0, 0].set(ylabel="cost (nats)", ylim=(0, 1.5))
    axes[1, 0].set_ylabel("accuracy")
    figure.suptitle("Cost and accuracy of the first seed under the post's loss, as the post shows")
    return figure
