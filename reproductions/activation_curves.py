"""The activation functions' values and derivatives, and each document's own curves.

Document: all five; perceptron-post up to its conclusion, xor-post section 3, slides 7-2,
network-post 1.2, relu-post sections 1 and 3.
Setup: every function is a layer of `custom_layers` in float64; derivatives by automatic
differentiation through the layer; the grids of the listings where there is a listing; one-sided
difference quotients at 0 with steps that halve; slopes of the libraries asked at run time.
Assumptions: the pictures of xor-post, slides and network-post are not in the texts: their curves
are drawn from -6 to 6, ELU with alpha = 1, network-post's leaky ReLU with slope 0.01.
Known differences: the threshold of the listing returns int32, the layer floats of equal value.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from reproductions.suite import drawing, measured
from reproductions.suite.claims import (
    DOCUMENT_ERROR,
    IN_PART,
    NOT_REPRODUCED,
    REPRODUCED,
    Claim,
    Judgement,
    by,
)
from reproductions.suite.kinds import Close, Exact, Table


@dataclass(frozen=True)
class Spec:
    """The documents' grids and slopes, and the points that the claims ask about."""

    perceptron_post_grid: tuple[float, float, float] = (-10, 10, 0.01)
    relu_post_grid: tuple[float, float, float] = (-5, 5, 0.1)
    curve_end: int = 6
    curve_points_per_unit: int = 20
    identity_end: int = 10
    identity_points_per_unit: int = 10
    far_points: tuple[float, ...] = (1e-300, 1, 5, 10, 20, 40, 100, 1000)
    halvings: int = 20
    perceptron_post_slope: float = 0.01
    slides_slope: float = 0.1
    elu_alpha: float = 1.0


SPEC = Spec()


def run(spec: Spec) -> dict[str, pd.DataFrame]:
    """Curves, identities, far points, quotients at 0, and the leaky slopes."""
    import keras
    import tensorflow as tf

    import custom_layers as layers

    functions = {
        "threshold": layers.Threshold(dtype="float64"),
        "linear": layers.Linear(dtype="float64"),
        "sigmoid": layers.Sigmoid(dtype="float64"),
        "tanh": layers.Tanh(dtype="float64"),
        "relu": layers.ReLU(dtype="float64"),
        "leaky_relu": layers.LeakyReLU(spec.perceptron_post_slope, dtype="float64"),
        "elu": layers.ELU(spec.elu_alpha, dtype="float64"),
        "softplus": layers.Softplus(dtype="float64"),
        "swish": layers.Swish(dtype="float64"),
    }
    slopes = pd.DataFrame(
        [
            ("perceptron-post", "document", spec.perceptron_post_slope),
            ("slides", "document", spec.slides_slope),
            # xor-post prints the call alone; what it gives at -1 is the slope.
            ("xor-post", "document", -tf.nn.leaky_relu(tf.constant(-1.0, "float64")).numpy()),
            ("keras.layers.LeakyReLU", "library", keras.layers.LeakyReLU().negative_slope),
            (
                "keras.activations.leaky_relu",
                "library",
                -keras.activations.leaky_relu(tf.constant(-1.0, "float64")).numpy(),
            ),
        ],
        columns=["source", "origin", "negative_slope"],
    )
    # TensorFlow keeps its default slope in float32: 0.2 comes back as 0.20000000298.
    slopes["negative_slope"] = slopes["negative_slope"].astype(float).round(6)

    x_perceptron = np.arange(*spec.perceptron_post_grid)
    x_relu = np.arange(*spec.relu_post_grid)
    x_curve = _whole_steps(spec.curve_end, spec.curve_points_per_unit)
    x_far = np.array([-x for x in reversed(spec.far_points)] + [0.0, *spec.far_points])

    comparison = {"point": range(len(x_perceptron)), "x": x_perceptron}
    for name in ("threshold", "sigmoid", "relu", "tanh"):
        comparison[name] = functions[name](x_perceptron)
    return {
        "comparison": pd.DataFrame(comparison),
        "relu_post": pd.DataFrame(
            {"point": range(len(x_relu)), "x": x_relu, "relu": functions["relu"](x_relu)}
        ),
        "curves": _curves("function", functions.items(), x_curve),
        "far": _curves("function", functions.items(), x_far),
        "leaky": _curves(
            "negative_slope",
            [
                (slope, layers.LeakyReLU(slope, dtype="float64"))
                for slope in sorted(set(slopes["negative_slope"]))
            ],
            x_curve,
        ),
        "slopes": slopes,
        "identities": _identities(spec, functions),
        "quotients": _quotients(spec, functions),
        "at_zero": _at_zero(functions),
    }


