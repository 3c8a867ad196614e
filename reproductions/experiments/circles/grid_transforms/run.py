"""The setting, the runs, and the shape of the tables."""

from dataclasses import dataclass, field
from typing import Literal

import numpy as np
import pandas as pd

from reproductions.evidence.kinds import Close, Exact, Table
from reproductions.training.pool import Pool
from reproductions.training.spec import ANY_SIGN

Stage = Literal[
    "start", "rotation", "dilation", "shear", "translation", "tanh", "tanh hold", "tanh back",
    "relu",
]  # fmt: skip


@dataclass(frozen=True)
class Spec:
    """The grid, the maps, and how many frames each part of the animation takes."""

    half_cells: int = 10
    rotation_deg: float = field(default=30.0, metadata=ANY_SIGN)
    dilation: float = 1.5
    shear: float = field(default=0.5, metadata=ANY_SIGN)
    bias: tuple[float, float] = (0.45, -0.25)
    side_points: int = 16
    line_steps: int = 200
    turning_line: float = field(default=0.5, metadata=ANY_SIGN)
    frames: tuple[tuple[Stage, int], ...] = (
        ("start", 4),
        ("rotation", 10),
        ("dilation", 7),
        ("shear", 7),
        ("translation", 7),
        ("tanh", 11),
        ("tanh hold", 6),
        ("tanh back", 5),
        ("relu", 11),
    )


SPEC = Spec()

SMALL = {
    "frames": (("start", 1), ("rotation", 2), ("tanh", 2), ("tanh back", 1), ("relu", 2)),
}

UNIFORM = ("rotation", "dilation", "shear")

BENT = ("sigmoid", "tanh", "relu")


def run(spec: Spec, pool: Pool) -> dict[str, pd.DataFrame]:
    """Points, cells and lines of the grid under every map, and the animation's numbers."""
    factors = _factors(spec)
    stacks = {name: [(factors[name], None)] for name in UNIFORM}
    stacks["translation"] = [(np.eye(2), spec.bias)]
    stacks["affine"] = _stack(factors, spec.bias)
    stacks |= {name: stacks["affine"] for name in BENT}
    maps, points, cells, lines, turning = [], [], [], [], []
    for name, stack in stacks.items():
        model = _model(stack, name if name in BENT else "linear")
        w, b = _product(stack)
        maps.append(_map(name, model, w, b))
        points.append(_points(spec, model).assign(map=name))
        cells.append(_cells(spec, name, model, w, b).assign(map=name))
        lines.append(_lines(spec, model, w, b).assign(map=name))
        if name in ("affine", *BENT):
            turning.append(_turning(spec, model, w, b).assign(map=name))
    return {
        "maps": pd.DataFrame(maps),
        "points": pd.concat(points),
        "cells": pd.concat(cells),
        "lines": pd.concat(lines),
        "turning": pd.concat(turning),
        "shifts": _shifts(spec, factors),
        "frames": _frames(spec, factors),
    }


def _factors(spec) -> dict[str, np.ndarray]:
    angle = np.deg2rad(spec.rotation_deg)
    cos, sin = np.cos(angle), np.sin(angle)
    return {
        "rotation": np.array([[cos, -sin], [sin, cos]]),
        "dilation": spec.dilation * np.eye(2),
        "shear": np.array([[1, spec.shear], [0, 1]]),
    }


def _stack(factors, bias):
    """Rotation, then dilation, then shear, as (W, b) of one layer each; the last has the bias."""
    *first, last = factors.values()
    return [*((w, None) for w in first), (last, bias)]


def _product(stack) -> tuple[np.ndarray, np.ndarray]:
    """W and b of the one affine map that a stack is."""
    w, b = np.eye(2), np.zeros(2)
    for weights, bias in stack:
        w, b = weights @ w, weights @ b + (0 if bias is None else np.array(bias))
    return w, b


def _model(stack, activation):
    """The stack as Dense layers in float64, with the activation's layer on top."""
    import keras

    from custom_layers import Linear, ReLU, Sigmoid, Tanh

    on_top = {"linear": Linear, "sigmoid": Sigmoid, "tanh": Tanh, "relu": ReLU}[activation]
    dense = [keras.layers.Dense(2, use_bias=b is not None, dtype="float64") for _, b in stack]
    model = keras.Sequential(
        [keras.Input((2,), dtype="float64"), *dense, on_top(dtype="float64")],
    )
    for layer, (w, b) in zip(dense, stack, strict=True):
        # Dense multiplies from the right, x @ kernel, so its kernel is W transposed.
        layer.set_weights([w.T] if b is None else [w.T, np.array(b)])
    return model


