"""How near the engine comes to a program written by hand, for each activation function.

Run as `python -m reproductions.bench.limit`. `limit.c` trains the XOR post's ten-layer
network in C and is compiled here for this processor. For each activation function, the engine and
the C program train the same replicas for as many steps on one thread, in turns. Prints a table and
writes `bench_limit.csv` and a figure to results/latest.
"""

import ctypes
import os
import platform
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, get_args

import numpy as np
import pandas as pd

from reproductions.bench.parts import Part
from reproductions.evidence import drawing
from reproductions.evidence.functions import FUNCTIONS
from reproductions.training import xor
from reproductions.training.activations import TENSORFLOW_SLOPE, Activation
from reproductions.training.replicas import Replicas, Weights, initial_weights
from reproductions.training.timing import interleaved, ratios, timed

if TYPE_CHECKING:
    from matplotlib.figure import Figure

NAMES: tuple[str, ...] = get_args(Activation)
IN_C = ("linear", "relu", "leaky_relu", "elu", "tanh", "sigmoid", "swish", "softplus")
"""In the order of the C program's list."""

HIDDEN, RATE, REPLICAS, STEPS = (5,) * 9, 0.01, 64, 4_000
VECTOR, BYTES = 16, 64
AT_LEAST_S = 0.2

FLAGS = [
    "-O3",
    "-march=native",
    *(["-mprefer-vector-width=512"] if platform.machine() in ("x86_64", "AMD64") else []),
    # What -ffast-math allows, but for sums in another order: they would take the rounding to whole
    # numbers out of the exponential, and so make it faster and wrong.
    "-fno-math-errno",
    "-fno-trapping-math",
    "-fno-signed-zeros",
    "-ffinite-math-only",
    "-freciprocal-math",
    "-ffp-contract=fast",
]

Train = Callable[[str, np.ndarray, int], None]
"""Moves packed weights by a number of steps, given the name of the function."""


def program() -> Train | None:
    """The C program, compiled; None where no compiler can."""
    compiler = shutil.which(os.environ.get("CC", "cc"))
    if compiler is None:
        return None
    source = Path(__file__).with_name("limit.c")
    with tempfile.TemporaryDirectory() as folder:
        library = Path(folder, "limit.so")
        command = [compiler, *FLAGS, "-shared", "-fPIC", str(source), "-o", str(library)]
        if subprocess.run(command, stderr=subprocess.DEVNULL, check=False).returncode:
            return None
        compiled = ctypes.CDLL(str(library)).train
    number, real = ctypes.c_int, ctypes.c_float
    compiled.argtypes = [number, real, ctypes.c_void_p, number, real, number]
    compiled.restype = None

    def train(name: str, packed: np.ndarray, steps: int) -> None:
        argument = TENSORFLOW_SLOPE if name == "leaky_relu" else 1.0
        function, blocks = IN_C.index(name), len(packed)
        compiled(function, argument, packed.ctypes.data, blocks, RATE, steps)

    return train


def packed(weights: Weights) -> np.ndarray:
    """Weights as the C program takes them, (block, number, 16), at a multiple of 64 bytes."""
    numbers = np.concatenate([w.reshape(-1, w.shape[-1]) for w in weights])
    blocks = numbers.reshape(len(numbers), -1, VECTOR).transpose(1, 0, 2)
    room = np.empty(blocks.size + BYTES // 4, "float32")
    start = -room.ctypes.data % BYTES // 4
    aligned = room[start : start + blocks.size].reshape(blocks.shape)
    aligned[:] = blocks
    return aligned


def engine(name: str) -> Replicas:
    """Trains the network of a function as the C program does: nothing recorded, nothing watched."""
    return xor.engine(HIDDEN, name, "stable", record=lambda y, z: {}, watch=False)


def calls(name: str, train: Train) -> list[Callable[[], float]]:
    """The engine and the C program on a function's network."""
    replicas = engine(name)
    start = initial_weights(replicas.model, range(REPLICAS))
    first, moved = packed(start), packed(start)

    def by_hand() -> None:
        moved[:] = first
        train(name, moved, STEPS)

    def by_engine() -> None:
        replicas.train(start, xor.X, xor.Y, RATE, STEPS)

    return [timed(by_engine, AT_LEAST_S), timed(by_hand, AT_LEAST_S)]


def table(seconds: np.ndarray) -> pd.DataFrame:
    """A row for each function.

    Args:
        seconds: (function, engine or C program, round).
    """
    engines, by_hand = seconds[:, 0], seconds[:, 1]
    relu = NAMES.index("relu")
    of_limit = zip(*ratios(by_hand, engines), strict=True)
    of_relu = zip(*(ratios(of[relu], of)[0] for of in (engines, by_hand)), strict=True)
    work = REPLICAS * STEPS
    return pd.DataFrame(
        {
            "function": name,
            "engine_replica_steps_per_s": work / engines[i].min(),
            "limit_replica_steps_per_s": work / by_hand[i].min(),
            "ratio": ratio,
            "low": low,
            "high": high,
            "engine_of_relu": of_engine,
            "limit_of_relu": of_program,
        }
        for i, (name, (ratio, low, high), (of_engine, of_program)) in enumerate(
            zip(NAMES, of_limit, of_relu, strict=True)
        )
    )


def measure(rounds: int) -> pd.DataFrame:
    """The table; without rows where the C program cannot be compiled."""
    train = program()
    if train is None:
        return pd.DataFrame()
    made = [call for name in NAMES for call in calls(name, train)]
    seconds = interleaved(made, rounds, what="bench, limit")
    return table(seconds.reshape(len(NAMES), 2, rounds))


def figure(rows: pd.DataFrame) -> "Figure":
    """The engine's share of the limit, with its interval."""
    drawn, ((axes,),) = drawing.panels(width=6.0, height=3.6)
    shown = rows[::-1]
    errors = [shown["ratio"] - shown["low"], shown["high"] - shown["ratio"]]
    labels = [FUNCTIONS[name].label for name in shown["function"]]
    axes.barh(labels, shown["ratio"], xerr=errors, color=drawing.BLUE, ecolor=drawing.BLACK)
    most = max(1.05, 1.02 * rows["high"].max())
    axes.set(xlim=(0, most), xlabel="the engine's rate / the C program's")
    axes.axvline(1, color=drawing.GREY, linewidth=1)
    axes.set_title("How near the engine comes to C on one thread")
    axes.grid(axis="y", visible=False)
    return drawn


def report(rows: pd.DataFrame, rounds: int) -> None:
    """Prints the table."""
    if not len(rows):
        print("engine / C program: not measured, no C compiler (cc) here can compile it")
        return
    print(f"one thread; rates are the best and ratios the medians of {rounds} rounds, with 95 %")
    print("intervals; of_relu is a function's rate beside ReLU's, of the engine and of the limit")
    print(rows.to_string(index=False, float_format="{:,.3g}".format))


main = Part("limit", "bench_limit", measure, figure, report).run

if __name__ == "__main__":
    sys.exit(main())
