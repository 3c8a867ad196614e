"""The networks whose learning the page can play: their weights, epoch by epoch.

An experiment has players if it stores a table `weights` (network, shown, epoch, weight, value) of
networks that map the plane to a last hidden layer of two units, and a table `shown` that says which
seeds these are.
"""

from collections.abc import Mapping
from typing import Any

import pandas as pd

from reproductions.training import circles

_WEIGHTS = {"network", "shown", "epoch", "weight", "value"}
_SHOWN = {"network", "shown", "seed", "accuracy"}


def player(tables: Mapping[str, pd.DataFrame]) -> dict[str, Any] | None:
    """What the page's player needs, ready for JSON; None where the tables hold no such networks."""
    weights, shown = tables.get("weights"), tables.get("shown")
    if weights is None or shown is None:
        return None
    if not (set(weights.columns) >= _WEIGHTS and set(shown.columns) >= _SHOWN):
        return None
    networks = [
        {"name": name, "widths": [2, *circles.widths(name), 1], "runs": _runs(rows, weights)}
        for name, rows in shown.groupby("network", sort=True)
        if circles.widths(name)[-1:] == (2,)
    ]
    if not networks:
        return None
    return {"radii": list(circles.RADII.values()), "angles": circles.ANGLES, "networks": networks}


def _runs(shown: pd.DataFrame, weights: pd.DataFrame) -> list[dict[str, Any]]:
    """The seeds of one network, the typical one first."""
    runs = []
    for row in shown.sort_values("shown", ascending=False).itertuples():
        own = weights[(weights["network"] == row.network) & (weights["shown"] == row.shown)]
        wide = own.pivot(index="epoch", columns="weight", values="value").sort_index()
        runs.append(
            {
                "shown": row.shown,
                "seed": int(row.seed),
                "accuracy": float(row.accuracy),
                "epochs": wide.index.tolist(),
                "weights": wide.to_numpy().tolist(),
            }
        )
    return runs
