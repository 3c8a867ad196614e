"""Made-up tables for the claim of `slope_or_range`, and the verdicts that they must give."""

import pandas as pd

from reproductions.evidence.statistics import share_of
from reproductions.evidence.verdicts import IN_PART, NOT_REPRODUCED, REPRODUCED

SEEDS = 500


def cells(sigmoid=0, wider=0, steeper=200, centred=0):
    """The table `cells` with these counts solved; all other functions solve XOR always."""
    solved = {
        ("tanh", 0.5, 1.0, 0.25): sigmoid,
        ("tanh", 0.5, 10.0, 0.25): wider,
        ("tanh", 0.5, 1.0, 1.0): steeper,
        ("tanh", 0.0, 1.0, 0.25): centred,
        ("tanh", 0.0, 10.0, 0.25): SEEDS,
        ("tanh", 0.0, 2.0, 1.0): SEEDS,
        ("clip", 0.0, 2.0, 1.0): SEEDS,
    }
    rows = [
        {
            **dict(zip(("family", "centre", "range", "slope"), key, strict=True)),
            "seeds": SEEDS,
            "solved": count,
            **share_of(count, SEEDS),
            "gradient_q50": 1e-3,
        }
        for key, count in solved.items()
    ]
    return {"cells": pd.DataFrame(rows)}


CASES = [
    ("XP-14", cells(wider=200, steeper=0), REPRODUCED),
    ("XP-14", cells(wider=200, steeper=200), IN_PART),
    ("XP-14", cells(), NOT_REPRODUCED),
    ("XP-14", cells(wider=10, sigmoid=5, steeper=0), NOT_REPRODUCED),  # intervals overlap
    ("XP-14", cells(wider=0, steeper=0, centred=200), NOT_REPRODUCED),
]

LEFT_OUT = ["XP-14 is not judged: the tables have no centre 0.5 for family tanh"]
"""All that this other setting has no numbers for."""

FEW_SEEDS = {"depth": 2, "rate": 0.5, "steps": 1001, "ranges": (2.0,), "others": ()}
"""A setting of few seeds, short enough to be run for several splits of them."""
