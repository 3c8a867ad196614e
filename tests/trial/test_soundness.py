"""Functions and layers that are sound, and some that are wrong in one way each."""

import math
import re

import numpy as np
import pytest

from reproductions.trial import soundness
from reproductions.trial.candidate import UnsoundError, as_factory


def findings(given):
    """The findings on one function, by quantity; the battery itself is not run."""
    try:
        rows = soundness.check(as_factory(given))
    except UnsoundError as error:
        return {"usable": str(error)}
    return {row["quantity"]: row["finding"] for row in rows if row["verdict"] == soundness.FINDING}


def scaled():
    """A layer with an argument that its config holds, and a factor that it does not."""
    import keras

    class Scaled(keras.Layer):
        def __init__(self, size=2.0, **options):
            super().__init__(**options)
            self.size, self.factor = size, 1.0

        def call(self, x):
            return self.size * self.factor * keras.ops.tanh(x)

        def get_config(self):
            return {**super().get_config(), "size": self.size}

    return Scaled


def named():
    """A layer whose class gives it its name, and whose argument it is."""
    import keras

    class Named(keras.Layer):
        def __init__(self, name="same", dtype=None):
            super().__init__(name=name, dtype=dtype)

        def call(self, x):
            return keras.ops.tanh(x)

        def get_config(self):
            return {"name": self.name}

    return Named


def good_functions():
    """Whatever a trial takes: functions, layers, classes, and what makes layers."""
    import keras

    import custom_layers

    def snake(x):
        return x + keras.ops.sin(x) ** 2

    class Mish(keras.Layer):
        def __init__(self, **options):
            super().__init__(**options)
            self.inner = keras.layers.Activation("softplus")

        def call(self, x):
            return x * keras.ops.tanh(self.inner(x))

    def optional(x=None):
        return keras.ops.tanh(x)

    def either(x=None):
        if x is None:
            raise ValueError("no x")
        return keras.ops.tanh(x)

    def steep(size=4.0):
        return scaled()(size)

    one, many = scaled()(5.0), scaled()
    return {
        "function": snake,
        "function of Keras": keras.activations.relu,
        "function with a default": optional,
        "function that raises without x": either,
        "function of any arguments": lambda *x: keras.ops.tanh(x[0]),
        "layer": scaled()(3.0),
        "layer of Keras": keras.layers.LeakyReLU(negative_slope=0.3),
        "layer that has a name": named()(),
        "class": many,
        "class of one name": named(),
        "class with a layer in it": Mish,
        "layer with a layer in it": Mish(),
        "class of the project": custom_layers.Swish,
        "what makes a layer": lambda: many(4.0),
        "what makes a layer, with a default": steep,
        "what makes layers of one name": lambda: many(name="one"),
        "what gives the same layer": lambda: one,
    }


@pytest.mark.parametrize("name", list(good_functions()))
def test_sound_functions_have_no_findings(name):
    import keras

    given = good_functions()[name]
    assert findings(given) == {}
    # A network needs two of them or more, and no two layers of a network have one name.
    factory = as_factory(given)
    layers = [factory(dtype="float32") for _ in range(3)]
    keras.Sequential([keras.Input((2,)), *layers])


def test_layers_keep_their_arguments_and_get_their_dtype():
    x = np.float32([0.5])
    layer_class = scaled()
    made = layer_class(3.0)
    assert as_factory(made)(dtype="float32")(x).numpy() == pytest.approx(3 * np.tanh(0.5))
    assert as_factory(lambda: layer_class(4.0))(dtype="float64")(x).dtype == "float64"
    before = made.dtype
    as_factory(made)(dtype="float64")
    assert made.dtype == before == "float32"


