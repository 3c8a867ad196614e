"""Made-up tables for the claims on the NaN."""

import pandas as pd

from reproductions.evidence.verdicts import IN_PART, NOT_REPRODUCED, REPRODUCED


def events(activation="relu", **counts):
    """One activation at learning rate 0.01; a sigmoid beside it that never breaks."""
    none = dict.fromkeys(
        ("non_finite", "late", "like_post", "accuracy_half_after", "finite_under_stable_loss"), 0
    )
    rows = [{"activation": "sigmoid", "rate": 0.01, "seeds": 1000, **none}]
    if activation != "sigmoid":
        rows.append({**rows[0], "activation": activation})
    rows[-1] |= counts
    kernels = pd.DataFrame({"same_outcome": [64], "seeds": [64]})
    return {"events": pd.DataFrame(rows), "kernels": kernels}


CASES = [
    ("XP-03", events("sigmoid", late=900), REPRODUCED),
    ("XP-03", events("sigmoid", late=3), IN_PART),
    ("XP-03", events("sigmoid", non_finite=900), NOT_REPRODUCED),
    ("XP-03", events("relu", late=900, like_post=900), NOT_REPRODUCED),
    ("XP-04", events(non_finite=500, accuracy_half_after=500), REPRODUCED),
    ("XP-04", events(non_finite=500, accuracy_half_after=499), IN_PART),
    ("XP-04", events(non_finite=500, accuracy_half_after=400), NOT_REPRODUCED),
    ("XP-04", events(), NOT_REPRODUCED),
    ("XP-05", events(non_finite=500, finite_under_stable_loss=0), REPRODUCED),
    ("XP-05", events(non_finite=500, finite_under_stable_loss=300), IN_PART),
    ("XP-05", events(non_finite=500, finite_under_stable_loss=500), NOT_REPRODUCED),
]
