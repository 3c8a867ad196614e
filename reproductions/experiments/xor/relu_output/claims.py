"""Judges whether ReLU does worse at the output than the usual output functions."""

from reproductions.evidence import measured
from reproductions.evidence.verdicts import Judgement, Tables, graded

USUAL = ("linear", "sigmoid")


def _for_hidden_layers_only(tables: Tables) -> Judgement:
    outcomes, differences = tables["outcomes"], tables["tuned_differences"]
    for output in USUAL:
        measured.rows(outcomes, output=output)
    usual = differences[differences["other"].isin(USUAL)]
    worse = usual["high"] < 0
    verdict = graded(worse.all(), in_part=worse.any())
    nearest = usual.loc[usual["difference"].idxmax()]
    relu = outcomes[outcomes["output"] == "relu"].groupby("hidden").first()
    return Judgement(
        verdict,
        nearest["difference"],
        nearest["low"],
        nearest["high"],
        notes=("dead",),
        values={"dead": (relu["dead_start"] / relu["seeds"]).to_dict()},
    )


CLAIMS = {"RP-10": _for_hidden_layers_only}
