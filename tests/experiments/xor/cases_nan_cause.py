"""Made-up tables for the claim on what causes the NaN."""

import pandas as pd

from reproductions.evidence.verdicts import IN_PART, NOT_REPRODUCED, REPRODUCED
from reproductions.experiments.xor.nan_cause import COUNTED


def tables(sigmoid_broken=0, vanished_before=0, finite_from_logit=500):
    """Sigmoid networks of which so many become NaN, and 500 ReLU networks that do."""
    none = dict.fromkeys(COUNTED, 0)
    sigmoid = {"non_finite": sigmoid_broken, "non_finite_of_vanished": sigmoid_broken}
    relu = {"vanished_before": vanished_before, "finite_from_logit": finite_from_logit}
    rows = [
        {"activation": "sigmoid", "seeds": 1000, **none, "vanished": 990, **sigmoid},
        {"activation": "relu", "seeds": 1000, **none, "non_finite": 500, **relu},
    ]
    return {"networks": pd.DataFrame(rows)}


CASES = [
    ("XP-05", tables(900, 1400, 0), REPRODUCED),
    # Only one of the three answers is yes.
    ("XP-05", tables(900, finite_from_logit=1400), IN_PART),
    ("XP-05", tables(vanished_before=400), IN_PART),
    ("XP-05", tables(finite_from_logit=100), IN_PART),
    ("XP-05", tables(), NOT_REPRODUCED),
    # Half is not more than half.
    ("XP-05", tables(vanished_before=250, finite_from_logit=250), NOT_REPRODUCED),
]

FEW_SEEDS = {"activations": ("leaky_relu",), "hidden": (5,) * 7, "rate": 0.3}
"""A setting of few seeds, short enough to be run for several splits of them."""
