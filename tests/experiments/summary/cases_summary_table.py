"""Made-up tables for the claims on the slides' table, and the verdicts that they must give."""

import pandas as pd

from reproductions.evidence.verdicts import IN_PART, NOT_REPRODUCED, REPRODUCED


def cells(holds=15, in_part=0):
    """A table of 15 statements, of which these numbers hold and hold in part."""
    words = ["holds"] * holds + ["in part"] * in_part
    words += ["does not hold"] * (15 - len(words))
    return {"cells": pd.DataFrame({"function": "relu", "statement": "a statement", "holds": words})}


def alike(count):
    """Six properties, of which this number is alike."""
    words = ["yes"] * count + ["no"] * (6 - count)
    frame = pd.DataFrame({"property": "a property", "sigmoid": 0.5, "tanh": 0.7, "alike": words})
    return {"alike": frame}


CASES = [
    ("SL-22", cells(), REPRODUCED),
    ("SL-22", cells(14, 1), IN_PART),
    ("SL-22", cells(8), IN_PART),
    ("SL-22", cells(7, 8), NOT_REPRODUCED),
    ("NP-06", alike(6), REPRODUCED),
    ("NP-06", alike(5), IN_PART),
    ("NP-06", alike(0), NOT_REPRODUCED),
]

FIXED_NUMBERS = {"greatest": "a measured value", "share": "a measured value"}
"""A word beside a number that is no field's though it equals one, and what the number is."""
