"""Judges whether printed formulas are usable, printed code still runs, and what it prints."""

from reproductions.evidence.verdicts import Judgement, Tables, graded
from reproductions.experiments.functions.printed_code.listings import CHANGED
from reproductions.experiments.functions.printed_code.outputs import NUMBERS, SAME, SPACES
from reproductions.experiments.functions.printed_code.run import RIGHT, SPEC
from reproductions.experiments.functions.printed_code.statements import FAILS, SHOWS_WARNING


def _formulas_are_usable(tables: Tables) -> Judgement:
    formulas, first_failures = tables["formulas"], tables["first_failures"]
    right = formulas["outcome"] == RIGHT
    printed, small = formulas["code"] == "as printed", formulas["size"] <= SPEC.documents_largest
    failures = first_failures[first_failures["code"] == "as printed"]
    first_warning = failures.groupby("dtype")["first_warning"].min()
    worst = first_warning.idxmin()
    values = {
        "largest": formulas["size"].max(),
        "printed": (~right[printed]).mean(),
        "layers": (~right[~printed]).mean(),
        "dtype": worst,
    }
    return Judgement(
        graded(
            right[printed].all(), in_part=right[printed & small].all() and right[~printed].all()
        ),
        float(first_warning[worst]),
        notes=["main"],
        values=values,
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
    values = {
        "failed": failed.sum(),
        "count": len(printed),
        "warn": (printed["fate"] == SHOWS_WARNING).sum(),
        "outdated": outdated,
    }
    return Judgement(
        graded(failed.any() and outdated and all_repaired, in_part=failed.any()),
        None,
        notes=["main", "repaired" if all_repaired else "not_repaired"],
        values=values,
    )


def _listings_print_what_is_shown(tables: Tables) -> Judgement:
    lines = tables["outputs"]
    same = lines["agreement"].isin([SAME, SPACES])
    numbers = same | (lines["agreement"] == NUMBERS)
    spaces = (lines["agreement"] == SPACES).sum()
    return Judgement(
        graded(same.all(), in_part=numbers.all()),
        float(same.mean()),
        notes=["main", *(["spaces"] if spaces else [])],
        values={"same": same.sum(), "count": len(lines), "spaces": spaces},
    )


CLAIMS = {
    "PP-15": _formulas_are_usable,
    "XX-02": _some_code_no_longer_runs,
    "PP-16": _listings_print_what_is_shown,
}
