"""Trains every network at every learning rate, and compares ReLU with the others seed by seed."""

import itertools
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from reproductions.evidence.kinds import Close, Exact, Rate, Table, Unchecked, shares
from reproductions.evidence.statistics import bootstrap_interval, share_of
from reproductions.training import activations, gates, xor
from reproductions.training.activations import Activation
from reproductions.training.pool import Arrays, Pool, Shard, whole


@dataclass(frozen=True)
class Spec:
    """The networks, and how many seeds are trained."""

    seeds: int = 512
    tuning_seeds: int = 256  # others than these, on which learning rates are chosen
    hiddens: tuple[Activation, ...] = ("tanh", "relu")
    outputs: tuple[Activation, ...] = ("relu", "leaky_relu", "linear", "sigmoid")
    rates: tuple[float, ...] = (0.03, 0.1, 0.3, 1.0)
    width: int = 5
    steps: int = 3_001
    every: int = 100  # steps from one record to the next

    def __post_init__(self):
        if "relu" not in self.outputs or len(self.outputs) < 2:
            raise ValueError(f"outputs must hold relu and another. Received: {self.outputs}")


SPEC = Spec()

QUICK = {"hiddens": ("tanh",), "rates": (0.1, 1.0), "outputs": ("relu", "linear", "sigmoid")}

SMALL = {"hiddens": ("tanh",), "rates": (0.1, 1.0), "steps": 201, "tuning_seeds": 2}

RESAMPLES = 2_000


def run(spec: Spec, pool: Pool) -> dict[str, pd.DataFrame]:
    """Trains every network at every rate."""
    networks = list(itertools.product(spec.hiddens, spec.outputs))
    calls = [(spec, *network) for network in networks]
    trained = pool.by_seeds(_train, calls, spec.seeds, "relu_output", each=len(spec.rates))
    outcomes, curves, solved = [], [], {}
    for (hidden, output), ranges_of_seeds in zip(networks, trained, strict=True):
        arrays = whole(ranges_of_seeds)
        for rate, answers, finite in zip(
            spec.rates, arrays["answers"], arrays["finite"], strict=True
        ):
            key = {"hidden": hidden, "output": output, "rate": rate}
            outcomes.append({**key, "seeds": spec.seeds, **_outcome(answers, finite)})
            curves.append(_curve(spec, answers).assign(**key))
            solved[hidden, output, rate] = gates.solved(answers[-1], xor.Y)
    outcomes, tuning = pd.DataFrame(outcomes), _tuning(spec, pool, networks)
    tuned_differences = _differences(spec, solved, best_rates(tuning))
    return {
        "outcomes": outcomes,
        "tuning": tuning,
        "differences": _differences(spec, solved, best_rates(outcomes))[DIFFERENCES],
        "tuned_differences": tuned_differences,
        "curves": pd.concat(curves, ignore_index=True),
    }


def _tuning(spec: Spec, pool: Pool, networks) -> pd.DataFrame:
    """How many seeds that are not judged solve XOR, by network and rate."""
    seeds, first = spec.tuning_seeds, spec.seeds
    calls = [(spec, *network, first, first + seeds) for network in networks]
    sizes = [seeds * len(spec.rates)] * len(calls)
    tuned = pool.gather(_train, calls, "relu_output, tuning", sizes, "seed")
    rows = []
    for (hidden, output), arrays in zip(networks, tuned, strict=True):
        for rate, answers in zip(spec.rates, arrays["answers"], strict=True):
            key = {"hidden": hidden, "output": output, "rate": rate}
            solved = int(gates.solved(answers[-1], xor.Y).sum())
            rows.append({**key, "seeds": seeds, "solved": solved})
    return pd.DataFrame(rows)


def _train(shard: Shard, spec: Spec, hidden: str, output: str, start: int, stop: int) -> Arrays:
    """Trains the seeds from `start` to `stop` at every rate.

    Returns:
        Their answers, (rate, record, point, seed), and which stayed finite, (rate, seed).
    """
    from reproductions.training import replicas

    engine = shard.once(_engine, hidden, output, spec.width)
    weights = replicas.initial_weights(engine.model, range(start, stop), "glorot")
    # All rates side by side as replicas, so that one compiled loop trains them.
    weights = [np.concatenate([array] * len(spec.rates), axis=-1) for array in weights]
    rates = np.repeat(spec.rates, stop - start)
    options = {"every": spec.every, "done": shard.advance}
    trained = engine.train(weights, xor.X, xor.Y, rates, spec.steps, **options)
    return {
        "answers": np.split(trained.records["answers"], len(spec.rates), axis=-1),
        "finite": np.split(trained.finite_steps >= 0, len(spec.rates)),
    }


def _engine(hidden, output, width):
    import keras

    layers = [
        keras.layers.Dense(width),
        activations.layer(hidden),
        keras.layers.Dense(1),
        activations.layer(output),
    ]
    return gates.engine(keras.Sequential([keras.Input((2,)), *layers]))


def dead(answers: np.ndarray) -> np.ndarray:
    """Which replicas answer exactly 0 on all points: an output that is a ReLU is then dead.

    Args:
        answers: of shape (..., point, replica).
    """
    return (answers == 0).all(axis=-2)


