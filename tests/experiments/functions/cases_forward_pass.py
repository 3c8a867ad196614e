"""Made-up tables for the claims on the matrix product and the three-layer network."""

import pandas as pd

from reproductions.evidence.verdicts import NOT_REPRODUCED, REPRODUCED

SHAPES = "(1, 2) · (2, 3) -> (1, 3)"


def product(value=15.0, shapes=SHAPES):
    return {"product": pd.DataFrame({"product": [value], "printed": [15.0], "shapes": [shapes]})}


def output(value):
    return {"output": pd.DataFrame({"output": [value], "printed": [0.31682708]})}


CASES = [
    ("NP-10", product(), REPRODUCED),
    ("NP-10", product(value=15.000001), NOT_REPRODUCED),
    ("NP-10", product(shapes="(1, 2) · (2, 3) -> (3, 1)"), NOT_REPRODUCED),
    ("NP-11", output(0.3168270764), REPRODUCED),
    ("NP-11", output(0.3168270864), NOT_REPRODUCED),
]
