"""Made-up tables for the claims on hidden layers, and the verdicts that they give."""

import itertools

import pandas as pd

from reproductions.evidence.statistics import share_of
from reproductions.evidence.verdicts import IN_PART, NOT_REPRODUCED, REPRODUCED
from reproductions.experiments.gradients.hidden_softmax import FOUR

FUNCTIONS = ("softmax", "tanh", "relu")


def tables(solved=(10, 120, 110), worse=(0.1, 0.1)):
    """Seeds that solve XOR out of 128, and by how much softmax's test error is larger."""
    rows = [
        {"function": name, "solved": count, "seeds": 128, **share_of(count, 128)}
        for name, count in zip(FUNCTIONS, solved, strict=True)
    ]
    differences = [
        {"against": name, "difference": mean, "low": mean - 0.01, "high": mean + 0.01}
        for name, mean in zip(FUNCTIONS[1:], worse, strict=True)
    ]
    signals = [
        {"function": name, "layer": layer, "spread_q50": 0.1, "gradient_q50": 0.1}
        for name, layer in itertools.product(FUNCTIONS, (1, 2))
    ]
    return {
        "solved": pd.DataFrame(rows),
        "errors": pd.DataFrame({"function": FUNCTIONS, "error": 0.1}),
        "differences": pd.DataFrame(differences),
        "signals": pd.DataFrame(signals),
    }


def four(solved=(0, 0, 60, 60), worse=(0.1, 0.1, 0.1, 0.1)):
    """Seeds of threshold, linear, sigmoid and tanh that solve XOR, where 110 do with ReLU."""
    rows = [
        {"function": name, "solved": count, "seeds": 128, **share_of(count, 128)}
        for name, count in zip((*FOUR, "relu"), (*solved, 110), strict=True)
    ]
    differences = [
        {"function": name, "difference": mean, "low": mean - 0.01, "high": mean + 0.01}
        for name, mean in zip(FOUR, worse, strict=True)
    ]
    return {"solved": pd.DataFrame(rows), "against_relu": pd.DataFrame(differences)}


CASES = [
    ("RP-19", four(), REPRODUCED),
    ("RP-19", four(solved=(110, 110, 110, 110)), REPRODUCED),  # the digits alone
    ("RP-19", four(worse=(0, 0, 0, 0)), REPRODUCED),  # XOR alone
    ("RP-19", four(solved=(0, 0, 60, 110), worse=(0.1, 0.1, 0.1, 0.005)), IN_PART),
    ("RP-19", four(solved=(0, 0, 60, 128)), IN_PART),  # one is better on one of the tasks
    ("RP-19", four(solved=(0, 0, 60, 60), worse=(0.1, 0.1, 0.1, -0.1)), IN_PART),
    ("RP-19", four(solved=(110,) * 4, worse=(0, 0, 0, -0.1)), NOT_REPRODUCED),
    ("RP-15", tables(), REPRODUCED),
    ("RP-15", tables(solved=(110, 120, 110)), IN_PART),  # on the digits alone
    ("RP-15", tables(worse=(0.1, 0.005)), IN_PART),  # one interval reaches 0
    ("RP-15", tables(worse=(-0.1, -0.1)), IN_PART),
    ("RP-15", tables(solved=(128, 120, 110), worse=(-0.1, 0.0)), NOT_REPRODUCED),
]

LEFT_OUT = [
    "RP-15 is not judged: the tables have no function relu",
    "RP-19 is not judged: the tables have no function relu",
]
"""All that this other setting has no numbers for."""
