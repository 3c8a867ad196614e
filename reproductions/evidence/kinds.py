"""How a table's column is held against its stored numbers: the six kinds of comparison.

Each kind compares a column itself: `hold` adds what differs to a comparison.
"""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd

from reproductions.evidence.differences import INTEGER, Comparison, Difference, RateTest, plain
from reproductions.evidence.statistics import same_rate_p, share_of

MOST_TRIALS = 10**8
"""As many seeds as a run takes; the test of greater counts would take minutes."""

LISTED = 2**16
"""The most seeds that have a row or a curve of their own. For ten million seeds these would be
gigabytes; the counts include every seed."""

SIDES = ("expected", "obtained")


@dataclass(frozen=True)
class Column:
    """One column of a table, on both sides.

    Attributes:
        file: the name under which differences are reported.
        table: the table that it belongs to.
        name: its own name.
        frames: the stored table and the fresh one, whole.
        pairs: the rows that both have, their columns named `name|expected` and `name|obtained`.
        same_seeds: whether both sides ran over the same seeds.
    """

    file: str
    table: "Table"
    name: str
    frames: tuple[pd.DataFrame, pd.DataFrame]
    pairs: pd.DataFrame
    same_seeds: bool = True

    def row(self, place: int) -> str:
        """The key of a row of the pairs, in words."""
        return key_in_words(self.table.key, self.pairs.iloc[place])

    def cells(self, name: str, side: str) -> pd.Series:
        """What a column holds on one side in the rows that both have; NaN where there is none."""
        whole = f"{name}|{side}"
        return self.pairs[whole] if whole in self.pairs else pd.Series(math.nan, self.pairs.index)

    def add(self, differing: list[tuple[int, str, str]], rule: str, comparison: Comparison) -> None:
        """Adds the rows that differ: the first and how many more, or each by itself.

        Args:
            differing: place among the pairs, and what both sides hold.
            rule: which they do not keep.
            comparison: receives the differences.
        """
        shown = differing if self.table.name_every_row else differing[:1]
        more = len(differing) - len(shown)
        for place, expected, obtained in shown:
            row = self.row(place)
            comparison.add(Difference(self.file, row, self.name, expected, obtained, rule, more))


class Kind:
    """How a column is held.

    Attributes:
        nan: whether NaN is a legal outcome.
        over_other_seeds: whether it is held between runs over different seeds too, in a table
            whose rows sum up all seeds.
    """

    nan = False
    over_other_seeds = False

    @property
    def of_numbers(self) -> bool:
        """Whether it holds nothing but numbers."""
        return True

    @property
    def rule(self) -> str:
        """What must be so, in words."""
        raise NotImplementedError

    def holds(self, expected: pd.Series, obtained: pd.Series) -> np.ndarray:
        """Where the numbers of two columns agree."""
        raise NotImplementedError

    def hold(self, column: Column, comparison: Comparison) -> None:
        """Adds what differs to a comparison."""
        comparison.values += len(column.pairs)
        a, b = (column.pairs[f"{column.name}|{side}"] for side in SIDES)
        wrong = np.flatnonzero(~self.holds(a, b)).tolist()
        values = [(place, plain(a.iloc[place]), plain(b.iloc[place])) for place in wrong]
        column.add(values, self.rule, comparison)


@dataclass(frozen=True)
class Exact(Kind):
    """Equality: integers, labels, verdicts."""

    @property
    def of_numbers(self) -> bool:
        """Whether it holds nothing but numbers."""
        return False

    @property
    def rule(self) -> str:
        """What must be so, in words."""
        return "exact"

    def holds(self, expected: pd.Series, obtained: pd.Series) -> np.ndarray:
        """Where two columns agree; as Python's numbers, as floats lose digits of large ones."""
        numbers = all(
            pd.api.types.is_numeric_dtype(side) and not pd.api.types.is_bool_dtype(side)
            for side in (expected, obtained)
        )
        pairs = zip(expected, obtained, strict=True)
        same = [a == b if numbers else plain(a) == plain(b) for a, b in pairs]
        return np.array(same, dtype=bool)


@dataclass(frozen=True)
class Printed(Kind):
    """Equality after rounding to the `digits` decimals that a document prints."""

    digits: int

    @property
    def rule(self) -> str:
        """What must be so, in words."""
        return f"equal when rounded to {self.digits} decimals"

    def holds(self, expected: pd.Series, obtained: pd.Series) -> np.ndarray:
        """Where the numbers of two columns agree."""
        a, b = expected.to_numpy(float), obtained.to_numpy(float)
        return np.isfinite(a) & (np.round(a, self.digits) == np.round(b, self.digits))


