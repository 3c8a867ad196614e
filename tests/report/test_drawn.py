"""The words inside figures in another language: the rules, and every stored figure in Korean."""

import functools
import re

import pytest

from reproductions.report import drawn, texts
from reproductions.running import experiment

STORED = experiment.FOLDER.parent / "results" / "expected"
IN_KOREAN = [name for name in experiment.names() if "ko" in experiment.words(name)]

KEPT = (
    # Functions, gates, methods and packages, as the documents and Keras call them.
    "ReLU Leaky LeakyReLU tanh ELU SELU GELU SiLU Swish AND OR XOR SGD Adam RMSprop LSUV Glorot He",
    "LeCun CNN Dense Input Keras TensorFlow XLA NaN RMS",
    # Networks of keras.applications whose names have no digit, and authors of cited works.
    "ConvNeXtTiny MobileNet NASNetMobile Xception",
    "Fukushima Hinton Hochreiter Householder Nair Rumelhart",
    # Parts of formulas (`et` is e to the power t), and units.
    "Wh Wx det et exp ln log cm ns",
    # A statement and an argument of Python, and an experiment of this project.
    "pass lr zigzag",
)
NAMES = frozenset(" ".join(KEPT).split())
"""What Korean textbooks write in Latin letters too."""

CODE = re.compile(r"import \w+(?: as \w+)?|[A-Za-z]\w*(?:\.\w+)+|\w*[\d_]\w*", re.ASCII)
"""Names of programs: an import, a name with a dot in it, one with a digit or an underscore."""

VERBATIM = (
    # Comments and lines of code.
    *("# ", ">>> ", "import ", "from keras", "model.add", "sgd = ", "tf.", "keras."),
    # What Python prints, whose lines are cut where the figure ends.
    *("AttributeError: ", "NameError: ", "ModuleNotFoundError: ", "SyntaxError: ", "ValueError: "),
    *(
        "'GradientDescentOptimizer'",
        "UserWarning: ",
        "using Sequential models",
        "the model instead",
    ),
    *("tensorflow.python.ops.", "in a future version."),
)
"""The beginnings of texts that a figure shows as they are, in every language."""

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


def test_the_letters_of_a_formula_are_read_by_their_places():
    """They are stored by style, so that the slanted ones may come after what follows them."""
    svg = b"""<svg xmlns="http://www.w3.org/2000/svg"><g id="text_1"><g><text>
    <tspan x="0" y="0">u</tspan>
    <tspan x="20" y="0">,</tspan>
    <tspan x="10.5" y="0">v</tspan>
    <tspan x="9" y="0"> </tspan></text></g></g></svg>"""
    assert drawn.drawn_texts(svg) == ["u v,"]


@functools.cache
def stored_texts(name):
    found = (drawn.drawn_texts(path.read_bytes()) for path in (STORED / name).glob("*.svg"))
    return sorted({text for of_figure in found for text in of_figure})


def foreign(text):
    """The words of a text that are no Korean and no names."""
    words = re.findall("[A-Za-z]{2,}", CODE.sub(" ", text))
    return [word for word in words if word not in NAMES]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Leaky ReLU: 기울기", []),
        ("keras.layers.LeakyReLU, float32, input_dim을", []),
        ("→ import keras를 넣는다", []),
        ("기울기 of ReLU", ["of"]),
        ("share of seeds, 0.5", ["share", "of", "seeds"]),
        ("important", ["important"]),
    ],
)
def test_what_is_a_foreign_word(text, expected):
    assert foreign(text) == expected


@pytest.mark.parametrize("name", IN_KOREAN)
def test_every_text_in_a_stored_figure_is_in_korean(name):
    words = drawn.words(name, "ko")
    shown = [text for text in stored_texts(name) if not text.startswith(VERBATIM)]
    missing = [drawn.pattern(t) for t in shown if foreign(t) and drawn.pattern(t) not in words]
    assert not missing, "write it into [ko.drawn] of the experiment's TOML file"


@pytest.mark.parametrize("name", IN_KOREAN)
def test_korean_texts_of_figures_hold_hardly_a_foreign_letter(name):
    words = drawn.words(name, "ko")
    korean = filter(None, (drawn.translated(text, words) for text in stored_texts(name)))
    assert not [text for text in korean if len("".join(foreign(text))) > 0.1 * len(text)]


def entries():
    """Each translation as (where it stands, key, translation)."""
    for name in experiment.names():
        own = texts.find("ko", "experiments", name, "drawn") or {}
        yield from ((name, key, korean) for key, korean in own.items())
    yield from (("ko.toml", key, korean) for key, korean in texts.find("ko", "drawn").items())


def test_a_translation_has_the_numbers_of_its_key():
    """In the key's order, or each named once; and it has no more lines than its key."""
    for where, key, korean in entries():
        count = key.count("#")
        places = re.findall(r"#(\d*)", korean)
        named = [str(number + 1) for number in range(count)]
        assert places == [""] * count or sorted(places, key=int) == named, (where, key, korean)
        assert korean.count("\n") <= key.count("\n"), (where, key, korean)
        assert korean.strip(), (where, key)


def source(name):
    """The code of an experiment."""
    place = experiment.places()[name]
    files = sorted(place.glob("*.py")) if place.is_dir() else [place]
    return "".join(path.read_text(encoding="utf-8") for path in files)


def test_no_translation_is_of_a_text_that_no_figure_holds():
    """The words of what a figure shows for other results stand in the experiment's code."""
    patterns = {name: set(map(drawn.pattern, stored_texts(name))) for name in experiment.names()}
    for where, key, _ in entries():
        if where == "ko.toml":
            assert sum(key in own for own in patterns.values()) >= 3, key  # else it is of one
        else:
            words = re.findall("[A-Za-z]+", key)
            written = all(word in source(where) for word in words)
            assert key in patterns[where] or written, (where, key)
