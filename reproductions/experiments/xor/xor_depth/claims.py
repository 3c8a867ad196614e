"""Judges what more layers do, that one is not enough, and what the initial weights decide."""

from itertools import pairwise

from reproductions.evidence import measured
from reproductions.evidence.statistics import wilson
from reproductions.evidence.verdicts import Judgement, Tables, graded
from reproductions.experiments.xor.xor_depth.run import (
    COSTS,
    POST_NETWORKS,
    SMALLEST,
    SOLVED,
    cliff_text,
)
from reproductions.training import xor


def _median_falls(before, after) -> bool:
    """Whether the median cost falls below one of `COSTS`: more than half of the seeds are under it.

    The counts below each cost are the same on every processor, which the medians are not.
    """
    return any(
        after[level] > after["seeds"] / 2 >= before[level]
        for level in (f"below_{cost:g}" for cost in COSTS)
    )


def _more_is_better(tables: Tables) -> Judgement:
    networks = tables["networks"]
    rows = [measured.row(networks, network=name) for name in POST_NETWORKS]
    better = [
        wilson(a["solved"], a["seeds"])[1] < wilson(b["solved"], b["seeds"])[0]
        and _median_falls(a, b)
        for a, b in pairwise(rows)
    ]
    verdict = graded(all(better), in_part=any(better))
    obtained = "; ".join(
        f"{name}: {row['solved'] / row['seeds']:.1%}, cost {row['cost_q50']:.2g}"
        for name, row in zip(POST_NETWORKS, rows, strict=True)
    )
    shares = (networks["solved"] / networks["seeds"]).set_axis(networks["network"])
    note = f"at width 5, {cliff_text(tables['depths'])}"
    if {"2-10-1", "2-2-2-2-1"} <= set(shares.index):
        note = (
            "width and depth grow together here: with two layers of sigmoids 2-10-1 solves"
            f" {shares['2-10-1']:.1%}, with four 2-2-2-2-1 solves {shares['2-2-2-2-1']:.1%}; {note}"
        )
    return Judgement(verdict, obtained, note=note)


def _needs_two_layers(tables: Tables) -> Judgement:
    networks, single = tables["networks"].set_index("network"), tables["single"]
    one, two = networks.loc["2-1"], networks.loc[SMALLEST]
    low, high = wilson(two["solved"], two["seeds"])
    most = single[single["count"] > 0].groupby("moment")["right"].max()
    needed = one["solved"] == 0 and most.max() < len(xor.X) and two["solved"] > 0
    verdict = graded(needed and low > 0.2, in_part=needed)
    note = (
        f"obtained: {SMALLEST}; 2-1 solves {one['solved']:.0f} of {one['seeds']:.0f}, with at most"
        f" {most['start']} of 4 points right before training and {most['end']} after; no straight"
        " line can have more than 3"
    )
    return Judgement(verdict, two["solved"] / two["seeds"], low, high, note)


def _initialisation_decides(tables: Tables) -> Judgement:
    levels = tables["levels"]
    last = levels[levels["step"] == levels["step"].max()].set_index("level")
    solved, seeds = last.loc[SOLVED, ["count", "seeds"]]
    low, high = wilson(solved, seeds)
    verdict = graded(low > 0.05 and high < 0.95, in_part=0 < solved < seeds)
    others = last[(last.index != SOLVED) & (last["count"] > 0)]
    ends = ", ".join(f"{name} {row['count'] / seeds:.1%}" for name, row in others.iterrows())
    two = tables["networks"].set_index("network").loc[SMALLEST]
    note = (
        f"2-2-1 at step {last['step'].iloc[0]:,}; the others: {ends or 'none'}; of"
        f" {two['continued']:.0f} unsolved at a tenth of the steps {two['solved_later']:.0f} were"
        f" only slow; the gradient is still {last['gradient_q50'].min():.1g} or more at each level"
        " (median): valleys that go on falling, not points of rest"
    )
    return Judgement(verdict, solved / seeds, low, high, note)


CLAIMS = {
    "NP-14": _needs_two_layers,
    "SL-24": _initialisation_decides,
    "XP-01": _more_is_better,
}