def _apply(model, x) -> np.ndarray:
    """The model's output for points of any shape (..., 2)."""
    return np.array(model(x.reshape(-1, 2))).reshape(x.shape)


def _determinant(model, x) -> np.ndarray:
    """The Jacobian determinant at points (n, 2), by automatic differentiation."""
    import tensorflow as tf

    x = tf.constant(x)
    with tf.GradientTape(persistent=True) as tape:
        tape.watch(x)
        y = model(x)
    jacobian = tape.batch_jacobian(y, x, experimental_use_pfor=False).numpy()
    return jacobian[:, 0, 0] * jacobian[:, 1, 1] - jacobian[:, 0, 1] * jacobian[:, 1, 0]


def _slope(name, z) -> np.ndarray:
    """The activation's derivative, written down without the layers."""
    if name == "sigmoid":
        return 1 / (2 + np.exp(z) + np.exp(-z))
    if name == "tanh":
        return 1 / np.cosh(z) ** 2
    if name == "relu":
        return np.where(z > 0, 1.0, 0.0)
    return np.ones_like(z)


def _ticks(spec) -> np.ndarray:
    # Whole numbers divided, not a sum of steps: every coordinate is the float nearest to it.
    return np.arange(-spec.half_cells, spec.half_cells + 1) / spec.half_cells


def _centres(spec) -> np.ndarray:
    cells = 2 * spec.half_cells
    return (2 * np.arange(cells) + 1 - cells) / cells


def grid(ticks) -> np.ndarray:
    """All pairs of ticks, shape (n, n, 2): the first index goes along x1."""
    return np.stack(np.meshgrid(ticks, ticks, indexing="ij"), axis=-1)


def polygon_area(corners) -> np.ndarray:
    """The signed area of polygons (..., corner, 2) by the shoelace formula.

    It is positive where the corners go round anticlockwise.
    """
    # Relative to the first corner, so that a polygon far from 0 loses no digits.
    x, y = np.moveaxis(corners - corners[..., :1, :], -1, 0)
    return (x * np.roll(y, -1, -1) - y * np.roll(x, -1, -1)).sum(axis=-1) / 2


def quadrilaterals(y) -> np.ndarray:
    """Every cell's corners, anticlockwise, from mapped grid points (n, n, 2)."""
    return np.stack([y[:-1, :-1], y[1:, :-1], y[1:, 1:], y[:-1, 1:]], axis=-2)


def _keys(x) -> dict:
    return {"x1": x[..., 0].ravel(), "x2": x[..., 1].ravel()}


def _map(name, model, w, b):
    centre = np.linalg.solve(w, 0 - b)  # 0 - b, so that none is written as -0.0
    return {
        "map": name,
        "w11": w[0, 0],
        "w12": w[0, 1],
        "w21": w[1, 0],
        "w22": w[1, 1],
        "b1": b[0],
        "b2": b[1],
        "det_w": w[0, 0] * w[1, 1] - w[0, 1] * w[1, 0],
        "centre_x1": centre[0],
        "centre_x2": centre[1],
        # ReLU's derivative jumps there, and rounding would choose the side.
        "centre_det": np.nan if name == "relu" else _determinant(model, centre[None])[0],
    }


def _points(spec, model):
    x = grid(_ticks(spec))
    y = _apply(model, x)
    return pd.DataFrame({**_keys(x), "y1": y[..., 0].ravel(), "y2": y[..., 1].ravel()})


