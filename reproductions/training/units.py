"""Which units of a network are dead: their slope is exactly 0 on every sample.

For any activation, on replicas as `suite.replicas` trains them: the replica on the last axis.
"""

from collections.abc import Callable

import keras
import numpy as np
import tensorflow as tf

from reproductions.training.gradients import value_and_slope


def pre_activations(factory: Callable[[], keras.Layer], weights, x) -> list[tuple]:
    """The hidden layers' weighted sums, their slopes and outputs; the last dense layer has none.

    Args:
        factory: makes the activation of every hidden layer.
        weights: as `model.get_weights()`, with the replica on one more, last axis.
        x: inputs, (sample, unit), the same for all replicas.

    Returns:
        For each hidden layer (z, f'(z), f(z)), each a float32 tensor (replica, sample, unit).
    """
    layer, signal, layers = factory(), tf.constant(x, tf.float32)[None], []
    for kernel, bias in zip(weights[:-2:2], weights[1:-2:2], strict=True):
        # The replica goes first: there the dense product is a batched matrix product.
        kernel, bias = (tf.constant(np.moveaxis(w, -1, 0), tf.float32) for w in (kernel, bias))
        z = signal @ kernel + bias[:, None]
        signal, slope = value_and_slope(layer, z)
        layers.append((z, slope, signal))
    return layers


def dead(slopes) -> np.ndarray:
    """Which units have slope 0 on every sample, (replica, unit); NaN is not dead."""
    return np.asarray(tf.reduce_all(tf.equal(slopes, 0), axis=1))
