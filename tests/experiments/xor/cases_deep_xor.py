"""Made-up tables for the claims on the 10-layer XOR network."""

import pandas as pd

from reproductions.evidence.claims import IN_PART, NOT_REPRODUCED, REPRODUCED
from reproductions.experiments.xor.deep_xor.run import ENDS, LEARNS, REACHES

ACTIVATIONS = ("sigmoid", "relu", "leaky_relu", "tanh")
EVENTS = ("solved", "plateau", "other", "non-finite", ENDS, REACHES, LEARNS)


def rates(activation, event, count, seeds=1000):
    """All counts are 0, but for one event of one activation under the post's loss."""
    rows = [
        {
            "activation": a,
            "loss": loss,
            "event": e,
            "count": count if (a, e, loss) == (activation, event, "document") else 0,
            "seeds": seeds,
        }
        for a in ACTIVATIONS
        for loss in ("document", "stable")
        for e in EVENTS
    ]
    return {"rates": pd.DataFrame(rows)}


def curves(points, activations=ACTIVATIONS):
    rows = [
        {"activation": a, "loss": "document", "step": 100 * i}
        for a in activations
        for i in range(points)
    ]
    return {"curves": pd.DataFrame(rows)}


CASES = [
    ("XP-02", rates("sigmoid", REACHES, 990), REPRODUCED),
    ("XP-02", rates("sigmoid", REACHES, 950), IN_PART),
    ("XP-02", rates("sigmoid", REACHES, 6), NOT_REPRODUCED),
    ("XP-10", rates("sigmoid", "solved", 0), REPRODUCED),
    ("XP-10", rates("sigmoid", "solved", 100), IN_PART),
    ("XP-10", rates("sigmoid", "solved", 900), NOT_REPRODUCED),
    *(
        case
        for claim, activation in (("XP-11", "relu"), ("XP-12", "tanh"), ("XP-13", "leaky_relu"))
        for case in (
            (claim, rates(activation, "solved", 1000), REPRODUCED),
            (claim, rates(activation, "solved", 950), IN_PART),
            (claim, rates(activation, "solved", 10), NOT_REPRODUCED),
            # The post's own criterion is not the one that counts.
            (claim, rates(activation, ENDS, 1000), NOT_REPRODUCED),
        )
    ),
    ("XP-16", curves(201), REPRODUCED),
    ("XP-16", curves(200), NOT_REPRODUCED),
    ("XP-16", curves(201, ACTIVATIONS[:3]), NOT_REPRODUCED),
]
