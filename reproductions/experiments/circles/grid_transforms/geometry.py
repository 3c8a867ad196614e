"""The geometry of the grid: its cells and their areas, its lines and how far they turn."""

from typing import Literal

import numpy as np
import pandas as pd

Axis = Literal["x1", "x2"]
"""The coordinate that is constant along a grid line."""


def grid(ticks: np.ndarray) -> np.ndarray:
    """All pairs of ticks, (n, n, 2); the first index goes along x1."""
    return np.stack(np.meshgrid(ticks, ticks, indexing="ij"), axis=-1)


def on_grid(frame: pd.DataFrame, *columns: str) -> np.ndarray:
    """Columns of a table over (x1, x2) as one array (n, n, columns); the first index is of x1."""
    wide = [frame.pivot(index="x1", columns="x2", values=c).to_numpy(float) for c in columns]
    return np.stack(wide, axis=-1)


def quadrilaterals(y: np.ndarray) -> np.ndarray:
    """The corners of every cell, anticlockwise, (n - 1, n - 1, 4, 2), from points (n, n, 2)."""
    return np.stack([y[:-1, :-1], y[1:, :-1], y[1:, 1:], y[:-1, 1:]], axis=-2)


def outlines(y: np.ndarray, side_points: int) -> np.ndarray:
    """Points along the outline of every cell, anticlockwise, equally spaced on each side.

    Args:
        y: grid points, (n, n, 2).
        side_points: on each side, its first corner included and its last one left out.

    Returns:
        (n - 1, n - 1, 4 * side_points, 2)
    """
    corners = quadrilaterals(y)
    steps = np.arange(side_points)[:, None] / side_points
    sides = [
        corners[..., i, None, :] * (1 - steps) + corners[..., (i + 1) % 4, None, :] * steps
        for i in range(4)
    ]
    return np.concatenate(sides, axis=-2)


def polygon_area(corners: np.ndarray) -> np.ndarray:
    """The signed area of polygons (..., corner, 2) by the shoelace formula.

    It is positive where the corners go round anticlockwise.
    """
    # Relative to the first corner, so that a polygon far from 0 loses no digits.
    x, y = np.moveaxis(corners - corners[..., :1, :], -1, 0)
    return (x * np.roll(y, -1, -1) - y * np.roll(x, -1, -1)).sum(axis=-1) / 2


def line_points(axis: Axis, level: float, steps: int, w: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Points on the grid line where a coordinate has this level, (point, 2), for the map Wx + b.

    They are equally spaced, and there is one more at each place where z1 or z2 is 0. Without those,
    a kink of ReLU would fall between two points and be seen as two smaller turns.
    """
    positions = np.linspace(-1, 1, steps + 1)
    origin = np.array([0, level]) if axis == "x2" else np.array([level, 0])
    direction = np.array([1, 0]) if axis == "x2" else np.array([0, 1])
    slope, start = w @ direction, w @ origin + b
    zeros = -start[slope != 0] / slope[slope != 0]
    zeros = zeros[np.abs(zeros) < 1]
    for zero in zeros:  # the short step to a point so near would have no reliable direction
        positions = positions[np.abs(positions - zero) > 1e-6]
    positions = np.sort(np.append(positions, zeros))
    return origin + positions[:, None] * direction


def turns_deg(y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """By how much a polyline (n, 2) turns, and at which of its points.

    Steps of length 0 are left out: a map can send several points to one.

    Returns:
        The angles without sign in degrees, from 0 to 180, and the indices of the points.
    """
    step = np.diff(y, axis=0)
    moves = np.flatnonzero(np.hypot(*step.T) > 1e-12)
    before, after = step[moves[:-1]], step[moves[1:]]
    cross = before[:, 0] * after[:, 1] - before[:, 1] * after[:, 0]
    return np.rad2deg(np.abs(np.arctan2(cross, (before * after).sum(axis=1)))), moves[1:]
