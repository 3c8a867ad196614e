"""Cross entropy of outputs that are not between 0 and 1: what the loss and training make of it.

Document: slides, part 7-2 ("Softmax": the outputs must lie in [0, 1] for the cross entropy).
Setup: a perceptron 64-16-10 on scikit-learn's handwritten digits, with tanh in the hidden layer and
a linear last layer; Glorot's weights, SGD in batches of 32. What stands between the last layer and
the loss is all that changes: softmax before the formula -ln(output of the right class); the raw
outputs in that formula; the raw outputs in Keras' categorical cross entropy, which divides them by
their sum and clips them; and a sigmoid for each output, so that each lies in [0, 1] but their sum
is free. Every variant starts from the same weights and sees the same batches. The loss, its
derivative and Keras' loss are also tabled for single outputs from below 0 to above 1.
Assumptions: a network has learned if it gets nine of ten training images right in the end, and if
its weights are finite. All variants have one learning rate, which suits softmax.
Known differences: the slides train nothing here.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from reproductions.evidence import drawing, measured
from reproductions.evidence.kinds import Close, Rate, Table, Unchecked, shares
from reproductions.evidence.statistics import share_of
from reproductions.evidence.verdicts import Judgement, Tables, graded
from reproductions.training import digits
from reproductions.training.pool import Arrays, Pool, Shard

if TYPE_CHECKING:
    from reproductions.training import replicas


@dataclass(frozen=True)
class Spec:
    """The network and its training."""

    seeds: int = 256
    hidden: tuple[int, ...] = (16,)
    rate: float = 0.3
    steps: int = 241
    every: int = 20
    batch: int = 32
    learned: float = 0.9


SPEC = Spec()
SMALL = {"steps": 21, "every": 10}

SOFTMAX, RAW, KERAS, SIGMOID = "softmax", "raw", "raw in Keras", "sigmoid each"

VARIANTS = {
    SOFTMAX: ("softmax, then the formula", drawing.GREEN),
    RAW: ("raw outputs in the formula", drawing.VERMILION),
    KERAS: ("raw outputs in Keras' loss", drawing.ORANGE),
    SIGMOID: ("a sigmoid for each output, then the formula", drawing.BLUE),
}
"""What stands before the loss, in words, and its colour."""


def run(spec: Spec, pool: Pool) -> dict[str, pd.DataFrame]:
    """Trains the same networks under every variant, and tables the loss of single outputs."""
    calls = [(spec, variant) for variant in VARIANTS]
    by_variant = pool.by_seeds(_train, calls, spec.seeds, "cross_entropy_range")
    rows, curves = [], []
    for variant, shards in zip(VARIANTS, by_variant, strict=True):
        accuracy = np.concatenate([shard["accuracy"] for shard in shards], axis=-1)
        cost = np.concatenate([shard["first_cost"] for shard in shards], axis=-1)
        finite = np.concatenate([shard["finite"] for shard in shards], axis=-1)
        learned = int(np.sum((accuracy[-1] >= spec.learned) & finite))
        rows.append(
            {
                "variant": variant,
                "learned": learned,
                "seeds": spec.seeds,
                **share_of(learned, spec.seeds),
                "undefined_start": int(np.isnan(cost).sum()),
                "finite_end": int(finite.sum()),
            }
        )
        low, median, high = np.quantile(accuracy, (0.05, 0.5, 0.95), axis=-1)
        steps = np.arange(len(accuracy)) * spec.every
        columns = {"step": steps, "accuracy_q05": low, "accuracy_q50": median, "accuracy_q95": high}
        curves.append(pd.DataFrame(columns).assign(variant=variant))
    return {
        "rates": pd.DataFrame(rows),
        "curves": pd.concat(curves, ignore_index=True),
        "single": _single_outputs(),
    }


def _train(shard: Shard, spec: Spec, variant: str, start: int, stop: int) -> Arrays:
    """Accuracy at the records, the first cost, and whether the weights stay finite."""
    from reproductions.training import classifiers, replicas

    images = digits.load()
    x = images.x_train.reshape(len(images.x_train), -1)
    y = np.eye(images.classes, dtype="float32")[images.y_train]
    engine = shard.once(_engine, spec.hidden, x.shape[1], images.classes, variant)
    weights = replicas.initial_weights(engine.model, range(start, stop), "glorot")
    trained = engine.train(
        weights,
        x,
        y,
        spec.rate,
        spec.steps,
        every=spec.every,
        record_on=(x[:512], y[:512]),
        batches=classifiers.batches(images, spec.steps, spec.batch),
        done=shard.advance,
    )
    return {
        "accuracy": trained.records["accuracy"],
        "first_cost": trained.records["cost"][0],
        "finite": trained.finite_steps == spec.steps,
    }


def _engine(
    hidden: tuple[int, ...], inputs: int, classes: int, variant: str
) -> "replicas.Replicas":
    import keras
    import tensorflow as tf

    from reproductions.training import replicas

    layers = [keras.layers.Dense(width, activation="tanh") for width in hidden]
    model = keras.Sequential([keras.Input((inputs,)), *layers, keras.layers.Dense(classes)])
    loss = _loss(variant)

    def record(y, z):
        right = tf.reduce_sum(y * z, 1) >= tf.reduce_max(z, 1)  # not so where one is NaN
        return {"accuracy": tf.reduce_mean(tf.cast(right, tf.float32), 0), "cost": loss(y, z)}

    return replicas.Replicas(model, loss, record, threads=1, watch=True)


def _loss(variant: str) -> Callable:
    """The loss of each replica from (y, last layer), shapes (image, class, replica)."""
    import keras
    import tensorflow as tf

    def loss(y, z):
        if variant == SOFTMAX:
            each = tf.reduce_logsumexp(z, 1) - tf.reduce_sum(y * z, 1)
        elif variant == KERAS:
            each = keras.losses.categorical_crossentropy(tf.broadcast_to(y, z.shape), z, axis=1)
        else:
            outputs = tf.sigmoid(z) if variant == SIGMOID else z
            each = -tf.math.log(tf.reduce_sum(y * outputs, 1))
        return tf.reduce_mean(each, 0)

    return loss


def _single_outputs() -> pd.DataFrame:
    """For two classes and outputs (p, 1 - p): the formula, its derivative by p, and Keras' loss."""
    import keras

    p = np.round(np.arange(-0.5, 1.55, 0.05), 2)
    with np.errstate(all="ignore"):
        formula = np.where(p >= 0, -np.log(np.abs(p)), np.nan) + 0.0
        derivative = np.where(p >= 0, -1 / p, np.nan)
    target, outputs = (
        keras.ops.convert_to_tensor(array, "float64")
        for array in (np.tile([1.0, 0.0], (len(p), 1)), np.stack([p, 1 - p], axis=1))
    )
    of_keras = keras.losses.categorical_crossentropy(target, outputs)
    return pd.DataFrame(
        {
            "output": p,
            "formula": np.where(np.isinf(formula), np.nan, formula),
            "derivative": np.where(np.isinf(derivative), np.nan, derivative),
            "keras": np.asarray(of_keras, float),
        }
    )


