"""Made-up tables for the claims on negative units and on ReLU's siblings, and their verdicts."""

import itertools

import pandas as pd

from reproductions.evidence.statistics import share_of
from reproductions.evidence.verdicts import IN_PART, NOT_REPRODUCED, REPRODUCED

SEEDS = 32
RATES = (0.1, 2.0)


def seeds(alive=(0, 0), negative=100):
    """ReLU units that turned negative in each network, and how many of them live, by rate."""
    rows = [
        {
            "function": "relu",
            "rate": rate,
            "layer": 1,
            "seed": seed,
            "negative": negative,
            "alive": count,
            "pairs": 1000,
            "back": 100,
        }
        for rate, count in zip(RATES, alive, strict=True)
        for seed in range(SEEDS)
    ]
    return {"seeds": pd.DataFrame(rows)}


def networks(relu=(0, 32), leaky_relu=(0, 0), elu=(0, 0)):
    """How many networks have a unit that stands still, by function and rate; None: all diverge."""
    counts = {"relu": relu, "leaky_relu": leaky_relu, "elu": elu}
    rows = [
        {
            "function": name,
            "rate": rate,
            "finite": SEEDS,
            "with_still": counts[name][place],
            **share_of(counts[name][place], SEEDS),
            "still_share": 0.1,
            "silent_share": 0.1,
        }
        for name, (place, rate) in itertools.product(counts, enumerate(RATES))
        if counts[name][place] is not None
    ]
    finite = [
        {"function": name, "rate": rate, "seeds": SEEDS, "finite": SEEDS * (count is not None)}
        for name in counts
        for rate, count in zip(RATES, counts[name], strict=True)
    ]
    return {"still": pd.DataFrame(rows), "networks": pd.DataFrame(finite)}


CASES = [
    ("RP-12", seeds(), REPRODUCED),
    ("RP-12", seeds(alive=(4, 4)), REPRODUCED),
    ("RP-12", seeds(alive=(0, 30)), IN_PART),
    ("RP-12", seeds(alive=(90, 0)), NOT_REPRODUCED),  # at one rate most of them live
    ("RP-13", networks(), REPRODUCED),
    ("RP-13", networks(elu=(0, 1)), IN_PART),  # one of the two
    ("RP-13", networks(leaky_relu=(0, 2), elu=(0, 1)), IN_PART),  # fewer, but some
    ("RP-13", networks(leaky_relu=(1, 0), elu=(1, 0)), NOT_REPRODUCED),  # more at one rate
    # Where all networks of a function diverge, it is judged at the other rates.
    ("RP-13", networks(relu=(32, 32), leaky_relu=(0, None)), REPRODUCED),
    ("RP-13", networks(leaky_relu=(0, None), elu=(0, 32)), NOT_REPRODUCED),
    ("RP-13", networks(relu=(0, 3)), NOT_REPRODUCED),  # intervals overlap
    ("RP-13", networks(leaky_relu=(0, 32), elu=(0, 32)), NOT_REPRODUCED),
]

LEFT_OUT = ["RP-13 is not judged: the tables have no function elu"]
"""All that this other setting has no numbers for."""

FIXED_NUMBERS = {"ReLU": "the leaky slope of the slides"}
"""A word beside a number that is no field's though it equals one, and what the number is."""
