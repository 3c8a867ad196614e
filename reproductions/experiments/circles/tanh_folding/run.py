"""The setting, the runs, and the shape of the tables."""

import itertools
from dataclasses import dataclass

import numpy as np
import pandas as pd

from reproductions.evidence.kinds import Close, Exact, Rate, Table, Unchecked
from reproductions.training import circles
from reproductions.training.pool import Arrays, Pool, Shard, joined


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


def run(spec: Spec, pool: Pool) -> dict[str, pd.DataFrame]:
    """Trains both networks and follows their determinants."""
    calls = [(spec, hidden) for hidden in spec.networks]
    found = pool.by_seeds(_train, calls, spec.seeds, "tanh_folding", each=len(spec.rates))
    return joined(
        [
            {
                name: table.assign(network=circles.name(hidden))
                for name, table in _tables(parts).items()
            }
            for hidden, parts in zip(spec.networks, found, strict=True)
        ]
    )


def _train(shard: Shard, spec, hidden, start, stop) -> Arrays:
    """One network at all rates, one after the other on the replica axis."""
    from reproductions.training import replicas

    engine = shard.once(circles.engine, hidden, snapshots=True)
    seeds = stop - start
    weights = replicas.initial_weights(engine.model, range(start, stop), "glorot")
    rate = np.repeat(spec.rates, seeds)
    every = circles.STEPS // spec.records
    weights = [np.tile(w, len(spec.rates)) for w in weights]
    options = {"epochs": range(spec.epochs), "every": every, "done": shard.advance}
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
    tables = joined(parts)
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
