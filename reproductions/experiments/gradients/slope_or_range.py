"""Slope or range: which of the two lets the 10-layer XOR network learn.

Document: xor-post, part 3 (a wider output range is said to cure the vanishing gradient).
Setup: 2-5x9-1 on XOR, N(0, 1), SGD 0.01 on all four points, 20,001 updates, the same seeds for all
hidden activations: centre + range/2 tanh(2 slope/range x), a map over slope at 0 and range; the
sigmoid (which is one of these) with one thing changed at a time; 10 sigmoid(x/40); x clipped to ±1.
Assumptions: a seed has solved XOR when its last cost is below log(2)/4, which no wrong point
allows. The gradient at the start is that at the input, over that at the logit.
Known differences: the cost is computed from the logit, so that no NaN comes from its arithmetic.
"""

import threading
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from reproductions.evidence import drawing, measured
from reproductions.evidence.claims import IN_PART, NOT_REPRODUCED, REPRODUCED, Judgement
from reproductions.evidence.kinds import Close, Exact, Rate, Table, shares
from reproductions.evidence.statistics import share_of
from reproductions.training import activations, xor
from reproductions.training.pool import Arrays, Pool, Shard, whole
from reproductions.training.spec import ANY_SIGN


@dataclass(frozen=True)
class Spec:
    """The map's axes, the functions beside it, and the post's network."""

    seeds: int = 512
    slopes: tuple[float, ...] = (0.25, 0.5, 1.0, 2.0)
    ranges: tuple[float, ...] = (0.5, 1.0, 2.0, 5.0, 10.0)
    # Centre, range and slope of: the sigmoid; wider; steeper; both; and 10 sigmoid(x / 40).
    others: tuple[tuple[float, ...], ...] = field(
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


def run(spec: Spec, pool: Pool) -> dict[str, pd.DataFrame]:
    """Trains the network with every function from the same weights."""
    grid = [(0.0, full, slope) for full in spec.ranges for slope in spec.slopes]
    cells = dict.fromkeys((BOUNDED, cell) for cell in [*grid, *spec.others])
    # First the one that compiles for itself.
    calls = [(spec, *cell) for cell in [(CLIPPED, TANH), *cells]]
    found = pool.by_seeds(_train, calls, spec.seeds, "slope_or_range")
    rows = [_row(*call, parts) for call, parts in zip(calls, found, strict=True)]
    return {"cells": pd.DataFrame([*rows[1:], rows[0]])}


def bounded(x, centre, full, slope):
    """A tanh with this centre, range and slope at 0; its lowest output is full below the highest.

    The sigmoid is one: tanh(x) = 2 sigmoid(2 x) - 1.
    """
    from custom_layers import tanh

    return centre + full / 2 * tanh(2 * slope / full * x)


def clipped(x):
    """Returns x, clipped to -1 and 1: slope 1 in between and 0 beyond."""
    import keras

    return keras.ops.clip(x, -1, 1)


def _layer(function, **options):
    import keras

    class Activation(keras.Layer):
        def call(self, x):
            return function(x)

    return Activation(**options)


def _engine(width, depth, family, thread=None):
    """An engine and the numbers of its functions, variables of the one loop that it compiles.

    So it serves all of the family; but each thread needs one, as it sets the numbers anew.
    """
    import keras
    import tensorflow as tf

    from reproductions.training import replicas

    numbers = [tf.Variable(number, trainable=False, dtype=tf.float32) for number in TANH]
    activation = _layer(clipped if family == CLIPPED else lambda x: bounded(x, *numbers))
    hidden = [p for _ in range(depth - 1) for p in (keras.layers.Dense(width), activation)]
    logit = keras.layers.Dense(1)
    model = keras.Sequential([keras.Input((2,)), *hidden, logit, activations.layer("linear")])
    return replicas.Replicas(model, xor.LOSSES["stable"], watch=False, threads=1), numbers


def _train(shard: Shard, spec, family, cell, start, stop) -> Arrays:
    """How many seeds come to what, and every seed's gradient before training."""
    from reproductions.training import replicas

    thread = None if family == CLIPPED else threading.get_ident()
    engine, numbers = shard.once(_engine, spec.width, spec.depth, family, thread)
    for variable, number in zip(numbers, cell, strict=True):
        variable.assign(number)
    weights = replicas.initial_weights(engine.model, range(start, stop))
    options = {"every": spec.steps - 1, "done": shard.advance}
    trained = engine.train(weights, xor.X, xor.Y, spec.rate, spec.steps, **options)
    outcome = xor.outcomes(trained.records["loss"], trained.finite_steps < spec.steps)
    function = clipped if family == CLIPPED else lambda x: bounded(x, *cell)
    return {
        "counts": xor.counts(outcome),
        "gradient": _gradient(spec, function, range(start, stop)),
    }


def _gradient(spec, function, seeds):
    """The RMS gradient at the input before training, over that at the logit, by seed."""
    from custom_layers import sigmoid
    from reproductions.training import gradients

    widths = (2, *(spec.width,) * (spec.depth - 1), 1)
    kernels, biases = gradients.draw(widths, seeds)
    layers = [_layer(function, dtype="float64")] * (spec.depth - 1)
    layers.append(activations.layer("linear", dtype="float64"))
    x = np.broadcast_to(xor.X, (len(seeds), *xor.X.shape))
    passed = gradients.forward(layers, kernels, biases, x)
    start = (sigmoid(passed.values[-1]) - xor.Y) / len(xor.Y)
    at_input, *_ = gradients.backward(passed, kernels, {spec.depth: start})
    return gradients.rms(at_input[:, 0]) / gradients.rms(start)


def _row(spec, family, cell, parts):
    found = whole(parts, summed=("counts",))
    solved, plateau, non_finite = found["counts"]
    return {
        "family": family,
        **dict(zip(("centre", "range", "slope"), cell, strict=True)),
        "seeds": spec.seeds,
        "solved": solved,
        "plateau": plateau,
        "non_finite": non_finite,
        **share_of(solved, spec.seeds),
        "gradient_q50": np.median(found["gradient"]),
    }


def figures(spec: Spec, tables) -> drawing.Figures:
    """The map, the sigmoid with one thing changed at a time, and both against the gradient."""
    return {"slope_or_range": lambda: _figure(spec, tables["cells"])}


def _figure(spec, cells):
    grid = cells[(cells["family"] == BOUNDED) & (cells["centre"] == 0)]
    figure, axes = drawing.panels(1, 3, width=4.4, height=4.2)
    share = grid.pivot(index="slope", columns="range", values="share")
    _map(axes[0, 0], figure, share)
    _changes(axes[0, 1], cells)
    _against_gradient(axes[0, 2], cells)
    figure.suptitle(
        f"Who solves XOR through {drawing.in_words(spec.depth)} layers: {cells['seeds'].max()}"
        " initialisations each, shares with 95 % intervals"
    )
    return figure


def _map(panel, figure, share):
    image = panel.imshow(share.to_numpy(), cmap="cividis", vmin=0, vmax=1, aspect="auto")
    for (y, x), value in np.ndenumerate(share.to_numpy()):
        ink = "black" if value > 0.5 else "white"
        panel.text(x, y, f"{value:.0%}", ha="center", va="center", color=ink)
    panel.set_xticks(range(share.shape[1]), [f"{full:g}" for full in share.columns])
    panel.set_yticks(range(share.shape[0]), [f"{slope:g}" for slope in share.index])
    panel.invert_yaxis()
    panel.grid(visible=False)
    for (_, full, slope), name in ((TANH, "tanh"), (CENTRED, "sigmoid - 1/2")):
        if full in share.columns and slope in share.index:
            x, y = share.columns.get_loc(full), share.index.get_loc(slope)
            ink = "black" if share.loc[slope, full] > 0.5 else "white"
            panel.text(x, y - 0.25, name, ha="center", va="center", fontsize=7.5, color=ink)
    panel.set(xlabel="range (highest less lowest output)", ylabel="slope at 0")
    panel.set_title("Share solved, all centred on 0")
    figure.colorbar(image, ax=panel, label="share", fraction=0.05, pad=0.02)


FUNCTIONS = {
    (BOUNDED, *SIGMOID): "sigmoid",
    (BOUNDED, *WIDER): "range 10",
    (BOUNDED, *STEEPER): "slope 1",
    (BOUNDED, *CENTRED): "centre 0",
    (BOUNDED, 0.5, 10.0, 1.0): "range 10, slope 1",
    (BOUNDED, 5.0, 10.0, 0.0625): "10 sigmoid(x / 40)",
    (BOUNDED, *TANH): "tanh",
    (CLIPPED, *TANH): "x clipped to ±1",
}


def _changes(panel, cells):
    rows = cells.set_index(["family", "centre", "range", "slope"])
    others = [key for key in rows.index if key[1] != 0 and key not in FUNCTIONS]
    names = FUNCTIONS | {
        key: "centre {:g}, range {:g}, slope {:g}".format(*key[1:]) for key in others
    }
    shown = {key: name for key, name in names.items() if key in rows.index}
    for place, key in enumerate(shown):
        row = rows.loc[key]
        ours = shown[key] in ("sigmoid", "tanh")
        color = drawing.BLUE if ours else drawing.SKY
        panel.barh(place, row["share"], color=color, height=0.6)
        errors = [[row["share"] - row["low"]], [row["high"] - row["share"]]]
        panel.errorbar(row["share"], place, xerr=errors, color=drawing.BLACK, capsize=3)
        panel.text(row["high"] + 0.02, place, f"{row['share']:.1%}", va="center")
    panel.set_yticks(range(len(shown)), shown.values())
    panel.invert_yaxis()
    panel.grid(visible=False, axis="y")
    panel.set(xlim=(0, 1.22), xlabel="share solved", title="The sigmoid, one thing changed; others")
    panel.set_xticks([0, 0.25, 0.5, 0.75, 1])


def _against_gradient(panel, cells):
    markers = ["o", "s", "^", "D", "v", "P"]
    grid = cells[(cells["family"] == BOUNDED) & (cells["centre"] == 0)]
    colors = [drawing.BLACK, drawing.BLUE, drawing.GREEN, drawing.ORANGE, drawing.VERMILION]
    for number, (full, own) in enumerate(grid.groupby("range")):
        own = own.sort_values("gradient_q50")
        errors = [own["share"] - own["low"], own["high"] - own["share"]]
        panel.errorbar(
            own["gradient_q50"], own["share"], yerr=errors, capsize=2, markersize=6,
            linestyle="none", marker=markers[number % len(markers)],
            color=colors[number % len(colors)], label=f"{full:g}",
        )  # fmt: skip
    panel.set(xscale="log", ylim=(-0.03, 1.03), ylabel="share solved", title="Against the gradient")
    panel.set_xlabel("RMS gradient at the input, over the logit's\n(before training, median)")
    panel.legend(title="range", loc="upper left")


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
    )
}


