"""Judges whether Wx is uniform, + b only shifts, and an activation bends the grid."""

import numpy as np
import pandas as pd

from reproductions.evidence.measured import row, rows
from reproductions.evidence.verdicts import Judgement, Tables, graded
from reproductions.experiments.circles.grid_transforms.geometry import on_grid
from reproductions.experiments.circles.grid_transforms.run import (
    ACTIVATIONS,
    LINEAR_MAPS,
    W_AND_B,
)

ROUNDING = 1e-12


def _uniform(tables: Tables) -> Judgement:
    uniform = [_is_uniform(tables, name) for name in LINEAR_MAPS]
    return Judgement(
        graded(all(uniform) and not _is_uniform(tables, "tanh")),
        sum(uniform),
        notes=("main",),
        values={"dilation": row(tables["maps"], map="dilation")["det_w"]},
    )


def _is_uniform(tables: Tables, name: str) -> bool:
    """Whether every cell has area and determinant det W, and the first cell's sides as vectors."""
    det_w = row(tables["maps"], map=name)["det_w"]
    cells = rows(tables["cells"], map=name)[["area", "det"]]
    y = on_grid(rows(tables["points"], map=name), "y1", "y2")
    sides = (np.diff(y, axis=0), np.diff(y, axis=1))
    congruent = all(np.abs(side - side[0, 0]).max() <= ROUNDING for side in sides)
    return bool((cells - det_w).abs().to_numpy().max() <= ROUNDING) and congruent


def _only_shifted(tables: Tables) -> Judgement:
    shifts = tables["shifts"]
    errors = [
        (shifts[f"shift{i}_{end}"] - shifts[f"b{i}"]).abs()
        for i in (1, 2)
        for end in ("low", "high")
    ]
    errors += [shifts["area_change"], shifts["det_change"]]
    only_moved = np.all([error <= ROUNDING for error in errors], axis=0)
    affine = shifts["activation"] == "linear"
    return Judgement(
        graded(only_moved[affine].all() and not only_moved[~affine].any()),
        int(only_moved[affine].sum()),
        notes=("main",),
        values={"changed": shifts.loc[~affine, "area_change"].max()},
    )


def _bent(tables: Tables, *, area_ratio: float = 2.0, turn_deg: float = 1.0) -> Judgement:
    cells = {name: rows(tables["cells"], map=name) for name in ("affine", *ACTIVATIONS)}
    lines = {name: rows(tables["lines"], map=name) for name in cells}
    affine_keeps_shape = (
        lines["affine"]["turned_deg"].max() < 1e-6
        and np.ptp(cells["affine"]["area"]) <= 2 * ROUNDING
    )
    bends = [
        _bends(cells[name], lines[name], area_ratio=area_ratio, turn_deg=turn_deg)
        and _bends_in_the_right_places(name, cells[name], row(tables["maps"], map=name))
        for name in ACTIVATIONS
    ]
    areas = {name: cells[name]["area"] for name in ACTIVATIONS}
    _, flat = _kept_and_flat(cells["relu"], row(tables["maps"], map="relu"))
    relu = lines["relu"]
    in_one = (relu["turned_deg"] - relu["largest_turn_deg"]).abs() < 1e-6
    return Judgement(
        graded(affine_keeps_shape and all(bends), in_part=affine_keeps_shape and any(bends)),
        None,
        notes=("main",),
        values={
            "least": {name: area.min() for name, area in areas.items()},
            "most": {name: area.max() for name, area in areas.items()},
            "in_one": in_one.sum(),
            "lines": len(relu),
            "fold": relu["largest_turn_deg"].max(),
            "flat": flat.sum(),
            "cells": len(flat),
        },
    )


def _bends(cells: pd.DataFrame, lines: pd.DataFrame, *, area_ratio: float, turn_deg: float) -> bool:
    """Whether areas differ, some line turns, and det J is as the closed form has it."""
    area = cells["area"]
    agrees = (cells["det"] - cells["det_closed"]).abs().max() <= ROUNDING
    return bool(
        area.min() < area.max() / area_ratio and agrees and lines["turned_deg"].max() > turn_deg
    )


