"""Draws the paths of two weights, path lengths by batch, and what lengthens a path."""

import itertools
from typing import TYPE_CHECKING, Any

import pandas as pd

from reproductions.evidence import drawing, functions
from reproductions.evidence.verdicts import Tables
from reproductions.experiments.gradients.zigzag.problems import (
    CONTROL_PAIRS,
    MEAN_PAIRS,
    OTHER_PAIRS,
    SHIFTS,
)
from reproductions.experiments.gradients.zigzag.run import COMMON, PLANE, TUNED, Spec

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure


def figures(spec: Spec, tables: Tables) -> drawing.Figures:
    """The paths in the plane, path lengths by batch, and what lengthens a path."""
    return {
        "plane": lambda: _plane_figure(tables["plane"]),
        "batches": lambda: _batch_figure(tables["paths"]),
        "causes": lambda: _cause_figure(spec, tables["unit_pairs"], tables["network_pairs"]),
    }


TITLES = {
    "sigmoid": "sigmoid",
    "rotated": "sigmoid, axes rotated",
    "sigmoid - 1/2": "sigmoid − 1/2",
    "tanh": "tanh",
    "tanh + 1": "tanh + 1",
    "relu": "ReLU",
    "relu - mean": "ReLU − its mean",
    "mirrored": "sigmoid, half the samples negated",
    "stretched tanh": "tanh stretched to the sigmoid's Hessian",
    "whitened": "sigmoid whitened, mean kept",
    "one at a time": "largest input alone, as 0 or √{width}",
}

MARKERS = dict(zip(SHIFTS, "osv^DP", strict=True))


def _plane_figure(plane: pd.DataFrame) -> "Figure":
    figure, axes = drawing.panels(1, len(PLANE), width=2.9, height=4.0)
    largest_batch = plane["batch"].max()
    full_style = {"color": drawing.ORANGE, "linestyle": (0, (4, 1))}
    for panel, name in zip(axes[0], PLANE, strict=True):
        paths = plane[plane["function"] == name]
        single, full = (paths[paths["batch"] == batch] for batch in (1, largest_batch))
        panel.plot(single["w1"], single["w2"], color=drawing.BLUE, linewidth=0.9)
        panel.plot(full["w1"], full["w2"], **full_style)
        first = single.iloc[0]
        panel.plot([0], [0], "o", color=drawing.BLACK, markersize=6)
        panel.plot(first["goal1"], first["goal2"], "*", color=drawing.VERMILION, markersize=13)
        text = f"{first['updates']:,} updates, {first['ratio']:.1f} times the distance"
        panel.set_title(f"{TITLES[name]}\n{text}", fontsize=9)
        panel.set(aspect="equal", xlabel="w₁")
        panel.set_adjustable("datalim")
    axes[0, 0].set_ylabel("w₂")
    handles = [
        *axes[0, 0].plot([], [], color=drawing.BLUE, label="single samples"),
        *axes[0, 0].plot([], [], **full_style, label=f"batches of {largest_batch}"),
        *axes[0, 0].plot([], [], "o", color=drawing.BLACK, label="start"),
        *axes[0, 0].plot([], [], "*", color=drawing.VERMILION, markersize=11, label="goal"),
    ]
    figure.legend(handles=handles, loc="outside lower center", ncols=4)
    figure.suptitle(
        "Paths of two weights, all at the same learning rate in units of 1 / (largest eigenvalue):"
        " with single samples they zigzag where the inputs have a large mean"
    )
    return figure


def _batch_figure(paths: pd.DataFrame) -> "Figure":
    lowest_rate = paths["rate"].iloc[0]
    figure, ((axes,),) = drawing.panels(width=6.8, height=5.0)
    for name, marker in MARKERS.items():
        color = functions.color(SHIFTS[name][0])
        dash = "-" if name in MEAN_PAIRS else (0, (3, 1))
        at_rate = paths[(paths["function"] == name) & (paths["rate"] == lowest_rate)]
        errors = drawing.error_bars(at_rate, "ratio")
        axes.errorbar(
            at_rate["batch"],
            at_rate["ratio"],
            yerr=errors,
            color=color,
            marker=marker,
            linestyle=dash,
            capsize=3,
            label=TITLES[name],
        )
        tuned = paths[(paths["function"] == name) & (paths["rate"] == TUNED)]
        axes.plot(
            tuned["batch"], tuned["ratio"], marker, color=color, markersize=8, fillstyle="none"
        )
    axes.axhline(1, color=drawing.GREY, linewidth=1, linestyle=":")
    axes.set_xscale("log", base=2)
    axes.set_yscale("log")
    _set_round_ticks(axes, "y", [1, 1.5, 2, 3, 4, 6, 8, 12])
    batches = sorted(paths["batch"].unique())
    axes.set_xticks(batches, [str(batch) for batch in batches])
    axes.set(xlabel="samples per update", ylabel="path length / displacement")
    axes.set_title(
        f"At rate {lowest_rate} / largest eigenvalue larger batches straighten the path (lines);\n"
        "at tuned rates inputs with a mean zigzag in batches too (hollow markers)",
        fontsize=10,
    )
    figure.legend(title="inputs of the unit", ncols=3, loc="outside lower center")
    return figure


