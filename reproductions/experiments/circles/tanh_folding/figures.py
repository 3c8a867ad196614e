"""The figures, drawn from the tables."""

import itertools

import numpy as np

from reproductions.evidence import drawing
from reproductions.experiments.circles.tanh_folding.run import Spec, determinant
from reproductions.training import circles


def figures(spec: Spec, tables) -> drawing.Figures:
    """The determinant over the plane, the fold it makes, and how near the map comes to collapse."""
    return {
        "determinant": lambda: _determinant_figure(_histories(tables)),
        "fold": lambda: _fold_figure(_histories(tables)),
        "collapse": lambda: _collapse_figure(tables["sizes"], tables["crossings"]),
        "folds_by_epoch": lambda: _count_figure(spec, tables["folds"]),
    }


EDGE = 1.25

SIGN_COLORS = ("#B35806", "#542788")  # the ends of PuOr: det below 0, above 0


def _histories(tables) -> dict[str, tuple]:
    """By network, the seed that is drawn, and its weights by epoch."""
    weights = tables["weights"]
    return {
        row.network: (
            row,
            {
                epoch: circles.unflatten(rows, row.network)
                for epoch, rows in weights[weights["network"] == row.network].groupby("epoch")
            },
        )
        for row in tables["shown"].sort_values("network").itertuples()
    }


def _plane(across):
    edge = np.linspace(-EDGE, EDGE, across)
    return np.stack(np.meshgrid(edge, edge), -1).reshape(-1, 2)


def _determinant_figure(histories):
    from matplotlib.colors import SymLogNorm
    from matplotlib.lines import Line2D

    epochs = list(next(iter(histories.values()))[1])
    figure, axes = drawing.panels(len(histories), len(epochs), width=12 / len(epochs), height=3.0)
    across = 201
    points = _plane(across)
    style = {"extent": (-EDGE, EDGE) * 2, "origin": "lower"}
    norm = SymLogNorm(linthresh=1e-4, vmin=-10, vmax=10)
    for row, (network, (shown, history)) in zip(axes, histories.items(), strict=True):
        for panel, epoch in zip(row, epochs, strict=True):
            weights = history[epoch]
            det = determinant(weights, points).reshape(across, across)
            logit = circles.layers(weights, points)[-1].reshape(across, across)
            image = panel.imshow(det, cmap="PuOr", norm=norm, **style)
            for values, dash, color in ((det, "-", drawing.GREEN), (logit, "--", drawing.BLACK)):
                if values.min() < 0 < values.max():
                    panel.contour(
                        values, [0], colors=color, linestyles=dash, linewidths=1.5, **style
                    )
            for circle, outline in circles.closed(lambda points: points).items():
                panel.plot(*outline.T, color=circles.COLORS[circle], linewidth=1.2)
            panel.grid(visible=False)
            panel.set(xticks=[-1, 0, 1], yticks=[-1, 0, 1], aspect="equal")
            panel.set_title(f"{circles.dimension(network)}, epoch {epoch}")
        row[0].set_ylabel(f"seed {shown.seed}, the best: {shown.accuracy:.1%} right\n$x_2$")
    for panel in axes[-1]:
        panel.set_xlabel("$x_1$")
    figure.colorbar(
        image, ax=axes, label="det J", shrink=0.7,
        ticks=[-10, -1, -0.1, -0.01, -1e-3, 0, 1e-3, 0.01, 0.1, 1, 10],
    )  # fmt: skip
    handles = [
        *(Line2D([], [], color=c, label=f"{n} circle") for n, c in circles.COLORS.items()),
        Line2D([], [], color=drawing.BLACK, linestyle="--", label="answer 1/2"),
        Line2D([], [], color=drawing.GREEN, label="fold: det J = 0"),
    ]
    figure.legend(handles=handles, loc="outside lower center", ncols=4)
    figure.suptitle("How the map stretches (|det J|) and which side is up (its sign)")
    return figure


