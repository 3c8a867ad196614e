"""Made-up tables for the claim that ReLU's drawbacks stand out in some cases."""

import pandas as pd

from reproductions.evidence.statistics import share_of
from reproductions.evidence.verdicts import IN_PART, NOT_REPRODUCED, REPRODUCED


def tables(dead, relu=(50, 35), leaky=(99, 60)):
    """So many of 100 failing networks are dead; of 200 seeds so many solve XOR by loss."""
    ends = {"end": ["solved", "not solved"], "dead_at_start": [0, dead // 2]}
    ends |= {"dead_at_end": [0, dead], "networks": 100, "seeds": 200}
    rows = [
        {"activation": name, "loss": loss, "solved": 2 * count, "seeds": 200,
         **share_of(2 * count, 200)}
        for name, counts in (("relu", relu), ("leaky_relu", leaky))
        for loss, count in zip(("stable", "document"), counts, strict=True)
    ]  # fmt: skip
    return {"ends": pd.DataFrame(ends), "solved": pd.DataFrame(rows)}


CASES = [
    ("RP-23", tables(80), REPRODUCED),
    ("RP-23", tables(55), IN_PART),
    ("RP-23", tables(5), NOT_REPRODUCED),  # a worse number, but not by dying
    ("RP-23", tables(80, relu=(50, 58)), NOT_REPRODUCED),  # not fewer under one of the losses
]
