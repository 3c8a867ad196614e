"""The bits of the heights experiment, against other ways to get them."""

import math

import numpy as np
import pytest

from reproductions.experiments.functions.heights import run as heights

# A woman's and a man's mean are two deviations apart, so the midpoint is one from each.
MISTAKEN = math.erfc(1 / math.sqrt(2)) / 2


@pytest.fixture(scope="module")
def information():
    return heights._information(heights.SPEC)


def test_the_midpoint_is_a_channel_that_mistakes_both_sexes_alike(information):
    answer = information[information["threshold_cm"] == heights.SPEC.midpoint_cm]
    noise = -MISTAKEN * math.log2(MISTAKEN) - (1 - MISTAKEN) * math.log2(1 - MISTAKEN)
    assert answer["information_bits"].item() == pytest.approx(1 - noise, rel=1e-12)


def test_the_heights_information_agrees_with_a_simulation(information):
    from reproductions.evidence.statistics import generator

    random = generator(0)
    man = random.integers(0, 2, 400_000)
    log_odds = random.normal(4 * man - 2, 2)  # N(-2, 2²) for women, N(2, 2²) for men
    lost = np.logaddexp(0, np.where(man == 1, -log_odds, log_odds)) / np.log(2)
    expected = information.set_index("signal")["information_bits"]["height"]
    assert 1 - lost.mean() == pytest.approx(expected, abs=4 * lost.std() / np.sqrt(len(lost)))


def test_the_coefficients_are_the_log_ratio_of_the_densities():
    height = np.array([150.0, 168.5, 190.0])
    women, men = heights._densities(heights.SPEC, height)
    line = heights.SPEC.slope_per_cm * height + heights.SPEC.bias
    np.testing.assert_allclose(line, np.log(men / women), rtol=1e-11, atol=1e-11)
