"""What a trial says of a candidate, word for word, and which inputs it looks at first."""

import math
import sys

import numpy as np
import pytest

from reproductions.evidence.errors import InputError
from reproductions.trial import candidate, soundness
from reproductions.trial.candidate import UnsoundError


def said(what, error):
    """What `blamed` makes of an error."""
    with pytest.raises(UnsoundError) as blamed, candidate.blamed(what):
        raise error
    assert blamed.value.__cause__ is error
    return str(blamed.value)


def around(error, *texts, kind=ValueError):
    """An error with others around it, each raised while the one before was handled."""
    for text in texts:
        outer = kind(text)
        outer.__context__ = error
        error = outer
    return error


def test_what_the_code_raises_is_said_with_what_it_was_asked_for():
    assert said("it raises", ValueError("no x.")) == "it raises: ValueError: no x"
    assert said("it raises", ValueError("no X.")) == "it raises: ValueError: no X"
    assert said("it raises", KeyError("x")) == "it raises: KeyError: 'x'"
    assert said("it", ValueError("a" * 200)) == f"it: ValueError: {'a' * 157}..."
    assert said("it", ValueError("a" * 160)) == f"it: ValueError: {'a' * 160}"
    assert said("it", ValueError("a..." * 9)) == f"it: ValueError: {'a...' * 9}"
    assert said("it", SystemExit()) == "it: SystemExit: SystemExit()"


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("Cannot convert a symbolic tensor to a numpy array.",
         "NumPy cannot compute on it; use keras.ops or tensorflow"),
        ("only length-1 arrays can be converted to Python scalars",
         "Python's math takes one number; use keras.ops or tensorflow"),
        ("Using a symbolic tensor as a Python `bool` is not allowed",
         "Python's `if` takes one truth value; use keras.ops.where"),
        ("Iterating over a symbolic tensor",
         "a loop over a tensor cannot be compiled; use keras.ops"),
        ("The truth value of an array is ambiguous",
         "Python's `if` takes one truth value; use keras.ops.where"),
    ],
)  # fmt: skip
def test_what_libraries_say_is_followed_by_what_it_means(text, hint):
    assert said("it raises", TypeError(text)) == f"it raises: TypeError: {text.rstrip('.')}; {hint}"
    both = f"{text}; the truth value of an array"
    assert said("it", TypeError(both)).count("; use ") + ("loop" in hint) <= 2
    far = f"{'x' * 500} {text}"
    assert said("it", TypeError(far)) == f"it: TypeError: {'x' * 157}...; {hint}"


def test_one_hint_is_enough():
    text = "to a numpy array, as a Python `bool`"
    assert said("it", ValueError(text)).endswith(
        "bool`; NumPy cannot compute on it; use keras.ops or tensorflow"
    )


def test_an_error_of_keras_around_the_own_one_is_taken_away():
    begins = ("Exception encountered when calling", "Could not automatically infer",
              "Error when deserializing")  # fmt: skip
    wrapped = [f"{text} a layer" for text in begins]
    own = KeyError("mine")
    assert said("it", around(own, *wrapped)) == "it: KeyError: 'mine'"
    assert said("it", around(own, *wrapped[:1] * 10)) == "it: KeyError: 'mine'"
    assert said("it", around(own, *wrapped[:1] * 11)).startswith("it: ValueError: Exception enc")
    assert said("it", around(own, "of another kind")) == "it: ValueError: of another kind"
    assert said("it", ValueError(wrapped[0])) == f"it: ValueError: {wrapped[0]}"


def test_a_finding_stays_as_it_is_and_ctrl_c_goes_through():
    for error in (UnsoundError("as it is"), KeyboardInterrupt("now")):
        with pytest.raises(type(error)) as seen, candidate.blamed("it raises"):
            raise error
        assert seen.value is error

    class Pressed(KeyboardInterrupt):
        """One of the user's own."""

    assert said("it raises", Pressed("x")) == "it raises: Pressed: x"


