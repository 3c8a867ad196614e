"""The setting, the runs, and the shape of the tables."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from reproductions.evidence.kinds import Close, Exact, Rate, Table, Unchecked, shares
from reproductions.evidence.statistics import share_of
from reproductions.training import circles
from reproductions.training.pool import Arrays, Pool, Shard, joined


@dataclass(frozen=True)
class Spec:
    """The networks, and how many seeds see them."""

    seeds: int = 512
    slides: tuple[tuple[int, ...], ...] = ((2, 2), (3, 2), (4, 2))
    rates: tuple[float, ...] = (0.001, 0.005, 0.05)
    epochs: int = 100
    longer: int = 10  # times as many epochs; 1 for no longer run
    longer_part: int = 8  # of the seeds: one in so many
    depths: tuple[tuple[int, tuple[int, ...]], ...] = ((2, (1, 3, 4, 5, 6, 7, 8)), (3, (1, 2, 4)))
    depth_rates: tuple[float, ...] = (0.005, 0.05)
    depth_part: int = 4


SPEC = Spec()

QUICK = {"longer": 1, "depths": ((2, (4,)), (3, (1,)))}

SMALL = {"epochs": 2, "longer": 2, "depths": ((2, (1, 3)), (3, (1,)))}

NARROW = "2-2-2-1"

NARROW_WIDTH, WIDER = 2, "2-3-1"

HIGH = 0.95

SHAPES = (
    # What is wrong at the end.
    "nothing",
    "one arc of the outer circle",
    "two arcs of the outer circle",
    "more arcs of the outer circle",
    "some of the inner circle",
)


def run(spec: Spec, pool: Pool) -> dict[str, pd.DataFrame]:
    """Trains the slides' networks and the deeper ones, several side by side."""
    few = max(1, spec.seeds // spec.depth_part)
    jobs = [(hidden, spec.rates, spec.seeds) for hidden in spec.slides]
    jobs += sorted(  # the longest first, after 2-2-2-1, which goes on
        (
            ((width,) * depth, spec.depth_rates, few)
            for width, several in spec.depths
            for depth in several
        ),
        reverse=True,
        key=lambda job: len(job[0]),
    )
    calls = [(spec, *job) for job in jobs]
    found = pool.by_seeds(_train, calls, [seeds for *_, seeds in jobs], "width_and_depth")
    tables = [
        table
        for (hidden, rates, _), parts in zip(jobs, found, strict=True)
        for table in _tables(spec, hidden, rates, parts)
    ]
    return {**joined(tables), "by_hand": _by_hand(), "hand_weights": _hand_weights()}


def _train(shard: Shard, spec, hidden, rates, seeds, start, stop) -> Arrays:
    """One network's seeds from `start` to `stop`, of so many in all: a replica for each and rate.

    What they come to, and 2-2-2-1's first ones again after they went on.
    """
    from reproductions.training import replicas

    engine = shard.once(circles.engine, hidden)
    count = stop - start
    weights = replicas.initial_weights(engine.model, range(start, stop), "glorot")
    rate = np.repeat(rates, count)
    weights = [np.tile(w, len(rates)) for w in weights]
    weights, records = circles.train(engine, weights, rate, range(spec.epochs))
    part = _end("first", rates, weights, records)
    few = min(max(1, seeds // spec.longer_part) - start, count)
    if circles.name(hidden) == NARROW and spec.longer > 1 and few > 0:
        on = np.concatenate([np.arange(few) + i * count for i in range(len(rates))])
        epochs = range(spec.epochs, spec.epochs * spec.longer)
        own = [w[..., on] for w in weights]
        part |= _end("longer", rates, *circles.train(engine, own, rate[on], epochs))
    shard.advance(count)
    return part


def _end(stage, rates, weights, records) -> dict[str, np.ndarray]:
    """What replicas came to, the rates one after the other; everything (rate, ...)."""
    accuracy = circles.accuracy(records)[-1].reshape(len(rates), -1)
    kinds = _shapes(weights).reshape(len(rates), -1)
    winner = np.argmax(accuracy, axis=1) + np.arange(len(rates)) * accuracy.shape[1]
    return {
        f"{stage}_accuracy": accuracy,
        f"{stage}_shapes": np.stack([(kinds == shape).sum(axis=1) for shape in SHAPES], axis=1),
        f"{stage}_best": np.concatenate(
            [w[..., winner].reshape(-1, len(rates)) for w in weights]
        ).T,
    }


def _tables(spec, hidden, rates, parts) -> list[dict[str, pd.DataFrame]]:
    """What a network came to, for each rate, and again for those that went on."""
    tables = []
    for stage, epochs in (("first", spec.epochs), ("longer", spec.epochs * spec.longer)):
        own = [part for part in parts if f"{stage}_accuracy" in part]
        for i, rate in enumerate(rates if own else ()):
            accuracy, shapes, best = (
                [part[f"{stage}_{name}"][i] for part in own]
                for name in ("accuracy", "shapes", "best")
            )
            label = {"network": circles.name(hidden), "rate": rate, "epochs": epochs}
            # The first of those that hold the best seed.
            values = best[int(np.argmax([several.max() for several in accuracy]))]
            tables.append(
                {
                    "networks": pd.DataFrame([label | _row(np.concatenate(accuracy))]),
                    "shapes": pd.DataFrame({"shape": SHAPES, "count": sum(shapes)}).assign(
                        **label, seeds=sum(map(len, accuracy))
                    ),
                    "best": pd.DataFrame({"weight": range(len(values)), "value": values}).assign(
                        **label
                    ),
                }
            )
    return tables


def _row(accuracy) -> dict[str, float]:
    seeds, separates = len(accuracy), int((accuracy == 1).sum())
    return {
        "seeds": seeds,
        "separates": separates,
        "better": int((accuracy > circles.LINE_ACCURACY).sum()),
        "high_accuracy": int((accuracy > HIGH).sum()),
        **share_of(separates, seeds),
        "accuracy_q50": np.median(accuracy),
        "accuracy_best": accuracy.max(),
    }


def _shapes(weights) -> np.ndarray:
    """What each replica gets wrong at the end, a label out of `SHAPES`."""
    points, labels = circles.grid()
    kinds = []
    for i in range(weights[0].shape[-1]):
        logit = circles.layers([w[..., i] for w in weights], points)[-1]
        outer, inner = np.split((logit > 0) == (labels > 0.5), 2)
        # Around the circle, the places where wrong begins.
        arcs = int((outer & ~np.roll(outer, -1, axis=0)).sum())
        if not outer.any():
            arcs = 1
        kinds.append(SHAPES[min(arcs, 3)] if inner.all() else SHAPES[-1])
    return np.array(kinds)


HAND_BIAS = -np.arctanh(1 / np.sqrt(3))
"""Where tanh'' is largest, and so tanh''' is 0."""


def hand_weights(hidden: tuple[int, ...]) -> list[np.ndarray]:
    """Weights that separate the circles, written down rather than learned, for (3,) and (3, 2).

    Three units look along directions 120 degrees apart. In the sum of tanh(n·x + b) over them the
    first-order terms cancel, the second-order ones are 3/4 tanh''(b) r² in all directions, and at
    this b the third-order ones are 0: nearly a function of the radius alone.
    """
    angle = np.arange(3) * 2 * np.pi / 3
    kernel, bias = np.stack([np.cos(angle), np.sin(angle)]), np.full(3, HAND_BIAS)
    radii = np.array([[r, 0.0] for r in circles.RADII.values()])
    middle = np.tanh(radii @ kernel + bias).sum(axis=1).mean()
    if hidden == (3,):
        last = [np.full((3, 1), 20.0), np.array([-20 * middle])]
    else:  # one unit holds that sum, the other spreads the circles out
        second = np.array([[8.0, 0.0], [8.0, 1.5], [8.0, -1.5]])
        last = [second, np.array([-8 * middle, 0.0]), np.array([[5.0], [0.0]]), np.zeros(1)]
    return [np.asarray(w, "float32") for w in (kernel, bias, *last)]


def _by_hand() -> pd.DataFrame:
    """The written-down networks as Keras models, on the dense grid."""
    rows = []
    points, labels = circles.grid()
    for hidden in ((3,), (3, 2)):
        model = circles.network(hidden)
        model.set_weights(hand_weights(hidden))
        answers = np.split(model.predict(points, batch_size=len(points), verbose=0), 2)
        for circle, answer, label in zip(circles.RADII, answers, np.split(labels, 2), strict=True):
            rows.append(
                {
                    "network": circles.name(hidden),
                    "circle": circle,
                    "points": len(answer),
                    "right": int(((answer > 0.5) == (label > 0.5)).sum()),
                    "answer_low": answer.min(),
                    "answer_high": answer.max(),
                }
            )
    return pd.DataFrame(rows)


def _hand_weights() -> pd.DataFrame:
    rows = []
    for hidden in ((3,), (3, 2)):
        values = np.concatenate([w.ravel() for w in hand_weights(hidden)])
        own = pd.DataFrame({"weight": range(len(values)), "value": values})
        rows.append(own.assign(network=circles.name(hidden)))
    return pd.concat(rows, ignore_index=True)


def _depths(networks) -> pd.Series:
    return networks.map(lambda network: len(circles.widths(network)))


def of_width(rows, width):
    """The rows of networks all of whose hidden layers have this width."""
    return rows[rows["network"].map(lambda network: set(circles.widths(network)) == {width})]


FORWARD = "one forward pass in float32"

CONFIGURATION = ("network", "rate", "epochs")

TABLES = {
    "networks": Table(
        key=CONFIGURATION,
        columns={
            "seeds": Exact(),
            **dict.fromkeys(("separates", "better", "high_accuracy"), Rate(trials="seeds")),
            **shares("separates"),
            **dict.fromkeys(("accuracy_q50", "accuracy_best"), Unchecked()),
        },
        over_seeds=True,
    ),
    "shapes": Table(
        key=(*CONFIGURATION, "shape"),
        columns={"count": Rate(trials="seeds"), "seeds": Exact()},
        over_seeds=True,
    ),
    # Which seed is best may differ between processors.
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
