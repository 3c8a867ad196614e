"""The claims, judged from the tables."""

from reproductions.evidence import measured
from reproductions.evidence.claims import Judgement, graded
from reproductions.evidence.statistics import wilson
from reproductions.experiments.xor.deep_xor.run import ENDS, LEARNS, REACHES

POST_ACTIVATIONS = {"sigmoid", "relu", "leaky_relu", "tanh"}


def _rate(tables, activation, event, loss="document"):
    """Count, seeds and 95 % interval of an event."""
    row = measured.row(tables["rates"], activation=activation, loss=loss, event=event)
    return int(row["count"]), int(row["seeds"]), *wilson(row["count"], row["seeds"])


def _share_above(low: float) -> str:
    return graded(low > 0.95, in_part=low > 0.2)


def _learns_first(tables) -> Judgement:
    count, seeds, low, high = _rate(tables, "sigmoid", REACHES)
    learned, *_ = _rate(tables, "sigmoid", LEARNS)
    note = f"{learned} of {seeds} ever had a cost below log(2)/4"
    if learned < count:
        note += "; the others' accuracy 1 is rounding noise around the answer 1/2"
    return Judgement(_share_above(low), count / seeds, low, high, note)


def _sigmoid_fails(tables) -> Judgement:
    count, seeds, low, high = _rate(tables, "sigmoid", "solved")
    verdict = graded(high < 0.05, in_part=high < 0.5)
    plateau, *_ = _rate(tables, "sigmoid", "plateau")
    note = f"{plateau} of {seeds} end within 0.01 of log 2"
    return Judgement(verdict, count / seeds, low, high, note)


def _solves(activation):
    def judge(tables) -> Judgement:
        count, seeds, low, high = _rate(tables, activation, "solved")
        ends, *_ = _rate(tables, activation, ENDS)
        broken, *_ = _rate(tables, activation, "non-finite")
        note = f"accuracy 1 at the end: {ends / seeds:.1%}; NaN: {broken / seeds:.1%}"
        if "stable" in set(tables["rates"]["loss"]):
            stable, *_ = _rate(tables, activation, "solved", "stable")
            note += f"; solved under the stable loss: {stable / seeds:.1%}"
        return Judgement(_share_above(low), count / seeds, low, high, note)

    return judge


def _recorded(tables) -> Judgement:
    curves = measured.rows(tables["curves"], loss="document")
    steps = curves.groupby("activation")["step"].agg(["size", "min", "max"])
    holds = set(steps.index) == POST_ACTIVATIONS and (steps == [201, 0, 20_000]).all(axis=None)
    counts = ", ".join(map(str, sorted(set(steps["size"]))))
    note = "one seed shows one of several outcomes; the figures show all seeds"
    return Judgement(
        graded(holds), f"{counts} points for each of {len(steps)} activations", note=note
    )


SOLVES = (
    "the share solved under the post's loss has a 95 % interval above 0.95; in part if above 0.2"
)

CLAIMS = {
    "XP-02": _learns_first,
    "XP-10": _sigmoid_fails,
    "XP-11": _solves("relu"),
    "XP-12": _solves("tanh"),
    "XP-13": _solves("leaky_relu"),
    "XP-16": _recorded,
}
