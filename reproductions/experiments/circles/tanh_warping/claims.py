"""Judges which of the slides' networks separate the circles."""

from reproductions.evidence import measured
from reproductions.evidence.statistics import wilson
from reproductions.evidence.verdicts import Judge, Judgement, Tables, graded
from reproductions.experiments.circles.tanh_warping.run import BETTER, SEPARATES


def _fails(network: str) -> Judge:
    """Judges that a network fails to separate the circles."""

    def judge(tables: Tables, *, some: float = 0.2, most: float = 0.5) -> Judgement:
        count, seeds, low, high = _separates(tables, network)
        verdict = graded(count == 0 and high < some, in_part=high < most)
        values = _values(tables, network)
        return Judgement(verdict, count / seeds, low, high, notes=("main",), values=values)

    return judge


def _succeeds(network: str) -> Judge:
    """Judges that a network separates the circles."""

    def judge(tables: Tables, *, most: float = 0.5, hardly_any: float = 0.05) -> Judgement:
        count, seeds, low, high = _separates(tables, network)
        verdict = graded(low > most, in_part=low > hardly_any)
        values = _values(tables, network)
        return Judgement(verdict, count / seeds, low, high, notes=("main",), values=values)

    return judge


def _separates(tables: Tables, network: str) -> tuple[int, int, float, float]:
    """How many seeds separate the circles, of how many, and the interval of their share."""
    row = measured.row(tables["rates"], network=network, event=SEPARATES)
    return int(row["count"]), int(row["seeds"]), *wilson(row["count"], row["seeds"])


def _values(tables: Tables, network: str) -> dict[str, float]:
    accuracy = measured.rows(tables["seeds"], network=network)["accuracy"]
    better = measured.row(tables["rates"], network=network, event=BETTER)
    return {
        "median": accuracy.median(),
        "best": accuracy.max(),
        "better": better["count"] / better["seeds"],
    }


CLAIMS = {
    "SL-05": _fails("2-2-2-1"),
    "SL-06": _succeeds("2-3-2-1"),
    "SL-07": _succeeds("2-4-2-1"),
}
