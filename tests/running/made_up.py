"""A small made-up experiment, for tests of what is said of any."""

import dataclasses

import pandas as pd

from reproductions.evidence import drawing
from reproductions.evidence.kinds import Close, Exact, Rate, Table
from reproductions.evidence.verdicts import Claim, Judgement
from reproductions.running import experiment

NAME = "document_arithmetic"
"""Of the experiment by whose code the made-up one goes."""


@dataclasses.dataclass(frozen=True)
class Spec:
    seeds: int = 400
    depths: tuple[int, ...] = (2, 3)
    rate: float = 0.25


def run(spec, pool):
    depths = pd.Series(spec.depths)
    counts = pd.DataFrame({"depth": depths, "solved": spec.seeds // depths, "seeds": spec.seeds})
    values = pd.DataFrame({"depth": depths, "value": depths * spec.rate})
    return {"counts": counts, "values": values}


def figures(spec, tables):
    def plot():
        figure, axes = drawing.panels(width=1, height=1)
        axes[0, 0].bar(tables["counts"]["depth"], tables["counts"]["solved"])
        return figure

    def moves():
        figure, axes = drawing.panels(width=1, height=1)
        (line,) = axes[0, 0].plot([0, 1], [0, 1])
        return drawing.Animation(figure, lambda frame: line.set_ydata([0, frame]), frames=2)

    drawn = {"plot": plot, "moves": moves}
    return drawn if len(spec.depths) > 1 else {"plot": plot}


def draw_texts(patch):
    """Draws each figure as its name, which takes no time."""

    def render_all(figures, left_out=None):
        kinds = {name: ("webp",) if name == "moves" else ("png", "svg") for name in figures}
        return {f"{name}.{kind}": name.encode() for name in figures for kind in kinds[name]}

    patch.setattr(drawing, "render_all", render_all)
    patch.setattr(drawing, "same_figure", lambda file, a, b: a == b)


def judge_half(tables):
    row = tables["counts"].iloc[0]
    verdict = "reproduced" if row["solved"] >= row["seeds"] / 2 else "not reproduced"
    return Judgement(verdict, float(row["solved"] / row["seeds"]), notes=("why",))


def judge_values(tables):
    return Judgement("reproduced", float(tables["values"].set_index("depth").loc[2, "value"]))


def claim(number, judge):
    return Claim(
        id=number, document="doc", statement="A statement.", rule="A rule.", judge=judge,
        notes={"why": "A note."},
    )  # fmt: skip


MADE_UP = experiment.Experiment(
    name=NAME,
    doc="Made up.",
    spec=Spec(),
    run=run,
    figures=figures,
    tables={
        "counts": Table(("depth",), {"solved": Rate("seeds"), "seeds": Exact()}, over_seeds=True),
        "values": Table(("depth",), {"value": Close(1e-6, 0, reason="rounding")}),
    },
    claims=[claim("AA-01", judge_half), claim("AA-02", judge_values)],
    quick={"depths": (2,)},
)
