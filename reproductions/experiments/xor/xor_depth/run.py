"""The setting, the runs, and the shape of the tables."""

import math
from dataclasses import dataclass

import numpy as np
import pandas as pd

from reproductions.evidence import kinds
from reproductions.evidence.kinds import Close, Exact, Rate, Table, Unchecked, shares
from reproductions.evidence.statistics import share_of
from reproductions.training import xor
from reproductions.training.pool import Arrays, Pool, Shard, whole


@dataclass(frozen=True)
class Spec:
    """The networks, and how many seeds see them."""

    seeds: int = 4096
    networks: tuple[tuple[int, ...], ...] = ((), (2,), (10,), (2, 2, 2), (10, 10, 10))
    rate: float = 0.1
    steps: int = 10_001
    every: int = 100
    depths: tuple[int, ...] = tuple(range(2, 11))
    width: int = 5
    depth_seeds: int = 1024  # at most
    depth_steps: int = 20_001
    longer: int = 10
    longer_seeds: int = 128  # at most
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
    # How low the cost can get if the points in question all get one answer, and the others theirs.
    "two points at 1/2": math.log(2) / 2,
    "three points at 1/3 or 2/3": 0.75 * math.log(3) - 0.5 * math.log(2),
    "all four at 1/2": math.log(2),
}

LEVEL_WIDTH = 0.02

SOLVED, BETWEEN = "solved", "between these"

SMALLEST = "2-2-1"

SUMMED = ("curves", "accuracy_1", "finite", "start_right", "end_right")

COSTS = (0.002, 0.005, 0.01, 0.02, 0.05, 0.1)

BINS = np.linspace(0, 0.8, 81)


def run(spec: Spec, pool: Pool) -> dict[str, pd.DataFrame]:
    """Trains the networks and the depths."""
    depths = [(spec.width,) * (depth - 1) for depth in spec.depths]
    depth_seeds = min(spec.seeds, spec.depth_seeds)
    # The longest first.
    calls = [(spec, hidden, spec.depth_steps) for hidden in reversed(depths)]
    calls += [(spec, hidden, spec.steps) for hidden in spec.networks]
    seeds = [depth_seeds] * len(depths) + [spec.seeds] * len(spec.networks)
    found = pool.by_seeds(_train, calls, seeds, "xor_depth")
    results = _continued(pool, calls, [whole(parts, SUMMED) for parts in found])
    by_depth = dict(zip(reversed(spec.depths), results, strict=False))
    networks = dict(zip(map(_name, spec.networks), results[len(depths) :], strict=True))
    smallest = networks[SMALLEST]
    return {
        "networks": pd.DataFrame([{"network": n, **_row(t)} for n, t in networks.items()]),
        "depths": pd.DataFrame([{"depth": d, **_row(t)} for d, t in by_depth.items()]),
        "curves": pd.concat([_curves(spec, n, t) for n, t in networks.items()]),
        "single": pd.concat([_single(networks[_name(())], moment) for moment in ("start", "end")]),
        "levels": pd.concat([_levels(step, smallest, when) for when, step in _moments(spec)]),
        "costs": pd.concat([_histogram(step, smallest, when) for when, step in _moments(spec)]),
        "seed_curves": _seed_curves(spec, smallest["shown"]),
    }


def _name(hidden):
    return "-".join(map(str, (2, *hidden, 1)))


def _moments(spec):
    return ("end", spec.steps - 1), ("later", spec.longer * (spec.steps - 1))


