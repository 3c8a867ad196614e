"""Tests whether a wider range or a steeper slope cures the vanishing gradient of 10 layers.

Document: xor-post, part 3 (a wider output range is said to cure the vanishing gradient).
Setup: the network 2-5x9-1 on XOR, from N(0, 1) weights, is trained by SGD at rate 0.01 on all four
points, with 20,001 updates. Its hidden activations are centre + range/2 tanh(2 slope/range x) for
all pairs of several slopes at 0 and ranges; the sigmoid, which is one of these functions, with one
property changed at a time; 10 sigmoid(x/40); and x clipped to ±1. All have the same seeds.
Assumptions: a seed has solved XOR if its last cost is below log(2)/4, which is impossible with a
wrong point. The gradient before training is the RMS gradient at the input over that at the logit;
it has vanished if it is below a thousandth.
Known differences: the cost is computed from the logit, so that its arithmetic gives no NaN.
"""

import itertools
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from reproductions.evidence import drawing, measured
from reproductions.evidence.kinds import Close, Exact, Rate, Table, shares
from reproductions.evidence.statistics import share_of
from reproductions.evidence.verdicts import Judgement, Tables, graded
from reproductions.training import activations, xor
from reproductions.training.pool import Arrays, Pool, Shard, whole
from reproductions.training.spec import ANY_SIGN

if TYPE_CHECKING:
    import keras
    import tensorflow as tf
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from reproductions.training.replicas import Replicas

Cell = tuple[float, float, float]
"""Centre, range and slope at 0 of a function."""


@dataclass(frozen=True)
class Spec:
    """The slopes and ranges, the other functions, and the post's network."""

    seeds: int = 512
    slopes: tuple[float, ...] = (0.25, 0.5, 1.0, 2.0)
    ranges: tuple[float, ...] = (0.5, 1.0, 2.0, 5.0, 10.0)
    # The sigmoid; the same wider; steeper; wider and steeper; and 10 sigmoid(x / 40).
    others: tuple[Cell, ...] = field(  # centre, range and slope of each
        default=(
            (0.5, 1.0, 0.25), (0.5, 10.0, 0.25), (0.5, 1.0, 1.0), (0.5, 10.0, 1.0),
            (5.0, 10.0, 0.0625),
        ),
        metadata=ANY_SIGN,
    )  # fmt: skip
    width: int = 5
    depth: int = 10
    rate: float = 0.01
    steps: int = 20_001


SPEC = Spec()
QUICK = {"slopes": (0.25, 1.0), "ranges": (1.0, 2.0), "others": SPEC.others[:3]}
SMALL = {"slopes": (0.25, 1.0), "ranges": (1.0, 2.0), "steps": 101, "depth": 4}

BOUNDED, CLIPPED = "tanh", "clip"
SIGMOID, WIDER, STEEPER = (0.5, 1.0, 0.25), (0.5, 10.0, 0.25), (0.5, 1.0, 1.0)
CENTRED, TANH = (0.0, 1.0, 0.25), (0.0, 2.0, 1.0)

VANISHED = 1e-3
"""A gradient has vanished if less than this of it reaches the input; 0.1 a layer, three layers."""


def run(spec: Spec, pool: Pool) -> dict[str, pd.DataFrame]:
    """Trains the network with every function from the same weights."""
    grid = [(0.0, full_range, slope) for full_range in spec.ranges for slope in spec.slopes]
    bounded_cells = dict.fromkeys([*grid, *spec.others])
    # The clipped function comes first, because it needs a compilation of its own.
    calls = [(spec, CLIPPED, TANH), *((spec, BOUNDED, cell) for cell in bounded_cells)]
    shards_by_call = pool.by_seeds(_train, calls, spec.seeds, "slope_or_range")
    by_call = list(zip(calls, shards_by_call, strict=True))
    return {
        "cells": pd.DataFrame([_row(*call, shards) for call, shards in by_call]),
        "gradients": pd.DataFrame([_vanished_row(*call, shards) for call, shards in by_call]),
    }


