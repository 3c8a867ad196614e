"""Runs experiments and writes what they give: tables, figures, provenance, claims."""

import dataclasses
import time
from pathlib import Path

import pandas as pd

from reproductions.suite import claims, drawing, provenance
from reproductions.suite.errors import InputError
from reproductions.suite.experiment import Experiment, load
from reproductions.suite.files import write_whole
from reproductions.suite.kinds import Table
from reproductions.suite.progress import progress
from reproductions.suite.tables import conform, parse_table, read_table, to_csv

CLAIMS_FILE = "claims.csv"


QUICK_SEEDS = 32


def run(
    names: list[str],
    results: Path,
    seeds: int | None = None,
    force: bool = False,
    quick: bool = False,
) -> None:
    """Runs experiments into a results folder and prints a line for each, then the verdicts.

    What is already there and would come out the same is left as it is, unless `force` is set.

    Raises:
        InputError: the folder cannot be written to, or its claims.csv cannot be read.
    """
    verdicts = claims.read(results / CLAIMS_FILE)
    write_whole(results / CLAIMS_FILE, to_csv(verdicts))  # fails now rather than after an hour
    ran = []
    # Those that read what others make come last; the sort keeps the order of the rest.
    names = sorted(names, key=lambda name: bool(load(name).inputs))
    with progress(names, what="experiments", unit="experiment") as bar:
        for name in bar:
            bar.set_description(name)
            experiment = load(name)
            spec = spec_for(experiment, seeds, quick)
            ran.extend(claim.id for claim in experiment.claims)
            started = time.perf_counter()
            if not force and provenance.is_current(results / name, experiment, spec):
                judged = claims.judge(experiment, read_tables(experiment, results))
                took = "unchanged"
            else:
                judged = run_one(experiment, spec, results)
                took = f"{time.perf_counter() - started:.1f} s"
            verdicts = claims.merge(verdicts, judged, [claim.id for claim in experiment.claims])
            write_whole(results / CLAIMS_FILE, to_csv(verdicts))
            bar.write(f"{name:24} {took:>9}")
    print(verdict_lines(verdicts[verdicts["id"].isin(ran)]))


def read_tables(experiment: Experiment, results: Path) -> dict[str, pd.DataFrame]:
    """All tables of an experiment from a results folder.

    Raises:
        InputError: one is missing or cannot be read.
    """
    folder = results / experiment.name
    return {
        name: read_table(folder / f"{name}.csv", table) for name, table in experiment.tables.items()
    }


def spec_for(experiment: Experiment, seeds: int | None = None, quick: bool = False):
    """The experiment's spec, with as many seeds as the command line asks for.

    `quick` takes its settings for a first look, and few seeds where no number is asked for.
    """
    changes = dict(experiment.quick) if quick else {}
    if experiment.has_seeds:
        few = min(QUICK_SEEDS, experiment.spec.seeds) if quick else experiment.spec.seeds
        changes["seeds"] = seeds or few
    return dataclasses.replace(experiment.spec, **changes)


def run_one(experiment: Experiment, spec, results: Path) -> pd.DataFrame:
    """Runs one experiment, writes its files, and returns its rows of claims.csv.

    Claims and figures are made from the tables as they will be read back, so that they say
    nothing that the stored numbers do not.
    """
    started = time.perf_counter()
    frames = experiment.run(*arguments(experiment, spec, results))
    if set(frames) != set(experiment.tables):
        raise ValueError(
            f"{experiment.name} must make the tables {sorted(experiment.tables)}."
            f" Received: {sorted(frames)}"
        )
    shapes = experiment.tables.items()
    tables = {name: reread(name, frames[name], table) for name, table in shapes}
    contents = {f"{name}.csv": to_csv(tables[name]) for name, _ in shapes}
    judged = claims.judge(experiment, tables)
    contents |= drawing.render_all(experiment.figures, tables)
    seconds = time.perf_counter() - started
    record = provenance.describe(experiment, spec, seconds, contents, results)
    write_folder(results / experiment.name, contents, provenance.to_json(record))
    return judged


def arguments(experiment: Experiment, spec, results: Path) -> tuple:
    """What an experiment's `run` is called with: its spec, and the tables that it reads, if any.

    Raises:
        InputError: such a table is not in the results folder, or cannot be read.
    """
    if not experiment.inputs:
        return (spec,)
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
    return spec, inputs


def reread(name: str, frame: pd.DataFrame, table: Table) -> pd.DataFrame:
    """A table in its declared shape, as it will be read back from disk."""
    return parse_table(Path(f"{name}.csv"), to_csv(conform(name, frame, table)), table)


def write_folder(folder: Path, contents: dict[str, bytes], record: bytes) -> None:
    """Replaces an experiment's files; the provenance comes last, as it vouches for the others."""
    try:
        stale = [n for n in provenance.read(folder)["files"] if n not in contents]
    except InputError:
        stale = []
    for name, data in contents.items():
        write_whole(folder / name, data)
    for name in stale:
        if Path(name).name == name:  # never outside the folder
            (folder / name).unlink(missing_ok=True)
    write_whole(folder / provenance.FILE, record)


def verdict_lines(rows: pd.DataFrame) -> str:
    """The verdicts as a run ends with them: a line a claim, then a count of each verdict."""
    lines = [
        f"{row.id}  {row.verdict:18}  {row.statement}"
        + (f" [{row.obtained}]" if row.obtained else "")
        for row in rows.itertuples()
    ]
    counts = rows["verdict"].value_counts()
    total = ", ".join(f"{counts[v]} {v}" for v in claims.VERDICTS if v in counts)
    return "\n".join([*lines, f"{len(rows)} claims: {total or 'none'}"])
