"""Sigmoid: the logistic function."""

import keras
from keras import ops

from custom_layers._tensors import ShapePreservingLayer, Tensor, as_float


@keras.saving.register_keras_serializable(package="custom_layers")
def sigmoid(x: Tensor) -> Tensor:
    """Return the logistic function of x.

    Formula: `f(x) = 1 / (1 + exp(-x))`, with derivative `f(x) (1 - f(x))`, at most 1/4, reached
    at 0. f is 0 at minus infinity and 1 at plus infinity, with derivative 0 at both. NaN gives
    NaN.

    Args:
        x: Tensor of any shape.

    Returns:
        Tensor of x's shape and dtype (Keras' float dtype for integers and booleans), in [0, 1].

    References:
        Verhulst (1838), "Notice sur la loi que la population suit dans son accroissement";
        Rumelhart, Hinton and Williams (1986), "Learning representations by back-propagating
        errors".
    """
    return ops.sigmoid(as_float(x))


@keras.saving.register_keras_serializable(package="custom_layers")
class Sigmoid(ShapePreservingLayer):
    """Apply `custom_layers.sigmoid`: the logistic function.

    Formula: `f(x) = 1 / (1 + exp(-x))`, with derivative `f(x) (1 - f(x))`. NaN gives NaN.

    Args:
        **kwargs: Arguments of `keras.Layer`, such as `name` and `dtype`.

    Call arguments:
        inputs: Tensor of any shape. The output has the same shape, in the compute dtype.

    References:
        Verhulst (1838); Rumelhart, Hinton and Williams (1986).
    """

    def call(self, inputs: Tensor) -> Tensor:
        """Return the logistic function of the inputs."""
        return sigmoid(self.as_compute_dtype(inputs))
