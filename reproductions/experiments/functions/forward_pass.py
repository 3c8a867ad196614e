"""The network-post's matrix product and three-layer network are computed again with Keras layers.

Document: network-post, parts 1.3 and 1.6.
Setup: the matrix product is a Dense layer without bias; NumPy's `dot`, which the post calls, also
meets every pair of small shapes. The network has three Dense layers, of 3 units with a sigmoid, 2
units with a sigmoid, and 2 linear units, with the weights of the listing; its input is (1.0, 0.5).
Its outputs are held against the listing's formulas in NumPy, for 64 random inputs as well.
Everything is computed in float64, as NumPy does.
Assumptions: none, the listings give every number.
Known differences: the post prints no output. The elements of the product that stand in the column
`printed` were worked out by hand, and the network's outputs there were computed from the listing.
"""

import itertools
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from reproductions.evidence import drawing
from reproductions.evidence.kinds import Close, Exact, Printed, Table
from reproductions.evidence.statistics import generator
from reproductions.evidence.verdicts import Judgement, Tables, graded
from reproductions.training.pool import Pool
from reproductions.training.spec import ANY_SIGN

Matrix = tuple[tuple[float, ...], ...]


@dataclass(frozen=True)
class Spec:
    """The listings' matrices, input and weights, and what else their formulas are tried on."""

    product_x: Matrix = field(default=((1, 2),), metadata=ANY_SIGN)
    product_w: Matrix = field(default=((1, 2, 3), (4, 5, 6)), metadata=ANY_SIGN)
    product_printed: Matrix = field(default=((9, 12, 15),), metadata=ANY_SIGN)
    x: tuple[float, ...] = field(default=(1.0, 0.5), metadata=ANY_SIGN)
    weights: tuple[tuple[Matrix, tuple[float, ...]], ...] = field(
        default=(
            (((0.1, 0.3, 0.5), (0.2, 0.4, 0.6)), (0.1, 0.2, 0.3)),
            (((0.1, 0.4), (0.2, 0.5), (0.3, 0.6)), (0.1, 0.2)),
            (((0.1, 0.3), (0.2, 0.4)), (0.1, 0.2)),
        ),
        metadata=ANY_SIGN,
    )
    y_printed: tuple[float, ...] = field(default=(0.31682708, 0.69627909), metadata=ANY_SIGN)
    longest_side: int = 3
    random_inputs: int = 64
    random_inputs_spread: float = 3.0


SPEC = Spec()


def run(spec: Spec, pool: Pool) -> dict[str, pd.DataFrame]:
    """The products with their shapes, and every signal in the network."""
    signals = _signals(spec)
    output = signals[signals["layer"] == len(spec.weights)][["unit", "output"]]
    return {
        "product": _product(spec),
        "signals": signals,
        "output": output.assign(printed=spec.y_printed),
        "shapes": _shapes(spec),
        "against_the_listing": _against_the_listing(spec),
    }


def _product(spec: Spec) -> pd.DataFrame:
    """The product of the listing's matrices, as a layer computes it."""
    import keras

    x, w = np.array(spec.product_x, "float64"), np.array(spec.product_w, "float64")
    product = keras.layers.Dense(w.shape[1], use_bias=False, dtype="float64")
    product.build(x.shape)
    product.set_weights([w])
    y = np.array(product(x))
    return pd.DataFrame(
        {
            "column": range(1, y.shape[1] + 1),
            "product": y[0],
            "printed": np.array(spec.product_printed, "float64")[0],
            "shapes": f"{x.shape} · {w.shape} -> {y.shape}",
        }
    )


def _shapes(spec: Spec) -> pd.DataFrame:
    """Which pairs of shapes NumPy multiplies, and the shape that it gives."""
    rows = []
    for a, b, c, d in itertools.product(range(1, spec.longest_side + 1), repeat=4):
        try:
            result = str(np.dot(np.ones((a, b)), np.ones((c, d))).shape)
        except ValueError:
            result = "refused"
        rows.append({"a": a, "b": b, "c": c, "d": d, "result": result})
    return pd.DataFrame(rows)


