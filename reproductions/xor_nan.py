"""The NaN of the 10-layer XOR network: whose it is, when it comes, and what causes it.

Document: xor-post, parts 1-1 and 2: a sigmoid network that learns, whose cost is NaN from step
17,500 on, whose accuracy falls to 0.5, all put down to a vanishing gradient.
Setup: 2-5x9-1 as in the post, at learning rate 0.01 (its listing's) and 0.1, 20,001 updates, for
four activations from the same seeds. Seeds that break run again under the same loss computed from
the logit: nothing changes but the loss's arithmetic. The logits and gradients of 64 of them are
looked at just before they break.
Assumptions: "late" means after step 10,000. The post's curve is: accuracy 1 at a record, then NaN
late, then accuracy 0.5 at the end.
Known differences: XLA compiles the loop; so 32 seeds run again in a session on TensorFlow's own
kernels, the post's own graph with one more axis for the seeds.
"""

import itertools
from dataclasses import dataclass

import numpy as np
import pandas as pd

from reproductions.suite import drawing, measured, shards, xor
from reproductions.suite.claims import IN_PART, NOT_REPRODUCED, REPRODUCED, Claim, Judgement
from reproductions.suite.kinds import Close, Exact, Rate, Table, Unchecked
from reproductions.suite.statistics import wilson


@dataclass(frozen=True)
class Spec:
    """The post's setting, and how many seeds see it."""

    seeds: int = 2048
    hidden: tuple[int, ...] = (5,) * 9
    activations: tuple[xor.Activation, ...] = ("sigmoid", "relu", "leaky_relu", "tanh")
    rates: tuple[float, ...] = (0.01, 0.1)
    steps: int = 20_001
    every: int = 100
    late: int = 10_000
    traced_seeds: int = 64
    session_seeds: int = 32
    session_activations: tuple[xor.Activation, ...] = ("sigmoid", "relu", "leaky_relu")


SPEC = Spec()
QUICK = {
    "activations": ("sigmoid", "relu"),
    "session_activations": ("relu",),
    "session_seeds": 8,
    "rates": (0.01,),
    "traced_seeds": 16,
}
SMALL = {"hidden": (5,), "steps": 201}


def run(spec: Spec) -> dict[str, pd.DataFrame]:
    """Breaks networks under the post's loss, and follows those that broke."""
    # Each activation once before the next rate: a network compiles once for all rates.
    calls = [(spec, activation, rate) for rate in spec.rates for activation in spec.activations]
    found = shards.by_seeds(_break, calls, spec.seeds, "xor_nan")
    histories = {
        call: shards.whole(parts, summed=("events",))
        for call, parts in zip(calls, found, strict=True)
    }
    parts = {
        "events": [
            pd.DataFrame(
                [_label(c) | dict(zip(TABLES["events"].columns, h["events"], strict=True))]
            )
            for c, h in histories.items()
        ],
        "before": _traces(spec, histories),
        "curve": [_curve(spec, h).assign(**_label(c)) for c, h in histories.items()],
        "kernels": _kernels(spec, histories),
    }
    return {name: pd.concat(own, ignore_index=True) for name, own in parts.items() if own}


def _label(call):
    _, activation, rate = call
    return {"activation": activation, "rate": rate}


@shards.cached
def _engine(hidden, activation, loss):
    """Under the post's loss; or under the stable one, which also looks at logits and gradients."""
    from reproductions.suite import replicas

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


def _break(spec, activation, rate, start, stop) -> shards.Part:
    """How many of the seeds from `start` to `stop` come to what; of some, what is looked at."""
    from reproductions.suite import replicas

    engine = _engine(spec.hidden, activation, "document")
    weights = replicas.initial_weights(engine.model, range(start, stop))
    options = {"steps": spec.steps, "every": spec.every}
    trained = engine.train(weights, xor.X, xor.Y, rate, **options, done=shards.advance)
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
        again = _engine(spec.hidden, activation, "stable").train(own, xor.X, xor.Y, rate, **options)
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


def _traces(spec, histories) -> list[pd.DataFrame]:
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
    parts = shards.gather(_trace, calls, "xor_nan, traced", unit="network")
    return [
        part["before"].assign(**_label(call)) for call, part in zip(histories, parts, strict=True)
    ]


