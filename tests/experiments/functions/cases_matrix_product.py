"""Made-up tables for the claim that one matrix product computes a layer at once, and fast."""

import pandas as pd

from reproductions.evidence.verdicts import IN_PART, NOT_REPRODUCED, REPRODUCED

COLUMNS, ROWS, WEIGHTS = (
    "loop over units",
    "loop over units, weights side by side",
    "loop over weights",
)


def tables(*by_rows, result="(3,)", apart=1e-16):
    """Two sizes; lower ends of the interval of the loop with weights side by side, the faster."""
    rows = []
    for units, low in zip((3, 100), by_rows, strict=True):
        for work, factor in ((COLUMNS, 2), (ROWS, 1), (WEIGHTS, 50)):
            ratio = {"ratio": factor * low * 1.1, "ratio_low": factor * low}
            rows.append({"inputs": units, "units": units, "work": work, **ratio})
    return {
        "shapes": pd.DataFrame({"result": [result, "refused"], "as_said": ["(3,)", "refused"]}),
        "agreement": pd.DataFrame({"apart": [0.0, apart]}),
        "times": pd.DataFrame(rows),
    }


CASES = [
    ("NP-17", tables(3, 1.01), REPRODUCED),
    ("NP-17", tables(3, 0.99), IN_PART),  # with 100 units the interval holds 1
    ("NP-17", tables(0.5, 0.6), NOT_REPRODUCED),
    ("NP-17", tables(3, 3, result="(1, 3)"), NOT_REPRODUCED),
    ("NP-17", tables(3, 3, apart=1e-3), NOT_REPRODUCED),
]

TIMED = {"NP-17"}
"""Claims about times, whose verdicts are held, while the times are not."""
