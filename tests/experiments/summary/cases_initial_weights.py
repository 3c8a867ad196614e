"""Made-up tables for the claim that initial weights decide the final performance."""

import pandas as pd

from reproductions.evidence.statistics import share_of
from reproductions.evidence.verdicts import IN_PART, NOT_REPRODUCED, REPRODUCED


def performance(solved, *reached):
    """How many of 100 networks solve XOR, and how many of 12 reach the error, by scale."""
    rows = [("seed", "2-2-1", solved, 100)]
    rows += [("scale", str(10**i), count, 12) for i, count in enumerate(reached)]
    frame = pd.DataFrame(rows, columns=["differs", "setting", "reached", "seeds"])
    ends = pd.DataFrame([share_of(row.reached, row.seeds) for row in frame.itertuples()])
    return {"performance": pd.concat([frame, ends], axis=1)}


CASES = [
    ("SL-33", performance(70, 12, 12, 0), REPRODUCED),
    ("SL-33", performance(70, 12, 12, 11), IN_PART),  # the scale does not matter
    ("SL-33", performance(100, 12, 12, 0), IN_PART),  # the seed does not matter
    ("SL-33", performance(0, 12, 0), IN_PART),
    ("SL-33", performance(100, 12, 12, 11), NOT_REPRODUCED),
]
