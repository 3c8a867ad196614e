"""A scorecard word for word: what is printed, written and shown, with made-up measurements."""

import base64
import html
import re
from contextlib import nullcontext
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from reproductions.evidence.errors import InputError
from reproductions.evidence.tables import to_csv
from reproductions.training import battery
from reproductions.trial import scorecard, soundness
from reproductions.trial.candidate import UnsoundError

SETTING = battery.Setting(seeds=3)
QUANTITIES = (("signal", "mean output"), ("zigzag", "path"), ("cost", "share"))


def measure(check, quantity, value, low=np.nan, high=np.nan, left_out="", count=0, trials=0):
    row = battery.measure(check, quantity, value, low, high, left_out)
    return row | {"count": count, "trials": trials}


def signal(factory, setting):
    assert setting is SETTING
    value = factory(dtype="float64")
    return [
        measure("signal", "odd", 5.0),
        measure("signal", "mean output", value, value - 1, value + 1),
    ]


def zigzag(factory, setting):
    assert setting is SETTING
    np.log(np.zeros(1))  # a warning is an error, but for a function under trial
    if factory(dtype="float64") > 6:
        raise SystemExit(3)
    return [measure("zigzag", "path", np.inf)]


def cost(factories, setting):
    assert setting is SETTING
    ((name, factory),) = factories.items()
    share = factory(dtype="float64") / 10
    return {name: [measure("cost", "share", share, share - 0.125, share + 0.125)]}


@pytest.fixture(autouse=True)
def made_up(monkeypatch):
    monkeypatch.setattr(battery, "CHECKS", {"zigzag": zigzag, "signal": signal})
    monkeypatch.setattr(battery, "QUANTITIES", QUANTITIES)
    monkeypatch.setattr(battery, "cost", cost)


def constant(value):
    return lambda dtype: {"float64": value}[dtype]


def in_short(rows):
    return [(r["check"], r["quantity"], r["value"], r["verdict"], r["finding"]) for r in rows]


def test_what_is_measured_is_judged_and_what_raises_is_a_finding():
    rows = scorecard.measured(constant(2.0), SETTING)
    assert in_short(rows) == [
        ("zigzag", "path", np.inf, "finding", "it comes to inf"),
        ("signal", "odd", 5.0, "measured", ""),
        ("signal", "mean output", 2.0, "measured", ""),
        ("cost", "share", 0.2, "measured", ""),
    ]
    raised, *_ = scorecard.measured(constant(7.0), SETTING)
    said = "it raises: SystemExit: 3"
    assert (raised["check"], raised["quantity"]) == ("zigzag", "whole check")
    assert np.isnan([raised["value"], raised["low"], raised["high"]]).all()
    assert (raised["verdict"], raised["finding"]) == ("finding", said)


def test_a_bar_counts_the_checks_and_the_time_is_taken_last(monkeypatch):
    bars, progress = [], scorecard.progress

    def shown(jobs, **asked):
        bars.append((len(jobs), asked))
        return progress(jobs, **asked)

    def refuse(factories, setting):
        raise ValueError("no time")

    monkeypatch.setattr(scorecard, "progress", shown)
    monkeypatch.setattr(battery, "cost", refuse)
    *_, last = scorecard.measured(constant(2.0), SETTING)
    assert bars == [(2, {"what": "trial", "unit": "check"})]
    assert (last["check"], last["quantity"]) == ("cost", "whole check")
    assert (last["verdict"], last["finding"]) == ("finding", "it raises: ValueError: no time")


def test_what_a_number_leaves_out_is_said_and_the_number_is_held_against_none():
    rows = {
        "some broke": measure("XOR", "non-finite, all", 0.5, count=2, trials=4),
        "none broke": measure("XOR", "non-finite", 0.0, count=0, trials=4),
        "without them": measure("XOR", "solved", 0.25, 0.125, 0.5, "two broke"),
        "nothing": measure("XOR", "solved", np.nan, 0.1, 0.2, "all broke"),
        "noted": measure("dead units", "share", 0.25, left_out="two broke"),
        "not a number": measure("XOR", "updates", np.nan),
    }
    found = {name: scorecard.judged(row) for name, row in rows.items()}
    assert {name: (row["verdict"], row["finding"]) for name, row in found.items()} == {
        "some broke": ("finding", "NaN or infinite in 2 of 4 initialisations"),
        "none broke": ("measured", ""),
        "without them": ("finding", "two broke; 0.25 [0.125, 0.5] without them"),
        "nothing": ("finding", "all broke"),
        "noted": ("note", "two broke; 0.25 without them"),
        "not a number": ("finding", "it comes to nan"),
    }
    for name in ("without them", "nothing", "noted"):
        assert np.isnan([found[name][end] for end in ("value", "low", "high")]).all()
    kept = [found[name]["value"] for name in ("some broke", "none broke")]
    assert kept == [0.5, 0.0]
    assert found["without them"]["left_out"] == "two broke"


