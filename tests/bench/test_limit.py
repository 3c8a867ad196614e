"""The yardstick in C trains the networks that the engine trains, and its table is right."""

import numpy as np
import pytest

from reproductions.bench import limit as bench
from reproductions.training import xor
from reproductions.training.replicas import initial_weights

FEW = 5
SEEDS = range(32)  # two blocks of 16


@pytest.fixture(scope="module")
def train():
    train = bench.program()
    if train is None:
        pytest.skip("there is no C compiler here")
    return train


def by_numpy(name, weights):
    """A few steps of the same network, written out in double precision."""
    e = np.exp
    functions = {
        "linear": (lambda z: z, lambda z: np.ones_like(z)),
        "relu": (lambda z: np.maximum(z, 0), lambda z: (z > 0) * 1.0),
        "leaky_relu": (lambda z: np.where(z > 0, z, 0.2 * z), lambda z: np.where(z > 0, 1, 0.2)),
        "elu": (lambda z: np.where(z > 0, z, np.expm1(np.minimum(z, 0))),
                lambda z: e(np.minimum(z, 0))),
        "tanh": (np.tanh, lambda z: 1 - np.tanh(z) ** 2),
        "sigmoid": (lambda z: 1 / (1 + e(-z)), lambda z: e(-z) / (1 + e(-z)) ** 2),
        "swish": (lambda z: z / (1 + e(-z)), lambda z: (1 + e(-z) + z * e(-z)) / (1 + e(-z)) ** 2),
        "softplus": (lambda z: np.logaddexp(0, z), lambda z: 1 / (1 + e(-z))),
    }  # fmt: skip
    value, slope = functions[name]
    kernels, biases = (
        [w.astype(float) for w in weights[::2]],
        [w.astype(float) for w in weights[1::2]],
    )
    for _ in range(FEW):
        signals, sums = [np.repeat(xor.X[..., None], len(SEEDS), axis=2)], []
        for kernel, bias in zip(kernels, biases, strict=True):
            sums.append(np.einsum("bir,ior->bor", signals[-1], kernel) + bias)
            signals.append(value(sums[-1]))
        gradient = (1 / (1 + e(-sums[-1])) - xor.Y[..., None]) / 4
        for layer in reversed(range(len(kernels))):
            before = np.einsum("bor,ior->bir", gradient, kernels[layer])
            kernels[layer] -= bench.RATE * np.einsum("bir,bor->ior", signals[layer], gradient)
            biases[layer] -= bench.RATE * gradient.sum(0)
            if layer:
                gradient = before * slope(sums[layer - 1])
    return [w for pair in zip(kernels, biases, strict=True) for w in pair]


@pytest.mark.parametrize("name", bench.NAMES)
def test_the_program_trains_the_same_networks(train, name):
    model = xor.network(bench.HIDDEN, name, "stable")
    start = initial_weights(model, SEEDS, "he")
    moved = bench.packed(start)
    train(name, moved, FEW)
    expected = bench.packed([w.astype("float32") for w in by_numpy(name, start)])
    np.testing.assert_allclose(moved, expected, rtol=0, atol=1e-6)
    assert np.abs(moved - bench.packed(start)).max() > 1e-3


def test_weights_are_packed_for_vectors():
    weights = [np.arange(2 * 32, dtype="float32").reshape(2, 32), np.full((1, 32), 7, "float32")]
    packed = bench.packed(weights)
    assert packed.shape == (2, 3, 16)
    assert packed.ctypes.data % 64 == 0
    assert packed[1, 0].tolist() == list(range(16, 32))
    assert (packed[:, 2] == 7).all()


def test_every_function_of_the_engine_is_in_the_program():
    assert set(bench.NAMES) == set(bench.IN_C)
    source = (bench.Path(bench.__file__).parent / "limit.c").read_text()
    names = source.split("enum function {")[1].split("}")[0].lower().split(",")
    assert [name.strip() for name in names] == list(bench.IN_C)


def test_ratios_are_those_of_a_round():
    rounds = np.arange(1, 8.0)
    seconds = np.ones((len(bench.NAMES), 2, 7)) * rounds  # slow rounds are slow for both
    seconds[:, 0] *= 2
    seconds[bench.NAMES.index("elu"), 0] *= 3
    rows = bench.table(seconds).set_index("function")
    assert rows.loc["relu", ["ratio", "low", "high", "engine_of_relu"]].tolist() == [
        0.5,
        0.5,
        0.5,
        1,
    ]
    np.testing.assert_allclose(
        rows.loc["elu", ["ratio", "engine_of_relu"]].tolist(), [1 / 6, 1 / 3]
    )
    assert rows.loc["elu", "limit_of_relu"] == 1
    assert rows.loc["tanh", "limit_replica_steps_per_s"] == bench.REPLICAS * bench.STEPS


def test_without_a_compiler_nothing_is_measured(monkeypatch, tmp_path, capsys):
    monkeypatch.setenv("CC", "no-such-compiler")
    assert bench.main(["--results", str(tmp_path)]) == 0
    assert "not measured" in capsys.readouterr().out
    assert not list(tmp_path.iterdir())


def test_a_compiler_that_fails_is_none(monkeypatch):
    monkeypatch.setenv("CC", "false")
    assert bench.program() is None
