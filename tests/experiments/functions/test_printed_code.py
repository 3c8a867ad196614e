"""Listings are split into statements, tried with repairs, and their messages cut to one line."""

import warnings

import pytest

from reproductions.experiments.functions.printed_code import listings, outputs, run, statements
from reproductions.experiments.functions.printed_code.listings import Listing, Repair


@pytest.mark.parametrize(
    ("message", "line"),
    [
        ("name 'keras' is not defined", "name 'keras' is not defined"),
        ("From /a/site-packages/b.py:98: f is deprecated\nInstructions", "f is deprecated"),
        (r"From C:\a\b.py:98: f is deprecated", "f is deprecated"),
        ("cannot open /home/someone/file.txt", "cannot open file.txt"),
        ("<object at 0x7f3A> is odd", "<object at 0x…> is odd"),
        ("pass `input_shape`/`input_dim` here", "pass `input_shape`/`input_dim` here"),
        ("", ""),
    ],
)
def test_a_message_is_cut_to_one_line_that_is_the_same_on_every_machine(message, line):
    assert statements.one_line(message) == line


def test_statements_are_tried_in_order_until_a_repair_runs():
    listing = Listing(
        "made up",
        "1",
        "import warnings\nx = y\nwarnings.warn('old')\nz = [\n  x]",
        (
            ("x = y", (Repair("left out", "", "x = 1 / 0"), Repair("changed", "", "x = 1"))),
            ("z = [\n  x]", (Repair("changed", "", "raise SystemError"),)),
        ),
    )
    with warnings.catch_warnings():
        warnings.simplefilter("default")  # as in the process that runs the listings
        rows = statements.run_statements(listing, {}, training_steps=1)
    assert [(r["place"], r["attempt"], r["fate"], r["category"], r["code"]) for r in rows] == [
        (1, 0, "runs", "", "import warnings"),
        (2, 0, "fails", "NameError", "x = y"),
        (2, 1, "fails", "ZeroDivisionError", "x = 1 / 0"),
        (2, 2, "runs", "", "x = 1"),
        (3, 0, "warns", "UserWarning", "warnings.warn('old')"),
        (4, 0, "runs", "", "z = [ …"),
    ]


def test_the_training_loop_is_cut_short():
    namespace = {}
    code = "for step in range(20001):\n    pass"
    statements.run_code(Repair("", "", code), namespace, training_steps=5)
    assert namespace["step"] == 4


def test_every_repair_belongs_to_a_printed_statement():
    for listing in (*listings.LISTINGS, listings.PLAIN):
        printed = statements.top_level_statements(listing.code)
        assert {code for code, _ in listing.repairs} <= set(printed), listing.name


def test_a_process_that_cannot_run_its_listings_is_an_error(monkeypatch):
    monkeypatch.setattr(run.sys, "executable", "false")
    with pytest.raises(RuntimeError, match="relu-post could not be run"):
        run.run_listings(("relu-post",), 1)


@pytest.mark.parametrize(
    ("shown", "printed", "agreement"),
    [
        ("[0.1 2.] -> 3", "[0.1 2.] -> 3", outputs.SAME),
        ("[ 0.1 2.] -> 3", "[ 0.1  2. ] -> 3", outputs.NUMBERS),
        ("[ 0.1 2.] -> 3", "[ 0.1  2.] -> 3", outputs.SPACES),
        ("[0.1 2.] -> 3", "[np.float64(0.1) 2.] -> 3", outputs.OTHER),
        ("[0.1 2.] -> 3", "[0.1, 2.5] -> 3", outputs.OTHER),
        ("[0.1 2.] -> 3", "", outputs.OTHER),
        ("", "a line that the document does not show", outputs.OTHER),
    ],
)
def test_a_printed_line_is_compared_with_the_documents(shown, printed, agreement):
    assert outputs.agreement(shown, printed) == agreement


def test_no_module_beside_a_listing_is_taken_for_a_library(tmp_path, monkeypatch):
    monkeypatch.setattr(outputs, "PRINTED", tmp_path)
    (tmp_path / "numpy.py").write_text("e = 3")
    (tmp_path / "euler.txt").write_text("import numpy as np\nprint(round(np.e, 3))\n")
    assert outputs._printed_by("euler") == ["2.718"]
