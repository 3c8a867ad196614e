"""Made-up tables for the claim on what the weights are learnt from."""

import numpy as np
import pandas as pd

from reproductions.evidence.verdicts import NOT_REPRODUCED, REPRODUCED


def tables(error=1e-16, different=0):
    """Updates with such an error, and 100 pairs of twins so many of which are updated apart."""
    updates = pd.DataFrame(
        {"operand": ["kernel 1", "bias 1"], "weights": [32, 16], "seeds": 100,
         "largest_update": 0.1, "error": [error, 0.0]}
    )  # fmt: skip
    apart = np.where(np.arange(100) < different, 0.5, 1e-15)
    twins = {"seed": range(101), "inputs": 1e-15, "kernel": 0.7, "update": [*apart, 0.9]}
    twins = pd.DataFrame(twins)
    twins.loc[100, "inputs"] = 0.1  # no twins: their derivatives differ
    return {"updates": updates, "twins": twins}


CASES = [
    ("XP-23", tables(), REPRODUCED),
    ("XP-23", tables(different=100), REPRODUCED),  # the inputs' derivatives are only told of
    ("XP-23", tables(error=1e-3), NOT_REPRODUCED),
    ("XP-23", tables(error=1e-3, different=100), NOT_REPRODUCED),
]
