"""Two losses against values worked by hand and Keras' own, and a loss beside the accuracy.

Document: network-post, "2. Loss Function".
Setup: mean squared error and cross entropy on small cases worked by hand as fractions; 100 points
and a logistic unit whose weights move along a straight line in 500 to 4,000 equal steps.
Assumptions: the post asks to implement both losses but shows neither formula nor code. Implemented
here: the mean of the squared errors, and -sum(target * ln(output)), in nats. The Korean textbook
from which such posts draw halves the sum of the squared errors instead; its example is a case. The
points are drawn afresh for every seed: two inputs from N(0, 1), labels from a logistic unit.
Known differences: Keras divides the outputs of a cross entropy by their sum and clips them to
[1e-7, 1 - 1e-7], so that outputs of 0 and 1, and outputs that do not sum to 1, give another loss
than the formula; those cases are shown and not held against the claim. The accuracy's steps are
those of 100 points, the post's own example.
"""

import math
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
import pandas as pd

from reproductions.suite import drawing
from reproductions.suite.claims import Claim, Judgement, by
from reproductions.suite.errors import NotMeasured
from reproductions.suite.experiment import ANY_SIGN
from reproductions.suite.kinds import Close, Exact, Table
from reproductions.suite.statistics import generator

MSE, HALF_SUM, CROSS_ENTROPY = "mean squared error", "half sum of squares", "cross entropy"


@dataclass(frozen=True)
class Case:
    """One target and output, with the loss worked by hand.

    Attributes:
        name: what the case shows.
        loss: which loss.
        target: what should come out.
        output: what came out.
        working: the calculation by hand, step by step.
        by_hand: its result.
        ordinary: outputs that Keras takes as they are; False where it clips or rescales them.
    """

    name: str
    loss: Literal["mean squared error", "half sum of squares", "cross entropy"]
    target: tuple[float, ...]
    output: tuple[float, ...]
    working: str
    by_hand: float
    ordinary: bool = True


TWO = (0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0)
TEXTBOOK = (0.1, 0.05, 0.6, 0.0, 0.05, 0.1, 0.0, 0.1, 0.0, 0.0)
TEXTBOOK_SQUARES = "3 * 0.1² + 2 * 0.05² + 0.4² = 0.195"

CASES = (
    Case("two outputs", MSE, (1, 0), (0.8, 0.3), "(0.04 + 0.09) / 2 = 13/200", 13 / 200),
    Case("no error", MSE, (1, 0), (1, 0), "(0 + 0) / 2 = 0", 0.0),
    Case("beyond [0, 1]", MSE, (1, 2, 3), (2, 2, 5), "(1 + 0 + 4) / 3 = 5/3", 5 / 3),
    Case("all wrong", MSE, (1, 0), (0, 1), "(1 + 1) / 2 = 1", 1.0),
    Case("textbook", MSE, TWO, TEXTBOOK, f"{TEXTBOOK_SQUARES}; / 10 = 39/2000", 39 / 2000),
    Case("textbook", HALF_SUM, TWO, TEXTBOOK, f"{TEXTBOOK_SQUARES}; / 2 = 39/400", 39 / 400),
    Case("no idea", CROSS_ENTROPY, (0, 1), (0.5, 0.5), "-ln(1/2) = ln 2", math.log(2)),
    Case("seven tenths", CROSS_ENTROPY, (0, 0, 1), (0.1, 0.2, 0.7), "-ln(7/10)", math.log(10 / 7)),
    Case("textbook", CROSS_ENTROPY, TWO, TEXTBOOK, "-ln(6/10) = ln(5/3)", math.log(5 / 3)),
    Case(
        "soft target",
        CROSS_ENTROPY,
        (0.5, 0.5),
        (0.25, 0.75),
        "1/2 ln 4 + 1/2 ln(4/3) = 1/2 ln(16/3)",
        math.log(16 / 3) / 2,
    ),
    Case("sure and right", CROSS_ENTROPY, (0, 1), (0, 1), "-ln 1 = 0", 0.0, False),
    Case("sure and wrong", CROSS_ENTROPY, (0, 1), (1, 0), "-ln 0 = infinity", math.inf, False),
    Case(
        "sum is 0.6", CROSS_ENTROPY, (0, 1), (0.3, 0.3), "-ln(3/10)", math.log(10 / 3), False
    ),
)  # fmt: skip


