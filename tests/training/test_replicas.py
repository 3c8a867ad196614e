"""The replica engine against plain Keras and the documents' own graph, and against itself."""

import threading

import keras
import numpy as np
import pytest
import tensorflow as tf

import custom_layers
from reproductions.training import replicas
from reproductions.training.replicas import Replicas, initial_weights

X = np.array([[0, 0], [0, 1], [1, 0], [1, 1]], "float32")
Y = np.array([[0], [1], [1], [0]], "float32")
RATE = 0.1


def network(*widths, activation=custom_layers.Tanh, last=custom_layers.Sigmoid):
    """Dense layers, the activation between them, and `last` (None: nothing) behind the last."""
    model = keras.Sequential([keras.Input((widths[0],))])
    for width in widths[1:-1]:
        model.add(keras.layers.Dense(width))
        model.add(activation())
    model.add(keras.layers.Dense(widths[-1]))
    if last:
        model.add(last())
    return model


# One formula a loss, for a plain model's (batch, unit) and the engine's (batch, unit, replica).
def log_loss(y, h):
    """The document's."""
    return -tf.reduce_mean(y * tf.math.log(h) + (1 - y) * tf.math.log(1 - h), (0, 1))


def logits_loss(y, z):
    return tf.reduce_mean(tf.maximum(z, 0) - y * z + tf.math.log1p(tf.exp(-tf.abs(z))), (0, 1))


def squared_loss(y, h):
    return tf.reduce_mean((y - h) ** 2, (0, 1))


def pick(weights, i):
    """A replica's weights, or those of several."""
    return [w[..., i] for w in weights]


def plain_training(model, weights, loss, steps, rate=RATE, batch=lambda i: slice(None)):
    """An ordinary Keras model's weights after so many steps, by tape and keras.optimizers.SGD."""
    model = keras.models.clone_model(model)
    model.set_weights(weights)
    optimizer = keras.optimizers.SGD(rate)

    @tf.function(autograph=False)
    def step(x, y):
        with tf.GradientTape() as tape:
            value = loss(y, model(x))
        optimizer.apply(tape.gradient(value, model.trainable_variables), model.trainable_variables)

    optimizer.build(model.trainable_variables)
    for i in range(steps):
        step(tf.constant(X[batch(i)]), tf.constant(Y[batch(i)]))
    return model.get_weights()


def assert_close(obtained, expected, start=None):
    """Equal but for rounding; and not because nothing moved."""
    for a, b in zip(obtained, expected, strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-4, atol=2e-6)
    if start is not None:
        assert any(np.abs(a - b).max() > 1e-2 for a, b in zip(expected, start, strict=True))


def assert_same_bits(obtained, expected):
    for a, b in zip(obtained, expected, strict=True):
        assert a.dtype == b.dtype
        np.testing.assert_array_equal(a, b)


# Against plain Keras and the document's graph.

ACTIVATIONS = {
    "linear": custom_layers.Linear,
    "sigmoid": custom_layers.Sigmoid,
    "tanh": custom_layers.Tanh,
    "relu": custom_layers.ReLU,
    "leaky_relu": lambda: custom_layers.LeakyReLU(0.2),
    "elu": custom_layers.ELU,
    "softplus": custom_layers.Softplus,
    "swish": custom_layers.Swish,
    "threshold": custom_layers.Threshold,
}


@pytest.mark.parametrize("activation", ACTIVATIONS.values(), ids=ACTIVATIONS)
def test_a_replica_is_a_keras_model(activation):
    # The document's loss for the even replicas, the stable one for the odd: one compilation.
    even = tf.constant(np.arange(64) % 2 == 0)

    def both(y, z):
        return tf.where(even, log_loss(y, tf.sigmoid(z)), logits_loss(y, z))

    model = network(2, 5, 5, 1, activation=activation, last=None)
    weights = [0.7 * w for w in initial_weights(model, range(6))]
    trained = Replicas(model, both).train(weights, X, Y, RATE, 50)
    for i, loss in [(4, lambda y, z: log_loss(y, tf.sigmoid(z))), (5, logits_loss)]:
        start = pick(weights, i)
        assert_close(pick(trained.weights, i), plain_training(model, start, loss, 50), start)


