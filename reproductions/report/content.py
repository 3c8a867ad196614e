"""What the page says, gathered from a results folder and the experiments' own modules."""

import functools
import math
import re
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from reproductions.evidence import thresholds, verdicts
from reproductions.evidence.errors import InputError
from reproductions.evidence.functions import FUNCTIONS
from reproductions.evidence.tables import parse_cells
from reproductions.report import (
    chapters,
    demonstrations,
    drawn,
    evidence_of,
    findings,
    listings,
    texts,
    units,
)
from reproductions.report.chapters import Chapter
from reproductions.report.figures import Picture, pictures
from reproductions.report.findings import Finding
from reproductions.running import experiment, provenance
from reproductions.running.files import read_bytes
from reproductions.running.results import read_claims, read_tables

NOT_JUDGED = "not judged"
STATES = (*verdicts.VERDICTS, NOT_JUDGED)
PREVIEW_ROWS = 4
PARTS = ("Document", "Setup", "Assumptions", "Known differences")
"""The named paragraphs of an experiment's docstring; in Korean they stand in its TOML file."""


@dataclass(frozen=True)
class Claim:
    """One statement of a document and what became of it; texts by language."""

    id: str
    document: str
    place: str
    quote: str
    statement: Mapping[str, str]
    reported: Mapping[str, str]
    measure: Mapping[str, str]
    obtained: Mapping[str, str]
    interval: Mapping[str, str]
    bounds: tuple[float, float] | None
    rule: Mapping[str, str]
    note: Mapping[str, str]
    history: Mapping[str, str]
    verdict: str
    experiment: str
    topic: str
    figure: str
    reads: list[evidence_of.Read]
    reaches: list[thresholds.Reach]


@dataclass(frozen=True)
class TableFile:
    """One CSV: some rows to look at, and all of it to download.

    Attributes:
        name: its file's name without suffix.
        header: its columns.
        rows: the first rows, and those that a verdict rests on, each after how many rows are above.
        cited: the places of the rows that a verdict rests on.
        count: how many rows there are.
        data: the whole file.
    """

    name: str
    header: list[str]
    rows: list[tuple[int, list[str]]]
    cited: frozenset[int]
    count: int
    data: bytes


@dataclass(frozen=True)
class Section:
    """One experiment; texts by language."""

    name: str
    document: str
    title: Mapping[str, str]
    says: Mapping[str, str]
    found: Mapping[str, str] | None
    parts: Mapping[str, Mapping[str, str]]
    claims: list[Claim]
    figures: list[Picture]
    captions: Mapping[str, Mapping[str, str]]
    tables: list[TableFile]
    record: Mapping[str, Any]

    @property
    def command(self) -> str:
        """What reruns just this experiment."""
        return f"python -m reproductions run {self.name} --force"

    def figure_of(self, claim: Claim) -> str:
        """The figure that a claim rests on: the one it names, or the only one; else empty."""
        drawn = [picture.name for picture in self.figures]
        if claim.figure:
            return claim.figure if claim.figure in drawn else ""
        return drawn[0] if len(drawn) == 1 else ""

    def resting_on(self, *, figure: str = "", table: str = "") -> list[str]:
        """The ids of the claims that rest on a figure or on a table."""
        return [
            claim.id
            for claim in self.claims
            if (figure and self.figure_of(claim) == figure)
            or (table and table in [read.table for read in claim.reads])
        ]


@dataclass(frozen=True)
class Shown:
    """A figure that the page shows a second time: the first one's id, and what is said of it."""

    id: str
    picture: Picture
    caption: Mapping[str, str]


