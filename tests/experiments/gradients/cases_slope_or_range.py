"""Made-up tables for the claim of `slope_or_range`, and the verdicts that they must give."""

import pandas as pd

from reproductions.evidence.statistics import share_of
from reproductions.evidence.verdicts import IN_PART, NOT_REPRODUCED, REPRODUCED

SEEDS = 500


def tables(sigmoid=SEEDS, wider=0, steeper=0, centred=0):
    """Tables in which the gradient vanishes in so many seeds; with all other functions in all."""
    vanished = {
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
            "vanished": count,
            **share_of(count, SEEDS),
        }
        for key, count in vanished.items()
    ]
    gradients = pd.DataFrame(rows)
    return {"gradients": gradients, "cells": gradients.assign(share=0.5)}


CASES = [
    ("XP-14", tables(), REPRODUCED),
    ("XP-14", tables(steeper=SEEDS), REPRODUCED),
    ("XP-14", tables(wider=20), IN_PART),  # the interval goes beyond 5 %
    ("XP-14", tables(wider=200), IN_PART),
    ("XP-14", tables(wider=SEEDS), NOT_REPRODUCED),
    ("XP-14", tables(sigmoid=400, wider=390), NOT_REPRODUCED),  # intervals overlap
    ("XP-14", tables(sigmoid=100), NOT_REPRODUCED),  # there is nothing to cure
]

LEFT_OUT = ["XP-14 is not judged: the tables have no centre 0.5 for family tanh"]
"""All that this other setting has no numbers for."""

FEW_SEEDS = {"depth": 2, "rate": 0.5, "steps": 1001, "ranges": (2.0,), "others": ()}
"""A setting of few seeds, short enough to be run for several splits of them."""