def test_a_dense_layers_own_activation():
    model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1, activation="tanh")])
    weights = initial_weights(model, [0])
    trained = Replicas(model, squared_loss).train(weights, X, Y, RATE, 50)
    start = pick(weights, 0)
    assert_close(pick(trained.weights, 0), plain_training(model, start, squared_loss, 50), start)


def test_a_replica_is_the_documents_graph():
    """Ten layers as the XOR post builds them, its loss and optimizer, in a session."""
    v1 = tf.compat.v1
    model = network(2, *[5] * 9, 1)
    weights = initial_weights(model, [3])
    start = pick(weights, 0)
    with tf.Graph().as_default(), v1.Session() as session:
        x, y = v1.placeholder(tf.float32, [None, 2]), v1.placeholder(tf.float32, [None, 1])
        variables = [v1.Variable(w) for w in start]
        hidden = x
        for kernel, bias in zip(variables[:-2:2], variables[1:-2:2], strict=True):
            hidden = tf.math.tanh(tf.matmul(hidden, kernel) + bias)
        hypothesis = tf.sigmoid(tf.matmul(hidden, variables[-2]) + variables[-1])
        cost = -tf.reduce_mean(y * v1.log(hypothesis) + (1 - y) * v1.log(1 - hypothesis))
        train = v1.train.GradientDescentOptimizer(learning_rate=0.01).minimize(cost)
        session.run(v1.global_variables_initializer())
        costs = [session.run([train, cost], {x: X, y: Y})[1] for _ in range(51)]
        expected = session.run(variables)
    trained = Replicas(model, log_loss).train(weights, X, Y, 0.01, 51, every=50)
    assert_close(pick(trained.weights, 0), expected, start)
    np.testing.assert_allclose(trained.records["loss"][:, 0], [costs[0], costs[50]], rtol=1e-5)


@pytest.fixture(scope="module")
def points():
    generator = np.random.default_rng(8)
    x = generator.normal(size=(96, 2)).astype("float32")
    return x, (np.hypot(*x.T) < 1).astype("float32")[:, None]


@pytest.fixture(scope="module")
def circles():
    return Replicas(network(2, 2, 2, 1), squared_loss)


@pytest.mark.parametrize("own", [False, True], ids=["one order", "an order each"])
def test_mini_batches_are_those_of_model_fit(circles, points, own):
    x, y = points
    count, rate = 3, 1.0
    weights = initial_weights(circles.model, range(count), "glorot")
    orders = np.stack([np.random.default_rng(i).permutation(len(x)) for i in range(count)], -1)
    steps = orders.reshape(3, 32, count)  # (step, batch, replica)
    batches = (lambda first, last: steps[..., first:last]) if own else steps[..., 0]
    trained = circles.train(weights, x, y, rate, 3, batches=batches)
    model = keras.models.clone_model(circles.model)
    model.compile(keras.optimizers.SGD(rate), loss="mse")
    for i in range(count):
        start, order = pick(weights, i), orders[:, i if own else 0]
        model.set_weights(start)
        model.fit(x[order], y[order], batch_size=32, shuffle=False, verbose=0)
        assert_close(pick(trained.weights, i), model.get_weights(), start)


# Every replica by itself, bit for bit.


def record(y, output):
    right = tf.cast((output > 0.5) == (y > 0.5), tf.float32)
    return {"cost": log_loss(y, output), "accuracy": tf.reduce_mean(right, (0, 1)), "h": output}


@pytest.fixture(scope="module")
def xor():
    return Replicas(network(2, 5, 5, 1), log_loss, record, gradients=True, threads=2)


COUNT = 130  # two blocks and two replicas more
STEPS = 30


@pytest.fixture(scope="module")
def start(xor):
    return initial_weights(xor.model, range(COUNT))


@pytest.fixture(scope="module")
def trained(xor, start):
    return xor.train(start, X, Y, RATE, STEPS, every=10)


def assert_same_training(obtained, expected, chosen):
    assert len(obtained) == len(expected.finite_steps[chosen])
    assert_same_bits(obtained.weights, pick(expected.weights, chosen))
    assert obtained.records.keys() == expected.records.keys()
    for name, values in expected.records.items():
        np.testing.assert_array_equal(obtained.records[name], values[..., chosen])
    np.testing.assert_array_equal(obtained.finite_steps, expected.finite_steps[chosen])


