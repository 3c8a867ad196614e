"""A layer on the plane: Wx changes a grid uniformly, + b shifts it, an activation bends it.

Document: slides, part 7-1, "How does NN learn non-linear decision boundary?", h = σ(Wx + b).
Setup: a grid over [-1, 1]² with lines every 0.1 goes through Dense(2) layers with weights set by
hand: a rotation, a dilation, a shear, a translation, and all four as a stack; then through a
sigmoid, a tanh or a ReLU. Areas come from the mapped corners, det J from automatic differentiation.
Closed form: det J(x) = det W · σ'(z1) · σ'(z2) with z = Wx + b. For sigmoid and tanh it is largest
where z = 0, at x = -W⁻¹b: det W / 16 and det W; its logarithm is concave, so the smallest value is
in a corner of the square. For ReLU it is det W where both z > 0, else 0: the plane is folded flat.
Assumptions: the slides give no numbers. Ours put -W⁻¹b near the middle of a cell, so that one cell
is clearly the largest. A cell's area is that of the quadrilateral of its mapped corners; beside it
stands the polygon through 16 points a side, which differs by much only where a ReLU's kink crosses
a cell.
Known differences: the slides' animations come from other sites and show other maps.
"""

from dataclasses import dataclass, field
from typing import Literal

import numpy as np
import pandas as pd

from reproductions.suite import drawing
from reproductions.suite.claims import IN_PART, Claim, Judgement, by
from reproductions.suite.experiment import ANY_SIGN
from reproductions.suite.kinds import Close, Exact, Table

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
MAPS = (*UNIFORM, "translation", "affine", *BENT)


def run(spec: Spec) -> dict[str, pd.DataFrame]:
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


def _grid(ticks) -> np.ndarray:
    """All pairs of ticks, shape (n, n, 2): the first index goes along x1."""
    return np.stack(np.meshgrid(ticks, ticks, indexing="ij"), axis=-1)


def polygon_area(corners) -> np.ndarray:
    """The signed area of polygons (..., corner, 2) by the shoelace formula.

    It is positive where the corners go round anticlockwise.
    """
    # Relative to the first corner, so that a polygon far from 0 loses no digits.
    x, y = np.moveaxis(corners - corners[..., :1, :], -1, 0)
    return (x * np.roll(y, -1, -1) - y * np.roll(x, -1, -1)).sum(axis=-1) / 2


def _quadrilaterals(y) -> np.ndarray:
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
    x = _grid(_ticks(spec))
    y = _apply(model, x)
    return pd.DataFrame({**_keys(x), "y1": y[..., 0].ravel(), "y2": y[..., 1].ravel()})


def _cells(spec, name, model, w, b):
    ticks, centres = _ticks(spec), _grid(_centres(spec))
    original = polygon_area(_quadrilaterals(_grid(ticks)))
    corners = _quadrilaterals(_apply(model, _grid(ticks)))
    # Each side in equal steps from its first corner; the next side begins at its last.
    steps = np.arange(spec.side_points)[:, None] / spec.side_points
    flat = _quadrilaterals(_grid(ticks))
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
    x = _grid(_ticks(spec))
    original = polygon_area(_quadrilaterals(x))
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
                polygon_area(_quadrilaterals(at)) / original for at in (y, shifted)
            )
            centres = _grid(_centres(spec)).reshape(-1, 2)
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


TITLES = {
    "rotation": "rotation  Wx",
    "dilation": "dilation  Wx",
    "shear": "shear  Wx",
    "translation": "translation  x + b",
    "affine": "all of them  Wx + b",
    "sigmoid": "sigmoid(Wx + b)",
    "tanh": "tanh(Wx + b)",
    "relu": "ReLU(Wx + b)",
}
AREA_LABEL = "cell area / original"


def figures(spec: Spec, tables) -> drawing.Figures:
    """Every map's grid, where the area goes, bent against folded, and one layer in motion."""
    return {
        "grids": lambda: _draw_grids(spec, tables),
        "determinants": lambda: _draw_determinants(tables),
        "turning": lambda: _draw_turning(tables["turning"]),
        "layer": lambda: _animate(tables),
    }


