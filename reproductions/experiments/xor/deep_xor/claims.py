"""Judges the post's claims on which activation learns XOR in ten layers."""

from reproductions.evidence import measured
from reproductions.evidence.statistics import wilson
from reproductions.evidence.verdicts import Judge, Judgement, Tables, graded
from reproductions.experiments.xor.deep_xor.run import LOW_COST_ONCE, RIGHT_AT_END

POST_ACTIVATIONS = {"sigmoid", "relu", "leaky_relu", "tanh"}


def _rate(tables: Tables, activation: str, event: str, loss: str = "document"):
    """Count, seeds and 95 % interval of an event."""
    row = measured.row(tables["rates"], activation=activation, loss=loss, event=event)
    return int(row["count"]), int(row["seeds"]), *wilson(row["count"], row["seeds"])


def _sigmoid_seems_to_learn(
    tables: Tables, *, nearly_all: float = 0.95, most: float = 0.5
) -> Judgement:
    falls = measured.row(tables["falls"], activation="sigmoid", loss="document")
    learned, *_ = _rate(tables, "sigmoid", LOW_COST_ONCE)
    verdict = graded(falls["low"] > nearly_all, in_part=falls["low"] > most)
    values = {
        "step": int(falls["step"]),
        "plateau": falls["on_plateau"] / falls["seeds"],
        "below": falls["below_plateau"] / falls["seeds"],
        "learned": learned,
        "seeds": int(falls["seeds"]),
    }
    ends = falls["low"], falls["high"]
    return Judgement(verdict, falls["share"], *ends, notes=("main",), values=values)


def _sigmoid_fails(tables: Tables, *, hardly_any: float = 0.05, most: float = 0.5) -> Judgement:
    count, seeds, low, high = _rate(tables, "sigmoid", "solved")
    verdict = graded(high < hardly_any, in_part=high < most)
    plateau, *_ = _rate(tables, "sigmoid", "plateau")
    values = {"plateau": plateau, "seeds": seeds}
    return Judgement(verdict, count / seeds, low, high, notes=("main",), values=values)


def _solves(activation: str) -> Judge:
    def judge(tables: Tables, *, nearly_all: float = 0.95, some: float = 0.2) -> Judgement:
        count, seeds, low, high = _rate(tables, activation, "solved")
        right_at_end, *_ = _rate(tables, activation, RIGHT_AT_END)
        broken, *_ = _rate(tables, activation, "non-finite")
        notes, values = ["main"], {"right": right_at_end / seeds, "broken": broken / seeds}
        if "stable" in set(tables["rates"]["loss"]):
            stable, *_ = _rate(tables, activation, "solved", "stable")
            notes.append("stable")
            values["stable"] = stable / seeds
        verdict = graded(low > nearly_all, in_part=low > some)
        return Judgement(verdict, count / seeds, low, high, notes=notes, values=values)

    return judge


def _curves_are_recorded(tables: Tables) -> Judgement:
    curves = measured.rows(tables["curves"], loss="document")
    steps = curves.groupby("activation")["step"].agg(["size", "min", "max"])
    holds = set(steps.index) == POST_ACTIVATIONS and (steps == [201, 0, 20_000]).all(axis=None)
    points = ", ".join(map(str, sorted(set(steps["size"]))))
    values = {"points": points, "activations": len(steps)}
    return Judgement(graded(holds), None, notes=("main",), values=values)


CLAIMS = {
    "XP-02": _sigmoid_seems_to_learn,
    "XP-10": _sigmoid_fails,
    "XP-11": _solves("relu"),
    "XP-12": _solves("tanh"),
    "XP-13": _solves("leaky_relu"),
    "XP-16": _curves_are_recorded,
}
