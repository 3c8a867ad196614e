"""Judges whether more neurons separate the circles more often."""

import pandas as pd

from reproductions.evidence import measured
from reproductions.evidence.statistics import wilson
from reproductions.evidence.verdicts import Judgement, Tables, graded
from reproductions.experiments.circles.width_and_depth.run import NARROW

SLIDES = ("2-2-2-1", "2-3-2-1", "2-4-2-1")


def _interval(row: pd.Series) -> tuple[float, float]:
    return wilson(row["separates"], row["seeds"])


def _wider_is_better(tables: Tables) -> Judgement:
    networks = tables["networks"]
    shortest = networks[networks["epochs"] == networks["epochs"].min()]
    by_name = {
        name: measured.rows(shortest, network=name).set_index("rate").sort_index()
        for name in SLIDES
    }
    rates = by_name[NARROW].index
    better = [
        all(
            _interval(by_name[wide].loc[rate])[0] > _interval(by_name[NARROW].loc[rate])[1]
            for wide in SLIDES[1:]
        )
        for rate in rates
    ]
    narrow = networks[networks["network"] == NARROW]
    never = narrow["separates"].sum() == 0
    two, three, four = map(_percent, by_name.values())
    longest = narrow[narrow["epochs"] == narrow["epochs"].max()]
    best = longest.loc[longest["accuracy_best"].idxmax()]
    return Judgement(
        graded(any(better) and all(better) and never, in_part=any(better)),
        None,
        notes=("main",),
        values={
            "rates": " / ".join(f"{rate:g}" for rate in rates),
            "two": two,
            "three": three,
            "four": four,
            "epochs": best["epochs"],
            "longer": longest["separates"].sum(),
            "seeds": longest["seeds"].sum(),
            "best": best["accuracy_best"],
        },
    )


def _percent(rows: pd.DataFrame) -> str:
    return " / ".join(f"{share:.0%}" for share in rows["separates"] / rows["seeds"])


CLAIMS = {"SL-08": _wider_is_better}
