"""The command line: exit status, one clear line, and nothing stored is ever touched by mistake."""

import ast
import dataclasses
import errno
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from reproductions import __main__ as command_line
from reproductions.evidence import verdicts
from reproductions.evidence.errors import NotMeasured
from reproductions.running import checking, experiment, results, runner
from reproductions.running.files import only_writer

ROOT = Path(command_line.__file__).parents[1]
NAME = "document_arithmetic"  # needs no TensorFlow
TABLE = f"{NAME}/products.csv"


@pytest.fixture(scope="session")
def made(tmp_path_factory):
    """Fresh results of one experiment."""
    folder = tmp_path_factory.mktemp("made")
    runner.run([NAME], runner.Request(folder))
    return folder


@pytest.fixture
def folders(made, tmp_path):
    """Stored results and fresh ones that hold."""
    for side in ("expected", "latest"):
        shutil.copytree(made, tmp_path / side)
    return tmp_path / "expected", tmp_path / "latest"


def contents(folder: Path) -> dict[str, bytes]:
    return {str(p.relative_to(folder)): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


@pytest.fixture
def check(folders, capsys):
    """Runs `check` on the one experiment; returns its exit status and what it printed."""

    def call(*more):
        capsys.readouterr()
        expected, latest = folders
        before = contents(expected)
        arguments = ["check", NAME, "--results", str(latest), "--expected", str(expected), *more]
        status = command_line.main(arguments)
        assert contents(expected) == before
        printed = capsys.readouterr()
        return status, printed.out + printed.err

    return call


def edit(path: Path, change):
    path.write_bytes(change(path.read_bytes()))


def test_fresh_results_hold(check):
    status, printed = check()
    assert status == 0
    assert printed.startswith("all holds")


DIFFERENCES = {
    "a digit": (TABLE, lambda d: d.replace(b"0.001,0.001", b"0.001,0.002"), "layers=3, printed"),
    "a dropped row": (TABLE, lambda d: b"".join(d.splitlines(True)[:-1]), "layers=11"),
    "an added row": (TABLE, lambda d: d + b"12,0.1,,0.1\n", "layers=12"),
    "a dropped column": (
        TABLE,
        lambda d: b"".join(line.rpartition(b",")[0] + b"\n" for line in d.splitlines()),
        "largest_sigmoid_product",
    ),
    "a NaN": (TABLE, lambda d: d.replace(b"\n3,0.001", b"\n3,nan"), "layers=3, product"),
    "a verdict": (
        "claims.csv",
        lambda d: d.replace(b",document error,", b",reproduced,"),
        "id=XP-07, verdict",
    ),
    "a digit in claims.csv": (
        "claims.csv",
        lambda d: d.replace(b",0.001,,", b",0.002,,"),
        "id=XP-06, obtained",
    ),
    "a claim's row": (
        "claims.csv",
        lambda d: b"".join(line for line in d.splitlines(True) if b"XP-06" not in line),
        "id=XP-06",
    ),
}


@pytest.mark.parametrize("side", [0, 1], ids=["stored", "fresh"])
@pytest.mark.parametrize("kind", DIFFERENCES)
def test_a_difference_is_named(check, folders, kind, side):
    file, change, place = DIFFERENCES[kind]
    before = (folders[side] / file).read_bytes()
    edit(folders[side] / file, change)
    assert (folders[side] / file).read_bytes() != before
    status, printed = check()
    assert status == 1
    assert any(file in line and place in line for line in printed.splitlines()), printed


UNREADABLE = {
    "cut short": lambda d: d[:-3],
    "empty": lambda d: b"",
    "binary": lambda d: b"\x89PNG\x00\xff" + d,
    "carriage returns": lambda d: d.replace(b"\n", b"\r\n"),
    "a byte order mark": lambda d: b"\xef\xbb\xbf" + d,
    "a lost comma": lambda d: d.replace(b"\n3,", b"\n3", 1),
}


@pytest.mark.parametrize("file", [TABLE, "claims.csv"])
@pytest.mark.parametrize("kind", UNREADABLE)
def test_unreadable_input_is_named(check, folders, kind, file):
    change = UNREADABLE[kind]
    if file == "claims.csv" and kind == "a lost comma":
        change = lambda d: d.replace(b"\nXP-06,", b"\nXP-06", 1)  # noqa: E731
    edit(folders[1] / file, change)
    status, printed = check()
    assert status == 2
    assert printed.startswith(f"error: cannot read {folders[1] / file}: ")
    assert printed.count("\n") == 1


@pytest.mark.parametrize("side", [0, 1], ids=["stored", "fresh"])
def test_a_changed_figure_is_named(check, folders, side):
    edit(folders[side] / NAME / "products.png", lambda d: d[:-1])
    status, printed = check()
    assert status == 1
    assert f"{folders[side] / NAME}/products.png: expected as its run wrote it" in printed


def test_a_folder_in_place_of_a_file(check, folders):
    (folders[1] / TABLE).unlink()
    (folders[1] / TABLE).mkdir()
    status, printed = check()
    assert (status, "products.csv: Is a directory" in printed) == (2, True)


def test_missing_and_extra_files_are_differences(check, folders):
    (folders[1] / TABLE).rename(folders[1] / NAME / "more.csv")
    (folders[1] / NAME / "products.svg").unlink()
    status, printed = check()
    assert status == 1
    for file in ("products.csv", "more.csv", "products.svg"):
        assert f"{NAME}/{file}: expected" in printed


def test_a_missing_experiment_is_a_difference(check, folders):
    shutil.rmtree(folders[1] / NAME)
    status, printed = check()
    assert (status, f"{NAME}: expected there, obtained missing" in printed) == (1, True)


def test_damaged_provenance_is_named(check, folders):
    for text in ("", "[]", "{}", '{"seeds": "x", "files": {}, "spec": {}}'):
        (folders[1] / NAME / "provenance.json").write_text(text)
        status, printed = check()
        assert (status, "provenance.json: it is not what a run writes" in printed) == (2, True)


def test_compare_holds_two_folders(folders, capsys):
    expected, latest = map(str, folders)
    assert command_line.main(["compare", expected, latest]) == 0
    edit(folders[1] / TABLE, lambda d: d.replace(b"0.001,0.001", b"0.001,0.002"))
    assert command_line.main(["compare", expected, latest]) == 1
    assert "layers=3, printed: expected 0.001, obtained 0.002" in capsys.readouterr().out
    assert command_line.main(["compare", expected, expected]) == 0


def test_compare_and_check_print_in_other_formats(folders, check, capsys):
    expected, latest = map(str, folders)
    edit(folders[1] / TABLE, lambda d: d.replace(b"0.001,0.001", b"0.001,0.002"))
    capsys.readouterr()
    assert command_line.main(["compare", expected, latest, "--format", "json"]) == 1
    differences = json.loads(capsys.readouterr().out)["differences"]
    assert {"layers=3"} & {difference["row"] for difference in differences}
    status, printed = check("--format", "markdown")
    assert (status, printed.startswith("**")) == (1, True)
    status, printed = check("--format", "junit")
    assert (status, printed.startswith("<testsuites ")) == (1, True)


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["run", "document_arithmetics"], "did you mean document_arithmetic? Received: document_a"),
        (["run", "../suite"], "no such experiment"),
        (["run", "--seeds", "-3"], "must be a whole number from 1 to 100,000,000. Received: -3"),
        (["run", "--seeds", "0"], "Received: 0"),
        (["run", "--seeds", "many"], "Received: many"),
        (["run", "--seeds", "1e3"], "Received: 1e3"),
        (["run", "--seeds", "9" * 30], "Received: 999"),
        (["run", NAME, "--backend", "dask"], "needs --scheduler ADDRESS. Received: --backend dask"),
        (["run", NAME, "--scheduler", "tcp://x:1"], "needs --backend dask. Received: --scheduler"),
        (["run", NAME, "--backend", "ray"], "invalid choice"),
        (["run", NAME, "--results", "/dev/null/x"], "cannot write"),
        (["run", NAME, "--results", "/proc/x"], "cannot write"),
        (["check", "--expected", "/nowhere"], "no such results folder. Received: /nowhere"),
        (["compare", "/nowhere", "/nowhere"], "no such results folder"),
        (["compare", "/nowhere"], "required"),
        (["accept"], "required"),
        (["walk"], "invalid choice"),
        ([], "required"),
    ],
)
def test_bad_input_is_one_line_and_status_2(arguments, says, capsys):
    try:
        status = command_line.main(arguments)
    except SystemExit as stop:
        status = stop.code
    printed = capsys.readouterr()
    assert status == 2
    assert printed.out == ""
    assert printed.err.startswith("error: ")
    assert printed.err.count("\n") == 1
    assert says in printed.err


