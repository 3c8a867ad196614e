"""Draws how often networks of each width and depth separate, and what they get wrong."""

import itertools
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from reproductions.evidence import drawing, measured
from reproductions.evidence.errors import NotMeasured
from reproductions.evidence.verdicts import Tables
from reproductions.experiments.circles.width_and_depth.run import (
    NARROW,
    NARROW_WIDTH,
    WIDER,
    Spec,
    depths,
    widths_are,
)
from reproductions.training import circles

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure


def figures(spec: Spec, tables: Tables) -> drawing.Figures:
    """Width at equal rates; depth; the best narrow networks; networks written down by hand."""
    return {
        "equal_rates": lambda: _draw_equal_rates(spec, tables["networks"], tables["shapes"]),
        "depth": lambda: _draw_depth(spec, tables["networks"], tables["shapes"]),
        "best_narrow": lambda: _draw_best_narrow(tables["networks"], tables["best"]),
        "by_hand": lambda: _draw_by_hand(tables["hand_weights"]),
    }


BAR_STYLES = (
    (drawing.VERMILION, ""),
    (drawing.BLUE, "//"),
    (drawing.GREEN, ".."),
    (drawing.ORANGE, "xx"),
)

SHAPE_STYLES = {
    "nothing": (drawing.GREEN, ""),
    "one arc of the outer circle": (drawing.SKY, ""),
    "two arcs of the outer circle": (drawing.ORANGE, "//"),
    "more arcs of the outer circle": (drawing.YELLOW, "xx"),
    "some of the inner circle": (drawing.GREY, ".."),
}


def _draw_equal_rates(spec: Spec, networks: pd.DataFrame, shapes: pd.DataFrame) -> "Figure":
    figure, axes = drawing.panels(1, 2, width=5.4, height=4.0)
    bars, stacks = axes[0]
    rates, count = sorted(spec.rates), len(spec.slides)
    styles = zip(map(circles.name, spec.slides), itertools.cycle(BAR_STYLES), strict=False)
    for place, (network, (color, hatch)) in enumerate(styles):
        rows = networks[(networks["network"] == network) & (networks["epochs"] == spec.epochs)]
        rows = rows[rows["rate"].isin(spec.rates)].sort_values("rate")
        x = np.arange(len(rows)) + 0.81 / count * (place - (count - 1) / 2)
        bars.bar(
            x,
            rows["share"],
            0.75 / count,
            color=color,
            hatch=hatch,
            edgecolor="white",
            label=circles.dimension(network),
        )
        style = {"color": drawing.BLACK, "fmt": "none", "capsize": 3}
        bars.errorbar(x, rows["share"], yerr=drawing.error_bars(rows), **style)
        for center, row in zip(x, rows.itertuples(), strict=True):
            bars.text(center, row.high + 0.02, f"{row.share:.0%}", ha="center", fontsize=9)
    bars.set_xticks(range(len(rates)), [f"{rate:g}" for rate in rates])
    bars.set(xlabel="learning rate, the same for all", ylabel="share of seeds", ylim=(0, 1.12))
    bars.set_title(f"separate the circles in {spec.epochs} epochs")
    bars.legend(title="width", loc="upper left", bbox_to_anchor=(0, 0.9))
    bars.grid(visible=False, axis="x")
    narrow = measured.rows(shapes, network=NARROW)
    keys = list(itertools.product(rates, sorted(narrow["epochs"].unique())))
    ticks = [f"{rate:g}\n{epochs:,}" for rate, epochs in keys]
    _stack_shapes(stacks, narrow.set_index(["rate", "epochs"]), keys, ticks)
    stacks.set(xlabel="learning rate, epochs", title="2-D: what it gets wrong")
    figure.legend(*stacks.get_legend_handles_labels(), loc="outside lower center", ncols=3)
    seeds = int(networks["seeds"].max())
    longer = f" ({int(narrow['seeds'].min()):,} for the longer runs)" if spec.longer > 1 else ""
    figure.suptitle(f"Width at equal learning rates: {seeds:,} initialisations each{longer}")
    return figure


def _stack_shapes(axes: "Axes", shapes: pd.DataFrame, keys: list, ticks: Sequence[str]) -> None:
    """Draws a bar for each key of the index: the shares of what its seeds get wrong."""
    bottom = np.zeros(len(keys))
    for shape, (color, hatch) in SHAPE_STYLES.items():
        rows = shapes[shapes["shape"] == shape].reindex(keys)
        share = (rows["count"] / rows["seeds"]).to_numpy()
        axes.bar(
            range(len(keys)),
            share,
            0.7,
            bottom,
            color=color,
            hatch=hatch,
            edgecolor="white",
            label=shape,
        )
        bottom += share
    axes.set_xticks(range(len(keys)), ticks)
    axes.set(ylabel="share of seeds", ylim=(0, 1))
    axes.grid(visible=False)


WIDTH_COLORS = (drawing.VERMILION, drawing.BLUE, drawing.GREEN, drawing.ORANGE)

RATE_STYLES = (("o", ":"), ("s", "-"), ("^", "--"), ("D", (0, (4, 1, 1, 1))))


