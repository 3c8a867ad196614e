"""Counts, seeds and caps: what a comparison says of cells that count nothing, and of how many."""

import math
from pathlib import Path

import pandas as pd
import pytest

from reproductions.evidence import comparison
from reproductions.evidence.comparison import compare_table
from reproductions.evidence.differences import Comparison, Difference
from reproductions.evidence.kinds import Close, Exact, Rate, Table, Unchecked, shares
from reproductions.evidence.statistics import share_of
from reproductions.evidence.tables import parse_table, to_csv

COUNTS = Table(
    key=("width",), columns={"solved": Rate(trials="seeds"), "seeds": Exact()}, over_seeds=True
)


def counts(successes, trials):
    return pd.DataFrame({"width": [5], "solved": [successes], "seeds": [trials]})


NO_COUNTS = {
    "text": "many",
    "no number": math.nan,
    "an empty cell": "",
    "a comma": "4,096",
    "a truth value": True,
    "a number beyond 64 bits": 2**63,
    "half a seed": 0.5,
    "less than none": -1,
    "infinity": math.inf,
}


@pytest.mark.parametrize("side", ["expected", "obtained"])
@pytest.mark.parametrize("kind", NO_COUNTS)
def test_a_cell_that_counts_no_seeds_is_a_difference_of_its_row(kind, side):
    table = Table(
        key=("width",),
        columns={"solved": Rate(trials="seeds"), "seeds": Exact(), **shares("solved", "seeds")},
        over_seeds=True,
    )
    good = pd.DataFrame([{"width": w, "solved": 5, "seeds": 10, **share_of(5, 10)} for w in (1, 2)])
    bad = good.assign(seeds=pd.Series([10, NO_COUNTS[kind]], dtype=object))
    # As it is read from a file, in which the other cells of the column become texts with it.
    bad = parse_table(Path("t.csv"), to_csv(bad), table)
    for same_seeds in (True, False):
        sides = (bad, good) if side == "expected" else (good, bad)
        found = Comparison()
        compare_table("t.csv", table, *sides, found, same_seeds=same_seeds)
        rows = {(d.column, d.row, d.more) for d in found.concluded()}
        held = {"solved", "share", "low", "high"} | ({"seeds"} if same_seeds else set())
        assert rows == {(column, "width=2", 0) for column in held}


def test_many_differences_are_the_first_of_each_column_and_a_count():
    table = Table(key=("row",), columns={"a": Exact(), "b": Close(1e-3, 0, "a test")})
    stored = pd.DataFrame({"row": range(5_000), "a": 1, "b": 1.0})
    found = Comparison()
    compare_table("t.csv", table, stored, stored.assign(a=2, b=[1.0, *[9.0] * 4_999]), found)
    assert [str(d) for d in found.concluded()] == [
        "t.csv: row=0, a: expected 1, obtained 2 (exact), and 4,999 more in this column",
        "t.csv: row=1, b: expected 1.0, obtained 9.0 (within rtol 0.001 and atol 0),"
        " and 4,998 more in this column",
    ]
    found = Comparison()
    compare_table("t.csv", table, stored, stored.head(1), found)
    assert [(d.row, d.more) for d in found.concluded()] == [("row=1", 4_998)]
    rows = pd.DataFrame({"id": ["XP-01", "XP-02"], "verdict": "reproduced"})
    claimed = Table(key=("id",), columns={"verdict": Exact()}, name_every_row=True)
    found = Comparison()
    compare_table("x/claims.csv", claimed, rows, rows.assign(verdict="not"), found)
    assert [(d.row, d.more) for d in found.concluded()] == [("id=XP-01", 0), ("id=XP-02", 0)]


def test_many_rates_that_moved_are_the_first_and_a_count():
    stored, moved = (
        pd.DataFrame({"width": range(50), "solved": k, "seeds": 1_000}) for k in (100, 900)
    )
    found = Comparison()
    compare_table("t.csv", COUNTS, stored, moved, found)
    assert [(d.row, d.column, d.more) for d in found.concluded()] == [("width=0", "solved", 49)]


BY_SEED = Table(key=("net", "seed"), columns={"cost": Unchecked()})


