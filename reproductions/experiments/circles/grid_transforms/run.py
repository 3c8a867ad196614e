"""Sends the grid through every map and measures its points, cells and lines."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

import numpy as np
import pandas as pd

from reproductions.evidence.kinds import Close, Exact, Table
from reproductions.experiments.circles.grid_transforms.geometry import (
    Axis,
    grid,
    line_points,
    outlines,
    polygon_area,
    quadrilaterals,
    turns_deg,
)
from reproductions.training.pool import Pool
from reproductions.training.spec import ANY_SIGN

if TYPE_CHECKING:
    import keras

Stage = Literal[
    "start",
    "rotation",
    "dilation",
    "shear",
    "translation",
    "tanh",
    "tanh hold",
    "tanh back",
    "relu",
]


@dataclass(frozen=True)
class Spec:
    """The grid, the maps, and the number of frames of each stage of the animation."""

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

LINEAR_MAPS = ("rotation", "dilation", "shear")

ACTIVATIONS = ("sigmoid", "tanh", "relu")

AREA_LABEL = "cell area / original"

W_AND_B = ("w11", "w12", "w21", "w22", "b1", "b2")
"""The columns of a table that hold an affine map."""

Layer = tuple[np.ndarray, Sequence[float] | None]
"""The W and the b of one layer; None for a layer without b."""


def run(spec: Spec, pool: Pool) -> dict[str, pd.DataFrame]:
    """The points, cells and lines of the grid under every map, and the frames of the animation."""
    matrices = _matrices(spec)
    stacks: dict[str, list[Layer]] = {name: [(matrices[name], None)] for name in LINEAR_MAPS}
    stacks["translation"] = [(np.eye(2), spec.bias)]
    stacks["affine"] = _stack(matrices, spec.bias)
    stacks |= {name: stacks["affine"] for name in ACTIVATIONS}
    maps, points, cells, lines, turning = [], [], [], [], []
    for name, stack in stacks.items():
        model = _model(stack, name if name in ACTIVATIONS else "linear")
        w, b = _combined(stack)
        maps.append(_map(name, model, w, b))
        points.append(_points(spec, model).assign(map=name))
        cells.append(_cells(spec, name, model, w, b).assign(map=name))
        lines.append(_lines(spec, model, w, b).assign(map=name))
        if name in ("affine", *ACTIVATIONS):
            turning.append(_turning(spec, model, w, b).assign(map=name))
    return {
        "maps": pd.DataFrame(maps),
        "points": pd.concat(points),
        "cells": pd.concat(cells),
        "lines": pd.concat(lines),
        "turning": pd.concat(turning),
        "shifts": _shifts(spec, matrices),
        "frames": _frames(spec, matrices),
    }


def _matrices(spec: Spec) -> dict[str, np.ndarray]:
    angle = np.deg2rad(spec.rotation_deg)
    cos, sin = np.cos(angle), np.sin(angle)
    return {
        "rotation": np.array([[cos, -sin], [sin, cos]]),
        "dilation": spec.dilation * np.eye(2),
        "shear": np.array([[1, spec.shear], [0, 1]]),
    }


def _stack(matrices: dict[str, np.ndarray], bias: Sequence[float] | None) -> list[Layer]:
    """One layer for each matrix, in their order; only the last one has the bias."""
    *first, last = matrices.values()
    return [*((w, None) for w in first), (last, bias)]


def _combined(stack: list[Layer]) -> tuple[np.ndarray, np.ndarray]:
    """The W and the b of the single affine map that equals a stack."""
    w, b = np.eye(2), np.zeros(2)
    for weights, bias in stack:
        w, b = weights @ w, weights @ b + (0 if bias is None else np.array(bias))
    return w, b


def _model(stack: list[Layer], activation: str) -> "keras.Sequential":
    """The stack as Dense layers in float64, followed by the layer of the activation."""
    import keras

    from custom_layers import Linear, ReLU, Sigmoid, Tanh

    activation_layer = {"linear": Linear, "sigmoid": Sigmoid, "tanh": Tanh, "relu": ReLU}
    dense = [keras.layers.Dense(2, use_bias=b is not None, dtype="float64") for _, b in stack]
    model = keras.Sequential(
        [keras.Input((2,), dtype="float64"), *dense, activation_layer[activation](dtype="float64")]
    )
    for layer, (w, b) in zip(dense, stack, strict=True):
        # Dense multiplies from the right, x @ kernel, so its kernel is W transposed.
        layer.set_weights([w.T] if b is None else [w.T, np.array(b)])
    return model


def _apply(model: "keras.Sequential", x: np.ndarray) -> np.ndarray:
    """The model's output for points of any shape (..., 2)."""
    return np.array(model(x.reshape(-1, 2))).reshape(x.shape)


