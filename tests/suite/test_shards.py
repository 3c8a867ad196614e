"""Shards: kept once finished, taken up again bit for bit, never in place of what would differ."""

import dataclasses
import os
import signal
import subprocess
import sys
import threading
import time

import numpy as np
import pandas as pd
import pytest

from reproductions import __main__ as command_line
from reproductions.suite import checking, experiment, provenance, runner, shards
from reproductions.suite.errors import InputError
from reproductions.suite.kinds import Close, Table
from reproductions.suite.statistics import generator

made = []


def part(number, power=1):
    """A shard of every type; it counts how often it is made."""
    made.append(number)
    return {
        "values": np.array([number**power, 0.1, np.nan, np.inf, -0.0]),
        "rows": pd.DataFrame(
            {
                "label": ["ja 예", "", f"{number}"],
                "count": np.array([1, 2, number]),
                "single": np.array([0.1, np.nan, 3], "float32"),
                "solved": [True, False, number > 1],
            }
        ),
        "nothing": pd.DataFrame({"label": [], "value": np.array([], float)}),
        "one": number,
    }


def broken(number):
    if number == 2:
        raise ZeroDivisionError("two")
    return part(number)


@pytest.fixture(autouse=True)
def count():
    made.clear()
    return made


def assert_same(some, others):
    for a, b in zip(some, others, strict=True):
        assert list(a) == list(b)
        for name, value in a.items():
            assert type(value) is type(b[name])
            if isinstance(value, pd.DataFrame):
                pd.testing.assert_frame_equal(value, b[name], check_exact=True)
            else:
                assert (value.dtype, value.tobytes()) == (b[name].dtype, b[name].tobytes())


def gather(folder, calls, fingerprint="code", function=part):
    with shards.kept(folder, fingerprint):
        return shards.gather(function, calls, "test")


CALLS = [(3,), (1, 2), (2,)]


def test_results_come_in_the_order_of_the_calls_with_what_they_hold():
    results = shards.gather(part, CALLS, "test")
    assert [int(result["one"]) for result in results] == [3, 1, 2]
    assert sorted(made) == [1, 2, 3]
    for result, call in zip(results, CALLS, strict=True):
        expected = part(*call)
        np.testing.assert_array_equal(result["values"], expected["values"])
        pd.testing.assert_frame_equal(result["rows"], expected["rows"], check_dtype=False)
        assert result["rows"]["single"].dtype == "float32"
        assert list(result["nothing"].columns) == ["label", "value"]


def test_kept_shards_are_the_same_bits_and_not_made_again(tmp_path, capsys):
    first = gather(tmp_path, CALLS)
    assert sorted(made) == [1, 2, 3]
    assert "goes on" not in capsys.readouterr().out
    assert_same(gather(tmp_path, [*CALLS, (4,)])[:3], first)
    assert sorted(made) == [1, 2, 3, 4]
    assert "test: goes on from 3 of 4 shards" in capsys.readouterr().out
    assert_same(shards.gather(part, CALLS, "test"), first)  # fresh and kept do not differ


def slower_first(number):
    time.sleep(0.2 if number == 0 else 0)
    return {"number": number}


def test_the_order_is_that_of_the_calls_whichever_is_done_first(monkeypatch):
    monkeypatch.setattr(os, "cpu_count", lambda: 2)
    results = shards.gather(slower_first, [(0,), (1,), (2,)], "test")
    assert [int(result["number"]) for result in results] == [0, 1, 2]


def other_part(number):
    return part(number)


@pytest.mark.parametrize(
    ("calls", "options"),
    [
        ([(1, 3)], {}),
        ([(1,)], {"fingerprint": "other code"}),
        ([(1,)], {"function": other_part}),
    ],
    ids=["other arguments", "other code", "another function"],
)
def test_nothing_is_taken_for_what_it_is_not(tmp_path, calls, options):
    gather(tmp_path, [(1,)])
    gather(tmp_path, calls, **options)
    assert made == [1, 1]


DAMAGE = {
    "cut short": lambda data: data[:-7],
    "a changed bit": lambda data: data[:-200] + bytes([data[-200] ^ 1]) + data[-199:],
    "empty": lambda data: b"",
    "other bytes": lambda data: b"\xff\xfe\n" + data,
}


@pytest.mark.parametrize("kind", DAMAGE)
def test_a_damaged_shard_is_made_again(tmp_path, kind):
    first = gather(tmp_path, [(1,)])
    (path,) = (tmp_path / shards.FOLDER).iterdir()
    path.write_bytes(DAMAGE[kind](path.read_bytes()))
    assert_same(gather(tmp_path, [(1,)]), first)
    assert made == [1, 1]


def test_what_is_finished_before_an_error_is_kept(tmp_path, monkeypatch):
    monkeypatch.setattr(os, "cpu_count", lambda: 1)
    with pytest.raises(ZeroDivisionError):
        gather(tmp_path, [(1,), (2,), (3,)], function=broken)
    assert len(list((tmp_path / shards.FOLDER).iterdir())) == 1
    assert shards._bar is None
    assert shards._store is None


