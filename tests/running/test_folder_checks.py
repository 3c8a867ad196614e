"""What one results folder must be by itself: intervals, derived tables, claims.csv."""

import dataclasses
import json
import shutil

import pandas as pd
import pytest

from reproductions.evidence.differences import Comparison
from reproductions.evidence.errors import InputError
from reproductions.evidence.kinds import Close, Exact, Table
from reproductions.evidence.tables import to_csv
from reproductions.evidence.verdicts import Judgement, digest
from reproductions.report import build
from reproductions.running import (
    accepting,
    checking,
    experiment,
    folder_checks,
    provenance,
    results,
    runner,
)
from reproductions.running.files import sha256
from tests.running.made_up import MADE_UP, NAME, claim, draw_texts

SOURCE, DERIVED = BOTH = NAME, "losses"


@dataclasses.dataclass(frozen=True)
class Nothing:
    """A spec without a field."""


def double(spec, pool, inputs):
    assert spec == Nothing()
    values = inputs[SOURCE]["values"]
    ends = {"value_low": values["value"], "value_high": 3 * values["value"]}
    return {"doubles": values.assign(value=2 * values["value"], **ends, label="twice")}


def judge_double(tables):
    row = tables["doubles"].iloc[0]
    return Judgement("reproduced", row["value"], row["value_low"], row["value_high"])


NEAR = Close(0.3, 0, reason="made up", least=0, most=3)

DOUBLES = experiment.Experiment(
    name=DERIVED,
    doc="Doubles.",
    spec=Nothing(),
    run=double,
    figures=lambda spec, tables: {"plot": None},
    tables={
        "doubles": Table(
            ("depth",),
            {**dict.fromkeys(("value", "value_low", "value_high"), NEAR), "label": Exact()},
        ),
    },
    claims=[claim("DD-01", judge_double)],
    inputs={SOURCE: ("values",)},
    derived=True,
)


@pytest.fixture(autouse=True)
def there(monkeypatch):
    """The made-up experiment, and one whose table follows from its own."""
    experiments = {SOURCE: MADE_UP, DERIVED: DOUBLES}
    monkeypatch.setattr(accepting, "loadable", lambda: list(experiments))
    for module in (accepting, build, checking, runner, results):
        monkeypatch.setattr(module, "load", experiments.__getitem__)
    for module in (checking, runner):
        monkeypatch.setattr(module, "unloadable", dict)
    monkeypatch.setattr(checking, "names", lambda: tuple(experiments))
    monkeypatch.setattr(checking, "chosen", lambda wanted: list(wanted) or list(experiments))
    monkeypatch.setattr(provenance, "_code", str)
    draw_texts(monkeypatch)
    return experiments


def made(folder):
    """Stored results and fresh ones that hold."""
    for side in ("expected", "latest"):
        rows = [runner.run_one(each, each.spec, folder / side) for each in map(runner.load, BOTH)]
        (folder / side / "claims.csv").write_bytes(to_csv(pd.concat(rows)))
    return folder / "expected", folder / "latest"


@pytest.fixture
def folders(tmp_path):
    return made(tmp_path)


def fit(folder, name):
    """Makes the checksums fit, as a forger does: of files, and of claims judged anew."""
    experiment = runner.load(name)
    kept = results.read_claims(folder)
    rows = results.verdicts.judge(experiment.claims, results.read_tables(experiment, folder))
    merged = results.verdicts.merge(kept, rows, [each.id for each in experiment.claims])
    (folder / "claims.csv").write_bytes(to_csv(merged))
    path = folder / name / "provenance.json"
    record = json.loads(path.read_text())
    files = {file: sha256((folder / name / file).read_bytes()) for file in record["files"]}
    path.write_bytes(provenance.to_json(record | {"files": files, "judged": digest(rows)}))


def forge(folder, name, file, old, new):
    path = folder / name / file
    data = path.read_bytes()
    assert old in data
    path.write_bytes(data.replace(old, new))
    fit(folder, name)


def found(folders, wanted=(SOURCE, DERIVED)):
    comparison = checking.compare(list(wanted), *folders, judge=True)
    top = f"{folders[0].parent}/"
    return [
        (d.file.removeprefix(top), d.row, d.column, d.expected, d.obtained, d.rule)
        for d in comparison.concluded()
    ]


FOLLOWS = f"{DERIVED}/doubles.csv", "depth=2", "value"


