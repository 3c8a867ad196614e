"""Python may run a compiled copy of an older text: where size and time are the same, or it must."""

import marshal
import os
import py_compile
import subprocess
import sys
from importlib.machinery import SourceFileLoader
from pathlib import Path

import pytest

from reproductions import __main__ as command_line
from reproductions.evidence.errors import InputError
from reproductions.running import compiled

BY = {mode.name: mode for mode in py_compile.PycInvalidationMode}


@pytest.fixture
def module(tmp_path, monkeypatch):
    """Writes a module among the project's, as of a moment."""
    for folder in ("reproductions", "custom_layers"):
        (tmp_path / folder).mkdir()
    monkeypatch.setattr(compiled, "FOLDER", tmp_path / "reproductions")
    path = tmp_path / "custom_layers" / "rate.py"

    def write(text, when=1e9):
        path.write_text(text)
        os.utime(path, (when, when))
        return path

    return write


def refused():
    """What is said of a copy, if anything is."""
    try:
        compiled.refuse_older_copies.__wrapped__()
    except InputError as error:
        return str(error)
    return ""


OLD = "def rate(x=0.0):\n    return [x, (1, {2, 3}), lambda: 0.1]\n"


@pytest.mark.parametrize("new", [("0.1", "0.2"), ("0.0", "-0."), ("2, 3", "2, 4"), ("[x", "[1")])
def test_a_copy_of_an_older_text_of_the_same_size_and_time_is_refused(module, new):
    path = module(OLD)
    assert refused() == ""
    copy = py_compile.compile(str(path))
    assert refused() == ""
    module(OLD.replace(*new))
    assert refused() == (
        f"Python runs an older copy of {path}; delete the folders __pycache__. Received: {copy}"
    )


def test_what_python_passes_over_is_none_of_it(module):
    path = module(OLD)
    copy = Path(py_compile.compile(str(path)))
    module(OLD.replace("0.1", "0.2"), when=2e9)
    assert refused() == ""
    module(OLD.replace("0.1", "0.12"))
    assert refused() == ""
    module(OLD.replace("0.1", "0.2"))
    data = copy.read_bytes()
    copy.write_bytes(bytes([data[0] ^ 1]) + data[1:])  # of another Python
    assert refused() == ""


@pytest.mark.parametrize(("mode", "seen"), [("UNCHECKED_HASH", True), ("CHECKED_HASH", False)])
def test_copies_by_checksum_are_those_of_their_text(module, mode, seen):
    path = module(OLD)
    copy = Path(py_compile.compile(str(path), invalidation_mode=BY[mode]))
    assert refused() == ""
    module(OLD.replace("0.1", "0.2"), when=2e9)
    assert bool(refused()) is seen
    module(OLD)
    text = OLD.replace("0.1", "0.2").encode()
    forged = SourceFileLoader("rate", str(path)).source_to_code(text, str(path))
    copy.write_bytes(copy.read_bytes()[:16] + marshal.dumps(forged))
    assert refused()


@pytest.mark.parametrize("damage", [lambda data: data[:40], lambda data: data[:16] + b"\xff" * 9])
def test_a_damaged_copy_is_refused_in_a_line(module, damage):
    copy = Path(py_compile.compile(str(module(OLD))))
    copy.write_bytes(damage(copy.read_bytes()))
    assert refused().endswith(f"Received: {copy}")


def test_a_copy_without_places_in_the_text_does_the_same(module):
    path = module(OLD)
    command = [sys.executable, "-X", "no_debug_ranges", "-m", "py_compile", str(path)]
    subprocess.run(command, check=True)
    assert Path(compiled.importlib.util.cache_from_source(str(path))).is_file()
    assert refused() == ""


def test_every_command_but_the_list_looks_at_the_copies(monkeypatch, capsys):
    def refuse():
        raise InputError("an older copy. Received: it")

    monkeypatch.setattr(compiled, "refuse_older_copies", refuse)
    for command in (["run"], ["check"], ["compare", "a", "b"], ["accept", "x"], ["report"]):
        assert command_line.main(command) == 2
        assert capsys.readouterr().err == "error: an older copy. Received: it\n"
    assert command_line.main(["list"]) == 0
