"""Holds one results folder against another: `check`, `compare` and `accept`."""

import json
from pathlib import Path

import pandas as pd

from reproductions import report
from reproductions.suite import claims, provenance
from reproductions.suite.comparison import Comparison, Difference, compare_table
from reproductions.suite.errors import InputError
from reproductions.suite.experiment import Experiment, chosen, load, names
from reproductions.suite.files import only_writer, read_bytes, write_whole
from reproductions.suite.runner import CLAIMS_FILE, read_tables, write_folder
from reproductions.suite.tables import read_table, to_csv


def compare(wanted: list[str], expected: Path, obtained: Path, judge: bool) -> Comparison:
    """Everything in which two results folders differ, for the wanted experiments.

    Args:
        wanted: names of experiments.
        expected: the folder with the stored numbers.
        obtained: the folder with the fresh numbers.
        judge: hold what the project must have: every experiment is there, and each folder's
            claims.csv says what a fresh judgement of its own tables says.

    Raises:
        InputError: a folder is missing, or a file in it cannot be read.
    """
    folders = [expected, obtained]
    for folder in folders:
        if not folder.is_dir():
            raise InputError(f"no such results folder. Received: {folder}")
    found = Comparison()
    verdicts = [claims.read(folder / CLAIMS_FILE) for folder in folders]
    for name in wanted:
        there = [_has_results(folder / name) for folder in folders]
        if all(there):
            _compare_experiment(load(name), folders, verdicts, found, judge)
        elif judge or (any(there) and not load(name).optional):
            _missing(found, name, there)
    if set(wanted) >= set(chosen([])):
        _compare_strangers(folders, verdicts, found)
    return found


def _has_results(folder: Path) -> bool:
    """Whether there is more in a folder than what a run that was stopped leaves: hidden files."""
    return folder.is_dir() and any(not path.name.startswith(".") for path in folder.iterdir())


def _compare_experiment(experiment, folders, verdicts, found, judge) -> None:
    records = [provenance.read(folder / experiment.name) for folder in folders]
    if judge:
        for folder in folders:
            _changed_since(folder / experiment.name, found)
    settings = _other_settings(experiment, records)
    found.differences.extend(settings)
    if settings and judge:
        return  # numbers of another setting are no evidence about the stored ones
    seeds = [record["seeds"] for record in records]
    quick = _is_quick(experiment, records)
    quick |= records[0].get("inputs", {}) != records[1].get("inputs", {})
    same_seeds = seeds[0] == seeds[1] and not quick
    readable = _compare_tables(experiment, folders, found, same_seeds, all_rows=not quick)
    ids = [claim.id for claim in experiment.claims]
    rows = [frame[frame["id"].isin(ids)] for frame in verdicts]
    if judge and readable:
        for folder, claimed in zip(folders, rows, strict=True):
            file = str(folder / CLAIMS_FILE)
            try:
                judged = claims.judge(experiment, read_tables(experiment, folder))
            except InputError:
                raise
            except Exception as error:  # whatever the tables lack: rows, labels, sense
                lack = f"{type(error).__name__}: {error}"[:200]
                found.differences.append(
                    Difference(
                        file, experiment.name, "", "claims that can be judged", "tables", lack
                    )
                )
                continue
            compare_table(file, claims.CLAIMS_TABLE, judged, claimed, found)
    rows = [frame.assign(**dict.fromkeys(claims.DERIVED, "")) for frame in rows]
    if not same_seeds:
        found.notes.append(_seeds_note(experiment.name, seeds, rows))
        rows = [frame.assign(verdict="") for frame in rows]
    compare_table(CLAIMS_FILE, claims.CLAIMS_TABLE, *rows, found)


def _changed_since(folder: Path, found: Comparison) -> None:
    """Adds the files, figures too, that are there and not as their run wrote them."""
    for file in provenance.damaged(folder):
        if (folder / file).exists():
            sides = "as its run wrote it", "changed since"
            rule = f"checksum in {provenance.FILE}"
            found.differences.append(Difference(str(folder / file), "", "", *sides, rule))


def _other_settings(experiment: Experiment, records: list[dict]) -> list[Difference]:
    """Where two results were made in different settings, or read tables that were."""
    sides = [(experiment, "", [record["spec"] for record in records])]
    inputs = [record.get("inputs", {}) for record in records]
    sides += [
        (load(name), f"{name}.", [side[name] for side in inputs])
        for name in experiment.inputs
        if all(isinstance(side.get(name), dict) for side in inputs)
    ]
    return [
        Difference(
            f"{experiment.name}/{provenance.FILE}",
            "spec",
            f"{prefix}{field}",
            *(json.dumps(value) for value in pair),
            "another setting, its numbers are not those of this one",
        )
        for source, prefix, specs in sides
        for field, pair in provenance.other_settings(source, *specs).items()
    ]