def _set_round_ticks(axes: "Axes", axis: str, ticks: list[float]) -> None:
    """Labels the ticks of a log axis as plain numbers."""
    axes.minorticks_off()
    axes.set(**{f"{axis}ticks": ticks, f"{axis}ticklabels": [f"{tick:g}" for tick in ticks]})


RATE_STYLES = ((drawing.BLUE, "o"), (drawing.ORANGE, "s"), (drawing.BLACK, "D"))

NETWORK_STYLES = {COMMON: (drawing.GREEN, "^"), TUNED: (drawing.PURPLE, "v")}

QUANTITIES = {
    "length": ("ratio of path lengths", [0.5, 1, 1.5, 2, 3, 4]),
    "steps": ("ratio of updates needed", [0.5, 1, 2, 3, 5, 10, 20]),
}


def _cause_figure(spec: Spec, unit_pairs: pd.DataFrame, network_pairs: pd.DataFrame) -> "Figure":
    titles = {name: title.format(width=spec.width) for name, title in TITLES.items()}
    figure, axes = drawing.panels(2, 2, width=5.4, height=3.8, sharey="row")
    groups = {
        "Effect of the mean": tuple(MEAN_PAIRS.items()),
        "Controls and other pairs": (*CONTROL_PAIRS.items(), *OTHER_PAIRS),
    }
    for row_of_panels, (group, pairs) in zip(axes, groups.items(), strict=True):
        for panel, (quantity, (label, ticks)) in zip(
            row_of_panels, QUANTITIES.items(), strict=True
        ):
            for position, pair in enumerate(pairs):
                in_unit, in_network = (_single(rows, pair) for rows in (unit_pairs, network_pairs))
                rate_styles = itertools.cycle(RATE_STYLES)
                points = [(row, next(rate_styles)) for row in in_unit]
                if quantity == "length":
                    points += [(row, NETWORK_STYLES[row["rate"]]) for row in in_network]
                for place, (row, style) in enumerate(points, -1):
                    _interval_point(panel, row, quantity, position + 0.16 * place, *style)
                panel.plot(
                    in_unit[0][f"{quantity}_predicted"],
                    position,
                    "|",
                    color=drawing.VERMILION,
                    markersize=26,
                    markeredgewidth=1.5,
                )
            panel.axvline(1, color=drawing.GREY, linewidth=1, linestyle=":")
            panel.set_xscale("log")
            _set_round_ticks(panel, "x", ticks)
            panel.set(title=group, xlabel=label)
            names = [f"{titles[name]}\nagainst {titles[against]}" for name, against in pairs]
            panel.set_yticks(range(len(pairs)), names, fontsize=8)
        row_of_panels[0].invert_yaxis()
    rates = unit_pairs["rate"].drop_duplicates()
    labels = ["tuned rate" if r == TUNED else f"rate {r} / largest eigenvalue" for r in rates]
    labels += [f"in a network, {name} rate" for name in NETWORK_STYLES]
    styles = [*itertools.islice(itertools.cycle(RATE_STYLES), len(rates)), *NETWORK_STYLES.values()]
    labels.append("predicted for small steps from the Hessian")
    styles.append((drawing.VERMILION, "|"))
    handles = [
        axes[0, 0].plot([], [], marker, color=color, label=label, markersize=7)[0]
        for label, (color, marker) in zip(labels, styles, strict=True)
    ]
    figure.legend(handles=handles, loc="outside lower center", ncols=3)
    figure.suptitle(
        "What lengthens the path of single samples: ratios over the same seeds, 95 % intervals"
    )
    return figure


def _single(rows: pd.DataFrame, pair: tuple[str, str]) -> list[dict[str, Any]]:
    """The rows of a pair on single samples, one for each rate."""
    function, against = pair
    of_pair = (rows["function"] == function) & (rows["against"] == against)
    return rows[of_pair & (rows["batch"] == 1)].to_dict("records")


def _interval_point(
    panel: "Axes", row: dict[str, Any], quantity: str, y: float, color: str, marker: str
) -> None:
    """A ratio with its 95 % interval."""
    ratio = row[quantity]
    errors = [[ratio - row[f"{quantity}_low"]], [row[f"{quantity}_high"] - ratio]]
    panel.errorbar(ratio, y, xerr=errors, color=color, marker=marker, markersize=5, capsize=2)
