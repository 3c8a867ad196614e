"""The two networks of the experiment, and how the speed of two activations is compared."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from reproductions.evidence.kinds import Close
from reproductions.evidence.statistics import bootstrap_interval

if TYPE_CHECKING:
    from reproductions.experiments.speed.convergence_speed.run import Spec
    from reproductions.training import classifiers

PERCEPTRON, CNN = "perceptron", "CNN"

HIDDEN, FILTERS = (32, 32), (4, 8)


def updates_of(spec: "Spec", network: str) -> int:
    """How many updates a network is trained for."""
    return {PERCEPTRON: spec.perceptron_steps, CNN: spec.cnn_steps}[network]


def classifier_of(network: str) -> "classifiers.Classifier":
    """The layers of a network."""
    from reproductions.training import classifiers

    return {
        PERCEPTRON: classifiers.Classifier(hidden=HIDDEN),
        CNN: classifiers.Classifier(filters=FILTERS),
    }[network]


def ratio_of_medians(steps: np.ndarray, reference: np.ndarray) -> tuple[float, float, float]:
    """The ratio of medians, with a 95 % bootstrap interval over paired seeds."""

    def ratio(a, b, axis=-1):
        return np.median(a, axis=axis) / np.median(b, axis=axis)

    value = float(ratio(steps, reference))
    if len(steps) < 3 or np.array_equal(steps, reference):
        return value, value, value
    return value, *bootstrap_interval(ratio, steps, reference)


def compared_with_relu(steps: pd.DataFrame, levels: Sequence[int] = ()) -> pd.DataFrame:
    """Each activation at each threshold, compared with ReLU on the same seeds.

    Args:
        steps: the updates that each seed takes, one row per network, threshold, function and seed.
        levels: for each of these numbers of updates, how many seeds need no more.
    """
    steps = steps.sort_values("seed", kind="stable")
    groups = dict(list(steps.groupby(["network", "threshold", "function"], sort=False)))
    rows = []
    for (network, threshold, function), runs in groups.items():
        updates, reference = (
            frame["steps"].fillna(frame["of"]).to_numpy()
            for frame in (runs, groups[network, threshold, "relu"])
        )
        ratio, low, high = ratio_of_medians(updates, reference)
        rows.append(
            {
                "network": network,
                "function": function,
                "threshold": threshold,
                "rate": runs["rate"].iloc[0],
                "seeds": len(runs),
                "reached": int(runs["steps"].notna().sum()),
                **{f"within_{level}": int((runs["steps"] <= level).sum()) for level in levels},
                "steps_q50": np.median(updates),
                "ratio": ratio,
                "low": low,
                "high": high,
            }
        )
    return pd.DataFrame(rows)


RATIO = Close(
    rtol=0.6, atol=0, reason="last bits choose between two rates that are about equally good"
)
