"""Made-up tables for the claims on the grid: a coarse grid under known maps."""

import numpy as np
import pandas as pd

from reproductions.evidence.verdicts import IN_PART, NOT_REPRODUCED, REPRODUCED

W = np.array([[2.0, 0.5], [0.0, 1.0]])
B = np.array([0.5, -0.25])
TICKS = np.linspace(-1, 1, 5)
CENTRES = (TICKS[:-1] + TICKS[1:]) / 2
SLOPES = {
    "affine": np.ones_like,
    "sigmoid": lambda z: 1 / (2 + np.exp(z) + np.exp(-z)),
    "tanh": lambda z: 1 / np.cosh(z) ** 2,
    "relu": lambda z: (z > 0) * 1.0,
}


def pairs(ticks):
    return np.stack(np.meshgrid(ticks, ticks, indexing="ij"), axis=-1).reshape(-1, 2)


def row_of_map(name, w=W, b=B, centre_det=1.0):
    centre = -np.linalg.solve(w, b)
    return {
        "map": name,
        **dict(zip(("w11", "w12", "w21", "w22"), w.ravel(), strict=True)),
        "b1": b[0],
        "b2": b[1],
        "det_w": np.linalg.det(w),
        "centre_x1": centre[0],
        "centre_x2": centre[1],
        "centre_det": centre_det,
    }


def uniform(area=0.0, side=0.0, name="shear", control=True):
    """Three linear maps and a tanh; one cell of `name` may be larger, or a corner elsewhere."""
    maps, points, cells = [], [], []
    for map_name in ("rotation", "dilation", "shear", "tanh"):
        x, centres = pairs(TICKS), pairs(CENTRES)
        y = np.tanh(x @ W.T) if map_name == "tanh" and control else x @ W.T
        size = np.full(len(centres), np.linalg.det(W))
        if map_name == name:
            y[7] += side
            size[3] += area
        maps.append(row_of_map(map_name))
        points.append(
            pd.DataFrame(
                {"map": map_name, "x1": x[:, 0], "x2": x[:, 1], "y1": y[:, 0], "y2": y[:, 1]}
            )
        )
        cells.append(pd.DataFrame({"map": map_name, "area": size, "det": np.linalg.det(W)}))
    return {"maps": pd.DataFrame(maps), "points": pd.concat(points), "cells": pd.concat(cells)}


def shifts(high=0.5, area=0.0, det=0.0, control=0.1):
    row = {"weights": "rotation", "b1": 0.5, "b2": -0.3, "shift1_low": 0.5, "shift1_high": high,
           "shift2_low": -0.3, "shift2_high": -0.3}  # fmt: skip
    linear = {"activation": "linear", **row, "area_change": area, "det_change": det}
    tanh = {"activation": "tanh", **row, "area_change": control, "det_change": control}
    return {"shifts": pd.DataFrame([linear, tanh])}


def bent(changed="tanh", even=(), turned=50.0, straight=0.0, **changes):
    """The three activations as the closed form has them; changes go into the map `changed`.

    `det` and `centre_det` are added to what they should be; `x1` moves the cells along; `kept` is
    what a ReLU leaves of cells that it should fold flat; `even` names maps without a bend.
    """
    maps, cells, lines = [], [], []
    x = pairs(CENTRES)
    for name, slope in SLOPES.items():
        change = changes if name == changed else {}
        det = np.linalg.det(W) * slope(x @ W.T + B).prod(axis=1)
        area = det.copy()
        if name == "relu":
            corners = x[:, None] + 0.25 * np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]])
            area = (corners @ W.T + B > 0).all(axis=2).mean(axis=1) * np.linalg.det(W)
            area = np.maximum(area, change.get("kept", 0))
        if name in even:
            area = np.full(len(x), 2.0)
        if "swap" in change:  # the largest cell and the smallest change places
            most, least = area.argmax(), area.argmin()
            area[[most, least]] = area[[least, most]]
        peak = {"sigmoid": 1 / 16, "relu": np.nan}.get(name, 1) * np.linalg.det(W)
        maps.append(row_of_map(name, centre_det=peak + change.get("centre_det", 0)))
        cells.append(
            pd.DataFrame(
                {"map": name, "x1": x[:, 0], "x2": x[:, 1], "area": area,
                 "det": det + change.get("det", 0), "det_closed": det}
            )
        )  # fmt: skip
        angle = straight if name == "affine" else turned
        turns = ("turned_deg", "largest_turn_deg", "largest_turn_finer_deg")
        lines.append({"map": name, **dict.fromkeys(turns, angle)})
    return {"maps": pd.DataFrame(maps), "cells": pd.concat(cells), "lines": pd.DataFrame(lines)}


def affine(curved="tanh", bend=0.01, shift=0.0):
    """Three maps by a matrix, one with a shift, and one of them or the tanh bent a little."""
    x = pairs(TICKS)
    points = []
    for name in ("rotation", "dilation", "shear", "affine", "tanh"):
        y = x @ W.T + (B if name == "affine" else 0) + (shift if name == "shear" else 0)
        if name == curved:
            y[:, 1] += bend * x[:, 0] * x[:, 1]  # neighbours along an axis do not see it
        points.append(
            pd.DataFrame({"map": name, "x1": x[:, 0], "x2": x[:, 1], "y1": y[:, 0], "y2": y[:, 1]})
        )
    return {"points": pd.concat(points)}


CASES = [
    ("SL-31", affine(), REPRODUCED),
    ("SL-31", affine(shift=0.5), REPRODUCED),  # affine, though not linear
    ("SL-31", affine(curved="rotation"), NOT_REPRODUCED),
    ("SL-31", affine(curved=None), NOT_REPRODUCED),  # a control that is affine too
    ("SL-02", uniform(), REPRODUCED),
    ("SL-02", uniform(area=1e-13, side=1e-13), REPRODUCED),
    ("SL-02", uniform(area=1e-6), NOT_REPRODUCED),
    ("SL-02", uniform(side=1e-6, name="rotation"), NOT_REPRODUCED),
    ("SL-02", uniform(control=False), NOT_REPRODUCED),
    ("SL-03", shifts(), REPRODUCED),
    ("SL-03", shifts(high=0.5 + 1e-15, area=1e-14), REPRODUCED),
    ("SL-03", shifts(high=0.5 + 1e-9), NOT_REPRODUCED),
    ("SL-03", shifts(area=1e-9), NOT_REPRODUCED),
    ("SL-03", shifts(det=1e-9), NOT_REPRODUCED),
    ("SL-03", shifts(control=0.0), NOT_REPRODUCED),
    ("SL-04", bent(), REPRODUCED),
    ("SL-04", bent(even=("relu",)), IN_PART),
    ("SL-04", bent(swap=True), IN_PART),
    ("SL-04", bent(det=1e-9), IN_PART),
    ("SL-04", bent(centre_det=1e-9, changed="sigmoid"), IN_PART),
    ("SL-04", bent(kept=1e-3, changed="relu"), IN_PART),
    ("SL-04", bent(turned=0.0), NOT_REPRODUCED),
    ("SL-04", bent(straight=1.0), NOT_REPRODUCED),
    ("SL-04", bent(even=("sigmoid", "tanh", "relu")), NOT_REPRODUCED),
]

DRAWN_BY_FORMULA = {"_child0": "the unit square's grid before the map"}
"""Artists that are drawn by a formula and not from a table, each with what it is."""
