"""A trial: an activation function of one's own goes through the battery, beside other functions.

It runs the code that it is given. Whatever is wrong with the function is a finding, with the input
that shows it; what cannot be imported at all is an `InputError`.
"""

import time
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from reproductions.evidence import drawing, settings
from reproductions.evidence.errors import InputError, one_line
from reproductions.evidence.tables import to_csv
from reproductions.running import experiment, files
from reproductions.running.results import read_tables
from reproductions.training import battery
from reproductions.training.parallel import workers
from reproductions.training.pool import progress
from reproductions.trial import against, soundness
from reproductions.trial.candidate import UnsoundError, as_factory, blamed, find
from reproductions.trial.soundness import FINDING, NOTE

NOT_RUN, MEASURED, BUILT_IN = "not run", "measured", "built in"
ROUNDING = 1e-12
COLUMNS = [
    "function",
    "check",
    "quantity",
    "value",
    "low",
    "high",
    "verdict",
    "finding",
]


def measured(factory: Callable, setting: battery.Setting) -> list[dict]:
    """The battery's rows; a check that fails is a finding of its own."""

    def one(check, function):
        try:
            with np.errstate(all="ignore"), blamed("it raises"):
                return [judged(row) for row in function(factory, setting)]
        except UnsoundError as error:
            row = battery.measure(check, "whole check", np.nan)
            return [{**row, "verdict": FINDING, "finding": str(error)}]

    with workers() as executor:
        jobs = [executor.submit(one, *item) for item in battery.CHECKS.items()]
        rows = [row for job in progress(jobs, what="trial", unit="check") for row in job.result()]
    costs = one("cost", lambda own, setting: battery.cost({"own": own}, setting)["own"])
    return [*rows, *costs]


def judged(row: dict) -> dict:
    """A row of the battery with its verdict; a number that does not cover all runs is removed."""
    if row["quantity"].startswith("non-finite") and row["count"]:
        said = f"NaN or infinite in {row['count']} of {row['trials']} initialisations"
        return {**row, "verdict": FINDING, "finding": said}
    if said := row["left_out"]:
        # A number over the remaining runs is reported, but compared with no other function's.
        said += f"; {rest} without them" if (rest := _number(row)) else ""
        # That runs broke, and so left no dead units to count, is a finding where they are counted.
        verdict = NOTE if row["check"] == "dead units" else FINDING
        nothing = dict.fromkeys(("value", "low", "high"), np.nan)
        return {**row, **nothing, "verdict": verdict, "finding": said}
    if not np.isfinite(row["value"]):
        return {**row, "verdict": FINDING, "finding": f"it comes to {row['value']:g}"}
    return {**row, "verdict": MEASURED, "finding": ""}


def score(given: object, setting: battery.Setting) -> pd.DataFrame:
    """All rows for one function, in the order in which they are shown."""
    try:
        factory = as_factory(given)
        rows = soundness.check(factory)
    except UnsoundError as error:
        rows = [soundness.row("usable", FINDING, str(error))]
        rows += [
            {"check": c, "quantity": q, "verdict": NOT_RUN, "finding": "the function is not usable"}
            for c, q in battery.QUANTITIES
        ]
        return pd.DataFrame(rows)
    order = {key: i for i, key in enumerate(battery.QUANTITIES)}
    measurements = measured(factory, setting)
    measurements.sort(key=lambda row: order.get((row["check"], row["quantity"]), len(order)))
    return pd.DataFrame([*rows, *measurements])


def builtins(expected: Path) -> pd.DataFrame:
    """The built-in functions' stored numbers.

    Raises:
        InputError: they are missing, or cannot be read.
    """
    loaded = experiment.load("battery")
    folder = expected / "battery"
    missing = [name for name in loaded.tables if not (folder / f"{name}.csv").is_file()]
    if missing:
        raise InputError(
            "the built-in functions' numbers are missing; `run battery --results DIR` makes them,"
            f" and --expected DIR reads them. Received: {folder}"
        )
    return battery.scores(read_tables(loaded, expected))


def place(row: pd.Series, others: pd.DataFrame) -> str:
    """Where a number stands among the other functions'; intervals that overlap say nothing."""
    same = others[(others["check"] == row["check"]) & (others["quantity"] == row["quantity"])]
    same = same[np.isfinite(same["value"])]
    if same.empty or not np.isfinite(row["value"]):
        return ""

    def ends(row):
        low, high = row["low"], row["high"]
        return np.where(np.isnan(low), row["value"], low), np.where(
            np.isnan(high), row["value"], high
        )

    low, high = ends(row)
    lows, highs = ends(same)
    above = same["function"][highs < low].tolist()
    below = same["function"][lows > high].tolist()
    sides = [
        f"{side} {'all' if len(these) == len(same) else ', '.join(these)}"
        for side, these in (("above", above), ("below", below))
        if these
    ]
    return "; ".join(sides) or "not told apart from the others"


def beside(names: Sequence[str], stored: pd.DataFrame, setting: battery.Setting) -> pd.DataFrame:
    """The numbers of the functions that are named: stored ones where there are any, else measured.

    Raises:
        InputError: one of them is no function, or none that can be measured.
    """
    known = stored.assign(verdict=BUILT_IN, finding="")
    if not names:
        return known
    names = list(dict.fromkeys(names))
    # All are found before the first is measured, so that a wrong name costs no time.
    others = {n: against.factory(n) for n in names if n not in set(stored["function"])}
    numbers = []
    for name in names:
        if name in others:
            print(f"{name} is measured too, as no numbers of it are stored", flush=True)
            numbers.append(pd.DataFrame(measured(others[name], setting)).assign(function=name))
        else:
            numbers.append(known[known["function"] == name])
    return pd.concat([part.reindex(columns=COLUMNS) for part in numbers], ignore_index=True)


