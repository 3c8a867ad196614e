"""Draws a figure for each passage: what is printed, beside what comes out."""

import numpy as np
import pandas as pd

from reproductions.evidence import drawing, functions, measured
from reproductions.evidence.verdicts import Tables
from reproductions.experiments.functions.document_errors.run import (
    BACKPROP,
    BEFORE,
    OPTIMIZER,
    QUOTIENTS,
    STEP,
    Spec,
)

FORWARD, BACKWARD = drawing.GREEN, drawing.VERMILION


def figures(spec: Spec, tables: Tables) -> drawing.Figures:
    """One figure for each passage, and the computation graph."""
    return {
        "relu_below_zero": lambda: _draw_sums(tables["sums"]),
        "dead_unit_update": lambda: _draw_update(spec, tables),
        "shape_of_weights": lambda: _draw_shapes(spec),
        "index_of_bias": lambda: _draw_logits(tables["logits"]),
        "computation_graph": lambda: _draw_graph(tables["nodes"], tables["influences"]),
        "glosses": lambda: _draw_glosses(tables["influences"]),
        "comment_of_block": lambda: _draw_blocks(tables["blocks"]),
        "inverse_of_ln": lambda: _draw_inverse(tables["inverse"]),
        "where_updates_stop": lambda: _draw_derivative(tables["derivatives"]),
        "quotients": lambda: _draw_quotients(tables["derivatives"]),
        "softmax_twice": lambda: _draw_softmax_twice(tables["normalized"]),
        "one_update": lambda: _draw_one_update(tables["one_update"]),
    }


def _draw_sums(sums: pd.DataFrame):
    figure, ((axes,),) = drawing.panels(width=6.0, height=3.4)
    sums = sums.sort_values("bias", ascending=False)
    places = np.arange(len(sums))
    shares = {
        "weighted sum below 0": (sums["negative_sums"] / sums["inputs"], drawing.BLUE, -0.2),
        "output of ReLU below 0": (sums["negative_outputs"] / sums["inputs"], BACKWARD, 0.2),
    }
    for label, (share, color, offset) in shares.items():
        bars = axes.bar(places + offset, share, width=0.38, color=color, label=label)
        axes.bar_label(bars, [f"{value:.0%}" for value in share], fontsize=8)
    axes.set_xticks(places, [f"{bias:g}" for bias in sums["bias"]])
    axes.set(xlabel="bias b", ylabel="share of inputs", ylim=(0, 1.35))
    axes.set_title("The weighted sum gets below 0, the output of ReLU does not")
    axes.legend(loc="upper left", ncols=2)
    return figure


def _draw_update(spec: Spec, tables: Tables):
    figure, ((axes,),) = drawing.panels(width=5.6, height=3.2)
    bias = tables["updates"]["bias"].min()
    unit = measured.rows(tables["updates"], bias=bias).sort_values("weight")
    places = np.arange(len(unit))
    marks = {
        "before the update": (unit["before"], "o", drawing.BLUE, 11),
        "after the update": (unit["after"], "x", drawing.BLACK, 8),
        "as the slides print": (0 * unit["after"], "D", BACKWARD, 7),
    }
    for label, (values, marker, color, size) in marks.items():
        style = {"marker": marker, "color": color, "markersize": size, "fillstyle": "none"}
        axes.plot(places, values, linestyle="", label=label, **style)
    axes.axhline(0, color=drawing.GREY, linewidth=0.8)
    axes.set_xticks(places, [f"$w_{weight}$" for weight in unit["weight"]])
    axes.set(ylabel="weight", xlim=(-0.5, len(unit) + 0.6), ylim=(-1, 1.2))
    axes.set_title(f"One update at rate {spec.rate:g} of a unit with bias {bias:g}")
    axes.legend(loc="upper right")
    return figure


def _draw_shapes(spec: Spec):
    """The factors as rectangles, for the number of hidden neurons at which logits are compared."""
    from matplotlib.patches import Rectangle

    hidden, classes = spec.hidden_for_logits, spec.classes
    figure, (row,) = drawing.panels(1, 2, width=4.2, height=3.4)
    for axes, (rows, columns), title in (
        (row[0], (hidden, classes), "as printed"),
        (row[1], (classes, hidden), "as it must be"),
    ):
        fits = columns == hidden
        color = FORWARD if fits else BACKWARD
        for left, height, width, name in (
            (0, rows, columns, "W"),
            (columns + 2, hidden, 1, "h"),
        ):
            corner = left, -height / 2
            axes.add_patch(Rectangle(corner, width, height, facecolor="white", edgecolor=color))
            text = f"{name}\n{height} × {width}"
            below = -max(rows, hidden) / 2 - 0.6
            axes.text(left + width / 2, below, text, ha="center", va="top", fontsize=9)
        sign = "=" if fits else "≠"
        axes.set_title(f"{title}: columns of W {columns} {sign} {hidden} rows of h")
        axes.set(xlim=(-1, classes + 5), ylim=(-classes / 2 - 3, classes / 2 + 1), aspect="equal")
        axes.axis("off")
    return figure


