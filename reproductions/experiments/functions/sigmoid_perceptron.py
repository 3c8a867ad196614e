"""A perceptron with a sigmoid gives the seven outputs that the perceptron-post prints and draws.

Document: perceptron-post, "Sigmoid 함수를 이용한 퍼셉트론".
Setup: one unit with weights (0.3, 0.2, 0.5), bias -0.5 and a sigmoid, as a Keras model, receives
the seven inputs of the listing. The sigmoid's curve is drawn with 1,000 points from -5 to 5, as in
the listing, and the seven printed points must lie on it.
Assumptions: none, the listing gives every number.
Known differences: Keras computes in float32 and the listing in float64; rounded to the printed
digits, both give the same numbers.
"""

from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from reproductions.evidence import drawing, functions
from reproductions.evidence.kinds import Close, Exact, Printed, Table
from reproductions.evidence.verdicts import Judgement, Tables, graded
from reproductions.training.pool import Pool
from reproductions.training.spec import ANY_SIGN


@dataclass(frozen=True)
class Spec:
    """The numbers of the listing: the unit's weights, its inputs, and what is printed for them."""

    weights: tuple[float, float, float] = field(default=(0.3, 0.2, 0.5), metadata=ANY_SIGN)
    bias: float = -0.5
    inputs: tuple[tuple[float, float, float], ...] = (
        (-3, -1, -2),
        (0.3, 0.4, -0.5),
        (-0.4, 0.2, 0.7),
        (0.1, 0.5, 0.9),
        (0.6, 0.7, 0.9),
        (1.2, 0.4, 1.5),
        (2, 2, 2),
    )
    printed_affine: tuple[float, ...] = (-2.6, -0.58, -0.23, 0.08, 0.27, 0.69, 1.5)
    printed_output: tuple[float, ...] = (0.069, 0.359, 0.443, 0.52, 0.567, 0.666, 0.818)


SPEC = Spec()


def run(spec: Spec, pool: Pool) -> dict[str, pd.DataFrame]:
    """The perceptron's affine values and outputs, one row per input, and the sigmoid's curve."""
    import keras

    from custom_layers import Sigmoid

    x = np.array(spec.inputs, "float32")
    affine = keras.layers.Dense(1)
    perceptron = keras.Sequential([keras.Input((x.shape[1],)), affine, Sigmoid()])
    affine.set_weights([np.array(spec.weights)[:, None], np.array([spec.bias])])
    z = np.linspace(-5, 5, 1000)
    outputs = pd.DataFrame(
        {
            "row": range(1, len(x) + 1),
            "x1": x[:, 0],
            "x2": x[:, 1],
            "x3": x[:, 2],
            "affine": affine(x)[:, 0],
            "affine_printed": spec.printed_affine,
            "output": perceptron(x)[:, 0],
            "output_printed": spec.printed_output,
            # The sigmoid at the affine value that the document prints and draws.
            "curve_at_printed": Sigmoid()(np.array(spec.printed_affine, "float32")),
        }
    )
    curve = pd.DataFrame({"z": z, "sigmoid": Sigmoid(dtype="float64")(z)})
    return {"rows": outputs, "curve": curve}


def figures(spec: Spec, tables: Tables) -> drawing.Figures:
    """The document's figure, its points on the sigmoid; and the perceptron with its numbers."""
    return {
        "points_on_curve": lambda: _draw_points_on_curve(tables["curve"], tables["rows"]),
        "perceptron_diagram": lambda: _draw_perceptron(spec, tables["rows"].iloc[-1]),
    }


