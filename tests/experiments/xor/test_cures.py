"""Gradients and signals of cells, against a plain Keras model of one seed."""

import keras
import numpy as np
import pandas as pd
import pytest
import tensorflow as tf

from reproductions.evidence.statistics import generator
from reproductions.experiments.xor.cures import claims, figures, run, settings
from reproductions.experiments.xor.cures.settings import Setting
from reproductions.training import xor
from tests.experiments.xor.cases_cures import SEEDS, frame, singles, worse

PLAIN = Setting(hidden=(4, 4, 4), rate=0.1, steps=11)
NETWORKS = {
    "sigmoid": PLAIN,
    "inputs": Setting(hidden=(4, 4), rate=0.1, steps=11, activation="tanh", lowest=-1.0),
    "skip": Setting(hidden=(4, 4, 4), rate=0.1, steps=11, skip=True, loss="stable"),
    "layer": Setting(hidden=(4, 4), rate=0.1, steps=11, normalization="layer"),
    "batch": Setting(hidden=(4, 4), rate=0.1, steps=11, normalization="batch", activation="gelu"),
}


def by_keras(setting, weights):
    """The norms of all kernels' gradients, and the spread, of a plain model in double precision."""
    model = setting.network("float64")
    model.set_weights(weights)
    with tf.GradientTape() as tape:
        output = model(setting.inputs, training=True)
        logits = output if setting.loss == "stable" else tf.math.log(output / (1 - output))
        each = tf.nn.sigmoid_cross_entropy_with_logits(xor.Y.astype("float64"), logits)
        loss = tf.reduce_mean(each)
    kernels = [layer.kernel for layer in model.layers if isinstance(layer, keras.layers.Dense)]
    norms = [np.linalg.norm(gradient) for gradient in tape.gradient(loss, kernels)]
    hidden = keras.Model(model.input, model.layers[-2].input)
    signals = np.asarray(hidden(setting.inputs, training=True))
    zeros, ones = signals[[0, 3]], signals[[1, 2]]
    nearest = min(np.sqrt(np.mean((a - b) ** 2)) for a in zeros for b in ones)
    return norms, nearest / np.sqrt(np.mean(signals**2))


@pytest.mark.parametrize("setting", NETWORKS.values(), ids=NETWORKS)
def test_gradients_and_spread_are_those_of_a_keras_model(setting):
    weights = setting.weights(setting.network(), range(3))
    ratio, first, spread = run.probe(setting, weights)
    for seed in range(3):
        norms, expected = by_keras(setting, [w[..., seed].astype("float64") for w in weights])
        np.testing.assert_allclose(first[seed], norms[0], rtol=1e-6)
        np.testing.assert_allclose(ratio[seed], norms[0] / norms[-2], rtol=1e-6)
        np.testing.assert_allclose(spread[seed], expected, rtol=1e-6)


def test_the_ratio_is_that_of_what_moves_the_weights():
    weights = PLAIN.weights(PLAIN.network(), range(3))
    plain, *_ = run.probe(PLAIN, weights)
    vanishing = Setting(hidden=(4, 4, 4), rate=0.1, steps=11, gradient="vanishing", factor=0.1)
    np.testing.assert_allclose(run.probe(vanishing, weights)[0], 0.01 * plain, rtol=1e-6)
    for gradient in ("last_norm", "norm_one"):
        rescaled = Setting(hidden=(4, 4, 4), rate=0.1, steps=11, gradient=gradient)
        ratio, first, _ = run.probe(rescaled, weights)
        assert (plain < 0.2).all()
        assert (ratio > 0.5).all()  # of the kernels, without biases
        assert (first <= 1 + 1e-6).all()


def test_a_dead_network_has_neither_gradient_nor_spread():
    dead = Setting(hidden=(4, 4), rate=0.1, steps=11, activation="relu")
    weights = [0 * w - 1 for w in dead.weights(dead.network(), range(2))]
    for values in run.probe(dead, weights):
        np.testing.assert_array_equal(values, 0)


@pytest.mark.parametrize(("optimizer", "normalization"), [("sgd", "batch"), ("momentum", "")])
def test_a_look_at_half_time_changes_nothing(optimizer, normalization):
    for steps, half in ((1, 1), (2, 1), (30, 12), (41, 20)):  # at a record every 1, 1, 3, 5 steps
        setting = Setting((3,), 0.1, steps, optimizer=optimizer, normalization=normalization)
        engine = run._engine(setting)
        weights, rates = setting.weights(engine.model, range(5)), np.full(5, 0.1)
        cost, every, at_half = run._costs(engine, setting, weights, rates, 8)
        whole = engine.train(weights, setting.inputs, xor.Y, rates, steps, every=every)
        np.testing.assert_array_equal(cost, whole.records["loss"])
        expected = engine.train(weights, setting.inputs, xor.Y, rates, half).weights
        for got, want in zip(at_half(3), expected, strict=True):
            np.testing.assert_array_equal(got, want[..., :3])


