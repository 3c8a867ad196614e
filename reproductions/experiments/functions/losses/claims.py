"""Judges that the losses are right, and that a loss is smooth where an accuracy is not."""

import numpy as np

from reproductions.evidence.errors import NotMeasured
from reproductions.evidence.verdicts import Judgement, Tables, graded


def _loss_is_continuous(tables: Tables) -> Judgement:
    jumps = tables["jumps"]
    points = jumps["points"]
    accuracy_jumps = (
        (jumps["accuracy_values"] <= points + 1)
        & (jumps["right_off_whole"] < 1e-4)
        & (jumps["smallest_accuracy_change"] > (1 - 1e-4) / points)
    )
    loss_moves = jumps["loss_values"] >= 0.99 * jumps["steps"]
    largest = jumps.pivot(index="seed", columns="steps", values="largest_loss_change_nats")
    ratio = largest.to_numpy()[:, 1:] / largest.to_numpy()[:, :-1]
    steps = largest.columns.to_numpy()
    proportional = np.abs(ratio / (steps[:-1] / steps[1:]) - 1) < 0.1
    finest = jumps[jumps["steps"] == steps[-1]]
    accuracy_values, loss_values = finest[["accuracy_values", "loss_values"]].median()
    jump = finest["largest_accuracy_change"].min()
    return Judgement(
        graded(accuracy_jumps.all() and loss_moves.all() and proportional.all()),
        f"{accuracy_values:g} values of accuracy, {loss_values:g} of loss",
        note=(
            f"medians of {len(finest)} draws of {points.iloc[0]} points over {steps[-1]} steps;"
            f" halving the step multiplies the loss's largest change by {ratio.mean():.2f}, the"
            f" accuracy's stays at {jump:.2g} or more. The accuracy is flat between its jumps, so"
            " its gradient says nothing: that is the reason behind the post's"
        ),
    )


def _losses_agree(tables: Tables) -> Judgement:
    cases = tables["cases"]
    ordinary = cases[cases["ordinary"]]
    if ordinary.empty:
        raise NotMeasured("the tables have no case whose outputs Keras takes as they are")
    computed = ordinary[["implemented", "keras"]].to_numpy()
    by_hand = ordinary[["by_hand"]].to_numpy()
    difference = float(np.abs(computed - by_hand).max())  # NumPy's max is NaN where a value is
    exceptions = ", ".join(
        f"{row.case}: {row.by_hand:.4g} by hand, {row.keras:.4g} in Keras"
        for row in cases[~cases["ordinary"]].itertuples()
    )
    return Judgement(
        graded(difference < 1e-12),
        difference,
        note=(
            f"largest difference in {len(ordinary)} cases. Where Keras clips or rescales"
            f" the outputs it leaves the formula ({exceptions}). The post shows no code of its own"
        ),
    )


CLAIMS = {
    "NP-12": _loss_is_continuous,
    "NP-13": _losses_agree,
}