@pytest.mark.parametrize(
    "chosen",
    [[129], range(63), range(65), range(64, 128), np.random.default_rng(1).permutation(COUNT)],
    ids=["alone", "less than a block", "more than a block", "other block", "another order"],
)
def test_neighbours_place_and_number_do_not_matter(xor, start, trained, chosen):
    chosen = list(chosen)
    obtained = xor.train(pick(start, chosen), X, Y, RATE, STEPS, every=10)
    assert_same_training(obtained, trained, chosen)


def test_threads_do_not_matter(xor, start, trained, monkeypatch):
    for threads in (1, 3):
        monkeypatch.setattr(xor, "threads", threads)
        assert_same_training(xor.train(start, X, Y, RATE, STEPS, every=10), trained, slice(None))


def test_the_same_bits_twice_and_from_a_fresh_engine(xor, start, trained):
    assert_same_training(xor.train(start, X, Y, RATE, STEPS, every=10), trained, slice(None))
    fresh = Replicas(network(2, 5, 5, 1), log_loss, record, gradients=True)
    assert_same_training(fresh.train(start, X, Y, RATE, STEPS, every=10), trained, slice(None))


def test_weights_from_a_function(xor, start, trained):
    asked = []

    def draw(first, last):
        asked.append((first, last))
        return initial_weights(xor.model, range(first, last))

    obtained = xor.train(draw, X, Y, RATE, STEPS, every=10, replicas=COUNT)
    assert_same_training(obtained, trained, slice(None))
    assert sorted(asked) == [(0, 64), (64, 128), (128, 130)]


def test_the_block_size_matters_to_rounding_only(start, trained):
    small = Replicas(network(2, 5, 5, 1), log_loss, block=16)
    assert_close(small.train(start, X, Y, RATE, STEPS).weights, trained.weights)


def test_a_rate_for_each_replica(xor, start, trained):
    rates = np.where(np.arange(COUNT) % 2, RATE, 0.5)
    obtained = xor.train(start, X, Y, rates, STEPS, every=10)
    half = xor.train(start, X, Y, 0.5, STEPS, every=10)
    for i in range(COUNT):
        expected = trained if i % 2 else half
        assert_same_bits(pick(obtained.weights, i), pick(expected.weights, i))


def test_own_orders_do_not_mix(circles, points):
    """An order for each replica, bit for bit as if all replicas had that order."""
    count, steps = 66, 3
    weights = initial_weights(circles.model, range(count))
    orders = np.random.default_rng(2).integers(0, len(points[0]), (steps, 32, count))

    def run(order):
        return circles.train(weights, *points, RATE, steps, batches=order)

    own = run(lambda first, last: orders[..., first:last])
    for i in (0, 65):
        same = run(lambda first, last, i=i: np.repeat(orders[..., [i]], last - first, -1))
        assert_same_bits(pick(own.weights, i), pick(same.weights, i))


def test_nothing_is_compiled_twice(xor, start, trained):
    before = xor._compiled.experimental_get_tracing_count()
    xor.train(pick(start, [0]), X, Y, 0.3, 2, every=1)  # fewer records than before
    xor.train(pick(start, [0]), X, Y, 0.3, 16, every=1)  # and more
    xor.train(start, X[::-1].copy(), Y, RATE, np.int64(60), every=np.int64(20))
    assert xor._compiled.experimental_get_tracing_count() == before


def test_another_thread_that_takes_fewer_records_loses_none_of_ours(
    xor, start, trained, monkeypatch
):
    def meanwhile(first, last):
        monkeypatch.setattr(xor, "_capacity", 1)
        return [w[..., first:last] for w in start]

    again = xor.train(meanwhile, X, Y, RATE, STEPS, every=10, replicas=COUNT)
    assert_same_training(again, trained, slice(None))


# Divergence.


@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_a_lost_replica_touches_no_other(xor, start, trained, bad):
    spoilt = [w.copy() for w in start]
    spoilt[0][0, 0, 7] = bad
    spoilt[1][0, 100] = bad
    obtained = xor.train(spoilt, X, Y, RATE, STEPS, every=10)
    others = np.delete(np.arange(COUNT), [7, 100])
    assert_same_bits(pick(obtained.weights, others), pick(trained.weights, others))
    assert obtained.finite_steps[[7, 100]].tolist() == [0, 0]
    assert (obtained.finite_steps[others] == STEPS).all()


