"""Trains every cell over all seeds; counts what they solve, and looks at gradients and signals."""

import itertools
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from reproductions.evidence.kinds import Close, Exact, Kind, Rate, Table, Unchecked, shares
from reproductions.evidence.statistics import share_of
from reproductions.experiments.xor.cures import settings
from reproductions.experiments.xor.cures.settings import Cell, Setting, Spec
from reproductions.training import xor
from reproductions.training.pool import Arrays, Pool, Shard, whole

if TYPE_CHECKING:
    from reproductions.training.replicas import Replicas, Trained, Weights
    from reproductions.training.replicated import Network

SPEC = Spec()

JUDGED = (
    *("glorot", "he", "lecun", "orthogonal", "lsuv", "identity", "longer"),
    *("adam", "skip", "batch_norm", "tanh"),
)
"""The single changes that claims are about."""

QUICK = {
    "changes": JUDGED,
    "best": ("adam", "skip"),
    "made_worse": settings.WORKING,
    "tuning_seeds": 8,
    "probed_seeds": 32,
}

SMALL = {
    "hidden": (2,) * 2,
    "changes": (*JUDGED, "scales", "rate"),
    "best": ("tanh", "skip"),
    "steps": 41,
    "short_steps": 21,
    "records": 10,
    "tuning_seeds": 2,
    "longer": 2,
}

ZEROS, ONES = np.flatnonzero(xor.Y[:, 0] == 0), np.flatnonzero(xor.Y[:, 0] == 1)

EVENTS = ("solved", "once", "non_finite")

PROBED = ("ratio", "ratio_half", "first", "spread")


def run(spec: Spec, pool: Pool) -> dict[str, pd.DataFrame]:
    """Chooses learning rates on other seeds, and trains all cells of the three tables."""
    cells = {
        "singles": settings.singles(spec),
        "pairs": settings.pairs(spec),
        "reverse": settings.reverse(spec),
    }
    flat = [cell for table in cells.values() for cell in table]
    tuned = [name for name in settings.TUNED if name in spec.changes]
    calls = [
        *((c.setting, (c.setting.rate,), spec.records, spec.probed_seeds, 0) for c in flat),
        *(
            (settings.with_changes(spec, [name]), _rates(spec, name), spec.records, 0, spec.seeds)
            for name in tuned
        ),
    ]
    seeds = [*(cell.seeds for cell in flat), *[spec.tuning_seeds] * len(tuned)]
    by_call = pool.by_seeds(_train, calls, seeds, "cures", network=lambda s, *_: s.compiled)
    trained = map(whole, by_call)
    tables = {}
    for name, of_table in cells.items():
        rows = [_row(spec, cell, next(trained)) for cell in of_table]
        tables[name] = pd.DataFrame(rows, columns=TABLES[name].names)
    return {**tables, "tuning": _tuning(spec, tuned, list(trained))}


def _train(
    shard: Shard,
    setting: Setting,
    rates: tuple[float, ...],
    records: int,
    probed: int,
    first: int,
    start: int,
    stop: int,
) -> Arrays:
    """Which of `EVENTS` happen to the seeds `first + start` to `first + stop`, and when.

    At each learning rate, each (rate, seed); the setting's own rate is not used. Of the first
    `probed` seeds it gives `PROBED` too, at the first rate.
    """
    engine = shard.once(_engine, setting.compiled)
    weights = setting.weights(engine.model, range(first + start, first + stop))
    # All rates side by side as replicas, so that one compiled loop trains them.
    beside = [np.concatenate([array] * len(rates), axis=-1) for array in weights]
    cost, every, at_half = _costs(engine, setting, beside, np.repeat(rates, stop - start), records)
    shard.advance(stop - start)
    cost = cost.reshape(len(cost), len(rates), stop - start)
    below = cost < xor.SOLVED_COST
    arrays = {
        "solved": below[-1],
        "once": below.any(axis=0),
        "non_finite": ~np.isfinite(cost[-1]),
        "updates": np.where(below.any(axis=0), every * below.argmax(axis=0), -1),
    }
    if start < probed:
        seen = [array[..., : probed - start] for array in weights]
        network = shard.once(_in_double_precision, setting.compiled)
        at_start = probe(setting, seen, network)
        arrays |= dict(zip(("ratio", "first", "spread"), at_start, strict=True))
        arrays["ratio_half"], *_ = probe(setting, at_half(min(probed, stop) - start), network)
    return arrays