def _pivot(frame, *columns):
    """Columns of a table over (x1, x2) as one array (n, n, columns), the first index along x1."""
    wide = [frame.pivot(index="x1", columns="x2", values=c).to_numpy(float) for c in columns]
    return np.stack(wide, axis=-1)


def _norm():
    from matplotlib.colors import LogNorm

    return LogNorm(0.01, 3, clip=True)  # a sigmoid's cells shrink a hundredfold


def _quads(axes, y, areas, **options):
    from matplotlib.collections import PolyCollection

    drawn = PolyCollection(
        _quadrilaterals(y).reshape(-1, 4, 2), array=areas.ravel(), cmap="cividis", norm=_norm(),
        **{"edgecolor": "white", "linewidth": 0.4, **options},
    )  # fmt: skip
    axes.add_collection(drawn)
    return drawn


def _plane(axes, limits, ticks=None):
    axes.set(xlim=limits, ylim=limits, aspect="equal")
    axes.grid(visible=False)
    if ticks is not None:
        axes.set(xticks=ticks, yticks=ticks)


def _reach(points) -> float:
    """Half the edge of what is shown of a plane that is not pressed together."""
    return max(2.4, points[["y1", "y2"]].abs().to_numpy().max())


def _whole_ticks(reach) -> range:
    whole = int(reach)
    return range(-whole, whole + 1, max(1, whole // 2))


def _frame_of_original(axes):
    from matplotlib.patches import Rectangle

    box = Rectangle((-1, -1), 2, 2, fill=False, edgecolor=drawing.VERMILION, linestyle="--")
    axes.add_patch(box)


def _draw_grids(spec, tables):
    figure, axes = drawing.panels(3, 3, width=3.1, height=3.2)
    points = tables["points"]
    reach = _reach(points)
    panels = axes.ravel()
    at = np.sort(points["x1"].unique())
    drawn = _quads(panels[0], _grid(at), np.ones((len(at) - 1, len(at) - 1)))
    edge = 1 / spec.half_cells
    panels[0].set_title(f"before\nevery cell {edge:.3g} × {edge:.3g}")
    for panel, name in zip(panels[1:], MAPS, strict=True):
        rows = tables["cells"][tables["cells"]["map"] == name]
        y = _pivot(points[points["map"] == name], "y1", "y2")
        area = _pivot(rows, "area")[..., 0]
        _quads(panel, y, area)
        if name == "relu":
            _mark_flat(panel, _quadrilaterals(y), area == 0)
        panel.set_title(f"{TITLES[name]}\n{_range(area)}")
    for panel, name in zip(panels, ("before", *MAPS), strict=True):
        if name == "sigmoid":
            _plane(panel, (-0.04, 1.04), [0, 0.5, 1])
        elif name == "tanh":
            _plane(panel, (-1.06, 1.06), [-1, 0, 1])
        else:
            _plane(panel, (-reach, reach), _whole_ticks(reach))
        if name not in ("sigmoid", "relu"):
            _frame_of_original(panel)
    bar = figure.colorbar(drawn, ax=axes, shrink=0.6, pad=0.02, extend="min")
    bar.set_label(AREA_LABEL)
    bar.set_ticks([0.01, 0.03, 0.1, 0.3, 1, 3], labels=["0.01", "0.03", "0.1", "0.3", "1", "3"])
    bar.ax.minorticks_off()
    figure.suptitle(
        "Wx + b treats every cell alike, an activation does not (dashed: the grid before)"
    )
    return figure


def _range(area) -> str:
    low, high = area.min(), area.max()
    return f"area: all {high:.3g}" if high - low < 1e-9 else f"area: {low:.2g} to {high:.3g}"


def _mark_flat(axes, quads, flat):
    """Cells without area, which no polygon shows."""
    from matplotlib.collections import LineCollection

    axes.add_collection(LineCollection(quads[flat], colors=drawing.VERMILION, linewidths=2.5))
    says = f"{flat.sum()} of {flat.size} cells\nlie on these lines"
    axes.text(0, -0.25, says, color=drawing.VERMILION, fontsize=9, va="top")


def _draw_determinants(tables):
    figure, axes = drawing.panels(1, 3, width=3.9, height=4, sharey=True)
    maps = tables["maps"].set_index("map")
    for panel, name in zip(axes[0], BENT, strict=True):
        rows = tables["cells"][tables["cells"]["map"] == name]
        det = _pivot(rows, "det")[..., 0]
        at = np.sort(rows["x1"].unique())
        half = (at[1] - at[0]) / 2
        edges = np.append(at - half, at[-1] + half)
        drawn = panel.pcolormesh(edges, edges, det.T, cmap="cividis", vmin=0)
        row = maps.loc[name]
        _zero_line(panel, row.w11, row.w12, row.b1, "-")
        _zero_line(panel, row.w21, row.w22, row.b2, (0, (4, 2)))
        if name == "relu":
            panel.set_title(f"ReLU: {det.max():.3g} where both z > 0, else 0")
        else:
            least = rows.loc[rows["det"].idxmin()]
            panel.plot(row.centre_x1, row.centre_x2, "*", color=drawing.VERMILION, ms=16,
                       mec="white", zorder=4)  # fmt: skip
            panel.plot(least.x1, least.x2, "v", color=drawing.SKY, ms=9, mec="black", zorder=4)
            panel.set_title(f"{name}: ▼ {least.det:.2g} to ★ {row.centre_det:.3g}")
        _plane(panel, (-1, 1), [-1, -0.5, 0, 0.5, 1])
        panel.set_xlabel("x1")
        bar = figure.colorbar(drawn, ax=panel, orientation="horizontal", shrink=0.9, pad=0.03)
        bar.ax.locator_params(nbins=4)
    axes[0, 0].set_ylabel("x2")
    figure.suptitle("det J: what becomes of a small area at x (lines: z1 = 0 solid, z2 = 0 dashed)")
    return figure


def _zero_line(axes, w1, w2, b, dash):
    """The line w1 x1 + w2 x2 + b = 0, seen on light and on dark."""
    foot = -b * np.array([w1, w2]) / (w1**2 + w2**2)
    reach = np.array([-9.0, 9.0])
    x1, x2 = foot[0] - reach * w2, foot[1] + reach * w1
    axes.plot(x1, x2, color="white", linewidth=3)
    axes.plot(x1, x2, color="black", linewidth=1.4, linestyle=dash)


def _draw_turning(turning):
    figure, ((axes,),) = drawing.panels(width=6.4, height=3.8)
    for name in ("affine", *BENT):
        rows = turning[turning["map"] == name]
        look = drawing.FUNCTION_STYLE["linear" if name == "affine" else name]
        step = {"drawstyle": "steps-post"} if name == "relu" else {}
        label = "Wx + b" if name == "affine" else TITLES[name]
        axes.plot(rows["x1"], rows["turned_deg"], label=label, **step, **look)
    axes.set(
        title="A smooth activation bends a grid line, ReLU folds it",
        xlabel=f"x1 along the grid line x2 = {turning['x2'].iloc[0]:g}",
        ylabel="turned so far (degrees)",
        xlim=(-1, 1),
    )
    axes.legend(loc="upper left")
    return figure


SAYS = {
    "start": "x",
    "rotation": "Wx: rotation",
    "dilation": "Wx: rotation, dilation",
    "shear": "Wx: rotation, dilation, shear",
    "translation": "Wx + b: and translation",
    "tanh": "tanh(Wx + b): bent",
    "tanh hold": "tanh(Wx + b): bent",
    "tanh back": "back to Wx + b",
    "relu": "ReLU(Wx + b): folded flat",
}


def _animate(tables):
    from matplotlib.figure import Figure

    x = _grid(np.sort(tables["points"]["x1"].unique()))
    original = polygon_area(_quadrilaterals(x))
    frames = tables["frames"].sort_values("frame")
    figure = Figure(figsize=(5.4, 5))
    axes = figure.subplots()
    quads = _quads(axes, x, np.ones_like(original), edgecolor="#444444")
    whole = _reach(tables["points"])
    _plane(axes, (-whole, whole), _whole_ticks(whole))
    _frame_of_original(axes)
    bar = figure.colorbar(quads, ax=axes, shrink=0.8, extend="min")
    bar.set_label(AREA_LABEL)
    bar.set_ticks([0.01, 0.1, 1], labels=["0.01", "0.1", "1"])
    bar.ax.minorticks_off()
    title = axes.set_title(" \n ")

    def update(number):
        row = frames.iloc[number]
        w = np.array([[row.w11, row.w12], [row.w21, row.w22]])
        z = x @ w.T + np.array([row.b1, row.b2])
        bent = np.tanh(z) if row.activation == "tanh" else np.maximum(z, 0)
        y = (1 - row.bend) * z + row.bend * bent
        area = polygon_area(_quadrilaterals(y)) / original
        quads.set_verts(_quadrilaterals(y).reshape(-1, 4, 2))
        quads.set_array(area.ravel())
        title.set_text(f"{SAYS[row.stage]}\ncell {_range(area)}")
        # Comes nearer while tanh presses the plane into the square; the dashed frame gives scale.
        reach = whole - (whole - 1.1) * row.bend if row.activation == "tanh" else whole
        axes.set(xlim=(-reach, reach), ylim=(-reach, reach))

    return drawing.Animation(figure, update, len(frames), frame_ms=90)


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


ROUNDING = 1e-12


def _congruent(points) -> bool:
    """Whether every cell has the first cell's sides, as vectors."""
    y = _pivot(points, "y1", "y2")
    sides = (np.diff(y, axis=0), np.diff(y, axis=1))
    return all(np.abs(side - side[0, 0]).max() <= ROUNDING for side in sides)


def _uniform(tables, name) -> bool:
    det_w = tables["maps"].set_index("map").loc[name, "det_w"]
    cells = tables["cells"][tables["cells"]["map"] == name]
    points = tables["points"][tables["points"]["map"] == name]
    same = (cells[["area", "det"]] - det_w).abs().to_numpy().max() <= ROUNDING
    return bool(same) and _congruent(points)


def _sl_02(tables) -> Judgement:
    holds = {name: _uniform(tables, name) for name in UNIFORM}
    control = _uniform(tables, "tanh")
    det = tables["maps"].set_index("map")["det_w"]
    found = ", ".join(f"{n} {'all' if holds[n] else 'not all'} {det[n]:.3g}" for n in UNIFORM)
    return Judgement(
        by(all(holds.values()) and not control),
        f"{AREA_LABEL}: {found}",
        note="uniform is not unchanged: a dilation enlarges every cell alike, a shear makes every"
        " square the same parallelogram; Wx alone is linear, and affine as every linear map is",
    )


def _sl_03(tables) -> Judgement:
    rows = tables["shifts"]
    gap = sum(
        (rows[f"shift{i}_{end}"] - rows[f"b{i}"]).abs().gt(ROUNDING)
        for i in (1, 2)
        for end in ("low", "high")
    )
    still = (rows["area_change"] <= ROUNDING) & (rows["det_change"] <= ROUNDING)
    only_moved = (gap == 0) & still
    affine = rows["activation"] == "linear"
    count = int(only_moved[affine].sum())
    return Judgement(
        by(bool(only_moved[affine].all()) and not only_moved[~affine].any()),
        f"under {count} of {affine.sum()} W every point is shifted by b alone",
        note="before the activation; the same b under a tanh shifts points unequally and changes"
        f" cell areas by up to {rows.loc[~affine, 'area_change'].max():.2g} of the original",
    )


def _bends(cells, lines) -> bool:
    area = cells["area"]
    agrees = (cells["det"] - cells["det_closed"]).abs().max() <= ROUNDING
    return bool(area.min() < area.max() / 2 and agrees and lines["turned_deg"].max() > 1)


def _where_smooth(cells, row, at_zero) -> bool:
    """Largest in the cell that holds -W⁻¹b, smallest in a corner, and never above the maximum."""
    half = np.diff(np.sort(cells["x1"].unique())).min() / 2
    largest = cells.loc[cells["area"].idxmax()]
    smallest = cells.loc[cells["area"].idxmin()]
    return bool(
        max(abs(largest.x1 - row.centre_x1), abs(largest.x2 - row.centre_x2)) <= half
        and all(abs(smallest[x]) == cells[x].abs().max() for x in ("x1", "x2"))
        and abs(row.centre_det - row.det_w * at_zero) <= ROUNDING
        and cells["det"].max() <= row.centre_det
    )


def _folded(cells, row):
    """Which cells lie wholly where both z > 0, and which wholly where one z < 0."""
    half = np.diff(np.sort(cells["x1"].unique())).min() / 2
    around = half * np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]])
    x = cells[["x1", "x2"]].to_numpy()[:, None] + around
    z = x @ np.array([[row.w11, row.w12], [row.w21, row.w22]]).T + np.array([row.b1, row.b2])
    return (z > 0).all(axis=(1, 2)), (z < 0).all(axis=1).any(axis=1)


