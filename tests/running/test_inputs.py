"""An experiment that reads the tables of another: given, in order, and part of its fingerprint."""

import dataclasses
import json
import shutil

import pandas as pd
import pytest

from reproductions.evidence.errors import InputError
from reproductions.evidence.kinds import Exact, Table
from reproductions.running import accepting, checking, experiment, provenance, results, runner

SOURCE = "document_arithmetic"  # needs no TensorFlow
READER = "activation_curves"  # stands before its source in the alphabet


@dataclasses.dataclass(frozen=True)
class Spec:
    pass


def read(spec, pool, inputs):
    rows = len(inputs[SOURCE]["products"])
    return {"rows": pd.DataFrame([{"table": "products", "rows": rows}])}


@pytest.fixture
def reader(monkeypatch):
    """An experiment that counts the rows of another's table."""
    made_up = experiment.Experiment(
        name=READER,
        doc="Counts.",
        spec=Spec(),
        run=read,
        figures=lambda spec, tables: {},
        tables={"rows": Table(("table",), {"rows": Exact()}, over_seeds=True)},
        claims=[],
        inputs={SOURCE: ("products",)},
    )
    load = experiment.load

    def fake(name):
        return made_up if name == READER else load(name)

    monkeypatch.setattr(accepting, "loadable", lambda: [READER, SOURCE])
    for module in (accepting, runner, checking, results):
        monkeypatch.setattr(module, "load", fake)
    return made_up


def test_the_source_runs_first_and_its_table_is_given(reader, tmp_path, capsys):
    runner.run([READER, SOURCE], runner.Request(tmp_path))
    products = len((tmp_path / SOURCE / "products.csv").read_text().splitlines()) - 1
    table = tmp_path / READER / "rows.csv"
    assert table.read_text() == f"table,rows\nproducts,{products}\n"
    capsys.readouterr()
    runner.run([READER, SOURCE], runner.Request(tmp_path))
    assert capsys.readouterr().out.count("unchanged") == 2


def test_another_table_is_another_result(reader, tmp_path):
    runner.run([READER, SOURCE], runner.Request(tmp_path))
    path = tmp_path / SOURCE / "products.csv"
    path.write_bytes(path.read_bytes() + path.read_bytes().splitlines(keepends=True)[-1])
    assert not provenance.is_current(tmp_path / READER, reader, reader.spec)


def test_a_missing_source_is_named(reader, tmp_path):
    with pytest.raises(InputError, match=rf"run {SOURCE} first. Received: {tmp_path}$"):
        runner.run([READER], runner.Request(tmp_path))


def test_over_another_setting_of_the_source_the_counts_alone_are_held(reader, tmp_path):
    first, second = tmp_path / "a", tmp_path / "b"
    runner.run([READER, SOURCE], runner.Request(first))
    runner.run([READER, SOURCE], runner.Request(second, changes={SOURCE: {"layers": 12}}))
    rows = [
        pd.read_csv(folder / READER / "rows.csv")["rows"].tolist() for folder in (first, second)
    ]
    assert rows[0] != rows[1]
    found = checking.compare([READER], first, second, judge=False).concluded()
    file = f"{READER}/{provenance.FILE}"
    assert [(d.file, d.row, d.column) for d in found] == [(file, "spec", f"{SOURCE}.layers")]


@pytest.mark.parametrize("said", [{}, {SOURCE: {}}, {"other": {}}], ids=str)
def test_the_setting_of_a_source_is_that_of_the_results_beside(reader, tmp_path, said):
    first, second = tmp_path / "a", tmp_path / "b"
    runner.run([READER, SOURCE], runner.Request(first))
    shutil.copytree(first, second)
    path = second / READER / provenance.FILE
    record = json.loads(path.read_text())
    path.write_text(json.dumps(record | {"inputs": said}))
    found = checking.compare([READER], first, second, judge=False).concluded()
    assert "inputs" in {d.row for d in found}
    assert all(d.file == str(path) or d.row == "spec" for d in found)


def test_what_reads_another_source_than_the_stored_one_is_accepted_with_it(reader, tmp_path):
    latest, expected = tmp_path / "latest", tmp_path / "expected"
    runner.run([READER, SOURCE], runner.Request(latest))
    shutil.copytree(latest, expected)
    fresh = {path: path.read_bytes() for path in latest.rglob("*") if path.is_file()}
    stored = expected / SOURCE / "products.csv"
    stored.write_bytes(b"".join(stored.read_bytes().splitlines(keepends=True)[:-1]))
    older = stored.read_bytes()
    with pytest.raises(InputError, match=rf"accept {SOURCE} too. Received: {latest}/{SOURCE}"):
        accepting.accept([READER], latest, expected)
    assert stored.read_bytes() == older
    assert accepting.accept([READER, SOURCE], latest, expected).differences == []
    for path, data in fresh.items():
        assert (expected / path.relative_to(latest)).read_bytes() == data


def test_a_table_that_is_changed_while_it_is_read_stores_nothing(reader, tmp_path, monkeypatch):
    runner.run([SOURCE], runner.Request(tmp_path))
    path = tmp_path / SOURCE / "products.csv"

    def run(spec, pool, inputs):
        path.write_bytes(path.read_bytes().replace(b"0.001", b"0.002"))
        return read(spec, pool, inputs)

    changing = dataclasses.replace(reader, run=run)
    with pytest.raises(InputError, match="what it reads was changed while it ran"):
        runner.run_one(changing, changing.spec, tmp_path)
    assert not (tmp_path / READER).exists()
    assert len(runner.run_one(reader, reader.spec, tmp_path)) == 0
    assert (tmp_path / READER / "rows.csv").is_file()
