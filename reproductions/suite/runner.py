"""Runs experiments and writes what they give: tables, figures, provenance, claims."""

import dataclasses
import json
import os
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pandas as pd
from tqdm import tqdm

from reproductions.suite import claims, drawing, provenance, settings, shards
from reproductions.suite import progress as progress_module
from reproductions.suite.errors import InputError, one_line
from reproductions.suite.experiment import Experiment, load, unloadable
from reproductions.suite.experiment import names as experiment_names
from reproductions.suite.files import only_writer, write_together, write_whole
from reproductions.suite.kinds import Table
from reproductions.suite.parallel import end_with_parent
from reproductions.suite.progress import progress
from reproductions.suite.tables import conform, parse_table, read_table, to_csv

CLAIMS_FILE = "claims.csv"


QUICK_SEEDS = 32

REFUSALS = (ValueError, MemoryError)
"""How a setting fails on purpose: its spec or what it runs refuses a value, or has no room."""


def run(
    names: list[str],
    results: Path,
    seeds: int | None = None,
    force: bool = False,
    quick: bool = False,
    changes: Mapping[str, Mapping[str, Any]] | None = None,
) -> None:
    """Runs experiments into a results folder and prints a line for each, then the verdicts.

    What is already there and would come out the same is left as it is, unless `force` is set.
    `changes` holds, by experiment, fields of the spec in another setting than the stored one.

    Raises:
        InputError: the folder cannot be written to or holds other things than results, another
            process writes there, its claims.csv cannot be read, an experiment cannot run in the
            setting asked for, a library is set otherwise than the suite has it, or, once the others
            have run, one cannot be loaded.
    """
    settings.hold()
    _refuse_other_folders(results, names)
    broken = [name for name in names if name in unloadable()]
    able = [name for name in names if name not in broken]
    if able:
        with only_writer(results):
            _run(able, results, seeds, force, quick, changes or {})
    for name in broken[:-1]:
        tqdm.write(f"error: {unloadable()[name]}", file=sys.stderr)
    if broken:
        raise InputError(unloadable()[broken[-1]])


def _refuse_other_folders(results: Path, names: list[str]) -> None:
    """Refuses to write where other things than results lie, or through a link.

    Raises:
        InputError: this is such a folder.
    """
    of_results = (CLAIMS_FILE, *experiment_names())
    if results.is_dir() and not any((results / name).exists() for name in of_results):
        others = [path.name for path in results.iterdir() if not path.name.startswith(".")]
        if others:
            raise InputError(
                f"this folder holds other things than results, {others[0]} among them; name a new"
                f" one. Received: {results}"
            )
    for name in names:
        if (results / name).is_symlink():
            raise InputError(
                f"cannot write {results / name}: it is a link, which may lead anywhere"
            )


def _run(names, results, seeds, force, quick, changes) -> None:
    verdicts = claims.read(results / CLAIMS_FILE)
    write_whole(results / CLAIMS_FILE, to_csv(verdicts))  # fails now rather than after an hour
    ran = []

    def calls(names):
        return [
            (name, results, verdicts, seeds, force, quick, changes.get(name, {})) for name in names
        ]

    with progress(total=len(names), what="experiments", unit="experiment") as bar:
        for name, judged, took in _in_turn(names, calls, bar.set_description, quick):
            ids = [claim.id for claim in load(name).claims]
            ran.extend(ids)
            verdicts = claims.merge(verdicts, judged, ids)
            write_whole(results / CLAIMS_FILE, to_csv(verdicts))
            shards.clear(results / name)
            bar.write(f"{name:24} {took:>9}  {in_words(changes.get(name, {}))}".rstrip())
            bar.update()
    print(verdict_lines(verdicts[verdicts["id"].isin(ran)]))


def _in_turn(names, calls, announce, quick) -> Iterator[tuple[str, pd.DataFrame, str]]:
    """Runs the experiments; those that read what others make come last.

    A first look mostly compiles and draws, on one core: there experiments run side by side in
    processes, and then, one at a time, those that are timed; but not where shards go to other
    machines, which only this process is connected to.
    """
    readers = [name for name in names if load(name).inputs]
    alone = [name for name in names if name not in readers]
    if quick and len(alone) > 1 and not shards.are_sent():
        from joblib import Parallel, delayed

        # After Ctrl-C the processes' own keeper cleans up, and would warn that it had to.
        os.environ.setdefault("PYTHONWARNINGS", "ignore:resource_tracker")
        processes = Parallel(n_jobs=os.cpu_count(), return_as="generator")
        beside = [name for name in reversed(alone) if not load(name).alone]
        timed = [name for name in alone if load(name).alone]
        for together in (beside, *([name] for name in timed)):
            yield from processes(delayed(_one_quietly)(*call) for call in calls(together))
        alone = []
    for call in calls([*alone, *readers]):
        announce(call[0])
        yield _one(*call)


def _one_quietly(*call):
    end_with_parent()
    progress_module.QUIET = True  # bars of several processes would write over each other
    return _one(*call)


def _one(name, results, verdicts, seeds, force, quick, own) -> tuple[str, pd.DataFrame, str]:
    """Runs one experiment unless it is current; its name, claims, and the time that it took."""
    experiment = load(name)
    setting = in_words(other_than_stored(experiment, own))
    with another_setting(name, setting):
        spec = spec_for(experiment, seeds, quick, own)
    started = time.perf_counter()
    # The run's process alone writes there, unless it was killed and one of its own still does.
    with only_writer(results / name, wait=True):
        if not force and provenance.is_current(results / name, experiment, spec):
            _tell(experiment, provenance.read(results / name).get("left_out"))
            return name, claims_again(experiment, results, verdicts, setting), "unchanged"
        if force:
            shards.clear(results / name)
        judged = run_one(experiment, spec, results, setting)
    return name, judged, f"{time.perf_counter() - started:.1f} s"


