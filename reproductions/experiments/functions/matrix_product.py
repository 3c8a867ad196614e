"""One matrix product computes a layer at once: which shapes it takes, and what time it saves.

Document: network-post, 1.3.
Setup: NumPy's `dot`, which the post calls, meets every pair of shapes with sides from 1 to 3 of
which at least one has one dimension. Layers of 3 to 3,000 units are then computed for one input by
one product, by a loop over the units, and, where they are small, by a loop over every weight. All
of them run in turn, round after round, and are compared within a round.
Assumptions: a loop takes each unit's weights from a column of the matrix as the post writes it, and
in a second form from weights that lie side by side in memory; the faster one counts.
Known differences: none, the post measures nothing.
"""

import functools
import itertools
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from reproductions.evidence import drawing, measured
from reproductions.evidence.kinds import Close, Exact, Table, Unchecked
from reproductions.evidence.statistics import generator
from reproductions.evidence.verdicts import Judgement, Tables, graded
from reproductions.training import timing
from reproductions.training.pool import Pool

PRODUCT, COLUMNS, ROWS, WEIGHTS = (
    "one product",
    "loop over units",
    "loop over units, weights side by side",
    "loop over weights",
)
LOOPS_OVER_UNITS = (COLUMNS, ROWS)

COLORS = {
    PRODUCT: drawing.BLUE,
    COLUMNS: drawing.ORANGE,
    ROWS: drawing.GREEN,
    WEIGHTS: drawing.VERMILION,
}


@dataclass(frozen=True)
class Spec:
    """The sizes of layers, as many units as inputs but for the post's own, and the rounds."""

    longest_side: int = 3
    sizes: tuple[tuple[int, int], ...] = (
        (2, 3),
        (10, 10),
        (30, 30),
        (100, 100),
        (300, 300),
        (1000, 1000),
        (3000, 3000),
    )
    most_weights_one_by_one: int = 10_000
    rounds: int = 15
    at_least_s: float = 0.005


SPEC = Spec()

ALONE = True

QUICK = {"sizes": ((2, 3), (100, 100), (1000, 1000)), "rounds": 6}

SMALL = QUICK | {"sizes": ((2, 3), (4, 4)), "at_least_s": 0.0}


def run(spec: Spec, pool: Pool) -> dict[str, pd.DataFrame]:
    """Shapes, what the loops give beside the product, and their times."""
    works = {size: _works(spec, *size) for size in spec.sizes}
    calls = [(size, work) for size, ways in works.items() for work in ways]
    seconds = timing.interleaved(
        [timing.timed(works[size][work], spec.at_least_s) for size, work in calls],
        spec.rounds,
        "matrix_product",
        groups=[len(ways) for ways in works.values()],
        pool=pool,
    )
    by_call = dict(zip(calls, seconds, strict=True))
    return {
        "shapes": _shapes(spec),
        "agreement": _agreement(works),
        "times": pd.DataFrame([_row(size, work, by_call) for size, work in calls]),
    }


def _shapes(spec: Spec) -> pd.DataFrame:
    """What NumPy makes of each pair of shapes, one of them with one dimension at least."""
    sides = range(1, spec.longest_side + 1)
    shapes = [(n,) for n in sides] + list(itertools.product(sides, sides))
    rows = []
    for left, right in itertools.product(shapes, shapes):
        if len(left) == len(right) == 2:
            continue
        try:
            result = str(np.dot(np.ones(left), np.ones(right)).shape)
        except ValueError:
            result = "refused"
        as_said = str(left[:-1] + right[1:]) if left[-1] == right[0] else "refused"
        rows.append({"left": str(left), "right": str(right), "result": result, "as_said": as_said})
    return pd.DataFrame(rows)


def _works(spec: Spec, inputs: int, units: int) -> dict[str, Callable[[], np.ndarray]]:
    """The ways of computing a layer of so many units for one input, each by a function."""
    random = generator(0, inputs, units)
    x, w = random.normal(size=inputs), random.normal(size=(inputs, units))
    by_unit = np.ascontiguousarray(w.T)

    def by_columns() -> np.ndarray:
        y = np.empty(units)
        for j in range(units):
            y[j] = np.dot(x, w[:, j])
        return y

    def by_rows() -> np.ndarray:
        y = np.empty(units)
        for j in range(units):
            y[j] = np.dot(x, by_unit[j])
        return y

    works: dict[str, Callable[[], np.ndarray]] = {
        PRODUCT: functools.partial(np.dot, x, w),
        COLUMNS: by_columns,
        ROWS: by_rows,
    }
    if inputs * units <= spec.most_weights_one_by_one:
        numbers, columns = x.tolist(), by_unit.tolist()

        def by_weights() -> np.ndarray:
            y = np.empty(units)
            for j, column in enumerate(columns):
                total = 0.0
                for number, weight in zip(numbers, column, strict=True):
                    total += number * weight
                y[j] = total
            return y

        works[WEIGHTS] = by_weights
    return works


