"""Draws the determinant over the plane, the fold, and how both develop during training."""

import itertools
from collections.abc import Mapping
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd

from reproductions.evidence import drawing
from reproductions.evidence.verdicts import Tables
from reproductions.experiments.circles.tanh_folding.run import Spec, Weights, determinant
from reproductions.training import circles

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure


def figures(spec: Spec, tables: Tables) -> drawing.Figures:
    """The determinant and the fold of the best seeds; over all seeds, |det J| and the folds."""
    return {
        "determinant": lambda: _draw_determinant(_best_seeds(tables)),
        "fold": lambda: _draw_fold(_best_seeds(tables)),
        "collapse": lambda: _draw_collapse(tables["sizes"], tables["crossings"]),
        "folds_by_epoch": lambda: _draw_folds_by_epoch(spec, tables["folds"]),
    }


REACH = 1.25
"""Half of the edge of the plane that is drawn."""

PIXELS = 201

EXTENT = {"extent": (-REACH, REACH) * 2, "origin": "lower"}

BELOW, ABOVE = "#B35806", "#542788"  # the ends of the colour map PuOr: det J below 0, above 0


class Seed(NamedTuple):
    """A seed that is drawn: its number, its final accuracy, and its weights by epoch."""

    number: int
    accuracy: float
    weights: Mapping[int, Weights]


def _best_seeds(tables: Tables) -> dict[str, Seed]:
    """The best seed of each network, by the network's name."""
    seeds = {}
    for row in tables["shown"].sort_values("network").itertuples():
        weights = tables["weights"][tables["weights"]["network"] == row.network]
        by_epoch = circles.weights_by_epoch(weights, row.network)
        seeds[row.network] = Seed(row.seed, row.accuracy, by_epoch)
    return seeds


def _pixels(weights: Weights) -> tuple[np.ndarray, np.ndarray]:
    """Values of det J and of the logit over the plane that is drawn, each (row, column)."""
    points = circles.square_points(np.linspace(-REACH, REACH, PIXELS))
    images = (determinant(weights, points), circles.layers(weights, points)[-1])
    det, logit = (image.reshape(PIXELS, PIXELS) for image in images)
    return det, logit


def _draw_determinant(seeds: Mapping[str, Seed]) -> "Figure":
    from matplotlib.colors import SymLogNorm
    from matplotlib.lines import Line2D

    epochs = list(next(iter(seeds.values())).weights)
    figure, axes = drawing.panels(len(seeds), len(epochs), width=12 / len(epochs), height=3.0)
    norm = SymLogNorm(linthresh=1e-4, vmin=-10, vmax=10)
    for panels, (network, seed) in zip(axes, seeds.items(), strict=True):
        for panel, epoch in zip(panels, epochs, strict=True):
            det, logit = _pixels(seed.weights[epoch])
            image = panel.imshow(det, cmap="PuOr", norm=norm, **EXTENT)
            for values, dash, color in ((det, "-", drawing.GREEN), (logit, "--", drawing.BLACK)):
                if values.min() < 0 < values.max():
                    style = {"colors": color, "linestyles": dash, "linewidths": 1.5}
                    panel.contour(values, [0], **style, **EXTENT)
            circles.draw_circles(panel, linewidth=1.2)
            circles.square_axes(panel, REACH)
            panel.set_title(f"{circles.dimension(network)}, epoch {epoch}")
        panels[0].set_ylabel(f"best seed ({seed.number}): {seed.accuracy:.1%} right\n$x_2$")
    for panel in axes[-1]:
        panel.set_xlabel("$x_1$")
    figure.colorbar(
        image,
        ax=axes,
        label="det J",
        shrink=0.7,
        ticks=[-10, -1, -0.1, -0.01, -1e-3, 0, 1e-3, 0.01, 0.1, 1, 10],
    )
    handles = [
        *(Line2D([], [], color=c, label=f"{n} circle") for n, c in circles.COLORS.items()),
        Line2D([], [], color=drawing.BLACK, linestyle="--", label="output 1/2"),
        Line2D([], [], color=drawing.GREEN, label="fold: det J = 0"),
    ]
    figure.legend(handles=handles, loc="outside lower center", ncols=4)
    figure.suptitle("How much the map stretches the plane (|det J|), and which side is up (sign)")
    return figure


