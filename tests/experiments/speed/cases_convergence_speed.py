"""Made-up tables for the claims on speed, and the verdicts that they must give."""

import pandas as pd

from reproductions.evidence.verdicts import IN_PART, NOT_REPRODUCED, REPRODUCED


def speed(sigmoid=6.0, tanh=6.0, at=None):
    """Ratios to ReLU with intervals of 10 % on both sides; `at` changes single ratios."""
    rows = []
    for network in ("CNN", "perceptron"):
        for threshold in (0.25, 0.1, 0.02):
            for function, ratio in (("relu", 1.0), ("sigmoid", sigmoid), ("tanh", tanh)):
                ratio = (at or {}).get((network, function, threshold), ratio)
                rows.append(
                    {
                        "network": network,
                        "function": function,
                        "threshold": threshold,
                        "ratio": ratio,
                        "low": 0.9 * ratio,
                        "high": 1.1 * ratio,
                    }
                )
    return {"order_speed": pd.DataFrame(rows)}


CASES = [
    ("SL-13", speed(), REPRODUCED),
    ("SL-13", speed(tanh=0.5), IN_PART),
    ("SL-13", speed(sigmoid=1.05), IN_PART),
    ("SL-13", speed(at={("CNN", "tanh", 0.02): 1.05}), IN_PART),
    ("SL-13", speed(sigmoid=1.05, tanh=0.5), NOT_REPRODUCED),
    ("RP-05", speed(), REPRODUCED),
    ("RP-05", speed(sigmoid=9.5, tanh=3.8), REPRODUCED),
    ("RP-05", speed(tanh=1.2), IN_PART),
    ("RP-05", speed(2.0, 2.0, at={("CNN", "tanh", 0.25): 5.0}), IN_PART),
    # Only the setting of the published number decides.
    ("RP-05", speed(2.0, 2.0, at={("perceptron", "tanh", 0.1): 5.0}), NOT_REPRODUCED),
    ("RP-05", speed(2.0, 2.0, at={("CNN", "tanh", 0.02): 5.0}), NOT_REPRODUCED),
    ("RP-05", speed(2.0, 2.0), NOT_REPRODUCED),
    ("RP-05", speed(20.0, 15.0), NOT_REPRODUCED),
]

LEFT_OUT = [
    "SL-13 is not judged: the tables have no function sigmoid",
    "RP-05 is not judged: the tables have no function sigmoid",
]
"""All that this other setting has no numbers for."""

FIXED_NUMBERS = {
    "about": "the document's own words, 'about 6 times'",
    "[updates, times ReLU's]": "round numbers",
}
"""A word beside a number that is no field's though it equals one, and what the number is."""
