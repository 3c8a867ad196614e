"""The battery of short measurements on the built-in functions, which a trial is held against.

Document: none; these are the numbers that `python -m reproductions trial MODULE:NAME` shows a
function of one's own beside.
Setup: for each function, saturation and mean output under N(0, 1); the gradient's factor a layer in
20 Glorot layers; the xor-post's 10-layer XOR network from its logit; dead units after it; zigzag of
a unit fed by 8; a perceptron on the digits; the circles by 2-3-2-1; time an element over ReLU's.
Assumptions: short runs: 8 epochs of the circles, 440 updates on the digits at the best of three
rates, chosen on other seeds. A run that never gets there counts as the last update.
Known differences: each measurement is a short form of an experiment of its own, whose numbers are
the better ones; these serve to compare functions with each other.
"""

from dataclasses import dataclass

import pandas as pd

from reproductions.evidence import drawing
from reproductions.evidence.kinds import Close, Table, Unchecked, shares
from reproductions.training import activations, battery
from reproductions.training.activations import Activation
from reproductions.training.pool import Pool, Shard, joined


@dataclass(frozen=True)
class Spec(battery.Setting):
    """The battery's setting, and the functions that go through it."""

    functions: tuple[Activation, ...] = (
        "linear", "sigmoid", "tanh", "relu", "leaky_relu", "elu", "softplus", "swish",
    )  # fmt: skip
    trained: tuple[Activation, ...] = functions  # of the others there are formulas only


SPEC = Spec()
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
    """Puts every function through the battery, two side by side, and their costs at the end."""
    formulas = pd.concat([_scores(spec, f, ["signal"]) for f in spec.functions])
    parts = pool.gather(_measure, [(spec, f) for f in spec.trained], "battery", unit="function")
    found = joined(parts)["scores"]
    factories = {f: _factory(f) for f in spec.trained}
    costs = [
        {"function": f, **row} for f, rows in battery.cost(factories, spec).items() for row in rows
    ]
    costs = pd.DataFrame(costs).drop(columns="left_out")
    found = pd.concat([found, costs], ignore_index=True)
    return {
        "formulas": formulas[["function", "quantity", "value"]],
        "measures": found[found["trials"] == 0].drop(columns=["count", "trials"]),
        "shares": found[found["trials"] > 0].rename(columns={"value": "share"}),
    }


def _factory(function):
    return lambda dtype: activations.layer(function, dtype=dtype)


def _measure(shard: Shard, spec, function) -> dict[str, pd.DataFrame]:
    checks = [check for check in battery.CHECKS if check != "signal"]
    return {"scores": _scores(spec, function, checks)}


def _scores(spec, function, checks) -> pd.DataFrame:
    rows = [row for check in checks for row in battery.CHECKS[check](_factory(function), spec)]
    return pd.DataFrame(rows).drop(columns="left_out").assign(function=function)


def figures(spec: Spec, tables) -> drawing.Figures:
    """All quantities, all functions."""
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
        {"value": Unchecked(nan=True), "low": Unchecked(nan=True), "high": Unchecked(nan=True)},
        over_seeds=True,
    ),
    "shares": Table(
        ("function", "check", "quantity"),
        {
            **shares("count", "trials"),
        },
        over_seeds=True,
    ),
}

CLAIMS = {}
