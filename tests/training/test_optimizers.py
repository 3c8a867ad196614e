"""Optimizers and normalizations on replicas against Keras' own, over a thousand updates."""

import keras
import numpy as np
import pytest
import tensorflow as tf

import custom_layers
from reproductions.training import optimizers, replicated
from reproductions.training.replicas import Replicas, initial_weights
from tests.training.by_keras import X, Y, by_keras, squared_loss

RANDOM = np.random.default_rng(1)
BATCHES = np.stack([RANDOM.permutation(32)[:8] for _ in range(1_000)])
SEEDS = [3, 5, 6, 7, 11]
SCHEDULES = keras.optimizers.schedules

OPTIMIZERS = {
    "plain": lambda: keras.optimizers.SGD(0.05),
    "momentum": lambda: keras.optimizers.SGD(0.01, momentum=0.8),
    "Nesterov": lambda: keras.optimizers.SGD(0.01, momentum=0.8, nesterov=True),
    "RMSprop": lambda: keras.optimizers.RMSprop(0.003),
    "RMSprop, all arguments": lambda: keras.optimizers.RMSprop(
        0.001, rho=0.8, momentum=0.7, epsilon=1e-3, centered=True
    ),
    "Adam": lambda: keras.optimizers.Adam(0.003),
    "Adam, all arguments": lambda: keras.optimizers.Adam(
        0.01, beta_1=0.8, beta_2=0.98, epsilon=1e-3, amsgrad=True
    ),
    "clipped norm": lambda: keras.optimizers.SGD(0.05, clipnorm=0.1),
    "clipped global norm": lambda: keras.optimizers.SGD(0.05, momentum=0.5, global_clipnorm=0.1),
    "clipped value": lambda: keras.optimizers.Adam(0.003, clipvalue=0.01),
    "schedule": lambda: keras.optimizers.SGD(SCHEDULES.ExponentialDecay(0.1, 100, 0.9)),
    "stairs": lambda: keras.optimizers.Adam(SCHEDULES.PiecewiseConstantDecay([300], [0.01, 0.001])),
}


def sequential(*between, dtype="float32"):
    layers = [keras.layers.Dense(4, dtype=dtype), *between, custom_layers.Tanh(dtype=dtype)]
    return keras.Sequential([keras.Input((3,)), *layers, keras.layers.Dense(1, dtype=dtype)])


def with_skips():
    x = keras.Input((3,))
    first = keras.layers.Dense(4, activation="tanh")(x)
    second = keras.layers.Dense(4)(first)
    added = custom_layers.Tanh()(keras.layers.Add()([second, first]))
    return keras.Model(x, keras.layers.Dense(1)(keras.layers.Add()([added, first, second])))


MODELS = {
    "LayerNormalization": lambda: sequential(keras.layers.LayerNormalization(epsilon=1e-2)),
    "LayerNormalization, bare": lambda: sequential(
        keras.layers.LayerNormalization(center=False, scale=False)
    ),
    "BatchNormalization": lambda: sequential(
        keras.layers.BatchNormalization(momentum=0.9, epsilon=1e-2)
    ),
    "BatchNormalization, no scale": lambda: sequential(
        keras.layers.BatchNormalization(scale=False)
    ),
    "skips": with_skips,
}


def of(weights, i):
    return [w[..., i] for w in weights]


def engine(make, optimizer, **options):
    return Replicas(make(), squared_loss, optimizer=optimizer, threads=1, block=8, **options)


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_a_replica_is_moved_as_keras_moves_it(name):
    replicas = engine(sequential, OPTIMIZERS[name]())
    start = initial_weights(replicas.model, SEEDS, "glorot")
    trained = replicas.train(start, X, Y, None, 1_000, batches=BATCHES)
    for i in (0, 4):
        expected = by_keras(sequential(), of(start, i), OPTIMIZERS[name](), BATCHES)
        for a, b, before in zip(of(trained.weights, i), expected, of(start, i), strict=True):
            np.testing.assert_allclose(a, b, rtol=2e-3, atol=2e-4)
            assert np.abs(b - before).max() > 5e-3


@pytest.mark.parametrize("name", MODELS)
def test_a_model_is_trained_and_looked_at_as_in_keras(name):
    # Not Adam: before a normalization the gradient of a bias is nothing but rounding, which Adam
    # would make as large as any other.
    replicas = engine(MODELS[name], keras.optimizers.SGD(0.02, momentum=0.5))
    start = initial_weights(replicas.model, SEEDS, "glorot")
    trained = replicas.train(start, X, Y, None, 300, every=100, batches=BATCHES)
    model = MODELS[name]()
    expected = by_keras(
        model, of(start, 2), keras.optimizers.SGD(0.02, momentum=0.5), BATCHES[:300]
    )
    for a, b in zip(of(trained.weights, 2), expected, strict=True):
        np.testing.assert_allclose(a, b, rtol=2e-3, atol=2e-4)
    model.set_weights(
        by_keras(model, of(start, 2), keras.optimizers.SGD(0.02, momentum=0.5), BATCHES[:200])
    )
    loss = squared_loss(Y, model(X, training=False))
    np.testing.assert_allclose(trained.records["loss"][2, 2], loss, rtol=2e-3)


