"""Why width 2 cannot separate the circles: its map of the plane never folds.

Document: none; slides, part 7-1, say of layers that they fold space.
Setup: 2-2-2-1 and 2-3-2-1 as in `tanh_warping`, both at the same three learning rates, 100 epochs;
the determinant of the Jacobian of the map from the plane to the layer of two units.
Assumptions: by Cauchy and Binet it is the sum, over pairs of first-layer units, of det(their
columns of W1) det(their rows of W2) times their slopes, times the second layer's slopes. Slopes of
tanh are above 0, and two units are one pair: one sign over the whole plane. Where the circles are
separated, the logit a u + b v + c has an extremum inside the outer circle; there (a, b) J = 0, so
det J = 0.
Known differences: det J is taken in float64 from weights trained in float32, on a grid over the
disc inside the outer circle: a fold narrower than its spacing is missed. A sign of det W that
changes and changes back between two records, a fifth of an epoch apart, is not seen.
"""

import itertools
from dataclasses import dataclass

import numpy as np
import pandas as pd

from reproductions.suite import circles, drawing, shards
from reproductions.suite.claims import Claim
from reproductions.suite.kinds import Close, Exact, Rate, Table, Unchecked


@dataclass(frozen=True)
class Spec:
    """Both networks' setting, and how many seeds see it."""

    seeds: int = 256
    networks: tuple[tuple[int, ...], ...] = ((2, 2), (3, 2))
    rates: tuple[float, ...] = (0.001, 0.005, 0.05)
    epochs: int = 100
    records: int = 5  # an epoch
    grid: int = 61  # points along the disc's diameter
    watched: tuple[int, ...] = (0, 1, 3, 10, 30, 100)  # epochs
    checked_seeds: int = 16  # against automatic differentiation, at most

    def __post_init__(self):
        if (2, 2) not in self.networks:
            raise ValueError(f"networks must hold 2-2-2-1. Received: {self.networks}")
        for hidden in self.networks:
            if len(hidden) != 2 or hidden[-1] != 2:
                raise ValueError(
                    "networks must have two hidden layers, the second of two units."
                    f" Received: {hidden}"
                )
        if max(self.watched) > self.epochs:
            raise ValueError(f"watched must end by epoch {self.epochs}. Received: {self.watched}")
        if circles.STEPS % self.records:
            raise ValueError(f"records must divide {circles.STEPS:,}. Received: {self.records}")


SPEC = Spec()
QUICK = {"rates": (0.001, 0.005)}
SMALL = {"epochs": 2, "watched": (0, 1, 2)}

SLIDES_RATES = {(2, 2): 0.001, (3, 2): 0.005, (4, 2): 0.005}

SIZES = tuple(float(f"1e{power}") for power in range(-20, 4))


def slope(z):
    """tanh'(z) as 4 e / (1 + e)², e = exp(-2 |z|): above 0 where 1 - tanh² is rounded to 0."""
    e = np.exp(-2 * np.abs(z))
    return 4 * e / (1 + e) ** 2


def determinant(weights, points) -> np.ndarray:
    """The determinant of the map from the plane to the layer of two units, in float64.

    Args:
        weights: both layers' kernels and biases, with or without replicas on a last axis.
        points: (point, 2).

    Returns:
        (point,) or (point, replica).
    """
    w1, b1, w2, b2 = (np.asarray(w, "float64") for w in weights[:4])
    z1 = np.einsum("pi,ij...->pj...", np.asarray(points, "float64"), w1) + b1
    s1 = slope(z1)
    s2 = slope(np.einsum("pj...,jk...->pk...", np.tanh(z1), w2) + b2)
    total = sum(
        (w1[0, i] * w1[1, j] - w1[0, j] * w1[1, i])
        * (w2[i, 0] * w2[j, 1] - w2[i, 1] * w2[j, 0])
        * s1[:, i]
        * s1[:, j]
        for i, j in itertools.combinations(range(w1.shape[1]), 2)
    )
    return total * s2[:, 0] * s2[:, 1]


