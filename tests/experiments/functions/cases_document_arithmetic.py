"""Made-up tables for the claims on the xor-post's arithmetic."""

import pandas as pd

from reproductions.evidence.verdicts import DOCUMENT_ERROR, IN_PART, REPRODUCED


def products(layers, product, printed):
    return {
        "products": pd.DataFrame({"layers": [layers], "product": [product], "printed": [printed]})
    }


def sums(printed, e="2.71828 18284 59045 23536"):
    frame = pd.DataFrame({"terms": [1, 9], "sum": ["1.00000 00000 00000 00000", e]})
    return {"e": frame.assign(right_decimals=[0, 20], printed=printed)}


CASES = [
    ("XP-06", products(3, "0.001", "0.001"), REPRODUCED),
    ("XP-06", products(3, "0.001", "0.0010"), REPRODUCED),
    ("XP-06", products(3, "0.001", "0.0001"), DOCUMENT_ERROR),
    ("XP-07", products(10, "0.0000000001", "0.0000000001"), REPRODUCED),
    ("XP-07", products(10, "0.0000000001", "0.00000000001"), DOCUMENT_ERROR),
    ("NP-19", sums("2.718281828459"), REPRODUCED),
    ("NP-19", sums("2.71828182845905"), IN_PART),  # rounded up
    ("NP-19", sums("2.718281828495"), DOCUMENT_ERROR),
    ("NP-19", sums("3.718281828459"), DOCUMENT_ERROR),
]

LEFT_OUT = [
    "XP-06 is not judged: no product of 3 factors is given as printed",
    "XP-07 is not judged: no product of 10 factors is given as printed",
]
"""All that this other setting has no numbers for."""
