"""Made-up tables for the claims on the matrix product and the three-layer network."""

import pandas as pd

from reproductions.evidence.verdicts import IN_PART, NOT_REPRODUCED, REPRODUCED

SHAPES = "(1, 2) · (2, 3) -> (1, 3)"


def product(value=15.0, shapes=SHAPES):
    return {"product": pd.DataFrame({"product": [value], "printed": [15.0], "shapes": [shapes]})}


def pairs(*results):
    """Results of products of a 1 x 2 matrix with a 2 x 3 and with a 3 x 2 matrix."""
    shapes = [(1, 2, 2, 3), (1, 2, 3, 2)]
    return {"shapes": pd.DataFrame(shapes, columns=list("abcd")).assign(result=results)}


def outputs(*pairs):
    """One output of the layers and of the listing for each input."""
    frame = pd.DataFrame(pairs, columns=["layers", "listing"])
    return {"against_the_listing": frame.assign(input=range(len(pairs)), unit=1)}


CASES = [
    ("NP-10", product() | pairs("(1, 3)", "refused"), REPRODUCED),
    ("NP-10", product() | pairs("(1, 3)", "(1, 2)"), IN_PART),
    ("NP-10", product() | pairs("(3, 1)", "refused"), IN_PART),
    ("NP-10", product(value=15.000001) | pairs("(1, 3)", "refused"), NOT_REPRODUCED),
    (
        "NP-10",
        product(shapes="(1, 2) · (2, 3) -> (3, 1)") | pairs("(1, 3)", "refused"),
        NOT_REPRODUCED,
    ),
    ("NP-11", outputs((0.316827081, 0.316827079), (0.5, 0.5)), REPRODUCED),
    ("NP-11", outputs((0.316827081, 0.316827079), (0.5, 0.50000001)), IN_PART),
    ("NP-11", outputs((0.31682708, 0.31682709), (0.5, 0.5)), NOT_REPRODUCED),
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
