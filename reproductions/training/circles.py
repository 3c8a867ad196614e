"""The two circles that the slides' 2-D, 3-D and 4-D networks were made for, and those networks.

From "Visualizing the Learning of a Neural Network Geometrically" (srome.github.io, 2017), which the
slides name as the origin of their animations.
"""

import math
from collections.abc import Sequence

import numpy as np

from reproductions.evidence import drawing
from reproductions.evidence.statistics import generator

RADII = {"outer": 1.0, "inner": 0.5}
"""The outer circle is labelled 1, the inner one 0."""

POINTS = 20_000  # a circle
NOISE = 0.005
BATCH = 32
STEPS = 2 * POINTS // BATCH  # an epoch

LINE_ACCURACY = 2 / 3
"""The best straight line: it touches the inner circle and cuts off a third of the outer one."""

ANGLES = 500  # of the dense grid, on each circle

CHUNK = 100
"""Epochs in a call of the engine: their batches are the largest array in memory."""


def _circles(angle: np.ndarray) -> np.ndarray:
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

    Accuracy is taken here, so that it depends on the network alone. The gaps are a fortieth of the
    distance between the circles: too narrow for these networks' boundaries to slip through unseen.
    """
    x = _circles(np.linspace(0, 2 * np.pi, angles, endpoint=False))
    return x.astype("float32"), _labels(angles)


def order(epochs: Sequence[int]) -> np.ndarray:
    """Which samples the steps of these epochs use, (step, batch): each epoch in its own order.

    The same for every initialisation, so that nothing else tells them apart.
    """
    orders = [generator(0, 1, epoch).permutation(2 * POINTS) for epoch in epochs]
    return np.concatenate(orders).reshape(-1, BATCH).astype("int32")


def network(hidden: Sequence[int]):
    """A Keras model from the plane to one output: tanh in hidden layers, a sigmoid at the end."""
    import keras

    from custom_layers import Sigmoid, Tanh

    parts = [part for width in hidden for part in (keras.layers.Dense(width), Tanh())]
    return keras.Sequential([keras.Input((2,)), *parts, keras.layers.Dense(1), Sigmoid()])


def name(hidden: Sequence[int]) -> str:
    """A network's widths, such as 2-3-2-1."""
    return "-".join(map(str, (2, *hidden, 1)))


def dimension(name: str) -> str:
    """What the slides call a network: 3-D for 2-3-2-1."""
    return f"{widths(name)[0]}-D"


def stills(last: int) -> list[int]:
    """The epochs at which a network's learning is shown without motion."""
    return sorted({epoch for epoch in (0, 1, 10) if epoch < last} | {last})


def widths(name: str) -> tuple[int, ...]:
    """The hidden layers' widths that a network's name says."""
    return tuple(map(int, name.split("-")[1:-1]))


def squared_loss(y, output):
    """The mean squared error of each replica."""
    import tensorflow as tf

    return tf.reduce_mean((y - output) ** 2, (0, 1))


def record(y, output):
    """The loss, and how many points of the outer and of the inner circle are right."""
    import tensorflow as tf

    right = tf.cast(tf.equal(output > 0.5, y > 0.5), tf.float32)
    outer, inner = tf.split(tf.reduce_sum(right, 1), 2)
    return {
        "loss": squared_loss(y, output),
        "outer": tf.reduce_sum(outer, 0),
        "inner": tf.reduce_sum(inner, 0),
    }


def engine(hidden: tuple[int, ...], **options):
    """The replica engine for one of these networks, on one thread: several train side by side."""
    from reproductions.training.replicas import Replicas

    # With batches of 32 points a block of 32 is as fast as one of 64, and few seeds take half the
    # time.
    return Replicas(network(hidden), squared_loss, record, threads=1, block=32, **options)


def train(engine, weights, rate: float, epochs: range, every: int = STEPS, done=lambda count: None):
    """Trains replicas on the circles and records on the dense grid.

    Args:
        engine: from `engine`.
        weights: initial weights, as the engine takes them.
        rate: learning rate, one number or one a replica.
        epochs: which; those that go on after others begin where these ended.
        every: steps between records; divides the steps of a chunk.
        done: is told the number of replicas in each block that is finished.

    Returns:
        The weights at the end, and the records by name, each (record, ..., replica): before the
        first step, then after every so many, the last one included.
    """
    x, y = data()
    taken = []
    for start in range(0, len(epochs), CHUNK):
        batches = order(epochs[start : start + CHUNK])
        options = {"batches": batches, "record_on": grid(), "every": every}
        if start + CHUNK >= len(epochs):
            options["done"] = done
        trained = engine.train(weights, x, y, rate, len(batches), **options)
        taken.append(trained.records)
        weights = trained.weights
    # A step at rate 0, for the record before it; with the last batches, so that nothing is compiled
    # again.
    taken.append(engine.train(weights, x, y, 0.0, 1, batches=batches, record_on=grid()).records)
    return weights, {key: np.concatenate([part[key] for part in taken]) for key in taken[0]}


def accuracy(records: dict[str, np.ndarray]) -> np.ndarray:
    """The share of the dense grid that is right, (record, replica)."""
    return (records["outer"] + records["inner"]).astype("float64") / (2 * ANGLES)


def layers(weights: Sequence[np.ndarray], points: np.ndarray) -> list[np.ndarray]:
    """What each layer of one network makes of points, in float64: tanh throughout, then the logit.

    Args:
        weights: kernel and bias of each layer in turn.
        points: (point, 2).

    Returns:
        An array (point, unit) a layer; the last is what the sigmoid is applied to, so that 0 is the
        boundary.
    """
    signals = []
    signal = np.asarray(points, "float64")
    for kernel, bias in zip(weights[::2], weights[1::2], strict=True):
        logit = signal @ np.asarray(kernel, "float64") + np.asarray(bias, "float64")
        signal = np.tanh(logit)
        signals.append(signal)
    return [*signals[:-1], logit]


