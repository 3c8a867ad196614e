"""Trains again with an order of batches for each seed, at rates from a finer grid.

In the tables `steps` and `speed` all seeds see the batches in one order, and the rates are spaced
by factors of three. Here each seed draws its order with its weights, so that the interval over
seeds covers both kinds of chance, and the rates around the best one are tried in finer steps.
"""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from reproductions.evidence.kinds import Exact, Rate, Table, Unchecked
from reproductions.experiments.speed.convergence_speed.networks import (
    CNN,
    PERCEPTRON,
    RATIO,
    classifier_of,
    compared_with_relu,
    updates_of,
)
from reproductions.training import activations, digits
from reproductions.training.parallel import workers
from reproductions.training.pool import Pool, joined

if TYPE_CHECKING:
    from reproductions.experiments.speed.convergence_speed.run import Spec

FIRST_TUNING_SEED = 2_000_000
"""On these seeds the rates of the finer grid are compared, and nothing else is trained."""

WATCHED = 512
"""On how many of the training images, the first ones, the error is taken."""


def run(spec: "Spec", tuning: pd.DataFrame, pool: Pool) -> dict[str, pd.DataFrame]:
    """The tables whose names begin with `order`.

    Args:
        spec: of the experiment.
        tuning: the table of that name: the rates around which the finer grid lies.
        pool: shows the progress.
    """
    images = digits.load(spec.dataset)
    jobs = [(CNN, function) for function in spec.cnn]
    jobs += [(PERCEPTRON, function) for function in spec.order_perceptron]
    total = sum(2 * updates_of(spec, network) for network, _ in jobs)
    with (
        pool.progress(total=total, what="convergence_speed, orders", unit="update") as bar,
        workers() as executor,
    ):
        made = executor.map(
            lambda job: _tables(spec, images, tuning, job[0], job[1], bar.update), jobs
        )
        tables = joined(list(made))
    tables["order_speed"] = compared_with_relu(tables["order_steps"])
    return tables


def grid_around(best: Sequence[float], factors: Sequence[float]) -> tuple[float, ...]:
    """Each rate times each factor, to four digits, ascending and without doubles."""
    return tuple(sorted({float(f"{rate * factor:.4g}") for rate in best for factor in factors}))


def _tables(
    spec: "Spec",
    images: digits.Images,
    tuning: pd.DataFrame,
    network: str,
    function: str,
    done: Callable[[int], object],
) -> dict[str, pd.DataFrame]:
    from reproductions.training import classifiers, own_orders

    updates = updates_of(spec, network)
    record_at = np.unique(np.geomspace(2, updates, spec.records).round().astype(int))
    watched = {"training": own_orders.Watched(images.x_train[:WATCHED], images.y_train[:WATCHED])}

    def train(seeds: range, rates: tuple[float, ...]) -> np.ndarray:
        """The training errors of all seeds at all rates, (record, rate, seed)."""
        errors = own_orders.train(
            classifier_of(network),
            lambda: activations.layer(function),
            images,
            np.tile(seeds, len(rates)).tolist(),
            np.repeat(rates, len(seeds)),
            record_at,
            watched,
            batch=spec.batch,
            enough=min(spec.thresholds),
            done=done,
        ).errors["training"]
        return errors.reshape(len(record_at), len(rates), len(seeds))

    def updates_to(errors: np.ndarray) -> dict[float, np.ndarray]:
        """By threshold, the updates after which each run reaches it, (rate, seed); else NaN."""
        return {t: classifiers.steps_to(errors, record_at, t) for t in spec.thresholds}

    chosen = tuning[(tuning["network"] == network) & (tuning["function"] == function)]
    coarse = chosen[chosen["chosen"] == 1]["rate"].unique()
    rates = grid_around(sorted(coarse), spec.order_factors)
    tuned = updates_to(train(_tuning_seeds(spec), rates))
    rows, best = [], {}
    for threshold, to in tuned.items():
        counted = np.where(np.isnan(to), updates, to)
        means = counted.mean(axis=1)
        best[threshold] = rates[int(means.argmin())]
        for i, rate in enumerate(rates):
            rows.append(
                {
                    "threshold": threshold,
                    "rate": rate,
                    "seeds": spec.order_tuning_seeds,
                    "reached": int(np.isfinite(to[i]).sum()),
                    "steps_mean": means[i],
                    "chosen": int(rate == best[threshold]),
                }
            )
    judged = tuple(sorted(set(best.values())))
    reached = updates_to(train(range(spec.seeds), judged))
    steps = [
        {"threshold": threshold, "seed": seed, "rate": best[threshold], "steps": to, "of": updates}
        for threshold, of_rates in reached.items()
        for seed, to in enumerate(of_rates[judged.index(best[threshold])])
    ]
    tables = {"order_tuning": pd.DataFrame(rows), "order_steps": pd.DataFrame(steps)}
    return {n: table.assign(network=network, function=function) for n, table in tables.items()}


def _tuning_seeds(spec: "Spec") -> range:
    return range(FIRST_TUNING_SEED, FIRST_TUNING_SEED + spec.order_tuning_seeds)


TABLES = {
    "order_tuning": Table(
        key=("network", "function", "threshold", "rate"),
        columns={
            "seeds": Exact(),
            "reached": Rate(trials="seeds"),
            **dict.fromkeys(("steps_mean", "chosen"), Unchecked()),
        },
        over_seeds=True,
    ),
    "order_steps": Table(
        key=("network", "function", "threshold", "seed"),
        columns=dict.fromkeys(("rate", "steps", "of"), Unchecked(nan=True)),
    ),
    "order_speed": Table(
        key=("network", "function", "threshold"),
        columns={
            "rate": Unchecked(),
            "seeds": Exact(),
            "reached": Rate(trials="seeds"),
            "steps_q50": Unchecked(),
            **dict.fromkeys(("ratio", "low", "high"), RATIO),
        },
        over_seeds=True,
    ),
}