def test_a_scorecard_has_what_is_sound_first_and_the_battery_in_its_order(monkeypatch):
    given = object()
    monkeypatch.setattr(scorecard, "as_factory", {given: constant(2.0)}.__getitem__)
    sound = [soundness.row("state", "ok", "", 1.0)]
    monkeypatch.setattr(soundness, "check", lambda factory: sound * (factory("float64") == 2))
    rows = scorecard.score(given, SETTING)
    assert list(zip(rows["check"], rows["quantity"], strict=True)) == [
        ("soundness", "state"), *QUANTITIES, ("signal", "odd"),
    ]  # fmt: skip

    def refuse(factory):
        raise UnsoundError("it is no function")

    monkeypatch.setattr(soundness, "check", refuse)
    rows = scorecard.score(given, SETTING)
    assert rows[["check", "quantity", "verdict", "finding"]].to_numpy().tolist() == [
        ["soundness", "usable", "finding", "it is no function"],
        *[[*key, "not run", "the function is not usable"] for key in QUANTITIES],
    ]


def test_a_number_is_short_and_what_is_rounding_is_0():
    def number(value, low=np.nan, high=np.nan):
        return scorecard._number({"value": value, "low": low, "high": high})

    assert number(0.123456) == "0.123"
    assert number(1234.5, -0.00012345, 2.5) == "1.23e+03 [-0.000123, 2.5]"
    assert number(np.nan, 1, 2) == number(np.inf) == number(-np.inf) == ""
    assert number(1.0, -np.inf, 2) == "1"
    assert number(-9.9e-13) == number(0.0) == "0"
    assert (number(-1.0e-12), number(2e-12)) == ("-1e-12", "2e-12")


def test_a_line_says_the_finding_or_else_the_place():
    def line(check="zigzag", finding="", where="above all", value=2.5, verdict="measured"):
        row = {"check": check, "quantity": "path", "verdict": verdict, "finding": finding}
        return scorecard._line(row | {"value": value, "low": 2.0, "high": 3.0}, where)

    begins = f"zigzag          path{' ' * 25}"
    assert line() == f"{begins}measured  2.5 [2, 3]               above all"
    assert line(where="") == f"{begins}measured  2.5 [2, 3]"
    said = line(finding="it broke", verdict="finding", value=np.nan)
    assert said == f"{begins}finding   {' ' * 24} it broke"
    sound = line(check="soundness", where="", verdict="ok")
    assert sound == f"soundness       path{' ' * 25}ok"


STORED = pd.DataFrame(
    [
        ("relu", "signal", "mean output", 1.0, 0.5, 1.5),
        ("relu", "zigzag", "path", 2.0, np.nan, np.nan),
        ("tanh", "signal", "mean output", 0.5, 0.25, 0.75),
        ("tanh", "signal", "mean output", 0.7, 0.7, 0.7),  # said twice: the first holds
    ],
    columns=["function", "check", "quantity", "value", "low", "high"],
)


def test_others_are_those_that_are_named_stored_or_measured(monkeypatch, capsys):
    monkeypatch.setattr(scorecard.against, "factory", {"mish": constant(3.0)}.__getitem__)
    every = scorecard.beside((), STORED, SETTING)
    assert every.columns.tolist() == [*STORED.columns, "verdict", "finding"]
    assert (every["verdict"].eq("built in") & every["finding"].eq("")).all()
    assert every[STORED.columns].equals(STORED)
    assert capsys.readouterr().out == ""
    some = scorecard.beside(["mish", "tanh", "mish"], STORED, SETTING)
    said = "mish is measured too, as no numbers of it are stored\n"
    assert capsys.readouterr().out == said
    assert some.columns.tolist() == scorecard.COLUMNS
    assert some.index.tolist() == list(range(len(some)))
    assert some["function"].tolist() == ["mish"] * 4 + ["tanh"] * 2
    assert some["verdict"].tolist()[1:] == ["measured"] * 3 + ["built in"] * 2
    monkeypatch.setattr(scorecard, "measured", lambda *_: pytest.fail("it was measured"))
    with pytest.raises(KeyError, match="wrong"):  # the wrong name is found first
        scorecard.beside(["mish", "wrong"], STORED, SETTING)


