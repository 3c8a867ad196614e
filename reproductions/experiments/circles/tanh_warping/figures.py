"""Draws the accuracy of the networks, and the images of the plane in their layers, by epoch."""

import itertools
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd

from reproductions.evidence import drawing
from reproductions.evidence.errors import NotMeasured
from reproductions.evidence.measured import row, rows
from reproductions.evidence.verdicts import Tables
from reproductions.experiments.circles.tanh_warping.run import SPEC, Spec, moving_epochs
from reproductions.training import circles

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure


def figures(spec: Spec, tables: Tables) -> drawing.Figures:
    """Accuracy by epoch; for each network the images of the plane, still and moving."""
    drawn = {"accuracy": lambda: _draw_accuracy(spec, tables["curves"], tables["levels"])}
    for hidden, _ in spec.networks:
        drawn |= _figures_of_network(spec, tables, circles.name(hidden))
    return drawn


def _figures_of_network(spec: Spec, tables: Tables, network: str) -> drawing.Figures:
    drawn = {f"image_{network}": lambda: _draw_image(tables, network, "typical")}
    if network == "2-2-2-1":  # the typical image is almost a curve; the best one shows the grid
        drawn[f"image_best_{network}"] = lambda: _draw_image(tables, network, "best")
    first_width = circles.widths(network)[0]
    if first_width in DRAW_FIRST_LAYER:
        draw = DRAW_FIRST_LAYER[first_width]
        drawn[f"first_layer_{network}"] = lambda: draw(tables, network)
    return drawn | {f"learning_{network}": lambda: _animate(spec, tables, network)}


NETWORK_STYLES = (
    (drawing.VERMILION, "-"),
    (drawing.BLUE, "--"),
    (drawing.GREEN, (0, (1, 1))),
    (drawing.ORANGE, (0, (4, 1, 1, 1))),
    (drawing.PURPLE, (0, (5, 1.5))),
)

View = circles.PlaneView | circles.LayerView


class Seed(NamedTuple):
    """A seed that is drawn: its title, and its weights by epoch."""

    title: str
    weights: Mapping[int, Sequence[np.ndarray]]


def _seed(tables: Tables, network: str, role: str) -> Seed:
    """The typical or the best seed of a network."""
    shown = row(tables["shown"], network=network, shown=role)
    weights = rows(tables["weights"], network=network, shown=role)
    title = f"seed {shown['seed']}, {role}: {shown['accuracy']:.1%} right at the end"
    return Seed(title, circles.weights_by_epoch(weights, network))


def _check_layer_of_two(network: str) -> None:
    """Raises NotMeasured for a network whose last hidden layer is not a plane."""
    if circles.widths(network)[-1] != 2:
        raise NotMeasured(f"network {network} does not end in a layer of two units")


def _draw_accuracy(spec: Spec, curves: pd.DataFrame, levels: pd.DataFrame) -> "Figure":
    from matplotlib.lines import Line2D
    from matplotlib.patches import Patch

    count = len(spec.networks)
    figure, axes = drawing.panels(1, count + 1, width=3.3, height=3.5, sharex=True)
    separates = axes[0, -1]
    for panel, (hidden, rate), (color, dash) in zip(
        axes[0], spec.networks, itertools.cycle(NETWORK_STYLES), strict=False
    ):
        network = circles.name(hidden)
        dimension = circles.dimension(network)
        _draw_quantiles(panel, rows(levels, network=network), color)
        panel.axhline(circles.LINE_ACCURACY, color=drawing.BLACK, linewidth=1, linestyle=":")
        panel.set(title=f"{dimension}, {network}, rate {rate:g}", xlabel="epoch")
        panel.set_ylim(0.48, 1.02)
        curve = rows(curves, network=network)
        share = curve["separates"] / curve["seeds"]
        separates.plot(curve["epoch"], share, color=color, linestyle=dash, label=dimension)
    axes[0, 0].set_ylabel("share of both circles that is right")
    separates.set(xlabel="epoch", ylabel="share of seeds", ylim=(-0.03, 1.03))
    separates.set_title("separates the circles")
    separates.legend(loc="center right")
    handles = [
        Line2D([], [], color=drawing.BLACK, label="median"),
        Patch(color=drawing.BLACK, alpha=0.45, linewidth=0, label="50 % of seeds"),
        Patch(color=drawing.BLACK, alpha=0.18, linewidth=0, label="90 % of seeds"),
        Line2D([], [], color=drawing.BLACK, linewidth=1, linestyle=":", label="best straight line"),
    ]
    figure.legend(handles=handles, loc="outside lower center", ncols=4)
    networks = f"{drawing.in_words(count)} network{'s' if count > 1 else ''}"
    if spec.networks == SPEC.networks:
        networks = f"the slides' {networks}"
    seeds = int(curves["seeds"].max())
    figure.suptitle(f"Accuracy on the two circles, {networks}: {seeds:,} initialisations each")
    return figure


