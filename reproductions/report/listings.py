"""The documents' listings: as printed, what they do today, and a version that runs today.

What they do is read from the tables of the experiment that has run them, which is found by what its
tables hold. Their text is what this experiment has run; it keeps it in a module `listings`. The
versions for today are files of their own in the folder `today`, one for each listing, named after
the document and the listing's number; a test runs them.
"""

import ast
import functools
import importlib
import tokenize
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pandas as pd

from reproductions.report import texts
from reproductions.running import experiment

TODAY = Path(__file__).with_name("today")

PART = "part"
"""The fate of a listing that cannot be run alone; the tables have no row for all of it."""

_TABLES = {
    "listings": {"document", "listing", "fate", "category", "message"},
    "statements": {"document", "listing", "place", "attempt", "change", "code", "fate"},
    "plain_tensorflow": {"place", "attempt", "change", "code", "fate", "category", "message"},
    "outputs": {"listing", "line", "shown", "printed", "agreement"},
}

Tables = Mapping[str, pd.DataFrame]


@dataclass(frozen=True)
class Attempt:
    """A statement as printed, or as changed, and what became of it.

    Attributes:
        change: what is changed, by language; empty as printed.
        code: the statement.
        fate: how it ended.
        message: the kind of the error or warning, and its words.
    """

    change: Mapping[str, str]
    code: str
    fate: str
    message: str


@dataclass(frozen=True)
class Statement:
    """A statement that does not run as printed.

    Attributes:
        line: of the listing, from 1.
        attempts: as printed, and with one change after another.
    """

    line: int
    attempts: list[Attempt]


@dataclass(frozen=True)
class Line:
    """A line that the document shows as a result, and what is printed today; `agreement` by key."""

    shown: str
    printed: str
    agreement: str


@dataclass(frozen=True)
class Listing:
    """One listing; texts by language.

    Attributes:
        name: of its version for today, such as `relu-post-1`.
        document: the document's short name.
        title: what it does.
        code: as printed.
        about: what is to be said of its text; empty for nothing.
        fate: what becomes of all of it as printed, or `PART`.
        message: of the error or warning.
        line: on which the error or warning comes; None where there is none.
        statements: those that do not run as printed.
        names: names of its libraries that are gone where a plain import stands for the printed one.
        lines: what it prints; empty where the document shows no result.
        today: the version that runs today, its comments by language; empty for none.
        note: what is different in it.
    """

    name: str
    document: str
    title: Mapping[str, str]
    code: str
    about: Mapping[str, str]
    fate: str
    message: str
    line: int | None
    statements: list[Statement]
    names: list[Statement]
    lines: list[Line]
    today: Mapping[str, str]
    note: Mapping[str, str]


@dataclass(frozen=True)
class Listings:
    """All listings, and what they were run with.

    Attributes:
        experiment: that has run them.
        listings: in the order of the documents.
        versions: of Python and of the packages.
    """

    experiment: str
    listings: list[Listing]
    versions: Mapping[str, str]

    @property
    def documents(self) -> list[str]:
        """The documents that have listings."""
        return list(dict.fromkeys(listing.document for listing in self.listings))


def gather(
    tables: Mapping[str, Tables], records: Mapping[str, Mapping[str, Any]]
) -> Listings | None:
    """The listings that some results tell of; None where none do.

    Args:
        tables: of each experiment.
        records: the provenance of each.
    """
    name = next((name for name, held in tables.items() if _hold(held)), None)
    if name is None:
        return None
    found = tables[name]
    order = {document: at for at, document in enumerate(texts.load("en")["documents"])}
    listings = [
        _listing(document, listing, code, found)
        for (document, listing), code in printed(name).items()
        if not _rows(found["statements"], document, listing).empty
    ]
    listings.sort(key=lambda listing: order.get(listing.document, len(order)))
    record = records[name]
    versions = {"Python": record["python"], **record["packages"]}
    return Listings(name, _with_names(listings, found["plain_tensorflow"]), versions)


def _hold(tables: Tables) -> bool:
    """Whether an experiment's tables tell of listings."""
    return all(columns <= set(tables.get(table, ())) for table, columns in _TABLES.items())


@functools.cache
def printed(name: str) -> Mapping[tuple[str, str], str]:
    """The listings that an experiment runs, as printed, by document and name."""
    module = importlib.import_module(f"{experiment.modules(name)[0]}.listings")
    return {(listing.document, listing.name): listing.code for listing in module.LISTINGS}