def test_networks_that_work_are_made_worse_where_they_should_be():
    spec = settings.Spec(made_worse=("tanh",))
    rows = [(c.key["network"], c.key["without"]) for c in settings.reverse(spec)]
    worse = [(network, what) for network, what in rows if what in ("vanishing", "near", "slower")]
    assert worse == [("tanh", "vanishing"), ("tanh", "near"), ("tanh", "slower")]
    assert ("tanh", "to_glorot") in rows
    everywhere = [c.key["without"] for c in settings.reverse(settings.Spec())]
    assert everywhere.count("near") == 3
    assert everywhere.count("to_glorot") == 2  # the network with all changes has these weights


@pytest.mark.parametrize(("claim", "what"), [("CU-07", "vanishing"), ("CU-08", "near")])
def test_a_third_network_is_told_of_where_the_table_has_it(claim, what):
    tables = worse(what, tanh=20, batch_norm=20)
    assert claims.CLAIMS[claim](tables).notes == ["main"]
    third = frame(("network", "without"), {}, {("all", "nothing"): 200, ("all", what): 50})
    both = claims.CLAIMS[claim]({"reverse": pd.concat([tables["reverse"], third])})
    assert both.notes == ["main", "third"]
    assert both.values["all"] == 50 / SEEDS
    assert both.values["all_before"] == 200 / SEEDS


def test_ratios_are_shown_in_one_digit():
    shown = {0.74: "0.7", 0.96: "1", 0.00097: "0.001", 0.00024: "0.0002", 3e-12: "0.000000000003"}
    shown |= {1.0: "1", 6.2e8: "620,000,000", 0: "0"}
    assert {value: figures._one_digit(value) for value in shown} == shown


def test_the_title_tells_of_rows_with_fewer_seeds():
    spec = settings.Spec()
    table = singles(tanh=150)["singles"].assign(updates_q50=100.0, ratio_q50=0.5)
    table = table.assign(label=table["change"], once=table["solved"])
    same = figures._singles(spec, table).get_suptitle()
    assert same.endswith(f"{SEEDS:,} initialisations each")
    table.loc[table["change"] == "longer", "seeds"] = 64
    fewer = figures._singles(spec, table).get_suptitle()
    assert fewer == f"{same} (64 of them for 10 times the updates)"


def test_two_changes_are_both_made():
    spec = settings.Spec()
    setting = settings.with_changes(spec, ["skip", "adam", "normal_0.5"])
    made = setting.skip, setting.optimizer, setting.rate, setting.scale, setting.activation
    assert made == (True, "adam", spec.adam_rate, 0.5, "sigmoid")
    with pytest.raises(ValueError, match=r"change must be one of .* Received: change='adma'"):
        settings.with_changes(spec, ["adma"])


def test_only_one_thing_differs_from_the_post_in_each_single_cell():
    spec = settings.Spec()
    post, *cells = settings.singles(spec)
    assert post.setting == settings.post(spec)
    may = {"scheme", "scale"}, {"optimizer", "rate"}
    for cell in cells:
        changed = {n for n, value in vars(cell.setting).items() if value != vars(post.setting)[n]}
        assert len(changed) == 1 or changed in may, cell.key


def test_the_learning_rates_are_the_best_of_the_other_seeds(stored_tuning):
    spec = settings.Spec()
    for change, rule in settings.TUNED.items():
        rows = stored_tuning[stored_tuning["change"] == change]
        best = rows.sort_values(["solved", "rate"], ascending=[False, True])["rate"].iloc[0]
        assert best == getattr(spec, f"{rule}_rate"), change
        assert rows["rate"].min() < best < rows["rate"].max(), "the grid ends at its best rate"


@pytest.fixture
def stored_tuning():
    from reproductions.running import experiment, results

    stored = experiment.FOLDER.parent / "results" / "expected"
    return results.read_tables(experiment.load("cures"), stored)["tuning"]


def test_updates_are_counted_from_the_first_cost_that_is_low_enough():
    cell = settings.Cell({"change": "x"}, "X", PLAIN, 4)
    arrays = {
        "solved": np.array([True, True, False, False]),
        "once": np.array([True, True, True, False]),
        "non_finite": np.array([False, False, False, True]),
        "updates": np.array([100, 300, 50, -1]),
        **dict.fromkeys(run.PROBED, np.array([1.0, 3.0, np.nan, 2.0])),
    }
    row = run._row(settings.Spec(), cell, arrays)
    assert (row["solved"], row["once"], row["non_finite"]) == (2, 3, 1)
    assert row["updates_q50"] == 200
    assert row["ratio_q50"] == 2
    none = run._row(settings.Spec(), cell, {**arrays, "solved": np.zeros(4, bool)})
    assert np.isnan(none["updates_q50"])


def test_the_regression_finds_what_made_the_numbers():
    from reproductions.experiments.xor import cure_causes

    random = generator(3)
    design = np.column_stack([random.normal(size=(300, 2)), random.integers(0, 2, 300)])
    y = 2 * design[:, 1] + 5 * design[:, 2] + 0.1 * random.normal(size=300)
    found = dict(zip(cure_causes.QUANTITIES, cure_causes.regression(design, y), strict=True))
    assert found["coefficient of the spread"] == pytest.approx(2, abs=0.05)
    assert found["coefficient of the gradient"] == pytest.approx(0, abs=0.05)
    assert found["R² of the spread alone"] > 0.95
    assert found["R² of the gradient alone"] < 0.1
    assert found["R² of both"] >= found["R² of the spread alone"]
