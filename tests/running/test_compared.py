"""What is held of runs in other settings, with an experiment whose figures take no time."""

import dataclasses
import json
from contextlib import nullcontext

import pytest

from reproductions.evidence import drawing
from reproductions.evidence.verdicts import digest, to_csv
from reproductions.running import accepting, checking, provenance, results, runner
from reproductions.running.files import sha256
from tests.running.made_up import (
    MADE_UP,
    NAME,
    Spec,
    claim,
    draw_texts,
    judge_half,
    judge_values,
)

OTHER, READER = "losses", "logic_gates"
BOTH_WAYS = "files must match both ways"
ANOTHER = "another setting, its numbers are not those of this one"
JUDGED = b"0.5,,,A rule.,reproduced,A", b"0.375,,,A rule.,not reproduced,A"
DECLARED = "the stored numbers are those of the declared setting"


@pytest.fixture(autouse=True)
def there(monkeypatch):
    """The experiments that there are: two without others' tables, and one that reads the second.

    Their figures are drawn as texts.
    """
    other = dataclasses.replace(MADE_UP, name=OTHER, claims=[claim("BB-01", judge_half)])

    def run(spec, pool, inputs):
        return MADE_UP.run(spec, pool)

    reader = dataclasses.replace(
        MADE_UP, name=READER, run=run, inputs={OTHER: ("counts",)},
        claims=[claim("CC-01", judge_values)],
    )  # fmt: skip
    experiments = {NAME: MADE_UP, OTHER: other, READER: reader}
    monkeypatch.setattr(accepting, "loadable", lambda: list(experiments))
    for module in (accepting, checking, runner, results):
        monkeypatch.setattr(module, "load", experiments.__getitem__)
    for module in (checking, runner):
        monkeypatch.setattr(module, "unloadable", dict)
    monkeypatch.setattr(checking, "names", lambda: tuple(experiments))
    monkeypatch.setattr(checking, "chosen", lambda wanted: list(wanted) or list(experiments))

    draw_texts(monkeypatch)
    monkeypatch.setattr(provenance, "_code", str)
    return experiments


@pytest.fixture
def folders(tmp_path):
    folders = tmp_path / "expected", tmp_path / "latest"
    for folder in folders:
        folder.mkdir()
    return folders


def ran(folder, *names, spec=None):
    """Runs experiments into a folder, beside those that are there."""
    for name in names or (NAME,):
        experiment = runner.load(name)
        rows = runner.run_one(experiment, spec or experiment.spec, folder)
        ids = [each.id for each in experiment.claims]
        merged = results.verdicts.merge(results.read_claims(folder), rows, ids)
        (folder / "claims.csv").write_bytes(to_csv(merged))


def change(folder, name=NAME, **fields):
    path = folder / name / "provenance.json"
    content = json.loads(path.read_text())
    path.write_bytes(provenance.to_json(content | fields))
    return content


def edit(folder, file, old, new, name=NAME):
    """Changes a file and the checksums that vouch for it."""
    path = folder / name / file if file != "claims.csv" else folder / file
    data = path.read_bytes()
    assert old in data
    path.write_bytes(data.replace(old, new))
    files = change(folder, name)["files"]
    if file in files:
        change(folder, name, files=files | {file: sha256(path.read_bytes())})
    claims = results.read_claims(folder)
    ids = [each.id for each in runner.load(name).claims]
    change(folder, name, judged=digest(claims[claims["id"].isin(ids)]))


def told(folders, wanted=(NAME,), judge=True):
    """The differences in short, with the folder of the two sides left out, and the notes."""
    comparison = checking.compare(list(wanted), *folders, judge=judge)
    top = f"{folders[0].parent}/"
    differences = [
        (d.file.removeprefix(top), d.row, d.column, d.expected, d.obtained, d.rule.replace(top, ""))
        for d in comparison.concluded()
    ]
    return differences, comparison.notes


def test_other_seeds_are_held_by_their_own_counts_and_noted(folders):
    ran(folders[0])
    ran(folders[1], spec=Spec(seeds=40))
    note = f"{NAME}: 40 seeds compared (400 stored, 40 run)"
    for judge in (True, False):
        assert told(folders, judge=judge) == ([], [note])
    assert told(folders[::-1], judge=False)[1] == [
        f"{NAME}: 40 seeds compared (40 stored, 400 run)"
    ]
    edit(folders[1], "counts.csv", b"2,20,", b"2,15,")
    edit(folders[1], "claims.csv", *JUDGED)
    note += "; AA-01 is 'not reproduced' here, 'reproduced' as stored"
    for judge in (True, False):
        assert told(folders, judge=judge) == ([], [note])
    edit(folders[1], "values.csv", b"2,0.5", b"2,0.6")
    assert [each[:3] for each in told(folders, judge=False)[0]] == [
        (f"{NAME}/values.csv", "depth=2", "value")
    ]


