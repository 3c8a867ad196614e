"""ELU: the exponential linear unit."""

from typing import Any

import keras
from keras import ops

from custom_layers._arguments import non_negative
from custom_layers._tensors import ShapePreservingLayer, Tensor, as_float


def _same(x, factor):
    """Return x itself, as a product that has a scale of its own in a model of 8-bit integers.

    There, what a choice chooses from gets one scale, which ends at 0 for one choice of `elu` and at
    -alpha for the other. If x itself entered both, either scale would cut off what the other needs.
    The factors must differ, because equal products are computed only once. XLA removes them, so
    that compiled code is that of the formula. No x loses digits by them, and where -2 x overflows,
    the exponential is 0 or is not chosen.
    """
    return x * factor * (1 / factor)


@keras.saving.register_keras_serializable(package="custom_layers")
def elu(x: Tensor, alpha: float = 1.0) -> Tensor:
    """Return x where it is above 0, and alpha times exp(x) - 1 elsewhere.

    Formula: `f(x) = x if x > 0 else alpha * (exp(x) - 1)`, with derivative `alpha * exp(x)` for
    x < 0 and 1 for x > 0. At 0, where f is 0, the derivative returned is alpha. f is -alpha at
    minus infinity, with derivative 0. NaN gives NaN.

    Args:
        x: Tensor of any shape.
        alpha: Finite number, 0 or above, in x's unit.

    Returns:
        Tensor of x's shape and dtype (Keras' float dtype for integers and booleans).

    Raises:
        ValueError: If alpha is not a finite number, or is below 0.

    References:
        Clevert, Unterthiner and Hochreiter (2016), "Fast and accurate deep network learning by
        exponential linear units (ELUs)".
    """
    alpha = non_negative("alpha", alpha)
    x = as_float(x)
    # TensorFlow's own kernel takes exp(x) - 1 as it stands: all digits are lost near 0. The inner
    # choice keeps expm1 from infinity, whose gradient would pass as infinity times 0.
    above = x > 0
    below = alpha * ops.expm1(ops.where(above, 0.0, _same(x, -2.0)))
    return ops.where(above, _same(x, -1.0), below)


@keras.saving.register_keras_serializable(package="custom_layers")
class ELU(ShapePreservingLayer):
    """Apply `custom_layers.elu`: x above 0, alpha times exp(x) - 1 elsewhere.

    Formula: `f(x) = x if x > 0 else alpha * (exp(x) - 1)`, with derivative `alpha * exp(x)` for
    x < 0, 1 for x > 0, and alpha at 0. NaN gives NaN.

    Args:
        alpha: Finite number, 0 or above, in the input's unit.
        **kwargs: Arguments of `keras.Layer`, such as `name` and `dtype`.

    Call arguments:
        inputs: Tensor of any shape. The output has the same shape, in the compute dtype.

    Raises:
        ValueError: If alpha is not a finite number, or is below 0.

    References:
        Clevert, Unterthiner and Hochreiter (2016).
    """

    def __init__(self, alpha: float = 1.0, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.alpha = non_negative("alpha", alpha)

    def call(self, inputs: Tensor) -> Tensor:
        """Return the exponential linear unit of the inputs."""
        return elu(self.as_compute_dtype(inputs), self.alpha)

    def get_config(self) -> dict[str, Any]:
        """Return the arguments from which the layer can be made again."""
        return {**super().get_config(), "alpha": self.alpha}
