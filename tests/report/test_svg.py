"""Drawings as the page holds them: small, in both languages, for a white and a dark ground."""

import base64
import io
import re
import xml.etree.ElementTree as ElementTree

import numpy as np
import pytest

from reproductions.report import build, dark, grounds, lettering, pixels, svg
from reproductions.report.drawn import SVG

STYLE = "font-size: 10px; font-family: 'DejaVu Sans'"
WORDS = {
    "ko": {
        "share of seeds": "시드의 비율",
        "updates\n(log)": "갱신\n(로그)",
        "unit xj, x2": "유닛 x_j, x2",
    }
}


def drawing(inside):
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"'
        ' viewBox="0 0 200 100"><metadata>who drew it</metadata>'
        f'<g id="figure_1"><g id="axes_1">{inside}</g></g></svg>'
    ).encode()


def text(words, more="", style="text-anchor: middle", id="text_1"):
    return f'<g id="{id}"><text style="{STYLE}; {style}" {more}>{words}</text></g>'


def translated(inside):
    """The texts in Korean of a drawing, as elements."""
    root = ElementTree.fromstring(drawing(inside))
    lettering.add(root, WORDS)
    return [each for each in root.iter(f"{SVG}text") if each.get("class") == "ko"]


def test_an_anchored_text_keeps_its_place_and_its_anchor():
    where = 'x="50" y="20" transform="rotate(-90 50 20)"'
    (korean,) = translated(text("share of seeds", where))
    assert korean.text == "시드의 비율"
    assert lettering.place(korean) == (50, 20, -90)
    assert lettering.styles(korean)["text-anchor"] == "middle"
    assert lettering.styles(korean)["font-size"] == "10px"


def test_a_text_without_a_translation_stays():
    root = ElementTree.fromstring(drawing(text("share of units", 'x="50" y="20"')))
    lettering.add(root, WORDS)
    (only,) = root.iter(f"{SVG}text")
    assert only.get("class") is None


def width(words):
    """Measured by another library than the one under test: matplotlib's own outlines."""
    from matplotlib.textpath import TextPath

    return TextPath((0, 0), words, size=10).get_extents().x1


@pytest.mark.parametrize(("anchor", "share"), [("start", 0), ("middle", 0.5), ("end", 1)])
@pytest.mark.parametrize("upright", [False, True])
def test_lines_stay_aligned_as_they_are(anchor, share, upright):
    lines = ["updates", "(log)"]
    group = '<g id="text_1">'
    for number, line in enumerate(lines):
        start, across = 60 - share * width(line), 20 + 12 * number
        move = f"{across} {-start}" if upright else f"{start} {across}"
        turn = " rotate(-90)" if upright else ""
        group += f'<text style="{STYLE}" transform="translate({move}){turn}">{line}</text>'
    korean = translated(group + "</g>")
    assert [line.text for line in korean] == ["갱신", "(로그)"]
    for number, line in enumerate(korean):
        x, y, angle = lettering.place(line)
        along, across = (-y, x) if upright else (x, y)
        assert lettering.styles(line)["text-anchor"] == anchor
        assert along == pytest.approx(60, abs=1.5)
        assert across == pytest.approx(20 + 12 * number, abs=0.01)
        assert angle == (-90 if upright else 0)


def test_a_formula_is_one_text_again():
    letters = "unit xj, x2"
    spans = "".join(
        f'<tspan x="{6 * place}" y="-1" style="{STYLE}">{letter}</tspan>'
        for place, letter in enumerate(letters)
    )
    group = f'<g transform="translate(30 40) rotate(-90)"><text>{spans}</text></g>'
    (korean,) = translated(
        f'<g id="matplotlib.axis_2"><g id="text_1">{group}</g></g>'  # an axis' label is centred
    )
    assert korean.text == "유닛 xⱼ, x₂"
    x, y, angle = lettering.place(korean)
    assert (x, angle) == (pytest.approx(30), -90)
    assert y == pytest.approx(40 - (6 * 10 + width("2")) / 2, abs=1)
    assert lettering.styles(korean)["text-anchor"] == "middle"


def test_a_letter_after_an_underscore_in_a_name_stays():
    assert lettering.plain("input_dim, b_j, e^(−t), x2", False) == "input_dim, bⱼ, e⁻ᵗ, x2"


def sheets(data):
    """The style sheets of a drawing by their use."""
    root = ElementTree.fromstring(data)
    return {each.get("data-for", ""): each for each in root.iter(f"{SVG}style")}


def test_the_sheets_are_off_until_the_page_switches_them_on():
    found = sheets(svg.prepared(drawing(text("share of seeds", 'x="5" y="5"')), WORDS))
    assert set(found) == {"", "ko", "dark"}
    assert ".ko{display:none}" in found[""].text
    assert found["ko"].text == ".en{display:none}.ko{display:inline}"
    assert found["ko"].get("media") == found["dark"].get("media") == "not all"
    assert found[""].get("media") is None


