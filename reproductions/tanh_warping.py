"""How tanh networks of 2, 3 and 4 dimensions bend the plane to separate two circles.

Document: slides, part 7-1: the 2-D, 3-D and 4-D networks, each with its animation.
Setup: 2-2-2-1 at learning rate 0.001, 2-3-2-1 and 2-4-2-1 at 0.005, tanh, a sigmoid at the end,
mean squared error, Keras' default initial weights; two circles of 20,000 points each, batches of
32, 100 epochs.
Assumptions: the slides print the networks alone; data, batches and epochs are those of the post
that the animations are from, srome.github.io, which says that the 2-D network "cannot fully
separate the two classes" and that the 3-D one easily does. A network separates them if every point
of a dense grid without noise on both circles is right; all accuracies are of that grid.
Known differences: the post shows one seed of each; initial weights, noise and order come from
NumPy's Philox; all initialisations see the same batches; XLA compiles the loop.
"""

import itertools
from dataclasses import dataclass

import numpy as np
import pandas as pd

from reproductions.suite import circles, drawing, measured, shards
from reproductions.suite.claims import IN_PART, NOT_REPRODUCED, REPRODUCED, Claim, Judgement
from reproductions.suite.errors import NotMeasured
from reproductions.suite.kinds import Close, Exact, Rate, Table, Unchecked, shares
from reproductions.suite.statistics import share_of, wilson


@dataclass(frozen=True)
class Spec:
    """The slides' networks, hidden layers and learning rate, and how many seeds see them."""

    seeds: int = 512
    networks: tuple[tuple[tuple[int, ...], float], ...] = (
        ((2, 2), 0.001),
        ((3, 2), 0.005),
        ((4, 2), 0.005),
    )
    epochs: int = 100
    first_seeds: int = 16
    frames_every: int = 2  # epochs


SPEC = Spec()
QUICK = {"frames_every": 50}
SMALL = {"epochs": 2}

SEPARATES = "separates the circles"
BETTER = "better than any straight line"
EVENTS = (SEPARATES, BETTER, *(f"all of the {circle} circle right" for circle in circles.RADII))
LEVELS = (*(round(0.5 + 0.025 * i, 3) for i in range(1, 20)), 2 / 3, 0.99, 1.0)
LEVEL_EPOCHS = (0, 1, 2, 3, 5, 7)  # and every fifth from 10 on


def run(spec: Spec, change=None) -> dict[str, pd.DataFrame]:
    """Trains the networks side by side.

    Args:
        spec: the setting.
        change: a function of a module, applied to the initial weights, to see what a last-bit
            difference does.
    """
    # The widest first, so that no core is left with it at the end.
    calls = [(spec, hidden, rate, change) for hidden, rate in reversed(spec.networks)]
    found = shards.by_seeds(_train, calls, spec.seeds, "tanh_warping")
    return shards.joined(
        [
            {
                name: table.assign(network=circles.name(hidden))
                for name, table in _tables(spec, parts).items()
            }
            for (_, hidden, *_), parts in zip(calls, found, strict=True)
        ]
    )


def _train(spec, hidden, rate, change, start, stop) -> shards.Part:
    """What the seeds from `start` to `stop` come to: counts of them all, and single seeds."""
    from reproductions.suite import replicas

    engine = circles.engine(hidden, snapshots=True)
    weights = replicas.initial_weights(engine.model, range(start, stop), "glorot")
    weights = change(weights) if change else weights
    options = {"epochs": range(spec.epochs), "done": shards.advance}
    _, records = circles.train(engine, weights, rate, **options)
    accuracy, loss = circles.accuracy(records), records["loss"]
    last = accuracy[-1]
    better = accuracy > circles.LINE_ACCURACY
    whole = [records[circle][-1] == circles.ANGLES for circle in circles.RADII]
    # The sum of two circles' counts is exact in float32, so the levels are met exactly or not.
    levels = accuracy[_level_epochs(spec)][:, None].round(6) < np.array(LEVELS)[:, None]
    # Any seed that may be shown, whatever the others come to: see `_shown`.
    candidates = np.union1d(np.unique(last, return_index=True)[1], _shown(last, loss[-1])["best"])
    return {
        "accuracy": last,
        "loss": loss[-1],
        "counts": np.array([seeds.sum() for seeds in (last == 1, better[-1], *whole)]),
        "curves": np.stack([(accuracy == 1).sum(axis=1), better.sum(axis=1)]),
        "levels": levels.sum(axis=2),
        "first_loss": loss[1, : max(0, spec.first_seeds - start)],
        "candidates": start + candidates,
        "weights": _history(spec, records, candidates),
    }


