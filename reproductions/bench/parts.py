"""What all parts of `make bench` do: measure in rounds, write a table and a figure, print."""

import argparse
import os
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from reproductions.evidence import drawing
from reproductions.evidence.tables import to_csv
from reproductions.running.files import write_whole

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def on_one_core(module: str) -> None:
    """Starts a part anew on one core alone, where the system lets a program choose.

    TensorFlow counts the cores once, when it starts. Where there are more, it hands the pieces of a
    step from one thread to another, which takes longer than small pieces do.

    Args:
        module: the name of the part's module.
    """
    if not hasattr(os, "sched_setaffinity"):
        return
    cores = os.sched_getaffinity(0)
    if len(cores) > 1:
        os.sched_setaffinity(0, {max(cores)})
        command = [sys.executable, "-m", f"reproductions.bench.{module}", *sys.argv[1:]]
        os.execv(sys.executable, command)


@dataclass(frozen=True)
class Part:
    """One part of `make bench`, a module that can be run.

    Attributes:
        module: the name of the module in this folder.
        stored: the name of its table and of its figure.
        measure: makes the table, given the number of rounds.
        figure: draws the table.
        report: prints the table, given the number of rounds too.
        least_rounds: fewer rounds than this are refused.
    """

    module: str
    stored: str
    measure: Callable[[int], pd.DataFrame]
    figure: Callable[[pd.DataFrame], "Figure"]
    report: Callable[[pd.DataFrame, int], None]
    least_rounds: int = 6  # an interval of a median needs six

    def run(self, arguments: list[str] | None = None) -> int:
        """Measures, writes and prints; a table without rows is not written."""
        parser = argparse.ArgumentParser(prog=f"python -m reproductions.bench.{self.module}")
        parser.add_argument("--rounds", type=int, default=7, help=f"at least {self.least_rounds}")
        parser.add_argument("--results", type=Path, default=Path("results/latest"), metavar="DIR")
        given = parser.parse_args(arguments)
        if given.rounds < self.least_rounds:
            parser.error(f"--rounds must be at least {self.least_rounds}. Received: {given.rounds}")
        rows = self.measure(given.rounds)
        if len(rows):
            write_whole(given.results / f"{self.stored}.csv", to_csv(rows))
            drawn = drawing.render_all({self.stored: lambda: self.figure(rows)})
            for name, content in drawn.items():
                write_whole(given.results / name, content)
        self.report(rows, given.rounds)
        return 0
