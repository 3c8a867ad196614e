"""Linear layers collapse into one: stacks against a single layer, at many depths and widths.

Document: slides, part 7-1 (W' = W3 W2 W1, b' = W3 W2 b1 + W3 b2 + b3); network-post, part 1.2.1
(y = a(a(a(x))) = a^3 x).
Setup: stacks of Dense and Linear layers with weights N(0, 1/width) and biases N(0, 1). Each stack
is compared with a fused layer: one Dense layer with the product of the kernels, which is computed
in the same precision as the stack. In a control, a tanh takes the place of each Linear layer, so
that the stack must not collapse.
Assumptions: weights of variance 1/width keep the size of the signal, so that depths can be
compared.
Known differences: none; the slides draw three layers, and here there are up to 32.
"""

import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np
import pandas as pd

from reproductions.evidence import drawing, measured
from reproductions.evidence.kinds import Close, Exact, Table
from reproductions.evidence.statistics import generator
from reproductions.evidence.verdicts import Judgement, Tables, graded
from reproductions.training.pool import Pool

if TYPE_CHECKING:
    from matplotlib.figure import Figure


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
    """The differences between stacks and fused layers, and three layers of one slope."""
    stacks = [
        {"dtype": dtype, "width": width, "repeat": repeat, **row}
        for dtype in spec.dtypes
        for width in spec.widths
        for repeat in range(spec.repeats)
        for row in _differences(spec, dtype, width, repeat)
    ]
    return {"stacks": pd.DataFrame(stacks), "cube": _cube(spec)}


def _differences(spec: Spec, dtype: str, width: int, repeat: int) -> Iterator[dict]:
    """One row for each depth, from one deep stack: its first layers are the shallower stacks."""
    import keras

    from custom_layers import Linear, Tanh

    random = generator(repeat, width)
    deepest = max(spec.depths)
    kernels = (random.standard_normal((deepest, width, width)) / np.sqrt(width)).astype(dtype)
    biases = random.standard_normal((deepest, width)).astype(dtype)
    x = random.standard_normal((spec.batch, width)).astype(dtype)

    def dense(kernel: np.ndarray, bias: np.ndarray) -> keras.layers.Dense:
        layer = keras.layers.Dense(width, dtype=dtype)
        layer.build(x.shape)
        layer.set_weights([kernel, bias])
        return layer

    linear, tanh = Linear(dtype=dtype), Tanh(dtype=dtype)
    linear_signal = tanh_signal = x
    kernel, bias = np.eye(width, dtype=dtype), np.zeros(width, dtype)
    for depth in range(1, deepest + 1):
        kernel_above, bias_above = kernels[depth - 1], biases[depth - 1]
        layer = dense(kernel_above, bias_above)
        linear_signal, tanh_signal = linear(layer(linear_signal)), tanh(layer(tanh_signal))
        kernel, bias = kernel @ kernel_above, bias @ kernel_above + bias_above
        if depth not in spec.depths:
            continue
        fused = np.array(dense(kernel, bias)(x), "float64")
        difference = np.abs(np.array(linear_signal, "float64") - fused)
        bound = _rounding_bound(kernels[:depth], biases[:depth], x)
        yield {
            "depth": depth,
            "size": np.sqrt(np.mean(fused**2)),
            "difference": difference.max(),
            "bound": bound.max(),
            "within_bound": bool((difference <= bound).all()),
            "control_difference": np.abs(np.array(tanh_signal, "float64") - fused).max(),
        }


def _rounding_bound(kernels: np.ndarray, biases: np.ndarray, x: np.ndarray) -> np.ndarray:
    """How far rounding can move the outputs of a stack and of its fused layer apart.

    A sum of n products and a bias has an error of at most g(n + 1) = (n + 1)u / (1 - (n + 1)u)
    times the same sum over absolute values (Higham 2002, section 3.1). Along a path through the
    stack at most depth * (width + 1) such roundings add up, and no more on the way through the
    fused weights. Absolute values ignore that terms cancel, so the bound is far above the actual
    error of deep and wide stacks.
    """
    depth, width, _ = kernels.shape
    unit = np.finfo(kernels.dtype).eps / 2
    roundings = depth * (width + 1) * unit
    size = np.abs(x.astype("float64"))
    for kernel, bias in zip(np.abs(kernels).astype("float64"), np.abs(biases), strict=True):
        size = size @ kernel + bias
    return 2 * roundings / (1 - roundings) * size


