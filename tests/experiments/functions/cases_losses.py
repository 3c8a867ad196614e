"""Made-up tables for the claims on loss functions."""

import math

import pandas as pd

from reproductions.evidence.verdicts import NOT_REPRODUCED, REPRODUCED


def jumps(
    accuracy_values=30, smallest=0.01, off_whole=1e-6, loss_values=201, finer_loss_change=0.05
):
    return {
        "jumps": pd.DataFrame(
            {
                "seed": [0, 0],
                "steps": [100, 200],
                "points": [100, 100],
                "accuracy_values": [30, accuracy_values],
                "smallest_accuracy_change": [0.01, smallest],
                "right_off_whole": [1e-6, off_whole],
                "largest_accuracy_change": [0.02, 0.02],
                "loss_values": [101, loss_values],
                "largest_loss_change_nats": [0.1, finer_loss_change],
            }
        )
    }


def cases(implemented=0.5, keras=0.5, ordinary=True):
    return {
        "cases": pd.DataFrame(
            {
                "case": ["plain", "exceptional"],
                "ordinary": [True, ordinary],
                "by_hand": [0.5, math.inf if not ordinary else 0.25],
                "implemented": [implemented, 0.25],
                "keras": [keras, 0.25],
            }
        )
    }


CASES = [
    ("NP-12", jumps(), REPRODUCED),
    ("NP-12", jumps(accuracy_values=102), NOT_REPRODUCED),
    ("NP-12", jumps(off_whole=0.32), NOT_REPRODUCED),  # 33.32 %
    ("NP-12", jumps(smallest=0.0032), NOT_REPRODUCED),  # 33.32 % after 33 %
    ("NP-12", jumps(loss_values=30), NOT_REPRODUCED),  # a loss in steps
    ("NP-12", jumps(finer_loss_change=0.1), NOT_REPRODUCED),  # a loss that jumps
    ("NP-13", cases(), REPRODUCED),
    ("NP-13", cases(ordinary=False), REPRODUCED),  # Keras clips: shown, not judged
    ("NP-13", cases(implemented=0.25), NOT_REPRODUCED),  # the half-sum variant
    ("NP-13", cases(keras=0.5 + 1e-7), NOT_REPRODUCED),
    ("NP-13", cases(implemented=math.nan), NOT_REPRODUCED),
]
