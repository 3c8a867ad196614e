"""Layers drawn from real Keras models: three linear ones and their equal; D units and 10 logits.

Document: none is judged here; slides, part 7-1 (three layers, y = W3 h2 + b3 = ... = W'x + b') and
part 7-2, Softmax (D neurons and 10 logits, ŷ = Wh + b), for the diagrams.
Setup: three Dense layers without activation functions, and one Dense layer with the product of
their kernels and the bias that goes with it; Dense(10) and a softmax on D units. What is drawn are
the models' own weights, and what their layers put out for one input.
Assumptions: the slides' diagrams have no numbers. Widths are chosen so that every line can be seen;
weights are N(0, 1 / inputs), inputs N(0, 1).
Known differences: Keras multiplies from the right, hW, so the kernel of the last layer has the
shape (D, 10) that the slides give for W; their product Wh needs the transposed shape (10, D).
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from reproductions.evidence import drawing
from reproductions.evidence.kinds import Close, Exact, Table
from reproductions.evidence.measured import rows
from reproductions.evidence.statistics import generator
from reproductions.evidence.verdicts import Judge, Tables
from reproductions.training.pool import Pool

if TYPE_CHECKING:
    import keras
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure


@dataclass(frozen=True)
class Spec:
    """The widths that are drawn, and the seed of the weights and of the input."""

    widths: tuple[int, int, int, int] = (3, 5, 4, 2)
    neurons: int = 8
    logits: int = 10
    seed: int = 0


SPEC = Spec()

STACK, MERGED, CLASSIFIER = "three layers", "one layer", "classifier"

OUTPUTS = {
    STACK: ("x", "h1 = W1 x + b1", "h2 = W2 h1 + b2", "y = W3 h2 + b3"),
    MERGED: ("x", "y = W'x + b'"),
    CLASSIFIER: ("h", "ŷ = Wh + b", "Softmax(ŷ, T = 1)"),
}
"""What each layer of a model puts out, in the slides' letters; the input first."""


def run(spec: Spec, pool: Pool) -> dict[str, pd.DataFrame]:
    """Builds the models, and takes their shapes, their weights and what their layers put out."""
    random = generator(spec.seed, 5)
    stack = _model(spec.widths, softmax=False)
    classifier = _model((spec.neurons, spec.logits), softmax=True)
    for model in (stack, classifier):
        model.set_weights(
            [
                random.standard_normal(w.shape) / np.sqrt(w.shape[0] if w.ndim == 2 else 4)
                for w in model.get_weights()
            ]
        )
    merged = _model((spec.widths[0], spec.widths[-1]), softmax=False)
    merged.set_weights(_merged(stack.get_weights()))
    x = random.standard_normal((1, spec.widths[0]))
    h = random.standard_normal((1, spec.neurons))
    models = {STACK: (stack, x), MERGED: (merged, x), CLASSIFIER: (classifier, h)}
    layers, weights, units = [], [], []
    for name, (model, given) in models.items():
        signal = np.array(given)
        units += _units(name, 0, signal)
        for place, layer in enumerate(model.layers, start=1):
            layers.append(_shapes(name, place, layer, signal))
            weights += _kernel(name, place, layer)
            signal = np.array(layer(signal))
            units += _units(name, place, signal)
    return {
        "layers": pd.DataFrame(layers),
        "weights": pd.DataFrame(weights),
        "units": pd.DataFrame(units),
    }


def _model(widths: tuple[int, ...], softmax: bool) -> "keras.Sequential":
    """Dense layers of these widths, the input first, in float64; at the end a softmax or none."""
    import keras

    from custom_layers import Softmax

    dense = [keras.layers.Dense(width, dtype="float64") for width in widths[1:]]
    last = [Softmax(dtype="float64")] if softmax else []
    return keras.Sequential([keras.Input((widths[0],), dtype="float64"), *dense, *last])


def _merged(weights: list[np.ndarray]) -> list[np.ndarray]:
    """The kernel and the bias of the one layer that equals a stack of linear layers."""
    kernel, bias = np.eye(len(weights[0])), np.zeros(len(weights[0]))
    for next_kernel, next_bias in zip(weights[::2], weights[1::2], strict=True):
        kernel, bias = kernel @ next_kernel, bias @ next_kernel + next_bias
    return [kernel, bias]


def _shapes(name: str, place: int, layer: "keras.layers.Layer", signal: np.ndarray) -> dict:
    """The row of one layer: how many numbers go in and come out, and how many it has itself."""
    return {
        "model": name,
        "layer": place,
        "inputs": signal.shape[-1],
        "outputs": int(layer.compute_output_shape(signal.shape)[-1]),
        "weights": sum(w.size for w in layer.get_weights() if w.ndim == 2),
        "biases": sum(w.size for w in layer.get_weights() if w.ndim == 1),
    }


def _kernel(name: str, place: int, layer: "keras.layers.Layer") -> list[dict]:
    """A row for each weight of a layer's kernel; none of a layer without one."""
    kernels = [w for w in layer.get_weights() if w.ndim == 2]
    return [
        {"model": name, "layer": place, "from": i, "to": j, "value": value}
        for kernel in kernels
        for (i, j), value in np.ndenumerate(kernel)
    ]


def _units(name: str, place: int, signal: np.ndarray) -> list[dict]:
    """A row for each number that a layer puts out."""
    return [
        {"model": name, "layer": place, "unit": unit, "value": value}
        for unit, value in enumerate(signal[0])
    ]


