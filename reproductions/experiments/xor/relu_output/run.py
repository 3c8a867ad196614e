"""The setting, the runs, and the shape of the tables."""

import itertools
from dataclasses import dataclass

import numpy as np
import pandas as pd

from reproductions.evidence.kinds import Close, Exact, Rate, Table, Unchecked, shares
from reproductions.evidence.statistics import generator, share_of
from reproductions.training import activations, xor
from reproductions.training.activations import Activation
from reproductions.training.pool import Arrays, Pool, Shard, whole


@dataclass(frozen=True)
class Spec:
    """The networks, and how many seeds see them."""

    seeds: int = 512
    hiddens: tuple[Activation, ...] = ("tanh", "relu")
    outputs: tuple[Activation, ...] = ("relu", "leaky_relu", "linear", "sigmoid")
    rates: tuple[float, ...] = (0.03, 0.1, 0.3, 1.0)
    width: int = 5
    steps: int = 3_001
    every: int = 100

    def __post_init__(self):
        if "relu" not in self.outputs or len(self.outputs) < 2:
            raise ValueError(f"outputs must hold relu and another. Received: {self.outputs}")


SPEC = Spec()

QUICK = {"hiddens": ("tanh",), "rates": (0.1, 1.0), "outputs": ("relu", "linear", "sigmoid")}

SMALL = {"hiddens": ("tanh",), "rates": (0.1, 1.0), "steps": 201}

MARGIN = 0.1

RELU = "relu"

RESAMPLES = 2_000


def run(spec: Spec, pool: Pool) -> dict[str, pd.DataFrame]:
    """Trains every network at every rate."""
    networks = list(itertools.product(spec.hiddens, spec.outputs))
    calls = [(spec, *network) for network in networks]
    found = pool.by_seeds(_train, calls, spec.seeds, "relu_output", each=len(spec.rates))
    answers = {}  # by network, for each rate the answers and who stayed finite
    for network, parts in zip(networks, found, strict=True):
        own = whole(parts)
        answers[network] = list(zip(own["answers"], own["finite"], strict=True))
    outcomes, curves = [], []
    for (hidden, output), by_rate in answers.items():
        for rate, (own, finite) in zip(spec.rates, by_rate, strict=True):
            cell = {"hidden": hidden, "output": output, "rate": rate, "seeds": spec.seeds}
            outcomes.append({**cell, **_outcome(own, finite)})
            curves.append(_curve(spec, cell, own))
    outcomes = pd.DataFrame(outcomes)
    return {
        "outcomes": outcomes,
        "differences": _differences(spec, answers, outcomes),
        "curves": pd.concat(curves, ignore_index=True),
    }


def _train(shard: Shard, spec, hidden, output, start, stop) -> Arrays:
    """A network's answers, (rate, record, point, seed), and who stayed finite, (rate, seed)."""
    from reproductions.training import replicas

    engine = shard.once(_engine, hidden, output, spec.width)
    weights = replicas.initial_weights(engine.model, range(start, stop), "glorot")
    trained = engine.train(
        [np.concatenate([w] * len(spec.rates), axis=-1) for w in weights],
        xor.X,
        xor.Y,
        np.repeat(spec.rates, stop - start),
        spec.steps,
        every=spec.every,
        done=shard.advance,
    )
    return {
        "answers": np.split(trained.records["answers"], len(spec.rates), axis=-1),
        "finite": np.split(trained.finite_steps >= 0, len(spec.rates)),
    }


def _engine(hidden, output, width):
    import keras
    import tensorflow as tf

    from reproductions.training import replicas

    model = keras.Sequential(
        [
            keras.Input((2,)),
            keras.layers.Dense(width),
            activations.layer(hidden),
            keras.layers.Dense(1),
            activations.layer(output),
        ]
    )
    return replicas.Replicas(
        model,
        lambda y, answer: tf.reduce_mean((answer - y) ** 2, (0, 1)),
        lambda y, answer: {"answers": answer[:, 0]},
        watch=False,
        threads=1,
    )


def _solved(answers) -> np.ndarray:
    """Who has all points on their side of 1/2, with a margin; over the last axis but one."""
    side = np.where(xor.Y > 0.5, 1, -1)
    return (side * (answers - 0.5) >= MARGIN).all(axis=-2)


def _dead(answers) -> np.ndarray:
    """Who answers exactly 0 to everything; of the outputs only ReLU is then dead."""
    return (answers == 0).all(axis=-2)


def _blind(answers) -> np.ndarray:
    """Who answers exactly 0 where the target is 1, but not everywhere."""
    return ((answers == 0) & (xor.Y > 0.5)).any(axis=-2) & ~_dead(answers)