def _train(shard: Shard, spec, hidden, steps, start, stop) -> Arrays:
    """What the seeds from `start` to `stop` of one network come to; 2-2-1 goes on for longer."""
    from reproductions.training import replicas

    engine = shard.once(_engine, hidden)
    is_smallest = _name(hidden) == SMALLEST
    updates = (steps - 1) * spec.longer + 1 if is_smallest else steps
    weights = replicas.initial_weights(engine.model, range(start, stop))
    options = {"every": spec.every, "done": shard.advance}
    trained = engine.train(weights, xor.X, xor.Y, spec.rate, updates, **options)
    last = (steps - 1) // spec.every
    cost = trained.records["cost"]
    part = {
        "end": cost[last],
        "curves": np.stack(list(_counts(cost[: last + 1]).values())),
        "cost": cost[: last + 1, : max(0, kinds.LISTED - start)],
        "shown": cost[:, : max(0, spec.shown_seeds - start)],
        "accuracy_1": (trained.records["accuracy"][last] == 1).sum(),
        "finite": (trained.finite_steps == updates).sum(),
    }
    if is_smallest:
        norms = np.sqrt((trained.records["gradient_norm"] ** 2).sum(axis=1))  # over all kernels
        part |= {"later": cost[-1], "end_gradient": norms[last], "later_gradient": norms[-1]}
    if not hidden:
        part |= {"start_right": _right(weights), "end_right": _right(trained.weights)}
    return part


def _engine(hidden):
    from reproductions.training import replicas

    return replicas.Replicas(
        xor.network(hidden, "sigmoid", "document"),
        xor.LOSSES["document"],
        xor.records("document"),
        gradients=_name(hidden) == SMALLEST,
        threads=1,
    )


def _continued(pool: Pool, calls, results) -> list[dict[str, np.ndarray]]:
    """Adds how many seeds went on, of those that had not solved XOR, and how many then had."""
    longer, later = {}, {}
    for i, ((spec, hidden, steps), result) in enumerate(zip(calls, results, strict=True)):
        unsolved = np.flatnonzero(~(result["end"] < xor.SOLVED_COST))
        if _name(hidden) == SMALLEST:  # all of it went on
            later[i] = result["later"][unsolved]
        elif len(unsolved):
            longer[i] = (spec, hidden, steps, tuple(unsolved[: spec.longer_seeds].tolist()))
    parts = pool.gather(_go_on, list(longer.values()), "xor_depth, longer", unit="network")
    later |= {i: part["later"] for i, part in zip(longer, parts, strict=True)}
    for i, result in enumerate(results):
        cost = later.get(i, np.array([]))
        result |= {"continued": len(cost), "solved_later": (cost < xor.SOLVED_COST).sum()}
    return results


def _go_on(shard: Shard, spec, hidden, steps, seeds) -> Arrays:
    """The costs of single seeds after `longer` times the updates, from the start again."""
    from reproductions.training import replicas

    engine = shard.once(_engine, hidden)
    weights = replicas.initial_weights(engine.model, seeds)
    more = (steps - 1) * spec.longer
    trained = engine.train(weights, xor.X, xor.Y, spec.rate, more + 1, every=more)
    return {"later": trained.records["cost"][-1]}


def _row(result):
    cost = result["end"]
    counts, seeds = _counts(cost), len(cost)
    quantiles = np.quantile(cost, (0.25, 0.5, 0.75))
    return {
        "seeds": seeds,
        **counts,
        **share_of(counts["solved"], seeds),
        "accuracy_1": int(result["accuracy_1"]),
        "finite": int(result["finite"]),
        **dict(zip(("cost_q25", "cost_q50", "cost_q75"), quantiles, strict=True)),
        "continued": int(result["continued"]),
        "solved_later": int(result["solved_later"]),
    }


def _curves(spec, network, result):
    quantiles = np.quantile(result["cost"], (0.05, 0.5, 0.95), axis=1)
    return pd.DataFrame(
        {
            "network": network,
            "step": np.arange(quantiles.shape[1]) * spec.every,
            "seeds": len(result["end"]),
            **dict(zip(_counts(result["end"]), result["curves"], strict=True)),
            **dict(zip(("cost_q05", "cost_q50", "cost_q95"), quantiles, strict=True)),
        }
    )


def _counts(cost):
    """How many seeds are solved, at the plateau, and below each of `COSTS`; over the last axis."""
    return {
        "solved": (cost < xor.SOLVED_COST).sum(axis=-1),
        "plateau": (np.abs(cost - xor.PLATEAU_COST) < xor.PLATEAU_WIDTH).sum(axis=-1),
        **{f"below_{level:g}": (cost < level).sum(axis=-1) for level in COSTS},
    }


