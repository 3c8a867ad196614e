"""Judges whether the printed formulas are usable and whether the printed code still runs."""

import numpy as np

from reproductions.evidence.verdicts import Judgement, Tables, graded
from reproductions.experiments.functions.printed_code.listings import CHANGED
from reproductions.experiments.functions.printed_code.run import RIGHT, SPEC
from reproductions.experiments.functions.printed_code.statements import FAILS, SHOWS_WARNING


def _formulas_are_usable(tables: Tables) -> Judgement:
    formulas, first_failures = tables["formulas"], tables["first_failures"]
    right = formulas["outcome"] == RIGHT
    printed, small = formulas["code"] == "as printed", formulas["size"] <= SPEC.documents_largest
    failures = first_failures[first_failures["code"] == "as printed"]
    first_warning = failures.groupby("dtype")["first_warning"].min()
    at_largest = failures.groupby("function")["outcome_at_largest"].unique().map(sorted)
    ends = "; ".join(f"{name}: {' or '.join(outcomes)}" for name, outcomes in at_largest.items())
    # Where the softmax's sum overflows before its terms do, it is wrong before it is NaN.
    wrong_before_nan = ", ".join(
        f"{row.first_wrong:.4g} to {row.first_nan:.4g} in {row.dtype}"
        for row in failures[failures["first_wrong"] < failures["first_nan"]].itertuples()
        if np.isfinite(row.first_nan)
    )
    note = (
        f"of the sizes tried up to {formulas['size'].max():,.0f},"
        f" {(~right[printed]).mean():.0%} warn or go wrong as printed,"
        f" {(~right[~printed]).mean():.0%} in the layers; as printed the largest gives {ends}"
    )
    if wrong_before_nan:
        note += f"; wrong, yet not NaN, where only the softmax's sum overflows: {wrong_before_nan}"
    return Judgement(
        graded(
            right[printed].all(), in_part=right[printed & small].all() and right[~printed].all()
        ),
        ", ".join(f"clean below {size:.4g} in {dtype}" for dtype, size in first_warning.items()),
        note=note,
    )


def _some_code_no_longer_runs(tables: Tables) -> Judgement:
    attempts = tables["statements"]
    statement = ["document", "listing", "place"]
    printed = attempts[attempts["attempt"] == 0]
    failed = printed["fate"] == FAILS
    last_attempts = attempts.sort_values("attempt").groupby(statement).tail(1)
    all_repaired = (last_attempts["fate"] != FAILS).all()
    # A failing attempt that is followed by a repair for this reason used a changed interface.
    failing = attempts[attempts["fate"] == FAILS][[*statement, "attempt"]]
    repairs = failing.assign(attempt=failing["attempt"] + 1).merge(attempts)
    outdated = (repairs["reason"] == CHANGED).sum()
    whole_listings = tables["listings"]["fate"]
    return Judgement(
        graded(failed.any() and outdated and all_repaired, in_part=failed.any()),
        f"{failed.sum()} of {len(printed)} statements fail,"
        f" {(printed['fate'] == SHOWS_WARNING).sum()} warn",
        note=(
            f"{(whole_listings == FAILS).sum()} of {len(whole_listings)} listings stop when run"
            f" whole; {outdated} lines fail because an interface changed, the others as something"
            " was never imported, is not installed, or is a prompt; "
            + ("every repair runs" if all_repaired else "not every repair runs")
            + "; xor-post's tf.placeholder and its like still run, as it imports compat.v1"
        ),
    )


CLAIMS = {
    "PP-15": _formulas_are_usable,
    "XX-02": _some_code_no_longer_runs,
}
