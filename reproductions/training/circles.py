"""The two circles that the slides' 2-D, 3-D and 4-D networks must separate, and those networks.

They are those of "Visualizing the Learning of a Neural Network Geometrically" (srome.github.io,
2017), which the slides name as the origin of their animations.
"""

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from reproductions.evidence import drawing
from reproductions.evidence.kinds import Close
from reproductions.evidence.statistics import generator
from reproductions.training.pool import joined

if TYPE_CHECKING:
    import keras
    import tensorflow as tf
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from reproductions.training.replicas import Replicas

Layer = Callable[[np.ndarray], np.ndarray]
"""Maps points of the plane, (point, 2), to the outputs of a layer, (point, unit)."""

RADII = {"outer": 1.0, "inner": 0.5}
"""The outer circle has label 1, the inner circle has label 0."""

POINTS = 20_000  # on each circle
NOISE = 0.005
BATCH = 32
STEPS = 2 * POINTS // BATCH  # in each epoch

ACCURACY = Close(
    0, 0.02, "another rounding may move the line between the classes past points", least=0, most=1
)
"""How the accuracy of networks is held."""

LINE_ACCURACY = 2 / 3
"""The best that a straight line can do: it touches the inner circle, and a third of the outer
circle lies beyond it."""

ANGLES = 500  # of the dense grid, on each circle

CHUNK = 100
"""Epochs in one call of the engine, because their batches are the largest array in memory."""


def _circles(angle: np.ndarray) -> np.ndarray:
    """Points of both circles at these angles, the outer circle first, (point, 2)."""
    return np.concatenate([r * np.stack([np.sin(angle), np.cos(angle)], 1) for r in RADII.values()])


def _labels(points: int) -> np.ndarray:
    return np.repeat(np.array([[1], [0]], "float32"), points, axis=0)


def data(points: int = POINTS) -> tuple[np.ndarray, np.ndarray]:
    """The training set: noisy points on both circles, (sample, 2), and labels, (sample, 1)."""
    x = _circles(np.linspace(0, 2 * np.pi, points))
    x += generator(0, 0).normal(0, NOISE, x.shape)
    return x.astype("float32"), _labels(points)


def grid(angles: int = ANGLES) -> tuple[np.ndarray, np.ndarray]:
    """Points without noise, evenly spaced on both circles, the outer one first, and their labels.

    Accuracy is measured here, so that it depends on the network alone. Neighbouring points are a
    fortieth of the distance between the circles apart, so that no decision boundary of these
    networks passes between them unseen.
    """
    x = _circles(np.linspace(0, 2 * np.pi, angles, endpoint=False))
    return x.astype("float32"), _labels(angles)


def order(epochs: Sequence[int]) -> np.ndarray:
    """The samples that each step of these epochs uses, (step, batch); every epoch shuffles anew.

    The order is the same for every initialisation, so that only the initial weights differ.
    """
    orders = [generator(0, 1, epoch).permutation(2 * POINTS) for epoch in epochs]
    return np.concatenate(orders).reshape(-1, BATCH).astype("int32")


def network(hidden: Sequence[int]) -> "keras.Sequential":
    """A Keras model from the plane to one output: tanh in hidden layers, a sigmoid at the end."""
    import keras

    from custom_layers import Sigmoid, Tanh

    layers = [layer for width in hidden for layer in (keras.layers.Dense(width), Tanh())]
    return keras.Sequential([keras.Input((2,)), *layers, keras.layers.Dense(1), Sigmoid()])


def name(hidden: Sequence[int]) -> str:
    """A network's name, which lists its widths: 2-3-2-1 for the hidden layers (3, 2)."""
    return "-".join(map(str, (2, *hidden, 1)))


def widths(name: str) -> tuple[int, ...]:
    """The widths of the hidden layers of a network with this name: (3, 2) for 2-3-2-1."""
    return tuple(map(int, name.split("-")[1:-1]))