def _draw_logits(logits: pd.DataFrame):
    figure, ((axes,),) = drawing.panels(width=6.2, height=3.4)
    marks = {
        "layer": ("Dense layer", "o", drawing.BLUE, 11),
        "with_b_j": ("formula with $b_j$", "x", drawing.BLACK, 7),
        "with_b_i": ("formula with $b_i$, as printed", "D", BACKWARD, 6),
    }
    for column, (label, marker, color, size) in marks.items():
        style = {"marker": marker, "color": color, "markersize": size, "fillstyle": "none"}
        axes.plot(logits["logit"], logits[column], linestyle="", label=label, **style)
    axes.set_xticks(logits["logit"])
    axes.set(xlabel="logit j", ylabel="value")
    axes.set_title("The bias of a logit has the logit's own index")
    figure.legend(loc="outside lower left", ncols=3)
    return figure


def _draw_graph(nodes: pd.DataFrame, influences: pd.DataFrame):
    """The graph with forward values above its arrows and backward ones below."""
    figure, ((axes,),) = drawing.panels(width=4.4, height=3.9)  # as wide as a phone
    value = nodes.set_index("node")
    derivative = influences.set_index("symbol")["derivative"]
    # Places in points, as the sizes of letters, circles and gaps are.
    places = {"x": (36, 62), "y": (36, -62), "f": (128, 0), "g": (226, 0), "L": (326, 0)}
    circle = {"boxstyle": "circle,pad=0.6", "facecolor": "white", "edgecolor": drawing.GREY}
    for name in ("x", "y", "f", "g"):
        axes.text(*places[name], name, ha="center", va="center", bbox=circle, fontsize=12)

    def arrows(start: str, end: str) -> None:
        """One forward and one backward, side by side."""
        (left, low), (right, high) = places[start], places[end]
        across = np.array([low - high, right - left]) / np.hypot(right - left, high - low)
        side = 3 * across * (1 if low >= high else -1)
        pair = np.array([(left, low), (right, high)])
        for ends, color in ((pair + side, FORWARD), (pair[::-1] - side, BACKWARD)):
            style = {"arrowstyle": "->", "color": color, "lw": 1.5, "shrinkA": 18, "shrinkB": 18}
            axes.annotate("", ends[1], ends[0], arrowprops=style, annotation_clip=False)

    def texts(x: float, y: float, node: str) -> None:
        forward, backward = value.loc[node, ["forward", "backward"]]
        symbol = "L/∂L" if node == "L" else f"L/∂{node}"
        style = {"ha": "center", "fontsize": 9}
        gap = 11 if node in ("z", "L") else 3
        axes.text(x, y + gap, f"{node} = {forward:.4f}", color=FORWARD, va="bottom", **style)
        axes.text(x, y - gap, f"∂{symbol} = {backward:.4f}", color=BACKWARD, va="top", **style)

    for start, end in (("x", "f"), ("y", "f"), ("f", "g"), ("g", "L")):
        arrows(start, end)
    for node, x, y in (("x", 36, 100), ("y", 36, -100), ("z", 177, 0), ("L", 274, 0)):
        texts(x, y, node)
    for symbol, y in (("dz/dx", 48), ("dz/dy", -48)):
        text = f"{symbol.replace('d', '∂')} = {derivative[symbol]:.4f}"
        axes.text(96, y, text, ha="left", va="center", fontsize=9)
    axes.set_title("Forward values in green,\nbackward derivatives in orange")
    axes.set(xlim=(0, 312), ylim=(-122, 122))
    axes.axis("off")
    return figure


def _draw_glosses(influences: pd.DataFrame):
    figure, ((axes,),) = drawing.panels(width=6.6, height=3.4)
    places = np.arange(len(influences))
    marks = {
        "derivative": ("the derivative", "o", drawing.BLUE, 11),
        "influence_of_lower_on_upper": ("influence of lower on upper", "x", drawing.BLACK, 7),
        "influence_in_gloss": ("influence that the post names", "D", BACKWARD, 6),
    }
    for column, (label, marker, color, size) in marks.items():
        style = {"marker": marker, "color": color, "markersize": size, "fillstyle": "none"}
        axes.plot(places, influences[column], linestyle="", label=label, **style)
    labels = [
        f"{symbol.replace('d', '∂')}\npost: {gloss}"
        for symbol, gloss in zip(influences["symbol"], influences["gloss"], strict=True)
    ]
    axes.set_xticks(places, labels, fontsize=9)
    axes.axhline(0, color=drawing.GREY, linewidth=0.8)
    axes.set(ylabel="change of the one per change\nof the other")
    axes.set_title("∂z/∂x and ∂z/∂y are not the influence of z on L")
    figure.legend(loc="outside lower left", ncols=3)
    return figure


