"""Runs experiments and writes what they give: tables, figures, provenance, claims."""

import dataclasses
import json
import math
import os
import sys
import time
from collections import deque
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd
from tqdm import tqdm

from reproductions.evidence import drawing, settings, verdicts
from reproductions.evidence.errors import InputError, in_short, one_line
from reproductions.evidence.kinds import Table
from reproductions.evidence.tables import conform, parse_table, to_csv
from reproductions.running import provenance, shards
from reproductions.running.experiment import Experiment, load, unloadable
from reproductions.running.experiment import names as experiment_names
from reproductions.running.files import only_writer, write_whole
from reproductions.running.results import (
    CLAIMS_FILE,
    read_claims,
    read_inputs,
    read_tables,
    write_folder,
)
from reproductions.training.parallel import ProcessEndedError, afresh, bars_lock
from reproductions.training.pool import Pool, ProcessFullError, Sending, progress

QUICK_SEEDS = 32

MOST_BYTES = 0.75e9
"""The process of an experiment is replaced once it takes this many bytes, where experiments run
side by side. More than half of it are the libraries, which the processes share."""

REFUSALS = (ValueError, MemoryError)
"""Errors for which the setting is to blame: a value is refused, or memory does not suffice."""


@dataclass(frozen=True)
class Request:
    """What a run is asked for, beside the names of experiments.

    Attributes:
        results: the folder that it writes to.
        seeds: how many random initialisations, in place of each experiment's own number.
        force: whether to run what would come out the same too.
        quick: whether a first look is enough.
        changes: by experiment, fields of the spec in another setting than the stored one.
        sending: sends shards to other processes.
    """

    results: Path
    seeds: int | None = None
    force: bool = False
    quick: bool = False
    changes: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    sending: Sending | None = None


Outcome = tuple[str, pd.DataFrame, str]
"""An experiment's name, its rows of claims.csv, and the time that it took."""


def run(names: list[str], request: Request) -> None:
    """Runs experiments into a results folder and prints a line for each, then the verdicts.

    What is already there and would come out the same is left as it is, unless `force` is set.

    Raises:
        InputError: the folder cannot be written to or holds other things than results, another
            process writes there, its claims.csv cannot be read, an experiment cannot run in the
            setting asked for, a library is set otherwise than the suite has it, or, once the others
            have run, one cannot be loaded.
    """
    settings.hold()
    _refuse_other_folders(request.results, names)
    broken = [name for name in names if name in unloadable()]
    able = [name for name in names if name not in broken]
    if able:
        with only_writer(request.results):
            _run(able, request)
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


def _run(names: list[str], request: Request) -> None:
    results = request.results
    judged_claims = read_claims(results)
    write_whole(results / CLAIMS_FILE, to_csv(judged_claims))  # fails now rather than after an hour
    judged_now = []
    with progress(total=len(names), what="experiments", unit="experiment") as bar:
        for name, judged, took in _outcomes(names, request):
            ids = [claim.id for claim in load(name).claims]
            judged_now.extend(ids)
            judged_claims = verdicts.merge(judged_claims, judged, ids)
            write_whole(results / CLAIMS_FILE, to_csv(judged_claims))
            shards.clear(results / name)
            setting = in_words(request.changes.get(name, {}))
            bar.write(f"{name:24} {took:>9}  {setting}".rstrip())
            bar.update()
    print(verdict_lines(judged_claims[judged_claims["id"].isin(judged_now)]))


def _outcomes(names: list[str], request: Request) -> Iterator[Outcome]:
    """Runs the experiments; those that read what others make come last.

    Each runs in a process of its own, so that its memory is given back: side by side as many as
    there are cores, those that take longest first, and then, one at a time, those that are timed.
    Where only one is left, it runs in this process, and so do all whose shards go to other
    machines, which only this process is connected to.
    """
    readers = [name for name in names if load(name).inputs]
    timed = [name for name in names if load(name).alone and name not in readers]
    others = [name for name in names if name not in (*readers, *timed)]
    longest_first = sorted(others, key=provenance.stored_seconds, reverse=True)
    cores = os.cpu_count() or 1
    for together, most in ((longest_first, cores), (timed, 1), (readers, cores)):
        if len(together) < 2 or request.sending is not None:
            for name in together:
                yield _one(_Call(name, request, code=provenance.code_of(name)))
        else:
            yield from _side_by_side(together, most, request)