def test_a_first_look_may_lack_rows_and_no_others(folders):
    ran(folders[0])
    ran(folders[1], spec=Spec(depths=(2,)))
    lacks = [(f"{NAME}/moves.webp", "", "", "there", "missing", BOTH_WAYS)]
    row = (f"{NAME}/values.csv", "depth=3", "", "a row", "no row", "rows must match both ways")
    note = f"{NAME}: a first look, whose rows are compared"
    for judge in (True, False):
        assert told(folders, judge=judge) == ([*lacks, row], [note])
    edit(folders[1], "values.csv", b"2,0.5", b"2,0.6")
    assert (f"{NAME}/values.csv", "depth=2", "value") in [
        each[:3] for each in told(folders, judge=False)[0]
    ]


def test_stored_numbers_are_of_the_declared_number_of_seeds(folders):
    ran(folders[0], spec=Spec(seeds=40))
    ran(folders[1])
    differ = (f"{NAME}/provenance.json", "spec", "seeds", "400", "40", DECLARED)
    assert told(folders) == ([differ], [])
    assert told(folders, judge=False)[0] == []


def test_a_field_that_both_sides_lack_is_declared_all_the_same(folders, there):
    @dataclasses.dataclass(frozen=True)
    class More(Spec):
        more: None = None

    there[NAME] = dataclasses.replace(MADE_UP, spec=More())
    for folder in folders:
        ran(folder)
        spec = change(folder)["spec"]
        change(folder, spec={name: value for name, value in spec.items() if name != "more"})
    said = f"{NAME}/provenance.json", "spec", "more", "null", '"no such field"', DECLARED
    assert told(folders) == ([said], [])


def test_claims_are_not_judged_where_a_table_is_missing(folders):
    for folder in folders:
        ran(folder)
    for file in ("counts.csv", "plot.png"):
        (folders[1] / NAME / file).unlink()
    for judge in (True, False):
        assert [each for each in told(folders, judge=judge)[0] if each[3] == "there"] == [
            (f"{NAME}/{file}", "", "", "there", "missing", BOTH_WAYS)
            for file in ("counts.csv", "plot.png")
        ]


def test_an_experiment_without_counts_is_held_too(folders, there):
    there[NAME] = dataclasses.replace(
        MADE_UP, tables={"values": MADE_UP.tables["values"]}, figures=lambda spec, tables: {},
        run=lambda spec, pool: {"values": MADE_UP.run(spec, pool)["values"]},
        claims=[claim("AA-02", judge_values)],
    )  # fmt: skip
    for folder in folders:
        ran(folder)
    comparison = checking.compare([NAME], *folders, judge=True)
    assert (comparison.values > 0, comparison.rate_tests, comparison.differences) == (True, [], [])


def test_hidden_files_are_no_results(folders):
    for folder in folders:
        ran(folder)
        (folder / OTHER).mkdir()
        (folder / OTHER / ".shards").mkdir()
    assert told(folders, [NAME, OTHER], judge=False) == ([], [])
    missing = (OTHER, "", "", "missing", "missing", BOTH_WAYS)
    assert told(folders, [NAME, OTHER]) == ([missing], [])
    ran(folders[1], OTHER)
    missing = (OTHER, "", "", "missing", "there", BOTH_WAYS)
    assert told(folders, [NAME, OTHER], judge=False) == ([missing], [])


def test_what_may_be_left_out_is_held_only_where_it_is_asked_for(folders, there):
    there[OTHER] = dataclasses.replace(there[OTHER], optional=True)
    for folder in folders:
        ran(folder)
    ran(folders[1], OTHER)
    assert told(folders, [NAME, OTHER], judge=False) == ([], [])
    missing = (OTHER, "", "", "missing", "there", BOTH_WAYS)
    assert told(folders, [NAME, OTHER]) == ([missing], [])


BESIDE = (
    *("inputs", OTHER, f"the setting of the {OTHER} beside it", "another"),
    f"results are made from the tables beside them: run {READER} again",
)


def test_results_are_made_from_the_tables_beside_them(folders):
    for folder in folders:
        ran(folder, OTHER, READER)
    change(folders[1], OTHER, spec=change(folders[1], OTHER)["spec"] | {"rate": 0.5})
    file = f"latest/{READER}/provenance.json"
    assert told(folders, [READER]) == ([(file, *BESIDE)], [])


def test_results_whose_tables_are_gone_are_made_from_none_beside_them(folders):
    for folder in folders:
        ran(folder, OTHER, READER)
    assert told(folders, [OTHER, READER]) == ([], [])
    (folders[0] / OTHER).rename(folders[0] / ".gone")
    file = f"expected/{READER}/provenance.json"
    assert told(folders, [READER]) == ([(file, *BESIDE)], [])
    change(folders[1], READER, inputs={})
    file = f"latest/{READER}/provenance.json"
    assert (file, *BESIDE) in told(folders, [READER])[0]


