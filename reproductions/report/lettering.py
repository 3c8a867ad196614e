"""Puts translated words into a drawing, where the English ones stand.

Both stand in the drawing: the English ones with the class `en`, the others with that of their
language, of which a style sheet shows one. matplotlib writes some texts with an anchor, so that a
longer or shorter one stays centred by itself. Texts of several lines, formulas, and texts at an
angle it places by their left end, which it computed for the English width: for these the width is
measured again, to find what they are aligned by.
"""

import functools
import importlib.util
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import Element, SubElement

from reproductions.report import drawn
from reproductions.report.drawn import SVG

_NUMBERS = re.compile(r"-?\d+(?:\.\d+)?(?:e[+-]?\d+)?")
_TURN = re.compile(r"rotate\(([^ )]+)")
_MOVE = re.compile(r"translate\(([^)]+)\)")
_SCRIPT = re.compile(r"(?<![A-Za-z_])([A-Za-z])([_^])(?:\(([^)]*)\)|(\w))(?![A-Za-z_])")
_INDEX = re.compile(r"(?<![A-Za-z_\d])([a-z])(\d)(?![A-Za-z_\d])")
_SCRIPTS = {
    "_": str.maketrans("0123456789ijnuvtx+-−", "₀₁₂₃₄₅₆₇₈₉ᵢⱼₙᵤᵥₜₓ₊₋₋"),
    "^": str.maketrans("0123456789intx+-−", "⁰¹²³⁴⁵⁶⁷⁸⁹ⁱⁿᵗˣ⁺⁻⁻"),
}
SAME = 0.4
"""Places of lines that differ by less, in points, are one place."""


@dataclass(frozen=True)
class Line:
    """Where one line of a text stands.

    Attributes:
        x: of its anchor, in the drawing's units.
        y: of its baseline there.
        angle: in degrees, clockwise.
        anchor: `start`, `middle` or `end`; empty where matplotlib gave the left end.
        style: its style without the anchor.
        width: of the English words; 0 where there is an anchor.
        formula: whether it holds one.
    """

    x: float
    y: float
    angle: float
    anchor: str
    style: str
    width: float
    formula: bool = False

    def anchored(self, anchor: str) -> "Line":
        """The same line placed by another of its points."""
        along = self.width * {"start": 0, "middle": 0.5, "end": 1}[anchor]
        turn = math.radians(self.angle)
        x, y = self.x + along * math.cos(turn), self.y + along * math.sin(turn)
        return replace(self, x=x, y=y, anchor=anchor)


def add(root: Element, words: Mapping[str, Mapping[str, str]]) -> None:
    """Adds every translation that there is; a text without one stays as it is.

    Args:
        root: the drawing; it is changed.
        words: for each language the translations by pattern.
    """
    parents = {child: parent for parent in root.iter() for child in parent}
    for group in drawn.text_groups(root):
        english = drawn.text(group)
        found = {language: drawn.translated(english, own) for language, own in words.items()}
        if not any(found.values()):
            continue
        places = _aligned(_lines(group), _kind(group, parents))
        for child in group:
            if any(True for _ in child.iter(f"{SVG}text")):  # and not the ground under the letters
                child.set("class", "en")
        for language, text in found.items():
            _write(group, language, places, (text or english).split("\n"))


def plain(text: str, formula: bool) -> str:
    """A translation as it is shown: b_j as bⱼ, e^(−t) as e⁻ᵗ, and in a formula x2 as x₂."""
    text = _SCRIPT.sub(lambda m: m[1] + (m[3] or m[4]).translate(_SCRIPTS[m[2]]), text)
    return _INDEX.sub(lambda m: m[1] + m[2].translate(_SCRIPTS["_"]), text) if formula else text


def _write(group: Element, language: str, places: list[Line], lines: list[str]) -> None:
    for number, line in enumerate(lines):
        place = places[min(number, len(places) - 1)]
        attributes = {
            "class": language,
            "style": f"{place.style}; text-anchor: {place.anchor}",
            "transform": f"translate({place.x:.2f} {place.y:.2f}) rotate({place.angle:g})",
        }
        SubElement(group, f"{SVG}text", attributes).text = plain(line, place.formula)


