"""The setting, the runs, and the shape of the tables."""

import itertools
from dataclasses import dataclass

import numpy as np
import pandas as pd

from reproductions.evidence import kinds
from reproductions.evidence.kinds import Close, Exact, Rate, Table, Unchecked, shares
from reproductions.evidence.statistics import share_of
from reproductions.training import xor
from reproductions.training.activations import Activation
from reproductions.training.pool import Arrays, Pool, Shard, joined


@dataclass(frozen=True)
class Spec:
    """The post's setting, and how many seeds see it."""

    seeds: int = 4096
    hidden: tuple[int, ...] = (5,) * 9
    activations: tuple[Activation, ...] = ("sigmoid", "relu", "leaky_relu", "tanh")
    losses: tuple[xor.Loss, ...] = ("document", "stable")
    rate: float = 0.01
    steps: int = 20_001
    every: int = 100
    costs_every: int = 5
    first_seeds: int = 16
    first_steps: int = 10


SPEC = Spec()

QUICK = {"losses": ("document",)}

SMALL = {"hidden": (5,), "steps": 201}

COSTS = (
    *(float(f"{10 ** (quarter / 4):.3g}") for quarter in range(-24, -4)),
    *(xor.SOLVED_COST, 0.3, 0.4, 0.5, 0.6, xor.PLATEAU_COST - xor.PLATEAU_WIDTH),
    *(xor.PLATEAU_COST + xor.PLATEAU_WIDTH, 0.8, 1.0, 2.0, 5.0, 10.0, 100.0),
)

ENDS = "accuracy 1 at the end"

REACHES = "accuracy 1 at some record"

LEARNS = "cost below log(2)/4 at some record"

EVENTS = (*xor.OUTCOMES, ENDS, REACHES, LEARNS)

CURVES = ("finite", "solved", "plateau", "accuracy_1")


def run(spec: Spec, pool: Pool, change=None) -> dict[str, pd.DataFrame]:
    """Trains every activation under both losses from the same weights.

    Args:
        spec: the setting.
        pool: where its shards are computed.
        change: a function of a module, applied to the initial weights, to see what a last-bit
            difference does.
    """
    networks = list(itertools.product(spec.activations, spec.losses))
    calls = [(spec, *network, change) for network in networks]
    found = pool.by_seeds(_train, calls, spec.seeds, "deep_xor")
    return joined(
        [
            {
                name: table.assign(activation=activation, loss=loss)
                for name, table in _tables(spec, parts).items()
            }
            for (activation, loss), parts in zip(networks, found, strict=True)
        ]
    )


def _train(shard: Shard, spec, activation, loss, change, start, stop) -> Arrays:
    """What the seeds from `start` to `stop` come to: counts of them all, and single seeds."""
    from reproductions.training import replicas

    engine = shard.once(_engine, spec.hidden, activation, loss)
    weights = replicas.initial_weights(engine.model, range(start, stop))
    weights = change(weights) if change else weights
    data = {"x": xor.X, "y": xor.Y, "rate": spec.rate}
    options = {"steps": spec.steps, "every": spec.every, "done": shard.advance}
    trained = engine.train(weights, **data, **options)
    cost, accuracy = trained.records["cost"], trained.records["accuracy"]
    outcome = xor.outcomes(cost, trained.finite_steps < spec.steps)
    reached = (accuracy == 1).any(axis=0)
    learned = (cost < xor.SOLVED_COST).any(axis=0)
    events = [*(outcome == name for name in xor.OUTCOMES), accuracy[-1] == 1, reached, learned]
    listed = slice(max(0, kinds.LISTED - start))
    seeds = {
        "seed": np.arange(start, stop),
        "outcome": outcome,
        "accuracy": accuracy[-1],
        "reached_accuracy_1": reached,
    }
    part = {
        "events": np.sum(events, axis=1),
        "curves": _curves(cost, accuracy),
        "costs": _costs(cost[:: spec.costs_every]),
        "seeds": pd.DataFrame({name: column[listed] for name, column in seeds.items()}),
    }
    if start == 0:
        part |= {"cost": cost[:, 0], "accuracy": accuracy[:, 0]}
    if start < spec.first_seeds:
        few, steps = [w[..., : spec.first_seeds - start] for w in weights], spec.first_steps
        first = engine.train(few, **data, steps=steps + 1, every=steps)
        part["first"] = first.records["cost"]
    return part


