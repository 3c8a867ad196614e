"""Draws gradients by depth, layer and weight scale, the factor per layer, and the signals."""

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from reproductions.evidence import drawing, functions
from reproductions.evidence.verdicts import Tables
from reproductions.experiments.gradients.gradient_flow.run import (
    ILLUSTRATION,
    INITIALISATIONS,
    Spec,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure


def figures(spec: Spec, tables: Tables) -> drawing.Figures:
    """Gradients by depth, by layer of the post's network and by weight scale; factors; signals."""
    return {
        "depths": lambda: _depth_figure(spec, tables["depths"]),
        "factors": lambda: _factor_figure(spec, tables["factors"]),
        "post": lambda: _post_figure(spec, tables["post"]),
        "scales": lambda: _scale_figure(spec, tables["scales"]),
        **{
            f"signals_{width}": partial(_signal_figure, spec, layers, width)
            for width, layers in tables["layers"].groupby("width")
        },
    }


SLOPE = 0.2  # of the leaky ReLU

LOWEST_GRADIENT = 1e-20  # that is drawn

POST_STYLE = {"label": "0.1 a layer (the post)", "color": drawing.BLACK, "linestyle": ":"}

SIGMOID_SLOPE = 0.25  # the largest

BOUND_STYLE = {
    "label": "0.25 a layer (the sigmoid's slope)",
    "color": drawing.GREY,
    "linestyle": "--",
}

MEAN_FIELD_STYLE = {"linewidth": 0.8, "linestyle": (0, (1, 1))}


def _add_legend(figure: "Figure", activations: Sequence[str], *more: dict[str, Any]) -> None:
    """One legend below all panels: the activations, and more lines by their style and label."""
    from matplotlib.lines import Line2D

    lines = [{**functions.style(n), "label": functions.label(n, SLOPE)} for n in activations]
    handles = [Line2D([], [], **options) for options in (*lines, *more)]
    figure.legend(handles=handles, loc="outside lower center", ncols=5)


def _plot_positive(
    panel: "Axes", activation: str, x: pd.Series, y: pd.Series, lowest: float = 0.0
) -> None:
    """The line of one activation on a log axis, interrupted where y is not above the lowest."""
    panel.plot(x, y.where(y > lowest), **functions.style(activation))


def _depth_figure(spec: Spec, depths: pd.DataFrame) -> "Figure":
    widths = sorted(depths["width"].unique())
    figure, axes = drawing.panels(
        len(widths), len(spec.initialisations), width=3.8, height=3.1, sharex=True, sharey=True
    )
    ends = np.array([1.0, depths["depth"].max()])
    for row_of_panels, width in zip(axes, widths, strict=True):
        for panel, scheme in zip(row_of_panels, spec.initialisations, strict=True):
            panel.plot(ends, ILLUSTRATION**ends, **POST_STYLE)
            panel.plot(ends, SIGMOID_SLOPE**ends, **BOUND_STYLE)
            setting = depths[(depths["width"] == width) & (depths["initialisation"] == scheme)]
            for name, rows in setting.groupby("activation"):
                _plot_positive(panel, name, rows["depth"], rows["gradient_q50"])
            panel.set(yscale="log", ylim=(LOWEST_GRADIENT, 1e26))
            panel.minorticks_off()
            panel.set_title(f"{INITIALISATIONS[scheme]}, width {width}")
        row_of_panels[0].set_ylabel("RMS gradient at the input")
    for panel in axes[-1]:
        panel.set_xlabel("depth (layers)")
    _add_legend(figure, spec.activations, POST_STYLE, BOUND_STYLE)
    figure.suptitle(
        "How much of a gradient of RMS 1 reaches the input: it vanishes or explodes with depth\n"
        f"(median over {depths['seeds'].max():,} initialisations; a line ends where most gradients"
        " are exactly 0)"
    )
    return figure


def _factor_figure(spec: Spec, factors: pd.DataFrame) -> "Figure":
    factors = factors[factors["quantity"] == "gradient"]
    figure, axes = drawing.panels(
        1, len(spec.initialisations), width=3.8, height=4.6, sharex=True, sharey=True
    )
    marks = [(drawing.ORANGE, "o"), (drawing.BLUE, "s"), (drawing.GREEN, "^")]
    for panel, scheme in zip(axes[0], spec.initialisations, strict=True):
        by_width = factors[factors["initialisation"] == scheme].groupby("width")
        for number, (width, rows) in enumerate(by_width):
            color, marker = marks[number % len(marks)]
            rows = rows.set_index("activation").reindex(spec.activations)
            y = np.arange(len(spec.activations)) + 0.3 * (number - 0.5)
            errors = drawing.error_bars(rows, "factor")
            panel.errorbar(
                rows["factor"],
                y,
                xerr=errors,
                color=color,
                marker=marker,
                capsize=3,
                linestyle="none",
                markersize=6,
                label=f"width {width}: measured, 95 % interval",
            )
            panel.plot(
                rows["mean_field"],
                y,
                marker="|",
                markersize=13,
                markeredgewidth=2,
                color=color,
                linestyle="none",
                label=f"width {width}: mean-field theory",
            )
        panel.axvline(ILLUSTRATION, linewidth=1.2, **POST_STYLE)
        panel.axvline(SIGMOID_SLOPE, linewidth=1.2, **BOUND_STYLE)
        panel.axvline(1, color=drawing.BLACK, linewidth=0.8)
        panel.set(xscale="log", xlabel="factor per layer", title=INITIALISATIONS[scheme])
        panel.set_xticks([0.1, 0.25, 0.5, 1, 2, 5], ["0.1", "0.25", "0.5", "1", "2", "5"])
        panel.xaxis.minorticks_off()
    labels = [functions.label(name, SLOPE) for name in spec.activations]
    axes[0, 0].set_yticks(range(len(labels)), labels)
    axes[0, 0].invert_yaxis()
    figure.legend(*axes[0, 0].get_legend_handles_labels(), loc="outside lower center", ncols=3)
    figure.suptitle("The factor of one layer on a gradient: below 1 it vanishes, above it explodes")
    return figure


def _post_figure(spec: Spec, post: pd.DataFrame) -> "Figure":
    depths = sorted(post["depth"].unique())
    figure, axes = drawing.panels(1, len(depths), width=5.0, height=3.8, sharey=True)
    band = {"color": functions.color("sigmoid"), "alpha": 0.15}
    for panel, depth in zip(axes[0], depths, strict=True):
        panel.plot([1, depth], ILLUSTRATION ** np.array([depth, 1.0]), **POST_STYLE)
        for name, rows in post[post["depth"] == depth].groupby("activation"):
            _plot_positive(panel, name, rows["layer"], rows["gradient_q50"])
            if name == "sigmoid":
                low, high = rows["gradient_q05"], rows["gradient_q95"]
                panel.fill_between(rows["layer"], low, high, linewidth=0, **band)
        panel.set(yscale="log", xlabel="layer", xticks=range(1, depth + 1))
        panel.set_title(f"{depth} layers")
    axes[0, 0].set_ylabel("RMS gradient at the layer's input,\ndivided by that at the logit")
    band_entry = {"label": "sigmoid, 5 to 95 % of seeds", "linewidth": 8, **band}
    _add_legend(figure, spec.activations, POST_STYLE, band_entry)
    figure.suptitle(
        "The gradient of each layer in the xor-post's network on XOR"
        f" (width {spec.post_width}, N(0, 1) weights;\n"
        f"median over {post['seeds'].max():,} initialisations)"
    )
    return figure


def _scale_figure(spec: Spec, scales: pd.DataFrame) -> "Figure":
    widths = sorted(scales["width"].unique())
    figure, axes = drawing.panels(2, len(widths), width=4.6, height=3.1, sharex=True, sharey="row")
    for (factor, share), width in zip(axes.T, widths, strict=True):
        for name, rows in scales[scales["width"] == width].groupby("activation"):
            color, style = functions.color(name), functions.style(name)
            factor.plot(rows["scale"], rows["factor"], **style)
            factor.fill_between(rows["scale"], rows["low"], rows["high"], color=color, alpha=0.25)
            factor.plot(rows["scale"], rows["mean_field"], color=color, **MEAN_FIELD_STYLE)
            share.plot(rows["scale"], rows["grown"] / rows["seeds"], **style)
        factor.axhline(1, color=drawing.BLACK, linewidth=0.8)
        factor.set(xscale="log", yscale="log", title=f"width {width}")
        share.set(xlabel="standard deviation of the kernels", ylim=(-0.03, 1.03))
        ticks = drawing.round_ticks(scales["scale"].min(), scales["scale"].max())
        share.set_xticks(ticks, [f"{tick:g}" for tick in ticks])
        share.xaxis.minorticks_off()
    axes[0, 0].set_ylabel("factor per layer")
    axes[1, 0].set_ylabel("share of gradients\nthat grow tenfold")
    mean_field = {"label": "mean-field theory", "color": drawing.GREY, **MEAN_FIELD_STYLE}
    _add_legend(figure, spec.scale_activations, mean_field)
    figure.suptitle("A bounded output does not bound the gradient: larger weights enlarge it")
    return figure


LEAST_DIFFERENCE = 1e-15  # of two outputs near 1 in float64

SIGNALS = {
    "value_q50": "RMS output",
    "spread_q50": "difference between\ntwo inputs",
    "saturated": "share of units\nsaturated",
    "zero": "share of outputs\nexactly 0",
}


def _signal_figure(spec: Spec, layers: pd.DataFrame, width: int) -> "Figure":
    figure, axes = drawing.panels(
        len(SIGNALS), len(spec.initialisations), width=3.8, height=2.2, sharex=True, sharey="row"
    )
    for row_of_panels, (column, label) in zip(axes, SIGNALS.items(), strict=True):
        is_share = label.startswith("share")
        for panel, scheme in zip(row_of_panels, spec.initialisations, strict=True):
            setting = layers[layers["initialisation"] == scheme]
            for name, rows in setting.groupby("activation"):
                lowest = -1.0 if is_share else LEAST_DIFFERENCE
                _plot_positive(panel, name, rows["layer"], rows[column], lowest)
            if is_share:
                panel.set(ylim=(-0.03, 1.03))
            else:
                panel.set(yscale="log", ylim=(LEAST_DIFFERENCE, 1e17))
                panel.minorticks_off()
        row_of_panels[0].set_ylabel(label)
    for panels_of_scheme, scheme in zip(axes.T, spec.initialisations, strict=True):
        panels_of_scheme[0].set_title(INITIALISATIONS[scheme])
        panels_of_scheme[-1].set_xlabel("layer")
    _add_legend(figure, spec.activations)
    figure.suptitle(
        f"Signals from layer to layer, width {width}: medians, and means of the shares, over"
        f" {layers['seeds'].max():,} initialisations"
    )
    return figure
