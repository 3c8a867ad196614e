"""How much of a path's excess over a straight one is left when the mean is taken off."""

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from reproductions.evidence.statistics import bootstrap_interval
from reproductions.experiments.gradients.zigzag.problems import MEAN_PAIRS
from reproductions.training import descent_path

RESAMPLES = 2_000


def excess_left(against: np.ndarray, with_mean: np.ndarray) -> dict[str, float]:
    """The excess without the mean over the excess with it, and its 95 % bootstrap interval.

    The excess is the geometric mean of the path's length over its displacement, minus 1. Seeds are
    resampled, the same ones in numerator and denominator: the interval is that of the ratio.

    Args:
        against: path length over displacement without the mean, (seed,).
        with_mean: the same with the mean, from the same seeds, (seed,).
    """
    logarithms = np.log(against), np.log(with_mean)

    def left(without: np.ndarray, with_it: np.ndarray, axis: int = -1) -> np.ndarray:
        return np.expm1(without.mean(axis)) / np.expm1(with_it.mean(axis))

    low, high = bootstrap_interval(left, *logarithms, resamples=RESAMPLES, stream=7)
    return {"left": float(left(*logarithms)), "low": low, "high": high}


def excess_rows(
    units: Mapping[str, Mapping[tuple[str, int], tuple[float, descent_path.Paths]]],
) -> Iterator[dict[str, Any]]:
    """The rows of the table `excess`: each function without its mean, on single samples.

    Args:
        units: the descents of each problem, by the rate's name and the batch.
    """
    for function, against in MEAN_PAIRS.items():
        for rate, batch in units[function]:
            if batch != 1 or (rate, batch) not in units[against]:
                continue
            paths, paths_against = (units[name][rate, batch][1] for name in (function, against))
            yield {
                "function": function,
                "against": against,
                "rate": rate,
                "seeds": len(paths.ratio),
                **excess_left(paths_against.ratio, paths.ratio),
            }