def _is_quick(experiment: Experiment, records: list[dict]) -> bool:
    """Whether one of two results is a first look, which may lack rows; its spec says so."""
    quick = [{name: record["spec"].get(name) for name in experiment.quick} for record in records]
    return quick[0] != quick[1]


def _seeds_note(name: str, seeds: list[int | None], rows: list[pd.DataFrame]) -> str:
    common = min(count or 0 for count in seeds)
    note = f"{name}: {common} seeds compared ({seeds[0]} stored, {seeds[1]} run)"
    both = pd.merge(*rows, on="id", suffixes=("_stored", "_run"))
    for row in both[both["verdict_stored"] != both["verdict_run"]].itertuples():
        note += f"; {row.id} is '{row.verdict_run}' here, '{row.verdict_stored}' as stored"
    return note


def _compare_tables(experiment: Experiment, folders, found, same_seeds, all_rows) -> bool:
    """Compares every CSV, and that the figures are there; says if the tables can be judged."""
    folders = [folder / experiment.name for folder in folders]
    suffixes = (".csv", ".png", ".svg", ".webp")
    files = {p.name for folder in folders for p in folder.iterdir() if p.suffix in suffixes}
    readable = True
    for file in sorted(files | {f"{table}.csv" for table in experiment.tables}):
        label = f"{experiment.name}/{file}"
        there = [(folder / file).exists() for folder in folders]
        table = experiment.tables.get(file.removesuffix(".csv"))
        if not all(there):
            _missing(found, label, there)
            readable &= table is None
        elif table is not None:
            frames = [read_table(folder / file, table) for folder in folders]
            compare_table(label, table, *frames, found, same_seeds, all_rows)
            readable &= all(set(table.names) <= set(frame.columns) for frame in frames)
        elif file.endswith(".csv"):
            found.differences.append(
                Difference(label, "", "", "no table", "a table", "the experiment declares none")
            )
    return readable


def _compare_strangers(folders, verdicts, found) -> None:
    """Folders and claims that belong to no experiment, as after one was renamed."""
    known = {claim.id for name in names() for claim in load(name).claims}
    for name in sorted({path.name for folder in folders for path in folder.iterdir()}):
        there = [(folder / name).is_dir() for folder in folders]
        if any(there) and not all(there) and name not in (*names(), report.FOLDER):
            _missing(found, name, there)
    for folder, claimed in zip(folders, verdicts, strict=True):
        for stranger in sorted(set(claimed["id"]) - known):
            file, row = str(folder / CLAIMS_FILE), f"id={stranger}"
            found.differences.append(
                Difference(file, row, "", "no row", "a row", "no experiment judges it")
            )


def _missing(found: Comparison, file: str, there: list[bool]) -> None:
    words = ["there" if side else "missing" for side in there]
    found.differences.append(Difference(file, "", "", *words, "files must match both ways"))


def accept(wanted: list[str], latest: Path, expected: Path) -> None:
    """Makes fresh results the stored ones.

    Raises:
        InputError: the fresh results are missing, damaged, or not of the experiment's own spec.
    """
    judged = claims.read(latest / CLAIMS_FILE)
    kept = claims.read(expected / CLAIMS_FILE)
    checked = []
    for name in wanted:
        experiment, folder = load(name), latest / name
        stored = provenance.spec_of(experiment.spec)
        other = provenance.other_settings(experiment, stored, provenance.read(folder)["spec"])
        if other:
            fields = ", ".join(f"{field} = {json.dumps(pair[1])}" for field, pair in other.items())
            raise InputError(
                f"these are results of another setting ({fields}); run {name} without --config"
                f" first. Received: {folder}"
            )
        if not provenance.is_current(folder, experiment, experiment.spec):
            raise InputError(
                f"these are not whole results of today's code and spec; run {name} first."
                f" Received: {folder}"
            )
        for table, frame in read_tables(experiment, latest).items():
            if to_csv(frame) != read_bytes(folder / f"{table}.csv"):
                raise InputError(f"this is not what a run writes. Received: {folder / table}.csv")
        files = provenance.read(folder)["files"]
        checked.append((experiment, {file: read_bytes(folder / file) for file in files}))
    for experiment, contents in checked:
        ids = [claim.id for claim in experiment.claims]
        record = read_bytes(latest / experiment.name / provenance.FILE)
        with only_writer(expected / experiment.name, wait=True):
            write_folder(expected / experiment.name, contents, record)
        kept = claims.merge(kept, judged[judged["id"].isin(ids)], ids)
        write_whole(expected / CLAIMS_FILE, to_csv(kept))