def _whole_steps(end: int, points_per_unit: int) -> np.ndarray:
    """A grid that holds 0 and is the same on every machine: whole numbers, divided once."""
    return np.arange(-end * points_per_unit, end * points_per_unit + 1) / points_per_unit


def _derivative(function, x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Values and derivatives of a function that works element by element."""
    import tensorflow as tf

    x = tf.constant(x, "float64")
    with tf.GradientTape() as tape:
        tape.watch(x)
        value = function(x)
    return value.numpy(), tape.gradient(value, x).numpy()


def _curves(key: str, functions, x: np.ndarray) -> pd.DataFrame:
    frames = []
    for name, function in functions:
        value, derivative = _derivative(function, x)
        frames.append(pd.DataFrame({key: name, "x": x, "value": value, "derivative": derivative}))
    return pd.concat(frames, ignore_index=True)


def _identities(spec: Spec, functions) -> pd.DataFrame:
    """Both sides of each identity: left the layers, right the formula as the document prints it."""
    x = _whole_steps(spec.identity_end, spec.identity_points_per_unit)
    value = {name: function(x).numpy() for name, function in functions.items()}
    sides = {
        "linear = z": (value["linear"], x),
        "softplus = ln(1 + exp(z))": (value["softplus"], np.log(1 + np.exp(x))),
        "softplus' = sigmoid": (_derivative(functions["softplus"], x)[1], value["sigmoid"]),
        "leaky_relu = max(0.01z, z)": (value["leaky_relu"], np.maximum(0.01 * x, x)),
        "tanh = 2 sigmoid(2x) - 1": (value["tanh"], 2 * functions["sigmoid"](2 * x).numpy() - 1),
        "tanh = (exp(x) - exp(-x)) / (exp(x) + exp(-x))": (
            value["tanh"],
            (np.exp(x) - np.exp(-x)) / (np.exp(x) + np.exp(-x)),
        ),
    }
    return pd.concat(
        pd.DataFrame({"identity": name, "x": x, "left": left, "right": right})
        for name, (left, right) in sides.items()
    )


def _quotients(spec: Spec, functions) -> pd.DataFrame:
    """(f(h) - f(0)) / h from the right and (f(0) - f(-h)) / h from the left, h halved."""
    h = 2.0 ** -np.arange(1, spec.halvings + 1)  # powers of two: the division is exact
    frames = []
    for name, function in functions.items():
        left, at_zero, right = (function(x).numpy() for x in (-h, np.zeros(1), h))
        frames.append(
            pd.DataFrame(
                {
                    "function": name,
                    "h": h,
                    "left": (at_zero - left) / h,
                    "right": (right - at_zero) / h,
                }
            )
        )
    return pd.concat(frames, ignore_index=True)


def _at_zero(functions) -> pd.DataFrame:
    """The derivative that each library returns at 0 for the functions with a kink or a jump."""
    import keras
    import tensorflow as tf

    implementations = [
        ("relu", "keras.activations.relu", keras.activations.relu),
        ("relu", "keras.layers.ReLU", keras.layers.ReLU(dtype="float64")),
        ("relu", "tf.nn.relu", tf.nn.relu),
        ("leaky_relu", "keras.layers.LeakyReLU", keras.layers.LeakyReLU(dtype="float64")),
        ("leaky_relu", "tf.nn.leaky_relu", tf.nn.leaky_relu),
        *((name, "custom_layers", functions[name]) for name in ("threshold", "relu", "leaky_relu")),
    ]
    rows = [
        (name, implementation, _derivative(function, np.zeros(1))[1][0])
        for name, implementation, function in implementations
    ]
    return pd.DataFrame(rows, columns=["function", "implementation", "derivative"])


def figures(spec: Spec, tables) -> drawing.Figures:
    """Each document's own curves, then all functions, the leaky slopes, and the kinks."""
    return {
        "perceptron_post_functions": lambda: _perceptron_post_figure(tables),
        "perceptron_post_comparison": lambda: _comparison_figure(tables),
        "xor_post_functions": lambda: _curves_figure(
            spec, tables, "XOR post", ("relu", "tanh", "leaky_relu"), _slope(tables, "xor-post")
        ),
        "slides_functions": lambda: _curves_figure(
            spec,
            tables,
            "slides",
            ("sigmoid", "tanh", "relu", "leaky_relu", "elu"),
            _slope(tables, "slides"),
        ),
        "network_post_functions": lambda: _curves_figure(
            spec,
            tables,
            "network post",
            ("swish", "leaky_relu", "elu"),
            _slope(tables, "perceptron-post"),  # assumed: the post gives none
        ),
        "relu_post": lambda: _relu_post_figure(tables),
        "functions_and_derivatives": lambda: _all_figure(spec, tables),
        "leaky_slopes": lambda: _slopes_figure(spec, tables),
        "kinks": lambda: _kinks_figure(tables),
    }


LABELS = drawing.FUNCTION_NAMES


def _slope(tables, source: str) -> float:
    """The leaky ReLU's slope in one of the documents."""
    return measured.row(tables["slopes"], source=source)["negative_slope"]


def _ticks(spec) -> np.ndarray:
    return np.linspace(-spec.curve_end, spec.curve_end, 5)


def _line(axes, x, y, **style):
    """A line with a gap wherever it jumps, and a ring and a dot at the two ends of the jump."""
    x, y = np.asarray(x, float), np.asarray(y, float)
    jumps = np.flatnonzero(np.abs(np.diff(y)) > 0.3)
    (line,) = axes.plot(np.insert(x, jumps + 1, np.nan), np.insert(y, jumps + 1, np.nan), **style)
    for jump in jumps:
        color = line.get_color()
        axes.plot(x[jump], y[jump], "o", ms=4, color=color)
        axes.plot(x[jump], y[jump + 1], "o", ms=4, mfc="white", mec=color)


def _zero_lines(axes):
    for line in (axes.axhline, axes.axvline):
        line(0, color=drawing.GREY, linewidth=0.8, zorder=1)


def _perceptron_post_figure(tables):
    figure, (row,) = drawing.panels(1, 4, width=2.9, height=2.9)
    frame = tables["comparison"]
    for axes, name in zip(row, ("threshold", "sigmoid", "relu", "tanh"), strict=True):
        axes.plot(frame["x"], frame[name], **drawing.FUNCTION_STYLE[name])
        axes.set(title=LABELS[name], xlabel="x", ylabel="f(x)")
    figure.suptitle("The functions of the perceptron post", x=0.01, ha="left")
    return figure


def _comparison_figure(tables):
    figure, ((axes,),) = drawing.panels(width=6.0, height=4.2)
    frame = tables["comparison"]
    for name in ("threshold", "sigmoid", "relu", "tanh"):
        axes.plot(frame["x"], frame[name], label=LABELS[name], **drawing.FUNCTION_STYLE[name])
    axes.set(
        title="Four activation functions",
        xlabel="x",
        ylabel="f(x)",
        ylim=(-1.5, 5),
    )
    axes.legend(loc="upper left")
    return figure


def _curve(tables, name):
    return measured.rows(tables["curves"], function=name)


def _leaky(tables, slope):
    return measured.rows(tables["leaky"], negative_slope=slope)


def _curves_figure(spec, tables, document, chosen, slope):
    figure, (row,) = drawing.panels(1, len(chosen), width=2.9, height=2.9)
    for axes, name in zip(row, chosen, strict=True):
        leaky = name == "leaky_relu"
        curve = _leaky(tables, slope) if leaky else _curve(tables, name)
        _zero_lines(axes)
        axes.plot(curve["x"], curve["value"], **drawing.FUNCTION_STYLE[name])
        label = LABELS[name] + (f", slope {slope:g}" if leaky else "")
        axes.set(title=label, xlabel="x", ylabel="f(x)", xticks=_ticks(spec))
    figure.suptitle(f"The functions of the {document}", x=0.01, ha="left")
    return figure


def _relu_post_figure(tables):
    figure, ((axes,),) = drawing.panels(width=5.3, height=4.0)
    frame = tables["relu_post"]
    for line in (axes.axvline, axes.axhline):
        line(0, color=drawing.GREY, linestyle="--", linewidth=1.2)
    axes.plot(frame["x"], frame["relu"], **drawing.FUNCTION_STYLE["relu"])
    axes.set_title("ReLU", fontsize=18, loc="center")
    axes.set_xlabel("x")
    axes.set_ylabel("y", rotation=0, labelpad=12)
    return figure


def _all_figure(spec, tables):
    figure, grid = drawing.panels(3, 6, width=2.25, height=2.3)
    for place, name in enumerate(LABELS):
        row, pair = divmod(place, 3)
        curve = _curve(tables, name)
        for axes, column in zip(grid[row, 2 * pair :], ("value", "derivative"), strict=False):
            _zero_lines(axes)
            _line(axes, curve["x"], curve[column], **drawing.FUNCTION_STYLE[name])
            axes.set_xlabel("x")
            axes.set_xticks(_ticks(spec))
        slope = f" (slope {_slope(tables, 'perceptron-post'):g})" if name == "leaky_relu" else ""
        label = LABELS[name] + slope
        grid[row, 2 * pair].set_title(label)
        grid[row, 2 * pair + 1].set_title("its derivative", color=drawing.GREY)
        grid[row, 2 * pair + 1].set_ylim(-0.15, 1.25)
    figure.suptitle(
        "Nine activation functions, each with its derivative"
        " (dot at a jump: what the layer returns at 0)",
        x=0.01,
        ha="left",
    )
    return figure


def _slopes_figure(spec, tables):
    figure, ((left, right),) = drawing.panels(1, 2, width=4.9, height=3.8)
    leaky, slopes = tables["leaky"], tables["slopes"]
    colors = (drawing.BLUE, drawing.VERMILION, drawing.GREEN, drawing.PURPLE)
    dashes = ("-", (0, (5, 1.5)), (0, (4, 1, 1, 1)), (0, (1, 1)))
    chosen = sorted(leaky["negative_slope"].unique())
    for slope, color, dash in zip(chosen, colors, dashes, strict=False):  # two may be the same
        curve = _leaky(tables, slope)
        users = slopes[slopes["negative_slope"] == slope]["source"]
        style = {"color": color, "linestyle": dash}
        left.plot(curve["x"], curve["value"], label=f"{slope:g}: {', '.join(users)}", **style)
        _line(right, curve["x"], curve["derivative"], **style)
        right.annotate(
            f"{slope:g}",
            (-spec.curve_end / 2, slope),
            xytext=(0, 3),
            textcoords="offset points",
            fontsize=9,
        )
    for axes in (left, right):
        _zero_lines(axes)
        axes.set(xlabel="x", xlim=(-spec.curve_end - 0.2, 2))
    left.set(title="Leaky ReLU: which slope?", ylabel="f(x)", ylim=(-2, 2))
    right.set(title="Its derivative", ylabel="f'(x)", ylim=(-0.08, 1.1))
    figure.legend(loc="outside lower left", title="slope below 0, and who uses it", ncols=2)
    return figure


def _kinks_figure(tables):
    figure, grid = drawing.panels(3, 3, width=3.1, height=2.3, sharex=True, sharey=True)
    smooth = _differentiable(tables)
    for axes, name in zip(grid.flat, LABELS, strict=True):
        frame = tables["quotients"].query("function == @name")
        axes.semilogx(frame["h"], frame["left"], color=drawing.BLUE, label="from the left")
        axes.semilogx(
            frame["h"],
            frame["right"],
            color=drawing.VERMILION,
            linestyle=(0, (3, 2)),
            label="from the right",
        )
        word = "the sides meet" if smooth[name] else "the sides stay apart"
        axes.set_title(f"{LABELS[name]}: {word}")
        if frame["right"].max() > 2:
            axes.annotate(
                "from the right: 1/h, without bound",
                (0.4, 1.25),
                fontsize=8,
                color=drawing.VERMILION,
            )
        axes.minorticks_off()
    grid[0, 0].set(ylim=(-0.15, 1.5))
    grid[0, 0].invert_xaxis()
    for axes in grid[-1]:
        axes.set_xlabel("step h")
    for axes in grid[:, 0]:
        axes.set_ylabel("quotient at 0")
    figure.suptitle("Do the difference quotients at 0 meet as the step shrinks?", x=0.01, ha="left")
    figure.legend(*grid[0, 0].get_legend_handles_labels(), loc="outside lower left", ncols=2)
    return figure


ELEMENTWISE = "a few float64 operations; libraries differ in the last bits of exp and tanh"
DIFFERENCE = "float64 rounding of f near 0, divided by the least step, 2**-20"
GRID = "arange adds up rounding errors of its step, which fused operations may change"
VALUE = Close(rtol=1e-12, atol=1e-14, reason=ELEMENTWISE)
"""The absolute part lets in what a difference such as 1 - f(x) loses where f(x) is near 1."""

TABLES = {
    "comparison": Table(
        key=("point",),
        columns={
            "x": Close(rtol=0, atol=1e-12, reason=GRID),
            "threshold": Exact(),
            "sigmoid": VALUE,
            "relu": Close(rtol=0, atol=1e-12, reason=GRID),
            "tanh": Close(rtol=1e-12, atol=1e-12, reason=GRID),
        },
    ),
    "relu_post": Table(
        key=("point",),
        columns={
            "x": Close(rtol=0, atol=1e-12, reason=GRID),
            "relu": Close(rtol=0, atol=1e-12, reason=GRID),
        },
    ),
    "curves": Table(key=("function", "x"), columns={"value": VALUE, "derivative": VALUE}),
    "far": Table(key=("function", "x"), columns={"value": VALUE, "derivative": VALUE}),
    "leaky": Table(key=("negative_slope", "x"), columns={"value": VALUE, "derivative": VALUE}),
    "slopes": Table(key=("source",), columns={"origin": Exact(), "negative_slope": Exact()}),
    "identities": Table(key=("identity", "x"), columns={"left": VALUE, "right": VALUE}),
    "quotients": Table(
        key=("function", "h"),
        columns={
            "left": Close(rtol=1e-12, atol=1e-9, reason=DIFFERENCE),
            "right": Close(rtol=1e-12, atol=1e-9, reason=DIFFERENCE),
        },
    ),
    "at_zero": Table(
        key=("function", "implementation"),
        columns={"derivative": Close(rtol=1e-6, atol=0, reason="TensorFlow keeps 0.2 in float32")},
    ),
}


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
        by(right == len(grid) == 2000 and strict),
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
        by(inside and rising and limits),
        f"{value.iloc[0]:.3g} to {value.iloc[-1]:.6g}, rising",
        note="strictly below 1 on the listing's range; float64 gives"
        f" {'exactly 1' if high == 1 else 'less than 1'} at x = 40",
    )


