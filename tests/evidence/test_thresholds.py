"""A made-up claim is judged with other thresholds: which there are, where they go, what changes."""

import functools

import pandas as pd
import pytest

from reproductions.evidence import thresholds
from reproductions.evidence.errors import NotMeasured
from reproductions.evidence.verdicts import (
    IN_PART,
    NOT_REPRODUCED,
    REPRODUCED,
    Claim,
    Judgement,
    Tables,
    graded,
)


def judge(
    tables: Tables, *, nearly_all: float = 0.95, most: float = 0.5, layers: int = 3
) -> Judgement:
    share = tables["rates"]["share"].iloc[0]
    return Judgement(graded(share > nearly_all, in_part=share > most), layers)


def tables(share):
    return {"rates": pd.DataFrame({"share": [share]})}


def claim(by):
    return Claim(id="EX-01", document="none", statement="", rule="", judge=by)


def verdicts(by, share, threshold):
    moves = thresholds.moved(claim(by), tables(share))
    rows = moves[moves["threshold"] == threshold]
    return dict(zip(rows["value"], rows["verdict"], strict=True))


def test_thresholds_are_the_keyword_only_floats():
    assert thresholds.of(judge) == {"nearly_all": 0.95, "most": 0.5}
    assert thresholds.of(lambda tables: None) == {}


def test_what_a_partial_has_filled_in_is_no_threshold():
    once = functools.partial(judge, most=0.4)
    assert thresholds.of(once) == {"nearly_all": 0.95}
    assert thresholds.of(functools.partial(once, nearly_all=0.9)) == {}
    assert verdicts(once, 0.45, "nearly_all")[0.99] == IN_PART
    assert verdicts(once, 0.45, "most") == {}


def test_an_argument_after_one_that_a_partial_fills_in_is_no_threshold():
    def of_network(network: str, tables: Tables, scale: float = 2.0, *, most: float = 0.5):
        return judge(tables, most=most)

    assert thresholds.of(functools.partial(of_network, network="2-2-1")) == {"most": 0.5}


@pytest.mark.parametrize(
    ("stored", "tried"),
    [
        (0.95, (0.8, 0.9, 0.95, 0.99)),
        (0.05, (0.01, 0.05, 0.1, 0.2)),
        (0.01, (0.01, 0.05, 0.1, 0.2)),
        (0.25, (0.01, 0.05, 0.1, 0.2, 0.25)),
        (0.5, (0.2, 0.5, 0.8)),
        (2.0, (0.5, 1.0, 2.0, 4.0, 8.0)),
        (0.001, (0.00025, 0.0005, 0.001, 0.002, 0.004)),
    ],
)
def test_values_that_are_tried(stored, tried):
    assert thresholds.tried(stored) == tried


@pytest.mark.parametrize("stored", [0.0, -10.0, float("nan")])
def test_only_a_positive_threshold_can_be_moved(stored):
    with pytest.raises(ValueError, match="positive"):
        thresholds.tried(stored)


def test_a_verdict_that_changes_both_ways():
    assert verdicts(judge, 0.93, "nearly_all") == {
        0.8: REPRODUCED, 0.9: REPRODUCED, 0.95: IN_PART, 0.99: IN_PART,
    }  # fmt: skip
    assert verdicts(judge, 0.6, "most") == {0.2: IN_PART, 0.5: IN_PART, 0.8: NOT_REPRODUCED}


def test_the_frame_is_tidy_and_one_threshold_moves_at_a_time():
    moves = thresholds.moved(claim(judge), tables(0.97))
    assert list(moves.columns) == ["id", "threshold", "stored", "value", "verdict"]
    assert not moves.duplicated(["id", "threshold", "value"]).any()
    assert moves["threshold"].tolist() == ["nearly_all"] * 4 + ["most"] * 3
    # With the stored share for nearly all, it stays reproduced whatever counts as most.
    assert set(moves.loc[moves["threshold"] == "most", "verdict"]) == {REPRODUCED}


def test_a_judgement_that_is_known_is_not_made_again():
    asked = []

    def counting(tables: Tables, *, most: float = 0.5) -> Judgement:
        asked.append(most)
        return judge(tables, most=most)

    made = claim(counting)
    known = thresholds.moved(made, tables(0.6), counting(tables(0.6)))
    assert asked == [0.5, 0.2, 0.8]
    pd.testing.assert_frame_equal(known, thresholds.moved(made, tables(0.6)))


def test_how_far_a_threshold_reaches():
    high, low = thresholds.reaches(thresholds.moved(claim(judge), tables(0.85)))
    assert (high.id, high.threshold, high.stored) == ("EX-01", "nearly_all", 0.95)
    assert high.verdict == IN_PART
    assert high.tried == (0.8, 0.9, 0.95, 0.99)
    assert high.same == (0.9, 0.95, 0.99)
    assert high.others == ((0.8, REPRODUCED),)
    assert not high.near
    assert low.same == low.tried == (0.2, 0.5, 0.8)
    assert low.others == ()
    assert not low.near
    assert thresholds.reaches(thresholds.moved(claim(judge), tables(0.93)))[0].near


def test_beyond_a_gap_the_same_verdict_does_not_count():
    def only_between(tables: Tables, *, factor: float = 2.0) -> Judgement:
        return Judgement(graded(factor not in (1.0, 4.0)), None)

    (reach,) = thresholds.reaches(thresholds.moved(claim(only_between), tables(0)))
    assert reach.same == (2.0,)
    assert reach.others == ((1.0, NOT_REPRODUCED), (4.0, NOT_REPRODUCED))
    assert reach.near


def test_no_thresholds_give_an_empty_frame():
    moves = thresholds.moved(claim(lambda tables: Judgement(REPRODUCED, 1)), tables(0.9))
    assert moves.empty
    assert list(moves.columns) == list(thresholds.COLUMNS)
    assert thresholds.reaches(moves) == []


def test_what_the_tables_lack_is_said():
    def lacking(tables: Tables, *, most: float = 0.5) -> Judgement:
        raise NotMeasured("the tables have no activation elu")

    with pytest.raises(NotMeasured):
        thresholds.moved(claim(lacking), tables(0.9))
