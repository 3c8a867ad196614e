"""Draws each document's own curves, all functions with their derivatives, and the kinks at 0."""

from typing import Any

import numpy as np
import pandas as pd

from reproductions.evidence import drawing, functions, measured
from reproductions.evidence.verdicts import Tables
from reproductions.experiments.functions.activation_curves.run import Spec, differentiable

PERCEPTRON_POST = ("threshold", "sigmoid", "relu", "tanh")
NETWORK_POST_BASIC = ("linear", "threshold", "sigmoid", "tanh", "relu")


def figures(spec: Spec, tables: Tables) -> drawing.Figures:
    """Each document's own curves, then all functions, the leaky slopes, and the kinks."""
    xor_post = ("relu", "tanh", "leaky_relu")
    slides = ("sigmoid", "tanh", "relu", "leaky_relu", "elu")
    network_post = ("swish", "leaky_relu", "elu")
    return {
        "perceptron_post_functions": lambda: _draw_perceptron_post(tables["comparison"]),
        "perceptron_post_comparison": lambda: _draw_comparison(tables["comparison"]),
        "xor_post_functions": lambda: _draw_curves(spec, tables, "XOR post", xor_post, "xor-post"),
        "slides_functions": lambda: _draw_curves(spec, tables, "slides", slides, "slides"),
        "network_post_basic_functions": lambda: _draw_curves(
            spec, tables, "network post, 1.2.1 to 1.2.5", NETWORK_POST_BASIC, "perceptron-post"
        ),
        # The network post gives no slope; the perceptron post's is assumed.
        "network_post_functions": lambda: _draw_curves(
            spec, tables, "network post", network_post, "perceptron-post"
        ),
        "relu_post": lambda: _draw_relu_post(tables["relu_post"]),
        "functions_and_derivatives": lambda: _draw_all_functions(spec, tables),
        "leaky_slopes": lambda: _draw_leaky_slopes(spec, tables),
        "kinks": lambda: _draw_kinks(tables),
    }


def _leaky_slope(tables: Tables, document: str) -> float:
    return measured.row(tables["slopes"], source=document)["negative_slope"]


def _ticks(spec: Spec) -> np.ndarray:
    return np.linspace(-spec.curve_end, spec.curve_end, 5)


def _plot_with_jumps(axes, x: pd.Series, y: pd.Series, **style) -> None:
    """A line with a gap wherever it jumps, and a ring and a dot at the two ends of the jump."""
    x, y = np.asarray(x, float), np.asarray(y, float)
    jumps = np.flatnonzero(np.abs(np.diff(y)) > 0.3)
    axes.plot(np.insert(x, jumps + 1, np.nan), np.insert(y, jumps + 1, np.nan), **style)
    for jump in jumps:
        axes.plot(x[jump], y[jump], "o", ms=4, color=style["color"])
        axes.plot(x[jump], y[jump + 1], "o", ms=4, mfc="white", mec=style["color"])


def _draw_zero_lines(axes, **style) -> None:
    for line in (axes.axhline, axes.axvline):
        line(0, **{"color": drawing.GREY, "linewidth": 0.8, "zorder": 1} | style)


def _draw_perceptron_post(comparison: pd.DataFrame):
    figure, (row,) = drawing.panels(1, 4, width=2.9, height=2.9)
    for axes, name in zip(row, PERCEPTRON_POST, strict=True):
        axes.plot(comparison["x"], comparison[name], **functions.style(name))
        axes.set(title=functions.label(name), xlabel="x", ylabel="f(x)")
    figure.suptitle("The functions of the perceptron post", x=0.01, ha="left")
    return figure


def _draw_comparison(comparison: pd.DataFrame):
    figure, ((axes,),) = drawing.panels(width=6.0, height=4.2)
    for name in PERCEPTRON_POST:
        label = functions.label(name)
        axes.plot(comparison["x"], comparison[name], label=label, **functions.style(name))
    axes.set(title="Four activation functions", xlabel="x", ylabel="f(x)", ylim=(-1.5, 5))
    axes.legend(loc="upper left")
    return figure


def _draw_curves(
    spec: Spec, tables: Tables, document: str, names: tuple[str, ...], source_of_slope: str
):
    """A document's functions side by side, its leaky ReLU with the slope that a source gives."""
    figure, (row,) = drawing.panels(1, len(names), width=2.9, height=2.9)
    slope = _leaky_slope(tables, source_of_slope)
    for axes, name in zip(row, names, strict=True):
        if name == "leaky_relu":
            curve = measured.rows(tables["leaky"], negative_slope=slope)
            title = f"{functions.label(name)}, slope {slope:g}"
        else:
            curve = measured.rows(tables["curves"], function=name)
            title = functions.label(name)
        _draw_zero_lines(axes)
        _plot_with_jumps(axes, curve["x"], curve["value"], **functions.style(name))
        axes.set(title=title, xlabel="x", ylabel="f(x)", xticks=_ticks(spec))
    figure.suptitle(f"The functions of the {document}", x=0.01, ha="left")
    return figure


