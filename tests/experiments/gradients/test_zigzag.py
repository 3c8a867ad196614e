"""The measures of the zigzag are held against a plain loop, closed forms and Keras itself."""

import keras
import numpy as np
import pytest
import scipy.integrate
import scipy.stats
import tensorflow as tf

import custom_layers
from reproductions.experiments.gradients.zigzag import excess, problems
from reproductions.experiments.gradients.zigzag import run as zigzag
from reproductions.training import descent_path, shifted_network

RANDOM = np.random.default_rng(0)


def test_the_descent_is_that_of_a_plain_loop():
    features = descent_path.outputs(custom_layers.Sigmoid(), descent_path.inputs(3))
    start, rate, batch = descent_path.starts(3, range(2)), 0.4, 4
    paths = descent_path.descend(features, start, range(2), rate, batch, limit=5_000)
    tracked = descent_path.descend(
        features, start, range(2), rate, batch, limit=40, keep_track=True
    )
    assert paths.arrived.all()
    for seed in range(2):
        offset, stride = descent_path.generator(seed, 2).integers(descent_path.SAMPLES, size=2)
        order = (offset + (stride // 2 * 2 + 1) * np.arange(batch * 5_000)) % descent_path.SAMPLES
        # Every sample once before any comes again.
        assert len(set(order[: descent_path.SAMPLES])) == descent_path.SAMPLES
        goal = np.array([0.3, -2.0, 1.0])
        weights, length = goal + start[seed], 0.0
        first, target, track = weights.copy(), features @ goal, [weights - goal]
        for step in range(paths.steps[seed]):
            samples = order[step * batch : (step + 1) * batch]
            error = features[samples] @ weights - target[samples]
            update = -rate * (features[samples] * error[:, None]).mean(axis=0)
            weights = weights + update
            length += np.linalg.norm(update)
            track.append(weights - goal)
        distances = np.linalg.norm(track, axis=1) / np.linalg.norm(first - goal)
        assert distances[-1] <= descent_path.REACHED < distances[:-1].min()
        assert paths.length[seed] == pytest.approx(length, rel=1e-9)
        displacement = np.linalg.norm(weights - first)
        assert paths.displacement[seed] == pytest.approx(displacement, rel=1e-9)
        np.testing.assert_allclose(tracked.track[:41, seed], track[:41], rtol=1e-8, atol=1e-12)


def test_a_seed_that_diverges_has_not_arrived():
    features = descent_path.outputs(custom_layers.Tanh(), descent_path.inputs(3))
    paths = descent_path.descend(features, descent_path.starts(3, range(4)), range(4), 30.0)
    assert not paths.arrived.any()
    assert np.isfinite(paths.ratio).all()


@pytest.mark.parametrize("name", ["sigmoid", "tanh + 1", "relu"])
def test_moments_are_the_integrals(name):
    function, shift = problems.SHIFTS[name]
    layer = {"sigmoid": custom_layers.sigmoid, "tanh": custom_layers.tanh}.get(
        function, custom_layers.relu
    )

    def expected(power):
        def integrand(z):
            value = float(layer(np.float64(z))) + shift
            return value**power * scipy.stats.norm.pdf(z)

        return scipy.integrate.quad(integrand, -9, 9, points=[0])[0]

    features = problems.make_problem(name, 5).features
    mean, second = expected(1), expected(2)
    assert features.mean() == pytest.approx(mean, abs=0.02)
    assert (features**2).mean() == pytest.approx(second, rel=0.03)
    factor = np.sqrt(1 + mean**2 / (second - mean**2))
    assert descent_path.length_factor(features) == pytest.approx(factor, rel=0.02)


def test_relu_less_its_mean_is_centred():
    features = problems.make_problem("relu - mean", 5).features
    assert abs(features.mean()) < 0.01


def test_each_control_changes_only_what_it_says():
    sigmoid = problems.make_problem("sigmoid", 5).features
    moment = descent_path.second_moment(sigmoid)
    problem = problems.make_problem("rotated", 5)
    rotated, axes = problem.features, problem.axes
    np.testing.assert_allclose(axes @ axes.T, np.eye(5), atol=1e-12)
    np.testing.assert_allclose(rotated @ axes.T, sigmoid, atol=1e-12)
    assert rotated.mean(0)[0] == pytest.approx(sigmoid.mean() * np.sqrt(5))
    assert np.abs(rotated.mean(0)[1:]).max() < 0.01
    mirrored = problems.make_problem("mirrored", 5).features
    np.testing.assert_allclose(descent_path.second_moment(mirrored), moment, rtol=1e-9)
    np.testing.assert_array_equal(np.abs(mirrored), sigmoid)
    assert np.abs(mirrored.mean(0)).max() < 0.03
    whitened = problems.make_problem("whitened", 5).features
    np.testing.assert_allclose(descent_path.second_moment(whitened), np.eye(5), atol=1e-9)
    stretched = problems.make_problem("stretched tanh", 5).features
    np.testing.assert_allclose(descent_path.second_moment(stretched), moment, rtol=1e-6)
    assert np.abs(stretched.mean(0)).max() < 0.03
    single = problems.make_problem("one at a time", 5).features
    assert (single >= 0).all()
    assert ((single > 0).sum(axis=1) == 1).all()


def test_rotated_axes_and_negated_samples_leave_the_path_as_it_is():
    start = descent_path.starts(5, range(8))
    sigmoid, rotated, mirrored = (
        problems.make_problem(name, 5).descend(start, range(8), 0.1, batch=1, limit=4_000).ratio
        for name in ("sigmoid", "rotated", "mirrored")
    )
    np.testing.assert_allclose(rotated, sigmoid, rtol=1e-9)
    np.testing.assert_allclose(mirrored, sigmoid, rtol=1e-12)


def test_unit_gradients_are_delta_times_the_feature():
    features, weights, target = RANDOM.random((9, 4)), RANDOM.random(4), RANDOM.random(9)
    delta = 2 * (features @ weights - target)
    gradients = descent_path.unit_gradients(features, weights, target)
    np.testing.assert_allclose(gradients, delta[:, None] * features, rtol=1e-12)


def test_signs_tell_zero_from_opposed():
    gradients = np.array([[1, 2, 3], [-1, -2, 0], [1, -1, 0], [0, 0, 5], [0, 0, 0.0]])
    signs = descent_path.signs(gradients)
    assert signs["compared"].tolist() == [True, True, True, False, False]
    assert signs["opposed"].tolist() == [False, False, True, False, False]
    assert signs["all_same"].tolist() == [True, False, False, False, False]
    np.testing.assert_array_equal(descent_path.signs(gradients.T, 0)["opposed"], signs["opposed"])


@pytest.mark.parametrize(("name", "shift"), [("Sigmoid", -0.5), ("Tanh", 1.0)])
def test_a_shift_leaves_the_first_function_as_it_was(name, shift):
    layer = getattr(custom_layers, name)
    plain, shifted = (shifted_network.ShiftedNetwork(layer, c) for c in (0.0, shift))
    x, _ = shifted_network.data()
    answers = [
        np.array(network.forward(network.initial_weights(range(3)), x)[0])
        for network in (plain, shifted)
    ]
    np.testing.assert_allclose(answers[0], answers[1], atol=1e-5)
    shifted.model.set_weights([w[..., 2] for w in shifted.initial_weights(range(3))])
    np.testing.assert_allclose(shifted.model(x)[:, 0], answers[1][:, 2], atol=1e-5)


def test_the_path_of_the_network_is_that_of_keras():
    network = shifted_network.ShiftedNetwork(custom_layers.Tanh, 1.0, batch=2)
    steps, rate = 12, 0.05
    trained = network.train([3, 4], np.full(2, rate), steps)
    model, (x, y) = network.model, shifted_network.data()
    model.set_weights([w[..., 1] for w in network.initial_weights([3, 4])])
    model.compile(keras.optimizers.SGD(rate), loss="mse")
    order = shifted_network.sample_order(4, 2, steps)
    kernels = [np.concatenate([model.get_weights()[i].ravel() for i in (2, 4)])]
    for picked in order:
        model.train_on_batch(x[picked], y[picked])
        kernels.append(np.concatenate([model.get_weights()[i].ravel() for i in (2, 4)]))
    length = np.linalg.norm(np.diff(kernels, axis=0), axis=1).sum()
    assert trained.length[1] == pytest.approx(length, rel=1e-4)
    displacement = np.linalg.norm(kernels[-1] - kernels[0])
    assert trained.displacement[1] == pytest.approx(displacement, rel=1e-4)
    assert trained.loss[1] == pytest.approx(((np.array(model(x)) - y) ** 2).mean(), rel=1e-4)


def test_the_signs_of_a_network_are_those_of_one_sample_alone():
    network = shifted_network.ShiftedNetwork(custom_layers.Tanh)
    weights = network.initial_weights([5, 6])
    signs = network.signs(weights, samples=6)
    x, y = shifted_network.data()
    network.model.set_weights([w[..., 1] for w in weights])
    for sample in range(6):
        with tf.GradientTape() as tape:
            error = (network.model(x[sample : sample + 1]) - y[sample]) ** 2
        kernel = np.array(tape.gradient(error, network.model.trainable_variables)[2])
        opposed = (kernel > 0).any(axis=0) & (kernel < 0).any(axis=0)
        np.testing.assert_array_equal(signs["opposed"][sample, :, 1], opposed)


def test_an_interval_of_what_is_constant_is_a_point():
    point = {"length": 1.0, "length_low": 1.0, "length_high": 1.0}
    assert zigzag.geometric_mean("length", np.ones(5), "length_") == point
    ratio, low, high = zigzag.geometric_mean("ratio", RANDOM.uniform(1, 3, 200)).values()
    assert 1 < low < ratio < high < 3


def test_what_is_left_of_the_excess_resamples_seeds_in_both_paths():
    with_mean = np.exp(np.linspace(0.5, 0.9, 40))
    exact = excess.excess_left(with_mean, with_mean)
    assert exact == {"left": 1.0, "low": 1.0, "high": 1.0}  # seeds are paired
    half = excess.excess_left((with_mean + 1) / 2, with_mean)
    assert half["low"] < half["left"] < half["high"]
    assert half["left"] == pytest.approx(0.5, abs=0.02)
