"""Both layouts of the engine give what Keras gives, and the faster one is chosen by shape alone."""

import keras
import numpy as np
import pytest
import tensorflow as tf

import custom_layers
from reproductions.training import layouts, replicated
from reproductions.training.layouts import FIRST, LAST, Layout, of_network
from reproductions.training.replicas import Replicas, initial_weights
from tests.training.by_keras import X, Y, by_keras, squared_loss

RANDOM = np.random.default_rng(1)
SEEDS = [3, 5, 6, 7, 11]
BLOCK = 8
UPDATES = 60
# One batch that the sum over the batch is written out for, and one that it is not for.
BATCHES = [np.stack([RANDOM.permutation(32)[:n] for _ in range(UPDATES)]) for n in (7, 9)]


def normalized(dtype="float32"):
    """All that the engine knows in one model: skips, both normalizations, two activations."""
    x = keras.Input((3,), dtype=dtype)
    first = keras.layers.Dense(9, activation="tanh", dtype=dtype)(x)
    second = keras.layers.LayerNormalization(epsilon=1e-2, dtype=dtype)(first)
    second = keras.layers.Dense(9, dtype=dtype)(second)
    second = keras.layers.BatchNormalization(momentum=0.9, dtype=dtype)(second)
    added = custom_layers.ELU(0.5, dtype=dtype)(keras.layers.Add(dtype=dtype)([second, first]))
    return keras.Model(x, keras.layers.Dense(1, dtype=dtype)(added))


OPTIMIZERS = {
    "momentum, norms clipped": lambda: keras.optimizers.SGD(0.02, momentum=0.5, clipnorm=0.2),
    "global norm clipped": lambda: keras.optimizers.SGD(0.05, global_clipnorm=0.1),
    "RMSprop": lambda: keras.optimizers.RMSprop(0.001, momentum=0.7, centered=True),
}


def trained(layout, optimizer=None, rate=None, batches=BATCHES[0], dtype="float32", **options):
    engine = Replicas(
        normalized(dtype),
        squared_loss,
        optimizer=optimizer,
        threads=1,
        block=BLOCK,
        layout=layout,
        **options,
    )
    start = initial_weights(engine.model, SEEDS, "glorot")
    return start, engine.train(start, X, Y, rate, UPDATES, every=20, batches=batches)


@pytest.mark.parametrize("batches", BATCHES, ids=["small batches", "large batches"])
@pytest.mark.parametrize("name", OPTIMIZERS)
def test_replicas_that_stand_first_are_keras_models(name, batches):
    start, obtained = trained(FIRST, OPTIMIZERS[name](), batches=batches)
    expected = by_keras(normalized(), [w[..., 3] for w in start], OPTIMIZERS[name](), batches)
    for a, b in zip(obtained.weights, expected, strict=True):
        # A bias before a normalization has a gradient of nothing but rounding.
        np.testing.assert_allclose(a[..., 3], b, rtol=2e-3, atol=2e-3)
    assert max(np.abs(b - w[..., 3]).max() for b, w in zip(expected, start, strict=True)) > 0.01


def halved(gradients):
    """What a caller's transform gets and gives has its replicas on the last axis."""
    assert gradients[0].shape == (3, 9, BLOCK)
    return [gradient * np.linspace(0.5, 1, BLOCK, dtype="float64") for gradient in gradients]


