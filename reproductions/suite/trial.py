"""A trial: an activation function of one's own goes through the battery, beside the built-in ones.

It runs the code that it is given. Whatever is wrong with the function is a finding, with the input
that shows it; what cannot be imported at all is an `InputError`.
"""

import importlib
import inspect
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd

from reproductions.suite import battery, drawing, experiment, files, settings, tables
from reproductions.suite.errors import InputError, one_line
from reproductions.suite.parallel import workers
from reproductions.suite.progress import progress
from reproductions.suite.tables import to_csv

OK, FINDING, NOTE, NOT_RUN, MEASURED = "ok", "finding", "note", "not run", "measured"
COLUMNS = [
    "function", "check", "quantity", "value", "low", "high", "verdict", "finding",
]  # fmt: skip

PROBES = np.array(
    [0.0, -0.0]
    + [
        sign * size
        for size in (1e-45, 1e-38, 1e-30, 1e-20, 1e-8, 1e-3, 0.5, 1, 3, 10, 17, 50, 89, 1e3, 1e4,
                     1e8, 1e15, 1e19, 1e20, 1e30)
        for sign in (-1, 1)
    ]
)  # fmt: skip
TINY = float(np.finfo("float32").tiny)
EXTREMES = (-np.inf, np.inf, np.nan)
ROUNDING = 1e-12
REACH = 1e4
"""A gradient is expected to be finite up to here: beyond, x * x has one that overflows in steps."""


class UnsoundError(Exception):
    """What is wrong with a function, with the input that shows it."""


def find(target: str) -> object:
    """What MODULE:NAME names; the current folder comes first.

    Raises:
        InputError: it is not of that form, the module cannot be imported, or has no such name.
    """
    module, _, name = target.partition(":")
    if (
        not module
        or not name.isidentifier()
        or not all(p.isidentifier() for p in module.split("."))
    ):
        raise InputError(f"a trial takes MODULE:NAME, as in my_funcs:snake. Received: {target}")
    if (folder := str(Path.cwd())) not in sys.path:
        sys.path.insert(0, folder)
    importlib.invalidate_caches()
    try:
        return getattr(importlib.import_module(module), name)
    except AttributeError as error:
        if module not in sys.modules:
            raise InputError(f"{module} cannot be imported: {error}. Received: {target}") from error
        raise InputError(f"{module} has no {name}. Received: {target}") from error
    except (Exception, SystemExit) as error:  # whatever a module of the user's does on import
        raise InputError(
            f"{module} cannot be imported: {type(error).__name__}: {error}. Received: {target}"
        ) from error


def as_factory(given: object) -> Callable:
    """What makes the activation as a Keras layer of a dtype.

    Args:
        given: a function of a tensor, a layer, a layer's class, or a function without required
            arguments that makes a layer.

    Raises:
        UnsoundError: it is none of these, or fails at once.
    """
    import keras

    class Function(keras.Layer):
        """A plain function as a layer."""

        def call(self, x):
            return given(x)

    if not callable(given):
        raise UnsoundError(f"neither a function nor a layer, but of type {type(given).__name__}")
    if isinstance(given, keras.Layer):
        config = given.get_config()
        return lambda dtype: type(given).from_config({**config, "dtype": dtype})
    try:
        required = [
            parameter
            for parameter in inspect.signature(given).parameters.values()
            if parameter.default is parameter.empty
            and parameter.kind not in (parameter.VAR_POSITIONAL, parameter.VAR_KEYWORD)
        ]
    except (TypeError, ValueError):  # a built-in one may have no signature
        required = [None]
    if inspect.isclass(given) or not required:

        def make(dtype):
            layer = given()
            if not isinstance(layer, keras.Layer):
                raise UnsoundError(
                    f"called without arguments it gives {_short(layer)}, not a layer"
                )
            layer.dtype_policy = dtype
            return layer

        try:
            make("float32")
        except Exception as error:
            raise UnsoundError(_said("it cannot be made without arguments", error)) from error
        return make
    return lambda dtype: Function(dtype=dtype)


def sound(factory: Callable) -> list[dict]:
    """Whether the battery can take the function; a row for each thing that was looked at.

    Raises:
        UnsoundError: it cannot; nothing more can be measured then.
    """
    rows = [
        _ok("shape and dtype", _shapes, factory),
        _ok("state", _state, factory),
        _ok("elementwise", _elementwise, factory),
        _ok("differentiable", _differentiable, factory),
        _ok("traced and compiled", _compiled, factory),
    ]
    return [*rows, *_range(factory), _differences(factory)]


