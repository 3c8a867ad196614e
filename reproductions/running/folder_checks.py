"""Whether the results of one experiment in one folder are what their run wrote."""

import dataclasses
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from reproductions.evidence import drawing, verdicts
from reproductions.evidence.comparison import compare_table
from reproductions.evidence.differences import Comparison, Difference, plain
from reproductions.evidence.errors import InputError, in_short
from reproductions.evidence.kinds import Close, Exact, Table, Unchecked, key_in_words
from reproductions.evidence.tables import conform, to_csv
from reproductions.running import provenance, runner
from reproductions.running.experiment import Experiment
from reproductions.running.files import read_bytes
from reproductions.running.results import CLAIMS_FILE, read_tables

FOLLOWS = "its tables follow from those beside it"
AGAIN = Close(1e-6, 1e-9, "the same numbers are computed again from the same tables", nan=True)
WITHIN = "a number lies within its own interval"
BY_ITSELF = "each table by itself"


def has_results(folder: Path) -> bool:
    """Whether there is more in a folder than what a run that was stopped leaves: hidden files."""
    return folder.is_dir() and any(not path.name.startswith(".") for path in folder.iterdir())


def hold_judged(
    folder: Path, name: str, record: dict, claimed: pd.DataFrame, comparison: Comparison
) -> None:
    """Adds where an experiment's rows of claims.csv are not those that its run judged."""
    if verdicts.digest(claimed) != record["judged"]:
        file, rule = str(folder / CLAIMS_FILE), f"checksum in {provenance.FILE}"
        sides = "the rows that its run judged", "others"
        comparison.add(Difference(file, name, "", *sides, rule))


def hold_claims(
    experiment: Experiment, folder: Path, claimed: pd.DataFrame, comparison: Comparison
) -> None:
    """Adds where rows of claims.csv are not what a folder's own tables say.

    Raises:
        InputError: a table cannot be read.
    """
    file = str(folder / CLAIMS_FILE)
    tables = read_tables(experiment, folder)
    try:
        judged = verdicts.judge(experiment.claims, tables)
    except Exception as error:  # whatever the tables lack: rows, labels, sense
        lack = in_short(error)
        sides = "claims that can be judged", "tables"
        comparison.add(Difference(file, experiment.name, "", *sides, lack))
        return
    compare_table(file, verdicts.CLAIMS_TABLE, judged, claimed, comparison)
    for row in judged.itertuples():
        if not _in_order(row.low, row.obtained, row.high):
            sides = f"from {row.low} to {row.high}", row.obtained
            comparison.add(Difference(file, f"id={row.id}", "obtained", *sides, WITHIN))


def _in_order(*cells: object) -> bool:
    """Whether numbers, of which some may be missing, are in ascending order."""
    numbers = pd.to_numeric(pd.Series(cells, dtype=object), errors="coerce")
    return bool(numbers.dropna().is_monotonic_increasing)


def refuse_changed(experiment: Experiment, results: Path, claims: pd.DataFrame) -> None:
    """Refuses to show what is not what a run wrote.

    Raises:
        InputError: a file of the experiment, or one of its claims, was changed since.
    """
    comparison, folder = Comparison(), results / experiment.name
    record = provenance.read(folder)
    claimed = claims[claims["id"].isin([claim.id for claim in experiment.claims])]
    hold_judged(results, experiment.name, record, claimed, comparison)
    changed = [difference.file for difference in comparison.differences]
    for path in (*(str(folder / file) for file in provenance.damaged(folder)), *changed):
        raise InputError(
            f"this is not what the run of {experiment.name} wrote; run it again. Received: {path}"
        )


def hold_claims_form(results: Path, claims: pd.DataFrame, comparison: Comparison) -> None:
    """Adds where claims.csv is not written as a run writes it: sorted by id, no needless quotes."""
    path = results / CLAIMS_FILE
    if path.exists() and to_csv(claims.sort_values("id")) != read_bytes(path):
        sides = "a table as a run writes it", "another"
        comparison.add(
            Difference(str(path), "", "", *sides, "rows sorted by id, no needless quotes")
        )


