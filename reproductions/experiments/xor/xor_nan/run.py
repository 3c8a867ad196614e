"""Trains networks until some break under the post's loss, and follows those that broke."""

import itertools
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from reproductions.evidence.kinds import Close, Exact, Rate, Table, Unchecked
from reproductions.training import xor
from reproductions.training.activations import Activation
from reproductions.training.pool import Arrays, Pool, Shard, joined, whole


@dataclass(frozen=True)
class Spec:
    """The post's setting, and how many seeds are trained in it."""

    seeds: int = 2048
    hidden: tuple[int, ...] = (5,) * 9
    activations: tuple[Activation, ...] = ("sigmoid", "relu", "leaky_relu", "tanh")
    rates: tuple[float, ...] = (0.01, 0.1)
    steps: int = 20_001
    every: int = 100  # steps from one record to the next
    late: int = 10_000  # a NaN after this step is late
    traced_seeds: int = 64  # seeds, at most, whose logits and gradients are measured
    session_seeds: int = 32
    session_activations: tuple[Activation, ...] = ("sigmoid", "relu", "leaky_relu")


SPEC = Spec()

QUICK = {
    "activations": ("sigmoid", "relu"),
    "session_activations": ("relu",),
    "session_seeds": 8,
    "rates": (0.01,),
    "traced_seeds": 16,
}

SMALL = {"hidden": (5,), "steps": 201}


QUANTITIES, PERCENTILES = ("logit", "first_gradient", "last_gradient"), (10, 50, 90)


def run(spec: Spec, pool: Pool) -> dict[str, pd.DataFrame]:
    """Breaks networks under the post's loss, and follows those that broke."""
    # Each activation once before the next rate: a network compiles once for all rates.
    networks = list(itertools.product(spec.rates, spec.activations))
    calls = [(spec, activation, rate) for rate, activation in networks]
    trained = pool.by_seeds(_break, calls, spec.seeds, "xor_nan")
    histories = [whole(ranges_of_seeds, summed=("events",)) for ranges_of_seeds in trained]
    traces = _traces(pool, calls, histories)
    kernels = _kernels(pool, spec, dict(zip(calls, histories, strict=True)))
    tables = []
    for (rate, activation), history, trace in zip(networks, histories, traces, strict=True):
        events = pd.DataFrame([history["events"]], columns=list(TABLES["events"].columns))
        frames = {"events": events, "before": trace, "curve": _curve(spec, history)}
        key = {"activation": activation, "rate": rate}
        tables.append({name: frame.assign(**key) for name, frame in frames.items()})
    return {**joined(tables), "kernels": kernels}


def _break(shard: Shard, spec: Spec, activation: str, rate: float, start, stop) -> Arrays:
    """Trains the seeds from `start` to `stop`: counts of all, and what is needed to follow some."""
    from reproductions.training import replicas

    engine = shard.once(xor.engine, spec.hidden, activation, "document")
    weights = replicas.initial_weights(engine.model, range(start, stop))
    options: dict[str, Any] = {"steps": spec.steps, "every": spec.every}
    trained = engine.train(weights, xor.X, xor.Y, rate, **options, done=shard.advance)
    cost, accuracy = trained.records["cost"], trained.records["accuracy"]
    finite_steps = trained.finite_steps
    step = np.arange(len(cost))[:, None] * spec.every
    outcome = xor.outcomes(cost, finite_steps < spec.steps)
    broken = outcome == "non-finite"
    reached = broken & ((accuracy == 1) & (step <= finite_steps)).any(axis=0)
    late = broken & (finite_steps >= spec.late)
    like_post = late & reached & (accuracy[-1] == 0.5)
    # At every record after the update that broke the weights, and at the last one before the NaN.
    half_after = broken & ((accuracy == 0.5) | (step <= finite_steps)).all(axis=0)
    finite = broken & np.isfinite(cost) & (step <= finite_steps)
    last_finite = len(cost) - 1 - finite[::-1].argmax(axis=0)
    above_half = np.take_along_axis(accuracy, last_finite[None], axis=0)[0] > 0.5
    finite_under_stable = np.zeros_like(broken)
    if broken.any():
        again = shard.once(xor.probe, spec.hidden, activation).train(
            [array[..., broken] for array in weights], xor.X, xor.Y, rate, **options
        )
        lost = again.finite_steps < spec.steps
        finite_under_stable[broken] = xor.outcomes(again.records["cost"], lost) != "non-finite"
    events = {
        "seeds": np.ones_like(broken),
        "non_finite": broken,
        "at_first_update": broken & (finite_steps == 0),
        "late": late,
        "reached_accuracy_1": reached,
        "like_post": like_post,
        "accuracy_half_after": half_after,
        "finite_before": finite.any(axis=0),
        "above_half_before": finite.any(axis=0) & above_half,
        "finite_under_stable_loss": finite_under_stable,
    }
    alike = np.flatnonzero(like_post)[:1]
    traced = np.flatnonzero(broken)[: spec.traced_seeds]
    return {
        "events": np.array([events[name].sum() for name in TABLES["events"].columns]),
        "broken": start + traced,
        "broken_after": finite_steps[traced],
        "outcome": outcome[: max(0, spec.session_seeds - start)],
        "alike": start + alike,
        "cost": cost[:, alike],
        "accuracy": accuracy[:, alike],
    }