def _side_by_side(names: list[str], most: int, request: Request) -> Iterator[Outcome]:
    """Runs experiments in processes of their own, so many at a time, and gives those that are done.

    Raises:
        InputError: such a process was ended from outside.
    """
    tqdm.set_lock(lock := bars_lock())
    waiting: deque[tuple] = deque(
        _Call(name, request, 1 + i % most, MOST_BYTES, code=provenance.code_of(name))
        for i, name in enumerate(names)
    )
    try:
        for outcome in afresh(_one_in_process, waiting, most, lock):
            if isinstance(outcome, _Call):  # its process is full, and another one goes on
                waiting.appendleft(outcome)
            else:
                yield outcome
    except ProcessEndedError as error:
        raise InputError(
            f"the process of {error.call[0]} was ended from outside; is there memory enough? The"
            " same command goes on from the shards that are done."
            f" Received: {error.__cause__}"
        ) from error


class _Call(NamedTuple):
    """What the process of an experiment needs to know.

    Attributes:
        name: the experiment's.
        request: what the run is asked for.
        line: of the terminal on which progress is shown; None is the next one.
        most_bytes: how much memory the process may take.
        spent_s: how long others have worked on it in this run; 0 only if there were none.
        code: the checksum of its code when the run began.
    """

    name: str
    request: Request
    line: int | None = None
    most_bytes: float = math.inf
    spent_s: float = 0.0
    code: str = ""


def _one_in_process(*fields: Any) -> Outcome | _Call:
    settings.hold()
    call, started = _Call(*fields), time.perf_counter()
    try:
        return _one(call)
    except ProcessFullError:
        return call._replace(spent_s=call.spent_s + time.perf_counter() - started)


def _one(call: _Call) -> Outcome:
    """Runs one experiment unless it is current.

    Raises:
        ProcessFullError: the process has taken as much memory as it may; what is done is kept.
    """
    name, request = call.name, call.request
    experiment, results = load(name), request.results
    changes = request.changes.get(name, {})
    setting = in_words(other_than_stored(experiment, changes))
    with another_setting(name, setting):
        spec = spec_for(experiment, request.seeds, request.quick, changes)
    started = time.perf_counter()
    # The run's process alone writes there, unless it was killed and one of its own still does.
    with only_writer(results / name, wait=True):
        folder = results / name
        current = not request.force and provenance.is_current(folder, experiment, spec)
        if current and provenance.made_here(folder):
            judged = claims_again(experiment, spec, results, setting)
            if judged is not None:
                _tell(experiment, provenance.read(results / name).get("left_out"))
                return name, judged, "unchanged"
        if request.force and not call.spent_s:
            shards.clear(results / name)
        fingerprint = provenance.decided_by(experiment, spec, results)
        store = shards.StoredShards(results / name, fingerprint)
        pool = Pool(
            store, request.sending, call.line, most_bytes=call.most_bytes, goes_on=call.spent_s > 0
        )
        code = call.code or provenance.code_of(name)
        judged = run_one(experiment, spec, results, setting, pool, call.spent_s, code)
    return name, judged, f"{call.spent_s + time.perf_counter() - started:.1f} s"


def claims_again(
    experiment: Experiment, spec: Any, results: Path, setting: str = ""
) -> pd.DataFrame | None:
    """The rows of claims.csv that the tables of an unchanged experiment give.

    None if they are not the verdicts that the run recorded. Whoever forges a table can forge its
    checksum too, so the claims are judged again, which takes a moment.
    """
    left_out = _may_lack(experiment, spec)
    try:
        tables = read_tables(experiment, results)
        judged = verdicts.judge(experiment.claims, tables, setting, left_out)
    except Exception:  # of any kind: what judged the tables of the run fails on these
        return None
    same = verdicts.digest(judged) == provenance.read(results / experiment.name)["judged"]
    return judged if same else None


@contextmanager
def another_setting(name: str, setting: str) -> Iterator[None]:
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
            f"{name} cannot run in this setting ({in_short(error)}). Received: {setting}"
        ) from error


def other_than_stored(experiment: Experiment, fields: Mapping[str, Any]) -> dict[str, Any]:
    """The fields that make another setting of an experiment's own; a number of seeds does not."""
    stored = vars(experiment.spec)
    return {n: value for n, value in fields.items() if n != "seeds" and value != stored[n]}


def in_words(fields: Mapping[str, Any]) -> str:
    """Fields of a spec in one short line, empty for none."""
    texts = [f"{name} = {json.dumps(value, default=str)}" for name, value in fields.items()]
    return ", ".join(text if len(text) <= 80 else f"{text[:77]}..." for text in texts)


