"""Makes fresh results the stored ones: `accept`."""

import json
from pathlib import Path
from typing import Any

from reproductions.evidence import verdicts
from reproductions.evidence.differences import Comparison
from reproductions.evidence.errors import InputError
from reproductions.evidence.tables import to_csv
from reproductions.running import provenance
from reproductions.running.experiment import Experiment, load, loadable
from reproductions.running.files import only_writer, read_bytes, write_whole
from reproductions.running.folder_checks import (
    has_results,
    hold_claims,
    hold_derived,
    hold_figures,
    hold_files,
    hold_form,
    hold_inputs,
)
from reproductions.running.results import CLAIMS_FILE, read_claims, read_tables, write_folder


def accept(wanted: list[str], latest: Path, expected: Path) -> Comparison:
    """Makes fresh results the stored ones, unless they are not what their own tables say.

    Returns:
        Where claims.csv, a figure or a derived table says something else than the tables that it
        follows from; nothing is stored then.

    Raises:
        InputError: the fresh results are missing, damaged, or not of the experiment's own spec.
    """
    claimed, kept = (read_claims(folder) for folder in (latest, expected))
    comparison, checked = Comparison(), []
    for name in wanted:
        experiment = load(name)
        contents = _of_today(experiment, latest)
        record = provenance.read(latest / name)
        hold_inputs(experiment, latest, record, comparison)
        hold_derived(experiment, latest, record, comparison)
        ids = [claim.id for claim in experiment.claims]
        rows = claimed[claimed["id"].isin(ids)]
        hold_claims(experiment, latest, rows, comparison)
        if not comparison.differences:
            drawn = {file: data for file, data in contents.items() if not file.endswith(".csv")}
            hold_figures(experiment, latest, drawn, comparison)
        checked.append((experiment, contents, rows))
    _refuse_one_without_the_other(wanted, latest, expected)
    if comparison.differences:
        return comparison
    for experiment, contents, rows in checked:
        listing = read_bytes(latest / experiment.name / provenance.FILE)
        with only_writer(expected / experiment.name, wait=True):
            write_folder(expected / experiment.name, contents, listing)
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
        hold_form(folder / f"{table}.csv", frame, experiment.tables[table], form)
    hold_files(folder, experiment, record, form)
    path = folder / provenance.FILE  # all of it is stored, what nothing reads too
    if {*record} != {*provenance.FIELDS, "seeds"} or read_bytes(path) != provenance.to_json(record):
        raise InputError(f"this is not what a run writes. Received: {path}")
    for difference in form.differences:
        raise InputError(f"this is not what a run writes. Received: {difference.file}")
    return {file: read_bytes(folder / file) for file in record["files"]}


def _refuse_one_without_the_other(wanted: list[str], latest: Path, expected: Path) -> None:
    """Refuses what reads tables, or these tables, where both must be stored together.

    Raises:
        InputError: what is stored would have been made from other tables than the stored ones.
    """
    for name in loadable():
        if name not in wanted and not has_results(expected / name):
            continue
        for source, tables in load(name).inputs.items():
            if (source in wanted) == (name in wanted):
                continue
            settings = [_setting(side / source) for side in (latest, expected)]
            changed = [] if provenance.alike(*settings) else [latest / source / provenance.FILE]
            for table in tables:
                fresh, stored = (side / source / f"{table}.csv" for side in (latest, expected))
                if not stored.is_file() or read_bytes(fresh) != read_bytes(stored):
                    changed.append(fresh)
            for path in changed:
                if name in wanted:
                    why = f"{name} was made from another {source} than the stored one"
                    raise InputError(f"{why}; accept {source} too. Received: {path}")
                why = f"the stored {name} was made from another {source}"
                raise InputError(f"{why}; accept {name} too. Received: {path}")


def _setting(folder: Path) -> Any:
    """The setting of an experiment's results; None where there are none."""
    return provenance.read(folder)["spec"] if has_results(folder) else None
