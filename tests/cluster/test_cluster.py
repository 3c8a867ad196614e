"""A cluster's run comes to the local run's bytes, whatever dies, or it is refused."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import time

import pytest

from reproductions.running import provenance, shards
from reproductions.running.experiment import FOLDER

pytest.importorskip("distributed", reason="Dask is not installed: `make test-cluster` does it")

NAME = "deep_xor"
SEEDS = 5 * shards.RANGE - 100
SETTING = f"""
[{NAME}]
seeds = {SEEDS}
hidden = [5, 5]
activations = ["tanh"]
steps = 16001
first_seeds = 150
"""
SHARDS = 5 * 2  # ranges of seeds, losses
WAIT_S = 300


@pytest.fixture(scope="module")
def setting(tmp_path_factory):
    path = tmp_path_factory.mktemp("setting") / "small.toml"
    path.write_text(SETTING)
    return path


def start(setting, folder, *arguments):
    command = ["run", "--config", str(setting), "--results", str(folder), *arguments]
    return subprocess.Popen(
        [sys.executable, "-m", "reproductions", *command],
        cwd=FOLDER.parent,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def on(cluster):
    return "--backend", "dask", "--scheduler", cluster.address


def ends(run, status=0):
    """What a run prints; on its errors, nothing but the one line that it may."""
    printed, errors = run.communicate(timeout=WAIT_S)
    assert run.returncode == status, errors
    assert len(errors.splitlines()) == (status == 2), errors
    return errors if status else printed


@pytest.fixture(scope="module")
def local(setting, tmp_path_factory):
    """The local run's results."""
    folder = tmp_path_factory.mktemp("local")
    ends(start(setting, folder))
    return folder


def assert_same_bytes(local, folder):
    files = {path.relative_to(local) for path in local.rglob("*")}
    assert {path.relative_to(folder) for path in folder.rglob("*")} == files
    for file in files:
        if (local / file).is_file() and file.name != provenance.FILE:
            assert (folder / file).read_bytes() == (local / file).read_bytes(), file


def kept(folder):
    return sorted((folder / NAME / shards.FOLDER).glob("[!.]*.npz"))


def wait_until(true, run):
    while not true():
        assert run.poll() is None, run.communicate()
        time.sleep(0.01)


def test_the_flags_are_set_before_tensorflow_comes(cluster):
    """What a worker unpickles first is ours, and our package sets them as it is imported."""
    with cluster.client() as client:
        found = client.run(state_after_the_check)
    for flags, has_tensorflow in found.values():
        assert "xla_cpu_prefer_vector_width=512" in flags
        assert not has_tensorflow


def state_after_the_check():
    provenance.maker()
    return os.environ.get("XLA_FLAGS", ""), "tensorflow" in sys.modules


def test_a_worker_killed_over_a_shard_loses_nothing(cluster, setting, local, tmp_path):
    folder = tmp_path / "results"
    run = start(setting, folder, *on(cluster))
    with cluster.client() as client:
        wait_until(lambda: len(kept(folder)) >= 3 and is_at_work(client, "second"), run)
        victim = cluster.processes[-1]
        victim.send_signal(signal.SIGKILL)
        assert victim.wait() == -signal.SIGKILL
        wait_until(lambda: len(client.nthreads()) == 1, run)
        assert len(kept(folder)) < SHARDS, "it was killed too late: nothing was left to lose"
    assert "claims" in ends(run)
    assert_same_bytes(local, folder)


SEVERAL = """
[xor_depth]
seeds = 150
steps = 401
depths = [2]
depth_steps = 401
longer = 2
[xor_nan]
seeds = 150
hidden = [5, 5, 5]
activations = ["relu", "leaky_relu"]
steps = 401
[tanh_warping]
seeds = 150
epochs = 1
[slope_or_range]
seeds = 150
depth = 3
steps = 401
"""


def test_other_experiments_too_are_the_same_there(cluster, tmp_path):
    """With shards in several stages, and with engines that threads of a worker keep."""
    setting = tmp_path / "several.toml"
    setting.write_text(SEVERAL)
    for folder, arguments in (("local", ()), ("cluster", on(cluster))):
        ends(start(setting, tmp_path / folder, *arguments))
    assert_same_bytes(tmp_path / "local", tmp_path / "cluster")
    tables = sorted((tmp_path / "cluster").rglob("*.csv"))
    assert {path.parent.name for path in tables} >= {"xor_depth", "xor_nan", "slope_or_range"}


def is_at_work(client, name):
    """Whether a worker has a shard under way."""
    workers = client.scheduler_info(n_workers=-1)["workers"]
    (address,) = (address for address, worker in workers.items() if worker["id"] == name)
    return bool(client.processing()[address])