Weights = tuple[float, float, float]


@dataclass(frozen=True)
class Spec:
    """The cases worked by hand, and the path along which weights move."""

    cases: tuple[Case, ...] = CASES
    points: int = 100
    # Of two inputs, then the bias.
    label_weights: Weights = field(default=(2.0, -1.0, 0.5), metadata=ANY_SIGN)
    path_from: Weights = field(default=(-1.0, 1.0, -0.5), metadata=ANY_SIGN)
    path_to: Weights = field(default=(3.0, -2.0, 1.0), metadata=ANY_SIGN)
    steps: tuple[int, ...] = (500, 1000, 2000, 4000)
    shown_steps: int = 2000
    seeds: int = 20


SPEC = Spec()


def mean_squared_error(target, output):
    """The mean of (target - output)^2 over the last axis."""
    from keras import ops

    return ops.mean(ops.square(target - output), axis=-1)


def half_sum_of_squares(target, output):
    """The sum of (target - output)^2 over the last axis, halved: the textbook's variant."""
    from keras import ops

    return ops.sum(ops.square(target - output), axis=-1) / 2


def cross_entropy(target, output):
    """-sum(target * ln(output)) over the last axis, in nats; a target of 0 adds nothing."""
    from keras import ops

    counts = target > 0
    log = ops.log(ops.where(counts, output, 1.0))  # 0 * ln 0 is 0 here, not NaN
    return -ops.sum(ops.where(counts, target * log, 0.0), axis=-1)


def run(spec: Spec) -> dict[str, pd.DataFrame]:
    """The losses of every case, the path of one seed, and the jumps along the paths of all."""
    jumps = []
    for seed in range(spec.seeds):
        accuracy, loss = _along_path(spec, seed)
        for steps in spec.steps:
            stride = max(spec.steps) // steps
            every = accuracy[::stride], loss[::stride]
            jumps.append({"seed": seed, "steps": steps, **_summary(*every, spec.points)})
        if seed == 0:
            stride = max(spec.steps) // spec.shown_steps
            path = pd.DataFrame({"accuracy": accuracy[::stride], "loss_nats": loss[::stride]})
    path = path.rename_axis("step").reset_index()
    return {"cases": _cases(spec), "path": path, "jumps": pd.DataFrame(jumps)}


def _cases(spec: Spec) -> pd.DataFrame:
    import keras
    import tensorflow as tf

    ours = {
        MSE: mean_squared_error,
        HALF_SUM: half_sum_of_squares,
        CROSS_ENTROPY: cross_entropy,
    }
    theirs = {
        MSE: keras.losses.MeanSquaredError(dtype="float64"),
        # Keras has no such loss: half of as many times the mean as there are outputs.
        HALF_SUM: lambda y, p: keras.losses.mean_squared_error(y, p) * y.shape[-1] / 2,
        CROSS_ENTROPY: keras.losses.CategoricalCrossentropy(dtype="float64"),
    }
    rows = []
    for case in spec.cases:
        target, output = (tf.constant([v], "float64") for v in (case.target, case.output))
        rows.append(
            {
                "loss": case.loss,
                "case": case.name,
                "target": " ".join(f"{value:g}" for value in case.target),
                "output": " ".join(f"{value:g}" for value in case.output),
                "working": case.working,
                "ordinary": case.ordinary,
                "by_hand": case.by_hand,
                "implemented": np.asarray(ours[case.loss](target, output)).item() + 0.0,  # no -0.0
                "keras": np.asarray(theirs[case.loss](target, output)).item(),
            }
        )
    return pd.DataFrame(rows)