def figures(spec: Spec, tables: Tables) -> drawing.Figures:
    """The accuracy under every variant, and the loss of single outputs."""
    return {
        "training": lambda: _draw_training(spec, tables["curves"]),
        "single": lambda: _draw_single(tables["single"]),
    }


def _draw_training(spec: Spec, curves: pd.DataFrame):
    figure, ((axes,),) = drawing.panels(width=7.5, height=4.0)
    dashes = dict(zip(VARIANTS, ("-", "--", "-.", ":"), strict=True))
    for variant, (label, color) in VARIANTS.items():
        rows = curves[curves["variant"] == variant]
        style = {"color": color, "linestyle": dashes[variant]}
        axes.plot(rows["step"], rows["accuracy_q50"], label=label, **style)
        ends = (rows["accuracy_q05"], rows["accuracy_q95"])
        axes.fill_between(rows["step"], *ends, color=color, alpha=0.15, linewidth=0)
    axes.axhline(spec.learned, color=drawing.GREY, linewidth=1, linestyle=":")
    axes.set(xlabel="update", ylabel="share of training images that are right", ylim=(0, 1))
    axes.set_title("Training accuracy: median and 5 % to 95 % of the seeds (dotted: has learned)")
    figure.legend(*axes.get_legend_handles_labels(), loc="outside lower center", ncols=2)
    return figure


def _draw_single(single: pd.DataFrame):
    figure, ((axes,),) = drawing.panels(width=6.5, height=3.6)
    axes.axvspan(0, 1, color=drawing.SKY, alpha=0.2, linewidth=0, label="between 0 and 1")
    formula = {"color": drawing.VERMILION, "label": "-ln(output), undefined below 0"}
    axes.plot(single["output"], single["formula"], **formula)
    keras = {"color": drawing.BLACK, "linestyle": "", "marker": "o", "label": "Keras: clipped"}
    axes.plot(single["output"], single["keras"], fillstyle="none", **keras)
    axes.axhline(0, color=drawing.GREY, linewidth=0.8)
    axes.set(xlabel="output for the right class", ylabel="loss (nats)")
    axes.set_title("Cross entropy of an output that is not between 0 and 1")
    axes.legend(loc="upper right")
    return figure


TABLES = {
    "rates": Table(
        key=("variant",),
        columns={
            **shares("learned"),
            **dict.fromkeys(("undefined_start", "finite_end"), Rate(trials="seeds")),
        },
        over_seeds=True,
    ),
    "curves": Table(
        key=("variant", "step"),
        columns=dict.fromkeys(("accuracy_q05", "accuracy_q50", "accuracy_q95"), Unchecked()),
        over_seeds=True,
    ),
    "single": Table(
        key=("output",),
        columns=dict.fromkeys(
            ("formula", "derivative", "keras"),
            Close(rtol=1e-9, atol=1e-12, reason="a logarithm in float64", nan=True),
        ),
    ),
}


def _outputs_must_be_probabilities(
    tables: Tables, *, nearly_all: float = 0.95, hardly_any: float = 0.05
) -> Judgement:
    rates = tables["rates"]
    softmax, raw, in_keras, sigmoid = (measured.row(rates, variant=name) for name in VARIANTS)
    trains = softmax["low"] > nearly_all
    fails = raw["high"] < hardly_any
    fails_in_keras = in_keras["high"] < hardly_any
    values = {
        "undefined": raw["undefined_start"] / raw["seeds"],
        "sigmoid": sigmoid["share"],
    }
    return Judgement(
        graded(trains and fails and fails_in_keras, in_part=trains and fails),
        raw["share"],
        raw["low"],
        raw["high"],
        notes=["main", "sigmoid"],
        values=values,
    )


CLAIMS = {"SL-27": _outputs_must_be_probabilities}
