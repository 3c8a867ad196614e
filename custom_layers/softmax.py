"""Softmax: scores turned into probabilities, with a temperature."""

from typing import Any

import keras
from keras import ops

from custom_layers._arguments import integer, positive
from custom_layers._tensors import Shape, ShapePreservingLayer, Tensor, as_float


def _has_rank(shape):
    return getattr(shape, "rank", 0) is not None  # TensorFlow may learn it from the data only


def _is_empty(shape):
    return _has_rank(shape) and 0 in tuple(shape)


def _check_axis(axis, shape):
    if not _has_rank(shape):
        return
    rank = len(shape)
    if not -rank <= axis < rank:
        raise ValueError(f"axis must be an axis of x, of rank {rank}. Received: axis={axis}")


@keras.saving.register_keras_serializable(package="custom_layers")
def softmax(x: Tensor, temperature: float = 1.0, axis: int = -1) -> Tensor:
    """Return probabilities that are proportional to exp(x / temperature).

    Formula: `f(x)_i = exp(x_i / T) / sum_j exp(x_j / T)`, with derivative
    `df_i/dx_j = f_i ((i == j) - f_j) / T`. A high temperature T spreads the probabilities, a low
    one sharpens them. Minus infinity gives 0. Where an axis holds plus infinity or NaN, or
    nothing but minus infinity, all of that axis is NaN.

    Args:
        x: Tensor of rank 1 or above: the scores.
        temperature: Finite number above 0, in x's unit.
        axis: Integer, the axis along which the probabilities sum to 1; negative from the end.

    Returns:
        Tensor of x's shape and dtype (Keras' float dtype for integers and booleans), in [0, 1].

    Raises:
        ValueError: If the temperature is not a finite number above 0, or if axis is not an
            integer or not an axis of x.

    References:
        Boltzmann (1868); Bridle (1990), "Probabilistic interpretation of feedforward
        classification network outputs"; Hinton, Vinyals and Dean (2015), "Distilling the
        knowledge in a neural network", for the temperature.
    """
    temperature = positive("temperature", temperature)
    axis = integer("axis", axis)
    x = as_float(x)
    _check_axis(axis, x.shape)
    dtype = x.dtype
    if keras.backend.standardize_dtype(dtype) in ("float16", "bfloat16"):
        x = ops.cast(x, "float32")  # in float16 the sum of 70,000 ones is infinite
    # The greatest is taken away before the division: x / T can overflow, 0 / T cannot. It
    # cancels in the quotient, so it carries no gradient. Without an initial value Keras refuses
    # an empty batch; with one, a model that is quantised to integers would need it in its scale.
    initial = float("-inf") if _is_empty(x.shape) else None
    greatest = ops.max(x, axis=axis, keepdims=True, initial=initial)
    shifted = x - ops.stop_gradient(greatest)
    powers = ops.exp(shifted / temperature)
    return ops.cast(powers / ops.sum(powers, axis=axis, keepdims=True), dtype)


@keras.saving.register_keras_serializable(package="custom_layers")
class Softmax(ShapePreservingLayer):
    """Apply `custom_layers.softmax`: probabilities proportional to exp(x / temperature).

    Formula: `f(x)_i = exp(x_i / T) / sum_j exp(x_j / T)`. Minus infinity gives 0. Where an axis
    holds plus infinity or NaN, or nothing but minus infinity, all of that axis is NaN. A mask is
    passed through and leaves the probabilities as they are: to leave scores out, set them to
    minus infinity.

    Args:
        temperature: Finite number above 0, in the input's unit.
        axis: Integer, the axis along which the probabilities sum to 1; negative from the end.
            For more axes than one, reshape first.
        **kwargs: Arguments of `keras.Layer`, such as `name` and `dtype`.

    Call arguments:
        inputs: Tensor of rank 1 or above. The output has the same shape, in the compute dtype.

    Raises:
        ValueError: If the temperature is not a finite number above 0, or if axis is not an
            integer or, in a call, not an axis of the inputs.

    References:
        Bridle (1990); Hinton, Vinyals and Dean (2015).
    """

    def __init__(self, temperature: float = 1.0, axis: int = -1, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.temperature = positive("temperature", temperature)
        self.axis = integer("axis", axis)

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        """Return the shape of the input, and refuse one that lacks the axis."""
        _check_axis(self.axis, input_shape)
        return super().compute_output_shape(input_shape)

    def call(self, inputs: Tensor) -> Tensor:
        """Return the probabilities."""
        return softmax(self.as_compute_dtype(inputs), self.temperature, self.axis)

    def get_config(self) -> dict[str, Any]:
        """Return the arguments from which the layer can be made again."""
        return {**super().get_config(), "temperature": self.temperature, "axis": self.axis}
