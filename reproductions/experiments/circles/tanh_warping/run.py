"""The setting, the runs, and the shape of the tables."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from reproductions.evidence.kinds import Close, Exact, Rate, Table, Unchecked, shares
from reproductions.evidence.statistics import share_of
from reproductions.training import circles
from reproductions.training.pool import Arrays, Pool, Shard, joined, whole


@dataclass(frozen=True)
class Spec:
    """The slides' networks, hidden layers and learning rate, and how many seeds see them."""

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

LEVEL_EPOCHS = (0, 1, 2, 3, 5, 7)  # and every fifth from 10 on


def run(spec: Spec, pool: Pool, change=None) -> dict[str, pd.DataFrame]:
    """Trains the networks side by side.

    Args:
        spec: the setting.
        pool: where its shards are computed.
        change: a function of a module, applied to the initial weights, to see what a last-bit
            difference does.
    """
    # The widest first, so that no core is left with it at the end.
    calls = [(spec, hidden, rate, change) for hidden, rate in reversed(spec.networks)]
    found = pool.by_seeds(_train, calls, spec.seeds, "tanh_warping")
    return joined(
        [
            {
                name: table.assign(network=circles.name(hidden))
                for name, table in _tables(spec, parts).items()
            }
            for (_, hidden, *_), parts in zip(calls, found, strict=True)
        ]
    )


def _train(shard: Shard, spec, hidden, rate, change, start, stop) -> Arrays:
    """What the seeds from `start` to `stop` come to: counts of them all, and single seeds."""
    from reproductions.training import replicas

    engine = shard.once(circles.engine, hidden, snapshots=True)
    weights = replicas.initial_weights(engine.model, range(start, stop), "glorot")
    weights = change(weights) if change else weights
    options = {"epochs": range(spec.epochs), "done": shard.advance}
    _, records = circles.train(engine, weights, rate, **options)
    accuracy, loss = circles.accuracy(records), records["loss"]
    last = accuracy[-1]
    better = accuracy > circles.LINE_ACCURACY
    whole = [records[circle][-1] == circles.ANGLES for circle in circles.RADII]
    # The sum of two circles' counts is exact in float32, so the levels are met exactly or not.
    levels = accuracy[_level_epochs(spec)][:, None].round(6) < np.array(LEVELS)[:, None]
    # Any seed that may be shown, whatever the others come to: see `_shown`.
    candidates = np.union1d(np.unique(last, return_index=True)[1], _shown(last, loss[-1])["best"])
    return {
        "accuracy": last,
        "loss": loss[-1],
        "counts": np.array([seeds.sum() for seeds in (last == 1, better[-1], *whole)]),
        "curves": np.stack([(accuracy == 1).sum(axis=1), better.sum(axis=1)]),
        "levels": levels.sum(axis=2),
        "first_loss": loss[1, : max(0, spec.first_seeds - start)],
        "candidates": start + candidates,
        "weights": _history(spec, records, candidates),
    }


def _level_epochs(spec):
    first = [epoch for epoch in LEVEL_EPOCHS if epoch <= spec.epochs]
    return [*first, *range(10, spec.epochs + 1, 5)]


def _drawn_epochs(spec):
    return sorted({*circles.stills(spec.epochs), *moving_epochs(spec)})


def moving_epochs(spec: Spec) -> list[int]:
    """The epochs that the animations show."""
    return sorted({*range(0, spec.epochs, spec.frames_every), spec.epochs})


def _history(spec, records, seeds) -> np.ndarray:
    """Some seeds' weights at the epochs that are drawn, (epoch, weight, seed), as `get_weights`."""
    epochs = _drawn_epochs(spec)
    arrays = [array for name, array in records.items() if name.startswith("weight_")]
    return np.concatenate(
        [a[epochs][..., seeds].reshape(len(epochs), -1, len(seeds)) for a in arrays], axis=1
    )


def _tables(spec, parts) -> dict[str, pd.DataFrame]:
    """One network's tables, from what its seeds came to."""
    found = whole(parts, summed=("counts", "curves", "levels"))
    last, curves, first = found["accuracy"], found["curves"], found["first_loss"]
    epoch, below = np.meshgrid(_level_epochs(spec), LEVELS, indexing="ij")
    shown = _shown(last, found["loss"])
    return {
        "seeds": pd.DataFrame(
            {"seed": range(spec.seeds), "separates": last == 1, "accuracy": last}
        ),
        "rates": pd.DataFrame(
            [_rate_row(*item, spec.seeds) for item in zip(EVENTS, found["counts"], strict=True)]
        ),
        "curves": pd.DataFrame(
            {
                "epoch": range(curves.shape[1]),
                "seeds": spec.seeds,
                **dict(zip(("separates", "better"), curves, strict=True)),
            }
        ),
        "levels": pd.DataFrame(
            {
                "epoch": epoch.ravel(),
                "below": below.ravel(),
                "count": found["levels"].ravel(),
                "seeds": spec.seeds,
            }
        ),
        "first_epoch": pd.DataFrame({"seed": range(len(first)), "loss": first}),
        "shown": pd.DataFrame(
            [{"shown": s, "seed": i, "accuracy": last[i]} for s, i in shown.items()]
        ),
        "weights": pd.concat(
            [_weights(spec, found, seed).assign(shown=s) for s, seed in shown.items()]
        ),
    }


def _rate_row(event, count, seeds):
    return {"event": event, "count": count, "seeds": seeds, **share_of(count, seeds)}


def _shown(accuracy, loss) -> dict[str, int]:
    """The seeds to draw, by a rule, so that none is picked by its looks.

    Typical: the first whose final accuracy is the (lower) median. Best: the highest final accuracy,
    and among those the lowest loss.
    """
    middle = np.sort(accuracy)[(len(accuracy) - 1) // 2]
    return {
        "typical": int(np.flatnonzero(accuracy == middle)[0]),
        "best": int(np.lexsort((loss, -accuracy))[0]),
    }


def _weights(spec, found, seed) -> pd.DataFrame:
    """One seed's weights, a row each."""
    history = found["weights"][..., np.searchsorted(found["candidates"], seed)]
    epoch, weight = np.meshgrid(_drawn_epochs(spec), range(history.shape[1]), indexing="ij")
    return pd.DataFrame(
        {"epoch": epoch.ravel(), "weight": weight.ravel(), "value": history.ravel()}
    )


def of(frame: pd.DataFrame, network: str) -> pd.DataFrame:
    """The rows of one network."""
    return frame[frame["network"] == network]


EARLY = "an epoch at a low rate, before the loss amplifies a last-bit difference into another path"

TABLES = {
    "seeds": Table(key=("network", "seed"), columns={"separates": Rate(), "accuracy": Unchecked()}),
    "rates": Table(
        key=("network", "event"),
        columns={
            **shares("count"),
        },
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
    # Which seeds these are, and what they come to, may differ between processors.
    "shown": Table(
        key=("network", "shown"), columns={"seed": Unchecked(), "accuracy": Unchecked()}
    ),
    "weights": Table(
        key=("network", "shown", "epoch", "weight"),
        columns={"value": Unchecked(nan=True)},
        over_seeds=True,
    ),
}
