"""Made-up tables for the claim that softmax gives the probabilities of classes."""

import pandas as pd

from reproductions.evidence.statistics import share_of
from reproductions.evidence.verdicts import IN_PART, NOT_REPRODUCED, REPRODUCED


def tables(apart=0.0, total=1.0, weights=95, converged=True, output=95, control=0):
    """One input with three classes, and how many of 100 regions or intervals hold the truth."""
    bayes = [0.5, 0.3, 0.2]
    posterior = {"bayes": bayes, "softmax": [0.5 + apart, 0.3, 0.2]}
    warm = [0.4, 0.3, total - 0.7]
    counts = (("weights", 1.0, weights), ("output", 1.0, output), ("output", 3.0, control))
    rows = [
        {"region": region, "temperature": at, "covered": count, "seeds": 100} | share_of(count, 100)
        for region, at, count in counts
    ]
    bins = [(1.0, 0.8, 80, 100), (3.0, 0.5, 80, 100)]
    return {
        "posterior": pd.DataFrame({"x": 0.0, "y": 0.0, **posterior, "at_temperature": warm}),
        "classifiers": pd.DataFrame({"converged": [True, converged]}),
        "coverage": pd.DataFrame(rows),
        "calibration": pd.DataFrame(bins, columns=["temperature", "output", "right", "animals"]),
    }


CASES = [
    ("PP-20", tables(control=92), REPRODUCED),
    ("PP-20", tables(), IN_PART),  # the control has both properties, and is no probability
    ("PP-20", tables(control=92, total=1.001), IN_PART),  # it lacks what the post names
    ("PP-20", tables(control=92, weights=80), NOT_REPRODUCED),  # something else is learnt
    ("PP-20", tables(control=92, weights=100), NOT_REPRODUCED),  # regions that are too wide
    ("PP-20", tables(control=92, converged=False), NOT_REPRODUCED),
    ("PP-20", tables(apart=1e-9), NOT_REPRODUCED),
]