def by_seed(seeds, nets="ab"):
    rows = [{"net": net, "seed": seed, "cost": 0.5} for net in nets for seed in seeds]
    return pd.DataFrame(rows, columns=["net", "seed", "cost"])


@pytest.mark.parametrize("all_rows", [True, False], ids=["whole", "first look"])
def test_a_seed_that_both_sides_ran_over_has_its_row_on_both(all_rows):
    def rows_missing(expected, obtained, seeds):
        found = Comparison()
        compare_table(
            "t.csv", BY_SEED, expected, obtained, found, False, all_rows=all_rows, seeds=seeds
        )
        return [(d.row, d.more) for d in found.concluded()]

    stored = by_seed(range(4))
    assert rows_missing(stored, stored, (4, 5))  # a seed more, and no row of it
    assert not rows_missing(stored, by_seed(range(5)), (4, 5))
    assert not rows_missing(stored, by_seed(range(2)), (4, 2))
    # Listed in part, as the first few seeds are.
    assert not rows_missing(by_seed(range(3)), by_seed(range(3)), (10, 12))
    assert not rows_missing(by_seed(range(3)), by_seed(range(2)), (10, 2))
    assert rows_missing(by_seed(range(3)), by_seed(range(2)), (10, 3))
    assert rows_missing(by_seed(range(3)), by_seed(range(4)), (10, 12))
    assert rows_missing(stored, by_seed(range(10**3)), (4, 10**8))
    assert rows_missing(stored, by_seed([]), (4, 5)) == [("net=a seed=0", 7)]
    assert rows_missing(by_seed([]), stored, (4, 5)) == [("net=a seed=0", 7)]
    assert rows_missing(stored, by_seed([0, 2, 3, 4]), (4, 5))[0] == ("net=a seed=1", 1)
    assert rows_missing(stored, by_seed([0, 1, 2, 3, "x"]), (4, 5))
    # A first look may leave a network out; a run over other seeds may not.
    lacking = rows_missing(stored, by_seed(range(2), nets="a"), (4, 2))
    assert lacking == ([("net=b seed=0", 1)] if all_rows else [])


def test_of_more_seeds_than_are_listed_the_first_ones_have_rows(monkeypatch):
    monkeypatch.setattr(comparison, "LISTED", 6)

    def differ(expected, obtained, seeds):
        found = Comparison()
        compare_table("t.csv", BY_SEED, by_seed(expected), by_seed(obtained), found, False,
                      seeds=seeds)  # fmt: skip
        return [(d.row, d.column, d.expected, d.obtained) for d in found.concluded()]

    assert differ(range(4), range(6), (4, 9)) == differ(range(6), range(6), (9, 10)) == []
    assert differ(range(4), range(5), (4, 9)) == [("net=a", "seed", "4 seeds", "5 seeds")]
    assert differ(range(4), range(7), (4, 9)) == [("net=a", "seed", "4 seeds", "7 seeds")]


def test_the_column_seeds_holds_what_the_provenance_says():
    stored = counts(500, 1_000)

    def seeds_differ(obtained, seeds):
        found = Comparison()
        compare_table("t.csv", COUNTS, stored, obtained, found, same_seeds=False, seeds=seeds)
        return [d.column for d in found.concluded()]

    assert not seeds_differ(counts(5, 10), (1_000, 10))
    assert seeds_differ(counts(500, 1_000), (1_000, 1_001)) == ["seeds"]
    assert seeds_differ(counts(5, 10), (1_000, 11)) == ["seeds"]
    # Sums over a number of seeds of their own are the same in both; over a part, in proportion.
    assert not seeds_differ(counts(500, 1_000), (4_096, 2_048))
    assert not seeds_differ(counts(5, 10), (4_000, 40))
    assert not seeds_differ(counts(0, 1), (2_000, 3))  # of one or two, one
    assert seeds_differ(counts(1, 1), (4_096, 2_048)) == ["seeds"]
    # A first look with as many seeds.
    assert seeds_differ(counts(0, 1), (1_000, 1_000)) == ["seeds"]