def _fold_figure(histories):
    """The layer of two units at the end, cell by cell, each cell coloured by its side."""
    from matplotlib.collections import PolyCollection
    from matplotlib.lines import Line2D
    from matplotlib.patches import Patch

    figure, axes = drawing.panels(1, 2 * len(histories), width=3.3, height=4.0)
    cells, across = 32, 201
    for (plane, image), (network, (shown, history)) in zip(
        axes.reshape(-1, 2), histories.items(), strict=True
    ):
        epoch = max(history)
        weights = history[epoch]
        edge = np.linspace(-1, 1, cells + 1)
        corner = np.stack(np.meshgrid(edge, edge, indexing="ij"), -1)
        square = np.stack([corner[:-1, :-1], corner[1:, :-1], corner[1:, 1:], corner[:-1, 1:]], 2)
        square = square.reshape(-1, 4, 2)
        above = determinant(weights, square.mean(axis=1)) > 0
        images = circles.layers(weights, square.reshape(-1, 2))[-2].reshape(square.shape)
        points = _plane(across)
        det = determinant(weights, points).reshape(across, across)
        for panel, polygons in ((plane, square), (image, images)):
            for side, color in zip((False, True), SIGN_COLORS, strict=True):
                panel.add_collection(
                    PolyCollection(
                        polygons[above == side],
                        facecolors=color,
                        alpha=0.3,
                        edgecolors="white",
                        linewidths=0.2,
                    )
                )
        if det.min() < 0 < det.max():
            fold = plane.contour(
                det, [0], colors=drawing.GREEN, extent=(-EDGE, EDGE) * 2, origin="lower"
            )
            for line in fold.allsegs[0]:
                inside = np.where(np.abs(line).max(1, keepdims=True) <= 1, line, np.nan)
                folded = circles.layers(weights, inside)[-2]
                image.plot(*folded.T, color=drawing.GREEN, linewidth=1.5)
        for circle, outline in circles.closed(lambda points: points).items():
            plane.plot(*outline.T, color=circles.COLORS[circle])
        view = circles.LayerView(image)
        view.update(weights)
        view.grid.remove()
        plane.set(xlim=(-1.08, 1.08), ylim=(-1.08, 1.08), aspect="equal")
        plane.set(xticks=[-1, 0, 1], yticks=[-1, 0, 1], xlabel="$x_1$", ylabel="$x_2$")
        plane.grid(visible=False)
        name = circles.dimension(network)
        plane.set_title(f"{name}, seed {shown.seed}, the best: the plane", fontsize=10)
        image.set_title(f"{name}: the layer of two, epoch {epoch}", fontsize=10)
    handles = [
        *(Line2D([], [], color=c, label=f"{n} circle") for n, c in circles.COLORS.items()),
        Patch(color=SIGN_COLORS[1], alpha=0.4, linewidth=0, label="det J above 0"),
        Patch(color=SIGN_COLORS[0], alpha=0.4, linewidth=0, label="below 0: turned over"),
        Line2D([], [], color=drawing.GREEN, label="fold"),
        Line2D([], [], color=drawing.BLACK, linestyle="--", label="answer 1/2"),
    ]
    figure.legend(handles=handles, loc="outside lower center", ncols=6)
    title = "What the layer of two units makes of the plane, cell by cell"
    if set(histories) == {"2-2-2-1", "2-3-2-1"}:
        title = (
            "The 2-D network bends the plane and leaves one side up everywhere; the 3-D one folds"
            " it"
        )
    figure.suptitle(title)
    return figure


def _quantiles(rows) -> tuple[list[int], np.ndarray]:
    """Epochs, and the 5, 50 and 95 % quantiles of |det| over seeds, read from the counts."""
    epochs, quantiles = [], []
    for epoch, own in rows.sort_values("below").groupby("epoch"):
        epochs.append(epoch)
        shares = own["count"] / own["seeds"]
        quantiles.append(np.interp((0.05, 0.5, 0.95), shares, np.log10(own["below"])))
    return epochs, 10 ** np.array(quantiles)


