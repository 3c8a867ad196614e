"""The network-post's matrix product and three-layer network are computed again with Keras layers.

Document: network-post, parts 1.3 and 1.6.
Setup: the matrix product is a Dense layer without bias. The network has three Dense layers, of 3
units with a sigmoid, 2 units with a sigmoid, and 2 linear units, with the weights of the listing;
its input is (1.0, 0.5). Everything is computed in float64, as NumPy does.
Assumptions: none, the listings give every number.
Known differences: the post does not print the network's output. The two numbers that the output is
compared with were computed from the listing.
"""

from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from reproductions.evidence import drawing
from reproductions.evidence.kinds import Close, Exact, Printed, Table
from reproductions.evidence.verdicts import Judgement, Tables, graded
from reproductions.training.pool import Pool
from reproductions.training.spec import ANY_SIGN

Matrix = tuple[tuple[float, ...], ...]


@dataclass(frozen=True)
class Spec:
    """The numbers of the listings: the product's matrices, and the network's input and weights."""

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


SPEC = Spec()


def run(spec: Spec, pool: Pool) -> dict[str, pd.DataFrame]:
    """The product with its shapes, and every signal in the network."""
    signals = _signals(spec)
    output = signals[signals["layer"] == len(spec.weights)][["unit", "output"]]
    return {
        "product": _product(spec),
        "signals": signals,
        "output": output.assign(printed=spec.y_printed),
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


def _signals(spec: Spec) -> pd.DataFrame:
    """What each unit receives and gives; layer 0 is the input, which is both at once."""
    import keras

    from custom_layers import Linear, Sigmoid

    signal = affine = np.array([spec.x], "float64")
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
    return pd.DataFrame(
        [
            {"layer": layer, "unit": unit, "affine": float(a), "output": float(z)}
            for layer, (affine, signal) in enumerate(layers)
            for unit, (a, z) in enumerate(zip(affine[0], signal[0], strict=True), start=1)
        ]
    )


def figures(spec: Spec, tables: Tables) -> drawing.Figures:
    """The network with its signals written into the units."""
    return {"signals": lambda: _draw_signals(tables["signals"])}


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


def _product_as_printed(tables: Tables) -> Judgement:
    product = tables["product"]
    equal = (product["product"] == product["printed"]).all()
    shapes = product["shapes"].iloc[0]
    values = " ".join(f"{value:g}" for value in product["product"])
    return Judgement(
        graded(equal and shapes == "(1, 2) · (2, 3) -> (1, 3)"), f"[[{values}]], {shapes}"
    )


def _output_of_the_listing(tables: Tables) -> Judgement:
    output = tables["output"]
    equal = (output["output"].round(8) == output["printed"].round(8)).all()
    values = ", ".join(f"{value:.8f}" for value in output["output"])
    return Judgement(
        graded(equal), values, note="the post prints no output; the listing gives this one"
    )


CLAIMS = {
    "NP-10": _product_as_printed,
    "NP-11": _output_of_the_listing,
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
}