@dataclass(frozen=True)
class Close(Kind):
    """|obtained - expected| <= atol + rtol * |expected|, and each within the quantity's bounds.

    Two tables are held by the tolerance, and each by itself by the bounds.

    Attributes:
        rtol: the relative tolerance.
        atol: the absolute one.
        reason: why so much is allowed.
        nan: whether NaN is a legal outcome of the column; only then NaN equals NaN.
        least: the smallest number that the quantity can be: 0 for a share, -1 for a correlation.
        most: the largest one.
    """

    rtol: float
    atol: float
    reason: str
    nan: bool = False
    least: float = -math.inf
    most: float = math.inf

    @property
    def rule(self) -> str:
        """What must be so, in words."""
        return f"within rtol {self.rtol:g} and atol {self.atol:g}"

    @property
    def bounds(self) -> str:
        """What the quantity can be, in words."""
        least = [f"at least {self.least:g}"] if self.least > -math.inf else []
        most = [f"at most {self.most:g}"] if self.most < math.inf else []
        return " and ".join([*least, *most]) or "any number"

    def possible(self, values: np.ndarray) -> np.ndarray:
        """Where the quantity can be what a column says."""
        return ~((values < self.least) | (values > self.most))

    def holds(self, expected: pd.Series, obtained: pd.Series) -> np.ndarray:
        """Where the numbers of two columns agree."""
        a, b = expected.to_numpy(float), obtained.to_numpy(float)
        return np.isclose(b, a, rtol=self.rtol, atol=self.atol, equal_nan=self.nan)


@dataclass(frozen=True)
class Unchecked(Kind):
    """Only that the column is there and finite: times, throughput, what single seeds came to.

    With `nan=True`, NaN is a legal outcome.
    """

    nan: bool = False

    @property
    def rule(self) -> str:
        """What must be so, in words."""
        return "finite"

    def holds(self, expected: pd.Series, obtained: pd.Series) -> np.ndarray:
        """Where both columns hold what they may."""
        sides = (side.to_numpy(float) for side in (expected, obtained))
        return np.all([np.isfinite(side) | (self.nan & np.isnan(side)) for side in sides], axis=0)


@dataclass(frozen=True)
class Rate(Kind):
    """A share of random initialisations, held by a two-sample test on its counts.

    With `trials`, the column holds the number of successes in as many trials as the column named
    `trials` says. Without, the table has a row a seed, the column holds a label (an outcome), and
    the counts of every label are compared within the rows that differ in `seed` alone. Where a row
    says what other seeds may choose otherwise, such as the best of all, its counts are of the same
    thing only over the same seeds: `over_other_seeds=False`.
    """

    trials: str | None = None
    over_other_seeds: bool = True

    @property
    def of_numbers(self) -> bool:
        """Whether it holds counts, and no labels."""
        return self.trials is not None

    def hold(self, column: Column, comparison: Comparison) -> None:
        """Adds a test for each count, or for each label, to a comparison."""
        if self.trials is None:
            comparison.rate_tests.extend(self._of_labels(column))
            return
        comparison.values += len(column.pairs)
        comparison.rate_tests.extend(self._of_counts(column))

    def _of_counts(self, column: Column) -> Iterator[RateTest]:
        keys = column.pairs[list(column.table.key)].to_dict("records")
        counts = [
            zip(column.cells(column.name, side), column.cells(str(self.trials), side), strict=True)
            for side in SIDES
        ]
        for key, stored, fresh in zip(keys, *counts, strict=True):
            where = column.file, key_in_words(column.table.key, key), column.name
            yield _rate_test(*where, stored, fresh, none_on_both=column.same_seeds)

    def _of_labels(self, column: Column) -> Iterator[RateTest]:
        others = [name for name in column.table.key if name != "seed"]
        sides = []
        for frame in column.frames:
            groups = frame.groupby(others, sort=True) if others else [((), frame)]
            counts = {values: group[column.name].map(plain) for values, group in groups}
            sides.append({values: labels.value_counts() for values, labels in counts.items()})
        for values in [group for group in sides[0] if group in sides[1]]:
            a, b = (side[values] for side in sides)
            words = (f"{name}={plain(v)}" for name, v in zip(others, values, strict=True))
            row = " ".join(words) or "all rows"
            for label in dict.fromkeys([*a.index, *b.index]):
                stored, fresh = ((int(side.get(label, 0)), int(side.sum())) for side in (a, b))
                yield _rate_test(column.file, row, f"{column.name}={label}", stored, fresh)


