"""What causes the NaN of the 10-layer XOR networks: vanished gradients or the loss's arithmetic.

Document: xor-post, part 2 (the cost becomes NaN because the gradient vanished).
Setup: the post's 2-5x9-1 networks with sigmoid, ReLU and leaky ReLU (slope 0.2) are trained at
learning rate 0.01 by 20,001 updates under the post's loss. Whether the gradient has vanished is
measured at the start, and just before the NaN. Those that become NaN are trained twice more from
the same weights, with one thing changed each time: the same loss computed from the logit, and the
post's loss in double precision.
Assumptions: the gradient has vanished when its norm at the first layer's kernel is at most 0.001 of
that at the last layer's. Just before the NaN means at the last record, one every 100 steps, that
came before it, on the path of the loss computed from the logit, which has the same gradients.
Known differences: the initial weights come from NumPy's Philox generator, and XLA compiles the
training loop. In double precision the sigmoid is exactly 1 for logits above 37 instead of 17.
It runs only when it is named: its networks of ten layers are compiled three times each, with the
post's loss, from the logit and in double precision, which takes most of its time.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from reproductions.evidence import drawing, functions, measured
from reproductions.evidence.kinds import Exact, Rate, Table
from reproductions.evidence.statistics import wilson
from reproductions.evidence.verdicts import Judgement, Tables, graded
from reproductions.training import xor
from reproductions.training.activations import TENSORFLOW_SLOPE, Activation
from reproductions.training.pool import Arrays, Pool, Shard, whole


@dataclass(frozen=True)
class Spec:
    """The post's setting, and how many seeds are trained in it."""

    seeds: int = 256
    hidden: tuple[int, ...] = (5,) * 9
    activations: tuple[Activation, ...] = ("sigmoid", "relu", "leaky_relu")
    rate: float = 0.01
    steps: int = 20_001
    every: int = 100  # steps from one record to the next


SPEC = Spec()
OPTIONAL = True
QUICK = {"activations": ("sigmoid", "relu")}
SMALL = {"hidden": (5,) * 3, "steps": 201}

VANISHED = 1e-3
"""The gradient has vanished where the first layer has so little of the last layer's, or less."""

SATURATED = 16
"""At logits a little larger the sigmoid is exactly 1 in single precision."""

COUNTED = {
    # What is counted, and out of what.
    "vanished": "seeds",
    "non_finite": "seeds",
    "non_finite_of_vanished": "vanished",
    "at_first_update": "non_finite",
    "vanished_before": "non_finite",
    "saturated_before": "non_finite",
    "finite_from_logit": "non_finite",
    "finite_in_double": "non_finite",
}


def run(spec: Spec, pool: Pool) -> dict[str, pd.DataFrame]:
    """Trains the networks, and those that become NaN twice more."""
    calls = [(spec, activation) for activation in spec.activations]
    trained = pool.by_seeds(_train, calls, spec.seeds, "nan_cause")
    results = [whole(ranges_of_seeds, ("counts",)) for ranges_of_seeds in trained]
    broken = [
        (spec, activation, tuple(result["broken"].tolist()))
        for (_, activation), result in zip(calls, results, strict=True)
    ]
    doubles = pool.gather(_in_double, broken, "nan_cause, double precision", unit="network")
    rows = []
    for (_, activation), result, double in zip(calls, results, doubles, strict=True):
        counts = dict(zip(list(COUNTED)[:-1], result["counts"].tolist(), strict=True))
        counts["finite_in_double"] = int(double["finite"].sum())
        rows.append({"activation": activation, "seeds": spec.seeds, **counts})
    return {"networks": pd.DataFrame(rows)}


def _train(shard: Shard, spec: Spec, activation: str, start: int, stop: int) -> Arrays:
    """Counts of the seeds from `start` to `stop`, and which of them become NaN."""
    from reproductions.training import replicas

    engine = shard.once(xor.engine, spec.hidden, activation, "document")
    probe = shard.once(xor.probe, spec.hidden, activation)
    weights = replicas.initial_weights(engine.model, range(start, stop))
    options: dict[str, Any] = {"steps": spec.steps, "every": spec.every}
    trained = engine.train(weights, xor.X, xor.Y, spec.rate, **options, done=shard.advance)
    lost = trained.finite_steps < spec.steps
    broken = xor.outcomes(trained.records["cost"], lost) == "non-finite"
    at_start = probe.train(weights, xor.X, xor.Y, rate=0.0, steps=1).records
    vanished = _has_vanished(at_start["gradient_norm"][0])
    counts = {
        "vanished": vanished,
        "non_finite": broken,
        "non_finite_of_vanished": vanished & broken,
        "at_first_update": broken & (trained.finite_steps == 0),
        **dict.fromkeys(("vanished_before", "saturated_before", "finite_from_logit"), broken[:0]),
    }
    if broken.any():
        again = probe.train(
            [array[..., broken] for array in weights], xor.X, xor.Y, spec.rate, **options
        )
        last = trained.finite_steps[broken] // spec.every
        before = np.minimum(last, len(again.records["cost"]) - 1), np.arange(broken.sum())
        norms = np.moveaxis(again.records["gradient_norm"], 1, 0)[:, *before]
        outcome = xor.outcomes(again.records["cost"], again.finite_steps < spec.steps)
        counts["vanished_before"] = _has_vanished(norms)
        counts["saturated_before"] = again.records["logit"][before] > SATURATED
        counts["finite_from_logit"] = outcome != "non-finite"
    return {
        "counts": np.array([counts[name].sum() for name in list(COUNTED)[:-1]]),
        "broken": start + np.flatnonzero(broken),
    }