def _draw_fold(seeds: Mapping[str, Seed]) -> "Figure":
    """The plane and its image in the layer of two units, cell by cell, coloured by side."""
    from matplotlib.collections import PolyCollection
    from matplotlib.lines import Line2D
    from matplotlib.patches import Patch

    figure, axes = drawing.panels(1, 2 * len(seeds), width=3.3, height=4.0)
    cells = _cells(across=32)
    for (plane, layer), (network, seed) in zip(axes.reshape(-1, 2), seeds.items(), strict=True):
        epoch = max(seed.weights)
        weights = seed.weights[epoch]
        above = determinant(weights, cells.mean(axis=1)) > 0
        images = circles.layers(weights, cells.reshape(-1, 2))[-2].reshape(cells.shape)
        for panel, polygons in ((plane, cells), (layer, images)):
            for side, color in ((False, BELOW), (True, ABOVE)):
                style = {"alpha": 0.3, "edgecolors": "white", "linewidths": 0.2}
                cells_of_side = polygons[above == side]
                panel.add_collection(PolyCollection(cells_of_side, facecolors=color, **style))
        det, _ = _pixels(weights)
        if det.min() < 0 < det.max():
            fold = plane.contour(det, [0], colors=drawing.GREEN, **EXTENT)
            for line in fold.allsegs[0]:
                inside = np.where(np.abs(line).max(1, keepdims=True) <= 1, line, np.nan)
                image = circles.layers(weights, inside)[-2]
                layer.plot(*image.T, color=drawing.GREEN, linewidth=1.5)
        circles.draw_circles(plane)
        view = circles.LayerView(layer)
        view.update(weights)
        view.grid.remove()
        circles.square_axes(plane, 1.08)
        plane.set(xlabel="$x_1$", ylabel="$x_2$")
        name = circles.dimension(network)
        plane.set_title(f"{name}: the plane (best seed, {seed.number})", fontsize=10)
        layer.set_title(f"{name}: the layer of two units, epoch {epoch}", fontsize=10)
    handles = [
        *(Line2D([], [], color=c, label=f"{n} circle") for n, c in circles.COLORS.items()),
        Patch(color=ABOVE, alpha=0.4, linewidth=0, label="det J above 0"),
        Patch(color=BELOW, alpha=0.4, linewidth=0, label="det J below 0: turned over"),
        Line2D([], [], color=drawing.GREEN, label="fold"),
        Line2D([], [], color=drawing.BLACK, linestyle="--", label="output 1/2"),
    ]
    figure.legend(handles=handles, loc="outside lower center", ncols=6)
    title = "The plane and its image in the layer of two units, cell by cell"
    if set(seeds) == {"2-2-2-1", "2-3-2-1"}:
        title = (
            "The 2-D network bends the plane without turning any cell over; the 3-D one folds it"
        )
    figure.suptitle(title)
    return figure


def _cells(across: int) -> np.ndarray:
    """The corners of equal cells that fill [-1, 1]², (cell, 4, 2)."""
    edge = np.linspace(-1, 1, across + 1)
    corner = np.stack(np.meshgrid(edge, edge, indexing="ij"), -1)
    cells = np.stack([corner[:-1, :-1], corner[1:, :-1], corner[1:, 1:], corner[:-1, 1:]], 2)
    return cells.reshape(-1, 4, 2)


