"""Processes that start afresh: what they give, what goes wrong in them, and that none is left."""

import multiprocessing
import os
import signal
import subprocess
import sys
import time
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import pytest

from reproductions.running import experiment
from reproductions.training import parallel
from reproductions.training.parallel import ProcessEndedError, afresh


def square(number):
    return number**2, os.getpid()


def fails(number):
    if number == 1:
        raise ValueError(f"a number must not be 1. Received: {number}")
    time.sleep(60)  # ended with the one that fails


def is_killed(number):
    os.kill(os.getpid(), signal.SIGKILL)


def says_its_libraries():
    return {"tensorflow", "keras", "pandas"} <= set(sys.modules)


def test_each_call_is_computed_in_a_process_of_its_own():
    given = list(afresh(square, [(i,) for i in range(5)], most=2))
    assert sorted(value for value, _ in given) == [0, 1, 4, 9, 16]
    processes = {process for _, process in given}
    assert len(processes) == 5
    assert os.getpid() not in processes
    assert not multiprocessing.active_children()


def test_no_calls_give_nothing():
    assert list(afresh(square, [], most=2)) == []


@pytest.mark.skipif(sys.platform != "linux", reason="only there are libraries imported beforehand")
def test_the_libraries_are_there_at_once():
    assert list(afresh(says_its_libraries, [()], most=1)) == [True]


def test_an_error_ends_all():
    with pytest.raises(ValueError, match=r"must not be 1. Received: 1"):
        list(afresh(fails, [(0,), (1,), (2,)], most=2))
    for process in multiprocessing.active_children():
        process.join()
        assert process.exitcode


def test_a_process_that_is_killed_is_told():
    with pytest.raises(ProcessEndedError, match=r"Received: \(0,\)") as error:
        list(afresh(is_killed, [(0,)], most=1))
    assert error.value.call == (0,)


def test_leaving_early_ends_all():
    given = afresh(square, [(i,) for i in range(4)], most=1)
    next(given)
    given.close()
    for process in multiprocessing.active_children():
        process.join()


LASTS = """
import os, sys, time
from reproductions.training import parallel
from reproductions.training.parallel import afresh
from tests.training import test_parallel
list(afresh(test_parallel.tells_and_lasts, [(sys.argv[1],)], most=1))
"""


ENDS = """
from reproductions.training import parallel
import signal
signal.signal(signal.SIGINT, lambda *_: os._exit(130))
list("""


def tells_and_lasts(path):
    with open(path, "w", encoding="utf-8") as file:
        file.write(f"{os.getpid()}\n")
    time.sleep(600)


def test_ctrl_c_leaves_nothing_to_complain_of(tmp_path):
    path = tmp_path / "process"
    # As the command line ends after Ctrl-C: it waits for nothing, and cleans up nothing itself.
    code = LASTS.replace("most=1", "most=1, lock=parallel.bars_lock()").replace("\nlist(", ENDS)
    starter = subprocess.Popen(
        [sys.executable, "-c", code, str(path)],
        cwd=experiment.FOLDER.parent,
        stderr=subprocess.PIPE,
        text=True,
    )
    while not path.exists():
        assert starter.poll() is None
        time.sleep(0.01)
    starter.send_signal(signal.SIGINT)
    _, errors = starter.communicate()
    assert starter.returncode == 130
    assert not errors


IMPORTS_SLOWLY = """
import pathlib, time
pathlib.Path("begun").touch()
while not pathlib.Path("go").exists():
    time.sleep(0.01)
"""

GOES_ON = """
import gc, pathlib, signal
from reproductions.training import parallel
parallel.PRELOADED = "imports_slowly"
lock = None
try:
    lock = parallel.bars_lock()
    list(parallel.afresh(len, [("abc",)], 1, lock))
except KeyboardInterrupt:
    del lock
    gc.collect()
    pathlib.Path("go").touch()
    print(list(parallel.afresh(len, [("abc",)], 1)))
"""


@pytest.mark.skipif(sys.platform != "linux", reason="only there are libraries imported beforehand")
def test_ctrl_c_while_the_libraries_are_imported(tmp_path):
    (tmp_path / "imports_slowly.py").write_text(IMPORTS_SLOWLY, encoding="utf-8")
    path = os.pathsep.join([str(tmp_path), str(experiment.FOLDER.parent)])
    starter = subprocess.Popen(
        [sys.executable, "-c", GOES_ON],
        cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": path},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    while not (tmp_path / "begun").exists():
        assert starter.poll() is None
        time.sleep(0.01)
    os.killpg(starter.pid, signal.SIGINT)
    assert starter.communicate() == ("[3]\n", "")


def test_ctrl_c_waits_for_a_process_that_is_being_started(monkeypatch):
    events = []

    class Interrupted(ProcessPoolExecutor):
        def submit(self, function, *arguments):
            signal.raise_signal(signal.SIGINT)
            given = super().submit(function, *arguments)
            events.append(len(multiprocessing.active_children()))
            return given

    monkeypatch.setattr(parallel, "ProcessPoolExecutor", Interrupted)
    with pytest.raises(KeyboardInterrupt):
        list(afresh(time.sleep, [(60,)], most=1))
    assert events == [1]
    for process in multiprocessing.active_children():
        process.join()
        assert process.exitcode


@pytest.mark.skipif(sys.platform != "linux", reason="looks for the process in /proc")
def test_a_process_ends_with_the_one_that_started_it(tmp_path):
    path = tmp_path / "process"
    starter = subprocess.Popen(
        [sys.executable, "-c", LASTS, str(path)], cwd=experiment.FOLDER.parent
    )
    while not path.exists() or not (text := path.read_text(encoding="utf-8")).endswith("\n"):
        assert starter.poll() is None
        time.sleep(0.01)
    assert Path(f"/proc/{int(text)}").exists()
    starter.kill()
    starter.wait()
    while Path(f"/proc/{int(text)}").exists():
        time.sleep(0.01)
