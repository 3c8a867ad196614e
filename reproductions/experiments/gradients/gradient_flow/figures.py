"""The figures, drawn from the tables."""

from functools import partial

import numpy as np

from reproductions.evidence import drawing, functions
from reproductions.experiments.gradients.gradient_flow.run import (
    ILLUSTRATION,
    INITIALISATIONS,
    ORDER,
    Spec,
)


def figures(spec: Spec, tables) -> drawing.Figures:
    """Gradients by depth, by layer of the post's network and by weight scale; factors; signals."""
    return {
        "depths": lambda: _depth_figure(tables["depths"]),
        "factors": lambda: _factor_figure(tables["factors"]),
        "post": lambda: _post_figure(spec, tables["post"]),
        "scales": lambda: _scale_figure(tables["scales"]),
        **{
            f"signals_{width}": partial(_signal_figure, own, width)
            for width, own in tables["layers"].groupby("width")
        },
    }


FLOOR = 1e-20  # the lowest that is drawn: nothing at all has no logarithm


def _in_order(order, found):
    return [name for name in order if name in set(found)]


def _line(panel, activation, x, y, **options):
    style = {**functions.style(activation), **options}
    panel.plot(x, y, **style)


def _name_lines(figure, activations, more=()):
    """One legend for all panels, below them."""
    from matplotlib.lines import Line2D

    handles = [
        Line2D([], [], label=functions.label(name, 0.2), **functions.style(name))
        for name in activations
    ]
    handles += [Line2D([], [], **options) for options in more]
    figure.legend(handles=handles, loc="outside lower center", ncols=5)


DOCUMENT = {"label": "0.1 a layer (the post)", "color": drawing.BLACK, "linestyle": ":"}

BOUND = {"label": "0.25 a layer (sigmoid's slope)", "color": drawing.GREY, "linestyle": "--"}


def _reference(panel, depths):
    for options, factor in ((DOCUMENT, ILLUSTRATION), (BOUND, 0.25)):
        panel.plot(
            depths,
            factor ** depths.astype(float),
            color=options["color"],
            linestyle=options["linestyle"],
        )


def _depth_figure(depths):
    widths = sorted(depths["width"].unique())
    schemes = _in_order(INITIALISATIONS, depths["initialisation"])
    activations = _in_order(ORDER, depths["activation"])
    figure, axes = drawing.panels(
        len(widths), len(schemes), width=3.8, height=3.1, sharex=True, sharey=True
    )
    ends = np.array([1, depths["depth"].max()])
    for row, width in zip(axes, widths, strict=True):
        for panel, scheme in zip(row, schemes, strict=True):
            here = depths[(depths["width"] == width) & (depths["initialisation"] == scheme)]
            _reference(panel, ends)
            for name, own in here.groupby("activation"):
                reached = own["gradient_q50"].where(own["gradient_q50"] > 0)
                _line(panel, name, own["depth"], reached)
            panel.set(yscale="log", ylim=(FLOOR, 1e26))
            panel.minorticks_off()
            panel.set_title(f"{INITIALISATIONS[scheme]}, width {width}")
        row[0].set_ylabel("gradient at the input")
    for panel in axes[-1]:
        panel.set_xlabel("depth (layers)")
    _name_lines(figure, activations, (DOCUMENT, BOUND))
    figure.suptitle(
        f"What is left of a gradient of 1: median RMS of {depths['seeds'].max():,}"
        " initialisations (a line ends where most get exactly 0)"
    )
    return figure


def _factor_figure(factors):
    own = factors[factors["quantity"] == "gradient"]
    schemes = _in_order(INITIALISATIONS, own["initialisation"])
    activations = _in_order(ORDER, own["activation"])
    figure, axes = drawing.panels(1, len(schemes), width=3.8, height=4.6, sharex=True, sharey=True)
    marks = [(drawing.ORANGE, "o"), (drawing.BLUE, "s"), (drawing.GREEN, "^")]
    for panel, scheme in zip(axes[0], schemes, strict=True):
        here = own[own["initialisation"] == scheme]
        for number, (width, rows) in enumerate(here.groupby("width")):
            color, marker = marks[number % len(marks)]
            rows = rows.set_index("activation").reindex(activations)
            place = np.arange(len(activations)) + 0.3 * (number - 0.5)
            errors = [rows["factor"] - rows["low"], rows["high"] - rows["factor"]]
            panel.errorbar(
                rows["factor"], place, xerr=errors, color=color, marker=marker, capsize=3,
                linestyle="none", markersize=6, label=f"width {width}: measured, 95 % interval",
            )  # fmt: skip
            panel.plot(
                rows["mean_field"], place, marker="|", markersize=13, markeredgewidth=2,
                color=color, linestyle="none", label=f"width {width}: mean field",
            )  # fmt: skip
        for factor, options in ((ILLUSTRATION, DOCUMENT), (0.25, BOUND)):
            panel.axvline(
                factor, linewidth=1.2, label=options["label"], color=options["color"],
                linestyle=options["linestyle"],
            )  # fmt: skip
        panel.axvline(1, color=drawing.BLACK, linewidth=0.8)
        panel.set(xscale="log", xlabel="factor per layer", title=INITIALISATIONS[scheme])
        panel.set_xticks([0.1, 0.25, 0.5, 1, 2, 5], ["0.1", "0.25", "0.5", "1", "2", "5"])
        panel.xaxis.minorticks_off()
    axes[0, 0].set_yticks(
        range(len(activations)), [functions.label(name, 0.2) for name in activations]
    )
    axes[0, 0].invert_yaxis()
    figure.legend(*axes[0, 0].get_legend_handles_labels(), loc="outside lower center", ncols=3)
    figure.suptitle("What a layer does to a gradient: below 1 it vanishes, above it explodes")
    return figure


