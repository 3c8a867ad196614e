"""Swish: x times its sigmoid, also called SiLU."""

import keras
from keras import ops

from custom_layers._tensors import ShapePreservingLayer, Tensor, as_float

# Beyond this swish is ReLU, to the last bit of every float dtype, float64 among them.
_SATURATION = 1000.0

# Numbers that are compared get one scale when a model is quantised to integers. In this unit, a
# power of two and so exact, it is that of the comparison alone; otherwise it would be x's own.
_UNIT = 2.0**-10


@keras.saving.register_keras_serializable(package="custom_layers")
def swish(x: Tensor) -> Tensor:
    """Return x times the sigmoid of x.

    Formula: `f(x) = x s(x)`, with derivative `s(x) (1 + x (1 - s(x)))`, where
    `s(x) = 1 / (1 + exp(-x))`; 1/2 at 0. f is 0 at minus infinity, with derivative 0, and
    infinite at plus infinity, with derivative 1. NaN gives NaN.

    Args:
        x: Tensor of any shape.

    Returns:
        Tensor of x's shape and dtype (Keras' float dtype for integers and booleans), above
        -0.2785.

    References:
        Elfwing, Uchibe and Doya (2018), "Sigmoid-weighted linear units for neural network
        function approximation in reinforcement learning"; Ramachandran, Zoph and Le (2017),
        "Searching for activation functions".
    """
    x = as_float(x)
    # x s(x) is infinity times 0, so NaN, at minus infinity, and its derivative is at both ends.
    # The inner choice keeps the infinities out of the branch that is not taken: the gradient
    # passes there too, times 0.
    moderate = ops.abs(x * _UNIT) < _SATURATION * _UNIT
    return ops.where(moderate, ops.silu(ops.where(moderate, x, 0.0)), ops.relu(x))


@keras.saving.register_keras_serializable(package="custom_layers")
class Swish(ShapePreservingLayer):
    """Apply `custom_layers.swish`: x times the sigmoid of x.

    Formula: `f(x) = x s(x)`, with derivative `s(x) (1 + x (1 - s(x)))`, where
    `s(x) = 1 / (1 + exp(-x))`. NaN gives NaN.

    Args:
        **kwargs: Arguments of `keras.Layer`, such as `name` and `dtype`.

    Call arguments:
        inputs: Tensor of any shape. The output has the same shape, in the compute dtype.

    References:
        Elfwing, Uchibe and Doya (2018); Ramachandran, Zoph and Le (2017).
    """

    def call(self, inputs: Tensor) -> Tensor:
        """Return the swish of the inputs."""
        return swish(self.as_compute_dtype(inputs))
