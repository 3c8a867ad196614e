"""Stand-ins for systems that are not here: what they lack is hidden."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from reproductions.running import provenance, runner

ROOT = Path(__file__).parents[1]
MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")

WITHOUT_LOCKS = """
import runpy, sys
sys.modules["fcntl"] = None
sys.argv = ["reproductions", "list"]
{start}
"""


@pytest.mark.parametrize(
    "start",
    [
        'runpy.run_module("reproductions", run_name="__main__", alter_sys=True)',
        "from reproductions.__main__ import program",
    ],
)
def test_windows_is_told_in_one_line_of_wsl(start):
    code = WITHOUT_LOCKS.format(start=start)
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.count("\n") == 1
    assert "WSL" in done.stderr
    assert done.stderr.endswith(f"Received: {sys.platform}\n")


def test_a_run_needs_neither_proc_nor_a_list_of_the_process_s_cores(tmp_path, monkeypatch):
    monkeypatch.delattr(os, "sched_getaffinity", raising=False)
    monkeypatch.delattr(os, "process_cpu_count", raising=False)
    monkeypatch.setattr(provenance, "CPUINFO", tmp_path / "no such file")
    looked_at, own = [], Path.read_text

    def read_text(path, *args, **options):
        looked_at.append(path)
        if path.is_relative_to("/proc"):
            raise FileNotFoundError(path)
        return own(path, *args, **options)

    monkeypatch.setattr(Path, "read_text", read_text)
    provenance._machine()
    runner.run(["document_arithmetic"], runner.Request(tmp_path / "results"))
    assert tmp_path / "no such file" in looked_at
    assert (tmp_path / "results" / "document_arithmetic" / "products.csv").is_file()


GNU_ONLY = {
    r"\bsed -[a-z]*[ir]\b": "sed without -i and -r",
    r"\bsed .*\\t": "sed writes no tab for \\t",
    r"\b(grep|egrep) -[a-zA-Z]*P": "grep without -P",
    r"\breadlink -[a-z]*f": "readlink without -f",
    r"\bxargs -[a-z]*r": "xargs without -r",
    r"\b(cp|ls|rm|mkdir|mv|cat|sort|head|tail|tr|cksum|find) --": "no long options",
    r"\b(nproc|sha256sum|md5sum|tac|timeout|realpath|expand)\b": "a program of GNU's",
    r"\bfind [^.a-z$]": "find is told a folder",
}


def test_the_makefile_uses_what_every_unix_has():
    recipes = [line for line in MAKEFILE.splitlines() if line.startswith("\t")]
    assert len(recipes) > 30
    found = {
        line: why for line in recipes for form, why in GNU_ONLY.items() if re.search(form, line)
    }
    assert found == {}
    # Written since the make that macOS has, 3.81.
    assert re.findall(r"\$\((file|guile|let|intcmp)\b|^(undefine|\.ONESHELL)|!=", MAKEFILE) == []


def test_every_target_can_be_planned_and_is_listed():
    targets = re.findall(r"^([a-z-]+):.*## ", MAKEFILE, re.M)
    # As a reader calls it, not as part of the make that runs these tests.
    apart = {k: v for k, v in os.environ.items() if k not in ("MAKEFLAGS", "MAKELEVEL", "MFLAGS")}
    options = {"cwd": ROOT, "capture_output": True, "text": True, "env": apart}
    listed = subprocess.run(["make", "help"], check=True, **options)
    assert [line.split()[0] for line in listed.stdout.splitlines()] == targets
    planned = subprocess.run(["make", "-n", *targets], **options)
    assert planned.returncode == 0, planned.stderr


def test_workflows_and_hooks_call_make_targets_alone():
    targets = set(re.findall(r"^([a-z-]+):.*## ", MAKEFILE, re.M))
    called = []
    for path in [*(ROOT / ".github/workflows").glob("*.yml"), ROOT / ".pre-commit-config.yaml"]:
        text = path.read_text(encoding="utf-8")
        called += re.findall(r"(?<!_)(?:run|entry): (.*)", text)
    assert len(called) >= 7
    for command in called:
        assert re.match(r"make (--silent )?([a-z-]+)", command), command
        assert re.match(r"make (--silent )?([a-z-]+)", command)[2] in targets, command
