"""Made-up tables for the claims on the slides' 2-D, 3-D and 4-D networks."""

import pandas as pd

from reproductions.evidence.verdicts import IN_PART, NOT_REPRODUCED, REPRODUCED
from reproductions.experiments.circles.tanh_warping.run import BETTER, SEPARATES


def tables(network, separates, better=500, seeds=512):
    """So many seeds of one network separate; of the other networks, all the other seeds do."""
    rows, accuracies = [], []
    for name in ("2-2-2-1", "2-3-2-1", "2-4-2-1"):
        count = separates if name == network else seeds - separates
        rows += [(name, SEPARATES, count, seeds), (name, BETTER, better, seeds)]
        accuracies += [(name, seed, 1.0 if seed < count else 0.8) for seed in range(seeds)]
    return {
        "rates": pd.DataFrame(rows, columns=["network", "event", "count", "seeds"]),
        "seeds": pd.DataFrame(accuracies, columns=["network", "seed", "accuracy"]),
    }


CASES = [
    ("SL-05", tables("2-2-2-1", 0), REPRODUCED),
    ("SL-05", tables("2-2-2-1", 1), IN_PART),
    ("SL-05", tables("2-2-2-1", 400), NOT_REPRODUCED),
    # Too few seeds to tell.
    ("SL-05", tables("2-2-2-1", 0, better=3, seeds=3), NOT_REPRODUCED),
    *(
        case
        for claim, network in (("SL-06", "2-3-2-1"), ("SL-07", "2-4-2-1"))
        for case in (
            (claim, tables(network, 400), REPRODUCED),
            (claim, tables(network, 250), IN_PART),
            # Better than a line is not enough.
            (claim, tables(network, 10, better=512), NOT_REPRODUCED),
        )
    ),
]

ANOTHER_SETTING = {
    "networks": (((2, 2), 0.0011), ((3, 2), 0.0055), ((4, 3), 0.0055), ((5, 2), 0.011)),
}
"""Where a step away from the small setting makes none that can be run, or none that is drawn."""

LEFT_OUT = [
    "SL-07 is not judged: the tables have no network 2-4-2-1",
    "image_2-4-3-1: network 2-4-3-1 does not end in a layer of two units",
    "learning_2-4-3-1: network 2-4-3-1 does not end in a layer of two units",
]
"""All that this other setting has no numbers for."""

FIXED_NUMBERS = {"direction": "a measured share of the variance"}
"""A word beside a number that is no field's though it equals one, and what the number is."""

FEW_SEEDS = {"networks": (((2, 2), 0.5), ((3, 2), 0.5)), "first_seeds": 18}
"""A setting of few seeds, short enough to be run for several splits of them."""
