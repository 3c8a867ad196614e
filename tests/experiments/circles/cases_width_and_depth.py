"""Made-up tables for the claims on width and depth."""

import pandas as pd

from reproductions.evidence.verdicts import IN_PART, NOT_REPRODUCED, REPRODUCED


def networks(two=(0, 0), wide=(90, 90), later=0, seeds=100):
    """How many seeds separate, at two rates."""
    rows = [
        *(("2-2-2-1", rate, 100, n) for rate, n in zip((0.005, 0.05), two, strict=True)),
        ("2-2-2-1", 0.05, 1000, later),
        *(
            (network, rate, 100, n)
            for network in ("2-3-2-1", "2-4-2-1")
            for rate, n in zip((0.005, 0.05), wide, strict=True)
        ),
    ]
    frame = pd.DataFrame(rows, columns=["network", "rate", "epochs", "separates"])
    return {"networks": frame.assign(seeds=seeds, accuracy_best=0.97)}


CASES = [
    ("SL-08", networks(), REPRODUCED),
    # At one of the rates only.
    ("SL-08", networks(wide=(90, 3)), IN_PART),
    # The narrow one separates too, if only sometimes, or later.
    ("SL-08", networks(two=(1, 0)), IN_PART),
    ("SL-08", networks(later=1), IN_PART),
    ("SL-08", networks(two=(90, 90)), NOT_REPRODUCED),
    ("SL-08", networks(wide=(1, 2)), NOT_REPRODUCED),
]

ANOTHER_SETTING = {"slides": ((2, 2), (3, 2), (5, 2)), "depths": ((2, (1, 4)), (3, (2,)))}
"""Where a step away from the small setting makes none that can be run, or none that is drawn."""

LEFT_OUT = ["SL-08 is not judged: the tables have no network 2-4-2-1"]
"""All that this other setting has no numbers for."""

FEW_SEEDS = {
    "slides": ((2, 2),),
    "longer_part": 2,
    "depth_part": 1,
    "depths": ((3, (1,)),),
}
"""A setting of few seeds, short enough to be run for several splits of them."""
