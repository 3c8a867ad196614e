"""The command line: `python -m reproductions COMMAND`, with `run`, `check` and others."""

import argparse
import contextlib
import importlib.util
import io
import os
import select
import signal
import sys
from argparse import Namespace
from contextlib import AbstractContextManager
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

from reproductions.evidence import settings
from reproductions.evidence.errors import InputError, one_line
from reproductions.running import compiled, experiment
from reproductions.running.files import only_writer

if TYPE_CHECKING:
    from reproductions.evidence.differences import Comparison
    from reproductions.training.pool import Sending

LATEST = Path("results/latest")
EXPECTED = Path("results/expected")
CUSTOM = Path("results/custom")
TRIALS = Path("results/trials")
INTERRUPTED = 130
NOBODY_READS = 141
"""As a shell has it for a program that a closed pipe ended; 0 would say that all holds."""

PACKAGES = (
    "cycler",
    "jinja2",
    "joblib",
    "keras",
    "markupsafe",
    "matplotlib",
    "numpy",
    "pandas",
    "PIL",
    "scipy",
    "sklearn",
    "tensorflow",
    "tqdm",
)
"""What the project imports."""


class OneLineParser(argparse.ArgumentParser):
    """Says what is wrong in one line instead of a page of usage."""

    def error(self, message: str) -> NoReturn:
        """Prints the line and exits with status 2."""
        self.exit(2, one_line(f"error: {message}; see {self.prog} --help") + "\n")


def whole_number(text: str) -> int:
    """A number of seeds.

    Raises:
        argparse.ArgumentTypeError: it is no whole number from 1 to 100 million.
    """
    if text.isascii() and text.isdecimal() and 1 <= int(text[:10]) <= 10**8 and len(text) <= 9:
        return int(text)
    raise argparse.ArgumentTypeError(
        f"must be a whole number from 1 to 100,000,000. Received: {text}"
    )


def path(text: str) -> Path:
    """A file's or folder's path.

    Raises:
        argparse.ArgumentTypeError: it is empty, which `Path` takes for the current folder.
    """
    if text:
        return Path(text)
    raise argparse.ArgumentTypeError("must be a path. Received: an empty text")


def parser() -> OneLineParser:
    """The command line's grammar."""
    top = OneLineParser(prog="python -m reproductions", description=__doc__)
    commands = top.add_subparsers(dest="command", required=True, metavar="COMMAND")
    commands.add_parser("list", help="list the experiments, one per line")
    run = commands.add_parser("run", help="run the named experiments, or all")
    run.add_argument("names", nargs="*", metavar="NAME")
    run.add_argument("--seeds", type=whole_number, metavar="N", help="random initialisations")
    run.add_argument("--quick", action="store_true", help="a first look: few seeds, fewer settings")
    run.add_argument("--config", type=path, metavar="FILE", help="another setting, a TOML file")
    run.add_argument(
        "--dataset", type=path, metavar="PATH", help="images of your own to learn, an .npz file"
    )
    run.add_argument("--results", type=path, metavar="DIR")
    run.add_argument("--force", action="store_true", help="run unchanged experiments again, too")
    run.add_argument(
        "--backend", choices=("local", "dask"), default="local", help="where shards are made"
    )
    run.add_argument("--scheduler", metavar="ADDRESS", help="of a Dask cluster: tcp://HOST:PORT")
    check = commands.add_parser("check", help="hold fresh results against the stored numbers")
    check.add_argument("names", nargs="*", metavar="NAME")
    check.add_argument("--results", type=path, default=LATEST, metavar="DIR")
    check.add_argument("--expected", type=path, default=EXPECTED, metavar="DIR")
    compare = commands.add_parser("compare", help="hold one results folder against another")
    compare.add_argument("expected", type=path, metavar="A")
    compare.add_argument("results", type=path, metavar="B")
    for command in (check, compare):
        command.add_argument(
            "--format",
            choices=("text", "markdown", "json", "junit"),
            default="text",
            help="what is printed: for a terminal, a comment, a script, a CI's test view",
        )
    accept = commands.add_parser("accept", help="make fresh results the stored ones")
    accept.add_argument("names", nargs="+", metavar="NAME")
    report = commands.add_parser("report", help="write one page that shows a results folder")
    report.add_argument("--results", type=path, default=LATEST, metavar="DIR")
    report.add_argument(
        "--output", type=path, metavar="FILE", help="the page; by default among the results"
    )
    trial = commands.add_parser("trial", help="test an activation function of your own")
    trial.add_argument("target", metavar="MODULE:NAME", help="your function; its module is run")
    trial.add_argument(
        "--against",
        nargs="+",
        default=(),
        metavar="NAME",
        help="functions of the suite or of keras.activations; by default the built-in ones",
    )
    trial.add_argument("--expected", type=path, default=EXPECTED, metavar="DIR")
    trial.add_argument("--results", type=path, default=TRIALS, metavar="DIR")
    return top


