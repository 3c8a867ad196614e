"""The slides' networks trained by Keras' own Model.fit, beside the engine (takes minutes).

Document: none judged here; slides, part 7-1, for the code of the 2-D, 3-D and 4-D networks.
Setup: seed 0 of each network, all 100 epochs of the two circles, once by `Model.fit` and once by
the replica engine, from the same initial weights and on the same batches in the same order.
Assumptions: `steps_per_execution` tells Keras how often to come back to Python, not what to
compute; a test holds that.
Known differences: `fit` shuffles by a generator of its own: it gets the samples in our order,
epoch by epoch. In float32 each step rounds, and the two sum a batch in another order.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from reproductions.evidence import drawing
from reproductions.evidence.kinds import Exact, Table, Unchecked
from reproductions.training import circles
from reproductions.training.pool import Pool

OPTIONAL = True


@dataclass(frozen=True)
class Spec:
    """The slides' networks, hidden layers and learning rate, and whose weights they begin with."""

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
"""How far apart two networks' weights may be, as a share of how far training took them."""


def run(spec: Spec, pool: Pool) -> dict[str, pd.DataFrame]:
    """Trains each network twice."""
    total = len(spec.networks) * spec.epochs
    with pool.progress(total=total, what="tanh_warping_fit", unit="epoch") as bar:
        epochs = pd.concat(
            [
                _compared(spec, hidden, rate, bar.update).assign(network=circles.name(hidden))
                for hidden, rate in spec.networks
            ],
            ignore_index=True,
        )
    epochs["close"] = epochs["difference"] <= CLOSE * epochs["moved"]
    networks = epochs.groupby("network", as_index=False).agg(
        epochs=("epoch", "max"), close=("close", "all"), largest_difference=("difference", "max")
    )
    return {"epochs": epochs, "networks": networks}


def _compared(spec, hidden, rate, done) -> pd.DataFrame:
    """One network, an epoch a row."""
    from reproductions.training import replicas

    engine = circles.engine(hidden, snapshots=True)
    start = replicas.initial_weights(engine.model, range(spec.seed, spec.seed + 1), "glorot")
    _, records = circles.train(engine, start, rate, range(spec.epochs))
    model = slides_model(hidden, rate, steps_per_execution=PER_EXECUTION)
    model.set_weights([w[..., 0] for w in start])
    points, labels = circles.grid()
    rows = []
    for epoch, fitted in enumerate(_fit(model, spec.epochs, done)):
        own = [records[f"weight_{i}"][epoch, ..., 0] for i in range(len(fitted))]
        right = (circles.layers(fitted, points)[-1] > 0) == (labels > 0.5)
        rows.append(
            {
                "epoch": epoch,
                "engine_accuracy": circles.accuracy(records)[epoch, 0],
                "fit_accuracy": right.mean(),
                "difference": _apart(own, fitted),
                "moved": _apart(fitted, [w[..., 0] for w in start]),
            }
        )
    return pd.DataFrame(rows)


def slides_model(hidden, rate, **options):
    """As the slides print it, with the names that today's Keras has for `input_dim` and `lr`."""
    import keras

    model = keras.Sequential()
    model.add(keras.Input((2,)))
    for width in hidden:
        model.add(keras.layers.Dense(width, activation="tanh"))
    model.add(keras.layers.Dense(1, activation="sigmoid"))
    model.compile(optimizer=keras.optimizers.SGD(learning_rate=rate), loss="mse", **options)
    return model


def _fit(model, epochs, done):
    """The weights before the first epoch and after each."""
    x, y = circles.data()
    yield model.get_weights()
    for epoch in range(epochs):
        order = circles.order([epoch]).ravel()
        model.fit(x[order], y[order], batch_size=circles.BATCH, shuffle=False, verbose=0)
        done()
        yield model.get_weights()


def _apart(some, others) -> float:
    """The largest difference between two networks' weights."""
    return max(float(np.abs(a - b).max()) for a, b in zip(some, others, strict=True))


def figures(spec: Spec, tables) -> drawing.Figures:
    """Accuracy by epoch, one over the other, and how far apart the weights are."""
    return {"fit": lambda: _fit_figure(spec, tables["epochs"])}


def _fit_figure(spec, epochs):
    networks = [circles.name(hidden) for hidden, _ in spec.networks]
    figure, axes = drawing.panels(
        2, len(networks), width=3.6, height=2.7, sharex=True, sharey="row"
    )
    for (accuracy, apart), network in zip(axes.T, networks, strict=True):
        own = epochs[epochs["network"] == network].sort_values("epoch")
        accuracy.plot(
            own["epoch"], own["fit_accuracy"], color=drawing.BLUE, linewidth=4, label="Model.fit"
        )
        accuracy.plot(
            own["epoch"],
            own["engine_accuracy"],
            color=drawing.ORANGE,
            linestyle="--",
            label="replica engine",
        )
        later = own[own["epoch"] > 0]  # at first they are equal, and 0 is on no log axis
        apart.plot(
            later["epoch"],
            later["moved"],
            color=drawing.BLUE,
            label="from the start to Model.fit's",
        )
        apart.plot(
            later["epoch"],
            later["difference"].clip(lower=1e-9),
            color=drawing.VERMILION,
            linestyle="--",
            label="from the engine's to Model.fit's",
        )
        apart.set(yscale="log", xlabel="epoch")
        accuracy.set_title(f"{circles.dimension(network)}, {network}")
    axes[0, 0].set_ylabel("accuracy")
    axes[1, 0].set_ylabel("largest change of a weight")
    axes[0, -1].legend()
    axes[1, -1].legend()
    figure.suptitle("The slides' networks by Keras' own loop and by the replica engine")
    return figure


TABLES = {
    "epochs": Table(
        key=("network", "epoch"),
        columns={
            # A single seed's path: rounding grows from step to step, on each processor its own way.
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

CLAIMS = {}
