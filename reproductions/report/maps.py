"""The stored grids that the page shows as maps: a share in each cell, with its interval."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import pandas as pd

from reproductions.evidence.functions import ELEMENTWISE

SLOPES = {"family", "centre", "range", "slope", "seeds", "share", "low", "high"}
PHASES = {"activation", "initialisation", "depth", "rate", "solved", "plateau", "non_finite"}

_BOUNDED = "tanh"
"""The family of functions whose centre, range and slope at 0 can be chosen one by one."""

_SCHEMES = ("normal", "glorot", "he")

_DIGITS = 4  # of a share, which the page shows in tenths of a per cent


def slopes(tables: Mapping[str, pd.DataFrame]) -> dict[str, Any]:
    """How often a deep network solves XOR, by the slope and the range of its activation function.

    Args:
        tables: `cells`, which holds the share solved, and `gradients`, which holds the share of
            gradients that vanish; both by family, centre, range and slope.

    Returns:
        The axes; for each measure and centre, share, low and high by range and slope, None where
        nothing was measured. Empty where there are no functions centred on 0.
    """
    cells = tables["cells"]
    cells = cells[cells["family"] == _BOUNDED]
    centred = cells[cells["centre"] == 0]
    if centred.empty:
        return {}
    axes = {axis: sorted(centred[axis].unique().tolist()) for axis in ("range", "slope")}
    shares: dict[str, dict[str, list[Any]]] = {}
    for measure, table in (("solved", "cells"), ("vanished", "gradients")):
        rows = tables.get(table, pd.DataFrame())
        if not set(rows.columns) >= SLOPES:
            continue
        rows = rows[rows["family"] == _BOUNDED]
        shares[measure] = {
            f"{centre:g}": _grid(of_centre, axes, ("share", "low", "high"))
            for centre, of_centre in rows.groupby("centre")
        }
    return {
        "ranges": axes["range"],
        "slopes": axes["slope"],
        "seeds": int(centred["seeds"].max()),
        "shares": shares,
    }


def phases(tables: Mapping[str, pd.DataFrame]) -> dict[str, Any]:
    """What becomes of networks on XOR, by function, initial weights, depth and learning rate.

    Args:
        tables: `cells`, which holds the counts of every outcome.

    Returns:
        The axes; for each function and kind of initial weights, the counts of every outcome and the
        interval of the share solved, by depth and learning rate, None where nothing was trained.
    """
    cells = tables["cells"]
    axes = {axis: sorted(cells[axis].unique().tolist()) for axis in ("depth", "rate")}
    columns = ("solved", "plateau", "non_finite", "low", "high")
    panels = {
        f"{activation} {initialisation}": _grid(rows, axes, columns)
        for (activation, initialisation), rows in cells.groupby(["activation", "initialisation"])
    }
    return {
        "depths": axes["depth"],
        "rates": axes["rate"],
        "activations": [name for name in ELEMENTWISE if name in set(cells["activation"])],
        "initialisations": [name for name in _SCHEMES if name in set(cells["initialisation"])],
        "seeds": int(cells["seeds"].max()),
        "steps": int(cells["steps"].max()),
        "panels": panels,
    }


def _grid(
    rows: pd.DataFrame, axes: Mapping[str, Sequence[float]], columns: Iterable[str]
) -> list[list[list[float] | None]]:
    """The numbers of every cell, by the first axis, then by the second."""
    found = {
        tuple(key): [_number(value) for value in values]
        for key, values in zip(
            rows[list(axes)].to_numpy().tolist(),
            rows[list(columns)].to_numpy().tolist(),
            strict=True,
        )
    }
    first, second = axes.values()
    return [[found.get((a, b)) for b in second] for a in first]


def _number(value: float) -> float:
    return int(value) if float(value).is_integer() else round(float(value), _DIGITS)
