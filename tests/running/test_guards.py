"""Attacks by somebody who wants a wrong number to pass, and slips that look like attacks."""

import hashlib
import json
import shutil
from pathlib import Path

import pytest

from reproductions import __main__ as command_line
from reproductions.evidence import verdicts
from reproductions.evidence.errors import InputError
from reproductions.running import accepting, checking, experiment, provenance, results, runner

NAME = "document_arithmetic"  # needs no TensorFlow
SEEDED = "losses"  # has seeds, a table by seed, and trains nothing


@pytest.fixture(scope="session")
def made(tmp_path_factory):
    """Fresh results of two experiments, one with seeds."""
    folder = tmp_path_factory.mktemp("made")
    for name in (NAME, SEEDED):  # one alone needs no other process, which would take seconds
        runner.run([name], runner.Request(folder))
    return folder


@pytest.fixture
def folders(made, tmp_path, monkeypatch):
    """Stored results and fresh ones that hold; `accept` keeps to them."""
    for side in ("expected", "latest"):
        shutil.copytree(made, tmp_path / side)
    monkeypatch.setattr(command_line, "EXPECTED", tmp_path / "expected")
    monkeypatch.setattr(command_line, "LATEST", tmp_path / "latest")
    return tmp_path / "expected", tmp_path / "latest"


@pytest.fixture
def call(capsys):
    """Runs a command; its exit status and what it printed."""

    def run(*arguments):
        capsys.readouterr()
        try:
            status = command_line.main([str(argument) for argument in arguments])
        except SystemExit as stop:
            status = stop.code
        printed = capsys.readouterr()
        return status, printed.out + printed.err

    return run