def _level_epochs(spec):
    first = [epoch for epoch in LEVEL_EPOCHS if epoch <= spec.epochs]
    return [*first, *range(10, spec.epochs + 1, 5)]


def _drawn_epochs(spec):
    return sorted({*circles.stills(spec.epochs), *_moving_epochs(spec)})


def _moving_epochs(spec):
    return sorted({*range(0, spec.epochs, spec.frames_every), spec.epochs})


def _history(spec, records, seeds) -> np.ndarray:
    """Some seeds' weights at the epochs that are drawn, (epoch, weight, seed), as `get_weights`."""
    epochs = _drawn_epochs(spec)
    arrays = [array for name, array in records.items() if name.startswith("weight_")]
    return np.concatenate(
        [a[epochs][..., seeds].reshape(len(epochs), -1, len(seeds)) for a in arrays], axis=1
    )


def _tables(spec, parts) -> dict[str, pd.DataFrame]:
    """One network's tables, from what its seeds came to."""
    found = shards.whole(parts, summed=("counts", "curves", "levels"))
    last, curves, first = found["accuracy"], found["curves"], found["first_loss"]
    epoch, below = np.meshgrid(_level_epochs(spec), LEVELS, indexing="ij")
    shown = _shown(last, found["loss"])
    return {
        "seeds": pd.DataFrame(
            {"seed": range(spec.seeds), "separates": last == 1, "accuracy": last}
        ),
        "rates": pd.DataFrame(
            [_rate_row(*item, spec.seeds) for item in zip(EVENTS, found["counts"], strict=True)]
        ),
        "curves": pd.DataFrame(
            {
                "epoch": range(curves.shape[1]),
                "seeds": spec.seeds,
                **dict(zip(("separates", "better"), curves, strict=True)),
            }
        ),
        "levels": pd.DataFrame(
            {
                "epoch": epoch.ravel(),
                "below": below.ravel(),
                "count": found["levels"].ravel(),
                "seeds": spec.seeds,
            }
        ),
        "first_epoch": pd.DataFrame({"seed": range(len(first)), "loss": first}),
        "shown": pd.DataFrame(
            [{"shown": s, "seed": i, "accuracy": last[i]} for s, i in shown.items()]
        ),
        "weights": pd.concat(
            [_weights(spec, found, seed).assign(shown=s) for s, seed in shown.items()]
        ),
    }


def _rate_row(event, count, seeds):
    return {"event": event, "count": count, "seeds": seeds, **share_of(count, seeds)}


