"""Made-up tables for the claims on the documents' code as printed."""

import math

import pandas as pd

from reproductions.evidence.verdicts import IN_PART, NOT_REPRODUCED, REPRODUCED


def formulas(small="right", large="right", layer="right"):
    rows = [
        ("as printed", 10.0, small),
        ("as printed", 1000.0, large),
        ("layer", 10.0, "right"),
        ("layer", 1000.0, layer),
    ]
    first = 710.0 if large != "right" else math.inf
    return {
        "formulas": pd.DataFrame(rows, columns=["code", "size", "outcome"]),
        "first_failures": pd.DataFrame(
            {
                "function": ["softmax"],
                "input": ["all m"],
                "dtype": ["float64"],
                "code": ["as printed"],
                "first_warning": [first],
                "first_wrong": [first],
                "first_nan": [first],
                "outcome_at_largest": [large],
            }
        ),
    }


def lines(*attempts):
    """Two printed statements: one that runs, and one with these attempts, each (reason, fate)."""
    rows = [(1, 0, "", "runs")]
    rows += [(2, number, *attempt) for number, attempt in enumerate(attempts)]
    frame = pd.DataFrame(rows, columns=["place", "attempt", "reason", "fate"])
    return {
        "statements": frame.assign(document="slides", listing="1"),
        "listings": pd.DataFrame({"fate": [attempts[0][1]]}),
    }


def printed(*agreements):
    return {"outputs": pd.DataFrame({"agreement": agreements})}


FAILS, RUNS, WARNS = "fails", "runs", "warns"
CHANGED = "changed since"

CASES = [
    ("PP-15", formulas(), REPRODUCED),
    ("PP-15", formulas(large="NaN"), IN_PART),
    ("PP-15", formulas(large="right, with a warning"), IN_PART),
    ("PP-15", formulas(small="wrong", large="NaN"), NOT_REPRODUCED),
    ("PP-15", formulas(large="NaN", layer="NaN"), NOT_REPRODUCED),  # the layers must not fail
    ("XX-02", lines(("", FAILS), (CHANGED, RUNS)), REPRODUCED),
    ("XX-02", lines(("", FAILS), ("left out of the listing", FAILS), (CHANGED, RUNS)), REPRODUCED),
    ("XX-02", lines(("", FAILS), (CHANGED, WARNS)), REPRODUCED),
    ("XX-02", lines(("", RUNS)), NOT_REPRODUCED),
    ("XX-02", lines(("", WARNS), (CHANGED, RUNS)), NOT_REPRODUCED),  # outdated, but it still runs
    ("XX-02", lines(("", FAILS), ("not installed", RUNS)), IN_PART),  # no interface changed
    ("XX-02", lines(("", FAILS), (CHANGED, FAILS)), IN_PART),  # the repair fails too
    ("PP-16", printed("same", "same"), REPRODUCED),
    ("PP-16", printed("same", "same but for spaces"), REPRODUCED),
    ("PP-16", printed("same", "same numbers"), IN_PART),
    ("PP-16", printed("same", "other"), NOT_REPRODUCED),
]