def _draw_blocks(blocks: pd.DataFrame):
    count = blocks["block"].nunique()
    figure, (row,) = drawing.panels(1, count, width=2.7, height=3.0, sharey=True)
    for axes, (_, block) in zip(row, blocks.groupby("block"), strict=True):
        first = block.iloc[0]
        axes.plot(block["x"], block["named"], color=drawing.BLUE, linewidth=4, alpha=0.4)
        axes.plot(block["x"], block["called"], "--", color=drawing.BLACK)
        axes.set_title(f"# {first['comment']}\n{first['call']}", fontsize=9)
        axes.set_xlabel("x")
    row[0].set_ylabel("f(x)")
    row[0].lines[0].set_label("function that the comment names")
    row[0].lines[1].set_label("function that the code calls")
    figure.legend(loc="outside lower left", ncols=2)
    return figure


def _draw_inverse(inverse: pd.DataFrame):
    figure, ((axes,),) = drawing.panels(width=5.2, height=3.6)
    axes.plot(inverse["x"], inverse["x"], color=drawing.GREY, label="x itself")
    axes.plot(inverse["x"], inverse["exp_of_ln"], "o", color=drawing.BLUE, label="$e^t$")
    label = "$e^{-t}$, as printed"
    axes.plot(inverse["x"], inverse["exp_of_minus_ln"], "D", color=BACKWARD, label=label)
    axes.set(xlabel="x", ylabel="what comes back from t = ln(x)", title="Which one undoes ln?")
    axes.legend()
    return figure


def _draw_derivative(derivatives: pd.DataFrame):
    figure, ((axes,),) = drawing.panels(width=5.4, height=3.4)
    relu = measured.rows(derivatives, function="relu")
    negative, at_zero = relu[relu["x"] < 0], relu[relu["x"] == 0]
    axes.plot(relu["x"], relu["derivative"], "o", color=functions.color("relu"), markersize=4)
    axes.plot(
        at_zero["x"],
        at_zero["derivative"],
        "D",
        color=drawing.BLACK,
        markersize=10,
        fillstyle="none",
        label="input 0: where the last part says that updates stop",
    )
    axes.plot(
        negative["x"],
        negative["derivative"] - 0.08,
        color=drawing.BLUE,
        linewidth=4,
        label="negative inputs: where the post said so before",
    )
    axes.set(xlabel="input", ylabel="derivative of ReLU", ylim=(-0.2, 1.6))
    axes.set_title("The derivative is 0 at every negative input")
    axes.legend(loc="upper left")
    return figure


def _draw_quotients(derivatives: pd.DataFrame):
    figure, (row,) = drawing.panels(1, 2, width=4.2, height=3.2, sharey=True)
    for axes, name in zip(row, ("relu", "softplus"), strict=True):
        curve = measured.rows(derivatives, function=name)
        axes.plot(curve["x"], curve["from_left"], "o", fillstyle="none", label="from the left")
        axes.plot(curve["x"], curve["from_right"], "x", color=BACKWARD, label="from the right")
        axes.set(title=functions.label(name), xlabel="x")
    row[0].set_ylabel("difference quotient")
    power = str(round(np.log2(STEP))).translate(str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"))
    figure.suptitle(f"Do the quotients meet, with a step of 2{power}?", x=0.01, ha="left")
    figure.legend(*row[0].get_legend_handles_labels(), loc="outside lower left", ncols=2)
    return figure


def _draw_softmax_twice(normalized: pd.DataFrame):
    figure, ((axes,),) = drawing.panels(width=6.4, height=3.4)
    marks = {
        "output": ("softmax of the logits", "o", drawing.BLUE, 11),
        "softmax_of_log_output": ("softmax of their logarithms", "x", drawing.BLACK, 7),
        "softmax_of_output": ("softmax of these outputs", "D", BACKWARD, 6),
    }
    for column, (label, marker, color, size) in marks.items():
        style = {"marker": marker, "color": color, "markersize": size, "fillstyle": "none"}
        axes.plot(normalized["class"], normalized[column], linestyle="", label=label, **style)
    axes.set_xticks(normalized["class"])
    axes.set(xlabel="class", ylabel="probability", ylim=(0, None))
    axes.set_title("The outputs of a softmax are no logits, their logarithms are")
    figure.legend(loc="outside lower left", ncols=3)
    return figure


def _draw_one_update(update: pd.DataFrame):
    figure, (row,) = drawing.panels(1, 2, width=3.9, height=2.6, sharey=True)
    rows = update.set_index("moment").loc[[BEFORE, BACKPROP, OPTIMIZER, QUOTIENTS]]
    places = np.arange(len(rows))
    row[0].plot(rows["changed"], places, "o", color=drawing.BLUE, label="changed weights")
    row[1].plot(rows["loss"], places, "o", color=drawing.BLUE)
    row[0].set_yticks(places, rows.index)
    row[0].set(xlim=(-1, rows["weights"].max() + 1), xlabel="weights that have changed")
    row[1].set(xlabel="mean squared error")
    row[1].locator_params(axis="x", nbins=3)
    row[0].invert_yaxis()
    figure.suptitle("Back-propagation changes no weight, the optimizer does", x=0.01, ha="left")
    return figure
