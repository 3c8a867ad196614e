"""Linear: the identity."""

import keras

from custom_layers._tensors import ShapePreservingLayer, Tensor, as_float


@keras.saving.register_keras_serializable(package="custom_layers")
def linear(x: Tensor) -> Tensor:
    """Return x itself.

    Formula: `f(x) = x`, with derivative 1 everywhere. NaN gives NaN.

    Args:
        x: Tensor of any shape.

    Returns:
        Tensor of x's shape and dtype (Keras' float dtype for integers and booleans).

    References:
        Widrow and Hoff (1960), "Adaptive switching circuits".
    """
    return as_float(x)


@keras.saving.register_keras_serializable(package="custom_layers")
class Linear(ShapePreservingLayer):
    """Apply `custom_layers.linear`: the inputs themselves.

    Formula: `f(x) = x`, with derivative 1 everywhere. NaN gives NaN.

    Args:
        **kwargs: Arguments of `keras.Layer`, such as `name` and `dtype`.

    Call arguments:
        inputs: Tensor of any shape. The output has the same shape, in the compute dtype.

    References:
        Widrow and Hoff (1960).
    """

    def call(self, inputs: Tensor) -> Tensor:
        """Return the inputs."""
        return linear(self.as_compute_dtype(inputs))