def _traces(pool: Pool, calls, histories) -> list[pd.DataFrame]:
    """For each network, logits and gradients at the start, and at the step before the NaN."""
    traced_calls = []
    for (spec, *network), history in zip(calls, histories, strict=True):
        traced = (history[name][: spec.traced_seeds] for name in ("broken", "broken_after"))
        traced_calls.append((spec, *network, *(tuple(numbers.tolist()) for numbers in traced)))
    traces = pool.gather(_trace, traced_calls, "xor_nan, traced", unit="network")
    return [trace["before"] for trace in traces]


def _trace(shard: Shard, spec: Spec, activation: str, rate: float, broken, after) -> Arrays:
    """Looks at the first seeds at the start, and at those that broke, after so many steps."""
    from reproductions.training import replicas

    engine = shard.once(xor.engine, spec.hidden, activation, "document")
    probe = shard.once(xor.probe, spec.hidden, activation)
    broken, after = np.array(broken, int), np.array(after, int)
    weights_before = []
    for steps in np.unique(after):
        weights = replicas.initial_weights(engine.model, broken[after == steps])
        if steps:
            trained = engine.train(weights, xor.X, xor.Y, rate, int(steps), every=spec.steps)
            weights = trained.weights
        weights_before.append(weights)
    first = range(min(spec.traced_seeds, spec.seeds))
    rows = []
    for moment, seeds, weights_by_group in [
        ("start", len(first), [replicas.initial_weights(engine.model, first)]),
        ("before the NaN", len(broken), weights_before),
    ]:
        records = [
            probe.train(weights, xor.X, xor.Y, rate=0.0, steps=1).records
            for weights in weights_by_group
        ]
        values = np.empty((len(QUANTITIES), 0), "float32")  # where no seed broke
        if records:
            logit, norms = (
                np.concatenate([record[name][0] for record in records], axis=-1)
                for name in ("logit", "gradient_norm")
            )
            values = np.stack([logit, norms[0], norms[-1]])
        row = {"moment": moment, "seeds": seeds, "logit_above_16": int((values[0] > 16).sum())}
        for quantity, of_seeds in zip(QUANTITIES, values, strict=True):
            for percent in PERCENTILES:
                percentile = np.percentile(of_seeds, percent) if seeds else np.nan
                row[f"{quantity}_q{percent}"] = percentile
        rows.append(row)
    return {"before": pd.DataFrame(rows)}


def _curve(spec: Spec, history: Mapping[str, np.ndarray]) -> pd.DataFrame:
    """The curve of the first seed that looks like the post's; NaN and seed -1 where none does."""
    has_one = len(history["alike"]) > 0
    return pd.DataFrame(
        {
            "step": np.arange(0, spec.steps, spec.every),
            "seed": history["alike"][0] if has_one else -1,
            "cost": history["cost"][:, 0] if has_one else np.nan,
            "accuracy": history["accuracy"][:, 0] if has_one else np.nan,
        }
    )


