"""What would become of a verdict if a threshold of its rule were another number.

A threshold is a number that was chosen, such as the 0.95 from which on something is true of nearly
all. A judging function takes each as a keyword-only `float` whose default is the stored value, so
that tables can be judged with another. Tolerances and numbers of the documents are no thresholds.
"""

import functools
import inspect
from dataclasses import dataclass

import pandas as pd

from reproductions.evidence.verdicts import Claim, Judge, Judgement, Tables

SHARES = (0.01, 0.05, 0.1, 0.2, 0.5, 0.8, 0.9, 0.95, 0.99)
"""The values that are tried for a threshold that is a share."""

FACTORS = (1 / 4, 1 / 2, 1, 2, 4)
"""By these any other threshold is multiplied."""

COLUMNS = ("id", "threshold", "stored", "value", "verdict")


def of(judge: Judge) -> dict[str, float]:
    """The thresholds of a judging function and their stored values, by name.

    A keyword that `functools.partial` has filled in is settled, and so is no threshold.

    Example:
        `of(judge)` is `{"most": 0.5}` for `def judge(tables, *, most: float = 0.5)`.
    """
    filled: set[str] = set()
    while isinstance(judge, functools.partial):
        filled |= set(judge.keywords)
        judge = judge.func
    return {
        name: float(parameter.default)
        for name, parameter in inspect.signature(judge).parameters.items()
        if parameter.kind is parameter.KEYWORD_ONLY
        and parameter.annotation in (float, "float")
        and parameter.default is not parameter.empty
        and name not in filled
    }


def tried(stored: float) -> tuple[float, ...]:
    """The values that a threshold is moved to, ascending, with the stored one among them.

    A share is moved to the usual shares on its side of one half: what counts as nearly all may
    become another large share, but not a small one. One half itself is moved to 0.2 and to 0.8.
    What is no share, or lies below all of these, is halved and doubled, each once and twice.

    Raises:
        ValueError: the threshold is not positive, so that it has no multiples.
    """
    if not stored > 0:
        raise ValueError(f"a threshold must be positive. Received: {stored!r}")
    if not SHARES[0] <= stored <= SHARES[-1]:
        return tuple(factor * stored for factor in FACTORS)
    if stored == 0.5:
        return 0.2, 0.5, 0.8
    same_side = {share for share in SHARES if share != 0.5 and (share < 0.5) == (stored < 0.5)}
    return tuple(sorted(same_side | {stored}))


def moved(claim: Claim, tables: Tables, judgement: Judgement | None = None) -> pd.DataFrame:
    """The verdicts on a claim when one of its thresholds at a time is moved.

    There is a row per threshold and value, the stored value included; its columns are `COLUMNS`.
    The judgement is what the tables say with the stored thresholds, where that is known already.

    Raises:
        NotMeasured: the tables lack what the claim needs.
    """
    unmoved = judgement or claim.judge(tables)
    rows = []
    for name, stored in of(claim.judge).items():
        for value in tried(stored):
            found = unmoved if value == stored else claim.judge(tables, **{name: value})
            rows.append((claim.id, name, stored, value, found.verdict))
    return pd.DataFrame(rows, columns=list(COLUMNS))


@dataclass(frozen=True)
class Reach:
    """How far one threshold of a claim can be moved before the verdict changes.

    Attributes:
        same: the tried values around the stored one, without a gap, that give the same verdict.
        others: the next value below and above these, where there is one, and its verdict.
        near: whether the verdict changes already at a value next to the stored one.
    """

    id: str
    threshold: str
    stored: float
    verdict: str
    tried: tuple[float, ...]
    same: tuple[float, ...]
    others: tuple[tuple[float, str], ...]
    near: bool


def reaches(moves: pd.DataFrame) -> list[Reach]:
    """How far each threshold of a frame from `moved` can be moved."""
    found = []
    for (id, name, stored), rows in moves.groupby(["id", "threshold", "stored"], sort=False):
        values, verdicts = rows["value"].tolist(), rows["verdict"].tolist()
        place = first = last = values.index(stored)
        while first > 0 and verdicts[first - 1] == verdicts[place]:
            first -= 1
        while last + 1 < len(values) and verdicts[last + 1] == verdicts[place]:
            last += 1
        ends = [end for end in (first - 1, last + 1) if 0 <= end < len(values)]
        others = tuple((values[end], verdicts[end]) for end in ends)
        same, near = tuple(values[first : last + 1]), any(abs(end - place) == 1 for end in ends)
        found.append(Reach(id, name, stored, verdicts[place], tuple(values), same, others, near))
    return found
