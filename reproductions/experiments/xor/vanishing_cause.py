"""Whether the vanishing gradient is why the 10-layer sigmoid network does not learn XOR.

Document: xor-post, part 2-2 (with many layers the gradient vanishes, and so nothing is learnt).
Setup: the post's 2-5x9-1 network, its initial weights N(0, 1), all four points in each of 20,001
updates. A cause is shown if undoing it alone undoes the effect. So the vanishing is taken away and
every direction is kept: at each update the gradient of each layer, kernel and bias together, is
rescaled to norm 1, or to the norm of the last layer's gradient. Two controls keep the vanishing:
the plain update, and the whole gradient rescaled to norm 1, all layers by the same factor, which
takes away that it is small as a whole. All have the same learning rates. tanh networks under the
same updates are another control: a rescaling that keeps them from learning too would show nothing.
All start from the same seeds.
Assumptions: a seed has solved XOR when its cost is below log(2)/4: with a wrong point the cost
cannot be so low. Each network is judged at the learning rate at which it solves XOR most often, at
the end, on 32 other seeds. A gradient of exactly 0 stays 0.
Known differences: the cost is computed from the logit, so that no NaN of the loss's arithmetic is
in the way. Plain sigmoid networks come out the same under both losses (`deep_xor`).
It runs only when it is named: networks of ten layers are compiled for each of the four updates,
which takes most of its time.
"""

import itertools
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from reproductions.evidence import drawing, functions, measured
from reproductions.evidence.kinds import Exact, Rate, Table, shares
from reproductions.evidence.statistics import share_of
from reproductions.evidence.verdicts import Judgement, Tables, graded
from reproductions.training import rescaling, xor
from reproductions.training.activations import Activation
from reproductions.training.pool import Arrays, Pool, Shard, whole


@dataclass(frozen=True)
class Spec:
    """The networks, and how many seeds are trained."""

    seeds: int = 64
    tuning_seeds: int = 32  # others than these, on which learning rates are chosen
    hidden: tuple[int, ...] = (5,) * 9
    activations: tuple[Activation, ...] = ("sigmoid", "tanh")
    rates: tuple[float, ...] = (0.01, 0.1, 1.0, 10.0, 100.0)
    steps: int = 20_001
    every: int = 100  # steps from one record to the next


SPEC = Spec()
OPTIONAL = True
QUICK = {"steps": 5_001}
SMALL = {"hidden": (5,) * 2, "rates": (0.01, 0.1), "steps": 201, "tuning_seeds": 2}

PLAIN, WHOLE = "plain", "whole gradient to norm 1"
TO_ONE, TO_LAST = "each layer to norm 1", "each layer to the last's norm"
UPDATES = (PLAIN, WHOLE, TO_ONE, TO_LAST)
ONCE, END = "at some record", "at the end"
EVENTS = (ONCE, END, "not finite")
KEY = ("activation", "update", "rate")


def run(spec: Spec, pool: Pool) -> dict[str, pd.DataFrame]:
    """Trains the networks of both functions by each of `UPDATES` at every rate."""
    networks = list(itertools.product(spec.activations, UPDATES))
    calls = [(spec, *network, first) for first in (0, spec.seeds) for network in networks]
    seeds = [spec.seeds] * len(networks) + [spec.tuning_seeds] * len(networks)
    by_call = pool.by_seeds(
        _train,
        calls,
        seeds,
        "vanishing_cause",
        each=len(spec.rates),
        network=lambda spec, activation, update, first: (activation, update),
    )
    events_of = [whole(shards)["events"].sum(axis=-1) for shards in by_call]  # (event, rate)
    judged, tuned = events_of[: len(networks)], events_of[len(networks) :]
    rows: list[dict[str, object]] = []
    tuning: list[dict[str, object]] = []
    for network, events, events_of_others in zip(networks, judged, tuned, strict=True):
        solved = events_of_others[EVENTS.index(END)]
        for i, rate in enumerate(spec.rates):
            key: dict[str, object] = dict(zip(KEY, (*network, rate), strict=True))
            for event, count in zip(EVENTS, events[:, i].tolist(), strict=True):
                row = {**key, "event": event, "count": count, "seeds": spec.seeds}
                rows.append({**row, **share_of(count, spec.seeds)})
            tuning.append({**key, "solved": int(solved[i]), "seeds": spec.tuning_seeds})
    return {"shares": pd.DataFrame(rows), "tuning": pd.DataFrame(tuning)}


def _train(
    shard: Shard, spec: Spec, activation: str, update: str, first: int, start: int, stop: int
) -> Arrays:
    """Which of `EVENTS` happen to the seeds `first + start` to `first + stop`.

    The array is (event, rate, seed).
    """
    from reproductions.training import replicas

    engine = shard.once(_engine, spec.hidden, activation, update)
    weights = replicas.initial_weights(engine.model, range(first + start, first + stop))
    # All rates side by side as replicas, so that one compiled loop trains them.
    weights = [np.concatenate([array] * len(spec.rates), axis=-1) for array in weights]
    rates = np.repeat(spec.rates, stop - start)
    options = {"every": spec.every, "done": shard.advance}
    trained = engine.train(weights, xor.X, xor.Y, rates, spec.steps, **options)
    cost = trained.records["loss"]
    solved = cost < xor.SOLVED_COST
    lost = (trained.finite_steps < 0) | ~np.isfinite(cost[-1])
    events = np.stack([solved.any(axis=0), solved[-1], lost])
    return {"events": events.reshape(len(EVENTS), len(spec.rates), stop - start)}


