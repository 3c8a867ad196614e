"""Judges whether ReLU learns faster than sigmoid and tanh, and whether about six times."""

import pandas as pd

from reproductions.evidence import measured
from reproductions.evidence.verdicts import Judgement, Tables, graded
from reproductions.experiments.speed.convergence_speed.run import ABOUT_SIX, CNN, percent


def _sigmoid_and_tanh(tables: Tables) -> pd.DataFrame:
    speed = tables["speed"]
    for function in ("sigmoid", "tanh"):
        measured.rows(speed, function=function)
    return speed[speed["function"].isin(["sigmoid", "tanh"])]


def _faster(tables: Tables) -> Judgement:
    rows = _sigmoid_and_tanh(tables)
    above = rows["low"] > 1
    by_function = above.groupby(rows["function"]).agg(["all", "sum", "size"])
    least = rows.loc[rows["ratio"].idxmin()]
    note = (
        f"least ratio, {least['function']} in the {least['network']} to"
        f" {percent(least['threshold'], '')};"
        f" ReLU is faster with its interval in {by_function.loc['sigmoid', 'sum']} of"
        f" {by_function.loc['sigmoid', 'size']} comparisons with sigmoid and"
        f" {by_function.loc['tanh', 'sum']} of {by_function.loc['tanh', 'size']} with tanh"
    )
    verdict = graded(above.all(), in_part=by_function["all"].any())
    return Judgement(verdict, least["ratio"], least["low"], least["high"], note)


def _six_times(tables: Tables) -> Judgement:
    rows = _sigmoid_and_tanh(tables)
    about_six = (rows["low"] <= ABOUT_SIX[1]) & (rows["high"] >= ABOUT_SIX[0])
    networks = rows["network"].unique()
    network = CNN if CNN in networks else networks[0]
    as_published = rows[
        (rows["network"] == network) & (rows["threshold"] == rows["threshold"].max())
    ]
    tanh, sigmoid = (measured.row(as_published, function=name) for name in ("tanh", "sigmoid"))
    where = ", ".join(
        f"{row.function} in the {row.network} to {percent(row.threshold, '')}"
        for row in rows[about_six].itertuples()
    )
    note = (
        f"tanh in the {network} to {percent(tanh['threshold'], '')}, as in the figure that the"
        f" number is from; sigmoid there {sigmoid['ratio']:.2g}; intervals reach into 4 to 9 for:"
        f" {where or 'none'}"
    )
    verdict = graded(about_six[as_published.index].all(), in_part=about_six.any())
    return Judgement(verdict, tanh["ratio"], tanh["low"], tanh["high"], note)


CLAIMS = {"SL-13": _faster, "RP-05": _six_times}
