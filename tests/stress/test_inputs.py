"""Hostile input: files and command lines from strangers give one clear line, never a traceback."""

import contextlib
import io
import json
import os
import resource
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from reproductions import __main__ as command_line
from reproductions.evidence import verdicts
from reproductions.evidence.comparison import compare_table
from reproductions.evidence.differences import Comparison
from reproductions.evidence.errors import InputError
from reproductions.evidence.kinds import Close, Exact, Printed, Rate, Table, Unchecked
from reproductions.evidence.tables import parse_table, to_csv
from reproductions.running import (
    accepting,
    checking,
    config,
    experiment,
    provenance,
    results,
    runner,
)

NAME = "document_arithmetic"  # needs no TensorFlow
LONGEST_S = 20
MOST_GROWTH_KB = 400_000


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """Fresh results of one experiment."""
    folder = tmp_path_factory.mktemp("made")
    runner.run([NAME], runner.Request(folder))
    return folder


@pytest.fixture
def attack(full, report):
    """Runs a check on many inputs; each within a time, all within some memory."""

    def run(name, strategy, check, share=1.0):
        count = max(1, int((20_000 if full else 100) * share))
        slowest, seen = 0.0, 0

        @settings(
            max_examples=count,
            deadline=None,
            database=None,
            derandomize=True,
            suppress_health_check=list(HealthCheck),
        )
        @given(strategy)
        def each(value):
            nonlocal slowest, seen
            started = time.perf_counter()
            check(value)
            slowest, seen = max(slowest, time.perf_counter() - started), seen + 1

        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        each()
        grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
        report(
            f"{name}: {seen:,} inputs, no traceback; slowest {slowest:.2f} s,"
            f" memory grew by {grown / 1024:.0f} MB"
        )
        assert slowest < LONGEST_S
        assert grown < MOST_GROWTH_KB

    return run


def unless_refused(call, *arguments):
    """What a call returns; None where it refuses its input, in a message of bearable length."""
    message = ""
    try:
        return call(*arguments)
    except InputError as error:
        message = str(error)
    assert 0 < len(message) < 1500
    return None


# Pieces of files as they should be, so that what is made of them gets past the first checks.

PIECES = st.sampled_from(
    [
        "", ",", "\n", '"', "'", "=", "+", "-", "@", "nan", "inf", "-inf", "1e999", "-0.0", "0",
        "1", "3", "0.5", "1_0", " 1", "٣", "9" * 19, "9" * 25, "9" * 5000, "True", "False",
        "seed", "value", "k", "n", "label", "\t", "\r", "\0", "\ufeff", "\ud800", "\x1b[2J",
        "=1+1", "../x", "x" * 3000,
    ]
)  # fmt: skip
TEXTS = st.one_of(
    st.text(max_size=40), st.lists(PIECES, max_size=12).map("".join), st.sampled_from(["", "\n"])
)


def as_bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")


def grid(header: str, cells) -> st.SearchStrategy[bytes]:
    """A table with the right header and any cells."""
    width = header.count(",") + 1
    row = st.lists(cells, min_size=width, max_size=width).map(",".join)
    return st.lists(row, max_size=6).map(lambda rows: as_bytes("\n".join([header, *rows, ""])))


@st.composite
def spoilt(draw, whole: bytes) -> bytes:
    """A sound file with some parts cut, doubled, or replaced."""
    data = whole
    for _ in range(draw(st.integers(1, 3))):
        start = draw(st.integers(0, len(data)))
        stop = min(len(data), start + draw(st.integers(0, 30)))
        part = draw(
            st.one_of(TEXTS.map(as_bytes), st.binary(max_size=6), st.just(data[start:stop] * 2))
        )
        data = data[:start] + part + data[stop:]
    return data


TABLE = Table(
    key=("seed",),
    columns={
        "label": Exact(),
        "whole": Exact(),
        "value": Close(rtol=1e-3, atol=0, reason="a test", nan=True),
        "printed": Printed(digits=2),
        "k": Rate(trials="n"),
        "n": Unchecked(),
        "outcome": Rate(),
    },
)
GOOD = b"seed,label,whole,value,printed,k,n,outcome\n0,a,1,0.5,0.25,3,8,x\n1,'=b,2,nan,0.5,8,8,y\n"