def _costs(
    engine: "Replicas", setting: Setting, weights: "Weights", rates: np.ndarray, records: int
) -> tuple[np.ndarray, int, Callable[[int], "Weights"]]:
    """Trains replicas, and looks at them at half time.

    Returns:
        The costs at all records, (record, replica); how many updates are between two records; and a
        function that gives the weights at half time of the first replicas, given their number.
    """
    every = max(1, (setting.steps - 1) // records)
    half = max(1, (setting.steps - 1) // every // 2) * every

    def train(weights: "Weights", steps: int) -> "Trained":
        of = rates[: weights[0].shape[-1]]
        return engine.train(weights, setting.inputs, xor.Y, of, steps, every=every)

    if setting.optimizer != "sgd" or half >= setting.steps:
        cost = train(weights, setting.steps).records["loss"]
        return cost, every, lambda count: train([w[..., :count] for w in weights], half).weights
    # Plain SGD keeps nothing but the weights, so that it can be stopped and looked at on the way.
    first = train(weights, half)
    second = train(first.weights, setting.steps - half)
    cost = np.concatenate([first.records["loss"], second.records["loss"]])
    return cost, every, lambda count: [w[..., :count] for w in first.weights]


def _engine(setting: Setting) -> "Replicas":
    from reproductions.training import replicas

    return replicas.Replicas(
        setting.network(),
        xor.LOSSES[setting.loss],
        watch=False,
        threads=1,
        transform=setting.transform(),
        optimizer=setting.rule(),
    )


def _in_double_precision(setting: Setting) -> "Network":
    """The hidden layers of a network, whose output layer `probe` adds."""
    from reproductions.training.replicated import Network

    return Network(setting.network("float64", output=False))


def probe(
    setting: Setting, weights: Sequence[np.ndarray], hidden: "Network | None" = None
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Looks at the gradients and signals of networks in double precision.

    Args:
        setting: of the networks.
        weights: as `get_weights()` has them, with the seed on one more, last axis.
        hidden: the network's hidden layers in double precision, where they are made already.

    Returns:
        Three arrays, (seed,): the norm of the first hidden layer's gradient over that of the last;
        the first of the two; and the distance between the two closest points that need different
        answers, at the last hidden layer, over the size of its signals. A layer without gradient,
        or signals of 0, give 0.
    """
    import tensorflow as tf

    from reproductions.training.replicated import dense

    hidden = hidden or _in_double_precision(setting)
    tensors = [tf.constant(array, "float64") for array in weights]
    x, y = (tf.constant(array, "float64")[..., None] for array in (setting.inputs, xor.Y))
    trainable = [*hidden.trainable, True, True]
    moved = list(itertools.compress(tensors, trainable))
    with tf.GradientTape() as tape:
        tape.watch(moved)
        signals, _ = hidden(tensors[:-2], x, training=True)
        output = dense(signals, *tensors[-2:])
        output = tf.sigmoid(output) if setting.loss == "document" else output
        loss = tf.reduce_sum(xor.LOSSES[setting.loss](y, output))
    gradients = tape.gradient(loss, moved)
    transform = setting.transform()
    gradients = transform(gradients) if transform else gradients
    kernels = [gradients[i].numpy() for i in (hidden.kernels[0], hidden.kernels[-1])]
    first, last = (np.sqrt((kernel**2).sum(axis=(0, 1))) for kernel in kernels)
    signals = signals.numpy()
    distances = signals[ZEROS, None] - signals[None, ONES]  # (point, point, unit, seed)
    nearest = np.sqrt((distances**2).mean(axis=2)).min(axis=(0, 1))
    size = np.sqrt((signals**2).mean(axis=(0, 1)))
    return _ratio(first, last), first, _ratio(nearest, size)


def _ratio(part: np.ndarray, of: np.ndarray) -> np.ndarray:
    """The quotient; 0 where the part is 0, whatever it is a part of."""
    with np.errstate(all="ignore"):
        return np.where(part == 0, 0.0, part / of)


def _row(spec: Spec, cell: Cell, arrays: Mapping[str, np.ndarray]) -> dict[str, object]:
    """A cell's row: its counts, when it is solved, and the medians of what was looked at."""
    solved = arrays["solved"]
    counts = {name: int(arrays[name].sum()) for name in EVENTS}
    updates = arrays["updates"][solved]
    return {
        **cell.key,
        "label": cell.label,
        "training": "as the post" if _is_trained_as_the_post(spec, cell.setting) else "other",
        **counts,
        "seeds": cell.seeds,
        **share_of(counts["solved"], cell.seeds),
        "updates_q50": np.median(updates) if len(updates) else np.nan,
        **{f"{name}_q50": _median(arrays[name]) for name in PROBED},
    }


def _is_trained_as_the_post(spec: Spec, setting: Setting) -> bool:
    """Whether by plain SGD at the post's learning rate, and with the gradients as they are."""
    by = setting.optimizer, setting.rate, setting.gradient
    return by == ("sgd", spec.rate, "") and setting.steps <= spec.steps


def _median(values: np.ndarray) -> float:
    """The median of those that are finite; NaN where none is, as where all weights broke."""
    finite = values[np.isfinite(values)]
    return float(np.median(finite)) if len(finite) else np.nan


def _rates(spec: Spec, change: str) -> tuple[float, ...]:
    return getattr(spec, f"{settings.TUNED[change]}_rates")


def _tuning(
    spec: Spec, tuned: Sequence[str], arrays: Sequence[Mapping[str, np.ndarray]]
) -> pd.DataFrame:
    """How often each optimizer solves XOR at each learning rate, on other seeds."""
    rows = []
    for name, of_rates in zip(tuned, arrays, strict=True):
        solved = of_rates["solved"].sum(axis=-1).tolist()
        for rate, count in zip(_rates(spec, name), solved, strict=True):
            rows.append({"change": name, "rate": rate, "solved": count, "seeds": spec.tuning_seeds})
    return pd.DataFrame(rows, columns=["change", "rate", "solved", "seeds"])


START = "medians of float64 numbers that follow from the initial weights, without training"

COLUMNS: dict[str, Kind] = {
    **dict.fromkeys(("label", "training"), Exact()),
    **shares("solved"),
    **dict.fromkeys(("once", "non_finite"), Rate(trials="seeds")),
    "updates_q50": Unchecked(nan=True),
    **{f"{name}_q50": Close(1e-3, 1e-12, START) for name in ("ratio", "first", "spread")},
    "ratio_half_q50": Unchecked(nan=True),
}

TABLES = {
    "singles": Table(key=("change",), columns=COLUMNS, over_seeds=True),
    "pairs": Table(key=("first", "second"), columns=COLUMNS, over_seeds=True),
    "reverse": Table(key=("network", "without"), columns=COLUMNS, over_seeds=True),
    "tuning": Table(
        key=("change", "rate"),
        columns={"solved": Rate(trials="seeds"), "seeds": Exact()},
        over_seeds=True,
    ),
}