@pytest.fixture(scope="module")
def diverging():
    # With the stable loss a kernel is lost before the last bias, whose derivative,
    # sigmoid(z) - y, is at most 1.
    model = network(2, 3, 3, 1, activation=custom_layers.Linear, last=None)
    return Replicas(model, logits_loss)


def test_finite_steps_says_when(diverging):
    weights = initial_weights(diverging.model, range(64))
    rates = np.logspace(0, 10, 64)
    runs = [diverging.train(weights, X, Y, rates, steps) for steps in range(1, 13)]
    finite = np.array(
        [np.all([np.isfinite(w).reshape(-1, 64).all(0) for w in run.weights], 0) for run in runs]
    )
    counted = finite.cumprod(0).sum(0)  # the weights themselves, after 1, 2, ... steps
    assert len(np.unique(counted)) > 3  # lost at several times, some never
    np.testing.assert_array_equal(runs[-1].finite_steps, counted)


# Records.


@pytest.mark.parametrize(
    ("steps", "every", "at"),
    [
        (30, 10, [0, 10, 20]),
        (31, 10, [0, 10, 20, 30]),
        (39, 10, [0, 10, 20, 30]),
        (3, 7, [0]),
        (3, None, [0]),
        (3, 1, [0, 1, 2]),
    ],
)
def test_records_stand_at_0_and_every_so_many_updates(xor, start, steps, every, at):
    some = pick(start, range(5))
    obtained = xor.train(some, X, Y, RATE, steps, every=every)
    for k, step in enumerate(at):
        before = xor.train(some, X, Y, RATE, step).weights if step else some
        h = np.stack([forward(pick(before, i), X) for i in range(5)], -1)
        np.testing.assert_allclose(obtained.records["h"][k], h, rtol=1e-5, atol=1e-6)
    assert obtained.records["h"].shape == (len(at), 4, 1, 5)
    assert obtained.records["accuracy"].shape == obtained.records["cost"].shape == (len(at), 5)
    assert (obtained.finite_steps == steps).all()


def forward(weights, x):
    """The tanh network's output, by NumPy."""
    for kernel, bias in zip(weights[:-2:2], weights[1:-2:2], strict=True):
        x = np.tanh(x @ kernel + bias)
    return 1 / (1 + np.exp(-(x @ weights[-2] + weights[-1])))


def test_the_documents_records(xor, start):
    """20,001 updates, a record every 100, as 201 and 1: records at 0, 100 and 200."""
    some = pick(start, [0, 1])
    obtained = xor.train(some, X, Y, RATE, 201, every=100)
    assert obtained.records["cost"].shape == (3, 2)
    assert obtained.finite_steps.tolist() == [201, 201]
    expected = plain_training(xor.model, pick(some, 1), log_loss, 201)
    assert_close(pick(obtained.weights, 1), expected)
    h = np.clip(obtained.records["h"][..., 1], 1e-30, 1)
    cost = -(Y * np.log(h) + (1 - Y) * np.log(1 - h)).mean((1, 2))
    np.testing.assert_allclose(obtained.records["cost"][:, 1], cost, rtol=1e-5)
    right = ((h > 0.5) == (Y > 0.5)).mean((1, 2))
    np.testing.assert_array_equal(obtained.records["accuracy"][:, 1], right)


def test_gradient_norms_are_the_tapes(xor, start, trained):
    model = keras.models.clone_model(xor.model)
    for i in (0, 129):
        model.set_weights(pick(start, i))
        with tf.GradientTape() as tape:
            loss = log_loss(Y, model(X))
        kernels = tape.gradient(loss, [layer.kernel for layer in model.layers[::2]])
        expected = [np.linalg.norm(kernel) for kernel in kernels]
        obtained = trained.records["gradient_norm"][0, :, i]
        np.testing.assert_allclose(obtained, expected, rtol=1e-5)


def test_the_loss_is_what_is_recorded_by_default(circles, points):
    weights = initial_weights(circles.model, [0])
    batches = np.arange(96).reshape(3, 32)
    loss = circles.train(weights, *points, RATE, 3, batches=batches).records["loss"]
    expected = ((points[1] - forward(pick(weights, 0), points[0])) ** 2).mean()
    np.testing.assert_allclose(loss, [[expected]], rtol=1e-5)


