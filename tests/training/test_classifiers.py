"""The image classifiers against plain Keras models, and the data that they learn."""

import dataclasses

import keras
import numpy as np
import pytest

from reproductions import __main__ as command_line
from reproductions.evidence.errors import InputError
from reproductions.running import experiment, provenance, runner
from reproductions.training import activations, classifiers, digits
from reproductions.training.classifiers import Classifier

RATES = (0.1, 0.5)
STEPS = 5
NETWORKS = {"perceptron": Classifier(hidden=(7, 6)), "CNN": Classifier(filters=(3, 4), hidden=(5,))}


@pytest.fixture(scope="module")
def images():
    return digits.load()


def plain(network, activation, images):
    """The same network as Keras has it."""
    model = keras.Sequential([keras.Input(images.x_train.shape[1:])])
    for filters in network.filters:
        model.add(keras.layers.Conv2D(filters, 3, padding="same"))
        model.add(activations.layer(activation))
        model.add(keras.layers.MaxPooling2D())
    model.add(keras.layers.Flatten())
    for width in network.hidden:
        model.add(keras.layers.Dense(width))
        model.add(activations.layer(activation))
    model.add(keras.layers.Dense(images.classes))
    return model


@pytest.mark.parametrize("name", NETWORKS)
@pytest.mark.parametrize("activation", ["tanh", "relu"])
def test_a_replica_is_a_plain_keras_model(name, activation, images):
    network, seeds = NETWORKS[name], (3, 4)
    weights = network.weights(images, seeds)
    order = classifiers.batches(images, STEPS, 32)
    errors, trained = classifiers.train(
        network,
        lambda: activations.layer(activation),
        images,
        weights,
        RATES,
        (0, STEPS),
        watched=200,
    )
    for i, rate in enumerate(RATES):
        model = plain(network, activation, images)
        shapes = [w.shape for w in model.get_weights()]
        model.set_weights([w[i].reshape(s) for w, s in zip(weights, shapes, strict=True)])
        model.compile(
            keras.optimizers.SGD(rate), keras.losses.SparseCategoricalCrossentropy(from_logits=True)
        )
        for batch in order:
            model.train_on_batch(images.x_train[batch], images.y_train[batch])
        for w, expected in zip(trained, model.get_weights(), strict=True):
            np.testing.assert_allclose(w[i].reshape(expected.shape), expected, rtol=0, atol=2e-6)
        answers = np.asarray(model(images.x_train[:200])).argmax(axis=1)
        # An answer or two may hang on the last bit.
        assert errors[-1, i] == pytest.approx(np.mean(answers != images.y_train[:200]), abs=0.01)


def test_glorot_scale_and_streams(images):
    network = Classifier(filters=(4,), hidden=(50,))
    first, second = (network.weights(images, seeds) for seeds in ((5, 6), (6, 5)))
    for a, b in zip(first, second, strict=True):
        np.testing.assert_array_equal(a, b[::-1])
    kernel = network.weights(images, range(200))[2]
    fan_in, fan_out = kernel.shape[1:]
    assert kernel.std() == pytest.approx(np.sqrt(2 / (fan_in + fan_out)), rel=0.01)
    doubled = network.weights(images, (5,), scale=2.0)
    np.testing.assert_allclose(doubled[0], 2 * first[0][:1], rtol=1e-6)


def test_every_image_is_seen_once_an_epoch(images):
    order = classifiers.batches(images, 100, 32)
    each = len(images.x_train) // 32
    epoch = order[:each].ravel()
    assert order.shape == (100, 32)
    assert len(set(epoch)) == len(epoch)
    assert not np.array_equal(order[:each], order[each : 2 * each])


def test_steps_to():
    errors = np.array([[0.9, 0.9, 0.05], [0.1, 0.5, 0.9], [0.3, 0.4, 0.0]])
    steps = classifiers.steps_to(errors, (1, 10, 100), 0.1)
    np.testing.assert_array_equal(steps, [10, np.nan, 1])