def bad_functions():
    """A function, or what is not one, and what its first finding must say."""
    import keras
    import tensorflow as tf

    class Stateful(keras.Layer):
        def build(self, shape):
            self.slope = self.add_weight(shape=(), name="slope")

        def call(self, x):
            return self.slope * x

    @tf.custom_gradient
    def wrong_gradient(x):
        return x**2, lambda above: above * 3 * x

    def needs_values(x):
        return x if float(tf.reduce_max(x)) > 1e9 else tf.tanh(x)

    rng = np.random.Generator(np.random.Philox(1))

    class Trained(keras.Layer):
        def call(self, x, training=False):
            return 2 * tf.tanh(x) if training else tf.tanh(x)

    class NoConfig(Trained):
        def get_config(self):
            raise RuntimeError("no config")

    class OtherConfig(Trained):
        def get_config(self):
            return {"bogus": 1}

    class Single(Trained):
        @classmethod
        def from_config(cls, config):
            return single

    single = Single()

    def around_itself(x):
        error = ValueError("Exception encountered when calling itself")
        error.__context__ = error
        raise error

    stated = scaled()(3.0)
    stated.factor = 7.0

    @tf.custom_gradient
    def slope_of(x, slope):
        return x, lambda above: (above * slope, None)

    class Sloped(keras.Layer):
        slope = 1.0

        def call(self, x):
            return slope_of(x, tf.constant(self.slope, x.dtype))

    sloped = Sloped()
    sloped.slope = 2.0

    class Stepped(keras.Layer):
        at = 0.302

        def call(self, x):
            return x + tf.cast(x > self.at, x.dtype)

    stepped = Stepped()
    stepped.at = 0.308
    sizes = iter(range(1, 100))
    size = None

    def drifting(x):
        nonlocal size
        if size is None:  # not before: tests are collected without TensorFlow's threads
            with tf.init_scope():
                size = tf.Variable(1.0)
        return x * tf.cast(size.assign_add(1e-3), x.dtype)

    instead = r"; use keras\.ops or tensorflow"

    @tf.custom_gradient
    def wrong_when_compiled(x):
        # XLA's programs are traced, so this tells the two ways apart; real ones differ in XLA.
        factor = 1.0 if tf.executing_eagerly() else 2.0
        return tf.tanh(x), lambda above: above * factor * (1 - tf.tanh(x) ** 2)

    return {
        "state": (
            stated,
            r"made again from its config, it is another layer: at x = -?1 the value is"
            r" (-15\.99\d*, then -2\.28|15\.99\d*, then 2\.28)",
        ),
        "state of the gradient": (
            sloped,
            r"made again from its config, .* at x = -?1 the gradient is 2, then 1",
        ),
        "state of few inputs": (stepped, r"at x = 0\.30[2-7]\d* the value is 0\.30.*, then 1\.30"),
        "no config": (
            NoConfig(),
            r"get_config raises \(give a function .*\): RuntimeError: no config$",
        ),
        "config of another": (
            OtherConfig(),
            r"cannot be made from its config .*: ValueError: Unrec",
        ),
        "the same from its config": (single, r"its from_config makes no new layer"),
        "error around itself": (around_itself, r"ValueError: Exception encountered when call"),
        "long error": (
            lambda x: _raise(ValueError("so. " * 1_000)),
            r"^it raises on float32 of shape \(3,\): ValueError: (so\. ){39}s\.\.\.$",
        ),
        "unlike layers": (
            lambda: scaled()(float(next(sizes))),
            r"it makes layers that are not alike: at x = -?1 the value is",
        ),
        "training": (Trained, r"another value in training, at x = -3"),
        "drift": (drifting, r"another value the second time"),
        "list": (lambda x: [x], r"gives a value of type list on float32.*, not a tensor"),
        "layer of x": (lambda x: scaled()(2.0), r"gives a value of type Scaled on float32"),
        "makes nonsense": (
            lambda: 3,
            r"called without arguments it gives a value of type int, not a layer",
        ),
        "makes an error": (lambda: 1 / 0, r"called without arguments it raises: ZeroDivisionError"),
        "complex": (lambda x: tf.complex(x, x), r"gives complex(64|128) on float"),
        "integer": (lambda x: tf.cast(x, "int32"), r"gives int32 on float32"),
        "NumPy's tanh": (np.tanh, r"gives a NumPy array on float32.*" + instead),
        "NumPy inside": (lambda x: x * np.tanh(x), r"cannot be traced.*NotImpl.*" + instead),
        "math": (lambda x: x * math.tanh(x), r"raises on float32.*TypeError.*" + instead),
        "if": (lambda x: x if x > 0 else 0 * x, r"truth value.*; use keras\.ops\.where"),
        "if on one": (
            lambda x: tf.tanh(x) if tf.reduce_sum(x) > 1e9 else tf.sin(x),
            r"cannot be traced.*; use keras\.ops\.where",
        ),
        "mute error": (
            lambda x: _raise(MuteError()),
            r"raises on float32.*MuteError: it says noth",
        ),
        "gradient at 0 compiled": (
            lambda x: tf.sign(x) * tf.sqrt(tf.abs(x)),
            r"^\d+ of \d+ inputs: nan at x = 0 compiled by XLA",
        ),
        "gradient elsewhere compiled": (
            wrong_when_compiled,
            r"traced, as its gradient it gives \S+ at x = \S+, else",
        ),
        "number": (3, r"neither a function nor a layer.* int"),
        "none": (lambda x: None, r"gives None on float32 of shape \(3,\), not a tensor"),
        "sum": (lambda x: tf.reduce_sum(x), r"gives shape \(\) on float32 of shape \(3,\)"),
        "half": (lambda x: tf.cast(x, "float16"), r"gives float16 on float32 of shape \(3,\)"),
        "one dtype": (
            lambda x: tf.cast(tf.tanh(x), "float32"),
            r"gives float32 on float64 of shape \(3,\)",
        ),
        "raises": (lambda x: 1 / 0, r"raises on float32 of shape \(3,\): ZeroDivisionError"),
        "sorted": (
            lambda x: tf.sort(x),
            r"not act on each element alone: at x = \S+ it gives \S+ alone",
        ),
        "other in float64": (
            lambda x: tf.tanh(x) * (2 if x.dtype == tf.float64 else 1),
            r"in float64 it gives -1\.999\d* at x = -5, else -0\.999",
        ),
        "hole": (lambda x: tf.where(tf.abs(x - 0.7) < 0.01, x * math.nan, x), r"nan at x = 0\.7\d"),
        "pole": (lambda x: 1 / x, r"inf at x = 0"),
        "softmax": (lambda x: tf.nn.softmax(x), r"not act on each element alone: at x = -3"),
        "random": (
            lambda x: x * tf.constant(rng.normal(), x.dtype),
            r"another value the second time, at x = -3",
        ),
        "weights": (Stateful, r"weights or state.*slope"),
        "round": (tf.round, r"not differentiable: no gradient on float32 of shape \(101,\)"),
        "stairs": (
            lambda x: tf.stop_gradient(x) + 0 * x,
            r"gradient is 0 at every x from -5 to 5",
        ),
        "untraceable": (needs_values, r"cannot be traced on float32 of shape \(2, 3, 8\)"),
        "log": (tf.math.log, r"inputs: nan at x = -1"),
        "overflow": (lambda x: tf.exp(x) / (1 + tf.exp(x)), r"nan at x = 89"),
        "root": (lambda x: tf.sqrt(tf.abs(x)), r"(inf|nan) at x = 0"),
        "wrong gradient": (wrong_gradient, r"gradient \S+, differences \S+"),
        "two inputs": (lambda x, y: x + y, r"raises on float32.*TypeError"),
        "class": (type("Plain", (), {}), r"gives a value of type Plain, not a layer"),
    }


