"""Intervals and random streams against independent values."""

import numpy as np
import pytest

from reproductions.evidence.statistics import generator, same_rate_p, share_of, wilson


def test_wilson_against_its_formula():
    z = 1.959963984540054
    for k, n in [(0, 10), (5, 10), (10, 10), (37, 4096)]:
        p = k / n
        middle = (p + z * z / (2 * n)) / (1 + z * z / n)
        half = z / (1 + z * z / n) * np.sqrt(p * (1 - p) / n + z * z / (4 * n * n))
        assert wilson(k, n) == pytest.approx((middle - half, middle + half), abs=1e-12)


def test_a_share_and_its_interval():
    assert share_of(3, 4) == {"share": 0.75, "low": wilson(3, 4)[0], "high": wilson(3, 4)[1]}


def test_the_tea_taster():
    # Fisher 1935: 3 of 4 against 1 of 4; two-sided p = 34/70.
    assert same_rate_p(3, 4, 1, 4) == pytest.approx(34 / 70)
    assert same_rate_p(3, 4, 6, 8) == 1.0


def test_streams():
    # First words of Philox under these seeds: the same on every machine, for ever.
    assert generator(0).integers(0, 2**63, 2).tolist() == [129745503399974868, 2377483205311176162]
    draws = [generator(*seed).standard_normal(4) for seed in [(0,), (1,), (0, 1), (1, 0)]]
    assert len({tuple(d) for d in draws}) == 4
    np.testing.assert_array_equal(generator(3, 2).random(5), generator(3, 2).random(5))


@pytest.mark.parametrize("seed", [1.5, 1.0, -1, True, "1", None, np.float64(2), np.bool_(1), [1]])
def test_a_seed_that_is_no_whole_number_from_0_is_refused(seed):
    """1.5 would be taken as 1."""
    for call in (lambda: generator(seed), lambda: generator(0, seed)):
        with pytest.raises(ValueError, match="a seed must be a whole number from 0") as error:
            call()
        assert str(error.value).endswith(f"Received: {seed!r}")


def test_a_seed_of_numpy_s_is_the_same_stream():
    for seed in (np.int64(3), np.uint8(3)):
        assert generator(seed, np.int32(1)).integers(2**62) == generator(3, 1).integers(2**62)
