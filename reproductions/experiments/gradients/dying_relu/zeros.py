"""Counts weighted sums that are exactly 0 in the batches that networks are trained on."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from reproductions.evidence.statistics import bootstrap_interval, share_of_sums
from reproductions.training import activations, digits, xor

if TYPE_CHECKING:
    from reproductions.experiments.gradients.dying_relu.run import Spec

XOR_POST = "XOR post's ReLU network"
CNN_FIRST, CNN_LATER = "zero-padded CNN, first batch", "zero-padded CNN, an epoch later"
"""The settings: the post's ReLU network, and a convolution over images with a black border."""


def training_zeros(spec: "Spec") -> pd.DataFrame:
    """The table `training_zeros`: weighted sums on training batches, and those exactly 0."""
    return pd.DataFrame([_xor_row(spec), *_cnn_rows(spec)])


def _xor_row(spec: "Spec") -> dict[str, Any]:
    """The post's network of ten layers with ReLU, trained on all four points in each step."""
    from reproductions.training import replicas, units

    model = xor.network((spec.post_width,) * spec.post_depth, "relu", "stable")
    seeds = range(min(spec.seeds, spec.zero_seeds))
    engine = replicas.Replicas(model, xor.LOSSES["stable"], snapshots=True, watch=False)
    trained = engine.train(
        replicas.initial_weights(model, seeds),
        xor.X,
        xor.Y,
        spec.post_rate,
        spec.post_steps,
        every=spec.post_every,
    )
    records = [trained.records[f"weight_{i}"] for i in range(len(trained.weights))]
    steps = len(records[0])
    # Each record of each network is a replica of its own here.
    weights = [np.moveaxis(w, 0, -1).reshape(*w.shape[1:-1], -1) for w in records]
    zeros, sums = np.zeros(len(seeds), dtype=int), 0
    for z, *_ in units.pre_activations(lambda: activations.layer("relu"), weights, xor.X):
        by_seed = np.asarray(z).reshape(len(seeds), steps, *z.shape[1:])
        zeros += (by_seed == 0).sum(axis=(1, 2, 3))
        sums += by_seed[0].size
    return _row(XOR_POST, zeros, sums)


def _cnn_rows(spec: "Spec") -> Iterator[dict[str, Any]]:
    """A convolution whose biases start at 0, on its first batch and an epoch later."""
    import tensorflow as tf

    from reproductions.training import classifiers

    images = digits.load()
    classifier = classifiers.Classifier(filters=spec.filters)
    seeds = range(min(spec.seeds, spec.cnn_seeds))
    start = classifier.weights(images, seeds)
    order = classifiers.batches(images, spec.cnn_steps + 1, spec.cnn_batch)
    _, end = classifiers.train(
        classifier,
        lambda: activations.layer("relu"),
        images,
        start,
        np.full(len(seeds), spec.post_rate),
        [spec.cnn_steps],
        batch=spec.cnn_batch,
    )
    layer = activations.layer("relu")
    for setting, weights, picked in ((CNN_FIRST, start, order[0]), (CNN_LATER, end, order[-1])):
        x = tf.constant(images.x_train[picked])
        signals = classifier.signals(layer, [tf.constant(w) for w in weights], x)[:-1]
        z = np.concatenate([np.asarray(z).reshape(len(seeds), -1) for z, _ in signals], axis=1)
        yield _row(setting, (z == 0).sum(axis=1), z.shape[1])


def _row(setting: str, zeros: np.ndarray, sums: int) -> dict[str, Any]:
    """A setting's row, from the zeros of each network among so many sums."""
    share, low, high = share_over_networks(zeros, np.full(len(zeros), sums))
    return {
        "setting": setting,
        "seeds": len(zeros),
        "with_zeros": int((zeros > 0).sum()),
        "sums": sums,
        "share": share,
        "low": low,
        "high": high,
    }


def share_over_networks(part: np.ndarray, whole: np.ndarray) -> tuple[float, float, float]:
    """The share that `part` is of `whole`, with its 95 % bootstrap interval.

    Networks are resampled whole, because what is counted in one network is not independent.

    Args:
        part: counts, (network,).
        whole: what they are counts of, (network,).
    """
    if not whole.sum():
        return 0.0, np.nan, np.nan
    share = part.sum() / whole.sum()
    if len(whole) < 3:
        return share, np.nan, np.nan
    if np.ptp(part / np.maximum(whole, 1)) == 0:  # resampling changes nothing
        return share, share, share
    return share, *bootstrap_interval(share_of_sums, part, whole)
