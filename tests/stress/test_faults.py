"""Faults, made for real: after each, no half file, nothing stored lost, and the next run succeeds.

The small sample needs no TensorFlow; at full size two tries run side by side.
"""

import collections
import os
import shutil
import signal
import subprocess
import time

import numpy as np
import pandas as pd
import pytest

from tests.stress import faults
from tests.stress.faults import LIGHT, OTHER, after, moments, one_line, tail, while_writing

SHIFTED_CLOCK = """\
import os, time
_time, _time_ns = time.time, time.time_ns
time.time = lambda: _time() - 1e9
time.time_ns = lambda: _time_ns() - 10**18
"""


@pytest.fixture(scope="module")
def place(tmp_path_factory, full):
    kinds = ("light", "plain", "shards") if full else ("light",)
    return faults.Place(tmp_path_factory.mktemp("faults"), kinds)


@pytest.fixture(scope="module")
def places(place, tmp_path_factory):
    """Two, so that two tries run side by side; the moments are taken from runs that do so."""
    both = [place, place.beside(tmp_path_factory.mktemp("faults"))]
    if len(place.took) > 1:
        for kind in place.took:
            started = time.monotonic()
            assert faults.each(both, lambda p, _, kind=kind: p.next_run(getattr(p, kind)), [1, 2])
            place.took[kind] = both[1].took[kind] = time.monotonic() - started
    return both


@pytest.fixture(scope="module")
def survived(report):
    """Takes what a fault's tries came to, and prints the table at the end."""
    rows = []

    def add(fault, wrong, phases=()):
        lost = [f"try {i}: {text}" for i, text in enumerate(wrong) if text]
        counts = [f"{n} {phase}" for phase, n in collections.Counter(phases).items()]
        row = {"fault": fault, "tried": len(wrong), "survived": len(wrong) - len(lost)}
        rows.append({**row, "moments": ", ".join(counts), "lost": "; ".join(lost)})
        assert lost == []
        assert wrong

    yield add
    if rows:
        table = pd.DataFrame(rows)
        total = {"fault": "all", **table[["tried", "survived"]].sum()}
        shown = pd.concat([table, pd.DataFrame([total])]).fillna("")
        report(f"faults\n{shown.to_string(index=False)}", "faults", table)


@pytest.fixture(scope="module", autouse=True)
def ctrl_c_reaches_runs():
    """A shell has what it starts in the background ignore Ctrl-C, and all that this starts."""
    before = signal.getsignal(signal.SIGINT)
    if before is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.fixture(autouse=True)
def cleared(place):
    place.clear()


@pytest.fixture
def at_full_size(full):
    if not full:
        pytest.skip("takes minutes; `make stress` runs it")


@pytest.mark.parametrize("kind", ["light", "plain", "shards"])
def test_killed(places, survived, full, kind):
    if not full and kind != "light":
        pytest.skip("takes minutes; `make stress` runs it")
    at = {"light": 8, "plain": 12, "shards": 18}[kind] if full else 1
    whens = [after(m) for m in moments(1, at, places[0].took[kind])]
    whens += [while_writing(m) for m in moments(2, 4 if full else 1, 0.05)]
    phases = []

    def attempt(place, when):
        arguments = getattr(place, kind)
        place.stop(arguments, signal.SIGKILL, when)
        phases.append(place.phase())
        return place.lost() or place.next_run(arguments)

    survived(f"kill -9 of a run, {kind}", faults.each(places, attempt, whens), phases)


def test_killed_side_by_side(places, survived, at_full_size):
    """A first look's experiments run in processes of their own: they must not outlive it."""

    def attempt(place, moment):
        quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        process = place.start([*place.plain, "--quick"], **quiet)
        after(moment)(place, process)
        process.kill()  # it alone
        process.wait()
        wrong = place.next_run(place.plain)
        ends = time.monotonic() + 10
        while _has_members(process.pid) and time.monotonic() < ends:
            time.sleep(0.05)
        return wrong or ("its processes outlive it" if _has_members(process.pid) else "")

    wrong = faults.each(places, attempt, moments(3, 6, places[0].took["plain"] + 2))
    survived("kill -9 of a first look, but not of its processes", wrong)


def _has_members(group: int) -> bool:
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return False
    return True


def test_interrupted(places, survived, full):
    kind = "shards" if full else "light"
    whens = [after(m) for m in moments(4, 12 if full else 1, places[0].took[kind], first=0.3)]
    whens += [while_writing(m) for m in moments(5, 4, 0.05)] if full else []

    def attempt(place, when):
        arguments = getattr(place, kind)
        done = place.stop(arguments, signal.SIGINT, when)
        return faults.interrupted(done) or place.lost() or place.next_run(arguments)

    survived("Ctrl-C in a run", faults.each(places, attempt, whens))