def _right(weights) -> np.ndarray:
    """How many 2-1 networks' lines get 0, 1, ... points right, free of rounding.

    Weights in float32 are exact in float64, and so are their sums. An answer of exactly 1/2 counts
    as 0, as the post's `hypothesis > 0.5` has it.
    """
    kernel, bias = (weight.astype("float64") for weight in weights)
    logit = xor.X.astype("float64") @ kernel[:, 0, :] + bias
    right = ((logit > 0) == (xor.Y > 0.5)).sum(axis=0)
    return np.bincount(right, minlength=len(xor.X) + 1)


def _single(result, moment):
    counts = result[f"{moment}_right"]
    return pd.DataFrame(
        {"moment": moment, "right": range(len(counts)), "count": counts, "seeds": counts.sum()}
    )


def _levels(step, result, when):
    cost, gradient = result[when], result[f"{when}_gradient"]
    near = [np.abs(cost - level) < LEVEL_WIDTH for level in LEVELS.values()]
    labels = np.select([cost < xor.SOLVED_COST, *near], [SOLVED, *LEVELS], BETWEEN)
    rows = []
    for level in (SOLVED, *LEVELS, BETWEEN):
        own = labels == level
        rows.append(
            {
                "step": step,
                "level": level,
                "count": own.sum(),
                "seeds": len(own),
                **share_of(own.sum(), len(own)),
                "cost_q50": np.median(cost[own]) if own.any() else np.nan,
                "gradient_q50": np.median(gradient[own]) if own.any() else np.nan,
            }
        )
    return pd.DataFrame(rows)


def _histogram(step, result, when):
    counts, _ = np.histogram(np.clip(result[when], BINS[0], BINS[-1]), BINS)
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


def _seed_curves(spec, cost):
    records = np.unique(np.geomspace(1, len(cost) - 1, 60).round().astype(int))
    steps, seed = np.meshgrid(records * spec.every, range(cost.shape[1]), indexing="ij")
    return pd.DataFrame(
        {"seed": seed.ravel(), "step": steps.ravel(), "cost": cost[records].ravel()}
    )


THREE = ("2-1", "2-2-1", "2-10-10-10-1")
"""The networks that stand for the post's; the others are ours."""


def _cliff(depths):
    """The smallest depth whose interval lies below half the share of depth 2; None without one."""
    share = depths.loc[depths["depth"] == 2, "share"].iloc[0]
    below = depths.loc[depths["high"] < share / 2, "depth"]
    return None if below.empty else int(below.min())


COUNTS = dict.fromkeys(
    ("solved", "plateau", *(f"below_{level:g}" for level in COSTS)), Rate(trials="seeds")
)

# Where the seeds are of two kinds, solved or not, one seed more takes a quantile from one kind's
# cost to the other's: the counts are held instead.
QUANTILE = Unchecked()

ROW = {
    "seeds": Exact(),
    **COUNTS,
    **shares("solved"),
    "accuracy_1": Unchecked(),  # at the plateau, a matter of rounding
    "finite": Rate(trials="seeds"),
    **dict.fromkeys(("cost_q25", "cost_q50", "cost_q75"), QUANTILE),
    "continued": Close(rtol=0.1, atol=4, reason="of those unsolved, which are held as a rate"),
    "solved_later": Rate(trials="continued"),
}

TABLES = {
    "networks": Table(
        key=("network",),
        columns=ROW | {"cost_q50": Close(rtol=0.2, atol=0, reason="it lies among many seeds")},
        over_seeds=True,
    ),
    "depths": Table(key=("depth",), columns=ROW, over_seeds=True),
    "curves": Table(
        key=("network", "step"),
        columns={
            "seeds": Exact(),
            **COUNTS,
            **dict.fromkeys(("cost_q05", "cost_q50", "cost_q95"), QUANTILE),
        },
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


def cliff_text(depths: pd.DataFrame) -> str:
    """Where the share solved falls to under half of that of two layers, in words."""
    if 2 not in set(depths["depth"]):
        return "nothing is known of two layers"
    cliff = _cliff(depths)
    if cliff is None:
        return "no depth solves under half of what two layers do"
    return f"{cliff} layers solve under half of what two do"