@dataclass(frozen=True)
class Page:
    """All of it."""

    findings: list[Finding]
    chapters: list[Chapter]
    claims: list[Claim]
    sections: list[Section]
    missing: list[str]
    demonstrations: demonstrations.Demonstrations
    tables: Mapping[str, Mapping[str, pd.DataFrame]]
    listings: listings.Listings | None

    def cells(self, claim: str, table: str, columns: Sequence[str]) -> list[list[dict[str, str]]]:
        """The rows of a table of the experiment that a claim belongs to; words by language.

        The words of its cells are those of the experiment's figures; none where the results lack
        the table. A value with an interval beside it is shown with it.
        """
        owner = next((c.experiment for c in self.claims if c.id == claim), "")
        found = self.tables.get(owner, {}).get(table)
        if found is None or not set(columns) <= set(found):
            return []
        return [
            [_cell(owner, row, column) for column in columns] for row in found.to_dict("records")
        ]

    @property
    def names(self) -> list[str]:
        """The experiments that there are results of."""
        return [section.name for section in self.sections]

    def section(self, claim: Claim) -> Section | None:
        """The experiment of a claim, if there are results of it."""
        return next((found for found in self.sections if found.name == claim.experiment), None)

    @property
    def topics(self) -> list[str]:
        """The topics of the claims, in the order of the documents that bring them up."""
        return list(dict.fromkeys(claim.topic for claim in self.claims))

    def shown(self, claim: str, figure: str) -> Shown | None:
        """A figure of the experiment that a claim belongs to, if the results hold it.

        One that is nothing but words is shown once, as a table.
        """
        for section in self.sections:
            if claim not in [own.id for own in section.claims]:
                continue
            for picture in section.figures:
                if picture.name == figure and not picture.table:
                    id = f"figure-{section.name}-{picture.name}"
                    return Shown(id, picture, section.captions[picture.name])
        return None

    def judged(self, ids: Sequence[str]) -> list[Claim]:
        """The claims with these ids, in this order, of those that the results judge."""
        by_id = {claim.id: claim for claim in self.claims if claim.verdict != NOT_JUDGED}
        return [by_id[id] for id in ids if id in by_id]

    def behind(self, chapter: Chapter) -> list[Section]:
        """The experiments that a chapter rests on, in the order of its claims."""
        owners = dict.fromkeys(claim.experiment for claim in self.judged(chapter.claims))
        by_name = {section.name: section for section in self.sections}
        return [by_name[name] for name in owners if name in by_name]

    @property
    def reaches(self) -> list[tuple[Claim, thresholds.Reach]]:
        """How far each threshold can be moved; first those where the next value is too far."""
        pairs = [(claim, reach) for claim in self.claims for reach in claim.reaches]
        return sorted(pairs, key=lambda pair: not pair[1].near)

    @property
    def counts(self) -> dict[str, int]:
        """How many claims have each verdict, those that none has left out."""
        counts = {state: 0 for state in STATES}
        for claim in self.claims:
            counts[claim.verdict] += 1
        return {state: count for state, count in counts.items() if count}


def some(results: Path) -> list[str]:
    """The experiments that a folder holds results of.

    Raises:
        InputError: names are none.
    """
    names = [name for name in experiment.loadable() if (results / name / provenance.FILE).is_file()]
    if not names:
        raise InputError(f"no results here; `run` or `make quick` makes some. Received: {results}")
    return names


def gather(results: Path) -> Page:
    """Everything that the page shows.

    Raises:
        InputError: the folder holds no results, or a file in it cannot be read.
    """
    judged = read_claims(results)
    names = some(results)
    cells = {row["id"]: row for row in judged.to_dict("records")}
    tables = {name: read_tables(experiment.load(name), results) for name in names}
    rows = [
        _claim(claim, cells.get(claim.id), name, tables.get(name))
        for name in experiment.loadable()
        for claim in experiment.load(name).claims
    ]
    order = {document: place for place, document in enumerate(texts.load("en")["documents"])}
    rows.sort(key=lambda claim: (order.get(claim.document, len(order)), claim.id))
    sections = [_section(results, name, rows, cells, tables[name]) for name in names]
    sections.sort(key=lambda section: (order.get(section.document, len(order)), section.name))
    missing = [name for name in experiment.chosen([]) if name not in names]
    records = {section.name: section.record for section in sections}
    specs = {name: record["spec"] for name, record in records.items()}
    shown = [claim.id for claim in rows if claim.experiment in names]
    opening = findings.gather(cells, shown)
    owners = {claim.id: claim.experiment for claim in rows}

    def lookup(place: str) -> Any:
        """A number of the chapters: a claim's, or after a claim's id one of its experiment's."""
        claim, slash, cell = place.partition("/")
        own = tables.get(owners.get(claim, ""), {}) if slash else {}
        return texts.number(cell if slash else place, cells, own)

    return Page(
        opening,
        chapters.gather(lookup),
        rows,
        sections,
        missing,
        demonstrations.gather(tables, specs),
        tables,
        listings.gather(tables, records),
    )


