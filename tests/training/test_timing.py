"""Timing on a clock that only moves when it is told to: no test waits."""

import itertools
import math

import numpy as np
import pytest
from scipy.stats import binom

from reproductions.training import timing


class Clock:
    """Stands still until work moves it."""

    def __init__(self):
        self.now = 1000.0

    def __call__(self):
        return self.now

    def work(self, *seconds):
        """A function that takes so long, each call in turn, then again from the first."""
        turns = itertools.cycle(seconds)

        def call():
            self.now += next(turns)

        return call


@pytest.fixture
def clock():
    return Clock()


def test_one_call_where_no_least_time_is_asked_for(clock):
    call = timing.timed(clock.work(0.25, 0.5), clock=clock)
    assert [call(), call(), call()] == [0.25, 0.5, 0.25]


def test_the_shortest_of_as_many_calls_as_fill_the_time(clock):
    call = timing.timed(clock.work(0.5, 0.25, 0.5, 8.0), at_least_s=1.0, clock=clock)
    assert call() == 0.25
    assert clock.now == 1001.25  # three calls
    assert call() == 8.0
    assert clock.now == 1009.25  # one fills it


def test_work_too_short_for_the_clock_is_called_once(clock):
    calls = []
    call = timing.timed(lambda: calls.append(1), clock=clock)
    assert (call(), len(calls)) == (0.0, 1)


def test_rounds_are_interleaved_and_the_first_is_not_counted():
    turns = []

    def engine(name, seconds):
        times = iter(seconds)

        def call():
            turns.append(name)
            return next(times)

        return call

    calls = [engine("a", [9.0, 1.0, 2.0]), engine("b", [9.0, 3.0, 4.0])]
    np.testing.assert_array_equal(timing.interleaved(calls, rounds=2), [[1, 2], [3, 4]])
    assert turns == ["a", "b"] * 3


def test_each_round_begins_a_group_with_another_of_its_calls():
    turns = []

    def call(name):
        return lambda: turns.append(name) or float(ord(name))

    seconds = timing.interleaved([call(name) for name in "abcxy"], rounds=3, groups=[3, 2])
    assert "".join(turns) == "abcxybcayxcabxyabcyx"
    np.testing.assert_array_equal(seconds, [[ord(name)] * 3 for name in "abcxy"])


@pytest.mark.parametrize("rounds", [6, 7, 9, 12, 25, 100])
def test_the_median_lies_in_the_interval_in_95_of_100_cases_and_no_narrower_one_would_do(rounds):
    values = np.random.default_rng(0).permutation(rounds).astype(float)
    median, low, high = timing.median_interval(values)
    assert median == (rounds - 1) / 2
    assert low + high == rounds - 1  # ranks from 0: as many are left out below as above
    # It misses the true median when at most `low` values are on one side of it.
    assert 2 * binom.cdf(low, rounds, 0.5) <= 0.05
    assert 2 * binom.cdf(low + 1, rounds, 0.5) > 0.05


def test_a_busy_round_moves_neither_the_median_nor_the_interval_far():
    calm = np.linspace(1.0, 1.2, 9)
    busy = np.where(calm == 1.2, 50.0, calm)
    assert timing.median_interval(busy) == timing.median_interval(calm)


def test_too_few_rounds_for_an_interval():
    with pytest.raises(ValueError, match=r"at least 6 rounds\. Received: 5"):
        timing.median_interval(np.ones((3, 5)))


def test_ratios_are_taken_within_a_round():
    """In every second round all takes ten times as long."""
    load = np.array([1, 10, 1, 10, 1, 10, 1])
    seconds = np.array([[2.0], [3.0]]) * load
    middle, low, high = timing.ratios(seconds, np.ones(7) * load)
    for found in (middle, low, high):
        np.testing.assert_allclose(found, [2, 3])
    assert math.isclose(timing.median_interval(seconds[0])[2], 20)
