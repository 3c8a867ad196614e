"""Paths against networks that NumPy trains in float64; what each change changes; the best rates."""

import dataclasses
import functools
import itertools

import numpy as np
import pandas as pd
import pytest

from reproductions.experiments.gradients.zigzag_cures import paths, settings
from reproductions.experiments.gradients.zigzag_cures import run as zigzag_cures
from reproductions.experiments.gradients.zigzag_cures.settings import Setting, Spec
from reproductions.running import experiment
from reproductions.training import activations, shifted_network
from reproductions.training.pool import Shard

STORED = experiment.FOLDER.parent / "results" / "expected" / "zigzag_cures"
STEPS, LOOK = 30, 3

SETTINGS = {
    "momentum": Setting(0.05, 4, momentum=0.8),
    "adam": Setting(0.05, 4, optimizer="adam", momentum=0.8),
    "rmsprop": Setting(0.02, 4, optimizer="rmsprop"),
    "centred": Setting(0.3, 4, shift=-0.5),
    "tanh, all samples": Setting(0.2, 256, function="tanh"),
    "batch_norm_before": Setting(0.3, 8, normalization="batch"),
    "layer_norm_after": Setting(0.2, 8, normalization="layer", after=True),
}

FUNCTIONS = {"sigmoid": lambda x: 1 / (1 + np.exp(-x)), "tanh": np.tanh}


def squared_error(weights, x, y, setting):
    """The mean squared error of kernel, bias, gamma and beta of each layer, in complex numbers."""

    def normalized(signal, gamma, beta):
        axis = {"batch": 0, "layer": 1}[setting.normalization]
        off = signal - signal.mean(axis, keepdims=True)
        variance = (off**2).mean(axis, keepdims=True)
        return gamma * off / np.sqrt(variance + 1e-3) + beta

    signal = x
    for kernel, bias, gamma, beta in weights[:-1]:
        signal = signal @ kernel + bias
        if setting.normalization and not setting.after:
            signal = normalized(signal, gamma, beta)
        signal = FUNCTIONS[setting.function](signal) + setting.shift
        if setting.normalization and setting.after:
            signal = normalized(signal, gamma, beta)
    kernel, bias, *_ = weights[-1]
    return ((signal @ kernel + bias - y) ** 2).mean()


def gradient(weights, *arguments):
    """The derivative of the squared error by complex steps, which have no rounding error."""
    slopes = [[np.zeros(array.shape) for array in layer] for layer in weights]
    for layer, of_layer in zip(weights, slopes, strict=True):
        for array, slope in zip(layer, of_layer, strict=True):
            for place in np.ndindex(array.shape):
                array[place] += 1e-30j
                slope[place] = squared_error(weights, *arguments).imag / 1e-30
                array[place] = array[place].real
    return slopes


def moves(setting, number, slope, kept):
    """What a weight moves by at an update, counted from 1; `kept` is changed."""
    if setting.optimizer == "sgd":
        kept["velocity"] = setting.momentum * kept.get("velocity", 0) - setting.rate * slope
        return kept["velocity"]
    second = 0.9 if setting.optimizer == "rmsprop" else 0.999
    kept["square"] = second * kept.get("square", 0) + (1 - second) * slope**2
    if setting.optimizer == "rmsprop":
        return -setting.rate * slope / np.sqrt(kept["square"] + 1e-7)
    first = setting.momentum
    kept["mean"] = first * kept.get("mean", 0) + (1 - first) * slope
    mean, square = kept["mean"] / (1 - first**number), kept["square"] / (1 - second**number)
    return -setting.rate * mean / (np.sqrt(square) + 1e-7)


def trained(setting, seed):
    """The kernels that hidden units feed after every update, and the losses at every look."""
    layer = functools.partial(activations.layer, setting.function)
    first = shifted_network.ShiftedNetwork(layer, setting.shift).initial_weights([seed])
    dense = [array[..., 0].astype(complex) for array in first]
    units = [len(bias) for bias in dense[1::2]]
    weights = [
        [kernel, bias, np.ones(n, complex), np.zeros(n, complex)]
        for kernel, bias, n in zip(dense[::2], dense[1::2], units, strict=True)
    ]
    kept = [[{} for _ in layer] for layer in weights]
    x, y = (array.astype(float) for array in shifted_network.data())
    order = shifted_network.sample_order(seed, setting.batch, STEPS)
    track, seen = [], []
    for step in range(STEPS + 1):
        track.append(np.concatenate([weights[i][0].real.ravel() for i in (1, 2)]))
        if step and step % LOOK == 0:
            seen.append(squared_error(weights, x, y, setting).real)
        if step == STEPS:
            return np.array(track), np.array(seen)
        slopes = gradient(weights, x[order[step]], y[order[step]], setting)
        for i, j in itertools.product(range(len(weights)), range(4)):
            weights[i][j] += moves(setting, step + 1, slopes[i][j], kept[i][j])


