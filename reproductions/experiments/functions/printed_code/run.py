"""Runs the printed formulas on growing inputs, and the printed listings in separate processes."""

import json
import os
import subprocess
import sys
import tempfile
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from reproductions.evidence.kinds import Close, Exact, Table
from reproductions.experiments.functions.printed_code import outputs, statements
from reproductions.experiments.functions.printed_code.listings import PLAIN, read
from reproductions.training.pool import Pool

ROOT = Path(__file__).parents[4]

PROCESSES = (("perceptron-post", "slides", "network-post", "relu-post", "plain"), ("xor-post",))
"""Which documents share a process; xor-post needs its own, as it turns TensorFlow 2 off."""


@dataclass(frozen=True)
class Spec:
    """The inputs to the formulas, and how far the training loop runs."""

    documents_largest: float = 10.0  # no input in the five documents is larger in size
    largest: float = 10_000.0
    sizes: int = 81
    outputs: int = 7  # as in the softmax example
    training_steps: int = 101


SPEC = Spec()

RIGHT, WARNS, WRONG, NAN = "right", "right, with a warning", "wrong", "NaN"


def run(spec: Spec, pool: Pool) -> dict[str, pd.DataFrame]:
    """The outcomes of formulas on growing inputs and of all statements, and what listings print."""
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(len(PROCESSES)) as executor:
        processes = [
            executor.submit(run_listings, documents, spec.training_steps) for documents in PROCESSES
        ]
        tables = {"formulas": _formulas(spec), "first_failures": _first_failures(spec)}
        attempts = pd.DataFrame([row for process in processes for row in process.result()])
        printed = outputs.outputs()
    plain, whole = attempts["listing"] == PLAIN.name, attempts["place"] == 0
    return tables | {
        "listings": attempts[whole][["document", "listing", *OUTCOME_COLUMNS]],
        "statements": attempts[~plain & ~whole],
        "plain_tensorflow": attempts[plain]
        .drop(columns=["document", "listing"])
        .replace({"change": {"as printed": "name as printed"}}),
        "outputs": printed,
    }


Function = Callable[[np.ndarray], np.ndarray]
ArrayOfSize = Callable[[float], np.ndarray]
"""An array that depends on a size m."""


def _inputs(spec: Spec) -> dict[tuple[str, str], tuple[ArrayOfSize, ArrayOfSize]]:
    """For every function and kind of input: the input of a size m, and the true output for it."""
    first = np.arange(spec.outputs) == 0
    ones = np.ones(spec.outputs)
    return {
        ("sigmoid", "m"): (lambda m: m * ones[:1], lambda m: ones[:1] / (1 + np.exp(-m))),
        ("sigmoid", "-m"): (
            lambda m: -m * ones[:1],
            lambda m: ones[:1] * np.exp(-m) / (1 + np.exp(-m)),
        ),
        ("softmax", "one m, others 0"): (
            lambda m: m * first,
            lambda m: np.where(first, 1, np.exp(-m)) / (1 + (spec.outputs - 1) * np.exp(-m)),
        ),
        ("softmax", "all m"): (lambda m: m * ones, lambda m: ones / spec.outputs),
        ("softmax", "all -m"): (lambda m: -m * ones, lambda m: ones / spec.outputs),
    }


def _outcome(
    function: Function, make: ArrayOfSize, true: ArrayOfSize, dtype: str, size: float
) -> str:
    """What a function makes of the input of a size: right, right with a warning, wrong, or NaN."""
    size = float(np.asarray(size, dtype))  # rounded, so that the true output is for the same size
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        value = np.asarray(function(make(size).astype(dtype)), dtype=float)
    if np.isnan(value).any():
        return NAN
    precision = np.finfo(dtype)
    close = np.isclose(value, true(size), rtol=64 * precision.eps, atol=precision.tiny)
    return (WARNS if caught else RIGHT) if close.all() else WRONG


def _outcomes(spec: Spec) -> Iterator[tuple[dict[str, str], Callable[[float], str]]]:
    """For every dtype, kind of input and code: its key, and its outcome as a function of the size.

    The code is the function as printed, or this project's layer.
    """
    import custom_layers

    printed: dict[str, Any] = {"np": np}
    exec(read("sigmoid") + read("softmax"), printed)
    layers = {"sigmoid": custom_layers.Sigmoid, "softmax": custom_layers.Softmax}
    for dtype in ("float32", "float64"):
        for (name, kind_of_input), (make, true) in _inputs(spec).items():
            codes = {"as printed": printed[name], "layer": layers[name](dtype=dtype)}
            for code, function in codes.items():
                key = {"function": name, "input": kind_of_input, "dtype": dtype, "code": code}
                yield key, partial(_outcome, function, make, true, dtype)


