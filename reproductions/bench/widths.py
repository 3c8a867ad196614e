"""How fast the engine is by width and batch, beside plain NumPy and the processor's own limit.

Run as `python -m reproductions.bench.widths`. Networks of two inputs, two hidden ReLU layers of a
width and one output are trained on batches of several sizes, on one core: by the engine, and by
what anybody would write first for many small networks, batched matrix products in NumPy. A third
program multiplies two large matrices, which is as fast as this processor computes. Prints a table
and writes `bench_widths.csv` and a figure to results/latest.
"""

import sys
from collections.abc import Callable, Sequence
from functools import partial
from itertools import pairwise
from typing import TYPE_CHECKING

import keras
import numpy as np
import pandas as pd
import tensorflow as tf

from reproductions.bench.parts import Part, on_one_core
from reproductions.evidence import drawing
from reproductions.evidence.statistics import generator
from reproductions.training import layouts
from reproductions.training.replicas import Replicas, initial_weights
from reproductions.training.timing import interleaved, ratios, timed

if TYPE_CHECKING:
    from matplotlib.figure import Figure

WIDTHS, BATCHES = (2, 4, 8, 16, 24, 32, 64, 128, 256), (1, 4, 32, 128)
REPLICAS, RATE = 64, 0.001
AT_LEAST_S, OPERATIONS = 0.1, 6e9
LEAST_STEPS, MOST_STEPS = 16, 10_000
LARGE = 1_024


def operations(widths: Sequence[int], batch: int) -> int:
    """Multiplications and additions of one update: forward, and twice as many backward."""
    return 6 * batch * sum(inputs * outputs for inputs, outputs in pairwise(widths))


def steps(widths: Sequence[int], batch: int) -> int:
    """As many updates as it takes to make the time of bringing weights in and out negligible."""
    wanted = round(OPERATIONS / REPLICAS / operations(widths, batch))
    return min(max(LEAST_STEPS, wanted), MOST_STEPS)


def data(widths: Sequence[int], batch: int) -> tuple[np.ndarray, np.ndarray]:
    """Inputs and targets, (batch, unit)."""
    random = generator(0)
    shapes = ((batch, widths[0]), (batch, widths[-1]))
    x, y = (random.standard_normal(shape).astype("float32") for shape in shapes)
    return x, y


def engine(widths: Sequence[int], batch: int) -> Callable[[], object]:
    """Trains the replicas by the engine."""
    hidden = [keras.layers.Dense(units, activation="relu") for units in widths[1:-1]]
    layers = [keras.Input((widths[0],)), *hidden, keras.layers.Dense(widths[-1])]
    replicas = Replicas(
        keras.Sequential(layers),
        lambda y, h: tf.reduce_mean((y - h) ** 2, (0, 1)),
        record=lambda y, h: {},
        watch=False,
        threads=1,
    )
    weights = initial_weights(replicas.model, range(REPLICAS), "he")
    x, y = data(widths, batch)
    count = steps(widths, batch)
    return lambda: replicas.train(weights, x, y, RATE, count)


def in_numpy(
    weights: list[np.ndarray], x: np.ndarray, y: np.ndarray, count: int
) -> list[np.ndarray]:
    """Trains the same networks with one batched matrix product a layer.

    Args:
        weights: kernels (replica, in, out) and biases (replica, 1, out), in turn.
        x: inputs, (batch, unit).
        y: targets, (batch, unit).
        count: number of updates.

    Returns:
        The weights afterwards.
    """
    kernels, biases = [w.copy() for w in weights[::2]], [w.copy() for w in weights[1::2]]
    inputs = np.broadcast_to(x, (len(kernels[0]), *x.shape))
    last = len(kernels) - 1
    for _ in range(count):
        signals = [inputs]
        for layer, (kernel, bias) in enumerate(zip(kernels, biases, strict=True)):
            z = signals[-1] @ kernel + bias
            signals.append(z if layer == last else np.maximum(z, 0))
        gradient = (signals.pop() - y) * np.float32(2 / y.size)
        for layer in range(last, -1, -1):
            signal = signals.pop()
            of_kernel = signal.transpose(0, 2, 1) @ gradient
            of_bias = gradient.sum(1, keepdims=True)
            if layer:
                gradient = gradient @ kernels[layer].transpose(0, 2, 1) * (signal > 0)
            kernels[layer] -= np.float32(RATE) * of_kernel
            biases[layer] -= np.float32(RATE) * of_bias
    return [array for pair in zip(kernels, biases, strict=True) for array in pair]


