"""The benchmark over widths: NumPy's networks are the engine's, and the work is counted right."""

import numpy as np
import pytest

from reproductions.bench import widths as bench
from reproductions.training.replicas import initial_weights


def test_numpy_trains_the_same_networks():
    shape, batch, count = (2, 3, 3, 1), 5, 7
    train = bench.engine(shape, batch)
    cells = dict(zip(train.__code__.co_freevars, train.__closure__, strict=True))
    replicas = cells["replicas"].cell_contents
    start = initial_weights(replicas.model, range(bench.REPLICAS), "he")
    x, y = bench.data(shape, batch)
    expected = replicas.train(start, x, y, bench.RATE, count).weights
    first = [np.moveaxis(w, -1, 0) for w in start]
    first = [w if w.ndim == 3 else w[:, None] for w in first]
    for a, b, before in zip(bench.in_numpy(first, x, y, count), expected, first, strict=True):
        b = np.moveaxis(b, -1, 0).reshape(a.shape)
        np.testing.assert_allclose(a, b, rtol=1e-4, atol=1e-6)
        assert not np.array_equal(a, before)


@pytest.mark.parametrize(("batch", "expected"), [(1, 6 * 70), (32, 6 * 32 * 70)])
def test_the_work_of_an_update(batch, expected):
    # 2 x 7 + 7 x 7 + 7 x 1 weights, each a multiplication and an addition, three times.
    assert bench.operations((2, 7, 7, 1), batch) == expected
    assert bench.steps((2, 256, 256, 1), 128) == bench.LEAST_STEPS
    assert bench.steps((2, 2, 2, 1), 1) == bench.MOST_STEPS
    work = bench.steps((2, 64, 64, 1), batch) * bench.operations((2, 64, 64, 1), batch)
    assert work * bench.REPLICAS == pytest.approx(bench.OPERATIONS, rel=0.01)


def test_a_row_for_each_width_and_batch(monkeypatch):
    monkeypatch.setattr(bench, "engine", lambda widths, batch: lambda: None)
    monkeypatch.setattr(bench, "numpy_loop", lambda widths, batch: lambda: None)
    monkeypatch.setattr(bench, "AT_LEAST_S", 0.0)
    monkeypatch.setattr(bench, "LARGE", 8)
    rows = bench.measure((4, 32), (1, 32), rounds=6)
    assert rows[["width", "batch", "replicas_stand"]].to_numpy().tolist() == [
        [4, 1, "last"],
        [4, 32, "last"],
        [32, 1, "first"],
        [32, 32, "first"],
    ]
    assert (rows["low"] <= rows["ratio"]).all()
    assert (rows["ratio"] <= rows["high"]).all()