def hold_files(folder: Path, experiment: Experiment, record: dict, comparison: Comparison) -> None:
    """Adds where a folder does not hold what its run wrote: each file, and nothing else."""
    for table in experiment.tables:
        if f"{table}.csv" not in record["files"]:
            sides = f"{table}.csv", "no such file"
            rule = "a run lists every file that it wrote"
            comparison.add(Difference(str(folder / provenance.FILE), "files", "", *sides, rule))
    hold_figure_names(folder, experiment, record, comparison)
    for file in provenance.damaged(folder):
        sides = "as its run wrote it", "changed since" if (folder / file).exists() else "missing"
        rule = f"checksum in {provenance.FILE}"
        comparison.add(Difference(str(folder / file), "", "", *sides, rule))
    for file in provenance.strangers(folder):
        sides = "nothing", "a folder" if (folder / file).is_dir() else "a file"
        rule = f"{provenance.FILE} lists all that its run wrote"
        comparison.add(Difference(str(folder / file), "", "", *sides, rule))


def hold_figure_names(
    folder: Path, experiment: Experiment, record: dict, comparison: Comparison
) -> None:
    """Adds the figures that a run's tables give and its list lacks, or the other way round."""
    spec = _spec_of(experiment, record)
    if spec is None:
        return
    try:
        due = set(experiment.figures(spec, read_tables(experiment, folder.parent)))
    except InputError:  # which the comparison of the tables says
        return
    except Exception as error:  # whatever the tables lack
        _cannot_be_drawn(folder, error, comparison)
        return
    pairs: dict[str, set[str]] = {}
    for file in record["files"]:
        name, _, kind = file.rpartition(".")
        if not (kind == "csv" and name in experiment.tables):
            pairs.setdefault(name, set()).add(kind)
    wrong = [name for name, kinds in pairs.items() if kinds not in ({"png", "svg"}, {"webp"})]
    for name in [*wrong, *sorted(due - set(pairs)), *sorted(set(pairs) - due)]:
        path, rule = str(folder / provenance.FILE), "the experiment says what is drawn"
        sides = "a figure" if name in due else "no figure", "listed otherwise"
        comparison.add(Difference(path, "files", name, *sides, rule))


def _spec_of(experiment: Experiment, record: dict) -> Any:
    """The spec of a run of the declared setting or of a first look; None of any other."""
    settings: tuple[Mapping, ...] = ({}, experiment.quick)
    for changes in settings:
        if experiment.has_seeds and isinstance(record["seeds"], int):
            changes = {**changes, "seeds": record["seeds"]}
        spec = dataclasses.replace(experiment.spec, **changes)
        if provenance.alike(provenance.spec_of(spec), record["spec"]):
            return spec
    return None


def _cannot_be_drawn(folder: Path, error: Exception, comparison: Comparison) -> None:
    sides = "tables that can be drawn", in_short(error)
    comparison.add(Difference(str(folder), "", "", *sides, "figures show the tables"))


def hold_inputs(
    experiment: Experiment, results: Path, record: dict, comparison: Comparison
) -> None:
    """Adds where results say that they read tables of a setting which those beside them are not."""
    beside = _beside(experiment, results)
    for name in {**beside, **record["inputs"]}:
        if not provenance.alike(record["inputs"].get(name), beside.get(name)):
            file = str(results / experiment.name / provenance.FILE)
            sides = f"the setting of the {name} beside it", "another"
            rule = f"results are made from the tables beside them: run {experiment.name} again"
            comparison.add(Difference(file, "inputs", name, *sides, rule))


def _beside(experiment: Experiment, results: Path) -> dict[str, Any]:
    """The settings of the results that an experiment reads, as they lie beside it."""
    there = {name: has_results(results / name) for name in experiment.inputs}
    return {
        name: provenance.read(results / name)["spec"] if there[name] else None for name in there
    }


