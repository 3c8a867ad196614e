"""How SGD moves the weights of one linear unit: its gradients' signs, and how crooked its path is.

The measure of the zigzag is the length of the weights' path over their displacement, the distance
from the first weights to the last. A unit y = w · a learns the weights w* that made its samples of
a and y, so the gap w - w* alone matters. It has no bias.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from reproductions.evidence.statistics import generator

SAMPLES = 4_096
"""Samples of one problem. It is a power of two, so that every odd stride goes through them all."""

REACHED = 0.1
"""The unit has arrived when this share of the first gap |w - w*| is left."""


def inputs(width: int, seed: int = 0) -> np.ndarray:
    """N(0, 1) inputs z of the activations that feed a unit, (SAMPLES, width), float32."""
    return generator(seed, width).standard_normal((SAMPLES, width)).astype("float32")


def outputs(layer: Callable, z: np.ndarray) -> np.ndarray:
    """The features f(z) that an elementwise activation feeds the unit, float64 of z's shape."""
    return np.array(layer(z)).astype("float64")


def second_moment(features: np.ndarray) -> np.ndarray:
    """The Hessian of half a unit's squared error, E[a aᵀ], (width, width)."""
    return features.T @ features / len(features)


def eigenvalues(features: np.ndarray) -> np.ndarray:
    """The eigenvalues of the Hessian in ascending order, (width,)."""
    return np.linalg.eigvalsh(second_moment(features))


def length_factor(features: np.ndarray) -> float:
    """The factor by which one large eigenvalue of the Hessian lengthens the path of small steps.

    It is sqrt(mean of all eigenvalues / mean of all but the largest), so 1 if all are equal.
    SGD soon closes the gap w - w* along the eigenvector of the largest eigenvalue. From then on a
    sample still moves w by |delta| |a|, to which all eigenvalues add, but only the others bring w
    nearer to w*. Independent features of mean m and variance v have the largest eigenvalue
    v + width m², all others are v, and the factor is sqrt(1 + m²/v).
    """
    values = eigenvalues(features)
    return float(np.sqrt(values.mean() / values[:-1].mean()))


def steps_factor(features: np.ndarray) -> float:
    """The largest eigenvalue of the Hessian over the mean of the others.

    At a rate given in units of 1 / (largest eigenvalue), small steps need that many times as many
    updates as if all eigenvalues were equal.
    """
    values = eigenvalues(features)
    return float(values[-1] / values[:-1].mean())


@dataclass(frozen=True)
class Paths:
    """The path of each seed's weights; all arrays but `track` are (seed,).

    Attributes:
        steps: updates until arrival, or all updates made if it never arrived.
        length: of the path, the sum of the lengths of all updates.
        displacement: the distance from the first weights to the last.
        arrived: whether at most the share `REACHED` of the first gap was left.
        track: the gap w - w* at every step, (step, seed, width), if it was asked for.
    """

    steps: np.ndarray
    length: np.ndarray
    displacement: np.ndarray
    arrived: np.ndarray
    track: np.ndarray | None = None

    @property
    def ratio(self) -> np.ndarray:
        """Length over displacement, which is 1 for a straight path."""
        return self.length / self.displacement


def starts(width: int, seeds: Sequence[int]) -> np.ndarray:
    """The gaps w - w* at the start, of two N(0, 1) draws for each seed, (seed, width)."""
    draws = np.stack([generator(seed, 1).standard_normal((2, width)) for seed in seeds])
    return draws[:, 0] - draws[:, 1]


def descend(
    features: np.ndarray,
    start: np.ndarray,
    seeds: Sequence[int],
    rate: float,
    batch: int = 1,
    limit: int = 4_000,
    keep_track: bool = False,
) -> Paths:
    """Trains one linear unit from many seeds by SGD on half the squared error, in float64.

    An update is w -= rate * mean(delta a) over a batch, where delta = (w - w*) · a. Each seed goes
    through all samples in an order of its own, which is the same for all features.

    Args:
        features: what feeds the unit, (SAMPLES, width).
        start: the gaps w - w* at the start, (seed, width).
        seeds: each gives the order of the samples.
        rate: learning rate.
        batch: samples in an update.
        limit: most updates that are made.
        keep_track: whether to keep the track; then no seed stops before all have arrived.
    """
    orders = [generator(seed, 2).integers(SAMPLES, size=2) for seed in seeds]
    first_sample, stride = np.array(orders).T[:, :, None]
    stride = 2 * (stride // 2) + 1
    goal = REACHED * np.linalg.norm(start, axis=1)
    gap, length = start.copy(), np.zeros(len(start))
    steps, arrived = np.full(len(start), limit), np.zeros(len(start), bool)
    active, track = np.arange(len(start)), [start.copy()]
    for step in range(limit):
        place = step * batch + np.arange(batch)
        samples = (first_sample[active] + stride[active] * place) % SAMPLES
        a, gap_before = (
            features.take(samples, 0),
            gap[active],
        )  # (seed, batch, width), (seed, width)
        delta = (a @ gap_before[:, :, None])[..., 0]
        update = -rate / batch * (delta[:, None] @ a)[:, 0]
        gap[active] = gap_before + update
        length[active] += np.linalg.norm(update, axis=1)
        left = np.linalg.norm(gap[active], axis=1)
        if keep_track:
            track.append(gap.copy())
        new_arrivals = active[(left <= goal[active]) & ~arrived[active]]
        steps[new_arrivals], arrived[new_arrivals] = step + 1, True
        # A gap that has grown a hundredfold diverges: there is no need to wait until it overflows.
        stops = arrived[active] | (left > 1_000 * goal[active])
        if not keep_track:
            active = active[~stops]
        if arrived.all() or not len(active):
            break
    displacement = np.linalg.norm(gap - start, axis=1)
    return Paths(steps, length, displacement, arrived, np.array(track) if keep_track else None)


def unit_gradients(features: np.ndarray, weights: np.ndarray, target: np.ndarray) -> np.ndarray:
    """The gradient of each sample's squared error by automatic differentiation, (sample, width).

    Args:
        features: what feeds the unit, (sample, width).
        weights: of the unit, (width,).
        target: the right answer to each sample, (sample,).
    """
    import tensorflow as tf

    # Each sample has its own copy of the weights, whose gradient is that of this sample's error.
    copies = tf.constant(np.broadcast_to(weights, features.shape))
    with tf.GradientTape() as tape:
        tape.watch(copies)
        errors = (tf.reduce_sum(copies * features, 1) - target) ** 2
    return np.array(tape.gradient(errors, copies))


def signs(gradients: np.ndarray, axis: int = 1) -> dict[str, np.ndarray]:
    """Whether the gradients of a unit's incoming weights have one sign, sample by sample.

    Args:
        gradients: of each sample's loss with respect to the incoming weights.
        axis: the axis of the incoming weights.

    Returns:
        Booleans, without that axis. `compared`: at least two of the gradients are not 0. `opposed`:
        two of them have opposite signs. `all_same`: all have one sign, and none is 0.
    """
    positive, negative = (gradients > 0).sum(axis), (gradients < 0).sum(axis)
    width = gradients.shape[axis]
    return {
        "compared": positive + negative >= 2,
        "opposed": (positive > 0) & (negative > 0),
        "all_same": (positive == width) | (negative == width),
    }