def main(arguments: list[str] | None = None) -> int:
    """Runs a command; returns 0 when all holds, 1 when something differs, 2 on bad input.

    It returns 141 when whoever reads its output had enough, which is no error.
    """
    _open_standard_streams()
    try:
        given = parser().parse_args(arguments)
        if given.command != "list":
            _require_packages()
            compiled.refuse_older_copies()
        status = COMMANDS[given.command](given)
        print(end="", flush=True)  # what cannot be printed shows here, with its line
        return status
    except InputError as error:
        _say(f"error: {error}")
        return 2
    except BrokenPipeError as error:
        if _has_reader(1):  # then it was not the output
            _say(f"error: {error.strerror}. Received: a closed pipe")
            return 2
        _discard(1)
        return NOBODY_READS
    except OSError as error:  # a name that is too long, a folder that may not be entered
        if error.filename is None:  # a full disk under what is printed
            _discard(1)
        _say(f"error: {error.strerror}. Received: {error.filename or 'standard output'}")
        return 2
    except KeyboardInterrupt:
        _say("stopped; every file that was written is whole")
        return INTERRUPTED


def _has_reader(stream: int) -> bool:
    poll = select.poll()
    poll.register(stream, 0)  # no event but those of a pipe or a socket that is closed
    return not any(event & (select.POLLERR | select.POLLHUP) for _, event in poll.poll(0))


def _require_packages() -> None:
    """Refuses a Python without the environment's packages.

    Raises:
        InputError: some are missing.
    """
    missing = [name for name in PACKAGES if importlib.util.find_spec(name) is None]
    if missing:
        raise InputError(
            f"this Python has no {', '.join(missing)}; `make quick` makes the environment .venv,"
            " and `.venv/bin/python -m reproductions` runs in it."
            f" Received: {sys.executable}"
        )


def _say(line: str) -> None:
    try:
        print(one_line(line), file=sys.stderr, flush=True)
    except OSError:  # nobody reads it
        _discard(2)


def _discard(stream: int) -> None:
    """Takes what is still to be printed: Python would try again, and complain, when it ends."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), stream)


def _open_standard_streams() -> None:
    """Makes the streams fit to print on, whatever the shell closed and the locale cannot write."""
    for number in range(3):
        try:
            os.fstat(number)
        except OSError:  # the next file would get its number, and TensorFlow's log
            os.open(os.devnull, os.O_RDWR)
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:
            setattr(sys, name, io.StringIO())
        if isinstance(stream := getattr(sys, name), io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def _list(given: Namespace) -> int:
    for name in experiment.names():
        mark = " (only when named)" if experiment.is_optional(name) else ""
        print(f"{name:24} {experiment.summary(name)}{mark}")
    return 0


# What follows imports pandas and scipy only when a command needs them: `list` answers at once.


def _run(given: Namespace) -> int:
    names = experiment.chosen(given.names)
    changes, results = {}, given.results or LATEST
    if given.config and given.dataset:
        raise InputError(f"a data set is named in the file. Received: --dataset {given.dataset}")
    if given.config:
        from reproductions.running import config

        changes = config.read(given.config)
        for name in given.names:
            if name not in changes:
                raise InputError(f"{given.config} has no table [{name}]. Received: {name}")
    elif given.dataset:
        changes = _with_dataset(given.dataset, given.names)
    if changes:
        names = names if given.names else list(changes)
        results = _own_folder(given, changes)
    _refuse_among_the_stored(results)
    if settings.drift() and results.resolve() == LATEST.resolve():
        raise InputError(
            f"results of a drift setting need a folder of their own. Received: {settings.drift()}"
        )
    from reproductions.running import runner

    with _backend(given) as sending:
        request = runner.Request(results, given.seeds, given.force, given.quick, changes, sending)
        runner.run(names, request)
    return 0


def _stored() -> list[Path]:
    """The folder of the stored numbers, as of the current folder and as of the project's."""
    return [EXPECTED.resolve(), (experiment.FOLDER.parent / EXPECTED).resolve()]


def _refuse_among_the_stored(path: Path) -> None:
    """Refuses to write the stored numbers, or beside them.

    Raises:
        InputError: the path is their folder, or lies in it.
    """
    if any(place in _stored() for place in (path.resolve(), *path.resolve().parents)):
        raise InputError(f"`accept` alone changes the stored numbers. Received: {path}")


