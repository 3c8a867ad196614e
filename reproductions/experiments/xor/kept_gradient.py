"""Whether deep networks learn XOR because they keep the gradient: kept on purpose, and lost.

Document: none; the xor-post says that sigmoid fails because the gradient vanishes layer by layer.
Setup: `functions_today` finds that the functions with which 10-layer networks learn XOR from
Glorot's weights are those that keep the gradient from layer to layer. That is a correlation. Here
the part of the gradient that is kept per layer is set on purpose, to the same four levels for each
function, in three ways. (weights) All initial kernels are multiplied by one number, at which the
networks keep that much. (gradient) The weights are Glorot's, and at each update the gradients of
each hidden layer are multiplied by one factor per layer below the last hidden one, so that as much
is kept as the level says; signals and the last two layers' gradients stay. (signals) The weights
are scaled as before, and the gradients multiplied so that as much per layer is kept as from
Glorot's weights. Networks, loss, learning rate 0.01 and 20,001 updates are those of
`functions_today`.
Assumptions: what is kept per layer is the factor by which a gradient that enters at the last hidden
layer changes from layer to layer, the slope of its logarithm over the layers, as the median over
seeds. The numbers by which weights and gradients are multiplied are found on other seeds, and the
smallest one that reaches the level is taken. The factor is set for the initial weights; in training
it changes. A network has solved XOR when its last cost is below log(2)/4.
Known differences: kernels that are multiplied pass signals on differently, too, as signals and
gradients go through the same weights and derivatives. So two numbers are shown beside the gradient:
how far the signals of the four points are apart in the last hidden layer, and the same over the
size of these signals. In the third way the gradient as a whole stays as small as the scaled weights
make it: only its share per layer is as before. Sigmoid networks cannot be brought to keep more than
about 0.6 per layer by a scale, so the higher levels are missing there. The levels were chosen
looking at other seeds than those that are judged.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from reproductions.evidence import drawing, functions, measured
from reproductions.evidence.kinds import Close, Table, shares
from reproductions.evidence.statistics import share_of
from reproductions.evidence.verdicts import Judge, Judgement, Tables, graded
from reproductions.training import xor
from reproductions.training.activations import Activation
from reproductions.training.pool import Arrays, Pool, Shard


@dataclass(frozen=True)
class Spec:
    """The networks, the levels, and how many seeds are trained."""

    seeds: int = 128
    first: int = 1_000  # of the seeds that are trained
    probed_seeds: int = 256  # from 0 on, on which scales and factors are found
    activations: tuple[Activation, ...] = ("sigmoid", "swish", "relu", "leaky_relu", "tanh")
    hidden: tuple[int, ...] = (5,) * 9
    levels: tuple[float, ...] = (0.2, 0.35, 0.5, 0.8)  # of the gradient, kept per layer
    rate: float = 0.01
    steps: int = 20_001


SPEC = Spec()
OPTIONAL = True
QUICK = {"levels": (0.2, 0.8)}
SMALL = {
    "hidden": (4,) * 3,
    "steps": 21,
    "probed_seeds": 8,
    "first": 10,
}

NONE, WEIGHTS, GRADIENT, SIGNALS = "nothing", "weights", "gradient", "signals"
WAYS = (WEIGHTS, GRADIENT, SIGNALS)

SCALES = np.geomspace(0.15, 8, 20)
"""Of the initial kernels, that are tried."""


@dataclass(frozen=True)
class Cell:
    """One way to set what is kept of the gradient.

    Attributes:
        way: one of `WAYS`, or `NONE` for Glorot's weights as they are.
        level: what is to be kept per layer; 0 for `NONE`.
        scale: of the initial kernels.
        factor: of the gradients, from one hidden layer to the one below it.
    """

    way: str
    level: float
    scale: float = 1.0
    factor: float = 1.0


def run(spec: Spec, pool: Pool) -> dict[str, pd.DataFrame]:
    """Finds scales and factors for each function, and trains all cells."""
    calls = [(spec, activation) for activation in spec.activations]
    by_activation = pool.by_seeds(_train, calls, spec.seeds, "kept_gradient")
    rows = []
    for activation, shards in zip(spec.activations, by_activation, strict=True):
        for i, key in enumerate(zip(*(shards[0][name].tolist() for name in SET), strict=True)):
            solved = sum(int(shard["solved"][i]) for shard in shards)
            seen = {name: np.concatenate([shard[name][i] for shard in shards]) for name in SEEN}
            rows.append(
                {
                    "activation": activation,
                    **dict(zip(SET, key, strict=True)),
                    **{name: _median(values) for name, values in seen.items()},
                    "solved": solved,
                    "seeds": spec.seeds,
                    **share_of(solved, spec.seeds),
                }
            )
    return {"cells": pd.DataFrame(rows)}


def _median(values: np.ndarray) -> float:
    """The median of those that are not NaN, as of a network that is dead; NaN where all are."""
    known = values[~np.isnan(values)]
    return float(np.median(known)) if len(known) else np.nan


SET, SEEN = ("way", "level", "scale", "factor"), ("kept", "apart", "apart_relative")
"""The columns for what is set, and for what networks show of it before training."""


def _model(spec: Spec, activation: str):
    return xor.network(spec.hidden, activation, "stable")


def _weights(model, seeds: Sequence[int], scale: float) -> list[np.ndarray]:
    """Glorot's weights, all kernels times one number; the biases are 0."""
    from reproductions.training import replicas

    weights = replicas.initial_weights(model, seeds, "glorot")
    return [np.float32(scale) * array for array in weights]


