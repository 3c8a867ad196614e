"""Made-up tables for the claim that more layers fold the plane more often."""

import pandas as pd

from reproductions.evidence.statistics import share_of
from reproductions.evidence.verdicts import IN_PART, NOT_REPRODUCED, REPRODUCED


def folds(*several):
    """How many of 100 trained networks fold several times, with one layer, two, and so on."""
    rows = [
        {
            "layers": layers,
            "moment": moment,
            "once": 100,
            "seeds": 100,
            **share_of(count if moment == "after training" else 50, 100),
        }
        for layers, count in enumerate(several, start=1)
        for moment in ("before training", "after training")
    ]
    return {"folds": pd.DataFrame(rows)}


CASES = [
    ("SL-32", folds(10, 40, 70, 95), REPRODUCED),
    ("SL-32", folds(10, 40, 45, 95), IN_PART),  # two intervals overlap
    ("SL-32", folds(40, 10, 70, 95), IN_PART),
    ("SL-32", folds(40, 60, 80, 45), NOT_REPRODUCED),
    ("SL-32", folds(95, 70, 40, 10), NOT_REPRODUCED),
]

FEW_SEEDS = {"layers": (1,)}
"""A setting of few seeds, short enough to be run for several splits of them."""

FIXED_NUMBERS = {"units": "how many the layers have, which is no field"}
"""A word beside a number that is no field's though it equals one, and what the number is."""
