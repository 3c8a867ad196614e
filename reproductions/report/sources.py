"""What the page rests on: the documents, with what their texts tell of themselves, and papers."""

import functools
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

FILE = Path(__file__).with_suffix(".toml")


@dataclass(frozen=True)
class Document:
    """What a document's text says of itself; empty for what it does not say.

    Attributes:
        title: as printed.
        heading: the first one, where there is no title.
        author: as printed.
        licence: as printed.
        addresses: of other pages, which the text refers to.
    """

    title: str = ""
    heading: str = ""
    author: str = ""
    licence: str = ""
    addresses: tuple[str, ...] = ()

    @property
    def missing(self) -> list[str]:
        """What the text does not say, by the names of the texts."""
        given = {"name": self.title, "author": self.author, "licence": self.licence}
        return [field for field, value in given.items() if not value]


@dataclass(frozen=True)
class Paper:
    """A paper, a book chapter, a thesis or a data set.

    Attributes:
        authors: in their order.
        year: of publication.
        title: in its own language.
        published: where, with volume and pages.
        topics: of the page, by their names in the texts.
        address: where to read it; empty for none.
        language: of its title.
    """

    authors: str
    year: int
    title: str
    published: str
    topics: tuple[str, ...]
    address: str = ""
    language: str = "en"


@dataclass(frozen=True)
class Sources:
    """All of them.

    Attributes:
        documents: by short name, in the order of the page.
        papers: in alphabetical order.
        topics: the ids of the claims that each topic leads to, by its name in the texts.
    """

    documents: Mapping[str, Document]
    papers: tuple[Paper, ...]
    topics: Mapping[str, tuple[str, ...]]


@functools.cache
def load() -> Sources:
    """The sources, from the TOML file beside this module."""
    found = tomllib.loads(FILE.read_text(encoding="utf-8"))
    return Sources(
        documents={name: Document(**_fixed(known)) for name, known in found["documents"].items()},
        papers=tuple(Paper(**_fixed(known)) for known in found["papers"]),
        topics={name: tuple(claims) for name, claims in found["topics"].items()},
    )


def _fixed(known: Mapping) -> dict:
    """A TOML table's values, lists as tuples."""
    return {key: tuple(v) if isinstance(v, list) else v for key, v in known.items()}
