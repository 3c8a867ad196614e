"""The slides' networks trained by Keras' Model.fit and by the replica engine (takes minutes).

Document: none is judged here; slides, part 7-1, for the code of the 2-D, 3-D and 4-D networks.
Setup: seed 0 of each network, all 100 epochs of the two circles, once by `Model.fit` and once by
the replica engine, from the same initial weights and on the same batches in the same order.
Assumptions: `steps_per_execution` decides how often Keras returns to Python, and not what it
computes; a test checks this.
Known differences: `fit` shuffles with its own generator, so it is given the samples in the engine's
order, one epoch per call. In float32 each step rounds, and the two add up a batch in different
orders.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from reproductions.evidence import drawing, measured
from reproductions.evidence.kinds import Exact, Table, Unchecked
from reproductions.evidence.verdicts import Judge, Tables
from reproductions.training import circles
from reproductions.training.pool import Pool

if TYPE_CHECKING:
    import keras
    from matplotlib.figure import Figure

OPTIONAL = True


@dataclass(frozen=True)
class Spec:
    """The slides' networks as hidden layers and learning rate, and the seed of their weights."""

    networks: tuple[tuple[tuple[int, ...], float], ...] = (
        ((2, 2), 0.001),
        ((3, 2), 0.005),
        ((4, 2), 0.005),
    )
    seed: int = 0
    epochs: int = 100


SPEC = Spec()
SMALL = {"networks": (((2, 2), 0.001),), "epochs": 1}

PER_EXECUTION = circles.STEPS // 10

CLOSE = 0.001
"""How far apart the weights may be, as a share of how far training moved them."""


def run(spec: Spec, pool: Pool) -> dict[str, pd.DataFrame]:
    """Trains each network twice and compares the weights after every epoch."""
    total = len(spec.networks) * spec.epochs
    with pool.progress(total=total, what="tanh_warping_fit", unit="epoch") as bar:
        comparisons = [
            _compare(spec, hidden, rate, bar.update).assign(network=circles.name(hidden))
            for hidden, rate in spec.networks
        ]
    epochs = pd.concat(comparisons, ignore_index=True)
    epochs["close"] = epochs["difference"] <= CLOSE * epochs["moved"]
    networks = epochs.groupby("network", as_index=False).agg(
        epochs=("epoch", "max"), close=("close", "all"), largest_difference=("difference", "max")
    )
    return {"epochs": epochs, "networks": networks}


def _compare(
    spec: Spec, hidden: tuple[int, ...], rate: float, done: Callable[[], object]
) -> pd.DataFrame:
    """Trains one network twice; one row per epoch."""
    from reproductions.training import replicas

    engine = circles.engine(hidden, snapshots=True)
    initial = replicas.initial_weights(engine.model, range(spec.seed, spec.seed + 1), "glorot")
    _, records = circles.train(engine, initial, rate, range(spec.epochs))
    initial = [w[..., 0] for w in initial]
    model = slides_model(hidden, rate, steps_per_execution=PER_EXECUTION)
    model.set_weights(initial)
    points, labels = circles.grid()
    rows = []
    for epoch, fitted in enumerate(_fit(model, spec.epochs, done)):
        trained = [records[f"weight_{i}"][epoch, ..., 0] for i in range(len(fitted))]
        right = (circles.layers(fitted, points)[-1] > 0) == (labels > 0.5)
        rows.append(
            {
                "epoch": epoch,
                "engine_accuracy": circles.accuracy(records)[epoch, 0],
                "fit_accuracy": right.mean(),
                "difference": _largest_difference(trained, fitted),
                "moved": _largest_difference(fitted, initial),
            }
        )
    return pd.DataFrame(rows)


def slides_model(hidden: Sequence[int], rate: float, **options: Any) -> "keras.Sequential":
    """The model as the slides print it, with today's names for `input_dim` and `lr`.

    Args:
        hidden: the widths of the hidden layers.
        rate: the learning rate.
        **options: of `compile`.
    """
    import keras

    model = keras.Sequential()
    model.add(keras.Input((2,)))
    for width in hidden:
        model.add(keras.layers.Dense(width, activation="tanh"))
    model.add(keras.layers.Dense(1, activation="sigmoid"))
    model.compile(optimizer=keras.optimizers.SGD(learning_rate=rate), loss="mse", **options)
    return model


def _fit(
    model: "keras.Sequential", epochs: int, done: Callable[[], object]
) -> Iterator[list[np.ndarray]]:
    """The weights before the first epoch and after each epoch."""
    x, y = circles.data()
    yield model.get_weights()
    for epoch in range(epochs):
        order = circles.order([epoch]).ravel()
        model.fit(x[order], y[order], batch_size=circles.BATCH, shuffle=False, verbose=0)
        done()
        yield model.get_weights()


def _largest_difference(weights: Sequence[np.ndarray], others: Sequence[np.ndarray]) -> float:
    return max(float(np.abs(a - b).max()) for a, b in zip(weights, others, strict=True))


def figures(spec: Spec, tables: Tables) -> drawing.Figures:
    """The accuracy of both trainings by epoch, and how far apart the weights are."""
    return {"fit": lambda: _draw_fit(spec, tables["epochs"])}


def _draw_fit(spec: Spec, epochs: pd.DataFrame) -> "Figure":
    networks = [circles.name(hidden) for hidden, _ in spec.networks]
    figure, axes = drawing.panels(
        2, len(networks), width=3.6, height=2.7, sharex=True, sharey="row"
    )
    blue = {"color": drawing.BLUE}
    for (accuracy, change), network in zip(axes.T, networks, strict=True):
        rows = measured.rows(epochs, network=network).set_index("epoch").sort_index()
        engine = {"color": drawing.ORANGE, "linestyle": "--"}
        accuracy.plot(rows["fit_accuracy"], label="Model.fit", linewidth=4, **blue)
        accuracy.plot(rows["engine_accuracy"], label="replica engine", **engine)
        later = rows[rows.index > 0]  # before training both are equal, and a log axis has no 0
        difference = {"color": drawing.VERMILION, "linestyle": "--"}
        change.plot(later["moved"], label="moved by Model.fit since the start", **blue)
        change.plot(
            later["difference"].clip(lower=1e-9), label="engine against Model.fit", **difference
        )
        change.set(yscale="log", xlabel="epoch")
        accuracy.set_title(f"{circles.dimension(network)}, {network}")
    axes[0, 0].set_ylabel("accuracy")
    axes[1, 0].set_ylabel("largest difference of a weight")
    axes[0, -1].legend()
    axes[1, -1].legend()
    figure.suptitle("The slides' networks trained by Keras' Model.fit and by the replica engine")
    return figure


CLAIMS: dict[str, Judge] = {}

TABLES = {
    "epochs": Table(
        key=("network", "epoch"),
        columns={
            # The path of one seed: rounding grows with each step, differently on each processor.
            "engine_accuracy": Unchecked(),
            "fit_accuracy": Unchecked(),
            "difference": Unchecked(),
            "moved": Unchecked(),
            "close": Exact(),
        },
    ),
    "networks": Table(
        key=("network",),
        columns={"epochs": Exact(), "close": Exact(), "largest_difference": Unchecked()},
    ),
}
