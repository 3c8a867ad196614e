"""What `make lint` looks at: the project, and nothing that a reader keeps beside it."""

import re
import shutil
import subprocess
import sys
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
