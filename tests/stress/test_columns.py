"""Every column of the stored tables: `check` sees what it must see, and lets pass what it must."""

import pandas as pd
import pytest

from reproductions.evidence.kinds import Rate
from tests.stress import columns, stored


@pytest.fixture(scope="module")
def tables(full):
    """The stored tables; in a sample, a few rows of every third."""
    found = [table for table in stored.tables(None if full else 10) if len(table.frame)]
    return found if full else found[::3]


def test_changed_numbers_are_caught_and_nudged_ones_pass(tables, report):
    rows = pd.DataFrame([row for table in tables for row in columns.caught(table)])
    held = rows[~rows["kind"].eq("unchecked")]
    report(
        f"columns: {len(rows)} of {len(tables)} tables, {len(held)} of them held to a tolerance;"
        f" {rows['changed'].sum():,} changes beyond it, {rows['caught'].sum():,} caught;"
        f" {rows['nudged'].sum():,} within it, {rows['alarms'].sum():,} alarms;"
        f" {len(stored.missing())} declared tables have no stored numbers",
        "columns",
        rows,
    )
    assert rows[rows["changed"] != rows["caught"]].empty
    assert rows[rows["alarms"] > 0].empty
    assert rows[~rows["one_cell"] | ~rows["absent"]].empty
    assert rows["changed"].gt(0).all()
    declared = sum(
        not isinstance(kind, Rate) for table in tables for kind in table.shape.columns.values()
    )
    assert len(rows) == declared > 0


def test_changed_keys_are_caught(tables, report):
    missed = [
        (table.file, key)
        for table in tables
        for key in table.shape.key
        if not columns.other_key(table, key)
    ]
    changed = sum(len(table.shape.key) for table in tables)
    report(f"keys: one cell changed in each of {changed} columns, {len(missed)} missed")
    assert missed == []