def contents(folder: Path) -> dict[str, bytes]:
    return {str(p.relative_to(folder)): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


def rewrite(folder: Path, **changes) -> None:
    """Changes fields of a provenance, and makes its checksums those of the files that are there."""
    path = folder / "provenance.json"
    record = json.loads(path.read_text())
    record |= {name: value(record) if callable(value) else value for name, value in changes.items()}
    record["files"] = {
        file: hashlib.sha256((folder / file).read_bytes()).hexdigest()
        for file in record["files"]
        if (folder / file).is_file()
    }
    path.write_text(json.dumps(record, indent=1, sort_keys=True) + "\n")


# Nothing held


def test_nothing_to_hold_is_wrong_usage(folders, tmp_path, call):
    one, two = tmp_path / "one", tmp_path / "two"
    one.mkdir()
    two.mkdir()
    for command in (
        ["compare", one, two],
        ["compare", tmp_path, tmp_path],
        ["check", "--results", one, "--expected", two],
    ):
        status, said = call(*command)
        if command[0] == "compare":
            assert (status, "there is nothing to hold here: a results folder" in said) == (2, True)
        assert status, said
    # An easy slip: the folders of one experiment.
    status, said = call("compare", folders[0] / NAME, folders[1] / NAME)
    assert status == 2
    assert "these are the results of one experiment; name the folder around it" in said
    assert said.endswith(f"Received: {folders[0] / NAME}\n")
    assert call("compare", *folders)[0] == 0


# Seeds


@pytest.mark.parametrize("seeds", [21, None, -1, True, 20.0, "20"], ids=repr)
def test_the_seeds_of_a_provenance_are_those_of_its_spec(folders, call, seeds):
    folder = folders[1] / SEEDED
    (folder / "jumps.csv").write_bytes(
        (folder / "jumps.csv").read_bytes().splitlines(keepends=True)[0]
    )
    rewrite(folder, seeds=seeds)
    for command in (["compare", *folders], ["check", SEEDED, "--expected", folders[0]]):
        more = ["--results", folders[1]] if command[0] == "check" else []
        status, said = call(*command, *more)
        assert status == 2
        assert "its seeds must be those of its spec, 20. Received: " in said


def test_other_seeds_in_spec_and_provenance_are_held_by_the_tables(folders, call):
    folder = folders[1] / SEEDED
    rewrite(folder, seeds=21, spec=lambda record: record["spec"] | {"seeds": 21})
    status, said = call("compare", *folders)
    assert (status, "jumps.csv: " in said) == (1, True)
    rows = (folder / "jumps.csv").read_bytes().splitlines(keepends=True)
    (folder / "jumps.csv").write_bytes(rows[0])
    rewrite(folder)
    status, said = call("compare", *folders)
    assert (status, "expected a row, obtained no row" in said) == (1, True)


@pytest.mark.parametrize("side", [0, 1], ids=["stored", "fresh"])
def test_a_setting_has_the_fields_that_the_experiment_declares(folders, call, side):
    checking_both = ["check", "--results", folders[1], "--expected", folders[0]]
    strip = {"spec": lambda r: {k: v for k, v in r["spec"].items() if k != "seeds"}, "seeds": None}
    add = {"spec": lambda r: r["spec"] | {"seeds": 5}, "seeds": 5}
    for name, changes in ((SEEDED, strip), (NAME, add)):
        rewrite(folders[side] / name, **changes)
        for command in ([*checking_both, name], ["compare", *folders]):
            status, said = call(*command)
            assert (status, f"{name}/provenance.json: spec, seeds: expected" in said) == (1, True)
        if side:
            assert call("accept", name)[0] == 2


def test_stored_numbers_are_of_the_declared_setting(folders, call):
    for name, field, value in ((NAME, "layers", 12), (SEEDED, "seeds", 19)):
        for side in folders:
            changes = {field: value} if field == "seeds" else {}
            rewrite(side / name, spec=lambda r, f=field, v=value: r["spec"] | {f: v}, **changes)
        status, said = call("check", name, "--results", folders[1], "--expected", folders[0])
        assert status == 1
        assert f"{name}/provenance.json: spec, {field}: expected" in said


def test_a_run_over_other_seeds_holds(folders, call):
    runner.run([SEEDED], runner.Request(folders[1], seeds=5))
    status, said = call("check", SEEDED, "--results", folders[1], "--expected", folders[0])
    assert (status, f"{SEEDED}: 5 seeds compared (20 stored, 5 run)" in said) == (0, True)


# The form of a table


FORMS = {
    "rows in another order": lambda lines: [lines[0], *reversed(lines[1:])],
    "a row twice": lambda lines: [*lines, lines[-1]],
    "another column": lambda lines: [line[:-1] + b",1\n" for line in lines],
    "a number written otherwise": lambda lines: [*lines[:-1], lines[-1].replace(b"11,", b"11.0,")],
    "a number with many digits": lambda lines: [*lines[:-1], b"-" + b"1" * 30 + lines[-1][2:]],
    "a column named like a side": lambda lines: [b"_merge,product|expected\n", b"1,1\n"],
    "no value column": lambda lines: [b"layers\n", b"3\n"],
    "a cell without end": lambda lines: [*lines[:-1], b"1" * 120_000 + lines[-1][2:]],
}


@pytest.mark.parametrize("side", [0, 1], ids=["stored", "fresh"])
@pytest.mark.parametrize("form", FORMS)
def test_a_table_is_as_a_run_writes_it(folders, call, form, side):
    before = contents(folders[0])
    path = folders[side] / NAME / "products.csv"
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join(FORMS[form](lines)))
    rewrite(folders[side] / NAME)
    for command in (["compare", *folders], ["check", NAME, "--expected", folders[0]]):
        more = ["--results", folders[1]] if command[0] == "check" else []
        status, said = call(*command, *more)
        assert status == 1
        assert max(map(len, said.splitlines())) < 1_000
    if side:
        status, said = call("accept", NAME)
        assert (status, said.count("\n")) == (2, 1)
        assert contents(folders[0]) == before


# Files


def test_a_figure_that_is_struck_from_the_list_and_overwritten_is_seen(folders, call):
    for side in folders:
        figure = next((side / NAME).glob("*.png"))
        original = figure.read_bytes()
        figure.write_bytes(b"another")
        rewrite(side / NAME)
        path = side / NAME / "provenance.json"
        record = json.loads(path.read_text())
        del record["files"][figure.name]
        path.write_text(json.dumps(record))
        for command in (["compare", *folders], ["check", NAME, "--expected", folders[0]]):
            more = ["--results", folders[1]] if command[0] == "check" else []
            status, said = call(*command, *more)
            assert (status, f"{figure}: expected nothing, obtained a file" in said) == (1, True)
        figure.write_bytes(original)
        rewrite(side / NAME, files=record["files"] | {figure.name: ""})


def test_a_figure_that_neither_lists_nor_has_is_seen(folders, call):
    for side in folders:
        for figure in list((side / NAME).glob("*.svg")):
            figure.unlink()
        rewrite(side / NAME)
    for command in (["compare", *folders], ["check", NAME, "--expected", folders[0]]):
        more = ["--results", folders[1]] if command[0] == "check" else []
        status, said = call(*command, *more)
        assert status == 1
        assert said.count("files, products: expected a figure, obtained listed otherwise") == 2


