"""The figures, drawn from the tables."""

import numpy as np

from reproductions.evidence import drawing, functions
from reproductions.experiments.circles.grid_transforms.run import (
    AREA_LABEL,
    BENT,
    UNIFORM,
    Spec,
    grid,
    pivot,
    polygon_area,
    quadrilaterals,
)

MAPS = (*UNIFORM, "translation", "affine", *BENT)

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


def figures(spec: Spec, tables) -> drawing.Figures:
    """Every map's grid, where the area goes, bent against folded, and one layer in motion."""
    return {
        "grids": lambda: _draw_grids(spec, tables),
        "determinants": lambda: _draw_determinants(tables),
        "turning": lambda: _draw_turning(tables["turning"]),
        "layer": lambda: _animate(tables),
    }


def _norm():
    from matplotlib.colors import LogNorm

    return LogNorm(0.01, 3, clip=True)  # a sigmoid's cells shrink a hundredfold


def _quads(axes, y, areas, **options):
    from matplotlib.collections import PolyCollection

    drawn = PolyCollection(
        quadrilaterals(y).reshape(-1, 4, 2), array=areas.ravel(), cmap="cividis", norm=_norm(),
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
    drawn = _quads(panels[0], grid(at), np.ones((len(at) - 1, len(at) - 1)))
    edge = 1 / spec.half_cells
    panels[0].set_title(f"before\nevery cell {edge:.3g} × {edge:.3g}")
    for panel, name in zip(panels[1:], MAPS, strict=True):
        rows = tables["cells"][tables["cells"]["map"] == name]
        y = pivot(points[points["map"] == name], "y1", "y2")
        area = pivot(rows, "area")[..., 0]
        _quads(panel, y, area)
        if name == "relu":
            _mark_flat(panel, quadrilaterals(y), area == 0)
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
        det = pivot(rows, "det")[..., 0]
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
        look = functions.style("linear" if name == "affine" else name)
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

    x = grid(np.sort(tables["points"]["x1"].unique()))
    original = polygon_area(quadrilaterals(x))
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
        area = polygon_area(quadrilaterals(y)) / original
        quads.set_verts(quadrilaterals(y).reshape(-1, 4, 2))
        quads.set_array(area.ravel())
        title.set_text(f"{SAYS[row.stage]}\ncell {_range(area)}")
        # Comes nearer while tanh presses the plane into the square; the dashed frame gives scale.
        reach = whole - (whole - 1.1) * row.bend if row.activation == "tanh" else whole
        axes.set(xlim=(-reach, reach), ylim=(-reach, reach))

    return drawing.Animation(figure, update, len(frames), frame_ms=90)
