"""Claims: what the documents state, the rule that decides, and the verdict."""

import hashlib
import math
import string
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from reproductions.evidence.errors import NotMeasured
from reproductions.evidence.functions import FUNCTIONS
from reproductions.evidence.kinds import Exact, Table
from reproductions.evidence.tables import to_csv

REPRODUCED = "reproduced"
IN_PART = "reproduced in part"
NOT_REPRODUCED = "not reproduced"
DOCUMENT_ERROR = "document error"
VERDICTS = (REPRODUCED, IN_PART, NOT_REPRODUCED, DOCUMENT_ERROR)

COLUMNS = (
    *("id", "document", "place", "quote", "statement", "reported", "measure"),
    *("obtained", "low", "high", "rule", "verdict", "note", "history"),
)

CLAIMS_TABLE = Table(("id",), {name: Exact() for name in COLUMNS[1:]}, name_every_row=True)

DERIVED = ("obtained", "low", "high", "note")
"""Columns of claims.csv that say again what a folder's own tables say.

Between two folders the tables are held, each number by its own kind; within one folder these texts
are held, exactly, against a fresh judgement of that folder's tables.
"""


@dataclass(frozen=True)
class Judgement:
    """What the tables say of one claim.

    Attributes:
        verdict: one of `VERDICTS`.
        obtained: what was found, a number; or None where the claim's `obtained` says it in words.
        low: lower end of a 95 % interval, where the result is random.
        high: its upper end.
        notes: the names of the sentences of the claim's notes that hold, in order.
        values: what stands in the places of those sentences, by name: numbers, texts, or numbers by
            function, which are listed one after the other.
    """

    verdict: str
    obtained: str | float | None
    low: float | None = None
    high: float | None = None
    notes: Sequence[str] = ()
    values: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self):
        if self.verdict not in VERDICTS:
            raise ValueError(f"verdict must be one of {VERDICTS}. Received: {self.verdict!r}")


Tables = Mapping[str, pd.DataFrame]

Judge = Callable[..., Judgement]
"""Applies a rule to the experiment's tables, its only positional argument.

The thresholds of the rule are keyword-only arguments of type `float`, each with its stored value
as the default (see `thresholds`). It raises `NotMeasured` where the tables lack what it needs, as
those of another setting may.
"""


@dataclass(frozen=True)
class Claim:
    """One statement of a document under test, as the experiment's TOML file has it.

    Attributes:
        id: two letters for the document, and a number.
        document: where it is stated.
        place: the heading that it stands under.
        quote: the document's own words, verbatim but for white space.
        statement: the same in one plain sentence.
        reported: what the document reports for it; empty where it reports nothing.
        measure: what `obtained` is, with its unit.
        rule: when it counts as reproduced, fixed before the run.
        judge: applies the rule.
        history: for a rule that was rewritten, the old rule, the old verdict, and why.
        obtained: what was found, in words with places for numbers; empty where it is a number.
        notes: sentences by name, with places for numbers: why, or what a reader should know.
        korean: the Korean words of the fields from `statement` on, by the fields' names.
    """

    id: str
    document: str
    statement: str
    rule: str
    judge: Judge = field(repr=False, compare=False)
    place: str = ""
    quote: str = ""
    reported: str = ""
    measure: str = ""
    history: str = ""
    obtained: str = ""
    notes: Mapping[str, str] = field(default_factory=dict)
    korean: Mapping[str, Any] = field(default_factory=dict, repr=False, compare=False)

    def words(self, name: str, language: str = "en") -> str:
        """A field's words in a language; in English where the other language has none."""
        return (self.korean.get(name) if language == "ko" else "") or getattr(self, name)

    def note(self, judgement: Judgement, language: str = "en") -> str:
        """The sentences that a judgement names, with its numbers in their places."""
        translated = self.korean.get("notes", {}) if language == "ko" else {}
        sentences = (translated.get(name) or self.notes[name] for name in judgement.notes)
        return " ".join(filled(text, judgement.values, language) for text in sentences)

    def found(self, judgement: Judgement, language: str = "en") -> str:
        """What was found, as a cell of claims.csv has it."""
        if judgement.obtained is None:
            return filled(self.words("obtained", language), judgement.values, language)
        return as_text(judgement.obtained)


class _Words(string.Formatter):
    """Fills in numbers, and lists of numbers by function with the functions' names."""

    def __init__(self, language: str):
        self.language = language

    def format_field(self, value: Any, format_spec: str) -> str:
        if not isinstance(value, Mapping):
            return super().format_field(value, format_spec)
        names = {name: entry.name_in(self.language) for name, entry in FUNCTIONS.items()}
        return ", ".join(
            f"{names.get(name, name)} {super(_Words, self).format_field(number, format_spec)}"
            for name, number in value.items()
        )


def filled(text: str, values: Mapping[str, Any], language: str = "en") -> str:
    """A text with its places, such as `{share:.0%}`, filled in.

    Raises:
        KeyError: a place's value is not given.
    """
    return _Words(language).vformat(text, (), values)


def graded(whole: object, in_part: object = False, otherwise: str = NOT_REPRODUCED) -> str:
    """The verdict on a rule.

    Args:
        whole: whether all that it asks holds: `reproduced`.
        in_part: else, whether what it asks at least holds: `reproduced in part`.
        otherwise: the verdict where neither does.
    """
    if whole:
        return REPRODUCED
    return IN_PART if in_part else otherwise


def judge(
    claims: Sequence[Claim],
    tables: Tables,
    setting: str = "",
    left_out: list[str] | None = None,
) -> pd.DataFrame:
    """The rows of claims.csv that an experiment's tables give, as text.

    Args:
        claims: those of the experiment.
        tables: its tables.
        setting: what is other than in the stored setting, in words; each note begins with it.
        left_out: takes up a line for each claim that the tables lack the numbers for; without it,
            such a claim is an error.

    Raises:
        NotMeasured: the tables lack what a claim needs, and `left_out` is not given.
    """
    rows = []
    for claim in claims:
        try:
            judgement = claim.judge(tables)
        except NotMeasured as error:
            if left_out is None:
                raise
            left_out.append(f"{claim.id} is not judged: {error}")
            continue
        note = claim.note(judgement)
        rows.append(
            {
                "id": claim.id,
                "document": claim.document,
                "place": claim.place,
                "quote": claim.quote,
                "statement": claim.statement,
                "reported": claim.reported,
                "measure": claim.measure,
                "obtained": claim.found(judgement),
                "low": as_text(judgement.low),
                "high": as_text(judgement.high),
                "rule": claim.rule,
                "verdict": judgement.verdict,
                "note": f"with {setting}: {note}" if setting else note,
                "history": claim.history,
            }
        )
    return pd.DataFrame(rows, columns=list(COLUMNS), dtype=object)


def digest(rows: pd.DataFrame) -> str:
    """The checksum of rows of claims.csv, under which a run says that it judged them."""
    return hashlib.sha256(to_csv(rows.sort_values("id"))).hexdigest()


def merge(kept: pd.DataFrame, fresh: pd.DataFrame, judged: Iterable[str]) -> pd.DataFrame:
    """claims.csv after some experiments ran again: their rows new, all others as they were."""
    kept = kept[~kept["id"].isin([*judged, *fresh["id"]])]
    return pd.concat([kept, fresh], ignore_index=True).sort_values("id", ignore_index=True)


def as_text(value: str | float | None) -> str:
    """A cell of claims.csv: four significant digits say all that a reader can use."""
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    if isinstance(value, int):
        return str(value)
    return "nan" if math.isnan(value) else f"{value:.4g}"