def numpy_loop(widths: Sequence[int], batch: int) -> Callable[[], object]:
    """Trains the replicas by `in_numpy`."""
    random = generator(0)
    weights = []
    for inputs, outputs in pairwise(widths):
        kernel = random.standard_normal((REPLICAS, inputs, outputs)) * np.sqrt(2 / inputs)
        weights += [kernel.astype("float32"), np.zeros((REPLICAS, 1, outputs), "float32")]
    x, y = data(widths, batch)
    count = steps(widths, batch)
    return lambda: in_numpy(weights, x, y, count)


def measure(widths: Sequence[int], batches: Sequence[int], rounds: int) -> pd.DataFrame:
    """A row for each width and batch: both rates, and the ratio of the two with its spread."""
    square = generator(0).standard_normal((LARGE, LARGE)).astype("float32")
    cases = [((2, width, width, 1), batch) for width in widths for batch in batches]
    calls = [timed(lambda: square @ square, AT_LEAST_S)]
    for case in cases:
        calls += [timed(make(*case), AT_LEAST_S) for make in (engine, numpy_loop)]
    seconds = interleaved(calls, rounds, what="bench, by width")
    limit = 2 * LARGE**3 / seconds[0].min() / 1e9
    rows = []
    for (shape, batch), ours, numpys in zip(cases, seconds[1::2], seconds[2::2], strict=True):
        work = operations(shape, batch) * REPLICAS * steps(shape, batch) / 1e9
        ratio, low, high = ratios(numpys, ours)
        rows.append(
            {
                "width": shape[1],
                "batch": batch,
                "replicas_stand": "first" if _stands_first(shape, batch) else "last",
                "engine_gflop_per_s": work / np.median(ours),
                "numpy_gflop_per_s": work / np.median(numpys),
                "ratio": ratio,
                "low": low,
                "high": high,
                "matrix_product_gflop_per_s": limit,
            }
        )
    return pd.DataFrame(rows)


def _stands_first(widths: Sequence[int], batch: int) -> bool:
    layers = [keras.Input((widths[0],)), *map(keras.layers.Dense, widths[1:])]
    return layouts.of_network(keras.Sequential(layers), batch).first


def figure(rows: pd.DataFrame) -> "Figure":
    """A panel for each batch: both programs over the width, and the limit."""
    batches = rows["batch"].unique()
    drawn, (axes_of_row,) = drawing.panels(1, len(batches), width=2.8, sharey=True)
    for axes, batch in zip(axes_of_row, batches, strict=True):
        of_batch = rows[rows["batch"] == batch]
        lines = {"engine": ("engine_gflop_per_s", drawing.BLUE, "o-")}
        lines["NumPy"] = ("numpy_gflop_per_s", drawing.ORANGE, "s--")
        for label, (column, color, style) in lines.items():
            axes.plot(of_batch["width"], of_batch[column], style, color=color, label=label)
        limit = of_batch["matrix_product_gflop_per_s"].iloc[0]
        axes.axhline(limit, color=drawing.GREY, ls=":", label="one large matrix product")
        axes.set(xscale="log", yscale="log", xlabel="units in a hidden layer")
        axes.set_xticks(of_batch["width"][::2], of_batch["width"][::2])
        axes.minorticks_off()
        axes.set_title(f"batch of {batch}")
    axes_of_row[0].set_ylabel("GFLOP/s")
    axes_of_row[-1].legend()
    return drawn


def report(rows: pd.DataFrame, rounds: int) -> None:
    """Prints the table."""
    print(f"one core, {REPLICAS} replicas; ratios with 95 % intervals of {rounds} rounds")
    print(rows.to_string(index=False, float_format="{:.3g}".format))


main = Part("widths", "bench_widths", partial(measure, WIDTHS, BATCHES), figure, report).run

if __name__ == "__main__":
    on_one_core("widths")
    sys.exit(main())
