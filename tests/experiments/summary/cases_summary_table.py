"""Made-up tables for the claims on the slides' table, and the verdicts that they must give."""

import pandas as pd

from reproductions.evidence.verdicts import IN_PART, NOT_REPRODUCED, REPRODUCED


def statements(holds=15, in_part=0):
    """A table of 15 statements, of which these numbers hold and hold in part."""
    words = ["holds"] * holds + ["in part"] * in_part
    words += ["does not hold"] * (15 - len(words))
    frame = pd.DataFrame({"function": "relu", "statement": "a statement", "holds": words})
    return {"statements": frame}


def post(count):
    """Four properties, of which this number is alike."""
    words = ["yes"] * count + ["no"] * (4 - count)
    compared = [1, 1, 6, 1]
    same = [most if word == "yes" else 0 for most, word in zip(compared, words, strict=True)]
    frame = pd.DataFrame(
        {"property": "a property", "alike": words, "same_side": same, "compared": compared}
    )
    return {"post": frame}


CASES = [
    ("SL-22", statements(), REPRODUCED),
    ("SL-22", statements(14, 1), IN_PART),
    ("SL-22", statements(8), IN_PART),
    ("SL-22", statements(7, 8), NOT_REPRODUCED),
    ("NP-06", post(4), REPRODUCED),
    ("NP-06", post(3), IN_PART),
    ("NP-06", post(2), NOT_REPRODUCED),
    ("NP-06", post(0), NOT_REPRODUCED),
]

FIXED_NUMBERS = {"greatest": "a measured value", "share": "a measured value"}
"""A word beside a number that is no field's though it equals one, and what the number is."""