class Mute:
    def __str__(self):
        raise RuntimeError


def test_what_a_thing_says_of_itself_is_short_and_on_one_line():
    assert candidate.short("one\n\n  two \nthree") == "one two"
    assert candidate.short("\n \n") == repr("\n \n")
    assert candidate.short("a\x1b[2Jb") == "a\\x1b[2Jb"
    assert candidate.short(Mute()) == "it says nothing of itself"
    assert candidate.short("abcdef", 6) == "abcdef"
    assert candidate.short("abcdefg", 6) == "abc..."
    assert len(candidate.short("x" * 161)) == 160
    assert (candidate.kind(None), candidate.kind([1])) == ("None", "a value of type list")


@pytest.fixture
def here(tmp_path, monkeypatch):
    """An empty folder that Python looks into first."""
    monkeypatch.chdir(tmp_path)
    before = set(sys.modules)
    monkeypatch.setattr(sys, "path", list(sys.path))
    yield tmp_path
    for name in set(sys.modules) - before:
        if str(tmp_path) in str(getattr(sys.modules[name], "__file__", "")):
            del sys.modules[name]


def refused(target):
    with pytest.raises(InputError) as error:
        candidate.find(target)
    text, _, received = str(error.value).rpartition(" Received: ")
    assert received == target
    return text


def test_what_is_no_module_and_name_is_refused(here):
    takes = "a trial takes MODULE:NAME, "
    for target, hint in {
        "acts": "as in my_funcs:snake.",
        "acts:": "as in my_funcs:snake.",
        ":f": "as in my_funcs:snake.",
        "a b:f": "as in my_funcs:snake.",
        "a:f g": "as in my_funcs:snake.",
        "../acts.py:f": "as in my_funcs:snake.",
        "acts.py:": "without .py: write acts:NAME.",
        "in/acts.py:f": "without .py: write in.acts:f.",
    }.items():
        assert refused(target) == takes + hint, target


def test_a_module_that_is_not_there_is_said_with_the_nearest_file(here):
    (here / "spirals.py").write_text("import no_such\n")
    (here / "notes.txt").write_text("")
    cannot = "cannot be imported: ModuleNotFoundError: No module named"
    assert refused("spirale:f") == f"spirale {cannot} 'spirale'; did you mean spirals?"
    assert refused("quite_other:f") == f"quite_other {cannot} 'quite_other'."
    assert refused("notes:f") == f"notes {cannot} 'notes'."
    assert refused("spirals:f") == f"spirals {cannot} 'no_such'."
    assert refused("spiral.parts:f") == f"spiral.parts {cannot} 'spiral'; did you mean spirals?"
    (here / "plain.py").write_text("")
    said = f"plain.py {cannot} 'plain.py'"
    assert refused("plain.py:f").startswith(said)
    assert refused("plain.py:f").endswith("; without .py: write plain:f.")
    (here / "odd.py").write_text("raise RuntimeError('no such day')\n")
    assert refused("odd:f") == "odd cannot be imported: RuntimeError: no such day."


def test_a_name_that_is_not_there_is_said_with_the_nearest_function(here):
    (here / "some_acts.py").write_text("def snake(x): return x\nsnail = 1\nsnakes = None\n")
    assert refused("some_acts:snale") == "some_acts has no snale; did you mean snake?"
    assert refused("some_acts:other") == "some_acts has no other."
    assert candidate.find("some_acts:snail") == 1
    assert sys.path[0] == str(here)
    candidate.find("some_acts:snake")
    assert sys.path.count(str(here)) == 1
    (here / "leaving.py").write_text("def __getattr__(name): raise SystemExit(3)\n")
    assert refused("leaving:f") == "leaving does not give f: SystemExit: 3."