def disc(across: int) -> np.ndarray:
    """A grid over the disc inside the outer circle, (point, 2)."""
    edge = np.linspace(-1, 1, across)
    points = np.stack(np.meshgrid(edge, edge), -1).reshape(-1, 2)
    return points[np.hypot(*points.T) <= 1]


def run(spec: Spec) -> dict[str, pd.DataFrame]:
    """Trains both networks and follows their determinants."""
    calls = [(spec, hidden) for hidden in spec.networks]
    found = shards.by_seeds(_train, calls, spec.seeds, "tanh_folding", each=len(spec.rates))
    return shards.joined(
        [
            {
                name: table.assign(network=circles.name(hidden))
                for name, table in _tables(parts).items()
            }
            for hidden, parts in zip(spec.networks, found, strict=True)
        ]
    )


def _train(spec, hidden, start, stop) -> shards.Part:
    """One network at all rates, one after the other on the replica axis."""
    from reproductions.suite import replicas

    engine = circles.engine(hidden, snapshots=True)
    seeds = stop - start
    weights = replicas.initial_weights(engine.model, range(start, stop), "glorot")
    rate = np.repeat(spec.rates, seeds)
    every = circles.STEPS // spec.records
    weights = [np.tile(w, len(spec.rates)) for w in weights]
    options = {"epochs": range(spec.epochs), "every": every, "done": shards.advance}
    _, records = circles.train(engine, weights, rate, **options)
    history = [records[f"weight_{i}"] for i in range(len(weights))]  # (record, ..., replica)
    accuracy = circles.accuracy(records)
    parts = {name: [] for name in TABLES}
    points = disc(spec.grid)
    for i, rate in enumerate(spec.rates):
        own = slice(i * seeds, (i + 1) * seeds)
        label = {"rate": rate}
        for epoch in spec.watched:
            record = epoch * spec.records
            det = determinant([w[record, ..., own] for w in history], points)
            right = accuracy[record, own] == 1
            parts["folds"].append(pd.DataFrame([{**label, "epoch": epoch, **_folds(det, right)}]))
            parts["sizes"].append(_sizes(det).assign(**label, epoch=epoch))
        if hidden == (2, 2):
            parts["crossings"].append(_crossings([w[..., own] for w in history]).assign(**label))
        if _shown_rate(spec, hidden) == rate:
            last = accuracy[-1, own]
            best = int(np.argmax(last))  # the first of those with the highest final accuracy
            row = {**label, "seed": start + best, "accuracy": last[best]}
            parts["shown"].append(pd.DataFrame([row]))
            chosen = [w[:: spec.records, ..., own][..., best] for w in history]
            parts["weights"].append(_weights(chosen).assign(**label, seed=start + best))
    if start < spec.checked_seeds:
        checked = range(min(seeds, spec.checked_seeds - start))
        worst = _check(
            hidden, history, [i * seeds + j for i in range(len(spec.rates)) for j in checked]
        )
        parts["gradients"].append(pd.DataFrame([{"difference": worst}]))
    return {name: pd.concat(frames) for name, frames in parts.items() if frames}


def _shown_rate(spec, hidden) -> float:
    """The rate at which a network is drawn: the slides' own, where it is run at that."""
    own = SLIDES_RATES.get(hidden)
    return own if own in spec.rates else spec.rates[0]


def _tables(parts) -> dict[str, pd.DataFrame]:
    """One network's tables: counts added up, and of what is extreme in each range the extreme."""
    tables = shards.joined(parts)
    for name in ("folds", "sizes", "crossings"):
        if name in tables:
            table = TABLES[name]
            key = [column for column in table.key if column != "network"]
            how = {c: "max" if c == "most_crossings" else "sum" for c in table.columns}
            tables[name] = tables[name].groupby(key, as_index=False).agg(how)
    tables["gradients"] = tables["gradients"].agg(["max"])
    if "shown" in tables:
        shown = tables["shown"].sort_values("accuracy", ascending=False, kind="stable")[:1]
        weights = tables["weights"]
        tables["shown"] = shown
        tables["weights"] = weights[weights["seed"] == shown["seed"].iloc[0]].drop(columns="seed")
    return tables