def _pp_04(tables) -> Judgement:
    grid = tables["comparison"]
    right = (grid["relu"] == grid["x"].where(grid["x"] > 0, 0)).sum()
    return Judgement(by(right == len(grid) == 2000), f"{right} of {len(grid)} points exact")


def _pp_05(tables) -> Judgement:
    value = tables["comparison"]["tanh"]
    low, middle, high = _far(tables, "tanh", -20, 0.0, 20)
    inside = value.between(-1, 1, inclusive="neither").all()
    limits = abs(high - 1) < 1e-12 and abs(low + 1) < 1e-12
    return Judgement(
        by(inside and limits and middle == 0),
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
        return Judgement(by(error <= 1e-14), error, note="largest difference of the two sides")

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
        by(len(grid) == 2000 and visible and abs(cut - 5) < 0.011 and ordered and agree),
        f"ReLU leaves the picture at x = {cut:.2f}",
        note="the picture's y range hides ReLU above 5, half of its rise",
    )


DIFFERENTIABLE_BELOW = 1e-4
IN_PLACE_OF_THRESHOLD = ("sigmoid", "relu", "tanh", "linear", "softplus", "leaky_relu")


def _differentiable(tables) -> pd.Series:
    """Whether the quotients from both sides meet at 0, by function."""
    frame = tables["quotients"]
    least = frame[frame["h"] == frame["h"].min()].set_index("function")
    return (least["right"] - least["left"]).abs() < DIFFERENTIABLE_BELOW


