"""Whether initial weights decide how well a network is in the end, read from two experiments.

Document: slides, last pages (how weights are initialised influences the final performance).
Setup: two experiments in which networks differ in nothing but their initial weights. `local_minima`
trains 2-2-1 networks on XOR for 100,001 updates with all points in each, so that only the seed
differs. `weight_scale` trains sigmoid perceptrons on digits from Glorot's initial weights times
0.01 to 100, with the same seeds and batches at each scale. Their counts are read from their tables.
Assumptions: final performance is whether a network has solved its task in the end: a cost below
log(2)/4 on XOR, a training error of at most 10 % on digits within 1,320 updates.
Known differences: the slides name no network. The scales of `weight_scale` have learning rates of
their own, each the better one of two for its scale.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from reproductions.evidence import drawing, measured
from reproductions.evidence.kinds import Table, shares
from reproductions.evidence.statistics import share_of
from reproductions.evidence.verdicts import Judgement, Tables, graded
from reproductions.training.pool import Pool


@dataclass(frozen=True)
class Spec:
    """Nothing is set here: all settings are those of the experiments that are read."""


SPEC = Spec()
INPUTS = {"local_minima": ("outcomes",), "weight_scale": ("scales",)}
DERIVED = True

SEED, SCALE = "seed", "scale"
"""In what the initial weights differ."""


def run(spec: Spec, pool: Pool, inputs: Mapping[str, Tables]) -> dict[str, pd.DataFrame]:
    """How many networks solve their task, by what differs in their initial weights."""
    rows = [
        (SEED, row.network, row.solved, row.seeds)
        for row in inputs["local_minima"]["outcomes"].itertuples()
    ]
    rows += [
        (SCALE, f"{row.scale:g}", row.reached, row.seeds)
        for row in inputs["weight_scale"]["scales"].itertuples()
    ]
    frame = pd.DataFrame(rows, columns=["differs", "setting", "reached", "seeds"])
    ends = [share_of(row.reached, row.seeds) for row in frame.itertuples()]
    return {"performance": pd.concat([frame, pd.DataFrame(ends)], axis=1)}


def figures(spec: Spec, tables: Tables) -> drawing.Figures:
    """The shares that solve their task."""
    return {"performance": lambda: _draw(tables["performance"])}


NAMES = {SEED: "XOR, other seeds alone", SCALE: "digits, initial weights times"}
COLORS = {SEED: drawing.BLUE, SCALE: drawing.ORANGE}


def _draw(performance: pd.DataFrame):
    figure, ((axes,),) = drawing.panels(width=6.2, height=0.35 * len(performance) + 1.2)
    rows = performance.assign(
        order=[
            (differs == SCALE, float(setting) if differs == SCALE else 0.0)
            for differs, setting in zip(performance["differs"], performance["setting"], strict=True)
        ]
    ).sort_values("order")
    for place, row in enumerate(rows.itertuples()):
        ends = [[row.share - row.low], [row.high - row.share]]
        axes.errorbar(row.share, place, xerr=ends, fmt="o", color=COLORS[row.differs], capsize=4)
    axes.set_yticks(
        range(len(rows)),
        [f"{NAMES[row.differs]} {row.setting}" if row.differs == SCALE
         else f"{NAMES[row.differs]} ({row.setting})" for row in rows.itertuples()],
    )  # fmt: skip
    axes.set(xlim=(-0.02, 1.02), xlabel="share that has solved its task")
    axes.invert_yaxis()
    figure.suptitle("Initial weights alone decide whether a task is solved")
    return figure


TABLES = {
    "performance": Table(key=("differs", "setting"), columns=shares("reached"), over_seeds=True),
}


def _initial_weights_decide(
    tables: Tables, *, hardly_any: float = 0.05, nearly_all: float = 0.95
) -> Judgement:
    performance = tables["performance"]
    seed = measured.rows(performance, differs=SEED).iloc[0]
    scales = measured.rows(performance, differs=SCALE)
    by_seed = seed["low"] > hardly_any and seed["high"] < nearly_all
    by_scale = scales["low"].max() > scales["high"].min()
    best, worst = scales.loc[scales["low"].idxmax()], scales.loc[scales["high"].idxmin()]
    values = {
        "best": best["setting"],
        "best_share": best["share"],
        "worst": worst["setting"],
        "worst_share": worst["share"],
    }
    ends = float(seed["low"]), float(seed["high"])
    verdict = graded(by_seed and by_scale, in_part=by_seed or by_scale)
    return Judgement(verdict, float(seed["share"]), *ends, notes=("main",), values=values)


CLAIMS = {"SL-33": _initial_weights_decide}
