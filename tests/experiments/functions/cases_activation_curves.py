"""Made-up tables for the claims on the activation functions' curves, from NumPy's formulas."""

import numpy as np
import pandas as pd

from reproductions.evidence.verdicts import DOCUMENT_ERROR, IN_PART, NOT_REPRODUCED, REPRODUCED

FORMULAS = {
    "sigmoid": lambda x: 1 / (1 + np.exp(-x)),
    "tanh": np.tanh,
    "relu": lambda x: x * (x > 0),
    "leaky_relu": lambda x: np.where(x > 0, x, 0.01 * x),
    "elu": lambda x: np.where(x > 0, x, np.exp(np.minimum(x, 0)) - 1),
    "swish": lambda x: x / (1 + np.exp(-x)),
}


def comparison(**changes):
    """The listing's grid; a change puts a value at one point of a column."""
    x = np.arange(-10, 10, 0.01)
    frame = pd.DataFrame({"point": range(2000), "x": x, "threshold": (x > 0).astype(float)})
    for name in ("sigmoid", "relu", "tanh"):
        frame[name] = FORMULAS[name](x)
    for name, (point, value) in changes.items():
        frame.loc[point, name] = value
    return {"comparison": frame}


def far(function, *rows):
    """Rows of (x, value, derivative)."""
    frame = pd.DataFrame(rows, columns=["x", "value", "derivative"]).astype(float)
    return {"far": frame.assign(function=function)}


def strict_threshold(at_zero=0.0):
    return far("threshold", (-1e-300, 0, 0), (0, at_zero, 0), (1e-300, 1, 0))


def far_sigmoid(low=0.0):
    return far("sigmoid", (-40, low, 0), (40, 1, 0))


def far_tanh(middle=0.0, high=1.0):
    return far("tanh", (-20, -1, 0), (0, middle, 1), (20, high, 0))


def slopes_of_elu(near=0.37, far_away=4.5e-5, farther=1e-44):
    return far("elu", (-100, -1, farther), (-10, -1, far_away), (-1, -0.6, near))


def curves(end=6, **functions):
    """Values by formula on a grid of step 0.1; derivatives only where ReLU's are asked for."""
    x = np.arange(-10 * end, 10 * end + 1) / 10
    return {
        "curves": pd.concat(
            pd.DataFrame({"function": name, "x": x, "value": f(x), "derivative": 1.0 * (x > 0)})
            for name, f in {**FORMULAS, **functions}.items()
        )
    }


def relu_derivative(point, value):
    tables = curves()
    frame = tables["curves"]
    chosen = (frame["function"] == "relu") & (frame["x"] == point)
    return {
        "curves": frame.assign(derivative=frame["derivative"].mask(chosen, value)),
        **far("relu", (1e-300, 1e-300, 1)),
    }


def leaky(slope, **functions):
    x = np.arange(-60, 61) / 10
    value = np.where(x > 0, x, slope * x)
    return {
        "leaky": pd.DataFrame({"negative_slope": 0.2, "x": x, "value": value}),
        **curves(**functions),
    }


def identities(*names, error=0.0):
    return {
        "identities": pd.DataFrame(
            {"identity": names, "x": 0.25, "left": 0.25, "right": 0.25}
        ).assign(
            right=lambda frame: frame["right"].where(frame["identity"] != names[-1], 0.25 + error)
        )
    }


def wrong_leaky():
    """Formula and layer agree, but neither is 0.01z below 0."""
    tables = identities(*PP_11)
    return {"identities": tables["identities"].assign(x=-0.25)}


PP_11 = (
    "linear = z",
    "softplus = ln(1 + exp(z))",
    "leaky_relu = max(0.01z, z)",
    "softplus' = sigmoid",
)
PP_06 = ("tanh = 2 sigmoid(2x) - 1",)
SL_23 = (*PP_06, "tanh = (exp(x) - exp(-x)) / (exp(x) + exp(-x))")


def quotients(*kinked):
    """Two steps; the functions named keep their two sides apart at both."""
    names = ("sigmoid", "relu", "tanh", "linear", "softplus", "leaky_relu", "threshold")
    rows = [(name, h, 0.0 if name in kinked else 1 - h, 1.0) for name in names for h in (0.5, 1e-6)]
    return {"quotients": pd.DataFrame(rows, columns=["function", "h", "left", "right"])}


def relu_grid(points=100, **changes):
    x = np.arange(-5.0, 5.0, 0.1)[:points]
    frame = pd.DataFrame({"point": range(points), "x": x, "relu": np.maximum(0, x)})
    for name, (point, value) in changes.items():
        frame.loc[point, name] = value
    return {"relu_post": frame}


def slopes(*documents):
    rows = [(f"document {i}", "document", slope) for i, slope in enumerate(documents)]
    rows.append(("library", "library", 0.3))
    return {"slopes": pd.DataFrame(rows, columns=["source", "origin", "negative_slope"])}


PASSING_ON = ("linear", "relu", "leaky_relu", "elu")
"""The functions of the network post that return some or all inputs unchanged."""