def dimension(name: str) -> str:
    """What the slides call a network: 3-D for 2-3-2-1."""
    return f"{widths(name)[0]}-D"


def still_epochs(last: int) -> list[int]:
    """The epochs that the figures show of a training that ends with epoch `last`."""
    return sorted({epoch for epoch in (0, 1, 10) if epoch < last} | {last})


def squared_loss(y: "tf.Tensor", output: "tf.Tensor") -> "tf.Tensor":
    """The mean squared error of each replica."""
    import tensorflow as tf

    return tf.reduce_mean((y - output) ** 2, (0, 1))


def record(y: "tf.Tensor", output: "tf.Tensor") -> dict[str, "tf.Tensor"]:
    """The loss, and how many points of each circle are classified correctly."""
    import tensorflow as tf

    right = tf.cast(tf.equal(output > 0.5, y > 0.5), tf.float32)
    outer, inner = tf.split(tf.reduce_sum(right, 1), 2)
    return {
        "loss": squared_loss(y, output),
        "outer": tf.reduce_sum(outer, 0),
        "inner": tf.reduce_sum(inner, 0),
    }


def engine(hidden: tuple[int, ...], **options: Any) -> "Replicas":
    """The replica engine for one of these networks, on one thread: several train side by side."""
    from reproductions.training.replicas import Replicas

    # With batches of 32 points, blocks of 32 replicas are as fast as blocks of 64, and a run of few
    # seeds takes half the time.
    return Replicas(network(hidden), squared_loss, record, threads=1, block=32, **options)


def every_seed_at_every_rate(
    engine: "Replicas", seeds: Sequence[int], rates: Sequence[float]
) -> tuple[list[np.ndarray], np.ndarray]:
    """Glorot's initial weights and the rates of replicas that train each seed at each rate.

    The replicas are all seeds at the first rate, then all seeds at the second rate, and so on.
    """
    from reproductions.training import replicas

    weights = replicas.initial_weights(engine.model, seeds, "glorot")
    return [np.tile(array, len(rates)) for array in weights], np.repeat(rates, len(seeds))


def train(
    engine: "Replicas",
    weights: list[np.ndarray],
    rate: float | np.ndarray,
    epochs: range,
    every: int = STEPS,
    done: Callable[[int], object] = lambda count: None,
) -> tuple[list[np.ndarray], dict[str, np.ndarray]]:
    """Trains replicas on the circles and records on the dense grid.

    Args:
        engine: from `engine`.
        weights: initial weights, as the engine takes them.
        rate: the learning rate, one for all replicas or one for each.
        epochs: the epochs to train; a second call with the next epochs continues the training.
        every: steps between records; it must divide the steps of `CHUNK` epochs.
        done: is called with the number of replicas of each block that is finished.

    Returns:
        The weights at the end, and the records by name, each (record, ..., replica). The first
        record is taken before the first step, the last one after the last step.
    """
    x, y = data()
    records = []
    for start in range(0, len(epochs), CHUNK):
        batches = order(epochs[start : start + CHUNK])
        options: dict[str, Any] = {"batches": batches, "record_on": grid(), "every": every}
        if start + CHUNK >= len(epochs):
            options["done"] = done
        trained = engine.train(weights, x, y, rate, len(batches), **options)
        records.append(trained.records)
        weights = trained.weights
    # The engine records before a step, so one more step, at rate 0, gives the last record. It gets
    # batches of the same shape as before, so that nothing is compiled again.
    records.append(engine.train(weights, x, y, 0.0, 1, batches=batches, record_on=grid()).records)
    return weights, {key: np.concatenate([chunk[key] for chunk in records]) for key in records[0]}


def accuracy(records: Mapping[str, np.ndarray]) -> np.ndarray:
    """The share of the dense grid that is classified correctly, (record, replica)."""
    return (records["outer"] + records["inner"]).astype("float64") / (2 * ANGLES)