def blind(answers: np.ndarray) -> np.ndarray:
    """Which replicas answer exactly 0 where the target is 1, but are not dead; see `dead`."""
    return ((answers == 0) & (xor.Y > 0.5)).any(axis=-2) & ~dead(answers)


def _outcome(answers, finite):
    """What the seeds of one network came to at one learning rate."""
    solved, is_dead = gates.solved(answers[-1], xor.Y), dead(answers)
    alive = ~is_dead[0]
    loss = gates.squared_error(answers[-1], xor.Y)
    return {
        "solved": int(solved.sum()),
        **share_of(solved.sum(), len(solved)),
        "dead_start": int(is_dead[0].sum()),
        "dead_end": int(is_dead[-1].sum()),
        "blind_end": int(blind(answers[-1]).sum()),
        # Dead at one record and not at the next: with a ReLU output, arithmetic rules it out.
        "revived": int((is_dead[:-1] & ~is_dead[1:]).any(axis=0).sum()),
        "alive_start": int(alive.sum()),
        "solved_of_alive": int(solved[alive].sum()),
        "non_finite": int((~finite).sum()),
        "loss_q50": float(np.median(loss[finite])) if finite.any() else np.nan,
    }


def _curve(spec, answers):
    records = np.unique(np.geomspace(1, len(answers), 30).round().astype(int)) - 1
    answers = answers[records]
    return pd.DataFrame(
        {
            "seeds": spec.seeds,
            "step": records * spec.every,
            "solved": gates.solved(answers, xor.Y).sum(axis=1),
            "dead": dead(answers).sum(axis=1),
            "blind": blind(answers).sum(axis=1),
        }
    )


def best_rates(outcomes: pd.DataFrame) -> pd.DataFrame:
    """The row of each network at the rate at which most seeds solve XOR, the lowest if several.

    The hidden and the output function are the index.
    """
    order = outcomes.sort_values(["solved", "rate"], ascending=[False, True])
    return order.groupby(["hidden", "output"]).first()


def _differences(spec: Spec, solved: Mapping[tuple, np.ndarray], best: pd.DataFrame):
    """ReLU against every other output function, seed by seed, each at its best rate."""
    rows = []
    for hidden, other in itertools.product(spec.hiddens, spec.outputs):
        if other == "relu":
            continue
        rate, other_rate = best["rate"][hidden, "relu"], best["rate"][hidden, other]
        by_relu, by_other = solved[hidden, "relu", rate], solved[hidden, other, other_rate]
        difference, low, high = paired_difference(by_relu, by_other)
        rows.append(
            {
                "hidden": hidden,
                "other": other,
                "rate": rate,
                "other_rate": other_rate,
                "seeds": spec.seeds,
                "solved_relu": int(by_relu.sum()),
                "solved_other": int(by_other.sum()),
                "only_relu": int((by_relu & ~by_other).sum()),
                "only_other": int((by_other & ~by_relu).sum()),
                "difference": difference,
                "low": low,
                "high": high,
            }
        )
    return pd.DataFrame(rows)


def paired_difference(solved: np.ndarray, other: np.ndarray) -> tuple[float, float, float]:
    """The difference of two shares over the same seeds, with a 95 % paired bootstrap interval.

    Args:
        solved: whether each seed solves XOR with the one function, (seed,).
        other: the same with the other function.
    """
    difference = solved.astype(float) - other
    if np.ptp(difference) == 0:  # all resamples would be the same
        return (float(difference[0]),) * 3
    return float(difference.mean()), *bootstrap_interval(np.mean, difference, resamples=RESAMPLES)


DIFFERENCE = Close(
    rtol=0, atol=0.12, reason="follows from the count beside it, which is held as a rate"
)

COMPARED = {
    # Where two rates solve equally often, a single seed decides which is the best.
    "rate": Unchecked(),
    "other_rate": Unchecked(),
    "seeds": Exact(),
    "only_relu": Rate(trials="seeds"),
    "only_other": Rate(trials="seeds"),
    **dict.fromkeys(("difference", "low", "high"), DIFFERENCE),
}

DIFFERENCES = ["hidden", "other", *COMPARED]

TABLES = {
    "outcomes": Table(
        key=("hidden", "output", "rate"),
        columns={
            "seeds": Exact(),
            **shares("solved"),
            **dict.fromkeys(
                ("dead_start", "dead_end", "blind_end", "revived", "alive_start"),
                Rate(trials="seeds"),
            ),
            "solved_of_alive": Rate(trials="alive_start"),
            "non_finite": Rate(trials="seeds"),
            "loss_q50": Unchecked(nan=True),
        },
        over_seeds=True,
    ),
    "tuning": Table(
        key=("hidden", "output", "rate"),
        columns={"seeds": Exact(), "solved": Rate(trials="seeds")},
        over_seeds=True,
    ),
    "differences": Table(key=("hidden", "other"), columns=COMPARED, over_seeds=True),
    "tuned_differences": Table(
        key=("hidden", "other"),
        columns={
            **COMPARED,
            **dict.fromkeys(("solved_relu", "solved_other"), Rate(trials="seeds")),
        },
        over_seeds=True,
    ),
    "curves": Table(
        key=("hidden", "output", "rate", "step"),
        columns={"seeds": Exact(), **dict.fromkeys(("solved", "dead", "blind"), Rate("seeds"))},
        over_seeds=True,
    ),
}
