"""The claims, judged from the tables."""

import numpy as np
import pandas as pd

from reproductions.evidence import functions, measured
from reproductions.evidence.claims import (
    DOCUMENT_ERROR,
    Judgement,
    graded,
)
from reproductions.experiments.functions.activation_curves.run import (
    _curve,
    _leaky,
    differentiable,
)


def _far(tables, function: str, *x: float, column: str = "value") -> list[float]:
    """A function at some of the far points."""
    return [measured.row(tables["far"], function=function, x=point)[column] for point in x]


def _pp_01(tables) -> Judgement:
    grid = tables["comparison"]
    below, at_zero, above = _far(tables, "threshold", -1e-300, 0.0, 1e-300)
    right = ((grid["threshold"] == (grid["x"] > 0)) & grid["threshold"].isin([0, 1])).sum()
    strict = at_zero == 0 and above == 1 and below == 0
    nearest = grid["x"].iloc[grid["x"].abs().argmin()]
    return Judgement(
        graded(right == len(grid) == 2000 and strict),
        f"{right} of {len(grid)} points; {at_zero:.0f} at 0",
        note=f"arange never hits 0: its nearest point is {nearest:.2g}, on the side that gives 0,"
        " so only the extra points 0 and ±1e-300 test that the comparison is strict",
    )


def _pp_03(tables) -> Judgement:
    value = tables["comparison"].sort_values("x")["sigmoid"]
    low, high = _far(tables, "sigmoid", -40, 40)
    inside = value.between(0, 1, inclusive="neither").all()
    rising = (value.diff().iloc[1:] > 0).all()
    limits = low < 1e-12 and 1 - high < 1e-12
    return Judgement(
        graded(inside and rising and limits),
        f"{value.iloc[0]:.3g} to {value.iloc[-1]:.6g}, rising",
        note="strictly below 1 on the listing's range; float64 gives"
        f" {'exactly 1' if high == 1 else 'less than 1'} at x = 40",
    )


def _pp_04(tables) -> Judgement:
    grid = tables["comparison"]
    right = (grid["relu"] == grid["x"].where(grid["x"] > 0, 0)).sum()
    return Judgement(graded(right == len(grid) == 2000), f"{right} of {len(grid)} points exact")


def _pp_05(tables) -> Judgement:
    value = tables["comparison"]["tanh"]
    low, middle, high = _far(tables, "tanh", -20, 0.0, 20)
    inside = value.between(-1, 1, inclusive="neither").all()
    limits = abs(high - 1) < 1e-12 and abs(low + 1) < 1e-12
    return Judgement(
        graded(inside and limits and middle == 0),
        f"{middle:.0f} at 0; {value.min():.9f} to {value.max():.9f}",
        note="strictly below 1 on the listing's range; float64 gives"
        f" {'exactly 1' if high == 1 else 'less than 1'} at x = 20",
    )


def _largest_error(tables, *identities: str) -> float:
    """The largest |left - right| of some identities, relative to values above 1."""
    frame = tables["identities"].set_index("identity").loc[list(identities)]
    return float(((frame["left"] - frame["right"]).abs() / frame["left"].abs().clip(lower=1)).max())


def _identity_judge(*identities: str):
    def judge(tables) -> Judgement:
        error = _largest_error(tables, *identities)
        return Judgement(graded(error <= 1e-14), error, note="largest difference of the two sides")

    return judge


def _pp_07(tables) -> Judgement:
    grid = tables["comparison"]
    flat = grid[["threshold", "sigmoid", "tanh"]]
    visible = flat.apply(lambda column: column.between(-1.5, 5)).all(axis=None)
    cut = grid["x"][grid["relu"] <= 5].max()
    below = grid[grid["x"] <= -1]
    ordered = ((below["tanh"] < below["relu"]) & (below["relu"] < below["sigmoid"])).all()
    ends = grid.iloc[[0, -1]]
    agree = (ends["sigmoid"] - ends["threshold"]).abs().max() < 1e-4
    return Judgement(
        graded(len(grid) == 2000 and visible and abs(cut - 5) < 0.011 and ordered and agree),
        f"ReLU leaves the picture at x = {cut:.2f}",
        note="the picture's y range hides ReLU above 5, half of its rise",
    )


IN_PLACE_OF_THRESHOLD = ("sigmoid", "relu", "tanh", "linear", "softplus", "leaky_relu")


def _pp_14(tables) -> Judgement:
    smooth = differentiable(tables)
    chosen = smooth[list(IN_PLACE_OF_THRESHOLD)]
    verdict = graded(chosen.all(), in_part=chosen.any())
    kinks = ", ".join(functions.label(name) for name in chosen[~chosen].index)
    other = "is" if smooth["threshold"] else "is not either"
    return Judgement(
        verdict,
        f"{chosen.sum()} of {len(chosen)}" + (f"; not {kinks}" if kinks else ""),
        note=f"judged at 0, where alone one can fail to be; the threshold, which they replace,"
        f" {other}",
    )