def _bends_in_the_right_places(name: str, cells: pd.DataFrame, affine: pd.Series) -> bool:
    if name == "relu":
        return _relu_keeps_or_flattens(cells, affine)
    return _largest_in_the_centre(cells, affine, {"sigmoid": 1 / 16, "tanh": 1}[name])


def _largest_in_the_centre(cells: pd.DataFrame, affine: pd.Series, factor: float) -> bool:
    """Largest in the cell that holds -W⁻¹b, smallest in a corner, and never above the maximum.

    The maximum is det W times the factor by which the activation changes a small area at z = 0.
    """
    largest, smallest = (
        cells.loc[place] for place in (cells["area"].idxmax(), cells["area"].idxmin())
    )
    return bool(
        max(abs(largest[x] - affine[f"centre_{x}"]) for x in ("x1", "x2")) <= _half_edge(cells)
        and all(abs(smallest[x]) == cells[x].abs().max() for x in ("x1", "x2"))
        and abs(affine["centre_det"] - affine["det_w"] * factor) <= ROUNDING
        and cells["det"].max() <= affine["centre_det"]
    )


def _half_edge(cells: pd.DataFrame) -> float:
    """Half of the edge of a cell, from the centres of all."""
    return np.diff(np.sort(cells["x1"].unique())).min() / 2


def _relu_keeps_or_flattens(cells: pd.DataFrame, affine: pd.Series) -> bool:
    """Cells with both z > 0 keep det W, and cells with a z < 0 have area 0; there are both."""
    kept, flat = _kept_and_flat(cells, affine)
    area = cells["area"].to_numpy()
    return bool(
        np.abs(area[kept] - affine["det_w"]).max(initial=0) <= ROUNDING
        and np.abs(area[flat]).max(initial=0) <= ROUNDING
        and kept.any()
        and flat.any()
    )


def _kept_and_flat(cells: pd.DataFrame, affine: pd.Series) -> tuple[np.ndarray, np.ndarray]:
    """Which cells lie wholly where both z > 0, and which lie wholly where one z < 0."""
    corners = _half_edge(cells) * np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]])
    x = cells[["x1", "x2"]].to_numpy()[:, None] + corners
    w, b = np.split(affine[list(W_AND_B)].to_numpy(float), [4])
    z = x @ w.reshape(2, 2).T + b
    return (z > 0).all(axis=(1, 2)), (z < 0).all(axis=1).any(axis=1)


def _affine(tables: Tables) -> Judgement:
    points = {name: rows(tables["points"], map=name) for name in (*LINEAR_MAPS, "affine", "tanh")}
    off_midpoint = {name: _off_midpoint(on_grid(f, "y1", "y2")) for name, f in points.items()}
    is_affine = [off_midpoint[name] <= ROUNDING for name in LINEAR_MAPS]
    origin = {name: _image_of_0(frame) for name, frame in points.items()}
    moved = max(origin[name] for name in LINEAR_MAPS)
    return Judgement(
        graded(all(is_affine) and off_midpoint["tanh"] > ROUNDING),
        sum(is_affine),
        notes=("linear" if moved <= ROUNDING else "moved",),
        values={"origin": moved, "moved": origin["affine"]},
    )


def _off_midpoint(y: np.ndarray) -> float:
    """How far images are at most from the midpoint of their neighbours' images, of (n, n, 2)."""
    middle = y[1:-1, 1:-1]
    neighbours = (
        (y[:-2, 1:-1], y[2:, 1:-1]),
        (y[1:-1, :-2], y[1:-1, 2:]),
        (y[:-2, :-2], y[2:, 2:]),
        (y[:-2, 2:], y[2:, :-2]),
    )
    return max(float(np.abs((a + b) / 2 - middle).max()) for a, b in neighbours)


def _image_of_0(points: pd.DataFrame) -> float:
    """How far from 0 the point 0 is mapped."""
    image = row(points, x1=0, x2=0)
    return float(np.hypot(image["y1"], image["y2"]))


CLAIMS = {"SL-02": _uniform, "SL-03": _only_shifted, "SL-04": _bent, "SL-31": _affine}