def _signals(spec: Spec) -> pd.DataFrame:
    """What each unit receives and gives; layer 0 is the input, which is both at once."""
    layers = _layers(spec, np.array([spec.x], "float64"))
    return pd.DataFrame(
        [
            {"layer": layer, "unit": unit, "affine": float(a), "output": float(z)}
            for layer, (affine, signal) in enumerate(layers)
            for unit, (a, z) in enumerate(zip(affine[0], signal[0], strict=True), start=1)
        ]
    )


def _layers(spec: Spec, x: np.ndarray) -> list[tuple[np.ndarray, np.ndarray]]:
    """Affine values and outputs of the input and of each Keras layer, (input, unit)."""
    import keras

    from custom_layers import Linear, Sigmoid

    signal = affine = x
    layers = [(affine, signal)]
    for kernel, bias in spec.weights:
        dense = keras.layers.Dense(len(bias), dtype="float64")
        dense.build(signal.shape)
        dense.set_weights([np.array(kernel), np.array(bias)])
        is_last = len(layers) == len(spec.weights)
        activation = Linear(dtype="float64") if is_last else Sigmoid(dtype="float64")
        affine = np.array(dense(signal))
        signal = np.array(activation(affine))
        layers.append((affine, signal))
    return layers


def _against_the_listing(spec: Spec) -> pd.DataFrame:
    """Outputs of the layers and of the listing's formulas; input 0 is that of the listing."""
    others = generator(0).normal(0, spec.random_inputs_spread, (spec.random_inputs, len(spec.x)))
    x = np.vstack([spec.x, others])
    *_, (_, outputs) = _layers(spec, x)
    return pd.DataFrame(
        [
            {"input": i, "unit": unit, "layers": by_layers, "listing": by_listing}
            for i, row in enumerate(x)
            for unit, (by_layers, by_listing) in enumerate(
                zip(outputs[i], _formulas(spec, row), strict=True), start=1
            )
        ]
    )


def _formulas(spec: Spec, x: np.ndarray) -> np.ndarray:
    """What the listing's formulas give: NumPy alone, one input with one dimension."""
    signal = x
    for kernel, bias in spec.weights[:-1]:
        signal = 1 / (1 + np.exp(-(np.dot(signal, np.array(kernel)) + np.array(bias))))
    kernel, bias = spec.weights[-1]
    return np.dot(signal, np.array(kernel)) + np.array(bias)


def figures(spec: Spec, tables: Tables) -> drawing.Figures:
    """The product's matrices, and the network with its signals written into the units."""
    return {
        "matrix_product": lambda: _draw_product(spec, tables["product"]),
        "signals": lambda: _draw_signals(tables["signals"]),
    }


def _draw_product(spec: Spec, product: pd.DataFrame):
    """The three matrices in cells; the row and the column of the last element stand out."""
    from matplotlib.patches import Rectangle

    figure, ((axes,),) = drawing.panels(width=7.6, height=2.6)
    x, w = np.array(spec.product_x), np.array(spec.product_w)
    y = product.sort_values("column")["product"].to_numpy()[None]
    last = {"X": (len(x) - 1, None), "W": (None, w.shape[1] - 1), "Y": (0, w.shape[1] - 1)}
    left = 0.0
    for (name, used), matrix, sign in zip(last.items(), (x, w, y), ("·", "=", ""), strict=True):
        height, width = matrix.shape
        for (row, column), value in np.ndenumerate(matrix):
            stands_out = used[0] in (None, row) and used[1] in (None, column)
            corner = left + column, height / 2 - 1 - row
            color = "#FFD9BF" if stands_out else "white"
            axes.add_patch(Rectangle(corner, 1, 1, facecolor=color, edgecolor=drawing.GREY))
            axes.text(corner[0] + 0.5, corner[1] + 0.5, f"{value:g}", ha="center", va="center")
        text = f"{name}, shape ({height}, {width})"
        axes.text(left + width / 2, -len(w) / 2 - 0.25, text, ha="center", va="top")
        axes.text(left + width + 0.6, 0, sign, ha="center", va="center", fontsize=14)
        left += width + 1.2
    terms = " + ".join(f"{a:g} · {b:g}" for a, b in zip(x[-1], w[:, -1], strict=True))
    axes.set_title(f"One product gives the whole layer; its last unit is {terms} = {y[-1, -1]:g}")
    axes.set(xlim=(-0.1, left - 1.1), ylim=(-len(w) / 2 - 0.9, len(w) / 2 + 0.1), aspect="equal")
    axes.axis("off")
    return figure


