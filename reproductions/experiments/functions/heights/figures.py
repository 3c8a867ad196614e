"""Draws the two populations, the information that thresholds keep, and the learned units."""

import numpy as np
import pandas as pd

from reproductions.evidence import drawing, functions, measured
from reproductions.evidence.verdicts import Tables
from reproductions.experiments.functions.heights.run import Spec


def figures(spec: Spec, tables: Tables) -> drawing.Figures:
    """The document's two-part figure, the information kept, and the learned coefficients."""
    posterior, named = tables["posterior"], tables["named_heights"]
    return {
        "heights": lambda: _draw_heights(posterior, named),
        "information": lambda: _draw_information(tables["information"], named),
        "learned_units": lambda: _draw_units(spec, tables["units"], posterior),
    }


def _draw_heights(posterior: pd.DataFrame, named: pd.DataFrame):
    figure, ((upper,), (lower,)) = drawing.panels(rows=2, width=6.5, height=3, sharex=True)
    height = posterior["height_cm"]
    for sex, color, dash in (("women", drawing.ORANGE, "-"), ("men", drawing.BLUE, "--")):
        density = posterior[f"density_{sex}"]
        upper.plot(height, density, color=color, linestyle=dash, label=sex)
        upper.fill_between(height, density, color=color, alpha=0.15, linewidth=0)
    upper.set(
        title="The heights of women and men overlap", ylabel="density  (1/cm)", ylim=(0, None)
    )
    upper.legend(loc="upper right")

    lower.plot(
        height,
        posterior["threshold_answer"],
        drawstyle="steps-pre",  # at the threshold itself the answer is still 0
        label="threshold at the midpoint: 0 or 1",
        **functions.style("threshold"),
    )
    lower.plot(
        height,
        posterior["sigmoid"],
        label="sigmoid: the probability of a man",
        **functions.style("sigmoid"),
    )
    for row in named.itertuples():
        place = ((-8, 9), "right") if row.posterior_man < 0.5 else ((8, -14), "left")
        _mark(lower, row.height_cm, row.posterior_man, *place)
    lower.set(
        title="The threshold answers as if there were no overlap",
        xlabel="height  (cm)",
        ylabel="answer or probability",
        ylim=(-0.05, 1.05),
    )
    lower.legend(loc="center left", bbox_to_anchor=(0, 0.62))
    return figure


def _mark(axes, height_cm: float, value: float, offset: tuple[int, int], alignment: str) -> None:
    """A point with its height and its value written beside it; the offset is in points."""
    axes.plot(height_cm, value, "o", color=drawing.VERMILION)
    axes.annotate(
        f"{height_cm:g} cm: {value:.3f}",
        (height_cm, value),
        xytext=offset,
        textcoords="offset points",
        ha=alignment,
        color=drawing.VERMILION,
    )


def _draw_information(information: pd.DataFrame, named: pd.DataFrame):
    figure, ((axes,),) = drawing.panels(width=6, height=3.6)
    answers = measured.rows(information, signal="threshold answer")
    axes.axhline(
        measured.row(information, signal="probability")["information_bits"],
        color=drawing.BLUE,
        label="the probability (all that the height tells)",
    )
    axes.plot(
        answers["threshold_cm"],
        answers["information_bits"],
        color=drawing.BLACK,
        linestyle="--",
        label="the answer of a threshold",
    )
    best_cm = answers["threshold_cm"][answers["information_bits"].idxmax()]
    marked = answers[answers["threshold_cm"].isin([*named["height_cm"], best_cm])]
    for row in marked.itertuples():
        place = ((-8, 2), "right") if row.threshold_cm < best_cm else ((8, 2), "left")
        if row.threshold_cm == best_cm:
            place = ((0, 8), "center")
        _mark(axes, row.threshold_cm, row.information_bits, *place)
    axes.set(
        title="Every threshold loses some of what a height tells about the sex",
        xlabel="threshold  (cm)",
        ylabel="mutual information with the sex  (bits)",
        ylim=(0, 0.65),
    )
    axes.legend(loc="upper right")
    return figure


def _draw_units(spec: Spec, units: pd.DataFrame, posterior: pd.DataFrame):
    from scipy.special import expit
    from scipy.stats import chi2

    figure, ((left, right),) = drawing.panels(columns=2, width=4.2, height=3.6)
    height = posterior["height_cm"].to_numpy()
    curves = expit(np.outer(units["slope_per_cm"], height) + units["bias"].to_numpy()[:, None])
    left.fill_between(
        height,
        curves.min(axis=0),
        curves.max(axis=0),
        color=drawing.SKY,
        linewidth=0,
        label=f"range of {len(units)} trained units",
    )
    left.plot(height, posterior["posterior_man"], color=drawing.BLACK, label="true posterior")
    left.set(
        title="The posterior that the units learned",
        xlabel="height  (cm)",
        ylabel="probability of a man",
    )
    left.legend(loc="upper left")

    covered = units["joint_chi2"] < chi2(2).ppf(0.95)
    for chosen, marker, size, color, label in (
        (units[covered], "o", 4, drawing.BLUE, "95 % region holds the true ones"),
        (units[~covered], "x", 6, drawing.VERMILION, "it does not"),
    ):
        right.plot(
            -chosen["bias"] / chosen["slope_per_cm"],
            chosen["slope_per_cm"],
            marker,
            color=color,
            markersize=size,
            alpha=0.7,
            label=f"{label}: {len(chosen)} units",
        )
    truth = {"color": drawing.BLACK, "markersize": 16, "label": "true coefficients"}
    right.plot(spec.midpoint_cm, spec.slope_per_cm, "+", **truth)
    right.set(
        title="Their coefficients lie around the true ones",
        xlabel="height at which the output is 1/2  (cm)",
        ylabel="weight  (1/cm)",
    )
    right.margins(y=0.12)
    low, high = right.get_ylim()
    right.set_ylim(low, high + 0.35 * (high - low))  # room for the legend
    right.legend(loc="upper left")
    return figure