def test_the_norms_recorded_are_those_of_the_dense_kernels():
    replicas = engine(MODELS["BatchNormalization"], None, gradients=True)
    assert replicas.network.trainable == [True] * 4 + [False] * 2 + [True] * 2
    start = initial_weights(replicas.model, SEEDS)
    norms = replicas.train(start, X, Y, 0.1, 1).records["gradient_norm"]
    model = MODELS["BatchNormalization"]()
    model.set_weights(of(start, 1))
    with tf.GradientTape() as tape:
        loss = squared_loss(Y, model(X, training=True))
    kernels = [layer.kernel.value for layer in model.layers if hasattr(layer, "kernel")]
    expected = [tf.norm(g) for g in tape.gradient(loss, kernels)]
    np.testing.assert_allclose(norms[0, :, 1], expected, rtol=1e-4)


def test_normalizations_begin_as_in_keras_and_dense_layers_as_without_them():
    with_norm = initial_weights(MODELS["BatchNormalization"](), SEEDS)
    without = initial_weights(sequential(), SEEDS)
    for a, b in zip(with_norm[:2] + with_norm[6:], without, strict=True):
        np.testing.assert_array_equal(a, b)
    for array, value in zip(with_norm[2:6], (1, 0, 0, 1), strict=True):
        assert (array == value).all()


@pytest.mark.parametrize("name", ["RMSprop, all arguments", "Adam", "clipped global norm"])
@pytest.mark.parametrize("model", ["BatchNormalization", "LayerNormalization", "skips"])
def test_the_bits_are_a_matter_of_the_seed(name, model):
    replicas = engine(MODELS[model], OPTIMIZERS[name]())
    seeds = np.arange(19)
    arguments = (X, Y, None, 50)
    together = replicas.train(
        initial_weights(replicas.model, seeds), *arguments, batches=BATCHES
    ).weights
    alone = replicas.train(
        initial_weights(replicas.model, [13]), *arguments, batches=BATCHES
    ).weights
    for a, b in zip(together, alone, strict=True):
        np.testing.assert_array_equal(a[..., 13], b[..., 0])


def test_a_neighbour_that_breaks_touches_nobody():
    replicas = engine(MODELS["skips"], OPTIMIZERS["clipped global norm"]())
    start = initial_weights(replicas.model, SEEDS)
    expected = replicas.train(start, X, Y, None, 20, batches=BATCHES).weights
    broken = [w.copy() for w in start]
    broken[0][..., 1] = np.nan
    trained = replicas.train(broken, X, Y, None, 20, batches=BATCHES)
    assert trained.finite_steps.tolist() == [20, 0, 20, 20, 20]
    for a, b in zip(trained.weights, expected, strict=True):
        np.testing.assert_array_equal(a[..., [0, 2, 3, 4]], b[..., [0, 2, 3, 4]])


def test_double_precision():
    def make():
        return sequential(dtype="float64")

    replicas = engine(make, keras.optimizers.Adam(0.003))
    start = initial_weights(replicas.model, SEEDS)
    assert start[0].dtype == np.float64
    for a, b in zip(start, initial_weights(sequential(), SEEDS), strict=True):
        np.testing.assert_array_equal(a, b)  # from the same weights as in single precision
    trained = replicas.train(start, X, Y, None, 200, batches=BATCHES)
    assert trained.weights[0].dtype == trained.records["loss"].dtype == np.float64
    expected = by_keras(make(), of(start, 2), keras.optimizers.Adam(0.003), BATCHES[:200])
    for a, b in zip(of(trained.weights, 2), expected, strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-8, atol=1e-9)


def test_a_rate_that_is_given_takes_the_place_of_the_optimizers():
    start = initial_weights(sequential(), SEEDS)
    rates = np.array([0.1, 0.2, 0.3, 0.4, 0.5], "float32")
    given = engine(sequential, keras.optimizers.SGD(77.0)).train(start, X, Y, rates, 10)
    by_default = engine(sequential, None).train(start, X, Y, rates, 10)
    for a, b in zip(given.weights, by_default.weights, strict=True):
        np.testing.assert_array_equal(a, b)


@pytest.mark.parametrize(
    ("optimizer", "words"),
    [
        (lambda: keras.optimizers.Adagrad(), "SGD, RMSprop or Adam"),
        (lambda: keras.optimizers.AdamW(), "weight_decay = None. Received: 0.004"),
        (lambda: keras.optimizers.SGD(use_ema=True), "use_ema = False. Received: True"),
        (
            lambda: keras.optimizers.SGD(gradient_accumulation_steps=2),
            "gradient_accumulation_steps = None. Received: 2",
        ),
    ],
)
def test_other_optimizers_are_refused(optimizer, words):
    with pytest.raises(ValueError, match=words):
        optimizers.rule(optimizer())


@pytest.mark.parametrize(
    ("layer", "words"),
    [
        (lambda: keras.layers.BatchNormalization(renorm=True), "plain formula"),
        (lambda: keras.layers.BatchNormalization(trainable=False), "must be trainable"),
        (lambda: keras.layers.Dropout(0.5), "weights or state"),
        (lambda: custom_layers.Softmax(), "each element alone"),
    ],
)
def test_other_layers_are_refused(layer, words):
    with pytest.raises(ValueError, match=words):
        replicated.Network(sequential(layer()))


def test_other_models_are_refused():
    x = keras.Input((3,))
    two = keras.Model(x, [keras.layers.Dense(1)(x), keras.layers.Dense(1)(x)])
    with pytest.raises(ValueError, match="one input and one output"):
        replicated.Network(two)
