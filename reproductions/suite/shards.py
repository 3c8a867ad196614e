"""A long experiment in shards: parts that need nothing of each other, each kept once finished.

A shard is a function of a module and its arguments, which hold the spec, and so the seeds; it gives
arrays or data frames by name, and nothing else may tell two runs of it apart. While the runner
writes an experiment's results, finished shards lie beside them, so that a run that was killed goes
on from there; once the tables are whole they are removed. Shards are made on this process'
threads, or, within `sent`, where joblib sends them.
"""

import functools
import io
import os
import shutil
import threading
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from reproductions.suite import provenance
from reproductions.suite.errors import InputError
from reproductions.suite.files import read_bytes, sha256, write_whole
from reproductions.suite.kinds import LISTED as LISTED  # experiments take it from here
from reproductions.suite.parallel import start_tensorflow
from reproductions.suite.progress import progress

FOLDER = provenance.SHARDS
RANGE, MOST_RANGES = 128, 1000
"""Seeds in a shard: few enough that an experiment of a few hundred keeps several cores busy, and
that little is lost with a machine; and how many ranges at most one process gathers."""

Part = Mapping[str, np.ndarray | pd.DataFrame]


@dataclass(frozen=True)
class Store:
    """Where finished shards are kept, and what they were made under."""

    folder: Path
    fingerprint: str

    def load(self, name: str) -> dict[str, np.ndarray] | None:
        """A shard's arrays; None where it is not there, or not whole."""
        try:
            digest, _, data = read_bytes(self._path(name)).partition(b"\n")
        except InputError:
            return None
        if digest.decode("ascii", "replace") != sha256(data):
            return None
        with np.load(io.BytesIO(data), allow_pickle=False) as arrays:
            return dict(arrays)

    def save(self, name: str, arrays: Mapping[str, np.ndarray]) -> None:
        """Keeps a shard's arrays, under the checksum of their bytes."""
        buffer = io.BytesIO()
        np.savez(buffer, allow_pickle=False, **arrays)
        data = buffer.getvalue()
        write_whole(self._path(name), sha256(data).encode() + b"\n" + data)

    def _path(self, name: str) -> Path:
        both = f"{self.fingerprint}\n{name}"
        return self.folder / f"{sha256(both.encode())}.npz"


@dataclass(frozen=True)
class Sending:
    """How shards are sent elsewhere.

    Attributes:
        maker: whose bits they must have, as `provenance.maker` has it. Each shard looks again, as
            a worker may have come later than any check.
        failing: what goes on around them, and puts into words what goes wrong there.
        settings: of `joblib.parallel_config`.
    """

    maker: Mapping[str, str]
    failing: Callable[[], AbstractContextManager]
    settings: Mapping[str, Any]


_store: Store | None = None
_sending: Sending | None = None
_bar = None
_caches = []
_made_for = ""


def cached(make: Callable) -> Callable:
    """Makes one thing for all shards of an experiment in a process, such as an engine.

    An engine compiles its network once, on one core: with one thread each, engines of several
    networks keep all cores busy.
    """
    cache, lock = functools.cache(make), threading.Lock()
    _caches.append(cache)

    @functools.wraps(make)
    def one(*arguments, **options):
        with lock:
            return cache(*arguments, **options)

    return one


def _let_go() -> None:
    """Forgets what is `cached`."""
    for cache in _caches:
        cache.cache_clear()


@contextmanager
def kept(folder: Path, fingerprint: str) -> Iterator[None]:
    """Keeps the shards that are finished within in an experiment's folder, and takes up old ones.

    At the end it lets go of what is `cached`.

    Args:
        folder: the experiment's results.
        fingerprint: of everything but its arguments that decides what a shard gives.
    """
    global _store
    _store = Store(folder / FOLDER, fingerprint)
    try:
        yield
    finally:
        _store = None
        _let_go()


@contextmanager
def sent(sending: Sending) -> Iterator[None]:
    """Sends the shards within to other processes."""
    global _sending
    _sending = sending
    try:
        yield
    finally:
        _sending = None


def are_sent() -> bool:
    """Whether shards go to other processes."""
    return _sending is not None