# What comes out.


def test_a_replica_as_a_model(xor, trained, tmp_path):
    model = trained.replica(129)
    weights = pick(trained.weights, 129)
    assert_same_bits(model.get_weights(), weights)
    np.testing.assert_allclose(model(X), forward(weights, X), rtol=1e-5)
    path = tmp_path / "replica.keras"
    model.save(path)
    loaded = keras.models.load_model(path)
    np.testing.assert_array_equal(loaded(X), model(X))
    assert isinstance(loaded.layers[1], custom_layers.Tanh)


def test_more_replicas_than_memory_holds(xor):
    """Ten million, of which as few are drawn and trained as are waited for."""
    drawn, all_begun, few = [], threading.Event(), 2 + 2 * xor.threads

    def draw(first, last):
        drawn.append(first)
        if len(drawn) == few:
            all_begun.set()
        return initial_weights(xor.model, range(first, last))

    blocks = xor.blocks(draw, X, Y, RATE, 1, replicas=10**7)
    first, second = next(blocks), next(blocks)
    assert len(first) == len(second) == xor.block
    assert all_begun.wait(60)
    blocks.close()
    assert sorted(drawn) == [64 * i for i in range(few)]
    expected = initial_weights(xor.model, range(64, 128))
    assert_same_bits(second.weights, xor.train(expected, X, Y, RATE, 1).weights)


def test_blocks_are_taken_up_only_a_few_ahead():
    taken = []
    items = (taken.append(i) or i for i in range(10**7))
    results = replicas._in_order(lambda i: 10 * i, items, threads=3)
    assert [next(results), next(results)] == [0, 10]
    results.close()
    assert taken == [*range(2 + 2 * 3)]


def test_who_stops_waits_for_no_block_that_has_not_begun(xor):
    began, gate = [], threading.Event()

    def draw(first, last):
        began.append(first)
        if first >= 2 * xor.block:  # the first two go through, then both threads wait
            gate.wait(60)
        return initial_weights(xor.model, range(first, last))

    blocks = xor.blocks(draw, X, Y, RATE, 1, replicas=10**7)
    next(blocks)
    threading.Timer(0.5, gate.set).start()
    blocks.close()
    assert len(began) <= 4


def test_blocks_come_in_order(xor, start, trained):
    parts = list(xor.blocks(start, X, Y, RATE, STEPS, every=10))
    assert [len(part) for part in parts] == [64, 64, 2]
    joined = [np.concatenate(w, -1) for w in zip(*(part.weights for part in parts), strict=True)]
    assert_same_bits(joined, trained.weights)


def test_an_error_in_a_block_is_the_callers(xor):
    def draw(first, last):
        if first:
            raise RuntimeError("no more")
        return initial_weights(xor.model, range(first, last))

    with pytest.raises(RuntimeError, match="no more"):
        xor.train(draw, X, Y, RATE, 1, replicas=1000)


# Initial weights.

SEEDS = range(2000)


@pytest.mark.parametrize(
    ("scheme", "variance"),
    [
        ("normal", lambda inputs, outputs: 1),
        ("glorot", lambda inputs, outputs: 2 / (inputs + outputs)),
        ("he", lambda inputs, outputs: 2 / inputs),
    ],
)
def test_initial_weights_are_distributed_as_they_say(scheme, variance):
    model = network(2, 5, 3, 1)
    for w, shape in zip(
        initial_weights(model, SEEDS, scheme), (v.shape for v in model.weights), strict=True
    ):
        assert w.shape == (*shape, len(SEEDS))
        assert w.dtype == np.float32
        if len(shape) == 1 and scheme != "normal":
            assert not w.any()
            continue
        expected = variance(*shape) if len(shape) == 2 else 1
        # Six standard errors: of the mean, and of a normal's variance (a uniform's is smaller).
        w = w.astype("float64")
        assert abs(w.mean()) < 6 * np.sqrt(expected / w.size)
        assert abs(w.var() / expected - 1) < 6 * np.sqrt(2 / w.size)
        kurtosis = (w**4).mean() / w.var() ** 2  # 3 for a normal distribution, 9/5 for a uniform
        assert kurtosis == pytest.approx(9 / 5 if scheme == "glorot" else 3, abs=0.4)
        if scheme == "glorot":
            limit = np.sqrt(6 / sum(shape))
            assert 0.999 * limit < np.abs(w).max() <= limit