def test_results_of_another_input_are_of_another_setting(folders):
    ran(folders[0], OTHER, READER)
    ran(folders[1], OTHER, spec=Spec(rate=0.5))
    ran(folders[1], READER)
    differ = (f"{READER}/provenance.json", "spec", f"{OTHER}.rate", "0.25", "0.5", ANOTHER)
    assert told(folders, [READER]) == ([differ], [])
    note = f"{READER}: made from other tables, whose rows are compared"
    assert told(folders, [READER], judge=False) == ([differ], [note])


def test_results_of_an_input_over_other_seeds_are_noted_as_other_tables(folders):
    ran(folders[0], OTHER, READER)
    ran(folders[1], OTHER, spec=Spec(seeds=40))
    ran(folders[1], READER)
    note = f"{READER}: made from other tables, whose rows are compared"
    assert told(folders, [READER]) == ([], [note])
    edit(folders[1], "values.csv", b"3,0.75\n", b"", READER)
    for judge in (True, False):
        differences, notes = told(folders, [READER], judge)
        assert [each[:2] for each in differences] == [(f"{READER}/values.csv", "depth=3")]
        assert notes == [note]


def test_a_figure_is_drawn_again_only_if_it_is_not_the_stored_one(folders, monkeypatch):
    for folder in folders:
        ran(folder)
    file = f"latest/{NAME}/plot.png"
    sides = "what the tables give, drawn again", "another figure", "figures show the tables"
    edit(folders[1], "plot.png", b"plot", b"other")
    assert told(folders) == ([(file, "", "", *sides)], [])
    assert told(folders, judge=False) == ([], [])
    drawn, render_all = [], drawing.render_all

    def seen(figures, left_out=None):
        drawn.append(list(figures))
        return render_all(figures)

    monkeypatch.setattr(drawing, "render_all", seen)
    told(folders)
    assert drawn == [["plot"]]
    edit(folders[0], "plot.png", b"plot", b"other")
    drawn.clear()
    assert told(folders) == ([], [])
    assert drawn == []
    edit(folders[0], "plot.png", b"other", b"odd")
    edit(folders[1], "plot.png", b"other", b"plot")  # as drawn again, and so as good as stored
    assert told(folders) == ([], [])


def named(spec, tables):
    """Figures whose names come from the tables: one of a table's name, one with a point in it."""
    rates = {f"rate_{value}": None for value in tables["values"]["value"]}
    return {"counts": None, "values": None} | rates


@pytest.mark.parametrize("spec", [Spec(), Spec(seeds=40), Spec(depths=(2,))])
def test_a_folder_lists_the_figures_that_its_tables_give(folders, there, spec):
    there[NAME] = dataclasses.replace(MADE_UP, figures=named)
    for folder in folders:
        ran(folder, spec=spec)
    path, rule = f"latest/{NAME}/provenance.json", "the experiment says what is drawn"
    assert told(folders, judge=False) == ([], [])
    files = change(folders[1])["files"]
    for name in ("counts", "rate_0.5"):
        for kind in ("png", "svg"):
            (folders[1] / NAME / f"{name}.{kind}").rename(folders[1] / f".{name}.{kind}")
        change(folders[1], files={f: files[f] for f in files if not f.startswith(f"{name}.")
                                  or f.endswith(".csv")})  # fmt: skip
        said = (path, "files", name, "a figure", "listed otherwise", rule)
        assert said in told(folders, judge=False)[0]
        for kind in ("png", "svg"):
            (folders[1] / f".{name}.{kind}").rename(folders[1] / NAME / f"{name}.{kind}")
    for more, sum_of in (("more.csv", b"a\n1\n"), ("counts.webp", b"x")):
        (folders[1] / NAME / more).write_bytes(sum_of)
        change(folders[1], files=files | {more: sha256(sum_of)})
        sides = "a figure" if more == "counts.webp" else "no figure", "listed otherwise"
        said = (path, "files", more.partition(".")[0], *sides, rule)
        assert said in told(folders, judge=False)[0]
        (folders[1] / NAME / more).unlink()


def test_what_another_setting_draws_is_not_known(folders):
    for folder in folders:
        ran(folder, spec=Spec(rate=0.5))
        files = change(folder)["files"]
        change(folder, files={file: files[file] for file in files if "plot" not in file})
        for kind in ("png", "svg"):
            (folder / NAME / f"plot.{kind}").unlink()
    assert told(folders, judge=False) == ([], [])


