"""The arithmetic on which the reconstruction of the slide's logits rests."""

import numpy as np
import pytest

from reproductions.experiments.functions.softmax_temperature.entropy import entropy_nats
from reproductions.experiments.functions.softmax_temperature.run import SPEC

EQUATIONS = SPEC.equations()


def test_entropy_of_equal_probabilities_is_the_logarithm_of_their_number():
    assert entropy_nats(np.full(10, 0.1)) == pytest.approx(np.log(10), rel=1e-14)


def test_a_probability_of_0_adds_nothing_to_the_entropy():
    assert entropy_nats(np.array([0.5, 0.0, 0.5])) == pytest.approx(np.log(2), rel=1e-14)


@pytest.mark.parametrize("r", [1e-3, 1e-8, 1e-16, 1e-100])
def test_entropy_keeps_its_digits_where_the_greatest_probability_rounds_to_1(r):
    # -(1 - r) ln(1 - r) - r ln r, the first term as its series
    exact = r - r**2 / 2 - r**3 / 6 - r * np.log(r)
    assert entropy_nats(np.array([1 - r, r])) == pytest.approx(exact, rel=1e-11)


def test_the_jacobian_is_the_slope_of_the_residuals():
    random = np.random.Generator(np.random.Philox(0))
    logits = np.r_[0, -0.4, -3 - random.random(SPEC.classes - 2)][None]
    _, (jacobian,) = EQUATIONS.residuals(logits)
    step = 1e-6
    for place, direction in enumerate(np.eye(SPEC.classes)):
        above, below = (
            EQUATIONS.residuals(logits + sign * step * direction)[0][0] for sign in (1, -1)
        )
        assert jacobian[:, place] == pytest.approx((above - below) / (2 * step), abs=1e-8)


def test_a_solution_stays_where_it_is_and_a_shift_changes_nothing():
    start = np.r_[0, -0.36, -3 - 0.4 * np.arange(SPEC.classes - 2)][None]
    (solution,) = EQUATIONS.solve(start, np.eye(SPEC.classes))
    (shifted,) = EQUATIONS.solve(solution[None] + 7, np.eye(SPEC.classes))
    assert shifted - 7 == pytest.approx(solution, abs=1e-12)
    assert EQUATIONS.residuals(solution[None])[0] == pytest.approx(0, abs=1e-13)
