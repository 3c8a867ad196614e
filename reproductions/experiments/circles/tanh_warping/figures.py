"""The figures, drawn from the tables."""

import itertools

import numpy as np

from reproductions.evidence import drawing
from reproductions.evidence.errors import NotMeasured
from reproductions.experiments.circles.tanh_warping.run import SPEC, Spec, moving_epochs, of
from reproductions.training import circles


def figures(spec: Spec, tables) -> drawing.Figures:
    """What the networks come to, what they make of the plane, epoch by epoch, still and moving."""
    drawn = {"accuracy": lambda: _accuracy_figure(spec, tables["curves"], tables["levels"])}
    for hidden, _ in spec.networks:
        drawn |= _network_figures(spec, tables, circles.name(hidden))
    return drawn


def _network_figures(spec, tables, network) -> drawing.Figures:
    drawn = {f"image_{network}": lambda: _image_figure(tables, network, "typical")}
    if network == "2-2-2-1":  # where the typical image is next to a curve, the best has a grid
        drawn[f"image_best_{network}"] = lambda: _image_figure(tables, network, "best")
    first = circles.widths(network)[0]
    if first in FIRST_LAYERS:
        drawn[f"first_layer_{network}"] = lambda: FIRST_LAYERS[first](tables, network)
    return drawn | {f"learning_{network}": lambda: _animation(spec, tables, network)}


NETWORK_STYLES = (
    (drawing.VERMILION, "-"),
    (drawing.BLUE, "--"),
    (drawing.GREEN, (0, (1, 1))),
    (drawing.ORANGE, (0, (4, 1, 1, 1))),
    (drawing.PURPLE, (0, (5, 1.5))),
)


def _histories(tables, network) -> dict[str, tuple[str, dict[int, list[np.ndarray]]]]:
    """What is shown of a network: by name, how it is called, and its weights by epoch."""
    histories = {}
    weights = of(tables["weights"], network)
    for row in of(tables["shown"], network).itertuples():
        own = weights[weights["shown"] == row.shown]
        title = f"seed {row.seed}, {row.shown}: {row.accuracy:.1%} right at the end"
        histories[row.shown] = (
            title,
            {epoch: circles.unflatten(rows, network) for epoch, rows in own.groupby("epoch")},
        )
    return histories


def _of_two(histories, network) -> dict:
    """The histories of a network that ends in a layer of two units, whose image is drawn."""
    if circles.widths(network)[-1] != 2:
        raise NotMeasured(f"network {network} does not end in a layer of two units")
    return histories


def _accuracy_figure(spec, curves, levels):
    from matplotlib.lines import Line2D
    from matplotlib.patches import Patch

    count = len(spec.networks)
    figure, axes = drawing.panels(1, count + 1, width=3.3, height=3.5, sharex=True)
    separates = axes[0, -1]
    for panel, (hidden, rate), (color, dash) in zip(
        axes[0], spec.networks, itertools.cycle(NETWORK_STYLES), strict=False
    ):
        network = circles.name(hidden)
        name = circles.dimension(network)
        _bands(panel, of(levels, network), color)
        panel.axhline(circles.LINE_ACCURACY, color=drawing.BLACK, linewidth=1, linestyle=":")
        panel.set(title=f"{name}, {network}, rate {rate:g}", xlabel="epoch")
        panel.set_ylim(0.48, 1.02)
        own = of(curves, network)
        share = own["separates"] / own["seeds"]
        separates.plot(own["epoch"], share, color=color, linestyle=dash, label=name)
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
    seeds = int(curves["seeds"].max())
    networks = f"{drawing.in_words(count)} network{'s' if count > 1 else ''}"
    if spec.networks == SPEC.networks:
        networks = f"the slides' {networks}"
    figure.suptitle(f"Two circles, {networks}: {seeds:,} initialisations each")
    return figure


def _bands(axes, levels, color):
    """Quantiles over seeds, read from the counts below each level."""
    epochs, quantiles = [], []
    for epoch, rows in levels.sort_values("below").groupby("epoch"):
        # Below 1 are all that do not separate; the rest are exactly 1.
        shares, below = [*rows["count"] / rows["seeds"], 1.0], [*rows["below"], 1.0]
        epochs.append(epoch)
        quantiles.append(np.interp((0.05, 0.25, 0.5, 0.75, 0.95), [0.0, *shares], [0.5, *below]))
    q05, q25, q50, q75, q95 = np.array(quantiles).T
    for low, high, alpha in ((q05, q95, 0.18), (q25, q75, 0.35)):
        axes.fill_between(epochs, low, high, color=color, alpha=alpha, linewidth=0)
    axes.plot(epochs, q50, color=color)


def _image_figure(tables, network, shown):
    title, history = _of_two(_histories(tables, network), network)[shown]
    epochs = circles.stills(max(history))
    figure, axes = drawing.panels(2, len(epochs), width=11.6 / len(epochs), height=2.9)
    for (plane, image), epoch in zip(axes.T, epochs, strict=True):
        for view in (circles.PlaneView(plane), circles.LayerView(image)):
            view.update(history[epoch])
        plane.set_title(f"epoch {epoch}")
    axes[0, 0].set_ylabel("the plane: $x_2$")
    axes[1, 0].set_ylabel("the layer of two units: $v$")
    circles.legend(figure)
    figure.suptitle(f"{circles.dimension(network)} network {network}, {title}")
    return figure