def _determinant(model: "keras.Sequential", x: np.ndarray) -> np.ndarray:
    """The Jacobian determinant at points (n, 2), by automatic differentiation."""
    import tensorflow as tf

    x = tf.constant(x)
    with tf.GradientTape(persistent=True) as tape:
        tape.watch(x)
        y = model(x)
    jacobian = tape.batch_jacobian(y, x, experimental_use_pfor=False).numpy()
    return jacobian[:, 0, 0] * jacobian[:, 1, 1] - jacobian[:, 0, 1] * jacobian[:, 1, 0]


def _slope(name: str, z: np.ndarray) -> np.ndarray:
    """The derivative of a map's activation in closed form, independent of the layers."""
    if name == "sigmoid":
        return 1 / (2 + np.exp(z) + np.exp(-z))
    if name == "tanh":
        return 1 / np.cosh(z) ** 2
    if name == "relu":
        return np.where(z > 0, 1.0, 0.0)
    return np.ones_like(z)


def _ticks(spec: Spec) -> np.ndarray:
    # Whole numbers divided, not a sum of steps: every coordinate is the float nearest to it.
    return np.arange(-spec.half_cells, spec.half_cells + 1) / spec.half_cells


def _centres(spec: Spec) -> np.ndarray:
    cells = 2 * spec.half_cells
    return (2 * np.arange(cells) + 1 - cells) / cells


def _coordinates(x: np.ndarray) -> dict[str, np.ndarray]:
    """The columns `x1` and `x2`, which are the key of a table of points."""
    return {"x1": x[..., 0].ravel(), "x2": x[..., 1].ravel()}


def _map(name: str, model: "keras.Sequential", w: np.ndarray, b: np.ndarray) -> dict:
    """The row of one map: W, b, and det J at the centre -W⁻¹b."""
    centre = np.linalg.solve(w, 0 - b)  # 0 - b, so that none is written as -0.0
    return {
        "map": name,
        **dict(zip(W_AND_B, [*w.ravel(), *b], strict=True)),
        "det_w": w[0, 0] * w[1, 1] - w[0, 1] * w[1, 0],
        "centre_x1": centre[0],
        "centre_x2": centre[1],
        # ReLU's derivative jumps there, and rounding would choose the side.
        "centre_det": np.nan if name == "relu" else _determinant(model, centre[None])[0],
    }


def _points(spec: Spec, model: "keras.Sequential") -> pd.DataFrame:
    x = grid(_ticks(spec))
    y = _apply(model, x)
    return pd.DataFrame({**_coordinates(x), "y1": y[..., 0].ravel(), "y2": y[..., 1].ravel()})


def _cells(
    spec: Spec, name: str, model: "keras.Sequential", w: np.ndarray, b: np.ndarray
) -> pd.DataFrame:
    corners, centres = grid(_ticks(spec)), grid(_centres(spec))
    original = polygon_area(quadrilaterals(corners))
    mapped = quadrilaterals(_apply(model, corners))
    outline = _apply(model, outlines(corners, spec.side_points))
    x = centres.reshape(-1, 2)
    return pd.DataFrame(
        {
            **_coordinates(centres),
            "area": (polygon_area(mapped) / original).ravel(),
            "polygon_area": (polygon_area(outline) / original).ravel(),
            "det": _determinant(model, x),
            "det_closed": np.linalg.det(w) * _slope(name, x @ w.T + b).prod(axis=1),
        }
    )


