"""Figures that are nothing but words become tables with these words at their places."""

import io
import xml.etree.ElementTree as ElementTree

import matplotlib.pyplot as plt
import pytest

from reproductions.report.written import written

KOREAN = {"name": "이름", "# apples": "사과 #개", "went wrong": "잘못됨"}


@pytest.fixture
def axes():
    """Axes that nothing is seen of, as the experiments draw their words in."""
    with plt.rc_context({"svg.fonttype": "none"}):
        figure, axes = plt.subplots(figsize=(6, 3))
        axes.axis("off")
        yield axes
        plt.close(figure)


def table(axes):
    file = io.BytesIO()
    axes.figure.savefig(file, format="svg")
    return written(ElementTree.fromstring(file.getvalue()), {"ko": KOREAN})


def fill(axes):
    axes.set_title("A title of larger letters", fontsize=14)
    axes.text(0.0, 0.9, "name", weight="bold", fontsize=10)
    axes.text(0.6, 0.9, "line", weight="bold", fontsize=10)
    axes.axhline(0.85)
    axes.text(0.0, 0.7, "one", fontsize=10)
    axes.text(0.3, 0.702, "3 apples", fontsize=9)
    axes.text(0.6, 0.7, "f(1,  2)", family="monospace", fontsize=8)
    axes.text(0.6, 0.5, "went wrong", fontsize=8)
    axes.text(0.6, 0.4, "in many words", fontsize=8)
    axes.text(0.6, 0.3, "and lines", fontsize=8)
    axes.text(0.0, 0.1, "two", fontsize=10)


def cells(rows, language):
    return [[[piece.text[language] for piece in cell] for cell in row] for row in rows]


def test_words_stand_in_rows_and_columns(axes):
    fill(axes)
    found = table(axes)
    assert cells([found.header], "en") == [[["name"], [], ["line"]]]
    assert cells(found.rows, "en") == [
        [["one"], ["3 apples"], ["f(1,  2)", "went wrong", "in many words and lines"]],
        [["two"], [], []],
    ]
    assert cells([found.header], "ko") == [[["이름"], [], ["line"]]]
    assert cells(found.rows, "ko")[0] == [
        ["one"],
        ["사과 3개"],
        ["f(1,  2)", "잘못됨", "in many words and lines"],
    ]
    assert [piece.kind for piece in found.rows[0][2]] == ["code", "", ""]


@pytest.mark.parametrize(
    "draw",
    [
        lambda axes: axes.axis("on"),
        lambda axes: axes.plot([0, 1], [0, 1]),
        lambda axes: axes.add_patch(plt.Circle((0.5, 0.5), 0.1)),
        lambda axes: axes.scatter([0.5], [0.5]),
        lambda axes: axes.imshow([[0, 1]]),
    ],
    ids=["axes", "line", "patch", "points", "image"],
)
def test_what_holds_more_than_words_is_no_table(axes, draw):
    fill(axes)
    draw(axes)
    assert table(axes) is None


def test_what_holds_no_words_is_no_table(axes):
    axes.axhline(0.5)
    assert table(axes) is None
