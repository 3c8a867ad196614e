"""Judges whether more neurons, and more layers, separate the circles more often."""

import pandas as pd

from reproductions.evidence import measured
from reproductions.evidence.errors import NotMeasured
from reproductions.evidence.statistics import wilson
from reproductions.evidence.verdicts import Judgement, Tables, graded
from reproductions.experiments.circles.width_and_depth.run import (
    NARROW,
    NARROW_WIDTH,
    WIDER,
    depths,
    widths_are,
)
from reproductions.training import circles

SLIDES = ("2-2-2-1", "2-3-2-1", "2-4-2-1")


def _interval(row: pd.Series, count: str = "separates") -> tuple[float, float]:
    return wilson(row[count], row["seeds"])


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
    shares = "; ".join(f"{circles.dimension(n)} {_percent(rows)}" for n, rows in by_name.items())
    longest = narrow[narrow["epochs"] == narrow["epochs"].max()]
    best = longest.loc[longest["accuracy_best"].idxmax()]
    return Judgement(
        graded(any(better) and all(better) and never, in_part=any(better)),
        f"at {'/'.join(f'{rate:g}' for rate in rates)}: {shares}",
        note=f"after {best['epochs']:,} epochs 2-D separates {longest['separates'].sum()} of"
        f" {longest['seeds'].sum()}, at best {best['accuracy_best']:.1%} right; the slides' own"
        " comparison gives the 2-D network a fifth of the rate: that slows it, its width stops it",
    )


def _percent(rows: pd.DataFrame) -> str:
    return " / ".join(f"{share:.0%}" for share in rows["separates"] / rows["seeds"])


def _deeper_is_better(tables: Tables) -> Judgement:
    networks = tables["networks"]
    shortest = networks[networks["epochs"] == networks["epochs"].min()]
    narrow = shortest[widths_are(shortest["network"], NARROW_WIDTH)]
    deeper = narrow[depths(narrow["network"]) > 2]
    if deeper.empty:
        raise NotMeasured(
            f"the tables have no network of width {NARROW_WIDTH} and more than two hidden layers"
        )
    separates = any(_interval(row)[0] > 0.05 for _, row in deeper.iterrows())
    closer = [_is_closer(row, narrow) for _, row in deeper.iterrows()]
    count, seeds = deeper["separates"].sum(), deeper["seeds"].sum()
    best = deeper.loc[deeper["accuracy_best"].idxmax()]
    note = (
        f"share of 3 to 8 hidden layers of width 2 ({count} of {seeds}); the best,"
        f" {best['network']}, has {best['accuracy_best']:.1%} right: depth narrows the gap, and"
        " cannot close it"
    )
    wider = shortest[shortest["network"] == WIDER]
    if len(wider):
        share = wider["separates"].max() / wider["seeds"].max()
        note += f"; one hidden layer of width 3 separates {share:.0%} at its better rate"
    return Judgement(
        graded(separates, in_part=any(closer)), count / seeds, *wilson(count, seeds), note
    )


def _is_closer(deeper: pd.Series, narrow: pd.DataFrame) -> bool:
    """Whether more seeds have a high accuracy than with two layers at the same rate."""
    two_layers = measured.row(narrow, network=NARROW, rate=deeper["rate"])
    return _interval(deeper, "high_accuracy")[0] > _interval(two_layers, "high_accuracy")[1]


CLAIMS = {"SL-08": _wider_is_better, "SL-09": _deeper_is_better}
