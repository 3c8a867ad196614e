"""A results folder read and replaced: what is refused, what goes, what comes last."""

import dataclasses
import os

import pandas as pd
import pytest

from reproductions.evidence import verdicts
from reproductions.evidence.errors import InputError
from reproductions.evidence.kinds import Exact, Table
from reproductions.evidence.tables import to_csv
from reproductions.running import experiment, provenance, results
from tests.running.made_up import MADE_UP, NAME, Spec, run

TABLE = Table(("n",), {"value": Exact()})
HEADER = ",".join(verdicts.COLUMNS)


def test_claims_are_text_and_none_where_there_is_no_file(tmp_path):
    none = results.read_claims(tmp_path)
    assert (list(none.columns), len(none)) == (list(verdicts.COLUMNS), 0)
    assert {str(dtype) for dtype in none.dtypes} == {"object"}
    row = ",".join(["AA-01", *"1" * 13])
    (tmp_path / "claims.csv").write_text(f"{HEADER}\n{row}\n")
    read = results.read_claims(tmp_path)
    assert read.to_numpy().tolist() == [row.split(",")]
    assert list(read.columns) == list(verdicts.COLUMNS)
    assert {str(dtype) for dtype in read.dtypes} == {"object"}


@pytest.mark.parametrize("there", [True, False], ids=["a link", "a link to nowhere"])
def test_claims_behind_a_link_are_refused(tmp_path, there):
    (tmp_path / "other.csv").write_text(f"{HEADER}\n")
    (tmp_path / "claims.csv").symlink_to(tmp_path / ("other.csv" if there else "none.csv"))
    with pytest.raises(InputError, match="it is a link, which may lead anywhere"):
        results.read_claims(tmp_path)


@pytest.mark.parametrize("header", ["id,verdict", f"{HEADER},more", "a" * 300], ids=len)
def test_claims_with_other_columns_are_refused(tmp_path, header):
    path = tmp_path / "claims.csv"
    path.write_text(f"{header}\n")
    with pytest.raises(InputError) as error:
        results.read_claims(tmp_path)
    said = f"cannot read {path}: its columns must be {HEADER}. Received: {header[:200]}"
    assert str(error.value) == said


def test_a_table_is_read_in_its_shape_and_its_cells_as_text(tmp_path):
    path = tmp_path / "table.csv"
    path.write_text("n,value\n1,2.5\n")
    assert results.read_table(path, TABLE).equals(pd.DataFrame({"n": [1], "value": [2.5]}))
    assert results.read_cells(path) == (["n", "value"], [["1", "2.5"]])
    path.write_text("n,value\n1\n")
    for read in (results.read_cells, lambda path: results.read_table(path, TABLE)):
        with pytest.raises(InputError, match=rf"^cannot read {path}: line 2"):
            read(path)


def test_all_tables_of_an_experiment_are_read_from_its_folder(tmp_path):
    (tmp_path / NAME).mkdir()
    frames = run(Spec(), None)
    for name, frame in frames.items():
        (tmp_path / NAME / f"{name}.csv").write_bytes(to_csv(frame))
    read = results.read_tables(MADE_UP, tmp_path)
    assert list(read) == list(frames)
    assert all(read[name].equals(frame) for name, frame in frames.items())
    (tmp_path / NAME / "values.csv").unlink()
    with pytest.raises(InputError, match=rf"cannot read {tmp_path}/{NAME}/values.csv"):
        results.read_tables(MADE_UP, tmp_path)


def test_the_tables_of_another_experiment_are_read_as_it_declares_them(tmp_path, monkeypatch):
    reader = dataclasses.replace(MADE_UP, name="reader", inputs={NAME: ("values",)})
    monkeypatch.setattr(results, "load", {NAME: MADE_UP}.__getitem__)
    with pytest.raises(InputError) as error:
        results.read_inputs(reader, tmp_path)
    assert str(error.value) == (
        f"reader reads the tables of {NAME}; run {NAME} first. Received: {tmp_path}"
    )
    (tmp_path / NAME).mkdir()
    values = run(Spec(), None)["values"]
    (tmp_path / NAME / "values.csv").write_bytes(to_csv(values))
    read = results.read_inputs(reader, tmp_path)
    assert {name: list(tables) for name, tables in read.items()} == {NAME: ["values"]}
    assert read[NAME]["values"].equals(values)
    (tmp_path / NAME / "values.csv").write_text("depth,value\n2,many\n")
    with pytest.raises(InputError, match=rf"cannot read {tmp_path}/{NAME}/values.csv: line 2"):
        results.read_inputs(reader, tmp_path)


@pytest.mark.parametrize("read", [results.read_cells, lambda path: results.read_table(path, TABLE)])
def test_what_is_larger_than_any_table_is_not_read(tmp_path, read, monkeypatch):
    path = tmp_path / "table.csv"
    path.write_text("n,value\n1,2.5\n")
    monkeypatch.setattr(results, "MOST_BYTES", 14)
    read(path)
    monkeypatch.setattr(results, "MOST_BYTES", 13)
    with pytest.raises(InputError, match="it is larger than 13 bytes"):
        read(path)


def listing(folder, *files):
    folder.mkdir()
    for file in files:
        (folder / file).write_bytes(b"old")
    record = provenance.to_json({"files": dict.fromkeys(files, "")})
    (folder / provenance.FILE).write_bytes(record)


def test_files_of_the_last_run_go_and_no_others(tmp_path):
    folder = tmp_path / "experiment"
    listing(folder, "stays.csv", "goes.csv")
    (folder / "mine.txt").write_bytes(b"mine")
    results.write_folder(folder, {"stays.csv": b"new", "comes.csv": b"new"}, b"{}")
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == {
        "stays.csv": b"new", "comes.csv": b"new", "mine.txt": b"mine", provenance.FILE: b"{}",
    }  # fmt: skip


def test_the_provenance_comes_last(tmp_path, monkeypatch):
    put, replace = [], os.replace

    def watched(source, target):
        put.append(target.name)
        replace(source, target)

    monkeypatch.setattr(os, "replace", watched)
    results.write_folder(tmp_path / "new", {"z.csv": b"", "a.csv": b""}, b"{}")
    assert put == ["z.csv", "a.csv", provenance.FILE]


def test_nothing_is_written_through_a_link(tmp_path):
    (tmp_path / "there").mkdir()
    folder = tmp_path / "link"
    folder.symlink_to(tmp_path / "there")
    with pytest.raises(InputError) as error:
        results.write_folder(folder, {"a.csv": b""}, b"{}")
    assert str(error.value) == f"cannot write {folder}: it is a link, which may lead anywhere"
    assert list((tmp_path / "there").iterdir()) == []


def test_the_page_stands_where_the_readme_says():
    readme = (experiment.FOLDER.parent / "README.md").read_text(encoding="utf-8")
    assert f"results/latest/{results.REPORT_FOLDER}/index.html" in readme
