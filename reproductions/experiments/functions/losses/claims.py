"""Judges that the losses are right, and that a loss is smooth where an accuracy is not."""

import numpy as np

from reproductions.evidence.errors import NotMeasured
from reproductions.evidence.verdicts import Judgement, Tables, graded


def _loss_is_continuous(
    tables: Tables, *, nearly_all: float = 0.99, deviation: float = 0.1
) -> Judgement:
    jumps = tables["jumps"]
    points = jumps["points"]
    accuracy_jumps = (
        (jumps["accuracy_values"] <= points + 1)
        & (jumps["right_off_whole"] < 1e-4)
        & (jumps["smallest_accuracy_change"] > (1 - 1e-4) / points)
    )
    loss_moves = jumps["loss_values"] >= nearly_all * jumps["steps"]
    largest = jumps.pivot(index="seed", columns="steps", values="largest_loss_change_nats")
    ratio = largest.to_numpy()[:, 1:] / largest.to_numpy()[:, :-1]
    steps = largest.columns.to_numpy()
    proportional = np.abs(ratio / (steps[:-1] / steps[1:]) - 1) < deviation
    finest = jumps[jumps["steps"] == steps[-1]]
    accuracy_values, loss_values = finest[["accuracy_values", "loss_values"]].median()
    jump = finest["largest_accuracy_change"].min()
    values = {
        "accuracy": accuracy_values,
        "loss": loss_values,
        "factor": ratio.mean(),
        "jump": jump,
    }
    return Judgement(
        graded(accuracy_jumps.all() and loss_moves.all() and proportional.all()),
        None,
        notes=["main"],
        values=values,
    )


def _losses_agree(tables: Tables) -> Judgement:
    cases = tables["cases"]
    ordinary = cases[cases["ordinary"]]
    if ordinary.empty:
        raise NotMeasured("the tables have no case whose outputs Keras takes as they are")
    computed = ordinary[["implemented", "keras"]].to_numpy()
    by_hand = ordinary[["by_hand"]].to_numpy()
    difference = float(np.abs(computed - by_hand).max())  # NumPy's max is NaN where a value is
    exceptions = cases[~cases["ordinary"]]
    return Judgement(
        graded(difference < 1e-12),
        difference,
        notes=["main", *(["exceptions"] if len(exceptions) else [])],
        values={"count": len(ordinary), "exceptions": len(exceptions)},
    )


CLAIMS = {
    "NP-12": _loss_is_continuous,
    "NP-13": _losses_agree,
}
