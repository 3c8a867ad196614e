"""Made-up tables for the claim on the sigmoid's flat ends, and the verdicts that they must give."""

import pandas as pd

from reproductions.evidence.statistics import share_of
from reproductions.evidence.verdicts import IN_PART, NOT_REPRODUCED, REPRODUCED


def tables(small=12, large=12, at_5=0.0066, at_10=4.5e-5, gradients=(1e-8, 1e-8)):
    """Slow seeds and gradients at the two ends of the scales, and the slopes."""
    slopes = {-10.0: at_10, -5.0: at_5, 0.0: 0.25, 5.0: at_5, 10.0: at_10}
    scales = [
        {"scale": scale, "slow": slow, **share_of(slow, 12)}
        for scale, slow in ((0.01, small), (1.0, 0), (100.0, large))
    ]
    start = {"scale": [0.01, 1.0, 100.0], "layer": 1, "saturated": [0.0, 0.1, 0.9]}
    start["gradient_q50"] = [gradients[0], 1e-3, gradients[1]]
    return {
        "slopes": pd.DataFrame(slopes.items(), columns=["x", "slope"]),
        "scales": pd.DataFrame(scales),
        "start": pd.DataFrame(start),
    }


CASES = [
    ("SL-10", tables(), REPRODUCED),
    ("SL-10", tables(small=6), IN_PART),
    ("SL-10", tables(large=0), IN_PART),
    ("SL-10", tables(small=0, large=8), NOT_REPRODUCED),
    # Slow, but the gradient is not near 0: at one end, or at both.
    ("SL-10", tables(gradients=(1e-8, 0.1)), IN_PART),
    ("SL-10", tables(gradients=(1e-3, 2e-5)), NOT_REPRODUCED),
    # The gradient is near 0 where learning is not slow.
    ("SL-10", tables(large=0, gradients=(1e-3, 1e-8)), NOT_REPRODUCED),
    ("SL-10", tables(at_5=0.02), NOT_REPRODUCED),
    ("SL-10", tables(at_10=1e-3), NOT_REPRODUCED),
]

LEFT_OUT = ["SL-10 is not judged: the tables have no scale 1.0"]
"""All that this other setting has no numbers for."""