def _trace(spec, activation, rate, broken, after) -> shards.Part:
    """One network's seeds: the first ones at the start, those that broke after so many steps."""
    from reproductions.suite import replicas

    engine, probe = (_engine(spec.hidden, activation, loss) for loss in ("document", "stable"))
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


def _kernels(spec, histories) -> list[pd.DataFrame]:
    """The first seeds once more, in a session on TensorFlow's own kernels."""
    chosen = [
        call
        for call in histories
        if _label(call)["rate"] == spec.rates[0]
        and _label(call)["activation"] in spec.session_activations
    ]
    parts = shards.gather(_in_session, chosen, "xor_nan, sessions", unit="network")
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


def _in_session(spec, activation, rate) -> shards.Part:
    """What the first seeds come to in a session."""
    from reproductions.suite import replicas

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


NAMES = drawing.FUNCTION_NAMES


def figures(spec: Spec, tables) -> drawing.Figures:
    """Whose cost becomes NaN; a curve like the post's; logits and gradients just before."""
    return {
        "events": lambda: _event_figure(spec, tables["events"]),
        "like_the_post": lambda: _curve_figure(spec, tables["curve"]),
        "before": lambda: _before_figure(spec, tables["before"]),
    }


def _event_figure(spec, events):
    labels = {
        "non_finite": "cost becomes NaN",
        "at_first_update": "... at the first update",
        "reached_accuracy_1": "... after accuracy 1",
        "late": f"... after step {spec.late:,}",
        "like_post": "... both: the post's curve",
    }
    rates = sorted(events["rate"].unique())
    figure, axes = drawing.panels(1, len(rates), width=5.0, height=3.6, sharey=True, sharex=True)
    for panel, rate in zip(axes[0], rates, strict=True):
        rows = events[events["rate"] == rate].set_index("activation")
        for i, activation in enumerate(spec.activations):
            counts, seeds = rows.loc[activation, list(labels)], rows.loc[activation, "seeds"]
            shares = counts.to_numpy(float) / seeds
            ends = np.array([wilson(count, seeds) for count in counts])
            panel.errorbar(
                shares,
                np.arange(len(labels)) + 0.17 * (i - (len(spec.activations) - 1) / 2),
                xerr=np.abs(ends.T - shares),
                fmt="osD^vPX*"[i],
                color=drawing.FUNCTION_STYLE[activation]["color"],
                capsize=2,
                linewidth=1,
                markersize=5,
                label=NAMES[activation],
            )
        panel.set_yticks(range(len(labels)), labels.values())
        panel.set(title=f"learning rate {rate:g}", xlabel="share of seeds, with 95 % interval")
        panel.set_xscale("symlog", linthresh=0.001)
        panel.set_xlim(-0.0003, 1)
        panel.set_xticks([0, 0.001, 0.01, 0.1, 1], ["0", "0.1 %", "1 %", "10 %", "100 %"])
    axes[0, 0].invert_yaxis()
    figure.legend(*axes[0, 0].get_legend_handles_labels(), loc="outside lower center", ncols=4)
    figure.suptitle("Whose cost becomes NaN under the post's loss, and when")
    return figure


def _curve_figure(spec, curve):
    curve = curve[(curve["seed"] >= 0) & (curve["rate"] == curve["rate"].min())]
    shown = [name for name in spec.activations if name in set(curve["activation"])]
    figure, axes = drawing.panels(1, max(1, len(shown)), width=5.0, height=3.4, sharey=True)
    if not shown:
        axes[0, 0].text(0.5, 0.5, "no seed of this run shows it", ha="center")
    for panel, activation in zip(axes[0], shown, strict=False):
        rows = curve[curve["activation"] == activation]
        panel.plot(rows["step"], rows["cost"], color=drawing.VERMILION, label="cost (nats)")
        panel.plot(rows["step"], rows["accuracy"], "--", color=drawing.BLUE, label="accuracy")
        start = rows.loc[rows["cost"].isna(), "step"].min()
        panel.axvspan(start, rows["step"].max(), color="#E4E4E4", linewidth=0)
        panel.text((start + rows["step"].max()) / 2, 0.75, "cost\nNaN", ha="center", va="center")
        panel.set(title=f"{NAMES[activation]}, seed {rows['seed'].iloc[0]:.0f}", xlabel="step")
        panel.set_ylim(-0.03, 1.2)
        panel.legend(loc="center", bbox_to_anchor=(0.42, 0.5))
    figure.suptitle("The first seed of each activation whose curve is the post's")
    return figure


