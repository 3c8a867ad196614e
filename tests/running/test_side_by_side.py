"""Experiments side by side, each in a process of its own: the same files as one by one."""

from pathlib import Path

import pytest

from reproductions.evidence.errors import InputError
from reproductions.running import experiment, runner


def contents(folder: Path) -> dict[str, bytes]:
    return {str(p.relative_to(folder)): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


def test_a_first_look_side_by_side_gives_the_same_tables(tmp_path, capsys):
    names = ["document_arithmetic", "sigmoid_perceptron"]
    side_by_side, one_by_one = tmp_path / "a", tmp_path / "b"
    runner.run(names, runner.Request(side_by_side, quick=True))
    for name in names:
        runner.run([name], runner.Request(one_by_one, quick=True))
    capsys.readouterr()
    tables = [
        {path: data for path, data in contents(folder).items() if path.endswith((".csv", ".png"))}
        for folder in (side_by_side, one_by_one)
    ]
    assert len(tables[0]) > len(names)
    assert tables[0] == tables[1]


def test_processes_that_are_renewed_give_the_same_tables(tmp_path, capsys, monkeypatch):
    names = ["relu_output", "document_arithmetic"]  # the first has several shards
    changes = {names[0]: experiment.load(names[0]).small | {"seeds": 3}}
    renewed, one_by_one = tmp_path / "a", tmp_path / "b"
    monkeypatch.setattr(runner, "MOST_BYTES", 1)
    runner.run(names, runner.Request(renewed, changes=changes))
    assert not list(renewed.glob("*/.*/*.npz"))
    for name in names:
        runner.run([name], runner.Request(one_by_one, changes=changes))
    assert "goes on" not in capsys.readouterr().out
    tables = [
        {path: data for path, data in contents(folder).items() if path.endswith(".csv")}
        for folder in (renewed, one_by_one)
    ]
    assert len(tables[0]) > len(names)
    assert tables[0] == tables[1]


def test_what_goes_wrong_side_by_side_is_one_line_too(tmp_path):
    names = ["document_arithmetic", "sigmoid_perceptron"]
    (tmp_path / names[0]).write_text("a file where a folder should be")
    with pytest.raises(InputError, match=r"Received: |cannot"):
        runner.run(names, runner.Request(tmp_path, quick=True))
