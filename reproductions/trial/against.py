"""The functions that one's own can stand beside: the suite's and those of `keras.activations`."""

from collections.abc import Callable
from typing import get_args

import numpy as np

from reproductions.evidence.errors import InputError
from reproductions.evidence.functions import FUNCTIONS
from reproductions.training import activations
from reproductions.trial import soundness
from reproductions.trial.candidate import UnsoundError, as_factory, nearest

NO_FUNCTIONS = ("deserialize", "get", "serialize")
"""What `keras.activations` holds besides activation functions."""


def factory(name: str) -> Callable:
    """What makes a function as a Keras layer of a dtype, called with `dtype`.

    Args:
        name: of a function of the suite, or else of `keras.activations`.

    Raises:
        InputError: neither has a function of that name, or the battery cannot measure it.
    """
    made = _factory(name)
    try:
        with np.errstate(all="ignore"):
            soundness.usable(made)
    except UnsoundError as error:
        raise InputError(
            f"--against takes functions that the battery can measure: {error}. Received: {name}"
        ) from error
    return made


def _factory(name: str) -> Callable:
    import keras

    import custom_layers

    if name in get_args(activations.Activation):
        return lambda dtype: activations.layer(name, dtype=dtype)
    if name in FUNCTIONS:
        return as_factory(getattr(custom_layers, FUNCTIONS[name].layer))
    of_keras = {
        key: value
        for key, value in vars(keras.activations).items()
        if callable(value) and not key.startswith("_") and key not in NO_FUNCTIONS
    }
    if name not in of_keras:
        raise InputError(
            "--against takes functions of the suite or of keras.activations, which have no"
            f" {name}{nearest(name, [*FUNCTIONS, *of_keras])} Received: {name}"
        )
    return as_factory(of_keras[name])
