"""Judges that one layer is not enough for XOR, and that two are."""

from reproductions.evidence.statistics import wilson
from reproductions.evidence.verdicts import Judgement, Tables, graded
from reproductions.experiments.xor.xor_depth.run import SMALLEST
from reproductions.training import xor


def _needs_two_layers(tables: Tables, *, some: float = 0.2) -> Judgement:
    networks, single = tables["networks"].set_index("network"), tables["single"]
    one, two = networks.loc["2-1"], networks.loc[SMALLEST]
    low, high = wilson(two["solved"], two["seeds"])
    most = single[single["count"] > 0].groupby("moment")["right"].max()
    needed = one["solved"] == 0 and most.max() < len(xor.X) and two["solved"] > 0
    verdict = graded(needed and low > some, in_part=needed)
    values = {"seeds": int(one["seeds"]), "one": int(one["solved"]), **most.to_dict()}
    return Judgement(
        verdict, two["solved"] / two["seeds"], low, high, notes=("main",), values=values
    )


CLAIMS = {"NP-14": _needs_two_layers}
