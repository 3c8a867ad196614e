"""The spirals' networks: one change each, the best rates, and the counts against plain models."""

import dataclasses

import keras
import numpy as np
import pandas as pd
import pytest

from reproductions.experiments.summary.second_task import claims, run, settings
from reproductions.experiments.summary.second_task.settings import NETWORKS, Setting, Spec
from reproductions.running import experiment
from reproductions.training import spirals

STORED = experiment.FOLDER.parent / "results" / "expected" / "second_task"


@pytest.mark.parametrize("name", NETWORKS)
def test_the_rate_needs_the_fewest_updates_on_other_seeds(name):
    _, setting, rates = NETWORKS[name]
    tuning = pd.read_csv(STORED / "tuning.csv")
    of_network = tuning[tuning["network"] == name].set_index("rate")["updates"]
    assert sorted(of_network.index) == sorted(rates)
    assert of_network[setting.rate] == of_network.min()
    if name not in settings.USELESS:  # of these no network learns at any rate
        assert min(rates) < setting.rate < max(rates)


def test_one_thing_differs_in_each_network_and_its_rate():
    plain = dataclasses.asdict(NETWORKS["sigmoid"][1])
    for name in (*settings.CURES, "glorot", "he"):
        changed = dataclasses.asdict(NETWORKS[name][1])
        differs = {key for key in plain if plain[key] != changed[key]} - {"rate"}
        assert len(differs) == 1, name


def test_one_thing_differs_in_each_network_at_too_high_a_rate():
    cells = settings.dying(Spec())
    for (rate, change, _), (_, setting) in cells.items():
        plain = dataclasses.asdict(cells[rate, "nothing", 0.0][1])
        changed = dataclasses.asdict(setting)
        differs = {key for key in plain if plain[key] != changed[key]}
        assert len(differs) == (change != "nothing"), change
    assert cells["fast", "slower", 10.0][1].rate == pytest.approx(0.1)


@pytest.mark.parametrize(
    "setting",
    [Setting("relu", "glorot"), Setting("leaky_relu", normalized=True)],
    ids=["relu", "bn"],
)
def test_inactive_units_are_those_of_a_keras_model(setting):
    spec = Spec(hidden=(5, 4), each=10)
    engine, sums = run._made(setting.compiled, spec.hidden)
    weights = setting.weights(engine.model, range(3))
    weights[3 if setting.normalized else 1][:, 1] = [-9.0, 2.0, -9.0, 0.0, 0.0]
    weights[-1][0, 2] = np.nan
    inactive = run._inactive(spec, weights, sums)["inactive"]
    assert inactive[2] == 1
    x, _ = spirals.points(spec.each, spec.turns)
    functions = [layer for layer in engine.model.layers if "ReLU" in type(layer).__name__]
    sums_of = keras.Model(engine.model.input, [layer.input for layer in functions])
    for seed in (0, 1):
        engine.model.set_weights([w[..., seed] for w in weights])
        got = [keras.ops.convert_to_numpy(z) for z in sums_of(x, training=True)]
        dead = np.concatenate([(z <= 0).all(axis=0) for z in got])
        assert inactive[seed] == dead.mean()
        assert dead[[0, 2]].all() == (seed == 1)


def test_networks_that_have_learned_are_counted_from_the_first_record_on():
    right = {"right": np.array([[0.5, 0.5, 0.95], [0.95, 0.9, 0.5], [0.5, 0.94, 1.0]])}

    class Engine:
        @staticmethod
        def train(weights, *arguments, **options):
            assert options["every"] == 50
            finite = np.array([101, 101, -1])
            return type(
                "Trained", (), {"records": right, "finite_steps": finite, "weights": weights}
            )

    arrays, _ = run._records(Spec(steps=101), Engine(), [], 0.1)
    assert arrays["learned"].tolist() == [True, False, True]
    assert arrays["updates"].tolist() == [50, 100, 0]  # never is as long as all updates
    assert arrays["learned_last"].tolist() == [False, False, True]
    assert arrays["finite"].tolist() == [True, True, False]


def test_pairs_are_ordered_by_xor_and_compared_seed_by_seed():
    shares = pd.DataFrame({"share": [0.9, 0.5], "low": [0.85, 0.45], "high": [0.95, 0.55]})
    xor = {"cures": {"skip": shares.iloc[1], "tanh": shares.iloc[0]}, "normal": {}, "glorot": {}}
    updates = np.arange(40.0)
    arrays = {"tanh": {"updates": updates}, "skip": {"updates": updates + 30}}
    (row,) = run._pairs(arrays, xor).to_dict("records")
    assert (row["first"], row["second"]) == ("tanh", "skip")
    assert row["xor_gap"] == pytest.approx(0.30)
    assert row["more_updates"] == row["more_updates_low"] == row["more_updates_high"] == 30
    found = claims.orders(pd.DataFrame([row, {**row, "xor_gap": -0.1}]))
    assert [len(rows) for rows in found.values()] == [1, 0, 0]
