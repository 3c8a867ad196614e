"""What a verdict rests on: the tables and the columns that its judging function needs.

They are found by leaving out: a table or a column is needed if the tables without it cannot be
judged, or are judged otherwise. A row is named if the number obtained stands in it, and becomes
another number once the row says something else. So it does not matter how a judging function reads
its tables.
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
            columns = [
                column
                for column in frame
                if search.needs({**tables, name: frame.drop(columns=column)})
            ]
            row = _row(search, name, columns, shapes[name].key)
            found.append(Read(name, tuple(columns), row))
    return found


class _Search:
    """Judges a claim by changed tables."""

    def __init__(self, claim: Claim, tables: Tables, judgement: Judgement):
        self.claim, self.tables, self.judgement = claim, tables, judgement
        self.said = self._said(judgement)

    def _said(self, judgement: Judgement) -> tuple[str, ...]:
        """All that is said of the claim; first what was obtained."""
        ends = as_text(judgement.low), as_text(judgement.high)
        return self.claim.found(judgement), *ends, judgement.verdict, self.claim.note(judgement)

    def _again(self, tables: Tables) -> tuple[str, ...]:
        """What other tables say; nothing where they cannot be judged."""
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("error")  # a mean of nothing is no judgement
                return self._said(self.claim.judge(tables))
        except Exception:  # whatever a judging function raises without what it needs
            return ()

    def needs(self, tables: Tables) -> bool:
        """Whether these tables say something else than the whole ones, or nothing."""
        return self._again(tables) != self.said

    def counts(self, name: str, place: int, columns: list[str]) -> bool:
        """Whether another number in one of these columns of a row gives another number obtained."""
        frame = self.tables[name]
        for column in columns:
            at = place, frame.columns.get_loc(column)
            changed = frame.copy()
            value = frame.iloc[at]
            other = value / 2 if value else 1
            changed.iloc[at] = int(other) if isinstance(value, int | np.integer) else other
            said = self._again({**self.tables, name: changed})
            if said and said[0] != self.said[0]:
                return True
        return False


def _row(search: _Search, name: str, columns: list[str], key: tuple[str, ...]) -> Row | None:
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
    read = [column for column in columns if column in numbers]
    count = [int(place) for place in places if search.counts(name, int(place), read)]
    if len(count) != 1:
        return None
    (place,) = count
    holding = numbers.columns[holds(value)[place]]
    # A share of 0 is a count of 0, too; what was obtained is the share.
    floats = [column for column in holding if pd.api.types.is_float_dtype(numbers[column])]
    cells = {column: as_cell(frame[column].iloc[place]) for column in key}
    return Row(place, cells, str((floats or list(holding))[0]))


def as_cell(value: object) -> str:
    """A value of a table's key, as the page shows it."""
    if isinstance(value, float | np.floating):
        return f"{value:g}"
    return str(value)
