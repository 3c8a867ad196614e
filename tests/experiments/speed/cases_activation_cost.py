"""Made-up tables for the claims on what the activation functions cost."""

import pandas as pd

from reproductions.evidence.verdicts import IN_PART, NOT_REPRODUCED, REPRODUCED


def tables(**ratios):
    """Two settings; for each function and setting, the low end, ratio to ReLU and high end."""
    rows = [
        {
            "mode": mode,
            "dtype": "float32",
            "elements": size,
            "work": "forward",
            "function": function,
            "time_ns": middle,
            **dict(zip(("ratio_low", "ratio", "ratio_high"), (low, middle, high), strict=True)),
        }
        for function, settings in {"relu": [(1, 1, 1)] * 2, **ratios}.items()
        for mode, size, (low, middle, high) in zip(
            ("eager", "xla"), (4096, 65536), settings, strict=True
        )
    ]
    return {
        "elements": pd.DataFrame(rows),
        "copies": pd.DataFrame(
            {"dtype": "float32", "elements": [4096, 65536], "time_ns": 0.5, "gb_per_s": 16.0}
        ),
        "steps": pd.DataFrame(
            {"mode": "xla", "width": [64, 64], "function": ["relu", "sigmoid"], "ratio": [1, 1.1]}
        ),
    }


ABOVE, BELOW, WIDE = (1.6, 2.0, 2.5), (0.9, 1.0, 1.4), (1.4, 2.0, 9.0)
JUST_ABOVE, JUST_BELOW = (1.51, 1.6, 1.7), (1.0, 1.2, 1.5)


def sigmoids(sigmoid, tanh):
    return tables(sigmoid=sigmoid, tanh=tanh)


def exp(*settings):
    # Leaky ReLU only stands in the note, and the sigmoids belong to another claim.
    return tables(exp=settings, leaky_relu=[BELOW, ABOVE], sigmoid=[ABOVE, BELOW])


CASES = [
    ("RP-04", sigmoids([ABOVE, ABOVE], [ABOVE, JUST_ABOVE]), REPRODUCED),
    ("RP-04", sigmoids([ABOVE, ABOVE], [ABOVE, BELOW]), IN_PART),
    ("RP-04", sigmoids([ABOVE, BELOW], [BELOW, BELOW]), NOT_REPRODUCED),
    ("RP-04", sigmoids([JUST_BELOW, BELOW], [ABOVE, ABOVE]), NOT_REPRODUCED),
    # The intervals are too wide to decide, which neither confirms nor refutes.
    ("RP-04", sigmoids([WIDE, WIDE], [WIDE, WIDE]), IN_PART),
    ("RP-04", sigmoids([WIDE, BELOW], [WIDE, ABOVE]), IN_PART),
    ("NP-05", exp(ABOVE, JUST_ABOVE), REPRODUCED),
    ("NP-05", exp(ABOVE, WIDE), IN_PART),
    ("NP-05", exp(ABOVE, BELOW), IN_PART),
    ("NP-05", exp(BELOW, WIDE), IN_PART),
    ("NP-05", exp(BELOW, JUST_BELOW), NOT_REPRODUCED),
]

ANOTHER_SETTING = {"sizes": (320,)}
"""Where a step away from the small setting makes none that can be run, or none that is drawn."""

TIMED = {"RP-04", "NP-05"}
"""Claims about times. No tolerance is right for the ratio of two times on another machine: of the
stored ratios some were thirteen times those of the next run. Their verdicts are held, as all are;
the times are not."""
