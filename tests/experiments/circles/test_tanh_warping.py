"""The slides' networks on the replica engine against the slides' own model code in Keras."""

import numpy as np
import pandas as pd
import pytest

from reproductions.experiments.circles.tanh_warping import run as tanh_warping
from reproductions.experiments.circles.tanh_warping_fit import slides_model
from reproductions.training import circles, replicas

EPOCHS = 5


def fitted(model, weights, order):
    """The weights after `fit` on these batches."""
    x, y = circles.data()
    model.set_weights(weights)
    model.fit(x[order], y[order], batch_size=circles.BATCH, shuffle=False, verbose=0)
    return model.get_weights()


@pytest.mark.parametrize(
    ("hidden", "rate"),
    tanh_warping.SPEC.networks,
    ids=[circles.name(hidden) for hidden, _ in tanh_warping.SPEC.networks],
)
def test_the_engine_trains_what_model_fit_trains(hidden, rate):
    batches = circles.order(range(EPOCHS))
    engine = circles.engine(hidden)
    start = replicas.initial_weights(engine.model, range(2), "glorot")
    trained = engine.train(start, *circles.data(), rate, len(batches), batches=batches)
    model = slides_model(hidden, rate, steps_per_execution=circles.STEPS)
    expected = fitted(model, [w[..., 1] for w in start], batches.ravel())
    # In float32 each step rounds, and the two add up a batch in different orders.
    for obtained, weights in zip(trained.weights, expected, strict=True):
        np.testing.assert_allclose(obtained[..., 1], weights, rtol=1e-4, atol=1e-5)
    moved = [np.abs(a - b[..., 1]).max() for a, b in zip(expected, start, strict=True)]
    assert max(moved) > 0.05


def test_how_often_fit_returns_to_python_changes_no_bit():
    order = circles.order(range(1)).ravel()[: 100 * circles.BATCH]
    models = [slides_model((3, 2), 0.005, steps_per_execution=steps) for steps in (1, 50)]
    start = models[0].get_weights()
    for weights, others in zip(*(fitted(model, start, order) for model in models), strict=True):
        np.testing.assert_array_equal(weights, others)


def test_keras_draws_its_default_weights_from_the_same_range():
    model = slides_model((3, 2), 0.005)
    initial = replicas.initial_weights(circles.network((3, 2)), range(1000), "glorot")
    for keras_weights, drawn in zip(model.get_weights(), initial, strict=True):
        limit = np.sqrt(6 / sum(keras_weights.shape)) if keras_weights.ndim == 2 else 0
        assert np.abs(keras_weights).max() <= limit
        assert np.abs(drawn).max() == pytest.approx(limit, rel=0.01)


def test_the_order_is_a_new_shuffle_of_all_points_each_epoch():
    order = circles.order(range(3)).reshape(3, -1)
    assert (np.sort(order) == np.arange(2 * circles.POINTS)).all()
    assert not (order[0] == order[1]).all()
    np.testing.assert_array_equal(circles.order([2]).ravel(), order[2])


def test_the_circles_are_as_the_post_made_them():
    x, y = circles.data()
    radius = np.hypot(*x.T)
    assert x.shape == (40_000, 2)
    for label, expected in ((1, 1.0), (0, 0.5)):
        radius_of_circle = radius[y[:, 0] == label]
        assert len(radius_of_circle) == 20_000
        assert radius_of_circle.mean() == pytest.approx(expected, abs=1e-3)
        assert radius_of_circle.std() == pytest.approx(0.005, rel=0.05)


def test_the_best_straight_line_has_two_thirds_right():
    points, labels = circles.grid(angles=3000)
    right = ((points[:, :1] > 0.5) == (labels > 0.5)).mean()
    assert right == pytest.approx(circles.LINE_ACCURACY, abs=1e-3)


def test_training_in_two_calls_is_the_same_as_in_one():
    engine = circles.engine((2, 2))
    start = replicas.initial_weights(engine.model, range(2), "glorot")
    at_once, records = circles.train(engine, start, 0.05, range(3))
    early, first = circles.train(engine, start, 0.05, range(1))
    later, second = circles.train(engine, early, 0.05, range(1, 3))
    for a, b in zip(at_once, later, strict=True):
        np.testing.assert_array_equal(a, b)
    for name, values in records.items():
        joined = np.concatenate([first[name][:-1], second[name]])
        np.testing.assert_array_equal(values, joined)


def test_numpy_and_keras_give_the_same_answers():
    model = circles.network((4, 2))
    points, _ = circles.grid()
    answers = model.predict(points, verbose=0)
    values = np.concatenate([w.ravel() for w in model.get_weights()])
    rows = pd.DataFrame({"weight": range(len(values)), "value": values})
    assert circles.widths(circles.name((4, 2))) == (4, 2)
    weights = circles.unflatten(rows[::-1], "2-4-2-1")
    logit = circles.layers(weights, points)[-1]
    np.testing.assert_allclose(1 / (1 + np.exp(-logit)), answers, rtol=1e-5)


def test_the_seeds_that_are_shown_are_chosen_by_the_rule():
    accuracy, loss = np.array([0.7, 1.0, 0.8, 1.0, 0.8]), np.array([0.2, 0.02, 0.1, 0.01, 0.1])
    assert tanh_warping.seeds_to_show(accuracy, loss) == {"typical": 2, "best": 3}