def eight(**functions):
    """The curves of the eight functions of the network post."""
    others = {"linear": lambda x: x, "threshold": lambda x: np.where(x > 0, 1.05, -0.05)}
    return curves(**{**others, **functions})


def without_limit(**ends):
    """Values at 100 and 1,000: those of functions that converge, and of ReLU."""
    ends = {"relu": (100, 1000), "sigmoid": (1, 1), "tanh": (1, 1), **ends}
    frames = [far(name, (100, a, 0), (1000, b, 0))["far"] for name, (a, b) in ends.items()]
    return {"far": pd.concat(frames)}


def whole_range(**functions):
    """Values and derivatives by formula, on few inputs of either sign."""
    x = np.array([-1e308, -700, -36, -16, -10, -1, 0, 1, 10, 16, 36, 700, 1e308])
    due = {
        "threshold": (1.0 * (x > 0), 0 * x),
        "sigmoid": (0.5 + np.tanh(x / 2) / 2, 0.25 / np.cosh(np.clip(x, -300, 300) / 2) ** 2),
        "tanh": (np.tanh(x), 1 / np.cosh(np.clip(x, -300, 300)) ** 2),
    }
    due["sigmoid"][0][[1, 2]] = np.exp([-700, -36])
    frames = []
    for name, (value, derivative) in due.items():
        frame = pd.DataFrame({"x": x, "value": value, "derivative": derivative})
        for column, point, number in functions.get(name, ()):
            frame.loc[frame["x"] == point, column] = number
        frames.append(frame.assign(function=name))
    return {"whole_range": pd.concat(frames)}


