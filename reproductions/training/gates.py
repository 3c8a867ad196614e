"""Logic gates as regression: the targets 0 and 1, the squared error, and what counts as solved."""

from typing import TYPE_CHECKING

import numpy as np

from reproductions.training import xor

if TYPE_CHECKING:
    import keras

    from reproductions.training.replicas import Replicas

GATES = {
    "AND": np.array([[0], [0], [0], [1]], "float32"),
    "OR": np.array([[0], [1], [1], [1]], "float32"),
    "XOR": xor.Y,
}
"""The targets of each gate on the four points `xor.X`, (point, 1)."""

MARGIN = 0.1


def engine(model: "keras.Sequential", gradients: bool = False) -> "Replicas":
    """Trains replicas of a model on the mean squared error, and records their answers.

    Args:
        model: from two inputs to one output.
        gradients: also record the norms of the gradients, as `Replicas` does.
    """
    import tensorflow as tf

    from reproductions.training.replicas import Replicas

    return Replicas(
        model,
        lambda y, answer: tf.reduce_mean((answer - y) ** 2, (0, 1)),
        lambda y, answer: {"answers": answer[:, 0]},
        gradients=gradients,
        watch=False,
        threads=1,
    )


def solved(answers: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Which replicas have all answers on the right side of 1/2, at least `MARGIN` away from it.

    Args:
        answers: of shape (..., point, replica).
        y: the targets, (point, 1).

    Returns:
        Truth values of shape (..., replica).
    """
    side = np.where(y > 0.5, 1, -1)
    return np.all(side * (answers - 0.5) >= MARGIN, axis=-2)


def squared_error(answers: np.ndarray, y: np.ndarray) -> np.ndarray:
    """The mean squared error in float64, (..., replica); arguments as for `solved`."""
    return ((answers.astype("float64") - y) ** 2).mean(axis=-2)
