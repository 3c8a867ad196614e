"""What a verdict rests on: the tables and the columns that its judging function needs.

They are found by leaving out: a table, a column or a row is needed if the tables without it cannot
be judged, or are judged otherwise. That holds however a judging function reads its tables.
"""

import warnings
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from reproductions.evidence.kinds import Table
from reproductions.evidence.verdicts import Claim, Judgement, Tables, as_text

MOST_ROWS = 40
"""Where a number stands in more rows than these, none of them is looked at."""


@dataclass(frozen=True)
class Row:
    """The row of a table in which the number that was obtained stands.

    Attributes:
        place: how many rows stand above it.
        key: its key columns and their values, as text.
        column: where in the row the number stands.
    """

    place: int
    key: Mapping[str, str]
    column: str


@dataclass(frozen=True)
class Read:
    """A table that a verdict rests on.

    Attributes:
        table: its name.
        columns: those that the verdict needs, in the table's order.
        row: the row that holds the number obtained; None where there is no such row, or several.
    """

    table: str
    columns: tuple[str, ...]
    row: Row | None


def reads(
    claim: Claim, tables: Tables, judgement: Judgement, shapes: Mapping[str, Table]
) -> list[Read]:
    """The tables that a claim's verdict rests on.

    Args:
        claim: the claim.
        tables: the tables of its experiment.
        judgement: what they say of the claim.
        shapes: the shapes of these tables, which name their keys.
    """
    search = _Search(claim, tables, judgement)
    found = []
    for name, frame in tables.items():
        if search.needs({key: other for key, other in tables.items() if key != name}):
            columns = [c for c in frame if search.needs(tables, name, frame.drop(columns=c))]
            found.append(Read(name, tuple(columns), _row(search, name, shapes[name].key)))
    return found


class _Search:
    """Judges a claim by changed tables."""

    def __init__(self, claim: Claim, tables: Tables, judgement: Judgement):
        self.claim, self.tables, self.judgement = claim, tables, judgement
        self.said = self._all_of(judgement)

    def _all_of(self, judgement: Judgement) -> tuple[str, ...]:
        ends = as_text(judgement.low), as_text(judgement.high)
        return judgement.verdict, self.claim.found(judgement), *ends, self.claim.note(judgement)

    def needs(self, tables: Tables, name: str = "", frame: pd.DataFrame | None = None) -> bool:
        """Whether something else, or nothing, is said with these tables, one of them changed."""
        changed = {**tables, name: frame} if frame is not None else tables
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("error")  # a mean of nothing is no judgement
                return self._all_of(self.claim.judge(changed)) != self.said
        except Exception:  # whatever a judging function raises without what it needs
            return True


def _row(search: _Search, name: str, key: tuple[str, ...]) -> Row | None:
    value, frame = search.judgement.obtained, search.tables[name]
    if value is None or isinstance(value, str):
        return None
    ends = [end for end in (search.judgement.low, search.judgement.high) if end is not None]
    if not ends and float(value).is_integer():
        return None  # small whole numbers stand in many cells by chance
    numbers = frame.drop(columns=list(key)).select_dtypes("number")

    def holds(number: float) -> np.ndarray:
        return np.isclose(numbers.to_numpy(float), number, rtol=1e-6, atol=1e-12 * (number == 0))

    matching = np.logical_and.reduce([holds(number).any(axis=1) for number in (value, *ends)])
    places = np.flatnonzero(matching)
    if len(places) > MOST_ROWS:
        return None
    needed = [p for p in places if search.needs(search.tables, name, frame.drop(frame.index[p]))]
    if len(needed) != 1:
        return None
    (place,) = needed
    columns = numbers.columns[holds(value)[place]]
    # A share of 0 is a count of 0, too; what was obtained is the share.
    floats = [c for c in columns if pd.api.types.is_float_dtype(numbers[c])]
    cells = {column: as_text(_plain(frame[column].iloc[place])) for column in key}
    return Row(int(place), cells, str((floats or list(columns))[0]))


def _plain(value: object) -> str | float:
    """A cell's value as Python has it."""
    if isinstance(value, bool | np.bool_):
        return str(bool(value)).lower()
    if isinstance(value, int | np.integer):
        return int(value)
    return float(value) if isinstance(value, float | np.floating) else str(value)
