"""The words inside figures in another language."""

import pytest

from reproductions.report import drawn

WORDS = {
    "# of # seeds": "시드 #2개 중 #1개",
    "rate #": "학습률 #",
    "update\n(log)": "갱신\n(로그)",
    "float32 values": "float32 값",
}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("12 of 4,096 seeds", "시드 4,096개 중 12개"),
        ("rate 0.05", "학습률 0.05"),
        ("update\n(log)", "갱신\n(로그)"),
        ("float32 values", "float32 값"),
        ("rate", None),
        ("rates 0.05", None),
    ],
)
def test_numbers_keep_their_values_in_either_order(text, expected):
    assert drawn.translated(text, WORDS) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [("ReLU, 0.01", False), ("share of ReLU", True), ("x = 3", False), ("갱신", False)],
)
def test_a_name_is_no_word(text, expected):
    assert drawn.has_words(text, frozenset({"ReLU"})) == expected


def test_lines_of_a_text_are_joined():
    svg = b"""<svg xmlns="http://www.w3.org/2000/svg"><g id="text_1"><text>cost (nats),</text>
    <text>the  post's</text></g><g id="text_2"><g><text><tspan>1</tspan><tspan>0</tspan></text></g>
    </g><g id="axes_1"><text>no text of a figure</text></g></svg>"""
    assert drawn.drawn_texts(svg) == ["cost (nats),\nthe post's", "10"]
