"""The setting, the runs, and the shape of the tables."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from reproductions.evidence.kinds import Close, Exact, Rate, Table, Unchecked
from reproductions.evidence.statistics import generator
from reproductions.training import activations, digits
from reproductions.training.activations import Activation
from reproductions.training.parallel import workers
from reproductions.training.pool import Pool


@dataclass(frozen=True)
class Spec:
    """The networks, and how many seeds see them."""

    seeds: int = 20
    dataset: str = digits.DIGITS
    perceptron: tuple[Activation, ...] = (
        "relu", "tanh", "sigmoid", "leaky_relu", "elu", "swish",
    )  # fmt: skip
    cnn: tuple[Activation, ...] = ("relu", "tanh", "sigmoid")
    perceptron_steps: int = 1_760
    cnn_steps: int = 880
    rates: tuple[float, ...] = (0.1, 0.3, 1.0, 3.0, 10.0)
    thresholds: tuple[float, ...] = (0.25, 0.1, 0.02)
    tuning_seeds: int = 3
    records: int = 96
    batch: int = 32

    def __post_init__(self):
        for functions in (self.perceptron, self.cnn):
            if functions and "relu" not in functions:
                raise ValueError(f"each network must be tried with relu. Received: {functions}")


SPEC = Spec()

QUICK = {
    "perceptron": ("relu", "tanh", "sigmoid"),
    "cnn": (),
    "rates": (0.3, 1.0, 3.0),
    "records": 40,
}

SMALL = {
    "perceptron": ("relu", "tanh", "sigmoid"),
    "cnn": (),
    "perceptron_steps": 60,
    "rates": (0.3, 1.0),
    "tuning_seeds": 1,
    "records": 8,
}

PERCEPTRON, CNN = "perceptron", "CNN"

HIDDEN, FILTERS = (32, 32), (4, 8)

FIRST_TUNING_SEED = 1_000_000

ABOUT_SIX = (4, 9)

LEVELS = (30, 100, 300, 1_000)  # updates


def run(spec: Spec, pool: Pool) -> dict[str, pd.DataFrame]:
    """Trains every activation in every network, two side by side."""
    images = digits.load(spec.dataset)
    jobs = [(CNN, function) for function in spec.cnn]
    jobs += [(PERCEPTRON, function) for function in spec.perceptron]
    total = sum(2 * _steps(spec, network) for network, _ in jobs)
    with (
        pool.progress(total=total, what="convergence_speed", unit="update") as bar,
        workers() as executor,
    ):
        results = list(executor.map(lambda job: _train(spec, images, *job, bar.update), jobs))
    tuning = pd.concat([tuning for tuning, _, _ in results], ignore_index=True)
    steps = pd.concat([steps for _, steps, _ in results], ignore_index=True)
    curves = pd.concat([curves for _, _, curves in results], ignore_index=True)
    return {"tuning": tuning, "steps": steps, "speed": _speed(spec, steps), "curves": curves}


def _steps(spec, network):
    return {PERCEPTRON: spec.perceptron_steps, CNN: spec.cnn_steps}[network]


def _train(spec, images, network, function, done):
    """Tunes on seeds of its own, then trains at every rate that was chosen for some threshold."""
    from reproductions.training import classifiers

    classifier = {
        PERCEPTRON: classifiers.Classifier(hidden=HIDDEN),
        CNN: classifiers.Classifier(filters=FILTERS),
    }[network]
    steps = _steps(spec, network)
    record_at = np.unique(np.geomspace(2, steps, spec.records).round().astype(int))

    def errors(seeds, rates):
        """(record, rate, seed)."""
        pairs = np.tile(seeds, len(rates)), np.repeat(rates, len(seeds))
        found, _ = classifiers.train(
            classifier,
            lambda: activations.layer(function),
            images,
            classifier.weights(images, pairs[0]),
            pairs[1],
            record_at,
            batch=spec.batch,
            done=done,
        )
        return found.reshape(len(record_at), len(rates), len(seeds))

    def steps_to(errors, threshold):
        return classifiers.steps_to(errors, record_at, threshold)

    tuning_seeds = range(FIRST_TUNING_SEED, FIRST_TUNING_SEED + spec.tuning_seeds)
    tried = errors(tuning_seeds, spec.rates)
    rows, chosen = [], {}
    for threshold in spec.thresholds:
        to = steps_to(tried, threshold)  # (rate, seed)
        medians = np.median(np.where(np.isnan(to), np.inf, to), axis=1)
        # Where none gets there, the lowest error in the end chooses.
        best = medians.argmin() if np.isfinite(medians).any() else tried[-1].mean(axis=1).argmin()
        chosen[threshold] = spec.rates[best]
        for i, rate in enumerate(spec.rates):
            rows.append(
                {
                    "network": network,
                    "function": function,
                    "threshold": threshold,
                    "rate": rate,
                    "seeds": spec.tuning_seeds,
                    "reached": int(np.isfinite(to[i]).sum()),
                    "steps_q50": medians[i] if np.isfinite(medians[i]) else np.nan,
                    "error_end": tried[-1, i].mean(),
                    "chosen": int(i == best),
                }
            )
    rates = sorted(set(chosen.values()))
    evaluated = errors(range(spec.seeds), rates)
    label = {"network": network, "function": function}
    steps_rows = [
        {**label, "threshold": threshold, "seed": seed, "rate": rate, "steps": to, "of": steps}
        for threshold, rate in chosen.items()
        for seed, to in enumerate(steps_to(evaluated[:, rates.index(rate)], threshold))
    ]
    shown = evaluated[:, rates.index(chosen[spec.thresholds[0]])]
    low, middle, high = np.quantile(shown, (0.05, 0.5, 0.95), axis=1)
    curves = pd.DataFrame(
        {**label, "step": record_at, "error_q05": low, "error_q50": middle, "error_q95": high}
    )
    return pd.DataFrame(rows), pd.DataFrame(steps_rows), curves


def _speed(spec, steps) -> pd.DataFrame:
    """Each activation at each threshold, beside ReLU on the same seeds."""
    rows = []
    for (network, threshold, function), own in steps.groupby(
        ["network", "threshold", "function"], sort=False
    ):
        there = (steps["network"] == network) & (steps["threshold"] == threshold)
        relu = steps[there & (steps["function"] == "relu")].sort_values("seed")
        own = own.sort_values("seed")
        to, reference = (side["steps"].fillna(side["of"]).to_numpy() for side in (own, relu))
        rows.append(
            {
                "network": network,
                "function": function,
                "threshold": threshold,
                "rate": own["rate"].iloc[0],
                "seeds": spec.seeds,
                "reached": int(own["steps"].notna().sum()),
                **{f"within_{level}": int((own["steps"] <= level).sum()) for level in LEVELS},
                "steps_q50": np.median(to),
                **dict(zip(("ratio", "low", "high"), _ratio(to, reference), strict=True)),
            }
        )
    return pd.DataFrame(rows)


def _ratio(steps, reference) -> tuple[float, float, float]:
    """The ratio of medians, with a 95 % bootstrap interval over paired seeds."""
    from scipy.stats import bootstrap

    def ratio(a, b, axis=-1):
        return np.median(a, axis=axis) / np.median(b, axis=axis)

    value = float(ratio(steps, reference))
    if len(steps) < 3 or np.array_equal(steps, reference):
        return value, value, value
    interval = bootstrap(
        (steps, reference), ratio, paired=True, method="percentile", rng=generator(0)
    ).confidence_interval
    return value, float(interval.low), float(interval.high)


def percent(share: float, space: str = " ") -> str:
    """A share in words."""
    return f"{100 * share:g}{space}%"


RATIO = Close(rtol=0.6, atol=0, reason="of two rates about as good, last bits choose the best")

TABLES = {
    "tuning": Table(
        key=("network", "function", "threshold", "rate"),
        columns={
            "seeds": Exact(),
            "reached": Rate(trials="seeds"),
            # Which of two rates is best can hang on one update of one seed.
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
            **dict.fromkeys(("reached", *(f"within_{n}" for n in LEVELS)), Rate(trials="seeds")),
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
}
