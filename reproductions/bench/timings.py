"""How fast: the replica engine beside what the documents and users of Keras and JAX write.

Run as `python -m reproductions.bench.timings`. Prints a table and writes `bench.csv` and a figure
to results/latest. Each time is the median of several rounds; a round runs every engine once, so
that whatever else the machine does falls on all of them. The first call of each, which traces and
compiles, is not counted. What is compared is replica-steps a second, so an engine trains as many
replicas for as many steps as takes it about a second.
"""

import argparse
import contextlib
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

import keras
import numpy as np
import pandas as pd
import tensorflow as tf

from reproductions.evidence import drawing
from reproductions.evidence.statistics import generator
from reproductions.evidence.tables import to_csv
from reproductions.running.files import write_whole
from reproductions.training import xor
from reproductions.training.pool import progress
from reproductions.training.replicas import Replicas, initial_weights
from reproductions.training.timing import interleaved, timed

if TYPE_CHECKING:
    from matplotlib.figure import Figure

ROOT = Path(__file__).parents[2]
JAX_PYTHON = ROOT / ".venv-jax" / "bin" / "python"
COLUMNS = ["workload", "engine", "replicas", "steps", "seconds", "replica_steps_per_s", "speedup"]
TARGETS = {"session loop": 2_000, "Model.fit": 100_000, "jax vmap+jit": 60}
MEMORY_REPLICAS, MEMORY_LIMIT_GB = 131_072, 2.0

# The XOR post's deepest network.
XOR_WIDTHS, XOR_RATE, XOR_EVERY = (2, *[5] * 9, 1), 0.01, 100
# A smaller one on many points in batches.
CIRCLES_WIDTHS, CIRCLES_RATE, POINTS, BATCH, EPOCHS = (2, 2, 2, 1), 0.1, 40_000, 32, 10
JAX_SIZE = (256, 200)


@dataclass(frozen=True)
class Engine:
    """One row of the table.

    Attributes:
        workload: what is trained; engines are compared within one.
        name: who trains it.
        replicas: how many a call trains.
        steps: how many updates of each a call makes.
        call: trains, and returns the seconds that took.
    """

    workload: str
    name: str
    replicas: int
    steps: int
    call: Callable[[], float]


def network(widths: tuple[int, ...]) -> keras.Sequential:
    """Dense layers with tanh between them, and the sigmoid behind the last."""
    return xor.network(widths[1:-1], "tanh", "document")


def squared_loss(y: tf.Tensor, h: tf.Tensor) -> tf.Tensor:
    """The mean square error of each replica."""
    return tf.reduce_mean((y - h) ** 2, (0, 1))


def xor_engine(threads: int | None = None) -> Replicas:
    """The replica engine as the XOR post's experiments use it."""
    records = xor.records("document")
    return Replicas(network(XOR_WIDTHS), xor.document_loss, records, threads=threads)


def train_xor(engine: Replicas, replicas: int, steps: int) -> Callable[[], float]:
    """The replica engine on the ten-layer network, recording as often as the post does."""
    weights = initial_weights(engine.model, range(replicas))
    return timed(lambda: engine.train(weights, xor.X, xor.Y, XOR_RATE, steps, every=XOR_EVERY))


def session_loop(steps: int) -> Callable[[], float]:
    """The document's own program: a graph, and a session that is asked for every step."""
    v1 = tf.compat.v1
    with tf.Graph().as_default():
        x, y = v1.placeholder(tf.float32, [None, 2]), v1.placeholder(tf.float32, [None, 1])
        signal = x
        for i, (inputs, outputs) in enumerate(pairwise(XOR_WIDTHS)):
            kernel = v1.Variable(v1.random_normal([inputs, outputs]))
            signal = tf.matmul(signal, kernel) + v1.Variable(v1.random_normal([outputs]))
            signal = tf.math.tanh(signal) if i < len(XOR_WIDTHS) - 2 else tf.sigmoid(signal)
        cost = -tf.reduce_mean(y * v1.log(signal) + (1 - y) * v1.log(1 - signal))
        train = v1.train.GradientDescentOptimizer(learning_rate=XOR_RATE).minimize(cost)
        predicted = tf.cast(signal > 0.5, dtype=tf.float32)
        accuracy = tf.reduce_mean(tf.cast(tf.equal(predicted, y), dtype=tf.float32))
        session = v1.Session()
        session.run(v1.global_variables_initializer())

    def loop():
        for _ in range(steps):
            session.run([train, cost, accuracy], feed_dict={x: xor.X, y: xor.Y})

    return timed(loop)


