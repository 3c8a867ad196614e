"""Trials of functions that are sound, and of functions that are wrong in one way each."""

import re
import sys
import textwrap
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy.special import erf

from reproductions import __main__ as command_line
from reproductions.suite import battery, experiment, trial, xor

EXPECTED = Path(__file__).parents[2] / "results/expected"
SMALL = battery.Setting(
    seeds=32,
    xor_depth=3,
    xor_steps=21,
    flow_depth=4,
    zigzag_limit=50,
    digits_steps=20,
    circles_epochs=1,
    cost_elements=2**10,
    cost_rounds=6,
)


@pytest.fixture
def module(tmp_path, monkeypatch):
    """Writes a module of the user's into the current folder."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", list(sys.path))

    def write(source, name="my_funcs"):
        (tmp_path / f"{name}.py").write_text(textwrap.dedent(source), encoding="utf-8")
        monkeypatch.delitem(sys.modules, name, raising=False)

    yield write
    sys.modules.pop("my_funcs", None)


def findings(given):
    """The findings on one function, by quantity; the battery itself is not run."""
    try:
        rows = trial.sound(trial.as_factory(given))
    except trial.UnsoundError as error:
        return {"usable": str(error)}
    return {row["quantity"]: row["finding"] for row in rows if row["verdict"] == trial.FINDING}


def test_sound_functions_have_no_findings():
    import keras

    import custom_layers

    def snake(x):
        return x + keras.ops.sin(x) ** 2

    class Scaled(keras.Layer):
        def __init__(self, size=2.0, **options):
            super().__init__(**options)
            self.size = size

        def call(self, x):
            return self.size * keras.ops.tanh(x)

        def get_config(self):
            return {**super().get_config(), "size": self.size}

    made = Scaled(3.0)
    for given in (snake, Scaled, made, custom_layers.Swish, lambda: Scaled(4.0), "relu"):
        if given == "relu":
            given = keras.activations.relu
        assert findings(given) == {}
    x = np.float32([0.5])
    assert np.asarray(trial.as_factory(made)(dtype="float32")(x)) == pytest.approx(3 * np.tanh(0.5))
    assert trial.as_factory(lambda: Scaled(4.0))(dtype="float64")(x).dtype == "float64"


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
    return {
        "number": (3, r"neither a function nor a layer.* int"),
        "none": (lambda x: None, r"gives None on float32 of shape \(3,\), not a tensor"),
        "sum": (lambda x: tf.reduce_sum(x), r"gives shape \(\) on float32 of shape \(3,\)"),
        "half": (lambda x: tf.cast(x, "float16"), r"gives float16 on float32 of shape \(3,\)"),
        "one dtype": (
            lambda x: tf.cast(tf.tanh(x), "float32"),
            r"gives float32 on float64 of shape \(3,\)",
        ),
        "raises": (lambda x: 1 / 0, r"raises on float32 of shape \(3,\): ZeroDivisionError"),
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
        "log": (tf.math.log, r"inputs: .*nan at x = -0\.5"),
        "overflow": (lambda x: tf.exp(x) / (1 + tf.exp(x)), r"nan at x = 89"),
        "root": (lambda x: tf.sqrt(tf.abs(x)), r"(inf|nan) at x = 0"),
        "wrong gradient": (wrong_gradient, r"gradient \S+, differences \S+"),
        "two inputs": (lambda x, y: x + y, r"raises on float32.*TypeError"),
        "class": (type("Plain", (), {}), r"gives <.*Plain object.*>, not a layer"),
    }


@pytest.mark.parametrize("name", list(bad_functions()))
def test_what_is_wrong_is_a_finding_with_its_input(name):
    given, said = bad_functions()[name]
    found = findings(given)
    assert found, name
    assert re.search(said, " | ".join(found.values())), found
    assert all("\n" not in line and "Traceback" not in line for line in found.values())


def test_a_kink_and_a_jump_are_no_wrong_gradient():
    import tensorflow as tf

    assert findings(lambda x: tf.maximum(x, tf.constant(0.3, x.dtype))) == {}
    assert findings(lambda x: x + tf.where(x > 0.3, tf.ones_like(x), tf.zeros_like(x))) == {}


@pytest.mark.parametrize(
    ("target", "said"),
    [
        ("my_funcs", "MODULE:NAME"),
        ("my_funcs:", "MODULE:NAME"),
        (":snake", "MODULE:NAME"),
        ("my funcs:snake", "MODULE:NAME"),
        ("../my_funcs:snake", "MODULE:NAME"),
        ("no_such_module:snake", "cannot be imported: ModuleNotFoundError"),
        ("my_funcs:mish", "my_funcs has no mish"),
        ("broken:f", "cannot be imported: ZeroDivisionError"),
        ("leaves:f", "cannot be imported: SystemExit"),
        ("typo:f", "cannot be imported: SyntaxError"),
    ],
)
def test_what_cannot_be_found_is_one_line(module, capsys, target, said):
    module("def snake(x):\n    return x\n")
    module("1 / 0", "broken")
    module("raise SystemExit(0)", "leaves")
    module("def f(x", "typo")
    assert command_line.main(["trial", target, "--expected", str(EXPECTED)]) == 2
    error = capsys.readouterr().err
    assert said in error
    assert error.count("\n") == 1
    assert error.endswith(f"Received: {target}\n")


def test_a_trial_writes_its_scorecard_and_runs_again(module, tmp_path, capsys):
    module("""
        import keras

        def snake(x):
            return x + keras.ops.sin(x) ** 2
    """)
    assert trial.run("my_funcs:snake", EXPECTED, tmp_path / "trials", SMALL) == 0
    printed = capsys.readouterr().out.splitlines()
    assert printed[0] == "this runs the code of my_funcs:snake"
    assert printed[-1].startswith("0 findings; ")
    folder = tmp_path / "trials" / "my_funcs.snake"
    assert sorted(path.name for path in folder.iterdir()) == [
        "index.html",
        "scorecard.csv",
        "scorecard.png",
        "scorecard.svg",
    ]
    card = pd.read_csv(folder / "scorecard.csv")
    own = card[card["function"] == "my_funcs.snake"].set_index(["check", "quantity"])
    assert set(battery.QUANTITIES) <= set(own.index)
    assert len(own) == len(battery.QUANTITIES) + 9  # and what is sound
    others = card[card["function"] != "my_funcs.snake"]
    assert set(others["function"]) == set(experiment.load("battery").spec.functions)
    page = (folder / "index.html").read_text(encoding="utf-8")
    assert "http" not in re.sub(r"http://www\.w3\.org\S*", "", page)
    for check, quantity in battery.QUANTITIES:
        assert f"{check}</td>" in page
        assert quantity.replace("'", "&#39;") in page


def test_an_unusable_function_ends_with_its_finding(module, tmp_path, capsys):
    module("""
        import tensorflow as tf

        def total(x):
            return tf.reduce_sum(x)
    """)
    assert trial.run("my_funcs:total", EXPECTED, tmp_path / "trials", SMALL) == 1
    assert "it gives shape () on float32 of shape (3,)" in capsys.readouterr().out
    card = pd.read_csv(tmp_path / "trials/my_funcs.total/scorecard.csv")
    own = card[card["function"] == "my_funcs.total"]
    assert set(own["verdict"]) == {trial.FINDING, trial.NOT_RUN}


def test_a_check_that_raises_is_a_finding():
    """A function that is sound on all that is probed, and raises deep in a measurement."""
    import tensorflow as tf

    def refuses(x):
        if x.shape.rank == 2 and x.shape[-1] == 5:
            raise ValueError("no five, please")
        return tf.tanh(x)

    rows = trial.score(refuses, SMALL)
    found = rows[rows["verdict"] == trial.FINDING]
    assert "no five, please" in " ".join(found["finding"])
    assert set(found["check"]) >= {"XOR, 10 layers"}
    assert len(rows[rows["verdict"] == trial.MEASURED]) > 5


def test_signal_against_closed_forms():
    from reproductions.suite.gradients import SATURATED

    def rows(name):
        found = battery.signal(lambda dtype: xor.activation(name, dtype=dtype), SMALL)
        return [row["value"] for row in found]

    mean, slope, saturated = rows("relu")
    assert mean == pytest.approx(1 / np.sqrt(2 * np.pi), abs=1e-5)
    assert slope == pytest.approx(np.sqrt(0.5), abs=1e-5)
    assert saturated == pytest.approx(0.5, abs=1e-6)
    mean, slope, saturated = rows("tanh")
    edge = np.arccosh(np.sqrt(1 / SATURATED))
    assert mean == pytest.approx(0, abs=1e-12)
    assert saturated == pytest.approx(1 - erf(edge / np.sqrt(2)), abs=1e-3)
    assert rows("linear")[1:] == [pytest.approx(1), 0]


def test_place_tells_apart_only_what_intervals_do():
    others = pd.DataFrame(
        [("a", 1.0, 0.9, 1.1), ("b", 2.0, 1.9, 2.1), ("c", 3.0, np.nan, np.nan)],
        columns=["function", "value", "low", "high"],
    ).assign(check="x", quantity="y")

    def place(value, low=np.nan, high=np.nan):
        return trial.place(
            {"check": "x", "quantity": "y", "value": value, "low": low, "high": high}, others
        )

    assert place(2.5, 2.2, 2.8) == "above a, b; below c"
    assert place(2.5, 2.0, 3.1) == "above a"
    assert place(0.5, 0.4, 0.9) == "below b, c"
    assert place(0.5, 0.4, 0.8) == "below all"
    assert place(3.5) == "above all"
    assert place(2.0, 0.5, 3.5) == "like the built-in functions"
    assert place(np.nan) == ""


def test_the_readme_shows_two_sound_functions(module):
    """The examples in both READMEs are one text, and nothing is wrong with them."""
    shown = set()
    for name in ("README.md", "README.ko.md"):
        text = (EXPECTED.parents[1] / name).read_text(encoding="utf-8")
        assert "reproductions trial my_funcs:snake" in text
        assert "reproductions trial my_funcs:mish" in text
        shown.update(re.findall(r"```python\n(from keras import ops.*?)```", text, re.DOTALL))
    assert len(shown) == 1
    module(shown.pop())
    for name in ("snake", "mish"):
        assert findings(trial.find(f"my_funcs:{name}")) == {}
