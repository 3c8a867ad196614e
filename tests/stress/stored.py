"""The stored tables, one by one."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pandas as pd

from reproductions.evidence.comparison import compare_table
from reproductions.evidence.differences import Comparison
from reproductions.evidence.kinds import Table
from reproductions.evidence.tables import parse_table, to_csv
from reproductions.running import experiment
from reproductions.running.results import read_table

EXPECTED = experiment.FOLDER.parent / "results" / "expected"


@dataclass(frozen=True)
class Stored:
    """One stored table: its file, as differences name it, its declared shape, and its numbers."""

    file: str
    shape: Table
    frame: pd.DataFrame

    def only(self, *columns: str) -> "Stored":
        """The table with some of its value columns."""
        kinds = {column: self.shape.columns[column] for column in columns}
        shape = Table(self.shape.key, kinds, self.shape.over_seeds, name_every_row=True)
        return Stored(self.file, shape, self.frame[shape.names])

    def compared(self, column: str | None = None, values: pd.Series | None = None) -> Comparison:
        """What `check` finds when a column of the fresh results holds other values."""
        fresh = self.frame if column is None else self.frame.assign(**{column: values})
        again = parse_table(Path(self.file), to_csv(fresh), self.shape)
        found, shape = Comparison(), replace(self.shape, name_every_row=True)
        compare_table(self.file, shape, self.frame, again, found)
        return found


def tables(rows: int | None = None) -> Iterator[Stored]:
    """Every declared table of which numbers are stored; about so many rows of each, or all."""
    for name in experiment.names():
        for table, shape in experiment.load(name).tables.items():
            path = EXPECTED / name / f"{table}.csv"
            if path.exists():
                frame = read_table(path, shape)
                every = max(1, len(frame) // rows) if rows else 1
                # A few rows are read as a file of their own: a column of texts such as "0.1" and
                # "tuned" is one of numbers where the sample holds no "tuned".
                few = parse_table(path, to_csv(frame[::every]), shape) if every > 1 else frame
                yield Stored(f"{name}/{table}.csv", shape, few)


def missing() -> list[str]:
    """Every declared table of which no numbers are stored."""
    return [
        f"{name}/{table}.csv"
        for name in experiment.names()
        for table in experiment.load(name).tables
        if not (EXPECTED / name / f"{table}.csv").exists()
    ]
