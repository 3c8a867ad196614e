"""A Keras model's layers on replicas, which stand on the last axis of weights and signals."""

import functools
import itertools
from collections.abc import Callable, Sequence
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from reproductions.evidence.statistics import generator
from reproductions.training.layouts import LAST, SMALL_BATCH, Layout

Tensors = Sequence[tf.Tensor]

NORMALIZATIONS = (keras.layers.LayerNormalization, keras.layers.BatchNormalization)


class Network:
    """The forward pass of a Keras model for a block of replicas.

    Args:
        model: built, with one input and one output, a `keras.Sequential` or a functional model, of
            `Dense` (with bias, trainable), `LayerNormalization` and `BatchNormalization` over the
            last axis, `Add`, and layers that act on each element alone and have no state, such as
            all of `custom_layers` but Softmax.

    Attributes:
        trainable: for each weight, in `get_weights` order, whether training moves it; the others
            are the moving statistics of BatchNormalization.
        kernels: where the Dense layers' kernels stand among the trainable weights.
        dtype: of weights and signals.

    Raises:
        ValueError: the model has no Dense layer, or a layer that cannot be replicated.
    """

    def __init__(self, model: keras.Model):
        self._plan, self._output = _plan(model)
        layers = list({id(layer): layer for layer, *_ in self._plan}.values())
        _check(layers)
        variables = list(model.weights)
        places = {id(variable): i for i, variable in enumerate(variables)}
        self._weights_of = {
            id(layer): [places[id(variable)] for variable in layer.weights] for layer in layers
        }
        self.trainable = [bool(variable.trainable) for variable in variables]
        of_dense = {
            self._weights_of[id(layer)][0]
            for layer in layers
            if isinstance(layer, keras.layers.Dense)
        }
        moved = [i for i, trainable in enumerate(self.trainable) if trainable]
        self.kernels = [j for j, i in enumerate(moved) if i in of_dense]
        self.dtype = tf.as_dtype(variables[0].dtype)

    def __call__(
        self, weights: Tensors, x: tf.Tensor, training: bool = False, layout: Layout = LAST
    ) -> tuple[tf.Tensor, list[tf.Tensor]]:
        """The output, (batch, unit, replica), and the weights with new moving statistics.

        Args:
            weights: in `get_weights` order, each with one more axis, in the layout.
            x: inputs, (batch, unit, 1 or replica), whatever the layout.
            training: whether BatchNormalization takes the batch's statistics and not the moving
                ones, and these follow the batch's.
            layout: where the replicas stand in weights and signals.
        """
        replicas = layout.replicas(weights[0])
        signals = {0: layout.arranged(tf.broadcast_to(x, (*x.shape[:2], replicas)))}
        new_weights = list(weights)
        product = dense_of_wide_layers if layout.first else dense
        for layer, inputs, output in self._plan:
            signal, places = signals[inputs[0]], self._weights_of[id(layer)]
            of_layer = [weights[i] for i in places]
            if isinstance(layer, keras.layers.Dense):
                signal = layer.activation(product(signal, *of_layer))
            elif isinstance(layer, keras.layers.Add):
                for i in inputs[1:]:
                    signal = signal + signals[i]
            elif isinstance(layer, keras.layers.LayerNormalization):
                of_layer = [layout.over_batch(weight) for weight in of_layer]
                mean, variance = tf.nn.moments(signal, layout.unit_axis, keepdims=True)
                signal = _normalized(layer, signal, mean, variance, of_layer)
            elif isinstance(layer, keras.layers.BatchNormalization):
                *of_layer, mean, variance = of_layer
                if training and layer.trainable:
                    batch = tf.nn.moments(signal, layout.batch_axis)
                    kept = layer.momentum
                    for i, moving, now in zip(places[-2:], (mean, variance), batch, strict=True):
                        new_weights[i] = kept * moving + (1 - kept) * now
                    mean, variance = batch
                mean, variance, *of_layer = map(layout.over_batch, (mean, variance, *of_layer))
                signal = _normalized(layer, signal, mean, variance, of_layer)
            else:
                signal = layer(signal)
            signals[output] = signal
        return layout.restored(signals[self._output]), new_weights


def _normalized(layer, x, mean, variance, gamma_and_beta):
    """Moves and scales x to the mean 0 and the variance 1, then by what the layer has learned."""
    gamma_and_beta = iter(gamma_and_beta)
    scale = tf.math.rsqrt(variance + layer.epsilon)
    if layer.scale:
        scale *= next(gamma_and_beta)
    y = (x - mean) * scale
    return y + next(gamma_and_beta) if layer.center else y


def _plan(model: keras.Model) -> tuple[list[tuple[keras.Layer, list[int], int]], int]:
    """The layers in the order of their calls; and the number of the signal that is the output.

    Each layer comes with the numbers of the signals that it takes and of the one that it gives; 0
    is the model's input.
    """
    if isinstance(model, keras.Sequential):
        if not model.built:
            raise ValueError(f"the model must be built. Received: {model}")
        return [(layer, [i], i + 1) for i, layer in enumerate(model.layers)], len(model.layers)
    ends = [len(getattr(model, name, None) or ()) for name in ("inputs", "outputs")]
    if not isinstance(model, keras.Model) or ends != [1, 1]:
        raise ValueError(
            "the model must be Sequential or functional, with one input and one output."
            f" Received: {model}"
        )
    plan: list[tuple[keras.Layer, list[int], int]] = []
    numbers: dict[int, int] = {}
    kept_alive, count = [], itertools.count(1)

    def call(layer, *args, **kwargs):
        output = layer(*args, **kwargs)
        kept_alive.append(output)  # or another tensor might get its id
        # What no layer gave is the model's input.
        inputs = [numbers.get(id(tensor), 0) for tensor in keras.tree.flatten(args)]
        numbers[id(output)] = next(count)
        plan.append((layer, inputs, numbers[id(output)]))
        return output

    clone = keras.models.clone_model(model, clone_function=lambda layer: layer, call_function=call)
    return plan, numbers.get(id(clone.outputs[0]), 0)


