"""The figures, drawn from the tables."""

import numpy as np

from reproductions.evidence import drawing, functions, measured
from reproductions.experiments.functions.activation_curves.run import (
    Spec,
    _curve,
    _leaky,
    differentiable,
)


def figures(spec: Spec, tables) -> drawing.Figures:
    """Each document's own curves, then all functions, the leaky slopes, and the kinks."""
    return {
        "perceptron_post_functions": lambda: _perceptron_post_figure(tables),
        "perceptron_post_comparison": lambda: _comparison_figure(tables),
        "xor_post_functions": lambda: _curves_figure(
            spec, tables, "XOR post", ("relu", "tanh", "leaky_relu"), _slope(tables, "xor-post")
        ),
        "slides_functions": lambda: _curves_figure(
            spec,
            tables,
            "slides",
            ("sigmoid", "tanh", "relu", "leaky_relu", "elu"),
            _slope(tables, "slides"),
        ),
        "network_post_functions": lambda: _curves_figure(
            spec,
            tables,
            "network post",
            ("swish", "leaky_relu", "elu"),
            _slope(tables, "perceptron-post"),  # assumed: the post gives none
        ),
        "relu_post": lambda: _relu_post_figure(tables),
        "functions_and_derivatives": lambda: _all_figure(spec, tables),
        "leaky_slopes": lambda: _slopes_figure(spec, tables),
        "kinks": lambda: _kinks_figure(tables),
    }


def _slope(tables, source: str) -> float:
    """The leaky ReLU's slope in one of the documents."""
    return measured.row(tables["slopes"], source=source)["negative_slope"]


def _ticks(spec) -> np.ndarray:
    return np.linspace(-spec.curve_end, spec.curve_end, 5)


def _line(axes, x, y, **style):
    """A line with a gap wherever it jumps, and a ring and a dot at the two ends of the jump."""
    x, y = np.asarray(x, float), np.asarray(y, float)
    jumps = np.flatnonzero(np.abs(np.diff(y)) > 0.3)
    (line,) = axes.plot(np.insert(x, jumps + 1, np.nan), np.insert(y, jumps + 1, np.nan), **style)
    for jump in jumps:
        color = line.get_color()
        axes.plot(x[jump], y[jump], "o", ms=4, color=color)
        axes.plot(x[jump], y[jump + 1], "o", ms=4, mfc="white", mec=color)


def _zero_lines(axes):
    for line in (axes.axhline, axes.axvline):
        line(0, color=drawing.GREY, linewidth=0.8, zorder=1)


def _perceptron_post_figure(tables):
    figure, (row,) = drawing.panels(1, 4, width=2.9, height=2.9)
    frame = tables["comparison"]
    for axes, name in zip(row, ("threshold", "sigmoid", "relu", "tanh"), strict=True):
        axes.plot(frame["x"], frame[name], **functions.style(name))
        axes.set(title=functions.label(name), xlabel="x", ylabel="f(x)")
    figure.suptitle("The functions of the perceptron post", x=0.01, ha="left")
    return figure


def _comparison_figure(tables):
    figure, ((axes,),) = drawing.panels(width=6.0, height=4.2)
    frame = tables["comparison"]
    for name in ("threshold", "sigmoid", "relu", "tanh"):
        axes.plot(frame["x"], frame[name], label=functions.label(name), **functions.style(name))
    axes.set(
        title="Four activation functions",
        xlabel="x",
        ylabel="f(x)",
        ylim=(-1.5, 5),
    )
    axes.legend(loc="upper left")
    return figure


def _curves_figure(spec, tables, document, chosen, slope):
    figure, (row,) = drawing.panels(1, len(chosen), width=2.9, height=2.9)
    for axes, name in zip(row, chosen, strict=True):
        leaky = name == "leaky_relu"
        curve = _leaky(tables, slope) if leaky else _curve(tables, name)
        _zero_lines(axes)
        axes.plot(curve["x"], curve["value"], **functions.style(name))
        label = functions.label(name) + (f", slope {slope:g}" if leaky else "")
        axes.set(title=label, xlabel="x", ylabel="f(x)", xticks=_ticks(spec))
    figure.suptitle(f"The functions of the {document}", x=0.01, ha="left")
    return figure


