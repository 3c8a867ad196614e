"""What is stored of the drift: the last run of each setting, and whole runs before first looks."""

import numpy as np
import pandas as pd
import pytest

from reproductions.bench import drift
from reproductions.evidence.kinds import Close, Exact, Rate, Table, Unchecked, shares


def row(setting, run, farthest, experiment="deep_xor"):
    label = {"setting": setting, "run": run, "experiment": experiment, "table": "rates"}
    counts = {"counts": 1, "counts_changed": 0}
    return {**label, "values": 3, "changed": 1, "farthest_tolerances": farthest, **counts}


def test_a_whole_run_takes_the_place_of_a_first_look(tmp_path, monkeypatch):
    monkeypatch.setattr(drift, "DRIFT", tmp_path)
    drift._store([row("one thread", "quick", 0.5), row("one thread", "quick", 0.4, "xor_nan")])
    drift._store([row("no AVX2", "quick", 0.3)])
    drift._store([row("one thread", "full", 0.2)])
    drift._store([row("one thread", "full", 0.1)])
    stored = pd.read_csv(tmp_path / "drift.csv")
    kept = stored[["setting", "run", "experiment", "farthest_tolerances"]].to_numpy().tolist()
    assert sorted(kept) == [
        ["no AVX2", "quick", "deep_xor", 0.3],
        ["one thread", "full", "deep_xor", 0.1],
        ["one thread", "quick", "xor_nan", 0.4],
    ]
    drift._store([row("one thread", "quick", 0.9)])
    assert pd.read_csv(tmp_path / "drift.csv")["farthest_tolerances"].max() == 0.4
    assert {path.name for path in tmp_path.iterdir()} == {"drift.csv", "drift.png", "drift.svg"}


def test_how_far_a_table_moved():
    table = Table(
        key=("seed",),
        columns={
            "cost": Close(rtol=0, atol=0.1, reason="a test", nan=True),
            "name": Exact(),
            "time": Unchecked(),
            "solved": Rate(trials="seeds"),
            "seeds": Exact(),
            **shares("solved"),
        },
    )
    stored = pd.DataFrame(
        {
            "seed": [0, 1, 2],
            "cost": [1.0, 2.0, np.nan],
            "name": ["a", "b", "c"],
            "time": [1.0, 2.0, 3.0],
            "solved": [1, 2, 3],
            "seeds": 4,
            "share": [0.25, 0.5, 0.75],
            "low": 0.0,
            "high": 1.0,
        }
    )
    fresh = stored.assign(cost=[1.0, 2.05, np.nan], solved=[1, 2, 4], time=9.0, share=0.5)
    moved = drift._moved(table, stored, fresh)
    assert moved.pop("farthest_tolerances") == pytest.approx(0.5)
    assert moved == {"values": 9, "changed": 1, "counts": 3, "counts_changed": 1}
