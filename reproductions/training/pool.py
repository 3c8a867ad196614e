"""Long experiments in shards: parts that need nothing of each other, side by side on all cores.

A shard is a function of a module, called with a `Shard` and its arguments. They include the spec
and the seeds, and must determine the result alone. It gives arrays or data frames by name.
"""

import functools
import itertools
import math
import os
import resource
import sys
import threading
import warnings
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol, TypeVar

import numpy as np
import pandas as pd
from tqdm import tqdm

from reproductions.training.parallel import afresh, start_tensorflow

RANGE, MOST_RANGES = 128, 1000
"""Seeds in a shard: few enough that an experiment of a few hundred keeps several cores busy, and
that little work is lost if a machine fails; and how many ranges a call's seeds are split into at
most."""

SENT_IN_TURN = 8
"""How many networks take turns at their shards where these are sent to other processes, whose
number of cores is not known here."""

Arrays = Mapping[str, np.ndarray | pd.DataFrame]
"""What a shard gives, by name."""

T = TypeVar("T")


class ProcessFullError(Exception):
    """This process takes as much memory as it may; what is computed so far is kept.

    TensorFlow keeps all that it compiles until a process ends.
    """


class Cache:
    """Things that are made once and then shared, such as engines."""

    def __init__(self) -> None:
        self._made: dict[tuple, Any] = {}
        self._lock = threading.RLock()

    def once(self, make: Callable[..., T], *arguments: Any, **options: Any) -> T:
        """What `make` gives for these arguments, made at the first call."""
        with self._lock:
            key = (make, arguments, *sorted(options.items()))
            if key not in self._made:
                self._made[key] = make(*arguments, **options)
            return self._made[key]


@dataclass(frozen=True)
class Shard:
    """What a shard's function is called with, before its own arguments.

    Attributes:
        advance: counts so many units of progress; it does nothing where the bar is in another
            process.
        cache: what the shards of one experiment share in a process. An engine compiles its network
            once, on one core: with one thread each, engines of several networks keep all cores
            busy.
    """

    advance: Callable[[int], object] = lambda count: None
    cache: Cache = field(default_factory=Cache)

    def once(self, make: Callable[..., T], *arguments: Any, **options: Any) -> T:
        """One thing for all shards of an experiment in a process, such as an engine."""
        return self.cache.once(make, *arguments, **options)


class Store(Protocol):
    """Where finished shards are kept, so that a run that was killed goes on from them."""

    def load(self, name: str) -> dict[str, np.ndarray] | None:
        """A shard's plain arrays, or None where it is not kept."""

    def save(self, name: str, arrays: Mapping[str, np.ndarray]) -> None:
        """Keeps a shard's plain arrays."""


@dataclass(frozen=True)
class Sending:
    """How shards are computed in other processes.

    Attributes:
        check: called there before each shard; refuses a process that could give other bits.
        failing: what goes on around the shards, and puts into words what goes wrong there.
        settings: of `joblib.parallel_config`.
    """

    check: Callable[[], None]
    failing: Callable[[], AbstractContextManager]
    settings: Mapping[str, Any]


