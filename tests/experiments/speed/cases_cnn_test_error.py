"""Made-up tables for the claim that ReLU performs well in convolutional networks."""

import pandas as pd

from reproductions.evidence.verdicts import IN_PART, NOT_REPRODUCED, REPRODUCED


def tables(*networks):
    """Test errors by network, without an activation and with others, where ReLU's is 5 %.

    The interval of each difference reaches 0.004 to both sides.
    """
    rows = [
        {
            "network": str(number),
            "function": name,
            "error": error,
            "low": error - 0.003,
            "high": error + 0.003,
            "relu_less": 0.05 - error,
            "relu_less_low": 0.05 - error - 0.004,
            "relu_less_high": 0.05 - error + 0.004,
        }
        for number, others in enumerate(networks)
        for name, error in {"relu": 0.05, **others}.items()
    ]
    return {"errors": pd.DataFrame(rows)}


GOOD = {"linear": 0.08, "sigmoid": 0.07, "tanh": 0.045}
NO_GAIN = {"linear": 0.053, "sigmoid": 0.07, "tanh": 0.045}
WORSE = {"linear": 0.08, "sigmoid": 0.07, "tanh": 0.043}  # perhaps by a point
NEITHER = {"linear": 0.04, "sigmoid": 0.043, "tanh": 0.07}

CASES = [
    ("NP-26", tables(GOOD, GOOD), REPRODUCED),
    ("NP-26", tables(GOOD, NO_GAIN), IN_PART),
    ("NP-26", tables(WORSE, GOOD), IN_PART),
    ("NP-26", tables(NEITHER, WORSE), IN_PART),
    ("NP-26", tables(NO_GAIN, NEITHER), IN_PART),
    ("NP-26", tables(NEITHER, NEITHER), NOT_REPRODUCED),
]

ANOTHER_SETTING = {"narrow": (3, 5), "wide": (5, 7)}

LEFT_OUT = ["NP-26 is not judged: the tables have no function tanh for network 3-5"]
"""All that this other setting has no numbers for."""