def _draw_signals(signals: pd.DataFrame):
    figure, ((axes,),) = drawing.panels(width=7, height=3.6)
    outputs = signals.set_index(["layer", "unit"])["output"].to_dict()
    sizes = signals.groupby("layer")["unit"].max().to_dict()

    def height(layer: int, unit: int) -> float:
        return (sizes[layer] + 1) / 2 - unit

    for layer, unit in outputs:
        for next_unit in range(1, sizes.get(layer + 1, 0) + 1):
            ends = (height(layer, unit), height(layer + 1, next_unit))
            axes.plot((layer, layer + 1), ends, color="#BBBBBB", linewidth=1, zorder=1)
    for (layer, unit), value in outputs.items():
        axes.text(
            layer,
            height(layer, unit),
            f"{value:.3g}" if layer == 0 else f"{value:.4f}",
            ha="center",
            va="center",
            bbox={"boxstyle": "round,pad=0.5", "facecolor": "white", "edgecolor": drawing.BLUE},
        )
    last, top = max(sizes), (max(sizes.values()) - 1) / 2 + 0.6
    axes.set_xticks(range(last + 1), ["input", *["sigmoid"] * (last - 1), "linear"])
    axes.set_title(f"The signals in the {drawing.in_words(last)}-layer network")
    axes.set(yticks=[], xlim=(-0.5, last + 0.5), ylim=(-top, top))
    axes.grid(visible=False)
    for side in ("left", "bottom"):
        axes.spines[side].set_visible(False)
    axes.tick_params(length=0)
    return figure


def _shapes_of_products(tables: Tables) -> Judgement:
    shapes, product = tables["shapes"], tables["product"]
    due = np.where(
        shapes["b"] == shapes["c"],
        [f"({a}, {d})" for a, d in zip(shapes["a"], shapes["d"], strict=True)],
        "refused",
    )
    as_said = shapes["result"] == due
    example = (product["product"] == product["printed"]).all()
    example &= product["shapes"].iloc[0] == "(1, 2) · (2, 3) -> (1, 3)"
    return Judgement(
        graded(example and as_said.all(), in_part=example),
        None,
        notes=("main",),
        values={
            "as_said": as_said.sum(),
            "pairs": len(shapes),
            "product": ", ".join(f"{value:g}" for value in product["product"]),
        },
    )


def _network_of_three_layers(tables: Tables) -> Judgement:
    outputs = tables["against_the_listing"]
    same = outputs["layers"].round(8) == outputs["listing"].round(8)
    of_the_listing = outputs[outputs["input"] == 0]
    return Judgement(
        graded(same.all(), in_part=same[of_the_listing.index].all()),
        None,
        notes=("main",),
        values={
            "output": ", ".join(f"{value:.8f}" for value in of_the_listing["layers"]),
            "inputs": outputs["input"].nunique(),
            "apart": (outputs["layers"] - outputs["listing"]).abs().max(),
        },
    )


CLAIMS = {
    "NP-10": _shapes_of_products,
    "NP-11": _network_of_three_layers,
}

SIGNAL = Close(
    rtol=1e-12, atol=0, reason="a few float64 operations and one exp: some units in the last place"
)

TABLES = {
    "product": Table(
        key=("column",), columns={"product": Exact(), "printed": Exact(), "shapes": Exact()}
    ),
    "signals": Table(key=("layer", "unit"), columns={"affine": SIGNAL, "output": SIGNAL}),
    "output": Table(key=("unit",), columns={"output": Printed(digits=8), "printed": Exact()}),
    "shapes": Table(key=("a", "b", "c", "d"), columns={"result": Exact()}),
    "against_the_listing": Table(
        key=("input", "unit"), columns={"layers": SIGNAL, "listing": SIGNAL}
    ),
}
