"""Made-up tables for the claims on heights."""

import math

import pandas as pd

from reproductions.evidence.statistics import wilson
from reproductions.evidence.verdicts import IN_PART, NOT_REPRODUCED, REPRODUCED


def tables(
    answer=1.0, posterior=0.9, sigmoid=0.9, best=0.3, probability=0.4, covered=95, converged=True
):
    low, high = wilson(covered, 100)
    return {
        "named_heights": pd.DataFrame(
            {
                "height_cm": [160.0, 180.0],
                "threshold_answer": [0.0, answer],
                "posterior_man": [0.1, posterior],
            }
        ),
        "posterior": pd.DataFrame({"sigmoid": [sigmoid], "posterior_man": [0.9]}),
        "information": pd.DataFrame(
            [
                ("height", 0.0, 0.4),
                ("probability", 0.0, probability),
                ("threshold answer", 160.0, 0.2),
                ("threshold answer", 170.0, best),
            ],
            columns=["signal", "threshold_cm", "information_bits"],
        ).assign(lost_bits=lambda frame: 0.4 - frame["information_bits"]),
        "units": pd.DataFrame({"converged": [True, converged]}),
        "coverage": pd.DataFrame(
            {
                "coefficient": ["both"],
                "covered": [covered],
                "units": [100],
                "low": low,
                "high": high,
            }
        ),
    }


def curve(*probabilities, sigmoid_off=0.0, men=0.03, women=0.01, **change):
    """The probability of a man at some heights, the sigmoid's, and the exceptions at the ends."""
    heights = [140.0 + 10 * i for i in range(len(probabilities))]
    frame = pd.DataFrame({"height_cm": heights, "posterior_man": probabilities})
    named = pd.DataFrame(
        {
            "height_cm": [180.0, 160.0],  # in any order
            "men_up_to_here": [0.5, men],
            "women_from_here": [women, 0.5],
        }
    )
    frame["sigmoid"] = frame["posterior_man"] + sigmoid_off
    return {**tables(**change), "posterior": frame, "named_heights": named}


CASES = [
    ("PP-17", curve(0.1, 0.5, 0.9), REPRODUCED),
    ("PP-17", curve(0.1, 0.5, 0.9, covered=80), IN_PART),  # units that learn something else
    ("PP-17", curve(0.1, 0.5, 0.9, converged=False), IN_PART),
    ("PP-17", curve(0.1, 0.5, 0.9, sigmoid_off=1e-6), NOT_REPRODUCED),  # another curve
    ("PP-17", curve(0.1, 0.5, 0.5), NOT_REPRODUCED),  # it does not rise
    ("PP-18", curve(0.1, 0.5, 0.9), REPRODUCED),
    ("PP-18", curve(0.1, 0.5, 0.9, men=0.0005), IN_PART),  # all short people are women
    ("PP-18", curve(0.1, 0.5, 0.9, women=0.0), IN_PART),
    ("PP-18", curve(0.1, 0.5, 1.0), NOT_REPRODUCED),  # a height that leaves no doubt
    ("PP-18", curve(0.5, 0.1, 0.9), NOT_REPRODUCED),
    ("PP-02", tables(), REPRODUCED),
    ("PP-02", tables(answer=0.5), NOT_REPRODUCED),  # a threshold that answers neither 0 nor 1
    ("PP-02", tables(posterior=1.0), NOT_REPRODUCED),  # a height that leaves no doubt
    ("PP-02", tables(best=0.3999), NOT_REPRODUCED),  # a threshold that loses nothing
    ("PP-02", tables(probability=0.39), NOT_REPRODUCED),  # a probability that loses information
    ("PP-02", tables(sigmoid=0.9001), NOT_REPRODUCED),  # another curve than the sigmoid
    ("PP-02", tables(sigmoid=math.nan), NOT_REPRODUCED),
    ("PP-02", tables(covered=80), IN_PART),  # units that learn something else
    ("PP-02", tables(covered=100), IN_PART),  # standard errors that are too wide
    ("PP-02", tables(converged=False), IN_PART),  # a unit whose training has not converged
]
