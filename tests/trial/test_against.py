"""Trials beside functions that are named: which there are, and what is shown of them."""

import numpy as np
import pandas as pd
import pytest

from reproductions import __main__ as command_line
from reproductions.evidence.errors import InputError
from reproductions.training import battery
from reproductions.trial import against
from reproductions.trial import scorecard as trial
from tests.trial.test_scorecard import EXPECTED, SMALL, module

__all__ = ["module"]

MEANT = {
    "geluu": "no geluu; did you mean gelu? Received: geluu",
    "leakyrelu": "no leakyrelu; did you mean leaky_relu? Received: leakyrelu",
    "get": "no get. Received: get",  # of keras.activations, but no activation function
    "softmax": "it does not act on each element alone",
    "glu": "axis size must be divisible by 2",
    "threshold": "its gradient is 0 at every x",
}


@pytest.mark.parametrize("name", MEANT)
def test_what_cannot_stand_beside_is_one_line(module, capsys, tmp_path, name):
    module("def f(x):\n    return x")
    arguments = ["--expected", str(EXPECTED), "--results", str(tmp_path / "trials")]
    assert command_line.main(["trial", "my_funcs:f", *arguments, "--against", "gelu", name]) == 2
    out, error = capsys.readouterr()
    assert MEANT[name] in error
    assert error.count("\n") == 1
    assert error.endswith(f"Received: {name}\n")
    assert "is measured" not in out  # no time is spent on the good name before it
    assert not (tmp_path / "trials").exists()


def test_the_suite_comes_before_keras():
    """Keras' leaky ReLU has another slope than the documents'."""
    import keras

    x = keras.ops.convert_to_tensor([-1.0, 2.0])
    assert np.allclose(against.factory("leaky_relu")(dtype="float32")(x), [-0.2, 2])
    squared = against.factory("squareplus")(dtype="float32")(x)
    assert np.allclose(squared, (np.array([-1, 2]) + np.sqrt([1 + 4, 4 + 4])) / 2)


def test_a_trial_beside_two_functions_holds_these_alone(module, tmp_path, capsys, monkeypatch):
    """One with stored numbers, which are shown as they are, and one that is measured."""
    module("""
        import keras

        def f(x):
            return keras.ops.tanh(x)
    """)
    measured, seen = trial.measured, []

    def counted(factory, setting):
        seen.append(factory)
        return measured(factory, setting)

    monkeypatch.setattr(trial, "measured", counted)
    names = ["tanh", "gelu", "gelu"]
    assert trial.run("my_funcs:f", EXPECTED, tmp_path, SMALL, names=names) == 0
    assert len(seen) == 2  # its own, and GELU's once
    out = capsys.readouterr().out
    assert "gelu is measured too" in out
    assert "relu," not in out
    card = pd.read_csv(tmp_path / "my_funcs.f/scorecard.csv")
    assert list(dict.fromkeys(card["function"])) == ["my_funcs.f", "tanh", "gelu"]
    gelu = card[card["function"] == "gelu"]
    assert set(zip(gelu["check"], gelu["quantity"], strict=True)) == set(battery.QUANTITIES)
    value = gelu.set_index(["check", "quantity"])["value"]
    assert value["signal", "mean output"] == pytest.approx(1 / (2 * np.sqrt(np.pi)), abs=1e-5)
    stored = trial.builtins(EXPECTED)
    stored = stored[stored["function"] == "tanh"]["value"].to_numpy()
    assert np.allclose(card[card["function"] == "tanh"]["value"], stored, equal_nan=True)
    page = (tmp_path / "my_funcs.f/index.html").read_text(encoding="utf-8")
    assert "<th>gelu</th>" in page
    assert "<th>relu</th>" not in page


def test_without_names_all_stored_functions_stand_beside():
    stored = trial.builtins(EXPECTED)
    beside = trial.beside((), stored, SMALL)
    pd.testing.assert_frame_equal(beside[stored.columns], stored)
    with pytest.raises(InputError, match=r"Received: sine$"):
        trial.beside(["relu", "sine"], stored, SMALL)