def _draw_relu_post(grid: pd.DataFrame):
    """The picture as the post's listing draws it, with its large title and dashed axes."""
    figure, ((axes,),) = drawing.panels(width=5.3, height=4.0)
    _draw_zero_lines(axes, linestyle="--", linewidth=1.2)
    axes.plot(grid["x"], grid["relu"], **functions.style("relu"))
    axes.set_title("ReLU", fontsize=18, loc="center")
    axes.set_xlabel("x")
    axes.set_ylabel("y", rotation=0, labelpad=12)
    return figure


def _draw_all_functions(spec: Spec, tables: Tables):
    figure, grid = drawing.panels(3, 6, width=2.25, height=2.3)
    for (left, right), name in zip(grid.reshape(-1, 2), functions.ELEMENTWISE, strict=True):
        curve = measured.rows(tables["curves"], function=name)
        for axes, column in ((left, "value"), (right, "derivative")):
            _draw_zero_lines(axes)
            _plot_with_jumps(axes, curve["x"], curve[column], **functions.style(name))
            axes.set(xlabel="x", xticks=_ticks(spec))
        leaky = name == "leaky_relu"
        slope = f" (slope {_leaky_slope(tables, 'perceptron-post'):g})" if leaky else ""
        left.set_title(functions.label(name) + slope)
        right.set_title("its derivative", color=drawing.GREY)
        right.set_ylim(-0.15, 1.25)
    figure.suptitle(
        "Nine activation functions, each with its derivative"
        " (dot at a jump: what the layer returns at 0)",
        x=0.01,
        ha="left",
    )
    return figure


def _draw_leaky_slopes(spec: Spec, tables: Tables):
    figure, ((left, right),) = drawing.panels(1, 2, width=4.9, height=3.8)
    slopes = tables["slopes"]
    colors = (drawing.BLUE, drawing.VERMILION, drawing.GREEN, drawing.PURPLE)
    dashes = ("-", (0, (5, 1.5)), (0, (4, 1, 1, 1)), (0, (1, 1)))
    different = sorted(tables["leaky"]["negative_slope"].unique())
    for slope, color, dash in zip(different, colors, dashes, strict=False):  # two may be the same
        curve = measured.rows(tables["leaky"], negative_slope=slope)
        sources = slopes[slopes["negative_slope"] == slope]["source"]
        style = {"color": color, "linestyle": dash}
        left.plot(curve["x"], curve["value"], label=f"{slope:g}: {', '.join(sources)}", **style)
        _plot_with_jumps(right, curve["x"], curve["derivative"], **style)
        right.annotate(
            f"{slope:g}",
            (-spec.curve_end / 2, slope),
            xytext=(0, 3),
            textcoords="offset points",
            fontsize=9,
        )
    for axes in (left, right):
        _draw_zero_lines(axes)
        axes.set(xlabel="x", xlim=(-spec.curve_end - 0.2, 2))
    left.set(title="Leaky ReLU with each slope", ylabel="f(x)", ylim=(-2, 2))
    right.set(title="Its derivative", ylabel="f'(x)", ylim=(-0.08, 1.1))
    figure.legend(loc="outside lower left", title="slope below 0, and who uses it", ncols=2)
    return figure


def _draw_kinks(tables: Tables):
    figure, grid = drawing.panels(3, 3, width=3.1, height=2.3, sharex=True, sharey=True)
    smooth = differentiable(tables)
    sides: dict[str, dict[str, Any]] = {
        "left": {"color": drawing.BLUE, "linestyle": "-"},
        "right": {"color": drawing.VERMILION, "linestyle": (0, (3, 2))},
    }
    for axes, name in zip(grid.flat, functions.ELEMENTWISE, strict=True):
        quotients = tables["quotients"].query("function == @name")
        for side, style in sides.items():
            axes.semilogx(quotients["h"], quotients[side], label=f"from the {side}", **style)
        verdict = "the sides meet" if smooth[name] else "the sides stay apart"
        axes.set_title(f"{functions.label(name)}: {verdict}")
        if quotients["right"].max() > 2:
            text = "from the right: 1/h, without bound"
            axes.annotate(text, (0.4, 1.25), fontsize=8, color=drawing.VERMILION)
        axes.minorticks_off()
    grid[0, 0].set(ylim=(-0.15, 1.5))
    grid[0, 0].invert_xaxis()
    for axes in grid[-1]:
        axes.set_xlabel("step h")
    for axes in grid[:, 0]:
        axes.set_ylabel("quotient at 0")
    figure.suptitle("Do the difference quotients at 0 meet as the step shrinks?", x=0.01, ha="left")
    figure.legend(*grid[0, 0].get_legend_handles_labels(), loc="outside lower left", ncols=2)
    return figure
