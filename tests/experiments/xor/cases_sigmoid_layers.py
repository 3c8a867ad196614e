"""Made-up tables for the claim on one, two and three layers of sigmoids."""

import pandas as pd

from reproductions.evidence.statistics import share_of
from reproductions.evidence.verdicts import IN_PART, NOT_REPRODUCED, REPRODUCED


def tables(two, three, wide=(0.5, 0.6)):
    """Tables in which two and three layers gain this much, an interval each, at equal width."""
    gains = [
        {"width": width, "layers": layers, "difference": sum(ends) / 2,
         "low": ends[0], "high": ends[1]}
        for width, pair in ((2, (two, three)), (10, (wide, wide)))
        for layers, ends in zip((2, 3), pair, strict=True)
    ]  # fmt: skip
    networks = [
        {"width": width, "layers": layers, **share_of(40, 100), "cost_q50": 0.1}
        for width in (2, 10)
        for layers in (1, 2, 3)
    ]
    return {"gains": pd.DataFrame(gains), "networks": pd.DataFrame(networks)}


UP, LEVEL, DOWN = (0.1, 0.2), (-0.01, 0.02), (-0.2, -0.1)

CASES = [
    ("XP-01", tables(UP, UP), REPRODUCED),
    # More units in each layer must not count.
    ("XP-01", tables(UP, UP, wide=DOWN), REPRODUCED),
    ("XP-01", tables(UP, LEVEL), IN_PART),
    ("XP-01", tables(DOWN, UP), IN_PART),
    ("XP-01", tables(LEVEL, DOWN, wide=UP), NOT_REPRODUCED),
]

ANOTHER_SETTING = {"widths": (3, 5)}
"""Where a step away from the small setting leaves the width that is judged."""

LEFT_OUT = ["XP-01 is not judged: the tables have no width 2"]
"""All that this other setting has no numbers for."""

FEW_SEEDS = {"widths": (2,), "steps": 401}
"""A setting of few seeds, short enough to be run for several splits of them."""
