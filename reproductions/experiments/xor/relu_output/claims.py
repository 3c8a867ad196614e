"""Judges whether ReLU does worse at the output than the usual output functions."""

from reproductions.evidence import measured
from reproductions.evidence.verdicts import Judgement, Tables, graded

USUAL = ("linear", "sigmoid")
DESCRIBED = ("tanh", "relu")
"""The hidden layers that the notes have a sentence for."""


def _for_hidden_layers_only(tables: Tables) -> Judgement:
    outcomes, differences = tables["outcomes"], tables["tuned_differences"]
    for output in USUAL:
        measured.rows(outcomes, output=output)
    usual = differences[differences["other"].isin(USUAL)]
    worse = usual["high"] < 0
    verdict = graded(worse.all(), in_part=worse.any())
    nearest = usual.loc[usual["difference"].idxmax()]
    shares: dict[str, dict[str, float]] = {}
    for row in differences.itertuples():
        of_hidden = shares.setdefault(row.hidden, {})
        of_hidden["relu"] = row.solved_relu / row.seeds
        of_hidden[row.other] = row.solved_other / row.seeds
    relu = outcomes[outcomes["output"] == "relu"].groupby("hidden").first()
    described = [hidden for hidden in DESCRIBED if hidden in shares]
    dead = {hidden: relu["dead_start"][hidden] / relu["seeds"][hidden] for hidden in described}
    return Judgement(
        verdict,
        nearest["difference"],
        nearest["low"],
        nearest["high"],
        notes=(*described, "dead"),
        values={**shares, "dead": dead},
    )


CLAIMS = {"RP-10": _for_hidden_layers_only}
