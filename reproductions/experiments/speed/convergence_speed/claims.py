"""The claims, judged from the tables."""

from reproductions.evidence import measured
from reproductions.evidence.claims import REPRODUCED, Judgement, graded
from reproductions.experiments.speed.convergence_speed.run import ABOUT_SIX, CNN, percent


def _rows(tables, *functions):
    speed = tables["speed"]
    for function in functions:
        measured.rows(speed, function=function)
    return speed[speed["function"].isin(functions)]


def _faster(tables) -> Judgement:
    rows = _rows(tables, "sigmoid", "tanh")
    above = rows["low"] > 1
    by_function = above.groupby(rows["function"]).all()
    verdict = graded(above.all(), in_part=by_function.any())
    worst = rows.loc[rows["ratio"].idxmin()]
    share = above.groupby(rows["function"]).agg(["sum", "size"])
    note = (
        f"least ratio, {worst['function']} in the {worst['network']} to"
        f" {percent(worst['threshold'], '')};"
        f" ReLU is faster with its interval in {share.loc['sigmoid', 'sum']} of"
        f" {share.loc['sigmoid', 'size']} comparisons with sigmoid and"
        f" {share.loc['tanh', 'sum']} of {share.loc['tanh', 'size']} with tanh"
    )
    return Judgement(verdict, worst["ratio"], worst["low"], worst["high"], note)


def _six_times(tables) -> Judgement:
    rows = _rows(tables, "sigmoid", "tanh")
    about = (rows["low"] <= ABOUT_SIX[1]) & (rows["high"] >= ABOUT_SIX[0])
    networks = rows["network"].unique()
    network = CNN if CNN in networks else networks[0]
    figure = rows[(rows["network"] == network) & (rows["threshold"] == rows["threshold"].max())]
    verdict = REPRODUCED if about[figure.index].all() else graded(False, in_part=about.any())
    tanh, sigmoid = (measured.row(figure, function=name) for name in ("tanh", "sigmoid"))
    where = ", ".join(
        f"{row.function} in the {row.network} to {percent(row.threshold, '')}"
        for row in rows[about].itertuples()
    )
    note = (
        f"tanh in the {network} to {percent(tanh['threshold'], '')}, as in the figure that the"
        " number is"
        f" from; sigmoid there {sigmoid['ratio']:.2g}; intervals reach into 4 to 9 for:"
        f" {where or 'none'}"
    )
    return Judgement(verdict, tanh["ratio"], tanh["low"], tanh["high"], note)


CLAIMS = {
    "SL-13": _faster,
    "RP-05": _six_times,
}