def test_run_keeps_a_file_that_it_cannot_read(folders, capsys):
    path = folders[1] / "claims.csv"
    path.write_bytes(b"id\nbroken")
    assert command_line.main(["run", NAME, "--results", str(folders[1])]) == 2
    assert path.read_bytes() == b"id\nbroken"


def test_a_second_run_changes_nothing_and_force_writes_the_same_bytes(folders, capsys):
    before = contents(folders[1])
    arguments = ["run", NAME, "--results", str(folders[1])]
    assert command_line.main(arguments) == 0
    assert "unchanged" in capsys.readouterr().out
    assert contents(folders[1]) == before
    assert command_line.main([*arguments, "--force"]) == 0
    assert "unchanged" not in capsys.readouterr().out
    after = contents(folders[1])
    provenance = f"{NAME}/provenance.json"  # holds the time taken
    assert {k: v for k, v in after.items() if k != provenance} == {
        k: v for k, v in before.items() if k != provenance
    }


def test_claims_of_an_unchanged_result_are_judged_anew(folders, capsys):
    path = folders[1] / "claims.csv"
    good = path.read_bytes()
    edit(path, lambda d: d.replace(b",document error,", b",reproduced,"))
    assert path.read_bytes() != good
    assert command_line.main(["run", NAME, "--results", str(folders[1])]) == 0
    assert capsys.readouterr().out.count("unchanged") == 1
    assert path.read_bytes() == good


