"""Made-up tables for the claim on updates in the flat part, and the verdicts that they give."""

import itertools

import pandas as pd

from reproductions.evidence.statistics import share_of
from reproductions.evidence.verdicts import IN_PART, NOT_REPRODUCED, REPRODUCED

SEEDS = 200


def tables(sigmoid=1e-3, tanh=1e-6, relu=1.4, stuck=0, at_0=SEEDS, relu_away=SEEDS):
    """Updates far from 0 as multiples of those at 0, and units that halve their loss."""
    far = {"sigmoid": sigmoid, "tanh": tanh, "relu": relu, "softplus": 1.4}
    updates, training = [], []
    for name, distance in itertools.product(far, (-10.0, 0.0, 10.0)):
        key = {"function": name, "distance": distance}
        below = name == "relu" and distance < 0
        ratio = 1.0 if distance == 0 else 0.0 if below else far[name]
        updates.append({**key, "ratio": ratio, "low": 0.9 * ratio, "high": 1.1 * ratio})
        away = at_0 if distance == 0 else relu_away if name == "relu" else stuck
        training.append({**key, "seeds": SEEDS, "away": away, **share_of(away, SEEDS)})
    return {"updates": pd.DataFrame(updates), "training": pd.DataFrame(training)}


CASES = [
    ("RP-14", tables(), REPRODUCED),
    ("RP-14", tables(sigmoid=0.02), IN_PART),
    ("RP-14", tables(relu=0.5), IN_PART),
    ("RP-14", tables(stuck=150), IN_PART),
    ("RP-14", tables(at_0=50), IN_PART),
    ("RP-14", tables(relu_away=20), IN_PART),
    ("RP-14", tables(sigmoid=0.02, tanh=0.3), NOT_REPRODUCED),
]

LEFT_OUT = ["RP-14 is not judged: the tables have no distance -10.0 for function sigmoid"]
"""All that this other setting has no numbers for."""

FIXED_NUMBERS = {"ReLU": "the leaky slope of the slides"}
"""A word beside a number that is no field's though it equals one, and what the number is."""
