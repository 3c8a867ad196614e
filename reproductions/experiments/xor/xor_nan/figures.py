"""The figures, drawn from the tables."""

import itertools

import numpy as np

from reproductions.evidence import drawing, functions
from reproductions.evidence.statistics import wilson
from reproductions.experiments.xor.xor_nan.run import Spec


def figures(spec: Spec, tables) -> drawing.Figures:
    """Whose cost becomes NaN; a curve like the post's; logits and gradients just before."""
    return {
        "events": lambda: _event_figure(spec, tables["events"]),
        "like_the_post": lambda: _curve_figure(spec, tables["curve"]),
        "before": lambda: _before_figure(spec, tables["before"]),
    }


def _event_figure(spec, events):
    labels = {
        "non_finite": "cost becomes NaN",
        "at_first_update": "... at the first update",
        "reached_accuracy_1": "... after accuracy 1",
        "late": f"... after step {spec.late:,}",
        "like_post": "... both: the post's curve",
    }
    rates = sorted(events["rate"].unique())
    figure, axes = drawing.panels(1, len(rates), width=5.0, height=3.6, sharey=True, sharex=True)
    for panel, rate in zip(axes[0], rates, strict=True):
        rows = events[events["rate"] == rate].set_index("activation")
        for i, activation in enumerate(spec.activations):
            counts, seeds = rows.loc[activation, list(labels)], rows.loc[activation, "seeds"]
            shares = counts.to_numpy(float) / seeds
            ends = np.array([wilson(count, seeds) for count in counts])
            panel.errorbar(
                shares,
                np.arange(len(labels)) + 0.17 * (i - (len(spec.activations) - 1) / 2),
                xerr=np.abs(ends.T - shares),
                fmt="osD^vPX*"[i],
                color=functions.color(activation),
                capsize=2,
                linewidth=1,
                markersize=5,
                label=functions.label(activation),
            )
        panel.set_yticks(range(len(labels)), labels.values())
        panel.set(title=f"learning rate {rate:g}", xlabel="share of seeds, with 95 % interval")
        panel.set_xscale("symlog", linthresh=0.001)
        panel.set_xlim(-0.0003, 1)
        panel.set_xticks([0, 0.001, 0.01, 0.1, 1], ["0", "0.1 %", "1 %", "10 %", "100 %"])
    axes[0, 0].invert_yaxis()
    figure.legend(*axes[0, 0].get_legend_handles_labels(), loc="outside lower center", ncols=4)
    figure.suptitle("Whose cost becomes NaN under the post's loss, and when")
    return figure


def _curve_figure(spec, curve):
    curve = curve[(curve["seed"] >= 0) & (curve["rate"] == curve["rate"].min())]
    shown = [name for name in spec.activations if name in set(curve["activation"])]
    figure, axes = drawing.panels(1, max(1, len(shown)), width=5.0, height=3.4, sharey=True)
    if not shown:
        axes[0, 0].text(0.5, 0.5, "no seed of this run shows it", ha="center")
    for panel, activation in zip(axes[0], shown, strict=False):
        rows = curve[curve["activation"] == activation]
        panel.plot(rows["step"], rows["cost"], color=drawing.VERMILION, label="cost (nats)")
        panel.plot(rows["step"], rows["accuracy"], "--", color=drawing.BLUE, label="accuracy")
        start = rows.loc[rows["cost"].isna(), "step"].min()
        panel.axvspan(start, rows["step"].max(), color="#E4E4E4", linewidth=0)
        panel.text((start + rows["step"].max()) / 2, 0.75, "cost\nNaN", ha="center", va="center")
        panel.set(
            title=f"{functions.label(activation)}, seed {rows['seed'].iloc[0]:.0f}", xlabel="step"
        )
        panel.set_ylim(-0.03, 1.2)
        panel.legend(loc="center", bbox_to_anchor=(0.42, 0.5))
    figure.suptitle("The first seed of each activation whose curve is the post's")
    return figure


def _before_figure(spec, before):
    before = before[before["rate"] == before["rate"].min()]
    panels = {"logit": "largest |logit|", "first_gradient": "gradient norm, first layer"}
    figure, axes = drawing.panels(1, len(panels), width=4.6, height=3.2, sharey=True)
    places = itertools.product(spec.activations, ("start", "before the NaN"))
    rows = before.set_index(["activation", "moment"])
    places = [place for place in places if rows.loc[place, "seeds"] > 0]
    for panel, (quantity, label) in zip(axes[0], panels.items(), strict=True):
        for y, (activation, moment) in enumerate(places):
            low, middle, high = (
                rows.loc[(activation, moment), f"{quantity}_q{q}"] for q in (10, 50, 90)
            )
            filled = "full" if moment == "start" else "none"
            color = functions.color(activation)
            panel.plot([low, high], [y, y], color=color, linewidth=1.5)
            panel.plot([middle], [y], "o", color=color, fillstyle=filled, markersize=7)
        panel.set(xscale="log", xlabel=f"{label}: median, 10 % to 90 %")
        panel.set_yticks(
            range(len(places)), [f"{functions.label(name)}, {moment}" for name, moment in places]
        )
    axes[0, 0].axvline(
        17, color=drawing.GREY, linestyle=":", label="float32 sigmoid is exactly 1 above"
    )
    axes[0, 0].invert_yaxis()
    figure.legend(*axes[0, 0].get_legend_handles_labels(), loc="outside lower center")
    figure.suptitle("Networks about to break have huge logits, and no vanished gradient")
    return figure
