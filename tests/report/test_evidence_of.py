"""What a verdict rests on is found, is all there, and is no more than what the verdict needs."""

import functools

import numpy as np
import pandas as pd
import pytest

from reproductions.evidence import measured
from reproductions.evidence.kinds import Exact, Table
from reproductions.evidence.verdicts import Claim, Judgement, as_text, graded
from reproductions.report import evidence_of
from reproductions.running import experiment
from reproductions.running.results import read_claims, read_tables

STORED = experiment.FOLDER.parent / "results" / "expected"
ENDS = {"low": (0.1, 0.2, 0.2), "high": (0.6, 0.9, 0.9)}
RATES = pd.DataFrame(
    {"name": ["a", "b", "c"], "count": [1, 3, 3], "share": [0.25, 0.75, 0.75], **ENDS}
)
TABLES = {"rates": RATES, "others": pd.DataFrame({"x": [1, 2]})}
SHAPES = {
    "rates": Table(("name",), {name: Exact() for name in RATES.columns[1:]}),
    "others": Table(("x",), {}),
}


def found(judge, tables=TABLES):
    """What a judging function reads, by table."""
    notes = {"main": "{said}"}
    claim = Claim(id="EX-01", document="none", statement="", rule="", judge=judge, notes=notes)
    reads = evidence_of.reads(claim, tables, judge(tables), SHAPES)
    return {read.table: read for read in reads}


def picks(name):
    def judge(tables):
        row = measured.row(tables["rates"], name=name)
        return Judgement(graded(row["low"] > 0.15), row["share"], row["low"], row["high"])

    return judge


def test_tables_and_columns_that_are_needed():
    reads = found(picks("b"))
    assert set(reads) == {"rates"}
    assert reads["rates"].columns == ("name", "share", "low", "high")


def test_a_column_that_is_read_in_another_way_is_found():
    def judge(tables):
        rows = tables["rates"].itertuples()
        counts = tables["rates"].groupby("name")["count"].sum()
        return Judgement(graded(max(row.share for row in rows) > counts.min()), None)

    judge_of_both = found(lambda tables: judge(tables))
    assert judge_of_both["rates"].columns == ("name", "count", "share")


def test_a_table_that_only_a_note_needs_is_evidence_too():
    def judge(tables):
        said = len(tables["others"])
        return Judgement(graded(True), None, notes=("main",), values={"said": said})

    assert set(found(judge)) == {"others"}


@pytest.mark.parametrize(("name", "place"), [("a", 0), ("b", 1), ("c", 2)])
def test_the_row_that_holds_the_number(name, place):
    row = found(picks(name))["rates"].row
    assert (row.place, row.key, row.column) == (place, {"name": name}, "share")


def test_a_row_that_only_the_note_needs_is_not_the_one():
    def judge(tables):
        row, other = (measured.row(tables["rates"], name=name) for name in ("b", "c"))
        said = {"said": other["share"]}
        ends = row["low"], row["high"]
        return Judgement(graded(True), row["share"], *ends, notes=("main",), values=said)

    assert found(judge)["rates"].row.key == {"name": "b"}  # c holds the same number


def test_no_row_is_named_where_none_alone_counts():
    def judge(tables):
        return Judgement(graded(True), tables["rates"]["share"].max())

    assert found(judge)["rates"].row is None  # b and c both hold it


def test_a_row_counts_by_what_the_number_is_computed_from():
    """The share stands in the row, and is not read: it is computed from two counts."""

    def judge(tables):
        row = measured.row(tables["rates"], name="b")
        return Judgement(graded(True), row["count"] / 4)

    row = found(judge)["rates"].row
    assert (row.place, row.column) == (1, "share")


def test_a_whole_number_without_an_interval_names_no_row():
    def judge(tables):
        return Judgement(graded(True), float(measured.row(tables["rates"], name="a")["count"]))

    assert found(judge)["rates"].row is None


def test_a_number_that_stands_in_too_many_rows_is_not_looked_for(monkeypatch):
    monkeypatch.setattr(evidence_of, "MOST_ROWS", 1)
    assert found(picks("b"))["rates"].row is None
    assert found(picks("a"))["rates"].row.place == 0


def test_a_share_of_0_is_the_share_and_not_the_count():
    rates = RATES.assign(count=0, share=0.0, low=0.0)
    row = found(picks("b"), {**TABLES, "rates": rates})["rates"].row
    assert (row.place, row.column) == (1, "share")


def test_a_warning_is_no_judgement():
    def judge(tables):
        values = tables["others"].get("x", pd.Series(dtype=float)).to_numpy()
        return Judgement(graded(not np.mean(values) < 0), None)

    assert found(judge)["others"].columns == ("x",)


CLAIMS = [
    (name, claim.id)
    for name in experiment.names()
    if (STORED / name).is_dir()
    for claim in experiment.load(name).claims
]


@functools.cache
def stored(name):
    """The stored tables of an experiment."""
    return read_tables(experiment.load(name), STORED)


@functools.cache
def evidence(name, id):
    (claim,) = (claim for claim in experiment.load(name).claims if claim.id == id)
    shapes = experiment.load(name).tables
    return evidence_of.reads(claim, stored(name), claim.judge(stored(name)), shapes)


@functools.cache
def cells():
    return read_claims(STORED).set_index("id")


@pytest.mark.parametrize(("name", "id"), CLAIMS, ids=[id for _, id in CLAIMS])
def test_every_claim_has_evidence_that_exists(name, id):
    tables, shapes = stored(name), experiment.load(name).tables
    assert evidence(name, id)
    for read in evidence(name, id):
        table = tables[read.table]
        assert read.columns
        assert set(read.columns) <= set(table)
        if read.row:
            number = float(table.iloc[read.row.place][read.row.column])
            assert as_text(number) == cells().loc[id, "obtained"]
            assert set(read.row.key) == set(shapes[read.table].key)
            for column, value in read.row.key.items():
                table = table[table[column].map(evidence_of.as_cell) == value]
            assert list(table.index) == [read.row.place], "its key tells it from all others"


def test_most_numbers_with_an_interval_stand_in_a_row():
    """The rest are computed from several rows, or are alike in rows that all count."""
    numbers = [(name, id) for name, id in CLAIMS if cells().loc[id, "low"]]
    with_row = [id for name, id in numbers if any(read.row for read in evidence(name, id))]
    assert len(with_row) > len(numbers) / 2


@pytest.mark.parametrize("name", experiment.names())
def test_named_figures_are_of_claims_and_figures_that_there_are(name):
    named = experiment.words(name).get("figure_of", {})
    assert set(named) <= {claim.id for claim in experiment.load(name).claims}
    if (STORED / name).is_dir():
        drawn = {path.stem for path in (STORED / name).glob("*.*") if path.suffix != ".csv"}
        assert set(named.values()) <= drawn
        assert not named or len(drawn - {"provenance"}) > 1, "the only figure need not be named"


@pytest.mark.parametrize("name", experiment.names())
def test_naming_a_figure_runs_nothing_again(name, monkeypatch):
    before = experiment.claims_text(name)
    words = experiment.words(name)
    monkeypatch.setattr(experiment, "words", lambda _: {**words, "figure_of": {"XX-99": "new"}})
    assert experiment.claims_text(name) == before