def _outcome(answers, finite):
    """What the seeds of one cell came to."""
    seeds = answers.shape[-1]
    solved, dead = _solved(answers), _dead(answers)
    alive = ~dead[0]
    return {
        "solved": int(solved[-1].sum()),
        **share_of(solved[-1].sum(), seeds),
        "dead_start": int(dead[0].sum()),
        "dead_end": int(dead[-1].sum()),
        "blind_end": int(_blind(answers[-1]).sum()),
        # Dead at one record and not at a later one: of a ReLU output, arithmetic forbids it.
        "revived": int((dead[:-1] & ~dead[1:]).any(axis=0).sum()),
        "alive_start": int(alive.sum()),
        "solved_of_alive": int(solved[-1][alive].sum()),
        "non_finite": int((~finite).sum()),
        "loss_q50": float(np.median(_loss(answers[-1])[finite])) if finite.any() else np.nan,
    }


def _loss(answers) -> np.ndarray:
    return ((answers.astype("float64") - xor.Y) ** 2).mean(axis=-2)


def _curve(spec, cell, answers):
    records = np.unique(np.geomspace(1, len(answers), 30).round().astype(int)) - 1
    return pd.DataFrame(
        {
            **cell,
            "step": records * spec.every,
            "solved": _solved(answers)[records].sum(axis=1),
            "dead": _dead(answers)[records].sum(axis=1),
            "blind": _blind(answers)[records].sum(axis=1),
        }
    )


def best_rates(outcomes: pd.DataFrame) -> pd.DataFrame:
    """The row of each hidden and output function at the rate that solves most, lowest if equal."""
    order = outcomes.sort_values(["solved", "rate"], ascending=[False, True])
    return order.groupby(["hidden", "output"], as_index=False).first()


def _differences(spec, answers, outcomes):
    """ReLU against every other output, seed by seed, each at its best rate."""
    best = best_rates(outcomes).set_index(["hidden", "output"])["rate"]

    def solved(hidden, output):
        return _solved(answers[hidden, output][spec.rates.index(best[hidden, output])][0][-1])

    rows = []
    for hidden, other in itertools.product(spec.hiddens, spec.outputs):
        if other == RELU:
            continue
        ours, theirs = solved(hidden, RELU), solved(hidden, other)
        difference, low, high = _paired(ours, theirs)
        rows.append(
            {
                "hidden": hidden,
                "other": other,
                "rate": best[hidden, RELU],
                "other_rate": best[hidden, other],
                "seeds": spec.seeds,
                "only_relu": int((ours & ~theirs).sum()),
                "only_other": int((theirs & ~ours).sum()),
                "difference": difference,
                "low": low,
                "high": high,
            }
        )
    return pd.DataFrame(rows)


def _paired(ours, theirs) -> tuple[float, float, float]:
    """The difference of two shares over the same seeds, with a paired bootstrap interval."""
    from scipy.stats import bootstrap

    difference = ours.astype(float) - theirs
    if np.ptp(difference) == 0:  # nothing to resample
        return (float(difference[0]),) * 3
    interval = bootstrap(
        (difference,),
        np.mean,
        n_resamples=RESAMPLES,
        method="percentile",
        rng=generator(0),
    ).confidence_interval
    return float(difference.mean()), float(interval.low), float(interval.high)


COUNTED = "follows from the count beside it, which is held as a rate"

TABLES = {
    "outcomes": Table(
        key=("hidden", "output", "rate"),
        columns={
            "seeds": Exact(),
            **shares("solved"),
            "dead_start": Rate(trials="seeds"),
            "dead_end": Rate(trials="seeds"),
            "blind_end": Rate(trials="seeds"),
            "revived": Rate(trials="seeds"),
            "alive_start": Rate(trials="seeds"),
            "solved_of_alive": Rate(trials="alive_start"),
            "non_finite": Rate(trials="seeds"),
            "loss_q50": Unchecked(nan=True),
        },
        over_seeds=True,
    ),
    "differences": Table(
        key=("hidden", "other"),
        columns={
            # Two rates may solve as many: which is best then hangs on a seed.
            "rate": Unchecked(),
            "other_rate": Unchecked(),
            "seeds": Exact(),
            "only_relu": Rate(trials="seeds"),
            "only_other": Rate(trials="seeds"),
            **dict.fromkeys(
                ("difference", "low", "high"), Close(rtol=0, atol=0.12, reason=COUNTED)
            ),
        },
        over_seeds=True,
    ),
    "curves": Table(
        key=("hidden", "output", "rate", "step"),
        columns={
            "seeds": Exact(),
            "solved": Rate(trials="seeds"),
            "dead": Rate(trials="seeds"),
            "blind": Rate(trials="seeds"),
        },
        over_seeds=True,
    ),
}