def _lines(group: Element) -> list[Line]:
    return [
        _formula(child) if child.tag == f"{SVG}g" else _text(child)
        for child in group
        if any(True for _ in child.iter(f"{SVG}text"))
    ]


def _text(text: Element) -> Line:
    style = styles(text)
    anchor = style.pop("text-anchor", "")
    rest = "; ".join(f"{name}: {value}" for name, value in style.items())
    x, y, angle = place(text)
    width = 0.0 if anchor else _width("".join(text.itertext()), style)
    return Line(x, y, angle, anchor, rest, width)


def _formula(group: Element) -> Line:
    """The line of a formula: its letters are placed one by one, in their own sizes."""
    spans = list(group.iter(f"{SVG}tspan"))
    ends = [float(span.get("x", 0)) + _width(span.text or "", styles(span)) for span in spans]
    full = max(spans, key=lambda span: _size(styles(span)))
    style = {n: value for n, value in styles(full).items() if n != "font-style"}
    rest = "; ".join(f"{name}: {value}" for name, value in style.items())
    x, y, angle = place(group)
    return Line(x, y, angle, "", rest, max(ends), True)


def place(element: Element) -> tuple[float, float, float]:
    """Where a text element stands: x, y and its angle."""
    transform = element.get("transform", "")
    move = _MOVE.search(transform)
    x, y = (
        map(float, _NUMBERS.findall(move[1]))
        if move
        else (float(element.get("x", 0)), float(element.get("y", 0)))
    )
    turn = _TURN.search(transform)
    return x, y, float(turn[1]) if turn else 0.0


def styles(element: Element) -> dict[str, str]:
    """An element's style by property."""
    pairs = (part.partition(":") for part in element.get("style", "").split(";") if part.strip())
    return {name.strip(): value.strip() for name, _, value in pairs}


def _kind(group: Element, parents: Mapping[Element, Element]) -> str:
    """What a text of one line is aligned by where matplotlib does not say it."""
    above, names = group, []
    while above in parents:
        above = parents[above]
        names.append(above.get("id", "").rpartition("_")[0])
    if names[0] == "matplotlib.axis":
        return "middle"
    return "end" if names[0] in ("xtick", "ytick") else "start"


def _aligned(lines: list[Line], kind: str) -> list[Line]:
    """Lines with an anchor: of several, that by which they stand below each other."""
    if any(line.anchor for line in lines):
        return [line if line.anchor else line.anchored("start") for line in lines]
    if len(lines) == 1:
        return [lines[0].anchored(kind)]

    def spread(anchor: str) -> float:
        """How far the lines' anchors are apart along the direction of writing."""
        turn = math.radians(lines[0].angle)
        placed = [line.anchored(anchor) for line in lines]
        along = [line.x * math.cos(turn) + line.y * math.sin(turn) for line in placed]
        return max(along) - min(along)

    if spread("start") < SAME:
        return [line.anchored("start") for line in lines]
    best = min(("middle", "end"), key=spread)
    return [line.anchored(best) for line in lines]


def _size(style: Mapping[str, str]) -> float:
    return float(style.get("font-size", "10px").removesuffix("px"))


def _width(text: str, style: Mapping[str, str]) -> float:
    """How wide words are, in points."""
    name = "DejaVuSansMono" if "Mono" in style.get("font-family", "") else "DejaVuSans"
    bold = "Bold" if style.get("font-weight", "") in ("700", "bold") else ""
    slanted = "Oblique" if style.get("font-style", "") == "oblique" else ""
    ending = f"-{bold}{slanted}" if bold or slanted else ""
    return _font(name + ending).getlength(text) * _size(style) / 100


@functools.cache
def _font(name: str) -> Any:
    """One of the fonts with which matplotlib draws, in which 100 units are the size."""
    from PIL import ImageFont

    spec = importlib.util.find_spec("matplotlib")
    assert spec is not None
    folder = Path(str(spec.origin)).parent / "mpl-data" / "fonts" / "ttf"
    return ImageFont.truetype(folder / f"{name}.ttf", 100)
