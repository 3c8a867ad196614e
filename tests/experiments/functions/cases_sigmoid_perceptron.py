"""Made-up tables for the claims on the sigmoid perceptron."""

import pandas as pd

from reproductions.evidence.verdicts import NOT_REPRODUCED, REPRODUCED


def rows(output=0.5, affine=0.0, curve=0.5):
    return {
        "rows": pd.DataFrame(
            {
                "affine": [affine],
                "affine_printed": [0.0],
                "output": [output],
                "output_printed": [0.5],
                "curve_at_printed": [curve],
            }
        )
    }


CASES = [
    ("PP-12", rows(output=0.5004), REPRODUCED),
    ("PP-12", rows(output=0.501), NOT_REPRODUCED),
    ("PP-12", rows(affine=0.001), NOT_REPRODUCED),
    ("PP-13", rows(), REPRODUCED),
    ("PP-13", rows(curve=0.50001), NOT_REPRODUCED),
]