def test_counts_out_of_none_are_no_evidence():
    found = Comparison()
    compare_table("t.csv", COUNTS, counts(500, 1_000), counts(0, 0), found)
    assert {d.column for d in found.concluded()} == {"solved", "seeds"}
    found = Comparison()
    compare_table("t.csv", COUNTS, counts(0, 0), counts(0, 0), found)
    assert not found.concluded()


def test_a_first_look_leaves_out_no_table_altogether():
    found = Comparison()
    empty = counts(5, 10).head(0)
    compare_table("t.csv", COUNTS, counts(5, 10), empty, found, same_seeds=False, all_rows=False)
    assert [d.obtained for d in found.concluded()] == ["no row"]


def test_a_first_look_holds_the_groups_and_numbers_that_it_has():
    labels = Table(key=("net", "seed"), columns={"outcome": Rate()})

    def outcomes(seeds, nets):
        return by_seed(seeds, nets).drop(columns="cost").assign(outcome="solved")

    found = Comparison()
    few = outcomes(range(2), "a")
    looser = {"same_seeds": False, "all_rows": False, "seeds": (40, 2)}
    compare_table("t.csv", labels, outcomes(range(40), "ab"), few, found, **looser)
    assert not found.concluded()
    assert [test.difference.row for test in found.rate_tests] == ["net=a"]
    # Sums over a number of seeds that a first look sets for itself.
    found = Comparison()
    looser = {"same_seeds": False, "all_rows": False, "seeds": (2_048, 32)}
    compare_table("t.csv", COUNTS, counts(500, 1_000), counts(4, 8), found, **looser)
    assert not found.concluded()
    compare_table("t.csv", COUNTS, counts(500, 2_048), counts(4, 8), found, **looser)
    assert [d.column for d in found.concluded()] == ["seeds"]


def test_of_few_seeds_none_may_be_left_to_count():
    for seeds, held in (((40, 2), True), ((40, 40), False)):
        table = Table(key=("net",), columns={"later": Rate(trials="left"), "left": Unchecked()})
        stored = pd.DataFrame({"net": ["a"], "later": [1], "left": [4]})
        fresh = stored.assign(later=0, left=0)
        found = Comparison()
        compare_table("t.csv", table, stored, fresh, found, seeds[0] == seeds[1], seeds=seeds)
        assert bool(found.concluded()) != held


def test_where_no_number_of_seeds_is_known_no_seed_must_be_on_both_sides():
    table = Table(key=("seed",), columns={"value": Exact()})
    frame = pd.DataFrame({"seed": [0, 1, 2], "value": 1})
    found = Comparison()
    compare_table("t.csv", table, frame, frame[1:], found, same_seeds=False)
    assert found.concluded() == []


def test_numbers_of_seeds_that_are_not_the_provenance_s_are_named():
    columns = {"finite": Rate("runs"), "runs": Unchecked()}  # held as what they are
    columns |= {"solved": Rate("seeds"), "seeds": Exact()}
    table = Table(key=("row",), columns=columns, over_seeds=True)
    frame = pd.DataFrame({"row": [0, 1, 2], "finite": 8, "runs": 8, "solved": 3, "seeds": 8})
    found, other = Comparison(), frame.assign(seeds=[6, 7, 5])
    compare_table("t.csv", table, frame, other, found, same_seeds=False, seeds=(8, 6))
    rule = "the provenance says 8 seeds and 6"
    assert found.concluded() == [Difference("t.csv", "row=1", "seeds", "8", "7", rule, 1)]


def test_seeds_that_are_listed_otherwise_are_named():
    table = Table(key=("net", "depth", "seed"), columns={"value": Unchecked()})
    rows = [("a", depth, seed, 1.0) for depth in (1, 2) for seed in range(6)]
    fresh = pd.DataFrame(rows, columns=[*table.key, "value"])
    found, stored = Comparison(), fresh[fresh["seed"] < 4]
    options = {"same_seeds": False, "all_rows": False, "seeds": (8, 6)}
    compare_table("t.csv", table, stored, fresh[fresh["seed"] < 6], found, **options)
    rule = "the provenance says 8 seeds and 6"
    said = Difference("t.csv", "net=a depth=1", "seed", "4 seeds", "6 seeds", rule, 1)
    assert said in found.concluded()