def _draw_depth(spec: Spec, networks: pd.DataFrame, shapes: pd.DataFrame) -> "Figure":
    figure, axes = drawing.panels(1, 3, width=4.0, height=4.0)
    separates, best, stacks = axes[0]
    networks = networks[networks["epochs"] == spec.epochs]
    styles = itertools.product(
        zip([width for width, _ in spec.depths], itertools.cycle(WIDTH_COLORS), strict=False),
        zip(spec.depth_rates, itertools.cycle(RATE_STYLES), strict=False),
    )
    for (width, color), (rate, (marker, dash)) in styles:
        rows = networks[(networks["rate"] == rate) & widths_are(networks["network"], width)]
        rows = rows.sort_values("network", key=depths)
        depth = depths(rows["network"])
        style = {"color": color, "marker": marker, "linestyle": dash, "markersize": 5}
        label = f"width {width}, rate {rate:g}"
        separates.errorbar(
            depth, rows["share"], yerr=drawing.error_bars(rows), capsize=3, label=label, **style
        )
        best.plot(depth, rows["accuracy_best"], **style)
    separates.set(ylim=(-0.03, 1.03), ylabel="share of seeds", title="separate the circles")
    best.axhline(circles.LINE_ACCURACY, color=drawing.BLACK, linewidth=1, linestyle=":")
    best.text(
        0.98,
        circles.LINE_ACCURACY + 0.005,
        "best straight line",
        ha="right",
        transform=best.get_yaxis_transform(),
    )
    best.set(ylim=(0.64, 1.02), ylabel="share of both circles that is right")
    best.set_title("the best seed")
    deepest = max(depth for _, depths_of_width in spec.depths for depth in depths_of_width)
    for panel in (separates, best):
        panel.set(xlabel="hidden layers", xticks=range(1, deepest + 1))
    rate = spec.depth_rates[-1]
    narrow = shapes[(shapes["epochs"] == spec.epochs) & (shapes["rate"] == rate)]
    narrow = narrow[widths_are(narrow["network"], NARROW_WIDTH)].set_index("network")
    names = sorted(narrow.index.unique(), key=len)
    _stack_shapes(stacks, narrow, names, [str(len(circles.widths(name))) for name in names])
    stacks.set_xlabel(f"hidden layers of width {NARROW_WIDTH}")
    stacks.set_title(f"what they get wrong, rate {rate:g}")
    legends = (panel.get_legend_handles_labels() for panel in (separates, stacks))
    (lines, line_labels), (bars, bar_labels) = legends
    figure.legend(lines + bars, line_labels + bar_labels, loc="outside lower center", ncols=4)
    figure.suptitle(
        f"Depth against width: at least {int(networks['seeds'].min()):,} initialisations each"
    )
    return figure


def _draw_best_narrow(networks: pd.DataFrame, best: pd.DataFrame) -> "Figure":
    """Draws the best seed of each network of width 2, and that of the smallest wider network."""
    narrow = set(networks["network"][widths_are(networks["network"], NARROW_WIDTH)])
    if not narrow:
        raise NotMeasured(f"the tables have no network of width {NARROW_WIDTH}")
    names = [*sorted(narrow, key=len), *({WIDER} & set(networks["network"]))]
    figure, axes = drawing.panels(2, -(-len(names) // 2), width=3.0, height=3.65)
    for panel in axes.flat[len(names) :]:
        panel.set_visible(False)
    for panel, network in zip(axes.flat, names, strict=False):
        rows = networks[networks["network"] == network]
        row = rows.loc[rows["accuracy_best"].idxmax()]
        weights = measured.rows(best, network=network, rate=row["rate"], epochs=row["epochs"])
        circles.PlaneView(panel, size=300).update(circles.unflatten(weights, network))
        panel.set_title(
            f"{network}: {row['accuracy_best']:.1%}\nrate {row['rate']:g},"
            f" {row['epochs']:,} epochs, {len(weights)} weights",
            fontsize=9,
        )
    circles.legend(figure, line=False)
    figure.suptitle(
        f"The best seed of each network: with width {NARROW_WIDTH} the inner region stays open"
    )
    return figure


def _draw_by_hand(hand_weights: pd.DataFrame) -> "Figure":
    """Draws the networks written down: the sum of three units, the plane, the layer of two."""
    figure, axes = drawing.panels(1, 4, width=3.2, height=3.3)
    by_radius, plane_of_three, layer_of_two, plane_of_two = axes[0]
    three, two = (
        circles.unflatten(rows, network)
        for network, rows in sorted(hand_weights.groupby("network"), key=lambda pair: len(pair[0]))
    )
    radius = np.linspace(0, 1.25, 126)
    styles = [(drawing.BLUE, "-"), (drawing.ORANGE, "--"), (drawing.BLACK, ":")]
    for degrees, (color, dash) in zip((0, 30, 60), styles, strict=True):
        direction = np.array([np.cos(np.radians(degrees)), np.sin(np.radians(degrees))])
        total = circles.layers(three, radius[:, None] * direction)[0].sum(axis=1)
        by_radius.plot(radius, total, color=color, linestyle=dash, label=f"at {degrees} degrees")
    middle = -three[3][0] / three[2][0, 0]
    by_radius.axhline(middle, color=drawing.BLACK, linewidth=1)
    by_radius.text(0.02, middle + 0.02, "output 1/2")
    for circle, circle_radius in circles.RADII.items():
        by_radius.axvline(circle_radius, color=circles.COLORS[circle], linewidth=1)
    by_radius.set(xlabel="radius", ylabel="sum of the three units", title="2-3-1: three tanh units")
    by_radius.legend(loc="upper left")
    circles.PlaneView(plane_of_three, size=300).update(three)
    for x, y in three[0].T:
        arrow = {"arrowstyle": "->"}
        plane_of_three.annotate("", (x * 0.4, y * 0.4), (0, 0), arrowprops=arrow)
    plane_of_three.set_title("2-3-1: the plane, weight vectors")
    circles.LayerView(layer_of_two).update(two)
    layer_of_two.set_title("2-3-2-1: the layer of two units")
    circles.PlaneView(plane_of_two, size=300).update(two)
    plane_of_two.set_title("2-3-2-1: the plane")
    circles.legend(figure)
    figure.suptitle("The circles separated with weights chosen by hand, not learned")
    return figure