def _shown(accuracy, loss) -> dict[str, int]:
    """The seeds to draw, by a rule, so that none is picked by its looks.

    Typical: the first whose final accuracy is the (lower) median. Best: the highest final accuracy,
    and among those the lowest loss.
    """
    middle = np.sort(accuracy)[(len(accuracy) - 1) // 2]
    return {
        "typical": int(np.flatnonzero(accuracy == middle)[0]),
        "best": int(np.lexsort((loss, -accuracy))[0]),
    }


def _weights(spec, found, seed) -> pd.DataFrame:
    """One seed's weights, a row each."""
    history = found["weights"][..., np.searchsorted(found["candidates"], seed)]
    epoch, weight = np.meshgrid(_drawn_epochs(spec), range(history.shape[1]), indexing="ij")
    return pd.DataFrame(
        {"epoch": epoch.ravel(), "weight": weight.ravel(), "value": history.ravel()}
    )


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


def _of(frame, network):
    return frame[frame["network"] == network]


def _histories(tables, network) -> dict[str, tuple[str, dict[int, list[np.ndarray]]]]:
    """What is shown of a network: by name, how it is called, and its weights by epoch."""
    histories = {}
    weights = _of(tables["weights"], network)
    for row in _of(tables["shown"], network).itertuples():
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
        _bands(panel, _of(levels, network), color)
        panel.axhline(circles.LINE_ACCURACY, color=drawing.BLACK, linewidth=1, linestyle=":")
        panel.set(title=f"{name}, {network}, rate {rate:g}", xlabel="epoch")
        panel.set_ylim(0.48, 1.02)
        own = _of(curves, network)
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
    views, epochs = [], _moving_epochs(spec)
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


EARLY = "an epoch at a low rate, before the loss amplifies a last-bit difference into another path"
TABLES = {
    "seeds": Table(key=("network", "seed"), columns={"separates": Rate(), "accuracy": Unchecked()}),
    "rates": Table(
        key=("network", "event"),
        columns={
            "count": Rate(trials="seeds"),
            "seeds": Exact(),
            **shares("count"),
        },
        over_seeds=True,
    ),
    "curves": Table(
        key=("network", "epoch"),
        columns={
            "seeds": Exact(),
            **dict.fromkeys(("separates", "better"), Rate(trials="seeds")),
        },
        over_seeds=True,
    ),
    "levels": Table(
        key=("network", "epoch", "below"),
        columns={"count": Rate(trials="seeds"), "seeds": Exact()},
        over_seeds=True,
    ),
    "first_epoch": Table(
        key=("network", "seed"), columns={"loss": Close(rtol=1e-4, atol=0, reason=EARLY)}
    ),
    # Which seeds these are, and what they come to, may differ between processors.
    "shown": Table(
        key=("network", "shown"), columns={"seed": Unchecked(), "accuracy": Unchecked()}
    ),
    "weights": Table(
        key=("network", "shown", "epoch", "weight"),
        columns={"value": Unchecked(nan=True)},
        over_seeds=True,
    ),
}


def _judge(network, decide):
    def judge(tables) -> Judgement:
        rows = measured.rows(tables["rates"], network=network).set_index("event")
        count, seeds = rows.loc[SEPARATES, ["count", "seeds"]]
        low, high = wilson(count, seeds)
        accuracy = _of(tables["seeds"], network)["accuracy"]
        better = rows.loc[BETTER, "count"]
        note = (
            f"{count:.0f} of {seeds:.0f} separate; accuracy {accuracy.median():.1%} (median),"
            f" {accuracy.max():.1%} (best); better than any line: {better / seeds:.1%}"
        )
        return Judgement(decide(count, low, high), count / seeds, low, high, note)

    return judge


def _fails(count, low, high) -> str:
    if count == 0 and high < 0.2:
        return REPRODUCED
    return IN_PART if high < 0.5 else NOT_REPRODUCED


def _succeeds(count, low, high) -> str:
    return REPRODUCED if low > 0.5 else IN_PART if low > 0.05 else NOT_REPRODUCED


SUCCEEDS = (
    "the share that has every point of the dense grid right after 100 epochs has a 95 % interval"
    " above 0.5; in part if above 0.05"
)
CLAIMS = [
    Claim(
        "SL-05",
        "as in the post that the animation is from, the 2-D network cannot separate the circles:"
        " no seed has every point of the dense grid right after 100 epochs, and the share's 95 %"
        " interval is below 0.2; in part if below 0.5",
        _judge("2-2-2-1", _fails),
    ),
    Claim("SL-06", SUCCEEDS, _judge("2-3-2-1", _succeeds)),
    Claim("SL-07", SUCCEEDS, _judge("2-4-2-1", _succeeds)),
]
