"""Computes two losses for cases worked by hand, and a loss and an accuracy along a path."""

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, Literal

import numpy as np
import pandas as pd

from reproductions.evidence.kinds import Close, Exact, Table
from reproductions.evidence.statistics import generator
from reproductions.training.pool import Pool
from reproductions.training.spec import ANY_SIGN

if TYPE_CHECKING:  # an experiment is loaded without TensorFlow
    import tensorflow as tf

MSE: Final = "mean squared error"
HALF_SUM: Final = "half sum of squares"
CROSS_ENTROPY: Final = "cross entropy"


@dataclass(frozen=True)
class Case:
    """A target and an output, with the loss worked by hand.

    Attributes:
        name: what the case shows.
        loss: which loss.
        target: the outputs that are wanted.
        output: the outputs that the loss judges.
        working: the calculation by hand, step by step.
        by_hand: its result.
        ordinary: whether Keras takes the outputs as they are; else it clips or rescales them.
    """

    name: str
    loss: Literal["mean squared error", "half sum of squares", "cross entropy"]
    target: tuple[float, ...]
    output: tuple[float, ...]
    working: str
    by_hand: float
    ordinary: bool = True


DIGIT_2 = (0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0)

TEXTBOOK = (0.1, 0.05, 0.6, 0.0, 0.05, 0.1, 0.0, 0.1, 0.0, 0.0)

TEXTBOOK_SQUARES = "3 * 0.1² + 2 * 0.05² + 0.4² = 0.195"