def _draw_quantiles(axes: "Axes", levels: pd.DataFrame, color: str) -> None:
    """Draws quantiles of the accuracy over seeds, read from the counts below each level."""
    epochs, quantiles = [], []
    for epoch, counts in levels.sort_values("below").groupby("epoch"):
        # All seeds that do not separate are below 1; the others are exactly 1.
        shares, below = [*counts["count"] / counts["seeds"], 1.0], [*counts["below"], 1.0]
        epochs.append(epoch)
        quantiles.append(np.interp((0.05, 0.25, 0.5, 0.75, 0.95), [0.0, *shares], [0.5, *below]))
    q05, q25, q50, q75, q95 = np.array(quantiles).T
    for low, high, alpha in ((q05, q95, 0.18), (q25, q75, 0.35)):
        axes.fill_between(epochs, low, high, color=color, alpha=alpha, linewidth=0)
    axes.plot(epochs, q50, color=color)


def _draw_image(tables: Tables, network: str, role: str) -> "Figure":
    _check_layer_of_two(network)
    seed = _seed(tables, network, role)
    epochs = circles.still_epochs(max(seed.weights))
    figure, axes = drawing.panels(2, len(epochs), width=11.6 / len(epochs), height=2.9)
    for (plane, layer), epoch in zip(axes.T, epochs, strict=True):
        for view in (circles.PlaneView(plane), circles.LayerView(layer)):
            view.update(seed.weights[epoch])
        plane.set_title(f"epoch {epoch}")
    axes[0, 0].set_ylabel("the plane: $x_2$")
    axes[1, 0].set_ylabel("the layer of two units: $v$")
    circles.legend(figure)
    figure.suptitle(f"{circles.dimension(network)} network {network}, {seed.title}")
    return figure


def _principal_directions(weights: Sequence[np.ndarray]) -> tuple[circles.Layer, np.ndarray]:
    """The first layer, its outputs along the directions in which the circles' images vary most.

    Returns:
        The map from the plane to these directions, in which the outer circle is above the inner one
        in the third direction; and each direction's share of the variance of the circles' images.
    """

    def first_layer(points: np.ndarray) -> np.ndarray:
        return circles.layers(weights, points)[0]

    images = circles.circle_images(first_layer)
    both = np.concatenate(list(images.values()))
    mean = both.mean(axis=0)
    _, size, directions = np.linalg.svd(both - mean, full_matrices=False)
    above = (images["outer"].mean(axis=0) - mean) @ directions.T
    directions *= np.where(above < 0, -1, 1)[:, None]
    return lambda points: (first_layer(points) - mean) @ directions.T, size**2 / (size**2).sum()


