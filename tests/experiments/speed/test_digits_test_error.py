"""The interval of a median, against the binomial distribution that it comes from."""

import numpy as np
import pytest
from scipy.stats import binom

from reproductions.experiments.speed.digits_test_error import median_interval


@pytest.mark.parametrize(("seeds", "confidence"), [(40, 0.95), (120, 0.99375), (9, 0.95)])
def test_an_intervals_ends_are_as_often_beyond_the_median_as_the_binomial_says(seeds, confidence):
    low, high = median_interval(np.arange(seeds, dtype=float) / 1000, confidence)
    below, above = round(1000 * low), seeds - 1 - round(1000 * high)
    # The median is below the low end if more than so many of the values are above it.
    for beyond in (below, above):
        assert binom.cdf(beyond, seeds, 0.5) <= (1 - confidence) / 2
        assert binom.cdf(beyond + 1, seeds, 0.5) > (1 - confidence) / 2


def test_too_few_differences_have_an_interval_that_excludes_nothing():
    assert median_interval(np.array([0.1, 0.2, 0.3]), 0.99) == (-1, 1)


def test_one_run_that_fails_moves_a_median_hardly():
    gaps = np.linspace(-0.01, 0.02, 120)
    failed = np.where(np.arange(120) == 3, 0.9, gaps)
    assert np.allclose(median_interval(failed, 0.99), median_interval(gaps, 0.99), atol=3e-4)