def bounded(x: Any, centre: Any, full_range: Any, slope: Any) -> "tf.Tensor":
    """A tanh with this centre, this slope at 0, and this range: its highest minus lowest output.

    The sigmoid is one of these functions, because tanh(x) = 2 sigmoid(2 x) - 1.

    Args:
        x: a tensor or an array.
        centre: the value at 0; a number or a variable, as are the next two.
        full_range: the highest minus the lowest output.
        slope: the slope at 0.
    """
    from custom_layers import tanh

    return centre + full_range / 2 * tanh(2 * slope / full_range * x)


def clipped(x: Any) -> "tf.Tensor":
    """Returns x clipped to [-1, 1], which has slope 1 inside and 0 outside."""
    import keras

    return keras.ops.clip(x, -1, 1)


def _layer(function: Callable[[Any], "tf.Tensor"], **options: Any) -> "keras.Layer":
    import keras

    class Activation(keras.Layer):
        def call(self, x):
            return function(x)

    return Activation(**options)


def make_engine(
    width: int, depth: int, family: str, thread: int | None = None
) -> "tuple[Replicas, list[tf.Variable]]":
    """An engine that trains with any function of a family, compiled once.

    Args:
        width: of the hidden layers.
        depth: number of layers.
        family: `BOUNDED` or `CLIPPED`.
        thread: tells the engines of threads apart: as the variables are set anew for each function,
            two threads must not share them.

    Returns:
        The engine, and the variables that hold the function's centre, range and slope.
    """
    import keras
    import tensorflow as tf

    from reproductions.training import replicas

    variables = [tf.Variable(number, trainable=False, dtype=tf.float32) for number in TANH]
    activation = _layer(clipped if family == CLIPPED else lambda x: bounded(x, *variables))
    hidden = [layer for _ in range(depth - 1) for layer in (keras.layers.Dense(width), activation)]
    logit = keras.layers.Dense(1)
    model = keras.Sequential([keras.Input((2,)), *hidden, logit, activations.layer("linear")])
    return replicas.Replicas(model, xor.LOSSES["stable"], watch=False, threads=1), variables


def _train(shard: Shard, spec: Spec, family: str, cell: Cell, start: int, stop: int) -> Arrays:
    """The counts of the outcomes, and every seed's gradient before training."""
    from reproductions.training import replicas

    thread = None if family == CLIPPED else threading.get_ident()
    engine, variables = shard.once(make_engine, spec.width, spec.depth, family, thread)
    for variable, number in zip(variables, cell, strict=True):
        variable.assign(number)
    weights = replicas.initial_weights(engine.model, range(start, stop))
    options: dict[str, Any] = {"every": spec.steps - 1, "done": shard.advance}
    trained = engine.train(weights, xor.X, xor.Y, spec.rate, spec.steps, **options)
    outcome = xor.outcomes(trained.records["loss"], trained.finite_steps < spec.steps)
    function = clipped if family == CLIPPED else lambda x: bounded(x, *cell)
    return {
        "counts": xor.counts(outcome),
        "gradient": relative_gradient(spec, function, range(start, stop)),
    }


def relative_gradient(
    spec: Spec, function: Callable[[Any], "tf.Tensor"], seeds: Sequence[int]
) -> np.ndarray:
    """The RMS gradient at the input before training, over that at the logit, (seed,).

    Args:
        spec: the network.
        function: the hidden activation, of a tensor.
        seeds: of the initial weights.
    """
    from custom_layers import sigmoid
    from reproductions.training import gradients

    widths = (2, *(spec.width,) * (spec.depth - 1), 1)
    kernels, biases = gradients.draw(widths, seeds)
    layers = [_layer(function, dtype="float64")] * (spec.depth - 1)
    layers.append(activations.layer("linear", dtype="float64"))
    x = np.broadcast_to(xor.X, (len(seeds), *xor.X.shape))
    passed = gradients.forward(layers, kernels, biases, x)
    at_logit = (sigmoid(passed.values[-1]) - xor.Y) / len(xor.Y)
    *_, at_input = gradients.backward(passed, kernels, {spec.depth: at_logit})
    return gradients.rms(at_input[:, 0]) / gradients.rms(at_logit)


def _row(
    spec: Spec, family: str, cell: Cell, shards: Sequence[Mapping[str, np.ndarray]]
) -> dict[str, Any]:
    arrays = whole(shards, summed=("counts",))
    solved, plateau, non_finite = arrays["counts"]
    return {
        "family": family,
        **dict(zip(("centre", "range", "slope"), cell, strict=True)),
        "seeds": spec.seeds,
        "solved": solved,
        "plateau": plateau,
        "non_finite": non_finite,
        **share_of(solved, spec.seeds),
        "gradient_q50": np.median(arrays["gradient"]),
    }


