"""Made-up tables for the claims on linear stacks."""

import pandas as pd

from reproductions.evidence.verdicts import NOT_REPRODUCED, REPRODUCED


def stacks(within=True, control=1.0, difference=1e-13):
    row = {
        "dtype": "float64",
        "depth": 3,
        "size": 1.0,
        "difference": difference,
        "within_bound": within,
        "control_difference": control,
    }
    return {"stacks": pd.DataFrame([row])}


def cube(stack):
    return {"cube": pd.DataFrame({"a": [2.0, -2.0], "stack": [8.0, stack], "cube": [8.0, -8.0]})}


CASES = [
    ("SL-01", stacks(), REPRODUCED),
    ("SL-01", stacks(within=False), NOT_REPRODUCED),
    ("SL-01", stacks(control=1e-3), NOT_REPRODUCED),
    ("SL-01", stacks(difference=1e-9), NOT_REPRODUCED),
    ("NP-01", cube(-8.0), REPRODUCED),
    ("NP-01", cube(-8.00000000001), NOT_REPRODUCED),
]

LEFT_OUT = ["SL-01 is not judged: the tables have no dtype float64"]
"""All that this other setting has no numbers for."""
