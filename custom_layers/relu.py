"""ReLU: the rectified linear unit."""

import keras
from keras import ops

from custom_layers._tensors import ShapePreservingLayer, Tensor, as_float


@keras.saving.register_keras_serializable(package="custom_layers")
def relu(x: Tensor) -> Tensor:
    """Return x where it is above 0, and 0 elsewhere.

    Formula: `f(x) = max(x, 0)`, with derivative 0 for x < 0 and 1 for x > 0. At 0, where none
    exists, the derivative returned is 0, as in `keras.activations.relu`. NaN gives NaN.

    Args:
        x: Tensor of any shape.

    Returns:
        Tensor of x's shape and dtype (Keras' float dtype for integers and booleans).

    References:
        Fukushima (1969), "Visual feature extraction by a multilayered network of analog
        threshold elements"; Nair and Hinton (2010), "Rectified linear units improve restricted
        Boltzmann machines".
    """
    return ops.relu(as_float(x))


@keras.saving.register_keras_serializable(package="custom_layers")
class ReLU(ShapePreservingLayer):
    """Apply `custom_layers.relu`: x where it is above 0, and 0 elsewhere.

    Formula: `f(x) = max(x, 0)`, with derivative 0 for x < 0, 1 for x > 0, and 0 at 0. NaN gives
    NaN.

    Args:
        **kwargs: Arguments of `keras.Layer`, such as `name` and `dtype`.

    Call arguments:
        inputs: Tensor of any shape. The output has the same shape, in the compute dtype.

    References:
        Fukushima (1969); Nair and Hinton (2010).
    """

    def call(self, inputs: Tensor) -> Tensor:
        """Return the rectified inputs."""
        return relu(self.as_compute_dtype(inputs))
