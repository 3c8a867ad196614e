"""Numbers with their units, which follow from the words of the claims' measures."""

import pytest

from reproductions.report import units
from reproductions.running import experiment
from reproductions.running.results import read_claims

STORED = experiment.FOLDER.parent / "results" / "expected"
SHARE = "share of 512 initialisations that solve XOR"
MINUS = "share of 512 initialisations that solve XOR with 2-2-2-1, minus the share with 2-2-1"
RATIO = "length of the path when ReLUs feed a unit, as a multiple of its length without their mean"
SHOWN = [
    (SHARE, ("0.9277",), "92.8 %", "92.8 %"),
    (SHARE, ("0",), "0 %", "0 %"),
    (SHARE, ("1",), "100 %", "100 %"),
    (SHARE, ("0.9999",), "99.99 %", "99.99 %"),
    (SHARE, ("1.177e-05",), "0.00118 %", "0.00118 %"),
    (SHARE, ("0.902", "0.9471"), "90.2 to 94.7 %", "90.2~94.7 %"),
    (SHARE, ("nan",), "nan %", "nan %"),
    (MINUS, ("-0.1406",), "−14.1 percentage points", "−14.1 %p"),
    (MINUS, ("-0.1687", "-0.1125"), "−16.9 to −11.2 percentage points", "−16.9~−11.2 %p"),
    ("by how much it lowers the error, in percentage points", ("0.5",), "0.5 percentage points",
     "0.5 %p"),
    (RATIO, ("2.158",), "2.16 times", "2.16배"),
    (RATIO, ("2.102", "2.21"), "2.1 to 2.21 times", "2.1~2.21배"),
    ("information that a threshold loses, in bits", ("0.117",), "0.117 bits", "0.117비트"),
    ("number of networks that contradict it", ("4",), "4", "4"),
    ("largest difference on [-10, 10]", ("4.441e-16",), "4.44e-16", "4.44e-16"),
]  # fmt: skip


@pytest.mark.parametrize(("measure", "cells", "english", "korean"), SHOWN)
def test_a_number_is_shown_with_its_unit(measure, cells, english, korean):
    assert units.with_unit(cells, measure) == {"en": english, "ko": korean}


WITH_UNIT = {
    "CU-03": "percent", "SL-24": "percent", "XP-05": "percent", "CU-13": "percent",
    "PP-10": "percent", "CU-14": "points", "RP-10": "points", "XP-01": "points",
    "RP-11": "points", "NP-04": "times", "RP-05": "times", "RP-14": "times", "SL-11": "times",
    "SL-13": "times", "PP-02": "bits", "CU-09": "plain", "CU-10": "plain", "CU-11": "plain",
    "PP-15": "plain", "XP-08": "plain",
}  # fmt: skip
MEASURES = {
    claim.id: claim.measure for name in experiment.names() for claim in experiment.load(name).claims
}


@pytest.mark.parametrize("name", WITH_UNIT)
def test_the_unit_that_a_measure_says(name):
    assert units.unit(MEASURES[name])[0] == WITH_UNIT[name]


def test_every_number_with_an_interval_has_a_unit():
    rows = read_claims(STORED)
    rows = rows[(rows["low"] != "") & rows["obtained"].str.fullmatch(r"-?[\d.e-]+")]
    assert len(rows) > 50
    for _, row in rows.iterrows():
        unit, factor = units.unit(row["measure"])
        low, obtained, high = (float(row[name]) for name in ("low", "obtained", "high"))
        assert low <= obtained <= high
        if unit == "percent":
            assert low >= 0
            assert high <= 1
        elif unit == "points":
            assert abs(obtained) <= 100 / factor
        else:
            without = ("R²", "rank correlation")
            assert unit == "times" or any(w in row["measure"] for w in without), row["id"]
