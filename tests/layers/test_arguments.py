"""What is refused, and that the table of cases covers all there is."""

import inspect

import keras
import numpy as np
import pytest

import custom_layers

from .cases import CASES, REFUSED

BAD_VALUES = [
    pytest.param(layer, name, value, id=f"{layer.__name__}-{name}-{index}")
    for layer, name, values in REFUSED
    for index, value in enumerate(values)
]
LAYERS = [name for name in custom_layers.__all__ if inspect.isclass(getattr(custom_layers, name))]


FUNCTIONS = {
    name.replace("_", ""): getattr(custom_layers, name)
    for name in custom_layers.__all__
    if name.islower()
}


def function_of(layer):
    return FUNCTIONS[layer.__name__.lower()]


def arguments_of(layer):
    return [
        parameter
        for parameter in inspect.signature(layer).parameters.values()
        if parameter.kind is not parameter.VAR_KEYWORD
    ]


@pytest.mark.parametrize(("layer", "name", "value"), BAD_VALUES)
def test_bad_arguments_are_refused(layer, name, value):
    x = np.ones((2, 3), "float32")
    for make in (layer, lambda **arguments: function_of(layer)(x, **arguments)):
        with pytest.raises(ValueError, match=f"^{name} must be ") as error:
            make(**{name: value})
        message = str(error.value)
        assert "\n" not in message
        assert f". Received: {name}=" in message
        if np.isscalar(value) and abs(len(repr(value))) < 20:
            assert message.endswith(f"{name}={value!r}")


WHAT = {
    "threshold": "a finite number (of float32)",
    "negative_slope": "a finite number (of float32), 0 or above",
    "alpha": "a finite number (of float32), 0 or above",
    "temperature": "a finite number (of float32) above 0",
    "axis": "an integer",
}


@pytest.mark.parametrize(("layer", "name"), [row[:2] for row in REFUSED])
def test_a_refusal_says_what_must_be_and_what_was_received(layer, name):
    for received, shown in [("wide", "'wide'"), (np.array([[1.0], [2.0]]), "array([[1.], [2.]])")]:
        with pytest.raises(ValueError, match="must be") as error:
            layer(**{name: received})
        assert str(error.value) == f"{name} must be {WHAT[name]}. Received: {name}={shown}"


def test_the_ends_of_float32_are_taken_and_what_lies_beyond_is_not():
    largest, smallest = float(np.finfo("float32").max), float(np.finfo("float32").tiny)
    for sign in (1, -1):
        assert custom_layers.Threshold(sign * largest).threshold == sign * largest
        with pytest.raises(ValueError, match="threshold must be"):
            custom_layers.Threshold(sign * np.nextafter(largest, np.inf))
    assert custom_layers.Softmax(smallest).temperature == smallest
    with pytest.raises(ValueError, match="temperature must be"):
        custom_layers.Softmax(np.nextafter(smallest, 0))
    assert custom_layers.ELU(0).alpha == 0


def test_axis_that_the_input_lacks_is_refused():
    for axis in (2, -3):
        with pytest.raises(ValueError, match=f"axis must be .* Received: axis={axis}$"):
            custom_layers.softmax(np.ones((2, 3)), axis=axis)
        with pytest.raises(ValueError, match="axis must be"):
            custom_layers.Softmax(axis=axis)(keras.Input((3,)))


@pytest.mark.parametrize("case", CASES, ids=str)
def test_only_real_numbers_are_taken(case):
    """A cast would drop the imaginary part without a word."""
    said = "x must hold real numbers. Received: x of dtype complex64"
    for x in (np.ones((2, 3), "complex64"), keras.Input((3,), dtype="complex64")):
        with pytest.raises(ValueError, match=f"^{said}$"):
            case.call(x)
        with pytest.raises(ValueError, match=said):
            case.make()(x)


def test_text_is_refused():
    if keras.backend.backend() != "tensorflow":
        pytest.skip("other backends have no tensors of text")
    with pytest.raises(ValueError, match=r"real numbers\. Received: x of dtype string$"):
        custom_layers.relu(np.array(["1.5"]))


@pytest.mark.parametrize("case", CASES, ids=str)
@pytest.mark.parametrize("dtype", ["complex64", "int32", "uint8", "bool"])
def test_a_layer_computes_in_floats(case, dtype):
    with pytest.raises(ValueError, match=f"^dtype must be .* one. Received: dtype={dtype}$"):
        case.make(dtype=dtype)


def test_negative_slope_has_no_default():
    with pytest.raises(TypeError, match="negative_slope"):
        custom_layers.LeakyReLU()


def test_exports():
    assert len(LAYERS) == 10
    expected = {*LAYERS, *(function_of(getattr(custom_layers, name)).__name__ for name in LAYERS)}
    assert set(custom_layers.__all__) == expected
    assert len(custom_layers.__all__) == 20


@pytest.mark.parametrize("name", LAYERS)
def test_cases_are_complete(name):
    layer = getattr(custom_layers, name)
    cases = [case for case in CASES if case.layer is layer]
    assert cases, f"{name} has no row in cases.py"
    assert all(case.function is function_of(layer) for case in cases)
    refused = {argument for refusing, argument, _ in REFUSED if refusing is layer}
    for argument in arguments_of(layer):
        values = {case.arguments.get(argument.name, argument.default) for case in cases}
        assert values - {argument.default}, f"no row sets {argument.name} of {name}"
        assert argument.name in refused, f"no bad value of {argument.name} of {name}"


@pytest.mark.parametrize("name", LAYERS)
def test_layer_and_function_take_the_same_arguments(name):
    layer = getattr(custom_layers, name)
    of_layer = [(argument.name, argument.default) for argument in arguments_of(layer)]
    x, *of_function = [
        (argument.name, argument.default) for argument in arguments_of(function_of(layer))
    ]
    assert x == ("x", inspect.Parameter.empty)
    assert of_function == of_layer
    assert keras.saving.get_registered_name(layer) == f"custom_layers>{name}"
