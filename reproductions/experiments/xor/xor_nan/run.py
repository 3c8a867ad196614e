"""The setting, the runs, and the shape of the tables."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from reproductions.evidence.kinds import Close, Exact, Rate, Table, Unchecked
from reproductions.training import xor
from reproductions.training.activations import Activation
from reproductions.training.pool import Arrays, Pool, Shard, whole


@dataclass(frozen=True)
class Spec:
    """The post's setting, and how many seeds see it."""

    seeds: int = 2048
    hidden: tuple[int, ...] = (5,) * 9
    activations: tuple[Activation, ...] = ("sigmoid", "relu", "leaky_relu", "tanh")
    rates: tuple[float, ...] = (0.01, 0.1)
    steps: int = 20_001
    every: int = 100
    late: int = 10_000
    traced_seeds: int = 64
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


def run(spec: Spec, pool: Pool) -> dict[str, pd.DataFrame]:
    """Breaks networks under the post's loss, and follows those that broke."""
    # Each activation once before the next rate: a network compiles once for all rates.
    calls = [(spec, activation, rate) for rate in spec.rates for activation in spec.activations]
    found = pool.by_seeds(_break, calls, spec.seeds, "xor_nan")
    histories = {
        call: whole(parts, summed=("events",)) for call, parts in zip(calls, found, strict=True)
    }
    parts = {
        "events": [
            pd.DataFrame(
                [_label(c) | dict(zip(TABLES["events"].columns, h["events"], strict=True))]
            )
            for c, h in histories.items()
        ],
        "before": _traces(pool, spec, histories),
        "curve": [_curve(spec, h).assign(**_label(c)) for c, h in histories.items()],
        "kernels": _kernels(pool, spec, histories),
    }
    return {name: pd.concat(own, ignore_index=True) for name, own in parts.items() if own}


def _label(call):
    _, activation, rate = call
    return {"activation": activation, "rate": rate}


def _engine(hidden, activation, loss):
    """Under the post's loss; or under the stable one, which also looks at logits and gradients."""
    from reproductions.training import replicas

    model = xor.network(hidden, activation, loss)
    if loss == "document":
        return replicas.Replicas(model, xor.document_loss, xor.records(loss), threads=1)
    return replicas.Replicas(
        model,
        xor.stable_loss,
        lambda y, z: {"cost": xor.stable_loss(y, z), "logit": _largest(z)},
        gradients=True,
        threads=1,
    )


def _break(shard: Shard, spec, activation, rate, start, stop) -> Arrays:
    """How many of the seeds from `start` to `stop` come to what; of some, what is looked at."""
    from reproductions.training import replicas

    engine = shard.once(_engine, spec.hidden, activation, "document")
    weights = replicas.initial_weights(engine.model, range(start, stop))
    options = {"steps": spec.steps, "every": spec.every}
    trained = engine.train(weights, xor.X, xor.Y, rate, **options, done=shard.advance)
    cost, accuracy, finite = (
        trained.records["cost"],
        trained.records["accuracy"],
        trained.finite_steps,
    )
    step = np.arange(len(cost)) * spec.every
    outcome = xor.outcomes(cost, finite < spec.steps)
    broken = outcome == "non-finite"
    reached = broken & ((accuracy == 1) & (step[:, None] <= finite)).any(axis=0)
    late = broken & (finite >= spec.late)
    # At every record after the update that broke the weights.
    half = broken & ((accuracy == 0.5) | (step[:, None] <= finite)).all(axis=0)
    like_post = late & reached & (accuracy[-1] == 0.5)
    stable = np.zeros_like(broken)
    if broken.any():
        own = [w[..., broken] for w in weights]
        again = shard.once(_engine, spec.hidden, activation, "stable").train(
            own, xor.X, xor.Y, rate, **options
        )
        lost = again.finite_steps < spec.steps
        stable[broken] = xor.outcomes(again.records["cost"], lost) != "non-finite"
    events = {
        "seeds": np.ones_like(broken),
        "non_finite": broken,
        "at_first_update": broken & (finite == 0),
        "late": late,
        "reached_accuracy_1": reached,
        "like_post": like_post,
        "accuracy_half_after": half,
        "finite_under_stable_loss": stable,
    }
    alike = np.flatnonzero(like_post)[:1]
    traced = np.flatnonzero(broken)[: spec.traced_seeds]
    return {
        "events": np.array([events[name].sum() for name in TABLES["events"].columns]),
        "broken": start + traced,
        "broken_after": finite[traced],
        "outcome": outcome[: max(0, spec.session_seeds - start)],
        "alike": start + alike,
        "cost": cost[:, alike],
        "accuracy": accuracy[:, alike],
    }


def _largest(z):
    """The largest logit of each replica, whatever its sign."""
    from keras import ops

    return ops.max(ops.abs(z), axis=(0, 1))


def _traces(pool: Pool, spec, histories) -> list[pd.DataFrame]:
    """Logits and gradients of some seeds: at the start, and at the step at which they broke."""
    calls = [
        (
            *call,
            *(
                tuple(history[name][: spec.traced_seeds].tolist())
                for name in ("broken", "broken_after")
            ),
        )
        for call, history in histories.items()
    ]
    parts = pool.gather(_trace, calls, "xor_nan, traced", unit="network")
    return [
        part["before"].assign(**_label(call)) for call, part in zip(histories, parts, strict=True)
    ]


