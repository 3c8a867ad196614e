"""The claims, judged from the tables."""

from reproductions.evidence import measured
from reproductions.evidence.claims import REPRODUCED, Judgement, graded
from reproductions.evidence.statistics import wilson
from reproductions.experiments.circles.tanh_warping.run import BETTER, SEPARATES, of


def _judge(network, decide):
    def judge(tables) -> Judgement:
        rows = measured.rows(tables["rates"], network=network).set_index("event")
        count, seeds = rows.loc[SEPARATES, ["count", "seeds"]]
        low, high = wilson(count, seeds)
        accuracy = of(tables["seeds"], network)["accuracy"]
        better = rows.loc[BETTER, "count"]
        note = (
            f"{count:.0f} of {seeds:.0f} separate; accuracy {accuracy.median():.1%} (median),"
            f" {accuracy.max():.1%} (best); better than any line: {better / seeds:.1%}"
        )
        return Judgement(decide(count, low, high), count / seeds, low, high, note)

    return judge


def _fails(count, low, high) -> str:
    if count == 0 and high < 0.2:
        return REPRODUCED
    return graded(False, in_part=high < 0.5)


def _succeeds(count, low, high) -> str:
    return graded(low > 0.5, in_part=low > 0.05)


SUCCEEDS = (
    "the share that has every point of the dense grid right after 100 epochs has a 95 % interval"
    " above 0.5; in part if above 0.05"
)

CLAIMS = {
    "SL-05": _judge("2-2-2-1", _fails),
    "SL-06": _judge("2-3-2-1", _succeeds),
    "SL-07": _judge("2-4-2-1", _succeeds),
}
