"""The geometry of the grid experiment: areas by the shoelace formula, and turning angles."""

import numpy as np
import pytest

from reproductions.experiments.circles.grid_transforms import geometry

SQUARE = np.array([[0, 0], [1, 0], [1, 1], [0, 1]], float)


def test_the_sign_of_an_area_is_the_direction_of_its_corners():
    assert geometry.polygon_area(SQUARE) == 1
    assert geometry.polygon_area(SQUARE[::-1]) == -1


def test_a_mapped_unit_square_has_the_determinant_as_its_area():
    w = np.array([[[2.0, 1.0], [0.0, 3.0]], [[0.0, 1.0], [1.0, 0.0]]])
    mapped = SQUARE @ np.swapaxes(w, 1, 2) + 1e6
    np.testing.assert_allclose(geometry.polygon_area(mapped), [6, -1], rtol=1e-9)


def test_a_square_turns_by_right_angles():
    angles, points = geometry.turns_deg(SQUARE)
    np.testing.assert_allclose(angles, [90, 90])
    assert points.tolist() == [1, 2]


def test_turns_leave_out_steps_of_length_zero():
    path = np.array([[0, 0], [0, 0], [1, 0], [1, 0], [1, 0], [2, 2]], float)
    angles, points = geometry.turns_deg(path)
    assert angles == pytest.approx([np.rad2deg(np.arctan2(2, 1))])
    assert points.tolist() == [4]


def test_a_line_that_is_mapped_to_one_point_has_no_turns():
    angles, points = geometry.turns_deg(np.zeros((5, 2)))
    assert len(angles) == len(points) == 0


def test_grid_lines_have_a_point_where_a_weighted_sum_is_zero():
    w, b = np.array([[1.0, 0.0], [1.0, 1.0]]), np.array([0.123, 0.0])
    x = geometry.line_points("x2", 0.4, 10, w, b)
    z = x @ w.T + b
    assert len(x) == 12  # 11 in equal steps and two zeros, one of which replaces a step's end
    assert np.abs(z[:, 0]).min() < 1e-15
    assert np.abs(z[:, 1]).min() < 1e-15
    assert (np.diff(x[:, 0]) > 1e-6).all()