def _row(quantity, verdict, finding="", value=np.nan) -> dict:
    row = {"check": "soundness", "quantity": quantity, "value": value}
    return {**row, "low": np.nan, "high": np.nan, "verdict": verdict, "finding": finding}


def _ok(quantity, check, factory) -> dict:
    check(factory)
    return _row(quantity, OK)


def _said(what, error) -> str:
    while error.__context__:  # Keras puts its own around what the function raised
        error = error.__context__
    return f"{what}: {type(error).__name__}: {_short(error)}"


def _short(thing, most=160) -> str:
    lines = [line.strip() for line in str(thing).splitlines() if line.strip()]
    # TensorFlow and Keras put where it happened first; what happened is the last plain line.
    text = one_line(" ".join(lines[:2]) if lines else repr(thing))
    return text if len(text) <= most else text[: most - 3] + "..."


def _apply(factory, x) -> np.ndarray:
    try:
        value = factory(dtype=str(x.dtype))(x)
        return np.asarray(value) if value is not None else None
    except UnsoundError:
        raise
    except Exception as error:
        raise UnsoundError(_said(f"it raises on {x.dtype} of shape {x.shape}", error)) from error


def _shapes(factory) -> None:
    for dtype in ("float32", "float64"):
        for shape in ((3,), (2, 3), (2, 3, 4)):
            x = np.linspace(-2, 2, int(np.prod(shape))).reshape(shape).astype(dtype)
            y = _apply(factory, x)
            if y is None or y.dtype == object:
                raise UnsoundError(
                    f"it gives {_short(y)} on {dtype} of shape {shape}, not a tensor"
                )
            if y.shape != shape:
                raise UnsoundError(f"it gives shape {y.shape} on {dtype} of shape {shape}")
            if str(y.dtype) != dtype:
                raise UnsoundError(f"it gives {y.dtype} on {dtype} of shape {shape}")


def _state(factory) -> None:
    layer, x = factory(dtype="float32"), np.linspace(-3, 3, 24, dtype="float32").reshape(2, 12)
    first = np.asarray(layer(x))
    if layer.variables:
        names = ", ".join(variable.path for variable in layer.variables)
        raise UnsoundError(f"it has weights or state, which a trial cannot take: {names}")
    second = np.asarray(layer(x))
    other = first != second
    if (other & ~(np.isnan(first) & np.isnan(second))).any():
        raise UnsoundError(f"it gives another value the second time, at x = {x[other][0]:g}")


def _elementwise(factory) -> None:
    layer = factory(dtype="float32")
    x = np.linspace(-3, 3, 24, dtype="float32")
    together = np.asarray(layer(x.reshape(2, 3, 4))).ravel()
    alone = np.array([np.asarray(layer(x[i : i + 1].reshape(1, 1)))[0, 0] for i in range(len(x))])
    other = ~np.isclose(together, alone, rtol=1e-4, atol=1e-6, equal_nan=True)
    if other.any():
        i = int(other.argmax())
        raise UnsoundError(
            f"it does not act on each element alone: at x = {x[i]:g} it gives {alone[i]:g} alone"
            f" and {together[i]:g} among others"
        )


def _slope(factory, x) -> np.ndarray:
    import tensorflow as tf

    layer, z = factory(dtype=str(x.dtype)), tf.constant(x)
    try:
        with tf.GradientTape() as tape:
            tape.watch(z)
            value = layer(z)
        slope = tape.gradient(value, z)
    except Exception as error:
        raise UnsoundError(_said(f"its gradient raises on {x.dtype}", error)) from error
    if slope is None:
        raise UnsoundError(f"it is not differentiable: no gradient on {x.dtype} of shape {x.shape}")
    return np.asarray(slope)


def _differentiable(factory) -> None:
    x = np.linspace(-5, 5, 101, dtype="float32")
    if not _slope(factory, x).any():
        raise UnsoundError("its gradient is 0 at every x from -5 to 5: nothing below it can learn")