def test_the_name_of_a_module_that_is_loaded_already_is_refused(here):
    (here / "math.py").write_text("def sin(x): return x\n")
    assert refused("math:sin") == (
        "math is the name of another module, which Python loads in its place; rename math.py."
    )
    (here / "math.py").unlink()
    assert candidate.find("math:sin") is math.sin
    (here / "sys.py").write_text("def exit(x): return x\n")
    assert refused("sys:exit").endswith("; rename sys.py.")
    (here / "linked.py").write_text("def sin(x): return x\n")
    (here / "link.py").symlink_to(here / "linked.py")
    assert candidate.find("link:sin")(3) == 3


def test_the_nearest_name_is_offered_if_there_is_any():
    assert candidate.nearest("sine", ["sin", "cosine", "sines"]) == "; did you mean sines?"
    assert candidate.nearest("quite", ["sin"]) == candidate.nearest("sin", []) == "."


def test_whether_a_function_takes_its_arguments_is_read_from_its_signature():
    assert candidate._accepts(lambda: 0)
    assert not candidate._accepts(lambda x: 0)
    assert candidate._accepts(lambda x=1: 0)
    assert candidate._accepts(lambda x=1: 0, 2)
    assert not candidate._accepts(lambda: 0, 2)

    def strange():
        return 0

    strange.__signature__ = "none that Python knows"
    assert not candidate._accepts(strange)


def test_the_inputs_are_over_the_range_of_floats_and_dense_around_0():
    probes, inputs = candidate.PROBES, candidate.INPUTS
    assert probes[0] == probes[1] == 0
    assert np.signbit(probes[:2]).tolist() == [False, True]
    sizes = np.array(candidate.SIZES)
    assert probes[2::2].tolist() == (-sizes).tolist()
    assert probes[3::2].tolist() == sizes.tolist()
    assert (sizes < candidate.TINY).tolist() == [True] * 4 + [False] * 19
    assert candidate.TINY == 2.0**-126
    assert (np.diff(sizes) > 0).all()
    one = np.float32(1)
    saturates = [size for size in sizes if one + np.exp(-np.float32(size)) == one]
    with np.errstate(over="ignore"):
        overflows = [size for size in sizes if np.isinf(np.exp(np.float32(size)))]
    assert (saturates[0], overflows[0]) == (17, 89)  # the first whole numbers of the kind
    assert inputs.dtype == "float32"
    assert len(inputs) == len(probes) + 4_000
    dense = inputs[len(probes) :]
    assert dense[[0, 2_000, -1]].tolist() == pytest.approx([-9.9975, 0.0025, 9.9975])
    assert np.diff(dense) == pytest.approx(np.full(3_999, 0.005), abs=1e-6)
    assert not np.isin(dense, np.round(dense, 2).astype("float32")).any()
    assert inputs[: len(probes)].tolist() == probes.astype("float32").tolist()


def test_a_reader_is_shown_round_inputs_first_from_1_outwards():
    x = np.float32([0.0, 0.7325, 1e8, -1.0025, 3.0, 0.5, -1.0, 1e-3])
    order = candidate.most_ordinary(x)
    assert x[order].tolist() == np.float32([-1, 0.5, 3, 1e-3, 1e8, 0, -1.0025, 0.7325]).tolist()


def test_two_numbers_are_alike_up_to_rounding():
    one, nan = 1.0, np.nan
    alike = candidate._alike(np.array([one, one, nan, 0, nan]), np.array([1 + 9e-7, 1 + 2e-6,
                             nan, 1e-12, one]))  # fmt: skip
    assert alike.tolist() == [True, False, True, False, False]


def test_what_is_no_function_is_refused():
    with pytest.raises(UnsoundError) as error:
        candidate.as_factory(3.5)
    assert str(error.value) == "neither a function nor a layer, but of type float"


# Soundness, without a function


def test_a_row_of_what_is_sound_has_no_interval():
    row = soundness.row("state", "ok", value=0.5)
    assert list(row) == ["check", "quantity", "value", "low", "high", "verdict", "finding"]
    assert (row["check"], row["quantity"], row["value"]) == ("soundness", "state", 0.5)
    assert (row["verdict"], row["finding"]) == ("ok", "")
    assert np.isnan([row["low"], row["high"], soundness.row("a", "note", "b")["value"]]).all()
    assert soundness.row("a", "note", "b")["finding"] == "b"


