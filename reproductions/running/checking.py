"""Holds one results folder against another: `check`, `compare` and `accept`."""

import dataclasses
import json
from collections.abc import Mapping
from pathlib import Path

import pandas as pd

from reproductions.evidence import drawing, verdicts
from reproductions.evidence.comparison import compare_table
from reproductions.evidence.differences import Comparison, Difference
from reproductions.evidence.errors import InputError
from reproductions.evidence.kinds import Table
from reproductions.evidence.tables import conform, to_csv
from reproductions.running import provenance
from reproductions.running.experiment import Experiment, chosen, load, names, unloadable
from reproductions.running.files import only_writer, read_bytes, write_whole
from reproductions.running.results import (
    CLAIMS_FILE,
    REPORT_FOLDER,
    read_claims,
    read_table,
    read_tables,
    write_folder,
)


def compare(wanted: list[str], expected: Path, obtained: Path, judge: bool) -> Comparison:
    """Everything in which two results folders differ, for the wanted experiments.

    Args:
        wanted: names of experiments.
        expected: the folder with the stored numbers.
        obtained: the folder with the fresh numbers.
        judge: hold what the project must have: every experiment is there, and each folder's
            claims.csv says what a fresh judgement of its own tables says.

    Raises:
        InputError: a folder is missing or holds no results, or a file in it cannot be read.
    """
    folders = [expected, obtained]
    for folder in folders:
        if not folder.is_dir():
            raise InputError(f"no such results folder. Received: {folder}")
        if (folder / provenance.FILE).exists():
            raise InputError(
                "these are the results of one experiment; name the folder around it, which holds"
                f" {CLAIMS_FILE} and a folder for each experiment. Received: {folder}"
            )
    comparison = Comparison()
    judged_claims = [read_claims(folder) for folder in folders]
    for name in wanted:
        there = [_has_results(folder / name) for folder in folders]
        if (why := unloadable().get(name)) is not None:
            if judge or any(there):
                sides = "an experiment", why
                comparison.add(Difference(name, "", "", *sides, "every experiment can be loaded"))
        elif all(there):
            _compare_experiment(load(name), folders, judged_claims, comparison, judge)
        elif judge or (any(there) and not load(name).optional):
            _missing(comparison, name, there)
    if judge and set(wanted) >= set(chosen([])):
        for name in names():
            if name not in (*wanted, *unloadable()) and _has_results(expected / name):
                _hold_stored(load(name), expected, judged_claims[0], comparison)
    if set(wanted) >= set(chosen([])):
        _compare_strangers(folders, judged_claims, comparison)
    if not (comparison.values or comparison.rate_tests or comparison.differences):
        raise InputError(
            f"there is nothing to hold here: a results folder holds {CLAIMS_FILE} and a folder for"
            f" each experiment, as results/latest does. Received: {expected} and {obtained}"
        )
    return comparison


def _has_results(folder: Path) -> bool:
    """Whether there is more in a folder than what a run that was stopped leaves: hidden files."""
    return folder.is_dir() and any(not path.name.startswith(".") for path in folder.iterdir())


def _compare_experiment(experiment, folders, judged_claims, comparison, judge) -> None:
    records = [provenance.read(folder / experiment.name) for folder in folders]
    for folder, record in zip(folders, records, strict=True):
        _hold_files(folder / experiment.name, experiment, record, comparison)
    settings = _other_settings(experiment, records)
    if judge and not settings:
        settings = _other_than_declared(experiment, records[0]["spec"])
    for difference in settings:
        comparison.add(difference)
    if settings and judge:
        return  # numbers of another setting are no evidence about the stored ones
    seeds = records[0]["seeds"], records[1]["seeds"]
    _hold_inputs(experiment, folders, records, comparison)
    quick = _is_quick(experiment, records) or records[0]["inputs"] != records[1]["inputs"]
    same_seeds = seeds[0] == seeds[1] and not quick
    looser = {"same_seeds": same_seeds, "all_rows": not quick, "seeds": seeds}
    readable = _compare_tables(experiment, folders, comparison, looser)
    ids = [claim.id for claim in experiment.claims]
    rows = [frame[frame["id"].isin(ids)] for frame in judged_claims]
    for folder, record, claimed in zip(folders, records, rows, strict=True):
        _hold_judged(folder, experiment.name, record, claimed, comparison)
    if judge and readable:
        for folder, claimed in zip(folders, rows, strict=True):
            hold_claims(experiment, folder, claimed, comparison)
        if same_seeds:
            _hold_fresh_figures(experiment, folders, records[1], comparison)
    stored, fresh = (frame.assign(**dict.fromkeys(verdicts.DERIVED, "")) for frame in rows)
    if not same_seeds:
        comparison.notes.append(_seeds_note(experiment.name, seeds, [stored, fresh]))
        stored, fresh = (frame.assign(verdict="") for frame in (stored, fresh))
    compare_table(CLAIMS_FILE, verdicts.CLAIMS_TABLE, stored, fresh, comparison)


