"""Functions in forked processes: what they send as they go, and how they end."""

import contextlib
import importlib
import json
import os
import resource
import select
import signal
import sys
import time
import traceback
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

LOG = "output.txt"
"""What the process that was forked last printed, in the copy of the project."""


def in_a_fork(
    run: Callable[[Callable[[Any], None]], int],
    copy: Path,
    cpu_s: float = 3600,
    wall_s: float = 36000,
    again: bool = True,
) -> tuple[list[Any], int | None]:
    """What a function sends from a forked process, and the status that it gives.

    The status is None where it took too long. `again`: the project's modules are imported again.
    """
    streamed = _Forked(run, copy, cpu_s, wall_s, again)
    return list(streamed), streamed.status


def streamed(run: Callable[[Callable[[Any], None]], int], copy: Path) -> Iterator[Any]:
    forked = _Forked(run, copy, 10**6, 10**6, True)
    yield from forked
    if forked.status:
        said = (copy / LOG).read_text(encoding="utf-8")
        raise RuntimeError(f"pytest ends with {forked.status}: {said[-2000:]}")


class _Forked:
    """A forked process: iterated over, it gives what is sent, as it comes; then its status."""

    def __init__(self, run: Callable, copy: Path, cpu_s: float, wall_s: float, again: bool) -> None:
        self.status: int | None = None
        reading, writing = os.pipe()
        self.stop = time.monotonic() + wall_s
        self.child = os.fork()
        if not self.child:
            os.close(reading)
            _begin(run, copy, cpu_s, again, writing)
        os.close(writing)
        self.reading = reading

    def __iter__(self) -> Iterator[Any]:
        rest = b""
        while True:
            left = self.stop - time.monotonic()
            if left <= 0 or not select.select([self.reading], [], [], left)[0]:
                break
            data = os.read(self.reading, 1 << 20)
            if not data:
                break
            *lines, rest = (rest + data).split(b"\n")
            yield from map(json.loads, lines)
        os.close(self.reading)
        self.status = self._ended()

    def _ended(self) -> int | None:
        status = None
        while time.monotonic() < self.stop:
            done, code = os.waitpid(self.child, os.WNOHANG)
            if done:
                code = os.waitstatus_to_exitcode(code)
                status = None if code == -signal.SIGXCPU else code
                break
            time.sleep(0.002)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.child, signal.SIGKILL)  # with what the tests left behind
        with contextlib.suppress(ChildProcessError):
            os.waitpid(self.child, 0)
        return status


def _begin(run: Callable, copy: Path, cpu_s: float, again: bool, writing: int) -> None:
    status = 1
    try:
        os.setsid()
        used = resource.getrusage(resource.RUSAGE_SELF)
        limit = int(used.ru_utime + used.ru_stime + cpu_s) + 1
        resource.setrlimit(resource.RLIMIT_CPU, (limit, limit + 10))
        os.chdir(copy)
        if again:
            sys.path[0] = str(copy)
            importlib.invalidate_caches()
            mine = {path.name for path in copy.iterdir()}
            for name in [name for name in sys.modules if name.partition(".")[0] in mine]:
                del sys.modules[name]  # of the project, not of the copy
        output = os.open(LOG, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
        os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
        os.dup2(output, 1)
        os.dup2(output, 2)

        def send(message: Any) -> None:
            os.write(writing, json.dumps(message).encode() + b"\n")

        status = run(send)
    except BaseException:
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(int(status))
