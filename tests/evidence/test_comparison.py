"""Each kind of comparison: what it lets pass and what it catches."""

import numpy as np
import pandas as pd
import pytest

from reproductions.evidence.comparison import compare_table
from reproductions.evidence.differences import FALSE_ALARM, Comparison, Difference, RateTest, plain
from reproductions.evidence.kinds import (
    MOST_TRIALS,
    SHARE_ROUNDING,
    Close,
    Exact,
    Printed,
    Rate,
    Share,
    Table,
    Unchecked,
    shares,
)
from reproductions.evidence.statistics import generator, share_of


def differences(kind, expected, obtained, **options):
    """What comparing two one-column tables finds."""
    table = Table(key=("row",), columns={"value": kind}, **options.pop("table", {}))
    found = Comparison()
    frames = [
        pd.DataFrame({"row": range(len(values)), "value": values})
        for values in (expected, obtained)
    ]
    compare_table("t.csv", table, *frames, found, **options)
    return found.concluded()


CLOSE = Close(rtol=1e-3, atol=0, reason="a test")


@pytest.mark.parametrize(
    ("kind", "expected", "obtained"),
    [
        (Exact(), 3, 3),
        (Exact(), 3, 3.0),
        (Exact(), "a", "a"),
        (Exact(), True, True),
        (Printed(digits=3), 0.0694, 0.0690),
        (CLOSE, 1.0, 1.0009),
        (CLOSE, -np.inf, -np.inf),
        (Close(rtol=0, atol=0.5, reason="a test"), 1.0, 0.5),
        (Close(rtol=0, atol=0, reason="a test", nan=True), np.nan, np.nan),
        (Unchecked(), 1.0, 5e9),
    ],
)
def test_holds(kind, expected, obtained):
    assert not differences(kind, [expected], [obtained])


@pytest.mark.parametrize(
    ("kind", "expected", "obtained"),
    [
        (Exact(), 3, 4),
        (Exact(), "a", "b"),
        (Exact(), True, False),
        (Exact(), "1", "one"),
        (Printed(digits=3), 0.0694, 0.0696),
        (Printed(digits=3), 0.069, np.nan),
        (Printed(digits=3), np.nan, np.nan),
        (CLOSE, 1.0, 1.0011),
        (CLOSE, np.inf, -np.inf),
        (CLOSE, 1.0, np.nan),
        (CLOSE, np.nan, np.nan),
        (Close(rtol=0, atol=0, reason="a test", nan=True), np.nan, 0.0),
        (Unchecked(), 1.0, np.inf),
        (Unchecked(), 1.0, np.nan),
    ],
)
def test_differs(kind, expected, obtained):
    (difference,) = differences(kind, [expected], [obtained])
    assert difference.file == "t.csv"
    assert difference.row == "row=0"
    assert difference.column == "value"


@pytest.mark.parametrize(
    ("bounds", "possible", "words"),
    [
        ({}, [True] * 6, "any number"),
        ({"least": -1}, [False, True, True, True, True, True], "at least -1"),
        ({"most": 1}, [True, True, True, True, False, True], "at most 1"),
        (
            {"least": 0, "most": 1},
            [False, False, True, True, False, True],
            "at least 0 and at most 1",
        ),
    ],
)
def test_a_quantity_has_bounds(bounds, possible, words):
    kind = Close(rtol=0, atol=0, reason="a test", **bounds)
    values = np.array([-1 - 1e-9, -1, 0, 1, 1 + 1e-9, np.nan])
    assert kind.possible(values).tolist() == possible
    assert kind.bounds == words


def counts(successes, trials):
    return pd.DataFrame({"width": [5], "solved": [successes], "seeds": [trials]})


COUNTS = Table(
    key=("width",), columns={"solved": Rate(trials="seeds"), "seeds": Exact()}, over_seeds=True
)


