"""Made-up literature for the claim on who proposed the rectifier."""

import pandas as pd

from reproductions.evidence.verdicts import DOCUMENT_ERROR, IN_PART, REPRODUCED


def works(*rectifiers):
    """Works on rectifiers as (year, authors), beside one of another kind."""
    rows = [("rectifier", *work) for work in rectifiers]
    rows += [("pre-training", 2006, "Hinton, Osindero, Teh")]
    said = {"event": "rectifier", "proposer": "Hinton", "solved": 2006}
    frame = pd.DataFrame(rows, columns=["event", "year", "authors"])
    return {"works": frame, "said": pd.DataFrame([said])}


CASES = [
    ("RP-16", works((2006, "Nair, Hinton"), (2011, "Glorot")), REPRODUCED),
    ("RP-16", works((2010, "Nair, Hinton"), (2011, "Glorot")), IN_PART),
    ("RP-16", works((2010, "Nair, Hinton"), (1969, "Fukushima")), DOCUMENT_ERROR),
    ("RP-16", works((2006, "Glorot")), DOCUMENT_ERROR),
]

DRAWN_BY_FORMULA = {"_child0": "the years of the works, which are the table's key"}
"""Artists that are drawn by a formula and not from a table, each with what it is."""
