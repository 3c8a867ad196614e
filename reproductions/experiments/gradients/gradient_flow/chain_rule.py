"""The gradient of XOR's cost with respect to every layer's input, computed in three ways."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import tensorflow as tf

from custom_layers import sigmoid, softplus
from reproductions.evidence.statistics import generator
from reproductions.training import activations, gradients, xor

STEP = 1e-5
"""Of the difference quotient."""


@dataclass(frozen=True)
class Derivatives:
    """The same derivatives in three ways, for each replica.

    Attributes:
        product: by layer, the product of the layers' Jacobians, (replica, point, unit).
        automatic: by layer, the automatic differentiation of the whole network, as `product`.
        quotient: the cost's difference quotient along one direction of the network's input,
            (replica, 1).
        along: the derivative along the same direction from `product`, (replica, 1).
        at_logit: the RMS of the gradient with respect to the logit, (replica,).
    """

    product: list[np.ndarray]
    automatic: list[np.ndarray]
    quotient: np.ndarray
    along: np.ndarray
    at_logit: np.ndarray


def differentiate(
    activation: str, kernels: Sequence[tf.Tensor], biases: Sequence[tf.Tensor]
) -> Derivatives:
    """Differentiates XOR's cost from the logit in three ways.

    Args:
        activation: of the hidden layers, by name.
        kernels: of each layer, (replica, in, out), float64.
        biases: of each layer, (replica, out), float64.
    """
    hidden = activations.layer(activation, dtype="float64")
    layers = [hidden] * (len(kernels) - 1) + [activations.layer("linear", dtype="float64")]
    y = xor.Y.astype("float64")
    x = np.broadcast_to(xor.X.astype("float64"), (len(kernels[0]), *xor.X.shape))

    def cost(x: tf.Tensor | np.ndarray) -> tuple[gradients.Passed, tf.Tensor]:
        passed = gradients.forward(layers, kernels, biases, x)
        logit = passed.values[-1]
        return passed, tf.reduce_mean(softplus(logit) - y * logit, axis=(1, 2))

    with tf.GradientTape() as tape:
        watched = tf.constant(x)
        tape.watch(watched)
        passed, costs = cost(watched)
        total = tf.reduce_sum(costs)
    automatic = [np.asarray(by_layer) for by_layer in tape.gradient(total, passed.values[:-1])]
    at_logit = (sigmoid(passed.values[-1]) - y) / len(y)
    product = _product_of_jacobians(at_logit, passed.slopes, kernels)
    direction = generator(0, 3).standard_normal(x.shape)
    ahead, behind = (cost(x + sign * STEP * direction)[1] for sign in (1, -1))
    return Derivatives(
        product=product,
        automatic=automatic,
        quotient=np.asarray(ahead - behind)[:, None] / (2 * STEP),
        along=np.sum(product[0] * direction, axis=(1, 2))[:, None],
        at_logit=gradients.rms(at_logit),
    )


def _product_of_jacobians(
    at_logit: tf.Tensor, slopes: Sequence[tf.Tensor], kernels: Sequence[tf.Tensor]
) -> list[np.ndarray]:
    """The gradient at each layer's input, as a product of Jacobians that are written out.

    The Jacobian of a layer is (replica, point, out, in): its output's slope times its kernel.
    """
    product = np.asarray(at_logit)[:, :, None]
    by_layer = []
    for slope, kernel in zip(slopes[::-1], kernels[::-1], strict=True):
        jacobian = np.asarray(slope)[..., None] * np.swapaxes(kernel, 1, 2)[:, None]
        product = product @ jacobian
        by_layer.append(product[:, :, 0])
    return by_layer[::-1]


def relative_error(values: np.ndarray, expected: np.ndarray) -> np.ndarray:
    """Each replica's largest error over its largest expected number, (replica,).

    It is 0 if all numbers are 0, and infinite if only the expected ones are.
    """
    axes = tuple(range(1, np.ndim(values)))
    error = np.abs(np.subtract(values, expected)).max(axis=axes)
    largest = np.abs(expected).max(axis=axes)
    return np.divide(error, largest, out=np.where(error == 0, 0.0, np.inf), where=largest > 0)
