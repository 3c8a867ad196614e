"""Softplus: a smooth ReLU."""

import keras
from keras import ops

from custom_layers._tensors import ShapePreservingLayer, Tensor, as_float


@keras.saving.register_keras_serializable(package="custom_layers")
def softplus(x: Tensor) -> Tensor:
    """Return the natural logarithm of 1 + exp(x).

    Formula: `f(x) = ln(1 + exp(x))`, with derivative `1 / (1 + exp(-x))`, the sigmoid. f is 0 at
    minus infinity, with derivative 0, and infinite at plus infinity, with derivative 1. NaN
    gives NaN.

    Args:
        x: Tensor of any shape.

    Returns:
        Tensor of x's shape and dtype (Keras' float dtype for integers and booleans), 0 or above.

    References:
        Dugas, Bengio, Bélisle, Nadeau and Garcia (2001), "Incorporating second-order functional
        knowledge for better option pricing".
    """
    x = as_float(x)
    if keras.backend.backend() == "torch":  # whose softplus is x itself above 20, in float64 too
        return -ops.log_sigmoid(-x)
    return ops.softplus(x)


@keras.saving.register_keras_serializable(package="custom_layers")
class Softplus(ShapePreservingLayer):
    """Apply `custom_layers.softplus`: the natural logarithm of 1 + exp(x).

    Formula: `f(x) = ln(1 + exp(x))`, with derivative `1 / (1 + exp(-x))`. NaN gives NaN.

    Args:
        **kwargs: Arguments of `keras.Layer`, such as `name` and `dtype`.

    Call arguments:
        inputs: Tensor of any shape. The output has the same shape, in the compute dtype.

    References:
        Dugas, Bengio, Bélisle, Nadeau and Garcia (2001).
    """

    def call(self, inputs: Tensor) -> Tensor:
        """Return the softplus of the inputs."""
        return softplus(self.as_compute_dtype(inputs))
