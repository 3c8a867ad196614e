"""The slides' networks on the replica engine against the slides' own model code in Keras."""

import keras
import numpy as np
import pandas as pd
import pytest

from reproductions import tanh_warping
from reproductions.suite import circles, replicas

STEPS = 300


def slides_model(width, rate):
    """As the slides print it, with the names that today's Keras has for `input_dim` and `lr`."""
    model = keras.Sequential()
    model.add(keras.Input((2,)))
    model.add(keras.layers.Dense(width, activation="tanh"))
    model.add(keras.layers.Dense(2, activation="tanh"))
    model.add(keras.layers.Dense(1, activation="sigmoid"))
    model.compile(optimizer=keras.optimizers.SGD(learning_rate=rate), loss="mse")
    return model


@pytest.mark.parametrize(("hidden", "rate"), tanh_warping.SPEC.networks, ids=tanh_warping.NAMES)
def test_the_engine_trains_what_model_fit_trains(hidden, rate):
    x, y = circles.data()
    batches = circles.order(range(1))[:STEPS]
    engine = circles.engine(hidden)
    start = replicas.initial_weights(engine.model, range(2), "glorot")
    trained = engine.train(start, x, y, rate, STEPS, batches=batches)
    model = slides_model(hidden[0], rate)
    model.set_weights([w[..., 1] for w in start])
    shuffled = batches.ravel()
    model.fit(x[shuffled], y[shuffled], batch_size=circles.BATCH, shuffle=False, verbose=0)
    # In float32 each step rounds anew, and the two sum a batch in another order.
    for obtained, expected in zip(trained.weights, model.get_weights(), strict=True):
        np.testing.assert_allclose(obtained[..., 1], expected, rtol=1e-4, atol=2e-6)
    moved = [np.abs(a - b[..., 1]).max() for a, b in zip(model.get_weights(), start, strict=True)]
    assert max(moved) > 2e-3  # the 2-D network's rate is low


def test_a_plain_models_default_weights_are_drawn_from_the_same_range():
    model = slides_model(3, 0.005)
    ours = replicas.initial_weights(circles.network((3, 2)), range(1000), "glorot")
    for theirs, drawn in zip(model.get_weights(), ours, strict=True):
        limit = np.sqrt(6 / sum(theirs.shape)) if theirs.ndim == 2 else 0
        assert np.abs(theirs).max() <= limit
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
        own = radius[y[:, 0] == label]
        assert len(own) == 20_000
        assert own.mean() == pytest.approx(expected, abs=1e-3)
        assert own.std() == pytest.approx(0.005, rel=0.05)


def test_the_best_straight_line_has_two_thirds():
    points, labels = circles.grid(angles=3000)
    right = ((points[:, :1] > 0.5) == (labels > 0.5)).mean()
    assert right == pytest.approx(circles.LINE_ACCURACY, abs=1e-3)


def test_going_on_is_the_same_as_not_having_stopped():
    engine = circles.engine((2, 2))
    start = replicas.initial_weights(engine.model, range(2), "glorot")
    at_once, records = circles.train(engine, start, 0.05, range(3))
    half, first = circles.train(engine, start, 0.05, range(1))
    later, second = circles.train(engine, half, 0.05, range(1, 3))
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
    assert tanh_warping._shown(accuracy, loss) == {"typical": 2, "best": 3}
