"""XOR as images is XOR, and a hidden softmax acts on the units of a layer."""

import numpy as np

from reproductions.experiments.gradients import hidden_softmax
from reproductions.training import classifiers, xor


def test_xor_as_images_is_xor():
    images = hidden_softmax.xor_images()
    np.testing.assert_array_equal(images.x_train.reshape(4, 2), xor.X)
    np.testing.assert_array_equal(images.y_train, xor.Y[:, 0])
    assert images.classes == 2


def test_initial_weights_depend_on_their_own_seed_alone():
    shapes = classifiers.Classifier(hidden=(3,)).shapes(hidden_softmax.xor_images())
    several = hidden_softmax.normal_weights(shapes, np.array([5, 6]))
    alone = hidden_softmax.normal_weights(shapes, np.array([6]))
    for a, b in zip(several, alone, strict=True):
        np.testing.assert_array_equal(a[1:], b)
    assert [w.shape for w in alone] == [(1, 2, 3), (1, 1, 3), (1, 3, 2), (1, 1, 2)]


def test_a_hidden_softmax_s_outputs_add_up_to_1_in_each_replica():
    images = hidden_softmax.xor_images()
    classifier = classifiers.Classifier(hidden=(5,))
    weights = hidden_softmax.normal_weights(classifier.shapes(images), np.arange(3))
    signals = classifier.signals(hidden_softmax._layer("softmax"), weights, images.x_train)
    np.testing.assert_allclose(np.asarray(signals[0][1]).sum(axis=-1), 1, rtol=1e-6)