@pytest.mark.parametrize("side", [0, 1])
def test_a_table_that_follows_from_others_is_made_again(folders, side):
    assert found(folders) == []
    forge(folders[side], DERIVED, "doubles.csv", b"2,1.0,", b"2,0.7,")
    name = folders[side].name
    rule = "within rtol 1e-06 and atol 1e-09"
    assert (f"{name}/{FOLLOWS[0]}", *FOLLOWS[1:], "1.0", "0.7", rule) in found(folders)


def test_tables_that_were_made_from_others_than_those_beside_them_are_seen(folders):
    for folder in folders:
        forge(folder, SOURCE, "values.csv", b"2,0.5\n", b"2,0.75\n")
    assert {(d[0], *d[1:5]) for d in found(folders)} >= {
        (f"{folder.name}/{FOLLOWS[0]}", *FOLLOWS[1:], "1.5", "1.0") for folder in folders
    }


def test_what_cannot_be_made_again_is_a_difference(folders, there):
    def fails(spec, pool, inputs):
        raise KeyError("depth")

    there[DERIVED] = dataclasses.replace(DOUBLES, run=fails)
    sides = "tables that can be made again", "KeyError: 'depth'"
    rule = "its tables follow from those beside it"
    assert found(folders) == [
        (f"{folder.name}/{DERIVED}", "", "", *sides, rule) for folder in folders
    ]
    there[DERIVED] = dataclasses.replace(DOUBLES, run=fails, derived=False)
    assert found(folders) == []


def test_results_that_are_not_there_have_no_setting(tmp_path):
    assert folder_checks._beside(DOUBLES, tmp_path) == {SOURCE: None}


def test_accept_makes_a_table_that_follows_from_others_again(folders):
    stored, fresh = folders
    forge(fresh, DERIVED, "doubles.csv", b"2,1.0,", b"2,0.7,")
    before = {path: path.read_bytes() for path in stored.rglob("*") if path.is_file()}
    wrong = accepting.accept([DERIVED], fresh, stored).differences
    assert [(d.column, d.expected, d.obtained) for d in wrong] == [("value", "1.0", "0.7")]
    assert {path: path.read_bytes() for path in before} == before


def test_stored_results_that_are_held_alone_are_made_again_too(folders, monkeypatch):
    expected, latest = folders
    forge(expected, DERIVED, "doubles.csv", b"2,1.0,", b"2,0.7,")
    shutil.rmtree(latest / DERIVED)
    kept = results.read_claims(latest)
    (latest / "claims.csv").write_bytes(to_csv(kept[kept["id"] != "DD-01"]))
    monkeypatch.setattr(checking, "chosen", lambda wanted: [SOURCE])
    said = found(folders, [SOURCE])
    assert (f"expected/{FOLLOWS[0]}", *FOLLOWS[1:], "1.0", "0.7") in [d[:5] for d in said]


def test_stored_results_that_are_held_alone_name_the_tables_beside_them(folders, monkeypatch):
    expected, latest = folders
    path = expected / DERIVED / "provenance.json"
    path.write_bytes(provenance.to_json(json.loads(path.read_text()) | {"inputs": {}}))
    shutil.rmtree(latest / DERIVED)
    kept = results.read_claims(latest)
    (latest / "claims.csv").write_bytes(to_csv(kept[kept["id"] != "DD-01"]))
    monkeypatch.setattr(checking, "chosen", lambda wanted: [SOURCE])
    assert [d[:3] for d in found(folders, [SOURCE])] == [
        (f"expected/{DERIVED}/provenance.json", "inputs", SOURCE)
    ]


# Forms


WIDE = Close(9.0, 0, reason="made up", nan=True, least=-1, most=3)
WITHIN, BY_ITSELF = "a number lies within its own interval", "each table by itself"
NAMED, BARE = ("value", "value_low", "value_high"), ("value", "low", "high")


def of_columns(there, names):
    """Puts an experiment in place whose table has columns of these names, and bounds."""

    def run(spec, pool, inputs):
        frame = double(spec, pool, inputs)["doubles"].drop(columns="label")
        return {"doubles": frame.rename(columns=dict(zip(NAMED, names, strict=True)))}

    def judge(tables):
        row = tables["doubles"].iloc[0]
        return Judgement("reproduced", *(row[name] for name in names))

    there[DERIVED] = dataclasses.replace(
        DOUBLES, run=run, derived=False, claims=[claim("DD-01", judge)],
        tables={"doubles": Table(("depth",), dict.fromkeys(names, WIDE))},
    )  # fmt: skip


