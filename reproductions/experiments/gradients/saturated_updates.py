"""How large a unit's updates are in the flat part of its function, and how long it takes to leave.

Document: relu-post, part 2 (on reaching the smooth part of the function, updates of the weights
become very slow; ReLU's slope of 1 keeps them fast).
Setup: a single unit with two inputs, N(0, 1) weights and a bias set to a distance from -20 to 20,
for six functions and 256 seeds each. 1) One update, for the same N(0, 1) errors at the unit's
output, so that only the function differs. 2) The unit is trained for 1,000 full-batch updates at
rate 0.1 by mean squared error towards a unit of the same function near 0.
Assumptions: an update's size is the norm over weights and bias, as a multiple of that of the same
unit at distance 0. A unit has got away if its loss falls to half of its start.
Known differences: the post shows no numbers and speaks of the smooth part where it means the flat
one; softplus, which is smooth but not flat above 0, and ReLU below 0, which is flat but not smooth,
tell the two apart. The leaky ReLU has the slides' slope, 0.1. One update is computed in float64:
in float32 tanh's slope at 10 is exactly 0. Units are trained in float32.
"""

import itertools
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import pandas as pd

from reproductions.evidence import drawing, functions, measured
from reproductions.evidence.kinds import Close, Exact, Table, Unchecked, shares
from reproductions.evidence.statistics import bootstrap_interval, generator, share_of
from reproductions.evidence.verdicts import Judgement, Tables, graded
from reproductions.training import activations
from reproductions.training.pool import Arrays, Pool, Shard, whole
from reproductions.training.spec import ANY_SIGN

if TYPE_CHECKING:
    import keras
    from matplotlib.figure import Figure

    from reproductions.training.replicas import Replicas

Compared = Literal["sigmoid", "tanh", "relu", "leaky_relu", "elu", "softplus"]


@dataclass(frozen=True)
class Spec:
    """The functions, the distances from 0, the training, and the number of seeds."""

    seeds: int = 256
    functions: tuple[Compared, ...] = ("sigmoid", "tanh", "relu", "leaky_relu", "elu", "softplus")
    distances: tuple[float, ...] = field(
        default=(-20.0, -10.0, -5.0, -3.0, -1.0, 0.0, 1.0, 3.0, 5.0, 10.0, 20.0),
        metadata=ANY_SIGN,
    )
    samples: int = 64
    rate: float = 0.1
    steps: int = 1_000
    every: int = 10


SPEC = Spec()
QUICK = {"distances": (-10.0, 0.0, 10.0)}
SMALL = {"distances": (-10.0, 0.0, 10.0), "steps": 100}

SLOPE = 0.1  # of the slides' leaky ReLU

FAR = 10.0
"""The distance at which the claim is judged, on both sides."""

RESAMPLES = 1_000

SMOOTH = ("sigmoid", "tanh")
"""The functions that the post names."""

Layer = Callable[[], "keras.Layer"]


def run(spec: Spec, pool: Pool) -> dict[str, pd.DataFrame]:
    """Measures one update and trains, from the same weights for every function and distance."""
    calls = [(spec, name) for name in spec.functions]
    shards_by_call = pool.by_seeds(
        _measure, calls, spec.seeds, "saturated_updates", each=len(spec.distances)
    )
    updates, training = [], []
    for (_, name), shards in zip(calls, shards_by_call, strict=True):
        arrays = whole(shards)
        for i, distance in enumerate(spec.distances):
            key = {"function": name, "distance": distance}
            updates.append({**key, "seeds": spec.seeds, **median_of(arrays["ratio"][i])})
            steps = arrays["steps"][i]
            away = int((steps <= spec.steps).sum())
            training.append(
                {
                    **key,
                    "seeds": spec.seeds,
                    "away": away,
                    **share_of(away, spec.seeds),
                    "steps_q50": np.median(steps),
                }
            )
    return {"updates": pd.DataFrame(updates), "training": pd.DataFrame(training)}


def _layer(name: str, **options: Any) -> "keras.Layer":
    """An activation layer; the leaky ReLU has the slides' slope."""
    if name == "leaky_relu":
        from custom_layers import LeakyReLU

        return LeakyReLU(negative_slope=SLOPE, **options)
    return activations.layer(name, **options)


def inputs(samples: int) -> np.ndarray:
    """Points in [-1, 1]^2, (sample, 2)."""
    return generator(0).uniform(-1, 1, (samples, 2)).astype("float32")


def _engine(name: str) -> "Replicas":
    import keras
    import tensorflow as tf

    from reproductions.training import replicas

    model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1), _layer(name)])
    return replicas.Replicas(
        model, lambda y, answer: tf.reduce_mean((answer - y) ** 2, (0, 1)), watch=False, threads=1
    )


def _measure(shard: Shard, spec: Spec, name: str, start: int, stop: int) -> Arrays:
    """The size of one update over that at 0, and the updates to half the loss: (distance, seed)."""
    from reproductions.training import replicas

    engine = shard.once(_engine, name)
    seeds = range(start, stop)
    kernel, _ = replicas.initial_weights(engine.model, seeds)
    x = inputs(spec.samples)
    sizes = np.stack(
        [update_sizes(_layer(name, dtype="float64"), kernel, d, x) for d in spec.distances]
    )
    usual = update_sizes(_layer(name, dtype="float64"), kernel, 0.0, x)
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = np.where(usual > 0, sizes / usual, np.nan)
    target_kernel = np.array([[1.0], [-0.5]], "float32")
    y = np.asarray(_layer(name)(x @ target_kernel + np.float32(0.25)))
    biases = np.repeat(np.array(spec.distances, "float32"), len(seeds))
    trained = engine.train(
        [np.tile(kernel, len(spec.distances)), biases[None]],
        x,
        y,
        spec.rate,
        spec.steps + 1,
        every=spec.every,
        done=shard.advance,
    )
    loss = trained.records["loss"].reshape(-1, len(spec.distances), len(seeds))
    half = loss <= loss[:1] / 2
    steps = np.where(half.any(axis=0), half.argmax(axis=0) * spec.every, spec.steps + spec.every)
    return {"ratio": ratio, "steps": steps}