@pytest.mark.parametrize(
    ("expected", "obtained", "held"),
    [
        ((500, 1000), (500, 1000), True),
        ((500, 1000), (540, 1000), True),
        ((500, 1000), (620, 1000), False),
        ((0, 1000), (3, 1000), True),
        ((0, 1000), (30, 1000), False),
        ((500, 1000), (5, 10), True),
        ((1000, 1000), (0, 10), False),
    ],
)
def test_rates_are_held_as_counts(expected, obtained, held):
    found = Comparison()
    same_seeds = expected[1] == obtained[1]
    compare_table("t.csv", COUNTS, counts(*expected), counts(*obtained), found, same_seeds)
    assert (found.concluded() == []) == held


def test_impossible_counts_are_a_difference():
    for obtained in ((11, 10), (-1, 10), (1, 0), (0.5, 10)):
        found = Comparison()
        compare_table("t.csv", COUNTS, counts(5, 10), counts(*obtained), found, same_seeds=False)
        assert found.concluded()


OUTCOMES = Table(key=("depth", "seed"), columns={"outcome": Rate()})


def outcomes(solved, plateau, first_seed=0):
    labels = ["solved"] * solved + ["plateau"] * plateau
    seeds = range(first_seed, first_seed + len(labels))
    return pd.DataFrame({"depth": 10, "seed": list(seeds), "outcome": labels})


def test_labels_are_held_by_their_shares_not_seed_by_seed():
    found = Comparison()
    shuffled = outcomes(500, 500)
    shuffled["outcome"] = shuffled["outcome"].to_numpy()[::-1]
    compare_table("t.csv", OUTCOMES, outcomes(500, 500), shuffled, found)
    assert not found.concluded()
    compare_table("t.csv", OUTCOMES, outcomes(500, 500), outcomes(650, 350), found)
    assert {d.column for d in found.concluded()} == {"outcome=solved", "outcome=plateau"}
    assert {d.row for d in found.concluded()} == {"depth=10"}


def test_a_new_label_is_a_difference_when_it_is_frequent():
    found = Comparison()
    obtained = outcomes(500, 500).replace("plateau", "non-finite")
    compare_table("t.csv", OUTCOMES, outcomes(500, 500), obtained, found)
    assert {d.column for d in found.concluded()} == {"outcome=non-finite", "outcome=plateau"}


def test_other_seeds_are_held_on_the_seeds_that_both_have():
    table = Table(key=("seed",), columns={"cost": Close(rtol=1e-6, atol=0, reason="a test")})
    stored = pd.DataFrame({"seed": range(5), "cost": np.arange(5.0)})
    found = Comparison()
    compare_table("t.csv", table, stored, stored.head(3), found, same_seeds=False)
    assert not found.concluded()
    assert found.values == 3
    wrong = stored.head(3).assign(cost=9.0)
    compare_table("t.csv", table, stored, wrong, found, same_seeds=False)
    assert [difference.more for difference in found.concluded()] == [2]
    same = Comparison()
    compare_table("t.csv", table, stored, stored.head(3), same)
    assert [(d.row, d.more) for d in same.concluded()] == [("seed=3", 1)]


def test_sums_over_other_seeds_are_held_by_their_rates_alone():
    table = Table(
        key=("depth",),
        columns={"mean": Exact(), "solved": Rate(trials="seeds"), "seeds": Exact()},
        over_seeds=True,
    )
    stored = pd.DataFrame({"depth": [2], "mean": [0.5], "solved": [900], "seeds": [1000]})
    few = pd.DataFrame({"depth": [2], "mean": [0.7], "solved": [8], "seeds": [10]})
    found = Comparison()
    compare_table("t.csv", table, stored, few, found, same_seeds=False)
    assert not found.concluded()
    compare_table("t.csv", table, stored, few, found)
    assert {d.column for d in found.concluded()} == {"mean", "seeds"}


def test_rows_and_columns_must_match_both_ways():
    table = Table(key=("row",), columns={"a": Exact()})
    two = pd.DataFrame({"row": [1, 2], "a": [1, 2]})
    for expected, obtained, row, column in [
        (two, two.head(1), "row=2", ""),
        (two.head(1), two, "row=2", ""),
        (two, two[["row"]], "", "a"),
        (two[["row"]], two, "", "a"),
        (two, two.assign(b=1), "", "b"),
        (two, two[["a"]], "", "row"),
        (two, pd.concat([two, two.tail(1)]), "row=2", ""),
    ]:
        found = Comparison()
        compare_table("t.csv", table, expected, obtained, found)
        assert [(d.row, d.column) for d in found.concluded()] == [(row, column)]


