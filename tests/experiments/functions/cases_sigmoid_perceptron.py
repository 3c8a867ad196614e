"""Made-up tables for the claims on the sigmoid perceptron."""

import pandas as pd

from reproductions.evidence.verdicts import IN_PART, NOT_REPRODUCED, REPRODUCED


def rows(output=0.5, affine=0.0):
    return {
        "rows": pd.DataFrame(
            {
                "affine": [affine],
                "affine_printed": [0.0],
                "output": [output],
                "output_printed": [0.5],
            }
        )
    }


def drawn(*points):
    """Printed points, and a curve through (-5, 0.0) and (5, 1.0)."""
    frame = pd.DataFrame(points, columns=["affine_printed", "output_printed"])
    return {"rows": frame, "curve": pd.DataFrame({"z": [-5.0, 5.0], "sigmoid": [0.0, 1.0]})}


CASES = [
    ("PP-12", rows(output=0.5004), REPRODUCED),
    ("PP-12", rows(output=0.501), NOT_REPRODUCED),
    ("PP-12", rows(affine=0.001), NOT_REPRODUCED),
    ("PP-13", drawn((0.0, 0.5), (1.0, 0.6), (0.004, 0.5)), REPRODUCED),
    ("PP-13", drawn((0.0, 0.5), (1.0, 0.6), (2.0, 0.701)), IN_PART),
    ("PP-13", drawn((0.0, 0.5), (1.0, 0.6), (6.0, 1.0)), IN_PART),  # outside the picture
    ("PP-13", drawn((0.0, 0.499), (1.0, 0.6)), NOT_REPRODUCED),
]