def _draw_surface(tables: Tables, network: str) -> "Figure":
    """Draws the image of the plane in the space of three units: a curved sheet."""
    seed = _seed(tables, network, "typical")
    stills = circles.still_epochs(max(seed.weights))
    epochs = [epoch for epoch in stills if epoch != 1 or len(stills) < 3]  # 1 looks like 0
    figure, axes = drawing.panels(
        1, len(epochs), width=14.4 / len(epochs), height=4.2, subplot_kw={"projection": "3d"}
    )
    for panel, epoch in zip(axes[0], epochs, strict=True):
        layer, shares = _principal_directions(seed.weights[epoch])
        for line in circles.grid_line_images(layer):
            panel.plot(*line.T, color=circles.GRID_COLOR, linewidth=0.4)
        for circle, image in circles.circle_images(layer).items():
            panel.plot(*image.T, color=circles.COLORS[circle], label=f"{circle} circle")
        panel.set(xlim=(-1.6, 1.6), ylim=(-1.6, 1.6), zlim=(-0.8, 0.8))
        panel.set(xticks=[-1, 0, 1], yticks=[-1, 0, 1], zticks=[-0.5, 0, 0.5])
        panel.set(xlabel="direction 1", ylabel="direction 2", zlabel="direction 3")
        panel.set_title(f"epoch {epoch}; direction 3: {shares[2]:.1%} of the variance", fontsize=10)
        panel.set_box_aspect((1, 1, 0.5), zoom=0.92)
        panel.view_init(elev=18, azim=-60)
    figure.legend(*axes[0, 0].get_legend_handles_labels(), loc="outside lower center", ncols=2)
    figure.suptitle(
        f"The image of the plane in the first layer of {network}: a sheet that bends into a bowl"
        f"\n({seed.title}; the axes are the directions in which the circles vary most)"
    )
    return figure


def _draw_projections(tables: Tables, network: str) -> "Figure":
    """Draws the image of the plane in the space of four units, along three directions of it."""
    seed = _seed(tables, network, "typical")
    epochs = circles.still_epochs(max(seed.weights))
    figure, axes = drawing.panels(3, len(epochs), width=10.8 / len(epochs), height=2.7)
    for panels, epoch in zip(axes.T, epochs, strict=True):
        layer, shares = _principal_directions(seed.weights[epoch])
        lines, images = circles.grid_line_images(layer), circles.circle_images(layer)
        for panel, (i, j) in zip(panels, ((0, 1), (0, 2), (1, 2)), strict=True):
            for line in lines:
                panel.plot(line[:, i], line[:, j], color=circles.GRID_COLOR, linewidth=0.4)
            for circle, image in images.items():
                style = {"color": circles.COLORS[circle], "label": f"{circle} circle"}
                panel.plot(image[:, i], image[:, j], **style)
            circles.square_axes(panel, 2)
            panel.set_xlabel(f"direction {i + 1}")
        panels[0].set_title(f"epoch {epoch}\ndirection 4: {shares[3]:.1%}", fontsize=10)
    for panel, j in zip(axes[:, 0], (2, 3, 3), strict=True):
        panel.set_ylabel(f"direction {j}")
    figure.legend(*axes[0, 0].get_legend_handles_labels(), loc="outside lower center", ncols=2)
    figure.suptitle(
        f"The image of the plane in the first layer of {network}, from above and from two sides"
        f"\n({seed.title}; directions in which the circles vary most, the fourth with its share of"
        " the variance)",
        fontsize=11,
    )
    return figure


DRAW_FIRST_LAYER = {3: _draw_surface, 4: _draw_projections}
"""How the image in the first layer is drawn, by the layer's width."""


def _animate(spec: Spec, tables: Tables, network: str) -> drawing.Animation:
    """The typical seed above, the best one below; the plane left, the layer of two units right."""
    _check_layer_of_two(network)
    figure, axes = drawing.panels(2, 2, width=3.2, height=3.25)
    views: list[tuple[View, Mapping[int, Sequence[np.ndarray]]]] = []
    for (plane, layer), role in zip(axes, ("typical", "best"), strict=True):
        seed = _seed(tables, network, role)
        views.append((circles.PlaneView(plane, size=120), seed.weights))
        views.append((circles.LayerView(layer, width=1.5), seed.weights))
        plane.set_title(seed.title, fontsize=10)
        for panel in (plane, layer):  # ticks would take half of the time to draw a frame
            panel.set(xticks=[], yticks=[])
    circles.legend(figure, ncols=3, fontsize=8)
    heading = figure.suptitle(" ")
    epochs = moving_epochs(spec)

    def update(frame: int) -> None:
        for view, weights in views:
            view.update(weights[epochs[frame]])
        name = circles.dimension(network)
        heading.set_text(f"{name} network {network}: epoch {epochs[frame]}")

    return drawing.Animation(figure, update, frames=len(epochs), frame_ms=120)