def layers(weights: Sequence[np.ndarray], points: np.ndarray) -> list[np.ndarray]:
    """The outputs of each layer of one network at some points, in float64.

    Args:
        weights: kernel and bias of each layer in turn.
        points: (point, 2).

    Returns:
        One array (point, unit) for each layer. Hidden layers apply tanh. The last array is the
        logit, to which the network applies the sigmoid, so that it is 0 on the decision boundary.
    """
    signals = []
    signal = np.asarray(points, "float64")
    for kernel, bias in zip(weights[::2], weights[1::2], strict=True):
        logit = signal @ np.asarray(kernel, "float64") + np.asarray(bias, "float64")
        signal = np.tanh(logit)
        signals.append(signal)
    return [*signals[:-1], logit]


def weight_rows(epochs: Sequence[int], values: np.ndarray) -> pd.DataFrame:
    """One row for each epoch and weight: the columns `epoch`, `weight` and `value`.

    The values are all weights in `get_weights` order, each array flattened, (epoch, weight).
    """
    epoch, weight = np.meshgrid(epochs, range(values.shape[1]), indexing="ij")
    return pd.DataFrame({"epoch": epoch.ravel(), "weight": weight.ravel(), "value": values.ravel()})


def unflatten(rows: pd.DataFrame, name: str) -> list[np.ndarray]:
    """A network's weights in `get_weights` order, from rows as `weight_rows` makes them."""
    values, hidden = rows.sort_values("weight")["value"].to_numpy(), widths(name)
    weights, start = [], 0
    for inputs, outputs in zip((2, *hidden), (*hidden, 1), strict=True):
        for shape in ((inputs, outputs), (outputs,)):
            stop = start + math.prod(shape)
            weights.append(np.reshape(values[start:stop], shape))
            start = stop
    return weights


def weights_by_epoch(rows: pd.DataFrame, name: str) -> dict[int, list[np.ndarray]]:
    """A network's weights by epoch, each in `get_weights` order."""
    return {epoch: unflatten(rows_of_epoch, name) for epoch, rows_of_epoch in rows.groupby("epoch")}


def by_network(
    networks: Iterable[tuple[Sequence[int], Mapping[str, pd.DataFrame]]],
) -> dict[str, pd.DataFrame]:
    """One table of each name, from the hidden layers and the tables by name of each network."""
    return joined(
        [
            {table: frame.assign(network=name(hidden)) for table, frame in tables.items()}
            for hidden, tables in networks
        ]
    )


# How the plane, and its image in a layer, are drawn.

COLORS = {"outer": drawing.BLUE, "inner": drawing.VERMILION}
GRID_COLOR = "#AAAAAA"
TINTS = ("#F9DCCB", "#CFE3F1")  # where a network's output is below 1/2 (inner), above 1/2 (outer)


def square_points(coordinates: np.ndarray) -> np.ndarray:
    """All points of the plane whose two coordinates are among these, (point, 2), row by row."""
    return np.stack(np.meshgrid(coordinates, coordinates), -1).reshape(-1, 2)


def grid_line_images(layer: Layer, spacing: float = 0.1, points: int = 61) -> list[np.ndarray]:
    """The images under a layer of the grid lines over [-1, 1]², each (point, unit)."""
    along = np.linspace(-1, 1, points)
    levels = np.linspace(-1, 1, round(2 / spacing) + 1)
    lines = [np.stack([along, np.full_like(along, level)], 1) for level in levels]
    images = layer(np.concatenate(lines + [line[:, ::-1] for line in lines]))
    return list(images.reshape(2 * len(levels), points, -1))


def circle_images(layer: Layer, angles: int = 200) -> dict[str, np.ndarray]:
    """The images under a layer of the two circles without noise: closed curves, (point, unit)."""
    images = layer(_circles(np.linspace(0, 2 * np.pi, angles)))
    return dict(zip(RADII, np.split(images, 2), strict=True))


