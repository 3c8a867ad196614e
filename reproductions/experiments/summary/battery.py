"""Short measurements of every built-in function, with which a function of one's own is compared.

Document: none; `python -m reproductions trial MODULE:NAME` shows a reader's own function beside
these numbers.
Setup: every function goes through the same battery: its saturation and mean output under N(0, 1);
the factor by which the gradient changes per layer in 20 layers with Glorot's weights; the 10-layer
network of the XOR post, trained under the loss from the logit, and its dead units afterwards; the
zigzag of a unit with 8 inputs; a perceptron on the digits; the circles with a 2-3-2-1 network; the
time per element as a multiple of ReLU's.
Assumptions: the runs are short: 8 epochs of the circles, 440 updates on the digits at the best of
three learning rates, chosen on other seeds. A run that does not reach the error in time counts as
having taken all updates.
Known differences: each measurement is a short form of an experiment that gives better numbers;
these serve to compare functions with each other.
"""

from collections.abc import Callable
from dataclasses import dataclass

import pandas as pd

from reproductions.evidence import drawing
from reproductions.evidence.kinds import Close, Table, Unchecked, shares
from reproductions.evidence.verdicts import Judge, Tables
from reproductions.training import activations, battery
from reproductions.training.activations import Activation
from reproductions.training.pool import Pool, Shard, joined


@dataclass(frozen=True)
class Spec(battery.Setting):
    """The battery's setting, and the functions that go through it."""

    functions: tuple[Activation, ...] = (
        "linear",
        "sigmoid",
        "tanh",
        "relu",
        "leaky_relu",
        "elu",
        "softplus",
        "swish",
    )
    trained: tuple[Activation, ...] = functions  # the others go through the formulas alone


SPEC = Spec()

ALONE = True

QUICK = {"trained": ("relu",)}
SMALL = {
    "trained": ("relu",),
    "xor_depth": 3,
    "xor_steps": 21,
    "digits_steps": 20,
    "circles_epochs": 1,
    "cost_elements": 2**10,
    "cost_rounds": 6,
}


def run(spec: Spec, pool: Pool) -> dict[str, pd.DataFrame]:
    """Puts every function through the battery, several side by side, and times them at the end."""
    formulas = pd.concat([_scores(spec, function, ["signal"]) for function in spec.functions])
    calls = [(spec, function) for function in spec.trained]
    trained = joined(pool.gather(_measure, calls, "battery", unit="function"))["scores"]
    factories: dict[str, Callable] = {function: _factory(function) for function in spec.trained}
    costs = [
        {"function": function, **row}
        for function, rows in battery.cost(factories, spec).items()
        for row in rows
    ]
    costs = pd.DataFrame(costs).drop(columns="left_out")
    scores = pd.concat([trained, costs], ignore_index=True)
    return {
        "formulas": formulas[["function", "quantity", "value"]],
        "measures": scores[scores["trials"] == 0].drop(columns=["count", "trials"]),
        "shares": scores[scores["trials"] > 0].rename(columns={"value": "share"}),
    }


def _factory(function: str) -> Callable:
    """Makes a fresh layer of a function, called with `dtype`."""
    return lambda dtype: activations.layer(function, dtype=dtype)


def _measure(shard: Shard, spec: Spec, function: str) -> dict[str, pd.DataFrame]:
    checks = [check for check in battery.CHECKS if check != "signal"]
    return {"scores": _scores(spec, function, checks)}


def _scores(spec: Spec, function: str, checks: list[str]) -> pd.DataFrame:
    rows = [row for check in checks for row in battery.CHECKS[check](_factory(function), spec)]
    return pd.DataFrame(rows).drop(columns="left_out").assign(function=function)


def figures(spec: Spec, tables: Tables) -> drawing.Figures:
    """All quantities of all functions."""
    scores = battery.scores(tables)
    functions = list(dict.fromkeys(scores["function"]))
    titles = {"XOR, 10 layers": f"XOR, {spec.xor_depth} layers"}
    return {"scores": lambda: battery.figure(scores, functions, titles=titles)}


TABLES = {
    "formulas": Table(
        ("function", "quantity"),
        {"value": Close(1e-9, 1e-9, "a float64 sum over 10,000 points")},
    ),
    "measures": Table(
        ("function", "check", "quantity"),
        dict.fromkeys(("value", "low", "high"), Unchecked(nan=True)),
        over_seeds=True,
    ),
    "shares": Table(("function", "check", "quantity"), shares("count", "trials"), over_seeds=True),
}

CLAIMS: dict[str, Judge] = {}