def test_a_figure_that_both_list_and_neither_has_is_seen(folders, call):
    for side in folders:
        next((side / NAME).glob("*.png")).unlink()
    status, said = call("check", NAME, "--expected", folders[0], "--results", folders[1])
    assert status == 1
    assert said.count(".png: expected as its run wrote it, obtained missing") == 2


@pytest.mark.parametrize(
    "stranger", ["notes.txt", ".hidden", "more/deep.csv", "old.csv", ".writer/a", "Products.csv"]
)
@pytest.mark.parametrize("side", [0, 1])
def test_what_no_run_wrote_is_seen(folders, call, side, stranger):
    path = folders[side] / NAME / stranger
    path.parent.mkdir(exist_ok=True)
    path.write_text("x\n")
    status, said = call("check", NAME, "--expected", folders[0], "--results", folders[1])
    assert (status, "expected nothing, obtained a f" in said) == (1, True)
    if side:
        status, said = call("accept", NAME)
        assert (status, "no run wrote this. Received: " in said) == (2, True)


@pytest.mark.parametrize("stranger", ["notes.txt", "extra.csv", "products.jpg", "PRODUCTS.CSV"])
def test_what_no_run_draws_is_seen_though_it_is_listed(folders, call, stranger):
    for side in folders:
        (side / NAME / stranger).write_text("x\n1\n")
        record = json.loads((side / NAME / "provenance.json").read_text())
        rewrite(side / NAME, files=record["files"] | {stranger: ""})
    assert call("check", NAME, "--expected", folders[0], "--results", folders[1])[0] == 1
    assert call("compare", *folders)[0] == 1
    assert call("accept", NAME)[0] == 2


def test_what_a_stopped_run_leaves_is_no_difference(folders, call):
    for leaving in (".writer", ".products.csv.12.partial"):
        (folders[1] / NAME / leaving).write_text("1")
    (folders[1] / NAME / ".shards").mkdir()
    assert call("check", NAME, "--expected", folders[0], "--results", folders[1])[0] == 0


@pytest.mark.parametrize("field", ["seconds", "packages", "files", "fingerprint", "inputs", "cpu"])
@pytest.mark.parametrize("value", [None, [], -1.0, True, "\ud800", 10**400], ids=ascii)
def test_a_provenance_that_no_run_writes_is_one_line(folders, tmp_path, call, field, value):
    path = folders[1] / NAME / "provenance.json"
    record = json.loads(path.read_text())
    if isinstance(value, str) and field in ("cpu", "fingerprint"):
        assert not value.isprintable()
    if value is None:
        del record[field]
    else:
        record[field] = value
    path.write_text(json.dumps(record))
    for command in (
        ["report", "--results", folders[1]],
        ["report", "--results", folders[1], "--output", tmp_path / "page.html"],
        ["check", NAME, "--expected", folders[0], "--results", folders[1]],
        ["compare", *folders],
    ):
        status, said = call(*command)
        assert (status, said) == (2, f"error: cannot read {path}: it is not what a run writes\n")


# Accepting


def test_accept_refuses_a_verdict_that_the_tables_do_not_give(folders, call):
    before = contents(folders[0])
    path = folders[1] / "claims.csv"
    data = path.read_bytes()
    for edited in (
        data.replace(b",document error,", b",reproduced,"),
        data.replace(b",0.001,,", b",0.002,,"),
        b"".join(line for line in data.splitlines(keepends=True) if b"XP-07" not in line),
    ):
        assert edited != data
        path.write_bytes(edited)
        status, said = call("accept", NAME)
        assert (status, "claims.csv: id=XP-0" in said) == (1, True)
        assert "nothing is accepted" in said
        assert contents(folders[0]) == before


def test_a_fresh_figure_is_the_stored_one_or_what_its_tables_give(folders, call):
    command = ["check", NAME, "--expected", folders[0], "--results", folders[1]]
    # What the tables give passes, whatever is stored: after a change of how it is drawn.
    for figure in folders[0].glob(f"{NAME}/*.svg"):
        figure.write_bytes(figure.read_bytes() + b"<!-- older -->")
    rewrite(folders[0] / NAME)
    assert call(*command)[0] == 0
    for kind in ("png", "svg"):
        figure = next((folders[1] / NAME).glob(f"*.{kind}"))
        whole = figure.read_bytes()
        figure.write_bytes(next((folders[1] / SEEDED).glob(f"*.{kind}")).read_bytes())
        rewrite(folders[1] / NAME)
        status, said = call(*command)
        assert (status, f"{figure}: expected what the tables give, drawn again" in said) == (
            1,
            True,
        )
        assert said.count("expected") == 1
        figure.write_bytes(whole)
    rewrite(folders[1] / NAME)
    assert call(*command)[0] == 0


