"""Made-up tables for the claim of `xor_depth`, and the verdicts that they must give."""

import pandas as pd

from reproductions.evidence.verdicts import IN_PART, NOT_REPRODUCED, REPRODUCED


def layers(start=(10, 480, 500, 10, 0), end=(0, 900, 100, 0, 0), one=0, two=600, seeds=1000):
    """How many lines have 0 to 4 points right at the start and at the end, and how many solve."""
    single = pd.DataFrame(
        {
            "moment": ["start"] * 5 + ["end"] * 5,
            "right": [*range(5), *range(5)],
            "count": [*start, *end],
            "seeds": seeds,
        }
    )
    networks = {"network": ["2-1", "2-2-1"], "seeds": seeds, "solved": [one, two]}
    return {"networks": pd.DataFrame(networks), "single": single}


CASES = [
    ("NP-14", layers(), REPRODUCED),
    ("NP-14", layers(two=150), IN_PART),
    ("NP-14", layers(two=0), NOT_REPRODUCED),
    ("NP-14", layers(one=1), NOT_REPRODUCED),
    ("NP-14", layers(end=(0, 900, 99, 0, 1)), NOT_REPRODUCED),
    ("NP-14", layers(start=(10, 480, 499, 10, 1)), NOT_REPRODUCED),
]

ANOTHER_SETTING = {"networks": ((), (2,), (3,), (3, 3, 3), (11, 11, 11))}
"""Where a step away from the small setting makes none that can be run, or none that is drawn."""

# Runs that go on take the first few of those that have not solved XOR.
FEW_SEEDS = {
    "longer_seeds": 10,
    "shown_seeds": 18,
    "networks": ((), (2,)),
    "depths": (3,),
    "rate": 2.0,
}
"""A setting of few seeds, short enough to be run for several splits of them."""
