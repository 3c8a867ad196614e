"""The words inside a figure, in another language than the one in which it was drawn.

A figure is drawn once, in English. The page replaces its words: an experiment's TOML file holds
them under `ko.drawn`, and `ko.toml` those that many experiments share, under `drawn`. Numbers are
no part of the words, so that one entry serves every setting: a key has `#` for each number, and so
has its translation, which takes the numbers in the same order, or names them as `#2` and `#1`
where its order is another. A text of several lines has its line breaks in both.
"""

import functools
import re
import xml.etree.ElementTree as ElementTree
from collections.abc import Mapping

from reproductions.evidence.functions import FUNCTIONS
from reproductions.report import texts

_NUMBER = re.compile(r"(?<![A-Za-z_\d])\d+(?:,\d{3})*(?:\.\d+)?")
_PLACE = re.compile(r"#(\d*)")
_WORD = re.compile(r"[A-Za-z]{2,}")
_SVG = "{http://www.w3.org/2000/svg}"


def pattern(text: str) -> str:
    """The text with `#` for each number, which is its key."""
    return _NUMBER.sub("#", text)


def translated(text: str, words: Mapping[str, str]) -> str | None:
    """The text in another language, with its own numbers.

    Args:
        text: as it stands in the figure, with its line breaks.
        words: translations by pattern.

    Returns:
        None where there is no translation.
    """
    translation = words.get(pattern(text))
    if translation is None:
        return None
    found = _NUMBER.findall(text)
    numbers = iter(found)
    return _PLACE.sub(
        lambda place: found[int(place[1]) - 1] if place[1] else next(numbers), translation
    )


def words(experiment: str, language: str) -> Mapping[str, str]:
    """The translations for an experiment's figures: its own before those that all share."""
    return {**_shared(language), **(texts.find(language, "experiments", experiment, "drawn") or {})}


@functools.cache
def _shared(language: str) -> Mapping[str, str]:
    functions = {f.label: f.name_in(language) for f in FUNCTIONS.values()}
    return {**functions, **(texts.find(language, "drawn") or {})}


def drawn_texts(svg: bytes) -> list[str]:
    """Each text of a drawing that a reader sees, its lines joined by line breaks."""
    root = ElementTree.fromstring(svg)
    found = []
    for group in root.iter(f"{_SVG}g"):
        if group.get("id", "").startswith("text_"):
            lines = (_letters(line) for line in group.iter(f"{_SVG}text"))
            found.append("\n".join(" ".join(line.split()) for line in lines))
    return found


def _letters(line: ElementTree.Element) -> str:
    """What a reader sees of a line; a formula's letters stand each at a place, sorted by style."""
    placed = [(float(part.get("x", 0)), part.text or "") for part in line.iter(f"{_SVG}tspan")]
    return "".join(text for _, text in sorted(placed, key=lambda at: at[0])) or line.text or ""


def has_words(text: str, names: frozenset[str] = frozenset()) -> bool:
    """Whether a text holds a word: two letters in a row that are no name.

    Args:
        text: as it stands in the figure.
        names: what stays as it is in every language, such as ReLU.
    """
    return any(word not in names for word in _WORD.findall(text))