def _engine(hidden, activation, update):
    from reproductions.training import replicas

    return replicas.Replicas(
        xor.network(hidden, activation, "stable"),
        xor.LOSSES["stable"],
        watch=False,
        threads=1,
        transform=TRANSFORMS[update],
    )


TRANSFORMS: dict[str, Callable | None] = {
    PLAIN: None,
    WHOLE: rescaling.whole_to_norm_one,
    TO_ONE: rescaling.to_norm_one,
    TO_LAST: rescaling.to_norm_of_last,
}


def figures(spec: Spec, tables: Tables) -> drawing.Figures:
    """The share that solves XOR by learning rate, update and function."""
    return {"shares": lambda: _draw(spec, tables["shares"])}


STYLES = {
    PLAIN: (drawing.BLACK, "o", "plain gradient"),
    WHOLE: (drawing.ORANGE, "D", "whole gradient rescaled to norm 1"),
    TO_ONE: (drawing.VERMILION, "s", "each layer's gradient rescaled to norm 1"),
    TO_LAST: (drawing.BLUE, "^", "each layer's rescaled to the last layer's norm"),
}


def _draw(spec: Spec, table: pd.DataFrame):
    columns = len(spec.activations)
    figure, axes = drawing.panels(2, columns, width=4.4, height=2.6, sharex=True, sharey=True)
    for row, event in zip(axes, (END, ONCE), strict=True):
        for panel, activation in zip(row, spec.activations, strict=True):
            for i, (update, (color, marker, label)) in enumerate(STYLES.items()):
                rows = measured.rows(table, activation=activation, update=update, event=event)
                errors = drawing.error_bars(rows)
                panel.errorbar(
                    rows["rate"] * 1.06 ** (i - 1.5),
                    rows["share"],
                    yerr=errors,
                    color=color,
                    marker=marker,
                    capsize=3,
                    label=label,
                )
            panel.set(xscale="log", ylim=(-0.03, 1.03))
        row[0].set_ylabel(f"share that solves XOR\n{event}")
    for panel, activation in zip(axes[0], spec.activations, strict=True):
        panel.set_title(functions.label(activation))
    for panel in axes[-1]:
        panel.set_xlabel("learning rate")
    figure.legend(*axes[0, 0].get_legend_handles_labels(), loc="outside lower center", ncols=2)
    layers, seeds = len(spec.hidden) + 1, int(table["seeds"].max())
    figure.suptitle(f"{layers}-layer networks on XOR, {spec.steps:,} updates, {seeds} seeds each")
    return figure


TABLES = {
    "shares": Table(key=(*KEY, "event"), columns=shares("count"), over_seeds=True),
    "tuning": Table(
        key=KEY, columns={"solved": Rate(trials="seeds"), "seeds": Exact()}, over_seeds=True
    ),
}


def _at_best_rate(tables: Tables, activation: str, update: str) -> dict[str, pd.Series]:
    """The row of each event at the rate that was chosen for a network, by event."""
    tuning = measured.rows(tables["tuning"], activation=activation, update=update)
    order = tuning.sort_values(["solved", "rate"], ascending=[False, True])
    where = {"activation": activation, "update": update, "rate": order["rate"].iloc[0]}
    return {event: measured.row(tables["shares"], **where, event=event) for event in EVENTS}


def _vanishing_is_the_cause(tables: Tables, *, most: float = 0.5) -> Judgement:
    sigmoid, tanh = (
        {update: _at_best_rate(tables, activation, update) for update in UPDATES}
        for activation in ("sigmoid", "tanh")
    )
    fair = [update for update in (TO_ONE, TO_LAST) if tanh[update][END]["low"] > most]
    plain = sigmoid[PLAIN]
    undone = [
        update for update in fair if sigmoid[update][END]["low"] > max(most, plain[END]["high"])
    ]
    helps = [sigmoid[update][ONCE]["low"] > plain[ONCE]["high"] for update in fair]
    names = {"plain": PLAIN, "one": TO_ONE, "last": TO_LAST}
    values = {name: sigmoid[update][END]["share"] for name, update in names.items()}
    # Where layers come to the norm of the last one's, nothing but the vanishing is taken away.
    alone = sigmoid[TO_LAST][END]
    cause = "alone" if TO_LAST in undone else "not_alone"
    return Judgement(
        graded(TO_LAST in undone, in_part=undone or any(helps)),
        alone["share"],
        alone["low"],
        alone["high"],
        notes=(cause if fair else "no_control",),
        values=values,
    )


CLAIMS = {"XP-17": _vanishing_is_the_cause}
