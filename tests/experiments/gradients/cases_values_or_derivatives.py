"""Made-up tables for the claims on values and derivatives, and the verdicts that they must give."""

import pandas as pd

from reproductions.evidence.statistics import share_of
from reproductions.evidence.verdicts import IN_PART, NOT_REPRODUCED, REPRODUCED
from reproductions.experiments.gradients import values_or_derivatives as experiment


def vanished(rising=900, wave=900, moved=100, relu=100, capped=300, half=300, double=300):
    """In how many of 1,000 seeds the gradient vanishes, with each function."""
    rows = [
        (experiment.RISING, "sigmoid", 990),
        (experiment.RISING, "sigmoid(4x)", rising),
        (experiment.WAVE, "wave", wave),
        (experiment.MOVED, "moved", moved),
        (experiment.MOVED_ALONE, "moved alone", 990),
        (experiment.RELU, "ReLU", relu),
        (experiment.NARROW, "ReLU, at most 1", capped),
        (experiment.NARROW, "ReLU, at most 6", relu),
        (experiment.NO_IDENTITY, "0.5 ReLU", half),
        (experiment.NO_IDENTITY, "2 ReLU", double),
    ]
    made = [
        {
            "initialisation": "normal",
            "kind": kind,
            "function": name,
            "seeds": 1000,
            "none": 50,
            **share_of(count, 1000),
        }
        for kind, name, count in rows
    ]
    he = [{**row, "initialisation": "he", **share_of(500, 1000)} for row in made]
    return {"gradients": pd.DataFrame([*made, *he])}


CASES = [
    ("XP-24", vanished(), REPRODUCED),
    ("XP-24", vanished(moved=900), IN_PART),
    ("XP-24", vanished(wave=0), IN_PART),
    ("XP-24", vanished(rising=510), NOT_REPRODUCED),  # the interval reaches one half
    ("XP-24", vanished(rising=100, moved=900), NOT_REPRODUCED),
    ("RP-21", vanished(), REPRODUCED),
    ("RP-21", vanished(double=100), IN_PART),
    ("RP-21", vanished(capped=110), IN_PART),  # the intervals overlap
    ("RP-21", vanished(capped=100, half=100), NOT_REPRODUCED),
    ("RP-21", vanished(relu=990, capped=999, half=999, double=999), NOT_REPRODUCED),
]

LEFT_OUT = ["RP-21 is not judged: the tables have no function ReLU, at most 1"]
"""All that this other setting has no numbers for."""
