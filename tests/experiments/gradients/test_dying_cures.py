"""Inactive units and errors against a plain Keras model; what each change changes; Adam's rate."""

import dataclasses

import keras
import numpy as np
import pandas as pd
import pytest

from reproductions.experiments.gradients import dying_cures
from reproductions.experiments.gradients.dying_cures import Setting
from reproductions.running import experiment
from reproductions.training import digits, replicas
from reproductions.training.replicated import Network

STORED = experiment.FOLDER.parent / "results" / "expected" / "dying_cures"


@pytest.mark.parametrize(
    "setting",
    [Setting((5, 4), 0.5), Setting((5,), 0.5, slope=0.1), Setting((5, 4), 0.5, normalized=True)],
    ids=["relu", "leaky", "batch_norm"],
)
def test_counts_are_those_of_a_keras_model(setting):
    model, sums = dying_cures._network(setting)
    weights = replicas.initial_weights(model, range(3), "glorot")
    per_layer = 6 if setting.normalized else 2
    shifts = [-9.0, 2.0, -9.0, 0.0, 0.0]
    place = 3 if setting.normalized else 1  # beta of a normalization, or else the bias
    weights[place][:, 1] = shifts  # units 0 and 2 of the first layer get nothing above 0
    weights[-1][0, 2] = np.nan
    images = digits.load()
    found = dying_cures.counted(weights, Network(model), list(map(Network, sums)), images)
    assert found["finite"].tolist() == [True, True, False]
    assert found["inactive"][2] == found["error"][2] == 1
    x, x_test = (part.reshape(len(part), -1) for part in (images.x_train, images.x_test))
    for seed in (0, 1):
        model.set_weights([w[..., seed] for w in weights])
        inactive = []
        for layer, of_layer in enumerate(sums):
            of_layer.set_weights([w[..., seed] for w in weights[: per_layer * (layer + 1)]])
            got = keras.ops.convert_to_numpy(of_layer(x, training=True))
            inactive += (got <= 0).all(axis=0).tolist()
            of_layer.set_weights([w[..., seed] for w in weights[: per_layer * (layer + 1)]])
        if seed:
            assert inactive[0]
            assert inactive[2]
            assert not inactive[1]
        model.set_weights([w[..., seed] for w in weights])  # without the moving statistics' step
        logits = keras.ops.convert_to_numpy(model(x_test))
        assert found["inactive"][seed] == np.mean(inactive)
        assert found["error"][seed] == np.mean(logits.argmax(axis=1) != images.y_test)


def test_one_thing_differs_in_each_cell():
    plain, *cells = dying_cures.cells(dying_cures.SPEC, 2.0)
    assert plain.setting == Setting((24, 24), 2.0)
    for cell in cells:
        before, after = map(dataclasses.asdict, (plain.setting, cell.setting))
        changed = {name for name in before if before[name] != after[name]}
        assert len(changed) == 1 or changed == {"adam", "rate"}, cell.label


def test_adams_rate_has_the_lowest_error_over_other_seeds():
    tuning = pd.read_csv(STORED / "tuning.csv")
    best = tuning.loc[tuning["error"].idxmin(), "rate"]
    assert best == dying_cures.SPEC.adam_rate
    assert tuning["rate"].min() < best < tuning["rate"].max()