def _pp_14(tables) -> Judgement:
    smooth = _differentiable(tables)
    chosen = smooth[list(IN_PLACE_OF_THRESHOLD)]
    verdict = REPRODUCED if chosen.all() else IN_PART if chosen.any() else NOT_REPRODUCED
    kinks = ", ".join(LABELS[name] for name in chosen[~chosen].index)
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
        by(holds),
        ", ".join(f"{LABELS[f]} [{y.min():.3g}, {y.max():.3g}]" for f, y in named.items()),
        note=f"ranges on [{x.min():g}, {x.max():g}]; the post prints no slope, 0.2 is what its call"
        " gives",
    )


def _sl_17(tables) -> Judgement:
    near, far, farther = _far(tables, "elu", -1.0, -10.0, -100.0, column="derivative")
    return Judgement(
        by(near > 0.1 and 0 < far < 1e-3 and farther < 1e-12),
        f"{near:.3g} at -1, {far:.3g} at -10, {farther:.3g} at -100",
        note="alpha = 1; the slides give no value",
    )


def _np_07(tables) -> Judgement:
    curve = tables["curves"].query("function == 'relu'")
    below, above = (
        sorted(set(side["derivative"])) for side in (curve[curve["x"] < 0], curve[curve["x"] > 0])
    )
    return Judgement(
        by(below == [0] and above == [1]),
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
        by(dips and bent and levels and follow),
        f"swish dips to {dip:.4f} at {place:.2f}; ELU levels off at {elu.iloc[0]:.4f}",
        note="the post names the three and shows pictures, without formula or parameter: alpha = 1"
        " and slope 0.01 are assumed",
    )