def _where_relu(cells, row) -> bool:
    whole, flat = _folded(cells, row)
    area = cells["area"].to_numpy()
    return bool(
        np.abs(area[whole] - row.det_w).max(initial=0) <= ROUNDING
        and np.abs(area[flat]).max(initial=0) <= ROUNDING
        and whole.any()
        and flat.any()
    )


def _sl_04(tables) -> Judgement:
    maps = tables["maps"].set_index("map")
    of = {name: tables["cells"][tables["cells"]["map"] == name] for name in ("affine", *BENT)}
    lines = tables["lines"]
    holds = {
        name: _bends(of[name], lines[lines["map"] == name])
        and (
            _where_relu(of[name], maps.loc[name])
            if name == "relu"
            else _where_smooth(of[name], maps.loc[name], {"sigmoid": 1 / 16, "tanh": 1}[name])
        )
        for name in BENT
    }
    straight = lines.loc[lines["map"] == "affine", "turned_deg"].max() < 1e-6
    even = np.ptp(of["affine"]["area"]) <= 2 * ROUNDING
    found = ", ".join(
        f"{name} {of[name]['area'].min():.2g} to {of[name]['area'].max():.3g}" for name in BENT
    )
    verdict = by(straight and even and all(holds.values()))
    if straight and even and any(holds.values()) and not all(holds.values()):
        verdict = IN_PART
    return Judgement(verdict, f"{AREA_LABEL}: {found}", note=_folding(of["relu"], maps, lines))


