"""What every layer must do as a Keras layer."""

import json
import os
import subprocess
import sys
from pathlib import Path

import keras
import numpy as np
import pytest
from keras.layers import Dense

import custom_layers
from custom_layers import LeakyReLU, Softmax, leaky_relu

from .cases import CASES
from .gradients import DTYPES

every_case = pytest.mark.parametrize("case", CASES, ids=str)

# Softmax along axis 1 needs a rank of 2 at least.
SHAPES = [(), (7,), (0, 3), (2, 3), (2, 3, 4), (2, 3, 1, 4), (2, 1, 3, 2, 2)]


def normal(shape, seed=0):
    return np.random.default_rng(seed).normal(scale=2, size=shape).astype("float32")


def as_array(tensor):
    return keras.ops.convert_to_numpy(keras.ops.cast(tensor, "float32"))


def takes(case, shape):
    axis = case.arguments.get("axis", -1 if case.layer is custom_layers.Softmax else None)
    return axis is None or -len(shape) <= axis < len(shape)


@every_case
@pytest.mark.parametrize("shape", SHAPES, ids=str)
def test_any_shape(case, shape):
    x = normal(shape)
    if not takes(case, shape):
        with pytest.raises(ValueError, match="axis must be"):
            case.call(x)
        return
    expected = case.value(x.astype("float64"))
    for y in (case.call(x), case.make()(x)):
        assert tuple(y.shape) == shape
        np.testing.assert_allclose(as_array(y), expected, rtol=1e-5, atol=1e-6)


@every_case
@pytest.mark.parametrize("shape", [(None, 3, 4), (None, None, 4), (None, 3, None, 2)], ids=str)
def test_symbolic_input_of_unknown_size(case, shape):
    data = normal((6, 3, 4, 2)[: len(shape)])
    inputs = keras.Input(batch_shape=shape)
    layer = case.make()
    assert layer.compute_output_shape(shape) == shape
    assert layer.compute_output_spec(inputs).shape == shape
    for outputs in (layer(inputs), case.call(inputs)):
        assert outputs.shape == shape
        assert outputs.dtype == "float32"
        model = keras.Model(inputs, outputs)
        np.testing.assert_allclose(as_array(model(data)), as_array(case.call(data)), rtol=1e-5)


@every_case
def test_input_of_unknown_rank(case):
    """As Keras' own elementwise layers take it: the rank is in the data alone."""
    if keras.backend.backend() != "tensorflow":
        pytest.skip("other backends have no tensors of unknown rank")
    import tensorflow as tf

    layer, unknown = case.make(), tf.TensorSpec(None, "float32")
    compute = tf.function(lambda x: (layer(x), case.call(x)), input_signature=[unknown])
    for shape in SHAPES:
        x = normal(shape)
        if takes(case, shape):
            for y in compute(x):
                np.testing.assert_array_equal(y, case.call(x))


@every_case
@pytest.mark.parametrize("dtype", [*DTYPES, "mixed_float16", "mixed_bfloat16"])
def test_output_has_compute_dtype(case, dtype):
    layer = case.make(dtype=dtype)
    expected = dtype.removeprefix("mixed_")
    spec = layer.compute_output_spec(keras.Input((3, 4)))
    assert keras.backend.standardize_dtype(spec.dtype) == expected
    for x in (normal((2, 3, 4)), np.arange(24).reshape(2, 3, 4) - 5, normal((2, 3, 4)) > 0):
        y = layer(x)
        assert keras.backend.standardize_dtype(y.dtype) == expected
        rounded = as_array(keras.ops.cast(x, expected)).astype("float64")
        np.testing.assert_allclose(as_array(y), case.value(rounded), rtol=2e-2, atol=2e-2)


@every_case
@pytest.mark.parametrize("dtype", ["int8", "int32", "int64", "uint8", "bool"])
def test_function_turns_integers_into_floats(case, dtype):
    x = (np.arange(24).reshape(2, 3, 4) % 7 - (0 if dtype in ("uint8", "bool") else 3)).astype(
        dtype
    )
    y = case.call(x)
    assert keras.backend.standardize_dtype(y.dtype) == keras.config.floatx()
    np.testing.assert_allclose(as_array(y), case.value(x.astype("float64")), rtol=1e-5, atol=1e-7)


@every_case
def test_function_takes_lists(case):
    x = [[[-1.0, 2.0], [0.5, 3.0]]]
    np.testing.assert_allclose(as_array(case.call(x)), case.value(np.array(x)), rtol=1e-5)


@every_case
def test_mask_is_passed_through(case):
    x = normal((2, 5, 3))
    x[0, 3:] = x[1, :2] = 0.0
    inputs = keras.Input((None, 3))
    masked = case.make()(keras.layers.Masking()(inputs))
    model = keras.Model(inputs, keras.layers.GlobalAveragePooling1D()(masked))
    full = as_array(case.call(x))
    expected = [full[0, :3].mean(axis=0), full[1, 2:].mean(axis=0)]
    np.testing.assert_allclose(as_array(model(x)), expected, rtol=1e-5, atol=1e-6)


@every_case
def test_config_round_trip(case):
    layer = case.make(name="a_name", dtype="float16")
    config = layer.get_config()
    assert json.loads(json.dumps(config)) == config
    for name, value in case.arguments.items():
        assert config[name] == value
        assert type(config[name]) is type(value)
    copy = type(layer).from_config(config)
    assert copy.get_config() == config
    assert copy.name == "a_name"
    through_keras = keras.layers.deserialize(keras.layers.serialize(layer))
    assert type(through_keras) is case.layer
    assert through_keras.get_config() == config