def spec_for(
    experiment: Experiment,
    seeds: int | None = None,
    quick: bool = False,
    changes: Mapping[str, Any] | None = None,
) -> Any:
    """The experiment's spec, with the changes and as many seeds as the user asks for.

    `quick` takes its settings for a first look, and few seeds where no number is asked for.
    """
    fields = {**(experiment.quick if quick else {}), **(changes or {})}
    if experiment.has_seeds:
        few = min(QUICK_SEEDS, experiment.spec.seeds) if quick else experiment.spec.seeds
        fields["seeds"] = seeds or fields.get("seeds", few)
    return dataclasses.replace(experiment.spec, **fields)


def run_one(
    experiment: Experiment,
    spec: Any,
    results: Path,
    setting: str = "",
    pool: Pool | None = None,
    spent_s: float = 0.0,
    code: str = "",
) -> pd.DataFrame:
    """Runs one experiment, writes its files, and returns its rows of claims.csv.

    Claims and figures are made from the tables as they will be read back, so that they say
    nothing that the stored numbers do not. Those that another `setting` than the stored one has no
    numbers for are left out, with a line for each.

    Raises:
        InputError: its code is not that of this checksum any more, or a table or a data set that it
            reads is another one than at the start; nothing is written then.
    """
    started = time.perf_counter()
    before = provenance.fingerprint(experiment, spec, results)
    shapes = experiment.tables.items()
    with another_setting(experiment.name, setting):
        frames = tables_of(experiment, spec, results, pool)
        tables = {name: reread(name, frames[name], table) for name, table in shapes}
    contents = {f"{name}.csv": to_csv(tables[name]) for name, _ in shapes}
    left_out = _may_lack(experiment, spec)
    judged = verdicts.judge(experiment.claims, tables, setting, left_out)
    contents |= drawing.render_all(experiment.figures(spec, tables), left_out)
    _tell(experiment, left_out)
    other = code and provenance.code_of(experiment.name, again=True) != code
    if other or provenance.fingerprint(experiment, spec, results) != before:
        raise InputError(
            "its code or what it reads was changed while it ran, so that nobody could say what made"
            f" the results; nothing is stored, run it again. Received: {experiment.name}"
        )
    seconds = spent_s + time.perf_counter() - started
    digest = verdicts.digest(judged)
    record = provenance.describe(experiment, spec, seconds, contents, results, digest)
    record |= {"left_out": left_out} if left_out else {}
    write_folder(results / experiment.name, contents, provenance.to_json(record))
    return judged


def _may_lack(experiment: Experiment, spec: Any) -> list[str] | None:
    """Takes up what a spec other than the stored one has no numbers for; None for the stored one.

    A first look is another one too.
    """
    return [] if other_than_stored(experiment, vars(spec)) else None


def _tell(experiment: Experiment, left_out: list[str] | None) -> None:
    """Prints what a setting has no numbers for, as its run or its provenance says it."""
    for line in left_out if isinstance(left_out, list) else ():
        tqdm.write(one_line(f"{experiment.name}, {line}"))


def tables_of(
    experiment: Experiment, spec: Any, results: Path, pool: Pool | None = None
) -> dict[str, pd.DataFrame]:
    """What an experiment's `run` makes, as it makes it.

    Raises:
        InputError: a table that it reads is not in the results folder, or cannot be read.
        ValueError: it makes other tables than it declares.
    """
    inputs = (read_inputs(experiment, results),) if experiment.inputs else ()
    frames = experiment.run(spec, pool or Pool(), *inputs)
    if set(frames) != set(experiment.tables):
        raise ValueError(
            f"{experiment.name} must make the tables {sorted(experiment.tables)}."
            f" Received: {sorted(frames)}"
        )
    return frames


def reread(name: str, frame: pd.DataFrame, table: Table) -> pd.DataFrame:
    """A table in its declared shape, as it will be read back from disk."""
    return parse_table(Path(f"{name}.csv"), to_csv(conform(name, frame, table)), table)


def verdict_lines(rows: pd.DataFrame) -> str:
    """The verdicts as a run ends with them: a line a claim, then a count of each verdict."""
    lines = [
        f"{row.id}  {row.verdict:18}  {row.statement}"
        + (f" [{row.obtained}]" if row.obtained else "")
        for row in rows.itertuples()
    ]
    counts = rows["verdict"].value_counts()
    total = ", ".join(f"{counts[v]} {v}" for v in verdicts.VERDICTS if v in counts)
    return "\n".join([*lines, f"{len(rows)} claims: {total or 'none'}"])