def _trace(shard: Shard, spec, activation, rate, broken, after) -> Arrays:
    """One network's seeds: the first ones at the start, those that broke after so many steps."""
    from reproductions.training import replicas

    engine, probe = (
        shard.once(_engine, spec.hidden, activation, loss) for loss in ("document", "stable")
    )
    broken, after = np.array(broken, int), np.array(after, int)
    before = []
    for steps in np.unique(after):
        state = replicas.initial_weights(engine.model, broken[after == steps])
        if steps:
            state = engine.train(state, xor.X, xor.Y, rate, int(steps), every=spec.steps).weights
        before.append(state)
    first = range(min(spec.traced_seeds, spec.seeds))
    rows = []
    for moment, count, states in [
        ("start", len(first), [replicas.initial_weights(engine.model, first)]),
        ("before the NaN", len(broken), before),
    ]:
        seen = [probe.train(state, xor.X, xor.Y, rate=0.0, steps=1).records for state in states]
        logit, norm = (
            np.concatenate([records[name][0] for records in seen], axis=-1) if seen else None
            for name in ("logit", "gradient_norm")
        )
        rows.append({"moment": moment, "seeds": count})
        rows[-1]["logit_above_16"] = int((logit > 16).sum()) if seen else 0
        for quantity, values in {
            "logit": logit,
            "first_gradient": norm[0] if seen else None,
            "last_gradient": norm[-1] if seen else None,
        }.items():
            for percent in (10, 50, 90):
                value = np.nan if values is None else np.percentile(values, percent)
                rows[-1][f"{quantity}_q{percent}"] = value
    return {"before": pd.DataFrame(rows)}


def _curve(spec, history):
    """The curve of the first seed that looks like the post's; NaN and seed -1 where none does."""
    alike = history["alike"]
    return pd.DataFrame(
        {
            "step": np.arange(0, spec.steps, spec.every),
            "seed": alike[0] if len(alike) else -1,
            "cost": history["cost"][:, 0] if len(alike) else np.nan,
            "accuracy": history["accuracy"][:, 0] if len(alike) else np.nan,
        }
    )


def _kernels(pool: Pool, spec, histories) -> list[pd.DataFrame]:
    """The first seeds once more, in a session on TensorFlow's own kernels."""
    chosen = [
        call
        for call in histories
        if _label(call)["rate"] == spec.rates[0]
        and _label(call)["activation"] in spec.session_activations
    ]
    parts = pool.gather(_in_session, chosen, "xor_nan, sessions", unit="network")
    rows = []
    for call, part in zip(chosen, parts, strict=True):
        there = part["outcome"]
        here = histories[call]["outcome"][: len(there)]
        both = (here == "non-finite") & (there == "non-finite")
        rows.append(
            {
                "activation": _label(call)["activation"],
                "seeds": len(there),
                "same_outcome": int((here == there).sum()),
                "non_finite_xla": int((here == "non-finite").sum()),
                "non_finite_session": int((there == "non-finite").sum()),
                "non_finite_both": int(both.sum()),
            }
        )
    return [pd.DataFrame(rows, columns=TABLES["kernels"].names)]


def _in_session(shard: Shard, spec, activation, rate) -> Arrays:
    """What the first seeds come to in a session."""
    from reproductions.training import replicas

    model = xor.network(spec.hidden, activation, "document")
    weights = replicas.initial_weights(model, range(min(spec.session_seeds, spec.seeds)))
    cost = _session(spec, weights, activation, rate)
    return {"outcome": xor.outcomes(cost, np.zeros(cost.shape[1], bool))}


def _session(spec, weights, activation, rate):
    """The costs that the post's graph gives in a session, (record, seed)."""
    import tensorflow as tf

    v1 = tf.compat.v1
    function = {"relu": tf.nn.relu, "leaky_relu": tf.nn.leaky_relu}.get(activation)
    function = function or getattr(tf.math, activation)
    seeds = weights[0].shape[-1]
    one = v1.ConfigProto(intra_op_parallelism_threads=1, inter_op_parallelism_threads=1)
    with tf.Graph().as_default(), v1.Session(config=one) as session:
        variables = [
            v1.get_variable(
                f"weight{i}", initializer=np.moveaxis(w, -1, 0).reshape(seeds, -1, w.shape[-2])
            )
            for i, w in enumerate(weights)
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
                ("accuracy_half_after", "finite_under_stable_loss"), Rate(trials="non_finite")
            ),
        },
        over_seeds=True,
    ),
    "before": Table(
        key=("activation", "rate", "moment"),
        columns={
            "seeds": Close(rtol=0.1, atol=8, reason="those that become NaN, held as a rate"),
            "logit_above_16": Rate(trials="seeds"),
            # Which seeds break, and so which are traced, is for each processor to say.
            **{
                f"{quantity}_q{percent}": Unchecked(nan=True)
                for quantity in ("logit", "first_gradient", "last_gradient")
                for percent in (10, 50, 90)
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