def _relu_post_figure(tables):
    figure, ((axes,),) = drawing.panels(width=5.3, height=4.0)
    frame = tables["relu_post"]
    for line in (axes.axvline, axes.axhline):
        line(0, color=drawing.GREY, linestyle="--", linewidth=1.2)
    axes.plot(frame["x"], frame["relu"], **functions.style("relu"))
    axes.set_title("ReLU", fontsize=18, loc="center")
    axes.set_xlabel("x")
    axes.set_ylabel("y", rotation=0, labelpad=12)
    return figure


def _all_figure(spec, tables):
    figure, grid = drawing.panels(3, 6, width=2.25, height=2.3)
    for place, name in enumerate(functions.ELEMENTWISE):
        row, pair = divmod(place, 3)
        curve = _curve(tables, name)
        for axes, column in zip(grid[row, 2 * pair :], ("value", "derivative"), strict=False):
            _zero_lines(axes)
            _line(axes, curve["x"], curve[column], **functions.style(name))
            axes.set_xlabel("x")
            axes.set_xticks(_ticks(spec))
        slope = f" (slope {_slope(tables, 'perceptron-post'):g})" if name == "leaky_relu" else ""
        label = functions.label(name) + slope
        grid[row, 2 * pair].set_title(label)
        grid[row, 2 * pair + 1].set_title("its derivative", color=drawing.GREY)
        grid[row, 2 * pair + 1].set_ylim(-0.15, 1.25)
    figure.suptitle(
        "Nine activation functions, each with its derivative"
        " (dot at a jump: what the layer returns at 0)",
        x=0.01,
        ha="left",
    )
    return figure


def _slopes_figure(spec, tables):
    figure, ((left, right),) = drawing.panels(1, 2, width=4.9, height=3.8)
    leaky, slopes = tables["leaky"], tables["slopes"]
    colors = (drawing.BLUE, drawing.VERMILION, drawing.GREEN, drawing.PURPLE)
    dashes = ("-", (0, (5, 1.5)), (0, (4, 1, 1, 1)), (0, (1, 1)))
    chosen = sorted(leaky["negative_slope"].unique())
    for slope, color, dash in zip(chosen, colors, dashes, strict=False):  # two may be the same
        curve = _leaky(tables, slope)
        users = slopes[slopes["negative_slope"] == slope]["source"]
        style = {"color": color, "linestyle": dash}
        left.plot(curve["x"], curve["value"], label=f"{slope:g}: {', '.join(users)}", **style)
        _line(right, curve["x"], curve["derivative"], **style)
        right.annotate(
            f"{slope:g}",
            (-spec.curve_end / 2, slope),
            xytext=(0, 3),
            textcoords="offset points",
            fontsize=9,
        )
    for axes in (left, right):
        _zero_lines(axes)
        axes.set(xlabel="x", xlim=(-spec.curve_end - 0.2, 2))
    left.set(title="Leaky ReLU: which slope?", ylabel="f(x)", ylim=(-2, 2))
    right.set(title="Its derivative", ylabel="f'(x)", ylim=(-0.08, 1.1))
    figure.legend(loc="outside lower left", title="slope below 0, and who uses it", ncols=2)
    return figure


def _kinks_figure(tables):
    figure, grid = drawing.panels(3, 3, width=3.1, height=2.3, sharex=True, sharey=True)
    smooth = differentiable(tables)
    for axes, name in zip(grid.flat, functions.ELEMENTWISE, strict=True):
        frame = tables["quotients"].query("function == @name")
        axes.semilogx(frame["h"], frame["left"], color=drawing.BLUE, label="from the left")
        axes.semilogx(
            frame["h"],
            frame["right"],
            color=drawing.VERMILION,
            linestyle=(0, (3, 2)),
            label="from the right",
        )
        word = "the sides meet" if smooth[name] else "the sides stay apart"
        axes.set_title(f"{functions.label(name)}: {word}")
        if frame["right"].max() > 2:
            axes.annotate(
                "from the right: 1/h, without bound",
                (0.4, 1.25),
                fontsize=8,
                color=drawing.VERMILION,
            )
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
