"""Whether ReLU's constant derivative keeps its updates fast, read from `saturated_updates`.

Document: relu-post, part 2 (ReLU's derivative is constantly 1, so the weights are updated very
fast).
Setup: `saturated_updates` measures one update of a single unit whose bias puts it at a distance
from 0, as a multiple of that of the same unit at 0, for the same errors at the unit's output. Its
ratios for ReLU, the sigmoid and tanh are read.
Assumptions: updates are fast where a unit is updated at least as much as at 0. How fast whole
networks learn is judged elsewhere (RP-05, SL-13).
Known differences: the post shows no numbers. A larger learning rate would make any update larger;
the ratios compare places on the same function, and so do not depend on it.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from reproductions.evidence import drawing, functions, measured
from reproductions.evidence.kinds import Close, Exact, Table
from reproductions.evidence.verdicts import Judgement, Tables, graded
from reproductions.training.pool import Pool


@dataclass(frozen=True)
class Spec:
    """Nothing is set here: all settings are those of the experiment that is read."""


SPEC = Spec()
INPUTS = {"saturated_updates": ("updates",)}
DERIVED = True

COMPARED = ("relu", "sigmoid", "tanh")
FAR = 10.0
"""The distance from 0 at which the claim is judged, on both sides."""


def run(spec: Spec, pool: Pool, inputs: Mapping[str, Tables]) -> dict[str, pd.DataFrame]:
    """The ratios of the three functions."""
    updates = inputs["saturated_updates"]["updates"]
    return {"updates": updates[updates["function"].isin(COMPARED)]}


def figures(spec: Spec, tables: Tables) -> drawing.Figures:
    """The size of an update by distance."""
    return {"updates": lambda: _draw(tables["updates"])}


def _draw(updates: pd.DataFrame):
    figure, ((axes,),) = drawing.panels(width=6.0, height=3.6)
    for name in COMPARED:
        rows = measured.rows(updates, function=name).sort_values("distance")
        label = functions.label(name)
        axes.plot(rows["distance"], rows["ratio"], "o-", color=functions.color(name), label=label)
    axes.axhline(1, color=drawing.GREY, linewidth=0.8)
    axes.set(
        xlabel="distance of the unit's bias from 0", ylabel="update, as a multiple of that at 0"
    )
    axes.set_title("ReLU's updates stay large on one side of 0")
    axes.legend()
    return figure


RATIO = Close(1e-6, 1e-12, "a median of seeds in float64, as `saturated_updates` has it")

TABLES = {
    "updates": Table(
        key=("function", "distance"),
        columns={"seeds": Exact(), **dict.fromkeys(("ratio", "low", "high"), RATIO)},
        over_seeds=True,
    ),
}


def _updates_stay_fast(tables: Tables) -> Judgement:
    relu, others = (
        {
            (name, side): measured.row(tables["updates"], function=name, distance=side * FAR)
            for name in names
            for side in (1, -1)
        }
        for names in (("relu",), ("sigmoid", "tanh"))
    )
    active, inactive = relu["relu", 1], relu["relu", -1]
    larger = all(active["low"] > row["high"] for row in others.values())
    holds = larger and active["low"] >= 1
    values = {
        "far": FAR,
        "inactive": inactive["ratio"],
        "others": {
            name: max(others[name, side]["ratio"] for side in (1, -1))
            for name in ("sigmoid", "tanh")
        },
    }
    return Judgement(
        graded(holds and inactive["low"] >= 1, in_part=holds),
        float(active["ratio"]),
        float(active["low"]),
        float(active["high"]),
        notes=("main",),
        values=values,
    )


CLAIMS = {"RP-18": _updates_stay_fast}
