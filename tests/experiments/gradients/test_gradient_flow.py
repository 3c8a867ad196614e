"""Signals by layer are held against Keras itself, closed forms, and shallower stacks."""

from functools import partial

import keras
import numpy as np
import pytest
import scipy
import tensorflow as tf

from custom_layers import Threshold
from reproductions.evidence import measured
from reproductions.evidence.statistics import mean_of
from reproductions.experiments.gradients.gradient_flow import chain_rule
from reproductions.experiments.gradients.gradient_flow import run as gradient_flow
from reproductions.training import activations, gradients, replicas, xor
from reproductions.training.pool import Pool

ACTIVATIONS = gradient_flow.SPEC.activations
WIDTHS = (2, 5, 5, 5, 1)
SEEDS = range(3)


def layer(name):
    return activations.layer(name, dtype="float64")


def keras_signals(name, seed):
    """One network's signals and gradients, by a Keras model and automatic differentiation."""
    layers = [keras.Input((2,))]
    for width, activation in zip(WIDTHS[1:], (name, name, name, "linear"), strict=True):
        layers += [keras.layers.Dense(width, dtype="float64"), layer(activation)]
    model = keras.Sequential(layers)
    plain = keras.Sequential([keras.Input((2,)), *(keras.layers.Dense(w) for w in WIDTHS[1:])])
    drawn = replicas.initial_weights(plain, [seed])
    model.set_weights([weight[..., 0] for weight in drawn])
    signals = [tf.constant(xor.X, tf.float64)]
    with tf.GradientTape() as tape:
        tape.watch(signals[0])
        for dense, activation in zip(model.layers[::2], model.layers[1::2], strict=True):
            signals.append(activation(dense(signals[-1])))
        costs = tf.nn.sigmoid_cross_entropy_with_logits(xor.Y.astype("float64"), signals[-1])
        loss = tf.reduce_mean(costs)
    return signals, tape.gradient(loss, signals)


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_a_replica_is_a_keras_model(name):
    kernels, biases = gradients.draw(WIDTHS, SEEDS)
    layers = [layer(name)] * 3 + [layer("linear")]
    x = np.broadcast_to(xor.X, (len(SEEDS), *xor.X.shape))
    passed = gradients.forward(layers, kernels, biases, x)
    start = (tf.sigmoid(passed.values[-1]) - xor.Y) / len(xor.Y)
    by_layer = [*gradients.backward(passed, kernels, {4: start})][::-1]
    assert len(by_layer) == 4
    for seed in SEEDS:
        signals, expected = keras_signals(name, seed)
        for value, signal in zip(passed.values, signals, strict=True):
            np.testing.assert_allclose(value[seed], signal, rtol=1e-12, atol=1e-15)
        for gradient, of_keras in zip(by_layer, expected[:-1], strict=True):
            np.testing.assert_allclose(gradient[seed, 0], of_keras, rtol=1e-9, atol=1e-15)


def test_written_out_jacobians_and_difference_quotients_agree():
    kernels, biases = gradients.draw((2, 5, 5, 1), range(20))
    ways = chain_rule.differentiate("tanh", kernels, biases)
    for product, automatic in zip(ways.product, ways.automatic, strict=True):
        assert chain_rule.relative_error(product, automatic).max() < 1e-11
    np.testing.assert_allclose(ways.quotient, ways.along, rtol=1e-5, atol=1e-8)


def test_an_error_is_relative_to_the_largest_number_of_its_seed():
    error = chain_rule.relative_error([[2.0, 0.1], [0, 0], [0, 1]], [[2.0, 0.0], [0, 0], [0, 0]])
    np.testing.assert_allclose(error, [0.05, 0, np.inf])


@pytest.mark.parametrize("depth", [1, 3, 5])
def test_each_depth_is_a_network_that_ends_there(depth):
    whole = gradients.stacks(6, 5, SEEDS)
    factory = partial(activations.layer, "tanh")
    deep, short = (gradients.flow(factory, stacks) for stacks in (whole, whole.shortened(depth)))
    np.testing.assert_allclose(
        deep.gradient[depth - 1, :depth], short.gradient[0], rtol=1e-12, atol=0
    )
    assert np.isnan(deep.gradient[depth - 1, depth:]).all()
    np.testing.assert_array_equal(deep.value[:depth], short.value)


