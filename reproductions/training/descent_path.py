"""How SGD moves the weights of a unit: the signs of its gradients, and how far from straight.

The zigzag as measured here: the length of the path of the weights over the distance that they come.
A unit y = w · a learns its own weights back from samples of a and y, so that w - w* alone matters.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from reproductions.evidence.statistics import generator

POOL = 4_096
"""Samples of one problem; a power of two, so that every odd stride goes through them all."""

REACHED = 0.1
"""The unit has arrived when this share of the distance to its weights w* is left."""


def inputs(width: int, seed: int = 0) -> np.ndarray:
    """Independent N(0, 1) inputs of the functions that feed a unit, (POOL, width), float32."""
    return generator(seed, width).standard_normal((POOL, width)).astype("float32")


def outputs(layer: Callable, z: np.ndarray) -> np.ndarray:
    """What an activation layer (any function of a tensor, elementwise) feeds the unit, float64."""
    return np.array(layer(z)).astype("float64")


def second_moment(features: np.ndarray) -> np.ndarray:
    """The Hessian of a unit's squared error over 2, E[a aᵀ], (width, width)."""
    return features.T @ features / len(features)


def length_factor(features: np.ndarray) -> float:
    """By how much one large eigenvalue of the Hessian lengthens the path of small steps.

    Once the top eigenvector's share of w - w* is settled, a sample moves w by |delta| |a|, on
    average sqrt(rest * trace), and gets it there by the rest of the eigenvalues alone: the factor
    sqrt(trace / (width * rest)) is 1 if all are equal. Independent features of mean m and variance
    v have the top eigenvalue v + width m² and the rest v, so sqrt(1 + m²/v).
    """
    values = np.linalg.eigvalsh(second_moment(features))
    return float(np.sqrt(values.mean() / values[:-1].mean()))


@dataclass(frozen=True)
class Paths:
    """What each seed's descent came to, (seed,) each.

    Attributes:
        steps: updates until arrival, or as many as were made.
        length: of the path, the sum of all updates' lengths.
        displacement: the distance from the first weights to the last.
        arrived: whether `REACHED` of the distance or less was left.
        track: the weights less their goal at every step, (step, seed, width), if asked for.
    """

    steps: np.ndarray
    length: np.ndarray
    displacement: np.ndarray
    arrived: np.ndarray
    track: np.ndarray | None = None

    @property
    def ratio(self) -> np.ndarray:
        """Length over displacement: 1 is straight."""
        return self.length / self.displacement


def starts(width: int, seeds) -> np.ndarray:
    """First weights less the goal, w - w* of two N(0, 1) draws, (seed, width)."""
    draws = np.stack([generator(seed, 1).standard_normal((2, width)) for seed in seeds])
    return draws[:, 0] - draws[:, 1]


def descend(
    features: np.ndarray,
    start: np.ndarray,
    seeds,
    rate: float,
    batch: int = 1,
    limit: int = 4_000,
    keep: bool = False,
) -> Paths:
    """SGD of one linear unit on the squared error over 2, many seeds side by side, in float64.

    The update is w -= rate * mean(delta a), delta = (w - w*) · a. Each seed goes through all
    samples in an order of its own, the same for all features.

    Args:
        features: what feeds the unit, (POOL, width).
        start: first weights less the goal, (seed, width).
        seeds: give each its order.
        rate: learning rate.
        batch: samples in an update.
        limit: updates at most.
        keep: keep the track; then no seed stops before the others.
    """
    orders = [generator(seed, 2).integers(POOL, size=2) for seed in seeds]
    offset, stride = np.array(orders).T[:, :, None]
    stride = 2 * (stride // 2) + 1
    goal = REACHED * np.linalg.norm(start, axis=1)
    away, length = start.copy(), np.zeros(len(start))
    steps, arrived = np.full(len(start), limit), np.zeros(len(start), bool)
    going, track = np.arange(len(start)), [start.copy()]
    places = np.arange(batch)
    for step in range(limit):
        own = (offset[going] + stride[going] * (step * batch + places)) % POOL
        a, current = features.take(own, 0), away[going]  # (seed, batch, width), (seed, width)
        delta = (a @ current[:, :, None])[..., 0]
        update = -rate / batch * (delta[:, None] @ a)[:, 0]
        away[going] = current + update
        length[going] += np.linalg.norm(update, axis=1)
        left = np.linalg.norm(away[going], axis=1)
        track.append(away.copy()) if keep else None
        ended = going[(left <= goal[going]) & ~arrived[going]]
        steps[ended], arrived[ended] = step + 1, True
        # What has grown a hundredfold diverges: it need not go on until it overflows.
        stop = arrived[going] | (left > 1_000 * goal[going])
        if keep:
            if arrived.all():
                break
        elif stop.any():
            going = going[~stop]
            if not len(going):
                break
    displacement = np.linalg.norm(away - start, axis=1)
    return Paths(steps, length, displacement, arrived, np.array(track) if keep else None)


def unit_gradients(features: np.ndarray, weights: np.ndarray, target: np.ndarray) -> np.ndarray:
    """The gradient of each sample's squared error by automatic differentiation, (sample, width).

    Args:
        features: what feeds the unit, (sample, width).
        weights: the unit's, (width,).
        target: of each sample, (sample,).
    """
    import tensorflow as tf

    # A copy of the weights for each sample: its gradient is that of this sample's error.
    copies = tf.constant(np.broadcast_to(weights, features.shape))
    with tf.GradientTape() as tape:
        tape.watch(copies)
        errors = (tf.reduce_sum(copies * features, 1) - target) ** 2
    return np.array(tape.gradient(errors, copies))


def signs(gradients: np.ndarray, axis: int = 1) -> dict[str, np.ndarray]:
    """Whether a unit's weights have gradients of one sign, on each sample.

    Args:
        gradients: of one sample's loss with respect to a unit's incoming weights.
        axis: that of the incoming weights.

    Returns:
        As booleans without that axis: `compared`, two or more of the gradients are not 0;
        `opposed`, two of them have opposite signs; `all_same`, all are of one sign and none is 0.
    """
    positive, negative = (gradients > 0).sum(axis), (gradients < 0).sum(axis)
    width = gradients.shape[axis]
    return {
        "compared": positive + negative >= 2,
        "opposed": (positive > 0) & (negative > 0),
        "all_same": (positive == width) | (negative == width),
    }