def _agreement(works: dict[tuple[int, int], dict[str, Callable[[], np.ndarray]]]) -> pd.DataFrame:
    """How far each loop's outputs are from the product's, relative to the largest output."""
    rows = []
    for (inputs, units), ways in works.items():
        product = ways[PRODUCT]()
        for work, compute in ways.items():
            apart = np.abs(compute() - product).max() / np.abs(product).max()
            rows.append({"inputs": inputs, "units": units, "work": work, "apart": apart})
    return pd.DataFrame(rows)


def _row(
    size: tuple[int, int], work: str, by_call: dict[tuple[tuple[int, int], str], np.ndarray]
) -> dict[str, object]:
    """Times of one way of computing one layer, and how many times the product's that is."""
    row: dict[str, object] = {"inputs": size[0], "units": size[1], "work": work}
    microseconds = timing.median_interval(1e6 * by_call[size, work])
    times = timing.ratios(by_call[size, work], by_call[size, PRODUCT])
    for name, values in (("time_us", microseconds), ("ratio", times)):
        row |= dict(zip((name, f"{name}_low", f"{name}_high"), map(float, values), strict=True))
    return row


def figures(spec: Spec, tables: Tables) -> drawing.Figures:
    """Times by size, and how many times the product's the loops take."""
    return {"times": lambda: _draw_times(tables["times"])}


def _draw_times(times: pd.DataFrame):
    figure, (row,) = drawing.panels(1, 2, width=4.6, height=3.6)
    for axes, column in zip(row, ("time_us", "ratio"), strict=True):
        for work, color in COLORS.items():
            rows = times[times["work"] == work].sort_values("units")
            if column == "ratio" and work == PRODUCT:
                continue
            ends = rows[[f"{column}_low", f"{column}_high"]].sub(rows[column], axis=0).abs().T
            axes.errorbar(
                rows["units"],
                rows[column],
                yerr=ends,
                fmt="o-",
                markersize=4,
                capsize=2,
                color=color,
                label=work,
            )
        axes.set(xscale="log", yscale="log", xlabel="units of the layer")
    row[1].axhline(1, color=drawing.GREY, linewidth=1)
    row[0].set(title="Time of a layer", ylabel="microseconds")
    row[1].set(title="Times as long as one product", ylabel="ratio")
    figure.legend(*row[0].get_legend_handles_labels(), loc="outside lower left", ncols=2)
    return figure


SAME = 1e-10


def _one_product_is_fast(tables: Tables) -> Judgement:
    shapes, times = tables["shapes"], tables["times"]
    as_said = shapes["result"] == shapes["as_said"]
    same = (tables["agreement"]["apart"] <= SAME).all()
    loops = times[times["work"].isin(LOOPS_OVER_UNITS)]
    faster_loops = loops.loc[loops.groupby(["inputs", "units"])["ratio"].idxmin()]
    saves = faster_loops["ratio_low"] > 1
    least = faster_loops.loc[faster_loops["ratio"].idxmin()]
    most = faster_loops.loc[faster_loops["ratio"].idxmax()]
    by_weights = measured.rows(times, work=WEIGHTS)
    sound = as_said.all() and same
    return Judgement(
        graded(sound and saves.all(), in_part=sound and saves.any()),
        None,
        notes=("main", "shapes"),
        values={
            "saves": saves.sum(),
            "sizes": len(saves),
            "as_said": as_said.sum(),
            "pairs": len(shapes),
            "least": least["ratio"],
            "least_units": least["units"],
            "most": most["ratio"],
            "most_units": most["units"],
            "by_weights": by_weights["ratio"].max(),
        },
    )


CLAIMS = {"NP-17": _one_product_is_fast}

TIMES = {
    f"{name}{end}": Unchecked() for name in ("time_us", "ratio") for end in ("", "_low", "_high")
}

# Rows sum up all rounds, and a first look leaves sizes out, as with seeds: hence `over_seeds`.
TABLES = {
    "shapes": Table(key=("left", "right"), columns={"result": Exact(), "as_said": Exact()}),
    "agreement": Table(
        key=("inputs", "units", "work"),
        columns={"apart": Close(0, 1e-11, "sums of up to 3,000 products in another order")},
        over_seeds=True,
    ),
    "times": Table(key=("inputs", "units", "work"), columns=TIMES, over_seeds=True),
}
