"""Claims and verdicts: what a row of claims.csv says, in which words and with which numbers."""

import hashlib

import pandas as pd
import pytest

from reproductions.evidence import verdicts
from reproductions.evidence.errors import NotMeasured
from reproductions.evidence.kinds import Exact
from reproductions.evidence.tables import to_csv
from reproductions.evidence.verdicts import Claim, Judgement

WORDS = {
    "document": "xor-post", "place": "A heading", "quote": "Its words", "statement": "A statement.",
    "reported": "0.5", "measure": "share", "rule": "A rule.", "history": "An older rule.",
}  # fmt: skip
KOREAN = {
    "statement": "진술.", "obtained": "{share:.0%} 성공", "notes": {"why": "{share:.1f}이므로."},
}  # fmt: skip


def claim(number="AA-01", judge=None, **fields):
    fields = {**WORDS, "notes": {"why": "As {share:.1f}.", "also": "Also so."}, **fields}
    return Claim(id=number, judge=judge, korean=KOREAN, **fields)


def judged(*values, **fields):
    return lambda tables: Judgement(*values, **fields)


def test_a_row_says_all_of_a_claim_and_its_judgement():
    whole = judged("reproduced in part", 0.123456, 0.1, 0.25, notes=("also", "why"),
                   values={"share": 0.12})  # fmt: skip
    rows = verdicts.judge([claim(judge=whole)], {})
    assert list(rows.columns) == list(verdicts.COLUMNS)
    assert {str(kind) for kind in rows.dtypes} == {"object"}
    assert rows.iloc[0].to_dict() == {
        **WORDS, "id": "AA-01", "obtained": "0.1235", "low": "0.1", "high": "0.25",
        "verdict": "reproduced in part", "note": "Also so. As 0.1.",
    }  # fmt: skip
    (elsewhere,) = verdicts.judge([claim(judge=whole)], {}, "rate = 2")["note"]
    assert elsewhere == "with rate = 2: Also so. As 0.1."
    none = verdicts.judge([], {})
    assert (list(none.columns), len(none)) == (list(verdicts.COLUMNS), 0)
    assert {str(kind) for kind in none.dtypes} == {"object"}


def test_what_a_claim_does_not_say_is_empty():
    bare = Claim("AA-03", "doc", "S.", "R.", judge=judged("reproduced", 1.0))
    (row,) = verdicts.judge([bare], {}).to_dict("records")
    said = {"id", "document", "statement", "rule", "obtained", "verdict"}
    assert {name for name, text in row.items() if text != ""} == said
    assert bare.found(Judgement("reproduced", None)) == ""
    # Neither who judges nor the Korean words make another claim.
    assert Claim("AA-03", "doc", "S.", "R.", judge=judged(), korean=KOREAN) == bare
    assert "judge" not in repr(bare)
    assert "korean" not in repr(bare)


def test_claims_are_held_row_by_row_and_every_cell_exactly():
    assert verdicts.CLAIMS_TABLE.key == ("id",)
    assert tuple(verdicts.CLAIMS_TABLE.columns) == verdicts.COLUMNS[1:]
    assert set(map(type, verdicts.CLAIMS_TABLE.columns.values())) == {Exact}
    assert verdicts.CLAIMS_TABLE.name_every_row is True
    assert verdicts.DERIVED == ("obtained", "low", "high", "note")


def test_a_judge_is_given_the_tables():
    tables = {"a": pd.DataFrame({"share": [0.5]})}
    by_table = claim(judge=lambda t: Judgement("reproduced", float(t["a"]["share"].iloc[0])))
    assert verdicts.judge([by_table], tables)["obtained"].tolist() == ["0.5"]


def test_what_cannot_be_measured_is_left_out_only_where_it_may_be():
    def lacking(tables):
        raise NotMeasured("the tables have no activation tanh")

    claims = [claim(judge=lacking), claim("AA-02", judged("reproduced", 1.0))]
    with pytest.raises(NotMeasured, match="tanh"):
        verdicts.judge(claims, {})
    left_out = []
    assert verdicts.judge(claims, {}, "", left_out)["id"].tolist() == ["AA-02"]
    assert left_out == ["AA-01 is not judged: the tables have no activation tanh"]


