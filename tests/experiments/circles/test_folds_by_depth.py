"""Folds are counted where the map turns over, and the determinant is that of the Jacobian."""

import numpy as np

from reproductions.experiments.circles import folds_by_depth
from reproductions.training import circles


def test_the_determinant_is_the_networks():
    import tensorflow as tf

    model = circles.network((3, 3, 2))
    random = np.random.default_rng(0)
    weights = [random.normal(size=w.shape) for w in model.get_weights()]
    model.set_weights(weights)
    x = tf.constant([[0.2, -0.7], [0.9, 0.1]])
    with tf.GradientTape() as tape:
        tape.watch(x)
        signal = x
        for layer in model.layers[:-2]:  # all but the last dense layer and its sigmoid
            signal = layer(signal)
    expected = np.linalg.det(tape.batch_jacobian(signal, x).numpy())
    with_seeds = [w[..., None] for w in weights[:-2]]
    obtained = folds_by_depth.determinant(with_seeds, x.numpy())
    np.testing.assert_allclose(obtained[:, 0], expected, rtol=1e-3)


def test_folds_lie_between_regions_of_one_sign_and_crumbs_are_none():
    points, inside = folds_by_depth.disc(41)
    x, y = points.T

    def counted(values):
        return folds_by_depth.folds(np.sign(values), inside)

    assert counted(x + 5) == 0
    assert counted(x + 0.01) == 1
    assert counted((x - 0.4) * (x + 0.4)) == 2
    assert counted((x - 0.01) * (y - 0.01)) == 3
    crumb = np.where(np.hypot(x, y) < 0.06, -1.0, 1.0)
    assert 0 < (crumb < 0).sum() < folds_by_depth.CRUMB
    assert counted(crumb) == 0
