"""Figures inside the page: the smallest file that shows one well, and what its titles say."""

import base64
import io
import re
import xml.etree.ElementTree as ElementTree
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from reproductions.running.files import read_bytes

MOST_SVG_BYTES = 48_000
"""A larger drawing is shown as pixels: thousands of lines make a page slow, and weigh more."""

_SVG = "{http://www.w3.org/2000/svg}"

FONT = b"'DejaVu Sans'"
FONTS = b"'DejaVu Sans', Verdana, sans-serif"
"""The figures' font, and what has letters as wide where a reader does not have it."""


_PLACES = re.compile(rb' (?:d|x|y)="[^"]*"')
_DIGITS = re.compile(rb"(\.\d\d)\d+")


@dataclass(frozen=True)
class Picture:
    """One figure as the page holds it.

    Attributes:
        name: its file's name without suffix.
        source: the whole picture as a `data:` address.
        width: in CSS pixels.
        height: in CSS pixels.
        alt: what its titles say.
        moves: whether it is an animation.
    """

    name: str
    source: str
    width: int
    height: int
    alt: str
    moves: bool = False


def pictures(folder: Path, files: list[str]) -> list[Picture]:
    """The figures among an experiment's files, in alphabetical order.

    Raises:
        InputError: a file cannot be read.
    """
    names = sorted({Path(file).stem for file in files if file.endswith((".png", ".svg", ".webp"))})
    with ThreadPoolExecutor() as pool:  # packing pixels is most of the page's time
        return list(pool.map(lambda name: _picture(folder, name, set(files)), names))


def _picture(folder: Path, name: str, files: set[str]) -> Picture:
    if f"{name}.webp" in files:
        data = read_bytes(folder / f"{name}.webp")
        return Picture(name, _address("image/webp", data), *_size(data, 100), _words(name), True)
    svg = read_bytes(folder / f"{name}.svg") if f"{name}.svg" in files else b""
    alt = _titles(svg) or _words(name)
    if f"{name}.png" not in files or 0 < len(svg) <= MOST_SVG_BYTES:
        svg = _PLACES.sub(_shorter, svg.replace(FONT, FONTS))
        return Picture(name, _address("image/svg+xml", svg), *_svg_size(svg), alt)
    png = read_bytes(folder / f"{name}.png")
    return Picture(name, _address("image/webp", _webp(png)), *_size(png, 150), alt)


def _shorter(places: re.Match[bytes]) -> bytes:
    """Places to a hundredth of a point: nobody sees the rest, and the page is lighter."""
    return _DIGITS.sub(rb"\1", places[0])


def _address(kind: str, data: bytes) -> str:
    return f"data:{kind};base64,{base64.b64encode(data).decode()}"


def _webp(png: bytes) -> bytes:
    """The smaller of two WebPs: flat drawings are smaller without loss, full ones with little."""
    from PIL import Image

    image = Image.open(io.BytesIO(png)).convert("RGB")
    sizes = []
    for options in ({"lossless": True}, {"quality": 88}):
        buffer = io.BytesIO()
        image.save(buffer, "WEBP", method=4, **options)
        sizes.append(buffer.getvalue())
    return min(sizes, key=len)


def _size(data: bytes, dpi: int) -> tuple[int, int]:
    """Width and height in CSS pixels, 96 to the inch."""
    from PIL import Image

    width, height = Image.open(io.BytesIO(data)).size
    return round(width * 96 / dpi), round(height * 96 / dpi)


def _svg_size(svg: bytes) -> tuple[int, int]:
    match = re.search(rb'<svg[^>]*?\bviewBox="0 0 ([\d.]+) ([\d.]+)"', svg)
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