def _before_figure(spec, before):
    before = before[before["rate"] == before["rate"].min()]
    panels = {"logit": "largest |logit|", "first_gradient": "gradient norm, first layer"}
    figure, axes = drawing.panels(1, len(panels), width=4.6, height=3.2, sharey=True)
    places = itertools.product(spec.activations, ("start", "before the NaN"))
    rows = before.set_index(["activation", "moment"])
    places = [place for place in places if rows.loc[place, "seeds"] > 0]
    for panel, (quantity, label) in zip(axes[0], panels.items(), strict=True):
        for y, (activation, moment) in enumerate(places):
            low, middle, high = (
                rows.loc[(activation, moment), f"{quantity}_q{q}"] for q in (10, 50, 90)
            )
            filled = "full" if moment == "start" else "none"
            color = drawing.FUNCTION_STYLE[activation]["color"]
            panel.plot([low, high], [y, y], color=color, linewidth=1.5)
            panel.plot([middle], [y], "o", color=color, fillstyle=filled, markersize=7)
        panel.set(xscale="log", xlabel=f"{label}: median, 10 % to 90 %")
        panel.set_yticks(
            range(len(places)), [f"{NAMES[name]}, {moment}" for name, moment in places]
        )
    axes[0, 0].axvline(
        17, color=drawing.GREY, linestyle=":", label="float32 sigmoid is exactly 1 above"
    )
    axes[0, 0].invert_yaxis()
    figure.legend(*axes[0, 0].get_legend_handles_labels(), loc="outside lower center")
    figure.suptitle("Networks about to break have huge logits, and no vanished gradient")
    return figure


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


def _sigmoid_breaks(tables) -> Judgement:
    events = tables["events"]
    own = measured.row(events, activation="sigmoid", rate=0.01)
    low, high = wilson(own["late"], own["seeds"])
    verdict = REPRODUCED if low > 0.5 else IN_PART if own["late"] else NOT_REPRODUCED
    shown = events[events["like_post"] > 0]
    sources = ", ".join(
        f"{NAMES[row.activation]} at {row.rate:g} ({row.like_post / row.seeds:.1%})"
        for row in shown.itertuples()
    )
    note = f"the post's curve comes from: {sources or 'no activation'}"
    return Judgement(verdict, own["late"] / own["seeds"], low, high, note)


def _half_after(tables) -> Judgement:
    events = tables["events"]
    half, broken = int(events["accuracy_half_after"].sum()), int(events["non_finite"].sum())
    low, high = wilson(half, max(broken, 1))
    verdict = REPRODUCED if 0 < broken == half else IN_PART if low > 0.95 else NOT_REPRODUCED
    return Judgement(
        verdict,
        f"{half} of {broken} seeds that became NaN",
        low,
        high,
        "NaN > 0.5 is false, so all four answers are 0 and two of them right",
    )


def _cause(tables) -> Judgement:
    events = measured.rows(tables["events"], rate=0.01)
    finite, broken = int(events["finite_under_stable_loss"].sum()), int(events["non_finite"].sum())
    low, high = wilson(finite, max(broken, 1))
    verdict = REPRODUCED if high < 0.5 else NOT_REPRODUCED if low > 0.95 else IN_PART
    kernels = tables["kernels"]
    return Judgement(
        verdict,
        finite / max(broken, 1),
        low,
        high,
        "share of NaN seeds that stay finite when only the loss's arithmetic changes: the cause is"
        f" 0 * log 0 at large logits; XLA and TensorFlow's kernels agree on"
        f" {kernels['same_outcome'].sum()} of {kernels['seeds'].sum()} seeds",
    )


CLAIMS = [
    Claim(
        "XP-03",
        "the share of sigmoid networks at 0.01 whose cost becomes non-finite after step 10,000 has"
        " a 95 % interval above 0.5; in part if there is any such network",
        _sigmoid_breaks,
    ),
    Claim(
        "XP-04",
        "in every seed that became NaN, at both learning rates, the accuracy is exactly 0.5 at"
        " every later record; in part if the share of such seeds has an interval above 0.95",
        _half_after,
    ),
    Claim(
        "XP-05",
        "of the seeds that become NaN at 0.01, under half stay finite once the loss is computed"
        " stably; not reproduced if over 95 % do; else in part (95 % interval)",
        _cause,
    ),
]
