"""What people do with models: the table of custom_layers/README.md, one test for each of its rows.

A model with an output for each row of cases.py goes through each use, and must give the same bits
where the use computes as the model does, or the reference's numbers where it computes otherwise.
"""

import pickle
import re
import warnings

import keras
import numpy as np
import pytest

from custom_layers import LeakyReLU, elu

from .cases import CASES

if keras.backend.backend() != "tensorflow":
    pytest.skip("these uses are TensorFlow's own", allow_module_level=True)

import tensorflow as tf

every_case = pytest.mark.parametrize("case", CASES, ids=str)
NAMES = [f"{case.layer.__name__.lower()}_{number}" for number, case in enumerate(CASES)]


def normal(*shape):
    return np.random.default_rng(5).normal(scale=3, size=shape).astype("float32")


X = normal(6, 3, 4)


def all_cases():
    """A model with an output for each case."""
    inputs = keras.Input((3, 4))
    outputs = [case.make(name=name)(inputs) for name, case in zip(NAMES, CASES, strict=True)]
    return keras.Model(inputs, outputs)


def joined(model):
    """A model with weights and one output, which can be trained."""
    inputs = keras.Input((3, 4))
    outputs = keras.layers.Concatenate()(model(keras.layers.Dense(4)(inputs)))
    return keras.Model(inputs, keras.layers.Dense(2)(outputs))


@pytest.fixture(scope="module")
def model():
    return all_cases()


def assert_same(expected, obtained):
    assert len(expected) == len(obtained) == len(CASES)
    for name, a, b in zip(NAMES, expected, obtained, strict=True):
        assert np.asarray(a).tobytes() == np.asarray(b).tobytes(), name


def test_clone_model(model):
    clone = keras.models.clone_model(model)
    assert_same(model(X), clone(X))


def test_json(model):
    copy = keras.models.model_from_json(model.to_json())
    assert_same(model(X), copy(X))


def test_pickle(model):
    assert_same(model(X), pickle.loads(pickle.dumps(model))(X))


def test_export_and_reload(model, tmp_path):
    model.export(tmp_path / "exported", verbose=False)
    served = tf.saved_model.load(tmp_path / "exported").serve
    assert_same(tf.function(model)(X), served(X))


def test_mirrored_strategy(model):
    plain = joined(model)
    with tf.distribute.MirroredStrategy(["/cpu:0"]).scope():
        mirrored = joined(all_cases())
        mirrored.compile(optimizer="sgd", loss="mse")
    mirrored.set_weights(plain.get_weights())
    np.testing.assert_allclose(mirrored.predict(X, verbose=0), plain(X), rtol=1e-4, atol=1e-5)
    loss = mirrored.fit(X, np.zeros((6, 3, 2)), batch_size=6, verbose=0).history["loss"]
    np.testing.assert_allclose(loss, np.mean(np.square(plain(X))), rtol=1e-4)


@pytest.mark.filterwarnings("ignore:Layer .* does not have a `quantize` method:UserWarning")
def test_keras_own_quantisation(model):
    """Keras turns Dense layers into 8-bit integers, and leaves activations as they are."""
    quantized = keras.Sequential([keras.Input((3, 4)), keras.layers.Dense(4), all_cases()])
    quantized.quantize("int8")
    assert_same(model(quantized.layers[0](X)), quantized(X))


def test_time_distributed(model):
    x = normal(2, 5, 3, 4)
    for case in CASES:
        spread = keras.layers.TimeDistributed(case.make())(x)
        expected = np.stack([case.call(x[:, step]) for step in range(5)], axis=1)
        np.testing.assert_array_equal(spread, expected, err_msg=str(case))


def each(x):
    """What each case's function and layer gives for x."""
    return [f(x) for case in CASES for f in (case.call, case.make())]


def test_in_a_data_pipeline():
    (mapped,) = tf.data.Dataset.from_tensors(X).map(lambda x: tuple(each(x)))
    for a, b in zip(each(X), mapped, strict=True):
        np.testing.assert_allclose(b, a, rtol=1e-6, atol=1e-7)


def test_vectorized_map():
    mapped = tf.vectorized_map(lambda x: tuple(each(x)), X[:, None])
    for a, b in zip(each(X), mapped, strict=True):
        np.testing.assert_allclose(b[:, 0], a, rtol=1e-6, atol=1e-7)


@every_case
def test_forward_mode_gives_the_derivative(case):
    """All Jacobians are symmetric here: the forward product is the reverse one."""
    x, tangent = X.astype("float64"), normal(6, 3, 4).astype("float64")
    with tf.autodiff.ForwardAccumulator(at := tf.constant(x), tf.constant(tangent)) as forward:
        y = case.call(at)
    np.testing.assert_allclose(forward.jvp(y), case.vjp(x, tangent), rtol=1e-9, atol=1e-12)