def test_both_layouts_record_the_same():
    # In double precision, in which the two cannot drift apart.
    options = {
        "rate": np.linspace(0.01, 0.05, len(SEEDS)),
        "dtype": "float64",
        "gradients": True,
        "snapshots": True,
        "transform": halved,
    }
    (_, last), (_, first) = (trained(layout, **options) for layout in (LAST, FIRST))
    assert last.records.keys() == first.records.keys() > {"loss", "gradient_norm", "weight_0"}
    for name, expected in last.records.items():
        np.testing.assert_allclose(first.records[name], expected, rtol=1e-9, atol=1e-12)
    for a, b in zip(first.weights, last.weights, strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("watch", [True, False])
def test_a_neighbour_that_breaks_touches_nobody(watch):
    engine = Replicas(normalized(), squared_loss, threads=1, block=BLOCK, watch=watch, layout=FIRST)
    start = initial_weights(engine.model, range(11), "glorot")
    expected = engine.train(start, X, Y, 0.02, 20).weights
    broken = [w.copy() for w in start]
    broken[0][..., 1] = np.nan
    obtained = engine.train(broken, X, Y, 0.02, 20)
    lost = 0 if watch else -1
    assert obtained.finite_steps.tolist() == [20, lost] + [20] * 9
    alone = engine.train([w[..., 9:10] for w in start], X, Y, 0.02, 20).weights
    others = [i for i in range(11) if i != 1]
    for a, b, c in zip(obtained.weights, expected, alone, strict=True):
        np.testing.assert_array_equal(a[..., others], b[..., others])
        np.testing.assert_array_equal(a[..., 9], c[..., 0])


def test_orders_of_ones_own_and_records_on_other_data():
    orders = np.stack([BATCHES[0], BATCHES[0][::-1]], axis=-1)
    for layout in (LAST, FIRST):
        engine = Replicas(normalized(), squared_loss, threads=1, block=2, layout=layout)
        start = initial_weights(engine.model, [4, 4], "glorot")
        obtained = engine.train(
            start, X, Y, 0.02, UPDATES, batches=lambda i, j: orders, record_on=(X[:5], Y[:5])
        )
        assert not np.array_equal(obtained.weights[0][..., 0], obtained.weights[0][..., 1])
        alone = [w[..., 1] for w in start]
        optimizer = keras.optimizers.SGD(0.02)
        expected = by_keras(normalized(), alone, optimizer, BATCHES[0][::-1])
        for a, b in zip(obtained.weights, expected, strict=True):
            np.testing.assert_allclose(a[..., 1], b, rtol=2e-3, atol=2e-3)
        model = normalized()
        model.set_weights([w[..., 0] for w in start])
        loss = squared_loss(Y[:5], model(X[:5]))
        np.testing.assert_allclose(obtained.records["loss"][0, 0], loss, rtol=1e-4)


@pytest.mark.parametrize("layout", [LAST, FIRST])
def test_what_is_arranged_can_be_restored(layout: Layout):
    array = tf.reshape(tf.range(24), (2, 3, 4))
    arranged = layout.arranged(array)
    assert layout.replicas(arranged) == 4
    np.testing.assert_array_equal(layout.restored(arranged), array)
    sums = tf.reduce_sum(arranged, layout.axes(arranged))
    np.testing.assert_array_equal(sums, array.numpy().sum((0, 1)))
    spread = layout.restored(tf.ones_like(arranged) * layout.beside(tf.range(4), arranged))
    np.testing.assert_array_equal(spread, np.broadcast_to(np.arange(4), (2, 3, 4)))


def test_the_gradient_of_the_product_of_wide_layers():
    x, kernel, bias = (
        tf.constant(RANDOM.standard_normal(s)) for s in ((2, 9, 3), (2, 3, 4), (2, 4))
    )

    def by_einsum(x, kernel, bias):
        return tf.einsum("rbi,rio->rbo", x, kernel) + bias[:, None]

    for batch in (layouts.SMALL_BATCH, layouts.SMALL_BATCH + 1):
        results = []
        for product in (replicated.dense_of_wide_layers, by_einsum):
            with tf.GradientTape() as tape:
                inputs = (x[:, :batch], kernel, bias)
                tape.watch(inputs)
                value = tf.reduce_sum(tf.sin(product(*inputs)))
            results.append([value, *tape.gradient(value, inputs)])
        for a, b in zip(*results, strict=True):
            np.testing.assert_allclose(a, b, rtol=1e-12)


def model(*widths):
    dense = [keras.layers.Dense(units) for units in widths[1:]]
    return keras.Sequential([keras.Input((widths[0],)), *dense])


@pytest.mark.parametrize(
    ("widths", "batch", "layout", "block"),
    [
        ((2, 5, 5, 1), 4, LAST, 64),
        ((2, 5, 5, 1), 128, LAST, 64),
        ((2, 14, 14, 1), 9, LAST, 64),
        ((2, 15, 15, 1), 9, FIRST, 64),
        ((2, 28, 28, 1), 8, LAST, 64),
        ((2, 29, 29, 1), 8, FIRST, 64),
        ((64, 24, 24, 10), 32, FIRST, 64),
        ((2, 44, 44, 1), 1, FIRST, 64),
        ((2, 45, 45, 1), 1, FIRST, 16),
    ],
)
def test_the_layout_is_chosen_by_shape(widths, batch, layout, block):
    assert of_network(model(*widths), batch) == layout
    assert layouts.block(model(*widths)) == block


def test_the_engine_takes_the_layout_of_its_shape(monkeypatch):
    seen = []
    product = replicated.dense_of_wide_layers
    monkeypatch.setattr(
        replicated, "dense_of_wide_layers", lambda *args: seen.append(args) or product(*args)
    )
    for width, batch, expected in ((15, 32, True), (15, 8, False), (14, 32, False)):
        seen.clear()
        engine = Replicas(model(3, width, width, 1), squared_loss, threads=1, watch=False)
        order = np.arange(batch)[None]
        engine.train(initial_weights(engine.model, [0]), X, Y, 0.1, 1, batches=order)
        assert bool(seen) == expected
