"""Runs the listings of perceptron-post whole, and takes down what they print.

Each listing is a program of its own here, run by Python as a reader would run it, and its standard
output is held against the lines that the document shows under "실행 결과" (the result of running).
"""

import os
import subprocess
import sys
import tempfile

import pandas as pd

from reproductions.evidence.kinds import Exact, Table
from reproductions.experiments.functions.printed_code.listings import PRINTED

SHOWN = {
    "perceptron-post-threshold": "",
    "perceptron-post-comparison": "",
    "perceptron-post-softmax": "[0.002 0.007 0.042 0.056 0.084 0.187 0.622]",
    "perceptron-post-perceptron": """
[-3. -1. -2.] -> -2.6 -> 0.069
[ 0.3 0.4 -0.5] -> -0.58 -> 0.359
[-0.4 0.2 0.7] -> -0.23 -> 0.443
[0.1 0.5 0.9] -> 0.08 -> 0.52
[0.6 0.7 0.9] -> 0.27 -> 0.567
[1.2 0.4 1.5] -> 0.69 -> 0.666
[2. 2. 2.] -> 1.5 -> 0.818
""",
}
"""What the document shows as the output of each listing."""

SAME, SPACES, NUMBERS, OTHER = "same", "same but for spaces", "same numbers", "other"
"""How a printed line compares with the document's."""


def outputs() -> pd.DataFrame:
    """A row for each line that the document shows or that a listing prints."""
    rows = []
    for listing, shown in SHOWN.items():
        expected, obtained = shown.strip().splitlines(), _printed_by(listing)
        for line in range(max(len(expected), len(obtained))):
            document, today = (
                lines[line] if line < len(lines) else "" for lines in (expected, obtained)
            )
            rows.append(
                {
                    "listing": listing,
                    "line": line + 1,
                    "shown": document,
                    "printed": today,
                    "agreement": agreement(document, today),
                }
            )
    return pd.DataFrame(rows)


def agreement(shown: str, printed: str) -> str:
    """How two lines compare: a web page shows several spaces as one."""
    if shown == printed:
        return SAME
    if " ".join(shown.split()) == " ".join(printed.split()):
        return SPACES
    return NUMBERS if _numbers(shown) == _numbers(printed) != [] else OTHER


def _numbers(line: str) -> list[float]:
    numbers = []
    for word in line.replace("[", " ").replace("]", " ").split():
        try:
            numbers.append(float(word))
        except ValueError:
            continue
    return numbers


def _printed_by(listing: str) -> list[str]:
    """The lines that a listing prints, in a process of its own and without a window.

    Raises:
        RuntimeError: the listing failed.
    """
    environment = os.environ | {"MPLBACKEND": "Agg", "PYTHONIOENCODING": "utf-8"}
    with tempfile.TemporaryDirectory() as empty:
        process = subprocess.run(
            # -P: no module beside the listings goes before the libraries.
            [sys.executable, "-P", "-W", "ignore", str(PRINTED / f"{listing}.txt")],
            cwd=empty,
            env=environment,
            capture_output=True,
            text=True,
            encoding="utf-8",
        )
    if process.returncode:
        *_, last = ["nothing on standard error", *process.stderr.strip().splitlines()]
        raise RuntimeError(f"the listing {listing} could not be run. Received: {last}")
    return process.stdout.splitlines()


TABLE = Table(
    key=("listing", "line"),
    columns={"shown": Exact(), "printed": Exact(), "agreement": Exact()},
)
