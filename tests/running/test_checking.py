"""What `check`, `compare` and `accept` say, word for word, of a small made-up experiment."""

import dataclasses
import json
import shutil

import pandas as pd
import pytest

from reproductions.evidence.errors import InputError
from reproductions.evidence.verdicts import digest
from reproductions.running import accepting, checking, provenance, results, runner
from reproductions.running.files import sha256
from tests.running.made_up import MADE_UP, NAME, Spec, claim, draw_texts, judge_half

OTHER = "losses"


@pytest.fixture(autouse=True)
def alone(monkeypatch):
    """The made-up experiment is the only one that there is, beside one that is never run."""
    other = dataclasses.replace(MADE_UP, name=OTHER, claims=[claim("BB-01", judge_half)])
    monkeypatch.setattr(accepting, "loadable", lambda: [NAME, OTHER])
    for module in (accepting, checking, runner, results):
        monkeypatch.setattr(module, "load", {NAME: MADE_UP, OTHER: other}.__getitem__)
    for module in (checking, runner):
        monkeypatch.setattr(module, "unloadable", dict)
    draw_texts(monkeypatch)
    monkeypatch.setattr(checking, "names", lambda: (NAME, OTHER))
    monkeypatch.setattr(checking, "chosen", lambda wanted: list(wanted) or [NAME])


@pytest.fixture(scope="session")
def whole(tmp_path_factory):
    """What a run of the made-up experiment leaves."""
    folder = tmp_path_factory.mktemp("whole")
    with pytest.MonkeyPatch.context() as patch:
        draw_texts(patch)
        rows = runner.run_one(MADE_UP, Spec(), folder)
    (folder / "claims.csv").write_bytes(results.verdicts.to_csv(rows))
    return folder


@pytest.fixture
def folders(whole, tmp_path):
    """Stored results and fresh ones that hold."""
    for side in ("expected", "latest"):
        shutil.copytree(whole, tmp_path / side)
    return tmp_path / "expected", tmp_path / "latest"


def again(folder, spec):
    """Puts another run's results into a folder."""
    rows = runner.run_one(MADE_UP, spec, folder)
    (folder / "claims.csv").write_bytes(results.verdicts.to_csv(rows))