def _engine(hidden, activation, loss):
    from reproductions.training import replicas

    model = xor.network(hidden, activation, loss)
    return replicas.Replicas(model, xor.LOSSES[loss], xor.records(loss), threads=1)


def _tables(spec, parts) -> dict[str, pd.DataFrame]:
    """One network's tables, from what its seeds came to."""
    step = np.arange(len(parts[0]["cost"])) * spec.every
    events, curves, costs = (sum(p[name] for p in parts) for name in ("events", "curves", "costs"))
    first = np.concatenate([part["first"] for part in parts if "first" in part], axis=1)
    steps, below = np.meshgrid(step[:: spec.costs_every], COSTS, indexing="ij")
    return {
        "seeds": pd.concat([part["seeds"] for part in parts], ignore_index=True),
        "rates": pd.DataFrame(
            [_rate_row(*item, spec.seeds) for item in zip(EVENTS, events, strict=True)]
        ),
        "curves": pd.DataFrame(
            {"step": step, "seeds": spec.seeds, **dict(zip(CURVES, curves, strict=True))}
        ),
        # A quantile band can be read from these counts. The quantiles themselves could not be
        # held: where the seeds are of two kinds, solved or not, one seed more takes a quantile
        # from one kind's cost to the other's.
        "costs": pd.DataFrame(
            {
                "step": steps.ravel(),
                "below": below.ravel(),
                "count": costs.ravel(),
                "finite": np.repeat(curves[0, :: spec.costs_every], len(COSTS)),
            }
        ),
        "first_steps": _first_steps(spec, first),
        "single_seed": pd.DataFrame(
            {"step": step, "cost": parts[0]["cost"], "accuracy": parts[0]["accuracy"]}
        ),
    }


def _rate_row(event, count, seeds):
    return {"event": event, "count": count, "seeds": seeds, **share_of(count, seeds)}


def _curves(cost, accuracy) -> np.ndarray:
    """How many seeds are each of `CURVES`, (curve, record)."""
    states = [
        np.isfinite(cost),
        cost < xor.SOLVED_COST,
        np.abs(cost - xor.PLATEAU_COST) < xor.PLATEAU_WIDTH,
        accuracy == 1,
    ]
    return np.array([state.sum(axis=1) for state in states])


def _costs(cost) -> np.ndarray:
    """How many costs are below each of `COSTS`, (record, threshold)."""
    return np.stack([(cost < np.float64(below)).sum(axis=1) for below in COSTS], axis=1)


def _first_steps(spec, cost):
    """Costs so early that they must agree between processors."""
    step, seed = np.meshgrid([0, spec.first_steps], range(cost.shape[1]), indexing="ij")
    return pd.DataFrame({"seed": seed.ravel(), "step": step.ravel(), "cost": cost.ravel()})


EARLY = "ten steps in float32, before the network amplifies a last-bit difference into another path"

COUNTED = "how many are finite, which `curves` holds as a rate"

TABLES = {
    "seeds": Table(
        key=("activation", "loss", "seed"),
        columns={"outcome": Rate(), "accuracy": Rate(), "reached_accuracy_1": Rate()},
    ),
    "rates": Table(
        key=("activation", "loss", "event"),
        columns={
            **shares("count"),
        },
        over_seeds=True,
    ),
    "curves": Table(
        key=("activation", "loss", "step"),
        columns={
            "seeds": Exact(),
            **dict.fromkeys(("finite", "solved", "plateau", "accuracy_1"), Rate(trials="seeds")),
        },
        over_seeds=True,
    ),
    "costs": Table(
        key=("activation", "loss", "step", "below"),
        columns={"count": Rate(trials="finite"), "finite": Close(0.05, 20, COUNTED)},
        over_seeds=True,
    ),
    "first_steps": Table(
        key=("activation", "loss", "seed", "step"),
        columns={"cost": Close(rtol=1e-3, atol=1e-6, reason=EARLY, nan=True)},
    ),
    "single_seed": Table(
        key=("activation", "loss", "step"),
        columns=dict.fromkeys(("cost", "accuracy"), Unchecked(nan=True)),
        over_seeds=True,  # nothing in it is held, and a first look has one loss
    ),
}
