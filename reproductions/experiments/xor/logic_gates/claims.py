"""Judges whether linear layers can be trained, and what a step can do."""

from reproductions.evidence.errors import NotMeasured
from reproductions.evidence.statistics import wilson
from reproductions.evidence.verdicts import DOCUMENT_ERROR, Judgement, Tables, graded


def _linear_backpropagates(
    tables: Tables, *, most: float = 0.5, large_majority: float = 0.8
) -> Judgement:
    outcomes, gradients = tables["outcomes"], tables["gradients"]
    linear = outcomes[outcomes["network"].str.startswith("linear")]
    if linear.empty:
        raise NotMeasured("the tables have no linear network")
    easy = linear[linear["gate"].isin(("AND", "OR"))]
    exact = (gradients["agree"] == gradients["seeds"]).all()
    depends_on_input = (gradients["differ_by_input"] == gradients["seeds"]).all()
    weakest = easy.loc[easy["share"].idxmin()]
    low, high = wilson(weakest["solved"], weakest["seeds"])
    at_floor = (linear["at_floor"] / linear["seeds"]).min()
    refuted = exact and depends_on_input and low > large_majority and at_floor > large_majority
    verdict = graded(easy["high"].max() < most, in_part=not refuted, otherwise=DOCUMENT_ERROR)
    values = {
        "agree": int(gradients["agree"].sum()),
        "differ": int(gradients["differ_by_input"].sum()),
        "checked": int(gradients["seeds"].sum()),
    }
    share = weakest["solved"] / weakest["seeds"]
    return Judgement(verdict, share, low, high, notes=("main",), values=values)


def _one_step_is_not_enough(tables: Tables) -> Judgement:
    units, outcomes, by_hand = tables["one_step"], tables["outcomes"], tables["by_hand"]
    is_xor = units["classes"] == 2
    never = [not units.loc[rows, "solved"].any() for rows in (is_xor, ~is_xor)]
    verdict = graded(all(never), in_part=any(never))
    # Of the kind of problem that is solved most often.
    most = units.loc[(units["solved"] / units["seeds"]).idxmax()]
    low, high = wilson(most["solved"], most["seeds"])
    best = units[~is_xor].sort_values("most_right").iloc[-1]
    steps = outcomes[outcomes["network"].str.match(r"step \d")]
    values = {
        "xor": int(units.loc[is_xor, "most_right"].max()),
        "classes": int(best["most_right"]),
        "points": int(best["points"]),
        "by_hand": int((by_hand["right"] == by_hand["points"]).sum()),
        "problems": len(by_hand),
        "changed": int(steps["changed"].sum()),
        "networks": int(steps["seeds"].sum()),
    }
    notes = ("main", "deep") if len(steps) else ("main",)
    share = most["solved"] / most["seeds"]
    return Judgement(verdict, share, low, high, notes=notes, values=values)


CLAIMS = {"NP-02": _linear_backpropagates, "NP-03": _one_step_is_not_enough}
