"""The scripts that compute in the reader's browser, against NumPy, Keras and the stored runs."""

import numpy as np
import pandas as pd
import pytest

from reproductions.evidence.statistics import generator
from reproductions.report import demonstrations
from reproductions.running import experiment
from reproductions.running.results import read_table
from reproductions.training import xor

STORED = experiment.FOLDER.parent / "results" / "expected"
FUNCTIONS = ("leaky_relu", "relu", "sigmoid", "tanh")


@pytest.fixture(scope="module")
def scripts(browser):
    """An empty page with the scripts that compute."""
    page = browser.new_page()
    page.add_script_tag(content=str(demonstrations.Demonstrations((), {}, {}).engine))
    yield page
    page.close()


def numbers(page, script, given=None):
    """What a script gives, infinities and NaN included, which JSON has no words for."""
    text = page.evaluate(f"given => [...({script})(given)].map(String).join(' ')", given)
    return np.array([float(word.replace("Infinity", "inf")) for word in text.split()])


SEEDS = (*range(12), 255, 4095, 2**32 - 1, 2**32, 2**40 + 17)


def test_initial_weights_are_those_of_numpy_to_the_bit(scripts):
    for seed in SEEDS:
        expected = generator(seed).standard_normal(281).astype("float32")
        drawn = numbers(scripts, f"() => philox.normals({seed}, 281)").astype("float32")
        assert np.array_equal(drawn, expected), seed


@pytest.mark.parametrize("scheme", ["normal", "glorot", "he"])
def test_initial_weights_of_every_scheme_are_those_of_the_suite_to_the_bit(scripts, scheme):
    from reproductions.training import replicas

    model = xor.network((5, 3), "relu", "stable")
    for seed in (0, 77, 2**32 + 1):
        weights = replicas.initial_weights(model, [seed], scheme)
        expected = np.concatenate([array.ravel() for array in weights])
        script = f"() => xorEngine.initialWeights([2, 5, 3, 1], {seed}, '{scheme}')"
        assert np.array_equal(numbers(scripts, script).astype("float32"), expected), seed


@pytest.mark.parametrize("stream", [(), (1,), (1, 7)])
def test_random_numbers_of_every_part_of_the_ziggurat_are_those_of_numpy(scripts, stream):
    count = 20_000  # a few of them lie in the tail
    expected = generator(7, *stream).standard_normal(count)
    assert np.abs(expected).max() > 3.66
    drawn = numbers(scripts, f"() => philox.normals(7, {count}, ...{list(stream)})")
    np.testing.assert_allclose(drawn, expected, rtol=1e-12)


KINKS = [0.0, -0.0, 1e-30, -1e-30, 1.0, -1.0, 7.9, 8.1, -8.1, 16.5, 16.7, 40.0, -40.0, -87.0, 90.0]


@pytest.mark.parametrize("precision", ["single", "double"])
@pytest.mark.parametrize("name", demonstrations.ELEMENTWISE)
def test_functions_are_those_of_the_layers(scripts, name, precision):
    import tensorflow as tf

    from reproductions.training.activations import layer
    from reproductions.training.gradients import value_and_slope

    dtype = {"single": "float32", "double": "float64"}[precision]
    z = np.concatenate([KINKS, generator(3).normal(0, 3, 200)]).astype(dtype)
    if name == "threshold":
        import custom_layers

        function = custom_layers.Threshold(dtype=dtype)
    else:
        function = layer(name, dtype=dtype)
    expected = tf.stack(value_and_slope(function, z)).numpy()
    script = f"""z => {{
        const numbers = functions.precisions.{precision}, made = numbers.Numbers.from(z);
        const y = new numbers.Numbers(z.length), slope = new numbers.Numbers(z.length);
        functions.activation("{name}", numbers)(made, y, slope, z.length);
        return [...y, ...slope];
    }}"""
    got = numbers(scripts, script, z.tolist()).reshape(2, -1)
    # The derivative is right to some roundings of the greatest one, which is 1.
    rtol, atol = {"single": (1e-5, 6e-7), "double": (1e-12, 1e-15)}[precision]
    np.testing.assert_allclose(got, expected, rtol=rtol, atol=atol)


def test_the_sigmoid_is_exactly_1_where_it_is_in_float32(scripts):
    """And so has derivative 0: it is why the post's network becomes NaN."""
    import tensorflow as tf

    z = np.linspace(16, 18, 401).astype("float32")
    expected = tf.sigmoid(z).numpy() == 1
    assert 0 < expected.sum() < len(z)
    script = """z => {
        const y = new Float32Array(z.length), slope = new Float32Array(z.length);
        functions.activation("sigmoid", functions.precisions.single)(
            Float32Array.from(z), y, slope, z.length);
        return [...y, ...slope, ...z.map((x) => functions.sigmoidOf(x, Math.fround))];
    }"""
    value, slope, probability = numbers(scripts, script, z.tolist()).reshape(3, -1)
    for exact in (value == 1, slope == 0, probability == 1):
        assert np.array_equal(exact, expected)


