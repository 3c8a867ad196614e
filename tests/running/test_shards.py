"""Shards: kept once finished, taken up again bit for bit, never in place of what would differ."""

import dataclasses
import io
import os
import signal
import subprocess
import sys
import time

import numpy as np
import pandas as pd
import pytest

from reproductions import __main__ as command_line
from reproductions.evidence import kinds
from reproductions.evidence.errors import InputError
from reproductions.evidence.kinds import Close, Table
from reproductions.evidence.statistics import generator
from reproductions.running import checking, cluster, experiment, provenance, runner, shards
from reproductions.running.files import sha256
from reproductions.running.shards import StoredShards
from reproductions.training import pool
from reproductions.training.pool import Pool
from tests.training.shards import made, part


def broken(shard, number):
    if number == 2:
        raise ZeroDivisionError("two")
    return part(shard, number)


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
    return Pool(StoredShards(folder, fingerprint)).gather(function, calls, "test")


CALLS = [(3,), (1, 2), (2,)]


def test_kept_shards_are_the_same_bits_and_not_made_again(tmp_path, capsys):
    first = gather(tmp_path, CALLS)
    assert sorted(made) == [1, 2, 3]
    assert "goes on" not in capsys.readouterr().out
    assert_same(gather(tmp_path, [*CALLS, (4,)])[:3], first)
    assert sorted(made) == [1, 2, 3, 4]
    assert "test: goes on from 3 of 4 shards" in capsys.readouterr().out
    assert_same(Pool().gather(part, CALLS, "test"), first)  # fresh and kept do not differ


def other_part(shard, number):
    return part(shard, number)


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


def test_no_python_object_is_kept(tmp_path):
    with pytest.raises(ValueError, match="allow_pickle"):
        StoredShards(tmp_path, "code").save("a shard", {"a": np.array([{}], dtype=object)})
    assert not (tmp_path / shards.FOLDER).exists()


def test_what_is_finished_before_an_error_is_kept(tmp_path, monkeypatch):
    monkeypatch.setattr(os, "cpu_count", lambda: 1)
    with pytest.raises(ZeroDivisionError):
        gather(tmp_path, [(1,), (2,), (3,)], function=broken)
    assert len(list((tmp_path / shards.FOLDER).iterdir())) == 1


def test_a_full_process_stops_and_the_next_ones_go_on(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(os, "cpu_count", lambda: 1)
    store, calls = StoredShards(tmp_path, "the same"), [(3,), (1, 2), (2,)]
    for number in (1, 2):
        with pytest.raises(pool.ProcessFullError):
            Pool(store, most_bytes=1, goes_on=number > 1).gather(part, calls, "test")
        assert len(list((tmp_path / shards.FOLDER).iterdir())) == number
    # The last shard is computed, so that there is nothing to stop for.
    results = Pool(store, most_bytes=1, goes_on=True).gather(part, calls, "test")
    assert_same(results, Pool(most_bytes=1).gather(part, calls, "test"))  # nothing would be kept
    assert "goes on" not in capsys.readouterr().err


def test_a_link_is_removed_and_not_followed(tmp_path):
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "mine").touch()
    (tmp_path / shards.FOLDER).symlink_to(outside)
    shards.clear(tmp_path)
    shards.clear(tmp_path)
    assert [p.name for p in tmp_path.iterdir()] == ["outside"]
    assert (outside / "mine").exists()


def test_seeds_beyond_those_listed_are_counted(monkeypatch):
    deep_xor = experiment.load("deep_xor")
    few = {"activations": ("tanh",), "losses": ("document",), "hidden": (5,), "first_seeds": 9}
    spec = dataclasses.replace(deep_xor.spec, seeds=150, steps=101, **few)
    whole = deep_xor.run(spec, Pool())
    monkeypatch.setattr(kinds, "LISTED", 100)
    monkeypatch.setattr(pool, "RANGE", 64)
    tables = deep_xor.run(spec, Pool())
    pd.testing.assert_frame_equal(tables.pop("seeds"), whole["seeds"][:100], check_exact=True)
    for name, table in tables.items():
        pd.testing.assert_frame_equal(table, whole[name], check_exact=True)


def test_a_shard_sent_elsewhere_is_refused_where_its_bits_could_be_others(monkeypatch):
    here = provenance.maker()
    assert {"code", "python", "cpu", "keras", "numpy"} <= set(here)
    cluster._refuse_another(here)
    for name in here:
        monkeypatch.setattr(provenance, "maker", lambda name=name: {**here, name: "other"})
        with pytest.raises(InputError, match=rf"another {name} than .* Received: other"):
            cluster._refuse_another(here)


NAME = "document_arithmetic"  # whose code the made-up experiment below goes by
SHARDS = 6


@dataclasses.dataclass(frozen=True)
class Spec:
    seeds: int = 5


def slow(shard, spec, number):
    time.sleep(0.3)
    draws = generator(number).standard_normal(spec.seeds)
    return {"draws": pd.DataFrame({"shard": number, "seed": range(spec.seeds), "draw": draws})}


def run_slowly(spec, given):
    return pool.joined(given.gather(slow, [(spec, i) for i in range(SHARDS)], NAME))


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
    code = "import sys; from tests.running import test_shards; test_shards.command(*sys.argv[1:])"
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
    runner.run([name], runner.Request(whole, changes=changes))
    save = StoredShards.save

    def save_and_stop(*arguments):
        save(*arguments)
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(StoredShards, "save", save_and_stop)
        with pytest.raises(KeyboardInterrupt):
            runner.run([name], runner.Request(stopped, changes=changes))
    runner.run([name], runner.Request(stopped, changes=changes))
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
            runner.run([NAME], runner.Request(tmp_path, **options))
        assert made.count(0.3) == often
        assert len(finished(tmp_path)) == SHARDS


def test_a_shard_is_hidden_and_holds_arrays_alone(tmp_path):
    assert shards.FOLDER.startswith(".")
    store = shards.StoredShards(tmp_path, "of this code")
    with pytest.raises(ValueError, match=r"[Oo]bject arrays"):
        store.save("objects", {"a": np.array([{}], dtype=object)})
    assert store.load("objects") is None
    buffer = io.BytesIO()
    np.savez(buffer, a=np.array([{}], dtype=object))
    path = store._path("objects")
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(sha256(buffer.getvalue()).encode() + b"\n" + buffer.getvalue())
    with pytest.raises(ValueError, match=r"[Oo]bject arrays"):
        store.load("objects")
