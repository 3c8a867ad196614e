"""Counts weighted sums that are exactly 0 in the batches that networks are trained on."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from reproductions.training import activations, digits, xor

if TYPE_CHECKING:
    from reproductions.experiments.gradients.dying_relu.run import Spec

XOR_POST, CNN = "XOR post", "zero-padded CNN"
"""The settings: the post's ReLU network, and a convolution over images with a black border."""


def training_zeros(spec: "Spec") -> pd.DataFrame:
    """The table `training_zeros`: each network's weighted sums on its batches, and the zeros."""
    return pd.DataFrame([*_xor_rows(spec), *_cnn_rows(spec)])


def _xor_rows(spec: "Spec") -> Iterator[dict[str, Any]]:
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
    for seed in seeds:
        yield _row(XOR_POST, seed, zeros[seed], sums)


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
    for when, weights, picked in (("first batch", start, order[0]), ("later", end, order[-1])):
        x = tf.constant(images.x_train[picked])
        signals = classifier.signals(layer, [tf.constant(w) for w in weights], x)[:-1]
        z = np.concatenate([np.asarray(z).reshape(len(seeds), -1) for z, _ in signals], axis=1)
        for seed in seeds:
            yield _row(f"{CNN}, {when}", seed, (z[seed] == 0).sum(), z.shape[1])


def _row(setting: str, seed: int, zeros: int, sums: int) -> dict[str, Any]:
    return {"setting": setting, "seed": seed, "zeros": int(zeros), "sums": int(sums)}