def _cell(owner: str, row: Mapping[Hashable, Any], column: str) -> dict[str, str]:
    value = row[column]
    if isinstance(value, float):
        text = units.short(f"{value}")
        low, high = row.get("low", math.nan), row.get("high", math.nan)
        if column == "value" and math.isfinite(low) and math.isfinite(high):
            text = f"{text} ({units.short(str(low))} – {units.short(str(high))})"
        return dict.fromkeys(texts.LANGUAGES, text)
    if column == "function" and value in FUNCTIONS:
        return {language: FUNCTIONS[value].name_in(language) for language in texts.LANGUAGES}
    words = {language: drawn.words(owner, language) for language in texts.LANGUAGES}
    return {
        language: drawn.translated(str(value), words[language]) or str(value)
        for language in texts.LANGUAGES
    }


def _claim(
    claim: verdicts.Claim, row: Mapping[str, str] | None, owner: str, tables: verdicts.Tables | None
) -> Claim:
    def words(name: str) -> dict[str, str]:
        return {language: claim.words(name, language) for language in texts.LANGUAGES}

    row = row or dict.fromkeys(verdicts.COLUMNS, "")
    bounds = _bounds(row["low"], row["high"])
    again = _judged_again(claim, row, owner, tables)
    return Claim(
        id=claim.id,
        document=claim.document,
        place=claim.place,
        quote=claim.quote,
        statement=words("statement"),
        reported=words("reported"),
        measure=words("measure"),
        obtained=_obtained(claim, row["obtained"], again.obtained),
        interval=_interval(claim, row) if bounds else {},
        bounds=bounds,
        rule=words("rule") if row["rule"] else dict.fromkeys(texts.LANGUAGES, ""),
        note={"en": row["note"], "ko": again.note},
        history=words("history"),
        verdict=row["verdict"] if row["verdict"] in verdicts.VERDICTS else NOT_JUDGED,
        experiment=owner,
        topic=experiment.places()[owner].parent.name,
        figure=experiment.words(owner).get("figure_of", {}).get(claim.id, ""),
        reads=again.reads,
        reaches=again.reaches,
    )


def _obtained(claim: verdicts.Claim, english: str, korean: str) -> dict[str, str]:
    """What was obtained: a number with its unit, or words."""
    if claim.obtained or not _is_number(english):
        return {"en": english, "ko": korean}
    return units.with_unit((english,), claim.measure)


def _interval(claim: verdicts.Claim, row: Mapping[str, str]) -> dict[str, str]:
    """Both ends, with the unit of the number; without one where words say what was obtained."""
    measure = claim.measure if _is_number(row["obtained"]) else ""
    return units.with_unit((row["low"], row["high"]), measure)


@dataclass(frozen=True)
class _Again:
    """What claims.csv does not hold and the tables say.

    Attributes:
        obtained: what was found, in Korean; in English where the tables do not say what claims.csv
            says, as in another setting.
        note: the note; likewise.
        reaches: how far each threshold can be moved; none where the tables give another verdict
            than claims.csv.
        reads: the tables that the verdict rests on; none likewise.
    """

    obtained: str
    note: str
    reaches: list[thresholds.Reach]
    reads: list[evidence_of.Read]


def _judged_again(
    claim: verdicts.Claim, row: Mapping[str, str], owner: str, tables: verdicts.Tables | None
) -> _Again:
    obtained, note = row["obtained"], row["note"]
    reaches: list[thresholds.Reach] = []
    reads: list[evidence_of.Read] = []
    if tables is None:
        return _Again(obtained, note, reaches, reads)
    try:
        judgement = claim.judge(tables)
        if judgement.verdict == row["verdict"]:
            reaches = thresholds.reaches(thresholds.moved(claim, tables, judgement))
            reads = evidence_of.reads(claim, tables, judgement, experiment.load(owner).tables)
        if (claim.found(judgement), claim.note(judgement)) == (obtained, note):
            obtained, note = claim.found(judgement, "ko"), claim.note(judgement, "ko")
    except Exception:  # whatever the tables lack: `check` says it
        pass
    return _Again(obtained, note, reaches, reads)


