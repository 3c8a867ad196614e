"""However an experiment's seeds are split into shards, its tables are the same."""

import dataclasses
import pickle

import numpy as np
import pandas as pd
import pytest

from reproductions.evidence import kinds
from reproductions.experiments.xor.xor_nan import run as xor_nan
from reproductions.running import experiment, runner
from reproductions.training import pool
from reproductions.training.pool import Cache, Pool
from tests.experiments import beside

SPLIT_UP = [name for name in experiment.names() if beside.of(name, "FEW_SEEDS", None) is not None]
SPLIT = [(0, 16), (16, 23), (23, 29)]


@pytest.fixture
def bars(monkeypatch):
    """Every progress bar's total, and what it was told."""
    seen = []

    class Bar:
        def __init__(self, total, **options):
            self.total, self.told = total, 0
            seen.append(self)

        def update(self, count=1):
            self.told += count

        def __enter__(self):
            return self

        def __exit__(self, *error):
            pass

    monkeypatch.setattr(pool, "progress", lambda items, total, *rest: Bar(total))
    return seen


@pytest.fixture
def sendable(monkeypatch):
    """Holds that every shard's function is found by name, and its arguments are all it has."""
    gather = Pool.gather

    def checked(self, function, calls, *rest, **options):
        assert pickle.loads(pickle.dumps(function)) is function
        assert pickle.loads(pickle.dumps(calls)) == calls
        assert len({repr(call) for call in calls}) == len(calls)
        assert "0x" not in repr(calls)  # an address, which another run would not find again
        return gather(self, function, calls, *rest, **options)

    monkeypatch.setattr(Pool, "gather", checked)


def few(name, **options):
    loaded = experiment.load(name)
    given = loaded.small | beside.of(name, "FEW_SEEDS", {}) | {"seeds": SPLIT[-1][1]} | options
    return dataclasses.replace(loaded.spec, **given)


def same(name, some, others):
    for table, shape in experiment.load(name).tables.items():
        a, b = (runner.reread(table, tables[table], shape) for tables in (some, others))
        pd.testing.assert_frame_equal(a, b, rtol=beside.of(name, "ROUNDING", 0), atol=0)


@pytest.mark.parametrize("name", SPLIT_UP)
@pytest.mark.usefixtures("sendable")
def test_the_split_changes_no_table(name, monkeypatch, bars):
    run, spec, cache = experiment.load(name).run, few(name), Cache()
    whole = run(spec, Pool(cache=cache))
    asked = []

    def ranges(seeds):
        asked.append(seeds)
        return SPLIT if seeds == spec.seeds else [(0, seeds)]  # those of learning rates are others

    monkeypatch.setattr(pool, "ranges", ranges)
    same(name, whole, run(spec, Pool(cache=cache)))
    assert spec.seeds in asked
    assert [bar.told for bar in bars] == [bar.total for bar in bars]


@pytest.mark.parametrize(
    ("name", "quantiles"),
    [
        ("xor_depth", ["cost_q05", "cost_q50", "cost_q95"]),
        ("logic_gates", ["loss_q05", "loss_q50", "loss_q95"]),
    ],
)
def test_curves_of_many_seeds_are_counts_of_all_and_quantiles_of_the_first(
    name, quantiles, monkeypatch
):
    run, cache = experiment.load(name).run, Cache()
    of_all, of_first = (run(few(name, seeds=n), Pool(cache=cache)) for n in (SPLIT[-1][1], 20))
    monkeypatch.setattr(pool, "ranges", lambda seeds: SPLIT)
    monkeypatch.setattr(kinds, "LISTED", 20)
    tables = run(few(name), Pool(cache=cache))
    expected = of_first["curves"][quantiles]
    assert not expected.equals(of_all["curves"][quantiles])
    of_all["curves"] = of_all["curves"].assign(**expected)
    same(name, of_all, tables)


def test_the_first_seed_like_the_posts_is_drawn():
    """So few are like it that no run as short as those above has one."""
    parts = [
        {
            "alike": np.array(alike, int),
            **{name: np.full((3, len(alike)), alike, float) for name in ("cost", "accuracy")},
        }
        for alike in ([], [20], [25], [])
    ]
    spec = dataclasses.replace(xor_nan.SPEC, steps=3, every=1)
    curve = xor_nan._curve(spec, pool.whole(parts))
    assert (curve[["seed", "cost", "accuracy"]] == 20).all(axis=None)
    none = xor_nan._curve(spec, pool.whole(parts[:1]))
    assert (none["seed"] == -1).all()
    assert none[["cost", "accuracy"]].isna().all(axis=None)
