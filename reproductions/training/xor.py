"""The XOR problem as the xor-post sets it: data, networks, losses, and what counts as solved."""

import math
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from reproductions.training.activations import layer, one_of

if TYPE_CHECKING:
    import keras
    import tensorflow as tf

    from reproductions.training.replicas import Replicas

Loss = Literal["document", "stable"]

X = np.array([[0, 0], [0, 1], [1, 0], [1, 1]], "float32")
Y = np.array([[0], [1], [1], [0]], "float32")

PLATEAU_COST = math.log(2)
"""The cost of answering 1/2 to everything."""

SOLVED_COST = math.log(2) / 4
"""Below it all four points are right: one wrong point alone costs log 2, a mean of log(2) / 4."""

PLATEAU_WIDTH = 0.01

OUTCOMES = ("solved", "plateau", "other", "non-finite")
COUNTED = ("solved", "plateau", "non-finite")


def network(hidden: tuple[int, ...], activation: str | Callable, loss: str) -> "keras.Sequential":
    """A Keras model from two inputs to one output.

    Args:
        hidden: the widths of the hidden layers.
        activation: theirs, by name or as a function.
        loss: "document" ends in a sigmoid, "stable" in the logit.

    Raises:
        ValueError: there is no such activation, or no such loss.
    """
    import keras

    layers = [new for width in hidden for new in (keras.layers.Dense(width), layer(activation))]
    output = layer(one_of("loss", loss, {"document": "sigmoid", "stable": "linear"}))
    return keras.Sequential([keras.Input((2,)), *layers, keras.layers.Dense(1), output])


def document_loss(y: "tf.Tensor", h: "tf.Tensor") -> "tf.Tensor":
    """The post's cost, -mean(y log h + (1 - y) log(1 - h)), of each replica.

    In float32 the sigmoid h is exactly 1 for logits above 17, and 0 * log(0) is NaN.
    """
    import tensorflow as tf

    return -tf.reduce_mean(y * tf.math.log(h) + (1 - y) * tf.math.log(1 - h), (0, 1))


def stable_loss(y: "tf.Tensor", z: "tf.Tensor") -> "tf.Tensor":
    """The same cost from the logit z, mean(softplus(z) - y z): finite for every finite logit."""
    import tensorflow as tf

    from custom_layers import softplus

    return tf.reduce_mean(softplus(z) - y * z, (0, 1))


LOSSES = {"document": document_loss, "stable": stable_loss}


def records(loss: str) -> "Callable[[tf.Tensor, tf.Tensor], dict[str, tf.Tensor]]":
    """What the post records, cost and accuracy, as functions of (y, output).

    Raises:
        ValueError: there is no such loss.
    """
    import tensorflow as tf

    threshold = one_of("loss", loss, {"document": 0.5, "stable": 0.0})

    def record(y, output):
        right = tf.equal(output > threshold, y > 0.5)  # a comparison with NaN is false
        return {
            "cost": LOSSES[loss](y, output),
            "accuracy": tf.reduce_mean(tf.cast(right, tf.float32), (0, 1)),
        }

    return record


def engine(
    hidden: tuple[int, ...], activation: str | Callable, loss: str, **options: Any
) -> "Replicas":
    """Trains `network` under a loss and records cost and accuracy, each engine on one thread.

    Args:
        hidden: as for `network`.
        activation: as for `network`.
        loss: as for `network`.
        **options: of `Replicas`.
    """
    from reproductions.training.replicas import Replicas

    model = network(hidden, activation, loss)
    return Replicas(model, LOSSES[loss], **{"record": records(loss), "threads": 1, **options})


def probe(hidden: tuple[int, ...], activation: str | Callable) -> "Replicas":
    """Trains from the logit, and records cost, largest logit and the gradient's norms."""
    from keras import ops

    def record(y, z):
        return {"cost": stable_loss(y, z), "logit": ops.max(ops.abs(z), axis=(0, 1))}

    return engine(hidden, activation, "stable", record=record, gradients=True)


def outcomes(cost: np.ndarray, broken: np.ndarray) -> np.ndarray:
    """What each seed came to.

    Args:
        cost: at all records, (record, replica).
        broken: whether its weights are no longer finite, (replica,).

    Returns:
        Labels out of `OUTCOMES`: "non-finite" if the weights broke or any cost is not finite; else,
        by the last cost, "solved", "plateau" (within 0.01 of log 2), or "other".
    """
    last = cost[-1]
    choices = [
        broken | ~np.isfinite(cost).all(axis=0),
        last < SOLVED_COST,
        np.abs(last - PLATEAU_COST) < PLATEAU_WIDTH,
    ]
    return np.select(choices, ["non-finite", "solved", "plateau"], "other")


def counts(outcome: np.ndarray) -> np.ndarray:
    """How many labels on the last axis are each of `COUNTED`, (..., outcome)."""
    return np.stack([(outcome == name).sum(axis=-1) for name in COUNTED], axis=-1)