class Pool:
    """Computes the shards of one experiment, on this process' threads or where joblib sends them.

    Args:
        store: keeps finished shards; by default none are kept.
        sending: sends shards to other processes; by default they stay here.
        line: of the terminal on which progress is shown, in a process beside others.
        cache: what shards share in this process; by default that of this pool alone.
        most_bytes: how much memory this process may take: once it takes more, and shards are kept,
            `gather` raises `ProcessFullError`. By default there is no limit.
        goes_on: whether an earlier process of this same run has kept shards; then no line says that
            the run goes on from them.
    """

    def __init__(
        self,
        store: Store | None = None,
        sending: Sending | None = None,
        line: int | None = None,
        cache: Cache | None = None,
        most_bytes: float = math.inf,
        goes_on: bool = False,
    ) -> None:
        self._store, self._sending, self._line = store, sending, line
        self._cache, self._most_bytes, self._goes_on = cache or Cache(), most_bytes, goes_on

    def progress(
        self,
        items: Iterable[T] | None = None,
        total: int | None = None,
        what: str = "",
        unit: str = "seed",
    ) -> "tqdm[T]":
        """A progress bar, as the function `progress` makes it."""
        return progress(items, total, what, unit, self._line)

    def apart(self, function: Callable[..., T], calls: Sequence[tuple], what: str) -> list[T]:
        """What a function gives for each call, one after the other, nothing beside it.

        TensorFlow keeps all that it compiles until a process ends. So in a run, where shards are
        kept, each call has a process of its own, which gives its memory back.

        Args:
            function: of a module, not a closure.
            calls: its arguments.
            what: the progress bar's name.
        """
        here = itertools.starmap(function, calls)
        given = afresh(function, calls, most=1) if self._store else here
        return list(self.progress(given, len(calls), what, "setting"))

    def by_seeds(
        self,
        function: Callable[..., Arrays],
        calls: Sequence[tuple],
        seeds: int | Sequence[int],
        what: str,
        each: int = 1,
        network: Callable[..., object] | None = None,
    ) -> list[list[dict[str, Any]]]:
        """What a function gives for each call, its seeds split into ranges, a shard each.

        As many networks take turns at their shards as there are cores, so that no two cores wait
        for the same compilation. All shards of a network come before those of the next, so that a
        process that follows one that is full compiles no network again.

        Args:
            function: as for `gather`; after the arguments of a call it takes its seeds' start and
                stop.
            calls: the arguments before those two.
            seeds: how many each call has, one number for all or one for each.
            what: the progress bar's name.
            each: how many units of progress one seed counts.
            network: what tells the compiled networks of calls apart, given a call's arguments; by
                default each call has its own.

        Returns:
            For each call what its shards gave, in the order of the seeds.
        """
        counts = [seeds] * len(calls) if isinstance(seeds, int) else seeds
        networks: list[object] = [*range(len(calls))]
        if network:
            networks = [network(*call) for call in calls]
        of_network: dict[object, list[tuple[int, int, int]]] = {}
        for i, this in enumerate(networks):
            of_network.setdefault(this, []).extend((i, *span) for span in ranges(counts[i]))
        split = list(_in_turns(of_network.values(), self._in_turn()))
        sizes = [each * (stop - start) for _, start, stop in split]
        gathered = self.gather(
            function,
            [(*calls[i], *span) for i, *span in split],
            what,
            sizes,
            "seed",
            [networks[i] for i, *_ in split],
        )
        by_call: list[list[dict[str, Any]]] = [[] for _ in calls]
        for (i, *_), arrays in zip(split, gathered, strict=True):
            by_call[i].append(arrays)
        return by_call

    def _in_turn(self) -> int:
        """How many networks take turns at their shards."""
        return SENT_IN_TURN if self._sending else os.cpu_count() or 1

    def gather(
        self,
        function: Callable[..., Arrays],
        calls: Sequence[tuple],
        what: str,
        sizes: Sequence[int] | None = None,
        unit: str = "shard",
        networks: Sequence[object] | None = None,
    ) -> list[dict[str, Any]]:
        """What a function gives for each call, shards side by side on all cores.

        Args:
            function: of a module, not a closure; it takes a `Shard` and the arguments of a call.
                Shards run on threads, as compiled loops release Python's lock; those that are sent
                run in other processes.
            calls: the arguments of each shard; their `repr` tells shards apart.
            what: the progress bar's name.
            sizes: how many units of progress each shard counts, by calls of `advance`; by default
                one, counted here.
            unit: of progress.
            networks: what tells the compiled networks of the shards apart. A process that is full
                finishes the shards of those that it has begun, as another one would have to compile
                them again. By default each shard has its own.

        Returns:
            The shards' arrays and data frames, in the order of `calls`.

        Raises:
            ProcessFullError: this process takes as much memory as it may. What is done is kept.
        """
        store, sending, starts = self._store, self._sending, _Starts()
        names = [f"{function.__module__}.{function.__qualname__}{call!r}" for call in calls]
        kept = {i: store.load(name) for i, name in enumerate(names)} if store else {}
        done = {i: arrays for i, arrays in kept.items() if arrays is not None}
        todo = [i for i in range(len(calls)) if i not in done]
        counted = sizes or [1] * len(calls)
        networks = range(len(calls)) if networks is None else networks
        if todo:
            start_tensorflow()
        with self.progress(total=sum(counted), what=what, unit=unit) as bar:
            bar.update(sum(counted[i] for i in done))
            if done and not self._goes_on:
                bar.write(f"{what}: goes on from {len(done)} of {len(calls)} shards")
            shard = Shard(bar.update, self._cache)
            with (
                sending.failing() if sending else nullcontext(),
                self._side_by_side(
                    function, {i: (networks[i], calls[i]) for i in todo}, shard, starts
                ) as fresh,
            ):
                for i, arrays in fresh:
                    if arrays is None:
                        continue
                    if store:
                        store.save(names[i], arrays)
                    done[i] = arrays
                    if not sizes or sending:  # a shard elsewhere cannot count for itself
                        bar.update(counted[i])
                    if store and taken_bytes() > self._most_bytes:
                        starts.full.set()
        if len(done) < len(calls):
            raise ProcessFullError
        return [_unpack(done[i]) for i in range(len(calls))]

    @contextmanager
    def _side_by_side(
        self,
        function: Callable[..., Arrays],
        calls: Mapping[int, tuple[object, tuple]],
        shard: Shard,
        starts: "_Starts",
    ) -> Iterator[Iterator]:
        """Gives each call's number and plain arrays, as they are done; each comes with its network.

        Those that may not start any more give None.
        """
        from joblib import Parallel, delayed, parallel_config

        sending = self._sending
        # Around this one call: nothing else that uses joblib, as a first look does, goes elsewhere.
        with parallel_config(**sending.settings) if sending else nullcontext():
            parallel = Parallel(
                n_jobs=max(1, min(len(calls), os.cpu_count() or 1)),
                prefer="threads",
                batch_size=1,
                return_as="generator_unordered",
            )

        def started(i: int, network: object, call: tuple):
            if sending:
                return delayed(_sent)(sending.check, i, function, call)
            return delayed(_here)(shard, starts, network, i, function, call)

        done = parallel(started(i, *calls[i]) for i in calls)
        try:
            yield done
        finally:  # left early, it starts nothing more, waits for nothing under way, says nothing
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                done.close()


