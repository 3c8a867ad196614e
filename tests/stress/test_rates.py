"""The tests of rates: how often a whole check raises a false alarm, and which shifts it sees."""

import numpy as np
import pandas as pd
import pytest
from scipy.stats import binom, fisher_exact

from reproductions.evidence.differences import FALSE_ALARM
from reproductions.evidence.statistics import same_rate_p
from tests.stress import rates, stored


@pytest.mark.parametrize("trials", [1, 2, 7, 20, 33])
@pytest.mark.parametrize("level", [0.05, 1e-4])
def test_the_edges_are_those_of_the_test_in_use(trials, level):
    test = rates.Test(trials, level)
    for a in range(trials + 1):
        for b in range(trials + 1):
            assert test.alarm(a, b) == (same_rate_p(a, trials, b, trials) < level), (a, b)


@pytest.mark.parametrize("rate", [0.03, 0.3, 0.5, 0.9])
def test_chances_are_those_of_the_sum_over_all_pairs(rate):
    trials, level, stored_count = 25, 0.02, 8
    test, counts = rates.Test(trials, level), np.arange(26)
    chance = binom.pmf(counts, trials, rate)
    alarms = np.array(
        [
            [fisher_exact([[a, trials - a], [b, trials - b]]).pvalue < level for b in counts]
            for a in counts
        ]
    )
    assert test.false_alarm(rate) == pytest.approx(chance @ alarms @ chance, rel=1e-9)
    assert test.caught(stored_count, rate) == pytest.approx(alarms[stored_count] @ chance, rel=1e-9)


def test_a_check_rarely_raises_a_false_alarm_and_sees_shifts(full, report):
    tables = list(stored.tables(None if full else 10))
    held = list(rates.columns(tables))
    if not full:
        held = [(file, column, tests) for file, column, tests in held[::5]]
    total = sum(tests.total() for _, _, tests in held)
    whole = sum(len(table.compared().rate_tests) for table in tables)
    assert total == whole if full else 0 < total <= whole
    level = FALSE_ALARM / total
    tests: dict[int, rates.Test] = {}
    rows = pd.DataFrame([rates.figures(*column, level, tests) for column in held])
    false = rows["false_alarm"].sum()
    strong = rows["catch_10_points"].sum()
    report(
        f"rates: {total:,} tests in {len(rows)} columns, level {level:.2g}; false alarm of a whole"
        f" check at most {false:.2g}; {strong:,} tests catch 10 points with probability above"
        f" {rates.POWER}, in {(rows['tests'] == rows['catch_10_points']).sum()} columns all do;"
        f" the smallest shift that a test sees is {100 * rows['shift_seen_least'].min():.2g} to"
        f" {100 * rows['shift_seen_most'].max():.2g} points, {rows['see_no_shift'].sum()} see none",
        "rates",
        rows,
    )
    assert 0 < false < FALSE_ALARM
    weak = rows["catch_10_points"] < rows["tests"]
    assert rows.loc[weak, "why"].str.contains("too few").all()
    # With so many trials nothing excuses: the exact number hangs on how many tests there are.
    assert not (weak & (rows["trials_least"] >= 4096)).any()
    for trials, test in tests.items():  # the edges that were used, held against the test in use
        for count in list({c for _, _, t in held for c, n in t if n == trials})[
            :: 1 if full else 7
        ]:
            low, high = test.passes(count)
            for inside, outside in ((low, low - 1), (high, high + 1)):
                assert same_rate_p(count, trials, inside, trials) >= level
                assert not 0 <= outside <= trials or (
                    same_rate_p(count, trials, outside, trials) < level
                )