def figures(spec: Spec, tables: Tables) -> drawing.Figures:
    """Three linear layers beside the one that they equal; the logits and their softmax."""
    return {
        "linear_layers": lambda: _draw_linear(tables),
        "logits": lambda: _draw_logits(tables),
    }


def _draw_linear(tables: Tables) -> "Figure":
    figure, axes = drawing.panels(
        1, 2, width=5.0, height=4.2, gridspec_kw={"width_ratios": (3, 1.45)}
    )
    for panel, name in zip(axes[0], (STACK, MERGED), strict=True):
        drawn = _draw_model(panel, tables, name)
    figure.colorbar(drawn, ax=axes, label="weight, or output of a unit", shrink=0.7)
    figure.suptitle("Three layers without an activation function give what one layer gives")
    return figure


def _draw_logits(tables: Tables) -> "Figure":
    figure, axes = drawing.panels(
        1, 3, width=3.9, height=4.4, gridspec_kw={"width_ratios": (1.6, 1, 1)}
    )
    diagram, *bars = axes[0]
    drawn = _draw_model(diagram, tables, CLASSIFIER, layers=1)
    figure.colorbar(
        drawn, ax=diagram, label="weight, or output of a unit", shrink=0.6, location="left"
    )
    shown = (drawing.BLUE, drawing.GREEN)
    for place, (panel, color) in enumerate(zip(bars, shown, strict=True), start=1):
        units = rows(tables["units"], model=CLASSIFIER, layer=place).sort_values("unit")
        panel.barh(units["unit"] + 1, units["value"], color=color)
        panel.set_yticks(units["unit"] + 1)
        panel.invert_yaxis()
        panel.grid(visible=False, axis="y")
        panel.set(title=OUTPUTS[CLASSIFIER][place], ylabel="class")
    bars[0].set_xlabel("logit")
    bars[1].set_xlabel("probability")
    layer = rows(tables["layers"], model=CLASSIFIER, layer=1).iloc[0]
    figure.suptitle(
        f"D = {layer['inputs']} neurons, {layer['outputs']} logits: the kernel has"
        f" {layer['inputs']} × {layer['outputs']} weights, the bias {layer['biases']} numbers"
    )
    return figure


GAP = 2.2
"""Distance of two layers, in distances of two units."""


def _draw_model(axes: "Axes", tables: Tables, name: str, layers: int | None = None):
    """Draws units as circles and weights as lines, coloured by their values.

    Returns:
        The lines, for a colour bar.
    """
    from matplotlib.collections import LineCollection
    from matplotlib.colors import CenteredNorm

    norm = CenteredNorm(0, 2)
    units, weights = (rows(tables[table], model=name) for table in ("units", "weights"))
    shapes = rows(tables["layers"], model=name).sort_values("layer")
    shapes = shapes if layers is None else shapes[shapes["layer"] <= layers]
    sizes = [shapes["inputs"].iloc[0], *shapes["outputs"]]
    lines = []
    for shape in shapes.itertuples():
        kernel = rows(weights, layer=shape.layer)
        starts = _place(shape.layer - 1, kernel["from"], shape.inputs)
        ends = _place(shape.layer, kernel["to"], shape.outputs)
        style = {"array": kernel["value"], "cmap": "PuOr", "norm": norm, "linewidths": 1.6}
        collection = LineCollection(np.stack([starts, ends], axis=1), **style)
        lines.append(axes.add_collection(collection))
    for place, size in enumerate(sizes):
        shown = rows(units, layer=place).sort_values("unit")
        x, y = _place(place, shown["unit"], size).T
        style = {"cmap": "PuOr", "norm": norm, "edgecolors": drawing.BLACK, "zorder": 3}
        axes.scatter(x, y, s=170, c=shown["value"], **style)
        text = OUTPUTS[name][place].replace(" = ", "\n= ", 1)
        bottom = -max(sizes) / 2 - 0.35
        axes.text(GAP * place, bottom, f"{text}\n{size} units", ha="center", va="top", fontsize=9)
    for shape in shapes.itertuples():
        text = f"kernel {shape.inputs} × {shape.outputs}\nbias {shape.biases}"
        axes.text(GAP * (shape.layer - 0.5), max(sizes) / 2 + 0.1, text, ha="center", fontsize=9)
    axes.set(xlim=(-0.9, GAP * (len(sizes) - 1) + 0.9))
    axes.set(ylim=(-max(sizes) / 2 - 1.9, 0.63 * max(sizes) + 0.5))
    axes.set_axis_off()
    axes.set_title(f"{name}: {shapes['weights'].sum()} weights, {shapes['biases'].sum()} biases")
    return lines[0]


def _place(layer: int, units: pd.Series, size: int) -> np.ndarray:
    """Where units of a layer are drawn, (unit, 2), the first one on top."""
    y = (size - 1) / 2 - units.to_numpy()
    return np.stack([np.full(len(y), GAP * layer), y], axis=1)


CLAIMS: dict[str, Judge] = {}

FORWARD = "sums of up to ten products, and an exp, in float64"

NEAR = Close(rtol=1e-12, atol=1e-14, reason=FORWARD)

TABLES = {
    "layers": Table(
        key=("model", "layer"),
        columns=dict.fromkeys(("inputs", "outputs", "weights", "biases"), Exact()),
    ),
    "weights": Table(key=("model", "layer", "from", "to"), columns={"value": NEAR}),
    "units": Table(key=("model", "layer", "unit"), columns={"value": NEAR}),
}