def test_a_first_look_may_lack_rows_of_tables_over_seeds_only():
    stored = pd.concat([counts(500, 1000).assign(width=width) for width in (5, 6)])
    few = counts(5, 10)
    for all_rows, lacking in ((True, 1), (False, 0)):
        found = Comparison()
        compare_table("t.csv", COUNTS, stored, few, found, same_seeds=False, all_rows=all_rows)
        assert len(found.concluded()) == lacking
    table = Table(key=("row",), columns={"a": Exact()})
    two = pd.DataFrame({"row": [1, 2], "a": [1, 2]})
    found = Comparison()
    compare_table("t.csv", table, two, two.head(1), found, same_seeds=False, all_rows=False)
    assert [d.row for d in found.concluded()] == ["row=2"]


def test_false_alarms_are_rarer_than_promised():
    # 40 checks of 50 rates whose counts do come from one rate each. At the promised level an alarm
    # among them has a probability below 40/10,000; tests at the usual 5 % would give dozens.
    random = generator(1)
    rates = random.uniform(size=50)
    alarms = 0
    for _ in range(40):
        found = Comparison()
        pair = [
            pd.DataFrame({"width": range(50), "solved": random.binomial(256, rates), "seeds": 256})
            for _ in range(2)
        ]
        compare_table("t.csv", COUNTS, *pair, found)
        assert len(found.rate_tests) == 50
        alarms += bool(found.concluded())
    assert FALSE_ALARM == 1e-4
    assert alarms == 0


def test_a_difference_shows_the_beginning_of_long_texts():
    text = str(Difference("t.csv", "r" * 201, "", "e" * 201, "o" * 201, "exact"))
    sides = f"expected {'e' * 200}, obtained {'o' * 200} (exact)"
    assert text == f"t.csv: {'r' * 200}: {sides}"


def test_a_difference_of_whole_rows_counts_the_others_of_its_file():
    text = str(Difference("t.csv", "row=1", "", "a row", "none", "exact", more=2))
    assert text.endswith("(exact), and 2 more in this file")


def test_a_difference_is_one_line_that_names_the_place():
    parts = {"expected": "1", "obtained": "2", "rule": "exact"}
    for row, column, place in [
        ("row=3", "value", "t.csv: row=3, value"),
        ("row=3", "", "t.csv: row=3"),
        ("", "value", "t.csv: value"),
        ("", "", "t.csv"),
    ]:
        difference = Difference("t.csv", row, column, **parts)
        assert str(difference) == f"{place}: expected 1, obtained 2 (exact)"
    hostile = Difference("t.csv", "row=a\nb", "", "\x1b[2J", "\ud800", "exact")
    assert str(hostile) == "t.csv: row=a\\nb: expected \\x1b[2J, obtained \\ud800 (exact)"


@pytest.mark.parametrize(
    ("kind", "obtained", "rule"),
    [
        (Exact(), 4, "exact"),
        (Printed(digits=3), 4, "equal when rounded to 3 decimals"),
        (Close(rtol=1e-3, atol=0.5, reason="a test"), 4, "within rtol 0.001 and atol 0.5"),
        (Unchecked(), np.inf, "finite"),
    ],
)
def test_a_difference_says_what_was_expected_obtained_and_allowed(kind, obtained, rule):
    (found,) = differences(kind, [1, 2], [1, obtained])
    shown = repr(float(obtained)) if isinstance(obtained, float) else str(obtained)
    shown = (found.expected, found.obtained, found.rule, found.row) == ("2", shown, rule, "row=1")
    assert shown, found


def test_large_whole_numbers_keep_their_digits():
    assert not differences(Exact(), [2**60 + 1], [2**60 + 1])
    assert differences(Exact(), [2**60 + 1], [2**60])
    assert differences(Exact(), [2**60], [2.0**60 * (1 + 2**-50)])


def parts(found):
    """What each difference says, of those that stand alone in their column."""
    every = [list(vars(difference).values()) for difference in found.concluded()]
    assert all(more == 0 for *_, more in every)
    return [tuple(said) for *said, _ in every]