def _xp_15(tables) -> Judgement:
    curves = {
        "relu": _curve(tables, "relu"),
        "tanh": _curve(tables, "tanh"),
        "leaky_relu": _leaky(tables, 0.2),
    }
    named = {name: curve.set_index("x")["value"] for name, curve in curves.items()}
    relu, tanh, leaky = named.values()
    x = relu.index.to_numpy()
    holds = (
        (relu == np.maximum(0, x)).all()
        and (tanh.diff().iloc[1:] > 0).all()
        and abs(tanh.iloc[0] + 1) < 1e-4
        and abs(tanh.iloc[-1] - 1) < 1e-4
        and len(leaky) == len(x)
        and np.allclose(leaky, np.maximum(0.2 * x, x), rtol=1e-12, atol=0)
    )
    return Judgement(
        graded(holds),
        ", ".join(f"{functions.label(f)} [{y.min():.3g}, {y.max():.3g}]" for f, y in named.items()),
        note=f"ranges on [{x.min():g}, {x.max():g}]; the post prints no slope, 0.2 is what its call"
        " gives",
    )


def _sl_17(tables) -> Judgement:
    near, far, farther = _far(tables, "elu", -1.0, -10.0, -100.0, column="derivative")
    return Judgement(
        graded(near > 0.1 and 0 < far < 1e-3 and farther < 1e-12),
        f"{near:.3g} at -1, {far:.3g} at -10, {farther:.3g} at -100",
        note="alpha = 1; the slides give no value",
    )


def _np_07(tables) -> Judgement:
    curve = tables["curves"].query("function == 'relu'")
    below, above = (
        sorted(set(side["derivative"])) for side in (curve[curve["x"] < 0], curve[curve["x"] > 0])
    )
    return Judgement(
        graded(below == [0] and above == [1]),
        f"{'/'.join(f'{d:g}' for d in below)} below 0, {'/'.join(f'{d:g}' for d in above)} above",
        note="by automatic differentiation, so the gradient does pass back where the input is"
        " above 0; constant on either side, not over both",
    )


def _np_09(tables) -> Judgement:
    swish, leaky, elu = (
        tables["curves"].query("function == @name").set_index("x")["value"]
        for name in ("swish", "leaky_relu", "elu")
    )
    dip, place = swish.min(), swish.idxmin()
    dips = abs(dip + 0.27846) < 1e-3 and abs(place + 1.278) < 0.05
    negative = leaky[leaky.index < 0]
    straight = np.allclose(negative / negative.index, negative.iloc[0] / negative.index[0])
    bent = straight and 0 < negative.iloc[0] / negative.index[0] < 1
    levels = elu.is_monotonic_increasing and -1 < elu.iloc[0] < -0.99
    follow = all(abs(f.iloc[-1] / f.index[-1] - 1) < 0.01 for f in (swish, leaky, elu))
    return Judgement(
        graded(dips and bent and levels and follow),
        f"swish dips to {dip:.4f} at {place:.2f}; ELU levels off at {elu.iloc[0]:.4f}",
        note="the post names the three and shows pictures, without formula or parameter: alpha = 1"
        " and slope 0.01 are assumed",
    )


def _rp_01(tables) -> Judgement:
    grid = tables["relu_post"]
    right = (grid["relu"] == grid["x"].where(grid["x"] > 0, 0)).sum()
    nearest = grid["x"].iloc[grid["x"].abs().argmin()]
    return Judgement(
        graded(right == len(grid) == 100 and abs(grid["x"].iloc[-1] - 4.9) < 1e-9),
        f"{right} of {len(grid)} points exact",
        note=f"arange leaves out 5 and hits {nearest:.2g} in place of 0, where ReLU is 0 too",
    )


def _rp_06(tables) -> Judgement:
    rows = pd.concat(
        tables[name].query("function == 'relu' and x > 0") for name in ("curves", "far")
    )
    one = (rows["derivative"] == 1).sum()
    return Judgement(
        graded(one == len(rows) > 0),
        f"exactly 1 at {one} of {len(rows)} inputs above 0",
        note=f"inputs from {rows['x'].min():g} to {rows['x'].max():g}",
    )


def _xx_01(tables) -> Judgement:
    frame = tables["slopes"]
    documents = frame[frame["origin"] == "document"]["negative_slope"]
    libraries = frame[frame["origin"] == "library"]
    named = ", ".join(f"{row.negative_slope:g} ({row.source})" for row in libraries.itertuples())
    return Judgement(
        graded(documents.nunique() == 1, otherwise=DOCUMENT_ERROR),
        ", ".join(f"{slope:g}" for slope in sorted(set(documents))),
        note=f"defaults of the libraries: {named}",
    )


CLAIMS = {
    "PP-01": _pp_01,
    "PP-03": _pp_03,
    "PP-04": _pp_04,
    "PP-05": _pp_05,
    "PP-06": _identity_judge("tanh = 2 sigmoid(2x) - 1"),
    "PP-07": _pp_07,
    "PP-11": _identity_judge(
        "linear = z",
        "softplus = ln(1 + exp(z))",
        "softplus' = sigmoid",
        "leaky_relu = max(0.01z, z)",
    ),
    "PP-14": _pp_14,
    "XP-15": _xp_15,
    "SL-17": _sl_17,
    "SL-23": _identity_judge(
        "tanh = 2 sigmoid(2x) - 1", "tanh = (exp(x) - exp(-x)) / (exp(x) + exp(-x))"
    ),
    "NP-07": _np_07,
    "NP-09": _np_09,
    "RP-01": _rp_01,
    "RP-06": _rp_06,
    "XX-01": _xx_01,
}