def _along_path(spec: Spec, seed: int):
    """Accuracy and mean loss over the points at every step of the weights' path."""
    import keras

    from custom_layers import Sigmoid

    random = generator(seed)
    x = random.standard_normal((spec.points, 2))
    *slopes, bias = spec.label_weights
    sigmoid = Sigmoid(dtype="float64")
    label = (random.random(spec.points) < sigmoid(x @ slopes + bias).numpy()).astype(float)
    start, end = np.array(spec.path_from), np.array(spec.path_to)
    weights = start + (end - start) * np.linspace(0, 1, max(spec.steps) + 1)[:, None]
    # Every step is a unit of its own in one layer: units do not see one another.
    every_step = keras.layers.Dense(len(weights), dtype="float64", kernel_initializer="zeros")
    every_step.build(x.shape)
    every_step.set_weights([weights[:, :2].T, weights[:, 2]])
    output = keras.ops.transpose(sigmoid(every_step(x)))  # (step, point)
    target = np.tile(label, (len(weights), 1))
    right = keras.metrics.binary_accuracy(target, output)  # one answer a point
    return (
        np.asarray(keras.ops.mean(right, axis=-1), float),
        np.asarray(keras.losses.binary_crossentropy(target, output)),
    )


def _summary(accuracy, loss, points: int) -> dict[str, float]:
    moves = np.abs(np.diff(accuracy))
    right = accuracy * points
    return {
        "points": points,
        "accuracy_values": len(np.unique(accuracy)),
        "accuracy_changes": int((moves > 0).sum()),
        "smallest_accuracy_change": moves[moves > 0].min(),
        "largest_accuracy_change": moves.max(),
        "right_off_whole": np.abs(right - right.round()).max(),
        "loss_values": len(np.unique(loss)),
        "largest_loss_change_nats": np.abs(np.diff(loss)).max(),
    }


def figures(spec: Spec, tables) -> drawing.Figures:
    """Loss and accuracy along the path, and their largest changes as the steps get smaller."""
    return {
        "path": lambda: _draw_path(tables["path"]),
        "jumps": lambda: _draw_jumps(spec, tables["jumps"]),
    }


def _draw_path(path):
    figure, axes = drawing.panels(rows=2, columns=2, width=4.2, height=2.5, sharex="col")
    third = int((path["accuracy"] > 0.325).idxmax())  # the post's example: 33 of 100 are right
    zoom = path.iloc[max(0, third - 25) : third + 26]
    for part, (upper, lower), title in (
        (path, axes[:, 0], "the whole path"),
        (zoom, axes[:, 1], f"{len(zoom) - 1} steps of it"),
    ):
        upper.plot(part["step"], part["loss_nats"], color=drawing.BLUE)
        lower.plot(
            part["step"], 100 * part["accuracy"], color=drawing.VERMILION, drawstyle="steps-post"
        )
        upper.set_title(f"Loss: {title}")
        lower.set_title(f"Accuracy: {title}")
        lower.set_xlabel("step of the weights")
    for whole in axes[:, 0]:
        whole.axvspan(*zoom["step"].iloc[[0, -1]], color=drawing.YELLOW, alpha=0.6, linewidth=0)
    right = (100 * zoom["accuracy"]).round().astype(int)
    axes[1, 1].set_yticks(range(right.min(), right.max() + 1))
    axes[0, 0].set_ylabel("cross entropy  (nats)")
    axes[1, 0].set_ylabel("accuracy  (%)")
    return figure


def _draw_jumps(spec, jumps):
    figure, ((axes,),) = drawing.panels(width=5.5, height=3.6)
    for column, color, marker, label in (
        ("largest_accuracy_change", drawing.VERMILION, "s", "accuracy"),
        ("largest_loss_change_nats", drawing.BLUE, "o", "loss (nats)"),
    ):
        groups = jumps.groupby("steps")[column]
        axes.fill_between(
            groups.min().index, groups.min(), groups.max(), color=color, alpha=0.2, linewidth=0
        )
        axes.plot(
            groups.median(), marker=marker, color=color, label=f"{label}: median, range of draws"
        )
    label = f"one point of {spec.points:,}"
    axes.axhline(1 / spec.points, color=drawing.GREY, linestyle=":", label=label)
    axes.set(
        title="Smaller steps: the loss moves less, the accuracy still jumps",
        xscale="log",
        yscale="log",
        xlabel="number of steps on the same path",
        ylabel="largest change in one step",
    )
    ticks = sorted(jumps["steps"].unique())
    axes.set_xticks(ticks, [f"{tick:,}" for tick in ticks])
    axes.minorticks_off()
    low, high = axes.get_ylim()
    axes.set_ylim(low / 2.5, high)  # room for the legend
    axes.legend(loc="lower left")
    return figure