def test_rows_that_do_not_match_are_named_with_their_side():
    table = Table(key=("row",), columns={"a": Exact()})
    two, one = (pd.DataFrame({"row": range(n), "a": 5}) for n in (2, 1))
    rule = "rows must match both ways"
    for expected, obtained, words in [
        (two, one, ("a row", "no row")),
        (one, two, ("no row", "a row")),
    ]:
        found = Comparison()
        compare_table("t.csv", table, expected, obtained, found)
        assert parts(found) == [("t.csv", "row=1", "", *words, rule)]
        assert found.values == 1
    for sides, side in [
        ((two.assign(row=7), two), "expected"),
        ((two, two.assign(row=7)), "obtained"),
    ]:
        found = Comparison()
        compare_table("t.csv", table, *sides, found)
        repeated = f"a repeated key ({side})"
        assert parts(found) == [("t.csv", "row=7", "", "each key once", repeated, "exact")]
        assert found.values == 0


def test_columns_that_do_not_match_are_named_with_their_side():
    table = Table(key=("row",), columns={"a": Exact(), "b": Exact()})
    whole = pd.DataFrame({"row": [1], "a": [2], "b": [3]})
    more, less = whole.assign(c=4), whole.drop(columns="b")
    for expected, obtained, column, words, declared in [
        (whole, less, "b", ("a column", "no column"), "a column b"),
        (less, whole, "b", ("no column", "a column"), "a column b"),
        (more, whole, "c", ("a column", "no column"), "no column c"),
        (whole, more, "c", ("no column", "a column"), "no column c"),
        (more, more, "c", ("a column", "a column"), "no column c"),
    ]:
        found = Comparison()
        compare_table("t.csv", table, expected, obtained.assign(a=9), found)
        rule = f"the experiment declares {declared}"
        assert parts(found) == [
            ("t.csv", "", column, *words, rule),
            ("t.csv", "row=1", "a", "2", "9", "exact"),
        ]


def test_a_rate_test_says_both_counts_its_p_and_its_level():
    found = Comparison()
    compare_table("t.csv", COUNTS, counts(500, 1000), counts(620, 1000), found)
    ((file, row, column, expected, obtained, rule),) = parts(found)
    assert (file, row, column) == ("t.csv", "width=5", "solved")
    assert (expected, obtained) == ("500 of 1000", "620 of 1000")
    assert rule == "two-sample test, p = 8e-08, level 0.0001"
    assert found.values == 2
    two = Comparison()
    for frame in (counts(620, 1000), counts(510, 1000)):
        compare_table("t.csv", COUNTS, counts(500, 1000), frame, two)
    assert [part[-1] for part in parts(two)] == ["two-sample test, p = 8e-08, level 5e-05"]
    assert [test.p < 1 for test in two.rate_tests] == [True, True]


def test_counts_that_cannot_be_are_refused_with_their_rule():
    rule = f"counts must be whole, k of n, {MOST_TRIALS:,} at most"
    assert MOST_TRIALS == 10**8
    sound = [(0, 0), (0, 8), (8, 8), (1, MOST_TRIALS)]
    unsound = [(9, 8), (-1, 8), (0.5, 8), (1, 8.5), (np.nan, 8), (1, np.inf), (1, MOST_TRIALS + 1)]
    for pair in (*sound, *unsound):
        found = Comparison()
        compare_table("t.csv", COUNTS, counts(1, 8), counts(*pair), found, same_seeds=False)
        (test,) = found.rate_tests
        if pair in sound:
            assert test.difference.rule.startswith("two-sample test, p = ")
            assert 0 <= test.p <= 1
        else:
            assert test.p == -1.0
            ((*place, _, _, told),) = parts(found)
            assert (place, told) == (["t.csv", "width=5", "solved"], f"{rule}, level 0.0001")
    nothing = Comparison()
    table = Table(key=("width",), columns={"solved": Rate(trials="runs")})
    frame = counts(1, 8)[["width", "solved"]]
    compare_table("t.csv", table, frame, frame, nothing)
    assert [part[-1] for part in parts(nothing)] == [f"{rule}, level 0.0001"]


