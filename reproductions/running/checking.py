"""Holds one results folder against another: `check` and `compare`."""

import json
from pathlib import Path

import pandas as pd

from reproductions.evidence import verdicts
from reproductions.evidence.comparison import compare_table
from reproductions.evidence.differences import Comparison, Difference
from reproductions.evidence.errors import InputError
from reproductions.running import provenance
from reproductions.running.experiment import Experiment, chosen, load, names, unloadable
from reproductions.running.files import read_bytes
from reproductions.running.folder_checks import (
    has_results,
    hold_claims,
    hold_claims_form,
    hold_derived,
    hold_figures,
    hold_files,
    hold_form,
    hold_inputs,
    hold_judged,
)
from reproductions.running.results import CLAIMS_FILE, REPORT_FOLDER, read_claims, read_table


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
    for folder, claims in zip(folders, judged_claims, strict=True):
        if judge:
            hold_claims_form(folder, claims, comparison)
    for name in wanted:
        there = [has_results(folder / name) for folder in folders]
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
            if name not in (*wanted, *unloadable()) and has_results(expected / name):
                _hold_stored(load(name), expected, judged_claims[0], comparison)
    if set(wanted) >= set(chosen([])):
        _compare_strangers(folders, judged_claims, comparison, judge)
    if not (comparison.values or comparison.rate_tests or comparison.differences):
        raise InputError(
            f"there is nothing to hold here: a results folder holds {CLAIMS_FILE} and a folder for"
            f" each experiment, as results/latest does. Received: {expected} and {obtained}"
        )
    return comparison


def _compare_experiment(experiment, folders, judged_claims, comparison, judge) -> None:
    records = [provenance.read(folder / experiment.name) for folder in folders]
    for folder, record in zip(folders, records, strict=True):
        hold_files(folder / experiment.name, experiment, record, comparison)
    settings = _other_settings(experiment, records)
    if judge and not settings:
        settings = _other_than_declared(experiment, records[0]["spec"])
    for difference in settings:
        comparison.add(difference)
    if settings and judge:
        return  # numbers of another setting are no evidence about the stored ones
    seeds = records[0]["seeds"], records[1]["seeds"]
    for folder, record in zip(folders, records, strict=True):
        hold_inputs(experiment, folder, record, comparison)
    first_look = _is_quick(experiment, records)
    quick = first_look or records[0]["inputs"] != records[1]["inputs"]
    same_seeds = seeds[0] == seeds[1] and not quick
    looser = {"same_seeds": same_seeds, "all_rows": not quick, "seeds": seeds}
    readable = _compare_tables(experiment, folders, comparison, looser)
    ids = [claim.id for claim in experiment.claims]
    rows = [frame[frame["id"].isin(ids)] for frame in judged_claims]
    for folder, record, claimed in zip(folders, records, rows, strict=True):
        hold_judged(folder, experiment.name, record, claimed, comparison)
    if judge and readable:
        for folder, record, claimed in zip(folders, records, rows, strict=True):
            hold_claims(experiment, folder, claimed, comparison)
            hold_derived(experiment, folder, record, comparison)
        if same_seeds:
            _hold_fresh_figures(experiment, folders, records[1], comparison)
    stored, fresh = (frame.assign(**dict.fromkeys(verdicts.DERIVED, "")) for frame in rows)
    if not same_seeds:
        comparison.notes.append(_seeds_note(experiment.name, seeds, [stored, fresh], first_look))
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
    hold_files(expected / experiment.name, experiment, record, comparison)
    hold_inputs(experiment, expected, record, comparison)
    hold_judged(expected, experiment.name, record, claimed, comparison)
    for name, table in experiment.tables.items():
        path = expected / experiment.name / f"{name}.csv"
        hold_form(path, read_table(path, table), table, comparison)
    hold_claims(experiment, expected, claimed, comparison)
    hold_derived(experiment, expected, record, comparison)


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
        if not provenance.alike(
            declared.get(name, provenance.MISSING), stored.get(name, provenance.MISSING)
        )
    ]


def _setting_differences(
    source: Experiment, prefix: str, specs: list[dict], reader: str
) -> list[Difference]:
    """Where two specs of an experiment differ, which `reader` was made under: it, or one of it."""
    return [
        Difference(
            f"{reader}/{provenance.FILE}",
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


def _seeds_note(
    name: str,
    seeds: tuple[int | None, int | None],
    rows: list[pd.DataFrame],
    first_look: bool,
) -> str:
    stored, run = seeds
    if stored is None or run is None or stored == run:
        what = "a first look" if first_look else "made from other tables"
        note = f"{name}: {what}, whose rows are compared"
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
                readable &= hold_form(folder / file, frame, table, comparison)
            compare_table(label, table, frames[0], frames[1], comparison, **looser)
            readable &= all(set(table.names) <= set(frame.columns) for frame in frames)
        elif file.endswith(".csv"):
            sides = "no table", "a table"
            comparison.add(Difference(label, "", "", *sides, "the experiment declares none"))
    return readable


def _compare_strangers(folders, judged_claims, comparison, judge) -> None:
    """Adds folders and claims that belong to no experiment, as after one was renamed.

    Between folders of another version, which `compare` may be given, both may have such a folder.
    """
    for name in sorted({path.name for folder in folders for path in folder.iterdir()}):
        there = [(folder / name).is_dir() for folder in folders]
        if name.startswith(".") or not any(there) or name in (*names(), REPORT_FOLDER):
            continue
        if not all(there):
            _missing(comparison, name, there)
        elif judge:
            comparison.add(Difference(name, "", "", "no folder", "a folder", "of no experiment"))
    if unloadable():  # whose claims are unknown
        return
    known = {claim.id: name for name in names() for claim in load(name).claims}
    for folder, claimed in zip(folders, judged_claims, strict=True):
        strange = sorted(set(claimed["id"]) - set(known))
        lonely = [i for i in claimed["id"] if i in known and not has_results(folder / known[i])]
        for ids, rule in ((strange, "no experiment judges it"), (lonely, "of no results here")):
            if ids:
                file, row = str(folder / CLAIMS_FILE), f"id={ids[0]}"
                comparison.add(Difference(file, row, "", "no row", "a row", rule, len(ids) - 1))


def _missing(comparison: Comparison, file: str, there: list[bool]) -> None:
    stored, fresh = ("there" if side else "missing" for side in there)
    comparison.add(Difference(file, "", "", stored, fresh, "files must match both ways"))


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
        hold_figures(experiment, folders[1], fresh, comparison)