def _in_turns(queues: Iterable[Sequence[T]], most: int) -> Iterator[T]:
    """An item of each queue in turn, of at most so many queues; the next follows one that is empty.

    Example:
        `"".join(_in_turns(["aaa", "b", "cc"], most=2))` is "abacac".
    """
    waiting = deque(deque(items) for items in queues if items)
    turns: deque[deque[T]] = deque()
    while waiting or turns:
        while waiting and len(turns) < most:
            turns.append(waiting.popleft())
        queue = turns.popleft()
        yield queue.popleft()
        if queue:
            turns.append(queue)


class _Starts:
    """Which shards a process still starts: once it is full, only those of networks that it has."""

    def __init__(self) -> None:
        self.full = threading.Event()
        self._begun: set[object] = set()

    def may(self, network: object) -> bool:
        """Whether a shard of this network starts now."""
        if self.full.is_set():
            return network in self._begun
        self._begun.add(network)
        return True


def _here(
    shard: Shard,
    starts: _Starts,
    network: object,
    i: int,
    function: Callable[..., Arrays],
    call: tuple,
) -> tuple[int, dict[str, np.ndarray] | None]:
    return i, _pack(function(shard, *call)) if starts.may(network) else None


def _sent(
    check: Callable[[], None], i: int, function: Callable[..., Arrays], call: tuple
) -> tuple[int, dict[str, np.ndarray]]:
    check()
    return i, _pack(function(_elsewhere(function.__module__), *call))


@functools.lru_cache(maxsize=1)  # a worker is not told when an experiment ends, but when one begins
def _elsewhere(module: str) -> Shard:
    """What the shards of one experiment share in a worker."""
    return Shard()


def progress(
    items: Iterable[T] | None = None,
    total: int | None = None,
    what: str = "",
    unit: str = "seed",
    line: int | None = None,
) -> "tqdm[T]":
    """A bar over `items`, or over `total` units that the caller counts with `update`.

    It is shown on a terminal only, on standard error, so that a log holds none.
    """
    return tqdm(
        items,
        total=total,
        desc=what,
        unit=f" {unit}",
        disable=None,  # where the output is no terminal
        position=line,
        leave=False,
        dynamic_ncols=True,
    )


def taken_bytes() -> int:
    """The memory that this process takes, with what it shares with others.

    Where the system does not tell, it is the most that it has taken.
    """
    if (status := Path("/proc/self/statm")).is_file():
        return int(status.read_text(encoding="ascii").split()[1]) * resource.getpagesize()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else 1024 * peak  # bytes there, kilobytes elsewhere


def ranges(seeds: int) -> list[tuple[int, int]]:
    """Start and stop of each shard's seeds; their number alone decides, so that shards are found.

    They are whole blocks of the engine.
    """
    size = max(RANGE, -(-seeds // (MOST_RANGES * RANGE)) * RANGE)
    return [(start, min(start + size, seeds)) for start in range(0, seeds, size)]


def whole(
    ranges_of_seeds: Sequence[Mapping[str, np.ndarray]], summed: Sequence[str] = ()
) -> dict[str, np.ndarray]:
    """The arrays of a call's ranges of seeds: some added up, the others side by side.

    Args:
        ranges_of_seeds: in the order of the seeds; an array may be in some of them only.
        summed: the names of those that are added up; the seed is the last axis of the others.
    """
    names = dict.fromkeys(name for arrays in ranges_of_seeds for name in arrays)
    pieces = {name: [some[name] for some in ranges_of_seeds if name in some] for name in names}
    return {
        name: np.asarray(sum(arrays)) if name in summed else np.concatenate(arrays, axis=-1)
        for name, arrays in pieces.items()
    }


def joined(shards: Sequence[Mapping[str, pd.DataFrame]]) -> dict[str, pd.DataFrame]:
    """The data frames of all shards, those of one name one below the other."""
    names = dict.fromkeys(name for frames in shards for name in frames)
    return {
        name: pd.concat([frames[name] for frames in shards if name in frames], ignore_index=True)
        for name in names
    }


# Fresh results are packed and unpacked too, so that kept ones cannot differ from them.


def _pack(given: Arrays) -> dict[str, np.ndarray]:
    """Plain arrays, one a column of a data frame, under names that tell them from arrays."""
    arrays: dict[str, np.ndarray] = {}
    for name, value in given.items():
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


def _unpack(arrays: Mapping[str, np.ndarray]) -> dict[str, Any]:
    unpacked: dict[str, Any] = {}
    frames: dict[str, dict[str, np.ndarray]] = {}
    for path, array in arrays.items():
        kind, _, name = path.partition("/")
        if kind == "array":
            unpacked[name] = array
        else:
            name, _, column = name.partition("/")
            frames.setdefault(name, {})[column] = array
    return unpacked | {name: pd.DataFrame(columns) for name, columns in frames.items()}