def test_a_damaged_result_is_run_again(folders, capsys):
    good = (folders[1] / TABLE).read_bytes()
    edit(folders[1] / TABLE, lambda d: d[:50])
    assert command_line.main(["run", NAME, "--results", str(folders[1])]) == 0
    assert (folders[1] / TABLE).read_bytes() == good


def test_a_second_writer_is_refused_and_told_of_the_first(folders, capsys, monkeypatch):
    monkeypatch.setattr(command_line, "EXPECTED", folders[0])
    monkeypatch.setattr(command_line, "LATEST", folders[1])
    results = ["--results", str(folders[1])]
    for locked, commands in (
        (folders[1], (["run", NAME, *results], ["report", *results], ["accept", NAME])),
        (folders[0], (["accept", NAME],)),
    ):
        with only_writer(locked):
            before = contents(locked)
            for command in commands:
                assert command_line.main(command) == 2
                said = f"another process writes into {locked}; wait for it to end, or stop it."
                error = f"error: {said} Received: process {os.getpid()}\n"
                assert capsys.readouterr().err == error
            assert contents(locked) == before
        assert contents(locked).keys() < before.keys()  # the writer's name went with it


def test_what_a_killed_writer_left_is_cleared(folders):
    for folder in (folders[1], folders[1] / NAME):
        (folder / ".claims.csv.4711.partial").write_bytes(b"half")
    (folders[1] / ".writer").write_text("4711")
    assert command_line.main(["run", NAME, "--results", str(folders[1])]) == 0
    assert not list(folders[1].rglob(".*"))


def test_a_run_ends_with_the_verdicts(made, capsys):
    command_line.main(["run", NAME, "--results", str(made)])
    last = capsys.readouterr().out.splitlines()[-3:]
    assert last[0].startswith("XP-06  reproduced ")
    assert last[1].startswith("XP-07  document error ")
    assert last[2] == "3 claims: 2 reproduced, 1 document error"