def _vanished_row(
    spec: Spec, family: str, cell: Cell, shards: Sequence[Mapping[str, np.ndarray]]
) -> dict[str, Any]:
    """In how many seeds the gradient has vanished before training."""
    vanished = int((whole(shards, summed=("counts",))["gradient"] < VANISHED).sum())
    return {
        "family": family,
        **dict(zip(("centre", "range", "slope"), cell, strict=True)),
        "seeds": spec.seeds,
        "vanished": vanished,
        **share_of(vanished, spec.seeds),
    }


def figures(spec: Spec, tables: Tables) -> drawing.Figures:
    """The share solved, and the share of vanished gradients, by slope and range."""
    return {
        "slope_or_range": lambda: _figure(spec, tables["cells"]),
        "gradients": lambda: _gradient_figure(spec, tables["gradients"]),
    }


def _gradient_figure(spec: Spec, gradients: pd.DataFrame) -> "Figure":
    centred = gradients[(gradients["family"] == BOUNDED) & (gradients["centre"] == 0)]
    figure, axes = drawing.panels(1, 2, width=4.8, height=4.2)
    share = centred.pivot(index="slope", columns="range", values="share")
    _draw_map(axes[0, 0], figure, share, "Gradient vanished, functions centred on 0")
    _draw_changes(axes[0, 1], gradients, "share of initialisations")
    figure.suptitle(
        f"Before training, through {drawing.in_words(spec.depth)} layers: gradient at the input\n"
        f"below {VANISHED:g} of that at the logit ({gradients['seeds'].max()} initialisations each,"
        " 95 % intervals)"
    )
    return figure


def _figure(spec: Spec, cells: pd.DataFrame) -> "Figure":
    centred = cells[(cells["family"] == BOUNDED) & (cells["centre"] == 0)]
    figure, axes = drawing.panels(1, 3, width=4.4, height=4.2)
    share = centred.pivot(index="slope", columns="range", values="share")
    _draw_map(axes[0, 0], figure, share, "Share solved, functions centred on 0")
    _draw_changes(axes[0, 1], cells, "share solved")
    _draw_against_gradient(axes[0, 2], centred)
    figure.suptitle(
        f"Solving XOR through {drawing.in_words(spec.depth)} layers takes both slope and range:"
        f" {cells['seeds'].max()} initialisations each, 95 % intervals"
    )
    return figure


def _draw_map(panel: "Axes", figure: "Figure", share: pd.DataFrame, title: str) -> None:
    """A share, as a map of slope and range."""
    image = panel.imshow(share.to_numpy(), cmap="cividis", vmin=0, vmax=1, aspect="auto")
    names = {TANH: "tanh", CENTRED: "sigmoid - 1/2"}
    for (y, slope), (x, full_range) in itertools.product(
        enumerate(share.index), enumerate(share.columns)
    ):
        value = share.loc[slope, full_range]
        style = {"ha": "center", "va": "center", "color": "black" if value > 0.5 else "white"}
        panel.text(x, y, f"{value:.0%}", **style)
        name = names.get((0.0, full_range, slope), "")
        panel.text(x, y - 0.25, name, fontsize=7.5, **style)
    panel.set_xticks(range(share.shape[1]), [f"{full_range:g}" for full_range in share.columns])
    panel.set_yticks(range(share.shape[0]), [f"{slope:g}" for slope in share.index])
    panel.invert_yaxis()
    panel.grid(visible=False)
    panel.set(xlabel="range (highest minus lowest output)", ylabel="slope at 0")
    panel.set_title(title)
    figure.colorbar(image, ax=panel, label="share", fraction=0.05, pad=0.02)


NAMES = {
    (BOUNDED, *SIGMOID): "sigmoid",
    (BOUNDED, *WIDER): "range 10",
    (BOUNDED, *STEEPER): "slope 1",
    (BOUNDED, *CENTRED): "centre 0",
    (BOUNDED, 0.5, 10.0, 1.0): "range 10, slope 1",
    (BOUNDED, 5.0, 10.0, 0.0625): "10 sigmoid(x / 40)",
    (BOUNDED, *TANH): "tanh",
    (CLIPPED, *TANH): "x clipped to ±1",
}


