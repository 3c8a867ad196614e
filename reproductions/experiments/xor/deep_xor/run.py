"""Trains every network over all seeds, and counts what they come to."""

import itertools
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from reproductions.evidence import kinds
from reproductions.evidence.kinds import Close, Exact, Rate, Table, Unchecked, shares
from reproductions.evidence.statistics import share_of
from reproductions.training import xor
from reproductions.training.activations import Activation
from reproductions.training.pool import Arrays, Pool, Shard, joined, whole


@dataclass(frozen=True)
class Spec:
    """The post's setting, and how many seeds are trained in it."""

    seeds: int = 4096
    hidden: tuple[int, ...] = (5,) * 9
    activations: tuple[Activation, ...] = ("sigmoid", "relu", "leaky_relu", "tanh")
    losses: tuple[xor.Loss, ...] = ("document", "stable")
    rate: float = 0.01
    steps: int = 20_001
    every: int = 100  # steps from one record to the next
    costs_every: int = 5  # records from one distribution of the costs to the next
    first_seeds: int = 16  # seeds, at most, whose first steps are stored
    first_steps: int = 10


SPEC = Spec()

QUICK = {"losses": ("document",)}

SMALL = {"hidden": (5,), "steps": 201}

COSTS = (
    *(float(f"{10 ** (quarter / 4):.3g}") for quarter in range(-24, -4)),
    *(xor.SOLVED_COST, 0.3, 0.4, 0.5, 0.6, xor.PLATEAU_COST - xor.PLATEAU_WIDTH),
    *(xor.PLATEAU_COST + xor.PLATEAU_WIDTH, 0.8, 1.0, 2.0, 5.0, 10.0, 100.0),
)
"""The seeds whose cost is below each of these are counted."""

RIGHT_AT_END = "accuracy 1 at the end"

RIGHT_ONCE = "accuracy 1 at some record"

LOW_COST_ONCE = "cost below log(2)/4 at some record"

EVENTS = (*xor.OUTCOMES, RIGHT_AT_END, RIGHT_ONCE, LOW_COST_ONCE)

CURVES = ("finite", "solved", "plateau", "accuracy_1")

SUMMED = ("events", "curves", "costs", "falls")

SEEMS_TO_LEARN_UNTIL = 17_500
"""The step up to which the post sees its sigmoid network learn."""

ROUNDING = 1e-5
"""A cost that falls by less has not moved."""


def run(
    spec: Spec, pool: Pool, change: Callable[[list[np.ndarray]], list[np.ndarray]] | None = None
) -> dict[str, pd.DataFrame]:
    """Trains every activation under both losses from the same weights.

    Args:
        spec: the setting.
        pool: where its shards are computed.
        change: a function of a module, applied to the initial weights, to see what a last-bit
            difference does.
    """
    networks = list(itertools.product(spec.activations, spec.losses))
    calls = [(spec, *network, change) for network in networks]
    trained = pool.by_seeds(_train, calls, spec.seeds, "deep_xor")
    tables = joined(
        [
            {
                name: table.assign(activation=activation, loss=loss)
                for name, table in _tables(spec, ranges_of_seeds).items()
            }
            for (activation, loss), ranges_of_seeds in zip(networks, trained, strict=True)
        ]
    )
    # The post says it of this network alone.
    falls = tables["falls"]
    of_the_post = (falls["activation"] == "sigmoid") & (falls["loss"] == "document")
    return {**tables, "falls": falls[of_the_post]}


def _train(shard: Shard, spec: Spec, activation, loss, change, start: int, stop: int) -> Arrays:
    """Trains the seeds from `start` to `stop`; gives counts of all, and values of some of them."""
    from reproductions.training import replicas

    engine = shard.once(xor.engine, spec.hidden, activation, loss)
    weights = replicas.initial_weights(engine.model, range(start, stop))
    weights = change(weights) if change else weights
    data: dict[str, Any] = {"x": xor.X, "y": xor.Y, "rate": spec.rate}
    options: dict[str, Any] = {"steps": spec.steps, "every": spec.every, "done": shard.advance}
    trained = engine.train(weights, **data, **options)
    cost, accuracy = trained.records["cost"], trained.records["accuracy"]
    outcome = xor.outcomes(cost, trained.finite_steps < spec.steps)
    right_once = (accuracy == 1).any(axis=0)
    low_cost_once = (cost < xor.SOLVED_COST).any(axis=0)
    events = [
        *(outcome == name for name in xor.OUTCOMES),
        accuracy[-1] == 1,
        right_once,
        low_cost_once,
    ]
    listed = slice(max(0, kinds.LISTED - start))
    arrays = {
        "events": np.sum(events, axis=1),
        "curves": _counts_by_record(cost, accuracy),
        "costs": _counts_below(cost[:: spec.costs_every]),
        "falls": _counts_of_falls(cost[0], cost[_fall_record(spec)]),
        "seed": np.arange(start, stop)[listed],
        "outcome": outcome[listed],
        "last_accuracy": accuracy[-1][listed],
        "right_once": right_once[listed],
    }
    if start == 0:
        arrays |= {"cost_of_seed_0": cost[:, 0], "accuracy_of_seed_0": accuracy[:, 0]}
    if start < spec.first_seeds:
        first_weights = [array[..., : spec.first_seeds - start] for array in weights]
        steps = spec.first_steps
        first = engine.train(first_weights, **data, steps=steps + 1, every=steps)
        arrays["first_costs"] = first.records["cost"]
    return arrays