@every_case
def test_numpy_numbers_are_arguments(case):
    as_numpy = {
        name: np.int64(value) if isinstance(value, int) else np.float64(value)
        for name, value in case.arguments.items()
    }
    config = case.layer(**as_numpy).get_config()
    json.dumps(config)
    assert {name: config[name] for name in case.arguments} == case.arguments
    x = normal((2, 3, 4))
    np.testing.assert_array_equal(as_array(case.function(x, **as_numpy)), as_array(case.call(x)))


@every_case
def test_compiled_training_step(case):
    x, y = normal((8, 3, 4), 1), normal((8, 3, 1), 2)

    def train(**options):
        model = keras.Sequential(
            [
                keras.Input((3, 4)),
                keras.layers.Dense(5, kernel_initializer=keras.initializers.GlorotUniform(1)),
                case.make(),
                keras.layers.Dense(1, kernel_initializer=keras.initializers.GlorotUniform(2)),
            ]
        )
        model.compile(optimizer="sgd", loss="mse", **options)
        loss = model.train_on_batch(x, y)
        return [loss, *model.get_weights()]

    # PyTorch's compiler takes half a minute for each model, and needs a C++ compiler.
    compiles = keras.backend.backend() != "torch"
    steps = train(jit_compile=compiles), train(run_eagerly=True)
    for compiled, eager in zip(*steps, strict=True):
        np.testing.assert_allclose(compiled, eager, rtol=1e-4, atol=1e-6)


FUNCTIONS = {case.function.__name__: case.function for case in CASES if case.layer is not LeakyReLU}
"""Those that need no argument but x: what a layer calls as its activation."""


def activations():
    """What Dense takes as its activation: each function, or a layer with its arguments."""
    return FUNCTIONS | {"LeakyReLU": LeakyReLU(0.2), "Softmax": Softmax(0.5)}


@pytest.mark.parametrize(
    ("call", "needs", "received"),
    [
        (lambda: Dense(8, activation=leaky_relu)(np.ones((2, 3))), "negative_slope", "only x"),
        (lambda: leaky_relu(1.0), "negative_slope", "only x"),
        (lambda: Dense(8, activation=leaky_relu(negative_slope=0.1)), "x", "only negative_slope"),
        (leaky_relu, "x", "nothing"),
    ],
)
def test_a_function_that_needs_an_argument_says_what_to_give_a_layer(call, needs, received):
    said = (
        rf"leaky_relu needs {needs}\. As the activation of a layer such as Dense, give"
        rf" custom_layers\.LeakyReLU\(negative_slope=\.\.\.\) instead\. Received: {received}\b"
    )
    with pytest.raises(TypeError, match=said):
        call()


def test_a_wrong_name_of_an_argument_is_told_as_python_tells_it():
    for call in (lambda: leaky_relu(1.0, slope=0.1), lambda: leaky_relu(slope=0.1)):
        with pytest.raises(TypeError, match=r"unexpected keyword argument 'slope'"):
            call()


def test_keras_does_not_look_at_an_activation_before_the_first_call():
    """Why a function that needs an argument can say so no earlier than that."""
    noticed = []

    class Watched:
        def __getattribute__(self, name):
            noticed.append(name)
            return super().__getattribute__(name)

        def __call__(self, x):
            noticed.append("the call")
            return x

    dense = Dense(8, activation=Watched())
    dense(keras.Input((3,)))
    assert set(noticed) <= {"__class__"}
    dense(np.ones((2, 3)))
    assert "the call" in noticed


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_function_is_registered_with_keras(name):
    assert keras.saving.get_registered_name(FUNCTIONS[name]) == f"custom_layers>{name}"
    config = keras.layers.Dense(8, activation=FUNCTIONS[name]).get_config()
    loaded = keras.layers.Dense.from_config(json.loads(json.dumps(config)))
    assert loaded.activation is FUNCTIONS[name]


def test_saved_model_loads_in_a_fresh_process(tmp_path):
    inputs = keras.Input((3, 4))
    hidden = keras.layers.Dense(5)(inputs)
    outputs = {str(case): case.make()(hidden) for case in CASES}
    for name, activation in activations().items():
        outputs[f"activation {name}"] = keras.layers.Dense(5, activation=activation)(inputs)
    model = keras.Model(inputs, list(outputs.values()))
    x = normal((6, 3, 4))
    model.save(tmp_path / "model.keras")
    np.save(tmp_path / "x.npy", x)
    program = """
import sys
import numpy as np
import keras
import custom_layers
folder = sys.argv[1]
model = keras.saving.load_model(folder + "/model.keras")
outputs = model(np.load(folder + "/x.npy"))
np.savez(folder + "/y.npz", *[keras.ops.convert_to_numpy(y) for y in outputs])
"""
    result = subprocess.run(
        [sys.executable, "-c", program, str(tmp_path)],
        cwd=Path(custom_layers.__file__).parents[1],
        env=os.environ | {"KERAS_BACKEND": keras.backend.backend()},
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 0, result.stderr
    loaded = np.load(tmp_path / "y.npz")
    for name, here, there in zip(outputs, model(x), loaded.values(), strict=True):
        assert keras.ops.convert_to_numpy(here).tobytes() == there.tobytes(), name


def test_softmax_of_many_in_half_precision():
    y = as_array(custom_layers.softmax(np.zeros(70_000, "float16")))
    np.testing.assert_allclose(y, 1 / 70_000, rtol=5e-3)


def test_softmax_sums_in_float32_whatever_keras_takes_for_its_own_float():
    own = keras.config.floatx()
    keras.config.set_floatx("float16")
    try:
        y = as_array(custom_layers.softmax(np.zeros(70_000, "float16")))
    finally:
        keras.config.set_floatx(own)
    np.testing.assert_allclose(y, 1 / 70_000, rtol=5e-3)
