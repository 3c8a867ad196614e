"""Made-up tables for the claim that VGG and DenseNet use ReLU."""

import pandas as pd

from reproductions.evidence.verdicts import IN_PART, NOT_REPRODUCED, REPRODUCED


def counts(relu=10, other=0, last="softmax"):
    """Two networks; the second has so many of ReLU and of another function in its hidden layers."""
    rows = [
        ("VGG", "hidden", "relu", 10),
        ("VGG", "output", "softmax", 1),
        ("DenseNet", "hidden", "relu", relu),
        ("DenseNet", "hidden", "tanh", other),
        ("DenseNet", "output", last, 1),
    ]
    columns = ["network", "where", "function", "count"]
    return {"counts": pd.DataFrame([row for row in rows if row[3]], columns=columns)}


CASES = [
    ("SL-26", counts(), REPRODUCED),
    ("SL-26", counts(relu=9, other=1), IN_PART),
    ("SL-26", counts(last="relu"), IN_PART),  # it is at the end too
    ("SL-26", counts(relu=5, other=5), NOT_REPRODUCED),
    ("SL-26", counts(relu=0, other=10), NOT_REPRODUCED),
]