def test_a_drawing_becomes_small():
    data = drawing(
        '<!-- source --><g id="line2d_1"><path d="M 1.23456 -0.98765&#10;L 2.5 3e-05"'
        ' style="fill: none; stroke: #0072b2"/></g>'
        + text("0.12345", 'x="1.23456" y="2" transform="rotate(-0 1.2 2)"')
    )
    made = svg.prepared(data, WORDS).decode()
    assert 'd="M1.23 -0.98' in made
    assert ">0.12345<" in made, "a number that is read stays as it is"
    assert 'x="1.23"' in made
    for gone in ("rotate", "metadata", "source", "line2d"):
        assert gone not in made
    assert "'Noto Sans KR'" in made
    assert 'stroke="#0072b2"' in made


def rectangle(fill, box=(0, 0, 100, 50), style=""):
    x0, y0, x1, y1 = box
    path = f"M {x0} {y1} L {x1} {y1} L {x1} {y0} L {x0} {y0} z"
    return f'<g id="patch_9"><path d="{path}" style="fill: {fill}{style}"/></g>'


@pytest.mark.parametrize(
    ("fill", "style", "expected"),
    [
        ("#f0e442", "", "paper"),  # bright in both: dark words
        ("#cfe3f1", "", "ink"),  # a pale ground becomes dark: light words
        ("#000000", "", "paper"),  # black becomes light
        ("#f0e442", "; fill-opacity: 0.2", None),  # hardly a ground: the words' own colour
    ],
)
def test_words_on_an_area_can_be_read_on_the_dark_page(fill, style, expected):
    inside = rectangle(fill, style=style) + text(
        "34%", 'x="50" y="25"', "text-anchor: middle; fill: #ffffff"
    )
    root = ElementTree.fromstring(drawing(inside + text("away", 'x="150" y="25"', id="text_2")))
    grounds.add(root)
    on, away = root.iter(f"{SVG}text")
    assert on.get("class") == expected
    assert away.get("class") is None


def png(rgba, size=(40, 40)):
    from PIL import Image

    buffer = io.BytesIO()
    Image.new("RGBA", size, rgba).save(buffer, "PNG")
    return pixels.address("image/png", buffer.getvalue())


def image(rgba, size=(40, 40)):
    return (
        '<g id="patch_1"><path d="M 0 0 L 100 0 L 100 50 L 0 50 z" style="fill: #ffffff"/></g>'
        f'<image xlink:href="{png(rgba, size)}" id="image1" width="{size[0]}" height="{size[1]}"/>'
    )


def pixel(source):
    from PIL import Image

    data = base64.b64decode(source.partition(",")[2])
    return np.array(Image.open(io.BytesIO(data)).convert("RGB"))[5, 5]


def test_the_tint_of_a_region_is_there_for_both_grounds():
    root = ElementTree.fromstring(drawing(image((255, 255, 255, 255))))
    sheet = grounds.add(root)
    day, night = root.iter(f"{SVG}image")
    assert (day.get("class"), night.get("class")) == ("by-day", "by-night")
    assert tuple(pixel(day.get(grounds.HREF))) == (255, 255, 255)
    assert tuple(pixel(night.get(grounds.HREF))) == (0x19, 0x1F, 0x26)
    assert ".by-day{display:none}" in sheet


@pytest.mark.parametrize("reason", ["words", "bar"])
def test_what_is_coloured_by_numbers_keeps_its_colours(reason):
    more = text("7", 'x="50" y="25"') if reason == "words" else image((0, 0, 0, 255), (4, 40))
    data = svg.prepared(drawing(image((200, 20, 20, 255)) + more), WORDS)
    root = ElementTree.fromstring(data)
    images = list(root.iter(f"{SVG}image"))
    assert len(images) == (1 if reason == "words" else 2), "none is there twice"
    assert all(each.get(grounds.HREF).startswith("data:image/webp") for each in images)
    assert np.abs(pixel(images[0].get(grounds.HREF)).astype(int) - (200, 20, 20)).max() < 6
    for words in root.iter(f"{SVG}text"):
        assert "fill: #000000" in words.get("style"), "which no style sheet overrules"


@pytest.mark.parametrize(
    ("light", "expected"),
    [("#ffffff", dark.PAPER), ("#000000", dark.INK), ("#e69f00", "#e69f00")],
)
def test_colours_on_the_dark_ground(light, expected):
    assert dark.colour(light) == expected


@pytest.mark.parametrize("light", ["#0072b2", "#08306b", "#440154", "#d55e00", "#009e73"])
def test_strong_colours_stand_out_from_the_dark_ground(light):
    assert dark.contrast(dark.colour(light), dark.PAPER) >= 4


def test_greys_turn_their_order_round():
    greys = [dark.luminance(dark.colour(f"#{grey:02x}{grey:02x}{grey:02x}")) for grey in range(256)]
    assert greys == sorted(greys, reverse=True)


def test_paper_and_ink_are_those_of_the_page():
    style = (build.HERE / "static" / "report.css").read_text(encoding="utf-8")
    block = re.search(r'\[data-theme="dark"\] \{[^}]*\}', style)[0]
    assert f"--paper: {dark.PAPER}" in block
    assert f"--ink: {dark.INK}" in block


def test_contrast_is_that_of_wcag():
    assert dark.contrast("#ffffff", "#000000") == pytest.approx(21)
    assert dark.contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)
