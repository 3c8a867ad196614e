"""Trains networks of several widths and depths, and writes two networks down by hand."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from reproductions.evidence.kinds import Close, Exact, Rate, Table, Unchecked, shares
from reproductions.evidence.statistics import share_of
from reproductions.training import circles
from reproductions.training.pool import Arrays, Pool, Shard, joined


@dataclass(frozen=True)
class Spec:
    """The networks, how they are trained, and with how many seeds."""

    seeds: int = 512
    slides: tuple[tuple[int, ...], ...] = ((2, 2), (3, 2), (4, 2))
    rates: tuple[float, ...] = (0.001, 0.005, 0.05)
    epochs: int = 100
    longer: int = 10  # times as many epochs; with 1 there is no longer run
    longer_part: int = 8  # one in so many seeds trains longer
    depths: tuple[tuple[int, tuple[int, ...]], ...] = ((2, (1, 3, 4, 5, 6, 7, 8)), (3, (1, 2, 4)))
    depth_rates: tuple[float, ...] = (0.005, 0.05)
    depth_part: int = 4  # one in so many seeds, for the deeper networks


SPEC = Spec()

QUICK = {"longer": 1, "depths": ((2, (4,)), (3, (1,)))}

SMALL = {"epochs": 2, "longer": 2, "depths": ((2, (1, 3)), (3, (1,)))}

NARROW = "2-2-2-1"

NARROW_WIDTH, WIDER = 2, "2-3-1"

HIGH_ACCURACY = 0.95

SHAPES = (
    "nothing",
    "one arc of the outer circle",
    "two arcs of the outer circle",
    "more arcs of the outer circle",
    "some of the inner circle",
)
"""What a network gets wrong at the end."""


def run(spec: Spec, pool: Pool) -> dict[str, pd.DataFrame]:
    """Trains the slides' networks and the deeper ones, several side by side."""
    networks = [(hidden, spec.rates, spec.seeds) for hidden in spec.slides]
    few_seeds = max(1, spec.seeds // spec.depth_part)
    deep = [
        ((width,) * depth, spec.depth_rates, few_seeds)
        for width, depths in spec.depths
        for depth in depths
    ]
    # The longest first, after 2-2-2-1, which trains longer.
    networks += sorted(deep, key=lambda network: len(network[0]), reverse=True)
    calls = [(spec, *network) for network in networks]
    seeds = [seeds for *_, seeds in networks]
    shards = pool.by_seeds(_train, calls, seeds, "width_and_depth")
    tables = [
        tables_at_rate
        for (hidden, rates, _), shards_of_network in zip(networks, shards, strict=True)
        for tables_at_rate in _tables(spec, hidden, rates, shards_of_network)
    ]
    return {**joined(tables), **_by_hand()}


def _train(
    shard: Shard,
    spec: Spec,
    hidden: tuple[int, ...],
    rates: Sequence[float],
    seeds: int,
    start: int,
    stop: int,
) -> Arrays:
    """Trains the seeds from `start` to `stop` of one network, out of so many seeds in all.

    The first seeds of 2-2-2-1 train longer, and are measured a second time after that.
    """
    engine = shard.once(circles.engine, hidden)
    count = stop - start
    weights, rate = circles.every_seed_at_every_rate(engine, range(start, stop), rates)
    weights, records = circles.train(engine, weights, rate, range(spec.epochs))
    outcomes = _outcomes("first", rates, weights, records)
    seeds_longer = min(max(1, seeds // spec.longer_part) - start, count)
    if circles.name(hidden) == NARROW and spec.longer > 1 and seeds_longer > 0:
        replicas = (np.arange(seeds_longer) + count * np.arange(len(rates))[:, None]).ravel()
        epochs = range(spec.epochs, spec.epochs * spec.longer)
        weights = [w[..., replicas] for w in weights]
        trained = circles.train(engine, weights, rate[replicas], epochs)
        outcomes |= _outcomes("longer", rates, *trained)
    shard.advance(count)
    return outcomes


def _outcomes(
    stage: str, rates: Sequence[float], weights: list[np.ndarray], records: Arrays
) -> dict[str, np.ndarray]:
    """The outcomes of replicas, all seeds at one rate after all at another; each (rate, ...)."""
    accuracy = circles.accuracy(records)[-1].reshape(len(rates), -1)
    shapes = _wrong_shapes(weights).reshape(len(rates), -1)
    best = np.argmax(accuracy, axis=1) + np.arange(len(rates)) * accuracy.shape[1]
    return {
        f"{stage}_accuracy": accuracy,
        f"{stage}_shapes": np.stack([(shapes == shape).sum(axis=1) for shape in SHAPES], axis=1),
        f"{stage}_best": np.concatenate([w[..., best].reshape(-1, len(rates)) for w in weights]).T,
    }


def _wrong_shapes(weights: list[np.ndarray]) -> np.ndarray:
    """What each replica gets wrong, as one of `SHAPES`, (replica,)."""
    points, labels = circles.grid()
    shapes = []
    for replica in range(weights[0].shape[-1]):
        logit = circles.layers([w[..., replica] for w in weights], points)[-1]
        outer, inner = np.split((logit > 0) == (labels > 0.5), 2)
        # Each arc begins at a point that is wrong beside one that is right.
        arcs = int((outer & ~np.roll(outer, -1, axis=0)).sum()) if outer.any() else 1
        shapes.append(SHAPES[min(arcs, 3)] if inner.all() else SHAPES[-1])
    return np.array(shapes)


def _tables(
    spec: Spec, hidden: tuple[int, ...], rates: Sequence[float], shards: Sequence[Arrays]
) -> list[dict[str, pd.DataFrame]]:
    """The tables of one network at each rate, and again after more epochs."""
    tables = []
    for stage, epochs in (("first", spec.epochs), ("longer", spec.epochs * spec.longer)):
        shards_of_stage = [arrays for arrays in shards if f"{stage}_accuracy" in arrays]
        for i, rate in enumerate(rates if shards_of_stage else ()):
            label = {"network": circles.name(hidden), "rate": rate, "epochs": epochs}
            outcomes = {
                name: [arrays[f"{stage}_{name}"][i] for arrays in shards_of_stage]
                for name in ("accuracy", "shapes", "best")
            }
            tables.append(_tables_at_rate(label, outcomes))
    return tables


def _tables_at_rate(label: dict, outcomes: Mapping[str, list]) -> dict[str, pd.DataFrame]:
    """The rows with this label, from the outcomes of each shard."""
    accuracy = np.concatenate(outcomes["accuracy"])
    # The first of the shards that hold the highest accuracy.
    best_shard = np.argmax([of_shard.max() for of_shard in outcomes["accuracy"]])
    best = circles.weight_rows([0], outcomes["best"][best_shard][None]).drop(columns="epoch")
    shapes = pd.DataFrame({"shape": SHAPES, "count": sum(outcomes["shapes"])})
    separates = int((accuracy == 1).sum())
    network = {
        "seeds": len(accuracy),
        "separates": separates,
        "better": int((accuracy > circles.LINE_ACCURACY).sum()),
        "high_accuracy": int((accuracy > HIGH_ACCURACY).sum()),
        **share_of(separates, len(accuracy)),
        "accuracy_q50": np.median(accuracy),
        "accuracy_best": accuracy.max(),
    }
    return {
        "networks": pd.DataFrame([label | network]),
        "shapes": shapes.assign(**label, seeds=len(accuracy)),
        "best": best.assign(**label),
    }


def widths_are(networks: pd.Series, width: int) -> pd.Series:
    """Whether all hidden layers of networks, given by their names, have this width."""
    return networks.map(lambda name: set(circles.widths(name)) == {width})


def depths(networks: pd.Series) -> pd.Series:
    """The number of hidden layers of networks that are given by their names."""
    return networks.map(lambda name: len(circles.widths(name)))


HAND_BIAS = -np.arctanh(1 / np.sqrt(3))
"""Where tanh'' is largest, so that tanh''' is 0."""


def hand_weights(hidden: tuple[int, ...]) -> list[np.ndarray]:
    """Weights that separate the circles, chosen by hand and not learned, for (3,) and (3, 2).

    The weights of three units are unit vectors n, 120 degrees apart. In the sum of tanh(n·x + b)
    over them the first-order terms cancel, the second-order terms are 3/4 tanh''(b) r² in all
    directions, and at this b the third-order terms are 0. So the sum depends almost only on the
    radius r.
    """
    angle = np.arange(3) * 2 * np.pi / 3
    kernel, bias = np.stack([np.cos(angle), np.sin(angle)]), np.full(3, HAND_BIAS)
    radii = np.array([[r, 0.0] for r in circles.RADII.values()])
    middle = np.tanh(radii @ kernel + bias).sum(axis=1).mean()
    if hidden == (3,):
        last = [np.full((3, 1), 20.0), np.array([-20 * middle])]
    else:  # one unit computes that sum, the other spreads the circles out
        second = np.array([[8.0, 0.0], [8.0, 1.5], [8.0, -1.5]])
        last = [second, np.array([-8 * middle, 0.0]), np.array([[5.0], [0.0]]), np.zeros(1)]
    return [np.asarray(w, "float32") for w in (kernel, bias, *last)]


def _by_hand() -> dict[str, pd.DataFrame]:
    """The networks that are written down: their weights, and how Keras models answer with them."""
    points, labels = circles.grid()
    weights, rows = [], []
    for hidden in ((3,), (3, 2)):
        name, model = circles.name(hidden), circles.network(hidden)
        model.set_weights(hand_weights(hidden))
        values = np.concatenate([w.ravel() for w in hand_weights(hidden)])
        weights.append(circles.weight_rows([0], values[None]).assign(network=name))
        answers = np.split(model.predict(points, batch_size=len(points), verbose=0), 2)
        for circle, answer, label in zip(circles.RADII, answers, np.split(labels, 2), strict=True):
            rows.append(
                {
                    "network": name,
                    "circle": circle,
                    "points": len(answer),
                    "right": int(((answer > 0.5) == (label > 0.5)).sum()),
                    "answer_low": answer.min(),
                    "answer_high": answer.max(),
                }
            )
    hand = pd.concat(weights, ignore_index=True).drop(columns="epoch")
    return {"by_hand": pd.DataFrame(rows), "hand_weights": hand}


FORWARD = "one forward pass in float32"

CONFIGURATION = ("network", "rate", "epochs")

TABLES = {
    "networks": Table(
        key=CONFIGURATION,
        columns={
            "seeds": Exact(),
            **dict.fromkeys(("separates", "better", "high_accuracy"), Rate(trials="seeds")),
            **shares("separates"),
            **dict.fromkeys(("accuracy_q50", "accuracy_best"), circles.ACCURACY),
        },
        over_seeds=True,
    ),
    "shapes": Table(
        key=(*CONFIGURATION, "shape"),
        columns={"count": Rate(trials="seeds"), "seeds": Exact()},
        over_seeds=True,
    ),
    # Which seed is the best may differ between processors.
    "best": Table(key=(*CONFIGURATION, "weight"), columns={"value": Unchecked()}, over_seeds=True),
    "by_hand": Table(
        key=("network", "circle"),
        columns={
            "points": Exact(),
            "right": Exact(),
            **dict.fromkeys(
                ("answer_low", "answer_high"), Close(rtol=1e-4, atol=1e-6, reason=FORWARD)
            ),
        },
    ),
    "hand_weights": Table(
        key=("network", "weight"),
        columns={"value": Close(rtol=1e-5, atol=1e-6, reason="closed forms, in float32")},
    ),
}
