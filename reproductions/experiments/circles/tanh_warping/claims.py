"""Judges which of the slides' networks separate the circles."""

from collections.abc import Callable

from reproductions.evidence import measured
from reproductions.evidence.statistics import wilson
from reproductions.evidence.verdicts import Judge, Judgement, Tables, graded
from reproductions.experiments.circles.tanh_warping.run import BETTER, SEPARATES


def _judge(network: str, verdict: Callable[[int, float, float], str]) -> Judge:
    """Judges one network by how many seeds separate, and by the ends of the interval."""

    def judge(tables: Tables) -> Judgement:
        rates = measured.rows(tables["rates"], network=network).set_index("event")
        count, seeds = rates.loc[SEPARATES, ["count", "seeds"]]
        low, high = wilson(count, seeds)
        accuracy = measured.rows(tables["seeds"], network=network)["accuracy"]
        return Judgement(
            verdict(count, low, high),
            count / seeds,
            low,
            high,
            notes=("main",),
            values={
                "median": accuracy.median(),
                "best": accuracy.max(),
                "better": rates.loc[BETTER, "count"] / seeds,
            },
        )

    return judge


def _fails(count: int, low: float, high: float) -> str:
    return graded(count == 0 and high < 0.2, in_part=high < 0.5)


def _succeeds(count: int, low: float, high: float) -> str:
    return graded(low > 0.5, in_part=low > 0.05)


CLAIMS = {
    "SL-05": _judge("2-2-2-1", _fails),
    "SL-06": _judge("2-3-2-1", _succeeds),
    "SL-07": _judge("2-4-2-1", _succeeds),
}