@pytest.mark.parametrize("command", ["check", "report", "run --quick"])
def test_interrupted_commands(places, survived, at_full_size, command):
    for place in places:
        place.clear()
        assert place.next_run(place.plain) == ""
        shutil.copytree(place.out, place.folder / "kept", dirs_exist_ok=True)
    arguments = {
        "check": ["check", LIGHT, OTHER, "--results", "out"],
        "report": ["report", "--results", "out"],
        "run --quick": [*places[0].plain, "--quick", "--force"],
    }[command]
    started = time.monotonic()
    assert places[0].run(arguments).returncode == 0
    took = time.monotonic() - started

    def attempt(place, moment):
        shutil.copytree(place.folder / "kept", place.out)
        done = place.stop(arguments, signal.SIGINT, after(moment))
        return faults.interrupted(done) or place.lost() or place.next_run(place.plain)

    wrong = faults.each(places, attempt, moments(6, 6, took, first=0.3))
    survived(f"Ctrl-C in {command}", wrong)


@pytest.fixture
def older(place):
    """Stored numbers that accept replaces: the place's own, a digit and a figure changed."""
    latest = place.folder / "results/latest"
    assert place.run(["run", LIGHT, "--results", str(latest)]).returncode == 0
    fresh = {path.name: path.read_bytes() for path in (latest / LIGHT).iterdir()}
    old = {name: data.replace(b"1", b"7") for name, data in fresh.items()}
    folder = place.expected / LIGHT
    whole = {path: path.read_bytes() for path in place.expected.rglob("*") if path.is_file()}

    def put_back():
        for name, data in old.items():
            (folder / name).write_bytes(data)

    put_back()
    yield put_back, old, fresh
    shutil.rmtree(latest)
    for path, data in whole.items():
        path.write_bytes(data)


def test_killed_in_accept(place, survived, at_full_size, older):
    put_back, old, fresh = older
    folder = place.expected / LIGHT
    whens = [after(m) for m in moments(7, 6, place.took["light"])]
    whens += [while_writing(m, "results/expected") for m in moments(8, 6, 0.03)]
    wrong, phases = [], []
    for when in whens:
        put_back()
        place.stop(["accept", LIGHT], signal.SIGKILL, when)
        found = {name: (folder / name).read_bytes() for name in fresh}
        half = [name for name, data in found.items() if data not in (old[name], fresh[name])]
        phases.append("old" if found == old else "new" if found == fresh else "between")
        again = place.run(["accept", LIGHT])
        hidden = [path.name for path in place.expected.rglob(".*")]
        now = {path.name: path.read_bytes() for path in folder.iterdir()}
        text = f"half: {half}" if half else f"leaves {hidden}" if hidden else ""
        wrong.append(text or ("" if now == fresh and not again.returncode else tail(again.stderr)))
    survived("kill -9 of accept", wrong, phases)