def contents(folder):
    return {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def edit(path, old, new):
    data = path.read_bytes()
    assert old in data
    path.write_bytes(data.replace(old, new))


def record(folder, **changes):
    """Changes fields of a provenance."""
    path = folder / NAME / "provenance.json"
    content = json.loads(path.read_text())
    path.write_bytes(provenance.to_json(content | changes))
    return content


def fitting(folder):
    """Makes checksums fit: of the files that a provenance lists, and of the claims."""
    files = record(folder)["files"]
    paths = {file: folder / NAME / file for file in files}
    record(folder, files={f: sha256(p.read_bytes()) for f, p in paths.items() if p.is_file()})
    record(folder, judged=digest(results.read_claims(folder)))


def found(folders, judge=True, wanted=(NAME,)):
    """The differences, with paths from the folder of the two sides."""
    top = f"{folders[0].parent}/"
    concluded = checking.compare(list(wanted), *folders, judge=judge).concluded()
    return [
        (
            d.file.removeprefix(top), d.row, d.column, d.expected, d.obtained,
            d.rule.replace(top, ""), d.more,
        )
        for d in concluded
    ]  # fmt: skip


FORM = "columns as declared, rows sorted by key, numbers at their shortest"
LISTS = "provenance.json lists all that its run wrote"
BOTH_WAYS = "files must match both ways"
ROWS = "rows must match both ways"
DRAWN = "the experiment says what is drawn"
ANOTHER = "another setting, its numbers are not those of this one"
FEW = "two-sample test, p = 9e-51, level 5e-05"
CHECKSUM = "checksum in provenance.json"
CLAIMS, COUNTS, VALUES = "latest/claims.csv", f"{NAME}/counts.csv", f"{NAME}/values.csv"
JUDGED = [(CLAIMS, NAME, "", "the rows that its run judged", "others", CHECKSUM, 0)]
PROVENANCE = f"latest/{NAME}/provenance.json"


def unlisted(name, kind):
    """The case of a figure's file that is neither listed nor there."""
    file = f"{name}.{kind}"

    def change(stored, fresh):
        files = record(fresh)["files"]
        del files[file]
        record(fresh, files=files)
        (fresh / NAME / file).unlink()

    said = (PROVENANCE, "files", name, "a figure", "listed otherwise", DRAWN, 0)
    return change, [said, (f"{NAME}/{file}", "", "", "there", "missing", BOTH_WAYS, 0)], None


def one_more_figure(folder):
    files = record(folder)["files"]
    for kind in ("png", "svg"):
        shutil.copy(folder / NAME / f"plot.{kind}", folder / NAME / f"more.{kind}")
        files[f"more.{kind}"] = files[f"plot.{kind}"]
    record(folder, files=files)


def edited(file, old, new):
    def change(stored, fresh):
        edit(fresh / file, old, new)
        fitting(fresh)

    return change


def other_rate(*folders):
    for folder in folders:
        record(folder, spec=record(folder)["spec"] | {"rate": 0.5})


VERDICT = [
    (file, "id=AA-01", "verdict", "reproduced", "not reproduced", "exact", 0)
    for file in (CLAIMS, "claims.csv")
]
ONE_VERDICT = b"0.5,,,A rule.,reproduced,A note", b"0.5,,,A rule.,not reproduced,A note"
OTHER_COUNT = [
    (CLAIMS, "id=AA-01", *told, "exact", 0)
    for told in (("obtained", "0.05", "0.5"), ("verdict", "not reproduced", "reproduced"))
]
CHANGED = (f"latest/{COUNTS}", "", "", "as its run wrote it", "changed since", CHECKSUM, 0)
MOVED = (COUNTS, "depth=2", "solved", "200 of 400", "20 of 400", FEW, 0)
PLOT = f"latest/{NAME}/plot.png"
OTHER_FIGURE = (
    *(PLOT, "", "", "what the tables give, drawn again"),
    *("another figure", "figures show the tables", 0),
)
RATE = (f"{NAME}/provenance.json", "spec", "rate", "0.25", "0.5")
CASES = {
    "nothing": (lambda stored, fresh: None, [], []),
    "a page": (lambda stored, fresh: (fresh / "report").mkdir(), [], []),
    "a verdict": (
        lambda stored, fresh: edit(fresh / "claims.csv", *ONE_VERDICT),
        [*JUDGED, *VERDICT],
        [*JUDGED, VERDICT[1]],
    ),
    "a verdict and its checksum": (edited("claims.csv", *ONE_VERDICT), VERDICT, VERDICT[1:]),
    "a count": (
        lambda stored, fresh: edit(fresh / COUNTS, b"2,200", b"2,20"),
        [CHANGED, *OTHER_COUNT, MOVED],
        [CHANGED, MOVED],
    ),
    "a count and its checksum": (edited(COUNTS, b"2,200", b"2,20"), [*OTHER_COUNT, MOVED], [MOVED]),
    "a row that no claim can do without": (
        edited(VALUES, b"2,0.5\n", b""),
        [
            (VALUES, "depth=2", "", "a row", "no row", ROWS, 0),
            (CLAIMS, NAME, "", "claims that can be judged", "tables", "KeyError: 2", 0),
        ],
        [(VALUES, "depth=2", "", "a row", "no row", ROWS, 0)],
    ),
    "a column's name": (
        edited(VALUES, b"depth,value", b"depth,valve"),
        [
            (f"latest/{VALUES}", "", "", "a table as a run writes it", "table values must have the"
             " columns ['depth', 'value']. Received: ['depth', 'valve']", FORM, 0),
            (VALUES, "", "value", "a column", "no column",
             "the experiment declares a column value", 0),
            (VALUES, "", "valve", "no column", "a column",
             "the experiment declares no column valve", 0),
        ],
        None,
    ),
    "the order of rows": (
        edited(VALUES, b"2,0.5\n3,0.75\n", b"3,0.75\n2,0.5\n"),
        [(f"latest/{VALUES}", "", "", "a table as a run writes it", "its rows", FORM, 0)],
        None,
    ),
    "a table that is not listed": (
        lambda stored, fresh: record(
            fresh, files={n: s for n, s in record(fresh)["files"].items() if n != "counts.csv"}
        ),
        [
            (PROVENANCE, "files", "", "counts.csv", "no such file",
             "a run lists every file that it wrote", 0),
            (f"latest/{COUNTS}", "", "", "nothing", "a file", LISTS, 0),
        ],
        None,
    ),
    "a table that is not there": (
        lambda stored, fresh: (stored / COUNTS).unlink(),
        [
            (f"expected/{COUNTS}", "", "", "as its run wrote it", "missing", CHECKSUM, 0),
            (COUNTS, "", "", "missing", "there", BOTH_WAYS, 0),
        ],
        None,
    ),
    "a figure that is not there": (
        lambda stored, fresh: (fresh / NAME / "plot.png").unlink(),
        [
            (PLOT, "", "", "as its run wrote it", "missing", CHECKSUM, 0),
            (f"{NAME}/plot.png", "", "", "there", "missing", BOTH_WAYS, 0),
        ],
        None,
    ),
    "half a figure": unlisted("plot", "png"),
    "a whole figure": unlisted("moves", "webp"),
    "one more figure": (
        lambda stored, fresh: one_more_figure(fresh),
        [
            (PROVENANCE, "files", "more", "no figure", "listed otherwise", DRAWN, 0),
            (f"{NAME}/more.png", "", "", "missing", "there", BOTH_WAYS, 0),
            (f"{NAME}/more.svg", "", "", "missing", "there", BOTH_WAYS, 0),
        ],
        None,
    ),
    "another figure": (
        lambda stored, fresh: (
            (fresh / NAME / "plot.png").write_bytes(b"another"), fitting(fresh),
        ),
        [OTHER_FIGURE],
        [],
    ),
    "what no run wrote": (
        lambda stored, fresh: (
            (fresh / NAME / "a.txt").write_text("x"), (fresh / NAME / "b").mkdir(),
        ),
        [
            (f"latest/{NAME}/a.txt", "", "", "nothing", "a file", LISTS, 0),
            (f"latest/{NAME}/b", "", "", "nothing", "a folder", LISTS, 0),
        ],
        None,
    ),
    "one more table on both sides": (
        lambda *sides: [(side / NAME / "more.csv").write_text("a\n1\n") for side in sides],
        [
            *((f"{side}/{NAME}/more.csv", "", "", "nothing", "a file", LISTS, 0)
              for side in ("expected", "latest")),
            (f"{NAME}/more.csv", "", "", "no table", "a table", "the experiment declares none", 0),
        ],
        None,
    ),
    "another setting": (lambda stored, fresh: other_rate(fresh), [(*RATE, ANOTHER, 0)], None),
    "another setting on both sides": (
        other_rate, [(*RATE, "the stored numbers are those of the declared setting", 0)], [],
    ),
    "a field that is not declared, on both sides": (
        lambda *sides: [record(s, spec=record(s)["spec"] | {"more": None}) for s in sides],
        [(f"{NAME}/provenance.json", "spec", "more", '"no such field"', "null",
          "the stored numbers are those of the declared setting", 0)],
        [],
    ),
    "a field that is lacking, on both sides": (
        lambda *sides: [record(s, spec={"seeds": 400, "rate": 0.25}) for s in sides],
        [(f"{NAME}/provenance.json", "spec", "depths", "[2, 3]", '"no such field"',
          "the stored numbers are those of the declared setting", 0)],
        [],
    ),
    "another folder": (
        lambda stored, fresh: (fresh / "strange").mkdir(),
        [("strange", "", "", "missing", "there", BOTH_WAYS, 0)],
        None,
    ),
    "a claim of no experiment": (
        edited("claims.csv", b"AA-02", b"ZZ-02"),
        [
            *JUDGED,
            (CLAIMS, "id=AA-02", "", "a row", "no row", ROWS, 0),
            ("claims.csv", "id=AA-02", "", "a row", "no row", ROWS, 0),
            (CLAIMS, "id=ZZ-02", "", "no row", "a row", "no experiment judges it", 0),
        ],
        [
            *JUDGED,
            ("claims.csv", "id=AA-02", "", "a row", "no row", ROWS, 0),
            (CLAIMS, "id=ZZ-02", "", "no row", "a row", "no experiment judges it", 0),
        ],
    ),
    "a claim of no results here": (
        lambda stored, fresh: (fresh / "claims.csv").write_bytes(
            (fresh / "claims.csv").read_bytes() + b"BB-01" + b"," * 13 + b"\n"
        ),
        [(CLAIMS, "id=BB-01", "", "no row", "a row", "of no results here", 0)],
        None,
    ),
    "an experiment's results": (
        lambda stored, fresh: shutil.rmtree(fresh / NAME),
        [
            (NAME, "", "", "there", "missing", BOTH_WAYS, 0),
            (CLAIMS, "id=AA-01", "", "no row", "a row", "of no results here", 1),
        ],
        None,
    ),
}  # fmt: skip
"""What is changed, and what `check` and `compare` say; None where both say the same."""


@pytest.mark.parametrize("case", CASES)
def test_a_change_is_named_with_its_rule(folders, case):
    change, checked, compared = CASES[case]
    change(*folders)
    for judge, said in ((True, checked), (False, checked if compared is None else compared)):
        assert found(folders, judge) == said
    assert checking.compare([NAME], *folders, judge=True).notes == []


def test_the_row_of_a_claim_is_checked_on_both_sides(folders):
    edit(folders[0] / "claims.csv", *ONE_VERDICT)
    fitting(folders[0])
    sides = {(d[0], d[3], d[4]) for d in found(folders)}
    assert sides == {
        ("expected/claims.csv", "reproduced", "not reproduced"),
        ("claims.csv", "not reproduced", "reproduced"),
    }


def test_runs_over_other_seeds_and_first_looks_are_held_with_a_note(folders):
    again(folders[1], Spec(seeds=40))
    assert found(folders) == []
    said = f"{NAME}: 40 seeds compared (400 stored, 40 run)"
    assert checking.compare([NAME], *folders, judge=True).notes == [said]
    edit(folders[1] / COUNTS, b"2,20,", b"2,15,")
    fitting(folders[1])
    claims = folders[1] / "claims.csv"
    edit(claims, b"0.5,,,A rule.,reproduced,A note", b"0.375,,,A rule.,not reproduced,A note")
    fitting(folders[1])
    said += "; AA-01 is 'not reproduced' here, 'reproduced' as stored"
    assert found(folders) == []
    assert checking.compare([NAME], *folders, judge=True).notes == [said]
    again(folders[1], Spec(depths=(2,)))
    differ = [
        (f"{NAME}/moves.webp", "", "", "there", "missing", BOTH_WAYS, 0),
        (VALUES, "depth=3", "", "a row", "no row", ROWS, 0),
    ]
    assert found(folders) == found(folders, judge=False) == differ
    said = f"{NAME}: a first look, whose rows are compared"
    assert checking.compare([NAME], *folders, judge=True).notes == [said]


def test_an_experiment_that_cannot_be_loaded_is_named(folders, monkeypatch):
    monkeypatch.setattr(checking, "unloadable", lambda: {NAME: "why not"})
    said = (NAME, "", "", "an experiment", "why not", "every experiment can be loaded", 0)
    assert found(folders) == found(folders, judge=False) == [said]
    for folder in folders:
        shutil.rmtree(folder / NAME)
    assert found(folders) == [said]
    with pytest.raises(InputError, match="there is nothing to hold here"):
        found(folders, judge=False)


def test_folders_that_hold_no_results_are_refused(folders, tmp_path):
    for changed, said in (
        ((tmp_path / "none", folders[1]), f"no such results folder. Received: {tmp_path}/none"),
        (
            (folders[0], folders[1] / NAME),
            "these are the results of one experiment; name the folder around it, which holds"
            f" claims.csv and a folder for each experiment. Received: {folders[1]}/{NAME}",
        ),
        (
            (tmp_path, tmp_path),
            "there is nothing to hold here: a results folder holds claims.csv and a folder for"
            f" each experiment, as results/latest does. Received: {tmp_path} and {tmp_path}",
        ),
    ):
        with pytest.raises(InputError) as error:
            checking.compare([NAME], *changed, judge=False)
        assert str(error.value) == said


# Accepting


def refused(folders):
    """Why `accept` stores nothing, from the folder of the two sides."""
    before = contents(folders[0])
    with pytest.raises(InputError) as error:
        accepting.accept([NAME], folders[1], folders[0])
    assert contents(folders[0]) == before
    return str(error.value).replace(f"{folders[1]}/", "")


def test_accept_says_why_it_refuses(folders, whole):
    fresh = folders[1]
    for spec, why in (
        (Spec(rate=0.5, seeds=4), "these are results of another setting (rate = 0.5); run"
         f" {NAME} without --config first."),
        (Spec(seeds=4000), "these are results of 4,000 seeds, the stored ones have 400; run"
         f" {NAME} without --seeds first."),
        (Spec(depths=(2,)), f"these are results of a first look; run {NAME} without --quick"
         " first."),
    ):  # fmt: skip
        again(fresh, spec)
        assert refused(folders) == f"{why} Received: {NAME}"

    def put_back():
        shutil.rmtree(fresh)
        shutil.copytree(whole, fresh)

    put_back()
    record(fresh, fingerprint="of other code")
    not_whole = "these are not whole results of today's code and spec; run"
    assert refused(folders) == f"{not_whole} {NAME} first. Received: {NAME}"
    put_back()
    (fresh / NAME / "notes.txt").write_text("x")
    assert refused(folders) == f"no run wrote this. Received: {NAME}/notes.txt"
    put_back()
    edit(fresh / VALUES, b"2,0.5\n3,0.75\n", b"3,0.75\n2,0.5\n")
    fitting(fresh)
    assert refused(folders) == f"this is not what a run writes. Received: {VALUES}"
    said = f"this is not what a run writes. Received: {NAME}/provenance.json"
    put_back()
    one_more_figure(fresh)
    assert refused(folders) == said
    for lie in (
        lambda data: data.replace(b'{\n "cores"', b'{\n "author": "me",\n "cores"'),
        lambda data: data.replace(b'{\n "cores"', b'{\n "left_out": ["AA-01"],\n "cores"'),
        lambda data: data.replace(b'{\n "cores"', b'{\n "seeds": 10,\n "cores"'),
        lambda data: data + b"\n",
    ):
        put_back()
        path = fresh / NAME / "provenance.json"
        path.write_bytes(lie(path.read_bytes()))
        assert provenance.is_current(fresh / NAME, MADE_UP, Spec())
        assert refused(folders) == said


def test_accept_stores_what_follows_from_its_tables_and_nothing_else(folders):
    stored, fresh = folders
    edit(stored / COUNTS, b"2,200", b"2,20")
    edit(stored / "claims.csv", *ONE_VERDICT)
    kept = results.read_claims(stored)
    others = kept.head(1).assign(id=["AA-00"]), kept.head(1).assign(id=["CC-01"])
    (stored / "claims.csv").write_bytes(
        results.verdicts.to_csv(pd.concat([others[1], kept, others[0]]))
    )
    for change, difference in (
        (lambda: edit(fresh / "claims.csv", *ONE_VERDICT), VERDICT[0]),
        (
            lambda: ((fresh / NAME / "plot.png").write_bytes(b"another"), fitting(fresh)),
            OTHER_FIGURE,
        ),
    ):
        before = contents(fresh)
        change()
        at_rest = contents(stored)
        wrong = accepting.accept([NAME], fresh, stored).differences
        assert [(d.row, d.column, d.expected, d.obtained, d.rule) for d in wrong] == [
            (*difference[1:3], *difference[3:6])
        ]
        assert [d.file for d in wrong] == [str(fresh.parent / difference[0])]
        assert contents(stored) == at_rest
        for path, data in before.items():
            path.write_bytes(data)
    assert accepting.accept([NAME], fresh, stored).differences == []
    assert results.read_claims(stored)["id"].tolist() == ["AA-00", "AA-01", "AA-02", "CC-01"]
    shutil.copy(fresh / "claims.csv", stored / "claims.csv")
    assert found(folders) == []


def test_what_has_no_fresh_results_is_held_against_itself_in_a_whole_check(folders, monkeypatch):
    expected, latest = folders
    shutil.rmtree(latest / NAME)
    head = (latest / "claims.csv").read_bytes().splitlines(keepends=True)[0]
    (latest / "claims.csv").write_bytes(head)
    monkeypatch.setattr(checking, "chosen", lambda wanted: [])

    def found(wanted=(), judge=True):
        return checking.compare(list(wanted), expected, latest, judge).differences

    assert found() == []
    with pytest.raises(checking.InputError, match="nothing to hold"):
        found(judge=False)
    record(expected, judged="0" * 64)
    assert [(one.row, one.rule) for one in found()] == [(NAME, "checksum in provenance.json")]
    monkeypatch.setattr(checking, "chosen", lambda wanted: [OTHER])  # then this is not all
    with pytest.raises(checking.InputError, match="nothing to hold"):
        found()
