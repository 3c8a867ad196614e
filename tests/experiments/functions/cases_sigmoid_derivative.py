"""Made-up tables for the claim that the sigmoid's derivative has a simple form."""

import pandas as pd

from reproductions.evidence.verdicts import IN_PART, NOT_REPRODUCED, REPRODUCED


def tables(from_output=0.25, automatic=0.25, operations=2, exps=0):
    """The derivative at 0 and at -1000, where automatic differentiation may break."""
    derivatives = pd.DataFrame(
        {
            "x": [-1000.0, 0.0],
            "from_output": [0.0, from_output],
            "automatic": [float("nan"), automatic],
            "exact": [0.0, 0.25],
        }
    )
    counts = pd.DataFrame(
        {
            "function": "sigmoid",
            "known": ["output", "input"],
            "all": [operations, 5],
            "divisions": [0, 1],
            "exps": [exps, 1],
            "error": 0.0,
        }
    )
    return {"derivatives": derivatives, "operations": counts}


CASES = [
    ("NP-15", tables(), REPRODUCED),
    ("NP-15", tables(operations=3), IN_PART),
    ("NP-15", tables(exps=1), IN_PART),
    ("NP-15", tables(from_output=0.2500001), NOT_REPRODUCED),
    ("NP-15", tables(automatic=0.2500001), NOT_REPRODUCED),
]