def _draw_collapse(sizes: pd.DataFrame, crossings: pd.DataFrame) -> "Figure":
    sizes = sizes[sizes["network"] == "2-2-2-1"]
    rates = sorted(sizes["rate"].unique())
    figure, axes = drawing.panels(1, len(rates) + 1, width=3.3, height=3.6)
    styles = {"largest": (drawing.BLUE, "-"), "smallest": (drawing.VERMILION, "--")}
    for panel, rate in zip(axes[0], rates, strict=False):
        for extreme, (color, dash) in styles.items():
            rows = sizes[(sizes["rate"] == rate) & (sizes["extreme"] == extreme)]
            epochs, (low, middle, high) = _quantiles(rows)
            panel.fill_between(epochs, low, high, color=color, alpha=0.2, linewidth=0)
            label = f"{extreme} over the disc"
            panel.plot(epochs, middle, color=color, linestyle=dash, label=label)
        _set_epochs(panel, sizes["epoch"].max())
        panel.set(yscale="log", ylim=(1e-17, 1e3), title=f"learning rate {rate:g}")
        panel.legend(loc="lower left")
    axes[0, 0].set_ylabel("|det J| in 2-D (median; 5 to 95 %)")
    bars = axes[0, -1]
    for place, (matrix, hatch) in enumerate((("W1", ""), ("W2", "//"))):
        rows = crossings[crossings["matrix"] == matrix].sort_values("rate")
        x = np.arange(len(rows)) + 0.4 * (place - 0.5)
        drawn = bars.bar(
            x,
            rows["crosses"] / rows["seeds"],
            0.38,
            color=drawing.GREY,
            hatch=hatch,
            edgecolor="white",
            label=f"det {matrix}",
        )
        bars.bar_label(drawn, fmt="{:.0%}", fontsize=9)
    bars.set_xticks(range(len(rows)), [f"{rate:g}" for rate in rows["rate"]])
    bars.set(xlabel="learning rate", ylabel="share of seeds", ylim=(0, 1))
    bars.set_title("det W changes its sign")
    bars.legend()
    bars.grid(visible=False, axis="x")
    figure.suptitle(
        "The 2-D map shrinks almost to nothing in places, and turns over only as a whole:"
        f" {int(sizes['seeds'].max()):,} seeds"
    )
    return figure


def _quantiles(sizes: pd.DataFrame) -> tuple[list[int], np.ndarray]:
    """Epochs, and the 5, 50 and 95 % quantiles of |det J| over seeds, (quantile, epoch).

    They are interpolated between the bounds of which the table counts how many seeds are below.
    """
    epochs, quantiles = [], []
    for epoch, rows in sizes.sort_values("below").groupby("epoch"):
        epochs.append(epoch)
        shares = rows["count"] / rows["seeds"]
        quantiles.append(np.interp((0.05, 0.5, 0.95), shares, np.log10(rows["below"])))
    return epochs, 10 ** np.array(quantiles).T


def _set_epochs(panel: "Axes", last: int) -> None:
    """Makes the axis of epochs linear up to 1 and logarithmic above it."""
    ticks = [0, *(10**power for power in range(len(str(last))))]
    panel.set(xscale="symlog", xlabel="epoch")
    panel.set_xticks(ticks, [f"{tick:,}" for tick in ticks])


def _draw_folds_by_epoch(spec: Spec, folds: pd.DataFrame) -> "Figure":
    rates = sorted(folds["rate"].unique())
    figure, axes = drawing.panels(1, len(rates), width=3.6, height=3.5, sharey=True)
    colors = (drawing.VERMILION, drawing.BLUE, drawing.GREEN, drawing.ORANGE)
    styles = itertools.cycle(zip(colors, "os^D", strict=True))
    style_of_network = dict(zip(map(circles.name, spec.networks), styles, strict=False))
    for panel, rate in zip(axes[0], rates, strict=True):
        for network, (color, marker) in style_of_network.items():
            rows = folds[(folds["network"] == network) & (folds["rate"] == rate)]
            rows = rows.sort_values("epoch")
            for event, dash in (("folds", "-"), ("separates", ":")):
                panel.plot(
                    rows["epoch"],
                    rows[event] / rows["seeds"],
                    color=color,
                    marker=marker,
                    linestyle=dash,
                    markersize=4,
                    label=f"{circles.dimension(network)} {event}",
                )
        _set_epochs(panel, folds["epoch"].max())
        panel.set(ylim=(-0.03, 1.03), title=f"learning rate {rate:g}")
    axes[0, 0].set_ylabel("share of seeds")
    figure.legend(*axes[0, 0].get_legend_handles_labels(), loc="outside lower center", ncols=4)
    seeds = int(folds["seeds"].max())
    figure.suptitle(f"No separation without a fold inside the outer circle: {seeds:,} seeds each")
    return figure
