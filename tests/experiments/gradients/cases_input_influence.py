"""Made-up tables for the claims on the inputs' influence in deep sigmoid networks."""

import pandas as pd

from reproductions.evidence.statistics import share_of
from reproductions.evidence.verdicts import IN_PART, NOT_REPRODUCED, REPRODUCED

NETWORKS = ("sigmoid", "tanh", "sigmoid, tanh's weights converted")


def influence(few=0, deep=990, converted=0):
    """How many of 1,000 networks of three and ten layers have next to no influence."""
    rows = [
        {"network": network, "layers": layers, "q50": 10.0**-layers, **share_of(count, 1000)}
        for network, counts in zip(
            NETWORKS, ((0, few, deep), (0, 0, 0), (0, 0, converted)), strict=True
        )
        for layers, count in zip((1, 3, 10), counts, strict=True)
    ]
    return {"influence": pd.DataFrame(rows)}


CASES = [
    ("XP-20", influence(), REPRODUCED),
    ("XP-20", influence(few=100), IN_PART),  # it vanishes with three layers too
    ("XP-20", influence(deep=900), IN_PART),
    ("XP-20", influence(deep=500), NOT_REPRODUCED),
    ("XP-21", influence(converted=990), REPRODUCED),
    ("XP-21", influence(converted=490), IN_PART),  # the interval reaches one half
    ("XP-21", influence(converted=100), NOT_REPRODUCED),
]
