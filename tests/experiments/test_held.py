"""What a verdict reads is held: no verdict rests on a column that nothing compares."""

import numpy as np
import pytest

from reproductions.evidence import verdicts
from reproductions.evidence.differences import Comparison
from reproductions.evidence.kinds import Close, Rate, Share, Unchecked
from reproductions.running import experiment, folder_checks, results
from tests.experiments import beside

STORED = experiment.FOLDER.parent / "results" / "expected"
JUDGED = ("verdict", "obtained", "low", "high")


def altered(values: np.ndarray) -> list[np.ndarray]:
    """Other numbers in a column's place: constant, larger, turned round, mixed."""
    other = np.arange(len(values)) % 2 == 0
    return [0 * values, 0 * values + 1e9, 3 * values + 1, values[::-1], np.where(other, 1e6, 1e-6)]


@pytest.mark.parametrize("name", experiment.names())
def test_no_verdict_and_no_number_or_note_of_a_claim_reads_an_unchecked_column(name):
    loaded = experiment.load(name)
    tables = results.read_tables(loaded, STORED)

    def judged(tables):
        with np.errstate(all="ignore"):
            return verdicts.judge(loaded.claims, tables).set_index("id")[[*JUDGED, "note"]]

    as_stored = judged(tables)
    read, noted = {}, set()
    for table, shape in loaded.tables.items():
        for column, kind in shape.columns.items():
            if not isinstance(kind, Unchecked):
                continue
            for values in altered(tables[table][column].to_numpy(float)):
                other = tables | {table: tables[table].assign(**{column: values})}
                moved = judged(other) != as_stored
                for claim in as_stored.index[moved[list(JUDGED)].any(axis=1)]:
                    read.setdefault(claim, set()).add(f"{table}.{column}")
                noted |= set(as_stored.index[moved["note"]])
    timed = beside.of(name, "TIMED", set())
    assert read.keys() == timed, read
    assert loaded.alone or not read
    assert noted - timed == beside.of(name, "UNHELD_NOTES", set())


@pytest.mark.parametrize("name", experiment.names())
def test_what_counts_are_out_of_is_held(name):
    for table, shape in experiment.load(name).tables.items():
        for column, kind in shape.columns.items():
            if isinstance(kind, Rate | Share) and kind.trials:
                trials = shape.columns[kind.trials]
                assert not isinstance(trials, Unchecked), f"{table}.{column} of {kind.trials}"


@pytest.mark.parametrize("name", experiment.names())
def test_a_share_beside_the_count_that_it_follows_from_is_a_share(name):
    loaded = experiment.load(name)
    for table, frame in results.read_tables(loaded, STORED).items():
        columns = loaded.tables[table].columns
        for count, kind in columns.items():
            if not isinstance(kind, Rate) or kind.trials is None or len(frame) == 0:
                continue
            with np.errstate(all="ignore"):
                due = frame[count].to_numpy(float) / frame[kind.trials].to_numpy(float)
            for column, its in columns.items():
                if isinstance(its, Share | Rate) or column == kind.trials:
                    continue
                values = frame[column]
                if values.dtype == float and len(set(due)) > 1 and np.array_equal(values, due):
                    pytest.fail(f"{table}.{column} is {count} over {kind.trials}, and no Share")


FREE = {("cure_causes", "fits", "high")}
"""Of a difference of two R², which may be of either sign though no stored one is below 0."""


@pytest.mark.parametrize("name", experiment.names())
def test_no_tolerance_reaches_beyond_what_a_quantity_can_be(name):
    loaded = experiment.load(name)
    for table, frame in results.read_tables(loaded, STORED).items():
        for column, kind in loaded.tables[table].columns.items():
            if not isinstance(kind, Close) or (name, table, column) in FREE:
                continue
            values = frame[column].to_numpy(float)
            values = values[np.isfinite(values)]
            slack = kind.atol + kind.rtol * np.abs(values)
            if slack.max(initial=0) < 0.005:
                continue
            place, size = f"{table}.{column}", np.abs(values).max()
            low, high = (values - slack).min() + 0.005, (values + slack).max() - 0.005
            bounded = kind.least > -np.inf, kind.most < np.inf
            assert not values.min() >= 0 > low or bounded[0], place
            assert not size <= 1 < high or bounded[1], place
            assert not size <= 1 < -low or bounded[0], place


@pytest.mark.parametrize("name", experiment.names())
def test_each_stored_table_holds_by_itself(name):
    loaded, comparison = experiment.load(name), Comparison()
    for table, frame in results.read_tables(loaded, STORED).items():
        path = STORED / name / f"{table}.csv"
        folder_checks.hold_form(path, frame, loaded.tables[table], comparison)
    assert comparison.differences == []
