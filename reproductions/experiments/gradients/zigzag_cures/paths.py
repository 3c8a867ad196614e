"""Trains the networks, and measures the path of their weights until a loss is reached."""

import functools
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from reproductions.experiments.gradients.zigzag_cures.settings import Setting
from reproductions.training import activations, shifted_network
from reproductions.training.pool import Shard

if TYPE_CHECKING:
    import keras


def _network(setting: Setting) -> "keras.Model":
    """The network of `shifted_network`, with normalization where the setting has it."""
    import keras

    kinds = {
        "batch": keras.layers.BatchNormalization,
        "layer": keras.layers.LayerNormalization,
    }
    signal = x = keras.Input((2,))
    for width in shifted_network.HIDDEN:
        signal = keras.layers.Dense(width)(signal)
        if setting.normalization and not setting.after:
            signal = kinds[setting.normalization]()(signal)
        signal = activations.layer(setting.function)(signal)
        if setting.shift:
            signal = keras.layers.Rescaling(1.0, setting.shift)(signal)
        if setting.normalization and setting.after:
            signal = kinds[setting.normalization]()(signal)
    return keras.Model(x, keras.layers.Dense(1)(signal))


def _engine(setting: Setting):
    """The engine, the places of the kernels that hidden units feed, and the loss of weights."""
    import keras
    import tensorflow as tf

    from reproductions.training import replicas

    optimizer = {
        "sgd": lambda: keras.optimizers.SGD(momentum=setting.momentum),
        "rmsprop": keras.optimizers.RMSprop,
        "adam": lambda: keras.optimizers.Adam(beta_1=setting.momentum),
    }[setting.optimizer]

    def squared_error(y, answer):
        return tf.reduce_mean((answer - y) ** 2, (0, 1))

    engine = replicas.Replicas(
        _network(setting),
        squared_error,
        snapshots=True,
        watch=False,
        threads=1,
        optimizer=optimizer(),
    )
    x, y = (tf.constant(array)[..., None] for array in shifted_network.data())

    def loss(weights):
        # In training, batch normalization takes the statistics of what it gets: of all samples.
        return squared_error(y, engine.network(weights, x, training=True)[0])

    # A partial, as the engine's own loop is one: else TensorFlow would count all as one function.
    loss_of = tf.function(functools.partial(loss), jit_compile=True, autograph=False)

    kernels = [i for i, w in enumerate(engine.model.weights) if len(w.shape) == 2]
    return engine, kernels[1:], loss_of


def paths(
    shard: Shard,
    setting: Setting,
    seeds: Sequence[int],
    rates: Sequence[float],
    steps: int,
    look: int,
    losses: Sequence[float],
) -> dict[str, np.ndarray]:
    """The path of each network until it reaches each loss.

    Args:
        shard: keeps the compiled engine.
        setting: the network; its own rate is not used.
        seeds: each gives the first weights and the order of the samples.
        rates: the learning rates at which each seed is trained.
        steps: the most updates.
        look: how many updates there are between two looks at the loss.
        losses: at which paths end.

    Returns:
        Arrays (loss, rate, seed): after how many `updates` the loss was found reached, infinity if
        it never was; the `length` of the path until then, or until its end; and the `displacement`,
        the distance between the ends of that path.
    """
    from reproductions.training import replicas

    engine, kernels, loss_of = shard.once(_engine, setting.compiled)
    x, y = shifted_network.data()
    weights = replicas.initial_weights(engine.model, seeds, "glorot")
    for kernel in kernels:
        weights[kernel + 1] -= np.float32(setting.shift) * weights[kernel].sum(axis=0)
    weights = [np.concatenate([w] * len(rates), axis=-1) for w in weights]
    all_seeds = list(seeds) * len(rates)

    def order(start: int, stop: int) -> np.ndarray:
        batch, of_block = setting.batch, all_seeds[start:stop]
        orders = [shifted_network.sample_order(seed, batch, steps) for seed in of_block]
        return np.stack(orders, axis=-1)

    blocks = engine.blocks(
        weights,
        x,
        y,
        np.repeat(rates, len(seeds)),
        steps,
        every=1,
        # All samples need no order.
        batches=order if setting.batch < shifted_network.SAMPLES else None,
        record_on=(x[:1], y[:1]),  # of each record only the weights are used
    )
    measured_blocks = []
    for block in blocks:
        tracks = [
            np.concatenate([block.records[f"weight_{i}"], w[None]])
            for i, w in enumerate(block.weights)
        ]
        seen = _losses(tracks, np.arange(look, steps + 1, look), loss_of, min(losses))
        measured_blocks.append(_measured([tracks[i] for i in kernels], seen, look, losses))
    return {
        name: np.concatenate([block[name] for block in measured_blocks], axis=-1).reshape(
            len(losses), len(rates), len(seeds)
        )
        for name in measured_blocks[0]
    }


LOOKS = 16
"""At how many weights of a replica the loss is computed at once."""


def _losses(tracks: list[np.ndarray], places: np.ndarray, loss_of: Any, lowest: float):
    """The loss at these places of the tracks, (place, replica), until all have seen the lowest."""
    replicas = tracks[0].shape[-1]
    seen: list[np.ndarray] = []
    for i in range(0, len(places), LOOKS):
        # Always as many, for another number would be compiled anew; what is too much is cut off.
        picked = np.resize(places[i : i + LOOKS], LOOKS)
        together = [
            np.moveaxis(track[picked], 0, -2).reshape(*track.shape[1:-1], -1) for track in tracks
        ]
        seen += list(loss_of(together).numpy().reshape(LOOKS, replicas)[: len(places) - i])
        if (np.min(seen, axis=0) <= lowest).all():
            break
    return np.array(seen)


def _measured(
    tracks: list[np.ndarray], seen: np.ndarray, look: int, losses: Sequence[float]
) -> dict[str, np.ndarray]:
    """The measures of `paths`, each (loss, replica).

    Args:
        tracks: a kernel at every step, (step, in, out, replica).
        seen: the loss after every `look` updates, (place, replica).
        look: how many updates there are between two looks.
        losses: at which paths end.
    """
    steps, replicas = len(tracks[0]) - 1, tracks[0].shape[-1]
    # Differences are exact in float32, as their ends are near.
    moves = [np.diff(track, axis=0).astype("float64") for track in tracks]
    with np.errstate(invalid="ignore", over="ignore"):  # a rate may be too high
        updates = np.sqrt(sum(np.square(move).sum(axis=(1, 2)) for move in moves))
        lengths = np.concatenate([np.zeros((1, replicas)), np.cumsum(updates, axis=0)])
    found: dict[str, list[np.ndarray]] = {"updates": [], "length": [], "displacement": []}
    every = np.arange(replicas)
    for loss in losses:
        reached = seen <= loss
        arrived = reached.any(axis=0)
        end = np.where(arrived, look * (1 + reached.argmax(axis=0)), steps)
        with np.errstate(invalid="ignore", over="ignore"):
            ways = [track[end, ..., every] - np.moveaxis(track[0], -1, 0) for track in tracks]
            squares = sum(np.square(way, dtype="float64").sum(axis=(1, 2)) for way in ways)
        found["updates"].append(np.where(arrived, end, np.inf))
        found["length"].append(lengths[end, every])
        found["displacement"].append(np.sqrt(squares))
    return {name: np.stack(arrays) for name, arrays in found.items()}