@pytest.mark.parametrize("third", [0, 0.7])
def test_the_determinant_of_a_layer_is_that_of_finite_differences(scripts, third):
    w, b, h = np.array([[0.9, -1.3], [0.4, 1.7]]), np.array([0.3, -0.6]), 1e-6
    setting = dict(zip(("w11", "w12", "w21", "w22"), w.ravel(), strict=True))
    setting |= {"b1": b[0], "b2": b[1], "third": third}

    def mapped(x):
        y = np.tanh(x @ w.T + b)
        y[:, 0] -= third * (1 + np.tanh(3 * x[:, 0] - 3))
        return y

    points = generator(5).uniform(-1.2, 1.2, (40, 2))
    steps = [(mapped(points + d) - mapped(points - d)) / (2 * h) for d in np.eye(2) * h]
    expected = np.linalg.det(np.stack(steps, axis=2))
    assert (expected < 0).any() == bool(third)
    script = """([points, setting]) => points.flatMap((point) => {
        const { y, det } = fold.map(point, setting);
        return [...y, det];
    })"""
    got = numbers(scripts, script, [points.tolist(), setting]).reshape(-1, 3)
    np.testing.assert_allclose(got[:, :2], mapped(points), rtol=1e-12)
    np.testing.assert_allclose(got[:, 2], expected, rtol=1e-6, atol=1e-8)