def _is_number(cell: str) -> bool:
    return _bounds(cell, cell) is not None


def _bounds(low: str, high: str) -> tuple[float, float] | None:
    try:
        return float(low), float(high)
    except ValueError:
        return None


def _section(
    results: Path,
    name: str,
    rows: list[Claim],
    cells: Mapping[str, Mapping[str, str]],
    tables: Mapping[str, pd.DataFrame],
) -> Section:
    loaded = experiment.load(name)
    folder = results / name
    record = provenance.read(folder)
    parts = docstring_parts(loaded.doc)
    claims = [row for row in rows if row.experiment == name]

    def words(key: str, fallback: str) -> dict[str, str]:
        by_language = {lang: texts.find(lang, "experiments", name, key) for lang in texts.LANGUAGES}
        return {
            lang: texts.fill(text or by_language["en"] or fallback, functools.partial(value, lang))
            for lang, text in by_language.items()
        }

    def value(language: str, placeholder: str) -> Any:
        number = texts.number(placeholder, cells, tables, record["seeds"])
        if placeholder.endswith(".verdict"):
            return texts.find(language, "verdicts", number or NOT_JUDGED)
        claim, _, column = placeholder.partition(".")
        if column == "obtained" and isinstance(number, str) and not _is_number(number):
            return next((row.obtained[language] for row in rows if row.id == claim), number)
        return number

    # Moving pictures stay among the files: demonstrations show the same, where the reader wants it.
    in_figures = {lang: drawn.words(name, lang) for lang in texts.LANGUAGES[1:]}
    shown = pictures(folder, list(record["files"]), in_figures)
    return Section(
        name=name,
        document=_document(parts.get("Document", "")),
        title=words("title", loaded.summary.rstrip(".")),
        says=words("says", parts.get("Document", "")),
        found=words("found", "") if texts.find("en", "experiments", name, "found") else None,
        parts={
            part: {"en": text, "ko": texts.find("ko", "experiments", name, "parts", part) or text}
            for part, text in parts.items()
        },
        claims=claims,
        figures=shown,
        captions={picture.name: _caption(name, picture) for picture in shown},
        tables=[_table(folder, table, claims) for table in loaded.tables],
        record=record,
    )


def _caption(name: str, picture: Picture) -> dict[str, str]:
    """What is said of a figure: its texts where there are some, else its own titles."""
    return {
        language: texts.find(language, "experiments", name, "figures", picture.name) or picture.alt
        for language in texts.LANGUAGES
    }


def docstring_parts(doc: str) -> dict[str, str]:
    """The named paragraphs of an experiment's docstring, each on one line."""
    pattern = rf"^({'|'.join(PARTS)}): "
    pieces = re.split(pattern, doc.strip(), flags=re.MULTILINE)[1:]
    return {
        name: " ".join(text.split()) for name, text in zip(pieces[::2], pieces[1::2], strict=True)
    }


def _document(text: str) -> str:
    """The first document that a docstring's Document paragraph names; `all` where it names none."""
    documents = list(texts.load("en")["documents"])
    match = re.search("|".join(map(re.escape, documents)), text)
    return match[0] if match else "all"


def _table(folder: Path, name: str, claims: list[Claim]) -> TableFile:
    path = folder / f"{name}.csv"
    data = read_bytes(path)
    header, rows = parse_cells(path, data)
    reads = [read for claim in claims for read in claim.reads if read.table == name]
    cited = frozenset(read.row.place for read in reads if read.row)
    shown = sorted(cited | set(range(min(PREVIEW_ROWS, len(rows)))))
    return TableFile(
        name, header, [(place, rows[place]) for place in shown], cited, len(rows), data
    )
