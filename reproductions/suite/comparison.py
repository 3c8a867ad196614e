"""Holding one set of tables against another: every difference named by file, row and column."""

import math
from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from reproductions.suite.errors import one_line
from reproductions.suite.kinds import (
    SHARE_ROUNDING,
    Close,
    Exact,
    Kind,
    Printed,
    Rate,
    Share,
    Table,
    Unchecked,
)
from reproductions.suite.statistics import same_rate_p, share_of
from reproductions.suite.tables import plain

FALSE_ALARM = 1e-4
"""How often all the rate tests of one check together may raise a false alarm, at most."""

MOST_TRIALS = 10**8
"""As many seeds as a run takes; the test of greater counts would take minutes."""


@dataclass(frozen=True)
class Difference:
    """One place where two results folders do not agree."""

    file: str
    row: str
    column: str
    expected: str
    obtained: str
    rule: str

    def __str__(self):
        place = ", ".join(part for part in (self.row, self.column) if part)
        where = f"{self.file}: {place}" if place else self.file
        text = f"{where}: expected {self.expected}, obtained {self.obtained} ({self.rule})"
        return one_line(text)


@dataclass(frozen=True)
class RateTest:
    """Two counts under test; whether they differ depends on how many tests the check makes."""

    difference: Difference
    p: float


@dataclass
class Comparison:
    """What holding one folder against another found."""

    differences: list[Difference] = field(default_factory=list)
    rate_tests: list[RateTest] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    values: int = 0

    def concluded(self) -> list[Difference]:
        """All differences, the rates' included, each rate at its share of `FALSE_ALARM`.

        Dividing by the number of tests (Bonferroni) keeps the promise whatever their dependence.
        """
        level = FALSE_ALARM / max(1, len(self.rate_tests))
        moved = [
            Difference(
                **{**vars(test.difference), "rule": f"{test.difference.rule}, level {level:.1g}"}
            )
            for test in self.rate_tests
            if test.p < level
        ]
        return self.differences + moved


def compare_table(
    file: str,
    table: Table,
    expected: pd.DataFrame,
    obtained: pd.DataFrame,
    found: Comparison,
    same_seeds: bool = True,
    all_rows: bool = True,
) -> None:
    """Adds to `found` every difference between two versions of one table.

    Args:
        file: the name under which differences are reported.
        table: the key columns and the kind of every value column.
        expected: the stored numbers.
        obtained: the fresh numbers.
        found: receives differences and rate tests.
        same_seeds: False holds only what two runs over different seeds have in common.
        all_rows: False lets a table over seeds lack rows, as after a first look at fewer settings.
    """
    columns = _common_columns(file, table, expected, obtained, found)
    key = [name for name in table.key if name in columns]
    if key != list(table.key):
        return
    for frame, side in ((expected, "expected"), (obtained, "obtained")):
        repeated = frame.duplicated(key)
        if repeated.any():
            row = _row(key, frame[repeated].iloc[0])
            found.differences.append(
                Difference(file, row, "", "each key once", f"a repeated key ({side})", "exact")
            )
            return
    by_seed = "seed" in key
    both = pd.merge(
        expected.astype({name: object for name in key}),
        obtained.astype({name: object for name in key}),
        on=key,
        how="outer",
        suffixes=("|expected", "|obtained"),
        indicator=True,
        sort=False,
    )
    if (not by_seed and (all_rows or not table.over_seeds)) or same_seeds:
        for _, row in both[both["_merge"] != "both"].iterrows():
            missing = row["_merge"] == "left_only"
            found.differences.append(
                Difference(
                    file,
                    _row(key, row),
                    "",
                    "a row" if missing else "no row",
                    "no row" if missing else "a row",
                    "rows must match both ways",
                )
            )
    pairs = both[both["_merge"] == "both"]
    for name in columns:
        kind = table.columns.get(name)
        if kind is None:
            continue
        if isinstance(kind, Rate) and kind.trials is None:
            found.rate_tests.extend(_label_tests(file, key, name, expected, obtained))
            continue
        if isinstance(kind, Share):
            found.values += len(pairs)
            found.differences.extend(_share_differences(file, key, name, kind, pairs))
            continue
        if not same_seeds and table.over_seeds and not isinstance(kind, Rate):
            continue
        found.values += len(pairs)
        if isinstance(kind, Rate):
            found.rate_tests.extend(_count_tests(file, key, name, kind, pairs))
            continue
        for i in np.flatnonzero(
            ~_holds(kind, pairs[f"{name}|expected"], pairs[f"{name}|obtained"])
        ):
            row = pairs.iloc[i]
            found.differences.append(
                Difference(
                    file,
                    _row(key, row),
                    name,
                    plain(row[f"{name}|expected"]),
                    plain(row[f"{name}|obtained"]),
                    _rule(kind),
                )
            )