@pytest.mark.parametrize("side", [0, 1])
@pytest.mark.parametrize("names", [NAMED, BARE])
@pytest.mark.parametrize("value", ["0.4", "1.6"])
def test_a_number_outside_its_interval_is_seen(there, tmp_path, side, names, value):
    of_columns(there, names)
    both = made(tmp_path)
    assert found(both) == []
    forge(both[side], DERIVED, "doubles.csv", b"2,1.0,", f"2,{value},".encode())
    name, rule = both[side].name, "a number lies within its own interval"
    assert found(both) == [
        (f"{name}/{DERIVED}/doubles.csv", "depth=2", "value", rule, value, BY_ITSELF),
        (f"{name}/claims.csv", "id=DD-01", "obtained", "from 0.5 to 1.5", value, rule),
    ]


@pytest.mark.parametrize("ends", [b"1.0,1.5", b"0.5,1.0", b"1.0,1.0"])
def test_a_number_may_be_an_end_of_its_interval(there, tmp_path, ends):
    of_columns(there, BARE)
    both = made(tmp_path)
    forge(both[1], DERIVED, "doubles.csv", b"2,1.0,0.5,1.5", b"2,1.0," + ends)
    assert found(both) == []


@pytest.mark.parametrize(("wrong", "more"), [(1, 0), (2, 1)])
def test_the_first_wrong_cell_is_named_and_the_others_are_counted(tmp_path, wrong, more):
    kinds = {"label": Exact(), **dict.fromkeys(BARE, WIDE), "size": Exact()}
    table = Table(("depth",), kinds)
    lines = [b"2,x,1.6,0.5,1.5,9\n", f"3,x,{2.1 + 0.1 * wrong},0.75,2.25,9\n".encode()]
    path = tmp_path / "doubles.csv"
    path.write_bytes(b"depth,label,value,low,high,size\n" + b"".join(lines))
    comparison = Comparison()
    folder_checks.hold_form(path, results.read_table(path, table), table, comparison)
    assert [(d.row, d.obtained, d.more) for d in comparison.differences] == [
        ("depth=2", "1.6", more)
    ]


def test_a_table_out_of_form_is_said_to_be(folders):
    path, table = folders[1] / DERIVED / "doubles.csv", DOUBLES.tables["doubles"]
    frame = results.read_tables(DOUBLES, folders[1])["doubles"]
    assert folder_checks.hold_form(path, frame, table, Comparison()) is True
    head, first, second = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(head + second + first)
    assert folder_checks.hold_form(path, frame, table, Comparison()) is False


def test_ends_that_are_turned_round_are_seen(there, tmp_path):
    of_columns(there, BARE)
    both = made(tmp_path)
    forge(both[1], DERIVED, "doubles.csv", b"2,1.0,0.5,1.5", b"2,nan,1.5,0.5")
    said = [difference[:5] for difference in found(both)]
    assert ("latest/claims.csv", "id=DD-01", "obtained", "from 1.5 to 0.5", "nan") in said
    assert (f"latest/{DERIVED}/doubles.csv", "depth=2", "value", WITHIN, "nan") in said


@pytest.mark.parametrize("side", [0, 1])
@pytest.mark.parametrize("value", ["-1.5", "3.1"])
def test_a_quantity_beyond_what_it_can_be_is_seen(there, tmp_path, side, value):
    of_columns(there, ("value", "first", "second"))
    both = made(tmp_path)
    forge(both[side], DERIVED, "doubles.csv", b"2,1.0,", f"2,{value},".encode())
    said = (
        f"{both[side].name}/{DERIVED}/doubles.csv",
        "depth=2",
        "value",
        "at least -1 and at most 3",
        value,
    )
    assert (*said, BY_ITSELF) in found(both)
    if side:
        before = (both[0] / DERIVED / "doubles.csv").read_bytes()
        with pytest.raises(InputError, match="this is not what a run writes"):
            accepting.accept([DERIVED], both[1], both[0])
        assert (both[0] / DERIVED / "doubles.csv").read_bytes() == before


