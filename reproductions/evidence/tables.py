"""Tidy tables on disk: strict CSV, sorted by key, the same bytes for the same numbers.

The reader is stricter than pandas on purpose. pandas fills a row that was cut short with NaN and
guesses around a broken line; a suite whose numbers are trusted must name the line instead.
"""

import csv
import io
import math
import re
from pathlib import Path

import pandas as pd

from reproductions.evidence.differences import INTEGER
from reproductions.evidence.errors import InputError
from reproductions.evidence.kinds import Exact, Table

NUMBER = re.compile(INTEGER.pattern + r"(\.[0-9]+)?(e[+-]?[0-9]+)?")
NOT_FINITE = ("nan", "inf", "-inf")
"""How numbers are written."""

MOST_BYTES = 2**27
"""Of a table: a hundred times the largest that is stored."""

FORMULA = re.compile(r"'*[=+\-@＝＋－＠\t\r]")
"""How a text begins that a spreadsheet takes for a formula: it would run what is in the cell.

Such a text is written with an apostrophe before it, which is taken away again when it is read; so
is a text that begins with apostrophes before one of these signs.
"""


def conform(name: str, frame: pd.DataFrame, table: Table) -> pd.DataFrame:
    """The frame in its table's shape: its columns in order, its rows sorted by key.

    Raises:
        ValueError: columns are missing or left over, keys repeat, a cell holds a line break, or a
            NaN stands where the table does not allow one.
    """
    if set(frame.columns) != set(table.names) or len(frame.columns) != len(table.names):
        raise ValueError(
            f"table {name} must have the columns {table.names}. Received: {list(frame.columns)}"
        )
    frame = frame[table.names].sort_values(list(table.key), kind="stable", ignore_index=True)
    repeated = frame.duplicated(list(table.key))
    if repeated.any():
        row = frame[repeated].iloc[0].tolist()
        raise ValueError(f"table {name} must hold each key once. Received: {row}")
    for column in frame:
        kind = table.columns.get(column)
        values = frame[column]
        if values.isna().any() and not (kind and kind.nan):
            raise ValueError(f"table {name} has a NaN in column {column}, which may hold none")
        if values.map(lambda cell: isinstance(cell, str) and not cell.isprintable()).any():
            raise ValueError(f"table {name} has a line break or control code in column {column}")
    return frame


def to_csv(frame: pd.DataFrame) -> bytes:
    """The bytes of a table: LF, UTF-8, every float at the shortest text that reads back equal.

    Texts that a spreadsheet would run get an apostrophe before them, see `FORMULA`.
    """
    texts = frame.select_dtypes(exclude=["number", "bool"])
    safe = frame.assign(**{name: texts[name].map(_harmless) for name in texts})
    safe.columns = [_harmless(name) for name in frame]
    return safe.to_csv(index=False, lineterminator="\n", na_rep="nan").encode()


def _harmless(cell):
    if isinstance(cell, str) and FORMULA.match(cell) and not _is_number(cell):
        return f"'{cell}"
    return cell


def _as_meant(cell: str) -> str:
    return cell[1:] if cell.startswith("'") and FORMULA.match(cell) else cell


def parse_cells(path: Path, data: bytes) -> tuple[list[str], list[list[str]]]:
    """The header and the rows of a CSV file's content, as text; `path` is for messages only.

    Raises:
        InputError: it is empty, not UTF-8 text with LF line ends, was cut short, or has a row of
            another length than its header.
    """
    if not data:
        raise InputError(f"cannot read {path}: the file is empty")
    if data.startswith(b"\xef\xbb\xbf"):
        raise InputError(f"cannot read {path}: line 1 begins with a byte order mark")
    if b"\r" in data:
        line = data[: data.index(b"\r")].count(b"\n") + 1
        raise InputError(
            f"cannot read {path}: line {line} holds a carriage return, lines end in LF"
        )
    try:
        text = data.decode()
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise InputError(f"cannot read {path}: line {line} is not UTF-8 text") from error
    if "\0" in text:
        line = text[: text.index("\0")].count("\n") + 1
        raise InputError(f"cannot read {path}: line {line} holds a NUL byte")
    if not text.endswith("\n"):
        raise InputError(f"cannot read {path}: its last line was cut short, it has no line end")
    try:
        lines = csv.reader(io.StringIO(text), strict=True)
        header, *rows = ([_as_meant(cell) for cell in row] for row in lines)
    except csv.Error as error:
        raise InputError(f"cannot read {path}: {error}") from error
    for line, row in enumerate(rows, start=2):
        if len(row) != len(header):
            raise InputError(
                f"cannot read {path}: line {line} must have {len(header)} fields like the header."
                f" Received: {len(row)}"
            )
    if len(set(header)) != len(header):
        raise InputError(
            f"cannot read {path}: its header repeats a column. Received: {str(header)[:200]}"
        )
    return header, rows


def parse_table(path: Path, data: bytes, table: Table) -> pd.DataFrame:
    """A table as it was written: numbers where its kinds ask for numbers.

    Columns that the table does not know are kept as text; which columns there are is for the
    comparison to judge.

    Raises:
        InputError: see `parse_cells`; or a cell of a number column is no number.
    """
    header, rows = parse_cells(path, data)
    columns = {}
    for place, name in enumerate(header):
        cells = [row[place] for row in rows]
        kind = table.columns.get(name, Exact())
        columns[name] = _typed(path, name, cells, kind)
    return pd.DataFrame(columns, columns=header)


def _typed(path: Path, name: str, cells: list[str], kind) -> pd.Series:
    must_be_number = kind.of_numbers
    whole = all(map(INTEGER.fullmatch, cells))
    if whole and all(len(cell) <= 20 and -(2**63) <= int(cell) < 2**63 for cell in cells):
        return pd.Series([int(cell) for cell in cells], dtype=int)
    # Whole numbers too large for an integer stay texts where they are held exactly.
    if all(map(_is_number, cells)) and (must_be_number or not whole):
        return pd.Series([float(cell) for cell in cells])
    if must_be_number:
        line = next(i for i, cell in enumerate(cells, start=2) if not _is_number(cell))
        raise InputError(
            f"cannot read {path}: line {line}, column {name} must be a number."
            f" Received: {cells[line - 2][:80]!r}"
        )
    if cells and set(cells) <= {"True", "False"}:
        return pd.Series([cell == "True" for cell in cells])
    return pd.Series(cells, dtype=object)


def _is_number(cell: str) -> bool:
    """Whether a cell is a number that a float can hold, written as this module writes numbers."""
    return cell in NOT_FINITE or bool(NUMBER.fullmatch(cell) and math.isfinite(float(cell)))