def _wider_cures(tables) -> Judgement:
    cells = tables["cells"]
    sigmoid, wider, steeper = (_cell(cells, *cell) for cell in (SIGMOID, WIDER, STEEPER))
    range_helps = wider["low"] > sigmoid["high"]
    slope_helps = steeper["low"] > sigmoid["high"]
    verdict = NOT_REPRODUCED
    if range_helps:
        verdict = IN_PART if slope_helps else REPRODUCED
    obtained = (
        f"sigmoid {sigmoid['share']:.1%}; range 10 {wider['share']:.1%}; slope 1"
        f" {steeper['share']:.1%}"
    )
    tanh = _cell(cells, *TANH)
    centred = measured.rows(cells, family=BOUNDED, centre=0.0).sort_values(["slope", "range"])
    by_slope = "; ".join(
        f"slope {slope:g}: " + "/".join(f"{100 * share:.0f}" for share in own["share"])
        for slope, own in centred.groupby("slope")
    )
    ranges = "/".join(f"{full:g}" for full in sorted(centred["range"].unique()))
    note = (
        f"per cent solved, centred on 0, at ranges {ranges}: {by_slope}; a range keeps units from"
        " saturating, but a slope it cannot make; the gradient at the start, over the logit's:"
        f" sigmoid {sigmoid['gradient_q50']:.0e}, range 10 {wider['gradient_q50']:.0e}, slope 1"
        f" {steeper['gradient_q50']:.0e}, tanh {tanh['gradient_q50']:.1g}"
    )
    return Judgement(verdict, obtained, float(wider["low"]), float(wider["high"]), note)


def _cell(cells, centre, full, slope) -> pd.Series:
    return measured.row(cells, family=BOUNDED, centre=centre, range=full, slope=slope)


CLAIMS = {
    "XP-14": _wider_cures,
}
