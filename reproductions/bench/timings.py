"""How fast: the replica engine beside what the documents and users of Keras, JAX and PyTorch write.

Run as `python -m reproductions.bench.timings`. Prints a table and writes `bench.csv` and a figure
to results/latest. Each time is the median of several rounds; a round runs every engine once, so
that whatever else the machine does falls on all of them. The first call of each, which traces and
compiles, is not counted. What is compared is replica-steps a second, so an engine trains as many
replicas for as many steps as takes it about a second.
"""

import contextlib
import os
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

import keras
import numpy as np
import pandas as pd
import tensorflow as tf

from reproductions.bench.parts import Part
from reproductions.evidence import drawing
from reproductions.evidence.statistics import generator
from reproductions.training import xor
from reproductions.training.pool import progress
from reproductions.training.replicas import Replicas, initial_weights
from reproductions.training.timing import interleaved, median_interval, timed

if TYPE_CHECKING:
    from matplotlib.figure import Figure

ROOT = Path(__file__).parents[2]
COLUMNS = ["workload", "engine", "replicas", "steps", "seconds", "replica_steps_per_s"]
COLUMNS += ["speedup", "low", "high"]
LEAST_FOR_INTERVAL = 6
TARGETS = {"session loop": 2_000, "Model.fit": 100_000, "jax vmap+jit": 60}
MEMORY_REPLICAS, MEMORY_LIMIT_GB = 131_072, 2.0

# The XOR post's deepest network.
XOR_WIDTHS, XOR_RATE, XOR_EVERY = (2, *[5] * 9, 1), 0.01, 100
# A smaller one on many points in batches.
CIRCLES_WIDTHS, CIRCLES_RATE, POINTS, BATCH, EPOCHS = (2, 2, 2, 1), 0.1, 40_000, 32, 10


@dataclass(frozen=True)
class Peer:
    """A program of this folder in another library, run by that library's environment.

    Attributes:
        name: what it is called in the table.
        script: its file.
        environment: the folder with the library, of the project's root.
        replicas: how many it trains.
        steps: for how many updates.
    """

    name: str
    script: str
    environment: str
    replicas: int
    steps: int


PEERS = (
    Peer("jax vmap+jit", "jax_timings.py", ".venv-jax", 256, 200),
    Peer("torch vmap+compile", "torch_timings.py", ".venv-torch", 256, 50),
)


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
def running(peer: Peer) -> Iterator[Callable[[], float] | None]:
    """A peer's program, waiting for its turns; None where there is no environment or it fails."""
    python = ROOT / peer.environment / "bin" / "python"
    if not python.exists():
        yield None
        return
    arguments = [peer.replicas, peer.steps, XOR_RATE, *XOR_WIDTHS]
    # Our flags are for TensorFlow's XLA; another version may not know them, and then aborts.
    environment = {name: value for name, value in os.environ.items() if name != "XLA_FLAGS"}
    with subprocess.Popen(
        [python, Path(__file__).parent / peer.script, *map(str, arguments)],
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

        try:
            call()
        except (ValueError, BrokenPipeError):  # it ended, and said why on its own error stream
            yield None
            return
        yield call


def xor_engines(peers: Iterable[tuple[Peer, Callable[[], float] | None]]) -> list[Engine]:
    """All who train the ten-layer network."""
    both, one = xor_engine(), xor_engine(threads=1)
    fit = model_fit(XOR_WIDTHS, XOR_RATE, xor.document_loss, xor.X, xor.Y, batch=4, epochs=20)
    rows = [
        ("replicas", 4096, 2000, train_xor(both, 4096, 2000)),
        ("replicas, one thread", 1024, 2000, train_xor(one, 1024, 2000)),
        ("session loop", 1, 1000, session_loop(1000)),
        ("tf.function loop", 1, 1000, function_loop(1000)),
        ("Model.fit", 1, 20, fit),
    ]
    rows += [(peer.name, peer.replicas, peer.steps, call) for peer, call in peers if call]
    return [Engine("xor10_tanh", *row) for row in rows]


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


def measure(engines: list[Engine], rounds: int) -> pd.DataFrame:
    """A row for each engine, which is called once in each round.

    Seconds are the median over the rounds. The speedup is how many times an engine's rate the
    first one of its workload makes, round by round, with its 95 % interval where there are rounds
    enough for one.
    """
    seconds = interleaved([engine.call for engine in engines], rounds, what="bench")
    sizes = np.array([engine.replicas * engine.steps for engine in engines])
    rates = sizes[:, None] / seconds
    workloads = [engine.workload for engine in engines]
    speedups = rates[[workloads.index(name) for name in workloads]] / rates
    median = np.median(speedups, axis=1)
    low = high = np.full(len(engines), np.nan)
    if rounds >= LEAST_FOR_INTERVAL:
        median, low, high = median_interval(speedups)
    rows = pd.DataFrame(
        [(engine.workload, engine.name, engine.replicas, engine.steps) for engine in engines],
        columns=COLUMNS[:4],
    )
    middle = np.median(seconds, axis=1)
    return rows.assign(
        seconds=middle, replica_steps_per_s=sizes / middle, speedup=median, low=low, high=high
    )


def measure_all(rounds: int) -> pd.DataFrame:
    """The table of all engines and of the peers whose environments are there."""
    with contextlib.ExitStack() as stack:
        peers = [(peer, stack.enter_context(running(peer))) for peer in PEERS]
        return measure(xor_engines(peers) + circles_engines(), rounds)


def figure(rows: pd.DataFrame) -> "Figure":
    """Rates side by side."""
    drawn, ((axes,),) = drawing.panels(width=7.0, height=3.6)
    shown = rows[rows["workload"] == "xor10_tanh"][::-1]
    bars = axes.barh(shown["engine"], shown["replica_steps_per_s"], color=drawing.BLUE)
    axes.bar_label(bars, [f"{rate:,.0f}" for rate in shown["replica_steps_per_s"]], padding=3)
    axes.set(xscale="log", xlim=(1, 1e9), xlabel="replica-steps a second")
    axes.set_title("ten-layer XOR network, tanh")
    axes.grid(axis="y", visible=False)
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
    formats = {"seconds": "{:.3f}".format, "replica_steps_per_s": "{:,.0f}".format}
    formats |= dict.fromkeys(["speedup", "low", "high"], "{:,.4g}".format)
    print(f"medians of {rounds} interleaved rounds; the first call, which compiles, is not counted")
    print(rows.to_string(index=False, formatters=formats))
    xor = rows[rows["workload"] == "xor10_tanh"].set_index("engine")["speedup"]
    for name in [*TARGETS, *(peer.name for peer in PEERS if peer.name not in TARGETS)]:
        target = f" (target {TARGETS[name]:,})" if name in TARGETS else ""
        if name in xor:
            print(f"replicas / {name}: {xor[name]:,.0f}{target}")
        else:
            print(f"replicas / {name}: not measured, `make test-backends` installs what it needs")


def report_all(rows: pd.DataFrame, rounds: int) -> None:
    """Prints the table and the memory that a long run takes."""
    report(rows, rounds)
    report_memory()


main = Part("timings", "bench", measure_all, figure, report_all, least_rounds=1).run

if __name__ == "__main__":
    sys.exit(main())
