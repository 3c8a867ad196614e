"""Work on all cores: threads, as compiled loops run outside Python's lock, or processes."""

import functools
import multiprocessing
import os
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager


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


@functools.cache  # one watch is enough
def end_with_parent() -> None:
    """Ends this process soon after the one that started it was killed: nobody reads what it makes.

    Where no process of Python's started it, it does nothing.
    """
    parent = multiprocessing.parent_process()
    if parent is None:
        return

    def watch():
        while os.getppid() == parent.pid:
            time.sleep(0.1)
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()
