"""Trials as the command line makes them: what is found, measured, ranked and written."""

import re
import sys
import textwrap
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy.special import erf

from reproductions import __main__ as command_line
from reproductions.evidence.errors import InputError
from reproductions.running import experiment
from reproductions.training import activations, battery, descent_path
from reproductions.trial import scorecard as trial
from reproductions.trial import soundness
from reproductions.trial.candidate import as_factory, find

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


@pytest.mark.parametrize(
    ("target", "said"),
    [
        ("my_funcs", "MODULE:NAME"),
        ("my_funcs:", "MODULE:NAME"),
        (":snake", "MODULE:NAME"),
        ("my funcs:snake", "MODULE:NAME"),
        ("../my_funcs:snake", "MODULE:NAME"),
        ("my_funcs.py:snake", "cannot be imported: ModuleNotFoundError"),
        ("my_funcs.py:snake", "without .py: write my_funcs:snake."),
        ("my_funcs.py", "without .py: write my_funcs:NAME."),
        ("./folder/acts.py:gelu", "without .py: write folder.acts:gelu."),
        ("../acts.py:gelu", "MODULE:NAME, as in my_funcs:snake."),
        ("my_funcs:snale", "my_funcs has no snale; did you mean snake?"),
        ("my_fucs:snake", "No module named 'my_fucs'; did you mean my_funcs?"),
        ("needs:f", "No module named 'my_fumcs'."),
        ("refuses:f", "refuses does not give f: SystemExit: 0."),
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
    module("import my_fumcs", "needs")
    module("def __getattr__(name):\n    raise SystemExit(0)", "refuses")
    assert command_line.main(["trial", target, "--expected", str(EXPECTED)]) == 2
    error = capsys.readouterr().err
    assert said in error
    assert error.count("\n") == 1
    assert error.endswith(f"Received: {target}\n")


def test_a_file_that_python_does_not_load_is_not_taken_for_another(module, tmp_path):
    """The standard library's module of that name is loaded already, and would be measured."""
    import decimal

    (tmp_path / "decimal.py").write_text("def getcontext(x):\n    return x", encoding="utf-8")
    with pytest.raises(InputError, match=r"rename decimal\.py\. Received: decimal:getcontext$"):
        find("decimal:getcontext")
    assert find("fractions:Fraction").__module__ == "fractions"
    assert decimal.__file__ != str(tmp_path / "decimal.py")


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
    """A function that is sound on all that is probed, and raises deep in two measurements."""
    import tensorflow as tf

    def refuses(x):
        if x.shape.rank == 2 and x.shape[-1] == 5:
            raise ValueError("no five, please")
        if x.shape[0] == descent_path.SAMPLES:
            raise SystemExit(0)
        return tf.tanh(x)

    rows = trial.score(refuses, SMALL)
    found = rows[rows["verdict"] == trial.FINDING].set_index("check")["finding"]
    assert dict(found) == {
        "XOR, 10 layers": "it raises: ValueError: no five, please",
        "zigzag": "it raises: SystemExit: 0",
    }
    assert len(rows[rows["verdict"] == trial.MEASURED]) > 5


def test_a_layer_goes_through_every_check():
    """Each check builds networks of its own, with the layer in several places."""
    import keras

    rows = trial.score(keras.layers.LeakyReLU(negative_slope=0.3), SMALL)
    assert set(zip(rows["check"], rows["quantity"], strict=True)) >= set(battery.QUANTITIES)
    assert rows[rows["verdict"] == trial.FINDING].empty


def test_a_function_that_leaves_ends_with_its_scorecard(module, tmp_path, capsys):
    module("""
        def leaves(x):
            raise SystemExit(0)
    """)
    assert trial.run("my_funcs:leaves", EXPECTED, tmp_path / "trials", SMALL) == 1
    assert "it raises on float32 of shape (3,): SystemExit: 0" in capsys.readouterr().out
    assert (tmp_path / "trials/my_funcs.leaves/scorecard.csv").is_file()


def shrunk(threshold):
    """0 up to a threshold of |x|, then x: a function, and its value and slope in NumPy."""
    import tensorflow as tf

    def function(x):
        return tf.where(tf.abs(x) > tf.cast(threshold, x.dtype), x, tf.zeros_like(x))

    return function, lambda z: ((abs(z) > threshold) * z, (abs(z) > threshold) * 1.0)


def powered(exponent):
    """A power of x: a function, and its value and slope in NumPy."""
    return lambda x: x**exponent, lambda z: (z**exponent, exponent * z ** (exponent - 1))


def factors(value_and_slope, depth, width, seeds):
    """What `battery.flow` measures, in NumPy: each stack's gradient by layer, (layer, stack)."""
    from reproductions.training import gradients

    stacks = gradients.stacks(width, depth, range(seeds), "glorot")
    signal, slopes = np.array(stacks.points), []
    for kernel, bias in zip(stacks.kernels, stacks.biases, strict=True):
        signal, slope = value_and_slope(signal @ np.array(kernel) + np.array(bias)[:, None])
        slopes.append(slope)
    back, sizes = np.array(stacks.cotangents[depth]), []
    for kernel, slope in zip(stacks.kernels[::-1], slopes[::-1], strict=True):
        back = (back * slope[:, :1]) @ np.swapaxes(np.array(kernel), 1, 2)
        sizes.append(np.sqrt((back**2).mean((1, 2))))
    return np.array(sizes[::-1])


LOSING = {
    # A function, and which of 32 stacks of four layers lose their gradients.
    "some vanish": (shrunk(1.1), lambda zero, broken: 0 < zero < 32 and not broken),
    "all vanish": (shrunk(9.0), lambda zero, broken: zero == 32 and not broken),
    "some break": (powered(5), lambda zero, broken: 0 < broken < 32),
    "none": (shrunk(0.1), lambda zero, broken: zero == broken == 0),
}


@pytest.mark.parametrize("name", LOSING)
def test_gradients_that_vanish_or_break_are_counted(name):
    ((function, value_and_slope), expected), depth = LOSING[name], SMALL.flow_depth
    with np.errstate(all="ignore"):
        sizes = factors(value_and_slope, depth, SMALL.flow_width, SMALL.seeds)
        logs = np.log(sizes)
    zero, broken = (sizes == 0).any(axis=0), ~np.isfinite(sizes).all(axis=0)
    assert expected(zero.sum(), broken.sum())
    place = np.arange(depth) - (depth - 1) / 2
    whole = ~zero & ~broken
    factor = np.exp(-(place @ logs[:, whole] / (place @ place)).mean()) if whole.any() else np.nan

    with np.errstate(all="ignore"):
        (row,) = battery.flow(as_factory(function), SMALL)
    assert row["value"] == pytest.approx(factor, rel=1e-9, nan_ok=True)
    judged = trial.judged(row)
    said = judged["finding"]
    for what, count in (("exactly 0", (zero & ~broken).sum()), ("not finite", broken.sum())):
        assert (f"gradient {what} in {count} of {SMALL.seeds} stacks" in said) == (count > 0)
    if whole.all():
        assert judged["verdict"] == trial.MEASURED
        return
    assert judged["verdict"] == trial.FINDING
    assert ("without them" in said) == whole.any()
    # It is held against no other number: not in words, not in the figure, not in the table.
    assert np.isnan([judged["value"], judged["low"], judged["high"]]).all()
    assert trial.place(judged, trial.builtins(EXPECTED)) == ""


def test_no_initialisation_stayed_finite_only_when_none_did():
    import tensorflow as tf

    said, seeds = {}, SMALL.seeds
    for name, function in (("all", lambda x: x**3), ("some", lambda x: x**2), ("none", tf.tanh)):
        rows = battery.ten_layers(as_factory(function), SMALL)
        rows = {row["quantity"]: row for row in rows}
        count = rows["non-finite"]["count"]
        judged = trial.judged(rows["share after XOR"])
        said[name] = (count, judged["finding"], np.isfinite(judged["value"]))
    assert said["all"] == (seeds, "no initialisation stayed finite", False)
    count, finding, measured = said["some"]
    assert 0 < count < seeds
    assert finding.startswith(f"NaN or infinite in {count} of {seeds} initialisations; ")
    assert not measured
    assert said["none"] == (0, "", True)


def test_what_is_not_finite_is_said_where_nothing_is_initialised():
    import tensorflow as tf

    factory = as_factory(tf.math.log)
    with np.errstate(all="ignore"):
        rows = [trial.judged(row) for row in battery.signal(factory, SMALL)]
        rows += [trial.judged(row) for row in battery.zigzag(factory, SMALL)]
    said = [row["verdict"] for row in rows]
    assert said == [trial.FINDING, trial.MEASURED, trial.FINDING, trial.FINDING]
    assert rows[0]["finding"] == "f not finite in 5000 of 10000 inputs"
    assert rows[2]["finding"].startswith("f' is not finite")
    assert not any("initialisation" in row["finding"] for row in rows)
    # The network is trained all the same, and breaks.
    rows = {row["quantity"]: row for row in battery.ten_layers(factory, SMALL)}
    assert rows["non-finite"]["count"] == SMALL.seeds
    # The slope of the root is infinite at 0: no other one is small beside it.
    rows = battery.signal(as_factory(lambda x: tf.sqrt(tf.abs(x))), SMALL)
    assert [np.isfinite(row["value"]) for row in rows] == [True, True, False]
    # A unit that is fed zeros never moves.
    (row,) = battery.zigzag(as_factory(shrunk(99.0)[0]), SMALL)
    assert row["left_out"] == "weights that come nowhere in 32 of 32 descents"


@pytest.mark.parametrize(
    ("check", "quantity"), [key for key in battery.QUANTITIES if key[1].startswith(battery.SHARES)]
)
def test_an_interval_of_a_share_stays_between_0_and_1(check, quantity):
    row = battery.measure(check, quantity, 0.01, -0.04, 0.06)
    assert (row["value"], row["low"], row["high"]) == (0.01, 0, 0.06)
    row = battery.measure(check, quantity, 0.99, 0.9, 1.08)
    assert (row["low"], row["high"]) == (0.9, 1)
    assert np.isnan(battery.measure(check, quantity, 0.5)["low"])


def test_an_interval_of_no_share_is_left_as_it_is():
    row = battery.measure("signal", "mean output", -0.5, -2, 3)
    assert (row["low"], row["high"]) == (-2, 3)


def test_the_built_in_shares_stay_between_0_and_1():
    others = trial.builtins(EXPECTED)
    shares = others[others["quantity"].str.startswith(battery.SHARES)]
    ends = shares[["value", "low", "high"]].stack().dropna()
    assert len(shares) > 30
    assert ends.between(0, 1).all()


def test_signal_against_closed_forms():
    from reproductions.training.gradients import SATURATED

    def rows(name):
        found = battery.signal(lambda dtype: activations.layer(name, dtype=dtype), SMALL)
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
    assert place(2.5, 2.1, 3.1) == "above a"
    assert place(1.5, 1.1, 1.9) == "below c"
    assert place(0.5, 0.4, 0.9) == "below b, c"
    assert place(0.5, 0.4, 0.8) == "below all"
    assert place(3.5) == "above all"
    assert place(2.0, 0.5, 3.5) == "not told apart from the others"
    assert place(np.nan) == ""


def test_the_readme_shows_two_sound_functions(module):
    """The examples in both READMEs are one text, and nothing is wrong with them."""
    shown = set()
    for name in ("README.md", "README.ko.md"):
        text = (EXPECTED.parents[1] / "reproductions/trial" / name).read_text(encoding="utf-8")
        assert "reproductions trial my_funcs:snake" in text
        assert "reproductions trial my_funcs:mish" in text
        shown.update(re.findall(r"```python\n(from keras import ops.*?)```", text, re.DOTALL))
    assert len(shown) == 1
    module(shown.pop())
    for name in ("snake", "mish"):
        rows = soundness.check(as_factory(find(f"my_funcs:{name}")))
        assert not [row for row in rows if row["verdict"] == soundness.FINDING]