@every_case
def test_second_derivatives(case):
    """Against the reference's first derivative, half a step above and below."""
    x, step = normal(2, 3, 4).astype("float64"), 1e-5
    cotangent = np.random.default_rng(6).normal(size=x.shape)
    at, direction = tf.constant(x), np.random.default_rng(7).normal(size=x.shape)
    with tf.GradientTape() as outer:
        outer.watch(at)
        with tf.GradientTape() as inner:
            inner.watch(at)
            y = case.call(at)
        first = inner.gradient(y, at, output_gradients=tf.constant(cotangent))
        along = tf.reduce_sum(first * direction)
    second = outer.gradient(along, at, unconnected_gradients="zero")
    if case.vjp(x, cotangent).any() and "temperature=1e-30" not in str(case):
        ends = (case.vjp(x + sign * step * direction, cotangent) for sign in (0.5, -0.5))
        above, below = ends
        np.testing.assert_allclose(second, (above - below) / step, rtol=1e-5, atol=1e-5)
    assert np.isfinite(second).all()


KINDS = ("ELU", "LeakyReLU", "Linear", "ReLU", "Sigmoid", "Softmax", "Softplus", "Swish", "Tanh")
"""The layers that have a counterpart in Keras."""


needs_lite = pytest.mark.usefixtures("_lite_warnings")


def networks(make):
    """A model with a small network for each of the layers."""
    inputs, outputs = keras.Input((16,)), []
    for seed, kind in enumerate(KINDS):  # of one seed, the first layers would be made one
        first, second = (
            keras.layers.Dense(units, kernel_initializer=keras.initializers.GlorotUniform(seed))
            for units in (32, 4)
        )
        outputs.append(second(make[kind]()(first(inputs))))
    return keras.Model(inputs, outputs)


def keras_own():
    own = {"Linear": "linear", "Sigmoid": "sigmoid", "Softplus": "softplus", "Swish": "silu"}
    made = {
        kind: lambda name=name: keras.layers.Activation(name)
        for kind, name in (own | {"Tanh": "tanh"}).items()
    }
    return made | {
        "ELU": keras.layers.ELU,
        "LeakyReLU": lambda: keras.layers.LeakyReLU(negative_slope=0.1),
        "ReLU": keras.layers.ReLU,
        "Softmax": keras.layers.Softmax,
    }


# The interpreter's package is about to be one of its own; the converter guesses no ranges here.
@pytest.fixture
def _lite_warnings():
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "[^a-z]*Warning: tf.lite", UserWarning)
        warnings.filterwarnings("ignore", "Statistics for quantized inputs", UserWarning)
        yield


def lite(model, x, examples=None):
    """What a model gives after its conversion to TensorFlow Lite; in integers if given examples."""
    converter = tf.lite.TFLiteConverter.from_keras_model(model)
    if examples is not None:
        converter.optimizations = [tf.lite.Optimize.DEFAULT]
        converter.representative_dataset = lambda: ([row[None]] for row in examples)
        converter.target_spec.supported_ops = [tf.lite.OpsSet.TFLITE_BUILTINS_INT8]
    interpreter = tf.lite.Interpreter(model_content=converter.convert())
    outputs = interpreter.get_signature_runner()(**{model.inputs[0].name: x})
    return [outputs[f"output_{number}"] for number in range(len(outputs))]


@needs_lite
def test_lite(model):
    converted = lite(model, X)
    for name, expected, obtained in zip(NAMES, model(X), converted, strict=True):
        np.testing.assert_allclose(obtained, expected, rtol=1e-5, atol=1e-6, err_msg=name)


def relative_errors(make):
    """The root-mean-square error of each network in 8-bit integers, over the outputs' own."""
    x = np.random.default_rng(0).normal(scale=2, size=(256, 16)).astype("float32")
    model = networks(make)
    converted = lite(model, x, examples=x[:128])
    errors = {}
    for kind, expected, obtained in zip(KINDS, model(x), converted, strict=True):
        off = obtained - expected
        errors[kind] = float(np.sqrt(np.mean(off**2) / np.mean(np.square(expected))))
    return errors


@needs_lite
def test_lite_in_8_bit_integers_is_as_good_as_with_keras_own_layers():
    ours = {case.layer.__name__: case.layer for case in CASES}
    ours |= {"LeakyReLU": lambda: LeakyReLU(0.1)}
    errors, own = relative_errors(ours), relative_errors(keras_own())
    # The ranges are measured on some of the data: a hundredth either way is chance.
    worse = {kind for kind in KINDS if errors[kind] > own[kind] + 0.01}
    assert worse == set(), (errors, own)


def instructions(f):
    """What XLA makes of a training step through f: each instruction's type and operation."""
    x, kernel = normal(8, 4), normal(4, 6)

    @tf.function(jit_compile=True)
    def step(x, kernel, bias):
        with tf.GradientTape() as tape:
            tape.watch([kernel, bias])
            loss = tf.reduce_mean(f(tf.matmul(x, kernel) + bias) ** 2)
        return loss, tape.gradient(loss, [kernel, bias])

    text = step.experimental_get_compiler_ir(x, kernel, normal(6))(stage="optimized_hlo")
    return re.findall(r" = (\S+ [\w-]+)\(", text)


def test_compiled_elu_is_its_formula_alone():
    """What helps its quantisation to integers is gone, and so cannot change how training rounds."""

    def formula(x):
        above = x > 0
        below = 1.5 * keras.ops.expm1(keras.ops.where(above, 0.0, x))
        return keras.ops.where(above, x, below)

    expected = instructions(formula)
    assert any("exponential-minus-one" in instruction for instruction in expected)
    assert instructions(lambda x: elu(x, 1.5)) == expected
