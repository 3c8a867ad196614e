"""Linear layers collapse into one: fused weights against the stack, at any depth and width.

Document: slides, part 7-1 (W' = W3 W2 W1, b' = W3 W2 b1 + W3 b2 + b3); network-post, part 1.2.1
(y = a(a(a(x))) = a^3 x).
Setup: stacks of Dense and Linear layers with weights N(0, 1/width) and biases N(0, 1); the fused
layer is one Dense layer with the product of the kernels, formed in the stack's own precision.
The control puts a tanh in each Linear layer's place: there nothing may collapse.
Assumptions: weights of variance 1/width keep the signal's size, so that depths can be compared.
Known differences: none; the slides draw three layers, we go on to 32.
"""

import itertools
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd

from reproductions.evidence import drawing, measured
from reproductions.evidence.claims import Judgement, graded
from reproductions.evidence.kinds import Close, Exact, Table
from reproductions.evidence.statistics import generator
from reproductions.training.pool import Pool


@dataclass(frozen=True)
class Spec:
    """Which stacks are built, and how often."""

    depths: tuple[int, ...] = (1, 2, 3, 4, 8, 16, 32)
    widths: tuple[int, ...] = (2, 5, 64)
    dtypes: tuple[Literal["float32", "float64"], ...] = ("float32", "float64")
    batch: int = 32
    repeats: int = 4
    slopes: tuple[float, ...] = (-3.0, -1.0, -0.1, 0.0, 0.1, 0.5, 1.0, 2.0)
    inputs: tuple[float, ...] = (-10.0, -1.0, 0.0, 0.3, 7.0)


SPEC = Spec()


def run(spec: Spec, pool: Pool) -> dict[str, pd.DataFrame]:
    """The difference between stack and fused layer, and the cube of a slope."""
    stacks = [
        {"dtype": dtype, "width": width, "repeat": repeat, **row}
        for dtype in spec.dtypes
        for width in spec.widths
        for repeat in range(spec.repeats)
        for row in _differences(spec, dtype, width, repeat)
    ]
    return {"stacks": pd.DataFrame(stacks), "cube": _cube(spec)}


def _differences(spec, dtype, width, repeat):
    """Goes down one deep stack: its first layers are the stacks of every smaller depth."""
    import keras

    from custom_layers import Linear, Tanh

    random = generator(repeat, width)
    depth = max(spec.depths)
    kernels = (random.standard_normal((depth, width, width)) / np.sqrt(width)).astype(dtype)
    biases = random.standard_normal((depth, width)).astype(dtype)
    x = random.standard_normal((spec.batch, width)).astype(dtype)

    def dense(kernel, bias):
        layer = keras.layers.Dense(width, dtype=dtype)
        layer.build(x.shape)
        layer.set_weights([kernel, bias])
        return layer

    linear, tanh = Linear(dtype=dtype), Tanh(dtype=dtype)
    stacked = bent = x
    kernel, bias = np.eye(width, dtype=dtype), np.zeros(width, dtype)
    for below in range(depth):
        layer = dense(kernels[below], biases[below])
        stacked, bent = linear(layer(stacked)), tanh(layer(bent))
        kernel, bias = kernel @ kernels[below], bias @ kernels[below] + biases[below]
        if below + 1 not in spec.depths:
            continue
        fused = np.array(dense(kernel, bias)(x), "float64")
        difference = np.abs(np.array(stacked, "float64") - fused)
        bound = _bound(kernels[: below + 1], biases[: below + 1], x)
        yield {
            "depth": below + 1,
            "size": np.sqrt(np.mean(fused**2)),
            "difference": difference.max(),
            "bound": bound.max(),
            "within_bound": bool((difference <= bound).all()),
            "control_difference": np.abs(np.array(bent, "float64") - fused).max(),
        }


def _bound(kernels, biases, x):
    """The rounding error that stack and fused layer can have between them, for each output.

    Every product of n terms and a bias errs by at most g(n + 1) = (n + 1)u / (1 - (n + 1)u) times
    the same sum over absolute values (Higham 2002, section 3.1). Along a path through the stack at
    most depth * (width + 1) such roundings meet, and no more on the way through the fused weights.
    Absolute values hide that terms cancel, so the bound says little about deep, wide stacks.
    """
    depth, width, _ = kernels.shape
    unit = np.finfo(kernels.dtype).eps / 2
    roundings = depth * (width + 1) * unit
    size = np.abs(x.astype("float64"))
    for kernel, bias in zip(np.abs(kernels).astype("float64"), np.abs(biases), strict=True):
        size = size @ kernel + bias
    return 2 * roundings / (1 - roundings) * size


