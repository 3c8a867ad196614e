"""What a run is asked for and what it prints, without a run."""

import dataclasses
import re
from pathlib import Path

import pandas as pd
import pytest

from reproductions.evidence.errors import InputError
from reproductions.running import runner
from tests.running.made_up import MADE_UP, Spec, run


def test_a_spec_is_the_stored_one_with_what_is_asked_for():
    few = dataclasses.replace(MADE_UP, spec=Spec(seeds=20))
    for asked, spec in (
        ((), Spec()),
        ((7,), Spec(seeds=7)),
        ((None, True), Spec(seeds=32, depths=(2,))),
        ((7, True), Spec(seeds=7, depths=(2,))),
        ((None, False, {"rate": 0.5, "seeds": 9}), Spec(seeds=9, rate=0.5)),
        ((7, True, {"seeds": 9, "depths": (4,)}), Spec(seeds=7, depths=(4,))),
    ):
        assert runner.spec_for(MADE_UP, *asked) == spec
    assert runner.spec_for(few, quick=True) == Spec(seeds=20, depths=(2,))


def test_seeds_make_no_other_setting_and_long_ones_are_cut():
    assert runner.other_than_stored(MADE_UP, {"seeds": 3, "rate": 0.25, "depths": (1,)}) == {
        "depths": (1,)
    }
    assert runner.in_words({}) == ""
    assert runner.in_words({"a": "x", "b": [1, 2]}) == 'a = "x", b = [1, 2]'
    assert runner.in_words({"path": Path("a/b")}) == 'path = "a/b"'
    long = runner.in_words({"a": "y" * 75, "b": "z" * 74})
    assert long == f'a = "{"y" * 72}..., b = "{"z" * 74}"'
    assert [len(part) for part in long.split(", ")] == [80, 80]
    assert runner.in_short(ValueError("so\n " * 99)) == f"ValueError: {'so ' * 99}"[:200]


def test_only_a_refusal_of_another_setting_is_a_line_for_its_author():
    for error in (ValueError("steps must be\neven"), MemoryError("2 PiB")):
        said = f"made_up cannot run in this setting ({runner.in_short(error)}). Received: a = 1"
        with pytest.raises(InputError, match=f"^{re.escape(said)}$"):  # noqa: SIM117
            with runner.another_setting("made_up", "a = 1"):
                raise error
        with pytest.raises(type(error)), runner.another_setting("made_up", ""):
            raise error
    with pytest.raises(KeyError), runner.another_setting("made_up", "a = 1"):
        raise KeyError("a mistake")


def test_an_experiment_makes_the_tables_that_it_declares(tmp_path):
    frames = runner.tables_of(MADE_UP, Spec(), tmp_path)
    assert {name: len(frame) for name, frame in frames.items()} == {"counts": 2, "values": 2}
    for more in ({}, {"counts": None, "others": None}):
        careless = dataclasses.replace(MADE_UP, run=lambda spec, pool, more=more: more)
        with pytest.raises(ValueError, match="must make the tables") as error:
            runner.tables_of(careless, Spec(), tmp_path)
        said = f"{MADE_UP.name} must make the tables ['counts', 'values']."
        assert str(error.value) == f"{said} Received: {sorted(more)}"


def test_a_table_is_judged_as_it_is_read_back():
    frame = run(Spec(), None)["values"].iloc[::-1].assign(value=[0.1 + 0.2, 1 / 3])
    again = runner.reread("values", frame, MADE_UP.tables["values"])
    assert again.equals(pd.DataFrame({"depth": [2, 3], "value": [1 / 3, 0.1 + 0.2]}))
    with pytest.raises(ValueError, match=r"^table values must have the columns"):
        runner.reread("values", frame[["depth"]], MADE_UP.tables["values"])


def test_a_run_ends_with_a_line_for_each_claim_and_their_number():
    rows = pd.DataFrame(
        {
            "id": ["A-1", "A-2", "A-3"],
            "verdict": ["reproduced", "document error", "reproduced"],
            "statement": ["One.", "Two.", "Three."],
            "obtained": ["0.5", "", "many"],
        }
    )
    assert runner.verdict_lines(rows).splitlines() == [
        "A-1  reproduced          One. [0.5]",
        "A-2  document error      Two.",
        "A-3  reproduced          Three. [many]",
        "3 claims: 2 reproduced, 1 document error",
    ]
    assert runner.verdict_lines(rows.head(0)) == "0 claims: none"
