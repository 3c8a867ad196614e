"""Made-up tables for the claim that more layers learn a harder mapping."""

import pandas as pd

from reproductions.evidence.statistics import share_of
from reproductions.evidence.verdicts import IN_PART, NOT_REPRODUCED, REPRODUCED


def networks(three=(20, 60), four=(30, 70), shown=(20, 20), narrow=0, seeds=100):
    """How many seeds separate at widths 3 and 4: two layers, the deeper network, and another."""
    rows = [(2, 2, False, narrow)]
    for width, counts, other in zip((3, 4), (three, four), shown, strict=True):
        rows += [(width, 2, False, counts[0]), (width, 4, True, counts[1])]
        rows += [(width, 6, False, other)]
    columns = ["width", "layers", "compared", "separates"]
    frame = pd.DataFrame(rows, columns=columns).assign(seeds=seeds, rings=3, rate=1.0)
    shares = [share_of(count, seeds) for count in frame["separates"]]
    return {"networks": pd.concat([frame, pd.DataFrame(shares)], axis=1)}


CASES = [
    ("SL-09", networks(), REPRODUCED),
    ("SL-09", networks(narrow=100), REPRODUCED),  # the control decides nothing
    ("SL-09", networks(four=(30, 35)), IN_PART),
    ("SL-09", networks(three=(60, 20)), IN_PART),
    ("SL-09", networks(three=(20, 25), four=(30, 35)), NOT_REPRODUCED),  # the intervals overlap
    ("SL-09", networks(three=(60, 20), four=(70, 30)), NOT_REPRODUCED),
    # Another deeper network than the one that was chosen does not count.
    ("SL-09", networks(three=(20, 25), four=(30, 35), shown=(90, 90)), NOT_REPRODUCED),
]

ANOTHER_SETTING = {
    "networks": ((4, 3, 2, 1.1), (4, 3, 5, 0.33), (5, 5, 2, 1.1), (5, 5, 5, 0.33)),
    "compared": ((3, 5), (5, 5)),
}
"""Where a step away from the small setting makes none that can be run, or none that is drawn."""

FEW_SEEDS = {
    "networks": ((3, 3, 2, 0.3),),
    "compared": ((3, 2),),
    "rates": (0.3,),
    "rings_tried": (3,),
}
"""A setting of few seeds, short enough to be run for several splits of them."""
