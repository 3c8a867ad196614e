"""What an activation layer costs: time per element, and its share of a training step.

A layer is given by what makes it: a class or function that takes `dtype` and returns a Keras layer,
such as `custom_layers.Sigmoid`. It may be any layer whose output has the shape of its input.
"""

import contextlib
import ctypes
import functools
import os
from collections.abc import Callable, Mapping, Sequence
from itertools import product
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from reproductions.evidence.statistics import generator
from reproductions.training.parallel import workers
from reproductions.training.timing import interleaved, median_interval, ratios, timed

if TYPE_CHECKING:
    from concurrent.futures import Executor

    import keras
    import tensorflow as tf

Layers = Mapping[str, "Callable[..., keras.Layer]"]

Call = Callable[[], object]
"""What is timed: it takes nothing, and what it gives is not used."""

MODES = ("eager", "graph", "xla")
"""Op by op; in a `tf.function`; in a `tf.function` that XLA compiles."""

WORKS = ("forward", "gradient")
"""The output alone; the output and the gradient with respect to the input."""

AXIS = 64
"""The length of the last axis, over which softmax sums."""


def element_times(
    layers: Layers,
    reference: str,
    modes: Sequence[str] = MODES,
    dtypes: Sequence[str] = ("float32",),
    sizes: Sequence[int] = (2**20,),
    rounds: int = 9,
    at_least_s: float = 0.001,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Times each layer by itself, and copies of as many bytes as it reads, in the same rounds.

    Args:
        layers: what makes the layers, by name.
        reference: the name of the layer with which the others are compared.
        modes: from `MODES`.
        dtypes: of inputs and outputs.
        sizes: numbers of elements of an input, multiples of `AXIS`.
        rounds: at least 6.
        at_least_s: how long a measurement lasts at least; short calls are repeated.

    Returns:
        Two tables. The first has one row for each layer in each setting: its time per element in
        nanoseconds and the ratio to the reference's time, each as the median over rounds with a
        95 % interval. The second has one row for each dtype and size: a copy's time per element,
        and how many bytes it reads and writes per second.

    Raises:
        ValueError: a size is no multiple of `AXIS`.
    """
    import tensorflow as tf

    if any(size < 1 or size % AXIS for size in sizes):
        raise ValueError(f"sizes must be multiples of {AXIS}. Received: {sizes}")
    random = generator(0)
    settings, calls, copies = [], [], []
    with workers() as executor:
        for dtype, size in product(dtypes, sizes):
            x, upstream = (
                tf.cast(random.standard_normal((size // AXIS, AXIS), "float32"), dtype)
                for _ in range(2)
            )
            copies.append((dtype, size, x.dtype.size))
            calls += [_copy(size * x.dtype.size, n, executor) for n in (1, os.cpu_count() or 1)]
            for work, mode in product(WORKS, modes):
                settings.append((mode, dtype, size, work))
                calls += [
                    _pass(make(dtype=dtype), mode, work, x, upstream) for make in layers.values()
                ]
        groups = [2, *[len(layers)] * (len(WORKS) * len(modes))] * len(copies)
        seconds = _measure(calls, groups, rounds, at_least_s, "cost per element")
    # In the order in which they were made: for each dtype and size two copies, then the layers.
    seconds = seconds.reshape(len(copies), -1, rounds)
    copied, seconds = seconds[:, :2].min(axis=1), seconds[:, 2:]
    seconds = seconds.reshape(len(settings), len(layers), rounds)
    keys = [(*setting, name) for setting, name in product(settings, layers)]
    rows = pd.DataFrame(keys, columns=["mode", "dtype", "elements", "work", "function"])
    for column, values in _columns("time_ns", median_interval(seconds)).items():
        rows[column] = values * (1e9 / rows["elements"])
    of_reference = seconds[:, [list(layers).index(reference)]]
    rows = rows.assign(**_columns("ratio", ratios(seconds, of_reference)))
    limits = pd.DataFrame(copies, columns=["dtype", "elements", "itemsize"])
    for column, values in _columns("time_ns", median_interval(copied)).items():
        limits[column] = values * 1e9 / limits["elements"]
    # A copy reads and writes each byte; one byte per nanosecond is one gigabyte per second.
    limits["gb_per_s"] = 2 * limits["itemsize"] / limits["time_ns"]
    return rows, limits.drop(columns="itemsize")


def step_times(
    layers: Layers,
    reference: str,
    without: str,
    widths: Sequence[int],
    modes: Sequence[str] = ("graph", "xla"),
    depth: int = 4,
    batch: int = 64,
    rounds: int = 9,
    at_least_s: float = 0.001,
) -> pd.DataFrame:
    """Times a training step of a network of equal Dense layers, each with an activation.

    Args:
        layers: what makes the activations, by name.
        reference: the name of the activation with which the others are compared.
        without: the name of an activation that does no work. The share of an activation is the time
            by which its step is longer than a step with this one, relative to its step.
        widths: of the networks' layers.
        modes: from `MODES`, without "eager".
        depth: number of Dense layers.
        batch: number of samples.
        rounds: at least 6.
        at_least_s: how long a measurement lasts at least; short steps are repeated.

    Returns:
        One row for each mode, width and activation: the step's time in microseconds, its ratio to
        the reference's, and the activation's share, each as the median over rounds with a 95 %
        interval.
    """
    settings = list(product(modes, widths))
    calls = [
        _step(make, mode, width, depth, batch)
        for mode, width in settings
        for make in layers.values()
    ]
    groups = [len(layers)] * len(settings)
    seconds = _measure(calls, groups, rounds, at_least_s, "cost in a step")
    seconds = seconds.reshape(len(settings), len(layers), rounds)
    names = list(layers)
    bare, of_reference = (seconds[:, [names.index(name)]] for name in (without, reference))
    keys = [(*setting, name) for setting, name in product(settings, names)]
    return pd.DataFrame(keys, columns=["mode", "width", "function"]).assign(
        **_columns("step_us", median_interval(seconds * 1e6)),
        **_columns("ratio", ratios(seconds, of_reference)),
        **_columns("share", median_interval(1 - bare / seconds)),
    )


def _columns(name: str, interval: tuple[np.ndarray, ...]) -> dict[str, np.ndarray]:
    """The columns of a median and its interval, from arrays (setting, layer)."""
    columns = (name, f"{name}_low", f"{name}_high")
    return {column: values.ravel() for column, values in zip(columns, interval, strict=True)}


def _measure(
    calls: Sequence[Call],
    groups: list[int],
    rounds: int,
    at_least_s: float,
    what: str,
) -> np.ndarray:
    """Compiles all calls on all cores, then times them one at a time: seconds, (call, round)."""

    def compile_it(call: Call) -> None:
        call()  # what it gives goes at once: together the outputs would take gigabytes
        _give_back()

    with workers() as executor:
        list(executor.map(compile_it, calls))
    return interleaved([timed(call, at_least_s) for call in calls], rounds, what, groups)


def _give_back() -> None:
    """Returns free memory to the system; glibc keeps that which lies between compiled code."""
    with contextlib.suppress(OSError, AttributeError):  # another C library
        ctypes.CDLL("libc.so.6").malloc_trim(0)


def _compiled(function: Callable, mode: str) -> Callable:
    """The function as the mode runs it."""
    import tensorflow as tf

    if mode == "eager":
        return function
    # As a partial, or TensorFlow would take functions from the same lines of code for one function
    # that it traces again and again.
    function = functools.partial(function)
    return tf.function(function, autograph=False, jit_compile=mode == "xla")


def _pass(
    layer: "keras.Layer", mode: str, work: str, x: "tf.Tensor", upstream: "tf.Tensor"
) -> Call:
    """Passes x through the layer and, if the work is "gradient", upstream back."""
    import tensorflow as tf

    def forward(x, upstream):
        return layer(x)

    def gradient(x, upstream):
        with tf.GradientTape() as tape:
            tape.watch(x)
            y = layer(x)
        return y, tape.gradient(y, x, upstream)

    function = _compiled({"forward": forward, "gradient": gradient}[work], mode)
    return lambda: function(x, upstream)


def _copy(size: int, parts: int, executor: "Executor") -> Call:
    """Copies so many bytes, always to the same place, in equal parts side by side."""
    source, target = np.ones(size, "uint8"), np.zeros(size, "uint8")
    if parts == 1:
        return lambda: np.copyto(target, source)
    targets, sources = (np.array_split(array, parts) for array in (target, source))
    return lambda: list(executor.map(np.copyto, targets, sources))


def _step(
    make: "Callable[..., keras.Layer]", mode: str, width: int, depth: int, batch: int
) -> Call:
    """Makes a training step of a network of Dense layers, each followed by an activation."""
    import keras
    import tensorflow as tf

    layers = [layer for _ in range(depth) for layer in (keras.layers.Dense(width), make())]
    model = keras.Sequential([keras.Input((width,)), *layers])
    random = generator(0, width)
    model.set_weights([random.normal(0, width**-0.5, variable.shape) for variable in model.weights])
    x, y = (tf.constant(random.standard_normal((batch, width), "float32")) for _ in range(2))
    variables = [variable.value for variable in model.trainable_variables]

    def step():
        with tf.GradientTape() as tape:
            loss = tf.reduce_mean((model(x, training=True) - y) ** 2)
        for variable, gradient in zip(variables, tape.gradient(loss, variables), strict=True):
            variable.assign_sub(1e-6 * gradient)  # so little that all steps do the same work

    return _compiled(step, mode)
