"""What networks keep of a gradient, against a plain Keras model; and the scales that keep it."""

import dataclasses

import keras
import numpy as np
import pytest
import tensorflow as tf

from reproductions.evidence.statistics import generator
from reproductions.experiments.xor import kept_gradient
from reproductions.training import xor
from reproductions.training.pool import Pool


@pytest.mark.parametrize("activation", ["tanh", "sigmoid"])
def test_what_is_kept_and_the_signals_are_those_of_a_keras_model(activation):
    spec = dataclasses.replace(kept_gradient.SPEC, hidden=(4,) * 4)
    model = kept_gradient._model(spec, activation)
    weights = kept_gradient._weights(model, range(3), 1.5)
    seen = kept_gradient.look(activation, weights, range(3))
    for seed in range(3):
        kernels = [w[..., seed].astype("float64") for w in weights[:-2:2]]
        function = keras.activations.get(activation)
        entering = generator(seed, 5).standard_normal(4)
        with tf.GradientTape() as tape:
            signals = [tf.constant(xor.X, tf.float64)]
            tape.watch(signals[0])
            for kernel in kernels:
                signals.append(function(signals[-1] @ kernel))
            end = tf.reduce_sum(signals[-1] * entering)
        sizes = [np.sqrt(np.mean(g.numpy() ** 2)) for g in tape.gradient(end, signals[1:-1])]
        # From the last layer down, the gradient changes by the factor that a straight line gives.
        slope = np.polyfit(np.arange(len(sizes)), np.log(sizes[::-1]), 1)[0]
        np.testing.assert_allclose(seen["kept"][seed], np.exp(slope), rtol=1e-6)
        last = signals[-1].numpy()
        apart = np.sqrt(np.mean(last.var(axis=0, ddof=1)))
        np.testing.assert_allclose(seen["apart"][seed], apart, rtol=1e-6)
        relative = apart / np.sqrt(np.mean(last**2))
        np.testing.assert_allclose(seen["apart_relative"][seed], relative, rtol=1e-6)


def test_the_smallest_scale_that_keeps_enough_lies_between_two_that_were_tried():
    kept = 0.5 * kept_gradient.SCALES
    found = kept_gradient.smallest(kept, 0.4)
    np.testing.assert_allclose(found, 0.8, rtol=1e-6)
    falls = np.minimum(kept, 0.3 / kept)  # up to about 0.55, and down again
    np.testing.assert_allclose(kept_gradient.smallest(falls, 0.4), 0.8, rtol=1e-6)
    assert kept_gradient.smallest(falls, 0.6) is None


def test_each_level_is_reached_in_each_way():
    spec = dataclasses.replace(kept_gradient.SPEC, probed_seeds=64)
    plain, *cells = kept_gradient.cells(spec, "tanh")
    model = kept_gradient._model(spec, "tanh")

    def kept(scale):
        seen = kept_gradient.look(
            "tanh", kept_gradient._weights(model, range(64), scale), range(64)
        )
        return np.median(seen["kept"])

    assert {cell.way for cell in cells} == set(kept_gradient.WAYS)
    before = kept(plain.scale)
    for cell in cells:
        expected = before if cell.way == kept_gradient.SIGNALS else cell.level
        np.testing.assert_allclose(cell.factor * kept(cell.scale), expected, rtol=0.02)
        assert (cell.scale == 1) == (cell.way == kept_gradient.GRADIENT)


def test_the_factor_multiplies_gradients_below_the_last_hidden_layer(monkeypatch):
    spec = dataclasses.replace(
        kept_gradient.SPEC,
        activations=("tanh",),
        hidden=(3,) * 3,
        seeds=2,
        first=0,
        probed_seeds=4,
        levels=(0.5,),
        steps=1,
        rate=0.1,
    )
    from reproductions.training import replicas

    weights, trained = [], []
    train = replicas.Replicas.train

    def watched(self, start, *arguments, **options):
        given = train(self, start, *arguments, **options)
        weights.append(start)
        trained.append(given.weights)
        return given

    monkeypatch.setattr(replicas.Replicas, "train", watched)
    table = kept_gradient.run(spec, Pool())["cells"]
    by_way = dict(zip(table["way"], range(len(table)), strict=True))
    factor = table["factor"][by_way["gradient"]]
    moved = [
        [after - before for before, after in zip(weights[i], trained[i], strict=True)]
        for i in (by_way["nothing"], by_way["gradient"])
    ]
    for layer, power in enumerate((2, 1, 0, 0)):
        for plain, multiplied in zip(*(m[2 * layer : 2 * layer + 2] for m in moved), strict=True):
            np.testing.assert_allclose(multiplied, factor**power * plain, rtol=0.02, atol=2e-7)