def _used(folder) -> int:
    """The pages of a file system in memory that a folder's files take, and its own."""
    return 4096 * (1 + sum(-(-path.stat().st_size // 4096) for path in folder.rglob("*")))


def test_full_disk(places, survived, full):
    def attempt(place, size):
        with faults.small_disk(place.out, size) as again:
            done = place.run(place.light)
            ended = one_line(done, 2, "cannot write", "No space left on device") or place.lost()
            again("size=64m")
            return ended or place.next_run(place.light)

    try:
        wrong = faults.each(places, attempt, [2**k for k in range(12, 17)] if full else [2**14])
    except PermissionError as error:
        pytest.skip(str(error))
    survived("disk full in a run", wrong)


def test_full_disk_in_accept(place, survived, at_full_size, older):
    """The stored numbers stay as they were."""
    _, old, _ = older
    aside = shutil.copytree(place.expected, place.folder / "aside")
    wrong = []
    for room in (0, 4096, 8192, 2**14):
        try:
            with faults.small_disk(place.expected, _used(aside) + room):
                shutil.copytree(aside, place.expected, dirs_exist_ok=True)
                done = place.run(["accept", LIGHT])
                now = {path.name: path.read_bytes() for path in (place.expected / LIGHT).iterdir()}
                ended = one_line(done, 2, "cannot write", "No space left on device")
                changed = sorted(n for n in now.keys() | old.keys() if now.get(n) != old.get(n))
                wrong.append(ended or (f"changed: {changed}" if changed else ""))
        except PermissionError as error:
            pytest.skip(str(error))
    survived("disk full in accept", wrong)


def test_read_only_folder(place, survived, at_full_size):
    wrong = []
    for before in (False, True):
        try:
            with faults.small_disk(place.out, 2**26) as again:
                assert not before or place.next_run(place.light) == ""
                again("ro")
                for command in ([*place.light, "--force"], ["report", "--results", "out"]):
                    done = place.run(command)
                    said = ["cannot write", "Read-only"]
                    said = ["no results here"] if command[0] == "report" and not before else said
                    wrong.append(one_line(done, 2, *said) or place.lost())
                again("rw")
                wrong[-1] = wrong[-1] or place.next_run(place.light)
        except PermissionError as error:
            pytest.skip(str(error))
    survived("read-only results folder", wrong)


def test_two_at_once(places, survived, full):
    shard, light = places[0].shards, places[0].light
    pairs = [(light, light)]
    if full:
        quick = [*places[0].plain, "--quick"]
        report = ["report", "--results", "out"]
        pairs = [(shard, shard), (shard, light), (quick, light), (quick, report), (light, quick)]

    def attempt(place, pair):
        assert not full or place.next_run(place.light) == ""  # for a report
        first = place.start([*pair[0], "--force"])
        while not (place.out / faults.WRITER).exists() and first.poll() is None:
            time.sleep(0.001)
        done = place.run(pair[1])
        first_done = faults.ended(first)
        if first_done.returncode:
            return f"the first ends with {first_done.returncode}: {tail(first_done.stderr)}"
        refused = one_line(done, 2, "another process writes into", f"process {first.pid}")
        again = place.light if pair[0][-1] == "--quick" else pair[0]
        return refused or place.lost() or place.next_run(again)

    wrong = faults.each(places, attempt, pairs)
    survived("two at once into one folder", wrong)


def _edited(data: bytes, random) -> bytes:
    digits = [i for i, byte in enumerate(data) if 48 <= byte <= 57] or range(len(data))
    place = int(random.choice(digits))
    return data[:place] + bytes([data[place] ^ 1]) + data[place + 1 :]


def _truncated(data: bytes, random) -> bytes:
    return data[: int(random.integers(len(data)))]


@pytest.mark.parametrize(
    ("fault", "change"),
    [("edited", _edited), ("truncated", _truncated)],
    ids=("edited", "truncated"),
)
def test_changed_results(place, survived, full, fault, change):
    if not full and fault == "truncated":
        pytest.skip("takes minutes; `make stress` runs it")
    assert place.next_run(place.light) == ""
    random = np.random.Generator(np.random.Philox(9))
    paths = sorted(path for path in (place.out / LIGHT).iterdir())
    wrong = []
    for path in paths if full else paths[:1]:
        path.write_bytes(change(path.read_bytes(), random))
        done = place.run(["check", LIGHT, "--results", "out"])
        said = (done.stdout + done.stderr).decode()
        ended = ""
        if fault == "edited" and path.suffix == ".json":  # which vouches for all but itself
            ended = tail(done.stderr) if done.returncode not in (0, 1, 2) else ""
        elif done.returncode not in (1, 2) or "Traceback" in said:
            ended = f"check ends with {done.returncode} on {path.name}: {said[-300:]}"
        elif f"{LIGHT}/{path.name}" not in said:
            ended = f"check does not name {path.name}: {said[-300:]}"
        wrong.append(ended or place.next_run(place.light))
    survived(f"a result {fault}", wrong)


def test_swapped_results(place, survived, at_full_size):
    assert place.next_run(place.plain) == ""
    wrong = []
    for file in ("", "provenance.json"):
        one, other, aside = (
            place.out / LIGHT / file,
            place.out / OTHER / file,
            place.folder / "swap",
        )
        for source, target in ((one, aside), (other, one), (aside, other)):
            source.rename(target)
        done = place.run(["check", LIGHT, OTHER, "--results", "out"])
        said = (done.stdout + done.stderr).decode()
        ended = "" if done.returncode in (1, 2) and LIGHT in said else f"check says {said[-300:]}"
        wrong.append(ended or place.next_run(place.plain))
    survived("results swapped between experiments", wrong)


def test_another_version(place, survived, at_full_size):
    """Numbers of another version may hold still, so only the run must see that."""
    assert place.next_run(place.light) == ""
    record = place.out / LIGHT / "provenance.json"
    wrong = []
    for old, new, status in (
        ('"fingerprint": "', '"fingerprint": "0', 0),
        ('"files"', '"filez"', 2),
        ('"spec": {', '"spec": {"gone": 1, ', 1),
        ('"factor": "0.1"', '"factor": "0.2"', 1),
    ):
        text = record.read_text(encoding="utf-8")
        assert old in text
        record.write_text(text.replace(old, new), encoding="utf-8")
        done = place.run(["check", LIGHT, "--results", "out"])
        said = (done.stdout + done.stderr).decode()
        named = status == 0 or f"{LIGHT}/provenance.json" in said
        ended = "" if done.returncode == status and named else f"check says {said[-300:]}"
        again = place.run(place.light)
        remade = "" if b"unchanged" not in again.stdout else "the next run takes it for its own"
        wrong.append(ended or remade or place.next_run(place.light))
    survived("results of another version", wrong)


def test_clock_set_back(place, survived, at_full_size, tmp_path):
    (tmp_path / "sitecustomize.py").write_text(SHIFTED_CLOCK, encoding="utf-8")
    env = {"PYTHONPATH": f"{tmp_path}{os.pathsep}{faults.ROOT}"}
    wrong = []
    for force in ([], ["--force"]):
        assert place.next_run(place.light) == ""
        for path in place.out.rglob("*"):  # made at a time that is yet to come
            os.utime(path, (time.time() + 1e9,) * 2)
        done = place.run([*place.light, *force], env=env)
        wrong.append(tail(done.stderr) if done.returncode else place.lost())
        again = place.run(place.light, env=env)
        unchanged = again.stdout.count(b"unchanged") == 1
        wrong.append("" if unchanged else "an unchanged run runs again")
        wrong.append(place.next_run(place.light))
    survived("clock set back by 30 years", wrong)


@pytest.fixture
def elsewhere(tmp_path):
    """Environments of other countries; their locales are made where the system can."""
    if made := shutil.which("localedef"):
        for name, source, charset in (
            ("tr_TR.UTF-8", "tr_TR", "UTF-8"),
            ("de_DE.UTF-8", "de_DE", "UTF-8"),
            ("ko_KR.EUC-KR", "ko_KR", "EUC-KR"),
        ):
            command = [made, "-i", source, "-f", charset, str(tmp_path / name)]
            subprocess.run(command, check=False, capture_output=True)
    return [
        {"LOCPATH": str(tmp_path), **env}
        for env in (
            {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"},
            {"LC_ALL": "C", "PYTHONUTF8": "1"},
            {"PYTHONIOENCODING": "ascii"},
            {"LC_ALL": "tr_TR.UTF-8"},
            {"LC_ALL": "de_DE.UTF-8", "LANG": "de_DE.UTF-8"},
            {"LC_ALL": "ko_KR.EUC-KR", "PYTHONUTF8": "0"},
            {"TZ": "Pacific/Kiritimati"},
            {"TZ": "America/St_Johns"},
            {"TZ": "nowhere"},
        )
    ]


def test_elsewhere(places, survived, at_full_size, elsewhere):
    def attempt(place, env):
        done = place.run(place.plain, env=env)
        if done.returncode:
            return f"{env}: {tail(done.stderr)}"
        checked = place.run(["check", LIGHT, OTHER, "--results", "out"], env=env)
        return place.lost() or (tail(checked.stdout) if checked.returncode else "")

    survived("locale and time zone", faults.each(places, attempt, elsewhere))


def test_closed_streams(places, survived, full):
    closed = ["1>&-", "2>&-", "<&- 1>&- 2>&-"] if full else ["1>&-"]

    def attempt(place, close):
        arguments = place.plain if full else place.light
        done = place.run(arguments, close=close)
        ended = f"{close} ends with {done.returncode}" if done.returncode else place.lost()
        return ended or place.next_run(arguments)

    wrong = faults.each(places, attempt, closed)
    survived("stdout, stderr or stdin closed", wrong)


def test_output_that_nobody_takes(places, survived, full):
    """A reader that went away, and a full disk; of a run and of what is printed at the end."""

    def attempt(place, case):
        arguments, sink = case
        read, write = os.pipe()
        os.close(read)
        with open("/dev/full", "wb") as disk:
            done = place.run(arguments, stdout=write if sink == "pipe" else disk)
        os.close(write)
        wrong = one_line(done, 2, "No space left on device", "Received: ")
        if sink == "pipe":  # a reader who had enough is no error
            quiet = done.returncode == 141 and b"rror" not in done.stderr
            wrong = "" if quiet else f"it ends with {done.returncode}: {tail(done.stderr)}"
        return wrong or place.lost() or ("" if arguments == ["list"] else place.next_run(arguments))

    commands = [["list"], places[0].light] if full else [["list"]]
    cases = [(command, sink) for command in commands for sink in ("pipe", "disk")]
    survived("output into a closed pipe or a full disk", faults.each(places, attempt, cases))


def test_both_output_and_errors_that_nobody_takes(place, survived, at_full_size):
    read, write = os.pipe()
    os.close(read)
    done = place.run(place.light, stdout=write, stderr=write)
    os.close(write)
    wrong = "" if done.returncode == 141 else f"ends with {done.returncode}"
    survived(
        "stderr into a closed pipe too", [wrong or place.lost() or place.next_run(place.light)]
    )