def test_labels_are_counted_within_what_differs_in_the_seed_alone():
    table = Table(key=("depth", "seed"), columns={"outcome": Rate()})
    expected, obtained = (
        outcomes(3, 1),
        pd.concat([outcomes(2, 2), outcomes(4, 0).assign(depth=11)]),
    )
    found = Comparison()
    compare_table("t.csv", table, expected, obtained, found, same_seeds=False)
    told = []
    for test in found.rate_tests:
        d = test.difference
        told.append((d.file, d.row, d.column, d.expected, d.obtained))
    assert told == [
        ("t.csv", "depth=10", "outcome=solved", "3 of 4", "2 of 4"),
        ("t.csv", "depth=10", "outcome=plateau", "1 of 4", "2 of 4"),
    ]
    found = Comparison()
    compare_table("t.csv", table, obtained, expected, found, same_seeds=False)
    assert [t.difference.row for t in found.rate_tests] == ["depth=10", "depth=10"]
    alone = Table(key=("seed",), columns={"outcome": Rate()})
    found = Comparison()
    frames = [frame.drop(columns="depth") for frame in (outcomes(3, 1), outcomes(4, 0))]
    compare_table("t.csv", alone, *frames, found)
    assert [(t.difference.row, t.difference.expected) for t in found.rate_tests] == [
        ("all rows", "3 of 4"),
        ("all rows", "1 of 4"),
    ]
    assert found.values == 0


def test_a_table_by_seed_and_other_keys_lacks_rows_only_over_other_seeds():
    table = Table(key=("seed",), columns={"cost": Exact()})
    stored = pd.DataFrame({"seed": range(3), "cost": 1.0})
    for same_seeds, all_rows, lacking in [
        (True, True, 1),
        (True, False, 1),
        (False, True, 0),
        (False, False, 0),
    ]:
        found = Comparison()
        compare_table("t.csv", table, stored, stored[:2], found, same_seeds, all_rows)
        assert len(found.concluded()) == lacking
    found = Comparison()  # by default, the same seeds and all rows
    compare_table("t.csv", table, stored, stored[:2], found)
    assert len(found.concluded()) == 1
    over = Table(key=("row",), columns={"a": Exact()}, over_seeds=True)
    three = pd.DataFrame({"row": range(3), "a": 1})
    found = Comparison()
    compare_table("t.csv", over, three, three[:2], found, same_seeds=False)
    assert [d.row for d in found.concluded()] == ["row=2"]


def test_each_comparison_begins_empty():
    first, second = Comparison(), Comparison()
    assert (first.differences, first.rate_tests, first.notes, first.values) == ([], [], [], 0)
    for one, other in zip(vars(first).values(), vars(second).values(), strict=True):
        assert isinstance(one, int) or one is not other
    assert first.concluded() == []


def test_a_key_may_not_repeat_even_with_other_values():
    table = Table(key=("row",), columns={"a": Exact()})
    frame = pd.DataFrame({"row": [1, 1], "a": [1, 2]})
    found = Comparison()
    compare_table("t.csv", table, frame, frame, found)
    assert [(d.row, d.obtained) for d in found.concluded()] == [
        ("row=1", "a repeated key (expected)")
    ]


def test_a_rate_is_a_difference_below_its_level_only():
    difference = Difference("t.csv", "", "a", "1 of 2", "2 of 2", "two-sample test")
    at = Comparison(rate_tests=[RateTest(difference, FALSE_ALARM)])
    below = Comparison(rate_tests=[RateTest(difference, np.nextafter(FALSE_ALARM, 0))])
    assert (len(at.concluded()), len(below.concluded())) == (0, 1)


def test_columns_after_one_that_is_held_otherwise_are_held_too():
    stored = pd.DataFrame({"seed": [0, 1], "outcome": ["a", "b"], "x": [1, 2], "y": [3, 4]})
    for first in (Rate(), Exact()):
        table = Table(key=("seed",), columns={"outcome": first, "x": Exact(), "y": Exact()})
        found = Comparison()
        compare_table("t.csv", table, stored, stored.assign(x=9, y=[3, 9]), found)
        assert [(d.row, d.column) for d in found.concluded()] == [
            ("seed=0", "x"),
            ("seed=1", "y"),
        ]
    sums = Table(
        key=("row",),
        columns={"mean": Exact(), "k": Rate(trials="n"), "n": Exact()},
        over_seeds=True,
    )
    few, many = (pd.DataFrame({"row": [0], "mean": [n], "k": [n], "n": [n]}) for n in (40, 4000))
    found = Comparison()
    compare_table("t.csv", sums, many, few.assign(k=0), found, same_seeds=False)
    assert [d.column for d in found.concluded()] == ["k"]