def test_numbers_that_are_missing_are_one_line(tmp_path):
    folder = tmp_path / "battery"
    with pytest.raises(InputError) as error:
        scorecard.builtins(tmp_path)
    assert str(error.value) == (
        "the built-in functions' numbers are missing; `run battery --results DIR` makes them, and"
        f" --expected DIR reads them. Received: {folder}"
    )
    folder.mkdir()
    for name in ("formulas", "shares"):
        (folder / f"{name}.csv").write_text("")
    with pytest.raises(InputError, match="numbers are missing"):
        scorecard.builtins(tmp_path)


@pytest.fixture
def run(tmp_path, monkeypatch, capsys):
    """A trial of a made-up function: its status, what it prints, and its files."""

    def result(value, names=(), expected="stored", check=None):
        clock = iter([10.0, 17.4])
        held, figures = [], []
        function = object()
        monkeypatch.setattr(scorecard, "find", {"my:f": function}.__getitem__)
        monkeypatch.setattr(scorecard, "builtins", {expected: STORED}.__getitem__)
        monkeypatch.setattr(scorecard.settings, "hold", lambda: held.append(True))
        monkeypatch.setattr(scorecard, "as_factory", {function: constant(value)}.__getitem__)
        monkeypatch.setattr(scorecard, "time", SimpleNamespace(perf_counter=clock.__next__))
        monkeypatch.setattr(battery, "Setting", lambda: SETTING)
        ends = "f(inf) = 1, f(nan) =\tnan"
        sound = [soundness.row("state", "ok", "", 1.0), soundness.row("ends", "note", ends)]
        monkeypatch.setattr(soundness, "check", check or (lambda factory: sound))
        monkeypatch.setattr(battery, "figure", lambda *given: figures.append(given) or "drawn")

        def render_all(drawn):
            assert {name: draw() for name, draw in drawn.items()} == {"scorecard": "drawn"}
            return {"scorecard.png": b"PNG", "scorecard.svg": b"SVG"}

        monkeypatch.setattr(scorecard.drawing, "render_all", render_all)
        status = scorecard.run("my:f", expected, tmp_path / "trials", None, names)
        assert held == [True]
        folder = tmp_path / "trials" / "my.f"
        written = {path.name: path.read_bytes() for path in folder.iterdir()}
        out, err = capsys.readouterr()
        assert err == ""
        ((rows, functions, marked),) = figures
        assert marked == "my.f"
        assert written["scorecard.csv"] == to_csv(rows)
        return status, out.splitlines(), written, rows, functions

    return result


def test_a_trial_prints_a_line_for_each_row_and_how_many_are_findings(run, tmp_path):
    status, printed, written, rows, functions = run(5.0)
    folder = tmp_path / "trials" / "my.f"
    assert status == 1
    assert printed == [
        "this runs the code of my:f",
        "soundness       state                        ok",
        f"soundness       ends                         note      {' ' * 25}"
        "f(inf) = 1, f(nan) =\\tnan",
        "signal          mean output                  measured  5 [4, 6]                 above all",
        f"zigzag          path                         finding   {' ' * 25}it comes to inf",
        "cost            share                        measured  0.5 [0.375, 0.625]",
        "signal          odd                          measured  5",
        f"1 finding; {folder}/index.html; 7 s",
    ]
    assert written.keys() == {"scorecard.csv", "scorecard.png", "scorecard.svg", "index.html"}
    assert (written["scorecard.png"], written["scorecard.svg"]) == (b"PNG", b"SVG")
    assert functions == ["my.f", "relu", "tanh"]
    assert rows.columns.tolist() == scorecard.COLUMNS
    assert rows["function"].tolist() == ["my.f"] * 6 + ["relu"] * 2 + ["tanh"] * 2
    assert rows["finding"].notna().all()


