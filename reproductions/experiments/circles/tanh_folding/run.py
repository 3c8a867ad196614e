"""Trains both networks and follows the determinants of their maps over the disc."""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from reproductions.evidence.kinds import Close, Exact, Rate, Table, Unchecked
from reproductions.training import circles
from reproductions.training.pool import Arrays, Pool, Shard, joined

Weights = Sequence[np.ndarray]


@dataclass(frozen=True)
class Spec:
    """Both networks, how they are trained, and with how many seeds."""

    seeds: int = 256
    networks: tuple[tuple[int, ...], ...] = ((2, 2), (3, 2))
    rates: tuple[float, ...] = (0.001, 0.005, 0.05)
    epochs: int = 100
    records: int = 5  # in each epoch
    grid: int = 61  # points along the disc's diameter
    watched: tuple[int, ...] = (0, 1, 3, 10, 30, 100)  # epochs
    checked_seeds: int = 16  # at most, against automatic differentiation

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

SLIDES_RATES: dict[tuple[int, ...], float] = {(2, 2): 0.001, (3, 2): 0.005, (4, 2): 0.005}

SIZES = tuple(float(f"1e{power}") for power in range(-20, 4))
"""Bounds of |det J|; the tables count how many seeds are below each."""


def run(spec: Spec, pool: Pool) -> dict[str, pd.DataFrame]:
    """Trains both networks and follows their determinants."""
    calls = [(spec, hidden) for hidden in spec.networks]
    shards = pool.by_seeds(_train, calls, spec.seeds, "tanh_folding", each=len(spec.rates))
    tables = [_tables(shards_of_network) for shards_of_network in shards]
    return circles.by_network(zip(spec.networks, tables, strict=True))


def _train(shard: Shard, spec: Spec, hidden: tuple[int, ...], start: int, stop: int) -> Arrays:
    """Trains the seeds from `start` to `stop` of one network, at all rates together."""
    engine = shard.once(circles.engine, hidden, snapshots=True)
    seeds = stop - start
    weights, rates = circles.every_seed_at_every_rate(engine, range(start, stop), spec.rates)
    every = circles.STEPS // spec.records
    _, records = circles.train(
        engine, weights, rates, range(spec.epochs), every=every, done=shard.advance
    )
    history = [records[f"weight_{i}"] for i in range(len(weights))]  # (record, ..., replica)
    accuracy = circles.accuracy(records)
    frames: dict[str, list[pd.DataFrame]] = {name: [] for name in TABLES}
    points = disc(spec.grid)
    for i, rate in enumerate(spec.rates):
        replicas = slice(i * seeds, (i + 1) * seeds)
        for epoch in spec.watched:
            record = epoch * spec.records
            det = determinant([w[record, ..., replicas] for w in history], points)
            separates = accuracy[record, replicas] == 1
            label = {"rate": rate, "epoch": epoch}
            frames["folds"].append(_count_folds(det, separates).assign(**label))
            frames["sizes"].append(_count_sizes(det).assign(**label))
        if hidden == (2, 2):
            crossings = _count_crossings([w[..., replicas] for w in history])
            frames["crossings"].append(crossings.assign(rate=rate))
        if _rate_shown(spec, hidden) == rate:
            last = accuracy[-1, replicas]
            best = int(np.argmax(last))  # the first of those with the highest final accuracy
            label = {"rate": rate, "seed": start + best}
            frames["shown"].append(pd.DataFrame([{**label, "accuracy": last[best]}]))
            weights_of_best = [w[:: spec.records, ..., i * seeds + best] for w in history]
            frames["weights"].append(_weights(weights_of_best).assign(**label))
    checked = range(min(seeds, spec.checked_seeds - start))
    if checked:
        checked_replicas = [i * seeds + seed for i in range(len(spec.rates)) for seed in checked]
        difference = _largest_difference(hidden, history, checked_replicas)
        frames["gradients"].append(pd.DataFrame([{"difference": difference}]))
    return {name: pd.concat(some) for name, some in frames.items() if some}


def _rate_shown(spec: Spec, hidden: tuple[int, ...]) -> float:
    """The rate at which a network is drawn: the one in the slides, if the network runs at it."""
    rate = SLIDES_RATES.get(hidden)
    return rate if rate in spec.rates else spec.rates[0]


def _tables(shards: Sequence[Arrays]) -> dict[str, pd.DataFrame]:
    """The tables of one network: counts are added up over shards, extremes taken over them."""
    tables = joined(shards)
    for name in ("folds", "sizes", "crossings"):
        if name in tables:
            key = [column for column in TABLES[name].key if column != "network"]
            how = {c: "max" if c == "most_crossings" else "sum" for c in TABLES[name].columns}
            tables[name] = tables[name].groupby(key, as_index=False).agg(how)
    tables["gradients"] = tables["gradients"].agg(["max"])
    shown = tables["shown"].sort_values("accuracy", ascending=False, kind="stable")[:1]
    weights = tables["weights"]
    weights_of_best = weights[weights["seed"] == shown["seed"].iloc[0]].drop(columns="seed")
    return tables | {"shown": shown, "weights": weights_of_best}