def test_nothing_is_written_outside_a_run(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    shards.gather(part, CALLS, "test")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("value", [np.array([None]), pd.DataFrame({"a": [{}]}), pd.DataFrame()])
def test_what_cannot_be_kept_as_plain_arrays_is_refused(value):
    with pytest.raises(ValueError, match="Received"):
        shards._pack({"value": value})


def test_a_link_is_removed_and_not_followed(tmp_path):
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "mine").touch()
    (tmp_path / shards.FOLDER).symlink_to(outside)
    shards.clear(tmp_path)
    shards.clear(tmp_path)
    assert [p.name for p in tmp_path.iterdir()] == ["outside"]
    assert (outside / "mine").exists()


@pytest.mark.parametrize("seeds", [1, 127, 128, 129, 4096, 128_001, 10**7, 10**8])
def test_ranges_hold_every_seed_once_in_whole_blocks(seeds):
    ranges = shards.ranges(seeds)
    assert [start for start, _ in ranges] == [0, *(stop for _, stop in ranges[:-1])]
    assert ranges[-1][1] == seeds
    assert len(ranges) <= shards.MOST_RANGES
    assert all(start % 64 == 0 for start, _ in ranges)


def spans(name, start, stop):
    made.append((name, start))
    return {"seeds": np.arange(start, stop), "name": name}


def test_every_call_comes_before_the_next_seeds(monkeypatch):
    monkeypatch.setattr(shards, "RANGE", 64)
    monkeypatch.setattr(os, "cpu_count", lambda: 1)
    found = shards.by_seeds(spans, [("a",), ("b",)], [100, 150], "test")
    assert made == [("a", 0), ("b", 0), ("a", 64), ("b", 64), ("b", 128)]
    for parts, name, seeds in zip(found, "ab", (100, 150), strict=True):
        assert {str(part["name"]) for part in parts} == {name}
        np.testing.assert_array_equal(np.concatenate([p["seeds"] for p in parts]), range(seeds))


@pytest.fixture
def engine(monkeypatch):
    lock = threading.Lock()
    monkeypatch.setattr(shards, "_caches", [])

    def make(name, option=None):
        assert lock.locked(), "two threads could make one each"
        made.append(name)
        return object()

    with monkeypatch.context() as patched:
        patched.setattr(shards.threading, "Lock", lambda: lock)
        return shards.cached(make)


def test_what_shards_share_is_made_once_and_let_go(tmp_path, engine):
    with shards.kept(tmp_path, "code"):
        assert engine("a") is engine("a")
        assert engine("a") is not engine("a", option=1)
    assert made == ["a", "a"]
    engine("a")
    assert made == ["a", "a", "a"]


def test_a_worker_lets_go_with_the_next_experiment(monkeypatch, engine):
    here = provenance.maker()

    def shard():
        return {"one": engine("a") is engine("a")}

    for module, expected in (("x", 1), ("x", 1), ("y", 2), ("x", 3)):
        monkeypatch.setattr(shard, "__module__", module)
        shards._one(0, shard, (), here)
        assert len(made) == expected


def test_some_arrays_are_added_up_and_the_others_stand_side_by_side():
    parts = [
        {"count": np.array([1, 2]), "seeds": np.array([[0, 1], [2, 3]])},
        {"count": np.array([10, 20]), "seeds": np.array([[4], [5]]), "late": np.array([7])},
    ]
    found = shards.whole(parts, summed=("count",))
    expected = {"count": [11, 22], "seeds": [[0, 1, 4], [2, 3, 5]], "late": [7]}
    assert {name: array.tolist() for name, array in found.items()} == expected


def test_seeds_beyond_those_listed_are_counted(monkeypatch):
    deep_xor = experiment.load("deep_xor")
    few = {"activations": ("tanh",), "losses": ("document",), "hidden": (5,), "first_seeds": 9}
    spec = dataclasses.replace(deep_xor.spec, seeds=150, steps=101, **few)
    whole = deep_xor.run(spec)
    monkeypatch.setattr(shards, "LISTED", 100)
    monkeypatch.setattr(shards, "RANGE", 64)
    tables = deep_xor.run(spec)
    pd.testing.assert_frame_equal(tables.pop("seeds"), whole["seeds"][:100], check_exact=True)
    for name, table in tables.items():
        pd.testing.assert_frame_equal(table, whole[name], check_exact=True)


def test_a_shard_sent_elsewhere_is_refused_where_its_bits_could_be_others(monkeypatch):
    here = provenance.maker()
    assert {"code", "python", "cpu", "keras", "numpy"} <= set(here)
    shards._one(0, part, (1,), here)
    for name in here:
        monkeypatch.setattr(provenance, "maker", lambda name=name: {**here, name: "other"})
        with pytest.raises(InputError, match=rf"another {name} than .* Received: other"):
            shards._one(0, part, (1,), here)
    assert made == [1]