def unflatten(rows, name: str) -> list[np.ndarray]:
    """A network's weights in `get_weights` order, from a table with a row for each value.

    Args:
        rows: a data frame with the columns `weight`, which numbers the values, and `value`.
        name: the network's.
    """
    values, hidden = rows.sort_values("weight")["value"].to_numpy(), widths(name)
    weights, start = [], 0
    for inputs, outputs in zip((2, *hidden), (*hidden, 1), strict=True):
        for shape in ((inputs, outputs), (outputs,)):
            stop = start + math.prod(shape)
            weights.append(np.reshape(values[start:stop], shape))
            start = stop
    return weights


# How the plane, and what a layer makes of it, are drawn.

COLORS = {"outer": drawing.BLUE, "inner": drawing.VERMILION}
TINTS = ("#F9DCCB", "#CFE3F1")  # where a network answers 0 (inner), 1 (outer)


def lines(layer, spacing: float = 0.1, points: int = 61) -> list[np.ndarray]:
    """The images of the grid over [-1, 1]², each (point, unit).

    Args:
        layer: what makes the image, a function of points, (point, 2).
        spacing: between neighbouring lines.
        points: on each line.
    """
    along = np.linspace(-1, 1, points)
    at = np.linspace(-1, 1, round(2 / spacing) + 1)
    across = [np.stack([along, np.full_like(along, place)], 1) for place in at]
    images = layer(np.concatenate(across + [line[:, ::-1] for line in across]))
    return list(images.reshape(2 * len(at), points, -1))


def closed(layer, angles: int = 200) -> dict[str, np.ndarray]:
    """The images of the two circles, without noise, closed: (point, unit) each, by name."""
    images = layer(_circles(np.linspace(0, 2 * np.pi, angles)))
    return dict(zip(RADII, np.split(images, 2), strict=True))


class PlaneView:
    """The input plane: the circles, and the network's answer everywhere.

    Args:
        axes: to draw on.
        size: pixels along an edge.
        extent: half the edge that is shown.
    """

    def __init__(self, axes, size: int = 180, extent: float = 1.25):
        edge = (np.arange(size) + 0.5) / size * 2 * extent - extent
        self.points = np.stack(np.meshgrid(edge, edge), -1).reshape(-1, 2)
        self.size = size
        self.image = axes.imshow(
            np.zeros((size, size, 3)),
            extent=(-extent, extent) * 2,
            origin="lower",
            interpolation="bilinear",
        )
        for circle, image in closed(lambda points: points).items():
            axes.plot(*image.T, color=COLORS[circle])
        axes.grid(visible=False)
        axes.set(xlabel="$x_1$", ylabel="$x_2$", aspect="equal")
        axes.set(xlim=(-extent, extent), ylim=(-extent, extent))
        axes.set(xticks=[-1, 0, 1], yticks=[-1, 0, 1])

    def update(self, weights) -> None:
        """Shows a network's answers."""
        from matplotlib.colors import to_rgb

        answers = (layers(weights, self.points)[-1][:, 0] > 0).reshape(self.size, self.size)
        self.image.set_data(np.array([to_rgb(tint) for tint in TINTS])[answers.astype(int)])


class LayerView:
    """What the layer of two units makes of the grid and the circles, and the deciding line.

    Args:
        axes: to draw on.
        spacing: of the grid's lines.
        width: of the circles' lines.
    """

    def __init__(self, axes, spacing: float = 0.1, width: float = 1.8):
        from matplotlib.collections import LineCollection

        self.spacing = spacing
        self.grid = axes.add_collection(LineCollection([], colors="#AAAAAA", linewidths=0.5))
        self.circles = {
            circle: axes.plot([], [], color=color, linewidth=width)[0]
            for circle, color in COLORS.items()
        }
        (self.line,) = axes.plot([], [], color=drawing.BLACK, linewidth=1.2, linestyle="--")
        axes.grid(visible=False)
        axes.set(xlabel="unit $u$", ylabel="unit $v$", aspect="equal")
        axes.set(xlim=(-1.08, 1.08), ylim=(-1.08, 1.08))
        axes.set(xticks=[-1, 0, 1], yticks=[-1, 0, 1])

    def update(self, weights) -> None:
        """Shows the last hidden layer's image."""

        def layer(points):
            return layers(weights, points)[-2]

        self.grid.set_segments(lines(layer, self.spacing))
        for circle, image in closed(layer).items():
            self.circles[circle].set_data(*image.T)
        a, b, c = *weights[-2][:, 0], weights[-1][0]
        length = math.hypot(a, b) or 1.0
        normal, along = np.array([a, b]) / length, np.array([-b, a]) / length
        foot = -c / length * normal
        self.line.set_data(*np.stack([foot - 4 * along, foot + 4 * along], 1))


def legend(figure, line: bool = True, **options) -> None:
    """One legend for `PlaneView` and, with its deciding line, `LayerView`."""
    from matplotlib.lines import Line2D
    from matplotlib.patches import Patch

    handles = [
        Line2D([], [], color=COLORS["outer"], label="outer circle, label 1"),
        Line2D([], [], color=COLORS["inner"], label="inner circle, label 0"),
        Patch(color=TINTS[1], label="answer above 1/2"),
        Patch(color=TINTS[0], label="answer below 1/2"),
    ]
    if line:
        style = {"linestyle": "--", "linewidth": 1.2}
        handles.append(Line2D([], [], color=drawing.BLACK, label="answer 1/2", **style))
    figure.legend(handles=handles, **{"loc": "outside lower center", "ncols": 5} | options)
