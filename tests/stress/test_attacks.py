"""Whole columns and rows of stored tables changed, and the checksums with them: `check` sees it.

Somebody who can write into a results folder makes its checksums fit, and its claims.csv too. What
is left to see the change is what the numbers are held by.
"""

import contextlib
import hashlib
import json
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd
from joblib import Parallel, delayed

from reproductions.evidence import verdicts
from reproductions.evidence.errors import InputError
from reproductions.evidence.kinds import Close, Exact, Printed, Share, Unchecked
from reproductions.evidence.statistics import same_rate_p
from reproductions.evidence.tables import to_csv
from reproductions.running import checking, experiment, provenance, results
from reproductions.running.results import CLAIMS_FILE, read_table, read_tables
from tests.stress import stored

EVERY = 211
"""Of the attacks one in so many is tried, but at full size."""

LEVEL = 1e-4 / 40_000
"""Of a rate test in a whole check; in the check of one experiment it is a larger number."""


def on_columns(frame: pd.DataFrame, shape) -> Iterator[tuple[str, str, pd.DataFrame, bool]]:
    """Attacks on whole columns: what is done, to which, the frame, and whether it must be seen."""
    for column, kind in shape.columns.items():
        values = frame[column]
        held = not isinstance(kind, Unchecked)
        for what, other in _others(values):
            if len(frame) and not other.equals(values):
                changed = frame.assign(**{column: other})
                seen = _must_be_seen(frame, changed, column, kind) if held else False
                yield what, column, changed, seen


def _others(values: pd.Series) -> Iterator[tuple[str, pd.Series]]:
    if values.dtype == object:
        yield "one text in all", pd.Series(["x"] * len(values), dtype=object)
    elif values.dtype == bool:
        yield "turned round", ~values
    else:
        yield "all zero", values * 0
        yield "all one number", values * 0 + 12_345
        yield "doubled, and one", values * 2 + 1
        yield "sign turned", -values
    yield "rows turned round", values[::-1].reset_index(drop=True)


def _must_be_seen(before, after, column, kind) -> bool:
    """What is beyond the column's tolerance; of rates, what the counts can tell from chance."""
    a, b = before[column].to_numpy(), after[column].to_numpy()
    match kind:
        case Exact():
            return not np.array_equal(a, b)
        case Close(rtol, atol):
            with np.errstate(invalid="ignore"):  # infinities, which stay as they are
                return bool(np.any(np.abs(b - a) > (atol + rtol * np.abs(a)) * (1 + 1e-9)))
        case Printed(digits):
            return bool(np.any(np.abs(b - a) > 10.0**-digits))
        case Share():
            return bool(np.any(np.abs(b - a) > 2e-9))
    if kind.trials is None:
        return _labels_moved(before, after, column)
    pairs = zip(before[column], before[kind.trials], after[column], strict=True)
    return any(not 0 <= k <= n or same_rate_p(a, n, k, n) < LEVEL for a, n, k in pairs)


def _labels_moved(before, after, column) -> bool:
    """Whether some label's share over all rows moved beyond chance, or a new one came."""
    labels = set(before[column]) | set(after[column])
    n = len(before)
    return any(
        same_rate_p(int((before[column] == label).sum()), n, int((after[column] == label).sum()), n)
        < LEVEL
        for label in labels
    )


def on_rows(frame: pd.DataFrame, shape) -> Iterator[tuple[str, str, pd.DataFrame, bool]]:
    """Attacks on whole rows."""
    if not len(frame):
        return
    yield "all rows gone", "", frame.head(0), True
    yield "first row gone", "", frame.iloc[1:], True
    yield "last row gone", "", frame.iloc[:-1], True
    yield "last row twice", "", pd.concat([frame, frame.tail(1)]), True
    for key in shape.key:
        if frame[key].nunique() > 1:
            values = frame[key].to_numpy()[::-1]
            turned = frame.assign(**{key: values})
            same = frame.sort_values(list(shape.key)).reset_index(drop=True)
            again = turned.sort_values(list(shape.key)).reset_index(drop=True)
            held = [k for c, k in shape.columns.items() if not isinstance(k, Unchecked)]
            if held and not turned.duplicated(list(shape.key)).any() and not same.equals(again):
                yield f"rows under other keys ({key})", "", turned, False


def attacks() -> Iterator[tuple[str, str, str, str, pd.DataFrame, bool]]:
    """Experiment, table, what, column, the changed frame, whether it must be seen."""
    for name in experiment.names():
        for table, shape in experiment.load(name).tables.items():
            path = stored.EXPECTED / name / f"{table}.csv"
            if path.exists():
                frame = read_table(path, shape)
                for attack in (on_columns, on_rows):
                    for what, column, changed, seen in attack(frame, shape):
                        yield name, table, what, column, changed, seen


def made(top: Path, name: str, table: str, frame: pd.DataFrame) -> None:
    """Makes results of one experiment with one table changed; checksums and claims fit it."""
    loaded = experiment.load(name)
    for needed in (name, *loaded.inputs):
        shutil.copytree(stored.EXPECTED / needed, top / needed)
    folder, data = top / name, to_csv(frame)
    (folder / f"{table}.csv").write_bytes(data)
    path = folder / provenance.FILE
    record = json.loads(path.read_text())
    record["files"][f"{table}.csv"] = hashlib.sha256(data).hexdigest()
    path.write_text(json.dumps(record))
    kept = results.read_claims(stored.EXPECTED)
    # Where no verdict fits what is left, the rows stay as they are stored.
    with contextlib.suppress(Exception):
        fresh = verdicts.judge(loaded.claims, read_tables(loaded, top))
        kept = verdicts.merge(kept, fresh, [claim.id for claim in loaded.claims])
    (top / CLAIMS_FILE).write_bytes(to_csv(kept))


def tried(name: str, table: str, what: str, column: str, frame: pd.DataFrame, must: bool) -> dict:
    """A row: what was done, whether it must be seen, and whether `check` saw it."""
    with tempfile.TemporaryDirectory() as top, np.errstate(all="ignore"):
        made(Path(top), name, table, frame)
        try:
            found = checking.compare([name], stored.EXPECTED, Path(top), judge=True)
            seen = bool(found.concluded())
        except InputError:
            seen = True
    kind = experiment.load(name).tables[table].columns.get(column)
    return {
        "file": f"{name}/{table}.csv",
        "attack": what,
        "column": column,
        "kind": type(kind).__name__.lower() if kind else "rows",
        "must_be_seen": must,
        "seen": seen,
    }


def test_what_touches_a_held_column_is_seen(full, report):
    chosen = (attack for i, attack in enumerate(attacks()) if full or i % EVERY == 0)
    rows = pd.DataFrame(Parallel(n_jobs=-1)(delayed(tried)(*attack) for attack in chosen))
    missed = rows[rows["must_be_seen"] & ~rows["seen"]]
    summary = rows.groupby(["kind", "attack"])[["must_be_seen", "seen"]].sum()
    summary.insert(0, "tried", rows.groupby(["kind", "attack"]).size())
    report(
        f"attacks: {len(rows):,} on whole columns and rows, checksums and claims fitting;"
        f" {rows['must_be_seen'].sum():,} had to be seen, {len(missed)} of them were not;"
        f" {rows['seen'].sum():,} seen in all",
        "attacks",
        summary.reset_index(),
    )
    assert missed.empty, missed.to_string()
