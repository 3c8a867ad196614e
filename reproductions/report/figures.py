"""Figures inside the page: each packed, and what its titles say."""

import re
import xml.etree.ElementTree as ElementTree
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from reproductions.report import pixels, svg
from reproductions.report.written import Written, written
from reproductions.running.files import read_bytes

_SVG = "{http://www.w3.org/2000/svg}"


@dataclass(frozen=True)
class Picture:
    """One figure as the page holds it.

    Attributes:
        name: its file's name without suffix.
        drawing: the SVG that the page packs; empty where there is none.
        source: the whole picture as a `data:` address where there is no drawing.
        width: in CSS pixels.
        height: in CSS pixels.
        alt: what its titles say.
        table: its words, where it holds nothing else.
    """

    name: str
    drawing: bytes
    source: str
    width: int
    height: int
    alt: str
    table: Written | None = None


def pictures(
    folder: Path, files: list[str], words: Mapping[str, Mapping[str, str]] | None = None
) -> list[Picture]:
    """The figures among an experiment's files that do not move, in alphabetical order.

    Args:
        folder: where the files are.
        files: their names.
        words: for each other language the words in the figures by pattern, as `drawn.words` has
            them.

    Raises:
        InputError: a file cannot be read.
    """
    still = {Path(file).stem for file in files if file.endswith((".png", ".svg"))}
    return [_picture(folder, name, set(files), words or {}) for name in sorted(still)]


def _picture(
    folder: Path, name: str, files: set[str], words: Mapping[str, Mapping[str, str]]
) -> Picture:
    data = read_bytes(folder / f"{name}.svg") if f"{name}.svg" in files else b""
    alt = _titles(data) or _words(name)
    try:
        table = written(ElementTree.fromstring(data), words)
        drawing = b"" if table else svg.prepared(data, words)
        return Picture(name, drawing, "", *_svg_size(data), alt, table)
    except ElementTree.ParseError:  # no drawing, or none that can be read: then its pixels
        kind = "png" if f"{name}.png" in files else "svg+xml"
        data = read_bytes(folder / f"{name}.png") if kind == "png" else data
        size = pixels.size(data, 150) if kind == "png" else _svg_size(data)
        return Picture(name, b"", pixels.address(f"image/{kind}", data), *size, alt)


def _svg_size(data: bytes) -> tuple[int, int]:
    match = re.search(rb'<svg[^>]*?\bviewBox="0 0 ([\d.]+) ([\d.]+)"', data)
    width, height = (float(match[1]), float(match[2])) if match else (640, 480)
    return round(width * 96 / 72), round(height * 96 / 72)


def _words(name: str) -> str:
    return name.replace("_", " ")


def _titles(svg: bytes) -> str:
    """The figure's own title, then its panels': the largest letters, and the next smaller.

    Empty where it has none, or is no drawing.
    """
    try:
        root = ElementTree.fromstring(svg)
    except ElementTree.ParseError:
        return ""
    by_size: dict[float, list[str]] = {}
    for group in root.iter(f"{_SVG}g"):
        lines = group.findall(f".//{_SVG}text")
        text = " ".join(" ".join("".join(line.itertext()) for line in lines).split())
        sizes = re.findall(r"([\d.]+)px", " ".join(line.get("style", "") for line in lines))
        if group.get("id", "").startswith("text_") and text and sizes:
            by_size.setdefault(float(sizes[0]), []).append(text)
    largest = sorted((size for size in by_size if size > 10), reverse=True)[:2]
    levels = ["; ".join(dict.fromkeys(by_size[size])) for size in largest]
    return ". ".join(levels)