def disc(across: int) -> np.ndarray:
    """A square grid over the disc inside the outer circle, (point, 2).

    Args:
        across: points along the diameter.
    """
    points = circles.square_points(np.linspace(-1, 1, across))
    return points[np.hypot(*points.T) <= 1]


def determinant(weights: Weights, points: np.ndarray) -> np.ndarray:
    """The Jacobian determinant of the map from the plane to the layer of two units, in float64.

    Args:
        weights: kernels and biases of both layers, with or without replicas on a last axis.
        points: (point, 2).

    Returns:
        (point,) or (point, replica).
    """
    w1, b1, w2, b2 = (np.asarray(w, "float64") for w in weights[:4])
    z1 = np.einsum("pi,ij...->pj...", np.asarray(points, "float64"), w1) + b1
    slope1 = tanh_slope(z1)
    slope2 = tanh_slope(np.einsum("pj...,jk...->pk...", np.tanh(z1), w2) + b2)
    total = sum(
        (w1[0, i] * w1[1, j] - w1[0, j] * w1[1, i])
        * (w2[i, 0] * w2[j, 1] - w2[i, 1] * w2[j, 0])
        * slope1[:, i]
        * slope1[:, j]
        for i, j in itertools.combinations(range(w1.shape[1]), 2)
    )
    return total * slope2[:, 0] * slope2[:, 1]


def tanh_slope(z: np.ndarray) -> np.ndarray:
    """tanh'(z) as 4 e / (1 + e)² with e = exp(-2 |z|).

    It stays above 0 where 1 - tanh(z)² is rounded to 0.
    """
    e = np.exp(-2 * np.abs(z))
    return 4 * e / (1 + e) ** 2


def _count_folds(det: np.ndarray, separates: np.ndarray) -> pd.DataFrame:
    """How many seeds fold, that is have both signs of det J; separate; and separate unfolded."""
    folds = (det > 0).any(axis=0) & (det < 0).any(axis=0)
    counts = {
        "seeds": folds.size,
        "folds": int(folds.sum()),
        "separates": int(separates.sum()),
        "separates_unfolded": int((separates & ~folds).sum()),
    }
    return pd.DataFrame([counts])


def _count_sizes(det: np.ndarray) -> pd.DataFrame:
    """How many seeds' smallest and largest |det J| over the disc are below each of `SIZES`."""
    extremes = {"smallest": np.abs(det).min(axis=0), "largest": np.abs(det).max(axis=0)}
    rows = [
        {"extreme": extreme, "below": size, "count": int((values < size).sum())}
        for extreme, values in extremes.items()
        for size in SIZES
    ]
    return pd.DataFrame(rows).assign(seeds=det.shape[1])


def _count_crossings(history: Weights) -> pd.DataFrame:
    """How many seeds' det W changes its sign from one record to the next."""
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


def _weights(history: Weights) -> pd.DataFrame:
    """One seed's weights at the epochs that are drawn, in `get_weights` order."""
    epochs = circles.still_epochs(len(history[0]) - 1)
    values = np.concatenate([w[epochs].reshape(len(epochs), -1) for w in history], axis=1)
    return circles.weight_rows(epochs, values)


def _largest_difference(
    hidden: tuple[int, ...], history: Weights, replicas: Sequence[int]
) -> float:
    """The largest difference between the formula and automatic differentiation.

    It is taken at the last record of these replicas, relative to the largest |det J| of each.
    """
    import keras
    import tensorflow as tf

    points = disc(15)
    layers = [keras.layers.Dense(width, activation="tanh", dtype="float64") for width in hidden]
    model = keras.Sequential([keras.Input((2,), dtype="float64"), *layers])
    inputs = tf.constant(points, tf.float64)

    @tf.function
    def jacobian() -> tf.Tensor:
        with tf.GradientTape() as tape:
            tape.watch(inputs)
            output = model(inputs)
        return tape.batch_jacobian(output, inputs)

    differences = []
    for replica in replicas:
        weights = [w[-1, ..., replica] for w in history[: 2 * len(hidden)]]
        model.set_weights(weights)
        expected = determinant(weights, points)
        error = np.abs(np.linalg.det(jacobian().numpy()) - expected)
        differences.append(error.max() / np.abs(expected).max())
    return max(differences)


ROUNDING = "one number computed in two ways in float64, relative to the largest"

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
    # Which seeds are shown, and their weights, may differ between processors.
    "shown": Table(
        key=("network", "rate"), columns=dict.fromkeys(("seed", "accuracy"), Unchecked())
    ),
    "weights": Table(
        key=("network", "rate", "epoch", "weight"), columns={"value": Unchecked(nan=True)}
    ),
}
