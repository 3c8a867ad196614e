"""Judges whether ReLU does worse at the output than the usual output functions."""

from reproductions.evidence import measured
from reproductions.evidence.verdicts import Judgement, Tables, graded
from reproductions.experiments.xor.relu_output.run import best_rates

USUAL = ("linear", "sigmoid")


def _for_hidden_layers_only(tables: Tables) -> Judgement:
    outcomes, differences = tables["outcomes"], tables["differences"]
    for output in USUAL:
        measured.rows(outcomes, output=output)
    usual = differences[differences["other"].isin(USUAL)]
    worse = usual["high"] < 0
    verdict = graded(worse.all(), in_part=worse.any())
    best = best_rates(outcomes)
    shares = best["solved"] / best["seeds"]
    obtained = "; ".join(
        f"{hidden} hidden: "
        + ", ".join(f"{output} {shares[hidden, output]:.1%}" for output in ("relu", *USUAL))
        for hidden in usual["hidden"].unique()
    )
    relu = best.xs("relu", level="output")

    def percentages(column, trials="seeds"):
        rows = (row for _, row in relu.iterrows())
        return " and ".join(f"{row[column] / max(row[trials], 1):.1%}" for row in rows)

    revived = outcomes.loc[outcomes["output"] == "relu", "revived"].sum()
    note = (
        f"with {' and '.join(relu.index)} hidden: a ReLU output is dead before training in"
        f" {percentages('dead_start')} of seeds, after it in {percentages('dead_end')} ({revived}"
        f" came back), and is blind to a point whose target is 1 in {percentages('blind_end')}; of"
        f" those alive at the start {percentages('solved_of_alive', 'alive_start')} solve XOR"
    )
    if "leaky_relu" in shares.index.get_level_values("output"):
        leaky = " and ".join(f"{shares[hidden, 'leaky_relu']:.1%}" for hidden in relu.index)
        note += f"; a leaky output solves {leaky}: the zero gradient costs it, not the shape"
    worst = usual.loc[usual["difference"].idxmax()]
    return Judgement(verdict, obtained, worst["low"], worst["high"], note)


CLAIMS = {"RP-10": _for_hidden_layers_only}