@dataclass(frozen=True)
class Share(Kind):
    """A share of random initialisations, or an end of its 95 % Wilson interval.

    It must be what the counts of its own row make it, in both folders, to `SHARE_ROUNDING`. How far
    it may be from the stored one is a matter of those counts, which `Rate` tests: a tolerance on
    the share itself would be exceeded by chance, or be too wide to notice an edited cell.
    """

    count: str
    trials: str
    part: Literal["share", "low", "high"]
    over_other_seeds = True

    @property
    def rule(self) -> str:
        """What must be so, in words."""
        return f"as {self.count} of {self.trials} of its own row make it"

    def hold(self, column: Column, comparison: Comparison) -> None:
        """Adds the cells that are not what the counts of their row make them, on either side."""
        pairs = column.pairs
        comparison.values += len(pairs)
        wrong = []
        for side in SIDES:
            cells = [column.cells(name, side) for name in (column.name, self.count, self.trials)]
            for place, (value, *numbers) in enumerate(zip(*cells, strict=True)):
                count, trials = map(counted, numbers)
                sound = 0 <= count <= trials and trials > 0
                due = share_of(count, trials)[self.part] if sound else math.nan
                if not abs(value - due) <= SHARE_ROUNDING:  # not >, as NaN would pass that
                    wrong.append((place, plain(due), plain(value)))
        column.add(wrong, self.rule, comparison)


SHARE_ROUNDING = 1e-9


def shares(count: str, trials: str = "seeds") -> dict[str, Kind]:
    """The columns of a count, of its trials, and of the share that they make with its interval.

    `statistics.share_of` makes what the columns `share`, `low` and `high` hold.
    """
    parts: tuple[Literal["share", "low", "high"], ...] = ("share", "low", "high")
    kinds: dict[str, Kind] = {count: Rate(trials), trials: Exact()}
    kinds |= {part: Share(count, trials, part) for part in parts}
    return kinds


def key_in_words(key: tuple[str, ...] | list[str], row: pd.Series | Mapping[str, object]) -> str:
    """A row's key, as a difference names the row."""
    return " ".join(f"{name}={plain(row[name])}" for name in key)


def counted(cell: object) -> int:
    """A cell that counts seeds or successes; -1 for anything but a whole number from 0 on.

    In a column in which somebody wrote a text, the other cells are texts too.
    """
    if isinstance(cell, float | np.floating) and float(cell).is_integer():
        cell = int(cell)
    text = plain(cell)
    return int(text) if INTEGER.fullmatch(text) and 0 <= int(text[:20]) <= MOST_TRIALS else -1


def _rate_test(
    file: str,
    row: str,
    column: str,
    expected: tuple[object, object],
    obtained: tuple[object, object],
    none_on_both: bool = True,
) -> RateTest:
    """Tests two counts; where `none_on_both`, a count of 0 trials on one side alone is an error."""
    stored, fresh = (f"{plain(k)} of {plain(n)}" for k, n in (expected, obtained))
    a, b = ((counted(k), counted(n)) for k, n in (expected, obtained))
    one_sided = none_on_both and (a[1] == 0) != (b[1] == 0)
    if one_sided or not all(0 <= k <= n for k, n in (a, b)):
        rule = f"counts must be whole, k of n, {MOST_TRIALS:,} at most"
        return RateTest(Difference(file, row, column, stored, fresh, rule), -1.0)
    p = same_rate_p(*a, *b)
    rule = f"two-sample test, p = {p:.1g}"
    return RateTest(Difference(file, row, column, stored, fresh, rule), p)


@dataclass(frozen=True)
class Table:
    """What a table must look like: its key columns, and each value column's kind.

    `over_seeds` marks a table whose rows sum up all seeds: run over other seeds than the stored
    one, only its `Rate` and `Share` columns are compared. Of many differences in one column the
    first is named and the others are counted, unless `name_every_row` is set.
    """

    key: tuple[str, ...]
    columns: Mapping[str, Kind]
    over_seeds: bool = False
    name_every_row: bool = False

    @property
    def names(self) -> list[str]:
        """All columns in the order in which they are written."""
        return [*self.key, *self.columns]
