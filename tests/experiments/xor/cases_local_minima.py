"""Made-up tables for the claim on local minima."""

import pandas as pd

from reproductions.evidence.statistics import share_of
from reproductions.evidence.verdicts import IN_PART, NOT_REPRODUCED, REPRODUCED
from reproductions.experiments.xor.local_minima import UNIT_ENDS


def tables(solved, minima=0, saddles=0, seeds=1000, unit=(1000, 0)):
    """Tables in which so many seeds solve XOR, and so many of the others end at rest.

    So many units end at the global and at a local minimum, and the others nowhere.
    """
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
    counts = (*unit, 0, seeds - sum(unit))
    units = [
        {"end": end, "count": count, "seeds": seeds, **share_of(count, seeds)}
        for end, count in zip(UNIT_ENDS, counts, strict=True)
    ]
    return {
        "ends": pd.DataFrame(ends),
        "outcomes": pd.DataFrame([outcome]),
        "unit": pd.DataFrame(units),
    }


CASES = [
    ("SL-24", tables(700, minima=250), REPRODUCED),
    # They end elsewhere, or at rest without being a minimum.
    ("SL-24", tables(700, minima=30), IN_PART),
    ("SL-24", tables(700, saddles=300), IN_PART),
    # The seed decides next to nothing.
    ("SL-24", tables(960, minima=40), NOT_REPRODUCED),
    ("SL-24", tables(20), NOT_REPRODUCED),
    # The same of the other model.
    ("SL-24", tables(20, unit=(700, 250)), REPRODUCED),
    ("SL-24", tables(20, unit=(700, 30)), IN_PART),
    ("SL-24", tables(20, unit=(960, 40)), NOT_REPRODUCED),
    # One model has both outcomes and the other the minima: in neither do both things hold.
    ("SL-24", tables(700, unit=(960, 40)), IN_PART),
]

FEW_SEEDS = {"steps": 2_001, "every": 500, "unit_steps": 201}
"""A setting of few seeds, short enough to be run for several splits of them."""