def _kernels(pool: Pool, spec: Spec, histories: Mapping[tuple, Mapping]) -> pd.DataFrame:
    """The outcomes of the first seeds, compared with those in a session on TensorFlow's kernels."""
    calls = [
        (spec, activation, rate)
        for _, activation, rate in histories
        if rate == spec.rates[0] and activation in spec.session_activations
    ]
    sessions = pool.gather(_in_session, calls, "xor_nan, sessions", unit="network")
    rows = []
    for call, session in zip(calls, sessions, strict=True):
        in_session = session["outcome"]
        in_xla = histories[call]["outcome"][: len(in_session)]
        broken_in_xla, broken_in_session = in_xla == "non-finite", in_session == "non-finite"
        rows.append(
            {
                "activation": call[1],
                "seeds": len(in_session),
                "same_outcome": int((in_xla == in_session).sum()),
                "non_finite_xla": int(broken_in_xla.sum()),
                "non_finite_session": int(broken_in_session.sum()),
                "non_finite_both": int((broken_in_xla & broken_in_session).sum()),
            }
        )
    return pd.DataFrame(rows, columns=TABLES["kernels"].names)


def _in_session(shard: Shard, spec: Spec, activation: str, rate: float) -> Arrays:
    """The outcomes of the first seeds in a session."""
    from reproductions.training import replicas

    model = xor.network(spec.hidden, activation, "document")
    weights = replicas.initial_weights(model, range(min(spec.session_seeds, spec.seeds)))
    cost = _session_costs(spec, weights, activation, rate)
    return {"outcome": xor.outcomes(cost, np.zeros(cost.shape[1], bool))}


def _session_costs(spec: Spec, weights, activation: str, rate: float) -> np.ndarray:
    """The costs that the post's graph gives in a session, (record, seed)."""
    import tensorflow as tf

    v1 = tf.compat.v1
    function = {"relu": tf.nn.relu, "leaky_relu": tf.nn.leaky_relu}.get(activation)
    function = function or getattr(tf.math, activation)
    seeds = weights[0].shape[-1]
    one_thread = v1.ConfigProto(intra_op_parallelism_threads=1, inter_op_parallelism_threads=1)
    with tf.Graph().as_default(), v1.Session(config=one_thread) as session:
        variables = [
            v1.get_variable(
                f"weight{i}",
                initializer=np.moveaxis(array, -1, 0).reshape(seeds, -1, array.shape[-2]),
            )
            for i, array in enumerate(weights)
        ]
        signal = tf.broadcast_to(tf.constant(xor.X), (seeds, *xor.X.shape))
        for i in range(0, len(variables), 2):
            affine = tf.matmul(signal, variables[i]) + variables[i + 1]
            signal = function(affine) if i + 2 < len(variables) else tf.sigmoid(affine)
        y = tf.constant(xor.Y)
        cost = -tf.reduce_mean(
            y * tf.math.log(signal) + (1 - y) * tf.math.log(1 - signal), axis=(1, 2)
        )
        optimizer = v1.train.GradientDescentOptimizer(rate)
        train = optimizer.minimize(tf.reduce_sum(cost), var_list=variables)
        session.run(v1.global_variables_initializer())
        advance, record = session.make_callable(train), session.make_callable([cost, train])
        costs = []
        for step in range(spec.steps):
            if step % spec.every == 0:
                costs.append(record()[0])
            else:
                advance()
    return np.array(costs)


TABLES = {
    "events": Table(
        key=("activation", "rate"),
        columns={
            "seeds": Exact(),
            **dict.fromkeys(
                ("non_finite", "at_first_update", "late", "reached_accuracy_1", "like_post"),
                Rate(trials="seeds"),
            ),
            **dict.fromkeys(
                ("accuracy_half_after", "finite_before", "finite_under_stable_loss"),
                Rate(trials="non_finite"),
            ),
            "above_half_before": Rate(trials="finite_before"),
        },
        over_seeds=True,
    ),
    "before": Table(
        key=("activation", "rate", "moment"),
        columns={
            "seeds": Close(0.1, 8, "those that become NaN, held as a rate", least=0),
            "logit_above_16": Rate(trials="seeds"),
            # Which seeds break, and so which are traced, depends on the processor.
            **{
                f"{quantity}_q{percent}": Unchecked(nan=True)
                for quantity in QUANTITIES
                for percent in PERCENTILES
            },
        },
        over_seeds=True,
    ),
    "curve": Table(
        key=("activation", "rate", "step"),
        columns=dict.fromkeys(("seed", "cost", "accuracy"), Unchecked(nan=True)),
        over_seeds=True,
    ),
    "kernels": Table(
        key=("activation",),
        columns={
            "seeds": Exact(),
            **dict.fromkeys(
                ("same_outcome", "non_finite_xla", "non_finite_session", "non_finite_both"),
                Rate(trials="seeds"),
            ),
        },
        over_seeds=True,
    ),
}
