"""Gradients rescaled before the weights move by them, as `transform` of the replica engine.

Each function takes the gradients in `get_weights` order, in pairs: a kernel and a bias of each
layer, or a gamma and a beta, with the replica on the last axis.
"""

import itertools
from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import tensorflow as tf


def to_norm_one(gradients: "list[tf.Tensor]") -> "list[tf.Tensor]":
    """Rescales each layer's gradient, kernel and bias together, to norm 1 in every replica.

    Args:
        gradients: a kernel's and a bias' for each layer, the replica on the last axis.
    """
    return _rescaled(gradients, 1.0)


def to_norm_of_last(gradients: "list[tf.Tensor]") -> "list[tf.Tensor]":
    """Rescales each layer's gradient to the norm of the last layer's; see `to_norm_one`."""
    largest, norm = _size(*gradients[-2:])
    return _rescaled(gradients, largest * norm)


def whole_to_norm_one(gradients: "list[tf.Tensor]") -> "list[tf.Tensor]":
    """Rescales all layers by the same factor, to norm 1 together; see `to_norm_one`."""
    import tensorflow as tf

    sizes = [_size(*pair) for pair in zip(gradients[::2], gradients[1::2], strict=True)]
    largest = tf.reduce_max(tf.stack([size for size, _ in sizes]), axis=0)
    relative = [norm * tf.math.divide_no_nan(size, largest) for size, norm in sizes]
    factor = tf.math.divide_no_nan(1.0, tf.sqrt(tf.reduce_sum(tf.stack(relative) ** 2, axis=0)))
    return [tf.math.divide_no_nan(array, largest) * factor for array in gradients]


def _rescaled(gradients, norm_after):
    import tensorflow as tf

    rescaled = []
    for pair in zip(gradients[::2], gradients[1::2], strict=True):
        largest, norm = _size(*pair)
        factor = tf.math.divide_no_nan(norm_after, norm)
        rescaled += [tf.math.divide_no_nan(array, largest) * factor for array in pair]
    return rescaled


def _size(kernel, bias):
    """The largest number of a layer's gradient, and its norm over that, each (replica,).

    Divided by the largest number first, no square underflows.
    """
    import tensorflow as tf

    largest = tf.maximum(
        tf.reduce_max(tf.abs(kernel), axis=(0, 1)), tf.reduce_max(tf.abs(bias), axis=0)
    )
    kernel, bias = (tf.math.divide_no_nan(array, largest) for array in (kernel, bias))
    squares = tf.reduce_sum(kernel**2, axis=(0, 1)) + tf.reduce_sum(bias**2, axis=0)
    return largest, tf.sqrt(squares)


def shrunk_by_layer(factor: float) -> Callable[["list[tf.Tensor]"], "list[tf.Tensor]"]:
    """Makes a gradient vanish on purpose: by a factor for each layer below the last hidden one.

    The gradients of the last hidden layer and of the output layer stay as they are.

    Args:
        factor: from one layer to the layer below it.
    """

    def shrunk(gradients: "list[tf.Tensor]") -> "list[tf.Tensor]":
        # A kernel has three axes, and what a normalization learns has two.
        layer_of = list(itertools.accumulate(len(gradient.shape) == 3 for gradient in gradients))
        last_hidden = layer_of[-1] - 1
        return [
            factor ** max(0, last_hidden - layer) * gradient
            for layer, gradient in zip(layer_of, gradients, strict=True)
        ]

    return shrunk
