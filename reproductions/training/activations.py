"""Activation functions as layers of a network, by name."""

import difflib
import reprlib
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Literal, get_args

from reproductions.evidence.functions import FUNCTIONS

if TYPE_CHECKING:
    import keras

Activation = Literal["sigmoid", "tanh", "relu", "leaky_relu", "elu", "softplus", "swish", "linear"]
"""Those that the experiments train with."""

TENSORFLOW_SLOPE = 0.2
"""Of the leaky ReLU, as the TensorFlow function has it that the XOR post calls."""


def one_of(argument: str, name: str, choices: Mapping[str, Any]) -> Any:
    """What an argument names.

    Raises:
        ValueError: it is none of the choices; the nearest are named.
    """
    if isinstance(name, str) and name in choices:
        return choices[name]
    near = difflib.get_close_matches(str(name)[:100], choices)
    hint = f"; did you mean {' or '.join(near)}?" if near else "."
    raise ValueError(
        f"{argument} must be one of {', '.join(choices)}{hint}"
        f" Received: {argument}={reprlib.repr(name)}"
    )


def layer(function: str | Callable, **options: Any) -> "keras.Layer":
    """A fresh layer that applies an activation function.

    Args:
        function: the name of one of `custom_layers`, where the leaky ReLU has TensorFlow's slope;
            or a function from outside, such as `keras.activations.gelu`.
        **options: of the layer, such as `dtype`.

    Raises:
        ValueError: there is no such activation.
    """
    import keras

    import custom_layers

    if callable(function):
        return keras.layers.Activation(function, **options)
    named = {name: FUNCTIONS[name].layer for name in get_args(Activation)}
    make = getattr(custom_layers, one_of("name", function, named))
    slope = {"negative_slope": TENSORFLOW_SLOPE} if function == "leaky_relu" else {}
    return make(**slope, **options)
