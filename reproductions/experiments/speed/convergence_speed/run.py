"""Tunes the learning rate of each activation, then counts the updates to each training error."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from reproductions.evidence.kinds import Exact, Rate, Table, Unchecked
from reproductions.experiments.speed.convergence_speed import orders
from reproductions.experiments.speed.convergence_speed.networks import (
    CNN,
    PERCEPTRON,
    RATIO,
    classifier_of,
    compared_with_relu,
    updates_of,
)
from reproductions.training import activations, digits
from reproductions.training.activations import Activation
from reproductions.training.parallel import workers
from reproductions.training.pool import Pool, joined


@dataclass(frozen=True)
class Spec:
    """The networks, how they are trained, and with how many seeds."""

    seeds: int = 20
    dataset: str = digits.DIGITS
    perceptron: tuple[Activation, ...] = (
        "relu",
        "tanh",
        "sigmoid",
        "leaky_relu",
        "elu",
        "swish",
    )
    cnn: tuple[Activation, ...] = ("relu", "tanh", "sigmoid")
    perceptron_steps: int = 1_760
    cnn_steps: int = 880
    rates: tuple[float, ...] = (0.1, 0.3, 1.0, 3.0, 10.0)
    thresholds: tuple[float, ...] = (0.25, 0.1, 0.02)
    tuning_seeds: int = 3
    records: int = 96
    batch: int = 32
    # Trained once more, each seed with an order of batches of its own.
    order_perceptron: tuple[Activation, ...] = ("relu", "tanh", "sigmoid", "leaky_relu", "elu")
    order_factors: tuple[float, ...] = (0.58, 0.76, 1.0, 1.32, 1.73)
    order_tuning_seeds: int = 6

    def __post_init__(self):
        for functions in (self.perceptron, self.cnn, self.order_perceptron):
            if functions and "relu" not in functions:
                raise ValueError(f"each network must be tried with relu. Received: {functions}")
        if not set(self.order_perceptron) <= set(self.perceptron):
            raise ValueError(
                "order_perceptron must hold functions of perceptron, whose rates it refines."
                f" Received: {self.order_perceptron}"
            )


SPEC = Spec()

QUICK = {
    "perceptron": ("relu", "tanh", "sigmoid"),
    "cnn": (),
    "rates": (0.3, 1.0, 3.0),
    "records": 40,
    "order_perceptron": ("relu", "tanh", "sigmoid"),
    "order_factors": (0.76, 1.0, 1.32),
    "order_tuning_seeds": 3,
}

SMALL = {
    "perceptron": ("relu", "tanh", "sigmoid"),
    "cnn": (),
    "perceptron_steps": 60,
    "rates": (0.3, 1.0),
    "tuning_seeds": 1,
    "records": 8,
    "order_perceptron": ("relu", "tanh", "sigmoid"),
    "order_factors": (1.0, 1.32),
    "order_tuning_seeds": 1,
}

FIRST_TUNING_SEED = 1_000_000

ABOUT_SIX = (4, 9)
"""What counts as about six times."""

UPDATES = (30, 100, 300, 1_000)
"""The tables count how many seeds reach an error within so many updates."""


def run(spec: Spec, pool: Pool) -> dict[str, pd.DataFrame]:
    """Trains every activation in every network, two side by side."""
    images = digits.load(spec.dataset)
    jobs = [(CNN, function) for function in spec.cnn]
    jobs += [(PERCEPTRON, function) for function in spec.perceptron]
    total = sum(2 * updates_of(spec, network) for network, _ in jobs)
    with (
        pool.progress(total=total, what="convergence_speed", unit="update") as bar,
        workers() as executor,
    ):

        def tables_of(job: tuple[str, str]) -> dict[str, pd.DataFrame]:
            return _tables(spec, images, *job, bar.update)

        tables = joined(list(executor.map(tables_of, jobs)))
    return {
        **tables,
        "speed": compared_with_relu(tables["steps"], UPDATES),
        **orders.run(spec, tables["tuning"], pool),
    }


def _tables(
    spec: Spec, images: digits.Images, network: str, function: str, done: Callable[[int], object]
) -> dict[str, pd.DataFrame]:
    """The tables of one activation in one network.

    The learning rates are tuned on seeds that are used for nothing else. Then each rate that is the
    best for some threshold is trained with the seeds of the experiment.
    """
    from reproductions.training import classifiers

    classifier = classifier_of(network)
    updates = updates_of(spec, network)
    record_at = np.unique(np.geomspace(2, updates, spec.records).round().astype(int))

    def train(seeds: range, rates: tuple[float, ...]) -> np.ndarray:
        """The training errors of all seeds at all rates, (record, rate, seed)."""
        errors, _ = classifiers.train(
            classifier,
            lambda: activations.layer(function),
            images,
            classifier.weights(images, np.tile(seeds, len(rates))),
            np.repeat(rates, len(seeds)),
            record_at,
            batch=spec.batch,
            done=done,
        )
        return errors.reshape(len(record_at), len(rates), len(seeds))

    def updates_to(errors: np.ndarray) -> dict[float, np.ndarray]:
        """By threshold, the updates after which each run reaches it, (rate, seed); else NaN."""
        return {t: classifiers.steps_to(errors, record_at, t) for t in spec.thresholds}

    errors = train(range(FIRST_TUNING_SEED, FIRST_TUNING_SEED + spec.tuning_seeds), spec.rates)
    tuning = _tuning(spec, updates_to(errors), errors[-1].mean(axis=1))
    best = tuning[tuning["chosen"] == 1].set_index("threshold")["rate"]
    rates = tuple(sorted(set(best)))
    errors = train(range(spec.seeds), rates)
    steps = [
        {"threshold": threshold, "seed": seed, "rate": best[threshold], "steps": to, "of": updates}
        for threshold, updates_of_rates in updates_to(errors).items()
        for seed, to in enumerate(updates_of_rates[rates.index(best[threshold])])
    ]
    errors_shown = errors[:, rates.index(best[spec.thresholds[0]])]
    low, median, high = np.quantile(errors_shown, (0.05, 0.5, 0.95), axis=1)
    curves = {"step": record_at, "error_q05": low, "error_q50": median, "error_q95": high}
    tables = {"tuning": tuning, "steps": pd.DataFrame(steps), "curves": pd.DataFrame(curves)}
    return {n: table.assign(network=network, function=function) for n, table in tables.items()}


def _tuning(
    spec: Spec, updates_to: Mapping[float, np.ndarray], last_error: np.ndarray
) -> pd.DataFrame:
    """One row for each threshold and rate, and which rate is chosen.

    By threshold, `updates_to` holds the updates after which each run reaches it, (rate, seed);
    `last_error` is the mean error at the end, (rate,).
    """
    rows = []
    for threshold, updates in updates_to.items():
        medians = np.median(np.where(np.isnan(updates), np.inf, updates), axis=1)
        # If the median is never finite, the lowest error at the end decides.
        best = medians.argmin() if np.isfinite(medians).any() else last_error.argmin()
        for i, rate in enumerate(spec.rates):
            rows.append(
                {
                    "threshold": threshold,
                    "rate": rate,
                    "seeds": spec.tuning_seeds,
                    "reached": int(np.isfinite(updates[i]).sum()),
                    "steps_q50": medians[i] if np.isfinite(medians[i]) else np.nan,
                    "error_end": last_error[i],
                    "chosen": int(i == best),
                }
            )
    return pd.DataFrame(rows)


def percent(share: float, space: str = " ") -> str:
    """A share in words, such as "25 %"."""
    return f"{100 * share:g}{space}%"


TABLES = {
    "tuning": Table(
        key=("network", "function", "threshold", "rate"),
        columns={
            "seeds": Exact(),
            "reached": Rate(trials="seeds"),
            # Which of two rates is the best can depend on one update of one seed.
            **dict.fromkeys(("steps_q50", "error_end", "chosen"), Unchecked(nan=True)),
        },
        over_seeds=True,
    ),
    "steps": Table(
        key=("network", "function", "threshold", "seed"),
        columns=dict.fromkeys(("rate", "steps", "of"), Unchecked(nan=True)),
    ),
    "speed": Table(
        key=("network", "function", "threshold"),
        columns={
            "rate": Unchecked(),
            "seeds": Exact(),
            **dict.fromkeys(("reached", *(f"within_{n}" for n in UPDATES)), Rate(trials="seeds")),
            "steps_q50": Unchecked(),
            **dict.fromkeys(("ratio", "low", "high"), RATIO),
        },
        over_seeds=True,
    ),
    "curves": Table(
        key=("network", "function", "step"),
        columns=dict.fromkeys(("error_q05", "error_q50", "error_q95"), Unchecked()),
        over_seeds=True,
    ),
    **orders.TABLES,
}
