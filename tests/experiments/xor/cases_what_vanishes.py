"""Made-up tables for the claim on what vanishes."""

import pandas as pd

from reproductions.evidence.statistics import share_of
from reproductions.evidence.verdicts import IN_PART, NOT_REPRODUCED, REPRODUCED
from reproductions.experiments.xor.what_vanishes import FACTORS, UPDATES, WEIGHTS


def tables(factors=0, updates=0, weights=0, seeds=256):
    """In so many sigmoid networks these vanish; in tanh networks nothing does."""
    counts = {FACTORS: factors, UPDATES: updates, WEIGHTS: weights}
    rows = [
        {"activation": activation, "what": what, **share_of(count if of_sigmoid else 0, seeds)}
        for activation, of_sigmoid in (("sigmoid", True), ("tanh", False))
        for what, count in counts.items()
    ]
    return {"vanished": pd.DataFrame(rows)}


CASES = [
    ("XP-18", tables(factors=254, updates=256), REPRODUCED),
    ("XP-18", tables(factors=254, updates=200), IN_PART),
    ("XP-18", tables(factors=100, updates=256), IN_PART),
    # The weights themselves are another thing.
    ("XP-18", tables(weights=256), NOT_REPRODUCED),
    ("XP-18", tables(factors=200, updates=200), NOT_REPRODUCED),
]

FEW_SEEDS = {"activations": ("sigmoid",), "hidden": (5,), "steps": 201, "every": 100}
"""A setting of few seeds, short enough to be run for several splits of them."""

FIXED_NUMBERS = {"[sigmoid: norm]": "a round number beside the axis, chosen for what was measured"}
