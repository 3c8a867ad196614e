"""What figures are drawn with: words and ticks from numbers; one is lost, the others are kept."""

import pytest

from reproductions.evidence import drawing
from reproductions.evidence.errors import NotMeasured


@pytest.mark.parametrize(
    ("count", "words"), [(0, "no"), (1, "one"), (3, "three"), (10, "ten"), (4096, "4,096")]
)
def test_a_number_in_words(count, words):
    assert drawing.in_words(count) == words


@pytest.mark.parametrize(
    ("low", "high", "ticks"),
    [
        (0.1, 10, [0.1, 0.2, 0.5, 1, 2, 5, 10]),
        (0.3, 7, [0.5, 1, 2, 5]),
        (3, 4, [3, 4]),  # no round number between them
        (0.7, 0.7, [0.7]),
    ],
)
def test_round_ticks_stay_between_the_ends(low, high, ticks):
    assert drawing.round_ticks(low, high) == ticks


def empty():
    figure, _ = drawing.panels()
    return figure


def missing():
    raise NotMeasured("the tables have no activation tanh")


def mistaken():
    raise KeyError("activaton")


def test_one_figure_is_lost_and_the_others_are_drawn():
    left_out = []
    files = drawing.render_all({"first": empty, "lost": missing, "last": empty}, left_out)
    assert list(files) == ["first.png", "first.svg", "last.png", "last.svg"]
    assert left_out == ["figure lost is not drawn: the tables have no activation tanh"]


def test_none_is_lost_where_none_may_be():
    with pytest.raises(NotMeasured, match="tanh"):
        drawing.render_all({"first": empty, "lost": missing})


def test_a_mistake_is_no_missing_measurement():
    with pytest.raises(KeyError, match="activaton"):
        drawing.render_all({"first": mistaken}, [])
