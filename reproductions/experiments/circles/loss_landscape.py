"""The loss landscape of a small network with two minima, A and B, and which starts lead where.

Document: none is judged here; slides, "Next Up!", Initialization, for the picture: a start at A
ends in a local minimum, a start at B reaches the global one.
Setup: the smallest network with one hidden layer that solves XOR, 2-2-1, with tanh and a linear
output; mean squared error on all four points, plain gradient descent from weights N(0, 1). A and B
are the first seeds that end in a local minimum and in the global one. The loss is measured in
float64 on the line through both ends, and on the plane through both ends and A's start; and the
network is trained from a grid of starts, on a plane through the starts of A and B.
Assumptions: the global minimum of the loss is 0, which the network reaches; an end above 0.01 is a
local one. At both ends the gradient and the eigenvalues of the Hessian are taken in float64.
Known differences: the slides borrow the picture of a much larger network from Li et al. (2018),
"Visualizing the Loss Landscape of Neural Nets", who draw random directions around one minimum.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from reproductions.evidence import drawing
from reproductions.evidence.kinds import Rate, Table, Unchecked
from reproductions.evidence.measured import row
from reproductions.evidence.statistics import generator
from reproductions.evidence.verdicts import Judge, Tables
from reproductions.training import xor
from reproductions.training.pool import Arrays, Pool, Shard

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from reproductions.training.replicas import Replicas


@dataclass(frozen=True)
class Spec:
    """How the network is trained, from how many seeds, and how finely the loss is measured."""

    seeds: int = 64
    rate: float = 0.1
    steps: int = 50_000
    across: int = 81  # points of the plane along an edge
    starts: int = 41  # starts along an edge


SPEC = Spec()

SMALL = {"steps": 500, "across": 21, "starts": 5}

SHAPES = ((2, 2), (2,), (2, 1), (1,))
"""Kernels and biases of the network, in `get_weights` order."""

LOCAL, GLOBAL = "a local minimum", "the global minimum"

GLOBAL_LOSS = 0.01
"""Above it, an end is a local minimum."""

REACH = 0.6
"""How far the line and the planes go beyond the points that they go through, in their distance."""


def run(spec: Spec, pool: Pool) -> dict[str, pd.DataFrame]:
    """Trains all seeds, chooses A and B, and measures the loss around them."""
    (first,) = pool.gather(_train, [(spec,)], "loss_landscape, seeds")
    start, end, losses = first["start"], first["end"], first["loss"]
    outcome = np.where(losses < GLOBAL_LOSS, GLOBAL, LOCAL)
    a = int(np.argmax(outcome == LOCAL)) if LOCAL in outcome else int(np.argmax(losses))
    b = int(np.argmax(outcome == GLOBAL)) if GLOBAL in outcome else int(np.argmin(losses))
    scale = np.linspace(-REACH, 1 + REACH, spec.across)
    origin, across, up = _plane(end[a], end[b], start[a])
    third = generator(0, 7).standard_normal(start.shape[1])
    grid = _plane(start[a], start[b], start[a] + third)
    ways = np.linspace(-REACH, 1 + REACH, spec.starts)
    u, v = _pairs(ways, ways - 0.5)
    (trained,) = pool.gather(_train_starts, [(spec, a, b, tuple(ways))], "loss_landscape, starts")
    x, y = _pairs(scale, scale)
    return {
        "seeds": pd.DataFrame({"seed": range(len(losses)), "outcome": outcome, "loss": losses}),
        "ends": pd.DataFrame(
            _end(name, seed, start[seed], end[seed], (origin, across, up), grid)
            for name, seed in (("A", a), ("B", b))
        ),
        "line": pd.DataFrame(
            {"at": scale, "loss": loss(origin + scale[:, None] * (end[b] - end[a]))}
        ),
        "plane": pd.DataFrame({"u": x, "v": y, "loss": loss(_on((origin, across, up), x, y))}),
        "starts": pd.DataFrame({"u": u, "v": v, "loss": trained["loss"]}),
    }


def _pairs(first: np.ndarray, second: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """All pairs of two lists of numbers, as two columns."""
    u, v = np.meshgrid(first, second)
    return u.ravel(), v.ravel()


Plane = tuple[np.ndarray, np.ndarray, np.ndarray]
"""A point, and two directions of one length at a right angle to each other."""


def _plane(origin: np.ndarray, along: np.ndarray, third: np.ndarray) -> Plane:
    """The plane through three points: the first is (0, 0) on it, the second (1, 0)."""
    across = along - origin
    up = third - origin
    up = up - (up @ across) / (across @ across) * across
    return origin, across, up / np.linalg.norm(up) * np.linalg.norm(across)


def _on(plane: Plane, u: np.ndarray, v: np.ndarray) -> np.ndarray:
    """The weights at points of a plane, (point, weight)."""
    origin, across, up = plane
    return origin + u[:, None] * across + v[:, None] * up


def _coordinates(plane: Plane, weights: np.ndarray) -> tuple[float, float]:
    """Where weights are on a plane, or where they fall on it at a right angle."""
    origin, across, up = plane
    moved = weights - origin
    return float(moved @ across / (across @ across)), float(moved @ up / (up @ up))


def _train(shard: Shard, spec: Spec) -> Arrays:
    """All seeds: their weights at the start and at the end, and the loss at the end."""
    from reproductions.training import replicas

    engine = shard.once(_engine)
    weights = replicas.initial_weights(engine.model, range(spec.seeds))
    end = _trained(engine, spec, weights)
    return {"start": _flat(weights), "end": end, "loss": loss(end)}


def _train_starts(shard: Shard, spec: Spec, a: int, b: int, ways: Sequence[float]) -> Arrays:
    """The loss at the end, from a grid of starts on a plane through the starts of A and B."""
    from reproductions.training import replicas

    engine = shard.once(_engine)
    both = _flat(replicas.initial_weights(engine.model, (a, b)))
    third = generator(0, 7).standard_normal(both.shape[1])
    plane = _plane(both[0], both[1], both[0] + third)
    starts = _on(plane, *_pairs(np.array(ways), np.array(ways) - 0.5))
    return {"loss": loss(_trained(engine, spec, _unflat(starts)))}


def _engine() -> "Replicas":
    import keras
    import tensorflow as tf

    from custom_layers import Tanh
    from reproductions.training.replicas import Replicas

    layers = [keras.layers.Dense(2), Tanh(), keras.layers.Dense(1)]
    model = keras.Sequential([keras.Input((2,)), *layers])

    def squared_loss(y: "tf.Tensor", output: "tf.Tensor") -> "tf.Tensor":
        return tf.reduce_mean((y - output) ** 2, (0, 1))

    return Replicas(model, squared_loss)


def _trained(engine: "Replicas", spec: Spec, weights: list[np.ndarray]) -> np.ndarray:
    return _flat(engine.train(weights, xor.X, xor.Y, spec.rate, spec.steps).weights)


def _flat(weights: Sequence[np.ndarray]) -> np.ndarray:
    """Weights with the replica on the last axis as one row for each replica, in float64."""
    return np.concatenate([w.reshape(-1, w.shape[-1]) for w in weights]).T.astype("float64")


def _unflat(rows: np.ndarray) -> list[np.ndarray]:
    """The reverse of `_flat`, in float32."""
    ends = np.cumsum([np.prod(shape) for shape in SHAPES])[:-1]
    parts = np.split(np.asarray(rows).T, ends)
    return [p.reshape(*s, -1).astype("float32") for p, s in zip(parts, SHAPES, strict=True)]


def loss(weights: np.ndarray) -> np.ndarray:
    """The mean squared error on XOR in float64, (point,), of weights in rows, (point, weight)."""
    kernel, bias = weights[:, :4].reshape(-1, 2, 2), weights[:, None, 4:6]
    hidden = np.tanh(np.einsum("si,nio->nso", xor.X.astype("float64"), kernel) + bias)
    output = (hidden * weights[:, None, 6:8]).sum(-1) + weights[:, 8:]
    return ((output - xor.Y[:, 0]) ** 2).mean(-1)


def slopes(weights: np.ndarray, step: float = 1e-4) -> tuple[np.ndarray, np.ndarray]:
    """The gradient and the Hessian of the loss at one point, by central differences in float64."""
    size = len(weights)
    moves = step * np.eye(size)
    gradient = (loss(weights + moves) - loss(weights - moves)) / (2 * step)
    hessian = np.array(
        [
            [
                loss(np.array([weights + s * a + t * b for s in (1, -1) for t in (1, -1)]))
                @ np.array([1, -1, -1, 1])
                for b in moves
            ]
            for a in moves
        ]
    ) / (4 * step**2)
    return gradient, hessian


def _end(
    name: str, seed: int, start: np.ndarray, end: np.ndarray, plane: Plane, grid: Plane
) -> dict:
    """The row of A or B: its losses, gradient and curvature, and where it is on both planes."""
    gradient, hessian = slopes(end)
    curvature = np.linalg.eigvalsh((hessian + hessian.T) / 2)
    u, v = _coordinates(plane, end)
    start_u, start_v = _coordinates(grid, start)
    begin_u, begin_v = _coordinates(plane, start)
    return {
        "name": name,
        "seed": seed,
        "start_loss": loss(start[None])[0],
        "loss": loss(end[None])[0],
        "gradient": np.linalg.norm(gradient),
        "least_curvature": curvature[0],
        "most_curvature": curvature[-1],
        "u": u,
        "v": v,
        "begin_u": begin_u,
        "begin_v": begin_v,
        "start_u": start_u,
        "start_v": start_v,
    }


def figures(spec: Spec, tables: Tables) -> drawing.Figures:
    """The landscape on a plane, the line between both minima, and where starts lead."""
    return {"landscape": lambda: _draw(tables)}


STYLES = {"A": (drawing.VERMILION, "o"), "B": (drawing.BLUE, "s")}


def _draw(tables: Tables) -> "Figure":
    figure, axes = drawing.panels(1, 3, width=4.1, height=4.0)
    plane, line, starts = axes[0]
    _draw_plane(figure, plane, tables)
    _draw_line(line, tables)
    _draw_starts(figure, starts, tables)
    figure.suptitle("The measured loss of a 2-2-1 network on XOR: two minima, A and B")
    return figure


def _picture(axes: "Axes", frame: pd.DataFrame, **options):
    """Draws the loss of a table over a plane as an image.

    Returns:
        The two axes of the plane, the loss by row and column, and the image.
    """
    losses = frame.pivot(index="v", columns="u", values="loss")
    u, v = losses.columns.to_numpy(), losses.index.to_numpy()
    half = (u[1] - u[0]) / 2
    extent = (u[0] - half, u[-1] + half, v[0] - half, v[-1] + half)
    image = axes.imshow(losses.to_numpy(), extent=extent, origin="lower", cmap="cividis", **options)
    axes.grid(visible=False)
    return u, v, losses.to_numpy(), image


def _draw_plane(figure: "Figure", axes: "Axes", tables: Tables) -> None:
    from matplotlib.colors import LogNorm

    u, v, picture, image = _picture(axes, tables["plane"], norm=LogNorm(1e-3, 10, clip=True))
    axes.contour(
        u, v, picture, [0.01, 0.05, 0.125, 0.25, 0.5, 1, 2], colors="white", linewidths=0.6
    )
    for name in STYLES:
        end = row(tables["ends"], name=name)
        _mark(axes, name, f"end of {name}", end["u"], end["v"])
    begin = row(tables["ends"], name="A")
    _mark(axes, "A", "start of A", begin["begin_u"], begin["begin_v"], filled=False)
    figure.colorbar(image, ax=axes, label="loss", orientation="horizontal", shrink=0.9)
    axes.set(xlabel="from A's end (0) to B's end (1)", ylabel="towards A's start")
    axes.set_title("the plane through both ends")


def _mark(axes: "Axes", name: str, text: str, u: float, v: float, filled: bool = True) -> None:
    """Marks a point of A or of B, and says which it is, readable on light and on dark."""
    color, marker = STYLES[name]
    face = color if filled else "none"
    axes.plot(u, v, marker, mfc=face, mec="white" if filled else color, ms=10, mew=1.8, zorder=3)
    above = name == "A"
    axes.annotate(
        text,
        (u, v),
        (0, 9 if above else -9),
        textcoords="offset points",
        ha="center",
        va="bottom" if above else "top",
        zorder=4,
        # Behind the text, and no outline of it: that would be stored as curves instead of letters.
        bbox={"facecolor": "white", "alpha": 0.75, "linewidth": 0, "pad": 1.5},
    )


def _draw_line(axes: "Axes", tables: Tables) -> None:
    line = tables["line"].sort_values("at")
    axes.plot(line["at"], line["loss"], color=drawing.BLACK)
    for place, (name, (color, marker)) in enumerate(STYLES.items()):
        end = row(tables["ends"], name=name)
        axes.plot(place, end["loss"], marker, color=color, ms=9, zorder=3)
        text = f"{name}: {end['loss']:.2g}"
        axes.annotate(text, (place, end["loss"]), (9, 6), textcoords="offset points")
    axes.set(xlabel="from A's end (0) to B's end (1)", ylabel="loss")
    axes.set(ylim=(-0.03, 1.0), title="the line through both ends")


def _draw_starts(figure: "Figure", axes: "Axes", tables: Tables) -> None:
    *_, image = _picture(axes, tables["starts"], vmin=0, vmax=0.25)
    for name in STYLES:
        start = row(tables["ends"], name=name)
        _mark(axes, name, f"start of {name}", start["start_u"], start["start_v"])
    figure.colorbar(image, ax=axes, label="loss at the end", orientation="horizontal", shrink=0.9)
    axes.set(xlabel="from A's start (0) to B's start (1)", ylabel="another direction")
    axes.set_title("where each start ends")


CLAIMS: dict[str, Judge] = {}

TABLES = {
    "seeds": Table(key=("seed",), columns={"outcome": Rate(), "loss": Unchecked()}),
    # Which seeds are A and B, and what they came to, may differ between processors.
    "ends": Table(
        key=("name",),
        columns=dict.fromkeys(
            (
                *("seed", "start_loss", "loss", "gradient", "least_curvature", "most_curvature"),
                *("u", "v", "begin_u", "begin_v", "start_u", "start_v"),
            ),
            Unchecked(),
        ),
    ),
    "line": Table(key=("at",), columns={"loss": Unchecked()}),
    "plane": Table(key=("u", "v"), columns={"loss": Unchecked()}),
    "starts": Table(key=("u", "v"), columns={"loss": Unchecked()}),
}
