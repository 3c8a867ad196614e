"""Work on all cores: threads, as compiled loops run outside Python's lock, or processes."""

import functools
import multiprocessing
import os
import signal
import sys
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import (
    FIRST_COMPLETED,
    Future,
    ProcessPoolExecutor,
    ThreadPoolExecutor,
    wait,
)
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from multiprocessing import forkserver, resource_tracker
from typing import Any, TypeVar

from tqdm import tqdm

from reproductions.evidence import settings


@functools.cache
def start_tensorflow() -> None:
    """Imports and starts TensorFlow here, as threads that are the first to do so crash at times.

    Of 26 short runs whose first import was in two threads at once, 6 ended in a segmentation fault.
    """
    import keras

    keras.Sequential([keras.Input((1,)), keras.layers.Dense(1)])


@contextmanager
def workers(threads: int | None = None) -> Iterator[ThreadPoolExecutor]:
    """A pool of threads, by default one a core.

    Left early, by an error or Ctrl-C, it starts nothing more and waits for nothing under way.
    """
    start_tensorflow()
    executor = ThreadPoolExecutor(threads or os.cpu_count())
    try:
        yield executor
    finally:
        executor.shutdown(wait=False, cancel_futures=True)


PRELOADED = "reproductions.training.preloaded"
"""What a process that is started afresh has imported already: TensorFlow, Keras, pandas, ..."""

T = TypeVar("T")


class ProcessEndedError(Exception):
    """The process of a call was ended from outside; the call's arguments are `call`."""

    def __init__(self, call: tuple) -> None:
        super().__init__(f"the process was ended. Received: {call}")
        self.call = call


def afresh(
    function: Callable[..., T], calls: Iterable[tuple] | deque[tuple], most: int, lock: Any = None
) -> Iterator[T]:
    """What a function gives for each call, each in a process of its own, as they are done.

    Each process is a copy of one that has imported the libraries and computed nothing. So it starts
    at once, shares their memory with the others, and gives back all that it takes when it ends.

    Args:
        function: of a module, not a closure.
        calls: its arguments; they are started in this order, and a deque may be added to meanwhile.
        most: how many processes run side by side.
        lock: of the progress bars, which several processes write to one terminal.

    Raises:
        ProcessEndedError: a process was ended from outside. Then, and after any other error or
            Ctrl-C, those that still run are ended too.
    """
    context = _copies()
    waiting = calls if isinstance(calls, deque) else deque(calls)
    running: dict[Future, tuple[ProcessPoolExecutor, tuple]] = {}
    try:
        while waiting or running:
            while waiting and len(running) < most:
                executor = ProcessPoolExecutor(1, context, initializer=_begin, initargs=(lock,))
                with _ctrl_c_later():  # a process half started would not be among those to end
                    call = waiting.popleft()
                    running[executor.submit(function, *call)] = executor, call
            for future in wait(running, return_when=FIRST_COMPLETED).done:
                executor, call = running.pop(future)
                executor.shutdown()
                if isinstance(error := future.exception(), BrokenProcessPool):
                    raise ProcessEndedError(call) from error
                yield future.result()
    except BaseException:
        for process in multiprocessing.active_children():
            process.kill()
        raise


def bars_lock() -> Any:
    """A lock for progress bars of several processes on one terminal."""
    return _copies().RLock()


@functools.cache
def _copies() -> Any:
    """Starts the process of which those of `afresh` are copies."""
    context = multiprocessing.get_context("forkserver")
    if sys.platform == "linux":  # elsewhere a process that has TensorFlow cannot be copied safely
        context.set_forkserver_preload([PRELOADED])
    # After Ctrl-C the processes' own keeper cleans up, and would warn that it had to.
    wanted = (os.environ.get("PYTHONWARNINGS"), "ignore:resource_tracker")
    quiet = ",".join(filter(None, wanted))
    with settings.variables(PYTHONWARNINGS=quiet):
        resource_tracker.ensure_running()  # it unblocks Ctrl-C when it starts
        with _ctrl_c_later():
            # What is started here never gets Ctrl-C: whoever started it ends it.
            before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
            try:
                forkserver.ensure_running()
            finally:
                signal.pthread_sigmask(signal.SIG_SETMASK, before)
    # The process to be copied imports its libraries first, for seconds. Ctrl-C may end this wait: a
    # process that needs nothing of this one makes no complaint when it finds it gone.
    ready = context.Process(target=_nothing)
    ready.start()
    ready.join()
    return context


def _nothing() -> None:
    """What a process does that only shows that processes can be started."""


@contextmanager
def _ctrl_c_later() -> Iterator[None]:
    """Within, Ctrl-C only takes effect at the end."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    came: list[int] = []
    before = signal.signal(signal.SIGINT, lambda number, _: came.append(number))
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
        if came:
            signal.raise_signal(signal.SIGINT)


def _begin(lock: Any) -> None:
    """Begins a process of `afresh`."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if lock is not None:
        tqdm.set_lock(lock)
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    """Ends this process once the one that started it was killed: nobody reads what it makes."""
    if parent := multiprocessing.parent_process():
        parent.join()
        os._exit(1)
