"""Made-up tables for what a gradient does that is kept, or lost, on purpose."""

import pandas as pd

from reproductions.evidence.statistics import share_of
from reproductions.evidence.verdicts import IN_PART, NOT_REPRODUCED, REPRODUCED

SEEDS = 100
FUNCTIONS = ("sigmoid", "swish", "relu", "leaky_relu", "tanh")
LITTLE, MUCH = 0.2, 0.8


def cells(**counts):
    """Counts by way and level, such as `weights_much`, each by function; sigmoid reaches little."""
    usual = {
        "nothing": {"sigmoid": 0, "swish": 5, "relu": 80, "leaky_relu": 99, "tanh": 100},
        "weights_little": dict.fromkeys(FUNCTIONS, 0),
        "weights_much": dict.fromkeys(FUNCTIONS[1:], 80),
        "gradient_little": {"sigmoid": 0, "swish": 0, "relu": 30, "leaky_relu": 60, "tanh": 60},
        "gradient_much": {"sigmoid": 0, "swish": 90, "relu": 80, "leaky_relu": 99, "tanh": 100},
        "signals_little": dict.fromkeys(FUNCTIONS, 0),
    }
    levels = {"little": LITTLE, "much": MUCH, "": 0.0}
    rows = []
    for name, of_name in usual.items():
        way, _, level = name.partition("_")
        for activation, count in (of_name | counts.get(name, {})).items():
            rows.append(
                {
                    "activation": activation,
                    "way": way,
                    "level": levels[level],
                    "apart_relative": 0.5,
                    "solved": count,
                    "seeds": SEEDS,
                    **share_of(count, SEEDS),
                }
            )
    return {"cells": pd.DataFrame(rows)}


CASES = [
    ("CU-29", cells(), REPRODUCED),
    ("CU-29", cells(weights_little={"relu": 5}), IN_PART),  # the interval reaches above 0.05
    ("CU-29", cells(weights_much={"tanh": 55}), IN_PART),
    ("CU-29", cells(weights_much={"tanh": 20}, weights_little={"tanh": 20}), NOT_REPRODUCED),
    ("CU-30", cells(), REPRODUCED),
    ("CU-30", cells(signals_little={"relu": 25}), IN_PART),  # the intervals overlap
    (
        "CU-30",
        cells(signals_little=dict.fromkeys(FUNCTIONS, 60), gradient_little={"relu": 0}),
        NOT_REPRODUCED,
    ),
    ("CU-31", cells(), REPRODUCED),
    ("CU-31", cells(gradient_much={"sigmoid": 90}), IN_PART),
    ("CU-31", cells(gradient_much={"swish": 55}), IN_PART),
    ("CU-31", cells(gradient_much={"sigmoid": 90, "swish": 5}), NOT_REPRODUCED),
]

ANOTHER_SETTING = {"hidden": (4,) * 4, "levels": (0.22, 0.3)}
"""Of two hidden layers and less there is no gradient that passes from one to the next."""

LEFT_OUT = [
    "CU-29 is not judged: the tables have no activation tanh",
    "CU-30 is not judged: the tables have no activation tanh",
]
"""In another setting, whose list of functions is one shorter."""
