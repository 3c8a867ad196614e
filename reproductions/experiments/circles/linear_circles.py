"""Linear networks of any depth on the two circles, beside the same networks with tanh and ReLU.

Document: slides, part 7-1 (a non-linear activation function is needed to learn a non-linear
decision boundary) and part 7-4 (it deforms the grid of the feature space unevenly).
Setup: 1, 2, 4 and 8 hidden layers of width 3, a sigmoid at the end, mean squared error, SGD in
batches of 32, Keras' default initial weights; after each hidden layer nothing, a tanh or a ReLU.
Nothing else differs: a seed has the same initial weights and batches with all three.
Closed form: a network without activation functions is one affine map before its sigmoid, so its
boundary is a straight line, and no straight line has more than two thirds of both circles right.
Assumptions: each network trains at the rate at which it separates the circles most often in the
tuning initialisations (table `tuning`); the depth at which tanh and ReLU are judged is the one that
does so most often; ties go to the smaller rate and to fewer layers. The initialisations that are
judged are others. A network draws a boundary that is no straight line if it has more of a dense
grid of both circles right than any straight line. How much a cell of the grid over [-1, 1]² is
enlarged on its way to the last hidden layer is √det(JᵀJ) at its centre, J the Jacobian in float64.
Known differences: the slides state this in general, and show no linear network on the circles.
It runs only when it is named: twelve networks are compiled, which takes most of its time.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from reproductions.evidence import drawing, functions, measured
from reproductions.evidence.kinds import Exact, Rate, Table, Unchecked, shares
from reproductions.evidence.statistics import share_of, wilson
from reproductions.evidence.verdicts import Judgement, Tables, graded
from reproductions.training import circles, rings
from reproductions.training.pool import Arrays, Pool, Shard

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure


@dataclass(frozen=True)
class Spec:
    """The networks with the rates chosen for them, and with how many seeds they train.

    Attributes:
        networks: activation function, hidden layers, learning rate.
        compared: activation function and hidden layers of the networks that are judged by their
            boundary, and drawn; of the linear ones, which are judged at every depth, the deepest.
    """

    seeds: int = 256
    width: int = 3
    networks: tuple[tuple[str, int, float], ...] = (
        ("linear", 1, 0.1),
        ("linear", 2, 0.1),
        ("linear", 4, 0.1),
        ("linear", 8, 0.1),
        ("tanh", 1, 1.0),
        ("tanh", 2, 0.3),
        ("tanh", 4, 0.1),
        ("tanh", 8, 0.1),
        ("relu", 1, 1.0),
        ("relu", 2, 0.3),
        ("relu", 4, 0.1),
        ("relu", 8, 0.1),
    )
    compared: tuple[tuple[str, int], ...] = (("linear", 8), ("tanh", 1), ("relu", 1))
    steps: int = 5_000
    tuning_seeds: int = 32
    rates: tuple[float, ...] = (0.1, 0.3, 1.0)


SPEC = Spec()
OPTIONAL = True

QUICK = {"rates": (0.3,)}

SMALL = {
    "steps": 100,
    "tuning_seeds": 2,
    "networks": tuple(network for network in SPEC.networks if network[1] <= 2),
    "compared": (("linear", 2), ("tanh", 1), ("relu", 1)),
}

CIRCLES = 2

MARGIN = 2
"""Points of the dense grid: a line may pass between two of them, and has so many more right."""

UNEVEN = 2.0
"""How many times more one cell must be enlarged than another to be enlarged unevenly."""

EVEN = 1e-9
"""Relative; what is computed in float64 differs by less where all cells are enlarged alike."""


def run(spec: Spec, pool: Pool) -> dict[str, pd.DataFrame]:
    """Trains all networks, and measures their boundaries and what they do to the grid."""
    tried = [(name, layers, rate) for name, layers, _ in spec.networks for rate in spec.rates]
    by_call = pool.by_seeds(
        _train,
        [
            *((spec, *call, rings.TUNING) for call in tried),
            *((spec, *network, 0) for network in spec.networks),
        ],
        [spec.tuning_seeds] * len(tried) + [spec.seeds] * len(spec.networks),
        "linear_circles",
        network=lambda spec, name, layers, *_: (name, layers),
    )
    rows = []
    for (name, layers, rate), shards in zip(tried, by_call[: len(tried)], strict=True):
        right = np.concatenate([arrays["right"] for arrays in shards])
        separates = int((right == CIRCLES * rings.ANGLES).sum())
        row = {"activation": name, "layers": layers, "rate": rate, "separates": separates}
        rows.append({**row, "seeds": spec.tuning_seeds, **share_of(separates, spec.tuning_seeds)})
    outcomes = [
        (network, {key: np.concatenate([s[key] for s in shards]) for key in shards[0]})
        for network, shards in zip(spec.networks, by_call[len(tried) :], strict=True)
    ]
    return {
        "tuning": pd.DataFrame(rows),
        "networks": pd.DataFrame(_network(spec, *network, arrays) for network, arrays in outcomes),
        "shown": pd.concat(
            _shown(*network[:2], arrays)
            for network, arrays in outcomes
            if network[:2] in spec.compared
        ),
    }


def _train(
    shard: Shard,
    spec: Spec,
    name: str,
    layers: int,
    rate: float,
    first: int,
    start: int,
    stop: int,
) -> Arrays:
    """What the seeds `first + start` to `first + stop` have right, and how they enlarge cells."""
    engine = shard.once(rings.engine, (spec.width,) * layers, name)
    weights = rings.train(engine, CIRCLES, range(first + start, first + stop), rate, spec.steps)
    factors = area_factors(weights, name, cell_centres())
    shard.advance(stop - start)
    return {
        "right": rings.right(weights, name, CIRCLES),
        "least": factors.min(axis=0),
        "most": factors.max(axis=0),
        "weights": np.concatenate([w.reshape(-1, stop - start) for w in weights]).T,
    }


def cell_centres(across: int = 20) -> np.ndarray:
    """The centres of equal cells that fill [-1, 1]², (cell, 2)."""
    return circles.square_points((np.arange(across) + 0.5) / across * 2 - 1)


def area_factors(weights: Sequence[np.ndarray], activation: str, x: np.ndarray) -> np.ndarray:
    """By how much a small area is enlarged on its way to the last hidden layer, (point, replica).

    Args:
        weights: kernels and biases, the replica on the last axis.
        activation: after each hidden layer, by its name.
        x: where, (point, 2).
    """
    signals = rings.signals(weights, activation, x)[:-1]
    slopes: dict[str, Callable[[np.ndarray], np.ndarray]] = {
        "linear": np.ones_like,
        "tanh": lambda y: 1 - y**2,
        "relu": lambda y: np.where(y > 0, 1.0, 0.0),
    }
    replicas = weights[0].shape[-1]
    jacobian = np.broadcast_to(np.eye(2)[None, :, :, None], (len(x), 2, 2, replicas))
    for kernel, signal in zip(weights[:-2:2], signals, strict=True):
        moved = np.einsum("pidr,ior->podr", jacobian, np.asarray(kernel, "float64"))
        jacobian = slopes[activation](signal)[:, :, None] * moved
    first, second = jacobian[:, :, 0], jacobian[:, :, 1]
    squared = (first**2).sum(1) * (second**2).sum(1) - (first * second).sum(1) ** 2
    return np.sqrt(np.maximum(squared, 0))


def _network(
    spec: Spec, name: str, layers: int, rate: float, outcomes: Mapping[str, np.ndarray]
) -> dict:
    """The row of one network: how many seeds do what."""
    right, least, most = (outcomes[key] for key in ("right", "least", "most"))
    points = CIRCLES * rings.ANGLES
    better = int((right > circles.LINE_ACCURACY * points + MARGIN).sum())
    return {
        "activation": name,
        "layers": layers,
        "rate": rate,
        "compared": (name, layers) in spec.compared,
        "better": better,
        "seeds": len(right),
        **share_of(better, len(right)),
        "separates": int((right == points).sum()),
        "even": int((most - least <= EVEN * most).sum()),
        "uneven": int((most > UNEVEN * least).sum()),
        "flat": int((most == 0).sum()),
        "accuracy_q50": np.median(right) / points,
        "accuracy_best": right.max() / points,
    }


def _shown(name: str, layers: int, outcomes: Mapping[str, np.ndarray]) -> pd.DataFrame:
    """The weights of the first of the seeds that have the most points right."""
    seed = int(np.argmax(outcomes["right"]))
    values = outcomes["weights"][seed]
    return pd.DataFrame(
        {
            "activation": name,
            "layers": layers,
            "weight": range(len(values)),
            "value": values,
            "seed": seed,
        }
    )


def figures(spec: Spec, tables: Tables) -> drawing.Figures:
    """How often each network does better than a line, and the boundaries of the best seeds."""
    return {
        "networks": lambda: _draw_networks(tables["networks"]),
        "boundaries": lambda: _draw_boundaries(spec, tables["shown"]),
    }


MARKERS = {"linear": "o", "tanh": "s", "relu": "^"}


def _draw_networks(networks: pd.DataFrame) -> "Figure":
    figure, axes = drawing.panels(1, 3, width=3.7, height=3.6, sharey=True)
    columns = {
        "better": "better than any straight line",
        "separates": "separate the circles",
        "uneven": "enlarge the grid unevenly",
    }
    for panel, (column, title) in zip(axes[0], columns.items(), strict=True):
        for name, rows in networks.sort_values("layers").groupby("activation", sort=False):
            share = rows[column] / rows["seeds"]
            ends = np.array(
                [wilson(k, n) for k, n in zip(rows[column], rows["seeds"], strict=True)]
            )
            style = functions.style(name) | {"marker": MARKERS[name]}
            panel.errorbar(
                rows["layers"],
                share,
                yerr=[share - ends[:, 0], ends[:, 1] - share],
                capsize=3,
                label=functions.label(name),
                **style,
            )
        panel.set(xlabel="hidden layers", xscale="log", ylim=(-0.03, 1.03), title=title)
        layers = sorted(networks["layers"].unique())
        panel.set_xticks(layers, [f"{count}" for count in layers])
        panel.minorticks_off()
    axes[0, 0].set_ylabel("share of seeds")
    figure.legend(*axes[0, 0].get_legend_handles_labels(), loc="outside lower center", ncols=3)
    figure.suptitle(
        f"The same networks with three functions: {int(networks['seeds'].max()):,} initialisations"
        " each, with 95 % intervals"
    )
    return figure


def _draw_boundaries(spec: Spec, shown: pd.DataFrame) -> "Figure":
    names = [name for name, _ in spec.compared]
    figure, axes = drawing.panels(1, len(names), width=3.2, height=3.5)
    for panel, name in zip(axes[0], names, strict=True):
        rows = measured.rows(shown, activation=name)
        layers = rows["layers"].iloc[0]
        _draw_boundary(panel, name, _unflatten(rows, spec.width, layers))
        plural = "s" if layers > 1 else ""
        panel.set_title(f"{functions.label(name)}, {layers} hidden layer{plural}", fontsize=10)
    circles.legend(figure, line=False)
    figure.suptitle("The decision boundary of the best initialisation")
    return figure


def _draw_boundary(axes: "Axes", name: str, weights: Sequence[np.ndarray]) -> None:
    reach, size = 1.25, 181
    plane = circles.square_points(np.linspace(-reach, reach, size))
    logit = rings.signals([w[..., None] for w in weights], name, plane)[-1].reshape(size, size)
    extent = (-reach, reach)
    axes.contourf(
        np.linspace(*extent, size),
        np.linspace(*extent, size),
        logit,
        levels=[-np.inf, 0, np.inf],
        colors=circles.TINTS,
    )
    circles.draw_circles(axes)
    circles.square_axes(axes, reach)
    axes.set(xlabel="$x_1$", ylabel="$x_2$")


def _unflatten(rows: pd.DataFrame, width: int, layers: int) -> list[np.ndarray]:
    """A network's weights in `get_weights` order."""
    return circles.unflatten(rows, circles.name((width,) * layers))


