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

ANOTHER_SETTING = {
    "product_x": ((2, 3, 4),),
    "product_w": ((2, 3), (4, 5), (6, 7)),
    "product_printed": ((40, 49),),
    "x": (1.1, 0.55),
    "weights": (
        (((0.11, 0.33, 0.55), (0.22, 0.44, 0.66)), (0.11, 0.22, 0.33)),
        (((0.11, 0.44), (0.22, 0.55), (0.33, 0.66)), (0.11, 0.22)),
    ),
    "y_printed": (0.51, 0.9),
}
"""Where a step away from the small setting makes none that can be run, or none that is drawn."""