def _cells(spec, name, model, w, b):
    ticks, centres = _ticks(spec), grid(_centres(spec))
    original = polygon_area(quadrilaterals(grid(ticks)))
    corners = quadrilaterals(_apply(model, grid(ticks)))
    # Each side in equal steps from its first corner; the next side begins at its last.
    steps = np.arange(spec.side_points)[:, None] / spec.side_points
    flat = quadrilaterals(grid(ticks))
    sides = [flat[..., i, None, :] * (1 - steps) + flat[..., (i + 1) % 4, None, :] * steps
             for i in range(4)]  # fmt: skip
    outline = _apply(model, np.concatenate(sides, axis=-2))
    x = centres.reshape(-1, 2)
    closed = np.linalg.det(w) * _slope(name, x @ w.T + b).prod(axis=1)
    return pd.DataFrame(
        {
            **_keys(centres),
            "area": (polygon_area(corners) / original).ravel(),
            "polygon_area": (polygon_area(outline) / original).ravel(),
            "det": _determinant(model, x),
            "det_closed": closed,
        }
    )


def _along(across, level, steps, w, b) -> np.ndarray:
    """Points on a grid line: equal steps, and the places where z1 or z2 is 0.

    A ReLU's kink would otherwise fall between two points and be cut into two smaller turns.
    """
    t = np.linspace(-1, 1, steps + 1)
    here = np.array([0, level]) if across == "x2" else np.array([level, 0])
    unit = np.array([1, 0]) if across == "x2" else np.array([0, 1])
    slope, start = w @ unit, w @ here + b
    zeros = -start[slope != 0] / slope[slope != 0]
    zeros = zeros[np.abs(zeros) < 1]
    for zero in zeros:
        t = t[np.abs(t - zero) > 1e-6]  # too near for the short step between them to have an angle
    t = np.sort(np.append(t, zeros))
    return here + t[:, None] * unit


def turns_deg(y) -> tuple[np.ndarray, np.ndarray]:
    """By how much a polyline (n, 2) turns, and at which of its points.

    Steps of no length, where a map puts many points on one, are passed over.

    Returns:
        The angles without sign in degrees, from 0 to 180, and the points' indices.
    """
    step = np.diff(y, axis=0)
    moves = np.flatnonzero(np.hypot(*step.T) > 1e-12)
    before, after = step[moves[:-1]], step[moves[1:]]
    cross = before[:, 0] * after[:, 1] - before[:, 1] * after[:, 0]
    return np.rad2deg(np.abs(np.arctan2(cross, (before * after).sum(axis=1)))), moves[1:]


def _lines(spec, model, w, b):
    """Every grid line's turning, at one and at twice the resolution."""
    places = [(across, level) for across in ("x1", "x2") for level in _ticks(spec)]
    found = []
    for steps in (spec.line_steps, 2 * spec.line_steps):
        lines = [_along(across, level, steps, w, b) for across, level in places]
        ends = np.cumsum([len(line) for line in lines])[:-1]
        found.append(
            [turns_deg(y)[0] for y in np.split(_apply(model, np.concatenate(lines)), ends)]
        )
    return pd.DataFrame(
        {
            "line": across,
            "at": level,
            "turned_deg": coarse.sum(),
            "largest_turn_deg": coarse.max(initial=0),
            "largest_turn_finer_deg": fine.max(initial=0),
        }
        for (across, level), coarse, fine in zip(places, *found, strict=True)
    )


def _turning(spec, model, w, b):
    """How far one grid line has turned on the way along it."""
    x = _along("x2", spec.turning_line, spec.line_steps, w, b)
    angles, points = turns_deg(_apply(model, x))
    turned = np.zeros(len(x))
    turned[points] = angles
    return pd.DataFrame({"x2": spec.turning_line, "x1": x[:, 0], "turned_deg": turned.cumsum()})


def _shifts(spec, factors):
    """What + b does to every grid point and every cell, under each W; a tanh is the control."""
    x = grid(_ticks(spec))
    original = polygon_area(quadrilaterals(x))
    stacks = {"identity": [(np.eye(2), None)]}
    stacks |= {name: [(w, None)] for name, w in factors.items()}
    stacks["all three"] = _stack(factors, None)
    rows = []
    for activation in ("linear", "tanh"):
        for name, stack in stacks.items():
            with_bias = [*stack[:-1], (stack[-1][0], spec.bias)]
            still, moved = (_model(layers, activation) for layers in (stack, with_bias))
            y, shifted = _apply(still, x), _apply(moved, x)
            shift = (shifted - y).reshape(-1, 2)
            areas, areas_shifted = (
                polygon_area(quadrilaterals(at)) / original for at in (y, shifted)
            )
            centres = grid(_centres(spec)).reshape(-1, 2)
            change = _determinant(moved, centres) - _determinant(still, centres)
            rows.append(
                {
                    "activation": activation,
                    "weights": name,
                    "b1": spec.bias[0],
                    "b2": spec.bias[1],
                    "shift1_low": shift[:, 0].min(),
                    "shift1_high": shift[:, 0].max(),
                    "shift2_low": shift[:, 1].min(),
                    "shift2_high": shift[:, 1].max(),
                    "area_change": np.abs(areas_shifted - areas).max(),
                    "det_change": np.abs(change).max(),
                }
            )
    return pd.DataFrame(rows)


