"""Draws how often networks become NaN, curves like the post's, and what precedes the NaN."""

import itertools

import numpy as np

from reproductions.evidence import drawing, functions, measured
from reproductions.evidence.statistics import wilson
from reproductions.evidence.verdicts import Tables
from reproductions.experiments.xor.xor_nan.run import PERCENTILES, Spec


def figures(spec: Spec, tables: Tables) -> drawing.Figures:
    """How often the cost becomes NaN; curves like the post's; logits and gradients just before."""
    return {
        "events": lambda: _event_figure(spec, tables["events"]),
        "like_the_post": lambda: _curve_figure(spec, tables["curve"]),
        "before": lambda: _before_figure(spec, tables["before"]),
    }


SATURATION_LOGIT = 17
"""Above it the sigmoid is exactly 1 in float32."""


def _event_figure(spec, events):
    labels = {
        "non_finite": "cost becomes NaN",
        "at_first_update": "... at the first update",
        "reached_accuracy_1": "... after accuracy 1",
        "late": f"... after step {spec.late:,}",
        "like_post": "... after both, as in the post",
    }
    rates = sorted(events["rate"].unique())
    figure, axes = drawing.panels(1, len(rates), width=5.0, height=3.6, sharey=True, sharex=True)
    places = np.arange(len(labels))
    for panel, rate in zip(axes[0], rates, strict=True):
        for i, activation in enumerate(spec.activations):
            row = measured.row(events, activation=activation, rate=rate)
            counts = row[list(labels)]
            shares = counts.to_numpy(float) / row["seeds"]
            ends = np.array([wilson(count, row["seeds"]) for count in counts])
            panel.errorbar(
                shares,
                places + 0.17 * (i - (len(spec.activations) - 1) / 2),
                xerr=np.abs(ends.T - shares),
                fmt="osD^vPX*"[i],
                capsize=2,
                linewidth=1,
                markersize=5,
                color=functions.color(activation),
                label=functions.label(activation),
            )
        panel.set_yticks(places, labels.values())
        panel.set(title=f"learning rate {rate:g}", xlabel="share of seeds, with 95 % interval")
        panel.set_xscale("symlog", linthresh=0.001)
        panel.set_xlim(-0.0003, 1)
        panel.set_xticks([0, 0.001, 0.01, 0.1, 1], ["0", "0.1 %", "1 %", "10 %", "100 %"])
    axes[0, 0].invert_yaxis()
    figure.legend(*axes[0, 0].get_legend_handles_labels(), loc="outside lower center", ncols=4)
    figure.suptitle("Share of seeds whose cost becomes NaN under the post's loss, and when")
    return figure


def _curve_figure(spec, curve):
    curve = curve[(curve["seed"] >= 0) & (curve["rate"] == curve["rate"].min())]
    shown = [name for name in spec.activations if name in set(curve["activation"])]
    figure, axes = drawing.panels(1, max(1, len(shown)), width=5.0, height=3.4, sharey=True)
    if not shown:
        axes[0, 0].text(0.5, 0.5, "no seed of this run has such a curve", ha="center")
    for panel, activation in zip(axes[0], shown, strict=False):
        rows = measured.rows(curve, activation=activation)
        panel.plot(rows["step"], rows["cost"], color=drawing.VERMILION, label="cost (nats)")
        panel.plot(rows["step"], rows["accuracy"], "--", color=drawing.BLUE, label="accuracy")
        start, last = rows.loc[rows["cost"].isna(), "step"].min(), rows["step"].max()
        panel.axvspan(start, last, color="#E4E4E4", linewidth=0)
        panel.text((start + last) / 2, 0.75, "cost\nNaN", ha="center", va="center")
        panel.set(xlabel="step", ylim=(-0.03, 1.2))
        panel.set_title(f"{functions.label(activation)}, seed {rows['seed'].iloc[0]:.0f}")
        panel.legend(loc="center", bbox_to_anchor=(0.42, 0.5))
    figure.suptitle("For each activation, the first seed whose curve looks like the post's")
    return figure


def _before_figure(spec, before):
    rows = before[before["rate"] == before["rate"].min()].set_index(["activation", "moment"])
    quantities = {"logit": "largest |logit|", "first_gradient": "gradient norm, first layer"}
    figure, axes = drawing.panels(1, len(quantities), width=4.6, height=3.2, sharey=True)
    keys = itertools.product(spec.activations, ("start", "before the NaN"))
    keys = [key for key in keys if rows.loc[key, "seeds"] > 0]
    for panel, (quantity, label) in zip(axes[0], quantities.items(), strict=True):
        for y, (activation, moment) in enumerate(keys):
            row = rows.loc[(activation, moment)]
            low, middle, high = (row[f"{quantity}_q{percent}"] for percent in PERCENTILES)
            filled = "full" if moment == "start" else "none"
            color = functions.color(activation)
            panel.plot([low, high], [y, y], color=color, linewidth=1.5)
            panel.plot([middle], [y], "o", color=color, fillstyle=filled, markersize=7)
        panel.set(xscale="log", xlabel=f"{label}: median, 10 % to 90 %")
        panel.set_yticks(
            range(len(keys)), [f"{functions.label(name)}, {moment}" for name, moment in keys]
        )
    axes[0, 0].axvline(
        SATURATION_LOGIT,
        color=drawing.GREY,
        linestyle=":",
        label="at larger logits the sigmoid is exactly 1 in float32",
    )
    axes[0, 0].invert_yaxis()
    figure.legend(*axes[0, 0].get_legend_handles_labels(), loc="outside lower center")
    figure.suptitle("Just before the NaN, logits are large and gradients have not vanished")
    return figure
