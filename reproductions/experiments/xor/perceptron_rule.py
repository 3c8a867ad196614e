"""The perceptron's own learning rule on AND, OR and XOR, which sets its weights without people.

Document: network-post, part 1 (a perceptron has the limit that its weights are set by hand).
Setup: single perceptrons, two inputs, two weights, a bias and a step, start from weights drawn from
N(0, 1). Rosenblatt's rule goes through the four points in a random order, again and again, and
after each point adds (target - answer) times the input. It needs no gradient and no network.
Assumptions: a perceptron has learnt a gate when it has all four points right, after any number of
passes up to 200.
Known differences: the post trains nothing. Initial weights and orders come from NumPy's Philox
generator, two streams for each seed.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from reproductions.evidence import drawing, measured
from reproductions.evidence.kinds import Exact, Rate, Table, shares
from reproductions.evidence.statistics import generator, share_of
from reproductions.evidence.verdicts import Judgement, Tables, graded
from reproductions.training import perceptron, xor
from reproductions.training.gates import GATES
from reproductions.training.pool import Pool


@dataclass(frozen=True)
class Spec:
    """How many perceptrons learn each gate, and for how long."""

    seeds: int = 4096
    passes: int = 200


SPEC = Spec()
SMALL = {"passes": 40}


def run(spec: Spec, pool: Pool) -> dict[str, pd.DataFrame]:
    """Trains perceptrons on every gate from the same weights and in the same orders."""
    weights = perceptron.initial_weights(range(spec.seeds))
    points = np.tile(np.arange(len(xor.X), dtype="uint8"), (spec.passes, 1))
    orders = [generator(seed, 1).permuted(points, axis=1) for seed in range(spec.seeds)]
    rows, passes = [], []
    for gate, y in GATES.items():
        _, needed = perceptron.train(
            weights, xor.X, y[:, 0] > 0.5, spec.passes, np.stack(orders, axis=-1)
        )
        learnt = int((needed <= spec.passes).sum())
        row = {"gate": gate, "learnt": learnt, "seeds": spec.seeds}
        at_start = int((needed == 0).sum())
        rows.append({**row, **share_of(learnt, spec.seeds), "right_at_start": at_start})
        shown = np.unique(np.geomspace(1, spec.passes + 1, 24).round().astype(int)) - 1
        passes += [
            {"gate": gate, "passes": count, "learnt": int((needed <= count).sum())}
            for count in shown
        ]
    return {"gates": pd.DataFrame(rows), "passes": pd.DataFrame(passes).assign(seeds=spec.seeds)}


def figures(spec: Spec, tables: Tables) -> drawing.Figures:
    """The share of perceptrons that have learnt each gate, by the number of passes."""
    return {"passes": lambda: _draw(spec, tables["passes"])}


STYLES = {
    "AND": (drawing.BLUE, "o", "-"),
    "OR": (drawing.ORANGE, "s", "--"),
    "XOR": (drawing.BLACK, "^", ":"),
}


def _draw(spec: Spec, passes: pd.DataFrame):
    figure, ((axes,),) = drawing.panels(width=6.0, height=3.6)
    for gate, (color, marker, dash) in STYLES.items():
        rows = measured.rows(passes, gate=gate)
        style = {"color": color, "marker": marker, "linestyle": dash, "markersize": 4}
        axes.plot(rows["passes"], rows["learnt"] / rows["seeds"], label=gate, **style)
    axes.set_xscale("symlog", linthresh=10)
    axes.set(xlabel="passes over the four points", ylabel="share that has all points right")
    axes.set(ylim=(-0.03, 1.05), xlim=(0, None))
    axes.xaxis.set_major_formatter("{x:g}")
    axes.legend(loc="center right")
    seeds = int(passes["seeds"].max())
    axes.set_title(f"The perceptron's own rule, {seeds:,} initialisations")
    return figure


TABLES = {
    "gates": Table(
        key=("gate",),
        columns={**shares("learnt"), "right_at_start": Rate(trials="seeds")},
        over_seeds=True,
    ),
    "passes": Table(
        key=("gate", "passes"),
        columns={"learnt": Rate(trials="seeds"), "seeds": Exact()},
        over_seeds=True,
    ),
}


def _weights_are_set_by_hand(
    tables: Tables, *, most: float = 0.5, nearly_all: float = 0.95
) -> Judgement:
    gates = tables["gates"].set_index("gate")
    easy = gates.loc[["AND", "OR"]]
    least = easy.loc[easy["share"].idxmin()]
    values = {
        "start": least["right_at_start"] / least["seeds"],
        "xor": int(gates["learnt"]["XOR"]),
        "seeds": int(gates["seeds"]["XOR"]),
    }
    verdict = graded((easy["high"] < most).any(), in_part=not (easy["low"] > nearly_all).all())
    ends = least["low"], least["high"]
    return Judgement(verdict, least["share"], *ends, notes=("main", "xor"), values=values)


CLAIMS = {"NP-18": _weights_are_set_by_hand}
