"""Whether the size of the values or the derivative makes the gradient of ten layers vanish.

Document: xor-post, part 2-2 (the sigmoid's values lie between 0 and 1, and so the gradient
vanishes); relu-post, part 2 (as ReLU's range is wide and positive inputs are returned as they are,
it does not vanish).
Setup: the untrained network 2-5x9-1 on XOR, with weights and biases from N(0, 1), and with He's
weights and biases of 0. Its hidden functions lose one property at a time; all have the same seeds.
Values between 0 and 1 but larger derivatives: steeper sigmoids, clip(x + 1/2, 0, 1), and the wave
(1 + sin 2x)/2. The sigmoid's derivatives but other values: the sigmoid moved up, with the biases of
the next layer lowered by as much as this adds, and with the biases as they are. ReLU without its
wide range: capped. ReLU without the identity: multiplied by a factor, and log(1 + ReLU).
Assumptions: a gradient has vanished if the RMS gradient at the input is below a thousandth of that
at the logit. It is exactly 0 where no path through the network is left.
Known differences: float64. sigmoid(4x) is also the sigmoid with hidden weights and biases four
times as large.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import pandas as pd

from reproductions.evidence import drawing, measured
from reproductions.evidence.kinds import Close, Rate, Table, shares
from reproductions.evidence.statistics import share_of
from reproductions.evidence.verdicts import Judgement, Tables, graded
from reproductions.training.pool import Pool

if TYPE_CHECKING:
    import tensorflow as tf
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure


@dataclass(frozen=True)
class Spec:
    """The network, its initial weights, and how far the functions are changed."""

    seeds: int = 1024
    width: int = 5
    depth: int = 10
    initialisations: tuple[Literal["normal", "he"], ...] = ("normal", "he")
    steeper: tuple[float, ...] = (2.0, 4.0, 8.0)
    move: float = 1.0
    caps: tuple[float, ...] = (1.0, 3.0, 6.0)
    factors: tuple[float, ...] = (0.5, 2.0)


SPEC = Spec()
QUICK = {"steeper": (4.0,)}
SMALL = {"depth": 4}

VANISHED = 1e-3
"""A gradient has vanished if less than this of it reaches the input; 0.1 a layer, three layers."""

RISING, WAVE = "between 0 and 1, rising", "between 0 and 1, a wave"
MOVED, MOVED_ALONE = "other values, derivatives kept", "other values, biases kept"
MOVED_NAMES = {MOVED: ", biases lowered", MOVED_ALONE: ", biases kept"}
RELU, NARROW, NO_IDENTITY = "ReLU", "without the wide range", "without the identity"

CAPPED = "ReLU, at most 1"
"""ReLU with the range of the sigmoid."""

Function = Callable[["tf.Tensor"], "tf.Tensor"]


def run(spec: Spec, pool: Pool) -> dict[str, pd.DataFrame]:
    """Counts in how many networks the gradient vanishes, with each function."""
    from reproductions.training import gradients

    widths = (2, *(spec.width,) * (spec.depth - 1), 1)
    rows = []
    for initialisation in pool.progress(spec.initialisations, what="values_or_derivatives"):
        kernels, biases = gradients.draw(widths, range(spec.seeds), initialisation)
        for kind, name, function in functions(spec):
            moved = lowered(kernels, biases, spec.move) if kind == MOVED else biases
            gradient, derivative = relative_gradient(function, kernels, moved)
            vanished = int((gradient < VANISHED).sum())
            rows.append(
                {
                    "initialisation": initialisation,
                    "kind": kind,
                    "function": name,
                    "derivative": derivative,
                    "seeds": spec.seeds,
                    "vanished": vanished,
                    **share_of(vanished, spec.seeds),
                    "none": int((gradient == 0).sum()),
                    "gradient_q50": np.quantile(gradient, 0.5, method="lower"),
                }
            )
    return {"gradients": pd.DataFrame(rows)}


def functions(spec: Spec) -> Iterator[tuple[str, str, Function]]:
    """The hidden functions: what each is changed in, its name, and the function itself."""
    import keras
    import tensorflow as tf

    from custom_layers import relu, sigmoid

    def steeper(factor: float) -> Function:
        return lambda x: sigmoid(factor * x)

    def capped(cap: float) -> Function:
        return lambda x: tf.minimum(relu(x), tf.constant(cap, x.dtype))

    def times(factor: float) -> Function:
        return lambda x: factor * relu(x)

    yield RISING, "sigmoid", sigmoid
    for factor in spec.steeper:
        yield RISING, f"sigmoid({factor:g}x)", steeper(factor)
    yield RISING, "clip(x + 1/2, 0, 1)", lambda x: keras.ops.clip(x + 0.5, 0, 1)
    yield WAVE, "(1 + sin 2x)/2", lambda x: (1 + tf.sin(2 * x)) / 2
    for kind in (MOVED, MOVED_ALONE):
        yield kind, f"sigmoid + {spec.move:g}{MOVED_NAMES[kind]}", lambda x: sigmoid(x) + spec.move
    yield RELU, "ReLU", relu
    for cap in spec.caps:
        yield NARROW, f"ReLU, at most {cap:g}", capped(cap)
    for factor in spec.factors:
        yield NO_IDENTITY, f"{factor:g} ReLU", times(factor)
    yield NO_IDENTITY, "log(1 + ReLU)", lambda x: tf.math.log1p(relu(x))


def lowered(
    kernels: "list[tf.Tensor]", biases: "list[tf.Tensor]", move: float
) -> "list[tf.Tensor]":
    """The biases with which nothing but the hidden outputs changes when these are moved up.

    Args:
        kernels: of each layer, (seed, in, out).
        biases: of each layer, (seed, out).
        move: by how much every hidden output grows.
    """
    import tensorflow as tf

    pairs = zip(kernels[1:], biases[1:], strict=True)
    return [biases[0], *(bias - move * tf.reduce_sum(kernel, axis=1) for kernel, bias in pairs)]


def relative_gradient(
    function: Function, kernels: "list[tf.Tensor]", biases: "list[tf.Tensor]"
) -> tuple[np.ndarray, float]:
    """How much of the gradient reaches the input, and the derivatives on its way.

    Args:
        function: of all hidden layers.
        kernels: of each layer, (seed, in, out).
        biases: of each layer, (seed, out).

    Returns:
        The RMS gradient of XOR's cost at the input, over that at the logit, (seed,); and the root
        mean square of the derivatives of all hidden units, for all points and seeds.
    """
    from custom_layers import sigmoid
    from reproductions.training import activations, gradients, xor

    layers = [activations.layer(function, dtype="float64")] * (len(kernels) - 1)
    layers.append(activations.layer("linear", dtype="float64"))
    passed = gradients.forward(layers, kernels, biases, xor.X)
    at_logit = (sigmoid(passed.values[-1]) - xor.Y) / len(xor.Y)
    *_, at_input = gradients.backward(passed, kernels, {len(kernels): at_logit})
    derivatives = np.sqrt(np.mean([np.square(slope) for slope in passed.slopes[:-1]]))
    return gradients.rms(at_input[:, 0]) / gradients.rms(at_logit), float(derivatives)


def figures(spec: Spec, tables: Tables) -> drawing.Figures:
    """How often the gradient vanishes with each function."""
    return {"gradients": lambda: _draw(spec, tables["gradients"])}


COLORS = {
    "The sigmoid, changed": {
        RISING: drawing.BLUE, WAVE: drawing.BLUE,
        MOVED: drawing.SKY, MOVED_ALONE: drawing.SKY,
    },
    "ReLU, changed": {
        RELU: drawing.VERMILION, NARROW: drawing.ORANGE, NO_IDENTITY: drawing.PURPLE,
    },
}  # fmt: skip
LEGEND = {RISING: "values from 0 to 1", MOVED: "other values"}


def _draw(spec: Spec, gradients: pd.DataFrame) -> "Figure":
    gradients = measured.rows(gradients, initialisation=spec.initialisations[0])
    figure, axes = drawing.panels(1, 2, width=4.8, height=4.4)
    for panel, (head, colors) in zip(axes[0], COLORS.items(), strict=True):
        rows = pd.concat([gradients[gradients["kind"] == kind] for kind in colors])
        _draw_shares(panel, rows, colors)
        panel.set_title(head)
    figure.suptitle(
        "Not the size of the values, but small and zero derivatives make the gradient vanish:\n"
        f"{drawing.in_words(spec.depth)} untrained layers,"
        f" {gradients['seeds'].max():,} initialisations each, 95 % intervals"
    )
    return figure


def _draw_shares(panel: "Axes", rows: pd.DataFrame, colors: dict[str, str]) -> None:
    """A bar for each function; its black part is where the gradient is exactly 0."""
    for place, row in enumerate(rows.to_dict("records")):
        kind = row["kind"]
        panel.barh(place, row["share"], color=colors[kind], height=0.6)
        panel.barh(place + 0.24, row["none"] / row["seeds"], color=drawing.BLACK, height=0.12)
        panel.errorbar(
            row["share"], place, xerr=drawing.error_bars(row), color=drawing.BLACK, capsize=3
        )
        panel.text(row["high"] + 0.02, place, f"{row['share']:.0%}", va="center")
    names = [f"{row.function}\nf ′ = {row.derivative:.2f}" for row in rows.itertuples()]
    panel.set_yticks(range(len(rows)), names, fontsize=8.5)
    panel.invert_yaxis()
    panel.grid(visible=False, axis="y")
    panel.set(xlim=(0, 1.18), xlabel="share of vanished gradients")
    panel.set_xticks([0, 0.25, 0.5, 0.75, 1])
    bars = {LEGEND.get(kind, kind): colors[kind] for kind in dict.fromkeys(rows["kind"])}
    bars = {label: color for label, color in bars.items() if label not in (WAVE, MOVED_ALONE)}
    bars["exactly 0"] = drawing.BLACK
    handles = [panel.barh(0, 0, color=color, label=label) for label, color in bars.items()]
    panel.legend(handles=handles, loc="upper center", bbox_to_anchor=(0.45, -0.15), ncols=1)


TABLES = {
    "gradients": Table(
        key=("initialisation", "kind", "function"),
        columns={
            "derivative": Close(rtol=1e-6, atol=0, reason="one pass in float64"),
            **shares("vanished"),
            "none": Rate(trials="seeds"),
            "gradient_q50": Close(rtol=1e-4, atol=0, reason="one pass in float64"),
        },
        over_seeds=True,
    ),
}


def _by_function(rows: pd.DataFrame) -> dict[str, float]:
    return dict(zip(rows["function"], rows["share"], strict=True))


def _values_decide(tables: Tables, *, most: float = 0.5) -> Judgement:
    gradients = measured.rows(tables["gradients"], initialisation="normal")
    rising, waves = (measured.rows(gradients, kind=kind) for kind in (RISING, WAVE))
    moved, alone = (measured.row(gradients, kind=kind) for kind in (MOVED, MOVED_ALONE))
    between = pd.concat([rising, waves])
    vanishes, rising_vanishes = ((rows["low"] > most).all() for rows in (between, rising))
    verdict = graded(vanishes and moved["high"] < most, in_part=rising_vanishes)
    least = between.loc[between["share"].idxmin()]
    ends = float(least["low"]), float(least["high"])
    values: dict[str, Any] = {
        "between": _by_function(between), "moved": moved["share"], "alone": alone["share"],
    }  # fmt: skip
    notes = ["main", "moved"]
    he = tables["gradients"][tables["gradients"]["initialisation"] == "he"]
    if len(he):
        notes.insert(1, "he")
        values["he"] = _by_function(he[he["kind"] == RISING])
    return Judgement(verdict, float(least["share"]), *ends, notes=notes, values=values)


def _range_and_identity(tables: Tables) -> Judgement:
    gradients = measured.rows(tables["gradients"], initialisation="normal")
    relu, sigmoid, capped = (
        measured.row(gradients, function=name) for name in ("ReLU", "sigmoid", CAPPED)
    )
    no_identity = measured.rows(gradients, kind=NO_IDENTITY)
    cured = relu["high"] < sigmoid["low"]
    by_range = capped["low"] > relu["high"]
    more = no_identity["low"] > relu["high"]
    by_identity = more.all()
    verdict = graded(
        cured and by_range and by_identity, in_part=cured and (by_range or by_identity)
    )
    others = pd.concat([measured.rows(gradients, kind=NARROW), no_identity])
    values: dict[str, Any] = {
        "relu": relu["share"],
        "sigmoid": sigmoid["share"],
        "others": _by_function(others),
        "none": relu["none"] / relu["seeds"],
    }
    notes = ["main", *(["mixed"] if more.any() and not by_identity else [])]
    he = tables["gradients"][tables["gradients"]["initialisation"] == "he"]
    if len(he):
        notes.append("he")
        values["he"] = _by_function(he[he["kind"].isin((RELU, NARROW, NO_IDENTITY))])
    return Judgement(verdict, None, notes=notes, values=values)


CLAIMS = {"XP-24": _values_decide, "RP-21": _range_and_identity}
