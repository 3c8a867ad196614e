"""Made-up tables for the claim on local minima."""

import pandas as pd

from reproductions.evidence.statistics import share_of
from reproductions.evidence.verdicts import IN_PART, NOT_REPRODUCED, REPRODUCED


def tables(solved, minima=0, saddles=0, seeds=1000):
    """Tables in which so many seeds solve XOR, and so many of the others end at rest."""
    others = seeds - solved
    counts = {
        "not solved": (minima, saddles, others - minima - saddles),
        "solved": (0, 0, solved),
    }
    ends = [
        {"end": end, "kind": kind, "count": count, "seeds": sum(of_end), "all_seeds": seeds}
        for end, of_end in counts.items()
        for kind, count in zip(("local minimum", "saddle", "still falling"), of_end, strict=True)
    ]
    outcome = {"network": "2-2-1", "solved": solved, "seeds": seeds, **share_of(solved, seeds)}
    return {"ends": pd.DataFrame(ends), "outcomes": pd.DataFrame([outcome])}


CASES = [
    ("SL-24", tables(700, minima=250), REPRODUCED),
    # They end elsewhere, or at rest without being a minimum.
    ("SL-24", tables(700, minima=30), IN_PART),
    ("SL-24", tables(700, saddles=300), IN_PART),
    # The seed decides next to nothing.
    ("SL-24", tables(960, minima=40), NOT_REPRODUCED),
    ("SL-24", tables(20), NOT_REPRODUCED),
]

FEW_SEEDS = {"steps": 2_001, "every": 500}
"""A setting of few seeds, short enough to be run for several splits of them."""