def ranges(seeds: int) -> list[tuple[int, int]]:
    """Start and stop of each shard's seeds; their number alone decides, so that shards are found.

    They are whole blocks of the engine.
    """
    size = max(RANGE, -(-seeds // (MOST_RANGES * RANGE)) * RANGE)
    return [(start, min(start + size, seeds)) for start in range(0, seeds, size)]


def by_seeds(
    function: Callable[..., Part],
    calls: Sequence[tuple],
    seeds: int | Sequence[int],
    what: str,
    each: int = 1,
) -> list[list[dict[str, np.ndarray | pd.DataFrame]]]:
    """What a function gives for each call, its seeds split into ranges, a shard each.

    All calls come before the next seeds, so that no two cores wait for the same compilation.

    Args:
        function: as for `gather`; it takes the arguments of a call, then its seeds' start and stop.
        calls: the arguments before those two.
        seeds: how many each call has, one number for all or one for each.
        what: the progress bar's name.
        each: how many units of progress one seed counts.

    Returns:
        For each call its parts, in the order of the seeds.
    """
    counts = [seeds] * len(calls) if isinstance(seeds, int) else seeds
    split = [(i, *span) for i, count in enumerate(counts) for span in ranges(count)]
    split.sort(key=lambda shard: shard[1])
    sizes = [each * (stop - start) for _, start, stop in split]
    parts = gather(function, [(*calls[i], *span) for i, *span in split], what, sizes, "seed")
    found = [[] for _ in calls]
    for (i, *_), part in zip(split, parts, strict=True):
        found[i].append(part)
    return found


def clear(folder: Path) -> None:
    """Removes what an experiment's folder keeps of shards."""
    kept_here = folder / FOLDER
    if kept_here.is_symlink():  # never follow it out of the folder
        kept_here.unlink(missing_ok=True)
    shutil.rmtree(kept_here, ignore_errors=True)


def gather(
    function: Callable[..., Part],
    calls: Sequence[tuple],
    what: str,
    sizes: Sequence[int] | None = None,
    unit: str = "shard",
) -> list[dict[str, np.ndarray | pd.DataFrame]]:
    """What a function gives for each call, shards side by side on all cores.

    Args:
        function: of a module, not a closure; it takes the arguments of a call. Compiled loops run
            outside Python's lock, so threads do, but for shards that are sent.
        calls: the arguments of each shard; their `repr` tells shards apart.
        what: the progress bar's name.
        sizes: how many units of progress each shard counts, by calls of `advance`; by default one,
            counted here.
        unit: of progress.

    Returns:
        The shards' arrays and data frames, in the order of `calls`.
    """
    global _bar
    names = [f"{function.__module__}.{function.__qualname__}{call!r}" for call in calls]
    found = {i: a for i, n in enumerate(names) if (a := _store and _store.load(n)) is not None}
    todo = [i for i in range(len(calls)) if i not in found]
    counted = sizes or [1] * len(calls)
    if todo:
        start_tensorflow()
    with progress(total=sum(counted), what=what, unit=unit) as bar:
        bar.update(sum(counted[i] for i in found))
        if found:
            bar.write(f"{what}: goes on from {len(found)} of {len(calls)} shards")
        _bar = bar
        try:
            with (
                _sending.failing() if _sending else nullcontext(),
                _side_by_side(function, {i: calls[i] for i in todo}) as done,
            ):
                for i, arrays in done:
                    if _store:
                        _store.save(names[i], arrays)
                    found[i] = arrays
                    if not sizes or _sending:  # a shard elsewhere cannot count for itself
                        bar.update(counted[i])
        finally:
            _bar = None
    return [_unpack(found[i]) for i in range(len(calls))]


def advance(count: int) -> None:
    """Counts progress from within a shard; where its bar is in another process, it does nothing."""
    if _bar is not None:
        _bar.update(count)


def whole(
    parts: Sequence[Mapping[str, np.ndarray]], summed: Sequence[str] = ()
) -> dict[str, np.ndarray]:
    """The arrays of a call's ranges of seeds: some added up, the others side by side.

    Args:
        parts: in the order of the seeds; an array may be in some of them only.
        summed: the names of those that are added up; the seed is the last axis of the others.
    """
    names = dict.fromkeys(name for part in parts for name in part)
    arrays = {name: [part[name] for part in parts if name in part] for name in names}
    return {
        name: sum(own) if name in summed else np.concatenate(own, axis=-1)
        for name, own in arrays.items()
    }


def joined(parts: Sequence[Mapping[str, pd.DataFrame]]) -> dict[str, pd.DataFrame]:
    """The data frames of all shards, those of one name one below the other."""
    names = dict.fromkeys(name for part in parts for name in part)
    return {
        name: pd.concat([part[name] for part in parts if name in part], ignore_index=True)
        for name in names
    }


@contextmanager
def _side_by_side(function, calls: Mapping[int, tuple]) -> Iterator[Iterator]:
    """Gives each call's number and arrays, as they are done."""
    from joblib import Parallel, delayed, parallel_config

    # Around this one call: nothing else that uses joblib, as a first look does, goes elsewhere.
    with parallel_config(**_sending.settings) if _sending else nullcontext():
        parallel = Parallel(
            n_jobs=max(1, min(len(calls), os.cpu_count() or 1)),
            prefer="threads",
            batch_size=1,
            return_as="generator_unordered",
        )
    maker = _sending and _sending.maker
    done = parallel(delayed(_one)(i, function, call, maker) for i, call in calls.items())
    try:
        yield done
    finally:  # left early, it starts nothing more, waits for nothing under way, and says nothing
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            done.close()


def _one(
    i: int, function: Callable[..., Part], call: tuple, maker: Mapping[str, str] | None
) -> tuple[int, dict[str, np.ndarray]]:
    global _made_for
    if maker:
        provenance.refuse_another(maker, provenance.maker())
        if _made_for != function.__module__:  # a worker sees no end of `kept`
            _made_for = function.__module__
            _let_go()
    return i, _pack(function(*call))


# Fresh results are packed and unpacked too, so that kept ones cannot differ from them.


def _pack(part: Part) -> dict[str, np.ndarray]:
    """Plain arrays, one a column of a data frame, under names that tell them from arrays."""
    arrays = {}
    for name, value in part.items():
        if isinstance(value, pd.DataFrame):
            columns = {f"frame/{name}/{c}": _plain(value[c].to_numpy()) for c in value.columns}
            if not columns:
                raise ValueError(f"a shard's frame must have columns. Received: {name}")
            arrays |= columns
        else:
            arrays[f"array/{name}"] = _plain(np.asarray(value))
    return arrays


def _plain(array: np.ndarray) -> np.ndarray:
    """The array without Python objects; texts as NumPy's own."""
    if array.dtype != object:
        return array
    if not all(isinstance(cell, str) for cell in array.flat):
        raise ValueError(f"a shard gives numbers, truth values and texts. Received: {array}")
    return array.astype(str)


def _unpack(arrays: Mapping[str, np.ndarray]) -> dict[str, np.ndarray | pd.DataFrame]:
    part, frames = {}, {}
    for path, array in arrays.items():
        kind, _, name = path.partition("/")
        if kind == "array":
            part[name] = array
        else:
            name, _, column = name.partition("/")
            frames.setdefault(name, {})[column] = array
    return part | {name: pd.DataFrame(columns) for name, columns in frames.items()}