def _epoch_ticks(panel, last):
    """0 and the powers of ten, on an axis that is linear up to 1."""
    ticks = [0, *(10**power for power in range(len(str(last))))]
    panel.set_xticks(ticks, [f"{tick:,}" for tick in ticks])


def _collapse_figure(sizes, crossings):
    sizes = sizes[sizes["network"] == "2-2-2-1"]
    rates = sorted(sizes["rate"].unique())
    figure, axes = drawing.panels(1, len(rates) + 1, width=3.3, height=3.6)
    styles = {"largest": (drawing.BLUE, "-"), "smallest": (drawing.VERMILION, "--")}
    for panel, rate in zip(axes[0], rates, strict=False):
        own = sizes[sizes["rate"] == rate]
        for extreme, (color, dash) in styles.items():
            epochs, quantiles = _quantiles(own[own["extreme"] == extreme])
            low, middle, high = quantiles.T
            panel.fill_between(epochs, low, high, color=color, alpha=0.2, linewidth=0)
            panel.plot(
                epochs, middle, color=color, linestyle=dash, label=f"{extreme} over the disc"
            )
        panel.set(xscale="symlog", yscale="log", ylim=(1e-17, 1e3), xlabel="epoch")
        _epoch_ticks(panel, sizes["epoch"].max())
        panel.set_title(f"rate {rate:g}")
        panel.legend(loc="lower left")
    axes[0, 0].set_ylabel("|det J|, 2-D: median; 5 to 95 %")
    bars = axes[0, -1]
    for place, (matrix, hatch) in enumerate((("W1", ""), ("W2", "//"))):
        own = crossings[crossings["matrix"] == matrix].sort_values("rate")
        at = np.arange(len(own)) + 0.4 * (place - 0.5)
        share = own["crosses"] / own["seeds"]
        bars.bar(at, share, 0.38, color=drawing.GREY, hatch=hatch, edgecolor="white",
                 label=f"det {matrix}")  # fmt: skip
        for x, value in zip(at, share, strict=True):
            bars.text(x, value, f"{value:.0%}", ha="center", va="bottom", fontsize=9)
    bars.set_xticks(range(len(own)), [f"{rate:g}" for rate in own["rate"]])
    bars.set(xlabel="learning rate", ylabel="share of seeds", ylim=(0, 1))
    bars.set_title("pass through det W = 0")
    bars.legend()
    bars.grid(visible=False, axis="x")
    seeds = int(sizes["seeds"].max())
    figure.suptitle(
        "The 2-D map shrinks in places to almost nothing; if it turns over, then all of it at once:"
        f" {seeds:,} seeds"
    )
    return figure


def _count_figure(spec, folds):
    rates = sorted(folds["rate"].unique())
    figure, axes = drawing.panels(1, len(rates), width=3.6, height=3.5, sharey=True)
    colors = (drawing.VERMILION, drawing.BLUE, drawing.GREEN, drawing.ORANGE)
    looks = itertools.cycle(zip(colors, "os^D", strict=True))
    styles = dict(zip(map(circles.name, spec.networks), looks, strict=False))
    for panel, rate in zip(axes[0], rates, strict=True):
        for network, (color, marker) in styles.items():
            own = folds[(folds["network"] == network) & (folds["rate"] == rate)]
            own = own.sort_values("epoch")
            for event, dash, verb in (("folds", "-", "folds"), ("separates", ":", "separates")):
                panel.plot(
                    own["epoch"], own[event] / own["seeds"], color=color, marker=marker,
                    linestyle=dash, markersize=4, label=f"{circles.dimension(network)} {verb}",
                )  # fmt: skip
        panel.set(xscale="symlog", xlabel="epoch", ylim=(-0.03, 1.03), title=f"rate {rate:g}")
        _epoch_ticks(panel, folds["epoch"].max())
    axes[0, 0].set_ylabel("share of seeds")
    figure.legend(*axes[0, 0].get_legend_handles_labels(), loc="outside lower center", ncols=4)
    seeds = int(folds["seeds"].max())
    figure.suptitle(f"No separation without a fold inside the outer circle: {seeds:,} seeds each")
    return figure
