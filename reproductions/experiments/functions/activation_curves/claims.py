"""Judges the claims about the functions' values, limits, derivatives and slopes."""

import numpy as np
import pandas as pd

from reproductions.evidence import measured
from reproductions.evidence.verdicts import DOCUMENT_ERROR, Judge, Judgement, Tables, graded
from reproductions.experiments.functions.activation_curves.run import differentiable, gaps_at_zero

IN_PLACE_OF_THRESHOLD = ("sigmoid", "relu", "tanh", "linear", "softplus", "leaky_relu")
"""The functions that the perceptron post offers in place of the threshold."""

LARGEST_ERROR = 1e-14
"""How far the two sides of an identity may be apart."""

LEAKY_FORMULA = "leaky_relu = max(0.01z, z)"


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
        None,
        notes=("main",),
        values={
            "right": right,
            "points": len(grid),
            "at_zero": at_zero,
            "nearest": _nearest_to_zero(grid),
        },
    )


def _sigmoid_between_0_and_1(tables: Tables) -> Judgement:
    value = tables["comparison"].sort_values("x")["sigmoid"]
    low, high = _at(tables, "sigmoid", -40, 40)
    inside = value.between(0, 1, inclusive="neither").all()
    rising = (value.diff().iloc[1:] > 0).all()
    limits = low < 1e-12 and 1 - high < 1e-12
    return Judgement(
        graded(inside and rising and limits),
        None,
        notes=("one" if high == 1 else "below",),
        values={"smallest": value.min(), "largest": value.max()},
    )


def _relu_on_the_perceptron_grid(tables: Tables) -> Judgement:
    grid = tables["comparison"]
    exact = _exact_relu_points(grid)
    return Judgement(
        graded(exact == len(grid) == 2000), None, values={"exact": exact, "points": len(grid)}
    )


def _tanh_between_minus_1_and_1(tables: Tables) -> Judgement:
    value = tables["comparison"]["tanh"]
    low, at_zero, high = _at(tables, "tanh", -20, 0.0, 20)
    inside = value.between(-1, 1, inclusive="neither").all()
    limits = abs(high - 1) < 1e-12 and abs(low + 1) < 1e-12
    return Judgement(
        graded(inside and limits and at_zero == 0),
        None,
        notes=("one" if high == 1 else "below",),
        values={"at_zero": at_zero, "smallest": value.min(), "largest": value.max()},
    )


def _identities_hold(*identities: str) -> Judge:
    """Judges that both sides of some identities agree."""

    def judge(tables: Tables) -> Judgement:
        error = max(_largest_error(tables, identity) for identity in identities)
        return Judgement(graded(error <= LARGEST_ERROR), error)

    return judge


def _largest_error(tables: Tables, identity: str) -> float:
    """The largest difference between the sides of an identity, relative to values above 1."""
    sides = measured.rows(tables["identities"], identity=identity)
    return _apart(sides["left"], sides["right"])


def _apart(left: pd.Series, right: pd.Series) -> float:
    return float(((left - right).abs() / left.abs().clip(lower=1)).max())


def _other_functions_as_defined(tables: Tables) -> Judgement:
    formulas = ("linear = z", "softplus = ln(1 + exp(z))", LEAKY_FORMULA)
    leaky = measured.rows(tables["identities"], identity=LEAKY_FORMULA)
    in_two_cases = leaky["x"].where(leaky["x"] > 0, 0.01 * leaky["x"])
    errors = [*(_largest_error(tables, f) for f in formulas), _apart(leaky["left"], in_two_cases)]
    return Judgement(
        graded(max(errors) <= LARGEST_ERROR),
        max(errors),
        notes=("main",),
        values={"derivative": _largest_error(tables, "softplus' = sigmoid")},
    )


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
        float(cut),
        notes=("main",),
    )


def _replacements_are_differentiable(tables: Tables) -> Judgement:
    smooth = differentiable(tables)
    replacements = smooth[list(IN_PLACE_OF_THRESHOLD)]
    gaps = gaps_at_zero(tables)[replacements.index[~replacements]]
    return Judgement(
        graded(replacements.all(), in_part=replacements.any()),
        None,
        notes=("kinks" if len(gaps) else "none",),
        values={
            "smooth": replacements.sum(),
            "all": len(replacements),
            "gaps": gaps.to_dict(),
        },
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
        None,
        notes=("main",),
        values={
            "smallest": {name: y.min() for name, y in values.items()},
            "largest": {name: y.max() for name, y in values.items()},
        },
    )


def _elu_derivative_fades(
    tables: Tables, *, slope_near: float = 0.1, slope_far: float = 1e-3
) -> Judgement:
    near, far, farther = _at(tables, "elu", -1.0, -10.0, -100.0, column="derivative")
    return Judgement(
        graded(near > slope_near and 0 < far < slope_far and farther < 1e-12),
        None,
        notes=("main",),
        values={"near": near, "far": far, "farther": farther},
    )


