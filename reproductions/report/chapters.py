"""The article's chapters: prose, demonstrations, figures and the documents' own words, in order.

Each chapter is a TOML file of `texts/chapters`, in the order of their names. A chapter is a list of
blocks, each of which is one of these:

    en, ko          paragraphs, divided by empty lines; see `texts.prose` for what can stand in them
    demonstration   the name of a demonstration
    figure          a claim's id and the name of a figure of that claim's experiment, with captions
    says            ids of claims: what the documents say, and what came out
    table           a claim's id and the name of a table of that claim's experiment, with `columns`,
                    their `heads` by language, and a caption

A number in the prose names a cell: `{XP-11.obtained:.0%}` of claims.csv, and
`{XP-11/rates.share[activation=tanh][event=solved]:.0%}` of a table of that claim's experiment. A
paragraph or a caption with a number that the results do not hold is left out.
"""

import functools
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from reproductions.report import texts

FOLDER = texts.FOLDER / "chapters"


@dataclass(frozen=True)
class Block:
    """One part of a chapter; all but one of the fields are empty, save a caption.

    Attributes:
        prose: paragraphs by language, or the caption of a figure or a table.
        demonstration: the name of one.
        figure: a claim's id, and a figure of its experiment.
        says: ids of claims.
        table: a claim's id, a table of its experiment, and columns of it.
        heads: what the columns are called, by language.
    """

    prose: list[Mapping[str, str]]
    demonstration: str = ""
    figure: tuple[str, str] | None = None
    says: tuple[str, ...] = ()
    table: tuple[str, str, tuple[str, ...]] | None = None
    heads: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True)
class Chapter:
    """One chapter; texts by language.

    Attributes:
        name: its file's name without number and suffix.
        title: what it is called.
        blocks: its parts, in order.
        claims: the ids of all claims that it shows.
    """

    name: str
    title: Mapping[str, str]
    blocks: list[Block]

    @property
    def claims(self) -> list[str]:
        """The ids of all claims that it shows, in order."""
        return list(dict.fromkeys(id for block in self.blocks for id in block.says))


@functools.cache
def written() -> Mapping[str, Mapping[str, Any]]:
    """The chapters as their files hold them, by name."""
    return {
        path.stem.partition("-")[2]: tomllib.loads(path.read_text(encoding="utf-8"))
        for path in sorted(FOLDER.glob("*.toml"))
    }


def gather(lookup: Callable[[str], Any]) -> list[Chapter]:
    """All chapters, with the numbers of some results.

    Args:
        lookup: gives what a place for a number stands for, or None where the results lack it.
    """
    return [
        Chapter(
            name,
            chapter["title"],
            [block for part in chapter["blocks"] if (block := _block(part, lookup))],
        )
        for name, chapter in written().items()
    ]


def _block(part: Mapping[str, Any], lookup: Callable[[str], Any]) -> Block | None:
    prose = _paragraphs(part, lookup)
    if "figure" in part:
        claim, name = part["figure"].split()
        return Block(prose, figure=(claim, name))
    if "table" in part:
        claim, name = part["table"].split()
        heads = {language: tuple(words) for language, words in part["heads"].items()}
        return Block(prose, table=(claim, name, tuple(part["columns"])), heads=heads)
    if "demonstration" in part:
        return Block([], demonstration=part["demonstration"])
    if "says" in part:
        return Block([], says=tuple(part["says"]))
    return Block(prose) if prose else None


def _paragraphs(part: Mapping[str, Any], lookup: Callable[[str], Any]) -> list[Mapping[str, str]]:
    """A block's paragraphs, those whose numbers are all there."""
    by_language = {
        language: part.get(language, "").strip().split("\n\n") for language in texts.LANGUAGES
    }
    paragraphs: list[Mapping[str, str]] = []
    for words in zip(*by_language.values(), strict=True):
        places = {place for text in words for place in texts.names(text)}
        if any(words) and all(lookup(place) not in (None, "") for place in places):
            filled = (texts.fill(" ".join(text.split()), lookup) for text in words)
            paragraphs.append(dict(zip(by_language, filled, strict=True)))
    return paragraphs