@pytest.mark.parametrize("side", [0, 1], ids=["stored", "fresh"])
@pytest.mark.parametrize(
    "damage",
    [
        lambda data: b"",
        lambda data: data[: len(data) // 2],
        lambda data: data.replace(b'"files"', b'"filez"'),
        lambda data: data.replace(b".png", b"/../../x.png"),
        None,
    ],
    ids=["empty", "half", "no files", "a path", "missing"],
)
def test_accept_refuses_a_damaged_provenance_on_either_side(folders, call, side, damage):
    path = folders[side] / NAME / "provenance.json"
    if damage:
        path.write_bytes(damage(path.read_bytes()))
    else:
        path.unlink()
    before = contents(folders[0])
    status, said = call("accept", NAME)
    assert (status, said.count("\n"), str(path) in said) == (2, 1, True)
    assert contents(folders[0]) == before


def test_accept_refuses_a_figure_that_the_tables_do_not_give(folders, call):
    before = contents(folders[0])
    figure = next((folders[1] / NAME).glob("*.png"))
    figure.write_bytes(figure.read_bytes() + b"more")
    rewrite(folders[1] / NAME)
    status, said = call("accept", NAME)
    assert (status, f"{figure}: expected what the tables give" in said) == (1, True)
    assert contents(folders[0]) == before


def test_accept_says_why_other_seeds_and_first_looks_are_no_stored_results(folders, call):
    before = contents(folders[0])
    runner.run([SEEDED], runner.Request(folders[1], seeds=5))
    status, said = call("accept", SEEDED)
    assert (status, "these are results of 5 seeds, the stored ones have 20; run" in said) == (
        2,
        True,
    )
    assert contents(folders[0]) == before


def test_claims_are_those_that_the_run_judged(folders, call):
    path = folders[1] / "claims.csv"
    data = path.read_bytes()
    for edited in (data.replace(b",1e-10,", b",0.5,"), data.partition(b"\n")[0] + b"\n"):
        assert edited != data
        path.write_bytes(edited)
        status, said = call("compare", *folders)
        assert (status, "expected the rows that its run judged, obtained others" in said) == (
            1,
            True,
        )


def test_a_run_keeps_no_verdict_that_its_tables_do_not_give(folders, call):
    good = contents(folders[1])
    path, table = folders[1] / "claims.csv", folders[1] / NAME / "products.csv"
    ids = [claim.id for claim in experiment.load(NAME).claims]
    edited = path.read_bytes().replace(b",document error,", b",reproduced,")
    lines = table.read_bytes().splitlines(keepends=True)
    for data in (None, b"".join(lines[:-1]), lines[0], b"layers\n"):
        path.write_bytes(edited)
        if data is not None:
            table.write_bytes(data)
        rows = results.read_claims(folders[1])
        rewrite(folders[1] / NAME, judged=verdicts.digest(rows[rows["id"].isin(ids)]))
        status, said = call("run", NAME, "--results", folders[1])
        assert (status, "unchanged" in said) == (0, False)
        now = contents(folders[1])
        assert {file for file in good if now[file] != good[file]} <= {f"{NAME}/provenance.json"}


@pytest.mark.parametrize("wanted", [NAME, SEEDED])
def test_accept_stores_a_table_and_what_was_made_from_it_together(folders, monkeypatch, wanted):
    import dataclasses

    inputs = {"first": (), SEEDED: tuple(experiment.load(SEEDED).tables)}
    reader = dataclasses.replace(experiment.load(NAME), inputs=inputs)
    never_stored = dataclasses.replace(reader, name="never_stored")
    loaded = {NAME: reader, SEEDED: experiment.load(SEEDED), "never_stored": never_stored}
    monkeypatch.setattr(accepting, "loadable", lambda: ["never_stored", NAME, SEEDED])
    monkeypatch.setattr(accepting, "load", loaded.__getitem__)
    (table,), sides = (folders[1] / SEEDED).glob("jumps.csv"), (folders[1], folders[0])
    both = [wanted, "first"] if wanted == NAME else [wanted]
    accepting._refuse_one_without_the_other(both, *sides)
    table.write_bytes(table.read_bytes()[:-1] + b"1\n")
    accepting._refuse_one_without_the_other([NAME, SEEDED, "first"], *sides)
    why = {
        NAME: f"{NAME} was made from another {SEEDED} than the stored one; accept {SEEDED} too.",
        SEEDED: f"the stored {NAME} was made from another {SEEDED}; accept {NAME} too.",
    }
    with pytest.raises(InputError) as error:
        accepting._refuse_one_without_the_other(both, *sides)
    assert str(error.value) == f"{why[wanted]} Received: {table}"
    shutil.rmtree(folders[0] / SEEDED)
    with pytest.raises(InputError) as error:
        accepting._refuse_one_without_the_other(both, *sides)
    assert str(error.value) == f"{why[wanted]} Received: {table.with_name('provenance.json')}"
    shutil.rmtree(folders[0] / NAME)  # then nothing stored was made from the stored tables
    accepting._refuse_one_without_the_other([SEEDED], *sides)


def test_accept_refuses_another_setting_of_the_tables_that_were_read(folders, monkeypatch):
    import dataclasses

    reader = dataclasses.replace(
        experiment.load(NAME), inputs={SEEDED: tuple(experiment.load(SEEDED).tables)}
    )
    path = folders[1] / NAME / "provenance.json"
    seeded = json.loads((folders[1] / SEEDED / "provenance.json").read_text(encoding="utf-8"))
    monkeypatch.setattr(accepting, "load", lambda name: reader)
    monkeypatch.setattr(accepting, "loadable", list)
    monkeypatch.setattr(provenance, "is_current", lambda *_: True)
    for inputs, wrong in (({SEEDED: seeded["spec"]}, 0), ({SEEDED: {"seeds": 3}}, 1), ({}, 1)):
        record = json.loads(path.read_text(encoding="utf-8")) | {"inputs": inputs}
        path.write_bytes(provenance.to_json(record))
        before = contents(folders[0])
        found = accepting.accept([NAME], folders[1], folders[0]).differences
        assert [difference.column for difference in found] == [SEEDED] * wrong
        assert (contents(folders[0]) == before) == bool(wrong)


def test_what_runs_only_when_it_is_named_is_held_against_itself(folders, monkeypatch):
    expected, latest = folders
    ids = {claim.id.encode() for claim in experiment.load(SEEDED).claims}
    shutil.rmtree(latest / SEEDED)
    lines = (latest / "claims.csv").read_bytes().splitlines(keepends=True)
    others = [line for line in lines if line.partition(b",")[0] not in ids]
    assert len(others) < len(lines)
    (latest / "claims.csv").write_bytes(b"".join(others))
    monkeypatch.setattr(checking, "chosen", lambda given: (NAME,))
    monkeypatch.setattr(checking, "names", lambda: (NAME, SEEDED))

    def differences(judge=True):
        return checking.compare([NAME], expected, latest, judge).differences

    assert differences() == []
    claimed, table = expected / "claims.csv", expected / SEEDED / "jumps.csv"
    good = claimed.read_bytes(), table.read_bytes()
    others = [
        line.replace(b",reproduced,", b",not reproduced,")
        if line.partition(b",")[0] in ids
        else line
        for line in good[0].splitlines(keepends=True)
    ]
    for edited in ((b"".join(others), good[1]), (good[0], good[1][:-1] + b"1\n")):
        assert edited != good
        claimed.write_bytes(edited[0])
        table.write_bytes(edited[1])
        assert differences()
        assert differences(judge=False) == []


@pytest.mark.parametrize("arguments", [(), ("--quick",), ("--force",)])
@pytest.mark.parametrize("place", [".", "report", "a/b"])
def test_no_run_writes_among_the_stored_numbers(folders, call, arguments, place):
    before = contents(folders[0])
    status, said = call("run", NAME, "--results", folders[0] / place, *arguments)
    assert (status, "`accept` alone changes the stored numbers" in said) == (2, True)
    assert contents(folders[0]) == before


def test_no_page_takes_the_place_of_a_stored_table(folders, call):
    before = contents(folders[0])
    table = next((folders[0] / NAME).glob("*.csv"))
    status, said = call("report", "--results", folders[1], "--output", table)
    assert (status, "`accept` alone changes the stored numbers" in said) == (2, True)
    assert contents(folders[0]) == before


def test_no_run_writes_among_them_from_another_folder(call, monkeypatch):
    stored = experiment.FOLDER.parent / "results" / "expected"
    monkeypatch.chdir(stored.parent)
    before = (stored / "claims.csv").stat().st_mtime_ns
    status, said = call("run", NAME, "--results", "expected")
    assert (status, "`accept` alone changes the stored numbers" in said) == (2, True)
    assert (stored / "claims.csv").stat().st_mtime_ns == before


@pytest.mark.parametrize("command", ["check", "accept"])
def test_a_folder_is_not_held_against_itself(folders, call, monkeypatch, command):
    shutil.rmtree(folders[1])
    folders[1].symlink_to(folders[0])
    options = ["--expected", folders[0], "--results", folders[1]] if command == "check" else []
    status, said = call(command, NAME, *options)
    assert (status, said) == (
        2,
        f"error: these are one folder, which is no check of it. Received: {folders[0]} and"
        f" {folders[1]}\n",
    )


def test_two_experiments_of_one_name_are_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(experiment, "EXPERIMENTS", tmp_path)
    for topic in ("first", "second"):
        (tmp_path / topic).mkdir()
        (tmp_path / topic / f"of_{topic}.py").touch()
    assert list(experiment.places.__wrapped__()) == ["of_first", "of_second"]
    (tmp_path / "first/of_second").mkdir()
    assert list(experiment.places.__wrapped__()) == ["of_first", "of_second"]
    (tmp_path / "first/of_second/__init__.py").touch()
    with pytest.raises(checking.InputError, match=r"one name. Received: .*of_second and .*\.py"):
        experiment.places.__wrapped__()


def test_a_run_over_the_results_of_another_experiment_leaves_none_of_them(folders):
    shutil.rmtree(folders[1] / NAME)
    (folders[1] / SEEDED).rename(folders[1] / NAME)
    runner.run([NAME], runner.Request(folders[1]))
    left = {path.name for path in (folders[1] / NAME).iterdir()}
    assert left == {path.name for path in (folders[0] / NAME).iterdir()}


# Small slips


def test_a_named_experiment_that_the_configuration_does_not_hold_is_refused(
    folders, tmp_path, call
):
    config = tmp_path / "mine.toml"
    config.write_text(f"[{SEEDED}]\nseeds = 3\n")
    status, said = call("run", NAME, "--config", config)
    assert (status, said) == (2, f"error: {config} has no table [{NAME}]. Received: {NAME}\n")


def test_no_command_writes_where_other_things_lie(tmp_path, call):
    for command in (["run", NAME], ["report"]):
        status, said = call(*command, "--results", "")
        assert (status, "must be a path. Received: an empty text" in said) == (2, True)
    (tmp_path / "thesis.tex").write_text("mine")
    status, said = call("run", NAME, "--results", tmp_path)
    assert status == 2
    assert "holds other things than results, thesis.tex among them" in said
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.tex"]


def test_links_are_refused_before_the_run(tmp_path, call, monkeypatch):
    monkeypatch.setattr(runner, "run_one", lambda *_: pytest.fail("it ran"))
    (tmp_path / "dangling").symlink_to(tmp_path / "nowhere")
    status, said = call("run", NAME, "--results", tmp_path / "dangling")
    assert (status, "it is a link that leads nowhere" in said) == (2, True)
    (tmp_path / "results").mkdir()
    (tmp_path / "results" / NAME).symlink_to(tmp_path)
    (tmp_path / "results" / "claims.csv").write_text(",".join(verdicts.COLUMNS) + "\n")
    status, said = call("run", NAME, "--results", tmp_path / "results")
    assert (status, "it is a link, which may lead anywhere" in said) == (2, True)


def test_the_page_can_be_written_elsewhere(folders, tmp_path, call):
    before = contents(folders[1])
    page = tmp_path / "pages" / "mine.html"
    status, said = call("report", "--results", folders[1], "--output", page)
    assert (status, said) == (0, f"{page}\n")
    assert page.read_text(encoding="utf-8").startswith("<!")
    assert contents(folders[1]) == before


def test_a_table_larger_than_any_is_refused_unread(folders, call):
    table = folders[1] / NAME / "products.csv"
    with table.open("r+b") as file:
        file.truncate(2**28)  # holes on the disk, a quarter of a gibibyte to a reader
    status, said = call("compare", *folders)
    assert (status, "is larger than" in said) == (2, True)


def test_a_first_look_without_seeds_is_no_run_over_none(folders, tmp_path):
    loaded = experiment.load("activation_curves")
    rows = results.read_claims(folders[0]).head(0)
    note = checking._seeds_note(loaded.name, (None, None), [rows, rows], True)
    assert note == "activation_curves: a first look, whose rows are compared"
