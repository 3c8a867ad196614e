"""Tanh: the hyperbolic tangent."""

import keras
from keras import ops

from custom_layers._tensors import ShapePreservingLayer, Tensor, as_float


@keras.saving.register_keras_serializable(package="custom_layers")
def tanh(x: Tensor) -> Tensor:
    """Return the hyperbolic tangent of x.

    Formula: `f(x) = (exp(x) - exp(-x)) / (exp(x) + exp(-x))`, with derivative `1 - f(x)^2`, at
    most 1, reached at 0. f is -1 at minus infinity and 1 at plus infinity, with derivative 0 at
    both. NaN gives NaN.

    Args:
        x: Tensor of any shape.

    Returns:
        Tensor of x's shape and dtype (Keras' float dtype for integers and booleans), in [-1, 1].

    References:
        LeCun, Bottou, Orr and Müller (1998), "Efficient BackProp".
    """
    return ops.tanh(as_float(x))


@keras.saving.register_keras_serializable(package="custom_layers")
class Tanh(ShapePreservingLayer):
    """Apply `custom_layers.tanh`: the hyperbolic tangent.

    Formula: `f(x) = (exp(x) - exp(-x)) / (exp(x) + exp(-x))`, with derivative `1 - f(x)^2`. NaN
    gives NaN.

    Args:
        **kwargs: Arguments of `keras.Layer`, such as `name` and `dtype`.

    Call arguments:
        inputs: Tensor of any shape. The output has the same shape, in the compute dtype.

    References:
        LeCun, Bottou, Orr and Müller (1998).
    """

    def call(self, inputs: Tensor) -> Tensor:
        """Return the hyperbolic tangent of the inputs."""
        return tanh(self.as_compute_dtype(inputs))
