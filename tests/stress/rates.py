"""What the tests of rates see and how often they are wrong, by sums over binomials: no simulation.

Two counts of `trials` each are held by Fisher's exact test. Given their sum, the first count is
hypergeometric under a common rate, and with equal trials that distribution is symmetric: the test
is twice its tail. So for every sum there is one greatest first count that still gives an alarm.
"""

import functools
from collections import Counter
from collections.abc import Iterator

import numpy as np
from scipy.special import gammaln
from scipy.stats import binom

from reproductions.evidence.differences import RateTest
from reproductions.evidence.kinds import Rate
from tests.stress.stored import Stored

SHIFT = 0.1
POWER = 0.99
FAR = 14
"""Standard deviations beyond which a tail is left out; it holds less than 1e-40."""


class Test:
    """Fisher's test between two counts of `trials` each, at one level."""

    __test__ = False  # no test of pytest's

    def __init__(self, trials: int, level: float):
        self.trials = trials
        self.level = level
        self._edges: dict[int, tuple[int, float]] = {}

    def edge(self, total: int) -> tuple[int, float]:
        """The greatest smaller count with an alarm (-1: none) at a sum, and an alarm's chance."""
        if total not in self._edges:
            self._edges[total] = self._edge(total)
        return self._edges[total]

    def _edge(self, total: int) -> tuple[int, float]:
        n = self.trials
        if total > 2 * n - total:  # the same, seen from the failures
            edge, size = self.edge(2 * n - total)
            return (edge + total - n if edge >= 0 else -1), size
        spread = np.sqrt(total * (2 * n - total) / (4 * max(1, 2 * n - 1)))
        first = np.arange(max(0, int(total / 2 - FAR * spread - 2)), (total + 1) // 2)
        tails = np.cumsum(
            np.exp(_choose(n, first) + _choose(n, total - first) - _choose(2 * n, total))
        )
        alarms = int(np.searchsorted(2 * tails, self.level))
        if not alarms:
            return -1, 0.0
        return int(first[alarms - 1]), float(2 * tails[alarms - 1])

    def alarm(self, a: int, b: int) -> bool:
        """Whether two counts give an alarm."""
        return min(a, b) <= self.edge(a + b)[0]

    def false_alarm(self, rate: float) -> float:
        """How often two counts under one rate give an alarm."""
        both = binom(2 * self.trials, rate)
        middle, spread = both.mean(), both.std()
        low = max(0, int(middle - FAR * spread - 2))
        totals = np.arange(low, min(2 * self.trials, int(middle + FAR * spread + 2)) + 1)
        return float(sum(both.pmf(totals) * [self.edge(total)[1] for total in totals]))

    @functools.cache  # noqa: B019 - lives as long as its test
    def passes(self, count: int) -> tuple[int, int]:
        """The least and the greatest fresh count that gives no alarm beside a stored one."""
        low = _first(lambda fresh: not self.alarm(count, fresh), 0, count)
        above = _first(lambda fresh: self.alarm(count, fresh), count, self.trials + 1)
        return low, above - 1

    def caught(self, count: int, rate: float) -> float:
        """How often fresh results that come at another rate than the stored count are caught."""
        low, high = self.passes(count)
        fresh = binom(self.trials, rate)
        return float(fresh.cdf(low - 1) + fresh.sf(high))

    @functools.cache  # noqa: B019
    def power(self, count: int) -> float:
        """How often a shift by `SHIFT` is caught: the worse of the directions that there are."""
        share = count / self.trials
        rates = [r for r in (share - SHIFT, share + SHIFT) if 0 <= r <= 1]
        return min(self.caught(count, rate) for rate in rates)

    @functools.cache  # noqa: B019
    def seen_shift(self, count: int) -> float:
        """The smallest shift caught with probability `POWER`, the worse direction; NaN if none is.

        A direction in which even the farthest rate is not caught does not count if the other has
        a smallest one: from a stored share of 2 %, nobody can fall by 10 points.
        """
        share, smallest = count / self.trials, []
        for sign, room in ((-1, share), (1, 1 - share)):
            steps = np.arange(1, int(room * 1000 + 1e-9) + 1) / 1000
            place = _first(
                lambda i, s=sign, steps=steps: (
                    self.caught(count, _in_unit(share + s * steps[i])) >= POWER
                ),
                0,
                len(steps),
            )
            if place < len(steps):
                smallest.append(float(steps[place]))
        return max(smallest, default=float("nan"))


def _in_unit(rate: float) -> float:
    return min(1.0, max(0.0, rate))


def _choose(n: int, k):
    return gammaln(n + 1) - gammaln(k + 1) - gammaln(n - k + 1)


def _first(holds, low: int, high: int) -> int:
    """The first place from `low` on at which something holds that goes on to hold; else `high`."""
    while low < high:
        middle = (low + high) // 2
        if holds(middle):
            high = middle
        else:
            low = middle + 1
    return low


def counts(tests: list[RateTest]) -> Counter:
    """How many tests there are of each pair (stored count, trials)."""
    texts = (test.difference.expected.split(" of ") for test in tests)
    return Counter((int(float(count)), int(float(trials))) for count, trials in texts)


def columns(tables: list[Stored]) -> Iterator[tuple[str, str, Counter]]:
    """Every `Rate` column: its file, its name, its tests."""
    for table in tables:
        for column, kind in table.shape.columns.items():
            if isinstance(kind, Rate):
                found = table.only(column, *([kind.trials] if kind.trials else [])).compared()
                of_trials = isinstance(table.shape.columns.get(kind.trials), Rate)
                tests = found.rate_tests[: len(table.frame)] if of_trials else found.rate_tests
                yield table.file, column, counts(tests)


def figures(file: str, column: str, held: Counter, level: float, tests: dict[int, Test]) -> dict:
    """A row a column: its part in a false alarm, and what shifts its tests see."""
    for _, trials in held:
        tests.setdefault(trials, Test(trials, level))
    # The rate behind a stored count is not known; half a success more keeps it off 0 and 1.
    false = sum(
        times * tests[trials].false_alarm((count + 0.5) / (trials + 1))
        for (count, trials), times in held.items()
    )
    real = {pair: times for pair, times in held.items() if pair[1]}
    power = {(count, trials): tests[trials].power(count) for count, trials in real}
    seen = {(count, trials): tests[trials].seen_shift(count) for count, trials in real}
    strong = sum(times for pair, times in real.items() if power[pair] > POWER)
    blind = sum(times for pair, times in held.items() if np.isnan(seen.get(pair, np.nan)))
    trials = [trials for _, trials in held]
    return {
        "file": file,
        "column": column,
        "tests": held.total(),
        "trials_least": min(trials),
        "trials_most": max(trials),
        "false_alarm": _short(false),
        "catch_10_points": strong,
        "power_least": _short(min(power.values(), default=0.0)),
        "shift_seen_least": np.nanmin([*seen.values(), 1.0]),
        "shift_seen_most": np.nanmax([*seen.values(), 0.0]),
        "see_no_shift": blind,
        "why": _why(held, strong, blind, level),
    }


def _short(chance: float) -> float:
    return float(f"{chance:.3g}") if chance >= 1e-20 else 0.0


def _why(held: Counter, strong: int, blind: int, level: float) -> str:
    if strong == held.total():
        return "every test catches 10 points"
    few = min(trials for _, trials in held)
    why = f"at level {level:.2g}, {few} trials are too few for 10 points"
    return f"{why}; {blind} tests have too few for any shift" if blind else why