def claims_again(
    experiment: Experiment, results: Path, verdicts: pd.DataFrame, setting: str
) -> pd.DataFrame:
    """An unchanged experiment's rows of claims.csv; judged anew only if they are not as written."""
    rows = verdicts[verdicts["id"].isin([claim.id for claim in experiment.claims])]
    if claims.digest(rows) == provenance.read(results / experiment.name).get("judged"):
        return rows
    told = [] if setting else None
    return claims.judge(experiment, read_tables(experiment, results), setting, told)


def read_tables(experiment: Experiment, results: Path) -> dict[str, pd.DataFrame]:
    """All tables of an experiment from a results folder.

    Raises:
        InputError: one is missing or cannot be read.
    """
    folder = results / experiment.name
    return {
        name: read_table(folder / f"{name}.csv", table) for name, table in experiment.tables.items()
    }


@contextmanager
def another_setting(name: str, setting: str):
    """Turns a refusal of another setting than the stored one into a line for its author.

    Raises:
        InputError: one of `REFUSALS` was raised, and `setting` is not empty.
    """
    try:
        yield
    except REFUSALS as error:
        if not setting:
            raise
        raise InputError(
            f"{name} cannot run in this setting ({_in_a_line(error)}). Received: {setting}"
        ) from error


def other_than_stored(experiment: Experiment, fields: Mapping[str, Any]) -> dict[str, Any]:
    """The fields that make another setting of an experiment's own; a number of seeds does not."""
    stored = vars(experiment.spec)
    return {n: value for n, value in fields.items() if n != "seeds" and value != stored[n]}


def in_words(fields: Mapping[str, Any]) -> str:
    """Fields of a spec in one short line, empty for none."""
    texts = [f"{name} = {json.dumps(value, default=str)}" for name, value in fields.items()]
    return ", ".join(text if len(text) <= 80 else f"{text[:77]}..." for text in texts)


def _in_a_line(error: Exception) -> str:
    return " ".join(f"{type(error).__name__}: {error}".split())[:200]


def spec_for(
    experiment: Experiment,
    seeds: int | None = None,
    quick: bool = False,
    changes: Mapping[str, Any] | None = None,
):
    """The experiment's spec, with the changes and as many seeds as the user asks for.

    `quick` takes its settings for a first look, and few seeds where no number is asked for.
    """
    fields = {**(experiment.quick if quick else {}), **(changes or {})}
    if experiment.has_seeds:
        few = min(QUICK_SEEDS, experiment.spec.seeds) if quick else experiment.spec.seeds
        fields["seeds"] = seeds or fields.get("seeds", few)
    return dataclasses.replace(experiment.spec, **fields)


def run_one(experiment: Experiment, spec, results: Path, setting: str = "") -> pd.DataFrame:
    """Runs one experiment, writes its files, and returns its rows of claims.csv.

    Claims and figures are made from the tables as they will be read back, so that they say
    nothing that the stored numbers do not. Those that another `setting` than the stored one has no
    numbers for are left out, with a line for each.
    """
    started = time.perf_counter()
    shapes = experiment.tables.items()
    with another_setting(experiment.name, setting):
        given = arguments(experiment, spec, results)
        with shards.kept(
            results / experiment.name, provenance.decided_by(experiment, spec, results)
        ):
            frames = experiment.run(*given)
        if set(frames) != set(experiment.tables):
            raise ValueError(
                f"{experiment.name} must make the tables {sorted(experiment.tables)}."
                f" Received: {sorted(frames)}"
            )
        tables = {name: reread(name, frames[name], table) for name, table in shapes}
    contents = {f"{name}.csv": to_csv(tables[name]) for name, _ in shapes}
    left_out = [] if setting else None
    judged = claims.judge(experiment, tables, setting, left_out)
    contents |= drawing.render_all(experiment.figures(spec, tables), left_out)
    _tell(experiment, left_out)
    seconds = time.perf_counter() - started
    digest = claims.digest(judged)
    record = provenance.describe(experiment, spec, seconds, contents, results, digest)
    record |= {"left_out": left_out} if left_out else {}
    write_folder(results / experiment.name, contents, provenance.to_json(record))
    return judged


def _tell(experiment: Experiment, left_out: list[str] | None) -> None:
    """Prints what a setting has no numbers for, as its run or its provenance says it."""
    for line in left_out if isinstance(left_out, list) else ():
        tqdm.write(one_line(f"{experiment.name}, {line}"))


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
    """Replaces an experiment's files; the provenance comes last, as it vouches for the others.

    Raises:
        InputError: the folder is a link, which may lead anywhere, or cannot be written to.
    """
    if folder.is_symlink():
        raise InputError(f"cannot write {folder}: it is a link, which may lead anywhere")
    try:
        stale = [n for n in provenance.read(folder)["files"] if n not in contents]
    except InputError:
        stale = []
    gone = [folder / name for name in stale if Path(name).name == name]  # none outside the folder
    everything = contents | {provenance.FILE: record}
    write_together({folder / name: data for name, data in everything.items()}, gone)


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