@pytest.mark.parametrize("scheme", ["normal", "glorot", "he"])
def test_a_seed_is_a_stream(scheme):
    model = network(2, 5, 3, 1)
    all_seeds = initial_weights(model, SEEDS, scheme)
    assert_same_bits(initial_weights(model, [1999, 7], scheme), pick(all_seeds, [1999, 7]))
    kernel = all_seeds[0].reshape(10, -1)
    assert len(np.unique(kernel[0])) > 1990  # no two seeds alike
    correlation = np.corrcoef(kernel)  # nor any two weights of a replica
    assert np.abs(correlation - np.eye(10)).max() < 0.15


def test_seeds_are_the_same_on_every_machine():
    kernel, bias, *_ = initial_weights(network(2, 2, 1), [0])
    np.testing.assert_allclose(
        np.append(kernel.ravel(), bias),
        np.random.Generator(np.random.Philox(np.random.SeedSequence(0))).standard_normal(6),
        rtol=1e-6,
    )


# What is refused.


def sequential(*layers):
    return keras.Sequential([keras.Input((2,)), *layers])


Dense = keras.layers.Dense


@pytest.mark.parametrize(
    ("model", "received"),
    [
        (lambda: sequential(), "Sequential"),
        (lambda: sequential(custom_layers.Tanh()), "Tanh"),
        (lambda: keras.Sequential([Dense(1)]), "Sequential"),
        (lambda: keras.Model(*[keras.Input((2,))] * 2), r"\[\]"),
        (lambda: sequential(Dense(1, use_bias=False)), "'use_bias': False"),
        (lambda: sequential(Dense(1, trainable=False)), "'trainable': False"),
        (lambda: sequential(Dense(2), keras.layers.Dropout(0.5)), "Dropout"),
        (lambda: sequential(Dense(2), custom_layers.Softmax()), "Softmax"),
        (lambda: sequential(Dense(2), custom_layers.Softmax(axis=0)), "Softmax"),
        (lambda: sequential(Dense(2, activation="softmax")), "Dense"),
        (lambda: sequential(Dense(2), keras.layers.Flatten()), "Flatten"),
    ],
)
def test_models_that_cannot_be_replicated(model, received):
    with pytest.raises(ValueError, match=rf"Received: .*{received}"):
        Replicas(model(), squared_loss)


GOOD = {"x": X, "y": Y, "rate": RATE, "steps": 3}


@pytest.mark.parametrize(
    ("changed", "received"),
    [
        ({"steps": 0}, "0"),
        ({"steps": 2.0}, "2.0"),
        ({"every": 0}, "0"),
        ({"every": -5}, "-5"),
        ({"x": X[:3]}, r"shapes \(3, 2\) and \(4, 1\)"),
        ({"x": X[:, :1]}, r"shapes \(4, 1\) and \(4, 1\)"),
        ({"y": Y[:, 0]}, r"shapes \(4, 2\) and \(4,\)"),
        ({"y": X}, r"shapes \(4, 2\) and \(4, 2\)"),
        ({"rate": np.nan}, "nan"),
        ({"rate": np.array([0.1, np.inf])}, r"\[0.1 inf\]"),
        ({"rate": np.full(3, 0.1)}, r"\[0.1 0.1 0.1\]"),
        ({"batches": np.zeros((2, 4), int)}, r"shape \(2, 4\)"),
        ({"batches": np.zeros((3, 0), int)}, r"shape \(3, 0\)"),
        ({"batches": np.zeros((3, 4, 2), int)}, r"shape \(3, 4, 2\)"),
        ({"batches": np.full((3, 4), 4)}, r"shape \(3, 4\), 4 to 4"),
        ({"batches": np.full((3, 4), -1)}, r"shape \(3, 4\), -1 to -1"),
        ({"batches": lambda first, last: np.zeros((3, 4), int)}, r"shape \(3, 4\)"),
        ({"batches": lambda first, last: np.zeros((3, 4, 1), int)}, r"shape \(3, 4, 1\)"),
        ({"weights": lambda first, last: []}, "None"),  # and their number not said
        ({"weights": lambda first, last: [], "replicas": 2}, r"\[\]"),
        ({"weights": []}, r"\[\]"),
        ({"weights": [np.zeros((2, 5, 2))]}, r"\[\(2, 5, 2\)\]"),
    ],
)
def test_arguments_that_do_not_fit(xor, start, changed, received):
    with pytest.raises(ValueError, match=rf"Received: {received}$"):
        xor.train(**{"weights": pick(start, [0, 1]), **GOOD, **changed})


