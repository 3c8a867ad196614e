"""A results folder: reading its tables and claims, and replacing an experiment's files."""

import functools
from pathlib import Path

import pandas as pd

from reproductions.evidence import verdicts
from reproductions.evidence.errors import InputError
from reproductions.evidence.kinds import Kind, Table
from reproductions.evidence.tables import MOST_BYTES, parse_cells, parse_table
from reproductions.running import provenance
from reproductions.running.experiment import Experiment, load
from reproductions.running.files import read_bytes, write_together

CLAIMS_FILE = "claims.csv"
REPORT_FOLDER = "report"
"""Where the page goes, among the results that it shows."""


def read_cells(path: Path) -> tuple[list[str], list[list[str]]]:
    """The header and the rows of a CSV file, as text; errors as in `parse_cells`."""
    return parse_cells(path, read_bytes(path, MOST_BYTES))


def read_table(path: Path, table: Table) -> pd.DataFrame:
    """A table from its file; errors as in `parse_table`."""
    data = read_bytes(path, MOST_BYTES)
    return _parsed(path, data, tuple(table.columns.items())).copy()


@functools.lru_cache(maxsize=64)
def _parsed(path: Path, data: bytes, columns: tuple[tuple[str, Kind], ...]) -> pd.DataFrame:
    """A table of these bytes, parsed once for all that a check holds it against."""
    return parse_table(path, data, Table((), dict(columns)))


def read_tables(experiment: Experiment, results: Path) -> dict[str, pd.DataFrame]:
    """All tables of an experiment from a results folder.

    Raises:
        InputError: one is missing or cannot be read.
    """
    folder = results / experiment.name
    return {
        name: read_table(folder / f"{name}.csv", table) for name, table in experiment.tables.items()
    }


def read_claims(results: Path) -> pd.DataFrame:
    """A results folder's claims.csv as text; an empty table where there is none yet.

    Raises:
        InputError: the file cannot be read, or has other columns.
    """
    path = results / CLAIMS_FILE
    if not path.exists() and not path.is_symlink():
        return pd.DataFrame(columns=list(verdicts.COLUMNS), dtype=object)
    header, rows = read_cells(path)
    if header != list(verdicts.COLUMNS):
        raise InputError(
            f"cannot read {path}: its columns must be {','.join(verdicts.COLUMNS)}."
            f" Received: {','.join(header)[:200]}"
        )
    return pd.DataFrame(rows, columns=header, dtype=object)


def read_inputs(experiment: Experiment, results: Path) -> dict[str, dict[str, pd.DataFrame]]:
    """The tables of other experiments that this one reads, by experiment and name.

    Raises:
        InputError: such a table is not in the results folder, or cannot be read.
    """
    inputs = {}
    for name, wanted in experiment.inputs.items():
        tables, folder = load(name).tables, results / name
        if not folder.is_dir():
            raise InputError(
                f"{experiment.name} reads the tables of {name}; run {name} first."
                f" Received: {results}"
            )
        inputs[name] = {
            table: read_table(folder / f"{table}.csv", tables[table]) for table in wanted
        }
    return inputs


def write_folder(folder: Path, contents: dict[str, bytes], record: bytes) -> None:
    """Replaces an experiment's files; the provenance comes last, as it vouches for the others.

    Raises:
        InputError: the folder is a link, which may lead anywhere, or cannot be written to.
    """
    if folder.is_symlink():
        raise InputError(f"cannot write {folder}: it is a link, which may lead anywhere")
    gone = [folder / name for name in provenance.listed(folder) if name not in contents]
    everything = contents | {provenance.FILE: record}
    write_together({folder / name: data for name, data in everything.items()}, gone)
