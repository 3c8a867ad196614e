"""Judges the claims about the functions' values, limits, derivatives and slopes."""

import numpy as np
import pandas as pd

from reproductions.evidence import functions, measured
from reproductions.evidence.verdicts import DOCUMENT_ERROR, Judge, Judgement, Tables, graded
from reproductions.experiments.functions.activation_curves.run import differentiable

IN_PLACE_OF_THRESHOLD = ("sigmoid", "relu", "tanh", "linear", "softplus", "leaky_relu")
"""The functions that the perceptron post offers in place of the threshold."""


def _at(tables: Tables, function: str, *points: float, column: str = "value") -> list[float]:
    """A function's values, or its derivatives, at some of the far points."""
    return [measured.row(tables["far"], function=function, x=x)[column] for x in points]


def _nearest_to_zero(grid: pd.DataFrame) -> float:
    return grid["x"].iloc[grid["x"].abs().argmin()]


def _exact_relu_points(grid: pd.DataFrame) -> int:
    """At how many points of a grid ReLU is exactly x above 0 and exactly 0 elsewhere."""
    return (grid["relu"] == grid["x"].where(grid["x"] > 0, 0)).sum()


def _threshold_is_strict(tables: Tables) -> Judgement:
    grid = tables["comparison"]
    below, at_zero, above = _at(tables, "threshold", -1e-300, 0.0, 1e-300)
    right = ((grid["threshold"] == (grid["x"] > 0)) & grid["threshold"].isin([0, 1])).sum()
    strict = at_zero == 0 and above == 1 and below == 0
    return Judgement(
        graded(right == len(grid) == 2000 and strict),
        f"{right} of {len(grid)} points; {at_zero:.0f} at 0",
        note=f"arange never hits 0: its nearest point is {_nearest_to_zero(grid):.2g}, on the side"
        " that gives 0, so only the extra points 0 and ±1e-300 test that the comparison is strict",
    )


def _sigmoid_between_0_and_1(tables: Tables) -> Judgement:
    value = tables["comparison"].sort_values("x")["sigmoid"]
    low, high = _at(tables, "sigmoid", -40, 40)
    inside = value.between(0, 1, inclusive="neither").all()
    rising = (value.diff().iloc[1:] > 0).all()
    limits = low < 1e-12 and 1 - high < 1e-12
    return Judgement(
        graded(inside and rising and limits),
        f"{value.iloc[0]:.3g} to {value.iloc[-1]:.6g}, rising",
        note="strictly below 1 on the listing's range; float64 gives"
        f" {'exactly 1' if high == 1 else 'less than 1'} at x = 40",
    )


def _relu_on_the_perceptron_grid(tables: Tables) -> Judgement:
    grid = tables["comparison"]
    exact = _exact_relu_points(grid)
    return Judgement(graded(exact == len(grid) == 2000), f"{exact} of {len(grid)} points exact")


def _tanh_between_minus_1_and_1(tables: Tables) -> Judgement:
    value = tables["comparison"]["tanh"]
    low, at_zero, high = _at(tables, "tanh", -20, 0.0, 20)
    inside = value.between(-1, 1, inclusive="neither").all()
    limits = abs(high - 1) < 1e-12 and abs(low + 1) < 1e-12
    return Judgement(
        graded(inside and limits and at_zero == 0),
        f"{at_zero:.0f} at 0; {value.min():.9f} to {value.max():.9f}",
        note="strictly below 1 on the listing's range; float64 gives"
        f" {'exactly 1' if high == 1 else 'less than 1'} at x = 20",
    )


def _identities_hold(*identities: str) -> Judge:
    """Judges that both sides of some identities agree, relative to values above 1."""

    def judge(tables: Tables) -> Judgement:
        sides = tables["identities"].set_index("identity").loc[list(identities)]
        errors = (sides["left"] - sides["right"]).abs() / sides["left"].abs().clip(lower=1)
        error = float(errors.max())
        return Judgement(graded(error <= 1e-14), error, note="largest difference of the two sides")

    return judge


def _comparison_picture(tables: Tables) -> Judgement:
    grid = tables["comparison"]
    bounded = grid[["threshold", "sigmoid", "tanh"]]
    visible = bounded.apply(lambda column: column.between(-1.5, 5)).all(axis=None)
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


def _replacements_are_differentiable(tables: Tables) -> Judgement:
    smooth = differentiable(tables)
    replacements = smooth[list(IN_PLACE_OF_THRESHOLD)]
    kinks = ", ".join(functions.label(name) for name in replacements[~replacements].index)
    threshold = "is" if smooth["threshold"] else "is not either"
    return Judgement(
        graded(replacements.all(), in_part=replacements.any()),
        f"{replacements.sum()} of {len(replacements)}" + (f"; not {kinks}" if kinks else ""),
        note=f"judged at 0, where alone one can fail to be; the threshold, which they replace,"
        f" {threshold}",
    )