def _common_columns(file, table, expected, obtained, found) -> list[str]:
    common = []
    for name in dict.fromkeys([*table.names, *expected.columns, *obtained.columns]):
        sides = [name in table.names, name in expected.columns, name in obtained.columns]
        if all(sides):
            common.append(name)
            continue
        words = ["a column" if side else "no column" for side in sides]
        found.differences.append(
            Difference(
                file, "", name, words[1], words[2], f"the experiment declares {words[0]} {name}"
            )
        )
    return common


def _row(key, row) -> str:
    return " ".join(f"{name}={plain(row[name])}" for name in key)


def _holds(kind: Kind, expected: pd.Series, obtained: pd.Series) -> np.ndarray:
    """Where two columns agree by their kind."""
    numbers = all(
        pd.api.types.is_numeric_dtype(side) and not pd.api.types.is_bool_dtype(side)
        for side in (expected, obtained)
    )
    if isinstance(kind, Exact):  # as Python's numbers: floats would lose the digits of large ones
        pairs = zip(expected, obtained, strict=True)
        same = [a == b if numbers else plain(a) == plain(b) for a, b in pairs]
        return np.array(same, dtype=bool)
    a, b = expected.to_numpy(float), obtained.to_numpy(float)
    if isinstance(kind, Unchecked):
        return np.isfinite(b) | (kind.nan & np.isnan(b))
    if isinstance(kind, Printed):
        return np.isfinite(a) & (np.round(a, kind.digits) == np.round(b, kind.digits))
    assert isinstance(kind, Close)
    return np.isclose(b, a, rtol=kind.rtol, atol=kind.atol, equal_nan=kind.nan)


def _rule(kind: Kind) -> str:
    match kind:
        case Exact():
            return "exact"
        case Printed(digits):
            return f"equal when rounded to {digits} decimals"
        case Close(rtol, atol):
            return f"within rtol {rtol:g} and atol {atol:g}"
        case Unchecked():
            return "finite"
    raise TypeError(kind)


def _share_differences(file, key, name, kind, pairs) -> Iterator[Difference]:
    """The cells that are not what the counts of their own row make them, on either side."""
    rule = f"as {kind.count} of {kind.trials} of its own row make it"
    for _, row in pairs.iterrows():
        for side in ("expected", "obtained"):
            value, count, trials = (
                row.get(f"{n}|{side}", math.nan) for n in (name, kind.count, kind.trials)
            )
            counted = 0 <= count <= trials <= MOST_TRIALS and trials > 0
            due = share_of(count, trials)[kind.part] if counted else math.nan
            if not abs(value - due) <= SHARE_ROUNDING:  # not >, as NaN would pass that
                yield Difference(file, _row(key, row), name, plain(due), plain(value), rule)


def _count_tests(file, key, name, kind, pairs) -> Iterator[RateTest]:
    for _, row in pairs.iterrows():
        counts = []
        for side in ("expected", "obtained"):
            successes, trials = row[f"{name}|{side}"], row.get(f"{kind.trials}|{side}", math.nan)
            counts.append((successes, trials))
        yield _rate_test(file, _row(key, row), name, *counts)


def _label_tests(file, key, name, expected, obtained) -> Iterator[RateTest]:
    others = [column for column in key if column != "seed"]
    sides = []
    for frame in (expected, obtained):
        groups = frame.groupby(others, sort=True) if others else [((), frame)]
        sides.append({values: group[name].map(plain).value_counts() for values, group in groups})
    for values in dict.fromkeys([*sides[0], *sides[1]]):
        a, b = (side.get(values, pd.Series(dtype=int)) for side in sides)
        row = " ".join(f"{column}={plain(v)}" for column, v in zip(others, values, strict=True))
        for label in dict.fromkeys([*a.index, *b.index]):
            counts = [(int(side.get(label, 0)), int(side.sum())) for side in (a, b)]
            yield _rate_test(file, row or "all rows", f"{name}={label}", *counts)


def _rate_test(file, row, column, expected, obtained) -> RateTest:
    counts = (*expected, *obtained)
    texts = [f"{plain(k)} of {plain(n)}" for k, n in (expected, obtained)]
    whole = all(np.isfinite(n) and n == int(n) for n in counts)
    if not whole or not all(0 <= k <= n <= MOST_TRIALS for k, n in (expected, obtained)):
        rule = f"counts must be whole, k of n, {MOST_TRIALS:,} at most"
        return RateTest(Difference(file, row, column, *texts, rule), -1.0)
    p = same_rate_p(*(int(n) for n in counts))
    return RateTest(Difference(file, row, column, *texts, f"two-sample test, p = {p:.1g}"), p)
