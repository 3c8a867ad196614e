"""Judges whether dead units stay dead, whether leaky ReLU cures them, and how rare exact 0 is."""

from collections.abc import Callable

import numpy as np
import pandas as pd

from reproductions.evidence import measured
from reproductions.evidence.errors import NotMeasured
from reproductions.evidence.statistics import generator, wilson
from reproductions.evidence.verdicts import Judgement, Tables, graded
from reproductions.experiments.gradients.dying_relu.run import PLACES
from reproductions.experiments.gradients.dying_relu.zeros import CNN, XOR_POST

FAR_BELOW = -10
"""A unit starts far below 0 if its bias is at most this."""

HAPPENS = 0.05
"""Something happens if it does in more than this share of the networks, beyond doubt."""

RARE = 1e-4
"""Exact zeros are rare if their share of all weighted sums is below this, beyond doubt."""


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


def _units_die(tables: Tables) -> Judgement:
    deaths = tables["deaths_by_seed"]
    networks = deaths.assign(stayed=deaths["ever_dead"] - deaths["revived"])
    networks = networks.groupby(["rate", "seed"])[["ever_dead", "stayed"]].sum() > 0
    counts = networks.groupby("rate")["stayed"].agg(["sum", "count"])
    rate = (counts["sum"] / counts["count"]).idxmax()
    stayed, seeds = (int(count) for count in counts.loc[rate])
    low, high = wilson(stayed, seeds)
    verdict = graded(low > HAPPENS, in_part=networks["ever_dead"].any())
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
    return _ratio_of_sums(sums["revived"].to_numpy(), sums["ever_dead"].to_numpy())


def _ratio_of_sums(part: np.ndarray, whole: np.ndarray) -> tuple[float, float, float]:
    """One column's sum over another's, with its 95 % bootstrap interval over networks."""
    from scipy.stats import bootstrap

    if not whole.sum():
        return 0.0, np.nan, np.nan
    share = part.sum() / whole.sum()
    if len(whole) < 3:
        return share, np.nan, np.nan
    statistic: Callable = lambda a, b, axis: a.sum(axis) / np.maximum(b.sum(axis), 1)  # noqa: E731
    if np.ptp(part / np.maximum(whole, 1)) == 0:  # resampling changes nothing
        return share, share, share
    interval = bootstrap(
        (part, whole), statistic, paired=True, method="percentile", rng=generator(0)
    ).confidence_interval
    return share, float(interval.low), float(interval.high)


def _exact_zero_is_rare(tables: Tables) -> Judgement:
    at_zero = tables["at_zero"].set_index("source")["derivative"]
    one_sided = ["from the left", "from the right"]
    derivatives = sorted(set(at_zero.drop(one_sided)))
    kinked = at_zero[one_sided].tolist() == [0, 1]
    counts = tables["training_zeros"]
    post = measured.rows(counts, setting=XOR_POST)
    share, low, high = _ratio_of_sums(post["zeros"].to_numpy(), post["sums"].to_numpy())
    # Networks that met no zero say nothing of the next: so large a share of them may meet one.
    most = wilson(int((post["zeros"] > 0).sum()), len(post))[1] / post["sums"].mean()
    high = max(most, 0.0 if np.isnan(high) else high)
    rare = high < RARE
    verdict = graded(kinked and rare and len(derivatives) == 1, in_part=kinked)
    met = {
        when: measured.rows(counts, setting=f"{CNN}, {when}")[["zeros", "sums"]].sum()
        for when in ("first batch", "later")
    }
    values = {
        "derivative": derivatives[0],
        "zeros": int(post["zeros"].sum()),
        "sums": int(post["sums"].sum()),
        "first": met["first batch"]["zeros"] / met["first batch"]["sums"],
        "later": met["later"]["zeros"] / met["later"]["sums"],
    }
    notes = ("one" if len(derivatives) == 1 else "several", "main", "cnn")
    return Judgement(verdict, share, low, high, notes=notes, values=values)


CLAIMS = {
    "SL-15": _dead_stays,
    "SL-16": _leaky_moves,
    "RP-07": _units_die,
    "RP-09": _exact_zero_is_rare,
}