def _xor_post_curves(tables: Tables) -> Judgement:
    curves = {
        "relu": measured.rows(tables["curves"], function="relu"),
        "tanh": measured.rows(tables["curves"], function="tanh"),
        "leaky_relu": measured.rows(tables["leaky"], negative_slope=0.2),
    }
    values = {name: curve.set_index("x")["value"] for name, curve in curves.items()}
    relu, tanh, leaky = values.values()
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
        ", ".join(
            f"{functions.label(f)} [{y.min():.3g}, {y.max():.3g}]" for f, y in values.items()
        ),
        note=f"ranges on [{x.min():g}, {x.max():g}]; the post prints no slope, 0.2 is what its call"
        " gives",
    )


def _elu_derivative_fades(tables: Tables) -> Judgement:
    near, far, farther = _at(tables, "elu", -1.0, -10.0, -100.0, column="derivative")
    return Judgement(
        graded(near > 0.1 and 0 < far < 1e-3 and farther < 1e-12),
        f"{near:.3g} at -1, {far:.3g} at -10, {farther:.3g} at -100",
        note="alpha = 1; the slides give no value",
    )


def _relu_derivative_is_0_or_1(tables: Tables) -> Judgement:
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


def _network_post_curves(tables: Tables) -> Judgement:
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
    follow_x = all(abs(f.iloc[-1] / f.index[-1] - 1) < 0.01 for f in (swish, leaky, elu))
    return Judgement(
        graded(dips and bent and levels and follow_x),
        f"swish dips to {dip:.4f} at {place:.2f}; ELU levels off at {elu.iloc[0]:.4f}",
        note="the post names the three and shows pictures, without formula or parameter: alpha = 1"
        " and slope 0.01 are assumed",
    )


def _relu_on_the_relu_grid(tables: Tables) -> Judgement:
    grid = tables["relu_post"]
    exact = _exact_relu_points(grid)
    return Judgement(
        graded(exact == len(grid) == 100 and abs(grid["x"].iloc[-1] - 4.9) < 1e-9),
        f"{exact} of {len(grid)} points exact",
        note=f"arange leaves out 5 and hits {_nearest_to_zero(grid):.2g} in place of 0, where ReLU"
        " is 0 too",
    )


def _relu_derivative_is_1_above_0(tables: Tables) -> Judgement:
    above = pd.concat(
        tables[name].query("function == 'relu' and x > 0") for name in ("curves", "far")
    )
    ones = (above["derivative"] == 1).sum()
    return Judgement(
        graded(ones == len(above) > 0),
        f"exactly 1 at {ones} of {len(above)} inputs above 0",
        note=f"inputs from {above['x'].min():g} to {above['x'].max():g}",
    )


def _one_leaky_slope(tables: Tables) -> Judgement:
    slopes = tables["slopes"]
    documents = slopes[slopes["origin"] == "document"]["negative_slope"]
    libraries = slopes[slopes["origin"] == "library"]
    defaults = ", ".join(f"{row.negative_slope:g} ({row.source})" for row in libraries.itertuples())
    return Judgement(
        graded(documents.nunique() == 1, otherwise=DOCUMENT_ERROR),
        ", ".join(f"{slope:g}" for slope in sorted(set(documents))),
        note=f"defaults of the libraries: {defaults}",
    )


CLAIMS = {
    "PP-01": _threshold_is_strict,
    "PP-03": _sigmoid_between_0_and_1,
    "PP-04": _relu_on_the_perceptron_grid,
    "PP-05": _tanh_between_minus_1_and_1,
    "PP-06": _identities_hold("tanh = 2 sigmoid(2x) - 1"),
    "PP-07": _comparison_picture,
    "PP-11": _identities_hold(
        "linear = z",
        "softplus = ln(1 + exp(z))",
        "softplus' = sigmoid",
        "leaky_relu = max(0.01z, z)",
    ),
    "PP-14": _replacements_are_differentiable,
    "XP-15": _xor_post_curves,
    "SL-17": _elu_derivative_fades,
    "SL-23": _identities_hold(
        "tanh = 2 sigmoid(2x) - 1", "tanh = (exp(x) - exp(-x)) / (exp(x) + exp(-x))"
    ),
    "NP-07": _relu_derivative_is_0_or_1,
    "NP-09": _network_post_curves,
    "RP-01": _relu_on_the_relu_grid,
    "RP-06": _relu_derivative_is_1_above_0,
    "XX-01": _one_leaky_slope,
}
