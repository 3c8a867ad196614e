"""The cost over the sizes, on times that are made up."""

import numpy as np
import pytest

from reproductions.bench import costs as bench


def test_the_work_of_a_call():
    # 2 x 5 + 5 x 5 + 5 x 1 weights, on four points, a multiplication and an addition three times.
    assert bench.operations(7, 3, 5, 2) == 7 * 3 * 4 * 6 * 40


@pytest.mark.parametrize("exponent", [1.0, 0.5])
def test_the_exponent_and_the_ratio_to_the_straight_line(exponent):
    rows = bench.sizes()
    work = [bench.operations(*row) for row in rows[list(bench.BASE)].itertuples(index=False)]
    rounds = np.arange(1, 8.0)
    seconds = np.array(work)[:, None] ** exponent * rounds
    made = bench.table(rows, seconds)
    np.testing.assert_allclose(made["exponent"], exponent)
    at_base = made["value"] == made["varied"].map(bench.BASE)
    assert at_base.sum() == len(bench.VARIED)
    np.testing.assert_allclose(made[at_base][["ratio", "low", "high"]], 1)
    share = made["operations"] / bench.operations(*bench.BASE.values())
    np.testing.assert_allclose(made["ratio"], share ** (exponent - 1))
    np.testing.assert_allclose(made["seconds"], np.array(work) ** exponent)


def test_one_size_is_varied_at_a_time():
    for _, row in bench.sizes().iterrows():
        others = {name: row[name] for name in bench.BASE if name != row["varied"]}
        assert others.items() <= bench.BASE.items()
        assert row[row["varied"]] == row["value"]