def test_the_digits(images):
    assert images.x_train.shape == (1437, 8, 8, 1)
    assert images.x_test.shape == (360, 8, 8, 1)
    assert images.classes == 10
    assert (images.x_train.min(), images.x_train.max()) == (0, 1)
    assert np.bincount(images.y_train).min() > 130
    both = np.concatenate([images.x_train, images.x_test]).reshape(1797, -1)
    assert both.sum() * 16 == pytest.approx(561718)  # the sum of scikit-learn's pixels


def saved(path, **changes):
    arrays = {
        "x_train": np.arange(4 * 3 * 3, dtype="uint8").reshape(4, 3, 3),
        "y_train": np.array([[0], [1], [2], [1]]),
        "x_test": np.zeros((2, 3, 3), "uint8"),
        "y_test": np.array([0, 1]),
    } | changes
    np.savez(path, **{name: array for name, array in arrays.items() if array is not None})
    return str(path)


def test_a_data_set_of_one_s_own(tmp_path):
    images = digits.load(saved(tmp_path / "own.npz"))
    assert images.x_train.shape == (4, 3, 3, 1)
    assert images.x_train[1, 0, 0, 0] == pytest.approx(9 / 255)
    assert images.y_train.tolist() == [0, 1, 2, 1]


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"y_test": None}, "must be an .npz file with the arrays"),
        ({"x_train": np.array([{}, {}], dtype=object)}, "must be an .npz file with the arrays"),
        ({"x_train": np.full((4, 3, 3), 1.5)}, "floats from 0 to 1. Received: float64"),
        ({"x_train": np.full((4, 3, 3), np.nan)}, "floats from 0 to 1. Received: float64"),
        ({"x_train": np.zeros((4, 3))}, "images must be"),
        ({"y_train": np.array([0, 1])}, "for each of the 4 images. Received: int64"),
        ({"y_train": np.array([0, 1, 2, -1])}, "a whole number from 0"),
    ],
)
def test_a_data_set_of_another_form_is_refused(tmp_path, changes, said):
    with pytest.raises(InputError, match=said):
        digits.load(saved(tmp_path / "own.npz", **changes))


def test_a_data_set_that_is_not_there_is_named(tmp_path):
    with pytest.raises(InputError, match=r"no such data set.*Received: cifar10$"):
        digits.load("cifar10")
    path = tmp_path / "text.npz"
    path.write_text("no zip")
    with pytest.raises(InputError, match=r"must be an \.npz file"):
        digits.load(str(path))


@pytest.fixture
def elsewhere(tmp_path, monkeypatch):
    """A working directory of its own, with an own data set, and a run that is told and not made."""
    monkeypatch.chdir(tmp_path)
    saved(tmp_path / "own.npz")
    told = []
    monkeypatch.setattr(runner, "run", lambda *given: told.append(given))
    return told


def test_another_data_set_goes_to_a_folder_of_its_own(elsewhere):
    assert command_line.main(["run", "--dataset", "own.npz"]) == 0
    ((names, request),) = elsewhere
    assert names == ["convergence_speed"]
    assert request.changes == {"convergence_speed": {"dataset": "own.npz"}}
    assert request.results.parts == ("results", "custom", "own")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--dataset", "cifar10.npz"], "no such data set"),
        (["losses", "--dataset", "own.npz"], "losses takes no data set"),
        (["--dataset", "own.npz", "--config", "own.toml"], "a data set is named in the file"),
        (["--dataset", "own.npz", "--results", "results/latest"], "need a folder of their own"),
    ],
)
def test_a_data_set_that_cannot_be_learnt_is_refused(elsewhere, capsys, arguments, said):
    assert command_line.main(["run", *arguments]) == 2
    printed = capsys.readouterr().err
    assert said in printed
    assert printed.count("\n") == 1
    assert not elsewhere


def test_the_content_of_a_data_set_is_in_the_fingerprint(tmp_path):
    loaded = experiment.load("convergence_speed")
    path = saved(tmp_path / "own.npz")
    spec = dataclasses.replace(loaded.spec, dataset=path)
    before = provenance.fingerprint(loaded, spec, tmp_path)
    assert provenance.fingerprint(loaded, spec, tmp_path) == before
    saved(path, y_test=np.array([1, 0]))
    assert provenance.fingerprint(loaded, spec, tmp_path) != before