def _compiled(factory) -> None:
    import tensorflow as tf

    x = np.linspace(-5, 5, 48, dtype="float32").reshape(2, 3, 8)
    layer = factory(dtype="float32")
    plain = np.asarray(layer(x))
    for how, compiled in (("traced", False), ("compiled by XLA", True)):
        try:
            function = tf.function(lambda z: layer(z), autograph=False, jit_compile=compiled)
            value = np.asarray(function(tf.constant(x)))
        except Exception as error:
            raise UnsoundError(
                _said(f"it cannot be {how} on float32 of shape {x.shape}", error)
            ) from error
        other = ~np.isclose(value, plain, rtol=1e-3, atol=1e-5, equal_nan=True)
        if other.any():
            raise UnsoundError(
                f"{how} it gives {value[other][0]:g} at x = {x[other][0]:g}, else"
                f" {plain[other][0]:g}"
            )


def _range(factory) -> list[dict]:
    """Values and gradients over the float range; findings here do not stop the trial."""
    x = PROBES.astype("float32")
    value, wide = _apply(factory, x), _apply(factory, x.astype("float64"))
    fits = np.abs(wide) < np.finfo("float32").max
    bad = np.isnan(value) | (~np.isfinite(value) & fits)
    rows = [_listed("finite values", x, value, bad)]
    near = x[np.abs(x) <= REACH]
    slope, wide = _slope(factory, near), _slope(factory, near.astype("float64"))
    # A slope may be infinite where it is so in float64 too, as the square root's at 0: still a
    # finding, as one such input ends all training.
    rows.append(_listed("finite gradients", near, slope, ~np.isfinite(slope)))
    ends = np.array(EXTREMES, "float32")
    found = ", ".join(
        f"f({at:g}) = {y:g}" for at, y in zip(ends, _apply(factory, ends), strict=True)
    )
    return [*rows, _row("at the ends", NOTE, found)]


def _listed(quantity, x, value, bad) -> dict:
    """A row that names the first few inputs that went wrong."""
    if not bad.any():
        return _row(quantity, OK, value=1.0)
    # The most ordinary inputs first.
    order = np.argsort(np.abs(np.log(np.maximum(np.abs(x[bad]), TINY))), kind="stable")[:3]
    shown = ", ".join(f"{value[bad][i]:g} at x = {x[bad][i]:g}" for i in order)
    return _row(quantity, FINDING, f"{int(bad.sum())} of {len(x)} inputs: {shown}", 1 - bad.mean())


def _differences(factory) -> dict:
    """The gradient against central finite differences in float64, away from kinks."""
    h = 1e-5
    x = np.linspace(-10, 10, 2_001) + 0.00317  # on no round number, where kinks are
    slope = _slope(factory, x)
    below, middle, above = (_apply(factory, x + d) for d in (-h, 0, h))
    central = (above - below) / (2 * h)
    bent = np.abs((above - middle) - (middle - below)) / h  # a kink or a jump in between
    scale = 1 + np.abs(central)
    other = (np.abs(slope - central) > 1e-5 * scale) & (bent < 1e-2 * scale)
    if not other.any():
        return _row("gradient against differences", OK)
    i = int(np.where(other, np.abs(slope - central) / scale, 0).argmax())
    return _row(
        "gradient against differences",
        FINDING,
        f"at {int(other.sum())} of {len(x)} inputs, most at x = {x[i]:g}: gradient {slope[i]:g},"
        f" differences {central[i]:g}",
    )


def measured(factory: Callable, setting: battery.Setting) -> list[dict]:
    """The battery's rows; a check that fails is a finding of its own."""

    def one(check, function):
        try:
            with np.errstate(all="ignore"):
                return [_judged(row) for row in function(factory, setting)]
        except Exception as error:
            row = battery.measure(check, "whole check", np.nan)
            return [{**row, "verdict": FINDING, "finding": _said("it raises", error)}]

    with workers() as pool:
        jobs = [pool.submit(one, *item) for item in battery.CHECKS.items()]
        rows = [row for job in progress(jobs, what="trial", unit="check") for row in job.result()]
    costs = one("cost", lambda own, setting: battery.cost({"own": own}, setting)["own"])
    return [*rows, *costs]


