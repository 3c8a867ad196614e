"""Experiments that are only begun: each has a line of its own, and stops no other.

They are checked from outside, as somebody who has begun them would run the project.
"""

import os
import shutil
import subprocess
import sys

import pytest

from reproductions.running import experiment, runner

NAME = "document_arithmetic"  # needs no TensorFlow


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """Fresh results of one experiment."""
    folder = tmp_path_factory.mktemp("made")
    runner.run([NAME], runner.Request(folder))
    return folder


@pytest.fixture(scope="module")
def copy(tmp_path_factory):
    """A copy of the project in which somebody has begun three experiments."""
    top = tmp_path_factory.mktemp("copy")
    for name in ("reproductions", "custom_layers"):
        shutil.copytree(experiment.FOLDER.parent / name, top / name)
    shutil.copy(experiment.FOLDER.parent / "requirements.txt", top)
    begun = top / "reproductions" / "experiments" / "xor"
    (begun / "half_a.py").write_text('"""Begun."""\n\ndef run(spec:\n')
    (begun / "half_b.py").write_text('"""Begun too."""\n\nSPEC = undefined_name\n')
    (begun / "half_c.py").write_text('"""Begun as well."""\n')
    return top


def python_m(folder, *arguments):
    done = subprocess.run(
        [sys.executable, "-m", "reproductions", *arguments],
        cwd=folder, capture_output=True, text=True, check=False,
        env=os.environ | {"PYTHONDONTWRITEBYTECODE": "1"},
    )  # fmt: skip
    return done.returncode, done.stdout, done.stderr


def test_a_half_written_experiment_stops_no_other(copy, made):
    status, out, err = python_m(copy, "list")
    assert (status, err) == (0, "")
    assert "half_a                   cannot be read: SyntaxError: " in out
    assert python_m(copy, "run", NAME, "--results", "mine")[0] == 0
    assert python_m(copy, "check", NAME, "--results", "mine", "--expected", str(made))[0] == 0
    status, out, err = python_m(copy, "run", NAME, "half_b", "half_c", "--results", "mine")
    assert (status, NAME in out) == (2, True)
    first, second = err.splitlines()
    assert first == (
        "error: half_b cannot be loaded: NameError: name 'undefined_name' is not defined"
        " (reproductions/experiments/xor/half_b.py, line 3)."
        " Received: reproductions/experiments/xor/half_b.py"
    )
    assert second.startswith("error: half_c cannot be loaded: AttributeError: ")
    status, out, err = python_m(copy, "check", "half_a")
    assert (status, out, err.count("\n")) == (2, "", 1)
    assert "half_a cannot be loaded: SyntaxError" in err


def test_a_whole_check_names_what_cannot_be_loaded_and_goes_on(copy, made):
    shutil.copytree(made, copy / "made")
    status, out, err = python_m(copy, "check", "--results", "made", "--expected", str(made))
    assert (status, err) == (1, "")
    lines = out.splitlines()
    for name in ("half_a", "half_b", "half_c"):
        assert sum(line.startswith(f"{name}: expected an experiment") for line in lines) == 1
    assert not any(line.startswith(NAME) for line in lines)
    assert "no experiment judges it" not in out
    status, out, _ = python_m(copy, "compare", str(made), str(made))
    assert (status, out.startswith("all holds")) == (0, True)
