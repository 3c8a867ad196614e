"""What training costs over replicas, steps, width and depth, beside a straight line.

Run as `python -m reproductions.bench.costs`. One thread trains XOR networks with tanh; one size is
varied at a time, and the cost should grow as the arithmetic does. Prints a table and writes
`bench_costs.csv` and a figure to results/latest.
"""

import sys
from collections.abc import Callable
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from reproductions.bench.parts import Part
from reproductions.evidence import drawing
from reproductions.training import xor
from reproductions.training.replicas import initial_weights
from reproductions.training.timing import interleaved, median_interval, timed

if TYPE_CHECKING:
    from matplotlib.figure import Figure

# Of a call; one of the four is varied at a time.
BASE = {"replicas": 256, "steps": 2_000, "width": 5, "depth": 9}
VARIED = {
    "replicas": (64, 128, 256, 512, 1_024),
    "steps": (500, 1_000, 2_000, 4_000, 8_000),
    "width": (2, 3, 5, 8, 12),
    "depth": (1, 3, 5, 9, 15),
}
RATE, AT_LEAST_S = 0.01, 0.3
POINTS = len(xor.X)


def operations(replicas: int, steps: int, width: int, depth: int) -> int:
    """Multiplications and additions of a call: forward, and twice as many backward."""
    widths = (2, *[width] * depth, 1)
    return 6 * POINTS * sum(a * b for a, b in pairwise(widths)) * replicas * steps


def call(replicas: int, steps: int, width: int, depth: int) -> Callable[[], float]:
    """The engine on one network of this size."""
    engine = xor.engine((width,) * depth, "tanh", "stable", record=lambda y, z: {}, watch=False)
    weights = initial_weights(engine.model, range(replicas), "glorot")
    return timed(lambda: engine.train(weights, xor.X, xor.Y, RATE, steps), AT_LEAST_S)


def sizes() -> pd.DataFrame:
    """A row for each size: what is varied, to which value, and all four sizes."""
    rows = [
        {"varied": name, "value": value, **BASE, name: value}
        for name, values in VARIED.items()
        for value in values
    ]
    return pd.DataFrame(rows)


def table(rows: pd.DataFrame, seconds: np.ndarray) -> pd.DataFrame:
    """The sizes with their cost, and how far it is from a straight line through the base.

    Args:
        rows: as from `sizes`.
        seconds: (size, round).

    Returns:
        The sizes with the operations of a call, its seconds (the least of all rounds), the ratio
        of its cost per operation to that at the base in the same round, with a 95 % interval, and
        the exponent by which the cost grows with the operations, fitted over all that is varied
        with it.
    """
    work = np.array([operations(*row) for row in rows[list(BASE)].itertuples(index=False)])
    per_operation = seconds / work[:, None]
    at_base = rows["value"] == rows["varied"].map(BASE)
    base = np.median(per_operation[at_base], axis=0)  # which stands in each of the four lists
    ratio, low, high = median_interval(per_operation / base)
    result = rows.assign(
        operations=work, seconds=seconds.min(axis=1), ratio=ratio, low=low, high=high
    )
    logs = np.log(result["operations"]), np.log(result["operations"] * result["ratio"])
    for group in result.groupby("varied").groups.values():
        fit = np.polyfit(logs[0][group], logs[1][group], 1)
        result.loc[group, "exponent"] = fit[0]
    return result


def measure(rounds: int) -> pd.DataFrame:
    """The table, measured."""
    rows = sizes()
    calls = [call(*row) for row in rows[list(BASE)].itertuples(index=False)]
    return table(rows, interleaved(calls, rounds, what="bench, costs"))


def figure(rows: pd.DataFrame) -> "Figure":
    """A panel for each size: the cost, and the straight line through the base."""
    drawn, (panels,) = drawing.panels(1, len(VARIED), width=2.9, sharey=True)
    for axes, name in zip(panels, VARIED, strict=True):
        of_size = rows[rows["varied"] == name]
        base = of_size[of_size["value"] == BASE[name]].iloc[0]
        line = of_size["operations"] / base["operations"]
        cost = {edge: line * of_size[edge] for edge in ("low", "ratio", "high")}
        errors = [cost["ratio"] - cost["low"], cost["high"] - cost["ratio"]]
        axes.plot(of_size["value"], line, color=drawing.GREY, label="as the operations grow")
        style = {"fmt": "o", "color": drawing.BLUE, "label": "measured"}
        axes.errorbar(of_size["value"], cost["ratio"], errors, **style)
        axes.set(xscale="log", yscale="log", xlabel=_LABELS[name])
        axes.set_xticks(of_size["value"], [f"{value:,}" for value in of_size["value"]])
        axes.minorticks_off()
        axes.set_title(f"cost ~ operations^{of_size['exponent'].iloc[0]:.2f}")
    panels[0].set_ylabel("cost (the size that all panels share = 1)")
    panels[0].legend()
    return drawn


_LABELS = {
    "replicas": "replicas",
    "steps": "steps",
    "width": "units in a hidden layer",
    "depth": "hidden layers",
}


def report(rows: pd.DataFrame, rounds: int) -> None:
    """Prints the table."""
    print(f"one thread; seconds are the least of {rounds} rounds; ratio: cost per operation beside")
    print("that of the base, with 95 % intervals; exponent: cost grows as operations^exponent")
    print(rows.to_string(index=False, float_format="{:,.3g}".format))


main = Part("costs", "bench_costs", measure, figure, report).run

if __name__ == "__main__":
    sys.exit(main())
