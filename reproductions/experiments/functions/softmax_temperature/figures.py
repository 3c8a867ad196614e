"""Draws the printed vector, the slide's bars, entropy against temperature, and the solutions."""

import numpy as np
import pandas as pd

from reproductions.evidence import drawing, measured
from reproductions.evidence.verdicts import Tables
from reproductions.experiments.functions.softmax_temperature.run import Spec


def figures(spec: Spec, tables: Tables) -> drawing.Figures:
    """The listing's vector, the slide's bars, entropy against temperature, all solutions."""
    return {
        "listing_vector": lambda: _draw_listing(tables["listing"]),
        "temperature_bars": lambda: _draw_bars(spec, tables),
        "entropy_curve": lambda: _draw_entropy_curve(spec, tables),
        "solutions": lambda: _draw_solutions(spec, tables["solutions"], tables["gap"]),
    }


def _draw_listing(listing: pd.DataFrame):
    figure, ((axes,),) = drawing.panels(width=5.8, height=3.6)
    probability = listing["probability"]
    bars = axes.bar(listing["class"], probability, color=drawing.BLUE)
    axes.bar_label(bars, [f"{p:.3f}" for p in probability], padding=2, fontsize=9)
    axes.set_xticks(listing["class"], [f"{x:g}" for x in listing["logit"]])
    axes.set(
        title=f"Softmax of the {drawing.in_words(len(listing))} printed logits",
        xlabel="logit",
        ylabel="probability",
        ylim=(0, max(0.7, 1.1 * probability.max())),
    )
    axes.grid(axis="x", visible=False)
    return figure


def _draw_bars(spec: Spec, tables: Tables):
    figure, (row,) = drawing.panels(1, 4, width=2.9, height=2.9)
    solution = measured.rows(tables["solutions"], solution="evenly spaced")
    row[0].bar(solution["rank"], solution["logit"], color=drawing.GREY)
    row[0].set(title="before softmax", ylabel="logit, the greatest at 0")
    entropies = measured.rows(tables["entropies"], solution="evenly spaced")
    for axes, entropy in zip(row[1:], entropies.itertuples(), strict=True):
        bars = measured.rows(tables["bars"], temperature=entropy.temperature)
        axes.bar(bars["rank"], bars["probability"], color=drawing.BLUE)
        axes.set(
            title=f"T = {entropy.temperature:g}: entropy {entropy.entropy_nats:.3g}",
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


def _draw_entropy_curve(spec: Spec, tables: Tables):
    figure, (row,) = drawing.panels(1, 2, width=4.6, height=3.6, sharex=True)
    curve = tables["entropy_curve"]
    printed = measured.rows(tables["entropies"], solution="evenly spaced")
    spread_nats = (curve["highest"] - curve["lowest"]).max()
    count = tables["entropies"]["solution"].nunique()
    for axes in row:
        label = f"evenly spaced logits\n(all {count} vectors differ by {spread_nats:.2g} at most)"
        axes.plot(curve["temperature"], curve["evenly_spaced"], color=drawing.BLUE, label=label)
        axes.plot(
            printed["temperature"],
            printed["printed"],
            "o",
            color=drawing.VERMILION,
            label="printed on the slide",
        )
        axes.set(xscale="log", xlabel="temperature T", ylabel="entropy  (nats)")
        axes.minorticks_off()
    greatest = np.log(spec.classes)
    row[0].axhline(greatest, color=drawing.GREY, linestyle="--", linewidth=1)
    label = f"ln {spec.classes}: all classes equally probable"
    above = {"xytext": (0, 3), "textcoords": "offset points"}
    row[0].annotate(label, (0.011, greatest), fontsize=9, **above)
    row[0].set(title="Entropy against temperature", ylim=(-0.05, round(greatest + 0.3, 1)))
    row[1].set(title="The same on a logarithmic scale", yscale="log")
    row[1].legend(loc="lower right")
    figure.suptitle(
        "Entropy rises with temperature; the slide's last two lines say that it falls",
        x=0.01,
        ha="left",
    )
    return figure


def _draw_solutions(spec: Spec, solutions: pd.DataFrame, gap: pd.DataFrame):
    figure, ((axes,),) = drawing.panels(width=6.4, height=4.2)
    kinds = (
        ("random", {"color": drawing.SKY, "lw": 0.8, "alpha": 0.7}, "from random starts"),
        (
            "two",
            {"color": drawing.ORANGE, "lw": 1.2, "ls": (0, (4, 2))},
            "third to last on two levels",
        ),
        ("evenly spaced", {"color": drawing.BLUE, "marker": "o"}, "third to last evenly spaced"),
    )
    for beginning, style, label in kinds:
        of_kind = solutions[solutions["solution"].str.startswith(beginning)]
        for place, (_, solution) in enumerate(of_kind.groupby("solution")):
            once = None if place else label  # each kind stands in the legend once
            axes.plot(solution["rank"], solution["logit"], label=once, **style)
    second = measured.rows(solutions, rank=2)["logit"].iloc[0]
    axes.annotate(
        f"must be {gap['low'].min():.4f} to {gap['high'].max():.4f} below the first",
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