def look(activation: str, weights: Sequence[np.ndarray], seeds: Sequence[int]) -> Arrays:
    """What networks keep of a gradient, and how far apart their signals are, before training.

    Args:
        activation: of the hidden layers.
        weights: as `get_weights()` has them, with the seed on one more, last axis.
        seeds: of the gradients that enter at the last hidden layer.

    Returns:
        Three arrays, (seed,): `kept`, the factor per layer of the gradient on its way down the
        hidden layers; `apart`, how far the signals of the four points are apart in the last hidden
        layer; and `apart_relative`, that over the size of these signals, 0 where they are 0.
    """
    import tensorflow as tf

    from reproductions.evidence.statistics import generator
    from reproductions.training import activations, gradients

    kernels, biases = (
        [tf.constant(np.moveaxis(array, -1, 0), tf.float64) for array in arrays]
        for arrays in (weights[:-2:2], weights[1:-2:2])
    )
    depth, width = len(kernels), kernels[-1].shape[-1]
    points = tf.constant(np.repeat(xor.X[None], len(seeds), axis=0), tf.float64)
    entering = np.stack([generator(seed, 5).standard_normal(width) for seed in seeds])
    entering = np.repeat(entering[:, None], len(xor.X), axis=1)  # the same for all four points
    stacks = gradients.Stacks(kernels, biases, points, {depth: tf.constant(entering)})
    flow = gradients.flow(lambda dtype: activations.layer(activation, dtype=dtype), stacks)
    # The first layer's input has two units, all others as many as a hidden layer.
    slopes = gradients.slope_per_layer(flow.gradient[-1][1:])
    apart, size = flow.spread[-1], flow.value[-1]
    relative = np.divide(apart, size, out=np.zeros_like(apart), where=size > 0)
    return {"kept": np.exp(-slopes), "apart": apart, "apart_relative": relative}


def cells(spec: Spec, activation: str) -> list[Cell]:
    """Glorot's weights as they are, and each level in each way, where it can be reached."""
    model, probed = _model(spec, activation), range(spec.probed_seeds)

    def kept(scale: float) -> float:
        return _median(np.asarray(look(activation, _weights(model, probed, scale), probed)["kept"]))

    plain, tried = kept(1.0), np.array([kept(scale) for scale in SCALES])
    made = [Cell(NONE, 0.0)]
    for level in spec.levels:
        made.append(Cell(GRADIENT, level, factor=level / plain))
        if (scale := smallest(tried, level)) is not None:
            made.append(Cell(WEIGHTS, level, scale=scale))
            made.append(Cell(SIGNALS, level, scale=scale, factor=plain / level))
    return made


