"""Trains networks of several depths over all seeds, and sorts the costs at which they end."""

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from reproductions.evidence import kinds
from reproductions.evidence.kinds import Close, Exact, Rate, Table, Unchecked, shares
from reproductions.evidence.statistics import share_of
from reproductions.training import xor
from reproductions.training.pool import Arrays, Pool, Shard, whole


@dataclass(frozen=True)
class Spec:
    """The networks, and how many seeds are trained."""

    seeds: int = 4096
    networks: tuple[tuple[int, ...], ...] = ((), (2,), (10,), (2, 2, 2), (10, 10, 10))
    rate: float = 0.1
    steps: int = 10_001
    every: int = 100  # steps from one record to the next
    depths: tuple[int, ...] = tuple(range(2, 11))
    width: int = 5
    depth_seeds: int = 1024  # at most
    depth_steps: int = 20_001
    longer: int = 10  # times the updates, for the seeds that go on
    longer_seeds: int = 128  # at most, of a network, go on
    shown_seeds: int = 64  # at most

    def __post_init__(self):
        if not {(), (2,)} <= set(self.networks):
            raise ValueError(f"networks must hold 2-1 and 2-2-1. Received: {self.networks}")
        if self.longer < 2:
            raise ValueError(f"longer must be 2 or more. Received: {self.longer}")


SPEC = Spec()

QUICK = {"depths": (2, 8), "longer_seeds": 16}

SMALL = {"steps": 201, "depths": (2, 3), "depth_steps": 201, "longer": 2}

LEVELS = {
    # The lowest cost with one answer for all of these points, and the right ones for the others.
    "two points at 1/2": math.log(2) / 2,
    "three points at 1/3 or 2/3": 0.75 * math.log(3) - 0.5 * math.log(2),
    "all four at 1/2": math.log(2),
}

LEVEL_WIDTH = 0.02

SOLVED, BETWEEN = "solved", "between these"

SMALLEST = "2-2-1"

POST_NETWORKS = ("2-1", SMALLEST, "2-10-10-10-1")
"""The networks that stand for the post's; the others are added here."""

SUMMED = ("curves", "accuracy_1", "finite", "start_right", "end_right")

COSTS = (0.002, 0.005, 0.01, 0.02, 0.05, 0.1)
"""The seeds whose cost is below each of these are counted."""

COUNTED = ("solved", "plateau", *(f"below_{cost:g}" for cost in COSTS))

BINS = np.linspace(0, 0.8, 81)

QUARTILES = {"cost_q25": 0.25, "cost_q50": 0.5, "cost_q75": 0.75}

CURVE_QUANTILES = {"cost_q05": 0.05, "cost_q50": 0.5, "cost_q95": 0.95}

Result = dict[str, Any]
"""What all seeds of one network came to: arrays by name."""


def run(spec: Spec, pool: Pool) -> dict[str, pd.DataFrame]:
    """Trains the networks, then those of every depth."""
    depths = [(spec.width,) * (depth - 1) for depth in spec.depths]
    depth_seeds = min(spec.seeds, spec.depth_seeds)
    # The longest first, so that no core is left with a long one at the end.
    calls = [(spec, hidden, spec.depth_steps) for hidden in reversed(depths)]
    calls += [(spec, hidden, spec.steps) for hidden in spec.networks]
    seeds = [depth_seeds] * len(depths) + [spec.seeds] * len(spec.networks)
    trained = pool.by_seeds(_train, calls, seeds, "xor_depth")
    results = [whole(ranges_of_seeds, SUMMED) for ranges_of_seeds in trained]
    results = [
        result | {"continued": len(later), "solved_later": (later < xor.SOLVED_COST).sum()}
        for result, later in zip(results, _later_costs(pool, calls, results), strict=True)
    ]
    by_depth = dict(zip(reversed(spec.depths), results, strict=False))
    networks = dict(zip(map(network_name, spec.networks), results[len(depths) :], strict=True))
    smallest, last = networks[SMALLEST], spec.steps - 1
    moments = {"end": last, "later": spec.longer * last}
    return {
        "networks": pd.DataFrame([{"network": n, **_summary(r)} for n, r in networks.items()]),
        "depths": pd.DataFrame([{"depth": d, **_summary(r)} for d, r in by_depth.items()]),
        "curves": pd.concat([_curves(spec, n, r) for n, r in networks.items()]),
        "single": pd.concat([_points_right(networks["2-1"], when) for when in ("start", "end")]),
        "levels": pd.concat([_levels(smallest, when, step) for when, step in moments.items()]),
        "costs": pd.concat([_histogram(smallest, when, step) for when, step in moments.items()]),
        "seed_curves": _seed_curves(spec, smallest["shown"]),
    }


def network_name(hidden: tuple[int, ...]) -> str:
    """A network's widths, such as 2-2-1, from those of its hidden layers."""
    return "-".join(map(str, (2, *hidden, 1)))