def test_a_lost_scheduler_is_one_line_and_the_run_goes_on_from_its_shards(
    cluster, setting, local, tmp_path
):
    folder = tmp_path / "results"
    run = start(setting, folder, *on(cluster))
    wait_until(lambda: len(kept(folder)) >= 3, run)
    cluster.processes[0].send_signal(signal.SIGKILL)
    assert "the scheduler is gone" in ends(run, status=2)
    count = len(kept(folder))
    assert f"goes on from {count} of {SHARDS} shards" in ends(start(setting, folder))
    assert_same_bytes(local, folder)


def test_a_stopped_run_goes_on_from_its_shards(cluster, setting, local, tmp_path):
    folder = tmp_path / "results"
    run = start(setting, folder, *on(cluster))
    wait_until(lambda: len(kept(folder)) >= 1, run)
    for worker in cluster.processes[1:]:  # or the run may end first
        worker.send_signal(signal.SIGSTOP)
    run.send_signal(signal.SIGINT)
    run.communicate(timeout=WAIT_S)
    for worker in cluster.processes[1:]:
        worker.send_signal(signal.SIGCONT)
    assert run.returncode == 130
    count = len(kept(folder))
    again = ends(start(setting, folder, *on(cluster)))
    assert f"goes on from {count} of {SHARDS} shards" in again
    assert_same_bytes(local, folder)


@pytest.fixture
def other_checkout(tmp_path):
    """The project with one line more."""
    folder = tmp_path / "other"
    for name in ("reproductions", "custom_layers"):
        shutil.copytree(FOLDER.parent / name, folder / name)
    shutil.copy(FOLDER.parent / "requirements.txt", folder)
    with (folder / "reproductions" / "suite" / "xor.py").open("a") as file:
        file.write("# other code\n")
    return folder


def test_a_worker_with_other_code_is_refused(cluster, other_checkout, setting, tmp_path):
    cluster.start_worker("other", folder=other_checkout)
    with cluster.client() as client:
        client.wait_for_workers(3, timeout=WAIT_S)
    error = ends(start(setting, tmp_path / "results", *on(cluster)), status=2)
    assert "has another code than this process" in error
    assert not (tmp_path / "results").exists()


def test_a_worker_with_other_code_that_comes_later_makes_no_shard(
    cluster, other_checkout, setting, local, tmp_path
):
    folder = tmp_path / "results"
    run = start(setting, folder, *on(cluster))
    wait_until(lambda: kept(folder), run)
    cluster.start_worker("other", folder=other_checkout)
    with cluster.client() as client:
        wait_until(lambda: len(client.nthreads()) == 3, run)
        for worker in cluster.processes[1:3]:  # so that all that is left falls to the late one
            worker.send_signal(signal.SIGKILL)
    assert "a worker has another code" in ends(run, status=2)
    ends(start(setting, folder))
    assert_same_bytes(local, folder)


def refused(address, setting, folder):
    started = time.monotonic()
    error = ends(start(setting, folder, "--backend", "dask", "--scheduler", address), status=2)
    assert time.monotonic() - started < 45
    assert error.startswith("error: ")
    assert f"Received: {address}" in error
    assert not folder.exists()
    return error


@pytest.mark.parametrize("address", ["nonsense://x:1", "127.0.0.1:8786", "tcp://127.0.0.1:x", ""])
def test_what_is_no_address_is_one_line(address, setting, tmp_path):
    assert "address is tcp://HOST:PORT" in refused(address, setting, tmp_path / "results")


def test_an_address_where_no_scheduler_answers_is_one_line(setting, tmp_path):
    error = refused("tcp://127.0.0.1:1", setting, tmp_path / "results")
    assert "no Dask scheduler answers" in error


def test_a_port_that_says_nothing_is_one_line(setting, tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as silent:
        address = f"tcp://127.0.0.1:{silent.getsockname()[1]}"
        assert "no Dask scheduler answers" in refused(address, setting, tmp_path / "results")


def test_a_scheduler_without_workers_is_one_line(empty_cluster, setting, tmp_path):
    error = refused(empty_cluster.address, setting, tmp_path / "results")
    assert "the scheduler has no worker" in error


def test_a_lone_worker_thread_is_one_line(empty_cluster, setting, tmp_path):
    empty_cluster.start_worker("alone")
    with empty_cluster.client() as client:
        client.wait_for_workers(1, timeout=WAIT_S)
    error = ends(start(setting, tmp_path / "results", *on(empty_cluster)), status=2)
    assert "a cluster needs at least two worker threads" in error