def function_loop(steps: int) -> Callable[[], float]:
    """One network; a compiled step called from Python."""
    model = network(XOR_WIDTHS)
    model.set_weights([w[..., 0] for w in initial_weights(model, [0])])
    variables = [variable.value for variable in model.trainable_variables]
    x, y = tf.constant(xor.X), tf.constant(xor.Y)

    @tf.function
    def step():
        with tf.GradientTape() as tape:
            cost = xor.document_loss(y, model(x))
        for variable, gradient in zip(variables, tape.gradient(cost, variables), strict=True):
            variable.assign_sub(XOR_RATE * gradient)

    def loop():
        for _ in range(steps):
            step()

    return timed(loop)


def model_fit(
    widths: tuple[int, ...],
    rate: float,
    loss: Any,
    x: np.ndarray,
    y: np.ndarray,
    batch: int,
    epochs: int,
) -> Callable[[], float]:
    """Keras' own loop on one network."""
    model = network(widths)
    model.set_weights([w[..., 0] for w in initial_weights(model, [0])])
    model.compile(keras.optimizers.SGD(rate), loss=loss)
    return timed(lambda: model.fit(x, y, batch_size=batch, epochs=epochs, verbose=0))


@contextlib.contextmanager
def jax_program(replicas: int, steps: int) -> Iterator[Callable[[], float] | None]:
    """`jax_timings.py`, waiting for its turns in JAX's environment; None where there is none."""
    if not JAX_PYTHON.exists():
        yield None
        return
    arguments = [replicas, steps, XOR_RATE, *XOR_WIDTHS]
    # Our flags are for TensorFlow's XLA; another version may not know them, and then aborts.
    environment = {name: value for name, value in os.environ.items() if name != "XLA_FLAGS"}
    with subprocess.Popen(
        [JAX_PYTHON, Path(__file__).with_name("jax_timings.py"), *map(str, arguments)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env={**environment, "JAX_PLATFORMS": "cpu"},
    ) as process:

        def call() -> float:
            assert process.stdin
            assert process.stdout
            process.stdin.write("\n")
            process.stdin.flush()
            return float(process.stdout.readline())

        yield call


def xor_engines(jax: Callable[[], float] | None) -> list[Engine]:
    """All who train the ten-layer network, and the sizes at which the engine is held to scale."""
    both, one = xor_engine(), xor_engine(threads=1)
    fit = model_fit(XOR_WIDTHS, XOR_RATE, xor.document_loss, xor.X, xor.Y, batch=4, epochs=20)
    rows = [
        ("replicas", 4096, 2000, train_xor(both, 4096, 2000)),
        ("replicas, one thread", 1024, 2000, train_xor(one, 1024, 2000)),
        ("session loop", 1, 1000, session_loop(1000)),
        ("tf.function loop", 1, 1000, function_loop(1000)),
        ("Model.fit", 1, 20, fit),
    ]
    if jax:
        rows.append(("jax vmap+jit", *JAX_SIZE, jax))
    scaling = [(replicas, 2000) for replicas in (256, 512, 1024, 2048)]
    scaling += [(1024, steps) for steps in (500, 1000, 4000, 8000)]
    return [Engine("xor10_tanh", *row) for row in rows] + [
        Engine("scaling", "replicas", *size, train_xor(both, *size)) for size in scaling
    ]


def circles_engines() -> list[Engine]:
    """The small network, nothing recorded; `Model.fit` trains a quarter of an epoch a call."""
    random = generator(0)
    x = random.uniform(-1, 1, (POINTS, 2)).astype("float32")
    y = (np.hypot(*x.T) < 0.7).astype("float32")[:, None]
    order = np.concatenate([random.permutation(POINTS).reshape(-1, BATCH) for _ in range(EPOCHS)])
    engine = Replicas(network(CIRCLES_WIDTHS), squared_loss, record=lambda y, h: {})
    weights = initial_weights(engine.model, range(512), "glorot")
    train = timed(lambda: engine.train(weights, x, y, CIRCLES_RATE, len(order), batches=order))
    steps = POINTS // 4 // BATCH
    part = slice(steps * BATCH)
    fit = model_fit(CIRCLES_WIDTHS, CIRCLES_RATE, squared_loss, x[part], y[part], BATCH, epochs=1)
    return [
        Engine("circles_2_2_2_1", "replicas", 512, len(order), train),
        Engine("circles_2_2_2_1", "Model.fit", 1, steps, fit),
    ]


def measure(engines: list[Engine], rounds: int) -> np.ndarray:
    """Seconds of each engine in each round, (engine, round); the first, uncounted call compiles."""
    return interleaved([engine.call for engine in engines], rounds, what="bench")


def table(engines: list[Engine], seconds: np.ndarray) -> pd.DataFrame:
    """A row an engine: its median, and how many times its rate the first of its workload makes."""
    rows = []
    for engine, median in zip(engines, np.median(seconds, axis=1), strict=True):
        size = (engine.replicas, engine.steps)
        rows.append((engine.workload, engine.name, *size, median, np.prod(size) / median))
    result = pd.DataFrame(rows, columns=COLUMNS[:-1])
    first = result.groupby("workload")["replica_steps_per_s"].transform("first")
    # The sizes are held to the largest there is, so that 1 everywhere is a linear cost.
    first[result["workload"] == "scaling"] = result["replica_steps_per_s"].iloc[0]
    return result.assign(speedup=first / result["replica_steps_per_s"])


def figure(rows: pd.DataFrame) -> "Figure":
    """Rates side by side, and the cost against the number of replicas and of steps."""
    drawn, ((rates, *costs),) = drawing.panels(1, 3, width=4.2)
    xor = rows[rows["workload"] == "xor10_tanh"][::-1]
    bars = rates.barh(xor["engine"], xor["replica_steps_per_s"], color=drawing.BLUE)
    rates.bar_label(bars, [f"{rate:,.0f}" for rate in xor["replica_steps_per_s"]], padding=3)
    rates.set(xscale="log", xlim=(1, 1e9), xlabel="replica-steps a second")
    rates.set_title("ten-layer XOR network, tanh")
    rates.grid(axis="y", visible=False)
    sizes = rows[(rows["workload"] == "scaling") | (rows.index == 0)]
    for axes, varied, fixed, value in zip(
        costs, ["replicas", "steps"], ["steps", "replicas"], [2000, 1024], strict=True
    ):
        line = sizes[sizes[fixed] == value].sort_values(varied)
        axes.plot(line[varied], line["seconds"], "o", color=drawing.BLUE, label="measured")
        most = line.iloc[-1]
        ends = [0, most[varied]], [0, most["seconds"]]
        axes.plot(*ends, color=drawing.GREY, zorder=0, label="proportional")
        axes.set(xlabel=varied, ylabel="seconds", xlim=(0, None), ylim=(0, None))
        axes.set_title(f"{value:,} {fixed}")
        axes.legend()
    return drawn


def train_many() -> float:
    """Streams more replicas than are ever kept; returns the process' greatest memory, in GB."""
    engine = xor_engine()

    def weights(start: int, stop: int):
        return initial_weights(engine.model, range(start, stop))

    blocks = engine.blocks(weights, xor.X, xor.Y, XOR_RATE, 20, replicas=MEMORY_REPLICAS)
    for _ in progress(blocks, total=MEMORY_REPLICAS // engine.block, what="memory", unit="block"):
        pass
    # Not getrusage: that begins with the greatest of the process that started this one.
    status = Path("/proc/self/status").read_text()
    return int(status.split("VmHWM:")[1].split()[0]) / 2**20


def report_memory() -> None:
    """Prints what `train_many` comes to in a process of its own."""
    if not Path("/proc/self/status").exists():
        print("peak memory: not measured, this system has no /proc")
        return
    call = "from reproductions.bench import timings; print(timings.train_many())"
    done = subprocess.run(
        [sys.executable, "-c", call], cwd=ROOT, stdout=subprocess.PIPE, text=True, check=True
    )
    print(
        f"peak memory for {MEMORY_REPLICAS:,} replicas, streamed: {float(done.stdout):.2f} GB"
        f" (limit {MEMORY_LIMIT_GB:g} GB)"
    )


def report(rows: pd.DataFrame, rounds: int) -> None:
    """Prints the table and how the targets were met."""
    formats = {
        "seconds": "{:.3f}".format,
        "replica_steps_per_s": "{:,.0f}".format,
        "speedup": "{:,.4g}".format,
    }
    print(f"medians of {rounds} interleaved rounds; the first call, which compiles, is not counted")
    print(rows.to_string(index=False, formatters=formats))
    xor = rows[rows["workload"] == "xor10_tanh"].set_index("engine")["speedup"]
    for name, target in TARGETS.items():
        if name in xor:
            print(f"replicas / {name}: {xor[name]:,.0f} (target {target:,})")
        else:
            print(f"replicas / {name}: not measured, {JAX_PYTHON.parents[1].name} is not installed")


def main(arguments: list[str] | None = None) -> int:
    """Measures, prints and writes."""
    parser = argparse.ArgumentParser(prog="python -m reproductions.bench.timings")
    parser.add_argument("--rounds", type=int, default=7, help="at least 1")
    parser.add_argument("--results", type=Path, default=Path("results/latest"), metavar="DIR")
    given = parser.parse_args(arguments)
    if given.rounds < 1:
        parser.error(f"--rounds must be at least 1. Received: {given.rounds}")
    with jax_program(*JAX_SIZE) as jax:
        engines = xor_engines(jax) + circles_engines()
        rows = table(engines, measure(engines, given.rounds))
    write_whole(given.results / "bench.csv", to_csv(rows))
    for name, content in drawing.render_all({"bench": lambda: figure(rows)}).items():
        write_whole(given.results / name, content)
    report(rows, given.rounds)
    report_memory()
    return 0


if __name__ == "__main__":
    sys.exit(main())
