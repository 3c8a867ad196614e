"""What the guide "Adding an experiment" says is all that a new experiment needs."""

import os
import re
import shutil
import subprocess
import sys

import pytest

from reproductions.running import experiment

ROOT = experiment.FOLDER.parent
GUIDE = experiment.EXPERIMENTS / "README.md"
NAME = "gelu_or_relu"
COPIED = ("custom_layers", "reproductions", "tests", "pyproject.toml", "requirements.txt")


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    """A copy of the project with the files that the guide writes, and nothing else changed."""
    top = tmp_path_factory.mktemp("guide")
    for name in COPIED:
        copy = shutil.copytree if (ROOT / name).is_dir() else shutil.copy
        copy(ROOT / name, top / name)
    guide = GUIDE.read_text(encoding="utf-8")
    paths = re.findall(r"Write `([^`]+)`", guide)
    blocks = re.findall(r"```(?:python|toml)\n(.*?)```", guide, re.DOTALL)
    for path, block in zip(paths, blocks, strict=True):
        assert not (top / path).exists()
        (top / path).write_text(block, encoding="utf-8")
    return top


def call(place, *arguments):
    done = subprocess.run(
        [sys.executable, *arguments],
        cwd=place,
        capture_output=True,
        text=True,
        env=os.environ | {"PYTHONDONTWRITEBYTECODE": "1"},
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_the_guide_adds_an_experiment_that_everything_takes_up(place):
    assert f"\n{NAME} " in call(place, "-m", "reproductions", "list")
    ran = call(place, "-m", "reproductions", "run", NAME, "--seeds", "64")
    assert "EX-01  reproduced" in ran
    results = place / "results"
    # Stored as `accept` does it, which takes whole runs alone: all seeds would take a minute.
    shutil.copytree(results / "latest", results / "expected")
    held = call(place, "-m", "reproductions", "compare", "results/expected", "results/latest")
    assert held.startswith("all holds")
    page = (place / call(place, "-m", "reproductions", "report").strip()).read_text("utf-8")
    assert "GELU solves XOR more often than ReLU" in page
    assert "GELU solves XOR in 100% of the initialisations." in page
    tested = call(
        place, "-m", "pytest", "-q", "-p", "no:cacheprovider", "tests/experiments", "-k", NAME
    )
    assert "passed" in tested


def test_what_the_guide_writes_is_fit_for_lint_which_names_its_korean_words(place):
    call(place, "-m", "ruff", "check", ".")
    call(place, "-m", "ruff", "format", "--check", ".")
    lines = call(place, "-m", "reproductions.report.untranslated").splitlines()
    (line,) = (line for line in lines if line.startswith(NAME))
    assert line.startswith(f"{NAME} has no words yet for ko.title, ko.says, ko.found, ko.")
    assert line.endswith("ko.claims.EX-01.rule, ko.claims.EX-01.notes.relu")


def test_every_command_of_the_guide_is_one():
    commands = re.findall(r"^python -m (\S+) ?(\S*)", GUIDE.read_text("utf-8"), re.MULTILINE)
    assert {module for module, _ in commands} == {"reproductions", "pytest"}
    known = {"list", "run", "accept", "check", "report"}
    assert {verb for module, verb in commands if module == "reproductions"} == known
