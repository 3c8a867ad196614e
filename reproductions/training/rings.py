"""Rings around the origin whose labels take turns, and networks that must separate them.

Two rings are the circles of the slides' animations; with more rings the same kind of task becomes
harder, as the answer must change more often on the way outwards.
"""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import numpy as np

from reproductions.evidence.statistics import generator

if TYPE_CHECKING:
    import tensorflow as tf

    from reproductions.training.replicas import Replicas

POINTS = 1_440  # of the training set, the same for any number of rings up to six
ANGLES = 240  # of the dense grid, on each ring
BATCH = 32
GROUP = 32
"""Seeds that see the same batches; every group has an order of its own."""

TUNING = 31_250 * GROUP
"""The first seed of those that choose rates and tasks, far from those that are judged."""


def radii(rings: int) -> np.ndarray:
    """The radii of so many rings, evenly spaced, the outermost one 1."""
    return np.arange(1, rings + 1) / rings


def points(rings: int, angles: int) -> tuple[np.ndarray, np.ndarray]:
    """Evenly spaced points on each ring, (point, 2), and labels, (point, 1).

    The outermost ring has label 1, the next one 0, and so on in turn.
    """
    angle = np.linspace(0, 2 * np.pi, angles, endpoint=False)
    unit = np.stack([np.sin(angle), np.cos(angle)], 1)
    x = (radii(rings)[:, None, None] * unit).reshape(-1, 2)
    labels = (np.arange(rings) + rings) % 2
    return x.astype("float32"), np.repeat(labels, angles)[:, None].astype("float32")


def order(group: int, steps: int) -> np.ndarray:
    """The samples that each step of a group of seeds uses, (step, batch), shuffled each epoch."""
    random = generator(group, 3)
    epochs = -(-steps * BATCH // POINTS)
    shuffled = np.concatenate([random.permutation(POINTS) for _ in range(epochs)])
    return shuffled[: steps * BATCH].reshape(steps, BATCH).astype("int32")


def engine(hidden: tuple[int, ...], activation: str) -> "Replicas":
    """The replica engine of a network from the plane to one sigmoid, on one thread.

    Args:
        hidden: the widths of the hidden layers.
        activation: after each hidden layer, by its name: "linear", "tanh" or "relu".
    """
    import keras
    import tensorflow as tf

    from custom_layers import Linear, ReLU, Sigmoid, Tanh
    from reproductions.training.replicas import Replicas

    function = {"linear": Linear, "tanh": Tanh, "relu": ReLU}[activation]
    layers = [layer for width in hidden for layer in (keras.layers.Dense(width), function())]
    model = keras.Sequential([keras.Input((2,)), *layers, keras.layers.Dense(1), Sigmoid()])

    def squared_loss(y: "tf.Tensor", output: "tf.Tensor") -> "tf.Tensor":
        return tf.reduce_mean((y - output) ** 2, (0, 1))

    return Replicas(model, squared_loss, threads=1, block=GROUP)


def train(
    engine: "Replicas", rings: int, seeds: Sequence[int], rate: float, steps: int
) -> list[np.ndarray]:
    """The weights of replicas after so many updates by SGD on the mean squared error.

    Args:
        engine: from `engine`.
        rings: how many must be separated.
        seeds: of the replicas, one after the other; initial weights are Glorot's.
        rate: the learning rate.
        steps: how many updates.

    Returns:
        Arrays as `model.get_weights()`, the replica on one more, last axis.
    """
    from reproductions.training import replicas

    x, y = points(rings, POINTS // rings)
    trained = []
    for group in sorted({seed // GROUP for seed in seeds}):
        members = [seed for seed in seeds if seed // GROUP == group]
        weights = replicas.initial_weights(engine.model, members, "glorot")
        done = engine.train(weights, x, y, rate, steps, batches=order(group, steps))
        trained.append(done.weights)
    return [np.concatenate(arrays, axis=-1) for arrays in zip(*trained, strict=True)]


def signals(weights: Sequence[np.ndarray], activation: str, x: np.ndarray) -> list[np.ndarray]:
    """What each layer puts out, in float64, each (point, unit, replica).

    The last array is the logit, to which the network applies the sigmoid.
    """
    functions: dict[str, Callable[[np.ndarray], np.ndarray]] = {
        "linear": np.asarray,
        "tanh": np.tanh,
        "relu": lambda z: np.maximum(z, 0),
    }
    signal = np.repeat(np.asarray(x, "float64")[..., None], weights[0].shape[-1], axis=-1)
    layers = []
    for kernel, bias in zip(weights[::2], weights[1::2], strict=True):
        logit = np.einsum("pir,ior->por", signal, np.asarray(kernel, "float64")) + bias
        signal = functions[activation](logit)
        layers.append(signal)
    return [*layers[:-1], logit]


def right(weights: Sequence[np.ndarray], activation: str, rings: int) -> np.ndarray:
    """How many points of the dense grid each replica classifies correctly, (replica,)."""
    x, labels = points(rings, ANGLES)
    logit = signals(weights, activation, x)[-1][:, 0]
    return ((logit > 0) == (labels > 0.5)).sum(axis=0)