CASES = [
    ("NP-25", whole_range(), REPRODUCED),
    ("NP-25", whole_range(threshold=[("value", 0, 1)]), REPRODUCED),  # the post leaves out 0
    ("NP-25", whole_range(threshold=[("value", 1, 0)]), NOT_REPRODUCED),
    ("NP-25", whole_range(threshold=[("value", -1e308, 1)]), NOT_REPRODUCED),
    ("SL-34", whole_range(), REPRODUCED),
    ("SL-34", whole_range(sigmoid=[("value", 36, 1)]), IN_PART),
    ("SL-34", whole_range(sigmoid=[("value", -700, 0)]), IN_PART),
    ("SL-34", whole_range(sigmoid=[("value", 1e308, np.nan)]), NOT_REPRODUCED),  # an overflow
    ("SL-34", whole_range(sigmoid=[("value", 1, 1.01)]), NOT_REPRODUCED),
    ("SL-35", whole_range(), REPRODUCED),
    ("SL-35", whole_range(tanh=[("value", 0, 1e-17)]), IN_PART),
    ("SL-35", whole_range(tanh=[("derivative", 10, 0.01)]), IN_PART),
    ("SL-35", whole_range(sigmoid=[("derivative", -10, 0.01)]), IN_PART),
    ("SL-35", whole_range(tanh=[("value", 16, 1), ("value", -16, -1)]), IN_PART),
    ("SL-35", whole_range(tanh=[("value", 1e308, np.nan)]), NOT_REPRODUCED),
    ("SL-35", whole_range(tanh=[("value", 1, 0.9), ("derivative", 10, 1)]), NOT_REPRODUCED),
    ("PP-01", comparison() | strict_threshold(), REPRODUCED),
    ("PP-01", comparison() | strict_threshold(at_zero=1), NOT_REPRODUCED),
    ("PP-01", comparison(threshold=(1000, 1.0)) | strict_threshold(), NOT_REPRODUCED),
    ("PP-03", comparison() | far_sigmoid(), REPRODUCED),
    ("PP-03", comparison(sigmoid=(1999, 1.0)) | far_sigmoid(), NOT_REPRODUCED),
    ("PP-03", comparison(sigmoid=(900, 0.2)) | far_sigmoid(), NOT_REPRODUCED),
    ("PP-03", comparison() | far_sigmoid(low=1e-6), NOT_REPRODUCED),
    ("PP-04", comparison(), REPRODUCED),
    ("PP-04", comparison(relu=(999, 1e-9)), NOT_REPRODUCED),
    ("PP-05", comparison() | far_tanh(), REPRODUCED),
    ("PP-05", comparison(tanh=(0, -1.0)) | far_tanh(), NOT_REPRODUCED),
    ("PP-05", comparison() | far_tanh(middle=1e-17), NOT_REPRODUCED),
    ("PP-05", comparison() | far_tanh(high=0.999), NOT_REPRODUCED),
    ("PP-06", identities(*PP_06), REPRODUCED),
    ("PP-06", identities(*PP_06, error=1e-12), NOT_REPRODUCED),
    ("PP-07", comparison(), REPRODUCED),
    ("PP-07", comparison(tanh=(5, -1.6)), NOT_REPRODUCED),
    ("PP-07", comparison(relu=(1990, 4.0)), NOT_REPRODUCED),
    ("PP-07", comparison(sigmoid=(0, 0.01)), NOT_REPRODUCED),
    ("PP-07", comparison(sigmoid=(500, -0.1)), NOT_REPRODUCED),
    ("PP-11", identities(*PP_11), REPRODUCED),
    ("PP-11", identities("softplus' = sigmoid", *PP_11[:3], error=-1e-12), NOT_REPRODUCED),
    ("PP-11", wrong_leaky(), NOT_REPRODUCED),
    ("PP-14", quotients("threshold"), REPRODUCED),
    ("PP-14", quotients("threshold", "relu", "leaky_relu"), IN_PART),
    (
        "PP-14",
        quotients("sigmoid", "relu", "tanh", "linear", "softplus", "leaky_relu"),
        NOT_REPRODUCED,
    ),
    ("XP-15", leaky(0.2), REPRODUCED),
    ("XP-15", leaky(0.1), NOT_REPRODUCED),
    ("XP-15", leaky(0.2, relu=np.abs), NOT_REPRODUCED),
    ("XP-15", leaky(0.2, tanh=FORMULAS["sigmoid"]), NOT_REPRODUCED),
    ("SL-17", slopes_of_elu(), REPRODUCED),
    ("SL-17", slopes_of_elu(near=0.05), NOT_REPRODUCED),
    ("SL-17", slopes_of_elu(far_away=0.0), NOT_REPRODUCED),
    ("SL-17", slopes_of_elu(farther=1e-6), NOT_REPRODUCED),
    ("SL-23", identities(*SL_23), REPRODUCED),
    ("SL-23", identities(*SL_23, error=1e-12), NOT_REPRODUCED),
    ("NP-07", relu_derivative(1.0, 1), REPRODUCED),
    ("NP-07", relu_derivative(-1.0, 1), NOT_REPRODUCED),
    ("NP-07", relu_derivative(1.0, 0), NOT_REPRODUCED),
    ("NP-09", curves(), REPRODUCED),
    ("NP-09", curves(swish=FORMULAS["relu"]), NOT_REPRODUCED),
    ("NP-09", curves(leaky_relu=lambda x: x), NOT_REPRODUCED),
    ("NP-09", curves(leaky_relu=FORMULAS["elu"]), NOT_REPRODUCED),
    ("NP-09", curves(elu=FORMULAS["tanh"]), NOT_REPRODUCED),
    ("NP-09", curves(elu=lambda x: np.maximum(x, -1)), NOT_REPRODUCED),
    ("RP-01", relu_grid(), REPRODUCED),
    ("RP-01", relu_grid(points=99), NOT_REPRODUCED),
    ("RP-01", relu_grid(relu=(10, 0.1)), NOT_REPRODUCED),
    ("RP-06", relu_derivative(1.0, 1), REPRODUCED),
    ("RP-06", relu_derivative(1.0, 0.999), NOT_REPRODUCED),
    ("NP-20", eight(**dict.fromkeys(PASSING_ON, np.exp)), REPRODUCED),
    ("NP-20", eight(), IN_PART),  # ReLU, leaky ReLU and ELU pass positive inputs on
    ("NP-20", eight(sigmoid=lambda x: x), NOT_REPRODUCED),
    ("NP-21", eight(), REPRODUCED),
    ("NP-21", eight(tanh=lambda x: 0.5 * x + 1), IN_PART),
    ("NP-21", eight(linear=np.square), NOT_REPRODUCED),  # a control that is not straight
    ("NP-21", eight(**dict.fromkeys(("tanh", *PASSING_ON[1:]), np.negative)), NOT_REPRODUCED),
    ("RP-17", without_limit(), REPRODUCED),
    ("RP-17", without_limit(relu=(100, 101)), IN_PART),  # it grows, but by less than the input
    ("RP-17", without_limit(relu=(6, 6)), NOT_REPRODUCED),  # ReLU6
    ("RP-17", without_limit(tanh=(0.9, 1)), NOT_REPRODUCED),
    ("XX-01", slopes(0.1, 0.1, 0.1), REPRODUCED),
    ("XX-01", slopes(0.01, 0.1, 0.2), REPRODUCED),
    ("XX-01", slopes(0.01, 0.1, 1.5), DOCUMENT_ERROR),
    ("XX-01", slopes(0.0, 0.1, 0.1), DOCUMENT_ERROR),
]

LEFT_OUT = [
    "PP-01 is not judged: the tables have no x -1e-300 for function threshold",
    "PP-03 is not judged: the tables have no x -40 for function sigmoid",
    "PP-05 is not judged: the tables have no x -20 for function tanh",
    "SL-17 is not judged: the tables have no x -1.0 for function elu",
    "RP-17 is not judged: the tables have no x 100 for function relu",
]
"""All that this other setting has no numbers for."""

FIXED_NUMBERS = {"activation": "how many functions the documents have"}
"""A word beside a number that is no field's though it equals one, and what the number is."""

DRAWN_BY_FORMULA = {"from the left": "the slopes of a kink, beside the curve"}
"""Artists that are drawn by a formula and not from a table, each with what it is."""
