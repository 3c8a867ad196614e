"""The arithmetic of costs, with layers that move a clock, and what is timed."""

import functools

import keras
import numpy as np
import pytest
import tensorflow as tf

import custom_layers
from reproductions.training import cost, timing
from reproductions.training.parallel import workers


class Clock:
    """A clock that moves only when a layer works."""

    def __init__(self):
        self.now = 0.0

    def __call__(self):
        return self.now


@pytest.fixture
def clock(monkeypatch):
    clock = Clock()
    monkeypatch.setattr(cost, "timed", functools.partial(timing.timed, clock=clock))
    return clock


@pytest.fixture
def layers(clock):
    """Three layers that take so many nanoseconds per element, and twice as many in bfloat16."""

    def maker(nanoseconds):
        class Works(keras.Layer):
            def call(self, inputs):
                if None not in inputs.shape:  # as where Keras asks for the output's shape
                    cost_ns = nanoseconds * (2 if inputs.dtype == "bfloat16" else 1)
                    clock.now += 1e-9 * cost_ns * np.prod(inputs.shape)
                return inputs * 1

        return Works

    return {"nothing": maker(1), "reference": maker(2), "slow": maker(6)}


def test_times_per_element_and_ratios_are_those_of_the_clock(layers, clock, monkeypatch):
    def copy(size, parts, pool):
        def call():
            clock.now += size * 1e-9 / parts  # one byte per nanosecond on each core

        return call

    monkeypatch.setattr(cost, "_copy", copy)
    monkeypatch.setattr(cost.os, "cpu_count", lambda: 4)
    rows, copies = cost.element_times(
        layers, "reference", ("eager",), ("float32", "bfloat16"), (64, 640), rounds=6, at_least_s=0
    )
    keys = ["mode", "dtype", "elements", "work", "function"]
    assert not rows.duplicated(keys).any()
    assert len(rows) == 2 * 2 * 2 * 3
    factor = np.where(rows["dtype"] == "bfloat16", 2, 1)
    cost_ns = rows["function"].map({"nothing": 1, "reference": 2, "slow": 6})
    for end in ("", "_low", "_high"):
        np.testing.assert_allclose(rows[f"time_ns{end}"], cost_ns * factor)
        np.testing.assert_allclose(rows[f"ratio{end}"], cost_ns / 2)
    assert copies["elements"].tolist() == [64, 640] * 2
    np.testing.assert_allclose(copies["time_ns"], [1, 1, 0.5, 0.5])  # 4 bytes on 4 cores, 2 bytes
    np.testing.assert_allclose(copies["gb_per_s"], 2 * 4)


def test_times_and_shares_of_a_step_are_those_of_the_clock(layers, clock, monkeypatch):
    rows = cost.step_times(
        layers, "reference", "nothing", (4, 8), ("eager",), 3, batch=10, rounds=6, at_least_s=0
    )
    cost_ns = rows["function"].map({"nothing": 1, "reference": 2, "slow": 6})
    for end in ("", "_low", "_high"):
        np.testing.assert_allclose(rows[f"step_us{end}"], cost_ns * rows["width"] * 10 * 3 / 1000)
        np.testing.assert_allclose(rows[f"ratio{end}"], cost_ns / 2)
        np.testing.assert_allclose(rows[f"share{end}"], 1 - 1 / cost_ns)


def test_what_calls_give_is_not_kept_while_all_are_compiled():
    class Output:
        there = most = 0

        def __init__(self):
            Output.there += 1
            Output.most = max(Output.most, Output.there)

        def __del__(self):
            Output.there -= 1

    cost._measure([Output] * 50, [50], 6, 0.0, "outputs")
    with workers() as executor:
        at_once = executor._max_workers
    assert Output.most <= at_once + 1
    assert Output.there == 0


def test_a_size_that_softmax_cannot_take_is_refused():
    with pytest.raises(ValueError, match=r"multiples of 64\. Received: \(100,\)"):
        cost.element_times({"relu": custom_layers.ReLU}, "relu", sizes=(100,))


@pytest.mark.parametrize("dtype", ["float32", "bfloat16"])
@pytest.mark.parametrize("mode", cost.MODES)
def test_what_is_timed_is_the_function_and_its_gradient(mode, dtype):
    values = np.linspace(-2, 2, 128, dtype="float32").reshape(2, 64)
    x, upstream = tf.cast(values, dtype), tf.cast(values + 5, dtype)
    layer = custom_layers.Sigmoid(dtype=dtype)
    y = cost._pass(layer, mode, "forward", x, upstream)()
    again, gradient = cost._pass(layer, mode, "gradient", x, upstream)()
    assert y.dtype == gradient.dtype == dtype
    x, upstream = (tf.cast(tensor, "float64").numpy() for tensor in (x, upstream))
    sigmoid = 1 / (1 + np.exp(-x))
    tolerance = {"float32": 1e-5, "bfloat16": 4e-2}[dtype]
    for obtained, expected in (
        (y, sigmoid),
        (again, sigmoid),
        (gradient, sigmoid * (1 - sigmoid) * upstream),
    ):
        np.testing.assert_allclose(tf.cast(obtained, "float64"), expected, rtol=tolerance)


@pytest.mark.parametrize("parts", [1, 3])
def test_a_copy_copies_every_byte_once(parts, monkeypatch):
    copied = []
    monkeypatch.setattr(np, "copyto", lambda *arrays: copied.append([len(a) for a in arrays]))
    with workers(parts) as pool:
        cost._copy(1000, parts, pool)()
    assert len(copied) == parts
    np.testing.assert_array_equal(np.sum(copied, axis=0), [1000, 1000])


def test_a_step_goes_down_the_gradient(monkeypatch):
    """All weights move, but so little that all steps do the same work."""
    made = []
    plain = keras.Sequential

    def sequential(layers):
        made.append(plain(layers))
        return made[-1]

    monkeypatch.setattr(keras, "Sequential", sequential)
    step = cost._step(custom_layers.Tanh, "graph", width=4, depth=2, batch=8)
    (model,) = made
    assert [type(layer).__name__ for layer in model.layers] == ["Dense", "Tanh"] * 2
    before = model.get_weights()
    step()
    for weights, later in zip(before, model.get_weights(), strict=True):
        assert 0 < np.abs(weights - later).max() < 1e-5
