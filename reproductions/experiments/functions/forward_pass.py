"""The network-post's matrix product and its three-layer network, as Keras models.

Document: network-post, parts 1.3 and 1.6.
Setup: a Dense layer without bias for the product; Dense 3 sigmoid - Dense 2 sigmoid - Dense 2
linear with the listing's weights, fed with (1.0, 0.5); all in float64, as NumPy computes.
Assumptions: none, the listings give every number.
Known differences: the post prints no output of the network; the ledger's two numbers were computed
from the listing.
"""

from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from reproductions.evidence import drawing
from reproductions.evidence.claims import Judgement, graded
from reproductions.evidence.kinds import Close, Exact, Printed, Table
from reproductions.training.pool import Pool
from reproductions.training.spec import ANY_SIGN

Matrix = tuple[tuple[float, ...], ...]


@dataclass(frozen=True)
class Spec:
    """The listings' numbers."""

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
    import keras

    from custom_layers import Linear, Sigmoid

    x, w = np.array(spec.product_x, "float64"), np.array(spec.product_w, "float64")
    product = keras.layers.Dense(w.shape[1], use_bias=False, dtype="float64")
    product.build(x.shape)
    product.set_weights([w])
    y = np.array(product(x))
    printed = np.array(spec.product_printed, "float64")

    signal = np.array([spec.x], "float64")
    signals = [
        {"layer": 0, "unit": unit, "affine": value, "output": value}  # the input itself
        for unit, value in enumerate(spec.x, start=1)
    ]
    last = len(spec.weights)
    for layer, (kernel, bias) in enumerate(spec.weights, start=1):
        kernel, bias = np.array(kernel), np.array(bias)
        affine = keras.layers.Dense(len(bias), dtype="float64")
        affine.build(signal.shape)
        affine.set_weights([kernel, bias])
        activation = Linear(dtype="float64") if layer == last else Sigmoid(dtype="float64")
        before = affine(signal)
        signal = np.array(activation(before))
        signals += [
            {"layer": layer, "unit": unit + 1, "affine": float(a), "output": float(z)}
            for unit, (a, z) in enumerate(zip(np.array(before)[0], signal[0], strict=True))
        ]
    signals = pd.DataFrame(signals)
    output = signals[signals["layer"] == last][["unit", "output"]]
    return {
        "product": pd.DataFrame(
            {
                "column": range(1, y.shape[1] + 1),
                "product": y[0],
                "printed": printed[0],
                "shapes": f"{x.shape} · {w.shape} -> {y.shape}",
            }
        ),
        "signals": signals,
        "output": output.assign(printed=spec.y_printed),
    }


def figures(spec: Spec, tables) -> drawing.Figures:
    """The network with its signals written into the units."""
    return {"signals": lambda: _signal_figure(tables["signals"])}


def _signal_figure(signals):
    figure, ((axes,),) = drawing.panels(width=7, height=3.6)
    places = {(row.layer, row.unit): row.output for row in signals.itertuples()}
    sizes = {layer: max(u for at, u in places if at == layer) for layer, _ in places}

    def height(layer, unit):
        return (sizes[layer] + 1) / 2 - unit

    for layer, unit in places:
        for other in range(1, sizes.get(layer + 1, 0) + 1):
            ends = (height(layer, unit), height(layer + 1, other))
            axes.plot((layer, layer + 1), ends, color="#BBBBBB", linewidth=1, zorder=1)
    for (layer, unit), value in places.items():
        axes.text(
            layer,
            height(layer, unit),
            f"{value:.3g}" if layer == 0 else f"{value:.4f}",
            ha="center",
            va="center",
            bbox={"boxstyle": "round,pad=0.5", "facecolor": "white", "edgecolor": drawing.BLUE},
        )
    last, reach = max(sizes), (max(sizes.values()) - 1) / 2 + 0.6
    axes.set_xticks(range(last + 1), ["input", *["sigmoid"] * (last - 1), "linear"])
    axes.set_title(f"The {drawing.in_words(last)}-layer network's signals")
    axes.set(yticks=[], xlim=(-0.5, last + 0.5), ylim=(-reach, reach))
    axes.grid(visible=False)
    for side in ("left", "bottom"):
        axes.spines[side].set_visible(False)
    axes.tick_params(length=0)
    return figure


FLOAT64 = "a few float64 operations and one exp: some units in the last place"
TABLES = {
    "product": Table(
        key=("column",), columns={"product": Exact(), "printed": Exact(), "shapes": Exact()}
    ),
    "signals": Table(
        key=("layer", "unit"),
        columns={
            "affine": Close(rtol=1e-12, atol=0, reason=FLOAT64),
            "output": Close(rtol=1e-12, atol=0, reason=FLOAT64),
        },
    ),
    "output": Table(key=("unit",), columns={"output": Printed(digits=8), "printed": Exact()}),
}


def _product(tables) -> Judgement:
    rows = tables["product"]
    holds = (rows["product"] == rows["printed"]).all()
    shapes = rows["shapes"].iloc[0]
    found = " ".join(f"{value:g}" for value in rows["product"])
    return Judgement(
        graded(holds and shapes == "(1, 2) · (2, 3) -> (1, 3)"), f"[[{found}]], {shapes}"
    )


def _network(tables) -> Judgement:
    rows = tables["output"]
    holds = (rows["output"].round(8) == rows["printed"].round(8)).all()
    found = ", ".join(f"{value:.8f}" for value in rows["output"])
    return Judgement(
        graded(holds), found, note="the post prints no output; the listing gives this one"
    )


CLAIMS = {
    "NP-10": _product,
    "NP-11": _network,
}
