"""The figures, drawn from the tables."""

import numpy as np

from reproductions.evidence import drawing
from reproductions.experiments.functions.softmax_temperature.run import Spec


def figures(spec: Spec, tables) -> drawing.Figures:
    """The listing's vector, the slide's bars, entropy against temperature, all that fit."""
    return {
        "listing_vector": lambda: _listing_figure(tables),
        "temperature_bars": lambda: _bars_figure(spec, tables),
        "entropy_curve": lambda: _curve_figure(spec, tables),
        "solutions": lambda: _solutions_figure(spec, tables),
    }


def _listing_figure(tables):
    figure, ((axes,),) = drawing.panels(width=5.8, height=3.6)
    frame = tables["listing"]
    bars = axes.bar(frame["class"], frame["probability"], color=drawing.BLUE)
    axes.bar_label(bars, [f"{p:.3f}" for p in frame["probability"]], padding=2, fontsize=9)
    axes.set_xticks(frame["class"], [f"{x:g}" for x in frame["logit"]])
    axes.set(
        title=f"Softmax of the {drawing.in_words(len(frame))} printed logits",
        xlabel="logit",
        ylabel="probability",
        ylim=(0, max(0.7, 1.1 * frame["probability"].max())),
    )
    axes.grid(axis="x", visible=False)
    return figure


def _bars_figure(spec, tables):
    figure, (row,) = drawing.panels(1, 4, width=2.9, height=2.9)
    chosen = tables["solutions"].query("solution == 'evenly spaced'")
    row[0].bar(chosen["rank"], chosen["logit"], color=drawing.GREY)
    row[0].set(title="before softmax", ylabel="logit, the greatest at 0")
    points = tables["entropies"].query("solution == 'evenly spaced'")
    for axes, point in zip(row[1:], points.itertuples(), strict=True):
        bars = tables["bars"].query("temperature == @point.temperature")
        axes.bar(bars["rank"], bars["probability"], color=drawing.BLUE)
        axes.set(
            title=f"T = {point.temperature:g}: entropy {point.entropy_nats:.3g}",
            ylabel="probability",
            ylim=(0, 1.05),
        )
    for axes in row:
        axes.set(xlabel="class, by rank", xticks=range(1, spec.classes + 1))
        axes.grid(axis="x", visible=False)
    logits = drawing.in_words(spec.classes).capitalize()
    figure.suptitle(
        f"{logits} logits that give the slide's three entropies (in nats)", x=0.01, ha="left"
    )
    return figure


def _curve_figure(spec, tables):
    figure, (row,) = drawing.panels(1, 2, width=4.6, height=3.6, sharex=True)
    curve = tables["entropy_curve"]
    points = tables["entropies"].query("solution == 'evenly spaced'")
    apart = (curve["highest"] - curve["lowest"]).max()
    count = tables["entropies"]["solution"].nunique()
    for axes in row:
        axes.plot(
            curve["temperature"],
            curve["evenly_spaced"],
            color=drawing.BLUE,
            label=f"evenly spaced logits\n(all {count} vectors: within {apart:.2g})",
        )
        axes.plot(
            points["temperature"],
            points["printed"],
            "o",
            color=drawing.VERMILION,
            label="printed on the slide",
        )
        axes.set_xscale("log")
        axes.minorticks_off()
        axes.set_xlabel("temperature T")
    most = np.log(spec.classes)
    row[0].axhline(most, color=drawing.GREY, linestyle="--", linewidth=1)
    row[0].annotate(f"ln {spec.classes}: all classes alike", (0.011, most), xytext=(0, 3),
                    textcoords="offset points", fontsize=9)  # fmt: skip
    row[0].set(title="Entropy against temperature", ylabel="entropy in nats")
    row[0].set_ylim(-0.05, round(most + 0.3, 1))
    row[1].set(title="The same on a logarithmic scale", ylabel="entropy in nats", yscale="log")
    row[1].legend(loc="lower right")
    figure.suptitle(
        "Entropy rises with temperature; the slide's last two lines say that it falls",
        x=0.01,
        ha="left",
    )
    return figure


def _solutions_figure(spec, tables):
    figure, ((axes,),) = drawing.panels(width=6.4, height=4.2)
    frame = tables["solutions"]
    kinds = (
        ("random", {"color": drawing.SKY, "lw": 0.8, "alpha": 0.7}, "from random starts"),
        ("two", {"color": drawing.ORANGE, "lw": 1.2, "ls": (0, (4, 2))}, "two levels below"),
        ("evenly spaced", {"color": drawing.BLUE, "marker": "o"}, "evenly spaced below"),
    )
    for begin, style, label in kinds:
        chosen = frame[frame["solution"].str.startswith(begin)]
        for _, row in chosen.groupby("solution"):
            axes.plot(row["rank"], row["logit"], label=label, **style)
            label = None
    second = frame.query("rank == 2")["logit"].iloc[0]
    gap = tables["gap"]
    axes.annotate(
        f"pinned: {gap['low'].min():.4f} to {gap['high'].max():.4f} below the first",
        (2, second),
        xytext=(14, 6),
        textcoords="offset points",
        fontsize=9,
    )
    axes.set(
        title="Many logit vectors give the three printed entropies",
        xlabel="rank of the class",
        ylabel="logit, the greatest at 0",
        xticks=range(1, spec.classes + 1),
    )
    axes.legend(loc="lower left")
    return figure