def _backend(given: Namespace) -> "AbstractContextManager[Sending | None]":
    """Where the shards of a run are made: here, or on a cluster."""
    if given.backend == "local" and given.scheduler is None:
        return contextlib.nullcontext()
    if given.backend == "local":
        raise InputError(
            f"a scheduler needs --backend dask. Received: --scheduler {given.scheduler}"
        )
    if given.scheduler is None:
        raise InputError("a cluster needs --scheduler ADDRESS. Received: --backend dask")
    from reproductions.running import cluster

    return cluster.connected(given.scheduler)


def _with_dataset(dataset: Path, wanted: list[str]) -> dict[str, dict]:
    """The setting in which all experiments that learn images, or the wanted ones, learn these."""
    from reproductions.training import digits

    able = [
        name for name in experiment.loadable() if hasattr(experiment.load(name).spec, "dataset")
    ]
    for name in wanted:
        if name not in able:
            raise InputError(f"{name} takes no data set; {', '.join(able)} does. Received: {name}")
    digits.load(str(dataset))  # refused now rather than in the run
    return {name: {"dataset": str(dataset)} for name in wanted or able}


def _own_folder(given: Namespace, changes: dict) -> Path:
    """Where results of another setting go: never where those of the stored one are."""
    named = given.config or given.dataset
    if given.seeds and any("seeds" in fields for fields in changes.values()):
        raise InputError(f"{named} sets seeds too. Received: --seeds {given.seeds}")
    folder = given.results or CUSTOM / named.stem
    taken = [LATEST.resolve(), *_stored()]
    if any(path in taken for path in (folder.resolve(), *folder.resolve().parents)):
        raise InputError(
            f"results of another setting need a folder of their own. Received: {folder}"
        )
    if not named.stem.strip("."):  # as of "...toml", which would be the folder above
        raise InputError(f"the file's name gives no folder's name. Received: {named}")
    return folder


def _check(given: Namespace) -> int:
    names = experiment.chosen(given.names)
    for name in given.names:
        experiment.load(name)
    _refuse_itself(given.expected, given.results)
    from reproductions.running import checking

    return _report(checking.compare(names, given.expected, given.results, judge=True), given.format)


def _compare(given: Namespace) -> int:
    from reproductions.running import checking

    names = list(experiment.names())
    return _report(
        checking.compare(names, given.expected, given.results, judge=False), given.format
    )


def _refuse_itself(expected: Path, results: Path) -> None:
    """Refuses to hold a folder against itself, as after a link from one to the other.

    Raises:
        InputError: both are one folder.
    """
    if results.is_dir() and results.resolve() == expected.resolve():
        raise InputError(
            f"these are one folder, which is no check of it. Received: {expected} and {results}"
        )


def _accept(given: Namespace) -> int:
    names = experiment.chosen(given.names)
    from reproductions.running import accepting, checking

    if not LATEST.is_dir():
        raise InputError(f"no such results folder. Received: {LATEST}")
    _refuse_itself(EXPECTED, LATEST)
    with only_writer(EXPECTED), only_writer(LATEST):
        # There is nothing to hold where all are optional ones that were never stored.
        held = [n for n in names if (EXPECTED / n).is_dir() or not experiment.load(n).optional]
        changed = checking.compare(held, EXPECTED, LATEST, judge=False) if held else None
        wrong = accepting.accept(names, LATEST, EXPECTED)
    if wrong.differences:
        _report(wrong)
        print(
            "nothing is accepted: claims.csv, figures and derived tables must say what tables say"
        )
        return 1
    if changed is not None:
        _report(changed)
    print(f"accepted: {', '.join(names)}")
    return 0


def _page(given: Namespace) -> int:
    from reproductions.report import build

    if given.output:
        _refuse_among_the_stored(given.output)
    print(build.write(given.results, given.output))
    return 0


def _trial(given: Namespace) -> int:
    from reproductions.trial import scorecard as trial

    return trial.run(given.target, given.expected, given.results, names=given.against)


def _report(comparison: "Comparison", form: str = "text") -> int:
    from reproductions.evidence import formats

    print(formats.FORMATS[form](comparison))
    return 1 if comparison.concluded() else 0


COMMANDS = {
    "list": _list,
    "run": _run,
    "check": _check,
    "compare": _compare,
    "accept": _accept,
    "report": _page,
    "trial": _trial,
}


def program() -> NoReturn:
    """Runs the command of the command line, and ends the process with its status."""
    status = main()
    # All is written and said; in Python's own end Ctrl-C would kill, without a word.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if status == INTERRUPTED:
        # Do not wait for blocks that are still in training or compilation: nobody will read them.
        sys.stdout.flush()
        os._exit(status)
    sys.exit(status)


if __name__ == "__main__":
    program()
