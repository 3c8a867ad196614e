"""A sigmoid perceptron: its seven printed outputs, and their places on the curve.

Document: perceptron-post, "Sigmoid 함수를 이용한 퍼셉트론".
Setup: one unit with weights (0.3, 0.2, 0.5), bias -0.5 and a sigmoid, as a Keras model; the seven
inputs of the listing; the curve on 1,000 points from -5 to 5.
Assumptions: none, the listing gives every number.
Known differences: Keras computes in float32, the listing in float64; both round to what is printed.
"""

from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from reproductions.evidence import drawing, functions
from reproductions.evidence.claims import Judgement, graded
from reproductions.evidence.kinds import Close, Exact, Printed, Table
from reproductions.training.pool import Pool
from reproductions.training.spec import ANY_SIGN


@dataclass(frozen=True)
class Spec:
    """The listing's numbers."""

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
    """The perceptron's affine values and outputs, and the curve."""
    import keras

    from custom_layers import Sigmoid

    x = np.array(spec.inputs, "float32")
    affine = keras.layers.Dense(1)
    perceptron = keras.Sequential([keras.Input((x.shape[1],)), affine, Sigmoid()])
    affine.set_weights([np.array(spec.weights)[:, None], np.array([spec.bias])])
    z = np.linspace(-5, 5, 1000)
    rows = pd.DataFrame(
        {
            "row": range(1, len(x) + 1),
            "x1": x[:, 0],
            "x2": x[:, 1],
            "x3": x[:, 2],
            "affine": affine(x)[:, 0],
            "affine_printed": spec.printed_affine,
            "output": perceptron(x)[:, 0],
            "output_printed": spec.printed_output,
            # What the curve says at the affine value that the document prints and draws.
            "curve_at_printed": Sigmoid()(np.array(spec.printed_affine, "float32")),
        }
    )
    return {"rows": rows, "curve": pd.DataFrame({"z": z, "sigmoid": Sigmoid(dtype="float64")(z)})}


def figures(spec: Spec, tables) -> drawing.Figures:
    """The document's figure: its points on the sigmoid."""
    return {"points_on_curve": lambda: _point_figure(tables["curve"], tables["rows"])}


def _point_figure(curve, rows):
    figure, ((axes,),) = drawing.panels(width=5.5, height=3.8)
    axes.plot(curve["z"], curve["sigmoid"], label="sigmoid", **functions.style("sigmoid"))
    label = f"{drawing.in_words(len(rows))} inputs"
    axes.plot(rows["affine"], rows["output"], "o", color=drawing.VERMILION, label=label)
    for row in rows.itertuples():
        left = row.row % 2 == 0  # neighbours' labels on alternate sides, so that none overlap
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


def _seven_rows(tables) -> Judgement:
    rows = tables["rows"]
    agree = np.isclose(rows["affine"].round(3), rows["affine_printed"], rtol=0, atol=1e-9)
    agree &= np.isclose(rows["output"].round(3), rows["output_printed"], rtol=0, atol=1e-9)
    return Judgement(graded(agree.all()), f"{agree.sum()} of {len(rows)} rows as printed")


def _on_curve(tables) -> Judgement:
    rows = tables["rows"]
    residual = (rows["output"] - rows["curve_at_printed"]).abs().max()
    return Judgement(graded(residual < 1e-6), float(residual))


CLAIMS = {
    "PP-12": _seven_rows,
    "PP-13": _on_curve,
}
