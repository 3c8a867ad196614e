"""Trains every cell over all seeds, and over others at all the learning rates that are tried."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from reproductions.evidence.kinds import Close, Exact, Kind, Rate, Table, Unchecked
from reproductions.evidence.statistics import bootstrap_interval
from reproductions.experiments.gradients.zigzag_cures.paths import paths
from reproductions.experiments.gradients.zigzag_cures.settings import Cell, Setting, Spec, cells
from reproductions.training.pool import Arrays, Pool, Shard, whole

SPEC = Spec()
FEW = ("centred", "momentum", "rmsprop", "adam", "unaveraged", "batch_norm_after")
QUICK = {
    "seeds": 64,
    "tuning_seeds": 4,
    "steps": 1_024,
    "slower": (2,),
    "batches": (256,),
    "batch_rates": (0.2,),
    "changes": FEW,
    "rates": (0.2, 0.4),
    "adaptive_rates": (0.128, 0.256),
}
SMALL = {
    "tuning_seeds": 2,
    "steps": 64,
    "look": 16,
    "losses": (1.0, 0.9),
    "batches": (32,),
    "batch_rates": (0.4,),
    "slower": (2,),
    "changes": FEW,
    "rates": (0.2, 0.4),
    "adaptive_rates": (0.128, 0.256),
}

TUNING = 1_000_000  # the first of the seeds on which rates are chosen


def run(spec: Spec, pool: Pool) -> dict[str, pd.DataFrame]:
    """Trains every cell over all seeds, and over others at all the rates that are tried."""
    of = cells(spec)
    tried = [cell for cell in of if cell.rates]
    calls = [
        *((c.setting, (c.setting.rate,), spec.steps, spec.look, spec.losses, 0) for c in of),
        *((c.setting, c.rates, spec.steps, spec.look, (min(spec.losses),), TUNING) for c in tried),
    ]
    seeds = [spec.seeds] * len(of) + [spec.tuning_seeds] * len(tried)
    shards = pool.by_seeds(
        _train, calls, seeds, "zigzag_cures", network=lambda setting, *_: setting.at_any_rate
    )
    arrays = [whole(of_call) for of_call in shards]
    paths_of_cells = [{name: array[:, 0] for name, array in a.items()} for a in arrays[: len(of)]]
    rows = []
    for i, loss in enumerate(spec.losses):
        ending = [{name: array[i] for name, array in given.items()} for given in paths_of_cells]
        rows += [_row(loss, cell, path, ending[0]) for cell, path in zip(of, ending, strict=True)]
    return {"changes": pd.DataFrame(rows), "tuning": _tuning(spec, tried, arrays[len(of) :])}


def _train(
    shard: Shard,
    setting: Setting,
    rates: tuple[float, ...],
    steps: int,
    look: int,
    losses: tuple[float, ...],
    first: int,
    start: int,
    stop: int,
) -> Arrays:
    """The paths of the seeds `first + start` to `first + stop`, each (loss, rate, seed)."""
    given = paths(shard, setting, range(first + start, first + stop), rates, steps, look, losses)
    shard.advance(stop - start)
    return given


def _row(loss: float, cell: Cell, path: Arrays, plain: Arrays) -> dict[str, object]:
    """A cell's geometric means over networks, and what they are as multiples of no change.

    Only networks that reach the loss count, and for multiples only those whose seed reaches it
    without the change, too.
    """
    arrived = np.isfinite(path["updates"])
    both = arrived & np.isfinite(plain["updates"])
    ratio, of_plain = _ratio(path), _ratio(plain)
    row: dict[str, object] = {
        "loss": loss,
        **cell.key,
        "label": cell.label,
        "rate": cell.setting.rate,
        "arrived": int(arrived.sum()),
        "seeds": len(arrived),
    }
    for name in ("length", "displacement"):
        row[name] = _middle(np.log(path[name][arrived]))
    row |= _geometric("ratio", ratio[arrived])
    row |= _geometric("updates", path["updates"][arrived])
    row |= _geometric("ratio_times", (ratio / of_plain)[both])
    row |= _geometric("updates_times", path["updates"][both] / plain["updates"][both])
    return row | _left(ratio[both], of_plain[both])


def _ratio(path: Arrays) -> np.ndarray:
    """The length over the displacement; NaN where the loss was not reached."""
    arrived = np.isfinite(path["updates"])
    return path["length"] / np.where(arrived, path["displacement"], np.nan)


def _middle(logarithms: np.ndarray) -> float:
    return float(np.exp(logarithms.mean())) if len(logarithms) else np.nan


def _geometric(name: str, values: np.ndarray) -> dict[str, float]:
    """The geometric mean and its 95 % bootstrap interval; NaN of too few."""
    logarithms = np.log(values)
    ends = (np.nan, np.nan)
    if len(values) > 1:
        ends = bootstrap_interval(np.mean, logarithms, resamples=RESAMPLES, stream=13)
    low, high = np.exp(ends).tolist()
    return {name: _middle(logarithms), f"{name}_low": low, f"{name}_high": high}


def _left(ratio: np.ndarray, of_plain: np.ndarray) -> dict[str, float]:
    """The excess over a straight path as a share of that without a change, seeds resampled."""

    def share(logarithms: np.ndarray, of_plain: np.ndarray, axis: int = -1) -> np.ndarray:
        return np.expm1(logarithms.mean(axis)) / np.expm1(of_plain.mean(axis))

    logarithms = np.log(ratio), np.log(of_plain)
    left, ends = np.nan, (np.nan, np.nan)
    if len(ratio) > 1:
        left = float(share(*logarithms))
        ends = bootstrap_interval(share, *logarithms, resamples=RESAMPLES, stream=13)
    return {"left": left, "left_low": ends[0], "left_high": ends[1]}


RESAMPLES = 2_000


def _tuning(spec: Spec, tried: Sequence[Cell], arrays: Sequence[Arrays]) -> pd.DataFrame:
    """What the networks of other seeds come to at each rate, until they reach the lowest loss."""
    rows = []
    for cell, of_rates in zip(tried, arrays, strict=True):
        for i, rate in enumerate(cell.rates):
            of_rate = {name: array[0, i] for name, array in of_rates.items()}
            arrived = np.isfinite(of_rate["updates"])
            rows.append(
                {
                    **cell.key,
                    "rate": rate,
                    "arrived": int(arrived.sum()),
                    "seeds": spec.tuning_seeds,
                    "updates": of_rate["updates"].mean() if arrived.all() else np.nan,
                    "ratio": _middle(np.log(_ratio(of_rate)[arrived])),
                }
            )
    return pd.DataFrame(rows)


ENDS = ("", "_low", "_high")

MOVED = "another rounding moves the weights, and with them the update at which a loss is reached"


def _close(atol: float, *names: str) -> dict[str, Kind]:
    close = Close(rtol=0.05, atol=atol, reason=MOVED, nan=True)
    return {f"{name}{end}": close for name in names for end in ENDS}


TABLES = {
    "changes": Table(
        ("loss", "change", "value"),
        {
            **dict.fromkeys(("label", "rate"), Exact()),
            "arrived": Rate(trials="seeds"),
            "seeds": Exact(),
            **dict.fromkeys(("length", "displacement"), Close(0.05, 0, MOVED, nan=True)),
            **_close(0.0, "ratio", "updates", "ratio_times", "updates_times"),
            **_close(0.01, "left"),
        },
        over_seeds=True,
    ),
    "tuning": Table(
        ("change", "value", "rate"),
        {
            "arrived": Rate(trials="seeds"),
            "seeds": Exact(),
            **dict.fromkeys(("updates", "ratio"), Unchecked(nan=True)),
        },
        over_seeds=True,
    ),
}
