"""How far the numbers drift on other processors: `make drift`, no part of a reproduction.

Every experiment runs once for each setting below, as on a processor without wide instructions, with
fewer or more threads, or with oneDNN's kernels; the results are held against the stored numbers, as
`check` does. How far each table moved from the run as it is, or from the stored numbers where that
run is left out, goes to `results/drift`.
"""

import argparse
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
import pandas as pd

from reproductions.evidence import drawing, settings
from reproductions.evidence.differences import plain
from reproductions.evidence.kinds import Close, Rate, Share, Unchecked
from reproductions.evidence.tables import to_csv
from reproductions.running import checking
from reproductions.running.experiment import chosen, load
from reproductions.running.files import write_whole
from reproductions.running.results import read_tables

EXPECTED = Path("results/expected")
DRIFT = Path("results/drift")

AS_IT_IS = "as it is"
SETTINGS = {
    # How many cores Python believes in; what else each changes stands in `settings.DRIFTS`.
    AS_IT_IS: None,
    **dict.fromkeys(settings.DRIFTS),
    "one thread": 1,
    "four threads": 4,
}

RUN = """\
import os, sys
if {cores}: os.cpu_count = lambda: {cores}
from reproductions.__main__ import main
sys.exit(main(sys.argv[1:]))
"""


def main(arguments: list[str] | None = None) -> int:
    """Runs the settings, prints each one's differences, and stores the drift of every table."""
    parser = argparse.ArgumentParser(
        prog="python -m reproductions.bench.drift", description=__doc__
    )
    parser.add_argument("names", nargs="*", metavar="NAME", help="experiments; all by default")
    parser.add_argument("--settings", nargs="+", choices=SETTINGS, default=list(SETTINGS))
    parser.add_argument("--quick", action="store_true", help="few seeds, fewer settings")
    given = parser.parse_args(arguments)
    names = chosen(given.names)
    status = 0
    with tempfile.TemporaryDirectory() as top:
        baseline = EXPECTED
        for setting in given.settings:
            folder = Path(top, setting)
            _run(setting, names, folder, given.quick)
            comparison = checking.compare(names, EXPECTED, folder, judge=True)
            differences = comparison.concluded()
            print(
                f"{setting}: {len(differences)} differences", *differences, sep="\n  ", flush=True
            )
            status |= bool(differences)
            if setting == AS_IT_IS:
                baseline = folder
            label = {"setting": setting, "run": "quick" if given.quick else "full"}
            _store([{**label, **row} for name in names for row in _drift(name, baseline, folder)])
    return int(status)


def _store(rows: list[dict]) -> None:
    """Puts a setting's rows in the place of those that are stored, and draws all."""
    frame = pd.DataFrame(rows)
    if (path := DRIFT / "drift.csv").is_file():
        stored = pd.read_csv(path)
        keys = ["setting", "run", "experiment", "table"]
        frame = pd.concat([stored, frame]).drop_duplicates(keys, keep="last")
    # A first look says nothing more where a setting was run whole.
    ran = frame.assign(whole=frame["run"].eq("full")).groupby(["setting", "experiment"])["whole"]
    frame = frame[frame["run"].eq("full") | ~ran.transform("any")]
    write_whole(path, to_csv(frame))
    for name, data in drawing.render_all({"drift": lambda: _figure(frame)}).items():
        write_whole(DRIFT / name, data)


def _run(setting: str, names: list[str], folder: Path, quick: bool) -> None:
    command = [sys.executable, "-c", RUN.format(cores=SETTINGS[setting]), "run", *names]
    command += ["--results", str(folder), *(["--quick"] if quick else [])]
    environment = os.environ | {settings.DRIFT: "" if setting == AS_IT_IS else setting}
    subprocess.run(command, env=environment, check=True, stdout=subprocess.DEVNULL)


def _drift(name: str, baseline: Path, folder: Path) -> list[dict]:
    """A row a table: how many values moved at all, and the farthest, in tolerances."""
    experiment = load(name)
    stored, fresh = (read_tables(experiment, results) for results in (baseline, folder))
    return [
        {"experiment": name, "table": table, **_moved(shape, stored[table], fresh[table])}
        for table, shape in experiment.tables.items()
    ]


def _moved(shape, stored, fresh) -> dict:
    key = list(shape.key)
    pairs = pd.merge(stored, fresh, on=key, suffixes=("|a", "|b"))
    values = changed = counts = counts_changed = 0
    farthest = 0.0
    for column, kind in shape.columns.items():
        if isinstance(kind, Share | Unchecked):  # the one follows from counts, the other may move
            continue
        a, b = pairs[f"{column}|a"], pairs[f"{column}|b"]
        differ = int((a.map(plain) != b.map(plain)).sum())
        if isinstance(kind, Rate):
            counts += len(a)
            counts_changed += differ
            continue
        values += len(a)
        changed += differ
        if isinstance(kind, Close) and len(a):
            a, b = a.to_numpy(float), b.to_numpy(float)
            with np.errstate(invalid="ignore", divide="ignore"):
                ratio = np.abs(a - b) / (kind.atol + kind.rtol * np.abs(a))
            ratio[(a == b) | (np.isnan(a) & np.isnan(b))] = 0
            farthest = max(farthest, float(ratio.max()))
    return {
        "values": values,
        "changed": changed,
        "farthest_tolerances": farthest,
        "counts": counts,
        "counts_changed": counts_changed,
    }


def _figure(frame):
    """The farthest value of every table in tolerances; only tables of which something moved."""
    frame = frame.assign(place=frame["experiment"] + ": " + frame["table"])
    shown = frame.groupby("place")["farthest_tolerances"].max()
    places = shown[shown > 0].index.tolist()
    figure, ((axes,),) = drawing.panels(width=8.5, height=max(3.0, 0.2 * len(places) + 1.4))
    markers = "oDsv^P"
    frame = frame.sort_values("setting", key=lambda names: names.map(list(SETTINGS).index))
    runs = frame.groupby(["setting", "run"], sort=False)
    for i, ((setting, run), rows) in enumerate(runs):
        rows = rows[rows["farthest_tolerances"] > 0]
        remarks = [setting, *(["quick"] if run == "quick" else [])]
        remarks += ["nothing moved"] if rows.empty else []
        axes.plot(
            rows["farthest_tolerances"],
            # Beside each other, as several settings often move a value equally far.
            [places.index(place) + 0.13 * (i - len(runs) / 2) for place in rows["place"]],
            markers[i % len(markers)],
            fillstyle="full" if run == "full" else "none",
            label=", ".join(remarks),
            alpha=0.8,
            markersize=5,
        )
    axes.axvline(1, color=drawing.BLACK, linewidth=1)
    axes.set_yticks(range(len(places)), places, fontsize=8)
    axes.invert_yaxis()
    axes.set(xscale="log", xlabel="farthest value of the table (tolerances; right of 1 fails)")
    axes.set_title("How far the tables drift on other processors")
    figure.legend(*axes.get_legend_handles_labels(), loc="outside lower center", ncols=3)
    return figure


if __name__ == "__main__":
    sys.exit(main())