def _relu_derivative_is_0_or_1(tables: Tables) -> Judgement:
    curve = tables["curves"].query("function == 'relu'")
    below, above = (side["derivative"] for side in (curve[curve["x"] < 0], curve[curve["x"] > 0]))
    holds = (below == 0).all() and (above == 1).all()
    return Judgement(
        graded(holds),
        None,
        notes=("main" if holds else "other",),
        values={"below": below.max(), "above": above.min()},
    )


def _network_post_curves(
    tables: Tables, *, near_limit: float = 0.01, near_x: float = 0.01
) -> Judgement:
    swish, leaky, elu = (
        tables["curves"].query("function == @name").set_index("x")["value"]
        for name in ("swish", "leaky_relu", "elu")
    )
    dip, place = swish.min(), swish.idxmin()
    dips = abs(dip + 0.27846) < 1e-3 and abs(place + 1.278) < 0.05
    negative = leaky[leaky.index < 0]
    straight = np.allclose(negative / negative.index, negative.iloc[0] / negative.index[0])
    bent = straight and 0 < negative.iloc[0] / negative.index[0] < 1
    levels = elu.is_monotonic_increasing and -1 < elu.iloc[0] < -1 + near_limit
    follow_x = all(abs(f.iloc[-1] / f.index[-1] - 1) < near_x for f in (swish, leaky, elu))
    return Judgement(
        graded(dips and bent and levels and follow_x),
        None,
        notes=("main",),
        values={"dip": dip, "place": place, "level": elu.iloc[0]},
    )


def _relu_on_the_relu_grid(tables: Tables) -> Judgement:
    grid = tables["relu_post"]
    exact = _exact_relu_points(grid)
    return Judgement(
        graded(exact == len(grid) == 100 and abs(grid["x"].iloc[-1] - 4.9) < 1e-9),
        None,
        notes=("main",),
        values={"exact": exact, "points": len(grid), "nearest": _nearest_to_zero(grid)},
    )


def _relu_derivative_is_1_above_0(tables: Tables) -> Judgement:
    above = pd.concat(
        tables[name].query("function == 'relu' and x > 0") for name in ("curves", "far")
    )
    ones = (above["derivative"] == 1).sum()
    return Judgement(
        graded(ones == len(above) > 0),
        None,
        notes=("main",),
        values={
            "ones": ones,
            "points": len(above),
            "smallest": above["x"].min(),
            "largest": above["x"].max(),
        },
    )


def _leaky_slopes_of_choice(tables: Tables) -> Judgement:
    slopes = tables["slopes"]
    documents = slopes[slopes["origin"] == "document"]["negative_slope"]
    libraries = slopes[slopes["origin"] == "library"]
    defaults = ", ".join(f"{row.negative_slope:g} ({row.source})" for row in libraries.itertuples())
    leaky = documents.between(0, 1, inclusive="neither")
    return Judgement(
        graded(leaky.all(), otherwise=DOCUMENT_ERROR),
        None,
        notes=("same" if documents.nunique() == 1 else "different",),
        values={
            "slopes": ", ".join(f"{slope:g}" for slope in sorted(set(documents))),
            "defaults": defaults,
        },
    )


OF_THE_NETWORK_POST = (
    *("linear", "threshold", "sigmoid", "tanh"),
    *("relu", "swish", "leaky_relu", "elu"),
)
"""The functions that the network post lists, the linear one first."""


def _nothing_unchanged(tables: Tables, *, near_nothing: float = 0.01) -> Judgement:
    unchanged = {}
    for name in OF_THE_NETWORK_POST:
        curve = measured.rows(tables["curves"], function=name)
        unchanged[name] = float((curve["value"] == curve["x"]).mean())
    _, *others = unchanged.values()
    return Judgement(
        graded(
            all(share <= near_nothing for share in unchanged.values()),
            in_part=all(share < 1 for share in others),
        ),
        None,
        notes=("main",),
        values={"unchanged": unchanged},
    )


def _all_bent(tables: Tables, *, point: float = 0.01, most: float = 0.5) -> Judgement:
    distance = {}
    for name in OF_THE_NETWORK_POST:
        x, value = measured.rows(tables["curves"], function=name)[["x", "value"]].to_numpy().T
        line = np.polynomial.Polynomial.fit(x, value, 1)
        distance[name] = float(np.abs(line(x) - value).max())
    straight = distance.pop("linear") < 1e-9
    bent = [far > point for far in distance.values()]
    return Judgement(
        graded(straight and all(bent), in_part=straight and np.mean(bent) > most),
        None,
        notes=("main",),
        values={"distance": distance},
    )