def smallest(kept: np.ndarray, level: float) -> float | None:
    """The smallest scale that keeps as much as the level, between those tried; None if none does.

    Args:
        kept: at each of `SCALES`.
        level: to be reached.
    """
    enough = np.flatnonzero(kept >= level)
    if not len(enough):
        return None
    place = max(1, int(enough[0]))
    pair = slice(place - 1, place + 1)
    return float(np.exp(np.interp(np.log(level), np.log(kept[pair]), np.log(SCALES[pair]))))


def _train(shard: Shard, spec: Spec, activation: str, start: int, stop: int) -> Arrays:
    """How many of the seeds from `start` to `stop` solve XOR in each cell, and what they show."""
    import tensorflow as tf

    from reproductions.training import replicas

    model = _model(spec, activation)
    layers = len(spec.hidden) + 1
    factors = tf.Variable(np.ones(layers, "float32"))  # read by the compiled loop: one for all

    def multiplied(gradients):
        return [factors[i // 2] * gradient for i, gradient in enumerate(gradients)]

    # An engine for this shard alone, as another one would set the factors under its hands.
    engine = replicas.Replicas(
        model,
        xor.stable_loss,
        xor.records("stable"),
        watch=False,
        threads=1,
        transform=multiplied,
    )
    seeds = range(spec.first + start, spec.first + stop)
    made, solved, seen = cells(spec, activation), [], []
    for cell in made:
        weights = _weights(model, seeds, cell.scale)
        below = np.maximum(0, layers - 2 - np.arange(layers))  # layers to the last hidden one
        factors.assign((cell.factor**below).astype("float32"))
        trained = engine.train(
            weights, xor.X, xor.Y, spec.rate, spec.steps, every=max(1, spec.steps - 1)
        )
        ended = xor.outcomes(trained.records["cost"], trained.finite_steps < 0)
        solved.append(int((ended == "solved").sum()))
        of_cell = look(activation, weights, seeds)
        seen.append({**of_cell, "kept": cell.factor * np.asarray(of_cell["kept"])})
    shard.advance(stop - start)
    return {
        "solved": np.array(solved),
        **{name: np.array([getattr(cell, name) for cell in made]) for name in SET},
        **{name: np.stack([np.asarray(of_cell[name]) for of_cell in seen]) for name in SEEN},
    }


def figures(spec: Spec, tables: Tables) -> drawing.Figures:
    """The share solved against what is kept of the gradient, for each way to set it."""
    return {"ways": lambda: _draw(spec, tables["cells"])}


TITLES = {
    WEIGHTS: "weights scaled:\nsignals and gradient change",
    GRADIENT: "gradient alone multiplied:\nsignals as they are",
    SIGNALS: "weights scaled, and the\ngradient per layer as before",
}


def _draw(spec: Spec, table: pd.DataFrame):
    figure, axes = drawing.panels(1, 3, width=3.5, height=3.7, sharey=True)
    for panel, (way, title) in zip(axes[0], TITLES.items(), strict=True):
        for activation in spec.activations:
            rows = table[(table["activation"] == activation) & (table["way"] == way)]
            rows = rows.sort_values("level")
            panel.errorbar(
                rows["level"],
                rows["share"],
                yerr=drawing.error_bars(rows),
                marker="o",
                markersize=4,
                capsize=2,
                label=functions.label(activation),
                **functions.style(activation),
            )
        panel.set_title(title)
        panel.set(ylim=(-0.03, 1.03), xlim=(0, 1))
        seen = (
            "gradient kept per layer" if way != SIGNALS else "kept per layer by the weights alone"
        )
        panel.set_xlabel(seen)
    axes[0, 0].set_ylabel("share that solves XOR")
    figure.legend(*axes[0, 0].get_legend_handles_labels(), loc="outside lower center", ncols=5)
    lowest = table[(table["level"] == min(spec.levels)) & table["way"].isin((WEIGHTS, GRADIENT))]
    learn = {way: int((of["low"] > 0.05).sum()) for way, of in lowest.groupby("way")}
    figure.suptitle(
        f"Where {min(spec.levels):g} of the gradient is kept per layer, networks of"
        f" {learn.get(WEIGHTS, 0)} of {len(spec.activations)} functions learn if weights are"
        f" scaled to do so,\nand of {learn.get(GRADIENT, 0)} if the gradient alone is made so"
        f" small; {len(spec.hidden) + 1} layers, {spec.seeds} initialisations each"
    )
    return figure


FOLLOWS = "medians of float64 numbers that follow from the initial weights, without training"


def _at(tables: Tables, activation: str, way: str, level: float) -> pd.Series:
    return measured.row(tables["cells"], activation=activation, way=way, level=level)


def _ends(cells: pd.DataFrame) -> tuple[float, float]:
    """The smallest and the largest level to which weights were scaled."""
    levels = measured.rows(cells, way=WEIGHTS)["level"]
    return float(levels.min()), float(levels.max())


def _weights_decide(tables: Tables, *, hardly_any: float = 0.05, most: float = 0.5) -> Judgement:
    few, many = _ends(tables["cells"])
    scaled = measured.rows(tables["cells"], way=WEIGHTS)
    low, high = (measured.rows(scaled, level=level) for level in (few, many))
    none, all_learn = (low["high"] < hardly_any).all(), (high["low"] > most).all()
    least = high.loc[high["share"].idxmin()]
    return Judgement(
        graded(none and all_learn, in_part=none or all_learn),
        least["share"],
        least["low"],
        least["high"],
        notes=("main",),
        values={
            "most_at_few": low["share"].max(),
            "functions": len(low),
            "reach": len(high),
            "before": measured.row(tables["cells"], activation="tanh", way=NONE)["share"],
        },
    )


LEARN = ("tanh", "leaky_relu", "relu")
"""The functions with which most networks learn from Glorot's weights."""


def _lost_signals_are_worse(tables: Tables) -> Judgement:
    level, _ = _ends(tables["cells"])
    rows = {
        (name, way): _at(tables, name, way, level) for name in LEARN for way in (GRADIENT, SIGNALS)
    }
    worse = [rows[name, SIGNALS]["high"] < rows[name, GRADIENT]["low"] for name in LEARN]
    row = min((rows[name, GRADIENT] for name in LEARN), key=lambda row: row["share"])
    values = {f"{name}_{way}": of["share"] for (name, way), of in rows.items()}
    ends = row["low"], row["high"]
    verdict = graded(all(worse), in_part=any(worse))
    return Judgement(verdict, row["share"], *ends, notes=("main",), values=values)


def _gradient_alone_cures_swish_only(
    tables: Tables, *, most: float = 0.5, hardly_any: float = 0.05
) -> Judgement:
    _, level = _ends(tables["cells"])
    rows = {name: _at(tables, name, GRADIENT, level) for name in ("swish", "sigmoid")}
    cured, not_cured = rows["swish"]["low"] > most, rows["sigmoid"]["high"] < hardly_any
    plain = {
        name: measured.row(tables["cells"], activation=name, way=NONE)
        for name in ("swish", "sigmoid")
    }
    values = {f"{name}_{what}": of[what] for name, of in plain.items() for what in SHOWN}
    row = rows["swish"]
    return Judgement(
        graded(cured and not_cured, in_part=cured or not_cured),
        row["share"],
        row["low"],
        row["high"],
        notes=("main",),
        values={**values, "sigmoid": rows["sigmoid"]["share"]},
    )


SHOWN = ("share", "apart_relative")

CLAIMS: dict[str, Judge] = {
    "CU-29": _weights_decide,
    "CU-30": _lost_signals_are_worse,
    "CU-31": _gradient_alone_cures_swish_only,
}

TABLES = {
    "cells": Table(
        key=("activation", "way", "level"),
        columns={
            **dict.fromkeys(("scale", "factor", *SEEN), Close(1e-3, 1e-12, FOLLOWS, nan=True)),
            **shares("solved"),
        },
        over_seeds=True,
    ),
}
