"""What `make lint` looks at: the project, and nothing that a reader keeps beside it; its types."""

import ast
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
COMMANDS = [
    line.split()[1:]
    for line in (ROOT / "Makefile").read_text(encoding="utf-8").splitlines()
    if "-m ruff" in line
]


def lint(folder: Path) -> list[int]:
    """The exit statuses of `make lint`'s commands in a folder."""
    return [
        subprocess.run([sys.executable, *arguments], cwd=folder, capture_output=True).returncode
        for arguments in COMMANDS
    ]


@pytest.mark.parametrize("language", ["README.md", "README.ko.md"])
def test_a_function_of_a_reader_s_own_is_not_linted_and_the_project_is(language, tmp_path):
    assert len(COMMANDS) == 2
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    readme = (ROOT / "reproductions/trial" / language).read_text(encoding="utf-8")
    (example,) = [
        code for code in re.findall("```python\n(.*?)```", readme, re.DOTALL) if "snake" in code
    ]
    (tmp_path / "my_funcs.py").write_text(example + "x=1", encoding="utf-8")
    for folder in ("custom_layers", "reproductions/evidence", "tests/layers"):
        (tmp_path / folder).mkdir(parents=True)
        path = tmp_path / folder / "example.py"
        path.write_text('"""Nothing."""\n')
        assert lint(tmp_path) == [0, 0]
        path.write_text('"""Nothing."""\n\nimport os\nx=1\n')
        assert lint(tmp_path) == [1, 1]
        path.unlink()


Function = ast.FunctionDef | ast.AsyncFunctionDef


def public_functions(node: ast.AST) -> Iterator[Function]:
    """A module's public functions and its public classes' public methods."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, Function):  # what is defined inside a function is its own
            if not child.name.startswith("_"):
                yield child
        elif not isinstance(child, ast.ClassDef) or not child.name.startswith("_"):
            yield from public_functions(child)


def untyped(function: Function) -> list[str]:
    """What has no type: names of parameters, and "return"."""
    given = function.args
    parameters = [*given.posonlyargs, *given.args, given.vararg, *given.kwonlyargs, given.kwarg]
    bare = [p.arg for p in parameters if p and not p.annotation and p.arg not in ("self", "cls")]
    return bare + ["return"] * (function.returns is None)


# mypy passes over a function that has no type at all, and takes a bare parameter for anything.
@pytest.mark.parametrize("package", ["custom_layers", "reproductions"])
def test_every_public_function_has_a_type_on_every_parameter_and_on_its_return(package):
    functions = [
        (f"{path.relative_to(ROOT)}:{function.lineno} {function.name}", function)
        for path in sorted((ROOT / package).rglob("*.py"))
        if not re.search("/_(?!_)", path.relative_to(ROOT).as_posix())
        for function in public_functions(ast.parse(path.read_text(encoding="utf-8")))
    ]
    assert len(functions) > 10
    assert {place: bare for place, function in functions if (bare := untyped(function))} == {}