def _frames(spec, factors):
    """W, b and how much of the activation is blended in, for every frame of the animation.

    A map M is reached along exp(s log M), so that a rotation turns and a dilation grows by equal
    factors; mixing the entries of M and of the identity would shrink the grid on the way.
    """
    from scipy.linalg import expm, logm

    w, b, bend, activation = np.eye(2), np.zeros(2), 0.0, "tanh"
    rows = []
    for stage, count in spec.frames:
        begin = w
        for s in np.arange(1, count + 1) / count:
            s = s * s * (3 - 2 * s)  # starts and stops gently
            if stage in factors:
                w = expm(s * np.real(logm(factors[stage]))) @ begin
            elif stage == "translation":
                b = s * np.array(spec.bias)
            elif stage in BENT:
                activation, bend = stage, s
            elif stage.endswith("back"):
                bend = 1 - s
            rows.append([len(rows), stage, activation, *w.ravel(), *b, bend])
    return pd.DataFrame(
        rows,
        columns=["frame", "stage", "activation", *["w11", "w12", "w21", "w22", "b1", "b2", "bend"]],
    )


AREA_LABEL = "cell area / original"


def pivot(frame, *columns):
    """Columns of a table over (x1, x2) as one array (n, n, columns), the first index along x1."""
    wide = [frame.pivot(index="x1", columns="x2", values=c).to_numpy(float) for c in columns]
    return np.stack(wide, axis=-1)


COORDINATES = "three 2 × 2 products and an exp in float64"

DIFFERENCES = "areas of cells 0.1 wide: differences of coordinates that round at 1e-16"

NEAR = Close(rtol=1e-12, atol=1e-14, reason=COORDINATES)

AREA = Close(rtol=1e-12, atol=1e-12, reason=DIFFERENCES)

ANGLE = Close(
    rtol=1e-9, atol=1e-6, reason="sums of 400 angles of steps 0.005 long that round at 1e-16"
)

TABLES = {
    "maps": Table(
        key=("map",),
        columns={
            **dict.fromkeys(("w11", "w12", "w21", "w22", "b1", "b2", "det_w"), NEAR),
            **dict.fromkeys(("centre_x1", "centre_x2"), NEAR),
            "centre_det": Close(rtol=1e-12, atol=0, reason=COORDINATES, nan=True),
        },
    ),
    "points": Table(key=("map", "x1", "x2"), columns={"y1": NEAR, "y2": NEAR}),
    "cells": Table(
        key=("map", "x1", "x2"),
        columns={"area": AREA, "polygon_area": AREA, "det": NEAR, "det_closed": NEAR},
    ),
    "lines": Table(
        key=("map", "line", "at"),
        columns=dict.fromkeys(("turned_deg", "largest_turn_deg", "largest_turn_finer_deg"), ANGLE),
    ),
    "turning": Table(key=("map", "x2", "x1"), columns={"turned_deg": ANGLE}),
    "shifts": Table(
        key=("activation", "weights"),
        columns={
            "b1": Exact(),
            "b2": Exact(),
            **dict.fromkeys(("shift1_low", "shift1_high", "shift2_low", "shift2_high"), NEAR),
            "area_change": AREA,
            "det_change": NEAR,
        },
    ),
    "frames": Table(
        key=("frame",),
        columns={
            "stage": Exact(),
            "activation": Exact(),
            **dict.fromkeys(
                ("w11", "w12", "w21", "w22", "b1", "b2", "bend"),
                Close(rtol=1e-12, atol=1e-14, reason="logarithm and exponential of a 2 × 2 matrix"),
            ),
        },
    ),
}