def _train(shard: Shard, spec: Spec, hidden, steps: int, start: int, stop: int) -> Arrays:
    """Trains the seeds from `start` to `stop` of one network; 2-2-1 goes on for longer."""
    from reproductions.training import replicas

    engine = shard.once(
        xor.engine, hidden, "sigmoid", "document", gradients=network_name(hidden) == SMALLEST
    )
    is_smallest = network_name(hidden) == SMALLEST
    updates = (steps - 1) * spec.longer + 1 if is_smallest else steps
    weights = replicas.initial_weights(engine.model, range(start, stop))
    options: dict[str, Any] = {"every": spec.every, "done": shard.advance}
    trained = engine.train(weights, xor.X, xor.Y, spec.rate, updates, **options)
    last = (steps - 1) // spec.every
    cost = trained.records["cost"]
    arrays = {
        "end": cost[last],
        "curves": np.stack(list(_counts(cost[: last + 1]).values())),
        "cost": cost[: last + 1, : max(0, kinds.LISTED - start)],
        "shown": cost[:, : max(0, spec.shown_seeds - start)],
        "accuracy_1": (trained.records["accuracy"][last] == 1).sum(),
        "finite": (trained.finite_steps == updates).sum(),
    }
    if is_smallest:
        norms = np.sqrt((trained.records["gradient_norm"] ** 2).sum(axis=1))  # over all kernels
        arrays |= {"later": cost[-1], "end_gradient": norms[last], "later_gradient": norms[-1]}
    if not hidden:
        start_right, end_right = (_count_points_right(w) for w in (weights, trained.weights))
        arrays |= {"start_right": start_right, "end_right": end_right}
    return arrays


def _counts(cost) -> dict[str, np.ndarray]:
    """How many seeds are each of `COUNTED`, over the last axis."""
    states = [
        cost < xor.SOLVED_COST,
        np.abs(cost - xor.PLATEAU_COST) < xor.PLATEAU_WIDTH,
        *(cost < threshold for threshold in COSTS),
    ]
    return {name: state.sum(axis=-1) for name, state in zip(COUNTED, states, strict=True)}


def _count_points_right(weights) -> np.ndarray:
    """How many 2-1 networks' lines get 0, 1, ... points right, free of rounding.

    Weights in float32 are exact in float64, and so are their sums. An answer of exactly 1/2 counts
    as 0, as with the post's `hypothesis > 0.5`.
    """
    kernel, bias = (weight.astype("float64") for weight in weights)
    logit = xor.X.astype("float64") @ kernel[:, 0, :] + bias
    right = ((logit > 0) == (xor.Y > 0.5)).sum(axis=0)
    return np.bincount(right, minlength=len(xor.X) + 1)


def _later_costs(pool: Pool, calls, results: list[Result]) -> list[np.ndarray]:
    """For each network, the costs after more updates of seeds that had not solved XOR."""
    longer, later = {}, [np.array([])] * len(calls)
    for i, ((spec, hidden, steps), result) in enumerate(zip(calls, results, strict=True)):
        unsolved = np.flatnonzero(~(result["end"] < xor.SOLVED_COST))
        if network_name(hidden) == SMALLEST:  # all its seeds have gone on
            later[i] = result["later"][unsolved]
        elif len(unsolved):
            longer[i] = (spec, hidden, steps, tuple(unsolved[: spec.longer_seeds].tolist()))
    trained = pool.gather(_train_longer, list(longer.values()), "xor_depth, longer", unit="network")
    for i, arrays in zip(longer, trained, strict=True):
        later[i] = arrays["later"]
    return later


def _train_longer(shard: Shard, spec: Spec, hidden, steps: int, seeds: tuple[int, ...]) -> Arrays:
    """The costs of these seeds after `longer` times the updates, from the start again."""
    from reproductions.training import replicas

    engine = shard.once(
        xor.engine, hidden, "sigmoid", "document", gradients=network_name(hidden) == SMALLEST
    )
    weights = replicas.initial_weights(engine.model, seeds)
    last = (steps - 1) * spec.longer
    trained = engine.train(weights, xor.X, xor.Y, spec.rate, last + 1, every=last)
    return {"later": trained.records["cost"][-1]}


def _summary(result: Result) -> dict[str, Any]:
    """A row of the tables `networks` and `depths`."""
    cost = result["end"]
    counts, seeds = _counts(cost), len(cost)
    quartiles = np.quantile(cost, tuple(QUARTILES.values()))
    return {
        "seeds": seeds,
        **counts,
        **share_of(int(counts["solved"]), seeds),
        "accuracy_1": int(result["accuracy_1"]),
        "finite": int(result["finite"]),
        **dict(zip(QUARTILES, quartiles, strict=True)),
        "continued": int(result["continued"]),
        "solved_later": int(result["solved_later"]),
    }


