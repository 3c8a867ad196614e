"""Holding one set of tables against another: every difference named by file, row and column."""

import math
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd

from reproductions.evidence.errors import one_line
from reproductions.evidence.kinds import (
    LISTED,
    MOST_TRIALS,
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
from reproductions.evidence.statistics import same_rate_p, share_of
from reproductions.evidence.tables import INTEGER, plain

FALSE_ALARM = 1e-4
"""How often all the rate tests of one check together may raise a false alarm, at most."""


LONGEST = 200
"""Characters of a place or a cell that a difference shows."""


@dataclass(frozen=True)
class Difference:
    """One place where two results folders do not agree, and how many more there are like it."""

    file: str
    row: str
    column: str
    expected: str
    obtained: str
    rule: str
    more: int = 0

    def __str__(self):
        place = ", ".join(part for part in (self.row, self.column) if part)
        where = f"{self.file}: {place[:LONGEST]}" if place else self.file
        sides = f"expected {self.expected[:LONGEST]}, obtained {self.obtained[:LONGEST]}"
        text = f"{where}: {sides} ({self.rule})"
        if self.more:
            text += f", and {self.more:,} more in this {'column' if self.column else 'file'}"
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

    def add(self, difference: Difference) -> None:
        """Takes in a difference."""
        self.differences.append(difference)

    def concluded(self) -> list[Difference]:
        """All differences, the rates' included, each rate at its share of `FALSE_ALARM`.

        Dividing by the number of tests (Bonferroni) keeps the promise whatever their dependence.
        """
        level = FALSE_ALARM / max(1, len(self.rate_tests))
        moved: dict[tuple[str, str], Difference] = {}
        for test in self.rate_tests:
            if test.p < level:
                first = test.difference
                rule = f"{first.rule}, level {level:.1g}"
                known = moved.get((first.file, first.column))
                moved[first.file, first.column] = (
                    replace(known, more=known.more + 1) if known else replace(first, rule=rule)
                )
        return [*self.differences, *moved.values()]


def compare_table(
    file: str,
    table: Table,
    expected: pd.DataFrame,
    obtained: pd.DataFrame,
    found: Comparison,
    same_seeds: bool = True,
    all_rows: bool = True,
    seeds: tuple[int | None, int | None] = (None, None),
) -> None:
    """Adds to `found` every difference between two versions of one table.

    Args:
        file: the name under which differences are reported.
        table: the key columns and the kind of every value column.
        expected: the stored numbers.
        obtained: the fresh numbers.
        found: receives differences and rate tests.
        same_seeds: False holds only what two runs over different seeds, or a first look, have in
            common.
        all_rows: False lets a table lack rows, as after a first look at fewer settings.
        seeds: how many each side ran over, by its provenance; None where it has none.
    """
    columns = _common_columns(file, table, expected, obtained, found)
    key = [name for name in table.key if name in columns]
    if key != list(table.key):
        return
    for frame, side in ((expected, "expected"), (obtained, "obtained")):
        repeated = frame.duplicated(key)
        if repeated.any():
            row = _row(key, frame[repeated].iloc[0])
            twice = f"a repeated key ({side})"
            found.add(Difference(file, row, "", "each key once", twice, "exact"))
            return
    both = pd.merge(
        expected[columns].astype({name: object for name in key}),
        obtained[columns].astype({name: object for name in key}),
        on=key,
        how="outer",
        suffixes=("|expected", "|obtained"),
        indicator=True,
        sort=False,
    )
    lonely = both[both["_merge"] != "both"]
    pairs = both[both["_merge"] == "both"]
    if not same_seeds:
        lonely = _must_be_there(lonely, pairs, table, all_rows, seeds)
    shown = lonely if table.name_every_row else lonely[:1]
    for _, row in shown.iterrows():
        sides = ("a row", "no row") if row["_merge"] == "left_only" else ("no row", "a row")
        rule, more = "rows must match both ways", len(lonely) - len(shown)
        found.add(Difference(file, _row(key, row), "", *sides, rule, more))
    if not same_seeds:
        _hold_seeds(file, table, key, expected, obtained, pairs, seeds, not all_rows, found)
    for name in columns:
        kind = table.columns.get(name)
        if kind is None:
            continue
        if isinstance(kind, Rate) and kind.trials is None:
            found.rate_tests.extend(_label_tests(file, key, name, expected, obtained))
            continue
        if isinstance(kind, Share):
            found.values += len(pairs)
            _hold_shares(file, table, name, pairs, found)
            continue
        if not same_seeds and table.over_seeds and not isinstance(kind, Rate):
            continue
        found.values += len(pairs)
        if isinstance(kind, Rate):
            found.rate_tests.extend(_count_tests(file, key, name, kind, pairs, same_seeds))
            continue
        sides = pairs[f"{name}|expected"], pairs[f"{name}|obtained"]
        wrong = np.flatnonzero(~_holds(kind, *sides))
        shown = wrong if table.name_every_row else wrong[:1]
        for place in shown:
            values = (plain(side.iloc[place]) for side in sides)
            row, more = _row(key, pairs.iloc[place]), len(wrong) - len(shown)
            found.add(Difference(file, row, name, *values, _rule(kind), more))


def _must_be_there(lonely, pairs, table, all_rows, seeds) -> pd.DataFrame:
    """The rows of one side alone that the other side should have, though it ran other seeds.

    A seed that both ran over has its row on both sides. A first look may leave settings out, but
    no table altogether.
    """
    others = [name for name in table.key if name != "seed"]
    if "seed" in table.key:
        fewer = min(count or 0 for count in seeds)
        numbers = pd.to_numeric(lonely["seed"], errors="coerce")
        lonely = lonely[~(numbers >= fewer)]  # what is no number stays
    if all_rows or not len(pairs):
        return lonely
    if not others:
        return lonely
    if "seed" in table.key:
        return lonely.merge(pairs[others].drop_duplicates(), on=others)
    return lonely.iloc[:0] if table.over_seeds else lonely


def _hold_seeds(file, table, key, expected, obtained, pairs, seeds, first_look, found) -> None:
    """Holds what tables say of the number of seeds against what their provenance says."""
    if None in seeds:
        return
    rule = f"the provenance says {seeds[0]} seeds and {seeds[1]}"
    for column in _trials(table):
        if not isinstance(table.columns.get(column), Exact):
            continue  # held as what it is
        counts = [pairs[f"{column}|{side}"].map(_count) for side in ("expected", "obtained")]
        # A first look may have numbers of its own in place of the setting's.
        fits = [
            _fits(*pair, seeds) or (first_look and pair[0] != seeds[0])
            for pair in zip(*counts, strict=True)
        ]
        wrong = np.flatnonzero(~np.array(fits, dtype=bool))
        if len(wrong):
            row = pairs.iloc[wrong[0]]
            values = (plain(row[f"{column}|{side}"]) for side in ("expected", "obtained"))
            found.add(Difference(file, _row(key, row), column, *values, rule, len(wrong) - 1))
    if "seed" in key:
        others = [name for name in key if name != "seed"]
        sides = [_seeds_listed(frame, others) for frame in (expected, obtained)]
        common = [group for group in sides[0] if group in sides[1]]
        wrong = [g for g in common if not _listed_alike(sides[0][g], sides[1][g], seeds)]
        if wrong:
            row = " ".join(f"{n}={plain(v)}" for n, v in zip(others, wrong[0], strict=True))
            values = (f"{len(side[wrong[0]])} seeds" for side in sides)
            found.add(Difference(file, row, "seed", *values, rule, len(wrong) - 1))


def _trials(table: Table) -> list[str]:
    """The columns that hold the trials of counts, and the one named `seeds`."""
    kinds = table.columns.values()
    named = [kind.trials for kind in kinds if isinstance(kind, Rate | Share) and kind.trials]
    return list(dict.fromkeys([*named, *(["seeds"] if "seeds" in table.columns else [])]))


def _fits(expected: int, obtained: int, seeds: tuple[int, int]) -> bool:
    """Whether two numbers of trials go with two numbers of seeds.

    They are all seeds; or a number of the setting's own, or a part of all seeds, of as many seeds
    as there are.
    """
    if expected == seeds[0]:
        return obtained == seeds[1]
    part = -(-expected * seeds[1] // seeds[0])
    return obtained in {expected, min(expected, seeds[1]), part, max(part - 1, 1)}


def _listed_alike(expected: pd.Series, obtained: pd.Series, seeds: tuple[int, int]) -> bool:
    """Whether both sides list all their seeds, or both the same number of the first ones."""
    if not (_are_the_first(expected) and _are_the_first(obtained)):
        return len(expected) != seeds[0] or len(obtained) == seeds[1]
    counts = len(expected), len(obtained)
    if counts[0] < seeds[0]:
        return counts[1] == min(seeds[1], counts[0])
    return counts[1] == min(seeds[1], LISTED)


def _are_the_first(listed: pd.Series) -> bool:
    numbers = pd.to_numeric(listed, errors="coerce")
    return bool(numbers.min() == 0 and numbers.max() == len(listed) - 1 == numbers.nunique() - 1)


def _seeds_listed(frame: pd.DataFrame, others: list[str]) -> dict[tuple, pd.Series]:
    """The seeds that have rows, each once, by the other key columns."""
    if not others:
        return {(): frame["seed"].drop_duplicates()}
    groups = frame.groupby(others, sort=True)["seed"]
    return {group: listed.drop_duplicates() for group, listed in groups}


def _common_columns(file, table, expected, obtained, found) -> list[str]:
    common = []
    for name in dict.fromkeys([*table.names, *expected.columns, *obtained.columns]):
        sides = [name in table.names, name in expected.columns, name in obtained.columns]
        if all(sides):
            common.append(name)
            continue
        words = ["a column" if side else "no column" for side in sides]
        rule = f"the experiment declares {words[0]} {name}"
        found.add(Difference(file, "", name, words[1], words[2], rule))
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
        return np.all([np.isfinite(side) | (kind.nan & np.isnan(side)) for side in (a, b)], axis=0)
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


def _count(cell) -> int:
    """A cell that counts seeds or successes; -1 for anything but a whole number from 0 on.

    In a column in which somebody wrote a text, the other cells are texts too.
    """
    if isinstance(cell, float | np.floating) and cell.is_integer():
        cell = int(cell)
    text = plain(cell)
    return int(text) if INTEGER.fullmatch(text) and 0 <= int(text[:20]) <= MOST_TRIALS else -1


def _hold_shares(file, table, name, pairs, found) -> None:
    """Adds the cells that are not what the counts of their own row make them, on either side."""
    kind = table.columns[name]
    rule = f"as {kind.count} of {kind.trials} of its own row make it"
    wrong = []
    for side in ("expected", "obtained"):
        columns = (f"{n}|{side}" for n in (name, kind.count, kind.trials))
        cells = [pairs[c] if c in pairs else pd.Series(math.nan, pairs.index) for c in columns]
        for place, (value, *counts) in enumerate(zip(*cells, strict=True)):
            count, trials = map(_count, counts)
            counted = 0 <= count <= trials and trials > 0
            due = share_of(count, trials)[kind.part] if counted else math.nan
            if not abs(value - due) <= SHARE_ROUNDING:  # not >, as NaN would pass that
                wrong.append((place, due, value))
    shown = wrong if table.name_every_row else wrong[:1]
    for place, due, value in shown:
        row, more = _row(table.key, pairs.iloc[place]), len(wrong) - len(shown)
        found.add(Difference(file, row, name, plain(due), plain(value), rule, more))


def _count_tests(file, key, name, kind, pairs, same_seeds) -> Iterator[RateTest]:
    for _, row in pairs.iterrows():
        counts = [
            (row[f"{name}|{side}"], row.get(f"{kind.trials}|{side}", math.nan))
            for side in ("expected", "obtained")
        ]
        yield _rate_test(file, _row(key, row), name, *counts, none_on_both=same_seeds)


def _label_tests(file, key, name, expected, obtained) -> Iterator[RateTest]:
    others = [column for column in key if column != "seed"]
    sides = []
    for frame in (expected, obtained):
        groups = frame.groupby(others, sort=True) if others else [((), frame)]
        sides.append({values: group[name].map(plain).value_counts() for values, group in groups})
    for values in [group for group in sides[0] if group in sides[1]]:
        a, b = (side[values] for side in sides)
        row = " ".join(f"{column}={plain(v)}" for column, v in zip(others, values, strict=True))
        for label in dict.fromkeys([*a.index, *b.index]):
            counts = [(int(side.get(label, 0)), int(side.sum())) for side in (a, b)]
            yield _rate_test(file, row or "all rows", f"{name}={label}", *counts)


def _rate_test(file, row, column, expected, obtained, none_on_both=True) -> RateTest:
    """Two counts under test; with the same seeds, those out of none are so on both sides."""
    texts = [f"{plain(k)} of {plain(n)}" for k, n in (expected, obtained)]
    counts = [(_count(k), _count(n)) for k, n in (expected, obtained)]
    one_sided = none_on_both and (counts[0][1] == 0) != (counts[1][1] == 0)
    if one_sided or not all(0 <= k <= n for k, n in counts):
        rule = f"counts must be whole, k of n, {MOST_TRIALS:,} at most"
        return RateTest(Difference(file, row, column, *texts, rule), -1.0)
    p = same_rate_p(*counts[0], *counts[1])
    return RateTest(Difference(file, row, column, *texts, f"two-sample test, p = {p:.1g}"), p)
