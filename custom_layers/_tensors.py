"""What the layers share: the input's dtype, and a base class for layers that keep the shape."""

import keras
from keras import ops


def as_float(x):
    """Return x as a tensor, integers and booleans turned into Keras' float dtype."""
    x = ops.convert_to_tensor(x)
    if keras.backend.is_float_dtype(x.dtype):
        return x
    return ops.cast(x, keras.config.floatx())


class ShapePreservingLayer(keras.Layer):
    """A layer without weights whose output has the shape of its input.

    The output has the layer's compute dtype, whatever the input's; a mask is passed through.
    """

    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.supports_masking = True

    def as_compute_dtype(self, inputs):
        """Return inputs in the compute dtype: Keras itself casts only floating-point inputs."""
        return ops.cast(inputs, self.compute_dtype)

    def compute_output_shape(self, input_shape):
        """Return the shape of the input."""
        return input_shape