def _curves(spec: Spec, network: str, result: Result) -> pd.DataFrame:
    quantiles = np.quantile(result["cost"], tuple(CURVE_QUANTILES.values()), axis=1)
    return pd.DataFrame(
        {
            "network": network,
            "step": np.arange(quantiles.shape[1]) * spec.every,
            "seeds": len(result["end"]),
            **dict(zip(COUNTED, result["curves"], strict=True)),
            **dict(zip(CURVE_QUANTILES, quantiles, strict=True)),
        }
    )


def _points_right(result: Result, moment: str) -> pd.DataFrame:
    counts = result[f"{moment}_right"]
    return pd.DataFrame(
        {"moment": moment, "right": range(len(counts)), "count": counts, "seeds": counts.sum()}
    )


def level_of(cost: np.ndarray | pd.Series | float) -> np.ndarray:
    """What each seed's cost says of its answers: `SOLVED`, one of `LEVELS`, or `BETWEEN`."""
    near = [np.abs(cost - level) < LEVEL_WIDTH for level in LEVELS.values()]
    return np.select([cost < xor.SOLVED_COST, *near], [SOLVED, *LEVELS], BETWEEN)


def _levels(result: Result, moment: str, step: int) -> pd.DataFrame:
    cost, gradient = result[moment], result[f"{moment}_gradient"]
    levels = level_of(cost)
    rows = []
    for level in (SOLVED, *LEVELS, BETWEEN):
        on_level = levels == level
        count, seeds = on_level.sum(), len(cost)
        rows.append(
            {
                "step": step,
                "level": level,
                "count": count,
                "seeds": seeds,
                **share_of(count, seeds),
                "cost_q50": np.median(cost[on_level]) if count else np.nan,
                "gradient_q50": np.median(gradient[on_level]) if count else np.nan,
            }
        )
    return pd.DataFrame(rows)


def _histogram(result: Result, moment: str, step: int) -> pd.DataFrame:
    counts, _ = np.histogram(np.clip(result[moment], BINS[0], BINS[-1]), BINS)
    return pd.DataFrame(
        {
            "step": step,
            "bin": range(len(counts)),
            "from": BINS[:-1].round(6),
            "to": BINS[1:].round(6),
            "count": counts,
            "seeds": counts.sum(),
        }
    )


def _seed_curves(spec: Spec, cost: np.ndarray) -> pd.DataFrame:
    records = np.unique(np.geomspace(1, len(cost) - 1, 60).round().astype(int))
    steps, seed = np.meshgrid(records * spec.every, range(cost.shape[1]), indexing="ij")
    return pd.DataFrame(
        {"seed": seed.ravel(), "step": steps.ravel(), "cost": cost[records].ravel()}
    )


def cliff_text(depths: pd.DataFrame) -> str:
    """The smallest depth whose interval lies below half the share of two layers, in words."""
    if 2 not in set(depths["depth"]):
        return "nothing is known of two layers"
    share = depths.loc[depths["depth"] == 2, "share"].iloc[0]
    below = depths.loc[depths["high"] < share / 2, "depth"]
    if below.empty:
        return "no depth solves under half of what two layers do"
    return f"{below.min()} layers solve under half of what two do"


COUNTS = dict.fromkeys(COUNTED, Rate(trials="seeds"))

# Where some seeds solve XOR and others do not, one seed more can move a quantile from the cost of
# the one kind to that of the other: the counts are compared instead.
QUANTILE = Unchecked()

SUMMARY = {
    "seeds": Exact(),
    **COUNTS,
    **shares("solved"),
    "accuracy_1": Unchecked(),  # on the plateau, rounding decides it
    "finite": Rate(trials="seeds"),
    **dict.fromkeys(QUARTILES, QUANTILE),
    "continued": Close(0.1, 4, "of those unsolved, which are held as a rate", least=0),
    "solved_later": Rate(trials="continued"),
}

TABLES = {
    "networks": Table(
        key=("network",),
        columns=SUMMARY | {"cost_q50": Close(rtol=0.2, atol=0, reason="it lies among many seeds")},
        over_seeds=True,
    ),
    "depths": Table(key=("depth",), columns=SUMMARY, over_seeds=True),
    "curves": Table(
        key=("network", "step"),
        columns={"seeds": Exact(), **COUNTS, **dict.fromkeys(CURVE_QUANTILES, QUANTILE)},
        over_seeds=True,
    ),
    "single": Table(
        key=("moment", "right"),
        columns={"count": Rate(trials="seeds"), "seeds": Exact()},
        over_seeds=True,
    ),
    "levels": Table(
        key=("step", "level"),
        columns={
            **shares("count"),
            **dict.fromkeys(("cost_q50", "gradient_q50"), Unchecked(nan=True)),
        },
        over_seeds=True,
    ),
    "costs": Table(
        key=("step", "bin"),
        columns={
            "from": Exact(),
            "to": Exact(),
            "count": Rate(trials="seeds"),
            "seeds": Exact(),
        },
        over_seeds=True,
    ),
    "seed_curves": Table(key=("seed", "step"), columns={"cost": Unchecked()}),
}
