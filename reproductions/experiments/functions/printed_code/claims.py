"""The claims, judged from the tables."""

import numpy as np

from reproductions.evidence.claims import IN_PART, NOT_REPRODUCED, REPRODUCED, Judgement, graded
from reproductions.experiments.functions.printed_code.listings import CHANGED
from reproductions.experiments.functions.printed_code.run import RIGHT, SPEC
from reproductions.experiments.functions.printed_code.statements import FAILS, SHOWS_WARNING


def _usable(tables) -> Judgement:
    formulas, first = tables["formulas"], tables["first_failures"]
    fine = formulas["outcome"] == RIGHT
    printed, small = formulas["code"] == "as printed", formulas["size"] <= SPEC.documents_largest
    verdict = graded(
        fine[printed].all(), in_part=fine[printed & small].all() and fine[~printed].all()
    )
    first = first[first["code"] == "as printed"]
    edge = first.groupby("dtype")["first_warning"].min()
    at_largest = first.groupby("function")["outcome_at_largest"].unique().map(sorted)
    ends = "; ".join(f"{name}: {' or '.join(found)}" for name, found in at_largest.items())
    silent = first[first["first_wrong"] < first["first_nan"]]
    zeros = ", ".join(
        f"{row.first_wrong:.4g} to {row.first_nan:.4g} in {row.dtype}"
        for row in silent.itertuples()
        if np.isfinite(row.first_nan)
    )
    return Judgement(
        verdict,
        ", ".join(f"clean below {value:.4g} in {dtype}" for dtype, value in edge.items()),
        note=(
            f"of the sizes tried up to {formulas['size'].max():,.0f},"
            f" {(~fine[printed]).mean():.0%} warn or go wrong as printed,"
            f" {(~fine[~printed]).mean():.0%} in the layers; as printed the largest gives {ends}"
            + (
                f"; wrong, yet not NaN, where only the softmax's sum overflows: {zeros}"
                if zeros
                else ""
            )
        ),
    )


def _no_longer_runs(tables) -> Judgement:
    attempts = tables["statements"]
    place = ["document", "listing", "place"]
    printed = attempts[attempts["attempt"] == 0]
    last = attempts.sort_values("attempt").groupby(place).tail(1)
    mended = (last["fate"] != FAILS).all()
    failed = printed["fate"] == FAILS
    # The attempt before a repair for this reason is a line that the packages have left behind.
    outdated = attempts[(attempts["fate"] == FAILS)][[*place, "attempt"]]
    outdated = outdated.assign(attempt=outdated["attempt"] + 1).merge(attempts)
    outdated = (outdated["reason"] == CHANGED).sum()
    verdict = REPRODUCED if outdated and mended else IN_PART
    whole = tables["listings"]["fate"]
    return Judgement(
        verdict if failed.any() else NOT_REPRODUCED,
        f"{failed.sum()} of {len(printed)} statements fail,"
        f" {(printed['fate'] == SHOWS_WARNING).sum()} warn",
        note=(
            f"{(whole == FAILS).sum()} of {len(whole)} listings stop when run whole; {outdated}"
            " lines"
            " fail because an interface changed, the others as something was never imported, is not"
            " installed, or is a prompt; "
            + ("every repair runs" if mended else "not every repair runs")
            + "; xor-post's tf.placeholder and its like still run, as it imports compat.v1"
        ),
    )


CLAIMS = {
    "PP-15": _usable,
    "XX-02": _no_longer_runs,
}