def test_exact_labels_are_compared_as_they_are_written():
    assert not differences(Exact(), ["1", "a"], [1, "a"])
    assert [d.more for d in differences(Exact(), [True, True], [1, 1])] == [1]
    assert len(differences(Exact(), [True, False], ["True", "no"])) == 1


def test_a_row_is_named_by_all_its_keys():
    table = Table(key=("width", "name"), columns={"a": Exact()})
    frame = pd.DataFrame({"width": [2], "name": ["x y"], "a": [1]})
    found = Comparison()
    compare_table("t.csv", table, frame, frame.assign(a=2), found)
    assert [d.row for d in found.concluded()] == ["width=2 name=x y"]
    labels = Table(key=("width", "name", "seed"), columns={"outcome": Rate()})
    found = Comparison()
    frame = frame.assign(seed=0, outcome="x").drop(columns="a")
    compare_table("t.csv", labels, frame, frame, found)
    assert [t.difference.row for t in found.rate_tests] == ["width=2 name=x y"]


@pytest.mark.parametrize(
    "kind", [Exact(), CLOSE, Printed(digits=1), Unchecked(), Rate(), Rate("row")]
)
def test_tables_without_rows_hold(kind):
    assert differences(kind, [], []) == []


def test_groups_of_labels_come_in_the_order_of_their_keys():
    table = Table(key=("depth", "seed"), columns={"outcome": Rate()})
    frame = pd.concat([outcomes(1, 0).assign(depth=depth) for depth in (3, 1, 2)])
    found = Comparison()
    compare_table("t.csv", table, frame, frame, found)
    assert [t.difference.row for t in found.rate_tests] == ["depth=1", "depth=2", "depth=3"]


def with_shares(solved, seeds, **changes):
    """A table of one row whose shares follow from its counts, but for the changes."""
    row = {"row": [0], "solved": [solved], "seeds": [seeds]}
    return pd.DataFrame(
        row
        | {part: [value] for part, value in share_of(solved, seeds).items()}
        | {column: [value] for column, value in changes.items()}
    )


def held_shares(expected, obtained, **options):
    columns = {"solved": Rate("seeds"), "seeds": Unchecked(), **shares("solved")}
    found = Comparison()
    table = Table(key=("row",), columns=columns, over_seeds=True)
    compare_table("t.csv", table, expected, obtained, found, **options)
    return found.concluded()


def test_shares_follow_from_the_counts_of_their_own_row():
    stored = with_shares(30, 64)
    assert not held_shares(stored, stored)
    # As far as the counts themselves may move, which only the test of the rate decides.
    assert not held_shares(stored, with_shares(45, 64))
    assert not held_shares(stored, with_shares(480, 1024), same_seeds=False)
    for part, value in share_of(30, 64).items():
        for changed in (value + 1e-7, value - 1e-7, np.nan, 1 - value):
            other = with_shares(30, 64, **{part: changed})
            for sides in ((stored, other), (other, stored)):
                (difference,) = held_shares(*sides)
                assert (difference.file, difference.row) == ("t.csv", "row=0")
                assert difference.column == part
                assert difference.rule == "as solved of seeds of its own row make it"
                assert float(difference.expected) == value
                assert plain(changed) == difference.obtained
            (difference,) = held_shares(stored, other, same_seeds=False)
        nearly = with_shares(30, 64, **{part: value + 1e-10})
        assert not held_shares(stored, nearly)
        assert not held_shares(nearly, stored)


def test_every_share_is_one_more_value_that_held():
    found, columns = Comparison(), {"solved": Rate("seeds"), "seeds": Unchecked()}
    for shared, values in (({}, 2), (shares("solved"), 7)):
        table = Table(key=("row",), columns=columns | shared)
        stored = with_shares(30, 64)[table.names]
        compare_table("t.csv", table, stored, stored, found)
        assert found.values == values