def hold_derived(
    experiment: Experiment, results: Path, record: dict, comparison: Comparison
) -> None:
    """Adds where tables that follow from others alone are not what those beside them give."""
    spec = _spec_of(experiment, record)
    if not experiment.derived or spec is None:
        return
    if not provenance.alike(record["inputs"], _beside(experiment, results)):
        return  # which `hold_inputs` says
    folder = results / experiment.name
    try:
        frames = runner.tables_of(experiment, spec, results)
        again = {n: runner.reread(n, frames[n], table) for n, table in experiment.tables.items()}
        there = read_tables(experiment, results)
    except Exception as error:  # whatever the tables beside it lack
        sides = "tables that can be made again", in_short(error)
        comparison.add(Difference(str(folder), "", "", *sides, FOLLOWS))
        return
    for name, table in experiment.tables.items():
        kinds = {column: AGAIN if k.of_numbers else Exact() for column, k in table.columns.items()}
        same = Table(table.key, kinds)
        compare_table(str(folder / f"{name}.csv"), same, again[name], there[name], comparison)


def hold_form(path: Path, frame: pd.DataFrame, table: Table, comparison: Comparison) -> bool:
    """Adds where a table is not as a run writes it: columns, rows in order, cells, intervals.

    Claims and figures may read rows by their place. Says whether it has its form.
    """
    try:
        why = "" if to_csv(conform(path.stem, frame, table)) == read_bytes(path) else "its rows"
    except ValueError as error:
        why = str(error)
    if why:
        rule = "columns as declared, rows sorted by key, numbers at their shortest"
        comparison.add(Difference(str(path), "", "", "a table as a run writes it", why, rule))
        return False
    for name, kind in table.columns.items():
        if isinstance(kind, Close):
            possible = kind.possible(frame[name].to_numpy(float))
            _add_cells(path, frame, table, name, possible, kind.bounds, comparison)
    for name, low, high in _intervals(table):
        ends = [frame[end].to_numpy(float) for end in (low, name, high)]
        inside = ~((ends[0] > ends[1]) | (ends[1] > ends[2]) | (ends[0] > ends[2]))
        _add_cells(path, frame, table, name, inside, WITHIN, comparison)
    return True


def _intervals(table: Table) -> Iterator[tuple[str, str, str]]:
    """The columns of numbers that have an interval, each with those of its two ends.

    The ends of `x` are `x_low` and `x_high`, and `low` and `high` belong to the column before them.
    """
    names = list(table.columns)
    for place, (name, kind) in enumerate(table.columns.items()):
        ends = f"{name}_low", f"{name}_high"
        if not isinstance(kind, Close | Unchecked):
            continue
        if set(ends) <= set(names):
            yield name, *ends
        elif names[place + 1 : place + 3] == ["low", "high"]:
            yield name, "low", "high"


def _add_cells(
    path: Path,
    frame: pd.DataFrame,
    table: Table,
    name: str,
    sound: np.ndarray,
    rule: str,
    comparison: Comparison,
) -> None:
    """Adds the first cell of a column that is not sound, and how many more there are."""
    wrong = np.flatnonzero(~sound)
    for place in wrong[:1]:
        row = {column: frame[column].iloc[place] for column in frame}
        where = str(path), key_in_words(table.key, row), name
        comparison.add(Difference(*where, rule, plain(row[name]), BY_ITSELF, len(wrong) - 1))


def hold_figures(
    experiment: Experiment, results: Path, files: Mapping[str, bytes], comparison: Comparison
) -> None:
    """Adds the figures that are not what the tables give when they are drawn again."""
    names = {file.rpartition(".")[0] for file in files}
    try:
        figures = experiment.figures(experiment.spec, read_tables(experiment, results))
        drawn = drawing.render_all({name: draw for name, draw in figures.items() if name in names})
    except Exception as error:  # whatever the tables lack
        _cannot_be_drawn(results / experiment.name, error, comparison)
        return
    for file, data in sorted(files.items()):
        if file not in drawn or not drawing.same_figure(file, drawn[file], data):
            path = str(results / experiment.name / file)
            sides = "what the tables give, drawn again", "another figure"
            comparison.add(Difference(path, "", "", *sides, "figures show the tables"))
