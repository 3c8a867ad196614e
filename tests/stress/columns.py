"""Changes of stored numbers that `check` must catch, and changes that it must let pass.

A tolerance is what a column's kind allows: atol + rtol * |stored| for `Close`, half a unit of the
last printed digit for `Printed`, rounding for `Share`, nothing for `Exact`, everything finite for
`Unchecked`.
"""

from collections.abc import Iterator

import numpy as np
import pandas as pd

from reproductions.evidence.comparison import compare_table
from reproductions.evidence.differences import Comparison, plain
from reproductions.evidence.kinds import (
    SHARE_ROUNDING,
    Close,
    Exact,
    Kind,
    Printed,
    Rate,
    Share,
    Unchecked,
)
from tests.stress.stored import Stored


def caught(stored: Stored) -> Iterator[dict]:
    """A row a column: how many changed cells there were, and how many of them were caught."""
    for column, kind in stored.shape.columns.items():
        if isinstance(kind, Rate) or not len(stored.frame):
            continue
        counts = (kind.count, kind.trials) if isinstance(kind, Share) else ()
        alone = stored.only(column, *counts)
        values = alone.frame[column]
        wrong = [_differing(alone, column, change) for change in beyond(kind, values)]
        right = [_differing(alone, column, change) for change in within(kind, values)]
        yield {
            "file": stored.file,
            "column": column,
            "kind": type(kind).__name__.lower(),
            "tolerance": _tolerance(kind),
            "changed": sum(count for count, _ in wrong),
            "caught": sum(found for _, found in wrong),
            "nudged": sum(count for count, _ in right),
            "alarms": sum(found for _, found in right),
            "one_cell": one_cell(stored, column),
            "absent": absent(stored, column),
        }


def _tolerance(kind: Kind) -> str:
    match kind:
        case Close(rtol, atol):
            return f"rtol {rtol:g} atol {atol:g}"
        case Printed(digits):
            return f"{digits} decimals"
        case Exact():
            return "none"
        case Share():
            return f"rtol 0 atol {SHARE_ROUNDING:g}"
    return "finite"


def _differing(stored: Stored, column: str, change: pd.Series) -> tuple[int, int]:
    """How many cells a change alters, and how many of them `check` names."""
    altered = _altered(stored.frame[column], change)
    named = {d.row for d in stored.compared(column, change).concluded() if d.column == column}
    rows = {_row(stored, i) for i in np.flatnonzero(altered)}
    assert named <= rows, f"{stored.file}: {column}: cells that did not change are named"
    return len(rows), len(named)


def _altered(values: pd.Series, change: pd.Series) -> np.ndarray:
    pairs = zip(values, change, strict=True)
    return np.array([a != b and not (a != a and b != b) for a, b in pairs], dtype=bool)


def _row(stored: Stored, place: int) -> str:
    """A row as differences name it."""
    return " ".join(f"{name}={plain(stored.frame[name].iloc[place])}" for name in stored.shape.key)


def beyond(kind: Kind, values: pd.Series) -> Iterator[pd.Series]:
    """The column with every cell changed so that it must be caught."""
    if isinstance(kind, Exact) and not pd.api.types.is_numeric_dtype(values):
        yield values.astype(object).map(lambda label: f"{label}x")
        return
    if isinstance(kind, Exact) and pd.api.types.is_bool_dtype(values):
        yield ~values
        return
    if isinstance(kind, Exact) and pd.api.types.is_integer_dtype(values):
        yield from (values + 1, values - 1)
        return
    a = values.to_numpy(float)
    finite = np.isfinite(a)
    if isinstance(kind, Unchecked):
        for other in (np.inf, *(() if kind.nan else (np.nan,))):
            yield pd.Series(np.where(finite, other, a))
        return
    with np.errstate(over="ignore", invalid="ignore"):
        if isinstance(kind, Printed):
            unit = 10.0**-kind.digits
            steps = [np.round(a, kind.digits) + step * unit - a for step in (0.6, -0.6)]
            steps += [np.full_like(a, step * unit) for step in (10, -10)]
        elif isinstance(kind, Close | Share):
            kind = _as_close(kind)
            steps = [sign * 10 * (kind.atol + kind.rtol * np.abs(a)) for sign in (1, -1)]
        else:
            steps = [np.zeros_like(a)] * 2
        for step, end in zip(steps, (np.inf, -np.inf) * 2, strict=False):
            moved = a + step
            # Ten tolerances may be less than the next number away; then that one must be caught.
            moved = np.where(moved == a, np.nextafter(a, end), moved)
            # What is not finite becomes finite, and the other way round.
            yield pd.Series(np.where(finite, moved, 0.0))
    yield pd.Series(np.where(finite, np.inf, -a))
    yield pd.Series(np.where(np.isnan(a), 1.0, np.nan))


def within(kind: Kind, values: pd.Series) -> Iterator[pd.Series]:
    """The column with cells changed by so little that nothing may be said of it."""
    if isinstance(kind, Exact):
        return
    a = values.to_numpy(float)
    finite = np.isfinite(a)
    if isinstance(kind, Unchecked):
        yield pd.Series(np.where(finite, 1e9 - a, a))
        if kind.nan:
            yield pd.Series(np.full_like(a, np.nan))
        return
    with np.errstate(invalid="ignore"):
        for sign in (1, -1):
            if isinstance(kind, Printed):
                moved = np.round(a, kind.digits) + sign * 0.4 * 10.0**-kind.digits
            else:
                kind = _as_close(kind)
                moved = a + sign * 0.1 * (kind.atol + kind.rtol * np.abs(a))
            yield pd.Series(np.where(finite, moved, a))


def _as_close(kind: Close | Share) -> Close:
    if isinstance(kind, Close):
        return kind
    return Close(rtol=0, atol=SHARE_ROUNDING, reason="the rounding of a formula")


def one_cell(stored: Stored, column: str) -> bool:
    """Whether one changed cell of the whole table is named, and no other cell of its column."""
    values = stored.frame[column]
    change = next(beyond(stored.shape.columns[column], values))
    places = np.flatnonzero(_altered(values, change))
    place = places[len(places) // 2]
    changed = values.astype(object)
    changed.iloc[place] = change.iloc[place]
    found = [d.row for d in stored.compared(column, changed).concluded() if d.column == column]
    return found == [_row(stored, place)]


def absent(stored: Stored, column: str) -> bool:
    """Whether a column that is not there is named."""
    found = Comparison()
    without = stored.frame.drop(columns=column)
    compare_table(stored.file, stored.shape, stored.frame, without, found)
    return ("", column) in [(d.row, d.column) for d in found.concluded()]


def other_key(stored: Stored, column: str) -> bool:
    """Whether one changed cell of a key column is named, as a row too few and a row too many."""
    place = len(stored.frame) // 2
    values = stored.frame[column].astype(object)
    if pd.api.types.is_numeric_dtype(stored.frame[column]):
        others = (values.max() + 1, values.min() - 1, values.min() / 2)
    else:
        others = (f"{values.iloc[place]}x",)
    values.iloc[place] = next(other for other in others if other not in set(values))
    found = stored.compared(column, values).concluded()
    rows = {d.row: (d.expected, d.obtained) for d in found if d.rule == "rows must match both ways"}
    return sorted(rows.values()) == [("a row", "no row"), ("no row", "a row")] and (
        rows[_row(stored, place)] == ("a row", "no row")
    )
