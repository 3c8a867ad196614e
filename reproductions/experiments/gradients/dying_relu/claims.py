"""The claims, judged from the tables."""

import numpy as np

from reproductions.evidence import measured
from reproductions.evidence.claims import IN_PART, NOT_REPRODUCED, REPRODUCED, Judgement, graded
from reproductions.evidence.errors import NotMeasured
from reproductions.evidence.statistics import generator, wilson
from reproductions.experiments.gradients.dying_relu.run import PLACES

FAR = -10


def _dead_stays(tables) -> Judgement:
    relu = _far(measured.rows(tables["units"], function="relu"))
    seeds, unmoved = int(relu["seeds"].sum()), int(relu["unmoved"].sum())
    held = unmoved == seeds == int(relu["dead_start"].sum())
    note = (
        f"all biases from {FAR} down, {seeds} runs: slope exactly 0 on all samples in"
        f" {relu['dead_start'].sum()}, weights bit-identical in {unmoved}"
    )
    verdict = graded(held)
    return Judgement(verdict, unmoved / seeds, *wilson(unmoved, seeds), note)


def _far(units):
    """The units that start far enough below 0."""
    far = units[units["bias"] <= FAR]
    if far.empty:
        raise NotMeasured(f"the tables have no bias of {FAR} or below")
    return far


def _leaky_recovers(tables) -> Judgement:
    units = tables["units"]
    leaky = measured.rows(units, function="leaky_relu")
    cured = {
        place: (_far(measured.rows(leaky, place=place))["low"] > 0.95).all() for place in PLACES
    }
    if leaky["dead_start"].sum() or not cured["alone"]:
        verdict = NOT_REPRODUCED
    else:
        verdict = REPRODUCED if cured["hidden"] else IN_PART
    row, hidden = (measured.row(leaky, place=place, bias=FAR) for place in PLACES)
    broken = measured.rows(leaky, place="hidden")
    broken = broken.loc[broken["non_finite"] > broken["seeds"] / 2, "bias"]
    note = (
        f"share of units alone that are active again from a bias of {FAR}{_beside_leaky(units)}; no"
        f" leaky unit has a zero gradient, but hidden ones are active again in"
        f" {hidden['share']:.0%}:"
        f" {hidden['on_line'] / hidden['seeds']:.0%} end at the best straight line's loss, which"
        " the weight after the unit makes of its straight part"
    )
    if len(broken):
        note += f"; from {max(broken):g} down those diverge at this learning rate"
    return Judgement(verdict, row["share"], row["low"], row["high"], note)


def _beside_leaky(units) -> str:
    """How ReLU and ELU do from the same bias, where both are measured."""
    if not {"relu", "elu"} <= set(units["function"]):
        return ""
    relu = measured.row(units, place="alone", function="relu", bias=FAR)
    elu = measured.rows(units, place="alone", function="elu")
    lost = elu[elu["active_end"] < elu["seeds"] / 2]
    lost_later = lost[(lost["continued"] > 0) & (lost["active_later"] < lost["continued"] / 2)]
    slow = f"{_from(lost)} down in {elu['updates'].max():,} updates"
    if lost["continued"].sum():
        slow += f", from {_from(lost_later)} down in {elu['updates_later'].max():,}"
    share = measured.row(elu, bias=FAR)["share"]
    return f" (ReLU {relu['share']:.0%}, ELU {share:.0%}: most ELU units fail from {slow})"


def _from(rows) -> str:
    """The largest bias of some rows."""
    return f"{rows['bias'].max():g}" if len(rows) else "none"


def _for_ever(tables) -> Judgement:
    seeds = tables["deaths_by_seed"]
    first, above = seeds[seeds["layer"] == 1], seeds[seeds["layer"] > 1]
    died, revived = first["ever_dead"].sum(), first["revived"].sum()
    died_above, revived_above = above["ever_dead"].sum(), above["revived"].sum()
    if died + died_above == 0 or revived:
        verdict = NOT_REPRODUCED
    else:
        verdict = IN_PART if revived_above else REPRODUCED
    fastest = first[first["rate"] == first["rate"].max()]
    by_rate = above.groupby("rate")[["revived", "ever_dead"]].sum()
    shares = by_rate["revived"] / by_rate["ever_dead"].clip(lower=1)
    rates = ", ".join(f"{share:.0%} at rate {rate:g}" for rate, share in shares.items())
    note = (
        f"share of dead units above the first hidden layer that came back ({revived_above} of"
        f" {died_above}; {rates}): what feeds them still moves, unless all of their layer is dead;"
        " in the first layer, whose inputs are fixed,"
        f" {revived} of {died}; at learning rate {fastest['rate'].max():g}"
        f" {fastest['dead_end'].sum() / max(1, fastest['units'].sum()):.0%} of its units end dead"
    )
    return Judgement(verdict, *_ratio(above, "revived", "ever_dead"), note)


def _ratio(seeds, part, whole) -> tuple[float, float, float]:
    """A ratio of sums with its 95 % bootstrap interval over seeds, as their units die together."""
    from scipy.stats import bootstrap

    sums = seeds.groupby("seed")[[part, whole]].sum()
    if not sums[whole].sum():
        return 0.0, np.nan, np.nan
    share = sums[part].sum() / sums[whole].sum()
    if len(sums) < 3:
        return share, np.nan, np.nan
    drawn = bootstrap(
        (sums[part].to_numpy(), sums[whole].to_numpy()),
        lambda part, whole, axis: part.sum(axis) / np.maximum(whole.sum(axis), 1),
        paired=True,
        method="percentile",
        rng=generator(0),
    ).confidence_interval
    return share, float(drawn.low), float(drawn.high)


def _small_chance(tables) -> Judgement:
    at_zero = tables["at_zero"].set_index("source")["derivative"]
    quotients = at_zero[["from the left", "from the right"]].tolist()
    given = set(at_zero.drop(["from the left", "from the right"]))
    zeros = tables["zeros"]
    trained = zeros[zeros["setting"].str.startswith("digits")]
    count, tried = int(trained["zeros"].sum()), int(trained["inputs"].sum())
    low, high = wilson(count, tried)
    largest = zeros.loc[zeros["share"].idxmax()]
    if quotients != [0, 1] or len(given) != 1 or high >= 1e-4:
        verdict = NOT_REPRODUCED
    else:
        verdict = REPRODUCED if zeros["share"].max() < 1e-2 else IN_PART
    note = (
        f"slopes 0 from the left, 1 from the right; all use {', '.join(f'{g:g}' for g in given)};"
        f" share of inputs that are exactly 0 in training on the digits ({count:,} of {tried:,});"
        f" but {largest['share']:.0%} in '{largest['setting']}': no chance there, the point (0, 0)"
    )
    return Judgement(verdict, count / tried, low, high, note)


CLAIMS = {
    "SL-15": _dead_stays,
    "SL-16": _leaky_recovers,
    "RP-07": _for_ever,
    "RP-09": _small_chance,
}