@tf.custom_gradient
def dense(x: tf.Tensor, kernel: tf.Tensor, bias: tf.Tensor) -> Any:
    """The dense product of every replica.

    A sum over a broadcast product rather than a matrix product: XLA compiles a loop as one kernel
    only if there is no matrix product in it.

    Args:
        x: (batch, in, replica).
        kernel: (in, out, replica).
        bias: (out, replica).

    Returns:
        (batch, out, replica).
    """
    of_each_unit = tf.expand_dims(x, 2)
    y = tf.reduce_sum(of_each_unit * kernel, 1) + bias

    def gradient(dy):
        dy = _computed_once(dy, bias[0, 0])
        to_each_input = tf.expand_dims(dy, 1)
        dx = tf.reduce_sum(to_each_input * kernel, 2)
        return dx, _batch_sum(of_each_unit * to_each_input), _batch_sum(dy)

    return y, gradient


def _computed_once(x, scalar):
    """Returns x, and keeps XLA from computing it anew wherever it is used.

    XLA fuses the cheap product of gradient and slope into each of its readers, and so computes it
    once for every element of theirs. A conditional is not fused; both branches give x, so `scalar`
    only has to be unknown when the loop is compiled.
    """
    branch = _identity(x.dtype, tuple(x.shape))
    (once,) = tf.raw_ops.StatelessIf(  # `tf.cond` would trace two new branches at every call
        cond=scalar > 0,
        input=[x],
        Tout=[x.dtype],
        then_branch=branch,
        else_branch=branch,
        output_shapes=[x.shape],
    )
    return once


@functools.cache
def _identity(dtype, shape):
    """A compiled loop's function that gives what it gets, traced once for each shape."""
    return tf.function(lambda x: tf.identity(x), autograph=False).get_concrete_function(
        tf.TensorSpec(shape, dtype)
    )


def _batch_sum(x, group=8):
    """Sums axis 0, in groups short enough for the compiler to unroll, and so to vectorise."""
    while x.shape[0] > group and x.shape[0] % group == 0:
        x = tf.reduce_sum(tf.reshape(x, (-1, group, *x.shape[1:])), 1)
    return tf.reduce_sum(x, 0)


@tf.custom_gradient
def dense_of_wide_layers(x: tf.Tensor, kernel: tf.Tensor, bias: tf.Tensor) -> Any:
    """The dense product of every replica, as one matrix product for each.

    Args:
        x: (replica, batch, in).
        kernel: (replica, in, out).
        bias: (replica, out).

    Returns:
        (replica, batch, out).
    """
    y = tf.matmul(x, kernel) + tf.expand_dims(bias, 1)

    def gradient(dy):
        if x.shape[1] <= SMALL_BATCH:  # a sum that is written out is faster than a product
            parts = [x[:, i, :, None] * dy[:, i, None] for i in range(x.shape[1])]
            of_kernel = tf.add_n(parts)
        else:
            of_kernel = tf.matmul(x, dy, transpose_a=True)
        return tf.matmul(dy, kernel, transpose_b=True), of_kernel, tf.reduce_sum(dy, 1)

    return y, gradient


def _check(layers: Sequence[keras.Layer]) -> None:
    if not any(isinstance(layer, keras.layers.Dense) for layer in layers):
        raise ValueError(f"the model must have a Dense layer. Received: {layers}")
    for layer in layers:
        if isinstance(layer, keras.layers.Add):
            continue
        if isinstance(layer, NORMALIZATIONS):
            _check_normalization(layer)
            continue
        is_dense = isinstance(layer, keras.layers.Dense)
        if is_dense and not (layer.use_bias and layer.trainable):
            raise ValueError(
                f"Dense layers must have a bias and be trainable. Received: {layer.get_config()}"
            )
        if not is_dense and layer.variables:  # of which a random state, as Dropout's, is one
            raise ValueError(
                f"only Dense and normalization layers may have weights or state. Received: {layer}"
            )
        if not _is_elementwise(layer.activation if is_dense else layer):
            raise ValueError(
                f"activations must act on each element alone, as the replicas do. Received: {layer}"
            )


def _is_elementwise(function: Callable) -> bool:
    """Whether numbers come out the same in another shape and in other company."""
    x = generator(0).standard_normal(30).astype("float32")
    replicated = keras.ops.convert_to_numpy(function(x[:24].reshape(2, 3, 4)))
    plain = keras.ops.convert_to_numpy(function(x.reshape(5, 6)))
    same_shape = replicated.shape == (2, 3, 4) and plain.shape == (5, 6)
    return same_shape and np.allclose(replicated.ravel(), plain.ravel()[:24], equal_nan=True)


def _check_normalization(layer: keras.Layer) -> None:
    """Refuses what would normalize another axis, or by another formula."""
    axes = layer.axis if isinstance(layer.axis, list | tuple) else [layer.axis]
    others = [n for n in ("rms_scaling", "renorm", "synchronized") if getattr(layer, n, False)]
    if list(axes) not in ([-1], [1]) or others or not layer.trainable:
        raise ValueError(
            "a normalization must be trainable, over the last axis, by the plain formula."
            f" Received: {layer.get_config()}"
        )