def _cube(spec):
    import keras

    from custom_layers import Linear

    x = np.array(spec.inputs, "float64")[:, None]
    layers = [keras.layers.Dense(1, use_bias=False, dtype="float64") for _ in range(3)]
    parts = [part for layer in layers for part in (layer, Linear(dtype="float64"))]
    model = keras.Sequential([keras.Input((1,), dtype="float64"), *parts])
    rows = []
    for slope in spec.slopes:
        for layer in layers:
            layer.set_weights([np.array([[slope]])])
        y = np.array(model(x))[:, 0]
        rows += [
            {"a": slope, "x": a, "stack": b, "cube": slope**3 * a}
            for a, b in zip(x[:, 0], y, strict=True)
        ]
    return pd.DataFrame(rows)


def figures(spec: Spec, tables) -> drawing.Figures:
    """The difference by depth: rounding for linear layers, no collapse with a tanh."""
    return {"collapse": lambda: _collapse_figure(tables["stacks"])}


def _collapse_figure(stacks):
    dtypes, widths = stacks["dtype"].unique(), stacks["width"].unique()
    figure, axes = drawing.panels(1, len(dtypes), width=4.6, height=3.8, sharey=True)
    colors = (drawing.BLUE, drawing.GREEN, drawing.PURPLE)
    looks = list(zip(colors, "os^", strict=True))
    for panel, dtype in zip(axes[0], dtypes, strict=True):
        for width, (color, marker) in zip(widths, itertools.cycle(looks), strict=False):
            rows = stacks[(stacks["dtype"] == dtype) & (stacks["width"] == width)]
            by_depth = rows.groupby("depth")
            depth = np.array(sorted(rows["depth"].unique()))
            scale = by_depth["size"].median()
            relative = (by_depth["difference"].median() / scale).to_numpy()
            bent = (by_depth["control_difference"].median() / scale).to_numpy()
            bound = (by_depth["bound"].median() / scale).to_numpy()
            # At depth 1 stack and fused layer are the same layer: their difference is 0 exactly.
            panel.loglog(
                depth[relative > 0],
                relative[relative > 0],
                marker=marker,
                color=color,
                label=f"linear, width {width}",
            )
            panel.loglog(depth, bound, ":", color=color)
            panel.loglog(depth, bent, "--", marker=marker, color=color, fillstyle="none")
        panel.set(title=dtype, xlabel="depth (layers)", ylim=(1e-17, 1e3))
        panel.set_xticks(depth, [str(d) for d in depth])
        panel.minorticks_off()
    axes[0, 0].set_ylabel("largest |stack - one layer| / RMS output")
    handles, _ = axes[0, 0].get_legend_handles_labels()
    handles += axes[0, 0].plot([], [], ":", color=drawing.GREY, label="rounding bound")
    handles += axes[0, 0].plot(
        [], [], "--o", color=drawing.GREY, fillstyle="none", label="control: tanh between"
    )
    axes[0, 0].legend(handles=handles, loc="lower right")
    figure.suptitle("Linear layers are one layer, to rounding; with a tanh they are not")
    return figure


ROUNDING = "sums of up to 64 terms through up to 32 layers, taken in any order"
TABLES = {
    "stacks": Table(
        key=("dtype", "width", "depth", "repeat"),
        columns={
            "size": Close(rtol=1e-4, atol=0, reason=ROUNDING),
            "difference": Close(
                rtol=0, atol=1e-4, reason=f"float32's rounding error of {ROUNDING}"
            ),
            "bound": Close(rtol=1e-4, atol=0, reason=ROUNDING),
            "within_bound": Exact(),
            "control_difference": Close(rtol=1e-2, atol=0, reason=ROUNDING),
        },
    ),
    "cube": Table(
        key=("a", "x"),
        columns={
            "stack": Close(rtol=1e-14, atol=0, reason="three float64 products"),
            "cube": Close(rtol=1e-14, atol=0, reason="three float64 products"),
        },
    ),
}


def _collapse(tables) -> Judgement:
    rows = tables["stacks"]
    within = rows["within_bound"].astype(bool)
    exact = measured.rows(rows, dtype="float64")
    worst = (exact["difference"] / exact["size"]).max()
    control = (rows["control_difference"] / rows["size"]).min()
    return Judgement(
        graded(within.all() and worst < 1e-10 and control > 1e-2),
        f"{within.sum()} of {len(rows)} stacks within the rounding bound",
        note="up to 32 layers; a tanh in between moves every stack's output by over 1 %"
        if control > 1e-2
        else "",
    )


def _cubed(tables) -> Judgement:
    rows = tables["cube"]
    error = (rows["stack"] - rows["cube"]).abs()
    holds = error <= 4 * np.finfo(float).eps * rows["cube"].abs()
    return Judgement(
        graded(holds.all()), f"{holds.sum()} of {len(rows)} pairs (a, x) equal to rounding"
    )


CLAIMS = {
    "SL-01": _collapse,
    "NP-01": _cubed,
}
