"""The wheel: it is built, installed into a fresh environment, and used there."""

import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


def run(*command, folder):
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def installed(tmp_path_factory):
    """The programs of an environment that has the wheel, and beside it this one's packages."""
    folder = tmp_path_factory.mktemp("wheel")
    source = folder / "source"
    for name in ("custom_layers", "reproductions"):
        shutil.copytree(ROOT / name, source / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("pyproject.toml", "README.md"):
        shutil.copy(ROOT / name, source)
    offline = ("--no-index", "--no-deps", "--quiet")
    build = ("wheel", ".", "--no-build-isolation", *offline, "--wheel-dir", folder)
    run(sys.executable, "-m", "pip", *build, folder=source)
    run(sys.executable, "-m", "venv", "--without-pip", folder / "fresh", folder=folder)
    programs = folder / "fresh" / "bin"
    (wheel,) = folder.glob("*.whl")
    target = ("--python", programs / "python", "install", *offline, wheel)
    run(sys.executable, "-m", "pip", *target, folder=folder)
    (packages,) = (folder / "fresh/lib").glob("python*/site-packages")
    (packages / "beside.pth").write_text(sysconfig.get_path("purelib") + "\n", encoding="utf-8")
    shutil.rmtree(source)
    return programs


def test_the_packages_are_those_of_the_wheel(installed, tmp_path):
    program = """
import custom_layers, reproductions
from custom_layers import Swish, swish
import sys
for module in (custom_layers, reproductions):
    assert module.__file__.startswith(sys.prefix), module.__file__
assert abs(float(swish(1.0)) - 0.7310586) < 1e-6
"""
    run(installed / "python", "-c", program, folder=tmp_path)


def test_the_console_script(installed, tmp_path):
    lines = run(installed / "reproductions", "list", folder=tmp_path).splitlines()
    here = run(sys.executable, "-m", "reproductions", "list", folder=ROOT).splitlines()
    assert lines == here


def test_every_file_of_the_packages_that_is_no_guide_is_in_the_wheel(installed):
    (packages,) = (installed.parent / "lib").glob("python*/site-packages")
    for name in ("custom_layers", "reproductions"):
        files = [path for path in (ROOT / name).rglob("*") if path.is_file()]
        due = {p.relative_to(ROOT) for p in files if p.suffix not in (".md", ".pyc")}
        there = {p.relative_to(packages) for p in (packages / name).rglob("*") if p.is_file()}
        assert {path for path in there if path.suffix != ".pyc"} == due