def _hold_stored(
    experiment: Experiment, expected: Path, claims: pd.DataFrame, comparison: Comparison
) -> None:
    """Adds where the stored results of an experiment do not fit together.

    Those that run only when they are named have no fresh results to be compared with.
    """
    record = provenance.read(expected / experiment.name)
    claimed = claims[claims["id"].isin([claim.id for claim in experiment.claims])]
    _hold_files(expected / experiment.name, experiment, record, comparison)
    _hold_judged(expected, experiment.name, record, claimed, comparison)
    hold_claims(experiment, expected, claimed, comparison)


def _hold_judged(
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
        lack = f"{type(error).__name__}: {error}"[:200]
        sides = "claims that can be judged", "tables"
        comparison.add(Difference(file, experiment.name, "", *sides, lack))
        return
    compare_table(file, verdicts.CLAIMS_TABLE, judged, claimed, comparison)


def _hold_files(folder: Path, experiment: Experiment, record: dict, comparison: Comparison) -> None:
    """Adds where a folder does not hold what its run wrote: each file, and nothing else."""
    for table in experiment.tables:
        if f"{table}.csv" not in record["files"]:
            sides = f"{table}.csv", "no such file"
            rule = "a run lists every file that it wrote"
            comparison.add(Difference(str(folder / provenance.FILE), "files", "", *sides, rule))
    _hold_figure_names(folder, experiment, record, comparison)
    for file in provenance.damaged(folder):
        sides = "as its run wrote it", "changed since" if (folder / file).exists() else "missing"
        rule = f"checksum in {provenance.FILE}"
        comparison.add(Difference(str(folder / file), "", "", *sides, rule))
    for file in provenance.strangers(folder):
        sides = "nothing", "a folder" if (folder / file).is_dir() else "a file"
        rule = f"{provenance.FILE} lists all that its run wrote"
        comparison.add(Difference(str(folder / file), "", "", *sides, rule))


def _hold_figure_names(folder, experiment, record, comparison) -> None:
    """Adds the figures that a run's tables give and its list lacks, or the other way round.

    What another setting draws is not known here.
    """
    settings: tuple[Mapping, ...] = ({}, experiment.quick)
    for changes in settings:
        if experiment.has_seeds and isinstance(record["seeds"], int):
            changes = {**changes, "seeds": record["seeds"]}
        if (
            provenance.spec_of(spec := dataclasses.replace(experiment.spec, **changes))
            == (record["spec"])
        ):
            break
    else:
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


def _cannot_be_drawn(folder: Path, error: Exception, comparison: Comparison) -> None:
    sides = "tables that can be drawn", f"{type(error).__name__}: {error}"[:200]
    comparison.add(Difference(str(folder), "", "", *sides, "figures show the tables"))


def _hold_inputs(experiment, folders, records, comparison) -> None:
    """Adds where results say that they read tables of a setting which those beside them are not."""
    for folder, record in zip(folders, records, strict=True):
        beside = {
            name: provenance.read(folder / name)["spec"] if _has_results(folder / name) else None
            for name in experiment.inputs
        }
        for name in {**beside, **record["inputs"]}:
            if record["inputs"].get(name) != beside.get(name):
                file = str(folder / experiment.name / provenance.FILE)
                sides = f"the setting of the {name} beside it", "another"
                rule = "results are made from the tables beside them"
                comparison.add(Difference(file, "inputs", name, *sides, rule))


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
        d
        for source, prefix, specs in sides
        for d in _setting_differences(source, prefix, specs, experiment.name)
    ]


def _other_than_declared(experiment: Experiment, stored: dict) -> list[Difference]:
    """Where stored numbers are not of the setting that the experiment declares, seeds included."""
    declared = provenance.spec_of(experiment.spec)
    return [
        Difference(
            f"{experiment.name}/{provenance.FILE}",
            "spec",
            name,
            json.dumps(declared.get(name, provenance.MISSING)),
            json.dumps(stored.get(name, provenance.MISSING)),
            "the stored numbers are those of the declared setting",
        )
        for name in {**declared, **stored}
        if declared.get(name, provenance.MISSING) != stored.get(name, provenance.MISSING)
    ]