CASES = (
    Case("two outputs", MSE, (1, 0), (0.8, 0.3), "(0.04 + 0.09) / 2 = 13/200", 13 / 200),
    Case("no error", MSE, (1, 0), (1, 0), "(0 + 0) / 2 = 0", 0.0),
    Case("beyond [0, 1]", MSE, (1, 2, 3), (2, 2, 5), "(1 + 0 + 4) / 3 = 5/3", 5 / 3),
    Case("all wrong", MSE, (1, 0), (0, 1), "(1 + 1) / 2 = 1", 1.0),
    Case("textbook", MSE, DIGIT_2, TEXTBOOK, f"{TEXTBOOK_SQUARES}; / 10 = 39/2000", 39 / 2000),
    Case("textbook", HALF_SUM, DIGIT_2, TEXTBOOK, f"{TEXTBOOK_SQUARES}; / 2 = 39/400", 39 / 400),
    Case("no idea", CROSS_ENTROPY, (0, 1), (0.5, 0.5), "-ln(1/2) = ln 2", math.log(2)),
    Case("seven tenths", CROSS_ENTROPY, (0, 0, 1), (0.1, 0.2, 0.7), "-ln(7/10)", math.log(10 / 7)),
    Case("textbook", CROSS_ENTROPY, DIGIT_2, TEXTBOOK, "-ln(6/10) = ln(5/3)", math.log(5 / 3)),
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
    # The weights of two inputs, then the bias.
    label_weights: Weights = field(default=(2.0, -1.0, 0.5), metadata=ANY_SIGN)
    path_from: Weights = field(default=(-1.0, 1.0, -0.5), metadata=ANY_SIGN)
    path_to: Weights = field(default=(3.0, -2.0, 1.0), metadata=ANY_SIGN)
    steps: tuple[int, ...] = (500, 1000, 2000, 4000)
    shown_steps: int = 2000
    seeds: int = 20


SPEC = Spec()


def run(spec: Spec, pool: Pool) -> dict[str, pd.DataFrame]:
    """The losses of every case, the path of the first seed, and the changes along every path."""
    jumps = []
    for seed in range(spec.seeds):
        accuracy, loss = _along_path(spec, seed)
        for steps in spec.steps:
            stride = max(spec.steps) // steps
            changes = _changes(accuracy[::stride], loss[::stride], spec.points)
            jumps.append({"seed": seed, "steps": steps, **changes})
        if seed == 0:
            stride = max(spec.steps) // spec.shown_steps
            path = pd.DataFrame({"accuracy": accuracy[::stride], "loss_nats": loss[::stride]})
    path = path.rename_axis("step").reset_index()
    return {"cases": _cases(spec), "path": path, "jumps": pd.DataFrame(jumps)}


def mean_squared_error(target: "tf.Tensor", output: "tf.Tensor") -> "tf.Tensor":
    """The mean of (target - output)^2 over the last axis."""
    from keras import ops

    return ops.mean(ops.square(target - output), axis=-1)


def half_sum_of_squares(target: "tf.Tensor", output: "tf.Tensor") -> "tf.Tensor":
    """The sum of (target - output)^2 over the last axis, halved: the textbook's variant."""
    from keras import ops

    return ops.sum(ops.square(target - output), axis=-1) / 2


def cross_entropy(target: "tf.Tensor", output: "tf.Tensor") -> "tf.Tensor":
    """-sum(target * ln(output)) over the last axis, in nats; a target of 0 adds nothing."""
    from keras import ops

    counts = target > 0
    log = ops.log(ops.where(counts, output, 1.0))  # 0 * ln 0 is 0 here, not NaN
    return -ops.sum(ops.where(counts, target * log, 0.0), axis=-1)


def _cases(spec: Spec) -> pd.DataFrame:
    """The loss of every case: worked by hand, by the formulas above, and by Keras."""
    import keras
    import tensorflow as tf

    implemented = {
        MSE: mean_squared_error,
        HALF_SUM: half_sum_of_squares,
        CROSS_ENTROPY: cross_entropy,
    }
    of_keras = {
        MSE: keras.losses.MeanSquaredError(dtype="float64"),
        # Keras has no such loss; it is half the mean times the number of outputs.
        HALF_SUM: lambda y, p: keras.losses.mean_squared_error(y, p) * y.shape[-1] / 2,
        CROSS_ENTROPY: keras.losses.CategoricalCrossentropy(dtype="float64"),
    }
    rows = []
    for case in spec.cases:
        target, output = (tf.constant([v], "float64") for v in (case.target, case.output))
        loss = implemented[case.loss](target, output)
        rows.append(
            {
                "loss": case.loss,
                "case": case.name,
                "target": " ".join(f"{value:g}" for value in case.target),
                "output": " ".join(f"{value:g}" for value in case.output),
                "working": case.working,
                "ordinary": case.ordinary,
                "by_hand": case.by_hand,
                "implemented": np.asarray(loss).item() + 0.0,  # + 0.0 turns -0.0 into 0.0
                "keras": np.asarray(of_keras[case.loss](target, output)).item(),
            }
        )
    return pd.DataFrame(rows)


def _along_path(spec: Spec, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Accuracy and mean loss over the points, at every step of the weights' path."""
    import keras

    from custom_layers import Sigmoid

    random = generator(seed)
    x = random.standard_normal((spec.points, 2))
    *slopes, bias = spec.label_weights
    sigmoid = Sigmoid(dtype="float64")
    label = (random.random(spec.points) < sigmoid(x @ slopes + bias).numpy()).astype(float)
    start, end = np.array(spec.path_from), np.array(spec.path_to)
    weights = start + (end - start) * np.linspace(0, 1, max(spec.steps) + 1)[:, None]
    # One layer has a unit for every step of the path: units do not see one another.
    unit_per_step = keras.layers.Dense(len(weights), dtype="float64", kernel_initializer="zeros")
    unit_per_step.build(x.shape)
    unit_per_step.set_weights([weights[:, :2].T, weights[:, 2]])
    output = keras.ops.transpose(sigmoid(unit_per_step(x)))  # (step, point)
    target = np.tile(label, (len(weights), 1))
    is_right = keras.metrics.binary_accuracy(target, output)  # (step, point)
    loss = keras.losses.binary_crossentropy(target, output)
    return np.asarray(keras.ops.mean(is_right, axis=-1), float), np.asarray(loss)


def _changes(accuracy: np.ndarray, loss: np.ndarray, points: int) -> dict[str, float]:
    """How many values accuracy and loss take along a path, and how much one step changes them."""
    accuracy_changes = np.abs(np.diff(accuracy))
    right_points = accuracy * points
    return {
        "points": points,
        "accuracy_values": len(np.unique(accuracy)),
        "accuracy_changes": int((accuracy_changes > 0).sum()),
        "smallest_accuracy_change": accuracy_changes[accuracy_changes > 0].min(),
        "largest_accuracy_change": accuracy_changes.max(),
        "right_off_whole": np.abs(right_points - right_points.round()).max(),
        "loss_values": len(np.unique(loss)),
        "largest_loss_change_nats": np.abs(np.diff(loss)).max(),
    }


FORMULA = Close(rtol=1e-12, atol=1e-15, reason="a handful of operations in float64")

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
            "implemented": FORMULA,
            "keras": FORMULA,
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
