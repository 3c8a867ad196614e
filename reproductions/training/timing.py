"""Times that can be compared on a machine that does other things too: interleaved, with intervals.

A round makes every call once, so that whatever else the machine does falls on all of them, and what
is compared is taken within a round.
"""

import math
import time
from collections.abc import Callable, Sequence

import numpy as np

from reproductions.training.pool import Pool


def timed(
    function: Callable[[], object],
    at_least_s: float = 0.0,
    clock: Callable[[], float] = time.perf_counter,
) -> Callable[[], float]:
    """The function, made to return the seconds that it takes.

    Args:
        function: what is timed.
        at_least_s: it is called again and again until so many seconds are over, and the shortest
            time is returned: what else the machine does only ever adds.
        clock: seconds since any moment.
    """

    def call() -> float:
        start = now = clock()
        shortest = math.inf
        while shortest == math.inf or now - start < at_least_s:
            before = now
            function()
            now = clock()
            shortest = min(shortest, now - before)
        return shortest

    return call


def interleaved(
    calls: Sequence[Callable[[], float]],
    rounds: int,
    what: str = "timing",
    groups: Sequence[int] | None = None,
    pool: Pool | None = None,
) -> np.ndarray:
    """Seconds of each call in each round, (call, round).

    Args:
        calls: each does its work and returns the seconds that took, as those of `timed` do.
        rounds: how often. One more, the first, is not counted: it may compile and fill caches.
        what: the progress bar's name.
        groups: how many neighbours are of one kind, group after group. The first call of a kind
            pays for threads that sleep and caches that hold other things, so each round begins a
            group with another of its calls. By default every round has the same order.
        pool: shows the progress.
    """
    sizes = groups or [1] * len(calls)
    starts = np.cumsum([0, *sizes[:-1]]).tolist()
    turns = [
        start + (i + turn) % size
        for turn in range(rounds + 1)
        for start, size in zip(starts, sizes, strict=True)
        for i in range(size)
    ]
    seconds: list[list[float]] = [[] for _ in calls]
    for i in (pool or Pool()).progress(turns, what=what, unit="call"):
        seconds[i].append(calls[i]())
    return np.array(seconds)[:, 1:]


def median_interval(values: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The median over the last axis, and the lower and upper end of its 95 % interval.

    The ends are values themselves, by rank (order statistics): that holds for any distribution, and
    a round in which the machine was busy moves them no further than any other round could.

    Raises:
        ValueError: there are fewer than 6 rounds, too few for such an interval.
    """
    from scipy.stats import binom

    ordered = np.sort(values, axis=-1)
    rounds = ordered.shape[-1]
    rank = int(binom.ppf(0.025, rounds, 0.5))
    if rank < 1:
        raise ValueError(f"an interval needs at least 6 rounds. Received: {rounds}")
    return np.median(ordered, axis=-1), ordered[..., rank - 1], ordered[..., rounds - rank]


def ratios(seconds: np.ndarray, reference: np.ndarray) -> tuple[np.ndarray, ...]:
    """How many times the reference's time each call takes, round by round: median and interval.

    Args:
        seconds: (..., round).
        reference: of the same rounds; a shape that goes with that of `seconds`.
    """
    return median_interval(seconds / reference)
