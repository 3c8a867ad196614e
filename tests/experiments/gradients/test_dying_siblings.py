"""Units that turned negative, live, fall silent or stand still are counted as they were made."""

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from reproductions.experiments.gradients import dying_siblings
from reproductions.training import activations


def test_units_are_counted_as_they_were_made():
    # Two seeds of a 1-1-1 network on two images, in four records. In seed 0 the unit is negative
    # for one image after the first epoch and for both at the end; its bias moves to the end. In
    # seed 1 it is never negative, and stands still in the last epoch.
    bias = np.array([[0, 0], [-1.5, 0], [-5, 1], [-9, 1]], "float32")
    ones, nothing = np.ones((4, 1, 1, 2), "float32"), np.zeros((4, 1, 2), "float32")
    arrays = [ones, bias[:, None], ones, nothing]
    trained = SimpleNamespace(
        weights=[a[-1] for a in arrays],
        records={f"weight_{i}": a for i, a in enumerate(arrays)},
    )
    x = np.array([[1.0], [2.0]], "float32")
    counts = dying_siblings.what_became_of_units(
        trained, lambda: activations.layer("relu"), x, rates=1
    )
    expected = {
        "negative": [1, 0],
        "alive": [0, 0],
        "still": [0, 1],
        "silent": [1, 0],
        "pairs": [1, 0],
        "back": [0, 0],
    }
    for name, by_seed in expected.items():
        np.testing.assert_array_equal(counts[name], [[by_seed]], err_msg=name)
    np.testing.assert_array_equal(counts["finite"], [[True, True]])


def test_the_share_that_lives_resamples_networks():
    rows = pd.DataFrame({"seed": [0, 1, 2, 3], "alive": [0, 0, 10, 10], "negative": 10})
    share, low, high = dying_siblings.alive_share(rows)
    assert share == pytest.approx(0.5)
    assert low == 0  # four networks that are all or nothing; forty units would say more
    assert high == 1
    assert np.isnan(dying_siblings.alive_share(rows.assign(alive=0, negative=0))).all()
