"""What an activation layer costs: time an element by itself, and its share of a training step.

A layer is given by what makes it: a class or function that takes `dtype` and returns a Keras layer,
such as `custom_layers.Sigmoid`. Any layer that keeps its input's shape will do.
"""

import functools
import os
from collections.abc import Callable, Mapping, Sequence
from itertools import product
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from reproductions.evidence.statistics import generator
from reproductions.training.parallel import workers
from reproductions.training.pool import Pool
from reproductions.training.timing import interleaved, median_interval, ratios, timed

if TYPE_CHECKING:
    import keras

Layers = Mapping[str, "Callable[..., keras.Layer]"]

MODES = ("eager", "graph", "xla")
"""One operation after the other; `tf.function`; `tf.function` compiled by XLA."""

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
    pool: Pool | None = None,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Times each layer by itself, and copies of as many bytes as it reads, in the same rounds.

    Args:
        layers: what makes them, by name.
        reference: the name of the one that the others are held against.
        modes: from `MODES`.
        dtypes: of inputs and outputs.
        sizes: numbers of elements of an input, multiples of `AXIS`.
        rounds: at least 6.
        at_least_s: how long a measurement lasts: short calls are made several times.
        pool: shows the progress.

    Returns:
        A row for each layer in each setting: its time an element in nanoseconds and its ratio to
        the reference's, each the median over rounds with a 95 % interval; and a row for each dtype
        and size with a copy's time an element and the bytes a second that it reads and writes.

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
            calls += [_copy(size * x.dtype.size, n, executor) for n in (1, os.cpu_count())]
            for work, mode in product(WORKS, modes):
                settings.append((mode, dtype, size, work))
                calls += [
                    _pass(make(dtype=dtype), mode, work, x, upstream) for make in layers.values()
                ]
        groups = [2, *[len(layers)] * (len(WORKS) * len(modes))] * len(copies)
        seconds = _measure(calls, groups, rounds, at_least_s, "cost an element", pool)
    # In the order in which they were made: for each dtype and size two copies, then the layers.
    seconds = seconds.reshape(len(copies), -1, rounds)
    copied, seconds = seconds[:, :2].min(axis=1), seconds[:, 2:]
    seconds = seconds.reshape(len(settings), len(layers), rounds)
    own = seconds[:, list(layers).index(reference)]
    times = _columns("time_ns", median_interval(seconds)) | _columns(
        "ratio", ratios(seconds, own[:, None])
    )
    keys = [(*setting, name) for setting, name in product(settings, layers)]
    rows = pd.DataFrame(keys, columns=["mode", "dtype", "elements", "work", "function"])
    for column, values in times.items():
        scale = 1e9 / rows["elements"] if column.startswith("time_ns") else 1
        rows[column] = values.ravel() * scale
    limits = pd.DataFrame(copies, columns=["dtype", "elements", "itemsize"])
    middle, low, high = (ends * 1e9 / limits["elements"] for ends in median_interval(copied))
    # A copy reads and writes each byte; a byte a nanosecond is a gigabyte a second.
    limits = limits.assign(time_ns=middle, time_ns_low=low, time_ns_high=high)
    limits["gb_per_s"] = 2 * limits["itemsize"] / middle
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
    pool: Pool | None = None,
) -> pd.DataFrame:
    """Times a training step of a network of equal Dense layers, each with an activation.

    Args:
        layers: what makes the activations, by name.
        reference: the name of the one that the others are held against.
        without: the name of the one that does no work; what a step takes longer than with it is the
            activation's share.
        widths: of the networks' layers.
        modes: from `MODES`, without "eager".
        depth: number of Dense layers.
        batch: number of samples.
        rounds: at least 6.
        at_least_s: how long a measurement lasts.
        pool: shows the progress.

    Returns:
        A row for each network, mode and layer: the step's time in microseconds, its ratio to the
        reference's, and the activation's share, each the median over rounds with a 95 % interval.
    """
    settings = list(product(modes, widths))
    calls = [
        _step(make, mode, width, depth, batch)
        for mode, width in settings
        for make in layers.values()
    ]
    groups = [len(layers)] * len(settings)
    seconds = _measure(calls, groups, rounds, at_least_s, "cost in a step", pool)
    seconds = seconds.reshape(len(settings), len(layers), rounds)
    names = list(layers)
    bare, own = (seconds[:, [names.index(name)]] for name in (without, reference))
    keys = [(*setting, name) for setting, name in product(settings, names)]
    rows = pd.DataFrame(keys, columns=["mode", "width", "function"])
    columns = (
        _columns("step_us", median_interval(seconds * 1e6))
        | _columns("ratio", ratios(seconds, own))
        | _columns("share", median_interval(1 - bare / seconds))
    )
    return rows.assign(**{name: values.ravel() for name, values in columns.items()})


def _columns(name, interval) -> dict[str, np.ndarray]:
    return dict(zip((name, f"{name}_low", f"{name}_high"), interval, strict=True))


def _measure(calls, groups, rounds, at_least_s, what, pool) -> np.ndarray:
    """Compiles all on all cores, then times them one at a time."""
    with workers() as executor:
        list(executor.map(lambda call: call(), calls))
    return interleaved([timed(call, at_least_s) for call in calls], rounds, what, groups, pool)


def _compiled(function, mode):
    import tensorflow as tf

    if mode == "eager":
        return function
    # A partial, or TensorFlow takes many functions of the same lines for one that is traced anew.
    function = functools.partial(function)
    return tf.function(function, autograph=False, jit_compile=mode == "xla")


def _pass(layer, mode, work, x, upstream) -> Callable[[], object]:
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


def _copy(size: int, parts: int, executor) -> Callable[[], object]:
    """Copies so many bytes to where they were copied before, in equal parts side by side."""
    source, target = np.ones(size, "uint8"), np.zeros(size, "uint8")
    if parts == 1:
        return lambda: np.copyto(target, source)
    pairs = [np.array_split(array, parts) for array in (target, source)]
    return lambda: list(executor.map(np.copyto, *pairs))


def _step(make, mode, width, depth, batch) -> Callable[[], object]:
    import keras
    import tensorflow as tf

    hidden = [part for _ in range(depth) for part in (keras.layers.Dense(width), make())]
    model = keras.Sequential([keras.Input((width,)), *hidden])
    random = generator(0, width)
    model.set_weights([random.normal(0, width**-0.5, variable.shape) for variable in model.weights])
    x, y = (tf.constant(random.standard_normal((batch, width), "float32")) for _ in range(2))
    variables = [variable.value for variable in model.trainable_variables]

    def step():
        with tf.GradientTape() as tape:
            loss = tf.reduce_mean((model(x, training=True) - y) ** 2)
        for variable, gradient in zip(variables, tape.gradient(loss, variables), strict=True):
            variable.assign_sub(1e-6 * gradient)  # so small that no step differs from the others

    return _compiled(step, mode)