def _draw_changes(panel: "Axes", cells: pd.DataFrame, label: str) -> None:
    """A share with single functions, those without a name last."""
    rows = cells.set_index(["family", "centre", "range", "slope"])
    unnamed = {
        key: "centre {:g}, range {:g}, slope {:g}".format(*key[1:])
        for key in rows.index
        if key[1] != 0 and key not in NAMES
    }
    names = {key: name for key, name in (NAMES | unnamed).items() if key in rows.index}
    for y, (key, name) in enumerate(names.items()):
        row = rows.loc[key]
        color = drawing.BLUE if name in ("sigmoid", "tanh") else drawing.SKY
        panel.barh(y, row["share"], color=color, height=0.6)
        errors = drawing.error_bars(row)
        panel.errorbar(row["share"], y, xerr=errors, color=drawing.BLACK, capsize=3)
        panel.text(row["high"] + 0.02, y, f"{row['share']:.1%}", va="center")
    panel.set_yticks(range(len(names)), names.values())
    panel.invert_yaxis()
    panel.grid(visible=False, axis="y")
    panel.set(xlim=(0, 1.22), xlabel=label)
    panel.set_title("Changes to the sigmoid, and others")
    panel.set_xticks([0, 0.25, 0.5, 0.75, 1])


def _draw_against_gradient(panel: "Axes", centred: pd.DataFrame) -> None:
    """The share solved against the gradient that reaches the input before training."""
    colors = [drawing.BLACK, drawing.BLUE, drawing.GREEN, drawing.ORANGE, drawing.VERMILION]
    styles = zip(itertools.cycle("os^DvP"), itertools.cycle(colors), strict=False)
    for (marker, color), (full_range, rows) in zip(styles, centred.groupby("range"), strict=False):
        errors = drawing.error_bars(rows)
        panel.errorbar(
            rows["gradient_q50"], rows["share"], yerr=errors, capsize=2, markersize=6,
            linestyle="none", marker=marker, color=color, label=f"{full_range:g}",
        )  # fmt: skip
    panel.set(xscale="log", ylim=(-0.03, 1.03), ylabel="share solved")
    panel.set_title("Share solved against the gradient")
    panel.set_xlabel("RMS gradient at the input / at the logit\n(median, before training)")
    panel.legend(title="range", loc="upper left")


def _wider_range_cures(tables: Tables, *, most: float = 0.5, hardly_any: float = 0.05) -> Judgement:
    gradients = tables["gradients"]
    sigmoid, wider, steeper = (_row_of(gradients, cell) for cell in (SIGMOID, WIDER, STEEPER))
    vanishes = sigmoid["low"] > most
    suffices, helps = wider["high"] < hardly_any, wider["high"] < sigmoid["low"]
    verdict = graded(vanishes and suffices, in_part=vanishes and helps)
    values = {"sigmoid": sigmoid["share"], "steeper": steeper["share"]}
    notes = ["main"]
    both = gradients[
        (gradients["family"] == BOUNDED) & (gradients["centre"] == SIGMOID[0])
        & (gradients["range"] == WIDER[1]) & (gradients["slope"] == STEEPER[2])
    ]  # fmt: skip
    if len(both):
        notes.append("both")
        values["both"] = both["share"].iloc[0]
    ends = float(wider["low"]), float(wider["high"])
    return Judgement(verdict, float(wider["share"]), *ends, notes=notes, values=values)


def _row_of(cells: pd.DataFrame, cell: Cell) -> pd.Series:
    centre, full_range, slope = cell
    return measured.row(cells, family=BOUNDED, centre=centre, range=full_range, slope=slope)


CLAIMS = {
    "XP-14": _wider_range_cures,
}

TABLES = {
    "cells": Table(
        key=("family", "centre", "range", "slope"),
        columns={
            "seeds": Exact(),
            **dict.fromkeys(("solved", "plateau", "non_finite"), Rate(trials="seeds")),
            **shares("solved"),
            "gradient_q50": Close(rtol=1e-4, atol=0, reason="one pass in float64"),
        },
        over_seeds=True,
    ),
    "gradients": Table(
        key=("family", "centre", "range", "slope"), columns=shares("vanished"), over_seeds=True
    ),
}