@pytest.mark.parametrize("batch", ["all", "one"])
@pytest.mark.parametrize(("mean", "rate"), [(0, 0.2), (0.7, 0.1), (2, 0.05), (3, 0.9)])
def test_the_path_of_a_linear_unit_is_that_of_numpy(scripts, mean, rate, batch):
    angles = np.arange(8) * 3 % 8 * np.pi / 4
    x = mean + np.sqrt(2) * np.stack([np.cos(angles), np.sin(angles)], 1)
    y = x @ [1.5, -0.5]
    w, path, costs, together = np.zeros(2), [], [], 0
    for t in range(41):
        path.append(w)
        costs.append(0.5 * np.mean((x @ w - y) ** 2))
        if t == 40 or costs[-1] >= 1e6:
            break
        use = slice(None) if batch == "all" else [t % 8]
        move = -rate * np.mean((x[use] @ w - y[use])[:, None] * x[use], axis=0)
        together += np.prod(move) > 0
        w = w + move
    script = """setting => {
        const { path, costs, together } = descent.linear(setting);
        return [...path.flat(), ...costs, together];
    }"""
    setting = {"mean": mean, "rate": rate, "batch": batch, "steps": 40}
    got = numbers(scripts, script, setting)
    assert (len(costs) < 41) == (rate == 0.9)
    assert got[-1] == together
    if batch == "one" and mean >= 2:
        assert together == len(path) - 1  # all inputs are positive
    expected = np.concatenate([np.ravel(path), costs])
    np.testing.assert_allclose(got[:-1], expected, rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize(("rate", "bias"), [(0.1, 0), (0.4, 0), (0.3, -1.1), (0.1, -5)])
@pytest.mark.parametrize("leak", [0, 0.15])
def test_a_unit_dies_where_it_dies_in_keras(scripts, rate, bias, leak):
    import keras
    import tensorflow as tf

    import custom_layers

    x = tf.constant(np.arange(1, 11) / 5)
    unit = (
        custom_layers.LeakyReLU(leak, dtype="float64")
        if leak
        else keras.layers.ReLU(dtype="float64")
    )
    w, b = tf.Variable(2.0, dtype="float64"), tf.Variable(float(bias), dtype="float64")
    expected = []
    for _ in range(21):
        with tf.GradientTape() as tape:
            z = w * x + b
            loss = tf.reduce_mean((unit(z) - x / 2) ** 2)
        expected.append([w.numpy(), b.numpy(), loss.numpy(), (z.numpy() <= 0).sum()])
        for variable, gradient in zip((w, b), tape.gradient(loss, [w, b]), strict=True):
            variable.assign_sub(rate * gradient)
    script = """setting => descent.rectified(setting)
        .flatMap(({ w, b, loss, below }) => [w, b, loss, below])"""
    setting = {"rate": rate, "bias": bias, "leak": leak, "steps": 20}
    got = numbers(scripts, script, setting).reshape(-1, 4)
    np.testing.assert_allclose(got, expected, rtol=1e-9, atol=1e-12)
    if not leak:
        assert (got[-1, 3] == 10) == ((rate, bias) in {(0.4, 0), (0.1, -5)})


FORMULAS = {
    "-x^2": lambda x: -(x**2),
    "2x - 1": lambda x: 2 * x - 1,
    "2 (x + 1)(x - 3)": lambda x: 2 * (x + 1) * (x - 3),
    "1 - 2 - x": lambda x: -1 - x,
    "8 / 2 / x": lambda x: 4 / x,
    "2^3^(x / 9)": lambda x: 2 ** (3 ** (x / 9)),
    "2 ** -x": lambda x: 2**-x,
    "x^3 − 1.5e-1 × x": lambda x: x**3 - 0.15 * x,
    "x / (1 + abs(x))": lambda x: x / (1 + np.abs(x)),
    "x sigmoid(1.7 x)": lambda x: x / (1 + np.exp(-1.7 * x)),
    "max(0.1x, x) + min(x, 1)": lambda x: np.maximum(0.1 * x, x) + np.minimum(x, 1),
    "x + sin(x)^2": lambda x: x + np.sin(x) ** 2,
    "ln(1 + exp(x)) - softplus(x) + cos(2 pi x)": lambda x: np.cos(2 * np.pi * x),
    "e^-x + tan(x/4) + atan(x) + sqrt(x^2 + 1)": lambda x: (
        np.exp(-x) + np.tan(x / 4) + np.arctan(x) + np.sqrt(x**2 + 1)
    ),
    "sinh(x) - cosh(x) + tanh(x) relu(x) step(x) + sign(x)": lambda x: (
        np.sinh(x) - np.cosh(x) + np.tanh(x) * np.maximum(x, 0) * (x > 0) + np.sign(x)
    ),
}


@pytest.mark.parametrize("formula", FORMULAS)
def test_formulas_have_their_value_and_derivative(scripts, formula):
    x, h = np.array([-2.3, -0.71, 0.43, 1.9]), 1e-6
    expected = FORMULAS[formula]
    script = """text => {
        const z = [-2.3, -0.71, 0.43, 1.9], y = [], slope = [];
        functions.activation(text, functions.precisions.double)(z, y, slope, 4);
        return [...y, ...slope];
    }"""
    value, slope = numbers(scripts, script, formula).reshape(2, -1)
    np.testing.assert_allclose(value, expected(x), rtol=1e-12, atol=1e-13)
    differences = (expected(x + h) - expected(x - h)) / (2 * h)
    np.testing.assert_allclose(slope, differences, rtol=1e-6, atol=1e-8)


MISTAKES = {
    "": ("empty", ""), "  ": ("empty", ""), "y": ("unknown", "y"), "foo(x)": ("unknown", "foo"),
    "x +": ("end", ""), "(x": ("closing", ""), "x)": ("misplaced", ")"), "sin x": ("opening", "x"),
    "max(x)": ("two", "max"), "sin(x, 1)": ("one", "sin"), "(x, 1)": ("comma", ""),
    "x $ 2": ("character", "$"), "* x": ("misplaced", "*"), "x, 1": ("misplaced", ","),
    "constructor(x)": ("unknown", "constructor"), "__proto__": ("unknown", "__proto__"),
    "1" * 201: ("long", 201), "alert`1`": ("character", "`"),
}  # fmt: skip


@pytest.mark.parametrize("text", MISTAKES)
def test_what_is_no_formula_gets_a_reason(scripts, text):
    script = "t => { try { expression.parse(t); } catch (e) { return [e.key, e.received]; } }"
    assert tuple(scripts.evaluate(script, text)) == MISTAKES[text]


def trained(page, **changed):
    """The records of one network and what it came to."""
    setting = {
        "hidden": [5] * 9, "activation": "tanh", "loss": "document", "precision": "single",
        "rate": 0.01, "steps": 20_001, "every": 100, "seed": 0, **changed,
    }  # fmt: skip
    script = """setting => {
        const records = [], result = xorEngine.train(setting, (record) => records.push(record));
        return { records, result };
    }"""
    return page.evaluate(script, setting)


@pytest.mark.parametrize("activation", FUNCTIONS)
def test_the_first_updates_are_those_of_the_stored_run(scripts, activation):
    table = experiment.load("deep_xor").tables["first_steps"]
    stored = read_table(STORED / "deep_xor" / "first_steps.csv", table)
    stored = stored[stored["activation"] == activation]
    for (loss, seed), rows in stored.groupby(["loss", "seed"]):
        run = trained(scripts, activation=activation, loss=loss, seed=int(seed), steps=11, every=10)
        costs = [np.nan if r["cost"] is None else r["cost"] for r in run["records"]]
        costs += [np.nan] * (len(rows) - len(costs))
        expected = rows["cost"].where(np.isfinite(rows["cost"]))
        costs = pd.Series(costs).where(np.isfinite(costs))
        np.testing.assert_allclose(costs, expected, rtol=1e-3, atol=1e-6)


@pytest.mark.parametrize("activation", FUNCTIONS)
def test_gradients_are_those_of_keras(scripts, activation):
    """Of a small network, whose layers differ in width."""
    from reproductions.training import replicas

    hidden = (3, 4, 2)
    engine = xor.probe(hidden, activation)
    weights = replicas.initial_weights(engine.model, range(4))
    records = engine.train(weights, xor.X, xor.Y, 0.5, steps=31, every=10).records
    for seed in range(4):
        run = trained(
            scripts, hidden=list(hidden), activation=activation, loss="stable", rate=0.5,
            steps=31, every=10, seed=seed,
        )  # fmt: skip
        norms = np.array([record["norms"] for record in run["records"]])
        expected = records["gradient_norm"][..., seed]
        np.testing.assert_allclose(norms, expected, rtol=2e-4, atol=1e-6)
        costs = [record["cost"] for record in run["records"]]
        np.testing.assert_allclose(costs, records["cost"][:, seed], rtol=2e-4)


@pytest.mark.parametrize("broken", [False, True])
def test_outcomes_are_those_of_the_suite(scripts, broken):
    edges = (xor.SOLVED_COST, *(xor.PLATEAU_COST + d for d in (-0.01, 0.01)))
    costs = [cost + shift for cost in edges for shift in (-1e-6, 1e-6)] + [5.0]
    expected = xor.outcomes(np.array([costs]), np.full(len(costs), broken))
    assert len(set(expected)) == (1 if broken else 3)
    for cost, outcome in zip(costs, expected, strict=True):
        script = "([cost, finite]) => xorEngine.outcomeOf(cost, finite)"
        assert scripts.evaluate(script, [cost, not broken]) == outcome


def test_an_update_that_breaks_the_weights_is_seen(scripts):
    run = trained(scripts, activation="leaky_relu", loss="stable", rate=3e38, steps=1)
    assert np.isfinite(run["result"]["cost"])
    assert run["result"]["outcome"] == "non-finite"


def test_double_precision_turns_fewer_networks_into_nan(scripts):
    """As the experiment on the cause of NaN has it: some of those that break in float32."""
    broken = {"single": set(), "double": set()}
    for precision, seeds in broken.items():
        for seed in range(24):
            run = trained(scripts, activation="relu", precision=precision, seed=seed, steps=101)
            if run["result"]["outcome"] == "non-finite":
                seeds.add(seed)
    assert broken["double"] < broken["single"]


def test_the_part_of_a_square_above_0_has_its_area(scripts):
    """Of linear functions, which the polygons follow exactly, and of a saddle, nearly."""
    script = """([coefficients, count]) => {
        const [a, b, c, d] = coefficients;
        const places = [...Array(count).keys()].map((i) => 2 * i / (count - 1) - 1);
        const values = places.map((y) => places.map((x) => a + b * x + c * y + d * x * y));
        let area = 0, polygon = [];
        for (const point of networks.above(values, places)) {
            if (Number.isNaN(point[0])) {
                area += polygon.reduce((sum, [x, y], i) => {
                    const [u, v] = polygon[(i + 1) % polygon.length];
                    return sum + (x * v - u * y) / 2;
                }, 0);
                polygon = [];
            } else polygon.push(point);
        }
        return [area, polygon.length];
    }"""
    for coefficients, count, area, within in (
        ((0.25, 1, 0, 0), 6, 2.5, 1e-12),  # x > -1/4
        ((-0.5, 0, 1, 0), 4, 1, 1e-12),  # y > 1/2
        ((-1, 1, 1, 0), 7, 0.5, 1e-12),  # x + y > 1
        ((1, 0, 0, 0), 5, 4, 1e-12),
        ((-1, 0, 0, 0), 5, 0, 0),
        ((-0.25, 0, 0, 1), 81, (1 - np.log(4) / 4 - 0.25) * 2, 2e-3),  # x y > 1/4
    ):
        got, left = numbers(scripts, script, [list(coefficients), count])
        assert got == pytest.approx(area, abs=within), coefficients
        assert left == 0
