"""The claims, judged from the tables."""

import numpy as np

from reproductions.evidence.claims import IN_PART, Judgement, graded
from reproductions.experiments.circles.grid_transforms.run import AREA_LABEL, BENT, UNIFORM, pivot

ROUNDING = 1e-12


def _congruent(points) -> bool:
    """Whether every cell has the first cell's sides, as vectors."""
    y = pivot(points, "y1", "y2")
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
        graded(all(holds.values()) and not control),
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
        graded(bool(only_moved[affine].all()) and not only_moved[~affine].any()),
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
    verdict = graded(straight and even and all(holds.values()))
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


CLAIMS = {
    "SL-02": _sl_02,
    "SL-03": _sl_03,
    "SL-04": _sl_04,
}
