"""The claims, judged from the tables."""

from reproductions.evidence import measured
from reproductions.evidence.claims import Judgement, graded
from reproductions.evidence.errors import NotMeasured
from reproductions.evidence.statistics import wilson
from reproductions.experiments.circles.width_and_depth.run import (
    NARROW,
    NARROW_WIDTH,
    WIDER,
    _depths,
    of_width,
)
from reproductions.training import circles

SLIDES = ("2-2-2-1", "2-3-2-1", "2-4-2-1")


def _percent(rows) -> str:
    return " / ".join(f"{share:.0%}" for share in rows["separates"] / rows["seeds"])


def _interval(row) -> tuple[float, float]:
    return wilson(row["separates"], row["seeds"])


def _wider_is_better(tables) -> Judgement:
    networks = tables["networks"]
    short = networks[networks["epochs"] == networks["epochs"].min()]
    by_name = {
        name: measured.rows(short, network=name).set_index("rate").sort_index() for name in SLIDES
    }
    better = [
        all(
            _interval(by_name[wide].loc[rate])[0] > _interval(by_name[NARROW].loc[rate])[1]
            for wide in SLIDES[1:]
        )
        for rate in by_name[NARROW].index
    ]
    narrow = networks[networks["network"] == NARROW]
    never = narrow["separates"].sum() == 0
    verdict = graded(any(better) and all(better) and never, in_part=any(better))
    rates = "/".join(f"{rate:g}" for rate in by_name[NARROW].index)
    obtained = f"at {rates}: " + "; ".join(
        f"{circles.dimension(name)} {_percent(rows)}" for name, rows in by_name.items()
    )
    longest = narrow[narrow["epochs"] == narrow["epochs"].max()]
    best = longest.loc[longest["accuracy_best"].idxmax()]
    note = (
        f"after {best['epochs']:,} epochs 2-D separates {longest['separates'].sum()} of"
        f" {longest['seeds'].sum()}, at best {best['accuracy_best']:.1%} right; the slides' own"
        " comparison gives the 2-D network a fifth of the rate: that slows it, its width stops it"
    )
    return Judgement(verdict, obtained, note=note)


def _deeper_is_better(tables) -> Judgement:
    networks = tables["networks"]
    rows = networks[networks["epochs"] == networks["epochs"].min()]
    narrow = of_width(rows, NARROW_WIDTH)
    deeper = narrow[_depths(narrow["network"]) > 2]
    if deeper.empty:
        raise NotMeasured(
            f"the tables have no network of width {NARROW_WIDTH} and more than two hidden layers"
        )
    separates = any(_interval(row)[0] > 0.05 for _, row in deeper.iterrows())
    closer = False
    for rate, own in deeper.groupby("rate"):
        two = measured.row(narrow, network=NARROW, rate=rate)
        top = wilson(two["high_accuracy"], two["seeds"])[1]
        closer |= any(
            wilson(row["high_accuracy"], row["seeds"])[0] > top for _, row in own.iterrows()
        )
    verdict = graded(separates, in_part=closer)
    count, seeds = deeper["separates"].sum(), deeper["seeds"].sum()
    low, high = wilson(count, seeds)
    best = deeper.loc[deeper["accuracy_best"].idxmax()]
    wide = rows[rows["network"] == WIDER]
    note = (
        f"share of 3 to 8 hidden layers of width 2 ({count} of {seeds}); the best,"
        f" {best['network']}, has {best['accuracy_best']:.1%} right: depth narrows the gap, and"
        " cannot close it"
    )
    if len(wide):
        share = wide["separates"].max() / wide["seeds"].max()
        note += f"; one hidden layer of width 3 separates {share:.0%} at its better rate"
    return Judgement(verdict, count / seeds, low, high, note)


CLAIMS = {
    "SL-08": _wider_is_better,
    "SL-09": _deeper_is_better,
}