def test_the_first_three_inputs_that_went_wrong_are_listed():
    x = np.float32([0.1234, 1, 2, 3, 0.5])
    fine = {"plain": np.zeros(5, bool), "compiled by XLA": np.zeros(5, bool)}
    values = {"plain": x * 2, "compiled by XLA": x * 4}
    row = soundness._listed("finite values", x, values, fine)
    assert (row["quantity"], row["verdict"], row["value"]) == ("finite values", "ok", 1.0)
    bad = {"plain": x == 3, "compiled by XLA": x > 0.4}
    row = soundness._listed("finite values", x, values, bad)
    assert (row["verdict"], row["value"]) == ("finding", pytest.approx(0.2))
    assert row["finding"] == (
        "4 of 5 inputs: 4 at x = 1 compiled by XLA, 2 at x = 0.5 compiled by XLA, 6 at x = 3"
    )


def test_values_that_another_way_does_not_give_are_refused():
    x, expected = np.arange(4.0), np.array([0.0, 1.0, 2.0, np.nan])
    soundness._refuse_other("traced", x, expected, expected * (1 + 9e-4) + 9e-6)
    for wrong, text in (
        (np.array([0, 1, 2.01, np.nan]), "traced it gives 2.01 at x = 2, else 2"),
        (np.array([2e-5, 1, 2.01, np.nan]), "traced it gives 2e-05 at x = 0, else 0"),
        (np.array([0, 1, 2, 5.0]), "traced it gives 5 at x = 3, else nan"),
    ):
        with pytest.raises(UnsoundError) as error:
            soundness._refuse_other("traced", x, expected, wrong)
        assert str(error.value) == text


# Layers, and what makes them


def test_a_class_that_cannot_be_made_without_arguments_is_refused():
    import keras

    class Needs(keras.Layer):
        def __init__(self, size):
            super().__init__()

    class Raises(keras.Layer):
        def __init__(self, size=None):
            raise ValueError("no size")

    begins = "called without arguments it raises: "
    for given, why in ((Needs, "TypeError: "), (Raises, "ValueError: no size")):
        with pytest.raises(UnsoundError, match=f"^{begins}{why}"):
            candidate.as_factory(given)


def test_what_makes_no_layer_at_last_is_a_finding():
    import keras

    made = []

    def make():
        made.append(keras.layers.Activation("tanh"))
        if len(made) > 2:
            raise ValueError("no more")
        return made[-1]

    factory = candidate.as_factory(make)
    with pytest.raises(UnsoundError, match=r"^it cannot be made: ValueError: no more$"):
        factory(dtype="float32")


def test_a_layer_is_made_again_in_the_dtype_with_what_is_in_it():
    import keras

    class Mish(keras.Layer):
        def __init__(self, dtype=None, **options):
            super().__init__(dtype=dtype, **options)
            self.inner = keras.layers.Activation("softplus", dtype=dtype)

        def call(self, x):
            return x * keras.ops.tanh(keras.ops.cast(self.inner(x), x.dtype))

    given = Mish()
    before = given.dtype_policy.name, keras.config.dtype_policy().name
    for dtype in ("float64", "float32"):
        layer = candidate.as_factory(given)(dtype=dtype)
        policies = (layer, layer.function, layer.function.inner)
        assert [each.dtype_policy.name for each in policies] == [dtype] * 3
        value = layer(np.array([0.5], dtype)).numpy()
        exact = 0.5 * math.tanh(math.log1p(math.exp(0.5)))
        assert value == pytest.approx(exact, rel=1e-14 if dtype == "float64" else 1e-6)
    assert (given.dtype_policy.name, keras.config.dtype_policy().name) == before