FLOAT64 = "a handful of operations in float64"
PATH = Close(rtol=1e-9, atol=1e-13, reason="a mean of 100 logarithms in float64")
ACCURACY = Close(rtol=0, atol=1e-6, reason="Keras takes the mean of 100 answers in float32")
TABLES = {
    "cases": Table(
        key=("loss", "case"),
        columns={
            "target": Exact(),
            "output": Exact(),
            "working": Exact(),
            "ordinary": Exact(),
            "by_hand": Close(rtol=1e-15, atol=0, reason="a fraction or its logarithm"),
            "implemented": Close(rtol=1e-12, atol=1e-15, reason=FLOAT64),
            "keras": Close(rtol=1e-12, atol=1e-15, reason=FLOAT64),
        },
    ),
    "path": Table(key=("step",), columns={"accuracy": ACCURACY, "loss_nats": PATH}),
    "jumps": Table(
        key=("seed", "steps"),
        columns={
            "points": Exact(),
            "accuracy_values": Exact(),
            "accuracy_changes": Exact(),
            "smallest_accuracy_change": ACCURACY,
            "largest_accuracy_change": ACCURACY,
            "right_off_whole": Close(rtol=0, atol=1e-4, reason="100 accuracies in float32"),
            "loss_values": Exact(),
            "largest_loss_change_nats": Close(
                rtol=1e-8, atol=0, reason="a difference of two means of 100 logarithms"
            ),
        },
    ),
}


def _continuous_loss(tables) -> Judgement:
    jumps = tables["jumps"]
    points = jumps["points"]
    few = (
        (jumps["accuracy_values"] <= points + 1)
        & (jumps["right_off_whole"] < 1e-4)
        & (jumps["smallest_accuracy_change"] > (1 - 1e-4) / points)
    )
    many = jumps["loss_values"] >= 0.99 * jumps["steps"]
    largest = jumps.pivot(index="seed", columns="steps", values="largest_loss_change_nats")
    halving = largest.to_numpy()[:, 1:] / largest.to_numpy()[:, :-1]
    steps = largest.columns.to_numpy()
    proportional = np.abs(halving / (steps[:-1] / steps[1:]) - 1) < 0.1
    finest = jumps[jumps["steps"] == steps[-1]]
    values = finest[["accuracy_values", "loss_values"]].median()
    still = finest["largest_accuracy_change"].min()
    return Judgement(
        by(few.all() and many.all() and proportional.all()),
        f"{values.iloc[0]:g} values of accuracy, {values.iloc[1]:g} of loss",
        note=(
            f"medians of {len(finest)} draws of {points.iloc[0]} points over {steps[-1]} steps;"
            f" halving the step multiplies the loss's largest change by {halving.mean():.2f}, the"
            f" accuracy's stays at {still:.2g} or more. The accuracy is flat between its jumps, so"
            " its gradient says nothing: that is the reason behind the post's"
        ),
    )


def _losses_agree(tables) -> Judgement:
    cases = tables["cases"]
    ordinary = cases[cases["ordinary"]]
    if ordinary.empty:
        raise NotMeasured("the tables have no case whose outputs Keras takes as they are")
    away = [
        np.abs(ordinary[a] - ordinary[b]).to_numpy().max()  # NaN stays NaN
        for a, b in (("implemented", "by_hand"), ("keras", "by_hand"))
    ]
    odd = cases[~cases["ordinary"]].itertuples()
    told = ", ".join(
        f"{row.case}: {row.by_hand:.4g} by hand, {row.keras:.4g} in Keras" for row in odd
    )
    return Judgement(
        by(max(away) < 1e-12),
        float(max(away)),
        note=(
            f"largest difference in {len(ordinary)} cases. Where Keras clips or rescales"
            f" the outputs it leaves the formula ({told}). The post shows no code of its own"
        ),
    )


CLAIMS = [
    Claim(
        "NP-12",
        "for every draw of the points and every number of steps: the accuracy is a whole number of"
        " points (to 1e-4), takes at most 101 values and never changes by less than one point; the"
        " loss takes a new value in at least 99 % of the steps, and its largest change shrinks in"
        " proportion to the step (within 10 %)",
        _continuous_loss,
    ),
    Claim(
        "NP-13",
        "on every case whose outputs Keras takes as they are, the implemented loss and Keras' own"
        " are within 1e-12 of the value worked by hand",
        _losses_agree,
    ),
]