def _relu_has_no_limit(tables: Tables) -> Judgement:
    growth = {}
    for name in ("relu", "sigmoid", "tanh"):
        near, far = _at(tables, name, 100, 1000)
        growth[name] = far - near
    others_converge = growth["sigmoid"] < 1e-12 and growth["tanh"] < 1e-12
    return Judgement(
        graded(
            growth["relu"] == 1000 - 100 and others_converge,
            in_part=growth["relu"] > 0 and others_converge,
        ),
        None,
        notes=("main",),
        values={"growth": growth},
    )


def _step_by_sign(tables: Tables) -> Judgement:
    step = measured.rows(tables["whole_range"], function="threshold")
    above, below = (step.loc[side, "value"] for side in (step["x"] > 0, step["x"] < 0))
    return Judgement(
        graded((above == 1).all() and (below == 0).all()),
        None,
        notes=("main",),
        values={
            "ones": (above == 1).sum(),
            "above": len(above),
            "zeros": (below == 0).sum(),
            "below": len(below),
            "at_zero": measured.row(step, x=0)["value"],
        },
    )


def _within(curve: pd.DataFrame, ends: tuple[float, float], told: tuple[float, float]) -> list:
    """Whether all outputs lie between two ends and come near both, and some strictly between.

    These are the outputs for the inputs `told`, from which float64 can tell the ends.
    """
    value = curve["value"]
    inside = value.between(*ends).all() and value.min() - ends[0] < 1e-12 > ends[1] - value.max()
    telling = curve.loc[curve["x"].between(*told), "value"]
    return [inside, telling.between(*ends, inclusive="neither").all()]


def _sigmoid_maps_all_inputs(tables: Tables) -> Judgement:
    sigmoid = measured.rows(tables["whole_range"], function="sigmoid")
    inside, strictly = _within(sigmoid, (0, 1), (-700, 36))
    return Judgement(
        graded(inside and strictly, in_part=inside),
        None,
        notes=("main",),
        values={
            "smallest": sigmoid["value"].min(),
            "largest": sigmoid["value"].max(),
            "zero": sigmoid.loc[sigmoid["value"] == 0, "x"].max(),
            "one": sigmoid.loc[sigmoid["value"] == 1, "x"].min(),
        },
    )


def _tanh_maps_all_inputs(tables: Tables, *, slope_at_10: float = 0.001) -> Judgement:
    tanh, sigmoid = (
        measured.rows(tables["whole_range"], function=name).sort_values("x")
        for name in ("tanh", "sigmoid")
    )
    at_ends = {}
    for name, curve in (("tanh", tanh), ("sigmoid", sigmoid)):
        relative = curve["derivative"] / curve["derivative"].max()
        at_ends[name] = float(relative[curve["x"].abs() >= 10].max())
    value = tanh["value"].to_numpy()
    centre = measured.row(tanh, x=0)["value"]
    odd = np.abs(value + value[::-1]).max() < LARGEST_ERROR
    holds = (
        all(_within(tanh, (-1, 1), (-16, 16))),
        all(share < slope_at_10 for share in at_ends.values()),
        centre == 0 and odd,
    )
    return Judgement(
        graded(all(holds), in_part=sum(holds) == 2),
        None,
        notes=("main",),
        values={
            "smallest": value.min(),
            "largest": value.max(),
            "centre": centre,
            "one": tanh.loc[value == 1, "x"].min(),
            "sigmoid_centre": measured.row(sigmoid, x=0)["value"],
            "at_ends": at_ends,
        },
    )


CLAIMS = {
    "PP-01": _threshold_is_strict,
    "PP-03": _sigmoid_between_0_and_1,
    "PP-04": _relu_on_the_perceptron_grid,
    "PP-05": _tanh_between_minus_1_and_1,
    "PP-06": _identities_hold("tanh = 2 sigmoid(2x) - 1"),
    "PP-07": _comparison_picture,
    "PP-11": _other_functions_as_defined,
    "PP-14": _replacements_are_differentiable,
    "XP-15": _xor_post_curves,
    "SL-17": _elu_derivative_fades,
    "SL-23": _identities_hold(
        "tanh = 2 sigmoid(2x) - 1", "tanh = (exp(x) - exp(-x)) / (exp(x) + exp(-x))"
    ),
    "NP-07": _relu_derivative_is_0_or_1,
    "NP-09": _network_post_curves,
    "RP-01": _relu_on_the_relu_grid,
    "NP-20": _nothing_unchanged,
    "NP-21": _all_bent,
    "RP-06": _relu_derivative_is_1_above_0,
    "RP-17": _relu_has_no_limit,
    "NP-25": _step_by_sign,
    "SL-34": _sigmoid_maps_all_inputs,
    "SL-35": _tanh_maps_all_inputs,
    "XX-01": _leaky_slopes_of_choice,
}
