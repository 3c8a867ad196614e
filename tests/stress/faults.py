"""A folder in which the command line is run and disturbed, and what an undisturbed run of it gives.

What a run writes is the same bytes each time, but for provenance.json; so whatever a fault leaves
behind is held against a run that nothing disturbed.
"""

import contextlib
import copy
import os
import queue
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np

from reproductions.running import provenance
from reproductions.running.files import WRITER, sha256

ROOT = Path(__file__).parents[2]
LIGHT = "document_arithmetic"  # needs no TensorFlow
OTHER = "sigmoid_perceptron"
SHARDS = "deep_xor"
SMALL = f"[{SHARDS}]\nseeds = 8\nhidden = [5]\nsteps = 201\n"
LONGEST_S = 300


class Place:
    """A folder that holds a copy of some stored numbers, and the runs that are made there."""

    def __init__(self, folder: Path, names: Iterable[str]):
        self.folder, self.whole, self.took = folder, {}, {}
        for name in (LIGHT, OTHER):
            shutil.copytree(ROOT / "results/expected" / name, self.expected / name)
        shutil.copy(ROOT / "results/expected/claims.csv", self.expected)
        (folder / "small.toml").write_text(SMALL, encoding="utf-8")
        self.stored = digests(self.expected)
        self.light = ["run", LIGHT, "--results", "out"]
        self.plain = ["run", LIGHT, OTHER, "--results", "out"]
        self.shards = ["run", "--config", "small.toml", "--results", "out"]
        for name in names:
            started = time.monotonic()
            done = self.run(getattr(self, name))
            assert done.returncode == 0, tail(done.stderr)
            self.took[name] = time.monotonic() - started
            found = digests(self.out)
            found.pop("claims.csv")
            self.whole |= found
            self.clear()

    def beside(self, folder: Path) -> "Place":
        """The same in another folder."""
        other = copy.copy(self)
        other.folder = shutil.copytree(self.folder, folder, dirs_exist_ok=True)
        return other

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

    def start(self, arguments, env=None, close="", **options) -> subprocess.Popen:
        """Starts the command line, in a session of its own; a shell closes streams as in `1>&-`."""
        # Without what makes Python here unlike a reader's, as PYTHONUNBUFFERED does.
        plain = {k: value for k, value in os.environ.items() if not k.startswith("PYTHON")}
        env = {**plain, "PYTHONPATH": str(ROOT), **(env or {})}
        options = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE} | options
        shell = ["sh", "-c", f'exec "$@" {close}', "sh"] if close else []
        return subprocess.Popen(
            [*shell, sys.executable, "-m", "reproductions", *arguments],
            cwd=self.folder, env=env, start_new_session=True, stdin=subprocess.DEVNULL, **options,
        )  # fmt: skip

    def run(self, arguments, **options) -> subprocess.CompletedProcess:
        """Runs the command line to its end."""
        return ended(self.start(arguments, **options))

    def stop(self, arguments, sent: int, when: Callable) -> subprocess.CompletedProcess:
        """Runs the command line, and sends a signal to it and all that it started.

        Args:
            arguments: of the command line.
            sent: the signal.
            when: waits for the moment; see `after` and `while_writing`.
        """
        process = self.start(arguments)
        when(self, process)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, sent)
        return ended(process)

    def phase(self) -> str:
        """How far a run that was killed had come, by what it left."""
        folders = [folder for folder in self.out.glob("*") if folder.is_dir()]
        if not (self.out / WRITER).exists():
            return "done" if folders else "import"
        if any(partials(folder) or _half(folder) for folder in folders):
            return "writing"
        return "shards" if any(self.out.glob("*/.shards/*")) else "compute"

    def lost(self) -> str:
        """What is not whole: a file that an undisturbed run does not write so, or a stored one."""
        if digests(self.expected) != self.stored:
            return "a stored number changed"
        found = digests(self.out)
        found.pop("claims.csv", None)
        if found.pop("report/index.html", None):
            page = (self.out / "report/index.html").read_text(encoding="utf-8")
            if not page.rstrip().endswith("</html>"):
                return "the page is not whole"
        for path, digest in found.items():
            if self.whole.get(path) != digest:
                return f"{path} is not whole"
        return self._vouched()

    def _vouched(self) -> str:
        for record in self.out.glob("*/provenance.json"):
            if damaged := provenance.damaged(record.parent):
                return f"{record.parent.name} vouches for {damaged[0]}, which is not as it says"
        return ""

    def next_run(self, arguments) -> str:
        """What is wrong after the next run, which must make everything whole."""
        done = self.run(arguments)
        if done.returncode:
            return f"the next run ends with {done.returncode}: {tail(done.stderr)}"
        if hidden := [path for path in self.out.rglob(".*")]:
            return f"the next run leaves {hidden[0].name}"
        names = {"light": [LIGHT], "plain": [LIGHT, OTHER], "shards": [SHARDS]}
        kind = next(kind for kind in names if getattr(self, kind) == arguments)
        wanted = {path for path in self.whole if path.split("/")[0] in names[kind]}
        missing = wanted - set(digests(self.out))
        return self.lost() or (f"{min(missing)} is missing" if missing else "")


