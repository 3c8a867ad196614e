"""The claims, judged from the tables."""

from reproductions.evidence import measured
from reproductions.evidence.claims import Judgement, graded
from reproductions.experiments.xor.relu_output.run import RELU, best_rates

USUAL = ("linear", "sigmoid")


def _hidden_only(tables) -> Judgement:
    differences, best = tables["differences"], best_rates(tables["outcomes"])
    for output in USUAL:
        measured.rows(tables["outcomes"], output=output)
    usual = differences[differences["other"].isin(USUAL)]
    worse = usual["high"] < 0
    verdict = graded(worse.all(), in_part=worse.any())
    best = best.set_index(["hidden", "output"])
    shares = best["solved"] / best["seeds"]
    obtained = "; ".join(
        f"{hidden} hidden: "
        + ", ".join(f"{output} {shares[hidden, output]:.1%}" for output in (RELU, *USUAL))
        for hidden in usual["hidden"].unique()
    )
    relu = best.xs(RELU, level="output")

    def shares_of(column, trials="seeds"):
        return " and ".join(
            f"{row[column] / max(row[trials], 1):.1%}" for _, row in relu.iterrows()
        )

    outcomes = tables["outcomes"]
    revived = outcomes.loc[outcomes["output"] == RELU, "revived"].sum()
    note = (
        f"with {' and '.join(relu.index)} hidden: a ReLU output is dead before training in"
        f" {shares_of('dead_start')} of seeds, after it in {shares_of('dead_end')} ({revived} came"
        f" back), and is blind to a point whose target is 1 in {shares_of('blind_end')}; of those"
        f" alive at the start {shares_of('solved_of_alive', 'alive_start')} solve XOR"
    )
    if "leaky_relu" in shares.index.get_level_values("output"):
        leaky = " and ".join(f"{shares[hidden, 'leaky_relu']:.1%}" for hidden in relu.index)
        note += f"; a leaky output solves {leaky}: the zero gradient costs it, not the shape"
    worst = usual.loc[usual["difference"].idxmax()]
    return Judgement(verdict, obtained, worst["low"], worst["high"], note)


CLAIMS = {
    "RP-10": _hidden_only,
}
