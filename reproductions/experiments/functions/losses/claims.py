"""The claims, judged from the tables."""

import numpy as np

from reproductions.evidence.claims import Judgement, graded
from reproductions.evidence.errors import NotMeasured


def _continuous_loss(tables) -> Judgement:
    jumps = tables["jumps"]
    points = jumps["points"]
    few = (
        (jumps["accuracy_values"] <= points + 1)
        & (jumps["right_off_whole"] < 1e-4)
        & (jumps["smallest_accuracy_change"] > (1 - 1e-4) / points)
    )
    many = jumps["loss_values"] >= 0.99 * jumps["steps"]
    largest = jumps.pivot(index="seed", columns="steps", values="largest_loss_change_nats")
    halving = largest.to_numpy()[:, 1:] / largest.to_numpy()[:, :-1]
    steps = largest.columns.to_numpy()
    proportional = np.abs(halving / (steps[:-1] / steps[1:]) - 1) < 0.1
    finest = jumps[jumps["steps"] == steps[-1]]
    values = finest[["accuracy_values", "loss_values"]].median()
    still = finest["largest_accuracy_change"].min()
    return Judgement(
        graded(few.all() and many.all() and proportional.all()),
        f"{values.iloc[0]:g} values of accuracy, {values.iloc[1]:g} of loss",
        note=(
            f"medians of {len(finest)} draws of {points.iloc[0]} points over {steps[-1]} steps;"
            f" halving the step multiplies the loss's largest change by {halving.mean():.2f}, the"
            f" accuracy's stays at {still:.2g} or more. The accuracy is flat between its jumps, so"
            " its gradient says nothing: that is the reason behind the post's"
        ),
    )


def _losses_agree(tables) -> Judgement:
    cases = tables["cases"]
    ordinary = cases[cases["ordinary"]]
    if ordinary.empty:
        raise NotMeasured("the tables have no case whose outputs Keras takes as they are")
    away = [
        np.abs(ordinary[a] - ordinary[b]).to_numpy().max()  # NaN stays NaN
        for a, b in (("implemented", "by_hand"), ("keras", "by_hand"))
    ]
    odd = cases[~cases["ordinary"]].itertuples()
    told = ", ".join(
        f"{row.case}: {row.by_hand:.4g} by hand, {row.keras:.4g} in Keras" for row in odd
    )
    return Judgement(
        graded(max(away) < 1e-12),
        float(max(away)),
        note=(
            f"largest difference in {len(ordinary)} cases. Where Keras clips or rescales"
            f" the outputs it leaves the formula ({told}). The post shows no code of its own"
        ),
    )


CLAIMS = {
    "NP-12": _continuous_loss,
    "NP-13": _losses_agree,
}