def ended(process: subprocess.Popen) -> subprocess.CompletedProcess:
    """A process once it has ended, with what it said."""
    output, errors = process.communicate(timeout=LONGEST_S)
    return subprocess.CompletedProcess(process.args, process.returncode, output, errors)


def digests(folder: Path) -> dict[str, str]:
    """The checksum of each file in a folder but for hidden ones and provenance.json."""
    return {
        path.relative_to(folder).as_posix(): sha256(path.read_bytes())
        for path in sorted(folder.rglob("*"))
        if path.is_file()
        and path.name != "provenance.json"
        and not any(part.startswith(".") for part in path.relative_to(folder).parts)
    }


def partials(folder: Path) -> list[Path]:
    """The files in a folder that are half written."""
    return list(folder.glob(".*.partial"))


def _half(folder: Path) -> bool:
    """Whether a folder's numbers are there, and nothing yet that vouches for them."""
    return any(folder.glob("*.csv")) and not (folder / "provenance.json").exists()


def moments(seed: int, count: int, last: float, first: float = 0.0) -> list[float]:
    """Random moments, one in each of as many equal parts of a run, so that no phase is left out."""
    random = np.random.Generator(np.random.Philox(seed)).uniform(size=count)
    return [float(m) for m in first + (last - first) * (np.arange(count) + random) / count]


def after(seconds: float) -> Callable:
    """So many seconds after the start, or at the end."""

    def wait(place, process):
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(seconds)

    return wait


def while_writing(seconds: float, folder: str = "out") -> Callable:
    """So many seconds after a file of an experiment was begun: the rest is soon written."""

    def wait(place, process):
        started = time.time()
        while process.poll() is None and not _written_since(place.folder / folder, started):
            time.sleep(0.0005)
        time.sleep(seconds)

    return wait


def _written_since(folder: Path, moment: float) -> bool:
    with contextlib.suppress(FileNotFoundError):  # what was half written has its name now
        return any(path.stat().st_mtime > moment for path in folder.glob("*/*.*") if path.is_file())
    return True


def each(places: list[Place], attempt: Callable[..., str], cases: Iterable) -> list[str]:
    """What goes wrong in each case, as many at a time as there are places; each begins empty."""
    free = queue.SimpleQueue()
    for place in places:
        free.put(place)

    def one(case):
        place = free.get()
        try:
            place.clear()
            return attempt(place, case)
        finally:
            free.put(place)

    with ThreadPoolExecutor(len(places)) as pool:
        return list(pool.map(one, cases))


@contextlib.contextmanager
def small_disk(folder: Path, size: int) -> Iterator[Callable[[str], None]]:
    """A folder on a disk of its own, of so many bytes; gives what changes the disk.

    Raises:
        PermissionError: only root may mount one.
    """
    folder.mkdir(parents=True, exist_ok=True)
    mount = ["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(folder)]
    if subprocess.run(mount, capture_output=True, check=False).returncode:
        raise PermissionError("only root may mount a small disk")
    try:
        yield lambda option: subprocess.run(
            ["mount", "-o", f"remount,{option}", str(folder)], check=True, capture_output=True
        )
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)


def tail(output: bytes) -> str:
    """The end of what a command said."""
    return output.decode("utf-8", "replace").strip()[-300:]


def one_line(done: subprocess.CompletedProcess, status: int, *said: str) -> str:
    """What is wrong with how a command ended: it must be a status and one line that says why."""
    lines = [line for line in done.stderr.decode("utf-8", "replace").split("\n") if line.strip()]
    if done.returncode != status:
        return f"it ends with {done.returncode}: {tail(done.stderr)}"
    if len(lines) != 1 or not all(part in lines[0] for part in said):
        return f"it says {lines}"
    return ""


STOPPED = "stopped; every file that was written is whole"


def interrupted(done: subprocess.CompletedProcess) -> str:
    """What is wrong with how Ctrl-C ended a command; it may have been done before, or not begun."""
    if done.returncode == 0:
        return ""
    if b"KeyboardInterrupt" in done.stderr and b" in main" not in done.stderr:
        return ""  # Python was still on its way to the command line
    return one_line(done, 130, STOPPED)
