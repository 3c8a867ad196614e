"""Made-up tables for the claim that dying units are no great problem for ReLU's performance."""

import pandas as pd

from reproductions.evidence.verdicts import IN_PART, NOT_REPRODUCED, REPRODUCED


def tables(**differences):
    """Differences of test error, each with an interval of 0.003 on both sides, in one network."""
    rows = [
        {
            "network": "64-8-10",
            "function": name,
            "error": 0.05 + difference,
            "relu_error": 0.05,
            "difference": difference,
            "low": difference - 0.003,
            "high": difference + 0.003,
        }
        for name, difference in differences.items()
    ]
    units = {"function": ["relu"], "dead": 4, "units": 80, "networks_with_dead": 3, "seeds": 10}
    return {
        "differences": pd.DataFrame(rows),
        "units": pd.DataFrame(units),
        "errors": pd.DataFrame({"test_error": [0.05, 0.9]}),
    }


CASES = [
    ("RP-11", tables(leaky_relu=-0.002, elu=0.01), REPRODUCED),
    ("RP-11", tables(leaky_relu=-0.006, elu=0.004), REPRODUCED),
    ("RP-11", tables(leaky_relu=-0.002, elu=0.002), IN_PART),  # no problem, but none is worse
    ("RP-11", tables(leaky_relu=-0.02, elu=0.01), IN_PART),  # a problem, though one is worse
    ("RP-11", tables(leaky_relu=-0.008, elu=0.01), IN_PART),  # it may be a whole point
    ("RP-11", tables(leaky_relu=-0.02, elu=0.002), NOT_REPRODUCED),
    # Softplus and swish were not made to solve dying, but count where they are better than ReLU.
    ("RP-11", tables(leaky_relu=0.0, elu=0.0, softplus=0.02), IN_PART),
    ("RP-11", tables(leaky_relu=-0.02, elu=0.0, softplus=0.02), NOT_REPRODUCED),
    ("RP-11", tables(leaky_relu=0.0, elu=0.01, swish=-0.02), IN_PART),
]

FIXED_NUMBERS = {"[validation error (%)]": "round numbers"}
"""A word beside a number that is no field's though it equals one, and what the number is."""

UNHELD_NOTES = {"RP-11"}