def _has_vanished(norms: np.ndarray) -> np.ndarray:
    """Whether the gradient has vanished, from its norm at each layer's kernel, (layer, seed)."""
    return norms[0] <= VANISHED * norms[-1]


def _in_double(shard: Shard, spec: Spec, activation: str, seeds: tuple[int, ...]) -> Arrays:
    """Which of these seeds stay finite under the post's loss in double precision."""
    import tensorflow as tf

    import custom_layers
    from reproductions.training import replicas, replicated

    if not seeds:
        return {"finite": np.zeros(0, bool)}
    function = getattr(custom_layers, activation)
    slope = {"negative_slope": TENSORFLOW_SLOPE} if activation == "leaky_relu" else {}
    x, y = (tf.constant(array[..., None], tf.float64) for array in (xor.X, xor.Y))

    def costs(weights):
        signal = tf.broadcast_to(x, (*x.shape[:2], len(seeds)))
        for i in range(0, len(weights), 2):
            signal = replicated.dense(signal, *weights[i : i + 2])
            is_last = i + 2 == len(weights)
            signal = tf.sigmoid(signal) if is_last else function(signal, **slope)
        return xor.document_loss(y, signal)

    def step(i, *weights):
        gradients = tf.gradients(tf.reduce_sum(costs(weights)), weights)
        moved = [w - spec.rate * g for w, g in zip(weights, gradients, strict=True)]
        return i + 1, *moved

    @tf.function(jit_compile=True, autograph=False)
    def train(weights):
        _, *last = tf.while_loop(lambda i, *_: i < spec.steps, step, (0, *weights))
        return costs(last)

    model = xor.network(spec.hidden, activation, "document")
    weights = replicas.initial_weights(model, seeds)
    # A network that is not finite once stays so, and its cost is NaN.
    last = train([tf.constant(w, tf.float64) for w in weights]).numpy()
    return {"finite": np.isfinite(last)}


def figures(spec: Spec, tables: Tables) -> drawing.Figures:
    """Vanished gradients and NaN by activation, and what the NaN networks do otherwise."""
    return {"causes": lambda: _draw(spec, tables["networks"])}


LABELS = (
    {"vanished": "gradient has vanished at the start", "non_finite": "cost becomes NaN"},
    {
        "vanished_before": "gradient had vanished just before",
        "saturated_before": f"logit above {SATURATED} just before",
        "finite_from_logit": "finite with the loss from the logit",
        "finite_in_double": "finite in double precision",
    },
)


def _draw(spec: Spec, networks: pd.DataFrame):
    figure, axes = drawing.panels(2, 1, width=7.2, height=2.3, sharex=True)
    titles = ("of all networks", "of the networks whose cost becomes NaN")
    for panel, labels, title in zip(axes[:, 0], LABELS, titles, strict=True):
        places = np.arange(len(labels))
        for i, activation in enumerate(spec.activations):
            row = measured.row(networks, activation=activation)
            trials = {row[COUNTED[name]] for name in labels}
            if trials == {0}:
                continue  # no such network, and so no share
            shares = np.array([row[name] / row[COUNTED[name]] for name in labels])
            ends = np.array([wilson(row[name], row[COUNTED[name]]) for name in labels])
            shift = 0.2 * (i - (len(spec.activations) - 1) / 2)
            panel.errorbar(
                shares,
                places + shift,
                xerr=np.abs(ends.T - shares),
                fmt="osD^vPX*"[i],
                capsize=3,
                color=functions.color(activation),
                label=functions.label(activation),
            )
        panel.set_yticks(places, labels.values())
        panel.set_ylim(len(labels) - 0.5, -0.5)
        panel.set_title(title)
    axes[-1, 0].set(xlabel="share, with 95 % interval", xlim=(-0.03, 1.03))
    figure.legend(*axes[0, 0].get_legend_handles_labels(), loc="outside lower center", ncols=3)
    layers, seeds = len(spec.hidden) + 1, int(networks["seeds"].max())
    figure.suptitle(
        f"{layers}-layer XOR networks under the post's loss, {seeds:,} of each function"
    )
    return figure


TABLES = {
    "networks": Table(
        key=("activation",),
        columns={"seeds": Exact(), **{name: Rate(trials) for name, trials in COUNTED.items()}},
        over_seeds=True,
    )
}


def _gradient_is_the_cause(tables: Tables, *, most: float = 0.5) -> Judgement:
    networks = tables["networks"]
    sigmoid = measured.row(networks, activation="sigmoid")
    broken = int(networks["non_finite"].sum())

    def interval(name):
        return wilson(int(networks[name].sum()), max(broken, 1))

    low, high = interval("finite_from_logit")
    followed = wilson(sigmoid["non_finite_of_vanished"], max(sigmoid["vanished"], 1))[0] > most
    preceded = interval("vanished_before")[0] > most
    remains = broken > 0 and high < most
    answers = (followed, preceded, remains)
    shares = {name: networks[name].sum() / max(broken, 1) for name in COUNTED}
    values = {
        "vanished": int(sigmoid["vanished"]),
        "followed": int(sigmoid["non_finite_of_vanished"]),
        "before": shares["vanished_before"],
        "saturated": shares["saturated_before"],
        "broken": broken,
    }
    verdict = graded(all(answers), in_part=any(answers))
    share = shares["finite_from_logit"]
    return Judgement(verdict, share, low, high, notes=("sigmoid", "others"), values=values)


CLAIMS = {"XP-05": _gradient_is_the_cause}
