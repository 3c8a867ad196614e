"""Made-up tables for the claim on the weights that people must set."""

import pandas as pd

from reproductions.evidence.statistics import share_of
from reproductions.evidence.verdicts import IN_PART, NOT_REPRODUCED, REPRODUCED


def tables(learnt_and, learnt_or, learnt_xor=0, seeds=1000):
    """So many perceptrons learn each gate."""
    counts = {"AND": learnt_and, "OR": learnt_or, "XOR": learnt_xor}
    rows = [
        {"gate": gate, "learnt": count, "seeds": seeds, **share_of(count, seeds),
         "right_at_start": 0}
        for gate, count in counts.items()
    ]  # fmt: skip
    return {"gates": pd.DataFrame(rows)}


CASES = [
    ("NP-18", tables(0, 0), REPRODUCED),
    ("NP-18", tables(1000, 300), REPRODUCED),
    ("NP-18", tables(1000, 800), IN_PART),
    ("NP-18", tables(1000, 1000), NOT_REPRODUCED),
    # What it does not learn of XOR, nobody can set by hand.
    ("NP-18", tables(1000, 1000, learnt_xor=1), NOT_REPRODUCED),
]
