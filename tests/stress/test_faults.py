"""Faults, made for real: after each, no half file, nothing stored lost, and the next run succeeds.

Runs are processes of their own, in a folder that holds a copy of some stored numbers. What they
write is the same bytes each time, but for provenance.json; so whatever a fault leaves behind is
held against a run that nothing disturbed.
"""

import contextlib
import fcntl
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from reproductions.suite.files import sha256

ROOT = Path(__file__).parents[2]
PLAIN = ("document_arithmetic", "losses", "sigmoid_perceptron")
SMALL = "[deep_xor]\nseeds = 8\nhidden = [5]\nsteps = 201\n"
STOPPED = "stopped; every file that was written is whole"
SHIFTED_CLOCK = """\
import time
_time, _time_ns = time.time, time.time_ns
time.time = lambda: _time() - 1e9
time.time_ns = lambda: _time_ns() - 10**18
"""


class Place:
    """A folder in which the command line runs, and what an undisturbed run of it gives."""

    def __init__(self, folder: Path):
        self.folder = folder
        for name in PLAIN:
            shutil.copytree(ROOT / "results/expected" / name, self.expected / name)
        shutil.copy(ROOT / "results/expected/claims.csv", self.expected)
        (folder / "small.toml").write_text(SMALL, encoding="utf-8")
        self.stored = self._digests(self.expected)
        self.plain = ["run", *PLAIN, "--results", "out"]
        self.shards = ["run", "--config", "small.toml", "--results", "out"]
        self.whole, self.took = {}, {}
        for name, arguments in (("plain", self.plain), ("shards", self.shards)):
            started = time.monotonic()
            assert self.run(arguments).returncode == 0
            self.took[name] = time.monotonic() - started
            self.whole |= self._digests(self.out)
            self.whole.pop(Path("claims.csv"))
            self.claims = (self.out / "claims.csv").read_bytes()
            self.clear()

    @property
    def expected(self) -> Path:
        """The copy of some stored numbers."""
        return self.folder / "results/expected"

    @property
    def out(self) -> Path:
        """Where the runs write."""
        return self.folder / "out"

    def clear(self) -> None:
        """Removes what the runs wrote."""
        shutil.rmtree(self.out, ignore_errors=True)

    def start(self, arguments, env=None, close=(), **options) -> subprocess.Popen:
        """Starts the command line; `close` names the streams that the shell has closed."""
        env = {**os.environ, "PYTHONPATH": str(ROOT), **(env or {})}
        options = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE} | options
        return subprocess.Popen(
            [sys.executable, "-m", "reproductions", *arguments],
            cwd=self.folder, env=env, start_new_session=True, stdin=subprocess.DEVNULL,
            preexec_fn=(lambda: [os.close(stream) for stream in close]) if close else None,
            **options,
        )  # fmt: skip

    def run(self, arguments, **options) -> subprocess.CompletedProcess:
        """Runs the command line to its end."""
        process = self.start(arguments, **options)
        output, errors = process.communicate(timeout=300)
        return subprocess.CompletedProcess(arguments, process.returncode, output, errors)

    def kill(self, arguments, after, sent) -> subprocess.CompletedProcess:
        """Runs the command line, and sends a signal to it and all that it started."""
        process = self.start(arguments)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(after)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, sent)
        output, errors = process.communicate(timeout=300)
        return subprocess.CompletedProcess(arguments, process.returncode, output, errors)

    def lost(self) -> str:
        """What is not whole: a file that an undisturbed run does not write so, or a stored one."""
        if self._digests(self.expected) != self.stored:
            return "a stored number changed"
        found = self._digests(self.out)
        found.pop(Path("claims.csv"), None)
        if found.pop(Path("report/index.html"), None):
            page = (self.out / "report/index.html").read_text(encoding="utf-8")
            if not page.rstrip().endswith("</html>"):
                return "the page is not whole"
        for path, digest in found.items():
            if self.whole.get(path) != digest:
                return f"{path} is not whole"
        return ""

    def next_run(self, arguments) -> str:
        """What is wrong after the next run, which must make everything whole."""
        done = self.run(arguments)
        if done.returncode:
            return f"the next run ends with {done.returncode}: {_tail(done.stderr)}"
        if hidden := [path for path in self.out.rglob(".*")]:
            return f"the next run leaves {hidden[0].name}"
        names = PLAIN if arguments == self.plain else ("deep_xor",)
        there = {path for path in self._digests(self.out) if path.parts[0] in names}
        wanted = {path for path in self.whole if path.parts[0] in names}
        return self.lost() or (f"{min(wanted - there)} is missing" if wanted - there else "")

    @staticmethod
    def _digests(folder: Path) -> dict[Path, str]:
        return {
            path.relative_to(folder): sha256(path.read_bytes())
            for path in sorted(folder.rglob("*"))
            if path.is_file()
            and path.name != "provenance.json"
            and not any(part.startswith(".") for part in path.relative_to(folder).parts)
        }


