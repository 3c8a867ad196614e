"""Made-up tables for what explains which networks learn."""

import pandas as pd

from reproductions.evidence.statistics import share_of
from reproductions.evidence.verdicts import IN_PART, NOT_REPRODUCED, REPRODUCED
from reproductions.experiments.xor.cure_causes import AS_THE_POST, EVERY, QUANTITIES


def fits(gradient=(0.2, 0.1, 0.3), more=(0.3, 0.1, 0.5), more_as_the_post=(0.3, 0.1, 0.5)):
    rows = []
    for cells, difference in ((EVERY, more), (AS_THE_POST, more_as_the_post)):
        for quantity in QUANTITIES:
            ends = {
                "R² of the gradient alone": gradient,
                "R² of the spread less that of the gradient": difference,
            }.get(quantity, (0.6, 0.5, 0.7))
            names = ("cells", "quantity", "value", "low", "high")
            rows.append(dict(zip(names, (cells, quantity, *ends), strict=True)))
    return {"fits": pd.DataFrame(rows)}


def cells(*rows):
    """Each row: gradient ratio, how many of 200 solve XOR, and the table of the network."""
    return {
        "cells": pd.DataFrame(
            [
                {"table": table, "gradient": gradient, "reached": n, **share_of(n, 200)}
                for gradient, n, table in rows
            ]
        )
    }


CASES = [
    ("CU-09", fits(), REPRODUCED),
    ("CU-09", fits(more=(0.1, -0.1, 0.3)), IN_PART),
    ("CU-09", fits(more=(0.1, -0.1, 0.3), more_as_the_post=(0.1, -0.1, 0.3)), NOT_REPRODUCED),
    ("CU-10", fits(), REPRODUCED),
    ("CU-10", fits(gradient=(0.4, 0.2, 0.6)), IN_PART),
    ("CU-10", fits(gradient=(0.6, 0.4, 0.8)), NOT_REPRODUCED),
    ("CU-11", cells((0.1, 0, "singles"), (1e-3, 150, "pairs")), REPRODUCED),
    ("CU-11", cells((0.1, 0, "singles"), (0.01, 150, "singles")), IN_PART),
    ("CU-11", cells((0.09, 0, "singles"), (1e-3, 150, "singles")), IN_PART),
    # Fewer updates than the post's do not show that a network cannot learn.
    ("CU-11", cells((0.1, 0, "reverse"), (1e-3, 150, "singles")), IN_PART),
    # The intervals reach beyond what counts as few and as most.
    ("CU-11", cells((1.0, 5, "singles"), (1e-6, 105, "singles")), NOT_REPRODUCED),
]
