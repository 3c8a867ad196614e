"""Made-up tables for the claim that cross entropy needs outputs between 0 and 1."""

import pandas as pd

from reproductions.evidence.statistics import share_of
from reproductions.evidence.verdicts import IN_PART, NOT_REPRODUCED, REPRODUCED


def rates(softmax=200, raw=0, keras=0):
    learned = {"softmax": softmax, "raw": raw, "raw in Keras": keras, "sigmoid each": 100}
    rows = [
        {"variant": name, "learned": count, "seeds": 200, "undefined_start": 0,
         "finite_end": 200, **share_of(count, 200)}
        for name, count in learned.items()
    ]  # fmt: skip
    return {"rates": pd.DataFrame(rows)}


CASES = [
    ("SL-27", rates(), REPRODUCED),
    ("SL-27", rates(keras=50), IN_PART),
    ("SL-27", rates(keras=8), IN_PART),  # the interval reaches 5 %
    ("SL-27", rates(raw=20), NOT_REPRODUCED),  # it learns without
    ("SL-27", rates(softmax=150), NOT_REPRODUCED),  # nothing to lose
]
