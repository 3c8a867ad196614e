"""Made-up tables for the claims on dying units, and the verdicts that they must give."""

import itertools

import pandas as pd

from reproductions.evidence.statistics import share_of
from reproductions.evidence.verdicts import IN_PART, NOT_REPRODUCED, REPRODUCED

SEEDS = 200
DIVERGING = ("hidden", "leaky_relu", -120)


def units(unmoved=SEEDS, dead_start=SEEDS, alone=SEEDS, hidden=SEEDS, leaky_dead=0):
    """ReLU units that stay dead, and leaky units, of which the given numbers are active again."""
    rows = []
    for place, function, bias in itertools.product(
        ("alone", "hidden"), ("relu", "leaky_relu", "elu"), (0, -10, -120)
    ):
        active = {"alone": alone, "hidden": hidden}[place] if function == "leaky_relu" else 0
        stays = function == "relu" and bias < 0
        rows.append(
            {
                "place": place,
                "function": function,
                "bias": bias,
                "seeds": SEEDS,
                "dead_start": dead_start if stays else leaky_dead,
                "unmoved": unmoved if stays else 0,
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


def zeros(digits=(1, 10**7), xor=(0, 10**5), left=0.0, derivatives=(0.0, 0.0)):
    """How often an input is exactly 0, out of how many; and the derivative at 0."""
    counts = {"digits, rate 0.1": digits, "XOR before training, biases 0": xor}
    rows = [
        {"setting": setting, "layer": 1, "zeros": zero, "inputs": inputs, **share_of(zero, inputs)}
        for setting, (zero, inputs) in counts.items()
    ]
    sources = {**dict(enumerate(derivatives)), "from the left": left, "from the right": 1.0}
    at_zero = pd.DataFrame(sources.items(), columns=["source", "derivative"])
    return {"zeros": pd.DataFrame(rows), "at_zero": at_zero}


CASES = [
    ("SL-15", units(), REPRODUCED),
    ("SL-15", units(unmoved=SEEDS - 1), NOT_REPRODUCED),
    ("SL-15", units(dead_start=SEEDS - 1), NOT_REPRODUCED),
    ("SL-16", units(), REPRODUCED),
    ("SL-16", units(hidden=0), IN_PART),
    ("SL-16", units(hidden=SEEDS - 10), IN_PART),
    ("SL-16", units(alone=SEEDS - 10), NOT_REPRODUCED),
    ("SL-16", units(leaky_dead=1), NOT_REPRODUCED),
    ("RP-07", deaths(), REPRODUCED),
    ("RP-07", deaths(second=(20, 3)), IN_PART),
    ("RP-07", deaths(first=(30, 1)), NOT_REPRODUCED),
    ("RP-07", deaths(first=(0, 0), second=(0, 0)), NOT_REPRODUCED),
    ("RP-09", zeros(), REPRODUCED),
    ("RP-09", zeros(xor=(25_000, 10**5)), IN_PART),
    ("RP-09", zeros(digits=(10**4, 10**7)), NOT_REPRODUCED),
    ("RP-09", zeros(left=1.0), NOT_REPRODUCED),
    ("RP-09", zeros(derivatives=(0.0, 0.5)), NOT_REPRODUCED),
]

LEFT_OUT = [
    "SL-15 is not judged: the tables have no bias of -10 or below",
    "SL-16 is not judged: the tables have no bias of -10 or below",
]
"""All that this other setting has no numbers for."""

FIXED_NUMBERS = {"ReLU": "the leaky slope of the slides"}
"""A word beside a number that is no field's though it equals one, and what the number is."""