def _setting_differences(
    source: Experiment, prefix: str, specs: list[dict], reader: str = ""
) -> list[Difference]:
    """Where two specs of an experiment differ, which `reader` or it itself was made under."""
    return [
        Difference(
            f"{reader or source.name}/{provenance.FILE}",
            "spec",
            f"{prefix}{field}",
            json.dumps(pair[0]),
            json.dumps(pair[1]),
            "another setting, its numbers are not those of this one",
        )
        for field, pair in provenance.other_settings(source, *specs).items()
    ]


def _is_quick(experiment: Experiment, records: list[dict]) -> bool:
    """Whether one of two results is a first look, which may lack rows; its spec says so."""
    quick = [{name: record["spec"].get(name) for name in experiment.quick} for record in records]
    return quick[0] != quick[1]


def _seeds_note(name: str, seeds: tuple[int | None, int | None], rows: list[pd.DataFrame]) -> str:
    stored, run = seeds
    if stored is None or run is None or stored == run:
        note = f"{name}: a first look, whose rows are compared"
    else:
        note = f"{name}: {min(stored, run)} seeds compared ({stored} stored, {run} run)"
    both = pd.merge(*rows, on="id", suffixes=("_stored", "_run"))
    for row in both[both["verdict_stored"] != both["verdict_run"]].itertuples():
        note += f"; {row.id} is '{row.verdict_run}' here, '{row.verdict_stored}' as stored"
    return note


def _compare_tables(experiment: Experiment, folders, comparison, looser) -> bool:
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
            _missing(comparison, label, there)
            readable &= table is None
        elif table is not None:
            frames = [read_table(folder / file, table) for folder in folders]
            for folder, frame in zip(folders, frames, strict=True):
                readable &= _hold_form(folder / file, frame, table, comparison)
            compare_table(label, table, frames[0], frames[1], comparison, **looser)
            readable &= all(set(table.names) <= set(frame.columns) for frame in frames)
        elif file.endswith(".csv"):
            sides = "no table", "a table"
            comparison.add(Difference(label, "", "", *sides, "the experiment declares none"))
    return readable


def _hold_form(path: Path, frame: pd.DataFrame, table: Table, comparison: Comparison) -> bool:
    """Adds where a table is not as a run writes it: its columns, its rows in order, its cells.

    Claims and figures may read rows by their place.
    """
    try:
        why = "" if to_csv(conform(path.stem, frame, table)) == read_bytes(path) else "its rows"
    except ValueError as error:
        why = str(error)
    if why:
        rule = "columns as declared, rows sorted by key, numbers at their shortest"
        comparison.add(Difference(str(path), "", "", "a table as a run writes it", why, rule))
    return not why


def _compare_strangers(folders, judged_claims, comparison) -> None:
    """Folders and claims that belong to no experiment, as after one was renamed."""
    for name in sorted({path.name for folder in folders for path in folder.iterdir()}):
        there = [(folder / name).is_dir() for folder in folders]
        if any(there) and not all(there) and name not in (*names(), REPORT_FOLDER):
            _missing(comparison, name, there)
    if unloadable():  # whose claims are unknown
        return
    known = {claim.id: name for name in names() for claim in load(name).claims}
    for folder, claimed in zip(folders, judged_claims, strict=True):
        strange = sorted(set(claimed["id"]) - set(known))
        lonely = [i for i in claimed["id"] if i in known and not _has_results(folder / known[i])]
        for ids, rule in ((strange, "no experiment judges it"), (lonely, "of no results here")):
            if ids:
                file, row = str(folder / CLAIMS_FILE), f"id={ids[0]}"
                comparison.add(Difference(file, row, "", "no row", "a row", rule, len(ids) - 1))


def _missing(comparison: Comparison, file: str, there: list[bool]) -> None:
    stored, fresh = ("there" if side else "missing" for side in there)
    comparison.add(Difference(file, "", "", stored, fresh, "files must match both ways"))