@pytest.mark.parametrize("setting", SETTINGS.values(), ids=SETTINGS)
def test_a_path_is_that_of_a_network_that_numpy_trains(setting):
    track, seen = trained(setting, seed=3)
    between = np.sort(seen)[len(seen) // 2 :][:2].mean()
    end = LOOK * (1 + int(np.argmax(seen <= between)))
    assert LOOK < end < STEPS
    rates = [setting.rate / 2, setting.rate, 1e30]
    given = paths.paths(Shard(), setting, [4, 3], rates, STEPS, LOOK, [between, 0.0])
    assert {array.shape for array in given.values()} == {(2, 3, 2)}
    assert np.isinf(given["updates"][:, 2]).all()  # they diverge
    for i, last in ((0, end), (1, STEPS)):
        length = np.linalg.norm(np.diff(track[: last + 1], axis=0), axis=1).sum()
        displacement = np.linalg.norm(track[last] - track[0])
        assert given["length"][i, 1, 1] == pytest.approx(length, rel=1e-3)
        assert given["displacement"][i, 1, 1] == pytest.approx(displacement, rel=1e-3)
        assert length > 1.001 * displacement
    assert given["updates"][:, 1, 1].tolist() == [end, np.inf]


def test_only_paths_that_arrive_count():
    cell = settings.cells(settings.Spec())[1]
    plain = {"updates": [10, 20, 40, np.inf], "length": [4.0, 6, 8, 1], "displacement": [1.0] * 4}
    other = {"updates": [20, np.inf, 10, 30], "length": [2.0, 9, 3, 9], "displacement": [1.0] * 4}
    path, of_plain = ({k: np.array(v) for k, v in given.items()} for given in (other, plain))
    row = zigzag_cures._row(0.1, cell, path, of_plain)
    assert (row["arrived"], row["seeds"]) == (3, 4)
    assert row["ratio"] == pytest.approx((2 * 3 * 9) ** (1 / 3))
    assert row["updates"] == pytest.approx((20 * 10 * 30) ** (1 / 3))
    assert row["ratio_times"] == pytest.approx((2 / 4 * 3 / 8) ** (1 / 2))
    assert row["updates_times"] == pytest.approx((20 / 10 * 10 / 40) ** (1 / 2))
    assert row["left"] == pytest.approx((6**0.5 - 1) / (32**0.5 - 1))
    assert row["left_low"] < row["left"] < row["left_high"]


def test_one_thing_differs_in_each_cell():
    plain, *cells = settings.cells(Spec())
    assert plain.setting == Setting(Spec().rate, Spec().batch)
    together = [{"optimizer", "momentum"}, {"normalization", "after"}]
    for cell in cells:
        before, after = map(dataclasses.asdict, (plain.setting, cell.setting))
        changed = {name for name in before if before[name] != after[name]} - {"rate"}
        tuned = bool(cell.rates)
        assert tuned == (cell.change != "slower")
        assert len(changed) == tuned or changed in together, cell.label
        assert tuned or cell.setting.rate == plain.setting.rate / cell.value


def test_each_rate_is_the_one_at_which_other_seeds_arrive_soonest():
    tuning = pd.read_csv(STORED / "tuning.csv")
    for cell in settings.cells(Spec()):
        if not cell.rates:
            continue
        of_cell = (tuning["change"] == cell.change) & (tuning["value"] == cell.value)
        tried = tuning[of_cell].set_index("rate")
        assert tried["updates"].notna().equals(tried["arrived"] == tried["seeds"])
        assert tried["updates"].idxmin() == cell.setting.rate, cell.label
        assert tried.index.min() < cell.setting.rate < tried.index.max()
    assert Spec().seeds <= zigzag_cures.TUNING
