"""Many single perceptrons, trained side by side by the perceptron's own learning rule.

A perceptron answers 1 where w1 x1 + w2 x2 + b > 0, else 0. Rosenblatt's rule (1958) needs no
gradient: after each point, the weights move by (target - answer) times the input.
"""

import numpy as np

from reproductions.evidence.statistics import generator


def initial_weights(seeds: range) -> np.ndarray:
    """Weights w1, w2 and b from N(0, 1), a stream for each seed, (3, seed)."""
    return np.stack([generator(seed).standard_normal(3) for seed in seeds], axis=-1)


def answers(weights: np.ndarray, x: np.ndarray) -> np.ndarray:
    """Whether each perceptron answers 1 to each point, (point, seed).

    Args:
        weights: w1, w2 and b, (3, seed).
        x: the points, (point, 2).
    """
    return _sums(weights, x[:, :1], x[:, 1:]) > 0


def train(
    weights: np.ndarray,
    x: np.ndarray,
    targets: np.ndarray,
    epochs: int,
    orders: np.ndarray | None = None,
) -> tuple[np.ndarray, np.ndarray]:
    """Applies the rule point by point.

    Args:
        weights: w1, w2 and b, (3, seed).
        x: the points, (point, 2).
        targets: 0 or 1, (point,).
        epochs: passes over all points.
        orders: the order of the points in each pass, (epoch, point, seed); by default as they are.

    Returns:
        The weights afterwards, and after how many passes each perceptron first had all points
        right; `epochs` + 1 where it never had.
    """
    weights, places = weights.astype("float64"), np.arange(weights.shape[1])
    targets = np.asarray(targets, bool)
    needed = np.full(len(places), epochs + 1)
    for epoch in range(epochs + 1):
        right = (answers(weights, x) == targets[:, None]).all(axis=0)
        needed = np.where(right, np.minimum(needed, epoch), needed)
        if right.all() or epoch == epochs:
            break
        for i in range(len(x)):
            picked = np.full(len(places), i) if orders is None else orders[epoch, i]
            first, second = x[picked].T.astype("float64")
            error = targets[picked].astype(int) - (_sums(weights, first, second) > 0)
            weights += error * np.stack([first, second, np.ones_like(first)])
    return weights, needed


def _sums(weights, first, second):
    # Not a matrix product, so that every machine adds in the same order.
    return weights[0] * first + weights[1] * second + weights[2]