def _formulas(spec: Spec) -> pd.DataFrame:
    sizes = np.geomspace(1, spec.largest, spec.sizes).round(3)
    return pd.DataFrame(
        [
            {**key, "size": size, "outcome": outcome(size)}
            for key, outcome in _outcomes(spec)
            for size in sizes
        ]
    )


def _first_failures(spec: Spec) -> pd.DataFrame:
    """The smallest sizes that warn or worse, that are wrong or worse, and that give NaN."""
    better = {
        "first_warning": {RIGHT},
        "first_wrong": {RIGHT, WARNS},
        "first_nan": {RIGHT, WARNS, WRONG},
    }
    rows = []
    for key, outcome in _outcomes(spec):
        firsts = {
            name: _first_other(outcome, outcomes, spec.largest, key["dtype"])
            for name, outcomes in better.items()
        }
        rows.append({**key, **firsts, "outcome_at_largest": outcome(spec.largest)})
    return pd.DataFrame(rows)


def _first_other(
    outcome: Callable[[float], str], outcomes: set[str], largest: float, dtype: str
) -> float:
    """The smallest size whose outcome is none of these, by bisection; infinity if there is none."""
    low, high = np.asarray([1, largest], dtype)
    if outcome(high) in outcomes:
        return np.inf
    while low < (middle := (low + high) / 2) < high:
        low, high = (middle, high) if outcome(middle) in outcomes else (low, middle)
    return float(high)


NOT_PASSED_ON = ("PYTHONWARNINGS", "PYTHONDEVMODE", "PYTHONOPTIMIZE")
"""Variables of the user's environment that would change which warnings Python shows."""


def run_listings(documents: tuple[str, ...], training_steps: int) -> list[dict]:
    """Runs the listings of some documents in a process of their own.

    Raises:
        RuntimeError: the process failed.
    """
    environment = {name: value for name, value in os.environ.items() if name not in NOT_PASSED_ON}
    environment |= {"MPLBACKEND": "Agg", "MATPLOTLIBRC": os.devnull, "TF_CPP_MIN_LOG_LEVEL": "3"}
    path = os.pathsep.join([str(ROOT), *filter(None, [os.environ.get("PYTHONPATH")])])
    with tempfile.TemporaryDirectory() as empty:  # Matplotlib also reads the current folder
        process = subprocess.run(
            [sys.executable, "-m", statements.__name__, str(training_steps), *documents],
            cwd=empty,
            env=environment | {"PYTHONPATH": path},
            capture_output=True,
            text=True,
            encoding="utf-8",
        )
    if process.returncode:
        *_, last = ["nothing on standard error", *process.stderr.strip().splitlines()]
        raise RuntimeError(
            f"the listings of {', '.join(documents)} could not be run. Received: {last}"
        )
    return json.loads(process.stdout)


OUTCOME_COLUMNS = {"fate": Exact(), "category": Exact(), "message": Exact()}

ATTEMPT_COLUMNS = {"reason": Exact(), "change": Exact(), "code": Exact(), **OUTCOME_COLUMNS}

EDGE = Close(
    rtol=1e-6,
    atol=0,
    reason="found to the last bit of each dtype; exp differs in its last bit between processors",
)

TABLES = {
    "formulas": Table(
        key=("function", "input", "dtype", "code", "size"), columns={"outcome": Exact()}
    ),
    "first_failures": Table(
        key=("function", "input", "dtype", "code"),
        columns={
            "first_warning": EDGE,
            "first_wrong": EDGE,
            "first_nan": EDGE,
            "outcome_at_largest": Exact(),
        },
    ),
    "listings": Table(key=("document", "listing"), columns=OUTCOME_COLUMNS),
    "statements": Table(key=("document", "listing", "place", "attempt"), columns=ATTEMPT_COLUMNS),
    "plain_tensorflow": Table(key=("place", "attempt"), columns=ATTEMPT_COLUMNS),
    "outputs": outputs.TABLE,
}
