"""Made-up tables for whether three findings carry over to the spirals."""

import pandas as pd

from reproductions.evidence.statistics import share_of
from reproductions.evidence.verdicts import IN_PART, NOT_REPRODUCED, REPRODUCED
from reproductions.experiments.summary.second_task.settings import CURES, NETWORKS, USELESS

SEEDS = 200


def networks(**counts):
    rows = {**dict.fromkeys(NETWORKS, 190), **dict.fromkeys(USELESS, 0)} | counts
    return {
        "networks": pd.DataFrame(
            [
                {
                    "network": name,
                    "learned": count,
                    "seeds": SEEDS,
                    **share_of(count, SEEDS),
                    "updates": 500.0,
                }
                for name, count in rows.items()
            ]
        )
    }


SAME, OPEN, OPPOSITE = (10, 90), (-10, 90), (-90, -10)
"""The interval of the difference in updates."""


def pairs(**ends):
    """By finding, each pair's interval; a last one, which XOR does not tell apart, is opposite."""
    rows = []
    for finding, of_finding in ends.items():
        for i, (low, high) in enumerate((*of_finding, OPPOSITE)):
            gap = -0.01 if i == len(of_finding) else 0.01
            key = {"finding": finding, "first": f"a{i}", "second": f"b{i}"}
            rows.append({**key, "xor_gap": gap, "more_updates_low": low, "more_updates_high": high})
    return {**networks(), "pairs": pd.DataFrame(rows)}


FAST = {
    ("nothing", 0.0): (0, 0.0),
    ("slower", 10.0): (190, -0.4),
    ("clip", 0.1): (180, -0.4),
    ("batch_norm", 0.0): (195, -0.5),
    ("bias", 0.1): (0, 0.0),
    ("bias", 1.0): (0, 0.0),
    ("leaky", 0.2): (0, 0.2),
}
BETWEEN = {("nothing", 0.0): (120, 0.0), ("leaky", 0.2): (190, -0.2)}


def dying(between=None, **fast):
    """Counts that learn and more inactive units; `fast` by change, of its last value."""
    rows = []
    changed = {key: fast.get(key[0], numbers) for key, numbers in FAST.items()}
    if "bias" in fast:
        changed["bias", 0.1] = FAST["bias", 0.1]
    for rate, table in (("fast", changed), ("between", BETWEEN | (between or {}))):
        for (change, value), (count, more) in table.items():
            rows.append(
                {
                    "rate": rate,
                    "change": change,
                    "value": value,
                    "learned": count,
                    "seeds": SEEDS,
                    **share_of(count, SEEDS),
                    "inactive": 0.5 + more,
                    "inactive_more_high": more + 0.05,
                }
            )
    return {"dying": pd.DataFrame(rows)}


CASES = [
    ("CU-24", networks(), REPRODUCED),
    ("CU-24", networks(adam=105), IN_PART),  # the interval reaches below one half
    ("CU-24", networks(he=8), IN_PART),  # and this one above 0.05
    ("CU-24", networks(**dict.fromkeys(USELESS, 190)), NOT_REPRODUCED),
    ("CU-24", networks(**dict.fromkeys(CURES, 0)), NOT_REPRODUCED),
    ("CU-25", pairs(cures=[SAME, SAME]), REPRODUCED),
    ("CU-25", pairs(cures=[SAME, OPEN]), IN_PART),
    ("CU-25", pairs(cures=[SAME, SAME, OPPOSITE]), IN_PART),
    ("CU-25", pairs(cures=[SAME, OPPOSITE]), NOT_REPRODUCED),
    ("CU-25", pairs(cures=[OPEN, OPEN]), NOT_REPRODUCED),
    ("CU-26", pairs(normal=[SAME], glorot=[SAME, SAME]), REPRODUCED),
    ("CU-26", pairs(normal=[SAME], glorot=[SAME, OPPOSITE]), IN_PART),
    ("CU-26", pairs(normal=[OPEN, SAME], glorot=[SAME]), IN_PART),
    ("CU-26", pairs(normal=[OPEN, SAME], glorot=[OPPOSITE]), NOT_REPRODUCED),
    ("CU-27", dying(), REPRODUCED),
    ("CU-27", dying(slower=(190, -0.02)), IN_PART),  # as many units are inactive
    ("CU-27", dying(clip=(105, -0.4)), IN_PART),
    ("CU-27", dying(leaky=(190, -0.4)), IN_PART),
    ("CU-27", dying(bias=(190, -0.4)), IN_PART),  # one of the two biases is enough
    ("CU-27", dying(nothing=(190, 0.0)), NOT_REPRODUCED),
    ("CU-27", dying(slower=(0, 0.0), clip=(0, 0.0), batch_norm=(0, 0.0)), NOT_REPRODUCED),
    ("CU-28", dying(), REPRODUCED),
    ("CU-28", dying(leaky=(60, 0.0)), IN_PART),  # it helps at the high rate, too
    ("CU-28", dying(between={("leaky", 0.2): (130, 0.0)}), NOT_REPRODUCED),  # intervals overlap
]

FIXED_NUMBERS = {
    "pairs": "how many XOR tells apart follows from stored tables of other experiments",
    "share": "an interval holds 95 % in every setting",
    "slope": "the leaky ReLU has TensorFlow's slope in every setting",
}
"""A word beside a number that is no field's though it equals one, and what the number is."""