def _tail(output: bytes) -> str:
    return output.decode("utf-8", "replace").strip()[-200:]


def _one_line(done, status, *said) -> str:
    """What is wrong with how a command ended: it must be a status and one line that says why."""
    lines = [
        line
        for line in done.stderr.decode("utf-8", "replace").replace("\r", "\n").split("\n")
        if line.strip() and "%|" not in line and "it/s" not in line and "s/it" not in line
    ]
    if done.returncode != status:
        return f"it ends with {done.returncode}: {_tail(done.stderr)}"
    if len(lines) != 1 or not all(part in lines[0] for part in said):
        return f"it says {lines}"
    return ""


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    return Place(tmp_path_factory.mktemp("faults"))


@pytest.fixture(scope="module")
def survived(report):
    """Takes what a fault's tries came to, and prints the table at the end."""
    rows = []

    def add(fault, wrong):
        lost = [f"try {i}: {text}" for i, text in enumerate(wrong) if text]
        rows.append({"fault": fault, "tried": len(wrong), "survived": len(wrong) - len(lost)})
        assert lost == []
        assert wrong

    yield add
    if rows:
        table = pd.DataFrame(rows)
        report("\n".join(["faults survived", table.to_string(index=False)]), "faults", table)


@pytest.fixture(autouse=True)
def cleared(place):
    place.clear()


def moments(seed: int, count: int, longest: float, first: float = 0.0) -> list[float]:
    """Random moments, one in each of as many equal parts of a run, so that no phase is left out."""
    random = np.random.Generator(np.random.Philox(seed)).uniform(size=count)
    return [float(m) for m in first + (longest - first) * (np.arange(count) + random) / count]


@pytest.mark.parametrize("kind", ["plain", "shards"])
def test_killed(place, survived, full, kind):
    arguments = getattr(place, kind)
    wrong = []
    for after in moments(1, (25 if full else 1), place.took[kind]):
        place.clear()
        place.kill(arguments, after, signal.SIGKILL)
        wrong.append(place.lost() or place.next_run(arguments))
    survived(f"kill -9 of a run, {kind}", wrong)