@pytest.mark.parametrize("counts", [(0, 64), (64, 64), (0, 1), (1, 1), (3, MOST_TRIALS)])
def test_shares_hold_at_the_ends_of_what_counts_can_be(counts):
    stored = with_shares(*counts)
    assert not held_shares(stored, stored)
    (difference,) = held_shares(stored, stored.assign(low=-0.1))
    assert difference.column == "low"


def test_shares_may_be_off_by_their_rounding_and_no_more():
    none, off = with_shares(0, 64), with_shares(0, 64, share=SHARE_ROUNDING)
    assert not held_shares(none, off)
    more = with_shares(0, 64, share=np.nextafter(SHARE_ROUNDING, 1))
    assert [d.column for d in held_shares(none, more)] == ["share"]


@pytest.mark.parametrize("column", ["solved", "seeds"])
def test_shares_without_their_counts_are_refused(column):
    stored = with_shares(30, 64)
    lacking = stored.drop(columns=column)
    for sides in ((stored, lacking), (lacking, stored)):
        assert {d.column for d in held_shares(*sides)} >= {column, *share_of(30, 64)}


@pytest.mark.parametrize("counts", [(65, 64), (-1, 64), (0, 0), (1.0, np.inf), (np.nan, 64)])
def test_shares_of_counts_that_cannot_be_are_refused(counts):
    stored = with_shares(30, 64)
    other = stored.assign(solved=counts[0], seeds=counts[1])
    columns = {d.column for d in held_shares(stored, other)}
    assert columns >= {"share", "low", "high"}


def test_shares_come_with_their_counts():
    kinds = shares("solved", "runs")
    assert [(name, type(kind)) for name, kind in kinds.items()] == [
        ("solved", Rate),
        ("runs", Exact),
        *((part, Share) for part in ("share", "low", "high")),
    ]
    assert kinds["solved"].trials == "runs"


def test_no_share_is_right_in_any_row_without_its_counts():
    stored = pd.concat([with_shares(0, 64), with_shares(1, 64)], ignore_index=True)
    stored["row"] = [0, 1]
    found = held_shares(stored, stored.drop(columns="solved"))
    assert {(d.column, d.expected, d.more) for d in found if d.column in ("share", "low")} == {
        ("share", "nan", 3),  # two rows on two sides
        ("low", "nan", 3),
    }


def test_a_label_that_one_side_lacks_is_counted_none_there():
    table = Table(key=("seed",), columns={"outcome": Rate()})
    stored = pd.DataFrame({"seed": range(400), "outcome": "solved"})
    found = Comparison()
    compare_table("t.csv", table, stored, stored.assign(outcome="stuck"), found)
    counts = {(t.difference.column, t.difference.expected) for t in found.rate_tests}
    assert counts == {("outcome=solved", "400 of 400"), ("outcome=stuck", "0 of 400")}


def test_counts_that_cannot_be_are_shown_on_both_sides():
    table = Table(key=("row",), columns={"solved": Rate("seeds"), "seeds": Unchecked()})
    stored = pd.DataFrame({"row": [0], "solved": [3], "seeds": [4]})
    found = Comparison()
    compare_table("t.csv", table, stored, stored.assign(solved=5), found)
    (difference,) = found.concluded()
    assert (difference.expected, difference.obtained) == ("3 of 4", "5 of 4")
    assert difference.rule.startswith(f"counts must be whole, k of n, {MOST_TRIALS:,} at most")


@pytest.mark.parametrize(("every", "named"), [(True, [(0, 0), (1, 0)]), (False, [(0, 1)])])
def test_every_row_that_one_side_lacks_is_named_where_that_is_asked(every, named):
    table = Table(key=("row",), columns={"value": Exact()}, name_every_row=every)
    frame = pd.DataFrame({"row": [0, 1, 2], "value": 1})
    found = Comparison()
    compare_table("t.csv", table, frame, frame[2:], found)
    assert [(d.row, d.more) for d in found.concluded()] == [(f"row={r}", m) for r, m in named]
