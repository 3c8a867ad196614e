"""Random streams, intervals and tests."""

import functools
from collections.abc import Callable
from numbers import Integral

import numpy as np


def generator(seed: int, *stream: int) -> np.random.Generator:
    """A random generator that is the same on every machine: NumPy's Philox, a stream a seed.

    Args:
        seed: a whole number from 0.
        *stream: more whole numbers from 0, for several independent streams under one seed.

    Raises:
        ValueError: one of them is no whole number from 0.
    """
    for number in (seed, *stream):
        if isinstance(number, bool) or not isinstance(number, Integral) or number < 0:
            raise ValueError(f"a seed must be a whole number from 0. Received: {number!r}")
    # As entropy alone, (1,) and (1, 0) would be the same stream; a spawn key tells them apart.
    sequence = np.random.SeedSequence(int(seed), spawn_key=tuple(map(int, stream)))
    return np.random.Generator(np.random.Philox(sequence))


@functools.cache  # a check asks for the same counts again and again
def wilson(successes: int, trials: int, confidence: float = 0.95) -> tuple[float, float]:
    """The Wilson score interval of a share (Wilson 1927)."""
    from scipy.stats import binomtest  # scipy.stats takes long to import; `list` needs none of it

    interval = binomtest(int(successes), int(trials)).proportion_ci(confidence, method="wilson")
    return float(interval.low), float(interval.high)


def share_of(count: int, trials: int) -> dict[str, float]:
    """A share with its 95 % Wilson interval, as the columns `share`, `low` and `high`."""
    low, high = wilson(count, trials)
    return {"share": count / trials, "low": low, "high": high}


def mean_of(values: np.ndarray) -> tuple[float, float, float]:
    """A mean and the two ends of its 95 % interval (Student's t); NaN where values are too few."""
    from scipy.stats import t

    if not len(values):
        return np.nan, np.nan, np.nan
    mean = float(np.mean(values))
    if len(values) == 1:
        return mean, np.nan, np.nan
    reach = float(t.ppf(0.975, len(values) - 1) * np.std(values, ddof=1) / np.sqrt(len(values)))
    return mean, mean - reach, mean + reach


def share_of_sums(part: np.ndarray, whole: np.ndarray, axis: int = -1) -> np.ndarray:
    """The share that the sum of `part` is of the sum of `whole`."""
    return part.sum(axis) / np.maximum(whole.sum(axis), 1)


def bootstrap_interval(
    statistic: Callable[..., np.ndarray],
    *samples: np.ndarray,
    resamples: int = 9_999,
    stream: int | None = None,
) -> tuple[float, float]:
    """The 95 % percentile bootstrap interval of a statistic (Efron 1979).

    Args:
        statistic: of the samples, over their axis `axis`, a keyword.
        *samples: of one length; several are resampled together, so that pairs stay pairs.
        resamples: how many.
        stream: which random stream of seed 0 is used; by default `generator(0)` itself.
    """
    from scipy.stats import bootstrap

    interval = bootstrap(
        samples,
        statistic,
        paired=len(samples) > 1,
        n_resamples=resamples,
        method="percentile",
        rng=generator(0) if stream is None else generator(0, stream),
    ).confidence_interval
    return float(interval.low), float(interval.high)


@functools.cache  # a check asks for the same counts again and again
def same_rate_p(successes_a: int, trials_a: int, successes_b: int, trials_b: int) -> float:
    """The p-value of two counts under one common rate (Fisher's exact test, two-sided).

    It is conservative: under a common rate it falls below a level at most that often.
    """
    from scipy.stats import fisher_exact

    if successes_a * trials_b == successes_b * trials_a:
        return 1.0
    table = [[successes_a, trials_a - successes_a], [successes_b, trials_b - successes_b]]
    return float(fisher_exact(table).pvalue)
