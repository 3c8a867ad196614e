"""What a comparison found, as text, Markdown, JSON and JUnit; and the names for other projects."""

import json
import re
from pathlib import Path
from xml.etree import ElementTree

import jsonschema
import pandas as pd
import pytest

from reproductions import evidence
from reproductions.evidence import Close, Comparison, Difference, Exact, Rate, Table, compare_frames
from reproductions.evidence.formats import FORMATS, MOST_ROWS

SCHEMA = Path(evidence.__file__).with_name("comparison.schema.json")
ODD = Difference("a|b.csv", "x=<i>1\x00", "*y*", "1", "\ud800\n2", "exact", more=3)
LATER = Difference("c.csv", "", "", "there", "missing", "files must match both ways")


def found(*differences, notes=()):
    return Comparison(list(differences), [], list(notes), values=12)


NOTHING, TWO = found(), found(ODD, LATER, notes=["a first look"])


def test_text_is_a_line_for_each_and_the_summary():
    assert FORMATS["text"](NOTHING) == "all holds: 12 values and 0 rates held"
    lines = FORMATS["text"](TWO).split("\n")
    assert len(lines) == 4
    assert lines[1] == "c.csv: expected there, obtained missing (files must match both ways)"
    assert lines[2:] == ["a first look", "5 differences, 12 values and 0 rates held"]


def test_json_is_what_the_schema_says():
    schema = json.loads(SCHEMA.read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator.check_schema(schema)
    for comparison, holds, count in ((NOTHING, True, 0), (TWO, False, 5)):
        content = json.loads(FORMATS["json"](comparison))
        jsonschema.validate(content, schema)
        assert (content["holds"], content["count"], content["values"]) == (holds, count, 12)
    assert content["differences"][0] == {
        "file": "a|b.csv",
        "row": "x=<i>1\x00",
        "column": "*y*",
        "expected": "1",
        "obtained": "\ud800\n2",
        "rule": "exact",
        "more": 3,
    }
    assert content["notes"] == ["a first look"]
    for spoilt in (content | {"holds": "no"}, content | {"extra": 1}, {"holds": True}):
        with pytest.raises(jsonschema.ValidationError):
            jsonschema.validate(spoilt, schema)


def test_every_field_of_the_schema_is_described():
    schema = json.loads(SCHEMA.read_text(encoding="utf-8"))
    fields = {**schema["properties"], **schema["properties"]["differences"]["items"]["properties"]}
    assert {name for name, rule in fields.items() if "description" not in rule} == {"differences"}


def test_junit_has_a_failed_test_for_each():
    suite = ElementTree.fromstring(FORMATS["junit"](TWO)).find("testsuite")
    assert (suite.get("tests"), suite.get("failures")) == ("2", "2")
    first, second = suite.findall("testcase")
    assert (first.get("classname"), first.get("name")) == ("a|b.csv", "x=<i>1\ufffd, *y*")
    assert first.find("failure").get("message").startswith("expected 1, obtained ")
    assert second.get("name") == "c.csv"
    assert suite.find("system-out").text == "a first look"
    suite = ElementTree.fromstring(FORMATS["junit"](NOTHING)).find("testsuite")
    assert (suite.get("tests"), suite.get("failures")) == ("1", "0")
    assert suite.find("testcase/failure") is None


def test_markdown_is_a_table_whose_cells_stay_cells():
    lines = FORMATS["markdown"](TWO).split("\n")
    assert lines[0] == "**5 differences, 12 values and 0 rates held**"
    rows = [line for line in lines if line.startswith("|")]
    assert len(rows) == 4
    assert {len(re.findall(r"(?<!\\)\|", row)) for row in rows} == {8}
    assert r"\<i\>1" in rows[2]
    assert r"\*y\*" in rows[2]
    assert lines[-1] == "- a first look"
    assert FORMATS["markdown"](NOTHING) == "**all holds: 12 values and 0 rates held**"


def test_markdown_shows_no_more_than_a_comment_holds():
    many = FORMATS["markdown"](found(*[LATER] * (MOST_ROWS + 7)))
    assert many.count("| c.csv |") == MOST_ROWS
    assert many.endswith("7 more are not shown.")


TABLE = Table(
    key=("layer",),
    columns={"units": Exact(), "loss": Close(1e-6, 0, "rounding"), "solved": Rate("runs")},
)
STORED = pd.DataFrame(
    {"layer": ["a", "b"], "units": [3, 4], "loss": [0.5, 0.25], "solved": [900, 90]}
).assign(runs=1000)
RATES = Table(TABLE.key, {**TABLE.columns, "runs": Exact()})


def test_two_frames_are_compared_by_the_names_for_other_projects():
    assert compare_frames(RATES, STORED, STORED) == []
    near = STORED.assign(loss=[0.5 + 1e-8, 0.25], solved=[905, 90])
    assert compare_frames(RATES, STORED, near) == []
    for column, values in {"units": [3, 5], "loss": [0.5, 0.26], "solved": [900, 300]}.items():
        (difference,) = compare_frames(RATES, STORED, STORED.assign(**{column: values}), "mine")
        assert isinstance(difference, Difference)
        assert (difference.file, difference.row, difference.column) == ("mine", "layer=b", column)
    (difference,) = compare_frames(RATES, STORED, STORED.iloc[:1])
    assert "layer=b" in str(difference)


def test_a_frame_without_a_name_is_a_table():
    (difference,) = compare_frames(RATES, STORED, STORED.assign(units=[3, 5]))
    assert difference.file == "table"


def test_the_names_are_there_and_no_others():
    assert {name for name in evidence.__all__ if not hasattr(evidence, name)} == set()
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        evidence.nothing  # noqa: B018
