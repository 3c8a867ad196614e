"""What feeds the linear unit: activations with and without their mean, and the controls."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from reproductions.evidence.statistics import generator
from reproductions.training import activations, descent_path

SHIFTS = {
    # Each function, and what is added to it: E ReLU(z) = 1 / sqrt(2 pi); tanh(z) + 1 = 2 s(2z).
    "sigmoid": ("sigmoid", 0.0),
    "sigmoid - 1/2": ("sigmoid", -0.5),
    "tanh": ("tanh", 0.0),
    "tanh + 1": ("tanh", 1.0),
    "relu": ("relu", 0.0),
    "relu - mean": ("relu", -1 / np.sqrt(2 * np.pi)),
}

CONTROLS = ("rotated", "mirrored", "whitened", "stretched tanh", "one at a time")

MEAN_PAIRS = {"sigmoid": "sigmoid - 1/2", "tanh + 1": "tanh", "relu": "relu - mean"}
"""Each function with a mean, and the same function without it."""

CONTROL_PAIRS = {
    "rotated": "sigmoid",
    "mirrored": "sigmoid",
    "stretched tanh": "sigmoid",
    "whitened": "sigmoid - 1/2",
    "one at a time": "sigmoid - 1/2",
}
"""Each control, and what it is compared with."""

OTHER_PAIRS = (("sigmoid", "tanh"), ("relu", "tanh"))


@dataclass(frozen=True)
class Problem:
    """What a linear unit learns from.

    Attributes:
        features: what feeds the unit, (sample, width).
        axes: the orthogonal matrix that takes weights of the original inputs to the axes of these
            features, (width, width).
    """

    features: np.ndarray
    axes: np.ndarray

    def descend(
        self,
        start: np.ndarray,
        seeds: Sequence[int],
        factor: float,
        batch: int,
        limit: int,
        keep_track: bool = False,
    ) -> descent_path.Paths:
        """The paths under SGD.

        Args:
            start: the gaps to the goal at the start, (seed, width), on the original axes.
            seeds: each gives the order of the samples.
            factor: the learning rate in units of 1 / (largest eigenvalue of the Hessian).
            batch: samples in an update.
            limit: most updates that are made.
            keep_track: whether to keep the weights of every step.
        """
        rate = factor / descent_path.eigenvalues(self.features)[-1]
        return descent_path.descend(
            self.features, start @ self.axes, seeds, rate, batch, limit, keep_track
        )


def make_problem(name: str, width: int) -> Problem:
    """The problem of a function of `SHIFTS`, or of one of the `CONTROLS`."""
    z = descent_path.inputs(width)

    def shifted(function_name: str) -> np.ndarray:
        function, shift = SHIFTS[function_name]
        return descent_path.outputs(activations.layer(function), z) + shift

    same_axes = np.eye(width)
    if name in SHIFTS:
        return Problem(shifted(name), same_axes)
    sigmoid = shifted("sigmoid")
    moment = descent_path.second_moment(sigmoid)
    if name == "rotated":
        axes = _rotation(width)
        return Problem(sigmoid @ axes, axes)
    if name == "mirrored":
        sign = generator(0, width, 5).choice([-1.0, 1.0], size=(len(z), 1))
        return Problem(sign * sigmoid, same_axes)
    if name == "whitened":
        return Problem(sigmoid @ _matrix_power(moment, -0.5), same_axes)
    if name == "stretched tanh":
        tanh = shifted("tanh")
        whitened = tanh @ _matrix_power(descent_path.second_moment(tanh), -0.5)
        return Problem(whitened @ _matrix_power(moment, 0.5), same_axes)
    # "one at a time": only the largest input gets through. No feature is ever negative, and no
    # sample moves two weights.
    return Problem(np.sqrt(width) * (z == z.max(axis=1, keepdims=True)), same_axes)


def _matrix_power(matrix: np.ndarray, exponent: float) -> np.ndarray:
    """A power of a symmetric positive matrix."""
    values, vectors = np.linalg.eigh(matrix)
    return vectors * values**exponent @ vectors.T


def _rotation(width: int) -> np.ndarray:
    """An orthogonal matrix, a Householder reflection, whose first column is along (1, ..., 1)."""
    normal = np.full(width, 1 / np.sqrt(width)) - np.eye(width)[0]
    return np.eye(width) - 2 * np.outer(normal, normal) / (normal @ normal)
