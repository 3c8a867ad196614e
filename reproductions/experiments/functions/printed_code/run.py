"""The setting, the runs, and the shape of the tables."""

import json
import os
import subprocess
import sys
import tempfile
import warnings
from dataclasses import dataclass

import numpy as np
import pandas as pd

from reproductions.evidence.kinds import Close, Exact, Table
from reproductions.experiments.functions.printed_code.listings import PLAIN, read
from reproductions.running.experiment import FOLDER
from reproductions.training.pool import Pool

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
    """The formulas on growing inputs, and every statement's fate."""
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(len(PROCESSES)) as executor:
        parts = [executor.submit(_in_process, part, spec.training_steps) for part in PROCESSES]
        tables = {"formulas": _formulas(spec), "first_failures": _first_failures(spec)}
        attempts = pd.DataFrame([row for part in parts for row in part.result()])
    plain, whole = attempts["listing"] == PLAIN.name, attempts["place"] == 0
    return tables | {
        "listings": attempts[whole][["document", "listing", *TRIAL]],
        "statements": attempts[~plain & ~whole],
        "plain_tensorflow": attempts[plain]
        .drop(columns=["document", "listing"])
        .replace({"change": {"as printed": "name as printed"}}),
    }


def _inputs(spec: Spec) -> dict[tuple[str, str], tuple]:
    """For every function and kind of input: the input of a size m, and the true output."""
    one = np.arange(spec.outputs) == 0
    same = np.full(spec.outputs, 1.0)
    return {
        ("sigmoid", "m"): (lambda m: m * same[:1], lambda m: same[:1] / (1 + np.exp(-m))),
        ("sigmoid", "-m"): (
            lambda m: -m * same[:1],
            lambda m: same[:1] * np.exp(-m) / (1 + np.exp(-m)),
        ),
        ("softmax", "one m, others 0"): (
            lambda m: m * one,
            lambda m: np.where(one, 1, np.exp(-m)) / (1 + (spec.outputs - 1) * np.exp(-m)),
        ),
        ("softmax", "all m"): (lambda m: m * same, lambda m: same / spec.outputs),
        ("softmax", "all -m"): (lambda m: -m * same, lambda m: same / spec.outputs),
    }


def _printed_functions():
    namespace = {"np": np}
    exec(read("sigmoid") + read("softmax"), namespace)
    return namespace


def _outcome(function, given: np.ndarray, true: np.ndarray) -> str:
    """What a function makes of an input: right, right with a warning, wrong, or NaN."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        value = np.asarray(function(given), dtype=float)
    if np.isnan(value).any():
        return NAN
    precision = np.finfo(given.dtype)
    close = np.isclose(value, true, rtol=64 * precision.eps, atol=precision.tiny)
    return (WARNS if caught else RIGHT) if close.all() else WRONG


def _sides(spec: Spec, dtype: str):
    """Every kind of input with the two functions to hold side by side."""
    import custom_layers

    printed = _printed_functions()
    for (name, given), (make, true) in _inputs(spec).items():
        layer = {"sigmoid": custom_layers.Sigmoid, "softmax": custom_layers.Softmax}[name]
        sides = {"as printed": printed[name], "layer": layer(dtype=dtype)}
        for side, function in sides.items():

            def outcome(size, function=function, make=make, true=true):
                size = float(np.asarray(size, dtype))  # the true output is that of the rounded size
                return _outcome(function, make(size).astype(dtype), true(size))

            yield {"function": name, "input": given, "dtype": dtype, "code": side}, outcome


def _formulas(spec: Spec) -> pd.DataFrame:
    sizes = np.geomspace(1, spec.largest, spec.sizes).round(3)
    return pd.DataFrame(
        [
            {**place, "size": size, "outcome": outcome(size)}
            for dtype in ("float32", "float64")
            for place, outcome in _sides(spec, dtype)
            for size in sizes
        ]
    )


def _first_failures(spec: Spec) -> pd.DataFrame:
    """The smallest sizes that warn or worse, that are wrong or worse, and that give NaN."""
    rows = []
    for dtype in ("float32", "float64"):
        for place, outcome in _sides(spec, dtype):
            fine = {"warning": {RIGHT}, "wrong": {RIGHT, WARNS}, "nan": {RIGHT, WARNS, WRONG}}
            firsts = {
                f"first_{name}": _first(outcome, kept, spec.largest, dtype)
                for name, kept in fine.items()
            }
            rows.append({**place, **firsts, "outcome_at_largest": outcome(spec.largest)})
    return pd.DataFrame(rows)


def _first(outcome, fine: set[str], largest: float, dtype: str) -> float:
    """The smallest size whose outcome is not fine, by bisection; infinity where there is none."""
    low, high = np.asarray([1, largest], dtype)
    if outcome(high) in fine:
        return np.inf
    while low < (middle := (low + high) / 2) < high:
        low, high = (middle, high) if outcome(middle) in fine else (low, middle)
    return float(high)


READERS_OWN = ("PYTHONWARNINGS", "PYTHONDEVMODE", "PYTHONOPTIMIZE")
"""A reader's variables that are not passed on: only what Python shows by itself counts."""


def _in_process(documents: tuple[str, ...], training_steps: int) -> list[dict]:
    environment = {name: value for name, value in os.environ.items() if name not in READERS_OWN}
    environment |= {"MPLBACKEND": "Agg", "MATPLOTLIBRC": os.devnull, "TF_CPP_MIN_LOG_LEVEL": "3"}
    path = os.pathsep.join([str(FOLDER.parent), *filter(None, [os.environ.get("PYTHONPATH")])])
    with tempfile.TemporaryDirectory() as empty:  # Matplotlib reads the current folder too
        done = subprocess.run(
            [
                sys.executable,
                "-m",
                "reproductions.experiments.functions.printed_code.statements",
                str(training_steps),
                *documents,
            ],
            cwd=empty,
            env=environment | {"PYTHONPATH": path},
            capture_output=True,
            text=True,
            encoding="utf-8",
        )
    if done.returncode:
        raise RuntimeError(
            f"the listings of {', '.join(documents)} could not be run:\n{done.stderr}"
        )
    return json.loads(done.stdout)


TRIAL = {"fate": Exact(), "category": Exact(), "message": Exact()}

ATTEMPT = {"reason": Exact(), "change": Exact(), "code": Exact(), **TRIAL}

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
    "listings": Table(key=("document", "listing"), columns=TRIAL),
    "statements": Table(key=("document", "listing", "place", "attempt"), columns=ATTEMPT),
    "plain_tensorflow": Table(key=("place", "attempt"), columns=ATTEMPT),
}