def test_a_flow_by_hand():
    stacks = gradients.stacks(4, 2, SEEDS)
    flow = gradients.flow(partial(activations.layer, "relu"), stacks)
    for seed in SEEDS:
        x, slopes = np.array(stacks.points[seed]), []
        for place, (kernel, bias) in enumerate(zip(stacks.kernels, stacks.biases, strict=True)):
            z = x @ kernel[seed].numpy() + bias[seed].numpy()
            x = np.maximum(z, 0)
            slopes.append(np.diag((z[0] > 0).astype(float)))
            assert flow.value[place, seed] == pytest.approx(np.sqrt((x**2).mean()))
            spread = np.sqrt(((x[0] - x[1]) ** 2 / 2).mean())
            assert flow.spread[place, seed] == pytest.approx(spread)
            assert flow.zero[place, seed] == flow.saturated[place, seed] == (z <= 0).mean()
        first, second = (kernel[seed].numpy() for kernel in stacks.kernels)
        cotangent = stacks.cotangents[2][seed, 0].numpy()
        gradient = first @ slopes[0] @ second @ slopes[1] @ cotangent
        assert flow.gradient[1, 0, seed] == pytest.approx(np.sqrt((gradient**2).mean()))


def test_any_layer_of_a_user_passes_gradients():
    class Cube(keras.Layer):
        def call(self, x):
            return x**3

    stacks = gradients.stacks(3, 2, SEEDS)
    assert (gradients.flow(Cube, stacks).gradient[0, 0] > 0).all()
    assert (gradients.flow(Threshold, stacks).gradient[:, 0] == 0).all()


@pytest.mark.parametrize(
    ("name", "slope"),
    [("sigmoid", 0.25), ("tanh", 1), ("relu", 1), ("elu", 1), ("swish", 1.0998), ("softplus", 1)],
)
def test_largest_slopes(name, slope):
    assert gradients.largest_slope(layer(name)) == pytest.approx(slope, abs=1e-4)


def test_he_weights_are_normal_ones_scaled():
    normal, he = (gradients.stacks(5, 3, SEEDS, scheme) for scheme in ("normal", "he"))
    scaled = normal.scaled(np.sqrt(2 / 5), 0)
    for kernel, expected in zip(scaled.kernels, he.kernels, strict=True):
        np.testing.assert_allclose(kernel, expected, rtol=1e-6, atol=0)
    for bias, expected in zip(scaled.biases, he.biases, strict=True):
        np.testing.assert_allclose(bias, expected, rtol=1e-6, atol=0)


def test_growth_is_the_slope_of_the_logarithm():
    signals = np.array([[1.0, 5.0, 1.0], [2.0, 2.5, 0.0], [4.0, 1.25, 1.0]])
    growth = gradients.slope_per_layer(signals)
    np.testing.assert_allclose(np.exp(growth), [2, 0.5, np.nan])
    noisy = np.exp(np.random.default_rng(0).normal(size=(9, 1)))
    expected = scipy.stats.linregress(range(9), np.log(noisy[:, 0])).slope
    assert gradients.slope_per_layer(noisy)[0] == pytest.approx(expected)


@pytest.mark.parametrize("variance", [0.5, 2.0, 5.0])
def test_mean_field_in_closed_form(variance):
    for name, factor in (("linear", 1), ("relu", 0.5), ("leaky_relu", 0.52)):
        factors = gradients.mean_field(layer(name), variance, 1.0, 4)
        np.testing.assert_allclose(factors, np.sqrt(variance * factor), rtol=1e-9)


def by_quadrature(function, q):
    """A mean over N(0, q), by adaptive quadrature."""
    return scipy.integrate.quad(
        lambda u: function(np.sqrt(q) * u) * scipy.stats.norm.pdf(u), -12, 12, limit=500, points=[0]
    )[0]


@pytest.mark.parametrize("variance", [1.0, 64.0, 6400.0])
def test_mean_field_by_quadrature(variance):
    cases = {
        "tanh": (np.tanh, lambda z: np.cosh(np.clip(z, -300, 300)) ** -2.0),
        "sigmoid": (
            scipy.special.expit,
            lambda z: scipy.special.expit(z) * scipy.special.expit(-z),
        ),
    }
    for name, (value, slope) in cases.items():
        mean_square = 1.0
        for factor in gradients.mean_field(layer(name), variance, 1.0, 3):
            q = variance * mean_square + 1
            mean_square = by_quadrature(lambda z, f=value: f(z) ** 2, q)
            expected = np.sqrt(variance * by_quadrature(lambda z, f=slope: f(z) ** 2, q))
            assert factor == pytest.approx(expected, rel=1e-6)