def test_words_are_korean_where_there_are_korean_ones():
    one = claim(obtained="{share:.0%} solve it")
    found = Judgement("reproduced", None, notes=("why", "also"), values={"share": 0.25})
    assert (one.found(found), one.found(found, "ko")) == ("25% solve it", "25% 성공")
    assert (one.note(found), one.note(found, "ko")) == ("As 0.2. Also so.", "0.2이므로. Also so.")
    assert (one.words("statement"), one.words("statement", "ko")) == ("A statement.", "진술.")
    assert one.words("rule", "ko") == "A rule."
    assert one.found(Judgement("reproduced", "so many")) == "so many"
    assert Claim("AA-03", "doc", "S.", "R.", judged()).note(Judgement("reproduced", 1)) == ""


def test_numbers_by_function_are_listed_with_their_names():
    values = {"shares": {"leaky_relu": 0.5, "tanh": 1.0, "softsign": 0.25}}
    text = "{shares:.0%}"
    assert verdicts.filled(text, values) == "leaky ReLU 50%, tanh 100%, softsign 25%"
    assert verdicts.filled(text, values, "ko") == "Leaky ReLU 50%, tanh 100%, softsign 25%"
    with pytest.raises(KeyError, match="share"):
        verdicts.filled("{share}", {})


def test_notes_and_findings_name_functions_in_their_language():
    words = {"obtained": "{shares:.0%}", "notes": {"why": "So: {shares:.0%}."}}
    one = Claim("AA-01", "doc", "S.", "R.", judged(), korean=words, **words)
    found = Judgement("reproduced", None, notes=("why",), values={"shares": {"leaky_relu": 0.5}})
    assert (one.found(found), one.note(found)) == ("leaky ReLU 50%", "So: leaky ReLU 50%.")
    korean = one.found(found, "ko"), one.note(found, "ko")
    assert korean == ("Leaky ReLU 50%", "So: Leaky ReLU 50%.")


def test_notes_without_korean_words_are_english():
    one = Claim("AA-01", "doc", "S.", "R.", judged(), notes={"why": "So."}, korean={"rule": "규칙"})
    assert one.note(Judgement("reproduced", 1.0, notes=("why",)), "ko") == "So."


def test_a_verdict_is_one_of_four():
    assert verdicts.VERDICTS == (
        "reproduced", "reproduced in part", "not reproduced", "document error",
    )  # fmt: skip
    with pytest.raises(ValueError, match=r"verdict must be one of .* Received: 'holds'"):
        Judgement("holds", 1.0)
    assert verdicts.graded(True) == verdicts.graded(1, True) == "reproduced"
    assert verdicts.graded(False, True) == "reproduced in part"
    assert verdicts.graded(False) == verdicts.graded(0, 0) == "not reproduced"
    assert verdicts.graded(False, False, "document error") == "document error"


def test_a_judgement_without_numbers_has_none():
    assert Judgement("reproduced", 1.0).values == {}
    assert Claim("AA-01", "doc", "S.", "R.", judged()).notes == {}


def test_cells_have_four_digits():
    cells = {None: "", "some words": "some words", 12345: "12345", 0.123456: "0.1235",
             float("nan"): "nan", 1e-9: "1e-09", 12345.6: "1.235e+04"}  # fmt: skip
    assert {value: verdicts.as_text(value) for value in cells} == cells


def test_the_checksum_is_of_the_rows_in_the_order_of_their_ids():
    rows = pd.DataFrame({"id": ["B", "A"], "verdict": ["x", "y"]})
    in_order = rows.iloc[::-1]
    assert verdicts.digest(rows) == verdicts.digest(in_order)
    assert verdicts.digest(rows) == hashlib.sha256(to_csv(in_order)).hexdigest()
    assert verdicts.digest(rows) != verdicts.digest(rows.assign(verdict="x"))


def test_fresh_rows_take_the_place_of_judged_ones_and_no_others():
    kept = pd.DataFrame({"id": ["D", "B", "A"], "verdict": "old"})
    fresh = pd.DataFrame({"id": ["C", "A"], "verdict": "new"})
    merged = verdicts.merge(kept, fresh, ["A", "B"])  # B is no longer judged
    assert merged.to_dict("list") == {"id": ["A", "C", "D"], "verdict": ["new", "new", "old"]}
    assert list(merged.index) == [0, 1, 2]