TABLES = {
    "tuning": Table(("activation", "layers", "rate"), shares("separates"), over_seeds=True),
    "networks": Table(
        key=("activation", "layers"),
        columns={
            "rate": Exact(),
            "compared": Exact(),
            **shares("better"),
            **dict.fromkeys(("separates", "even", "uneven", "flat"), Rate(trials="seeds")),
            "accuracy_q50": Unchecked(),
            "accuracy_best": Unchecked(),
        },
        over_seeds=True,
    ),
    # Which seed is the best, and its weights, may differ between processors.
    "shown": Table(
        key=("activation", "layers", "weight"),
        columns={"value": Unchecked(), "seed": Unchecked()},
        over_seeds=True,
    ),
}

NON_LINEAR = ("tanh", "relu")


def _only_non_linear_ones_bend_the_boundary(tables: Tables, *, most: float = 0.5) -> Judgement:
    networks = tables["networks"]
    linear = measured.rows(networks, activation="linear")
    judged = networks[networks["compared"].astype(bool)]
    bent = {name: measured.row(judged, activation=name) for name in NON_LINEAR}
    straight = linear["better"].sum() == 0
    can = [row["low"] > most for row in bent.values()]
    count, seeds = linear["better"].sum(), linear["seeds"].sum()
    return Judgement(
        graded(straight and all(can), in_part=straight and any(can)),
        count / seeds,
        *wilson(count, seeds),
        notes=("main",),
        values={
            "most": linear["layers"].max(),
            "better": {name: row["share"] for name, row in bent.items()},
            "separates": {name: row["separates"] / row["seeds"] for name, row in bent.items()},
        },
    )