def _draw_perceptron(spec: Spec, row: pd.Series):
    """Inputs, weights, sum and output of one row, from left to right."""
    figure, ((axes,),) = drawing.panels(width=4.4, height=3.4)  # as wide as a phone
    inputs = row[["x1", "x2", "x3"]].to_numpy(float)
    circle = {"boxstyle": "circle,pad=0.5", "facecolor": "white", "edgecolor": drawing.BLUE}

    def node(x: float, y: float, text: str, above: str) -> None:
        axes.text(x, y, text, ha="center", va="center", bbox=circle)
        axes.text(x, y + 0.37, above, ha="center", va="bottom", fontsize=9)

    def arrow(start: tuple[float, float], end: tuple[float, float], before: int) -> None:
        """From one node's circle, or from words, to that of another, which begins points before."""
        style = {"arrowstyle": "->", "color": drawing.GREY, "shrinkA": 17, "shrinkB": before}
        axes.annotate("", end, start, arrowprops=style)

    for i, (value, weight) in enumerate(zip(inputs, spec.weights, strict=True), start=1):
        y = 2.0 - i
        node(0, y, f"{value:g}", f"x{i}")
        arrow((0, y), (2.4, 0), before=19)
        axes.text(
            1.25, 0.78 * y or 0.12, f"w{i} = {weight:g}", ha="center", va="center", fontsize=9
        )
    node(2.4, 0, f"{row['affine']:.3g}", "weighted sum\n+ bias")
    arrow((2.4, -1.2), (2.4, 0), before=19)
    axes.text(2.4, -1.06, f"b = {spec.bias:g}", ha="center", va="top", fontsize=9)
    arrow((2.4, 0), (4.7, 0), before=25)
    axes.text(3.5, 0.12, "sigmoid", ha="center", va="center", fontsize=9)
    node(4.7, 0, f"{row['output']:.3f}", "output")
    axes.set(title="The perceptron with the last input", xlim=(-0.5, 5.3), ylim=(-1.5, 1.8))
    axes.axis("off")
    return figure


def _draw_points_on_curve(curve: pd.DataFrame, outputs: pd.DataFrame):
    figure, ((axes,),) = drawing.panels(width=5.5, height=3.8)
    axes.plot(curve["z"], curve["sigmoid"], label="sigmoid", **functions.style("sigmoid"))
    label = f"{drawing.in_words(len(outputs))} inputs"
    axes.plot(outputs["affine"], outputs["output"], "o", color=drawing.VERMILION, label=label)
    for row in outputs.itertuples():
        left = row.row % 2 == 0  # labels stand left and right in turn, so that none overlap
        axes.annotate(
            f"{row.output:.3f}",
            (row.affine, row.output),
            xytext=(-8 if left else 8, 2 if left else -8),
            textcoords="offset points",
            ha="right" if left else "left",
            fontsize=8,
        )
    axes.set(
        title="The perceptron's outputs lie on the sigmoid",
        xlabel="affine value  w·x + b",
        ylabel="output",
        ylim=(-0.5, 1.5),
    )
    axes.legend(loc="upper left")
    return figure


def _outputs_as_printed(tables: Tables) -> Judgement:
    outputs = tables["rows"]
    agree = np.isclose(outputs["affine"].round(3), outputs["affine_printed"], rtol=0, atol=1e-9)
    agree &= np.isclose(outputs["output"].round(3), outputs["output_printed"], rtol=0, atol=1e-9)
    return Judgement(
        graded(agree.all()), None, values={"as_printed": agree.sum(), "inputs": len(outputs)}
    )


def _printed_points_on_the_drawn_curve(tables: Tables, *, most: float = 0.5) -> Judgement:
    curve, points = tables["curve"].sort_values("z"), tables["rows"]
    z, printed = points["affine_printed"], points["output_printed"]
    height = np.interp(z, curve["z"], curve["sigmoid"])
    on_curve = np.isclose(height.round(3), printed, rtol=0, atol=1e-9)
    on_curve &= z.between(curve["z"].min(), curve["z"].max())
    return Judgement(
        graded(on_curve.all(), in_part=on_curve.mean() > most),
        None,
        notes=("main",),
        values={
            "on_curve": on_curve.sum(),
            "points": len(points),
            "distance": np.abs(height - printed).max(),
        },
    )


CLAIMS = {
    "PP-12": _outputs_as_printed,
    "PP-13": _printed_points_on_the_drawn_curve,
}

FLOAT32 = "one affine map and one exp in float32: a few units in the last place"

TABLES = {
    "rows": Table(
        key=("row",),
        columns={
            "x1": Exact(),
            "x2": Exact(),
            "x3": Exact(),
            "affine": Printed(digits=3),
            "affine_printed": Exact(),
            "output": Printed(digits=3),
            "output_printed": Exact(),
            "curve_at_printed": Close(rtol=1e-6, atol=0, reason=FLOAT32),
        },
    ),
    "curve": Table(
        key=("z",),
        columns={"sigmoid": Close(rtol=1e-12, atol=0, reason="one exp in float64")},
    ),
}