def test_a_wide_stack_behaves_as_mean_field_theory_says():
    stacks = gradients.stacks(256, 8, range(8)).scaled(1 / 16, 0)
    flow = gradients.flow(partial(activations.layer, "tanh"), stacks)
    growth = gradients.slope_per_layer(flow.gradient[-1, ::-1])
    assert np.exp(growth.mean()) == pytest.approx(
        gradient_flow.mean_field_factor("tanh", 1, 0, 8), rel=0.02
    )


def test_mean_with_its_interval():
    values = np.random.default_rng(1).normal(size=30)
    mean, low, high = mean_of(values)
    interval = scipy.stats.ttest_1samp(values, 0).confidence_interval(0.95)
    assert (mean, low, high) == pytest.approx((values.mean(), interval.low, interval.high))
    assert mean_of(np.zeros(4)) == (0, 0, 0)
    assert np.isnan(mean_of([])).all()
    assert np.isnan(mean_of([1.0])[1])


def test_tables_against_plain_products_of_matrices():
    """Linear layers: a gradient is a product of kernels, and grows with their scale."""
    spec = {**gradient_flow.SMALL, "activations": ("linear",), "scale_activations": ("linear",)}
    tables = gradient_flow.run(gradient_flow.Spec(**spec, seeds=7), Pool())
    stacks = gradients.stacks(5, 6, range(7))
    reached, growths = [], []
    for seed in range(7):
        gradient, sizes = stacks.cotangents[6][seed, 0].numpy(), []
        for kernel in reversed(stacks.kernels):
            gradient = kernel[seed].numpy() @ gradient
            sizes.append(np.sqrt((gradient**2).mean()))
        reached.append(sizes[-1])
        growths.append(np.polyfit(range(6), np.log(sizes), 1)[0])
    setting = {"activation": "linear", "initialisation": "normal", "width": 5}
    factor = measured.row(tables["factors"], **setting, quantity="gradient")
    assert factor.factor == pytest.approx(np.exp(np.mean(growths)), rel=1e-9)
    assert factor.mean_field == pytest.approx(np.sqrt(5))
    assert factor.fitted == 7
    deep = measured.row(tables["depths"], **setting, depth=6)
    assert deep.gradient_q50 == pytest.approx(np.median(reached), rel=1e-5)
    first = measured.row(tables["layers"], **setting, layer=1)
    assert first.gradient_q50 == deep.gradient_q50
    seeds = measured.rows(tables["seed_factors"], **setting).sort_values("seed")["factor"]
    np.testing.assert_allclose(seeds, np.exp(growths), rtol=1e-5)
    he = measured.row(tables["layers"], activation="linear", initialisation="he", layer=1)
    outputs = np.sqrt(2 / 5) * (stacks.points.numpy() @ stacks.kernels[0].numpy())  # no biases
    expected = np.median(np.sqrt((outputs**2).mean(axis=(1, 2))))
    assert he.value_q50 == pytest.approx(expected, rel=1e-5)
    scales = tables["scales"].set_index("scale")
    assert scales["factor"][10.0] == pytest.approx(10 * scales["factor"][1.0])
    assert scales["grown"][10.0] == 7
    assert scales["nearly_none"].sum() == 0


def test_blocks_do_not_change_a_seed():
    spec = {**gradient_flow.SMALL, "activations": ("tanh", "relu"), "seeds": 5}
    one, many = (
        gradient_flow.run(gradient_flow.Spec(**spec, block_weights=weights), Pool())
        for weights in (2**24, 2 * 6 * 25)
    )
    for name, table in gradient_flow.TABLES.items():
        frames = [t[name].sort_values(list(table.key)).reset_index(drop=True) for t in (one, many)]
        for column in frames[0].select_dtypes("number"):
            np.testing.assert_allclose(
                *(frame[column] for frame in frames), rtol=1e-5, atol=1e-12, err_msg=column
            )