def test_weights_that_do_not_fit_each_other(xor, start):
    uneven = [pick(start, [0, 1])[0], *pick(start, [0])[1:]]
    with pytest.raises(ValueError, match=r"Received: \[\(2, 5, 2\), \(5, 1\)"):
        xor.train(uneven, X, Y, RATE, 3)
    with pytest.raises(ValueError, match=r"must give 2 replicas from 0 on\. Received: 1$"):
        xor.train(lambda first, last: pick(start, [0]), X, Y, RATE, 3, replicas=2)


def test_a_loss_that_mixes_replicas():
    mixed = Replicas(network(2, 1), lambda y, h: tf.reduce_mean((y - h) ** 2))
    with pytest.raises(ValueError, match=r"\(replica,\).*Received: \(\) for 64 replicas$"):
        mixed.train(initial_weights(mixed.model, [0]), X, Y, RATE, 1)


@pytest.mark.parametrize("seed", [1.5, -1, True, np.float32(2)])
def test_a_seed_that_is_no_whole_number_is_refused(xor, seed):
    with pytest.raises(ValueError, match=r"a seed must be a whole number from 0\. Received: ") as e:
        initial_weights(xor.model, [0, seed])
    assert str(e.value).endswith(repr(seed))


def test_an_unknown_scheme():
    with pytest.raises(ValueError, match=r"Received: 'uniform'$"):
        initial_weights(network(2, 1), [0], "uniform")


def test_records_can_be_taken_on_other_data_and_hold_the_weights():
    model = network(2, 3, 1, last=None)
    engine = Replicas(model, logits_loss, snapshots=True)
    weights = initial_weights(model, range(5))
    other = np.array([[0.5, -1.0]], "float32"), np.array([[1.0]], "float32")
    trained = engine.train(weights, X, Y, 0.1, 6, every=3, record_on=other)
    halfway = engine.train(weights, X, Y, 0.1, 3)
    for i, (first, then) in enumerate(zip(weights, halfway.weights, strict=True)):
        np.testing.assert_array_equal(trained.records[f"weight_{i}"], np.stack([first, then]))
    logit = halfway.replica(4).predict(other[0], verbose=0)[0, 0]
    np.testing.assert_allclose(trained.records["loss"][1, 4], np.logaddexp(0, -logit), rtol=1e-5)
    with pytest.raises(ValueError, match=r"Received: shapes \(1, 3\)"):
        engine.train(weights, X, Y, 0.1, 1, record_on=(np.ones((1, 3)), np.ones((1, 1))))


def test_records_of_many_points(circles):
    x = np.random.default_rng(0).normal(size=(40_000, 2)).astype("float32")
    y = (x[:, :1] > 0).astype("float32")
    batches = np.arange(96).reshape(3, 32)
    weights = initial_weights(circles.model, [0])
    trained = circles.train(weights, x, y, RATE, 3, every=1, batches=batches)
    expected = ((forward(pick(weights, 0), x) - y) ** 2).mean()
    np.testing.assert_allclose(trained.records["loss"][0, 0], expected, rtol=1e-4)


def test_an_engine_that_does_not_watch_tells_at_the_end(xor, start):
    model = network(2, 5, 5, 1)
    weights = [w.copy() for w in start]
    weights[2][..., 7] = np.inf
    watching, other = (Replicas(model, log_loss, watch=watch) for watch in (True, False))
    seen, unseen = (engine.train(weights, X, Y, RATE, STEPS) for engine in (watching, other))
    assert_same_bits(unseen.weights, seen.weights)
    expected = np.where(seen.finite_steps == STEPS, STEPS, -1)
    assert expected[7] == -1
    np.testing.assert_array_equal(unseen.finite_steps, expected)