def test_tables(attack):
    good = parse_table(Path("t.csv"), GOOD, TABLE)
    header = GOOD.split(b"\n")[0].decode()

    def check(data):
        frame = unless_refused(parse_table, Path("t.csv"), data, TABLE)
        if frame is None:
            return
        written = to_csv(frame)
        again = parse_table(Path("t.csv"), written, TABLE)
        assert to_csv(again) == written
        for expected, obtained in ((good, frame), (frame, good), (frame, frame)):
            for same_seeds in (True, False):
                found = Comparison()
                compare_table("t.csv", TABLE, expected, obtained, found, same_seeds)
                for difference in found.concluded():
                    assert str(difference).isprintable()

    data = st.one_of(
        st.binary(max_size=80), TEXTS.map(as_bytes), grid(header, PIECES), spoilt(GOOD)
    )
    attack("tables", data, check)


def test_claims(attack, made, tmp_path):
    whole = (made / "claims.csv").read_bytes()
    path = tmp_path / "claims.csv"

    def check(data):
        path.write_bytes(data)
        with contextlib.suppress(InputError):
            frame = results.read_claims(path.parent)
            merged = verdicts.merge(frame, frame.head(1), ["XP-06"])
            assert list(merged.columns) == list(verdicts.COLUMNS)
            runner.verdict_lines(merged)

    header = ",".join(verdicts.COLUMNS)
    attack("claims.csv", st.one_of(TEXTS.map(as_bytes), grid(header, PIECES), spoilt(whole)), check)


LEAVES = st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), TEXTS)
LISTS = st.one_of(LEAVES, st.lists(LEAVES, max_size=3))
JSON = st.one_of(LISTS, st.dictionaries(TEXTS, LISTS, max_size=3), st.lists(LISTS, max_size=3))
PATHS = st.sampled_from(
    [
        "../x",
        "..",
        ".",
        "",
        "/etc/passwd",
        "a/../../b",
        "products.csv",
        "x\0y",
        "\ud800",
        "~",
        "C:\\x",
    ]
)


@st.composite
def records(draw, whole: dict) -> bytes:
    """A record with some fields of another kind."""
    record = dict(whole)
    for field in draw(
        st.lists(st.sampled_from(["seeds", "files", "spec", "inputs", "fingerprint"]))
    ):
        record[field] = draw(
            st.one_of(
                JSON, st.dictionaries(PATHS, JSON, max_size=2), st.just({NAME: whole["spec"]})
            )
        )
    return json.dumps(record).encode()


def test_provenance(attack, made, tmp_path):
    folder = shutil.copytree(made / NAME, tmp_path / NAME)
    whole = (folder / provenance.FILE).read_bytes()
    loaded = experiment.load(NAME)
    stored = provenance.spec_of(loaded.spec)

    def check(data):
        (folder / provenance.FILE).write_bytes(data)
        with contextlib.suppress(InputError):
            content = provenance.read(folder)
            assert all(Path(name).name == name for name in content["files"])
            provenance.damaged(folder)
            provenance.other_settings(loaded, stored, content["spec"])
        provenance.is_current(folder, loaded, loaded.spec)

    deep = st.integers(1, 200_000).map(lambda depth: b"[" * depth)
    data = st.one_of(spoilt(whole), records(json.loads(whole)), TEXTS.map(as_bytes), deep)
    attack("provenance.json", data, check)


def called(arguments: list[str]) -> int:
    """What the command line answers; it must be a known status and one line of error at most."""
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        try:
            status = command_line.main(arguments)
        except SystemExit as stop:
            status = stop.code
    assert status in (0, 1, 2)
    if status == 2:
        assert err.getvalue().startswith("error: ")
        assert err.getvalue().count("\n") == 1
    assert all(c.isprintable() or c == "\n" for c in out.getvalue() + err.getvalue())
    out.getvalue().encode()
    return status


