"""Settings and Ctrl-C for all tests; options of tests that sample: how much, and where it goes."""

import os
import signal
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:  # the layers' tests on another backend have no pandas
    import pandas as pd

if os.environ.get("KERAS_BACKEND", "") in ("", "tensorflow"):
    from reproductions.evidence import settings

    settings.fix(program=True)
else:  # the layers alone; no keras.json there, neither read nor written
    os.environ["KERAS_HOME"] = f"{os.devnull}/keras"

LINES = pytest.StashKey[list[str]]()


def pytest_addoption(parser):
    parser.addoption("--full", action="store_true", help="what tests sample, whole")
    parser.addoption("--store", type=Path, metavar="DIR", help="where they store their tables")


def pytest_configure(config):
    # A shell has what it starts in the background ignore Ctrl-C, and all that this starts.
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    config.stash[LINES] = []


def pytest_terminal_summary(terminalreporter, config):
    if config.stash[LINES]:
        terminalreporter.section("what the stress tests found")
        terminalreporter.write_line("\n".join(config.stash[LINES]))


@pytest.fixture(scope="session")
def full(pytestconfig):
    """Whether to run at full size rather than a sample."""
    return pytestconfig.getoption("full")


@pytest.fixture(scope="session")
def report(pytestconfig):
    """Takes a line that is printed after the tests, and a table that is stored."""

    def add(line: str, name: str = "", table: "pd.DataFrame | None" = None) -> None:
        pytestconfig.stash[LINES].append(line)
        folder = pytestconfig.getoption("store")
        if folder and table is not None:
            from reproductions.evidence.tables import to_csv
            from reproductions.running.files import write_whole

            write_whole(folder / f"{name}.csv", to_csv(table))

    return add
