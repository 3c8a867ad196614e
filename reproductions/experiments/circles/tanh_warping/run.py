"""Trains the slides' networks from many initialisations and counts which separate the circles."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from reproductions.evidence.kinds import Close, Exact, Rate, Table, Unchecked, shares
from reproductions.evidence.statistics import share_of
from reproductions.training import circles
from reproductions.training.pool import Arrays, Pool, Shard, whole


@dataclass(frozen=True)
class Spec:
    """The slides' networks as hidden layers and learning rate, and how many seeds are trained."""

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
"""Accuracies; the tables count how many seeds are below each."""

LEVEL_EPOCHS = (0, 1, 2, 3, 5, 7)  # and every fifth from 10 on


def run(spec: Spec, pool: Pool) -> dict[str, pd.DataFrame]:
    """Trains the networks side by side."""
    # The widest first, so that no core is left with it at the end.
    networks = spec.networks[::-1]
    calls = [(spec, hidden, rate) for hidden, rate in networks]
    shards = pool.by_seeds(_train, calls, spec.seeds, "tanh_warping")
    outcomes = [
        whole(shards_of_network, summed=("counts", "curves", "levels"))
        for shards_of_network in shards
    ]
    return circles.by_network(
        (hidden, _tables(spec, outcomes_of_network))
        for (hidden, _), outcomes_of_network in zip(networks, outcomes, strict=True)
    )


def _train(
    shard: Shard, spec: Spec, hidden: tuple[int, ...], rate: float, start: int, stop: int
) -> Arrays:
    """Trains the seeds from `start` to `stop` of one network: counts of all, and single seeds."""
    from reproductions.training import replicas

    engine = shard.once(circles.engine, hidden, snapshots=True)
    weights = replicas.initial_weights(engine.model, range(start, stop), "glorot")
    _, records = circles.train(engine, weights, rate, range(spec.epochs), done=shard.advance)
    accuracy, loss = circles.accuracy(records), records["loss"]
    last = accuracy[-1]
    separates, better = accuracy == 1, accuracy > circles.LINE_ACCURACY
    circle_right = [records[circle][-1] == circles.ANGLES for circle in circles.RADII]
    # The sum of two circles' counts is exact in float32, so each level is either met or not.
    below = accuracy[_level_epochs(spec)][:, None].round(6) < np.array(LEVELS)[:, None]
    # All seeds of this shard that `seeds_to_show` may choose, whatever the other shards hold.
    first_of_accuracy = np.unique(last, return_index=True)[1]
    candidates = np.union1d(first_of_accuracy, seeds_to_show(last, loss[-1])["best"])
    return {
        "accuracy": last,
        "loss": loss[-1],
        "counts": np.array([seeds.sum() for seeds in (separates[-1], better[-1], *circle_right)]),
        "curves": np.stack([separates.sum(axis=1), better.sum(axis=1)]),
        "levels": below.sum(axis=2),
        "first_loss": loss[1, : max(0, spec.first_seeds - start)],
        "candidates": start + candidates,
        "weights": _weights_by_epoch(spec, records, candidates),
    }


def _level_epochs(spec: Spec) -> list[int]:
    first = [epoch for epoch in LEVEL_EPOCHS if epoch <= spec.epochs]
    return [*first, *range(10, spec.epochs + 1, 5)]


def moving_epochs(spec: Spec) -> list[int]:
    """The epochs that the animations show."""
    return sorted({*range(0, spec.epochs, spec.frames_every), spec.epochs})


def _drawn_epochs(spec: Spec) -> list[int]:
    return sorted({*circles.still_epochs(spec.epochs), *moving_epochs(spec)})


def _weights_by_epoch(spec: Spec, records: Arrays, replicas: np.ndarray) -> np.ndarray:
    """The replicas' weights at the drawn epochs, (epoch, weight, replica), as `get_weights`."""
    epochs = _drawn_epochs(spec)
    arrays = [array for name, array in records.items() if name.startswith("weight_")]
    shape = (len(epochs), -1, len(replicas))
    return np.concatenate([w[epochs][..., replicas].reshape(shape) for w in arrays], axis=1)


def seeds_to_show(accuracy: np.ndarray, loss: np.ndarray) -> dict[str, int]:
    """The seeds to draw, chosen by a rule, so that none is picked for its looks.

    The typical seed is the first whose final accuracy is the (lower) median. The best seed has the
    highest final accuracy, and among those with the same accuracy the lowest loss.
    """
    median = np.sort(accuracy)[(len(accuracy) - 1) // 2]
    return {
        "typical": int(np.flatnonzero(accuracy == median)[0]),
        "best": int(np.lexsort((loss, -accuracy))[0]),
    }


def _tables(spec: Spec, outcomes: Mapping[str, np.ndarray]) -> dict[str, pd.DataFrame]:
    """The tables of one network, from the outcomes of all its seeds."""
    last, first_loss = outcomes["accuracy"], outcomes["first_loss"]
    separates, better = outcomes["curves"]
    epoch, below = np.meshgrid(_level_epochs(spec), LEVELS, indexing="ij")
    shown = seeds_to_show(last, outcomes["loss"])
    return {
        "seeds": pd.DataFrame(
            {"seed": range(spec.seeds), "separates": last == 1, "accuracy": last}
        ),
        "rates": pd.DataFrame(
            {"event": event, "count": count, "seeds": spec.seeds, **share_of(count, spec.seeds)}
            for event, count in zip(EVENTS, outcomes["counts"], strict=True)
        ),
        "curves": pd.DataFrame(
            {
                "epoch": range(len(separates)),
                "seeds": spec.seeds,
                "separates": separates,
                "better": better,
            }
        ),
        "levels": pd.DataFrame(
            {
                "epoch": epoch.ravel(),
                "below": below.ravel(),
                "count": outcomes["levels"].ravel(),
                "seeds": spec.seeds,
            }
        ),
        "first_epoch": pd.DataFrame({"seed": range(len(first_loss)), "loss": first_loss}),
        "shown": pd.DataFrame(
            {"shown": role, "seed": seed, "accuracy": last[seed]} for role, seed in shown.items()
        ),
        "weights": pd.concat(
            _weights(spec, outcomes, seed).assign(shown=role) for role, seed in shown.items()
        ),
    }


def _weights(spec: Spec, outcomes: Mapping[str, np.ndarray], seed: int) -> pd.DataFrame:
    """One seed's weights at the drawn epochs, one row each."""
    place = np.searchsorted(outcomes["candidates"], seed)
    return circles.weight_rows(_drawn_epochs(spec), outcomes["weights"][..., place])


EARLY = "one epoch at a low rate, before training turns a last-bit difference into another path"

TABLES = {
    "seeds": Table(
        key=("network", "seed"), columns={"separates": Rate(), "accuracy": circles.ACCURACY}
    ),
    "rates": Table(
        key=("network", "event"),
        columns=shares("count"),
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
    # Which seeds are shown, and their weights, may differ between processors.
    "shown": Table(
        key=("network", "shown"), columns={"seed": Unchecked(), "accuracy": Unchecked()}
    ),
    "weights": Table(
        key=("network", "shown", "epoch", "weight"),
        columns={"value": Unchecked(nan=True)},
        over_seeds=True,
    ),
}
