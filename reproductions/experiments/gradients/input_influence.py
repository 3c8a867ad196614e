"""How much the inputs change the output of deep sigmoid networks, with the weights of two kinds.

Document: xor-post, part 2-2 (through more layers more factors are multiplied, so that with ten
sigmoid layers x and y hardly influence L) and part 3 (the sigmoid must be replaced).
Setup: untrained networks 2-5-…-5-1 of one to ten layers, with a sigmoid at the end, for the four
points of XOR. The influence is the root mean square of ∂L/∂x and ∂L/∂y, where L is the final
output, as in the post. Three kinds of hidden layers: sigmoids with weights and biases from N(0, 1),
as in the post; tanh with the same weights; and sigmoids with the weights with which they make the
tanh network's outputs. As tanh(z) = 2 sigmoid(2z) - 1, there are such weights for every tanh
network: hidden kernels four times as large (those of the first layer and of the output twice), and
biases moved.
Assumptions: an influence below 0.001 is next to nothing; that is the product that the post gives
for three layers, as a harmless one.
Known differences: the post takes each factor as 0.1, as an example.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from reproductions.evidence import drawing, measured
from reproductions.evidence.kinds import Close, Table, shares
from reproductions.evidence.statistics import share_of
from reproductions.evidence.verdicts import Judgement, Tables, graded
from reproductions.training.pool import Pool

if TYPE_CHECKING:
    import tensorflow as tf


@dataclass(frozen=True)
class Spec:
    """The networks, and how many initialisations of each."""

    seeds: int = 1024
    width: int = 5
    most_layers: int = 10


SPEC = Spec()
SMALL = {"most_layers": 3}

SIGMOID, TANH, CONVERTED = "sigmoid", "tanh", "sigmoid, tanh's weights converted"
NETWORKS = (SIGMOID, TANH, CONVERTED)
FEW_LAYERS = 3
"""The layers of the network with which the post compares its deep one."""

NEARLY_NOTHING = 1e-3
LEVELS = {"q05": 0.05, "q50": 0.5, "q95": 0.95}


def run(spec: Spec, pool: Pool) -> dict[str, pd.DataFrame]:
    """Measures the influence in networks of each kind and depth."""
    rows = []
    for layers in pool.progress(range(1, spec.most_layers + 1), what="input_influence"):
        rows += _of_depth(spec, layers)
    return {"influence": pd.DataFrame(rows)}


def _of_depth(spec: Spec, layers: int) -> list[dict[str, object]]:
    """What the influence is in the networks of so many layers, over the seeds."""
    from reproductions.training import gradients

    widths = (2, *(spec.width,) * (layers - 1), 1)
    kernels, biases = gradients.draw(widths, range(spec.seeds))
    rows = []
    for network in NETWORKS:
        weights = converted(kernels, biases) if network == CONVERTED else (kernels, biases)
        values = influence(*weights, "tanh" if network == TANH else "sigmoid")
        count = int((values < NEARLY_NOTHING).sum())
        quantiles = np.quantile(values, [*LEVELS.values()], method="lower")
        rows.append(
            {
                "network": network,
                "layers": layers,
                "nearly_none": count,
                "seeds": spec.seeds,
                **share_of(count, spec.seeds),
                **dict(zip(LEVELS, quantiles, strict=True)),
            }
        )
    return rows


def influence(kernels: "list[tf.Tensor]", biases: "list[tf.Tensor]", hidden: str) -> np.ndarray:
    """The root mean square of the output's derivatives by the inputs on XOR, (seed,).

    Args:
        kernels: of each layer, (seed, in, out).
        biases: of each layer, (seed, out).
        hidden: the activation of all layers but the last, which has a sigmoid.
    """
    from reproductions.training import activations, gradients, xor

    names = [hidden] * (len(kernels) - 1) + ["sigmoid"]
    layers = [activations.layer(name, dtype="float64") for name in names]
    passed = gradients.forward(layers, kernels, biases, xor.X)
    ones = np.ones_like(passed.values[-1])
    *_, by_inputs = gradients.backward(passed, kernels, {len(kernels): ones})
    return gradients.rms(by_inputs)[:, 0]


def converted(
    kernels: "list[tf.Tensor]", biases: "list[tf.Tensor]"
) -> "tuple[list[tf.Tensor], list[tf.Tensor]]":
    """Weights with which sigmoid layers give the outputs that tanh layers give with these.

    A tanh unit's output is 2 s - 1, where s is that of a sigmoid unit whose weighted sum is twice
    as large.
    """
    import tensorflow as tf

    last = len(kernels) - 1
    new_kernels, new_biases = [], []
    for i, (kernel, bias) in enumerate(zip(kernels, biases, strict=True)):
        if i > 0:  # the layer below puts out s in place of 2 s - 1
            bias = bias - tf.reduce_sum(kernel, axis=1)
            kernel = 2 * kernel
        doubled = 1 if i == last else 2
        new_kernels.append(doubled * kernel)
        new_biases.append(doubled * bias)
    return new_kernels, new_biases


def figures(spec: Spec, tables: Tables) -> drawing.Figures:
    """The influence by the number of layers."""
    return {"influence": lambda: _draw(tables["influence"])}


STYLES = {
    SIGMOID: (drawing.VERMILION, "o-"),
    TANH: (drawing.BLUE, "s-"),
    CONVERTED: (drawing.BLACK, "x--"),
}


def _draw(influence: pd.DataFrame):
    figure, ((axes,),) = drawing.panels(width=6.4, height=3.8)
    for network, (color, style) in STYLES.items():
        rows = measured.rows(influence, network=network)
        axes.plot(rows["layers"], rows["q50"], style, color=color, label=network, fillstyle="none")
        if network != CONVERTED:
            ends = rows["q05"], rows["q95"]
            axes.fill_between(rows["layers"], *ends, color=color, alpha=0.15, linewidth=0)
    label = "next to nothing"
    axes.axhline(NEARLY_NOTHING, color=drawing.GREY, linestyle=":", label=label)
    axes.set(yscale="log", xlabel="layers", ylabel="influence of an input on the output")
    axes.set_xticks(sorted(influence["layers"].unique()))
    axes.set_title("Sigmoid layers lose the inputs' influence, but not with all weights")
    figure.legend(loc="outside lower left", ncols=2)
    return figure


SUMS = "sums in float64, whose last bits ten layers amplify"

TABLES = {
    "influence": Table(
        key=("network", "layers"),
        columns={
            **shares("nearly_none"),
            **dict.fromkeys(LEVELS, Close(rtol=1e-6, atol=0, reason=SUMS)),
        },
        over_seeds=True,
    ),
}


def _deepest(tables: Tables, network: str) -> pd.Series:
    rows = measured.rows(tables["influence"], network=network)
    return measured.row(rows, layers=rows["layers"].max())


def _influence_vanishes(
    tables: Tables, *, nearly_all: float = 0.95, hardly_any: float = 0.05, most: float = 0.5
) -> Judgement:
    deep = _deepest(tables, SIGMOID)
    few = measured.row(tables["influence"], network=SIGMOID, layers=FEW_LAYERS)
    one = measured.row(tables["influence"], network=SIGMOID, layers=1)
    verdict = graded(
        deep["low"] > nearly_all and few["high"] < hardly_any, in_part=deep["low"] > most
    )
    per_layer = (deep["q50"] / one["q50"]) ** (1 / max(deep["layers"] - 1, 1))
    values = {
        "few": FEW_LAYERS,
        "few_share": few["share"],
        "few_median": few["q50"],
        "layers": deep["layers"],
        "median": deep["q50"],
        "per_layer": per_layer,
    }
    ends = float(deep["low"]), float(deep["high"])
    return Judgement(verdict, float(deep["share"]), *ends, notes=("main",), values=values)


def _sigmoid_must_go(tables: Tables, *, nearly_all: float = 0.95, most: float = 0.5) -> Judgement:
    kept, post, tanh = (_deepest(tables, name) for name in (CONVERTED, SIGMOID, TANH))
    verdict = graded(kept["low"] > nearly_all, in_part=kept["high"] >= most)
    values = {"post": post["share"], "tanh": tanh["share"], "layers": kept["layers"]}
    ends = float(kept["low"]), float(kept["high"])
    return Judgement(verdict, float(kept["share"]), *ends, notes=("main",), values=values)


CLAIMS = {"XP-20": _influence_vanishes, "XP-21": _sigmoid_must_go}