def test_accept_shows_what_changes_and_stores_it(folders, capsys, monkeypatch):
    monkeypatch.setattr(command_line, "EXPECTED", folders[0])
    monkeypatch.setattr(command_line, "LATEST", folders[1])
    fresh = contents(folders[1])
    edit(folders[0] / TABLE, lambda d: d.replace(b"0.001,0.001", b"0.001,0.002"))
    assert command_line.main(["accept", NAME]) == 0
    printed = capsys.readouterr().out
    assert "layers=3, printed: expected 0.002, obtained 0.001" in printed
    assert contents(folders[0]) == fresh


def test_accept_stores_an_optional_experiment_for_the_first_time(folders, monkeypatch):
    monkeypatch.setattr(command_line, "EXPECTED", folders[0])
    monkeypatch.setattr(command_line, "LATEST", folders[1])
    optional = dataclasses.replace(experiment.load(NAME), optional=True)
    monkeypatch.setattr(experiment, "load", lambda name: optional)
    shutil.rmtree(folders[0] / NAME)
    assert command_line.main(["accept", NAME]) == 0
    assert contents(folders[0]) == contents(folders[1])


def test_accept_refuses_what_is_not_a_whole_result_of_today(folders, capsys, monkeypatch):
    monkeypatch.setattr(command_line, "EXPECTED", folders[0])
    monkeypatch.setattr(command_line, "LATEST", folders[1])
    before = contents(folders[0])
    path = folders[1] / NAME / "provenance.json"
    record = json.loads(path.read_text())
    path.write_text(json.dumps(record | {"fingerprint": "of another spec"}))
    assert command_line.main(["accept", NAME]) == 2
    path.write_text(json.dumps(record))
    edit(folders[1] / TABLE, lambda d: d.replace(b"0.001,0.001", b"0.001,0.002"))
    assert command_line.main(["accept", NAME]) == 2
    assert contents(folders[0]) == before


def test_a_reader_who_had_enough_is_no_error():
    """As in `list | head -1`; 141 is a shell's status for it, as 0 would say that all holds."""
    for arguments in (["list"], ["compare", "results/expected", "results/expected"]):
        read, write = os.pipe()
        os.close(read)
        with open(write, "wb") as closed:
            done = subprocess.run(
                [sys.executable, "-m", "reproductions", *arguments],
                cwd=ROOT, stdout=closed, stderr=subprocess.PIPE, check=False,
            )  # fmt: skip
        assert (done.returncode, done.stderr) == (141, b"")


def test_a_pipe_that_breaks_elsewhere_is_an_error(monkeypatch, capfd):
    def broken(given):
        raise BrokenPipeError(errno.EPIPE, "Broken pipe")

    monkeypatch.setitem(command_line.COMMANDS, "list", broken)
    assert command_line.main(["list"]) == 2
    assert capfd.readouterr().err == "error: Broken pipe. Received: a closed pipe\n"


