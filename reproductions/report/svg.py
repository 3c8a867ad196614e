"""A stored drawing as the page holds it: small, in every language, for a white and a dark ground.

What is shown of it is up to two style sheets, which are switched on by their attribute `media`: one
for a language, one for the dark ground. The browser needs to change nothing else.
"""

import re
from collections.abc import Mapping
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

from reproductions.report import grounds, lettering
from reproductions.report.drawn import SVG
from reproductions.report.grounds import HREF
from reproductions.report.pixels import smaller

FONT = b"'DejaVu Sans'"
FONTS = (
    b"'DejaVu Sans', Verdana, 'Noto Sans KR', 'Noto Sans CJK KR', 'Apple SD Gothic Neo',"
    b" 'Malgun Gothic', sans-serif"
)
"""The figures' font, what has letters as wide where a reader does not have it, and Korean ones."""

_PLACES = re.compile(rb' (?:d|x|y|width|height|points|transform)="[^"]*"')
_REST = re.compile(rb"(?<=\.\d\d)\d+")
_REST_OF_MANY = re.compile(rb"(?<=\.\d)\d+")
_MANY_BYTES = 70_000
_ZEROS = re.compile(rb"\.0+(?!\d)|(?<=\.[1-9])0(?!\d)")
_BLANKS = re.compile(rb"\s*([MLHVCQZz])\s*")
_NO_TURN = re.compile(rb' transform="rotate\(-?0 [^"]*"')
_NEEDED = re.compile(r"figure|axes|text|legend|patch|matplotlib|[xy]tick|QuadMesh")
_BASE = "*{stroke-linejoin:round;stroke-linecap:butt}.by-night{display:none}"

ElementTree.register_namespace("", SVG.strip("{}"))
ElementTree.register_namespace("xlink", "http://www.w3.org/1999/xlink")


def prepared(svg: bytes, words: Mapping[str, Mapping[str, str]]) -> bytes:
    """The drawing, ready to be packed.

    Args:
        svg: as matplotlib wrote it.
        words: for each other language the translations by pattern.
    """
    root = ElementTree.fromstring(svg)
    lettering.add(root, words)
    sheet = grounds.add(root)
    for image in root.iter(f"{SVG}image"):
        image.set(HREF, smaller(image.get(HREF, "")))
    _strip(root)
    others = "".join(f".{language}{{display:none}}" for language in words)
    sheets = [_style(_BASE + others)]
    sheets += [
        _style(f".en{{display:none}}.{language}{{display:inline}}", language) for language in words
    ]
    root[:0] = [*sheets, _style(sheet, "dark")]
    data = ElementTree.tostring(root).replace(FONT, FONTS)
    # Nobody sees less than a hundredth of a point, nor, where lines are many, than a tenth of one.
    rest = _REST_OF_MANY if len(data) > _MANY_BYTES else _REST
    return _PLACES.sub(lambda places: _short(rest.sub(b"", places[0])), _NO_TURN.sub(b"", data))


def _short(places: bytes) -> bytes:
    """Places without zeros at the end of numbers and blanks around a path's letters."""
    short = _ZEROS.sub(b"", places)
    return _BLANKS.sub(rb"\1", short) if short.startswith(b" d=") else short


def _style(sheet: str, use: str = "") -> Element:
    """A style sheet; with a use, one that is off until the page switches it on."""
    style = Element(f"{SVG}style", {"data-for": use, "media": "not all"} if use else {})
    style.text = sheet
    return style


def _strip(root: Element) -> None:
    """Takes out what nobody sees: metadata, indentation, most names of groups."""
    for parent in root.iter():
        for child in list(parent):
            styles = child.tag == f"{SVG}defs" and child.find(f"{SVG}style") is not None
            if styles or child.tag == f"{SVG}metadata":
                parent.remove(child)
    for element in root.iter():
        if element.tag == f"{SVG}g" and not _NEEDED.match(element.get("id", "")):
            element.attrib.pop("id", None)
        if not (element.text or "").strip() and element.tag != f"{SVG}tspan":
            element.text = None
        element.tail = None
