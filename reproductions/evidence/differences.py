"""What holding one set of numbers against another found: differences, and tests of rates."""

import re
from dataclasses import dataclass, field, replace

import numpy as np

from reproductions.evidence.errors import one_line

FALSE_ALARM = 1e-4
"""How often all the rate tests of one check together may raise a false alarm, at most."""

INTEGER = re.compile(r"-?(0|[1-9][0-9]*)")
"""How a whole number is written. Python's own `int` takes `1_000`, ` 7` and `٣` too."""

LONGEST = 200
"""Characters of a place or a cell that a difference shows."""


def plain(value: object) -> str:
    """A value as a difference shows it."""
    if isinstance(value, float | np.floating):
        return repr(float(value))
    return str(value)


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

    def __str__(self) -> str:
        place = ", ".join(text for text in (self.row, self.column) if text)
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
