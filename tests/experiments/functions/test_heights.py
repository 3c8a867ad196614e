"""The information of the heights experiment agrees with other ways to compute it."""

import math

import numpy as np
import pytest

from reproductions.evidence.statistics import generator
from reproductions.experiments.functions.heights import run as heights

# The two means are two deviations apart, so the midpoint is one deviation from each; this is the
# probability that a threshold there mistakes a person's sex.
MISTAKEN = math.erfc(1 / math.sqrt(2)) / 2


@pytest.fixture(scope="module")
def information():
    return heights.information(heights.SPEC)


def test_a_threshold_at_the_midpoint_keeps_what_a_binary_symmetric_channel_keeps(information):
    answer = information[information["threshold_cm"] == heights.SPEC.midpoint_cm]
    noise = -MISTAKEN * math.log2(MISTAKEN) - (1 - MISTAKEN) * math.log2(1 - MISTAKEN)
    assert answer["information_bits"].item() == pytest.approx(1 - noise, rel=1e-12)


def test_the_heights_information_agrees_with_a_simulation(information):
    random = generator(0)
    man = random.integers(0, 2, 400_000)
    log_odds = random.normal(4 * man - 2, 2)  # N(-2, 2²) for women, N(2, 2²) for men
    lost = np.logaddexp(0, np.where(man == 1, -log_odds, log_odds)) / np.log(2)
    expected = information.set_index("signal")["information_bits"]["height"]
    assert 1 - lost.mean() == pytest.approx(expected, abs=4 * lost.std() / np.sqrt(len(lost)))


def test_the_coefficients_are_the_log_ratio_of_the_densities():
    height = np.array([150.0, 168.5, 190.0])
    women, men = heights.densities(heights.SPEC, height)
    line = heights.SPEC.slope_per_cm * height + heights.SPEC.bias
    np.testing.assert_allclose(line, np.log(men / women), rtol=1e-11, atol=1e-11)