def test_folders_of_results(attack, made, tmp_path):
    latest = shutil.copytree(made, tmp_path / "latest")
    files = [latest / "claims.csv", *(latest / NAME / f for f in ("products.csv", provenance.FILE))]
    whole = {path: path.read_bytes() for path in files}
    lines = (latest / NAME / "products.csv").read_bytes().splitlines(keepends=True)
    header = lines[0].decode().rstrip()
    changes = st.one_of(
        *(st.tuples(st.just(path), spoilt(data)) for path, data in whole.items()),
        st.tuples(st.just(files[1]), grid(header, PIECES)),
        st.tuples(st.just(files[1]), st.sets(st.sampled_from(lines[1:])).map(
            lambda kept: b"".join([lines[0], *(line for line in lines[1:] if line in kept)])
        )),
        st.tuples(st.just(files[2]), records(json.loads(whole[files[2]]))),
    )  # fmt: skip
    sides = ["--results", str(latest), "--expected", str(made)], ["--results", str(made)]
    sides[1].extend(["--expected", str(latest)])

    def check(change):
        path, data = change
        path.write_bytes(data)
        try:
            for side in sides:
                called(["check", NAME, *side])
        finally:
            path.write_bytes(whole[path])
        assert sorted(p.name for p in tmp_path.iterdir()) == ["latest"]

    attack("folders of results", changes, check, share=0.2)


WORDS = st.sampled_from(
    [
        "list", "run", "check", "compare", "accept", "--seeds", "--results", "--expected",
        "--quick", "--force", "--config", "--help", "-h", "--", "-", "=", "--seeds=7",
        "--results=", "0", "64", "-1", "1e3", "٣", "9" * 400, NAME, f"{NAME}s", "../suite",
        "/dev/null", "/dev/zero", "/proc", ".", "", "\n", "\x1b[2J", "\udcff", "x" * 5000,
        "/" + "x/" * 3000, "~", "*", "@file",
    ]
)  # fmt: skip


def test_command_lines(attack, monkeypatch, tmp_path):
    # What a command line asks for is not done: the question is whether it is understood.
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(runner, "run", lambda *given, **more: None)
    monkeypatch.setattr(checking, "compare", _compare_no_more(checking.compare, tmp_path))
    monkeypatch.setattr(accepting, "accept", lambda *given: None)
    text = st.text(st.characters(exclude_characters="\0"), max_size=20)
    arguments = st.lists(st.one_of(WORDS, WORDS, text), max_size=7)
    attack("command lines", arguments, called)
    left = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert left == []


def _compare_no_more(compare, folder):
    """Compares only folders of the test's own: /proc is large."""

    def held(wanted, expected, obtained, judge):
        if all(Path(side).resolve().is_relative_to(folder) for side in (expected, obtained)):
            return compare(wanted, expected, obtained, judge)
        Path(expected).is_dir()
        return Comparison()

    return held


TOML = st.sampled_from(
    [
        f"[{NAME}]", "[deep_xor]", "[xor_depth]", "[[deep_xor]]", "[suite]", "[", "]", "\n", "=",
        ".", "#", "seeds", "layers", "steps", "seeds = 3", "layers = 12", "rate = 0.1", "= -1",
        "= 1e999", "= nan", "= true", '= "x"', "= [1, 2]", "= {a = 1}", "= 9" + "9" * 5000,
        "= 1979-05-27", '"""', "'''", "[" * 3000, "{a = " * 500, "\0", "\x1b[2J", "\ufeff", "\r",
        "\t", "a.b.c = 1",
    ]
)  # fmt: skip


def test_configurations(attack, tmp_path):
    path = tmp_path / "mine.toml"

    def check(data):
        path.write_bytes(data)
        for name, fields in (unless_refused(config.read, path) or {}).items():
            runner.spec_for(experiment.load(name), None, False, fields)

    lines = st.lists(st.one_of(TOML, TOML, TEXTS), max_size=10)
    text = st.tuples(lines, st.sampled_from(["", "\n", " "])).map(
        lambda part: part[1].join(part[0])
    )
    sound = f"[{NAME}]\nlayers = 12\n\n[deep_xor]\nseeds = 64\n".encode()
    attack("configurations", st.one_of(text.map(as_bytes), spoilt(sound)), check)


