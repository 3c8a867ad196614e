"""Judges whether ReLU learns faster than sigmoid and tanh, and whether about six times."""

import pandas as pd

from reproductions.evidence import measured
from reproductions.evidence.verdicts import Judgement, Tables, graded
from reproductions.experiments.speed.convergence_speed.networks import CNN
from reproductions.experiments.speed.convergence_speed.run import ABOUT_SIX

COMPARED = ("sigmoid", "tanh")


def _sigmoid_and_tanh(tables: Tables) -> pd.DataFrame:
    speed = tables["order_speed"]
    for function in COMPARED:
        measured.rows(speed, function=function)
    return speed[speed["function"].isin(COMPARED)]


def _faster(tables: Tables) -> Judgement:
    rows = _sigmoid_and_tanh(tables)
    above = rows["low"] > 1
    by_function = above.groupby(rows["function"]).agg(["all", "sum", "size"])
    least = rows.loc[rows["ratio"].idxmin()]
    values = {
        "function": {least["function"]: least["ratio"]},
        "threshold": least["threshold"],
        "above": by_function["sum"].to_dict(),
        "comparisons": by_function["size"].min(),
    }
    verdict = graded(above.all(), in_part=by_function["all"].any())
    notes = [least["network"], "main"]
    return Judgement(
        verdict, least["ratio"], least["low"], least["high"], notes=notes, values=values
    )


def _six_times(
    tables: Tables, *, six_from: float = ABOUT_SIX[0], six_to: float = ABOUT_SIX[1]
) -> Judgement:
    rows = _sigmoid_and_tanh(tables)
    networks = rows["network"].unique()
    network = CNN if CNN in networks else networks[0]
    published = rows[
        (rows["network"] == network) & (rows["threshold"] == rows["threshold"].max())
    ].set_index("function")
    about_six = (
        (published["low"] > 1) & (published["low"] <= six_to) & (published["high"] >= six_from)
    )
    tanh, sigmoid = (published.loc[name] for name in ("tanh", "sigmoid"))
    others = rows[~((rows["network"] == network) & (rows["threshold"] == tanh["threshold"]))]
    values = {
        "threshold": tanh["threshold"],
        "ratio": sigmoid["ratio"],
        "low": sigmoid["low"],
        "high": sigmoid["high"],
        "least": others["ratio"].min(),
        "most": others["ratio"].max(),
    }
    notes = ["main", *(["others"] if len(others) else [])]
    if network != CNN:
        notes = [network, "main"]
    verdict = graded(about_six.all(), in_part=about_six.any())
    return Judgement(verdict, tanh["ratio"], tanh["low"], tanh["high"], notes=notes, values=values)


CLAIMS = {"SL-13": _faster, "RP-05": _six_times}
