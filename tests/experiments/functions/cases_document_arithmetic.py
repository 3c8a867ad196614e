"""Made-up tables for the claims on the xor-post's arithmetic."""

import pandas as pd

from reproductions.evidence.verdicts import DOCUMENT_ERROR, REPRODUCED


def products(layers, product, printed):
    return {
        "products": pd.DataFrame({"layers": [layers], "product": [product], "printed": [printed]})
    }


CASES = [
    ("XP-06", products(3, "0.001", "0.001"), REPRODUCED),
    ("XP-06", products(3, "0.001", "0.0010"), REPRODUCED),
    ("XP-06", products(3, "0.001", "0.0001"), DOCUMENT_ERROR),
    ("XP-07", products(10, "0.0000000001", "0.0000000001"), REPRODUCED),
    ("XP-07", products(10, "0.0000000001", "0.00000000001"), DOCUMENT_ERROR),
]

LEFT_OUT = [
    "XP-06 is not judged: no product of 3 factors is given as printed",
    "XP-07 is not judged: no product of 10 factors is given as printed",
]
"""All that this other setting has no numbers for."""
