"""The arithmetic on which the reconstruction of the slide's logits rests."""

import numpy as np
import pytest

from reproductions.experiments.functions.softmax_temperature.run import (
    SPEC,
    _entropy,
    _solve,
    _system,
)

TARGETS = np.array(SPEC.slide_entropies)


def test_entropy_of_equal_probabilities_is_the_logarithm_of_their_number():
    assert _entropy(np.full(10, 0.1)) == pytest.approx(np.log(10), rel=1e-14)


def test_entropy_takes_no_probability_as_no_term():
    assert _entropy(np.array([0.5, 0.0, 0.5])) == pytest.approx(np.log(2), rel=1e-14)


@pytest.mark.parametrize("rest", [1e-3, 1e-8, 1e-16, 1e-100])
def test_entropy_keeps_its_digits_where_the_greatest_probability_rounds_to_1(rest):
    # -(1 - r) ln(1 - r) - r ln r, the first term as its series
    exact = rest - rest**2 / 2 - rest**3 / 6 - rest * np.log(rest)
    assert _entropy(np.array([1 - rest, rest])) == pytest.approx(exact, rel=1e-11)


def test_jacobian_is_the_slope_of_the_residuals():
    random = np.random.Generator(np.random.Philox(0))
    logits = np.r_[0, -0.4, -3 - random.random(SPEC.classes - 2)][None]
    _, (jacobian,) = _system(SPEC, logits, TARGETS)
    step = 1e-6
    for place, direction in enumerate(np.eye(SPEC.classes)):
        above, below = (
            _system(SPEC, logits + sign * step * direction, TARGETS)[0][0] for sign in (1, -1)
        )
        assert jacobian[:, place] == pytest.approx((above - below) / (2 * step), abs=1e-8)


def test_a_solution_stays_where_it_is_and_a_shift_changes_nothing():
    start = np.r_[0, -0.36, -3 - 0.4 * np.arange(SPEC.classes - 2)][None]
    (solution,) = _solve(SPEC, start, TARGETS, np.eye(SPEC.classes))
    (shifted,) = _solve(SPEC, solution[None] + 7, TARGETS, np.eye(SPEC.classes))
    assert shifted - 7 == pytest.approx(solution, abs=1e-12)
    assert _system(SPEC, solution[None], TARGETS)[0] == pytest.approx(0, abs=1e-13)