def update_sizes(
    layer: "keras.Layer", kernel: np.ndarray, bias: float, x: np.ndarray
) -> np.ndarray:
    """The norm of one update of weights and bias at rate 1, (seed,).

    The error that arrives at the unit's output is N(0, 1) for each sample, the same ones for every
    function, bias and seed.

    Args:
        layer: the activation, in float64, as the slope of tanh at 10 is 0 in float32.
        kernel: (in, 1, seed).
        bias: of every unit.
        x: (sample, in).
    """
    from reproductions.training.gradients import value_and_slope

    z = x.astype("float64") @ kernel[:, 0].astype("float64") + bias  # (sample, seed)
    _, slope = value_and_slope(layer, z)
    errors = generator(0, 9).standard_normal((len(x), 1)) * np.asarray(slope, "float64")
    x_and_1 = np.column_stack([x, np.ones(len(x))])
    return np.linalg.norm(x_and_1.T @ errors / len(x), axis=0)


def median_of(values: np.ndarray) -> dict[str, float]:
    """The median over seeds with its 95 % bootstrap interval, as columns of a row."""
    values = values[~np.isnan(values)]
    low, high = bootstrap_interval(np.median, values, resamples=RESAMPLES, stream=10)
    return {"ratio": float(np.median(values)), "low": low, "high": high}


def figures(spec: Spec, tables: Tables) -> drawing.Figures:
    """Size of an update, and share of units that get away, by distance."""
    return {"updates": lambda: _figure(spec, tables["updates"], tables["training"])}


LOWEST = 1e-10  # that is drawn


def _figure(spec: Spec, updates: pd.DataFrame, training: pd.DataFrame) -> "Figure":
    figure, axes = drawing.panels(1, 2, width=5.2, height=3.8)
    size, away = axes[0]
    markers = itertools.cycle("os^DvP")
    distances = sorted(updates["distance"].unique())
    for marker, (name, rows) in zip(markers, updates.groupby("function", sort=False), strict=False):
        x = rows["distance"].map(distances.index)
        style = {**functions.style(name), "marker": marker, "markersize": 5}
        label = functions.label(name, SLOPE)
        size.plot(x, rows["ratio"].where(rows["ratio"] > LOWEST), label=label, **style)
        shares_of = training[training["function"] == name]
        errors = drawing.error_bars(shares_of)
        away.errorbar(x, shares_of["share"], yerr=errors, capsize=2, **style)
    size.set(yscale="log", ylabel="size of one update, as a\nmultiple of that at distance 0")
    size.set_title("One update (median; a line ends where\nmost updates are exactly 0)")
    away.set(ylim=(-0.03, 1.03), ylabel="share of units")
    away.set_title(f"Loss halved within {spec.steps:,} updates\n(95 % intervals)")
    for panel in axes[0]:
        panel.set_xticks(range(len(distances)), [f"{distance:g}" for distance in distances])
        panel.set_xlabel("bias: distance from 0")
    figure.legend(*size.get_legend_handles_labels(), loc="outside lower center", ncols=6)
    figure.suptitle("A single unit that is driven away from 0")
    return figure


def _slow_where_flat(tables: Tables, *, near_nothing: float = 0.01, most: float = 0.5) -> Judgement:
    updates, training = tables["updates"], tables["training"]

    def at(table: pd.DataFrame, name: str, distance: float) -> Any:
        return measured.row(table, function=name, distance=distance)

    sides = (-FAR, FAR)
    far = {name: [at(updates, name, side) for side in sides] for name in SMOOTH}
    relu = at(updates, "relu", FAR)
    small = {name: all(row["high"] < near_nothing for row in rows) for name, rows in far.items()}
    relu_keeps = relu["low"] >= 1
    stuck = all(at(training, name, side)["high"] < most for name in SMOOTH for side in sides)
    free = all(at(training, name, 0.0)["low"] > most for name in SMOOTH)
    trains = stuck and free and at(training, "relu", FAR)["low"] > most
    verdict = graded(all(small.values()) and relu_keeps and trains, in_part=any(small.values()))
    worst = max((row for rows in far.values() for row in rows), key=lambda row: row["ratio"])
    values = {
        "distance": FAR,
        "relu_below": at(updates, "relu", -FAR)["ratio"],
    }
    notes = ["flat"]
    softplus = updates[(updates["function"] == "softplus") & (updates["distance"] == FAR)]
    if len(softplus):
        notes.append("smooth")
        values["softplus"] = softplus["ratio"].iloc[0]
    ends = float(worst["low"]), float(worst["high"])
    return Judgement(verdict, float(worst["ratio"]), *ends, notes=notes, values=values)


CLAIMS = {"RP-14": _slow_where_flat}

MEDIAN = Close(rtol=0.02, atol=1e-12, reason="medians of slopes in float64")

TABLES = {
    "updates": Table(
        key=("function", "distance"),
        columns={"seeds": Exact(), **dict.fromkeys(("ratio", "low", "high"), MEDIAN)},
        over_seeds=True,
    ),
    "training": Table(
        key=("function", "distance"),
        columns={**shares("away"), "steps_q50": Unchecked()},
        over_seeds=True,
    ),
}