def test_guided_inputs(full, report, made, tmp_path):
    """The same readers under atheris, which looks for inputs that reach new lines of code."""
    pytest.importorskip("atheris", reason="comes with tests/requirements-stress.txt")
    count = 100_000 if full else 500
    # What to begin with: a sound file for each reader, after the byte that chooses the reader.
    sound = [
        b"seed,value,k,n\n0,0.5,3,8\n1,nan,8,8\n",
        b"0,0.5,3,8\n1,-1e-300,8,8\n",
        (made / "claims.csv").read_bytes(),
        f"[{NAME}]\nlayers = 12\n".encode(),
        (made / NAME / provenance.FILE).read_bytes(),
    ]
    for reader, data in enumerate(sound):
        (tmp_path / f"sound_{reader}").write_bytes(bytes([reader]) + data)
    command = [sys.executable, "-m", "tests.stress.guided", f"-atheris_runs={count}", "-seed=1"]
    command += ["-rss_limit_mb=2048", f"-timeout={LONGEST_S}", "-max_len=4096", str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, cwd=experiment.FOLDER.parent)
    assert done.returncode == 0, done.stderr[-3000:]
    report(f"guided: {count:,} inputs, no traceback")


# Files that are no files, and paths that lead out.


def test_a_table_without_end_is_refused(made, tmp_path):
    latest = shutil.copytree(made, tmp_path / "latest")
    path = latest / NAME / "products.csv"
    arguments = ["check", NAME, "--results", str(latest), "--expected", str(made)]
    path.unlink()
    path.symlink_to("/dev/zero")
    assert called(arguments) == 2
    path.unlink()
    path.symlink_to(made / NAME / "products.csv")
    assert called(arguments) == 2
    path.unlink()
    os.mkfifo(path)
    assert called(arguments) == 2
    path.unlink()
    with path.open("wb") as file:
        file.truncate(2**40)  # sparse: takes no room on the disk
    assert called(arguments) == 2


@pytest.mark.parametrize("name", ["../../kept", "/tmp/kept", "..", ".", "", "a/b", "x\\..\\y"])
def test_paths_in_a_record_stay_in_the_folder(made, tmp_path, name, monkeypatch):
    latest, stored = (shutil.copytree(made, tmp_path / side) for side in ("latest", "expected"))
    (tmp_path / "kept").write_text("kept")
    record = json.loads((latest / NAME / provenance.FILE).read_text())
    record["files"][name] = record["files"]["products.csv"]
    (latest / NAME / provenance.FILE).write_text(json.dumps(record))
    monkeypatch.setattr(command_line, "EXPECTED", stored)
    monkeypatch.setattr(command_line, "LATEST", latest)
    assert called(["accept", NAME]) == 2
    assert called(["run", NAME, "--results", str(latest)]) == 0  # replaces the record
    assert called(["accept", NAME]) == 0
    assert (tmp_path / "kept").read_text() == "kept"
    assert sorted(p.name for p in tmp_path.iterdir()) == ["expected", "kept", "latest"]


def test_nothing_is_read_or_written_through_a_link(made, tmp_path, monkeypatch):
    outside = shutil.copytree(made / NAME, tmp_path / "outside")
    (tmp_path / "latest").mkdir()
    shutil.copy(made / "claims.csv", tmp_path / "latest")
    (tmp_path / "latest" / NAME).symlink_to(outside)
    before = {path.name: path.read_bytes() for path in outside.iterdir()}
    latest = str(tmp_path / "latest")
    assert called(["check", NAME, "--results", latest, "--expected", str(made)]) == 2
    assert called(["run", NAME, "--results", latest]) == 2
    assert {path.name: path.read_bytes() for path in outside.iterdir()} == before


def test_a_link_in_place_of_a_result_is_replaced_not_followed(made, tmp_path):
    latest = shutil.copytree(made, tmp_path / "latest")
    outside = tmp_path / "outside.csv"
    path = latest / NAME / "products.csv"
    shutil.copy(path, outside)
    path.unlink()
    path.symlink_to(outside)
    (latest / "claims.csv").rename(tmp_path / "claims.csv")
    before = outside.read_bytes()
    assert called(["run", NAME, "--results", str(latest)]) == 0
    assert not path.is_symlink()
    assert outside.read_bytes() == before