def _only_non_linear_ones_are_uneven(tables: Tables, *, most: float = 0.5) -> Judgement:
    networks = tables["networks"]
    linear = measured.rows(networks, activation="linear")
    even = (linear["even"] == linear["seeds"]).all()
    uneven = {
        name: [
            wilson(row["uneven"], row["seeds"])[0] > most
            for _, row in measured.rows(networks, activation=name).iterrows()
        ]
        for name in NON_LINEAR
    }
    judged = networks[networks["activation"].isin(NON_LINEAR)]
    count, seeds = judged["uneven"].sum(), judged["seeds"].sum()
    fewest = judged.loc[(judged["uneven"] / judged["seeds"]).idxmin()]
    return Judgement(
        graded(
            even and all(map(all, uneven.values())), in_part=even and all(map(any, uneven.values()))
        ),
        count / seeds,
        *wilson(count, seeds),
        notes=("main",),
        values={
            "even": linear["even"].sum(),
            "linear": linear["seeds"].sum(),
            "fewest": {fewest["activation"]: fewest["uneven"] / fewest["seeds"]},
            "layers": fewest["layers"],
            "flat": fewest["flat"] / fewest["seeds"],
        },
    )


CLAIMS = {
    "SL-25": _only_non_linear_ones_bend_the_boundary,
    "SL-28": _only_non_linear_ones_are_uneven,
}
