"""A scheduler and workers, each a process of its own, as the README of `running` says."""

import contextlib
import re
import signal
import subprocess
import sys
from dataclasses import dataclass, field

import pytest

from reproductions.running.experiment import FOLDER

ROOT = FOLDER.parent
WAIT_S = 60


@dataclass
class Cluster:
    """A scheduler's address, and workers that come and go."""

    address: str
    folder: str
    processes: list = field(default_factory=list)

    def start_worker(self, name: str, folder=ROOT):
        """Starts a worker without a keeper: once killed, it stays away."""
        command = ["worker", self.address, "--name", name, "--nthreads", "1", "--no-nanny"]
        options = ["--host", "127.0.0.1", "--no-dashboard", "--local-directory", self.folder]
        worker = start_dask(*command, *options, folder=folder)
        self.processes.append(worker)
        return worker

    def client(self):
        from distributed import Client

        return Client(self.address, set_as_default=False)


def start_dask(*arguments: str, folder=ROOT):
    return subprocess.Popen(
        [sys.executable, "-m", "dask", *arguments],
        cwd=folder,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )


@contextlib.contextmanager
def scheduler(folder):
    process = start_dask("scheduler", "--host", "127.0.0.1", "--port", "0", "--no-dashboard")
    cluster = Cluster("", str(folder), [process])
    try:
        for line in process.stderr:
            if found := re.search(r"Scheduler at: +(tcp://\S+)", line):
                cluster.address = found[1]
                break
        else:
            raise RuntimeError(f"no scheduler came. Received: status {process.wait()}")
        yield cluster
    finally:
        for one in reversed(cluster.processes):
            with contextlib.suppress(ProcessLookupError):
                one.send_signal(signal.SIGKILL)
            one.communicate()


@pytest.fixture
def empty_cluster(tmp_path):
    """A scheduler without workers."""
    with scheduler(tmp_path / "dask") as cluster:
        yield cluster


@pytest.fixture
def cluster(empty_cluster):
    """A scheduler with two workers."""
    for name in ("first", "second"):
        empty_cluster.start_worker(name)
    with empty_cluster.client() as client:
        client.wait_for_workers(2, timeout=WAIT_S)
    return empty_cluster