def file_of(document: str, listing: str) -> Path:
    """The version for today of a listing such as "1 threshold"."""
    return TODAY / f"{document}-{listing.partition(' ')[0]}.py"


def _rows(table: pd.DataFrame, document: str, listing: str) -> pd.DataFrame:
    return table[(table["document"] == document) & (table["listing"] == listing)]


def _listing(document: str, listing: str, code: str, tables: Tables) -> Listing:
    file = file_of(document, listing)
    words = listing.partition(" ")[2]
    whole = _rows(tables["listings"], document, listing).to_dict("records")
    fate = whole[0]["fate"] if whole else PART
    statements = _statements(code, _rows(tables["statements"], document, listing))
    same = (s.line for s in statements if s.attempts[0].fate == fate)
    lines = tables["outputs"][tables["outputs"]["listing"] == f"{document}-{words}"]
    return Listing(
        name=file.stem,
        document=document,
        title=_words("titles", file.stem, tables) or dict.fromkeys(texts.LANGUAGES, words),
        code=code.strip("\n"),
        about=_words("about", file.stem, tables),
        fate=fate,
        message=_message(whole[0]) if whole else "",
        line=next(same, None),
        statements=statements,
        names=[],
        lines=[
            Line(row["shown"], row["printed"], row["agreement"])
            for row in lines.sort_values("line").to_dict("records")
        ],
        today=in_languages(file.read_text(encoding="utf-8")) if file.is_file() else {},
        note=_words("notes", file.stem, tables),
    )


def in_languages(code: str) -> dict[str, str]:
    """A version for today in every language: only its comments differ.

    Raises:
        KeyError: a language lacks a comment.
    """
    code = code.strip("\n")
    return {language: _translated(code, language) for language in texts.LANGUAGES}


def _translated(code: str, language: str) -> str:
    """Code with the comments of a language; those in the file are English."""
    if language not in (words_of := texts.comments()):
        return code
    words = words_of[language]
    lines = code.split("\n")
    for token in tokenize.generate_tokens(iter(code.splitlines(keepends=True)).__next__):
        is_docstring = token.type == tokenize.STRING and token.start == (1, 0)
        if token.type != tokenize.COMMENT and not is_docstring:
            continue
        row, column = token.start[0] - 1, token.start[1]
        lines[row] = lines[row][:column] + words[token.string]
    return "\n".join(lines)


def _words(kind: str, name: str, tables: Tables) -> dict[str, str]:
    """The words for a listing in every language; empty where there are none."""
    found = {lang: texts.find(lang, "listings", kind, name) for lang in texts.LANGUAGES}
    if not all(found.values()):
        return {}
    return {
        language: texts.fill(text, lambda place: texts.number(place, {}, tables))
        for language, text in found.items()
    }


def _statements(code: str, rows: pd.DataFrame) -> list[Statement]:
    """The statements of a listing that do not run as printed."""
    starts = _starts(code)
    return [
        Statement(starts[place - 1] if place <= len(starts) else 1, attempts)
        for place, attempts in _attempts(rows)
    ]


def _starts(code: str) -> list[int]:
    """The lines on which a listing's statements start; its first one where it is no Python."""
    try:
        return [node.lineno for node in ast.parse(code).body]
    except SyntaxError:
        return [1]


def _attempts(rows: pd.DataFrame) -> Iterable[tuple[int, list[Attempt]]]:
    """What was tried of each statement whose first attempt did not just run, by its place."""
    for place, tried in rows.sort_values("attempt").groupby("place"):
        attempts = [_attempt(row) for row in tried.to_dict("records")]
        if len(attempts) > 1 or attempts[0].message:
            yield int(place), attempts


def _attempt(row: Mapping[str, Any]) -> Attempt:
    changed = {
        language: texts.find(language, "listings", "changes", row["change"]) or row["change"]
        for language in texts.LANGUAGES
    }
    return Attempt(changed if row["attempt"] else {}, row["code"], row["fate"], _message(row))


def _message(row: Mapping[str, Any]) -> str:
    """The kind of an error or warning and its words; empty where it just ran."""
    return f"{row['category']}: {row['message']}" if row["category"] else ""


def _with_names(listings: list[Listing], table: pd.DataFrame) -> list[Listing]:
    """The names that a plain import lacks, with the first listing that has one of them."""
    names = [Statement(0, attempts) for _, attempts in _attempts(table)]
    for at, listing in enumerate(listings):
        if names and names[0].attempts[0].code in listing.code:
            listings[at] = replace(listing, names=names)
            break
    return listings
