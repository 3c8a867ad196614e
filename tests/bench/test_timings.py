"""The benchmark's arithmetic and order of turns, on engines whose times are made up."""

import sys
from pathlib import Path

import numpy as np
import pytest

from reproductions.bench import timings as bench
from reproductions.bench.timings import Engine


@pytest.fixture
def turns():
    return []


@pytest.fixture
def engines(turns):
    def engine(workload, name, replicas, steps, seconds):
        times = iter(seconds)

        def call():
            turns.append(name)
            return next(times)

        return Engine(workload, name, replicas, steps, call)

    return [
        engine("xor10_tanh", "replicas", 100, 20, [9.0, 1.0, 2.0, 1.0]),
        engine("xor10_tanh", "session loop", 1, 10, [9.0, 5.0, 5.0, 70.0]),
        engine("other", "replicas", 10, 10, [9.0, 1.0, 1.0, 1.0]),
        engine("other", "Model.fit", 1, 10, [9.0, 1.0, 1.0, 1.0]),
    ]


def test_rounds_are_interleaved_and_the_first_is_not_counted(engines, turns):
    rows = bench.measure(engines, rounds=3)
    assert turns == [engine.name for engine in engines] * 4
    assert rows["seconds"].max() == 5.0


def test_medians_rates_and_speedups(engines):
    rows = bench.measure(engines, rounds=3)
    assert list(rows) == bench.COLUMNS
    assert rows["seconds"].tolist() == [1.0, 5.0, 1.0, 1.0]
    assert rows["replica_steps_per_s"].tolist() == [2000, 2, 100, 10]
    # Within a workload and within a round: 2000 / 2, 1000 / 2 and 2000 / (1 / 7).
    np.testing.assert_allclose(rows["speedup"], [1, 1000, 1, 10])
    assert rows[["low", "high"]].isna().all(axis=None)


def test_intervals_where_there_are_rounds_enough():
    times = iter([9.0, *range(1, 8)])
    engines = [
        Engine("xor10_tanh", "replicas", 1, 1, lambda: 1.0),
        Engine("xor10_tanh", "session loop", 1, 1, lambda: next(times)),
    ]
    rows = bench.measure(engines, rounds=7)
    # The second and the second last of seven by order, and the fourth.
    assert rows.loc[1, ["low", "speedup", "high"]].tolist() in ([1, 4, 7], [2, 4, 6])


def test_the_report_names_every_peer(engines, capsys):
    bench.report(bench.measure(engines, rounds=3), rounds=3)
    lines = capsys.readouterr().out.splitlines()
    assert "replicas / session loop: 1,000 (target 2,000)" in lines
    for peer in bench.PEERS:
        assert [line for line in lines if f"{peer.name}: not measured" in line]


ANSWERS = """
import sys
for number, _ in enumerate(sys.stdin):
    print(number / 2 + float(sys.argv[2]), flush=True)
"""


@pytest.fixture
def peer(tmp_path, monkeypatch):
    """A peer in an environment of its own, with a script that is to be written."""
    python = tmp_path / "environment" / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.symlink_to(sys.executable)
    monkeypatch.setattr(bench, "ROOT", tmp_path)
    return bench.Peer("peer", str(tmp_path / "script.py"), "environment", 3, 7)


def test_a_peer_answers_with_its_times(peer):
    Path(peer.script).write_text(ANSWERS)
    with bench.running(peer) as call:
        assert [call(), call()] == [7.5, 8.0]  # the first call, which compiles, came before


def test_a_peer_that_fails_or_is_not_there_is_left_out(peer):
    Path(peer.script).write_text("raise SystemExit(1)")
    with bench.running(peer) as call:
        assert call is None
    with bench.running(bench.Peer("peer", peer.script, "elsewhere", 3, 7)) as call:
        assert call is None