def _folding(cells, maps, lines) -> str:
    """How ReLU differs from a smooth activation: where a line turns, and what becomes of cells."""
    _, flat = _folded(cells, maps.loc["relu"])
    relu, tanh = (lines[lines["map"] == name] for name in ("relu", "tanh"))
    in_one = (relu["turned_deg"] - relu["largest_turn_deg"]).abs() < 1e-6
    sharpest = tanh.loc[tanh["largest_turn_deg"].idxmax()]
    return (
        f"ReLU folds: {in_one.sum()} of {len(relu)} lines turn in one point at most, by up to"
        f" {relu['largest_turn_deg'].max():.3g} degrees, and {flat.sum()} of {len(flat)} cells lie"
        f" flat on the axes; tanh bends: its sharpest turn, {sharpest['largest_turn_deg']:.2g}"
        f" degrees, is {sharpest['largest_turn_finer_deg']:.2g} at half the step"
    )


CLAIMS = [
    Claim(
        "SL-02",
        "for rotation, dilation and shear each, every cell's area and the Jacobian determinant are"
        " det W of the original within 1e-12, and every cell's sides are, as vectors, the first"
        " cell's within 1e-12; the same fails with a tanh on top",
        _sl_02,
    ),
    Claim(
        "SL-03",
        "for identity, rotation, dilation, shear and all three, + b shifts every grid point by b"
        " within 1e-12 and leaves every cell's area and the Jacobian determinant within 1e-12; the"
        " same fails, for each, with a tanh on top",
        _sl_03,
    ),
    Claim(
        "SL-04",
        "for sigmoid, tanh and ReLU each: the smallest cell is under half the largest, some grid"
        " line turns by over 1 degree, and the Jacobian determinant is det W σ'(z1) σ'(z2) within"
        " 1e-12; sigmoid, tanh: the largest cell holds -W⁻¹b, the smallest is in a corner; ReLU:"
        " cells with both z > 0 keep det W, those with a z < 0 have area 0; the affine map alone"
        " has equal cells and straight lines. In part if only some of the three",
        _sl_04,
    ),
]
