"""What all parts of the benchmark do with their arguments, tables and figures."""

import os
import sys

import pandas as pd
import pytest

from reproductions.bench.parts import Part, on_one_core
from reproductions.evidence import drawing


def figure(rows):
    drawn, _ = drawing.panels(width=2, height=2)
    return drawn


def part(rows, seen):
    return Part(
        "part", "bench_part", lambda rounds: rows, figure, lambda *given: seen.append(given)
    )


def test_the_table_and_the_figure_are_written(tmp_path):
    seen = []
    rows = pd.DataFrame({"a": [1]})
    assert part(rows, seen).run(["--rounds", "8", "--results", str(tmp_path)]) == 0
    assert seen == [(rows, 8)]
    names = {path.name for path in tmp_path.iterdir()}
    assert names >= {"bench_part.csv", "bench_part.png", "bench_part.svg"}
    assert (tmp_path / "bench_part.csv").read_text() == "a\n1\n"


def test_a_table_without_rows_is_not_written(tmp_path):
    seen = []
    part(pd.DataFrame(), seen).run(["--results", str(tmp_path)])
    assert len(seen) == 1
    assert not list(tmp_path.iterdir())


def test_too_few_rounds(capsys):
    with pytest.raises(SystemExit) as error:
        part(pd.DataFrame(), []).run(["--rounds", "5"])
    assert error.value.code == 2
    assert capsys.readouterr().err.endswith("Received: 5\n")


@pytest.mark.parametrize(("cores", "starts"), [({3, 5}, True), ({5}, False)])
def test_a_part_starts_anew_on_one_of_several_cores(cores, starts, monkeypatch):
    done = []
    monkeypatch.setattr(os, "sched_getaffinity", lambda process: cores, raising=False)
    monkeypatch.setattr(
        os, "sched_setaffinity", lambda process, chosen: done.append(chosen), raising=False
    )
    monkeypatch.setattr(os, "execv", lambda program, command: done.append(command))
    monkeypatch.setattr(sys, "argv", ["x", "--rounds", "8"])
    on_one_core("part")
    command = [sys.executable, "-m", "reproductions.bench.part", "--rounds", "8"]
    assert done == ([{5}, command] if starts else [])
