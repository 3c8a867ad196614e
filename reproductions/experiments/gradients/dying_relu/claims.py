"""Judges whether dead units stay dead, whether leaky ReLU cures them, and how rare exact 0 is."""

import pandas as pd

from reproductions.evidence import measured
from reproductions.evidence.errors import NotMeasured
from reproductions.evidence.statistics import wilson
from reproductions.evidence.verdicts import Judgement, Tables, graded
from reproductions.experiments.gradients.dying_relu.run import PLACES
from reproductions.experiments.gradients.dying_relu.zeros import (
    CNN_FIRST,
    CNN_LATER,
    XOR_POST,
    share_over_networks,
)

FAR_BELOW = -10
"""A unit starts far below 0 if its bias is at most this."""


def _dead_stays(tables: Tables) -> Judgement:
    relu = _far_below(measured.rows(tables["units"], function="relu"))
    dead = int(relu["dead_start"].sum())
    unmoved = (relu["dead_start"] == relu["seeds"]) & (relu["unmoved"] == relu["seeds"])
    # The same seeds start from every bias, so one bias alone gives the interval.
    worst = relu.loc[(relu["unmoved"] / relu["seeds"]).idxmin()]
    ends = wilson(worst["unmoved"], worst["seeds"])
    values = {"dead": dead, "units": int(relu["seeds"].sum())}
    share = worst["unmoved"] / worst["seeds"]
    return Judgement(graded(unmoved.all()), share, *ends, notes=("main",), values=values)


def _far_below(units: pd.DataFrame) -> pd.DataFrame:
    """The units that start far below 0."""
    far_below = units[units["bias"] <= FAR_BELOW]
    if far_below.empty:
        raise NotMeasured(f"the tables have no bias of {FAR_BELOW} or below")
    return far_below


def _leaky_moves(tables: Tables) -> Judgement:
    units = tables["units"]
    leaky = measured.rows(units, function="leaky_relu")
    relu = _far_below(measured.rows(units, function="relu"))
    to_solve = (relu["dead_start"] == relu["seeds"]).all()
    alive = {}
    for place in PLACES:
        rows = measured.rows(leaky, place=place)
        alive[place] = not rows[["dead_start", "dead_end", "unmoved"]].to_numpy().any()
    verdict = graded(to_solve and all(alive.values()), in_part=to_solve and alive["alone"])
    worst = leaky.loc[(leaky["unmoved"] / leaky["seeds"]).idxmax()]
    moved = int(worst["seeds"] - worst["unmoved"])
    alone, hidden = (measured.row(leaky, place=place, bias=FAR_BELOW) for place in PLACES)
    values = {
        "bias": FAR_BELOW,
        "alone": alone["share"],
        "hidden": hidden["share"],
        "line": hidden["on_line"] / hidden["seeds"],
    }
    notes = ["main"]
    all_hidden = measured.rows(leaky, place="hidden")
    diverging = all_hidden.loc[all_hidden["non_finite"] > all_hidden["seeds"] / 2, "bias"]
    if len(diverging):
        notes.append("diverge")
        values["diverging"] = float(diverging.max())
    ends = wilson(moved, worst["seeds"])
    return Judgement(verdict, moved / worst["seeds"], *ends, notes=notes, values=values)


def _units_die(tables: Tables, *, hardly_any: float = 0.05) -> Judgement:
    deaths = tables["deaths_by_seed"]
    networks = deaths.assign(stayed=deaths["ever_dead"] - deaths["revived"])
    networks = networks.groupby(["rate", "seed"])[["ever_dead", "stayed"]].sum() > 0
    counts = networks.groupby("rate")["stayed"].agg(["sum", "count"])
    rate = (counts["sum"] / counts["count"]).idxmax()
    stayed, seeds = (int(count) for count in counts.loc[rate])
    low, high = wilson(stayed, seeds)
    verdict = graded(low > hardly_any, in_part=networks["ever_dead"].any())
    first, above = deaths[deaths["layer"] == 1], deaths[deaths["layer"] > 1]
    came_back, back_low, back_high = _revived_share(above)
    values = {
        "rate": rate,
        "first_dead": int(first["ever_dead"].sum()),
        "first_back": int(first["revived"].sum()),
        "back": came_back,
        "back_low": back_low,
        "back_high": back_high,
    }
    return Judgement(verdict, stayed / seeds, low, high, notes=("main", "back"), values=values)


def _revived_share(deaths: pd.DataFrame) -> tuple[float, float, float]:
    """The share of dead units that came back, with its 95 % bootstrap interval over seeds.

    Seeds are resampled whole, because the units of one seed die together.
    """
    sums = deaths.groupby("seed")[["revived", "ever_dead"]].sum()
    return share_over_networks(sums["revived"].to_numpy(), sums["ever_dead"].to_numpy())


def _exact_zero_is_rare(tables: Tables, *, rare: float = 1e-4) -> Judgement:
    at_zero = tables["at_zero"].set_index("source")["derivative"]
    one_sided = ["from the left", "from the right"]
    derivatives = sorted(set(at_zero.drop(one_sided)))
    kinked = at_zero[one_sided].tolist() == [0, 1]
    counts = tables["training_zeros"]
    post, first, later = (
        measured.row(counts, setting=setting) for setting in (XOR_POST, CNN_FIRST, CNN_LATER)
    )
    # Networks that met no zero say nothing of the next: so large a share of them may meet one.
    most = wilson(post["with_zeros"], post["seeds"])[1] / post["sums"]
    high = max(most, post["high"])
    verdict = graded(kinked and high < rare and len(derivatives) == 1, in_part=kinked)
    values = {
        "derivative": derivatives[0],
        "first": first["share"],
        "later": later["share"],
    }
    notes = ("one" if len(derivatives) == 1 else "several", "cnn")
    ends = float(post["low"]), float(high)
    return Judgement(verdict, float(post["share"]), *ends, notes=notes, values=values)


CLAIMS = {
    "SL-15": _dead_stays,
    "SL-16": _leaky_moves,
    "RP-07": _units_die,
    "RP-09": _exact_zero_is_rare,
}
