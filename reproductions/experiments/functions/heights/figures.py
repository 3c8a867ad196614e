"""The figures, drawn from the tables."""

import numpy as np

from reproductions.evidence import drawing, functions
from reproductions.experiments.functions.heights.run import Spec


def figures(spec: Spec, tables) -> drawing.Figures:
    """The document's two-part figure, the information kept, and the learned coefficients."""
    return {
        "heights": lambda: _draw_heights(tables),
        "information": lambda: _draw_information(tables),
        "learned_units": lambda: _draw_units(spec, tables),
    }


def _draw_heights(tables):
    posterior, named = tables["posterior"], tables["named_heights"]
    figure, ((upper,), (lower,)) = drawing.panels(rows=2, width=6.5, height=3, sharex=True)
    height = posterior["height_cm"]
    for name, color, dash in (("women", drawing.ORANGE, "-"), ("men", drawing.BLUE, "--")):
        density = posterior[f"density_{name}"]
        upper.plot(height, density, color=color, linestyle=dash, label=name)
        upper.fill_between(height, density, color=color, alpha=0.15, linewidth=0)
    upper.set(title="Heights of women and men overlap", ylabel="density  (1/cm)", ylim=(0, None))
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
        label="sigmoid = P(man | height)",
        **functions.style("sigmoid"),
    )
    lower.plot(named["height_cm"], named["posterior_man"], "o", color=drawing.VERMILION)
    for row in named.itertuples():
        left = row.posterior_man < 0.5
        lower.annotate(
            f"{row.height_cm:g} cm: {row.posterior_man:.3f}",
            (row.height_cm, row.posterior_man),
            xytext=(-8, 9) if left else (8, -14),
            textcoords="offset points",
            ha="right" if left else "left",
            color=drawing.VERMILION,
        )
    lower.set(
        title="The threshold answers as if there were no overlap",
        xlabel="height  (cm)",
        ylabel="is it a man?",
        ylim=(-0.05, 1.05),
    )
    lower.legend(loc="center left", bbox_to_anchor=(0, 0.62))
    return figure


def _draw_information(tables):
    information, named = tables["information"], tables["named_heights"]
    figure, ((axes,),) = drawing.panels(width=6, height=3.6)
    answer = information[information["signal"] == "threshold answer"]
    bits = information.set_index("signal")["information_bits"]
    axes.axhline(
        bits["probability"], color=drawing.BLUE, label="the probability (all that the height tells)"
    )
    axes.plot(
        answer["threshold_cm"],
        answer["information_bits"],
        color=drawing.BLACK,
        linestyle="--",
        label="the answer of a threshold",
    )
    best = answer.loc[answer["information_bits"].idxmax()]
    marked = answer[answer["threshold_cm"].isin([*named["height_cm"], best["threshold_cm"]])]
    axes.plot(marked["threshold_cm"], marked["information_bits"], "o", color=drawing.VERMILION)
    for row in marked.itertuples():
        middle = row.threshold_cm == best["threshold_cm"]
        left = row.threshold_cm < best["threshold_cm"]
        axes.annotate(
            f"{row.threshold_cm:g} cm: {row.information_bits:.3f}",
            (row.threshold_cm, row.information_bits),
            xytext=(0, 8) if middle else ((-8, 2) if left else (8, 2)),
            textcoords="offset points",
            ha="center" if middle else ("right" if left else "left"),
            color=drawing.VERMILION,
        )
    axes.set(
        title="Every threshold loses some of what a height tells",
        xlabel="threshold  (cm)",
        ylabel="information about the sex  (bits)",
        ylim=(0, 0.65),
    )
    axes.legend(loc="upper right")
    return figure


def _draw_units(spec, tables):
    from scipy.special import expit
    from scipy.stats import chi2

    units, posterior = tables["units"], tables["posterior"]
    figure, ((left, right),) = drawing.panels(columns=2, width=4.2, height=3.6)
    height = posterior["height_cm"].to_numpy()
    curves = expit(np.outer(units["slope_per_cm"], height) + units["bias"].to_numpy()[:, None])
    left.fill_between(
        height,
        curves.min(axis=0),
        curves.max(axis=0),
        color=drawing.SKY,
        linewidth=0,
        label=f"all of {len(units)} trained units",
    )
    left.plot(height, posterior["posterior_man"], color=drawing.BLACK, label="true posterior")
    left.set(title="What the units learned", xlabel="height  (cm)", ylabel="P(man)")
    left.legend(loc="upper left")

    inside = units["joint_chi2"] < chi2(2).ppf(0.95)
    middle = -units["bias"] / units["slope_per_cm"]
    for held, marker, color, label in (
        (inside, "o", drawing.BLUE, "95 % region holds the truth"),
        (~inside, "x", drawing.VERMILION, "it does not"),
    ):
        right.plot(
            middle[held],
            units["slope_per_cm"][held],
            marker,
            color=color,
            markersize=4 if marker == "o" else 6,
            alpha=0.7,
            label=f"{label}: {held.sum()}",
        )
    right.plot(
        spec.midpoint_cm, spec.slope_per_cm, "+", color=drawing.BLACK, markersize=16, label="truth"
    )
    right.set(
        title="Their coefficients",
        xlabel="height answered with 1/2  (cm)",
        ylabel="slope  (1/cm)",
    )
    right.margins(y=0.12)
    low, high = right.get_ylim()
    right.set_ylim(low, high + 0.35 * (high - low))  # room for the legend
    right.legend(loc="upper left")
    return figure