def _counts_by_record(cost, accuracy) -> np.ndarray:
    """How many seeds are each of `CURVES`, (curve, record)."""
    states = [
        np.isfinite(cost),
        cost < xor.SOLVED_COST,
        np.abs(cost - xor.PLATEAU_COST) < xor.PLATEAU_WIDTH,
        accuracy == 1,
    ]
    return np.array([state.sum(axis=1) for state in states])


def _counts_below(cost) -> np.ndarray:
    """How many costs are below each of `COSTS`, (record, threshold)."""
    return np.stack([(cost < np.float64(below)).sum(axis=1) for below in COSTS], axis=1)


def _fall_record(spec: Spec) -> int:
    """The record up to which costs are compared with those at the start."""
    return min(SEEMS_TO_LEARN_UNTIL, spec.steps - 1) // spec.every


def _counts_of_falls(start, later) -> np.ndarray:
    """How many costs fell, how many are then on the plateau, and how many below it."""
    on_plateau = np.abs(later - xor.PLATEAU_COST) < xor.PLATEAU_WIDTH
    below = later <= xor.PLATEAU_COST - xor.PLATEAU_WIDTH
    return np.array([(start - later > ROUNDING).sum(), on_plateau.sum(), below.sum()])


def _tables(spec: Spec, ranges_of_seeds: Sequence[dict[str, Any]]) -> dict[str, pd.DataFrame]:
    """The tables of one network, from what its seeds came to."""
    arrays = whole(ranges_of_seeds, SUMMED)
    step = np.arange(len(arrays["cost_of_seed_0"])) * spec.every
    curves = dict(zip(CURVES, arrays["curves"], strict=True))
    cost_steps, below = np.meshgrid(step[:: spec.costs_every], COSTS, indexing="ij")
    fell, on_plateau, below_plateau = arrays["falls"]
    first = arrays["first_costs"]
    first_step, first_seed = np.meshgrid(
        [0, spec.first_steps], range(first.shape[1]), indexing="ij"
    )
    columns_by_table = {
        "seeds": {
            "seed": arrays["seed"],
            "outcome": arrays["outcome"],
            "accuracy": arrays["last_accuracy"],
            "reached_accuracy_1": arrays["right_once"],
        },
        "rates": [
            {"event": event, "count": count, "seeds": spec.seeds, **share_of(count, spec.seeds)}
            for event, count in zip(EVENTS, arrays["events"], strict=True)
        ],
        "curves": {"step": step, "seeds": spec.seeds, **curves},
        # A quantile band can be read from these counts. The quantiles themselves could not be
        # compared: where some seeds solve XOR and others do not, one seed more can move a quantile
        # from the cost of the one kind to that of the other.
        "costs": {
            "step": cost_steps.ravel(),
            "below": below.ravel(),
            "count": arrays["costs"].ravel(),
            "finite": np.repeat(curves["finite"][:: spec.costs_every], len(COSTS)),
        },
        "falls": [
            {
                "step": _fall_record(spec) * spec.every,
                "fell": fell,
                "seeds": spec.seeds,
                **share_of(fell, spec.seeds),
                "on_plateau": on_plateau,
                "below_plateau": below_plateau,
            }
        ],
        "first_steps": {
            "seed": first_seed.ravel(),
            "step": first_step.ravel(),
            "cost": first.ravel(),
        },
        "single_seed": {
            "step": step,
            "cost": arrays["cost_of_seed_0"],
            "accuracy": arrays["accuracy_of_seed_0"],
        },
    }
    return {name: pd.DataFrame(columns) for name, columns in columns_by_table.items()}


EARLY = "ten steps in float32, before the network amplifies a last-bit difference into another path"

COUNTED = "how many are finite, which `curves` holds as a rate"

TABLES = {
    "seeds": Table(
        key=("activation", "loss", "seed"),
        columns={"outcome": Rate(), "accuracy": Rate(), "reached_accuracy_1": Rate()},
    ),
    "rates": Table(key=("activation", "loss", "event"), columns=shares("count"), over_seeds=True),
    "curves": Table(
        key=("activation", "loss", "step"),
        columns={"seeds": Exact(), **dict.fromkeys(CURVES, Rate(trials="seeds"))},
        over_seeds=True,
    ),
    "costs": Table(
        key=("activation", "loss", "step", "below"),
        columns={"count": Rate(trials="finite"), "finite": Close(0.05, 20, COUNTED)},
        over_seeds=True,
    ),
    "falls": Table(
        key=("activation", "loss"),
        columns={
            "step": Exact(),
            **shares("fell"),
            **dict.fromkeys(("on_plateau", "below_plateau"), Rate(trials="seeds")),
        },
        over_seeds=True,
    ),
    "first_steps": Table(
        key=("activation", "loss", "seed", "step"),
        columns={"cost": Close(rtol=1e-3, atol=1e-6, reason=EARLY, nan=True)},
    ),
    "single_seed": Table(
        key=("activation", "loss", "step"),
        columns=dict.fromkeys(("cost", "accuracy"), Unchecked(nan=True)),
        over_seeds=True,  # no value of it is compared, and a first look has one loss only
    ),
}
