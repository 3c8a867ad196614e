"""Two spirals around the origin that a network must tell apart, and deep networks for them.

The task is one of the oldest tests of neural networks (Lang and Witbrock 1988); here it is smaller.
"""

from typing import TYPE_CHECKING

import numpy as np

from reproductions.evidence.statistics import generator
from reproductions.training import xor
from reproductions.training.activations import layer

if TYPE_CHECKING:
    import keras
    import tensorflow as tf

INNER = 0.1
"""The radius at which the spirals begin; they end at radius 1."""


def points(each: int, turns: float, between: bool = False) -> tuple[np.ndarray, np.ndarray]:
    """Points on both spirals, evenly spaced in angle and radius, (point, 2), and labels.

    The second spiral is the first one, turned by half a turn.

    Args:
        each: how many points each spiral has.
        turns: how often each spiral goes around the origin.
        between: gives the points half-way to the next one instead, which are for tests.

    Returns:
        The points, (point, 2), and their labels, 1 on the first spiral and 0 on the second,
        (point, 1).
    """
    along = (np.arange(each) + (0.5 if between else 0.0)) / each
    angle, radius = 2 * np.pi * turns * along, INNER + (1 - INNER) * along
    spiral = np.stack([radius * np.sin(angle), radius * np.cos(angle)], axis=1)
    x = np.concatenate([spiral, -spiral])
    return x.astype("float32"), np.repeat(np.array([[1], [0]], "float32"), each, axis=0)


def order(samples: int, batch: int, steps: int) -> np.ndarray:
    """The samples that each step uses, (step, batch); every epoch shuffles them anew.

    All networks see the same order, so that they differ in nothing but what is compared.
    """
    epochs = -(-steps * batch // samples)
    shuffled = np.concatenate(
        [generator(0, 4, epoch).permutation(samples) for epoch in range(epochs)]
    )
    return shuffled[: steps * batch].reshape(steps, batch).astype("int32")


def network(
    hidden: tuple[int, ...], activation: str, normalized: bool = False, skip: bool = False
) -> "keras.Model":
    """A Keras model from the plane to one logit.

    Args:
        hidden: the widths of the hidden layers.
        activation: theirs, by name.
        normalized: whether batch normalization stands before each activation.
        skip: whether each hidden layer but the first adds what it gets to what it gives.
    """
    import keras

    signal = x = keras.Input((2,))
    for place, width in enumerate(hidden):
        before, signal = signal, keras.layers.Dense(width)(signal)
        if normalized:
            signal = keras.layers.BatchNormalization()(signal)
        signal = layer(activation)(signal)
        if skip and place:
            signal = keras.layers.Add()([before, signal])
    return keras.Model(x, keras.layers.Dense(1)(signal))


def record(y: "tf.Tensor", z: "tf.Tensor") -> "dict[str, tf.Tensor]":
    """The loss of each network, and the share of points that it gets right."""
    import tensorflow as tf

    right = tf.cast(tf.equal(z > 0, y > 0.5), tf.float32)  # a comparison with NaN is false
    return {"loss": xor.stable_loss(y, z), "right": tf.reduce_mean(right, (0, 1))}