def test_killed_side_by_side(place, survived, full):
    """A first look's experiments run in processes of their own, which outlive their parent."""
    arguments = [*place.plain, "--quick"]
    wrong = []
    for after in moments(2, 5, place.took["plain"] + 2) if full else [3.0]:
        place.clear()
        # Its processes hold on to its streams for minutes: a pipe would not end with it.
        process = place.start(arguments, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(after)
        process.kill()  # it alone
        process.wait()
        wrong.append(place.next_run(place.plain))
    survived("kill -9 of a first look's parent", wrong)


def test_interrupted(place, survived, full):
    longest = place.took["shards"]
    wrong = []
    for after in moments(3, 20 if full else 1, 0.95 * longest, first=0.3):
        place.clear()
        done = place.kill(place.shards, after, signal.SIGINT)
        ended = "" if done.returncode == 0 else _one_line(done, 130, STOPPED)
        wrong.append(ended or place.lost() or place.next_run(place.shards))
    survived("Ctrl-C in a run", wrong)


@pytest.mark.parametrize("command", ["check", "report"])
def test_interrupted_readers(place, survived, full, command):
    assert place.next_run(place.plain) == ""
    arguments = [command, "--results", "out"] + ([*PLAIN] if command == "check" else [])
    wrong = []
    for after in moments(4, 5 if full else 1, 1.5, first=0.3):
        done = place.kill(arguments, after, signal.SIGINT)
        ended = "" if done.returncode in (0, 1) else _one_line(done, 130, STOPPED)
        wrong.append(ended or place.lost())
    survived(f"Ctrl-C in {command}", wrong)


@contextlib.contextmanager
def small_disk(place, size):
    """The runs' folder on a disk of its own, of so many bytes."""
    place.out.mkdir(parents=True, exist_ok=True)
    mount = ["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(place.out)]
    if os.geteuid() or subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("only root may mount the small disk that this fills")
    try:
        yield lambda option: subprocess.run(
            ["mount", "-o", f"remount,{option}", str(place.out)], check=True, capture_output=True
        )
    finally:
        subprocess.run(["umount", "--lazy", str(place.out)], check=True)


def test_full_disk(place, survived, full):
    sizes = [2**k for k in range(12, 20)] if full else [2**16]
    wrong = []
    for size in sizes:
        place.clear()
        with small_disk(place, size) as again:
            done = place.run(place.plain)
            ended = _one_line(done, 2, "cannot write", "No space left on device")
            ended = ended or place.lost()
            again("size=64m")
            wrong.append(ended or place.next_run(place.plain))
    survived("disk full", wrong)


def test_read_only_folder(place, survived):
    wrong = []
    for before in ([], ["plain"]):
        with small_disk(place, 2**26) as again:
            for kind in before:
                assert place.next_run(getattr(place, kind)) == ""
            again("ro")
            done = place.run([*place.plain, "--force"])
            ended = _one_line(done, 2, "cannot write", "Read-only file system") or place.lost()
            again("rw")
            wrong.append(ended or place.next_run(place.plain))
    survived("read-only results folder", wrong)


def _locked(folder: Path) -> bool:
    try:
        held = os.open(folder, os.O_RDONLY)
    except FileNotFoundError:
        return False
    try:
        fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(held)
    return False


def test_two_at_once(place, survived, full):
    wrong = []
    for second in [place.shards, [*place.plain, "--force"]] * (2 if full else 1):
        place.clear()
        first = place.start(place.shards)
        while not _locked(place.out) and first.poll() is None:
            time.sleep(0.01)
        done = place.run(second)
        _, errors = first.communicate(timeout=300)
        ended = _one_line(done, 2, "another run writes there", "Received: out")
        if first.returncode:
            ended = f"the first ends with {first.returncode}: {_tail(errors)}"
        wrong.append(ended or place.lost() or place.next_run(place.shards))
    survived("two runs at once into one folder", wrong)


def _edited(data: bytes, random) -> bytes:
    place = int(random.integers(len(data)))
    return data[:place] + bytes([data[place] ^ 1]) + data[place + 1 :]


def _truncated(data: bytes, random) -> bytes:
    return data[: int(random.integers(len(data)))]


@pytest.mark.parametrize(
    ("fault", "change"), [("edited", _edited), ("truncated", _truncated)], ids=str
)
def test_changed_results(place, survived, full, fault, change):
    assert place.next_run(place.plain) == ""
    random = np.random.Generator(np.random.Philox(5))
    paths = sorted(path for name in PLAIN for path in (place.out / name).iterdir())
    wrong = []
    for path in paths if full else paths[:: len(paths) // 2]:
        whole = path.read_bytes()
        path.write_bytes(change(whole, random))
        done = place.run(["check", path.parent.name, "--results", "out"])
        said = done.stdout + done.stderr
        ended = ""
        if done.returncode not in (1, 2) or b"Traceback" in said:
            ended = f"check ends with {done.returncode} on {path.name}: {_tail(said)}"
        elif path.parent.name.encode() not in said:
            ended = f"check does not name {path.name}: {_tail(said)}"
        wrong.append(ended or place.next_run(place.plain))
    survived(f"a result {fault}", wrong)


def test_swapped_results(place, survived):
    assert place.next_run(place.plain) == ""
    wrong = []
    for whole in (True, False):
        one, other = place.out / PLAIN[0], place.out / PLAIN[1]
        if not whole:
            one, other = one / "provenance.json", other / "provenance.json"
        aside = place.folder / "aside"
        for source, target in ((one, aside), (other, one), (aside, other)):
            source.rename(target)
        done = place.run(["check", *PLAIN, "--results", "out"])
        ended = "" if done.returncode in (1, 2) else f"check ends with {done.returncode}"
        wrong.append(ended or place.next_run(place.plain))
    survived("results swapped between experiments", wrong)


def test_another_version(place, survived):
    assert place.next_run(place.plain) == ""
    record = place.out / PLAIN[0] / "provenance.json"
    text = record.read_text(encoding="utf-8")
    wrong = []
    for old, new in (
        ('"fingerprint": "', '"fingerprint": "0'),
        ('"files"', '"filez"'),
        ('"spec": {', '"spec": {"gone": 1, '),
        ('"experiment"', '"nothing"'),
    ):
        assert old in text
        record.write_text(text.replace(old, new), encoding="utf-8")
        done = place.run(["check", PLAIN[0], "--results", "out"])
        said = _tail(done.stdout + done.stderr)
        ended = f"check: {said}" if "Traceback" in said else ""
        wrong.append(ended or place.next_run(place.plain))
        text = record.read_text(encoding="utf-8")
    survived("results of another version", wrong)


def test_clock_set_back(place, survived, tmp_path):
    (tmp_path / "sitecustomize.py").write_text(SHIFTED_CLOCK, encoding="utf-8")
    env = {"PYTHONPATH": f"{tmp_path}{os.pathsep}{ROOT}"}
    wrong = []
    for force in ([], ["--force"]):
        done = place.run([*place.plain, *force], env=env)
        wrong.append(_tail(done.stderr) if done.returncode else place.lost())
        again = place.run(place.plain, env=env)
        unchanged = again.stdout.count(b"unchanged") == len(PLAIN)
        wrong.append("" if unchanged else "an unchanged run runs again")
        wrong.append(place.next_run(place.plain))
    survived("clock set back by 30 years", wrong)


ELSEWHERE = [
    {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"},
    {"PYTHONIOENCODING": "ascii"},
    {"LC_ALL": "tr_TR.UTF-8"},
    {"LC_ALL": "de_DE.UTF-8", "LANG": "de_DE.UTF-8"},
    {"LC_ALL": "ko_KR.EUC-KR"},
    {"TZ": "Pacific/Kiritimati"},
    {"TZ": "America/St_Johns"},
    {"TZ": "nowhere"},
]


def test_elsewhere(place, survived, full):
    wrong = []
    for env in ELSEWHERE if full else ELSEWHERE[:1]:
        place.clear()
        done = place.run(place.plain, env=env)
        ended = f"{env}: {_tail(done.stderr)}" if done.returncode else place.lost()
        checked = place.run(["check", *PLAIN, "--results", "out"], env=env)
        wrong.append(ended or (_tail(checked.stdout) if checked.returncode else ""))
    survived("locale and time zone", wrong)


def test_closed_streams(place, survived, full):
    wrong = []
    for close in [(1,), (2,), (0, 1, 2)] if full else [(0, 1, 2)]:
        place.clear()
        done = place.run(place.plain, close=close)
        wrong.append(f"ends with {done.returncode}" if done.returncode else place.lost())
    place.clear()
    read, write = os.pipe()
    os.close(read)
    done = place.run(place.plain, stdout=write)
    os.close(write)
    ended = _one_line(done, 2, "nobody reads the output any more")
    wrong.append(ended or place.lost() or place.next_run(place.plain))
    survived("stdout, stderr or stdin closed", wrong)