def test_tables_without_a_common_row_are_compared():
    table = Table(key=("row",), columns={"solved": Rate("seeds"), "seeds": Exact()})
    frame = pd.DataFrame({"row": [0], "solved": [3], "seeds": [8]})
    found, other = Comparison(), frame.assign(row=1)
    compare_table("t.csv", table, frame, other, found, same_seeds=False, seeds=(8, 6))
    assert [(d.row, d.more) for d in found.concluded()] == [("row=0", 1)]


def test_a_column_seeds_without_counts_is_held_too():
    table = Table(key=("row",), columns={"value": Unchecked(), "seeds": Exact()}, over_seeds=True)
    frame = pd.DataFrame({"row": [0], "value": [1.0], "seeds": [8]})
    found, other = Comparison(), frame.assign(seeds=7)
    compare_table("t.csv", table, frame, other, found, same_seeds=False, seeds=(8, 6))
    assert [d.column for d in found.concluded()] == ["seeds"]


@pytest.mark.parametrize(("fresh", "fits"), [(3, True), (2, True), (1, False), (4, False)])
def test_a_part_of_all_seeds_is_as_large_a_part_of_fewer(fresh, fits):
    columns = {"solved": Rate("seeds"), "seeds": Exact()}
    table = Table(key=("row",), columns=columns, over_seeds=True)
    stored = pd.DataFrame({"row": [0], "solved": [1], "seeds": [3]})
    found, other = Comparison(), stored.assign(seeds=fresh)
    compare_table("t.csv", table, stored, other, found, same_seeds=False, seeds=(8, 6))
    assert (found.concluded() == []) == fits


def test_a_part_of_fewer_seeds_may_be_rounded_down():
    columns = {"solved": Rate("seeds"), "seeds": Exact()}
    table = Table(key=("row",), columns=columns, over_seeds=True)
    stored = pd.DataFrame({"row": [0, 1], "solved": 1, "seeds": 7})
    found, other = Comparison(), stored.assign(seeds=[5, 4])
    compare_table("t.csv", table, stored, other, found, same_seeds=False, seeds=(8, 6))
    assert [(d.row, d.column, d.more) for d in found.concluded()] == [("row=1", "seeds", 0)]


@pytest.mark.parametrize(
    ("stored", "fresh", "seeds", "alike"),
    [
        (range(8), range(6), (8, 6), True),
        (range(8), range(5), (8, 6), False),
        (range(4), range(4), (8, 6), True),
        (range(4), range(5), (8, 6), False),
        (range(4), range(9), (8, 9), False),
        # Some seeds, of which the others have no row: of all there must be all.
        ([3, 5], [1], (8, 6), True),
        ([1, 2], range(3), (8, 6), True),
        ([0, 5], [0, 3, 4], (8, 6), True),
        (range(1, 9), range(1, 7), (8, 6), True),
        (range(1, 9), range(1, 6), (8, 6), False),
    ],
)
def test_both_sides_list_all_their_seeds_or_the_same_first_ones(stored, fresh, seeds, alike):
    table = Table(key=("seed",), columns={"value": Unchecked()})
    sides = [pd.DataFrame({"seed": listed, "value": 1.0}) for listed in (stored, fresh)]
    found = Comparison()
    compare_table("t.csv", table, *sides, found, same_seeds=False, all_rows=False, seeds=seeds)
    assert ("seed" not in {d.column for d in found.concluded()}) == alike


@pytest.mark.parametrize("held", [True, False])
def test_counts_of_what_other_seeds_choose_otherwise_are_held_over_the_same_seeds_alone(held):
    rate = Rate("seeds", over_other_seeds=held)
    table = Table(key=("row",), columns={"count": rate, "seeds": Exact()}, over_seeds=True)
    stored = pd.DataFrame({"row": [1], "count": [900], "seeds": [1000]})
    fresh = stored.assign(count=1, seeds=100)
    comparison = Comparison()
    compare_table("t", table, stored, fresh, comparison, same_seeds=False, seeds=(1000, 100))
    assert len(comparison.concluded()) == held
    comparison = Comparison()
    compare_table("t", table, stored, stored.assign(count=1), comparison)
    assert len(comparison.concluded()) == 1
