"""The checks of arguments that the functions and the layers share.

Each returns the plain Python number, so that a layer's config can be written as JSON, and
raises ValueError, for a wrong type too, with a message that ends with what was received.
"""

import functools
import inspect
import numbers
import reprlib
from collections.abc import Callable
from typing import ParamSpec, TypeVar

import numpy as np

P = ParamSpec("P")
R = TypeVar("R")

# An argument meets float32 data: outside this range it would turn into 0 or infinity there.
_SMALLEST = float(np.finfo(np.float32).tiny)
_LARGEST = float(np.finfo(np.float32).max)


def _error(name, requirement, value):
    received = " ".join(reprlib.repr(value).split())  # an array's text runs over several lines
    return ValueError(f"{name} must be {requirement}. Received: {name}={received}")


def _number(value):
    """Return value as a float, NaN where it is no number in float32's range."""
    if isinstance(value, (bool, np.bool_)) or not isinstance(value, numbers.Real):
        return float("nan")
    if not abs(value) <= _LARGEST:
        return float("nan")
    return float(value)


def finite(name: str, value: object) -> float:
    """Return value as a float if it is a finite number."""
    number = _number(value)
    if number != number:
        raise _error(name, "a finite number (of float32)", value)
    return number


def non_negative(name: str, value: object) -> float:
    """Return value as a float if it is a finite number of 0 or above."""
    number = _number(value)
    if not number >= 0:
        raise _error(name, "a finite number (of float32), 0 or above", value)
    return number


def positive(name: str, value: object) -> float:
    """Return value as a float if it is a finite number above 0."""
    number = _number(value)
    if not number >= _SMALLEST:
        raise _error(name, "a finite number (of float32) above 0", value)
    return number


def integer(name: str, value: object) -> int:
    """Return value as an int if it is an integer."""
    if isinstance(value, (bool, np.bool_)) or not isinstance(value, numbers.Integral):
        raise _error(name, "an integer", value)
    return int(value)


def needed(argument: str, layer: str) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Say what to give instead where a function of x and an argument is called with one of them.

    A layer such as Dense calls its activation with x alone. Keras does not look at an activation
    before that, so the first call is the earliest moment at which the mistake can be told.
    """

    def decorate(function: Callable[P, R]) -> Callable[P, R]:
        @functools.wraps(function)
        def checked(*args: P.args, **kwargs: P.kwargs) -> R:
            if len(args) + len(kwargs) < 2:
                given = inspect.signature(function).bind_partial(*args, **kwargs).arguments
                raise TypeError(
                    f"{function.__name__} needs {argument if 'x' in given else 'x'}."
                    " As the activation of a layer such as Dense,"
                    f" give custom_layers.{layer}({argument}=...) instead."
                    f" Received: {'only ' + ', '.join(given) if given else 'nothing'}"
                )
            return function(*args, **kwargs)

        return checked

    return decorate
