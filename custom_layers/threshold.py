"""Threshold: the perceptron's all-or-nothing unit."""

from typing import Any

import keras
from keras import ops

from custom_layers._arguments import finite
from custom_layers._tensors import ShapePreservingLayer, Tensor, as_float


@keras.saving.register_keras_serializable(package="custom_layers")
def threshold(x: Tensor, threshold: float = 0.0) -> Tensor:
    """Return 1 where x is above the threshold and 0 elsewhere.

    Formula: `f(x) = 1 if x > threshold else 0`. At the threshold itself f is 0: the comparison
    is strict. The derivative is 0 everywhere, at the threshold too, as a tensor of zeros. NaN
    gives NaN.

    Args:
        x: Tensor of any shape.
        threshold: Finite number, in x's unit; rounded to x's dtype.

    Returns:
        Tensor of x's shape and dtype (Keras' float dtype for integers and booleans).

    Raises:
        ValueError: If the threshold is not a finite number.

    References:
        McCulloch and Pitts (1943), "A logical calculus of the ideas immanent in nervous
        activity"; Rosenblatt (1958), "The perceptron".
    """
    level = finite("threshold", threshold)
    x = as_float(x)
    # A comparison has no gradient at all in TensorFlow; choosing x for NaN also gives it zeros.
    return ops.where(ops.isnan(x), x, ops.cast(x > level, x.dtype))


@keras.saving.register_keras_serializable(package="custom_layers")
class Threshold(ShapePreservingLayer):
    """Apply `custom_layers.threshold`: 1 where x is above the threshold, 0 elsewhere.

    Formula: `f(x) = 1 if x > threshold else 0`. At the threshold itself f is 0, and the
    derivative is 0 everywhere. NaN gives NaN.

    Args:
        threshold: Finite number, in the input's unit.
        **kwargs: Arguments of `keras.Layer`, such as `name` and `dtype`.

    Call arguments:
        inputs: Tensor of any shape. The output has the same shape, in the compute dtype.

    Raises:
        ValueError: If the threshold is not a finite number.

    References:
        McCulloch and Pitts (1943); Rosenblatt (1958).
    """

    def __init__(self, threshold: float = 0.0, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.threshold = finite("threshold", threshold)

    def call(self, inputs: Tensor) -> Tensor:
        """Return the thresholded inputs."""
        return threshold(self.as_compute_dtype(inputs), self.threshold)

    def get_config(self) -> dict[str, Any]:
        """Return the arguments from which the layer can be made again."""
        return {**super().get_config(), "threshold": self.threshold}