def test_what_cannot_be_judged_or_drawn_is_told_in_200_letters(folders, there):
    for folder in folders:
        ran(folder)

    def fails(*_):
        raise RuntimeError("so " * 100)

    why = f"RuntimeError: {'so ' * 100}"[:200]
    there[NAME] = dataclasses.replace(MADE_UP, claims=[claim("AA-01", fails), MADE_UP.claims[1]])
    sides = "claims that can be judged", "tables"
    assert told(folders)[0] == [
        (f"{side}/claims.csv", NAME, "", *sides, why) for side in ("expected", "latest")
    ]
    assert told(folders, judge=False)[0] == []
    there[NAME] = dataclasses.replace(MADE_UP, figures=fails)
    sides = "tables that can be drawn", why, "figures show the tables"
    assert told(folders)[0] == [
        (f"{side}/{NAME}", "", "", *sides) for side in ("expected", "latest")
    ]


def test_accept_refuses_what_was_made_from_other_tables_than_the_stored_ones(folders):
    stored, fresh = folders
    for folder in folders:
        ran(folder, OTHER, READER)
    assert accepting.accept([READER], fresh, stored).differences == []
    edit(stored, "values.csv", b"2,0.5", b"2,0.6", OTHER)  # which nobody reads
    assert accepting.accept([READER], fresh, stored).differences == []
    edit(stored, "counts.csv", b"2,200", b"2,201", OTHER)
    path = fresh / OTHER / "counts.csv"
    with pytest.raises(checking.InputError) as error:
        accepting.accept([READER], fresh, stored)
    assert str(error.value) == (
        f"{READER} was made from another {OTHER} than the stored one; accept {OTHER} too."
        f" Received: {path}"
    )
    assert accepting.accept([READER, OTHER], fresh, stored).differences == []
    assert told(folders, [OTHER, READER]) == ([], [])


def test_accept_stores_nothing_where_anything_differs(folders):
    stored, fresh = folders
    ran(fresh, NAME, OTHER)
    edit(fresh, "claims.csv", b"BB-01,doc", b"BB-01,dog", OTHER)
    wrong = accepting.accept([NAME, OTHER], fresh, stored).differences
    assert [(d.row, d.column, d.expected, d.obtained) for d in wrong] == [
        ("id=BB-01", "document", "doc", "dog")
    ]
    assert list(stored.iterdir()) == []
    edit(fresh, "claims.csv", b"BB-01,dog", b"BB-01,doc", OTHER)
    assert accepting.accept([NAME, OTHER], fresh, stored).differences == []
    assert told(folders, [NAME, OTHER]) == ([], [])


def test_accept_names_each_field_of_another_setting(folders):
    ran(folders[1], spec=Spec(depths=(2, 4), rate=0.5))
    with pytest.raises(checking.InputError) as error:
        accepting.accept([NAME], folders[1], folders[0])
    assert str(error.value) == (
        "these are results of another setting (depths = [2, 4], rate = 0.5); run"
        f" {NAME} without --config first. Received: {folders[1] / NAME}"
    )


def test_accept_waits_for_whoever_writes_there(folders, monkeypatch):
    ran(folders[1])
    kept = []

    def keep(folder, **how):
        kept.append((folder, how))
        return nullcontext()

    monkeypatch.setattr(accepting, "only_writer", keep)
    assert accepting.accept([NAME], folders[1], folders[0]).differences == []
    assert kept == [(folders[0] / NAME, {"wait": True})]


def test_a_figure_whose_name_has_a_point_in_it_is_drawn_again(folders, there):
    there[NAME] = dataclasses.replace(MADE_UP, figures=named)
    for folder in folders:
        ran(folder)
    edit(folders[0], "rate_0.5.png", b"rate_0.5", b"other")
    assert told(folders) == ([], [])


def test_a_figure_that_cannot_be_drawn_again_is_told(folders, monkeypatch):
    for folder in folders:
        ran(folder)
    edit(folders[1], "plot.png", b"plot", b"other")

    def render_all(figures, left_out=None):
        raise RuntimeError("no ink")

    monkeypatch.setattr(drawing, "render_all", render_all)
    sides = "tables that can be drawn", "RuntimeError: no ink", "figures show the tables"
    assert told(folders) == ([(f"latest/{NAME}", "", "", *sides)], [])


def test_what_claims_say_of_their_tables_is_held_by_the_tables_kinds(folders, there):
    for folder, value in zip(folders, (0.50005 - 1e-9, 0.50005 + 1e-9), strict=True):

        def run(spec, pool, value=value):
            frames = MADE_UP.run(spec, pool)
            return frames | {"values": frames["values"].assign(value=value)}

        there[NAME] = dataclasses.replace(MADE_UP, run=run)
        ran(folder)
    obtained = [results.read_claims(folder)["obtained"].tolist() for folder in folders]
    assert obtained == [["0.5", "0.5"], ["0.5", "0.5001"]]
    for judge in (True, False):
        assert told(folders, judge=judge) == ([], [])