def _cube(spec: Spec) -> pd.DataFrame:
    """Three layers of slope a in a row, and a^3 x, for every a and every x."""
    import keras

    from custom_layers import Linear

    x = np.array(spec.inputs, "float64")[:, None]
    dense = [keras.layers.Dense(1, use_bias=False, dtype="float64") for _ in range(3)]
    layers = [layer for scaling in dense for layer in (scaling, Linear(dtype="float64"))]
    model = keras.Sequential([keras.Input((1,), dtype="float64"), *layers])
    rows = []
    for slope in spec.slopes:
        model.set_weights([np.array([[slope]])] * 3)
        rows += [
            {"a": slope, "x": value, "stack": output, "cube": slope**3 * value}
            for value, output in zip(x[:, 0], np.array(model(x))[:, 0], strict=True)
        ]
    return pd.DataFrame(rows)


def figures(spec: Spec, tables: Tables) -> drawing.Figures:
    """The difference by depth: rounding for linear layers, no collapse with a tanh."""
    return {"collapse": lambda: _draw_collapse(tables["stacks"])}


def _draw_collapse(stacks: pd.DataFrame) -> "Figure":
    dtypes, widths = stacks["dtype"].unique(), stacks["width"].unique()
    figure, axes = drawing.panels(1, len(dtypes), width=4.6, height=3.8, sharey=True)
    styles = list(zip((drawing.BLUE, drawing.GREEN, drawing.PURPLE), "os^", strict=True))
    for panel, dtype in zip(axes[0], dtypes, strict=True):
        for width, (color, marker) in zip(widths, itertools.cycle(styles), strict=False):
            rows = stacks[(stacks["dtype"] == dtype) & (stacks["width"] == width)]
            medians = rows.groupby("depth").median(numeric_only=True)
            relative = medians.div(medians["size"], axis=0)
            # At depth 1 stack and fused layer are the same layer: their difference is exactly 0.
            above_zero = relative["difference"][relative["difference"] > 0]
            label = f"linear, width {width}"
            panel.loglog(above_zero, marker=marker, color=color, label=label)
            panel.loglog(relative["bound"], ":", color=color)
            panel.loglog(
                relative["control_difference"], "--", marker=marker, color=color, fillstyle="none"
            )
        panel.set(title=dtype, xlabel="depth (layers)", ylim=(1e-17, 1e3))
        depths = sorted(stacks["depth"].unique())
        panel.set_xticks(depths, [str(depth) for depth in depths])
        panel.minorticks_off()
    axes[0, 0].set_ylabel("largest |stack − fused layer| / RMS output")
    handles, _ = axes[0, 0].get_legend_handles_labels()
    for dash, label in ((":", "bound on rounding"), ("--o", "control: tanh between layers")):
        style = {"color": drawing.GREY, "fillstyle": "none"}
        handles += axes[0, 0].plot([], [], dash, label=label, **style)
    axes[0, 0].legend(handles=handles, loc="lower right")
    figure.suptitle(
        "A stack of linear layers equals one layer up to rounding; with tanh it does not"
    )
    return figure


def _collapses(tables: Tables, *, least_change: float = 0.01) -> Judgement:
    stacks = tables["stacks"]
    within = stacks["within_bound"].astype(bool)
    float64 = measured.rows(stacks, dtype="float64")
    largest = (float64["difference"] / float64["size"]).max()
    control = (stacks["control_difference"] / stacks["size"]).min()
    return Judgement(
        graded(within.all() and largest < 1e-10 and control > least_change),
        float(within.mean()),
        notes=("main",),
        values={"depth": stacks["depth"].max(), "control": control},
    )


def _cubes(tables: Tables) -> Judgement:
    cube = tables["cube"]
    error = (cube["stack"] - cube["cube"]).abs()
    equal = error <= 4 * np.finfo(float).eps * cube["cube"].abs()
    return Judgement(
        graded(equal.all()),
        float(equal.mean()),
        notes=("main",),
        values={"least": cube["a"].min(), "most": cube["a"].max()},
    )


CLAIMS = {"SL-01": _collapses, "NP-01": _cubes}

ROUNDING = "sums of up to 64 terms through up to 32 layers, added in any order"
TABLES = {
    "stacks": Table(
        key=("dtype", "width", "depth", "repeat"),
        columns={
            "size": Close(rtol=1e-4, atol=0, reason=ROUNDING),
            "difference": Close(rtol=0, atol=1e-4, reason=f"rounding to float32 of {ROUNDING}"),
            "bound": Close(rtol=1e-4, atol=0, reason=ROUNDING),
            "within_bound": Exact(),
            "control_difference": Close(rtol=1e-2, atol=0, reason=ROUNDING),
        },
    ),
    "cube": Table(
        key=("a", "x"),
        columns=dict.fromkeys(
            ("stack", "cube"), Close(rtol=1e-14, atol=0, reason="three float64 products")
        ),
    ),
}
