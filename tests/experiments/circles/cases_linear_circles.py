"""Made-up tables for the claims on linear networks and non-linear ones."""

import pandas as pd

from reproductions.evidence.statistics import share_of
from reproductions.evidence.verdicts import IN_PART, NOT_REPRODUCED, REPRODUCED


def networks(
    linear=0, tanh=90, relu=90, elsewhere=90, even=100, uneven=(90, 90, 90, 90), seeds=100
):
    """Counts at two depths; those of `elsewhere` are at the depth that is not judged.

    `uneven` are the counts of tanh at both depths, then those of ReLU.
    """
    rows = [
        ("linear", 1, True, linear, even, 0),
        ("linear", 4, False, 0, 100, 0),
        ("tanh", 1, False, elsewhere, 0, uneven[0]),
        ("tanh", 4, True, tanh, 0, uneven[1]),
        ("relu", 1, False, elsewhere, 0, uneven[2]),
        ("relu", 4, True, relu, 0, uneven[3]),
    ]
    columns = ["activation", "layers", "compared", "better", "even", "uneven"]
    frame = pd.DataFrame(rows, columns=columns).assign(seeds=seeds, separates=0, flat=0)
    shares = [share_of(count, seeds) for count in frame["better"]]
    return {"networks": pd.concat([frame, pd.DataFrame(shares)], axis=1)}


CASES = [
    ("SL-25", networks(), REPRODUCED),
    ("SL-25", networks(relu=55), IN_PART),
    ("SL-25", networks(tanh=55), IN_PART),
    ("SL-25", networks(tanh=55, relu=55), NOT_REPRODUCED),
    ("SL-25", networks(linear=1), NOT_REPRODUCED),
    ("SL-25", networks(tanh=20, relu=20, elsewhere=100), NOT_REPRODUCED),  # another depth
    ("SL-28", networks(), REPRODUCED),
    ("SL-28", networks(uneven=(90, 55, 90, 90)), IN_PART),
    ("SL-28", networks(uneven=(90, 90, 55, 55)), NOT_REPRODUCED),
    ("SL-28", networks(even=99), NOT_REPRODUCED),
]

LEFT_OUT = ["SL-25 is not judged: the tables have no activation relu"]
"""All that this other setting has no numbers for."""

FIXED_NUMBERS = {"label": "the label of a circle"}
"""A word beside a number that is no field's though it equals one, and what the number is."""

FEW_SEEDS = {"networks": (("relu", 1, 0.3),), "compared": (("relu", 1),), "rates": (0.3,)}
"""A setting of few seeds, short enough to be run for several splits of them."""
