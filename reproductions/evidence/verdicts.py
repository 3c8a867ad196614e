"""Claims: what the documents state, the rule that decides, and the verdict."""

import hashlib
import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import pandas as pd

from reproductions.evidence.errors import NotMeasured
from reproductions.evidence.kinds import Exact, Table
from reproductions.evidence.tables import to_csv

REPRODUCED = "reproduced"
IN_PART = "reproduced in part"
NOT_REPRODUCED = "not reproduced"
DOCUMENT_ERROR = "document error"
VERDICTS = (REPRODUCED, IN_PART, NOT_REPRODUCED, DOCUMENT_ERROR)

COLUMNS = (
    "id", "document", "statement", "expected", "obtained", "low", "high", "rule", "verdict", "note",
)  # fmt: skip

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
        obtained: what was found; a number, or a few words.
        low: lower end of a 95 % interval, where the result is random.
        high: its upper end.
        note: one line: why, or what a reader should know.
    """

    verdict: str
    obtained: str | float
    low: float | None = None
    high: float | None = None
    note: str = ""

    def __post_init__(self):
        if self.verdict not in VERDICTS:
            raise ValueError(f"verdict must be one of {VERDICTS}. Received: {self.verdict!r}")


Tables = Mapping[str, pd.DataFrame]

Judge = Callable[[Tables], Judgement]
"""Applies a rule to the experiment's tables; raises `NotMeasured` where they lack what it needs, as
those of another setting may."""


@dataclass(frozen=True)
class Claim:
    """One statement of a document under test, as the experiment's TOML file has it.

    Attributes:
        id: two letters for the document, and a number.
        document: where it is stated.
        statement: what is stated.
        expected: what the document reports, or how it is tested.
        rule: when it counts as reproduced, fixed before the run.
        judge: applies the rule.
    """

    id: str
    document: str
    statement: str
    expected: str
    rule: str
    judge: Judge = field(repr=False, compare=False)


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
        rows.append(
            {
                "id": claim.id,
                "document": claim.document,
                "statement": claim.statement,
                "expected": claim.expected,
                "obtained": _text(judgement.obtained),
                "low": _text(judgement.low),
                "high": _text(judgement.high),
                "rule": claim.rule,
                "verdict": judgement.verdict,
                "note": f"with {setting}: {judgement.note}" if setting else judgement.note,
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


def _text(value: str | float | None) -> str:
    """A cell of claims.csv: four significant digits say all that a reader can use."""
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    if isinstance(value, int):
        return str(value)
    return "nan" if math.isnan(value) else f"{value:.4g}"
