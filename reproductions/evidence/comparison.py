"""Holding one table against another: rows, columns, and numbers of seeds.

What a column holds is compared by its kind.
"""

import numpy as np
import pandas as pd

from reproductions.evidence.differences import Comparison, Difference, plain
from reproductions.evidence.kinds import (
    LISTED,
    SIDES,
    Column,
    Exact,
    Rate,
    Share,
    Table,
    counted,
    key_in_words,
)


def compare_frames(
    table: Table, expected: pd.DataFrame, obtained: pd.DataFrame, name: str = "table"
) -> list[Difference]:
    """Every difference between two versions of one table; none where all holds.

    Args:
        table: the key columns and the kind of every value column.
        expected: the stored numbers.
        obtained: the fresh numbers.
        name: under which differences are reported.
    """
    comparison = Comparison()
    compare_table(name, table, expected, obtained, comparison)
    return comparison.concluded()


def compare_table(
    file: str,
    table: Table,
    expected: pd.DataFrame,
    obtained: pd.DataFrame,
    comparison: Comparison,
    same_seeds: bool = True,
    all_rows: bool = True,
    seeds: tuple[int | None, int | None] = (None, None),
) -> None:
    """Adds to `comparison` every difference between two versions of one table.

    Args:
        file: the name under which differences are reported.
        table: the key columns and the kind of every value column.
        expected: the stored numbers.
        obtained: the fresh numbers.
        comparison: receives differences and rate tests.
        same_seeds: False holds only what two runs over different seeds, or a first look, have in
            common.
        all_rows: False lets a table lack rows, as after a first look at fewer settings.
        seeds: how many each side ran over, by its provenance; None where it has none.
    """
    columns = _common_columns(file, table, expected, obtained, comparison)
    key = [name for name in table.key if name in columns]
    if key != list(table.key):
        return
    for frame, side in ((expected, "expected"), (obtained, "obtained")):
        repeated = frame.duplicated(key)
        if repeated.any():
            row = key_in_words(key, frame[repeated].iloc[0])
            twice = f"a repeated key ({side})"
            comparison.add(Difference(file, row, "", "each key once", twice, "exact"))
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
        comparison.add(Difference(file, key_in_words(key, row), "", *sides, rule, more))
    if not same_seeds:
        _hold_seeds(file, table, key, expected, obtained, pairs, seeds, not all_rows, comparison)
    for name in columns:
        kind = table.columns.get(name)
        if kind and (same_seeds or not table.over_seeds or kind.over_other_seeds):
            column = Column(file, table, name, (expected, obtained), pairs, same_seeds)
            kind.hold(column, comparison)


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


def _hold_seeds(file, table, key, expected, obtained, pairs, seeds, first_look, comparison) -> None:
    """Holds what tables say of the number of seeds against what their provenance says."""
    if None in seeds:
        return
    rule = f"the provenance says {seeds[0]} seeds and {seeds[1]}"
    for column in _trials(table):
        if not isinstance(table.columns.get(column), Exact):
            continue  # held as what it is
        counts = [pairs[f"{column}|{side}"].map(counted) for side in SIDES]
        # A first look may have numbers of its own in place of the setting's.
        fits = [
            _fits(stored, fresh, seeds) or (first_look and stored != seeds[0])
            for stored, fresh in zip(*counts, strict=True)
        ]
        wrong = np.flatnonzero(~np.array(fits, dtype=bool))
        if len(wrong):
            row = pairs.iloc[wrong[0]]
            stored, fresh = (plain(row[f"{column}|{side}"]) for side in SIDES)
            where = file, key_in_words(key, row), column
            comparison.add(Difference(*where, stored, fresh, rule, len(wrong) - 1))
    if "seed" in key:
        others = [name for name in key if name != "seed"]
        sides = [_seeds_listed(frame, others) for frame in (expected, obtained)]
        common = [group for group in sides[0] if group in sides[1]]
        unlike = [g for g in common if not _listed_alike(sides[0][g], sides[1][g], seeds)]
        if unlike:
            row = " ".join(f"{n}={plain(v)}" for n, v in zip(others, unlike[0], strict=True))
            stored, fresh = (f"{len(side[unlike[0]])} seeds" for side in sides)
            comparison.add(Difference(file, row, "seed", stored, fresh, rule, len(unlike) - 1))


def _trials(table: Table) -> list[str]:
    """The columns that hold the trials of counts, and the one named `seeds`."""
    kinds = table.columns.values()
    named = [kind.trials for kind in kinds if isinstance(kind, Rate | Share) and kind.trials]
    return list(dict.fromkeys([*named, *(["seeds"] if "seeds" in table.columns else [])]))


def _fits(expected: int, obtained: int, seeds: tuple[int, int]) -> bool:
    """Whether two numbers of trials go with two numbers of seeds.

    The trials of a table may be all seeds, a number that the setting fixes (less where there are
    fewer seeds), or a fixed part of all seeds.
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


def _common_columns(file, table, expected, obtained, comparison) -> list[str]:
    common = []
    for name in dict.fromkeys([*table.names, *expected.columns, *obtained.columns]):
        sides = [name in table.names, name in expected.columns, name in obtained.columns]
        if all(sides):
            common.append(name)
            continue
        words = ["a column" if side else "no column" for side in sides]
        rule = f"the experiment declares {words[0]} {name}"
        comparison.add(Difference(file, "", name, words[1], words[2], rule))
    return common