def _directions(weights):
    """What the first layer makes of points, along the directions in which the circles spread most.

    Returns:
        That function, and each direction's share of the circles' variance. The outer circle is
        above the inner one in the third direction.
    """
    images = circles.closed(lambda points: circles.layers(weights, points)[0])
    both = np.concatenate(list(images.values()))
    middle = both.mean(axis=0)
    _, size, directions = np.linalg.svd(both - middle, full_matrices=False)
    above = (images["outer"].mean(axis=0) - middle) @ directions.T
    directions *= np.where(above < 0, -1, 1)[:, None]
    return (
        lambda points: (circles.layers(weights, points)[0] - middle) @ directions.T,
        size**2 / (size**2).sum(),
    )


def _surface_figure(tables, network):
    """The image of the plane in the space of three units: a curved sheet."""
    title, history = _histories(tables, network)["typical"]
    stills = circles.stills(max(history))
    epochs = [epoch for epoch in stills if epoch != 1 or len(stills) < 3]  # as at 0 to the eye
    figure, axes = drawing.panels(
        1, len(epochs), width=14.4 / len(epochs), height=4.2, subplot_kw={"projection": "3d"}
    )
    for panel, epoch in zip(axes[0], epochs, strict=True):
        layer, shares = _directions(history[epoch])
        for line in circles.lines(layer):
            panel.plot(*line.T, color="#AAAAAA", linewidth=0.4)
        for circle, image in circles.closed(layer).items():
            panel.plot(*image.T, color=circles.COLORS[circle], label=f"{circle} circle")
        panel.set(xlim=(-1.6, 1.6), ylim=(-1.6, 1.6), zlim=(-0.8, 0.8))
        panel.set(xticks=[-1, 0, 1], yticks=[-1, 0, 1], zticks=[-0.5, 0, 0.5])
        panel.set(xlabel="direction 1", ylabel="direction 2", zlabel="direction 3")
        panel.set_title(f"epoch {epoch}; direction 3: {shares[2]:.1%} of the variance", fontsize=10)
        panel.set_box_aspect((1, 1, 0.5), zoom=0.92)
        panel.view_init(elev=18, azim=-60)
    figure.legend(*axes[0, 0].get_legend_handles_labels(), loc="outside lower center", ncols=2)
    figure.suptitle(
        f"What the first layer of {network} makes of the plane: a sheet that bends into a bowl"
        f"\n({title}; axes along the directions in which the circles spread most)"
    )
    return figure


def _projection_figure(tables, network):
    """The image of the plane in the space of four units, along its three widest directions."""
    title, history = _histories(tables, network)["typical"]
    epochs = circles.stills(max(history))
    figure, axes = drawing.panels(3, len(epochs), width=10.8 / len(epochs), height=2.7)
    for column, epoch in zip(axes.T, epochs, strict=True):
        layer, shares = _directions(history[epoch])
        lines, images = circles.lines(layer), circles.closed(layer)
        for panel, (i, j) in zip(column, ((0, 1), (0, 2), (1, 2)), strict=True):
            for line in lines:
                panel.plot(line[:, i], line[:, j], color="#AAAAAA", linewidth=0.4)
            for circle, image in images.items():
                label = f"{circle} circle"
                panel.plot(image[:, i], image[:, j], color=circles.COLORS[circle], label=label)
            panel.set(xlabel=f"direction {i + 1}", aspect="equal")
            panel.set(xlim=(-2, 2), ylim=(-2, 2))
            panel.set(xticks=[-1, 0, 1], yticks=[-1, 0, 1])
            panel.grid(visible=False)
        column[0].set_title(f"epoch {epoch}\n4th direction: {shares[3]:.1%}", fontsize=10)
    for panel, j in zip(axes[:, 0], (2, 3, 3), strict=True):
        panel.set_ylabel(f"direction {j}")
    figure.legend(*axes[0, 0].get_legend_handles_labels(), loc="outside lower center", ncols=2)
    figure.suptitle(
        f"What the first layer of {network} makes of the plane: from above, and twice from the side"
        f"\n({title}; directions in which the circles spread most; above: the fourth's share of"
        " their variance)",
        fontsize=11,
    )
    return figure


FIRST_LAYERS = {3: _surface_figure, 4: _projection_figure}  # by width


def _animation(spec, tables, network):
    """The typical seed above, the best one below; left the plane, right the layer of two units."""
    histories = _of_two(_histories(tables, network), network)
    figure, axes = drawing.panels(2, 2, width=3.2, height=3.25)
    views, epochs = [], moving_epochs(spec)
    for (plane, image), shown in zip(axes, ("typical", "best"), strict=True):
        title, history = histories[shown]
        views += [
            (circles.PlaneView(plane, size=120), history),
            (circles.LayerView(image, width=1.5), history),
        ]
        plane.set_title(title, fontsize=10)
        for panel in (plane, image):  # the stills have them; in each frame they take half the time
            panel.set(xticks=[], yticks=[])
    circles.legend(figure, ncols=3, fontsize=8)
    heading = figure.suptitle(" ")

    def update(frame):
        for view, history in views:
            view.update(history[epochs[frame]])
        name = circles.dimension(network)
        heading.set_text(f"{name} network {network}: epoch {epochs[frame]}")

    return drawing.Animation(figure, update, frames=len(epochs), frame_ms=120)
