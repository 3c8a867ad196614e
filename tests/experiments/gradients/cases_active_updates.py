"""Made-up tables for the claim that ReLU's constant derivative keeps its updates fast."""

import pandas as pd

from reproductions.evidence.verdicts import IN_PART, NOT_REPRODUCED, REPRODUCED


def updates(active=2.0, inactive=0.0, sigmoid=0.001, tanh=0.001):
    """Multiples at 10 and -10, each with an interval of a tenth around it."""
    rows = [
        ("relu", 10.0, active),
        ("relu", -10.0, inactive),
        ("sigmoid", 10.0, 1e-5),
        ("sigmoid", -10.0, sigmoid),
        ("tanh", 10.0, tanh),
        ("tanh", -10.0, 1e-5),
    ]
    frame = pd.DataFrame(rows, columns=["function", "distance", "ratio"])
    return {"updates": frame.assign(low=0.9 * frame["ratio"], high=1.1 * frame["ratio"])}


CASES = [
    ("RP-18", updates(inactive=2.0), REPRODUCED),
    ("RP-18", updates(), IN_PART),
    ("RP-18", updates(active=1.0), NOT_REPRODUCED),  # perhaps less than at 0
    ("RP-18", updates(inactive=2.0, sigmoid=1.9), NOT_REPRODUCED),
    ("RP-18", updates(tanh=3.0), NOT_REPRODUCED),
]
