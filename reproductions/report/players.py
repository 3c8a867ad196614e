"""The networks whose learning the page can play: their weights, epoch by epoch.

An experiment has players if it stores a table `weights` (network, shown, epoch, weight, value) of
networks that map the plane to a last hidden layer of two units, and a table `shown` that says which
seeds these are.
"""

import base64
from collections.abc import Mapping
from typing import Any

import pandas as pd

from reproductions.training import circles

WEIGHTS = {"network", "shown", "epoch", "weight", "value"}
SHOWN = {"network", "shown", "seed", "accuracy"}
RUNS = ("typical", "best")


def player(tables: Mapping[str, pd.DataFrame]) -> dict[str, Any]:
    """What the page's player needs, ready for JSON; empty where no such networks are stored."""
    weights, shown = tables.get("weights", pd.DataFrame()), tables.get("shown", pd.DataFrame())
    if not (set(weights.columns) >= WEIGHTS and set(shown.columns) >= SHOWN):
        return {}
    networks = [
        {"name": name, "widths": [2, *circles.widths(name), 1], "runs": _runs(rows, weights)}
        for name, rows in shown[shown["shown"].isin(RUNS)].groupby("network", sort=True)
        if circles.widths(name)[-1:] == (2,)
    ]
    if not networks:
        return {}
    frames = max(len(run["epochs"]) for network in networks for run in network["runs"].values())
    return {
        "radii": list(circles.RADII.values()),
        "angles": circles.ANGLES,
        "frames": frames,
        "networks": networks,
    }


def _runs(shown: pd.DataFrame, weights: pd.DataFrame) -> dict[str, dict[str, Any]]:
    """The seeds of one network: each one's epochs, and its weights at each of them, packed."""
    runs = {}
    for row in shown.itertuples():
        own = weights[(weights["network"] == row.network) & (weights["shown"] == row.shown)]
        wide = own.pivot(index="epoch", columns="weight", values="value").sort_index()
        data = wide.to_numpy().astype("<f4").tobytes()
        runs[row.shown] = {
            "seed": int(row.seed),
            "epochs": wide.index.tolist(),
            "weights": base64.b64encode(data).decode(),
        }
    return runs