def _judged(row: dict) -> dict:
    if not np.isfinite(row["value"]):
        return {**row, "verdict": NOTE, "finding": "no initialisation stayed finite"}
    if row["quantity"].startswith("non-finite") and row["count"]:
        said = f"NaN or infinite in {row['count']} of {row['trials']} initialisations"
        return {**row, "verdict": FINDING, "finding": said}
    return {**row, "verdict": MEASURED, "finding": ""}


def score(given: object, setting: battery.Setting) -> pd.DataFrame:
    """All rows for one function, in the order in which they are shown."""
    rows = []
    try:
        factory = as_factory(given)
        rows = sound(factory)
    except UnsoundError as error:
        rows = [_row("usable", FINDING, str(error))]
        rows += [
            {"check": c, "quantity": q, "verdict": NOT_RUN, "finding": "the function is not usable"}
            for c, q in battery.QUANTITIES
        ]
        return pd.DataFrame(rows)
    order = {key: i for i, key in enumerate(battery.QUANTITIES)}
    found = measured(factory, setting)
    found.sort(key=lambda row: order.get((row["check"], row["quantity"]), len(order)))
    return pd.DataFrame([*rows, *found])


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
    return battery.scores(
        {
            name: tables.read_table(folder / f"{name}.csv", table)
            for name, table in loaded.tables.items()
        }
    )


def place(row, others: pd.DataFrame) -> str:
    """Where a number stands among the built-in functions'; intervals that overlap say nothing."""
    own = others[(others["check"] == row["check"]) & (others["quantity"] == row["quantity"])]
    own = own[np.isfinite(own["value"])]
    if own.empty or not np.isfinite(row["value"]):
        return ""

    def ends(row):
        low, high = row["low"], row["high"]
        return np.where(np.isnan(low), row["value"], low), np.where(
            np.isnan(high), row["value"], high
        )

    low, high = ends(row)
    lows, highs = ends(own)
    above = own["function"][highs < low].tolist()
    below = own["function"][lows > high].tolist()
    parts = [
        f"{side} {'all' if len(these) == len(own) else ', '.join(these)}"
        for side, these in (("above", above), ("below", below))
        if these
    ]
    return "; ".join(parts) or "like the built-in functions"


def run(target: str, expected: Path, results: Path, setting: battery.Setting | None = None) -> int:
    """Makes a function's scorecard, prints a line a row, and returns 1 if there is a finding.

    Args:
        target: MODULE:NAME.
        expected: the folder with the built-in functions' stored numbers.
        results: the scorecard goes to a folder named after the function in it.
        setting: how much is measured; by default as stored.
    """
    started = time.perf_counter()
    others = builtins(expected)
    print(f"this runs the code of {target}")
    given = find(target)
    settings.hold()  # the module may have changed Keras'
    setting = setting or battery.Setting()
    name = target.replace(":", ".")
    own = score(given, setting).assign(function=name).reindex(columns=COLUMNS)
    places = [place(row, others) for _, row in own.iterrows()]
    for (_, row), where in zip(own.iterrows(), places, strict=True):
        print(one_line(_line(row, where)))
    both = pd.concat([own, others.assign(verdict="built in", finding="")])[COLUMNS]
    both["finding"] = both["finding"].fillna("")
    folder = results / name
    functions = [name, *dict.fromkeys(others["function"])]
    drawn = drawing.render_all({"scorecard": lambda: battery.figure(both, functions, name)})
    page = _page(name, own, places, both, functions, drawn["scorecard.png"])
    contents = drawn | {"scorecard.csv": to_csv(both), "index.html": page.encode()}
    with files.only_writer(folder, wait=True):
        for file, data in contents.items():
            files.write_whole(folder / file, data)
    findings = int((own["verdict"] == FINDING).sum())
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
<th>finding, or place among the built-in functions</th></tr>
{% for row, number, where in rows %}<tr class="{{ row.verdict }}"><td>{{ row.check }}</td>
<td>{{ row.quantity }}</td><td>{{ row.verdict }}</td><td class="number">{{ number }}</td>
<td>{{ row.finding or where }}</td></tr>
{% endfor %}</table></div>
<h2>Beside the built-in functions</h2>
<p><img src="data:image/png;base64,{{ figure }}" alt="A panel a quantity: {{ name }} as a diamond,
the built-in functions as dots, with intervals; the numbers are in the table below"></p>
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

    rows = own.assign(finding=own["finding"].fillna("")).to_dict("records")
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
