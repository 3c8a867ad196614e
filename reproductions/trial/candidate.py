"""A candidate: an activation function of the user's own, found by its name and made a Keras layer.

This runs code that nobody here has seen. Whatever it raises becomes an `UnsoundError` by way of
`blamed`; what cannot be imported at all is an `InputError`.
"""

import copy
import difflib
import importlib
import inspect
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType

import numpy as np

from reproductions.evidence.errors import InputError, one_line

SIZES = (
    # The first four are subnormal in float32: some programs take them for 0.
    1e-45, 1e-42, 1e-40, 1e-38, 1e-37, 1e-30, 1e-20, 1e-8, 1e-3, 0.5, 1, 3, 10, 17, 50, 89, 1e3,
    1e4, 1e8, 1e15, 1e19, 1e20, 1e30,
)  # fmt: skip
TINY = float(np.finfo("float32").tiny)
PROBES = np.array([0.0, -0.0, *(sign * size for size in SIZES for sign in (-1, 1))])
"""Inputs at and around 0, and over the float range."""
INPUTS = np.concatenate([PROBES, (np.arange(-2_000, 2_000) + 0.5) / 200]).astype("float32")
"""These, and many from -10 to 10, none of them round."""

HINTS = {
    # What TensorFlow or NumPy say, and what they mean.
    "to a numpy array": "NumPy cannot compute on it; use keras.ops or tensorflow",
    "can be converted to Python scalars": (
        "Python's math takes one number; use keras.ops or tensorflow"
    ),
    "as a Python `bool`": "Python's `if` takes one truth value; use keras.ops.where",
    "Iterating over a symbolic": "a loop over a tensor cannot be compiled; use keras.ops",
    "truth value of an array": "Python's `if` takes one truth value; use keras.ops.where",
}

CUT = "..."
WRAPPED = (
    # How Keras begins when it puts an error of its own around what the function raised.
    "Exception encountered when calling",
    "Could not automatically infer",
    "Error when deserializing",
)


class UnsoundError(Exception):
    """What is wrong with a function, with the input that shows it."""


@contextmanager
def blamed(what: str) -> Iterator[None]:
    """Makes whatever the user's code raises in here an `UnsoundError` that begins with `what`.

    SystemExit too, which would end a trial without a word; a plain KeyboardInterrupt goes through,
    as it is Ctrl-C.
    """
    try:
        yield
    except UnsoundError:
        raise
    except BaseException as error:
        if type(error) is KeyboardInterrupt:
            raise
        raise UnsoundError(_said(what, error)) from error


def _said(what: str, error: BaseException) -> str:
    for _ in range(10):
        if error.__context__ and short(error).startswith(WRAPPED):
            error = error.__context__
    hints = [hint for sign, hint in HINTS.items() if sign in short(error, 1_000)]
    text = short(error)
    text = text if text.endswith(CUT) else text.rstrip(".")
    return "; ".join([f"{what}: {type(error).__name__}: {text}", *hints[:1]])


def short(thing: object, most: int = 160) -> str:
    """What a thing says of itself, on one line and of no more than `most` characters."""
    try:
        lines = [line.strip() for line in str(thing).splitlines() if line.strip()]
        # TensorFlow and Keras put where it happened first; what happened is the last plain line.
        text = one_line(" ".join(lines[:2]) if lines else repr(thing))
    except Exception:  # it is the user's code that says it
        return "it says nothing of itself"
    return text if len(text) <= most else text[: most - len(CUT)] + CUT


def kind(thing: object) -> str:
    """What a thing is that should be something else."""
    return "None" if thing is None else f"a value of type {type(thing).__name__}"


def find(target: str) -> object:
    """What MODULE:NAME names; the current folder comes first.

    Raises:
        InputError: it is not of that form, the module cannot be imported, or has no such name.
    """
    module, _, name = target.partition(":")
    if not all(each.isidentifier() for each in (*module.split("."), name)):
        hint = _without_suffix(target) or "as in my_funcs:snake"
        raise InputError(f"a trial takes MODULE:NAME, {hint}. Received: {target}")
    loaded = _imported(module, target)
    try:
        with blamed(f"{module} does not give {name}"):
            return getattr(loaded, name)
    except UnsoundError as error:
        if not isinstance(error.__cause__, AttributeError):
            raise InputError(f"{error}. Received: {target}") from error
        names = [key for key, value in vars(loaded).items() if callable(value)]
        raise InputError(
            f"{module} has no {name}{nearest(name, names)} Received: {target}"
        ) from error


def _imported(module: str, target: str) -> ModuleType:
    folder = Path.cwd()
    if str(folder) not in sys.path:
        sys.path.insert(0, str(folder))
    importlib.invalidate_caches()
    try:
        with blamed(f"{module} cannot be imported"):
            loaded = importlib.import_module(module)
    except UnsoundError as error:
        cause, top = error.__cause__, module.partition(".")[0]
        hint = "."
        if isinstance(cause, ModuleNotFoundError):
            if written := _without_suffix(target):
                hint = f"; {written}."
            elif cause.name == top:
                hint = nearest(top, [path.stem for path in folder.glob("*.py")])
        raise InputError(f"{error}{hint} Received: {target}") from error
    here = folder / f"{module}.py"
    if here.is_file() and here.resolve() != Path(getattr(loaded, "__file__", None) or "").resolve():
        raise InputError(
            f"{module} is the name of another module, which Python loads in its place; rename"
            f" {here.name}. Received: {target}"
        )
    return loaded