def _rp_01(tables) -> Judgement:
    grid = tables["relu_post"]
    right = (grid["relu"] == grid["x"].where(grid["x"] > 0, 0)).sum()
    nearest = grid["x"].iloc[grid["x"].abs().argmin()]
    return Judgement(
        by(right == len(grid) == 100 and abs(grid["x"].iloc[-1] - 4.9) < 1e-9),
        f"{right} of {len(grid)} points exact",
        note=f"arange leaves out 5 and hits {nearest:.2g} in place of 0, where ReLU is 0 too",
    )


def _rp_06(tables) -> Judgement:
    rows = pd.concat(
        tables[name].query("function == 'relu' and x > 0") for name in ("curves", "far")
    )
    one = (rows["derivative"] == 1).sum()
    return Judgement(
        by(one == len(rows) > 0),
        f"exactly 1 at {one} of {len(rows)} inputs above 0",
        note=f"inputs from {rows['x'].min():g} to {rows['x'].max():g}",
    )


def _xx_01(tables) -> Judgement:
    frame = tables["slopes"]
    documents = frame[frame["origin"] == "document"]["negative_slope"]
    libraries = frame[frame["origin"] == "library"]
    named = ", ".join(f"{row.negative_slope:g} ({row.source})" for row in libraries.itertuples())
    return Judgement(
        by(documents.nunique() == 1, otherwise=DOCUMENT_ERROR),
        ", ".join(f"{slope:g}" for slope in sorted(set(documents))),
        note=f"defaults of the libraries: {named}",
    )