def _post_figure(spec, post):
    depths = sorted(post["depth"].unique())
    activations = _in_order(ORDER, post["activation"])
    figure, axes = drawing.panels(1, len(depths), width=5.0, height=3.8, sharey=True)
    for panel, depth in zip(axes[0], depths, strict=True):
        here = post[post["depth"] == depth]
        ends = ILLUSTRATION ** np.array([depth, 1.0])
        panel.plot([1, depth], ends, color=DOCUMENT["color"], linestyle=":")
        for name, own in here.groupby("activation"):
            _line(panel, name, own["layer"], own["gradient_q50"].where(own["gradient_q50"] > 0))
            if name == "sigmoid":
                color = functions.color(name)
                low, high = own["gradient_q05"], own["gradient_q95"]
                panel.fill_between(own["layer"], low, high, color=color, alpha=0.15, linewidth=0)
        panel.set(yscale="log", xlabel="layer whose input it is", xticks=range(1, depth + 1))
        panel.set_title(f"{depth} layers")
    axes[0, 0].set_ylabel("RMS gradient, over that at the logit")
    band = {
        "label": "sigmoid, 5 to 95 %", "color": drawing.BLUE, "linewidth": 8, "alpha": 0.15,
    }  # fmt: skip
    _name_lines(figure, activations, (DOCUMENT, band))
    figure.suptitle(
        f"The post's network on XOR, width {spec.post_width}, N(0, 1):"
        f" median of {post['seeds'].max():,}"
    )
    return figure


def _scale_figure(scales):
    widths = sorted(scales["width"].unique())
    activations = _in_order(ORDER, scales["activation"])
    figure, axes = drawing.panels(2, len(widths), width=4.6, height=3.1, sharex=True, sharey="row")
    for place, width in enumerate(widths):
        factor, share = axes[:, place]
        for name, own in scales[scales["width"] == width].groupby("activation"):
            color = functions.color(name)
            _line(factor, name, own["scale"], own["factor"])
            factor.fill_between(own["scale"], own["low"], own["high"], color=color, alpha=0.25)
            factor.plot(
                own["scale"], own["mean_field"], color=color, linewidth=0.8, linestyle=(0, (1, 1))
            )
            _line(share, name, own["scale"], own["grown"] / own["seeds"])
        factor.axhline(1, color=drawing.BLACK, linewidth=0.8)
        factor.set(xscale="log", yscale="log", title=f"width {width}")
        share.set(xlabel="standard deviation of the kernels", ylim=(-0.03, 1.03))
        ticks = drawing.round_ticks(scales["scale"].min(), scales["scale"].max())
        share.set_xticks(ticks, [f"{tick:g}" for tick in ticks])
        share.xaxis.minorticks_off()
    axes[0, 0].set_ylabel("factor per layer")
    axes[1, 0].set_ylabel("share that grows tenfold")
    thin = {
        "label": "mean field", "color": drawing.GREY, "linewidth": 0.8, "linestyle": (0, (1, 1)),
    }  # fmt: skip
    _name_lines(figure, activations, (thin,))
    figure.suptitle("Larger weights: a bounded output does not bound the gradient")
    return figure


ROUNDED_AWAY = 1e-15  # two outputs near 1 that differ by less are the same in float64

SIGNALS = {
    "value_q50": "RMS output",
    "spread_q50": "inputs differ by",
    "saturated": "share saturated",
    "zero": "share exactly 0",
}


def _signal_figure(layers, width):
    schemes = _in_order(INITIALISATIONS, layers["initialisation"])
    activations = _in_order(ORDER, layers["activation"])
    figure, axes = drawing.panels(
        len(SIGNALS), len(schemes), width=3.8, height=2.2, sharex=True, sharey="row"
    )
    for row, (column, label) in zip(axes, SIGNALS.items(), strict=True):
        for panel, scheme in zip(row, schemes, strict=True):
            here = layers[layers["initialisation"] == scheme]
            for name, own in here.groupby("activation"):
                shown = own[column]
                if column not in ("saturated", "zero"):
                    shown = shown.where(shown > ROUNDED_AWAY)
                _line(panel, name, own["layer"], shown)
            if column in ("saturated", "zero"):
                panel.set(ylim=(-0.03, 1.03))
            else:
                panel.set(yscale="log", ylim=(ROUNDED_AWAY, 1e17))
                panel.minorticks_off()
        row[0].set_ylabel(label)
    for panel, scheme in zip(axes[0], schemes, strict=True):
        panel.set_title(INITIALISATIONS[scheme])
    for panel in axes[-1]:
        panel.set_xlabel("layer")
    _name_lines(figure, activations)
    figure.suptitle(
        f"Signals on their way forwards, width {width}: medians and mean shares of"
        f" {layers['seeds'].max():,} initialisations"
    )
    return figure