@pytest.mark.parametrize("side", [0, 1])
@pytest.mark.parametrize(
    "rewrite",
    [
        lambda lines: [lines[0], *lines[:0:-1]],
        lambda lines: [lines[0], lines[1].replace(b"AA-01", b'"AA-01"'), *lines[2:]],
    ],
    ids=["order", "quotes"],
)
def test_claims_are_written_as_a_run_writes_them(folders, side, rewrite):
    path = folders[side] / "claims.csv"
    path.write_bytes(b"".join(rewrite(path.read_bytes().splitlines(keepends=True))))
    sides = "a table as a run writes it", "another"
    said = (f"{folders[side].name}/claims.csv", "", "", *sides)
    assert found(folders) == [(*said, "rows sorted by id, no needless quotes")]
    assert checking.compare([SOURCE], *folders, judge=False).concluded() == []


def test_a_setting_is_held_to_the_kind_of_its_numbers(folders):
    path = folders[1] / SOURCE / "provenance.json"
    path.write_bytes(
        path.read_bytes().replace(b'"rate": 0.25', b'"rate": 0.25, "depths": [2.0, 3]')
    )
    text = json.loads(path.read_text())
    text["spec"]["depths"] = [2.0, 3]
    path.write_bytes(provenance.to_json(text))
    assert [(d[1], d[2], d[3], d[4]) for d in found(folders, [SOURCE])] == [
        ("spec", "depths", "[2, 3]", "[2.0, 3]")
    ]


@pytest.mark.parametrize("sides", [(0, 1), (1,)])
def test_a_setting_is_held_to_the_kind_of_the_declared_one(folders, sides):
    for side in sides:
        path = folders[side] / SOURCE / "provenance.json"
        text = path.read_bytes()
        assert b'"rate": 0.25' in text
        path.write_bytes(text.replace(b'"seeds": 400', b'"seeds": 400.0'))
        path.write_bytes(text.replace(b"   2,\n   3\n", b"   2,\n   3.0\n"))
    assert ("spec", "depths", "[2, 3]", "[2, 3.0]") in {d[1:5] for d in found(folders, [SOURCE])}


def test_accept_stores_a_setting_and_what_names_it_together(folders, there):
    stored, fresh = folders
    spec = dataclasses.replace(MADE_UP.spec, depths=(2, 3))
    other = dataclasses.make_dataclass(
        "Other", [("more", int, 1)], bases=(type(spec),), frozen=True
    )
    there[SOURCE] = dataclasses.replace(MADE_UP, spec=other())
    rows = runner.run_one(there[SOURCE], other(), fresh)
    kept = results.read_claims(fresh)
    (fresh / "claims.csv").write_bytes(
        to_csv(results.verdicts.merge(kept, rows, [each.id for each in MADE_UP.claims]))
    )
    with pytest.raises(InputError, match=f"accept {DERIVED} too. Received: .*provenance.json"):
        accepting.accept([SOURCE], fresh, stored)


def test_a_folder_of_no_experiment_on_both_sides_is_seen_by_a_check(folders):
    for folder in folders:
        (folder / "forgotten").mkdir()
        (folder / "report").mkdir()
    (folders[1] / ".ipynb_checkpoints").mkdir()
    assert found(folders) == [("forgotten", "", "", "no folder", "a folder", "of no experiment")]
    assert checking.compare([SOURCE, DERIVED], *folders, judge=False).concluded() == []


# The page


@pytest.mark.parametrize("output", [None, "page.html"])
def test_the_page_is_not_made_of_what_no_run_wrote(folders, tmp_path, monkeypatch, output):
    monkeypatch.setattr(build.content, "some", lambda folder: [SOURCE, DERIVED])
    monkeypatch.setattr(build, "render", lambda folder: "page")
    fresh, page = folders[1], tmp_path / output if output else None
    said = f"this is not what the run of {SOURCE} wrote; run it again. Received: "
    path = fresh / SOURCE / "values.csv"
    data = path.read_bytes()
    path.write_bytes(data.replace(b"0.5", b"0.6"))
    with pytest.raises(InputError) as error:
        build.write(fresh, page)
    assert str(error.value) == f"{said}{path}"
    path.write_bytes(data)
    claims = fresh / "claims.csv"
    whole = claims.read_bytes()
    claims.write_bytes(whole.replace(b"AA-01,doc", b"AA-01,dog"))
    with pytest.raises(InputError) as error:
        build.write(fresh, page)
    assert str(error.value) == f"{said}{claims}"
    assert not (fresh / "report").exists()
    claims.write_bytes(whole)
    assert build.write(fresh, page).read_text() == "page"
