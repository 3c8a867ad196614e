"""Each replica sees its own batches, and comes to what it comes to alone."""

import numpy as np
import pytest
import tensorflow as tf

import custom_layers
from reproductions.training import classifiers, digits, own_orders


@pytest.fixture(scope="module")
def images():
    return digits.load()


@pytest.mark.parametrize(
    "classifier",
    [classifiers.Classifier(hidden=(6,)), classifiers.Classifier(filters=(2, 3))],
    ids=["perceptron", "CNN"],
)
def test_answers_are_those_of_the_classifier(images, classifier):
    layer, x = custom_layers.Tanh(), images.x_train[:5]
    weights = classifier.weights(images, [0, 1, 2])
    expected = classifier.signals(layer, weights, x)[-1][0]
    np.testing.assert_allclose(
        own_orders.logits(classifier, layer, weights, x[None]), expected, rtol=1e-5, atol=1e-6
    )
    each = tf.tile(x[None], (3, 1, 1, 1, 1))
    np.testing.assert_allclose(
        own_orders.logits(classifier, layer, weights, each), expected, rtol=1e-5, atol=1e-6
    )


def test_every_image_is_seen_once_an_epoch_in_an_order_of_each_seed():
    order = own_orders.orders(10, steps=4, size=5, seeds=[3, 4, 3])
    assert order.shape == (3, 4, 5)
    for replica in order:
        assert sorted(replica[:2].ravel()) == sorted(replica[2:].ravel()) == list(range(10))
    np.testing.assert_array_equal(order[0], order[2])
    assert (order[0] != order[1]).any()
    assert (order[0, :2] != order[0, 2:]).any()


def test_a_replica_trains_on_its_own_images_alone():
    places = np.array([[0, 2, 4, 6], [1, 3, 5, 7]])
    order = own_orders.orders(places, steps=3, size=2, seeds=[0, 1])
    for replica, own in zip(order, places, strict=True):
        assert set(replica.ravel()) <= set(own)


def train(images, seeds, **options):
    watched = {"some": own_orders.Watched(images.x_train[:50], images.y_train[:50])}
    options = {"record_at": [0, 4, 8], "rates": np.full(len(seeds), 0.5)} | options
    classifier = classifiers.Classifier(hidden=(6,))
    return own_orders.train(
        classifier, custom_layers.ReLU, images, seeds, watched=watched, **options
    )


def test_a_replica_does_not_depend_on_its_neighbours(images):
    together, alone = train(images, [5, 6]), train(images, [6])
    for both, one in zip(together.weights, alone.weights, strict=True):
        np.testing.assert_allclose(both[1], one[0], rtol=1e-4, atol=1e-6)
    np.testing.assert_allclose(together.errors["some"][:, 1], alone.errors["some"][:, 0])


def test_a_step_is_that_of_plain_gradient_descent(images):
    run = train(images, [5], record_at=[1], rates=[0.5])
    classifier, layer = classifiers.Classifier(hidden=(6,)), custom_layers.ReLU()
    weights = [tf.Variable(w) for w in classifier.weights(images, [5])]
    (seen,) = own_orders.orders(len(images.x_train), 1, 32, [5])[0]
    with tf.GradientTape() as tape:
        logits = classifier.signals(layer, weights, images.x_train[seen])[-1][0]
        loss = tf.reduce_mean(
            tf.nn.sparse_softmax_cross_entropy_with_logits(images.y_train[seen], logits[0])
        )
    for after, weight, move in zip(run.weights, weights, tape.gradient(loss, weights), strict=True):
        np.testing.assert_allclose(after, weight - 0.5 * move, rtol=1e-5, atol=1e-6)


def test_members_alone_count_for_the_error(images):
    members = np.zeros((2, 50), bool)
    members[0, :10] = members[1, 10:] = True
    watched = {
        "all": own_orders.Watched(images.x_train[:50], images.y_train[:50]),
        "members": own_orders.Watched(images.x_train[:50], images.y_train[:50], members),
    }
    run = own_orders.train(
        classifiers.Classifier(hidden=(6,)), custom_layers.ReLU, images, [5, 5], [0.5, 0.5], [3],
        watched,
    )  # fmt: skip
    of_members = 0.2 * run.errors["members"][0, 0] + 0.8 * run.errors["members"][0, 1]
    np.testing.assert_allclose(of_members, run.errors["all"][0, 0])


def test_training_stops_where_it_is_enough(images):
    run = train(images, [5, 6], enough=1.0)  # every error is at or below 1
    np.testing.assert_array_equal(run.errors["some"][1:], run.errors["some"][[0, 0]])
