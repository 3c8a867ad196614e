"""Judges whether dead units stay dead, whether leaky ReLU cures them, and how rare exact 0 is."""

import numpy as np
import pandas as pd

from reproductions.evidence import measured
from reproductions.evidence.errors import NotMeasured
from reproductions.evidence.statistics import generator, wilson
from reproductions.evidence.verdicts import Judgement, Tables, graded
from reproductions.experiments.gradients.dying_relu.run import PLACES

FAR_BELOW = -10
"""A unit starts far below 0 if its bias is at most this."""


def _dead_stays(tables: Tables) -> Judgement:
    relu = _far_below(measured.rows(tables["units"], function="relu"))
    seeds, unmoved = int(relu["seeds"].sum()), int(relu["unmoved"].sum())
    dead_start = int(relu["dead_start"].sum())
    note = (
        f"all biases from {FAR_BELOW} down, {seeds} runs: slope exactly 0 on all samples in"
        f" {dead_start}, weights bit-identical in {unmoved}"
    )
    verdict = graded(unmoved == seeds == dead_start)
    return Judgement(verdict, unmoved / seeds, *wilson(unmoved, seeds), note)


def _far_below(units: pd.DataFrame) -> pd.DataFrame:
    """The units that start far below 0."""
    far_below = units[units["bias"] <= FAR_BELOW]
    if far_below.empty:
        raise NotMeasured(f"the tables have no bias of {FAR_BELOW} or below")
    return far_below


def _leaky_recovers(tables: Tables) -> Judgement:
    units = tables["units"]
    leaky = measured.rows(units, function="leaky_relu")
    recovers_alone, recovers_hidden = (
        (_far_below(measured.rows(leaky, place=place))["low"] > 0.95).all() for place in PLACES
    )
    cured_alone = recovers_alone and not leaky["dead_start"].sum()
    verdict = graded(cured_alone and recovers_hidden, in_part=cured_alone)
    alone, hidden = (measured.row(leaky, place=place, bias=FAR_BELOW) for place in PLACES)
    all_hidden = measured.rows(leaky, place="hidden")
    diverging = all_hidden.loc[all_hidden["non_finite"] > all_hidden["seeds"] / 2, "bias"]
    note = (
        f"share of units alone that are active again from a bias of {FAR_BELOW}"
        f"{_relu_and_elu(units)}; no leaky unit has a zero gradient, but hidden ones are active"
        f" again in {hidden['share']:.0%}: {hidden['on_line'] / hidden['seeds']:.0%} end at"
        " the best straight line's loss, which the weight after the unit makes of its straight part"
    )
    if len(diverging):
        note += f"; from {max(diverging):g} down those diverge at this learning rate"
    return Judgement(verdict, alone["share"], alone["low"], alone["high"], note)


def _relu_and_elu(units: pd.DataFrame) -> str:
    """In words, how many ReLU and ELU units recover from the same bias, if both are measured."""
    if not {"relu", "elu"} <= set(units["function"]):
        return ""
    relu = measured.row(units, place="alone", function="relu", bias=FAR_BELOW)
    elu = measured.rows(units, place="alone", function="elu")
    failing = elu[elu["active_end"] < elu["seeds"] / 2]
    failing_later = failing[
        (failing["continued"] > 0) & (failing["active_later"] < failing["continued"] / 2)
    ]
    slow = f"{_largest_bias(failing)} down in {elu['updates'].max():,} updates"
    if failing["continued"].sum():
        slow += f", from {_largest_bias(failing_later)} down in {elu['updates_later'].max():,}"
    share = measured.row(elu, bias=FAR_BELOW)["share"]
    return f" (ReLU {relu['share']:.0%}, ELU {share:.0%}: most ELU units fail from {slow})"


def _largest_bias(units: pd.DataFrame) -> str:
    return f"{units['bias'].max():g}" if len(units) else "none"


def _dead_for_ever(tables: Tables) -> Judgement:
    seeds = tables["deaths_by_seed"]
    first, above = seeds[seeds["layer"] == 1], seeds[seeds["layer"] > 1]
    died, revived = first["ever_dead"].sum(), first["revived"].sum()
    died_above, revived_above = above["ever_dead"].sum(), above["revived"].sum()
    first_stays = died + died_above > 0 and not revived
    verdict = graded(first_stays and not revived_above, in_part=first_stays)
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
    return Judgement(verdict, *_revived_share(above), note)


def _revived_share(deaths: pd.DataFrame) -> tuple[float, float, float]:
    """The share of dead units that came back, with its 95 % bootstrap interval over seeds.

    Seeds are resampled whole, because the units of one seed die together.
    """
    from scipy.stats import bootstrap

    sums = deaths.groupby("seed")[["revived", "ever_dead"]].sum()
    if not sums["ever_dead"].sum():
        return 0.0, np.nan, np.nan
    share = sums["revived"].sum() / sums["ever_dead"].sum()
    if len(sums) < 3:
        return share, np.nan, np.nan
    interval = bootstrap(
        (sums["revived"].to_numpy(), sums["ever_dead"].to_numpy()),
        lambda revived, dead, axis: revived.sum(axis) / np.maximum(dead.sum(axis), 1),
        paired=True,
        method="percentile",
        rng=generator(0),
    ).confidence_interval
    return share, float(interval.low), float(interval.high)


def _exact_zero_is_rare(tables: Tables) -> Judgement:
    at_zero = tables["at_zero"].set_index("source")["derivative"]
    one_sided = ["from the left", "from the right"]
    derivatives = sorted(set(at_zero.drop(one_sided)))
    zeros = tables["zeros"]
    trained = zeros[zeros["setting"].str.startswith("digits")]
    count, inputs = int(trained["zeros"].sum()), int(trained["inputs"].sum())
    low, high = wilson(count, inputs)
    largest = zeros.loc[zeros["share"].idxmax()]
    rare_in_training = (
        at_zero[one_sided].tolist() == [0, 1] and len(derivatives) == 1 and high < 1e-4
    )
    verdict = graded(rare_in_training and largest["share"] < 1e-2, in_part=rare_in_training)
    note = (
        "slopes 0 from the left, 1 from the right; all use"
        f" {', '.join(f'{derivative:g}' for derivative in derivatives)}; share of inputs that are"
        f" exactly 0 in training on the digits ({count:,} of {inputs:,});"
        f" but {largest['share']:.0%} in '{largest['setting']}': no chance there, the point (0, 0)"
    )
    return Judgement(verdict, count / inputs, low, high, note)


CLAIMS = {
    "SL-15": _dead_stays,
    "SL-16": _leaky_recovers,
    "RP-07": _dead_for_ever,
    "RP-09": _exact_zero_is_rare,
}
