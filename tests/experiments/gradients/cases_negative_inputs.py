"""Made-up tables for the claims on ReLU's derivative at negative inputs, and their verdicts."""

import pandas as pd

from reproductions.evidence.statistics import share_of
from reproductions.evidence.verdicts import IN_PART, NOT_REPRODUCED, REPRODUCED

UNITS = 100


def tables(
    below=0.0,
    above=1.0,
    negative=UNITS,
    once=UNITS,
    control=0,
    still=UNITS,
    changed=UNITS,
    leaky=UNITS,
):
    """ReLU's derivatives, and how many of 100 units stand still, or move, with each function."""
    relu = [("relu", -2.0, 0.0), ("relu", -1.0, below), ("relu", 1.0, above)]
    columns = ["function", "bias", "negative", "still_after_one", "still", "all_moved"]
    rows = [
        ("relu", -10.0, negative, once, still, UNITS - still),
        ("relu", 0.0, 0, control, 0, UNITS),
        ("changed", -10.0, UNITS, 0, 0, changed),
        ("changed", 0.0, 0, 0, 0, UNITS),
        ("leaky_relu", -10.0, UNITS, 0, 0, leaky),
        ("leaky_relu", 0.0, 0, 0, 0, UNITS),
    ]
    units = [dict(zip(columns, row, strict=True), seeds=UNITS) for row in rows]
    return {
        "derivatives": pd.DataFrame(relu, columns=["function", "x", "derivative"]),
        "units": pd.DataFrame([{**row, **share_of(row["all_moved"], UNITS)} for row in units]),
    }


CASES = [
    ("RP-22", tables(), REPRODUCED),
    ("RP-22", tables(once=UNITS - 1), IN_PART),  # a unit that moves
    ("RP-22", tables(negative=UNITS - 1), IN_PART),  # a unit with some positive sum
    ("RP-22", tables(control=1), IN_PART),  # one that stands still with a positive sum
    ("RP-22", tables(below=1e-9), NOT_REPRODUCED),
    ("RP-22", tables(above=0.0), NOT_REPRODUCED),  # not at negative inputs alone
    ("SL-36", tables(), REPRODUCED),
    ("SL-36", tables(changed=UNITS - 10), IN_PART),
    ("SL-36", tables(leaky=UNITS - 10), IN_PART),
    ("SL-36", tables(changed=0), NOT_REPRODUCED),  # another cause holds the units
    ("SL-36", tables(leaky=UNITS // 2), NOT_REPRODUCED),
    ("SL-36", tables(still=UNITS - 1), NOT_REPRODUCED),
    ("SL-36", tables(below=1e-9), NOT_REPRODUCED),
]
