"""What the project's code never does: read pickles, run what it reads, write CSVs in two ways."""

import ast
from pathlib import Path

import pytest

from reproductions.running import experiment

ROOT = experiment.FOLDER.parent
FILES = sorted(
    path.relative_to(ROOT).as_posix()
    for folder in ("custom_layers", "reproductions", "tests")
    for path in (ROOT / folder).rglob("*.py")
)
PICKLES = {"cloudpickle", "dill", "marshal", "pickle", "shelve", "yaml"}
READS_PICKLES = {"read_pickle", "to_pickle", "enable_unsafe_deserialization"}
RUNS_TEXT = {"eval", "exec", "compile"}
RUN_TEXT = {
    "reproductions/experiments/functions/printed_code/run.py",
    "reproductions/experiments/functions/printed_code/statements.py",
    "tests/experiments/functions/test_printed_code.py",
    "tests/report/test_listings.py",
    "tests/stress/mutant_tests.py",
    "tests/stress/test_mutants.py",
}
"""They run texts of the project itself: printed listings of the documents, mutants of its code."""


def problems(file: str, tree: ast.AST) -> list[str]:
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names = {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            names = {(node.module or "").partition(".")[0]}
        else:
            names = set()
        if not file.startswith("tests/"):  # a test may make what must be refused
            found += [f"{node.lineno}: imports {name}" for name in names & PICKLES]
        if isinstance(node, ast.Call):
            found += [f"{node.lineno}: {what}" for what in _calls(file, node)]
    return found


def _calls(file: str, node: ast.Call) -> list[str]:
    plain = isinstance(node.func, ast.Name)
    name = node.func.id if plain else getattr(node.func, "attr", "")
    given = {word.arg: getattr(word.value, "value", None) for word in node.keywords}
    found = []
    if name in READS_PICKLES or given.get("allow_pickle", False) is not False:
        found.append(f"{name} reads or writes pickles")
    if given.get("safe_mode", True) is not True:
        found.append("loads a model without safe mode")
    if given.get("shell", False) is not False:
        found.append("starts a shell")
    if plain and name in RUNS_TEXT and file not in RUN_TEXT:
        found.append(f"{name} runs text")
    package = file.startswith("reproductions/")
    of_numpy = name == "load" and getattr(getattr(node.func, "value", None), "id", "") == "np"
    if of_numpy and package and "allow_pickle" not in given:
        found.append("np.load without allow_pickle=False")
    frame = name == "to_csv" and isinstance(node.func, ast.Attribute)
    if frame and package and file != "reproductions/evidence/tables.py":
        found.append("writes a CSV past tables.to_csv")
    return found


@pytest.mark.parametrize("file", FILES)
def test_the_code_runs_nothing_that_it_reads(file):
    assert problems(file, ast.parse(Path(ROOT, file).read_text(encoding="utf-8"))) == []


@pytest.mark.parametrize(
    "code",
    [
        "import pickle",
        "from pickle import loads",
        "import yaml",
        "np.load(path, allow_pickle=True)",
        "np.load(path, allow_pickle=flag)",
        "np.load(path)",
        "pd.read_pickle(path)",
        "keras.models.load_model(path, safe_mode=False)",
        "keras.config.enable_unsafe_deserialization()",
        "subprocess.run(text, shell=True)",
        "eval(text)",
        "exec(text)",
        "frame.to_csv(path)",
    ],
)
def test_each_of_these_would_be_found(code):
    assert len(problems("reproductions/made_up.py", ast.parse(code))) == 1
    sound = "np.load(path, allow_pickle=False)\nkeras.models.load_model(path)\nre.compile(text)"
    assert problems("reproductions/made_up.py", ast.parse(sound)) == []