def test_layers_are_made_again_from_whatever_config_they_have():
    import keras

    class Bare(keras.Layer):
        def __init__(self):
            super().__init__()

        def call(self, x):
            return keras.ops.tanh(x)

        def get_config(self):
            return {}

    class TakesApart(keras.Layer):
        def __init__(self, options, **others):
            super().__init__(**others)
            self.options = options

        def call(self, x):
            return self.options["size"] * x

        def get_config(self):
            return {**super().get_config(), "options": self.options}

        @classmethod
        def from_config(cls, config):
            config["options"]["size"] = 2 * config["options"].pop("half")
            return cls(**config)

        @classmethod
        def of(cls):
            made = cls({"half": 1.5})
            made.options = {"half": 1.5, "size": 3.0}
            return made

    x = np.float64([0.5])
    assert candidate.as_factory(Bare())(dtype="float64")(x).numpy() == pytest.approx(math.tanh(0.5))
    factory = candidate.as_factory(TakesApart.of())
    for _ in range(2):
        assert factory(dtype="float64")(x).numpy() == pytest.approx(1.5)

    class Same(keras.Layer):
        kept = None

        def call(self, x):
            return x

        @classmethod
        def from_config(cls, config):
            cls.kept = cls.kept or cls()
            return cls.kept

    with pytest.raises(UnsoundError) as error:
        candidate.as_factory(Same())
    instead = "give a function that makes the layer"
    assert str(error.value) == f"its from_config makes no new layer ({instead})"


def test_layers_that_are_not_alike_are_refused_with_the_most_ordinary_input():
    import keras
    import tensorflow as tf

    sizes = iter(range(1, 9))

    def made(function):
        class Layer(keras.Layer):
            def __init__(self):
                super().__init__()
                self.size = next(sizes)

            def call(self, x):
                return self.size * function(x)

        return Layer

    begins = "it makes layers that are not alike: at x ="
    for function, said in ((tf.identity, "-1 the value is -1, then -2"),
                           (tf.round, "-1 the value is -3, then -4"),
                           (tf.nn.relu, "1 the value is 5, then 6")):  # fmt: skip
        with pytest.raises(UnsoundError) as error:
            candidate.as_factory(made(function))
        assert str(error.value) == f"{begins} {said}"


# How values and gradients are computed, with TensorFlow


def test_each_way_to_compute_is_what_it_is_called():
    import tensorflow as tf

    x, calls = np.float32([1, 2, 3]), []

    def counted(z):
        calls.append(tf.executing_eagerly())
        return tf.tanh(z)

    for how, eager in ((soundness.PLAIN, True), (soundness.TRACED, False)):
        value, slope = soundness._passes(candidate.as_factory(counted), x, how)
        assert calls[-1] is eager
        assert value == pytest.approx(np.tanh(x))
        assert slope == pytest.approx(1 - np.tanh(x) ** 2, rel=1e-4)

    @tf.custom_gradient
    def in_python(z):
        return tf.py_function(lambda z: z, [z], z.dtype), lambda above: above

    factory = candidate.as_factory(in_python)
    soundness._passes(factory, x, soundness.TRACED)
    with pytest.raises(UnsoundError) as error:
        soundness._passes(factory, x, soundness.COMPILED)
    at = "on float32 of shape (3,)"
    assert str(error.value).startswith(f"it cannot be compiled by XLA {at}: ")


def test_a_gradient_that_raises_and_a_value_that_is_no_tensor_are_told():
    import tensorflow as tf

    @tf.custom_gradient
    def no_way_back(z):
        def back(above):
            raise ValueError("no way back")

        return tf.identity(z), back

    x, at = np.float32([1, 2, 3]), "on float32 of shape (3,)"
    for function, how, said in (
        (no_way_back, soundness.PLAIN, f"its gradient raises {at}: ValueError: no way back"),
        (lambda z: [z], soundness.PLAIN, f"it gives a value of type list {at}, not a tensor"),
        (tf.round, soundness.TRACED, f"it is not differentiable: no gradient {at}"),
    ):
        with pytest.raises(UnsoundError) as error:
            soundness._passes(candidate.as_factory(function), x, how)
        assert str(error.value) == said