def run(
    target: str,
    expected: Path,
    results: Path,
    setting: battery.Setting | None = None,
    names: Sequence[str] = (),
) -> int:
    """Makes a function's scorecard, prints a line a row, and returns 1 if there is a finding.

    Args:
        target: MODULE:NAME.
        expected: the folder with the built-in functions' stored numbers.
        results: the scorecard goes to a folder named after the function in it.
        setting: how much is measured; by default as stored.
        names: of the functions that it stands beside, of the suite or of `keras.activations`; by
            default all whose numbers are stored.
    """
    started = time.perf_counter()
    stored = builtins(expected)
    print(f"this runs the code of {target}")
    function = find(target)
    settings.hold()  # the module may have changed Keras'
    setting = setting or battery.Setting()
    others = beside(names, stored, setting)
    name = target.replace(":", ".")
    scorecard = score(function, setting).assign(function=name).reindex(columns=COLUMNS)
    places = [place(row, others) for _, row in scorecard.iterrows()]
    for (_, row), where in zip(scorecard.iterrows(), places, strict=True):
        print(one_line(_line(row, where)))
    all_rows = pd.concat([scorecard, others])[COLUMNS]
    folder = results / name
    functions = [name, *dict.fromkeys(others["function"])]
    drawn = drawing.render_all({"scorecard": lambda: battery.figure(all_rows, functions, name)})
    page = _page(name, scorecard, places, all_rows, functions, drawn["scorecard.png"])
    contents = drawn | {"scorecard.csv": to_csv(all_rows), "index.html": page.encode()}
    with files.only_writer(folder, wait=True):
        for file, data in contents.items():
            files.write_whole(folder / file, data)
    findings = int((scorecard["verdict"] == FINDING).sum())
    seconds = time.perf_counter() - started
    print(f"{findings} finding{'' if findings == 1 else 's'}; {folder}/index.html; {seconds:.0f} s")
    return 1 if findings else 0


def _number(row) -> str:
    if not np.isfinite(row["value"]):
        return ""
    interval = f" [{row['low']:.3g}, {row['high']:.3g}]" if np.isfinite(row["low"]) else ""
    value = 0.0 if abs(row["value"]) < ROUNDING else row["value"]
    return f"{value:.3g}{interval}"


def _line(row, where) -> str:
    said = row["finding"] or where
    number = _number(row) if row["check"] != "soundness" else ""
    return f"{row['check']:15} {row['quantity']:28} {row['verdict']:9} {number:24} {said}".rstrip()


PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Trial of {{ name }}</title>
<style>
:root { color-scheme: light dark }
body { font: 16px/1.5 system-ui, sans-serif; max-width: 75rem; margin: 1rem auto; padding: 0 1rem }
div { overflow-x: auto } img { max-width: 100%; background: white }
table { border-collapse: collapse; font-size: 0.9rem }
th, td { border-bottom: 1px solid #8888; padding: 0.25rem 0.6rem; text-align: left }
tr.finding td { font-weight: bold }
td.number { white-space: nowrap }
</style></head><body>
<h1>Trial of {{ name }}</h1>
<p>{{ findings }} of {{ rows|length }} rows are findings. Numbers have 95 %
intervals in brackets.</p>
<h2>Scorecard</h2>
<div><table><tr><th>check</th><th>quantity</th><th>verdict</th><th>value</th>
<th>finding, or place among the other functions</th></tr>
{% for row, number, where in rows %}<tr class="{{ row.verdict }}"><td>{{ row.check }}</td>
<td>{{ row.quantity }}</td><td>{{ row.verdict }}</td><td class="number">{{ number }}</td>
<td>{{ row.finding or where }}</td></tr>
{% endfor %}</table></div>
<h2>Beside the other functions</h2>
<p><img src="data:image/png;base64,{{ figure }}" alt="A panel a quantity: {{ name }} as a diamond,
the other functions as dots, with intervals; the numbers are in the table below"></p>
<div><table><tr><th>check</th><th>quantity</th>
{% for function in functions %}<th>{{ function }}</th>{% endfor %}</tr>
{% for check, quantity, numbers in wide %}<tr><td>{{ check }}</td><td>{{ quantity }}</td>
{% for number in numbers %}<td class="number">{{ number }}</td>{% endfor %}</tr>
{% endfor %}</table></div>
</body></html>
"""


def _page(name, own, places, both, functions, png) -> str:
    import base64

    from jinja2 import Environment, StrictUndefined

    index = both.drop_duplicates(["function", "check", "quantity"]).set_index(
        ["function", "check", "quantity"]
    )

    def number(function, *key):
        return _number(index.loc[(function, *key)]) if (function, *key) in index.index else ""

    rows = own.to_dict("records")
    return (
        Environment(autoescape=True, undefined=StrictUndefined)
        .from_string(PAGE)
        .render(
            name=name,
            findings=int((own["verdict"] == FINDING).sum()),
            rows=[(row, _number(row), where) for row, where in zip(rows, places, strict=True)],
            functions=functions,
            wide=[(*key, [number(f, *key) for f in functions]) for key in battery.QUANTITIES],
            figure=base64.b64encode(png).decode(),
        )
    )
