"""Gives a drawing the colours that it has on a dark ground, beside those on a white one.

Each colour becomes an attribute, which a style sheet for the dark ground overrules. What keeps its
colours has them as a style, which nothing overrules: an area coloured by numbers, which must agree
with its colour bar and with the words on it. Other images, such as the tint of a region, are there
twice. Words on a coloured area are black or white, whatever is easier to read there.
"""

import re
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

from reproductions.report import dark
from reproductions.report.drawn import SVG
from reproductions.report.lettering import place, styles
from reproductions.report.pixels import darker

HREF = "{http://www.w3.org/1999/xlink}href"
BAR = 5
"""An image whose sides differ by this factor is a colour bar."""

_NUMBERS = re.compile(r"-?\d+(?:\.\d+)?(?:e-?\d+)?")
_FILLED = 0.5
"""From which opacity on an area counts as a ground for words."""


def add(root: Element) -> str:
    """Turns colours into attributes, and marks words and images that need more.

    Args:
        root: the drawing; it is changed.

    Returns:
        The style sheet for the dark ground.
    """
    axes = [g for g in root.iter(f"{SVG}g") if g.get("id", "").startswith("axes_")]
    keep = any(_by_numbers(each) for each in axes)
    kept: set[Element] = set()
    for each in axes:
        coloured = [child for child in each if _has_image(child)]
        if keep and coloured:
            kept |= {part for child in _inside(each) for part in child.iter()}
        else:
            _twice(each)
            _words_on_areas(each)
    # A mark's shape takes its colour from where it is used.
    shapes = {part for defs in root.iter(f"{SVG}defs") for part in defs.iter()}
    for element in kept - shapes:
        if element.tag in (f"{SVG}text", f"{SVG}path", f"{SVG}use", f"{SVG}tspan"):
            element.set("style", "; ".join(_listed({"fill": "#000000", **styles(element)})))
    return _sheet(_as_attributes(root, kept))


def _listed(style: dict[str, str]) -> list[str]:
    return [f"{name}: {value}" for name, value in style.items()]


def _as_attributes(root: Element, kept: set[Element]) -> list[str]:
    """The colours that are attributes now, as selectors in alphabetical order."""
    colours = set()
    for element in root.iter():
        if element in kept:
            continue
        style = styles(element)
        for name in ("fill", "stroke"):
            value = style.pop(name, element.get(name, ""))
            if value:
                element.set(name, value)
            if value.startswith("#"):
                colours.add((name, value))
        if style:
            element.set("style", "; ".join(_listed(style)))
        else:
            element.attrib.pop("style", None)
    return sorted(f'[{name}="{value}"]' for name, value in colours)


def _sheet(selectors: list[str]) -> str:
    """What overrules the colours on a dark ground; what has no colour is black by default."""
    rules = [f"svg{{fill:{dark.INK}}}"]
    for selector in selectors:
        name, value = selector[1:-2].split('="')
        rules.append(f"{selector}{{{name}:{dark.colour(value)}}}")
    rules += [f".ink{{fill:{dark.INK}}}", f".paper{{fill:{dark.PAPER}}}"]
    return "".join([*rules, ".by-day{display:none}.by-night{display:inline}"])


def _has_image(child: Element) -> bool:
    return child.tag == f"{SVG}image" or any(
        part.tag == f"{SVG}image" or part.get("id", "").startswith("QuadMesh")
        for part in child.iter()
    )


def _by_numbers(axes: Element) -> bool:
    """Whether an area is coloured by numbers: it is a colour bar, or has words on it."""
    for part in axes.iter():
        if part.get("id", "").startswith("QuadMesh"):
            return True
        if part.tag == f"{SVG}image":
            width, height = float(part.get("width", 1)), float(part.get("height", 1))
            if max(width, height) > BAR * min(width, height):
                return True
    frame = _frame(axes)
    words = [child for child in axes if child.get("id", "").startswith("text_")]
    return any(_has_image(child) for child in axes) and any(
        _holds(frame, point) for child in words for point in _points(child)
    )


def _inside(axes: Element) -> list[Element]:
    """The children of a panel that lie in its frame: what is clipped to it, and words on it."""
    frame = _frame(axes)

    def lies(child: Element) -> bool:
        id = child.get("id", "")
        if id.startswith("text_"):
            return all(_holds(frame, point) for point in _points(child))
        drawn = any(part.get("clip-path") or part.tag == f"{SVG}image" for part in child.iter())
        return drawn and not id.startswith("matplotlib.axis")

    return list(filter(lies, axes))


def _frame(axes: Element) -> list[tuple[float, float]]:
    path = axes.find(f"{SVG}g/{SVG}path")
    return _corners(path) if path is not None else []


def _corners(path: Element) -> list[tuple[float, float]]:
    numbers = [float(number) for number in _NUMBERS.findall(path.get("d", ""))]
    return list(zip(numbers[::2], numbers[1::2], strict=False))


def _points(group: Element) -> list[tuple[float, float]]:
    """A point within the first letters of each line of a text, or its last where it ends there."""
    points = []
    for text in group.iter(f"{SVG}text"):
        style = styles(text)
        size = float(style.get("font-size", "10px").removesuffix("px"))
        anchor = style.get("text-anchor", "start")
        x, y, _ = place(text)
        points.append(
            (x + size * {"start": 0.4, "middle": 0, "end": -0.4}[anchor], y - 0.35 * size)
        )
    return points


def _holds(corners: list[tuple[float, float]], point: tuple[float, float]) -> bool:
    """Whether a polygon holds a point: a ray from there crosses its edge an odd number of times."""
    x, y = point
    inside = False
    for (x0, y0), (x1, y1) in zip(corners, corners[1:] + corners[:1], strict=True):
        if (y0 > y) != (y1 > y) and x < x0 + (y - y0) * (x1 - x0) / (y1 - y0):
            inside = not inside
    return inside


def _words_on_areas(axes: Element) -> None:
    """Black and white words on a filled area get a class: what is easier to read on it."""
    areas: list[tuple[list[tuple[float, float]], str]] = []
    for child in axes:
        id = child.get("id", "")
        if id.startswith("text_"):
            for text, point in zip(child.iter(f"{SVG}text"), _points(child), strict=True):
                under = [colour for corners, colour in areas if _holds(corners, point)]
                if under and styles(text).get("fill", "#000000") in ("#000000", "#ffffff"):
                    ink = dark.readable(under[-1]) == dark.INK
                    text.set(
                        "class", f"{text.get('class', '')} {'ink' if ink else 'paper'}".strip()
                    )
        elif not id.startswith("matplotlib.axis"):
            for path in child.iter(f"{SVG}path"):
                style = styles(path)
                opacity = float(style.get("fill-opacity", 1)) * float(style.get("opacity", 1))
                fill = style.get("fill", "#000000")
                if fill.startswith("#") and opacity >= _FILLED:
                    areas.append((_corners(path), dark.colour(fill)))


def _twice(axes: Element) -> None:
    """An image becomes two, of which the style sheets show one."""
    for parent in list(axes.iter()):
        for image in parent.findall(f"{SVG}image"):
            night = ElementTree.Element(image.tag, dict(image.attrib))
            night.set(HREF, darker(image.get(HREF, "")))
            night.set("class", "by-night")
            image.set("class", "by-day")
            night.attrib.pop("id", None)
            parent.insert(list(parent).index(image) + 1, night)
