"""What the layers share: the input's dtype, and a base class for layers that keep the shape."""

from typing import Any

import keras
from keras import ops

Tensor = Any
"""A tensor of any backend, an array, a number, or a symbolic input."""

Shape = tuple[int | None, ...]


def as_real(x: Tensor) -> Tensor:
    """Return x as a tensor of floats, integers or booleans.

    Raises:
        ValueError: If x holds anything else, as complex numbers: a cast would lose a part of them.
    """
    x = ops.convert_to_tensor(x)
    dtype = keras.backend.standardize_dtype(x.dtype)
    is_real = keras.backend.is_float_dtype(dtype) or keras.backend.is_int_dtype(dtype)
    if not is_real and dtype != "bool":
        raise ValueError(f"x must hold real numbers. Received: x of dtype {dtype}")
    return x


def as_float(x: Tensor) -> Tensor:
    """Return x as a tensor, integers and booleans turned into Keras' float dtype."""
    x = as_real(x)
    if keras.backend.is_float_dtype(x.dtype):
        return x
    return ops.cast(x, keras.config.floatx())


class ShapePreservingLayer(keras.Layer):
    """A layer without weights whose output has the shape of its input.

    The output has the layer's compute dtype, whatever the input's; a mask is passed through.

    Raises:
        ValueError: If the dtype is not a floating-point one, which would round the inputs.
    """

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        if not keras.backend.is_float_dtype(self.compute_dtype):
            raise ValueError(
                f"dtype must be a floating-point one. Received: dtype={self.compute_dtype}"
            )
        self.supports_masking = True
        self.built = True  # there is nothing to build, which would need to know the rank

    def as_compute_dtype(self, inputs: Tensor) -> Tensor:
        """Return inputs in the compute dtype: Keras itself casts only floating-point inputs."""
        return ops.cast(as_real(inputs), self.compute_dtype)

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        """Return the shape of the input."""
        return input_shape

    def compute_output_spec(self, inputs: Tensor) -> keras.KerasTensor:
        """Return the output of symbolic inputs, which Keras makes without a call."""
        shape = self.compute_output_shape(as_real(inputs).shape)
        return keras.KerasTensor(shape, dtype=self.compute_dtype)