def bare(*arguments, python=(sys.executable, "-S")):
    """Runs the command line on a Python without packages."""
    return subprocess.run(
        [*python, "-m", "reproductions", *arguments],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip


@pytest.mark.parametrize(
    "arguments", [["check"], ["run"], ["report"], ["accept", NAME], ["compare", "a", "b"]], ids=str
)
def test_a_python_without_the_packages_is_told_of_the_environment(arguments):
    done = bare(*arguments)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("error: this Python has no cycler, jinja2, joblib, keras, ")
    assert "`make quick` makes the environment .venv" in done.stderr
    assert "`.venv/bin/python -m reproductions` runs in it" in done.stderr
    assert done.stderr.endswith(f". Received: {sys.executable}\n")
    assert done.stderr.count("\n") == 1


def test_without_packages_list_and_help_answer_and_bad_usage_is_said():
    assert bare("list").returncode == bare("--help").returncode == 0
    assert bare("walk").stderr.startswith("error: argument COMMAND: invalid choice")


def imported(path: Path) -> set[str]:
    """The packages that a file imports, anywhere in it."""
    names = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names.add(node.module)
    return {name.partition(".")[0] for name in names}


def test_the_packages_that_are_looked_for_are_those_that_are_imported():
    files = [*ROOT.glob("reproductions/**/*.py"), *ROOT.glob("custom_layers/*.py")]
    elsewhere = {"distributed", "jax", "torch"}  # of environments of their own
    found = set.union(*map(imported, files)) - set(sys.stdlib_module_names) - elsewhere
    assert found - {"reproductions", "custom_layers"} == set(command_line.PACKAGES)


OLD = """
import sys
sys.version_info, sys.version, sys.argv = (3, 10, 13, "final", 0), "3.10.13 (main)", [{first!r}]
import reproductions
"""


def test_an_older_python_is_one_line():
    said = "Python 3.11, 3.12 or 3.13 is needed; `make quick` makes the environment .venv"
    for first, status in (("-m", 2), ("", 1)):
        done = bare(python=(sys.executable, "-c", OLD.format(first=first)))
        assert done.returncode == status
        assert said in done.stderr
        assert done.stderr.endswith(". Received: Python 3.10.13\n")
        assert (done.stderr.count("\n") == 1) == (first == "-m")
        assert done.stderr.startswith("error: " if first == "-m" else "Traceback")


def test_older_pythons_can_read_the_file_that_says_so():
    path = ROOT / "reproductions/__init__.py"
    code = path.read_text(encoding="utf-8")
    ast.parse(code, feature_version=(3, 4))  # before f-strings and annotations
    names = ("python3.6", "python3.8", "python3.10")
    for old in filter(None, map(shutil.which, names)):
        if subprocess.run([old, "-c", ""], capture_output=True).returncode:
            continue  # a name that stands for no Python
        done = bare("check", python=(old,))
        assert (done.returncode, done.stderr.count("\n")) == (2, 1)
        assert done.stderr.startswith("error: Python 3.11, 3.12 or 3.13 is needed")


@pytest.mark.parametrize("readme", ["README.md", "README.ko.md"])
def test_the_readmes_name_every_command_and_option(readme):
    pages = [ROOT / readme, ROOT / "reproductions/running" / readme]
    text = "\n".join(page.read_text(encoding="utf-8") for page in pages)
    assert ".venv/bin/python" in pages[0].read_text(encoding="utf-8")
    (commands,) = (a for a in command_line.parser()._actions if isinstance(a.choices, dict))
    for name, grammar in commands.choices.items():
        assert f"python -m reproductions {name} " in text
        options = {option for action in grammar._actions for option in action.option_strings}
        for option in options - {"-h", "--help"}:
            assert option in text, f"{name} {option}"


def test_list_needs_neither_tensorflow_nor_pandas():
    code = (
        "import sys\nfrom reproductions.__main__ import main\nmain(['list'])\n"
        "assert not {'tensorflow', 'keras', 'pandas', 'numpy'} & set(sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert [line.split()[0] for line in done.stdout.splitlines()] == list(experiment.names())
    assert all(len(line.split()) > 3 for line in done.stdout.splitlines())


def test_an_optional_experiment_is_run_and_checked_only_when_named(monkeypatch, tmp_path):
    optional = {name for name in experiment.names() if experiment.load(name).optional}
    assert "tanh_warping_fit" in optional
    assert set(experiment.chosen([])) == set(experiment.names()) - optional
    assert experiment.chosen([*optional]) == [*optional]
    asked = []
    monkeypatch.setattr(runner, "run", lambda names, *others: asked.extend(names))
    assert command_line.main(["run"]) == 0
    assert asked == experiment.chosen([])


def test_an_optional_experiment_may_be_missing_on_one_side(folders, monkeypatch):
    name = "tanh_warping_fit"
    (folders[0] / name).mkdir()
    (folders[0] / name / "any.csv").write_text("any\n")
    found = checking.compare([name, NAME], *folders, judge=False)
    assert not found.differences
    found = checking.compare([name], *folders, judge=True)
    assert [(d.file, d.obtained) for d in found.differences] == [(name, "missing")]


def test_a_merged_claims_file_is_sorted_and_keeps_other_rows(made):
    judged = results.read_claims(made)
    other = judged.head(1).assign(id="AA-01")
    stale = judged.tail(1).assign(verdict="stale")
    import pandas as pd

    merged = verdicts.merge(pd.concat([stale, other]), judged, ["XP-06", "XP-07"])
    assert merged["id"].tolist() == ["AA-01", "NP-19", "XP-06", "XP-07"]
    assert "stale" not in set(merged["verdict"])


@pytest.fixture
def custom(folders, tmp_path, monkeypatch):
    """Writes a configuration; `run` and `accept` keep to the test's folders."""
    monkeypatch.setattr(command_line, "EXPECTED", folders[0])
    monkeypatch.setattr(command_line, "LATEST", folders[1])
    monkeypatch.setattr(command_line, "CUSTOM", tmp_path / "custom")

    def write(text, name="mine.toml"):
        (tmp_path / name).write_text(text)
        return str(tmp_path / name)

    return write


def test_another_setting_has_a_folder_of_its_own(custom, folders, tmp_path, capsys):
    before = [contents(folder) for folder in folders]
    path = custom(f"[{NAME}]\nlayers = 12\n")
    assert command_line.main(["run", "--config", path]) == 0
    assert [contents(folder) for folder in folders] == before
    assert "layers = 12" in capsys.readouterr().out.splitlines()[0]
    made = tmp_path / "custom" / "mine"
    assert (made / TABLE).read_text().splitlines()[-1].startswith("12,")
    notes = results.read_claims(made)["note"]
    assert notes.str.startswith("with layers = 12: ").all()
    assert command_line.main(["run", "--config", path]) == 0
    assert "unchanged" in capsys.readouterr().out
    assert results.read_claims(made)["note"].equals(notes)


def test_another_setting_is_never_held_for_the_stored_one(custom, folders, tmp_path, capsys):
    path = custom(f"[{NAME}]\nlayers = 12\n")
    made = str(tmp_path / "other")
    assert command_line.main(["run", "--config", path, "--results", made]) == 0
    capsys.readouterr()
    stored = str(folders[0])
    assert command_line.main(["check", NAME, "--results", made, "--expected", stored]) == 1
    printed = capsys.readouterr().out
    place = f"{NAME}/provenance.json: spec, layers: expected 11, obtained 12 (another setting"
    assert printed.startswith(place)
    assert "products.csv" not in printed
    assert command_line.main(["compare", stored, made]) == 1  # which shows the numbers too
    printed = capsys.readouterr().out
    assert place in printed
    assert "products.csv: layers=12" in printed
    shutil.rmtree(folders[1])
    shutil.copytree(made, folders[1])
    before = contents(folders[0])
    assert command_line.main(["accept", NAME]) == 2
    assert "results of another setting (layers = 12); run" in capsys.readouterr().err
    assert contents(folders[0]) == before


def test_a_configuration_that_changes_nothing_holds(custom, folders, tmp_path):
    made = str(tmp_path / "other")
    path = custom(f"[{NAME}]\nlayers = 11\n")
    assert command_line.main(["run", "--config", path, "--results", made]) == 0
    assert command_line.main(["check", NAME, "--results", made, "--expected", str(folders[0])]) == 0


@pytest.mark.parametrize(
    ("text", "arguments", "says"),
    [
        (f"[{NAME}]\nlayer = 3", [], "mine.toml:2: no such key of document_arithmetic, did you me"),
        (f"[{NAME}]\nlayers = 3", ["--results", "LATEST"], "need a folder of their own. Received:"),
        (f"[{NAME}]\nlayers = 3", ["--results", "EXPECTED/x"], "need a folder of their own."),
        (
            "[deep_xor]\nseeds = 3",
            ["--seeds", "4"],
            "mine.toml sets seeds too. Received: --seeds 4",
        ),
        (f"[{NAME}]\nfactor = 'x'", [], "mine.toml:2: a factor, a product or e must be above 0."),
    ],
)
def test_a_bad_configuration_is_one_line_and_status_2(
    custom, folders, text, arguments, says, capsys
):
    names = {"LATEST": str(folders[1]), "EXPECTED/x": str(folders[0] / "x")}
    before = [contents(folder) for folder in folders]
    given = ["run", "--config", custom(text), *(names.get(a, a) for a in arguments)]
    assert command_line.main(given) == 2
    printed = capsys.readouterr()
    assert printed.err.startswith("error: ")
    assert printed.err.count("\n") == 1
    assert says in printed.err
    assert [contents(folder) for folder in folders] == before


def test_no_file_s_name_leads_out_of_the_folder(custom, tmp_path, capsys):
    assert command_line.main(["run", "--config", custom(f"[{NAME}]", "...toml")]) == 2
    assert "gives no folder's name" in capsys.readouterr().err
    assert not (tmp_path / "custom").exists()


@pytest.fixture
def made_up(monkeypatch):
    """Puts another judge in the place of the first claim's, or another function for a figure."""
    loaded = experiment.load(NAME)

    def put(judge=loaded.claims[0].judge, draw=None, run=loaded.run):
        claim = dataclasses.replace(loaded.claims[0], judge=judge)

        def figures(spec, tables):
            more = {"more": draw} if draw else {}
            return more | dict(loaded.figures(spec, tables))

        changed = dataclasses.replace(
            loaded, run=run, figures=figures, claims=[claim, *loaded.claims[1:]]
        )
        monkeypatch.setattr(runner, "load", lambda name: changed)

    return put


def failing(error):
    def fail(*arguments):
        raise error

    return fail


def test_what_another_setting_has_no_numbers_for_is_told_and_the_rest_is_made(
    custom, made_up, tmp_path, capsys
):
    missing = failing(NotMeasured("the tables have no activation tanh"))
    made_up(judge=missing, draw=missing)
    command = ["run", "--config", custom(f"[{NAME}]\nlayers = 12\n")]
    for took in (" s  layers", "unchanged"):  # said again where nothing is made again
        assert command_line.main(command) == 0
        judged, drawn, ran, *_, total = capsys.readouterr().out.splitlines()
        assert judged == f"{NAME}, XP-06 is not judged: the tables have no activation tanh"
        assert drawn == f"{NAME}, figure more is not drawn: the tables have no activation tanh"
        assert took in ran
        assert total == "2 claims: 1 reproduced, 1 document error"
    made = tmp_path / "custom" / "mine"
    assert {path.suffix for path in (made / NAME).iterdir()} >= {".svg", ".png", ".csv"}
    assert results.read_claims(made)["id"].tolist() == ["NP-19", "XP-07"]


@pytest.mark.parametrize("part", ["judge", "draw", "run"])
def test_a_bug_is_no_matter_of_the_setting(custom, made_up, part):
    made_up(**{part: failing(KeyError("activaton"))})
    with pytest.raises(KeyError, match="activaton"):
        command_line.main(["run", "--config", custom(f"[{NAME}]\nlayers = 12\n")])


@pytest.mark.parametrize("part", ["judge", "draw"])
def test_nothing_is_left_out_of_the_stored_setting(made_up, part, tmp_path):
    made_up(**{part: failing(NotMeasured("the tables have no activation tanh"))})
    with pytest.raises(NotMeasured):
        command_line.main(["run", NAME, "--results", str(tmp_path / "stored")])


@pytest.mark.parametrize("error", [ValueError("steps must be even"), MemoryError("2 PiB")])
def test_what_a_setting_is_refused_for_is_one_line(custom, made_up, error, capsys):
    made_up(run=failing(error))
    assert command_line.main(["run", "--config", custom(f"[{NAME}]\nlayers = 12\n")]) == 2
    said = f"{NAME} cannot run in this setting ({type(error).__name__}: {error}). Received: layers"
    assert capsys.readouterr().err == f"error: {said} = 12\n"