def test_a_trial_says_how_many_findings_there_are(run, monkeypatch):
    monkeypatch.setattr(battery, "CHECKS", {"signal": signal})
    status, printed, _, _, functions = run(5.0, ["tanh"])
    assert status == 0
    assert printed[-1].startswith("0 findings; ")
    assert functions == ["my.f", "tanh"]
    monkeypatch.setattr(battery, "CHECKS", {"signal": zigzag, "zigzag": zigzag})
    status, printed, _, _, _ = run(5.0)
    assert status == 1
    assert printed[-1].startswith("2 findings; ")


def test_a_trial_measures_the_others_as_its_own_function(run, monkeypatch):
    monkeypatch.setattr(scorecard.against, "factory", {"mish": constant(3.0)}.__getitem__)
    _, printed, _, rows, functions = run(5.0, ["mish"])
    assert printed[:2] == [
        "this runs the code of my:f", "mish is measured too, as no numbers of it are stored",
    ]  # fmt: skip
    assert functions == ["my.f", "mish"]
    assert rows[rows["function"] == "mish"]["value"].tolist() == [np.inf, 5.0, 3.0, 0.3]


def test_a_function_that_is_not_usable_has_its_card_too(run, monkeypatch):
    def refuse(factory):
        raise UnsoundError("it is no function")

    status, printed, written, rows, _ = run(5.0, check=refuse)
    assert status == 1
    assert printed[1].split(maxsplit=3) == [
        *("soundness", "usable", "finding", "it is no function")
    ]
    assert [line.split()[-6:] for line in printed[2:5]] == [
        ["run", "the", "function", "is", "not", "usable"]
    ] * 3
    assert printed[5].startswith("1 finding; ")
    assert rows.columns.tolist() == scorecard.COLUMNS
    assert "it is no function" in written["index.html"].decode()


def test_a_card_is_written_by_one_at_a_time(run, tmp_path, monkeypatch):
    kept = []

    def keep(folder, **how):
        kept.append((folder, how))
        folder.mkdir(parents=True)
        return nullcontext()

    monkeypatch.setattr(scorecard.files, "only_writer", keep)
    run(5.0)
    assert kept == [(tmp_path / "trials" / "my.f", {"wait": True})]


def cells(text):
    """The cells of each row of each table of a page, as a reader sees them."""
    return [
        [
            [html.unescape(cell) for cell in re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row, re.S)]
            for row in re.findall(r"<tr.*?</tr>", table, re.S)
        ]
        for table in re.findall(r"<table>(.*?)</table>", text, re.S)
    ]


def test_the_page_of_a_trial_shows_each_row_and_the_others_numbers(run):
    page = run(5.0)[2]["index.html"].decode()
    assert page.startswith("<!doctype html>\n")
    assert page.endswith("</html>")
    assert "<title>Trial of my.f</title>" in page
    assert "<p>1 of 6 rows are findings. Numbers have 95 %" in page
    assert f'src="data:image/png;base64,{base64.b64encode(b"PNG").decode()}"' in page
    assert "A panel a quantity: my.f as a diamond" in page
    assert '<tr class="finding"><td>zigzag</td>' in page
    card, wide = cells(page)
    assert card == [
        ["check", "quantity", "verdict", "value", "finding, or place among the other functions"],
        ["soundness", "state", "ok", "1", ""],
        ["soundness", "ends", "note", "", "f(inf) = 1, f(nan) =\tnan"],
        ["signal", "mean output", "measured", "5 [4, 6]", "above all"],
        ["zigzag", "path", "finding", "", "it comes to inf"],
        ["cost", "share", "measured", "0.5 [0.375, 0.625]", ""],
        ["signal", "odd", "measured", "5", ""],
    ]
    assert wide == [
        ["check", "quantity", "my.f", "relu", "tanh"],
        ["signal", "mean output", "5 [4, 6]", "1 [0.5, 1.5]", "0.5 [0.25, 0.75]"],
        ["zigzag", "path", "", "2", ""],
        ["cost", "share", "0.5 [0.375, 0.625]", "", ""],
    ]


def test_a_page_shows_names_and_findings_as_they_are(run):
    page = scorecard._page(
        "<f>", pd.DataFrame([{"check": "a", "quantity": "b", "value": 1.0, "low": np.nan,
                              "high": np.nan, "verdict": "finding", "finding": "<b> & c"}]),
        [""], STORED, ["tanh"], b"",
    )  # fmt: skip
    assert "Trial of &lt;f&gt;" in page
    assert "<td>&lt;b&gt; &amp; c</td>" in page
    assert "1 of 1 rows" in page