CLAIMS = [
    Claim(
        "PP-01",
        "all 2,000 points of the listing give 0 for x <= 0 and 1 for x > 0, exactly, and so do the"
        " inputs 0, 1e-300 and -1e-300",
        _pp_01,
    ),
    Claim(
        "PP-03",
        "on the 2,000 points the output lies strictly between 0 and 1 and rises at every step;"
        " at -40 and 40 it is within 1e-12 of 0 and 1",
        _pp_03,
    ),
    Claim("PP-04", "on the 2,000 points ReLU equals x above 0 and 0 elsewhere, exactly", _pp_04),
    Claim(
        "PP-05",
        "on the 2,000 points the output lies strictly between -1 and 1; it is 0 at 0, exactly, and"
        " within 1e-12 of -1 and 1 at -20 and 20",
        _pp_05,
    ),
    Claim(
        "PP-06",
        "on [-10, 10] in steps of 0.1 the two sides differ by at most 1e-14",
        _identity_judge("tanh = 2 sigmoid(2x) - 1"),
    ),
    Claim(
        "PP-07",
        "of the listing's 2,000 points, with y from -1.5 to 5, threshold, sigmoid and tanh are seen"
        " whole and ReLU up to x = 5; tanh < ReLU < sigmoid for x <= -1; at both ends the sigmoid"
        " is within 1e-4 of the threshold",
        _pp_07,
    ),
    Claim(
        "PP-11",
        "on [-10, 10] in steps of 0.1 linear, softplus, leaky ReLU and softplus' equal the printed"
        " formula (softplus': the sigmoid) within 1e-14, relative above 1",
        _identity_judge(
            "linear = z",
            "softplus = ln(1 + exp(z))",
            "softplus' = sigmoid",
            "leaky_relu = max(0.01z, z)",
        ),
    ),
    Claim(
        "PP-14",
        "a function is differentiable at 0 if its difference quotients from left and right, at step"
        " 2**-20, differ by less than 1e-4; reproduced if all six functions that replace the"
        " threshold are, in part if only some are",
        _pp_14,
    ),
    Claim(
        "XP-15",
        "on [-6, 6] ReLU equals max(0, x) exactly and leaky ReLU max(0.2x, x) within 1e-12; tanh"
        " rises at every step, and is within 1e-4 of -1 and 1 at the ends",
        _xp_15,
    ),
    Claim(
        "SL-17",
        "ELU's slope is above 0.1 at -1, above 0 but below 1e-3 at -10, and below 1e-12 at -100",
        _sl_17,
    ),
    Claim(
        "SL-23",
        "on [-10, 10] in steps of 0.1 tanh differs from both right sides by at most 1e-14",
        _identity_judge(
            "tanh = 2 sigmoid(2x) - 1", "tanh = (exp(x) - exp(-x)) / (exp(x) + exp(-x))"
        ),
    ),
    Claim("NP-07", "the derivative is 0 at every point below 0 and 1 at every one above", _np_07),
    Claim(
        "NP-09",
        "on [-6, 6]: swish dips to -0.2785 (within 0.001) near -1.278 (within 0.05); leaky ReLU is"
        " straight below 0 with a slope between 0 and 1; ELU rises from between -1 and -0.99; each"
        " is within 1 % of x at 6",
        _np_09,
    ),
    Claim(
        "RP-01",
        "the listing's grid has 100 points, the last at 4.9, and ReLU equals x above 0 and 0"
        " elsewhere at each, exactly",
        _rp_01,
    ),
    Claim("RP-06", "the derivative is exactly 1 at every point above 0, far ones included", _rp_06),
    Claim(
        "XX-01",
        "a document error if the slopes of the three documents that give one are not all the same",
        _xx_01,
    ),
]
