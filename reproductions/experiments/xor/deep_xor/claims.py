"""Judges the post's claims on which activation learns XOR in ten layers."""

from reproductions.evidence import measured
from reproductions.evidence.statistics import wilson
from reproductions.evidence.verdicts import Judge, Judgement, Tables, graded
from reproductions.experiments.xor.deep_xor.run import LOW_COST_ONCE, RIGHT_AT_END, RIGHT_ONCE

POST_ACTIVATIONS = {"sigmoid", "relu", "leaky_relu", "tanh"}


def _rate(tables: Tables, activation: str, event: str, loss: str = "document"):
    """Count, seeds and 95 % interval of an event."""
    row = measured.row(tables["rates"], activation=activation, loss=loss, event=event)
    return int(row["count"]), int(row["seeds"]), *wilson(row["count"], row["seeds"])


def _verdict_on_success(low: float) -> str:
    return graded(low > 0.95, in_part=low > 0.2)


def _sigmoid_learns_first(tables: Tables) -> Judgement:
    count, seeds, low, high = _rate(tables, "sigmoid", RIGHT_ONCE)
    learned, *_ = _rate(tables, "sigmoid", LOW_COST_ONCE)
    note = f"{learned} of {seeds} ever had a cost below log(2)/4"
    if learned < count:
        note += "; the others' accuracy 1 is rounding noise around the answer 1/2"
    return Judgement(_verdict_on_success(low), count / seeds, low, high, note)


def _sigmoid_fails(tables: Tables) -> Judgement:
    count, seeds, low, high = _rate(tables, "sigmoid", "solved")
    verdict = graded(high < 0.05, in_part=high < 0.5)
    plateau, *_ = _rate(tables, "sigmoid", "plateau")
    note = f"{plateau} of {seeds} end within 0.01 of log 2"
    return Judgement(verdict, count / seeds, low, high, note)


def _solves(activation: str) -> Judge:
    def judge(tables: Tables) -> Judgement:
        count, seeds, low, high = _rate(tables, activation, "solved")
        right_at_end, *_ = _rate(tables, activation, RIGHT_AT_END)
        broken, *_ = _rate(tables, activation, "non-finite")
        note = f"accuracy 1 at the end: {right_at_end / seeds:.1%}; NaN: {broken / seeds:.1%}"
        if "stable" in set(tables["rates"]["loss"]):
            stable, *_ = _rate(tables, activation, "solved", "stable")
            note += f"; solved under the stable loss: {stable / seeds:.1%}"
        return Judgement(_verdict_on_success(low), count / seeds, low, high, note)

    return judge


def _curves_are_recorded(tables: Tables) -> Judgement:
    curves = measured.rows(tables["curves"], loss="document")
    steps = curves.groupby("activation")["step"].agg(["size", "min", "max"])
    holds = set(steps.index) == POST_ACTIVATIONS and (steps == [201, 0, 20_000]).all(axis=None)
    counts = ", ".join(map(str, sorted(set(steps["size"]))))
    obtained = f"{counts} points for each of {len(steps)} activations"
    note = "one seed shows one of several outcomes; the figures show all seeds"
    return Judgement(graded(holds), obtained, note=note)


CLAIMS = {
    "XP-02": _sigmoid_learns_first,
    "XP-10": _sigmoid_fails,
    "XP-11": _solves("relu"),
    "XP-12": _solves("tanh"),
    "XP-13": _solves("leaky_relu"),
    "XP-16": _curves_are_recorded,
}
