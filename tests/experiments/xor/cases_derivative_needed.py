"""Made-up tables for the claim that a derivative matters for learning."""

import pandas as pd

from reproductions.evidence.statistics import share_of
from reproductions.evidence.verdicts import IN_PART, NOT_REPRODUCED, REPRODUCED
from reproductions.experiments.xor.derivative_needed import PARTS, REPLACED


def tables(unmoved=200, **learnt):
    """So many of 200 units learn both gates with a function, by default 180."""
    counts = {name: learnt.get(name, 0 if name == "threshold" else 180) for name in PARTS}
    rows = [
        {"function": name, "learnt": count, "seeds": 200, **share_of(count, 200),
         "unmoved": unmoved if name == "threshold" else 0}
        for name, count in counts.items()
    ]  # fmt: skip
    return {"units": pd.DataFrame(rows)}


CASES = [
    ("PP-22", tables(), REPRODUCED),
    ("PP-22", tables(softplus=120), REPRODUCED),
    ("PP-22", tables(softplus=110), IN_PART),  # its interval reaches below one half
    ("PP-22", tables(relu=10), REPRODUCED),  # it is not differentiable at 0
    ("PP-22", tables(**{REPLACED: 110}), NOT_REPRODUCED),  # it need not be the derivative
    ("PP-22", tables(unmoved=199), NOT_REPRODUCED),
]
