"""LeakyReLU: a rectified linear unit that lets a part of the negative inputs through."""

from typing import Any

import keras
from keras import ops

from custom_layers._arguments import needed, non_negative
from custom_layers._tensors import ShapePreservingLayer, Tensor, as_float


@keras.saving.register_keras_serializable(package="custom_layers")
@needed("negative_slope", "LeakyReLU")
def leaky_relu(x: Tensor, negative_slope: float) -> Tensor:
    """Return x where it is above 0, and negative_slope times x elsewhere.

    Formula: `f(x) = x if x > 0 else negative_slope * x`, with derivative negative_slope for
    x < 0 and 1 for x > 0. At 0, where f is 0, the derivative returned is negative_slope. NaN
    gives NaN.

    Args:
        x: Tensor of any shape.
        negative_slope: Finite number, 0 or above, without unit. It has no default because the
            literature has no one value: 0.01, 0.1, 0.2 and 0.3 are all called the default.

    Returns:
        Tensor of x's shape and dtype (Keras' float dtype for integers and booleans).

    Raises:
        TypeError: If negative_slope is left out, as by a layer that calls its activation with x
            alone; such a layer takes `LeakyReLU(negative_slope=0.1)` as its activation.
        ValueError: If negative_slope is not a finite number, or is below 0.

    References:
        Maas, Hannun and Ng (2013), "Rectifier nonlinearities improve neural network acoustic
        models".
    """
    slope = non_negative("negative_slope", negative_slope)
    x = as_float(x)
    if slope == 0:
        return ops.relu(x)  # 0 times minus infinity would be NaN
    # Keras' own leaky ReLU has derivative negative_slope at 0 on TensorFlow but 1 on JAX, and takes
    # the slope as a float32 in float64. What is chosen from gets one scale when a model is
    # quantised to integers: relu has none but the result's, x would give it its own.
    return ops.where(x > 0, ops.relu(x), slope * x)


@keras.saving.register_keras_serializable(package="custom_layers")
class LeakyReLU(ShapePreservingLayer):
    """Apply `custom_layers.leaky_relu`: x above 0, negative_slope times x elsewhere.

    Formula: `f(x) = x if x > 0 else negative_slope * x`, with derivative negative_slope for
    x < 0, 1 for x > 0, and negative_slope at 0. NaN gives NaN.

    Args:
        negative_slope: Finite number, 0 or above, without unit; required.
        **kwargs: Arguments of `keras.Layer`, such as `name` and `dtype`.

    Call arguments:
        inputs: Tensor of any shape. The output has the same shape, in the compute dtype.

    Raises:
        ValueError: If negative_slope is not a finite number, or is below 0.

    References:
        Maas, Hannun and Ng (2013).
    """

    def __init__(self, negative_slope: float, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.negative_slope = non_negative("negative_slope", negative_slope)

    def call(self, inputs: Tensor) -> Tensor:
        """Return the leaky-rectified inputs."""
        return leaky_relu(self.as_compute_dtype(inputs), self.negative_slope)

    def get_config(self) -> dict[str, Any]:
        """Return the arguments from which the layer can be made again."""
        return {**super().get_config(), "negative_slope": self.negative_slope}