def _folds(det, right) -> dict[str, int]:
    """How many seeds' determinants have both signs, and of those that separate the circles."""
    both = (det > 0).any(axis=0) & (det < 0).any(axis=0)
    return {
        "seeds": both.size,
        "folds": int(both.sum()),
        "separates": int(right.sum()),
        "separates_unfolded": int((right & ~both).sum()),
    }


def _sizes(det) -> pd.DataFrame:
    """How many seeds' smallest and largest |det| over the disc are below each of `SIZES`."""
    rows = []
    for extreme, values in (("smallest", np.abs(det).min(0)), ("largest", np.abs(det).max(0))):
        for size in SIZES:
            rows.append({"extreme": extreme, "below": size, "count": int((values < size).sum())})
    return pd.DataFrame(rows).assign(seeds=det.shape[1])


def _crossings(history) -> pd.DataFrame:
    """How many seeds' det W changes sign from one record to another."""
    rows = []
    for matrix, kernel in (("W1", history[0]), ("W2", history[2])):
        det = kernel[:, 0, 0] * kernel[:, 1, 1] - kernel[:, 0, 1] * kernel[:, 1, 0]
        changes = (np.sign(det[1:]) != np.sign(det[:-1])).sum(axis=0)
        rows.append(
            {
                "matrix": matrix,
                "seeds": changes.size,
                "crosses": int((changes > 0).sum()),
                "most_crossings": int(changes.max()),
            }
        )
    return pd.DataFrame(rows)


def _weights(history) -> pd.DataFrame:
    """One seed's weights at the epochs that are drawn, in `get_weights` order."""
    epochs = circles.stills(len(history[0]) - 1)
    values = np.concatenate([w[epochs].reshape(len(epochs), -1) for w in history], axis=1)
    epoch, weight = np.meshgrid(epochs, range(values.shape[1]), indexing="ij")
    return pd.DataFrame({"epoch": epoch.ravel(), "weight": weight.ravel(), "value": values.ravel()})


def _check(hidden, history, chosen) -> float:
    """The largest difference between the formula and automatic differentiation.

    At the last record of the chosen replicas; relative to each network's largest |det|.
    """
    import keras
    import tensorflow as tf

    points = disc(15)
    layers = [keras.layers.Dense(width, activation="tanh", dtype="float64") for width in hidden]
    model = keras.Sequential([keras.Input((2,), dtype="float64"), *layers])
    inputs = tf.constant(points, tf.float64)

    @tf.function
    def jacobian():
        with tf.GradientTape() as tape:
            tape.watch(inputs)
            output = model(inputs)
        return tape.batch_jacobian(output, inputs)

    worst = 0.0
    for replica in chosen:
        own = [w[-1, ..., replica] for w in history[: 2 * len(hidden)]]
        model.set_weights(own)
        obtained = np.linalg.det(jacobian().numpy())
        expected = determinant(own, points)
        worst = max(worst, np.abs(obtained - expected).max() / np.abs(expected).max())
    return worst


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


ROUNDING = "two ways to one number in float64, relative to the largest"
TABLES = {
    "folds": Table(
        key=("network", "rate", "epoch"),
        columns={
            "seeds": Exact(),
            **dict.fromkeys(("folds", "separates", "separates_unfolded"), Rate(trials="seeds")),
        },
        over_seeds=True,
    ),
    "sizes": Table(
        key=("network", "rate", "epoch", "extreme", "below"),
        columns={"count": Rate(trials="seeds"), "seeds": Exact()},
        over_seeds=True,
    ),
    "crossings": Table(
        key=("network", "rate", "matrix"),
        columns={"seeds": Exact(), "crosses": Rate(trials="seeds"), "most_crossings": Unchecked()},
        over_seeds=True,
    ),
    "gradients": Table(
        key=("network",),
        columns={"difference": Close(rtol=0, atol=1e-6, reason=ROUNDING)},
        over_seeds=True,
    ),
    # Which seeds these are, and what they come to, may differ between processors.
    "shown": Table(
        key=("network", "rate"), columns=dict.fromkeys(("seed", "accuracy"), Unchecked())
    ),
    "weights": Table(
        key=("network", "rate", "epoch", "weight"), columns={"value": Unchecked(nan=True)}
    ),
}
CLAIMS: list[Claim] = []
