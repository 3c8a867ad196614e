"""Draws the grid under every map, det J over the square, and one layer in motion."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from reproductions.evidence import drawing, functions
from reproductions.evidence.measured import row, rows
from reproductions.evidence.verdicts import Tables
from reproductions.experiments.circles.grid_transforms.geometry import (
    grid,
    on_grid,
    polygon_area,
    quadrilaterals,
)
from reproductions.experiments.circles.grid_transforms.run import (
    ACTIVATIONS,
    AREA_LABEL,
    LINEAR_MAPS,
    W_AND_B,
    Spec,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.collections import PolyCollection
    from matplotlib.colorbar import Colorbar
    from matplotlib.figure import Figure

MAPS = (*LINEAR_MAPS, "translation", "affine", *ACTIVATIONS)

TITLES = {
    "rotation": "rotation  Wx",
    "dilation": "dilation  Wx",
    "shear": "shear  Wx",
    "translation": "translation  x + b",
    "affine": "all four  Wx + b",
    "sigmoid": "sigmoid(Wx + b)",
    "tanh": "tanh(Wx + b)",
    "relu": "ReLU(Wx + b)",
}


FRAME_TITLES = {
    "start": "x",
    "rotation": "Wx: rotation",
    "dilation": "Wx: rotation, dilation",
    "shear": "Wx: rotation, dilation, shear",
    "translation": "Wx + b: then a translation",
    "tanh": "tanh(Wx + b): bent",
    "tanh hold": "tanh(Wx + b): bent",
    "tanh back": "back to Wx + b",
    "relu": "ReLU(Wx + b): folded flat",
}


def figures(spec: Spec, tables: Tables) -> drawing.Figures:
    """The grid under every map, det J, a bent and a folded line, and one layer in motion."""
    return {
        "grids": lambda: _draw_grids(spec, tables),
        "determinants": lambda: _draw_determinants(tables),
        "turning": lambda: _draw_turning(tables["turning"]),
        "layer": lambda: _animate(tables),
    }


def _draw_grids(spec: Spec, tables: Tables) -> "Figure":
    figure, axes = drawing.panels(3, 3, width=3.1, height=3.2)
    points, panels = tables["points"], axes.ravel()
    reach = _reach(points)
    ticks = np.sort(points["x1"].unique())
    cells = _draw_cells(panels[0], grid(ticks), np.ones((len(ticks) - 1, len(ticks) - 1)))
    edge = 1 / spec.half_cells
    panels[0].set_title(f"original grid\nevery cell {edge:.3g} × {edge:.3g}")
    for panel, name in zip(panels[1:], MAPS, strict=True):
        y = on_grid(rows(points, map=name), "y1", "y2")
        area = on_grid(rows(tables["cells"], map=name), "area")[..., 0]
        _draw_cells(panel, y, area)
        if name == "relu":
            _mark_flat(panel, quadrilaterals(y), area == 0)
        panel.set_title(f"{TITLES[name]}\n{_range_in_words(area)}")
    for panel, name in zip(panels, ("original", *MAPS), strict=True):
        if name == "sigmoid":
            _show_plane(panel, (-0.04, 1.04), [0, 0.5, 1])
        elif name == "tanh":
            _show_plane(panel, (-1.06, 1.06), [-1, 0, 1])
        else:
            _show_plane(panel, (-reach, reach), _whole_ticks(reach))
        if name not in ("sigmoid", "relu"):
            _draw_original_outline(panel)
    bar = figure.colorbar(cells, ax=axes, shrink=0.6, pad=0.02, extend="min")
    _label_areas(bar, ["0.01", "0.03", "0.1", "0.3", "1", "3"])
    figure.suptitle(
        "Wx + b changes all cells alike, an activation does not (dashed: outline of the original)"
    )
    return figure


def _draw_cells(axes: "Axes", y: np.ndarray, areas: np.ndarray, **options) -> "PolyCollection":
    """Draws the cells of a mapped grid (n, n, 2), coloured by area."""
    from matplotlib.collections import PolyCollection
    from matplotlib.colors import LogNorm

    norm = LogNorm(0.01, 3, clip=True)  # a sigmoid shrinks cells a hundredfold
    cells = PolyCollection(
        quadrilaterals(y).reshape(-1, 4, 2),
        array=areas.ravel(),
        cmap="cividis",
        norm=norm,
        **{"edgecolor": "white", "linewidth": 0.4, **options},
    )
    axes.add_collection(cells)
    return cells


def _show_plane(axes: "Axes", limits: tuple[float, float], ticks: Sequence[float]) -> None:
    axes.set(xlim=limits, ylim=limits, aspect="equal", xticks=ticks, yticks=ticks)
    axes.grid(visible=False)


def _reach(points: pd.DataFrame) -> float:
    """Half of the edge of the square that is shown where no activation limits the values."""
    return max(2.4, points[["y1", "y2"]].abs().to_numpy().max())


def _whole_ticks(reach: float) -> range:
    whole = int(reach)
    return range(-whole, whole + 1, max(1, whole // 2))


def _draw_original_outline(axes: "Axes") -> None:
    from matplotlib.patches import Rectangle

    box = Rectangle((-1, -1), 2, 2, fill=False, edgecolor=drawing.VERMILION, linestyle="--")
    axes.add_patch(box)


def _label_areas(bar: "Colorbar", ticks: Sequence[str]) -> None:
    bar.set_label(AREA_LABEL)
    bar.set_ticks([float(tick) for tick in ticks], labels=ticks)
    bar.ax.minorticks_off()


def _range_in_words(area: np.ndarray) -> str:
    low, high = area.min(), area.max()
    return f"area: all {high:.3g}" if high - low < 1e-9 else f"area: {low:.2g} to {high:.3g}"


def _mark_flat(axes: "Axes", cells: np.ndarray, flat: np.ndarray) -> None:
    """Draws the cells of area 0, which no polygon shows, as lines."""
    from matplotlib.collections import LineCollection

    axes.add_collection(LineCollection(cells[flat], colors=drawing.VERMILION, linewidths=2.5))
    text = f"{flat.sum()} of {flat.size} cells\nlie on these lines"
    axes.text(0, -0.25, text, color=drawing.VERMILION, fontsize=9, va="top")


def _draw_determinants(tables: Tables) -> "Figure":
    figure, axes = drawing.panels(1, 3, width=3.9, height=4, sharey=True)
    for panel, name in zip(axes[0], ACTIVATIONS, strict=True):
        cells, affine = rows(tables["cells"], map=name), row(tables["maps"], map=name)
        det = on_grid(cells, "det")[..., 0]
        centres = np.sort(cells["x1"].unique())
        half = (centres[1] - centres[0]) / 2
        edges = np.append(centres - half, centres[-1] + half)
        image = panel.pcolormesh(edges, edges, det.T, cmap="cividis", vmin=0)
        _draw_zero_line(panel, affine.w11, affine.w12, affine.b1, "-")
        _draw_zero_line(panel, affine.w21, affine.w22, affine.b2, (0, (4, 2)))
        if name == "relu":
            panel.set_title(f"ReLU: {det.max():.3g} where both z > 0, else 0")
        else:
            least = cells.loc[cells["det"].idxmin()]
            panel.plot(
                affine.centre_x1,
                affine.centre_x2,
                "*",
                color=drawing.VERMILION,
                ms=16,
                mec="white",
                zorder=4,
            )
            panel.plot(least.x1, least.x2, "v", color=drawing.SKY, ms=9, mec="black", zorder=4)
            panel.set_title(f"{name}: from {least.det:.2g} (▼) to {affine.centre_det:.3g} (★)")
        _show_plane(panel, (-1, 1), [-1, -0.5, 0, 0.5, 1])
        panel.set_xlabel("x1")
        bar = figure.colorbar(image, ax=panel, orientation="horizontal", shrink=0.9, pad=0.03)
        bar.ax.locator_params(nbins=4)
    axes[0, 0].set_ylabel("x2")
    figure.suptitle(
        "det J at x: the factor by which a small area changes (lines: z1 = 0 solid, z2 = 0 dashed)"
    )
    return figure


def _draw_zero_line(axes: "Axes", w1: float, w2: float, b: float, dash: object) -> None:
    """Draws the line w1 x1 + w2 x2 + b = 0 so that it is seen on light and on dark."""
    foot = -b * np.array([w1, w2]) / (w1**2 + w2**2)
    reach = np.array([-9.0, 9.0])
    x1, x2 = foot[0] - reach * w2, foot[1] + reach * w1
    axes.plot(x1, x2, color="white", linewidth=3)
    axes.plot(x1, x2, color="black", linewidth=1.4, linestyle=dash)


def _draw_turning(turning: pd.DataFrame) -> "Figure":
    figure, ((axes,),) = drawing.panels(width=6.4, height=3.8)
    for name in ("affine", *ACTIVATIONS):
        line = rows(turning, map=name)
        style = functions.style("linear" if name == "affine" else name)
        if name == "relu":
            style |= {"drawstyle": "steps-post"}
        label = "Wx + b" if name == "affine" else TITLES[name]
        axes.plot(line["x1"], line["turned_deg"], label=label, **style)
    axes.set(
        title="A smooth activation bends a grid line, ReLU folds it",
        xlabel=f"x1 along the grid line x2 = {turning['x2'].iloc[0]:g}",
        ylabel="total turning up to x1 (degrees)",
        xlim=(-1, 1),
    )
    axes.legend(loc="upper left")
    return figure


def _animate(tables: Tables) -> drawing.Animation:
    from matplotlib.figure import Figure

    x = grid(np.sort(tables["points"]["x1"].unique()))
    original = polygon_area(quadrilaterals(x))
    frames = tables["frames"].sort_values("frame")
    figure = Figure(figsize=(5.4, 5))
    axes = figure.subplots()
    cells = _draw_cells(axes, x, np.ones_like(original), edgecolor="#444444")
    widest = _reach(tables["points"])
    _show_plane(axes, (-widest, widest), _whole_ticks(widest))
    _draw_original_outline(axes)
    _label_areas(figure.colorbar(cells, ax=axes, shrink=0.8, extend="min"), ["0.01", "0.1", "1"])
    title = axes.set_title(" \n ")

    def update(number: int) -> None:
        frame = frames.iloc[number]
        w, b = np.split(frame[list(W_AND_B)].to_numpy(float), [4])
        z = x @ w.reshape(2, 2).T + b
        activated = np.tanh(z) if frame.activation == "tanh" else np.maximum(z, 0)
        y = (1 - frame.bend) * z + frame.bend * activated
        area = polygon_area(quadrilaterals(y)) / original
        cells.set_verts(quadrilaterals(y).reshape(-1, 4, 2))
        cells.set_array(area.ravel())
        title.set_text(f"{FRAME_TITLES[frame.stage]}\ncell {_range_in_words(area)}")
        # Zooms in while tanh presses the plane into the square; the dashed outline gives the scale.
        zoom = frame.bend if frame.activation == "tanh" else 0
        reach = widest - (widest - 1.1) * zoom
        axes.set(xlim=(-reach, reach), ylim=(-reach, reach))

    return drawing.Animation(figure, update, len(frames), frame_ms=90)
