"""Who used the rectifier first, and when, by the works that are cited for it.

Document: relu-post, introduction (the vanishing gradient was unsolved from 1986 to 2006, until the
ReLU that Hinton proposed solved it).
Setup: the authors and years of the works that the field cites for each event are listed in the
setting, and the sentence is held against them.
Assumptions: nothing is measured, and the verdict is no better than the literature. What counts for
the rectifier is a published use of max(0, x) as the output of a unit that models a neuron, whatever
it was called.
Known differences: the post names no works.

References:
    Householder (1941), "A theory of steady-state activity in nerve-fiber networks", Bulletin of
    Mathematical Biophysics 3.
    Fukushima (1969), "Visual feature extraction by a multilayered network of analog threshold
    elements", IEEE Transactions on Systems Science and Cybernetics 5(4).
    Rumelhart, Hinton, Williams (1986), "Learning representations by back-propagating errors",
    Nature 323.
    Hochreiter (1991), "Untersuchungen zu dynamischen neuronalen Netzen", diploma thesis, Technische
    Universität München.
    Hinton, Osindero, Teh (2006), "A fast learning algorithm for deep belief nets", Neural
    Computation 18(7).
    Nair, Hinton (2010), "Rectified linear units improve restricted Boltzmann machines", ICML.
    Glorot, Bordes, Bengio (2011), "Deep sparse rectifier neural networks", AISTATS.
"""

from dataclasses import dataclass
from typing import Literal

import pandas as pd

from reproductions.evidence import drawing, measured
from reproductions.evidence.kinds import Exact, Table
from reproductions.evidence.verdicts import DOCUMENT_ERROR, Judgement, Tables, graded
from reproductions.training.pool import Pool

Event = Literal["rectifier", "back-propagation", "vanishing gradient", "pre-training"]

EVENTS = {
    "rectifier": "units with a rectifier",
    "back-propagation": "networks trained by back-propagation",
    "vanishing gradient": "the vanishing gradient described",
    "pre-training": "deep networks trained after pre-training",
}
"""What each kind of work is cited for."""


@dataclass(frozen=True)
class Spec:
    """The works, each with what it is cited for, its year and its authors; what the post says."""

    works: tuple[tuple[Event, int, str], ...] = (
        ("rectifier", 1941, "Householder"),
        ("rectifier", 1969, "Fukushima"),
        ("back-propagation", 1986, "Rumelhart, Hinton, Williams"),
        ("vanishing gradient", 1991, "Hochreiter"),
        ("pre-training", 2006, "Hinton, Osindero, Teh"),
        ("rectifier", 2010, "Nair, Hinton"),
        ("rectifier", 2011, "Glorot, Bordes, Bengio"),
    )
    proposer: str = "Hinton"
    solved: int = 2006


SPEC = Spec()


def run(spec: Spec, pool: Pool) -> dict[str, pd.DataFrame]:
    """The works, and what the post says."""
    said = {"event": "rectifier", "proposer": spec.proposer, "solved": spec.solved}
    return {
        "works": pd.DataFrame(spec.works, columns=["event", "year", "authors"]),
        "said": pd.DataFrame([said]),
    }


def figures(spec: Spec, tables: Tables) -> drawing.Figures:
    """The works by year, and the year that the post gives."""
    return {"years": lambda: _draw(tables["works"], tables["said"]["solved"].iloc[0])}


def _draw(works: pd.DataFrame, solved: int):
    figure, ((axes,),) = drawing.panels(width=8.0, height=3.4)
    present = [event for event in EVENTS if event in set(works["event"])]
    first, last = works["year"].min(), works["year"].max()
    for place, event in enumerate(present):
        rows = measured.rows(works, event=event).sort_values("year")
        axes.plot(rows["year"], [place] * len(rows), "o", color=drawing.BLUE)
        for above, row in enumerate(rows.itertuples()):
            side = "left" if row.year > solved else "right"  # no name crosses the line
            side = "center" if row.year == first else side  # nor the axis
            axes.annotate(
                f"{row.authors.split(',')[0]} {row.year}",
                (row.year, place),
                ({"left": 5, "center": 0, "right": -5}[side], 5 if above % 2 == 0 else -13),
                textcoords="offset points",
                ha=side,
                fontsize=9,
            )
    label = "year that the post gives for the solution by ReLU"
    axes.axvline(solved, color=drawing.VERMILION, linestyle="--", label=label)
    axes.set_yticks(range(len(present)), [EVENTS[event] for event in present])
    axes.set(xlabel="year", ylim=(len(present) - 0.5, -0.6))
    axes.set_xlim(first - (last - first) / 2, last + (last - first) / 3)  # room for the names
    axes.set_title("Rectifiers are older than the problem that they are said to solve")
    figure.legend(loc="outside lower left")
    return figure


TABLES = {
    "works": Table(key=("event", "year"), columns={"authors": Exact()}),
    "said": Table(key=("event",), columns={"proposer": Exact(), "solved": Exact()}),
}


def _proposed_by(tables: Tables) -> Judgement:
    said = measured.row(tables["said"], event="rectifier")
    rectifiers = measured.rows(tables["works"], event="rectifier").sort_values("year")
    first = rectifiers.iloc[0]
    by_proposer = rectifiers[rectifiers["authors"].str.contains(said["proposer"])]
    is_first = said["proposer"] in first["authors"]
    in_year = is_first and first["year"] == said["solved"]
    other = tables["works"]
    other = other[(other["year"] == said["solved"]) & (other["event"] != "rectifier")]
    values = {
        "first": first["authors"],
        "first_year": first["year"],
        "proposer": said["proposer"],
        "proposer_year": by_proposer["year"].min() if len(by_proposer) else "-",
        "solved": said["solved"],
        "other": ", ".join(other["event"]),
    }
    notes = ["main", *(["other"] if len(other) else [])]
    verdict = graded(in_year, in_part=is_first, otherwise=DOCUMENT_ERROR)
    return Judgement(verdict, None, notes=notes, values=values)


CLAIMS = {"RP-16": _proposed_by}
