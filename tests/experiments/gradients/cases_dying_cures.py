"""Made-up tables for what this project found about what keeps units from dying."""

import pandas as pd

from reproductions.evidence.verdicts import IN_PART, NOT_REPRODUCED, REPRODUCED

SEEDS = 64
REACH = 0.02  # of the intervals


def frame(cells):
    rows = []
    for (change, value), numbers in cells.items():
        row = {"change": change, "value": value, "finite": SEEDS, "seeds": SEEDS}
        for name, middle in numbers.items():
            row |= {name: middle, f"{name}_low": middle - REACH, f"{name}_high": middle + REACH}
        rows.append(row)
    return pd.DataFrame(rows)


def fast(**changed):
    """Inactive share and error by change, where those of the value 1 may be others."""
    broken, good = (0.9, 0.9), (0.03, 0.05)
    cells = {
        ("nothing", 0.0): broken,
        ("slower", 10.0): good,
        ("clip", 0.1): good,
        ("clip", 1.0): (0.5, 0.4),  # the looser limit is no matter of the rule
        ("batch_norm", 0.0): good,
        ("bias", 0.1): broken,
        ("leaky", 0.1): broken,
        ("leaky", 0.3): broken,
    }
    for (change, value), _ in list(cells.items()):
        if change in changed and (change, value) != ("clip", 1.0):
            cells[change, value] = changed[change]
    named = {
        key: dict(zip(("inactive", "error"), pair, strict=True)) for key, pair in cells.items()
    }
    return {"fast": frame(named)}


def usual(slower=(-0.05, 0.03), adam=(0.05, -0.015)):
    """How much more is inactive, and how much larger the error is, than without a change."""
    cells = {"nothing": (0, 0), "slower": slower, "adam": adam}
    named = {
        (change, 0.0): {
            "inactive": 0.1 + inactive,
            "error": 0.05 + error,
            "inactive_more": inactive,
            "error_more": error,
        }
        for change, (inactive, error) in cells.items()
    }
    return {"usual": frame(named)}


CASES = [
    ("CU-12", fast(), REPRODUCED),
    ("CU-12", fast(clip=(0.03, 0.09)), IN_PART),  # the interval of the error reaches above 0.1
    ("CU-12", fast(batch_norm=(0.09, 0.03)), IN_PART),  # and that of the inactive share
    ("CU-12", fast(slower=(0.5, 0.5), clip=(0.03, 0.5), batch_norm=(0.5, 0.03)), NOT_REPRODUCED),
    ("CU-13", fast(), REPRODUCED),
    ("CU-13", fast(bias=(0.2, 0.51)), IN_PART),  # the interval reaches below 0.5
    ("CU-13", fast(leaky=(0.0, 0.05)), IN_PART),
    ("CU-13", fast(bias=(0.0, 0.05), leaky=(0.0, 0.05)), NOT_REPRODUCED),
    ("CU-14", usual(), REPRODUCED),
    ("CU-14", usual(slower=(-0.05, 0.01)), IN_PART),  # the error may not be higher
    ("CU-14", usual(slower=(-0.01, 0.03)), IN_PART),  # the share may not be lower
    ("CU-14", usual(adam=(0.01, -0.015)), IN_PART),  # the share may not be higher
    ("CU-14", usual(adam=(0.05, 0.0)), IN_PART),  # the error may be higher by more than 0.01
    ("CU-14", usual(slower=(-0.05, -0.03), adam=(-0.05, -0.03)), NOT_REPRODUCED),
]

FEW_SEEDS = {"adam_rates": (0.003,), "biases": (1.0,), "norms": (), "slopes": ()}
"""A setting of few seeds, short enough to be run for several splits of them."""

ROUNDING = 1e-9
"""Of sums over other numbers of seeds side by side."""
