"""The two networks of the experiment, and how the speed of two activations is compared."""

from typing import TYPE_CHECKING

import numpy as np

from reproductions.evidence.statistics import generator

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
    from scipy.stats import bootstrap

    def ratio(a, b, axis=-1):
        return np.median(a, axis=axis) / np.median(b, axis=axis)

    value = float(ratio(steps, reference))
    if len(steps) < 3 or np.array_equal(steps, reference):
        return value, value, value
    interval = bootstrap(
        (steps, reference), ratio, paired=True, method="percentile", rng=generator(0)
    ).confidence_interval
    return value, float(interval.low), float(interval.high)
