"""Dead units: their slope is exactly 0 on every sample, so that no sample changes their weights.

They are found for any activation, in the replicas that `replicas` trains, whose weights have the
replica on the last axis.
"""

from collections.abc import Callable, Sequence

import keras
import numpy as np
import tensorflow as tf

from reproductions.training.gradients import value_and_slope


def pre_activations(
    factory: Callable[[], keras.Layer], weights: Sequence[np.ndarray], x: np.ndarray
) -> list[tuple[tf.Tensor, tf.Tensor, tf.Tensor]]:
    """The weighted sums of all hidden layers, with their slopes and outputs.

    Args:
        factory: makes the activation of every hidden layer.
        weights: as `model.get_weights()`, with the replica on one more, last axis. The last dense
            layer is the output layer, which is left out.
        x: inputs, (sample, unit), the same for all replicas.

    Returns:
        For each hidden layer (z, f'(z), f(z)), each a float32 tensor (replica, sample, unit).
    """
    activation, signal, layers = factory(), tf.constant(x, tf.float32)[None], []
    for kernel, bias in zip(weights[:-2:2], weights[1:-2:2], strict=True):
        layers.append(layer_signals(activation, kernel, bias, signal))
        signal = layers[-1][2]
    return layers


def layer_signals(
    activation: keras.Layer, kernel: np.ndarray, bias: np.ndarray, x: tf.Tensor | np.ndarray
) -> tuple[tf.Tensor, tf.Tensor, tf.Tensor]:
    """The weighted sums z of one dense layer, with their slopes f'(z) and outputs f(z).

    Args:
        activation: the layer's activation function f.
        kernel: (in, out, replica).
        bias: (out, replica).
        x: inputs, (replica or 1, sample, in), float32.

    Returns:
        (z, f'(z), f(z)), each a float32 tensor (replica, sample, out).
    """
    # The replica goes first: there the dense product is a batched matrix product.
    kernel, bias = (tf.constant(np.moveaxis(w, -1, 0), tf.float32) for w in (kernel, bias))
    z = tf.convert_to_tensor(x) @ kernel + bias[:, None]
    value, slope = value_and_slope(activation, z)
    return z, slope, value


def dead(slopes: tf.Tensor | np.ndarray) -> np.ndarray:
    """Which units have slope 0 on every sample, (replica, unit); NaN does not count as 0."""
    return np.asarray(tf.reduce_all(tf.equal(slopes, 0), axis=1))