def _without_suffix(target: str) -> str:
    """What to write instead of a file's name; empty if it is none, or of no module from here."""
    file, _, name = target.partition(":")
    if not file.endswith(".py"):
        return ""
    module = ".".join(Path(file).with_suffix("").parts)
    if not all(each.isidentifier() for each in module.split(".")):
        return ""
    return f"without .py: write {module}:{name or 'NAME'}"


def nearest(name: str, names: list[str]) -> str:
    """How a line goes on that says that there is no such name: with the nearest one, or ends."""
    near = difflib.get_close_matches(name, names, n=1)
    return f"; did you mean {near[0]}?" if near else "."


def as_factory(given: object) -> Callable:
    """What makes the activation as a Keras layer of a dtype, called with `dtype`.

    The layer only calls what was given, so that it has a name of its own, whatever that one's is.

    Args:
        given: a function of a tensor, a layer, a layer's class, or a function that makes a layer
            when it is called without arguments.

    Raises:
        UnsoundError: it is none of these, or makes layers that are not alike.
    """
    import keras

    class Candidate(keras.Layer):
        """Calls a function of a tensor, or a layer, whose weights then count as its own."""

        def __init__(self, function, dtype):
            super().__init__(dtype=dtype)
            self.function = function

        def build(self, shape):
            """Nothing: Keras would trace the function here, before it is called."""

        def call(self, x):
            return self.function(x)

    if not callable(given):
        raise UnsoundError(f"neither a function nor a layer, but of type {type(given).__name__}")
    make = _maker(given)
    if make is None:
        return lambda dtype: Candidate(given, dtype)

    def layer(dtype):
        with blamed("it cannot be made"), _by_default(dtype):
            made = make(dtype)
            made.dtype_policy = dtype
        return Candidate(made, dtype)

    return layer


@contextmanager
def _by_default(dtype: str) -> Iterator[None]:
    """Layers that are made in here without a dtype, as those in other layers are, have this one."""
    import keras

    before = keras.config.dtype_policy()
    keras.config.set_dtype_policy(dtype)  # for this thread alone
    try:
        yield
    finally:
        keras.config.set_dtype_policy(before)


def _maker(given) -> Callable | None:
    """What makes a layer, called with its dtype; None if `given` is a function of a tensor."""
    import keras

    if isinstance(given, keras.Layer):
        return _remaker(given)
    if not inspect.isclass(given) and not _accepts(given):
        return None
    takes_tensor = not inspect.isclass(given) and _accepts(given, PROBES)
    try:
        with blamed("called without arguments it raises"):
            made = given()
            if not isinstance(made, keras.Layer):
                raise UnsoundError(f"called without arguments it gives {kind(made)}, not a layer")
            again = given()
    except UnsoundError:
        # Only what calling gives tells f(x=None) from a function that makes a layer.
        if takes_tensor:
            return None
        raise
    if again is made:
        return _remaker(made)
    _refuse_unlike(made, again, "it makes layers that are not alike")
    return lambda dtype: given()


def _accepts(function: Callable, *arguments) -> bool:
    """Whether a function can be called with so many arguments, as far as its signature tells."""
    try:
        inspect.signature(function).bind(*arguments)
    except (TypeError, ValueError):  # they do not fit, or a built-in function has no signature
        return False
    return True


def _remaker(given) -> Callable:
    """What makes a layer again from its config: a network needs one for each of its places.

    What the config does not hold is lost on the way, so the two are compared.
    """
    instead = "give a function that makes the layer"
    with blamed(f"its get_config raises ({instead})"):
        config = dict(given.get_config())

    def make(dtype=None):
        with blamed(f"it cannot be made from its config ({instead})"):
            other = {"dtype": dtype} if dtype and "dtype" in config else {}
            return type(given).from_config({**copy.deepcopy(config), **other})

    made = make()
    if made is given or made is make():
        raise UnsoundError(f"its from_config makes no new layer ({instead})")
    _refuse_unlike(given, made, "made again from its config, it is another layer")
    return make


def _refuse_unlike(first, second, why: str) -> None:
    """Refuses two layers of different values or slopes; what fails on its own fails elsewhere."""
    import tensorflow as tf

    x = tf.constant(INPUTS)

    def both(layer):
        with tf.GradientTape() as tape:
            tape.watch(x)
            value = layer(x)
        return np.stack([value, tape.gradient(value, x, unconnected_gradients="zero")])

    try:
        with blamed(why):
            results = [both(layer) for layer in (first, second, first)]
    except UnsoundError:
        return
    if first.variables or second.variables or not _alike(results[0], results[2]).all():
        return  # weights, or chance: findings of their own
    other = ~_alike(*results[:2])
    for what, a, b, unlike in zip(("value", "gradient"), *results[:2], other, strict=True):
        if unlike.any():
            order = most_ordinary(INPUTS)
            i = order[unlike[order]][0]
            raise UnsoundError(f"{why}: at x = {INPUTS[i]:g} the {what} is {a[i]:g}, then {b[i]:g}")


def most_ordinary(x: np.ndarray) -> np.ndarray:
    """The places of inputs, round ones first, from 1 outwards, as a reader would look."""
    size = np.abs(np.log(np.maximum(np.abs(x), TINY)))
    return np.lexsort((size, ~np.isin(x, PROBES.astype("float32"))))


def _alike(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    return np.isclose(a, b, rtol=1e-6, atol=0, equal_nan=True)
