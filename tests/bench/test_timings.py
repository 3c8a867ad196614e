"""The benchmark's arithmetic and order of turns, on engines whose times are made up."""

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
        engine("scaling", "half", 50, 20, [9.0, 0.5, 0.5, 0.5]),
        engine("other", "replicas", 10, 10, [9.0, 1.0, 1.0, 1.0]),
        engine("other", "Model.fit", 1, 10, [9.0, 1.0, 1.0, 1.0]),
    ]


def test_rounds_are_interleaved_and_the_first_is_not_counted(engines, turns):
    seconds = bench.measure(engines, rounds=3)
    assert turns == [engine.name for engine in engines] * 4
    assert seconds.shape == (5, 3)
    assert seconds.max() == 70.0
    assert not (seconds == 9.0).any()


def test_medians_rates_and_speedups(engines):
    rows = bench.table(engines, bench.measure(engines, rounds=3))
    assert list(rows) == bench.COLUMNS
    assert rows["seconds"].tolist() == [1.0, 5.0, 0.5, 1.0, 1.0]
    assert rows["replica_steps_per_s"].tolist() == [2000, 2, 2000, 100, 10]
    # Within a workload; the other sizes against the first row.
    np.testing.assert_allclose(rows["speedup"], [1, 1000, 1, 1, 10])


def test_the_report_names_every_target(engines, capsys):
    bench.report(bench.table(engines, bench.measure(engines, rounds=3)), rounds=3)
    lines = capsys.readouterr().out.splitlines()
    assert "replicas / session loop: 1,000 (target 2,000)" in lines
    assert [line for line in lines if "jax vmap+jit: not measured" in line]
