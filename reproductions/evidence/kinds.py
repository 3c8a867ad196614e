"""How a table's column is held against its stored numbers: the six kinds of comparison."""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class Exact:
    """Equality: integers, labels, verdicts."""


@dataclass(frozen=True)
class Printed:
    """Equality after rounding to the `digits` decimals that a document prints."""

    digits: int


@dataclass(frozen=True)
class Close:
    """|obtained - expected| <= atol + rtol * |expected|; `reason` says why so much is allowed.

    NaN equals NaN only with `nan=True`, which says that NaN is a legal outcome of the column.
    """

    rtol: float
    atol: float
    reason: str
    nan: bool = False


@dataclass(frozen=True)
class Rate:
    """A share of random initialisations, held by a two-sample test on its counts.

    With `trials`, the column holds the number of successes in as many trials as the column named
    `trials` says. Without, the table has a row a seed, the column holds a label (an outcome), and
    the counts of every label are compared within the rows that differ in `seed` alone.
    """

    trials: str | None = None


@dataclass(frozen=True)
class Share:
    """A share of random initialisations, or an end of its 95 % Wilson interval.

    It must be what the counts of its own row make it, in both folders, to `SHARE_ROUNDING`. How far
    it may be from the stored one is a matter of those counts, which `Rate` holds: a tolerance of
    its own would be passed by chance before that test speaks, or be too wide to see an edited cell.
    """

    count: str
    trials: str
    part: Literal["share", "low", "high"]


SHARE_ROUNDING = 1e-9


def shares(count: str, trials: str = "seeds") -> dict[str, Share]:
    """The columns `share`, `low` and `high` beside those of the counts that they follow from."""
    return {part: Share(count, trials, part) for part in ("share", "low", "high")}


@dataclass(frozen=True)
class Unchecked:
    """Only that the column is there and finite: times, throughput, what single seeds came to.

    With `nan=True`, NaN is a legal outcome.
    """

    nan: bool = False


Kind = Exact | Printed | Close | Rate | Share | Unchecked


MOST_TRIALS = 10**8
"""As many seeds as a run takes; the test of greater counts would take minutes."""

LISTED = 2**16
"""Seeds that have a row, or a curve, of their own, at most; of ten million it would be gigabytes,
and the counts hold all."""


@dataclass(frozen=True)
class Table:
    """What a table must look like: its key columns, and each value column's kind.

    `over_seeds` marks a table whose rows sum up all seeds: run over other seeds than the stored
    one, only its `Rate` columns can be held. Of many differences in one column the first is named
    and the others are counted, unless `name_every_row` is set.
    """

    key: tuple[str, ...]
    columns: dict[str, Kind]
    over_seeds: bool = False
    name_every_row: bool = False

    @property
    def names(self) -> list[str]:
        """All columns in the order in which they are written."""
        return [*self.key, *self.columns]