def _lines(spec: Spec, model: "keras.Sequential", w: np.ndarray, b: np.ndarray) -> pd.DataFrame:
    """How far every grid line turns, measured with `line_steps` steps and with twice as many."""
    axes: tuple[Axis, Axis] = ("x1", "x2")
    lines = [(axis, level) for axis in axes for level in _ticks(spec)]
    angles = []
    for steps in (spec.line_steps, 2 * spec.line_steps):
        points = [line_points(axis, level, steps, w, b) for axis, level in lines]
        ends = np.cumsum([len(line) for line in points])[:-1]
        images = np.split(_apply(model, np.concatenate(points)), ends)
        angles.append([turns_deg(image)[0] for image in images])
    return pd.DataFrame(
        {
            "line": axis,
            "at": level,
            "turned_deg": coarse.sum(),
            "largest_turn_deg": coarse.max(initial=0),
            "largest_turn_finer_deg": fine.max(initial=0),
        }
        for (axis, level), coarse, fine in zip(lines, *angles, strict=True)
    )


def _turning(spec: Spec, model: "keras.Sequential", w: np.ndarray, b: np.ndarray) -> pd.DataFrame:
    """How far one grid line has turned up to each of its points."""
    x = line_points("x2", spec.turning_line, spec.line_steps, w, b)
    angles, points = turns_deg(_apply(model, x))
    turned = np.zeros(len(x))
    turned[points] = angles
    return pd.DataFrame({"x2": spec.turning_line, "x1": x[:, 0], "turned_deg": turned.cumsum()})


def _shifts(spec: Spec, matrices: dict[str, np.ndarray]) -> pd.DataFrame:
    """What + b does to every grid point and every cell, under each W; a tanh is the control."""
    corners, centres = grid(_ticks(spec)), grid(_centres(spec)).reshape(-1, 2)
    original = polygon_area(quadrilaterals(corners))
    stacks: dict[str, list[Layer]] = {"identity": [(np.eye(2), None)]}
    stacks |= {name: [(w, None)] for name, w in matrices.items()}
    stacks["all three"] = _stack(matrices, None)
    rows = []
    for activation in ("linear", "tanh"):
        for name, stack in stacks.items():
            biased_stack = [*stack[:-1], (stack[-1][0], spec.bias)]
            models = [_model(layers, activation) for layers in (stack, biased_stack)]
            images = [_apply(model, corners) for model in models]
            shift = (images[1] - images[0]).reshape(-1, 2)
            areas = [polygon_area(quadrilaterals(image)) / original for image in images]
            determinants = [_determinant(model, centres) for model in models]
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
                    "area_change": np.abs(areas[1] - areas[0]).max(),
                    "det_change": np.abs(determinants[1] - determinants[0]).max(),
                }
            )
    return pd.DataFrame(rows)


def _frames(spec: Spec, matrices: dict[str, np.ndarray]) -> pd.DataFrame:
    """W, b and the share of the activation that is blended in, for every frame of the animation.

    A map M is reached along exp(s log M), so that a rotation turns and a dilation grows by equal
    factors. Along a mixture of the entries of M and of the identity, the grid would shrink.
    """
    from scipy.linalg import expm, logm

    w, b, bend, activation = np.eye(2), np.zeros(2), 0.0, "tanh"
    rows: list[list] = []
    for stage, count in spec.frames:
        w_before = w
        for s in np.arange(1, count + 1) / count:
            s = s * s * (3 - 2 * s)  # starts and stops gently
            if stage in matrices:
                w = expm(s * np.real(logm(matrices[stage]))) @ w_before
            elif stage == "translation":
                b = s * np.array(spec.bias)
            elif stage in ACTIVATIONS:
                activation, bend = stage, s
            elif stage == "tanh back":
                bend = 1 - s
            rows.append([len(rows), stage, activation, *w.ravel(), *b, bend])
    return pd.DataFrame(rows, columns=["frame", "stage", "activation", *W_AND_B, "bend"])


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
            **dict.fromkeys((*W_AND_B, "det_w", "centre_x1", "centre_x2"), NEAR),
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
                (*W_AND_B, "bend"),
                Close(rtol=1e-12, atol=1e-14, reason="logarithm and exponential of a 2 × 2 matrix"),
            ),
        },
    ),
}