def accept(wanted: list[str], latest: Path, expected: Path) -> Comparison:
    """Makes fresh results the stored ones, unless they are not what their own tables say.

    Returns:
        Where claims.csv or a figure says something else than the tables; nothing is stored then.

    Raises:
        InputError: the fresh results are missing, damaged, or not of the experiment's own spec.
    """
    claimed, kept = (read_claims(folder) for folder in (latest, expected))
    comparison, checked = Comparison(), []
    for name in wanted:
        experiment = load(name)
        contents = _of_today(experiment, latest)
        _refuse_other_inputs(experiment, wanted, latest, expected)
        _hold_inputs(experiment, [latest], [provenance.read(latest / name)], comparison)
        ids = [claim.id for claim in experiment.claims]
        rows = claimed[claimed["id"].isin(ids)]
        hold_claims(experiment, latest, rows, comparison)
        if not comparison.differences:
            drawn = {file: data for file, data in contents.items() if not file.endswith(".csv")}
            _hold_figures(experiment, latest, drawn, comparison)
        checked.append((experiment, contents, rows))
    if comparison.differences:
        return comparison
    for experiment, contents, rows in checked:
        record = read_bytes(latest / experiment.name / provenance.FILE)
        with only_writer(expected / experiment.name, wait=True):
            write_folder(expected / experiment.name, contents, record)
        kept = verdicts.merge(kept, rows, [claim.id for claim in experiment.claims])
        write_whole(expected / CLAIMS_FILE, to_csv(kept))
    return comparison


def _of_today(experiment: Experiment, latest: Path) -> dict[str, bytes]:
    """The files of an experiment's fresh results.

    Raises:
        InputError: they are not whole results of today's code and setting.
    """
    name, folder = experiment.name, latest / experiment.name
    stored, record = provenance.spec_of(experiment.spec), provenance.read(folder)
    other = provenance.other_settings(experiment, stored, record["spec"])
    if other:
        fields = ", ".join(f"{field} = {json.dumps(pair[1])}" for field, pair in other.items())
        raise InputError(
            f"these are results of another setting ({fields}); run {name} without --config"
            f" first. Received: {folder}"
        )
    if record["seeds"] != stored.get("seeds"):
        raise InputError(
            f"these are results of {record['seeds']:,} seeds, the stored ones have"
            f" {stored['seeds']:,}; run {name} without --seeds first. Received: {folder}"
        )
    if record["spec"] != stored:
        raise InputError(
            f"these are results of a first look; run {name} without --quick first."
            f" Received: {folder}"
        )
    if not provenance.is_current(folder, experiment, experiment.spec):
        raise InputError(
            f"these are not whole results of today's code and spec; run {name} first."
            f" Received: {folder}"
        )
    for stranger in provenance.strangers(folder):
        raise InputError(f"no run wrote this. Received: {folder / stranger}")
    form = Comparison()
    for table, frame in read_tables(experiment, latest).items():
        _hold_form(folder / f"{table}.csv", frame, experiment.tables[table], form)
    _hold_files(folder, experiment, record, form)
    path = folder / provenance.FILE  # all of it is stored, what nothing reads too
    if {*record} != {*provenance.FIELDS, "seeds"} or read_bytes(path) != provenance.to_json(record):
        raise InputError(f"this is not what a run writes. Received: {path}")
    for difference in form.differences:
        raise InputError(f"this is not what a run writes. Received: {difference.file}")
    return {file: read_bytes(folder / file) for file in record["files"]}


def _refuse_other_inputs(experiment, wanted, latest, expected) -> None:
    """Refuses what was made from other tables than those that are stored, or will be with it.

    Raises:
        InputError: it was.
    """
    for name, tables in experiment.inputs.items():
        for table in tables if name not in wanted else ():
            paths = [folder / name / f"{table}.csv" for folder in (latest, expected)]
            if read_bytes(paths[0]) != read_bytes(paths[1]):
                raise InputError(
                    f"{experiment.name} was made from another {name} than the stored one; accept"
                    f" {name} too. Received: {paths[0]}"
                )


def _hold_fresh_figures(experiment, folders, record, comparison) -> None:
    """Adds the fresh figures that are neither the stored ones nor what their tables give.

    To draw all figures takes minutes, so only those are drawn whose bytes are not the stored ones.
    """
    fresh = {}
    for file in record["files"]:
        paths = [folder / experiment.name / file for folder in folders]
        if not file.endswith(".csv") and all(path.is_file() for path in paths):
            stored, fresh[file] = map(read_bytes, paths)
            if fresh[file] == stored:
                del fresh[file]
    if fresh:
        _hold_figures(experiment, folders[1], fresh, comparison)


def _hold_figures(experiment, results, files: dict[str, bytes], comparison) -> None:
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