def draw_circles(axes: "Axes", **options: Any) -> None:
    """Draws both circles on the plane; the options are those of `Axes.plot`."""
    for circle, outline in circle_images(lambda points: points).items():
        axes.plot(*outline.T, color=COLORS[circle], **options)


def square_axes(axes: "Axes", reach: float) -> None:
    """Shows [-reach, reach]² with equal scales, three ticks on each axis, and no grid."""
    axes.grid(visible=False)
    axes.set(xlim=(-reach, reach), ylim=(-reach, reach), aspect="equal")
    axes.set(xticks=[-1, 0, 1], yticks=[-1, 0, 1])


class PlaneView:
    """The input plane: the circles, and the network's answer at every point.

    Args:
        axes: to draw on.
        size: pixels along an edge.
        reach: half of the edge that is shown.
    """

    def __init__(self, axes: "Axes", size: int = 180, reach: float = 1.25):
        self.points = square_points((np.arange(size) + 0.5) / size * 2 * reach - reach)
        self.size = size
        self.image = axes.imshow(
            np.zeros((size, size, 3)),
            extent=(-reach, reach) * 2,
            origin="lower",
            interpolation="bilinear",
        )
        draw_circles(axes)
        square_axes(axes, reach)
        axes.set(xlabel="$x_1$", ylabel="$x_2$")

    def update(self, weights: Sequence[np.ndarray]) -> None:
        """Shows a network's answers."""
        from matplotlib.colors import to_rgb

        answers = (layers(weights, self.points)[-1][:, 0] > 0).reshape(self.size, self.size)
        self.image.set_data(np.array([to_rgb(tint) for tint in TINTS])[answers.astype(int)])


class LayerView:
    """The image of the grid and the circles in the last hidden layer, which has two units.

    A dashed line separates the two answers there.

    Args:
        axes: to draw on.
        spacing: of the grid's lines.
        width: of the circles' lines.
    """

    def __init__(self, axes: "Axes", spacing: float = 0.1, width: float = 1.8):
        from matplotlib.collections import LineCollection

        self.spacing = spacing
        self.grid = axes.add_collection(LineCollection([], colors=GRID_COLOR, linewidths=0.5))
        self.circles = {
            circle: axes.plot([], [], color=color, linewidth=width)[0]
            for circle, color in COLORS.items()
        }
        (self.line,) = axes.plot([], [], color=drawing.BLACK, linewidth=1.2, linestyle="--")
        square_axes(axes, 1.08)
        axes.set(xlabel="unit $u$", ylabel="unit $v$")

    def update(self, weights: Sequence[np.ndarray]) -> None:
        """Shows the image under a network's last hidden layer."""

        def layer(points: np.ndarray) -> np.ndarray:
            return layers(weights, points)[-2]

        self.grid.set_segments(grid_line_images(layer, self.spacing))
        for circle, image in circle_images(layer).items():
            self.circles[circle].set_data(*image.T)
        a, b, c = *weights[-2][:, 0], weights[-1][0]
        length = math.hypot(a, b) or 1.0
        normal, along = np.array([a, b]) / length, np.array([-b, a]) / length
        foot = -c / length * normal
        self.line.set_data(*np.stack([foot - 4 * along, foot + 4 * along], 1))


def legend(figure: "Figure", line: bool = True, **options: Any) -> None:
    """Explains the colours of `PlaneView` and, with `line`, the dashed line of `LayerView`."""
    from matplotlib.lines import Line2D
    from matplotlib.patches import Patch

    handles = [
        Line2D([], [], color=COLORS["outer"], label="outer circle, label 1"),
        Line2D([], [], color=COLORS["inner"], label="inner circle, label 0"),
        Patch(color=TINTS[1], label="output above 1/2"),
        Patch(color=TINTS[0], label="output below 1/2"),
    ]
    if line:
        style = {"linestyle": "--", "linewidth": 1.2}
        handles.append(Line2D([], [], color=drawing.BLACK, label="output 1/2", **style))
    figure.legend(handles=handles, **{"loc": "outside lower center", "ncols": 5} | options)