@pytest.mark.parametrize("name", list(bad_functions()))
def test_what_is_wrong_is_a_finding_with_its_input(name):
    given, said = bad_functions()[name]
    found = findings(given)
    assert found, name
    assert re.search(said, " | ".join(found.values())), found
    assert all("\n" not in line and "Traceback" not in line for line in found.values())


class MuteError(Exception):
    def __str__(self):
        raise RuntimeError("no words")


class Leaves(BaseException):
    """Neither an `Exception` nor one of Python's own."""


def _raise(error):
    raise error


def leaving(error):
    """Functions and layers that leave by an error that no `except Exception` sees, and where."""
    import keras
    import tensorflow as tf

    calls = []

    def second(x):
        calls.append(x)
        return _raise(error) if len(calls) > 6 else tf.tanh(x)

    @tf.custom_gradient
    def backwards(x):
        return tf.tanh(x), lambda above: _raise(error)

    def makes(x=None):
        return _raise(error)

    class Init(keras.Layer):
        def __init__(self, **options):
            _raise(error)

    class Config(keras.Layer):
        def call(self, x):
            return tf.tanh(x)

        def get_config(self):
            _raise(error)

    return {
        "at once": lambda x: _raise(error),
        "the seventh time": second,
        "in its gradient": backwards,
        "when traced": lambda x: tf.tanh(x) if tf.executing_eagerly() else _raise(error),
        "with or without x": makes,
        "where a layer is made": lambda: _raise(error),
        "in a layer's __init__": Init,
        "in get_config": Config(),
    }


@pytest.mark.parametrize("error", [SystemExit(0), Leaves("away")])
@pytest.mark.parametrize("where", list(leaving(None)))
def test_a_function_that_leaves_is_a_finding(where, error):
    (said,) = findings(leaving(error)[where]).values()
    assert type(error).__name__ in said


def test_ctrl_c_is_no_finding():
    with pytest.raises(KeyboardInterrupt):
        findings(leaving(KeyboardInterrupt())["at once"])


def test_differences_are_trusted_no_further_than_they_are_good():
    """Near the tangent's poles they are wrong in the fifth digit, its gradient is not."""
    import tensorflow as tf

    assert findings(tf.tan) == {}


def test_a_kink_and_a_jump_are_no_wrong_gradient():
    import tensorflow as tf

    assert findings(lambda x: tf.maximum(x, tf.constant(0.3, x.dtype))) == {}
    assert findings(lambda x: x + tf.where(x > 0.3, tf.ones_like(x), tf.zeros_like(x))) == {}
