"""The documents' activation functions as Keras layers, each with a pure function.

Importing the package registers the layers with Keras, and the functions as activations of other
layers, so that a saved model that holds them loads without `custom_objects`. Every function takes
tensors, arrays, numbers and symbolic inputs of any shape, on any backend of Keras. Common to all of
them:

- Integers and booleans are taken as floats; complex numbers and texts are refused, and so is a
  layer's dtype that is not a floating-point one.
- Derivatives are right to some roundings of the greatest derivative, not of the derivative
  itself: the sigmoid's is exactly 0 above about 17 in float32, because 1 - f(x) is.
- Numbers too small for the dtype's normal range may be taken as 0, as TensorFlow's and XLA's
  own kernels do.
- The derivative at NaN is not defined.
"""

from custom_layers.elu import ELU, elu
from custom_layers.leaky_relu import LeakyReLU, leaky_relu
from custom_layers.linear import Linear, linear
from custom_layers.relu import ReLU, relu
from custom_layers.sigmoid import Sigmoid, sigmoid
from custom_layers.softmax import Softmax, softmax
from custom_layers.softplus import Softplus, softplus
from custom_layers.swish import Swish, swish
from custom_layers.tanh import Tanh, tanh
from custom_layers.threshold import Threshold, threshold

__all__ = [
    "ELU",
    "LeakyReLU",
    "Linear",
    "ReLU",
    "Sigmoid",
    "Softmax",
    "Softplus",
    "Swish",
    "Tanh",
    "Threshold",
    "elu",
    "leaky_relu",
    "linear",
    "relu",
    "sigmoid",
    "softmax",
    "softplus",
    "swish",
    "tanh",
    "threshold",
]
