"""Made-up tables for the claims on dying units, and the verdicts that they must give."""

import itertools

import pandas as pd

from reproductions.evidence.statistics import share_of
from reproductions.evidence.verdicts import IN_PART, NOT_REPRODUCED, REPRODUCED

SEEDS = 200
DIVERGING = ("hidden", "leaky_relu", -120)


def units(unmoved=SEEDS, dead_start=SEEDS, leaky_dead=0, leaky_unmoved=(0, 0)):
    """ReLU units that stay dead, and leaky units that move but for so many alone and hidden."""
    rows = []
    for place, function, bias in itertools.product(
        ("alone", "hidden"), ("relu", "leaky_relu", "elu"), (0, -10, -120)
    ):
        still = leaky_unmoved[place == "hidden"] if function == "leaky_relu" else 0
        active = SEEDS if function == "leaky_relu" and place == "alone" else 0
        stays = function == "relu" and bias < 0
        rows.append(
            {
                "place": place,
                "function": function,
                "bias": bias,
                "seeds": SEEDS,
                "dead_start": dead_start if stays else leaky_dead,
                "unmoved": unmoved if stays else still,
                "dead_end": leaky_dead if function == "leaky_relu" else 0,
                "active_end": active,
                **share_of(active, SEEDS),
                "on_line": 0,
                "non_finite": SEEDS if (place, function, bias) == DIVERGING else 0,
                "updates": 100,
                "updates_later": 1000,
                "continued": 16 if function == "elu" else 0,
                "active_later": 0,
            }
        )
    return {"units": pd.DataFrame(rows)}


def deaths(first=(30, 0), second=(20, 0)):
    """In each seed, how many units of both layers ever die, and how many come back."""
    rows = [
        {
            "layer": layer,
            "rate": 0.5,
            "seed": seed,
            "units": 24,
            "ever_dead": died,
            "revived": revived,
            "dead_end": died - revived,
        }
        for layer, (died, revived) in enumerate((first, second), 1)
        for seed in range(5)
    ]
    return {"deaths_by_seed": pd.DataFrame(rows)}


def zeros(share=0.0, left=0.0, derivatives=(0.0, 0.0), networks=200, sums=100_000):
    """The share of sums that are exactly 0 in the post's networks; and the derivative at 0."""
    shares = {
        "XOR post's ReLU network": share,
        "zero-padded CNN, first batch": 0.2,
        "zero-padded CNN, an epoch later": 0.0,
    }
    rows = [
        {
            "setting": name,
            "seeds": networks,
            "with_zeros": int(networks * (value > 0)),
            "sums": sums,
        }
        | {"share": value, "low": 0.9 * value, "high": 1.1 * value}
        for name, value in shares.items()
    ]
    sources = {**dict(enumerate(derivatives)), "from the left": left, "from the right": 1.0}
    at_zero = pd.DataFrame(sources.items(), columns=["source", "derivative"])
    return {"training_zeros": pd.DataFrame(rows), "at_zero": at_zero}


CASES = [
    ("SL-15", units(), REPRODUCED),
    ("SL-15", units(unmoved=SEEDS - 1), NOT_REPRODUCED),
    ("SL-15", units(dead_start=SEEDS - 1), NOT_REPRODUCED),
    ("SL-16", units(), REPRODUCED),
    ("SL-16", units(leaky_unmoved=(0, 1)), IN_PART),
    ("SL-16", units(leaky_unmoved=(1, 0)), NOT_REPRODUCED),
    ("SL-16", units(leaky_dead=1), NOT_REPRODUCED),
    ("SL-16", units(dead_start=SEEDS - 1), NOT_REPRODUCED),  # no problem that could be solved
    ("RP-07", deaths(), REPRODUCED),
    ("RP-07", deaths(second=(20, 3)), REPRODUCED),
    ("RP-07", deaths(first=(30, 30), second=(20, 20)), IN_PART),  # all of them come back
    ("RP-07", deaths(first=(0, 0), second=(0, 0)), NOT_REPRODUCED),
    ("RP-09", zeros(), REPRODUCED),
    ("RP-09", zeros(share=9e-5), REPRODUCED),
    ("RP-09", zeros(share=1e-3), IN_PART),
    ("RP-09", zeros(networks=2, sums=100), IN_PART),  # too few to say that they are rare
    ("RP-09", zeros(derivatives=(0.0, 0.5)), IN_PART),
    ("RP-09", zeros(left=1.0), NOT_REPRODUCED),
]

LEFT_OUT = [
    "SL-15 is not judged: the tables have no bias of -10 or below",
    "SL-16 is not judged: the tables have no bias of -10 or below",
]
"""All that this other setting has no numbers for."""

FIXED_NUMBERS = {"ReLU": "the leaky slope of the slides"}
"""A word beside a number that is no field's though it equals one, and what the number is."""
