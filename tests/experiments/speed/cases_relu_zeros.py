"""Made-up tables for the claim that ReLU's zeros make it more efficient."""

import pandas as pd

from reproductions.evidence.verdicts import IN_PART, NOT_REPRODUCED, REPRODUCED


def tables(saved=0.5, leaky_saved=0.0, gain=0.0, zeros=1.0, skipped=0.5):
    """ReLU and leaky ReLU, and times at two widths; intervals reach 0.005 and 0.1 to both sides."""
    rows = [
        {
            "function": name,
            "accuracy": 0.95,
            "active": 50.0,
            **{f"{measure}{end}": value + reach
               for measure, value in (("saved", share), ("gain", more))
               for end, reach in (("", 0), ("_low", -0.005), ("_high", 0.005))},
        }
        for name, share, more in (("relu", saved, 0.0), ("leaky_relu", leaky_saved, gain))
    ]  # fmt: skip
    times = [
        {"width": width, "product": product, "ratio": ratio, "ratio_low": ratio - 0.1,
         "ratio_high": ratio + 0.1}
        for width in (64, 512)
        for product, ratio in (
            ("no zeros", 1.0), ("zeros multiplied", zeros), ("zeros skipped", skipped)
        )
    ]  # fmt: skip
    return {"summary": pd.DataFrame(rows), "times": pd.DataFrame(times)}


CASES = [
    ("NP-16", tables(), REPRODUCED),
    ("NP-16", tables(zeros=0.5, skipped=3.0), REPRODUCED),
    ("NP-16", tables(skipped=3.0), IN_PART),  # no time is saved
    ("NP-16", tables(skipped=0.85), IN_PART),  # too little, for its interval
    ("NP-16", tables(saved=0.2), NOT_REPRODUCED),
    ("NP-16", tables(leaky_saved=0.6), NOT_REPRODUCED),
    ("NP-16", tables(gain=-0.02), NOT_REPRODUCED),  # others are more accurate
]

TIMED = {"NP-16"}
"""Claims about times: no tolerance is right for the ratio of two times on another machine."""