NAME = "document_arithmetic"  # whose code the made-up experiment below goes by
SHARDS = 6


@dataclasses.dataclass(frozen=True)
class Spec:
    seeds: int = 5


def slow(spec, number):
    time.sleep(0.3)
    draws = generator(number).standard_normal(spec.seeds)
    return {"draws": pd.DataFrame({"shard": number, "seed": range(spec.seeds), "draw": draws})}


def run_slowly(spec):
    return shards.joined(shards.gather(slow, [(spec, i) for i in range(SHARDS)], NAME))


def command(*arguments):
    """The command line, with one experiment that takes its time: run in a process of its own."""
    table = Table(("shard", "seed"), {"draw": Close(rtol=0, atol=0, reason="the same bits")})
    made_up = experiment.Experiment(
        NAME, "Slow.", Spec(), run_slowly, lambda spec, tables: {}, {"draws": table}, []
    )
    runner.load = lambda name: made_up
    status = command_line.main(["run", NAME, *arguments])
    sys.stdout.flush()
    os._exit(status)


def start(folder):
    code = "import sys; from tests.suite import test_shards; test_shards.command(*sys.argv[1:])"
    return subprocess.Popen(
        [sys.executable, "-c", code, "--results", str(folder)],
        cwd=experiment.FOLDER.parent,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def finished(folder):
    return sorted((folder / NAME / shards.FOLDER).glob("[!.]*.npz"))


def test_a_killed_run_goes_on_from_its_shards_to_the_same_bytes(tmp_path, capsys):
    whole, killed = tmp_path / "whole", tmp_path / "killed"
    _, errors = start(whole).communicate()
    assert not errors
    for kill, code, fewest in ((signal.SIGKILL, -9, 1), (signal.SIGINT, 130, 3)):
        run = start(killed)
        while len(finished(killed)) < fewest:
            assert run.poll() is None, run.communicate()
            time.sleep(0.01)
        run.send_signal(kill)
        run.communicate()
        assert run.returncode == code
    assert [path.name for path in (killed / NAME).iterdir()] == [shards.FOLDER]
    kept = finished(killed)
    assert 3 <= len(kept) < SHARDS
    # What was stopped is no result yet.
    found = checking.compare([NAME], whole, killed, judge=False).concluded()
    assert str(found[0]).startswith(f"{NAME}: expected there, obtained missing")
    printed, errors = start(killed).communicate()
    assert f"{NAME}: goes on from {len(kept)} of {SHARDS} shards" in printed, errors
    assert "claims" in printed
    assert not (whole / NAME / shards.FOLDER).exists()
    files = {path.relative_to(whole) for path in whole.rglob("*")}
    assert {path.relative_to(killed) for path in killed.rglob("*")} == files
    for file in files:
        if file.suffix == ".csv":
            assert (killed / file).read_bytes() == (whole / file).read_bytes()


def test_a_network_stopped_and_taken_up_comes_to_the_same_bytes(tmp_path, monkeypatch, capsys):
    name = "xor_phase_diagram"
    small = {"depths": (2,), "rates": (0.1, 1.0), "activations": ("relu", "tanh"), "steps": 101}
    changes = {name: small | {"seeds": 8}}
    whole, stopped = tmp_path / "whole", tmp_path / "stopped"
    runner.run([name], whole, changes=changes)
    save = shards.Store.save

    def save_and_stop(*arguments):
        save(*arguments)
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(shards.Store, "save", save_and_stop)
        with pytest.raises(KeyboardInterrupt):
            runner.run([name], stopped, changes=changes)
    runner.run([name], stopped, changes=changes)
    assert f"{name}: goes on from 1 of 2 shards" in capsys.readouterr().out
    for file in (path for path in whole.rglob("*") if path.suffix in (".csv", ".svg")):
        assert (stopped / file.relative_to(whole)).read_bytes() == file.read_bytes()


def test_force_takes_up_nothing(tmp_path, monkeypatch, capsys):
    table = Table(("shard", "seed"), {"draw": Close(rtol=0, atol=0, reason="the same bits")})
    made_up = experiment.Experiment(
        NAME, "Quick.", Spec(), run_slowly, lambda spec, tables: {}, {"draws": table}, []
    )
    monkeypatch.setattr(runner, "load", lambda name: made_up)
    monkeypatch.setattr(time, "sleep", made.append)

    def stop(*arguments):
        raise KeyboardInterrupt

    monkeypatch.setattr(runner, "reread", stop)
    for options, often in (({}, SHARDS), ({}, 0), ({"force": True}, SHARDS)):
        made.clear()
        with pytest.raises(KeyboardInterrupt):
            runner.run([NAME], tmp_path, **options)
        assert made.count(0.3) == often
        assert len(finished(tmp_path)) == SHARDS
