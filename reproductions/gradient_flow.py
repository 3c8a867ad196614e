"""Signals and gradients through 1 to 30 layers: which vanish, which explode, which units fall flat.

Document: xor-post, parts 2 to 3 (the chain rule, 0.1 a layer); relu-post (the signal shrinks; ReLU
cures it); network-post, parts 1.2.3 and 1.2.5; slides, "ReLU" (saturation).
Setup: stacks of 30 layers of width 5 and 64, eight activations (leaky slope 0.2), weights N(0, 1)
with biases too, Glorot's and He's; two N(0, 1) inputs, an N(0, 1) gradient at each depth; the same
seeds everywhere. The post's own 2-5x9-1 network on XOR; and kernels N(0, s^2) ten layers deep.
Assumptions: before training. The gradient of a layer is that of its input, and 1 where it starts.
A unit is saturated where its slope is below 5 % of the largest that its function has.
Known differences: float64, as 30 layers leave what float32 holds, on TensorFlow's own kernels; a
smooth slope too small for float64 counts as 0 there too.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from typing import Literal

import numpy as np
import pandas as pd

from reproductions.suite import drawing, measured, shards, xor
from reproductions.suite.claims import IN_PART, NOT_REPRODUCED, REPRODUCED, Claim, Judgement, by
from reproductions.suite.errors import NotMeasured
from reproductions.suite.kinds import Close, Exact, Rate, Table
from reproductions.suite.statistics import generator, mean_of, wilson


@dataclass(frozen=True)
class Spec:
    """The stacks, the weight scales, and how many seeds see them."""

    seeds: int = 1024
    activations: tuple[xor.Activation, ...] = (
        "sigmoid", "tanh", "relu", "leaky_relu", "elu", "softplus", "swish", "linear",
    )  # fmt: skip
    initialisations: tuple[Literal["normal", "glorot", "he"], ...] = ("normal", "glorot", "he")
    widths: tuple[int, ...] = (5, 64)
    depth: int = 30
    forward_layers: int = 20  # beyond, two inputs may differ by less than float64 can tell
    scales: tuple[float, ...] = (0.1, 0.2, 0.5, 1.0, 1.5, 2.0, 3.0, 5.0, 10.0)
    scale_activations: tuple[xor.Activation, ...] = ("sigmoid", "tanh", "relu", "linear")
    scale_depth: int = 10
    post_width: int = 5
    post_depths: tuple[int, ...] = (3, 10)
    shown_seeds: int = 128  # at most
    block_weights: int = 2**24  # at once, on each core


SPEC = Spec()
QUICK = {
    "activations": ("sigmoid", "tanh", "relu", "leaky_relu"),
    "scales": (0.1, 1.0, 3.0, 10.0),
    "scale_activations": ("sigmoid", "linear"),
}
SMALL = {
    "depth": 6,
    "forward_layers": 4,
    "widths": (5,),
    "scales": (1.0, 10.0),
    "scale_depth": 4,
    "post_depths": (3,),
}

NEARLY_NOTHING = 1e-3
"""What the xor-post's illustration, 0.1 a layer, leaves of a gradient after three layers."""
ILLUSTRATION = 0.1
GROWN = 10.0
STEP = 1e-5
QUANTITIES = ("value", "spread", "gradient")


def run(spec: Spec) -> dict[str, pd.DataFrame]:
    """Measures the stacks, then the post's own network."""
    calls = [(spec, width) for width in sorted(spec.widths, reverse=True)]
    found = shards.by_seeds(_measure, calls, spec.seeds, "gradient_flow")
    joined = {}
    for (_, width), parts in zip(calls, found, strict=True):
        for name, array in shards.whole(parts).items():
            activation, cell, quantity = name.split()
            scheme = cell if cell in spec.initialisations else float(cell)
            joined.setdefault((activation, scheme, width), {})[quantity] = array
    stacks = {cell: own for cell, own in joined.items() if cell[1] in spec.initialisations}
    scaled = {cell: own for cell, own in joined.items() if cell not in stacks}
    post, chain = _post(spec)
    return {
        "layers": pd.concat([_layers(*cell, own) for cell, own in stacks.items()]),
        "depths": pd.concat([_depths(*cell, own) for cell, own in stacks.items()]),
        "factors": pd.DataFrame(
            [
                _factor(spec, *cell, quantity, own)
                for cell, own in stacks.items()
                for quantity in QUANTITIES
            ]
        ),
        "scales": pd.DataFrame([_scale(spec, *cell, own) for cell, own in scaled.items()]),
        "seed_factors": pd.concat([_seeds(spec, *cell, own) for cell, own in stacks.items()]),
        "post": post,
        "chain": chain,
    }


def _measure(spec, width, start, stop) -> shards.Part:
    """Every activation on the same stacks, by initialisation and by scale; block by block."""
    size = max(1, spec.block_weights // (spec.depth * width**2))
    blocks = []
    for first in range(start, stop, size):
        seeds = range(first, min(first + size, stop))
        blocks.append(
            {
                f"{activation} {cell} {quantity}": array
                for (activation, cell), own in _block(spec, width, seeds)
                for quantity, array in own.items()
            }
        )
        shards.advance(len(seeds))
    return shards.whole(blocks)


def _block(spec, width, seeds) -> Iterator[tuple[tuple, dict[str, np.ndarray]]]:
    """Each cell's name and what it measures, as many seeds at once as memory is meant for."""
    from reproductions.suite import gradients

    normal = gradients.stacks(width, spec.depth, seeds)
    for scheme in spec.initialisations:
        if scheme == "he":
            stacks = normal.scaled(np.sqrt(2 / width), 0)
        else:
            stacks = normal if scheme == "normal" else gradients.stacks(
                width, spec.depth, seeds, scheme
            )  # fmt: skip
        for name in spec.activations:
            flow = gradients.flow(partial(xor.activation, name), stacks)
            growths = {
                "value": gradients.slope_per_layer(flow.value[: spec.forward_layers]),
                "spread": gradients.slope_per_layer(flow.spread[: spec.forward_layers]),
                # From the last layer to the first: per layer that the gradient passes.
                "gradient": gradients.slope_per_layer(flow.gradient[-1, ::-1]),
            }
            yield (
                (name, scheme),
                {
                    **{f"growth_{quantity}": growth for quantity, growth in growths.items()},
                    "value": flow.value,
                    "spread": flow.spread,
                    "saturated": flow.saturated,
                    "zero": flow.zero,
                    "by_layer": flow.gradient[-1],
                    "by_depth": flow.gradient[:, 0],
                },
            )
    short = normal.shortened(spec.scale_depth)
    for scale in spec.scales:
        stacks = short.scaled(scale, 1)
        for name in spec.scale_activations:
            flow = gradients.flow(partial(xor.activation, name), stacks)
            yield (
                (name, scale),
                {
                    "growth_gradient": gradients.slope_per_layer(flow.gradient[-1, ::-1]),
                    "reached": flow.gradient[-1, 0],
                },
            )


def _rounded(values):
    """Six significant digits: more would say nothing, and double the tables."""
    return np.array([float(f"{value:.6g}") for value in np.ravel(values)])


def _quantiles(values, levels=(0.05, 0.5, 0.95)):
    """Quantiles over the last axis, by column name; in place of a number between, one that is."""
    found = np.quantile(values, levels, axis=-1, method="lower")
    return {
        f"q{level * 100:02.0f}": _rounded(own) for level, own in zip(levels, found, strict=True)
    }


def _layers(activation, initialisation, width, own):
    medians = {
        name: _quantiles(own[name], (0.5,))["q50"] for name in ("value", "spread", "by_layer")
    }
    shares = {}
    for name in ("saturated", "zero"):
        means = np.array([mean_of(share) for share in own[name]])
        for suffix, column in zip(("", "_low", "_high"), means.T, strict=True):
            shares[f"{name}{suffix}"] = _rounded(column)
    return pd.DataFrame(
        {
            "activation": activation,
            "initialisation": initialisation,
            "width": width,
            "layer": range(1, len(own["value"]) + 1),
            "seeds": own["value"].shape[1],
            "value_q50": medians["value"],
            "spread_q50": medians["spread"],
            "gradient_q50": medians["by_layer"],
            **shares,
        }
    )


def _depths(activation, initialisation, width, own):
    reached = own["by_depth"]
    return pd.DataFrame(
        {
            "activation": activation,
            "initialisation": initialisation,
            "width": width,
            "depth": range(1, len(reached) + 1),
            "seeds": reached.shape[1],
            "none": (reached == 0).sum(axis=1),
            "nearly_none": (reached < NEARLY_NOTHING).sum(axis=1),
            **{f"gradient_{name}": own for name, own in _quantiles(reached).items()},
        }
    )


def _fitted(growth) -> dict[str, float]:
    """The mean growth a layer, as a factor, with its 95 % interval; over seeds that have one."""
    growth = growth[~np.isnan(growth)]
    factors = np.exp(mean_of(growth))
    return {"fitted": len(growth), **dict(zip(("factor", "low", "high"), factors, strict=True))}


def _factor(spec, activation, initialisation, width, quantity, own):
    mean_field = np.nan
    if quantity == "gradient":
        variance, bias = {"normal": (width, 1), "glorot": (1, 0), "he": (2, 0)}[initialisation]
        mean_field = _mean_field(activation, variance, bias, spec.depth)
    return {
        "activation": activation,
        "initialisation": initialisation,
        "width": width,
        "quantity": quantity,
        "seeds": own["value"].shape[1],
        **_fitted(own[f"growth_{quantity}"]),
        "mean_field": mean_field,
    }


def _mean_field(activation, variance, bias, depth) -> float:
    """Mean-field factors through the same layers, and through the same fit."""
    from reproductions.suite import gradients

    layer = xor.activation(activation, dtype="float64")
    factors = gradients.mean_field(layer, variance, bias, depth)
    return float(np.exp(gradients.slope_per_layer(np.cumprod(factors[::-1])[:, None])[0]))


def _scale(spec, activation, scale, width, own):
    reached = own["reached"]
    return {
        "activation": activation,
        "width": width,
        "scale": scale,
        "seeds": len(reached),
        "none": (reached == 0).sum(),
        "nearly_none": (reached < NEARLY_NOTHING).sum(),
        "grown": (reached > GROWN).sum(),
        **_fitted(own["growth_gradient"]),
        "mean_field": _mean_field(activation, scale**2 * width, 1, spec.scale_depth),
    }


def _seeds(spec, activation, initialisation, width, own):
    growth = own["growth_gradient"][: spec.shown_seeds]
    return pd.DataFrame(
        {
            "activation": activation,
            "initialisation": initialisation,
            "width": width,
            "seed": range(len(growth)),
            "factor": _rounded(np.exp(growth)),
        }
    )


def _post(spec) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The post's network on XOR: its gradients by layer, and the same by differentiation."""
    from reproductions.suite import gradients

    layers, chains = [], []
    for depth in spec.post_depths:
        widths = (2, *(spec.post_width,) * (depth - 1), 1)
        kernels, biases = gradients.draw(widths, range(spec.seeds))
        for activation in spec.activations:
            product, automatic, difference, start = _backward_ways(activation, kernels, biases)
            sizes = np.stack([gradients.rms(own) for own in product]) / start
            key = {"activation": activation, "depth": depth, "layer": range(1, depth + 1)}
            layers.append(
                pd.DataFrame(
                    {
                        **key,
                        "seeds": spec.seeds,
                        "none": (sizes == 0).sum(axis=1),
                        "nearly_none": (sizes < NEARLY_NOTHING).sum(axis=1),
                        **{f"gradient_{name}": own for name, own in _quantiles(sizes).items()},
                    }
                )
            )
            chains.append(
                pd.DataFrame(
                    {
                        **key,
                        "seeds": spec.seeds,
                        "error": [
                            _error(*pair).max() for pair in zip(product, automatic, strict=True)
                        ],
                        # The difference quotient is of the input alone, the first layer's.
                        "difference_error_q50": [np.median(_error(*difference))]
                        + [np.nan] * (depth - 1),
                    }
                )
            )
    return pd.concat(layers), pd.concat(chains)


def _error(found, expected):
    """The largest error of each seed, in parts of its largest number; 0 where all are 0."""
    axes = tuple(range(1, np.ndim(found)))
    error = np.abs(np.subtract(found, expected)).max(axis=axes)
    largest = np.abs(expected).max(axis=axes)
    return np.divide(error, largest, out=np.where(error == 0, 0.0, np.inf), where=largest > 0)


def _backward_ways(activation, kernels, biases):
    """The gradient of XOR's cost with respect to each layer's input, in three ways.

    Returns:
        By layer, the product of the local Jacobians and the whole network's automatic
        differentiation; a pair of derivatives along one direction of the input, by the cost's
        difference quotient and by the product; and the RMS of the gradient at the logit.
    """
    import tensorflow as tf

    from custom_layers import sigmoid, softplus
    from reproductions.suite import gradients

    hidden = xor.activation(activation, dtype="float64")
    layers = [hidden] * (len(kernels) - 1) + [xor.activation("linear", dtype="float64")]
    y = xor.Y.astype("float64")
    x = np.broadcast_to(xor.X.astype("float64"), (len(kernels[0]), *xor.X.shape))

    def cost(x):
        passed = gradients.forward(layers, kernels, biases, x)
        logit = passed.values[-1]
        return passed, tf.reduce_mean(softplus(logit) - y * logit, axis=(1, 2))

    with tf.GradientTape() as tape:
        seen = tf.constant(x)
        tape.watch(seen)
        passed, costs = cost(seen)
        total = tf.reduce_sum(costs)
    automatic = [np.asarray(own) for own in tape.gradient(total, passed.values[:-1])]
    start = (sigmoid(passed.values[-1]) - y) / len(y)
    product = _product(start, passed.slopes, kernels)
    direction = generator(0, 3).standard_normal(x.shape)
    ahead, behind = (cost(x + sign * STEP * direction)[1] for sign in (1, -1))
    quotient = np.asarray(ahead - behind) / (2 * STEP)
    along = np.sum(product[0] * direction, axis=(1, 2))
    return product, automatic, (quotient[:, None], along[:, None]), gradients.rms(start)


def _product(start, slopes, kernels):
    """The gradient at each layer's input, as a product of Jacobians that are written out.

    A layer's is (replica, point, out, in): its output's slope times its kernel.
    """
    product = np.asarray(start)[:, :, None]
    gradients = []
    for slope, kernel in zip(slopes[::-1], kernels[::-1], strict=True):
        jacobian = np.asarray(slope)[..., None] * np.swapaxes(kernel, 1, 2)[:, None]
        product = product @ jacobian
        gradients.append(product[:, :, 0])
    return gradients[::-1]


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


NAMES = {
    "sigmoid": "sigmoid",
    "tanh": "tanh",
    "relu": "ReLU",
    "leaky_relu": "leaky ReLU 0.2",
    "elu": "ELU",
    "softplus": "softplus",
    "swish": "swish",
    "linear": "linear",
}
INITIALISATIONS = {"normal": "N(0, 1)", "glorot": "Glorot", "he": "He"}
FLOOR = 1e-20  # the lowest that is drawn: nothing at all has no logarithm


def _in_order(order, found):
    return [name for name in order if name in set(found)]


def _line(panel, activation, x, y, **options):
    style = {**drawing.FUNCTION_STYLE[activation], **options}
    panel.plot(x, y, **style)


def _name_lines(figure, activations, more=()):
    """One legend for all panels, below them."""
    from matplotlib.lines import Line2D

    handles = [
        Line2D([], [], label=NAMES[name], **drawing.FUNCTION_STYLE[name]) for name in activations
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
    activations = _in_order(NAMES, depths["activation"])
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
    activations = _in_order(NAMES, own["activation"])
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
    axes[0, 0].set_yticks(range(len(activations)), [NAMES[name] for name in activations])
    axes[0, 0].invert_yaxis()
    figure.legend(*axes[0, 0].get_legend_handles_labels(), loc="outside lower center", ncols=3)
    figure.suptitle("What a layer does to a gradient: below 1 it vanishes, above it explodes")
    return figure


def _post_figure(spec, post):
    depths = sorted(post["depth"].unique())
    activations = _in_order(NAMES, post["activation"])
    figure, axes = drawing.panels(1, len(depths), width=5.0, height=3.8, sharey=True)
    for panel, depth in zip(axes[0], depths, strict=True):
        here = post[post["depth"] == depth]
        ends = ILLUSTRATION ** np.array([depth, 1.0])
        panel.plot([1, depth], ends, color=DOCUMENT["color"], linestyle=":")
        for name, own in here.groupby("activation"):
            _line(panel, name, own["layer"], own["gradient_q50"].where(own["gradient_q50"] > 0))
            if name == "sigmoid":
                color = drawing.FUNCTION_STYLE[name]["color"]
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
    activations = _in_order(NAMES, scales["activation"])
    figure, axes = drawing.panels(2, len(widths), width=4.6, height=3.1, sharex=True, sharey="row")
    for place, width in enumerate(widths):
        factor, share = axes[:, place]
        for name, own in scales[scales["width"] == width].groupby("activation"):
            color = drawing.FUNCTION_STYLE[name]["color"]
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
    activations = _in_order(NAMES, layers["activation"])
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


SUMS = "sums in float64 through up to 30 layers, which amplify a last bit; six digits are stored"
CLOSE = Close(rtol=1e-3, atol=0, reason=SUMS)
CLOSE_OR_NAN = Close(rtol=1e-3, atol=0, reason=f"{SUMS}; none where all seeds' gradients are 0",
                     nan=True)  # fmt: skip
SHARE = Close(rtol=0, atol=2e-3, reason="a mean over seeds; a unit near a limit may cross it")
SHARE_OR_NAN = Close(rtol=0, atol=2e-3, reason=f"{SHARE.reason}; one seed has no interval",
                     nan=True)  # fmt: skip
ROUNDING = "rounding alone, and in float64 there is little of it"
SETTING = ("activation", "initialisation", "width")
COUNTS = dict.fromkeys(("none", "nearly_none"), Rate(trials="seeds"))
QUANTILES = dict.fromkeys(("gradient_q05", "gradient_q50", "gradient_q95"), CLOSE)
FIT = {
    "fitted": Rate(trials="seeds"),
    **dict.fromkeys(("factor", "low", "high"), CLOSE_OR_NAN),
    "mean_field": Close(
        rtol=1e-6, atol=0, reason="a sum over 5,000 points; only gradients have one", nan=True
    ),
}
TABLES = {
    "layers": Table(
        key=(*SETTING, "layer"),
        columns={
            "seeds": Exact(),
            "value_q50": CLOSE,
            "spread_q50": Close(
                rtol=1e-3, atol=1e-14, reason="a difference of numbers near 1 in float64"
            ),
            "gradient_q50": CLOSE,
            **{
                f"{name}{end}": SHARE_OR_NAN if end else SHARE
                for name in ("saturated", "zero")
                for end in ("", "_low", "_high")
            },
        },
        over_seeds=True,
    ),
    "depths": Table(
        key=(*SETTING, "depth"), columns={"seeds": Exact(), **COUNTS, **QUANTILES}, over_seeds=True
    ),
    "factors": Table(
        key=(*SETTING, "quantity"), columns={"seeds": Exact(), **FIT}, over_seeds=True
    ),
    "scales": Table(
        key=("activation", "width", "scale"),
        columns={"seeds": Exact(), **COUNTS, "grown": Rate(trials="seeds"), **FIT},
        over_seeds=True,
    ),
    "seed_factors": Table(key=(*SETTING, "seed"), columns={"factor": CLOSE_OR_NAN}),
    "post": Table(
        key=("activation", "depth", "layer"),
        columns={"seeds": Exact(), **COUNTS, **QUANTILES},
        over_seeds=True,
    ),
    "chain": Table(
        key=("activation", "depth", "layer"),
        columns={
            "seeds": Exact(),
            "error": Close(rtol=0, atol=1e-11, reason=ROUNDING),
            "difference_error_q50": Close(
                rtol=0,
                atol=1e-4,
                reason="a difference quotient; the first layer's alone",
                nan=True,
            ),
        },
        over_seeds=True,
    ),
}


def _settings(rows) -> str:
    return ", ".join(f"{INITIALISATIONS[r.initialisation]} {r.width}" for r in rows.itertuples())


def _by_setting(rows, column="factor") -> str:
    return ", ".join(
        f"{INITIALISATIONS[r['initialisation']]} {r['width']}: {r[column]:.3g}"
        for _, r in rows.iterrows()
    )


def _chain_rule(tables) -> Judgement:
    chain = tables["chain"]
    error = float(chain["error"].max())
    quotient = float(chain["difference_error_q50"].max())
    note = (
        f"largest relative error over {chain['activation'].nunique()} activations, all layers and"
        f" {chain['seeds'].max():,} seeds; against the cost's difference quotient {quotient:.1e}"
        " in the median seed"
    )
    return Judgement(by(error < 1e-10 and quotient < 1e-4), error, note=note)


def _first_layer(tables) -> Judgement:
    post = tables["post"]
    first = measured.rows(post, layer=1)
    deep = measured.rows(first, depth=first["depth"].max())
    row = measured.row(deep, activation="sigmoid")
    low, high = wilson(row["nearly_none"], row["seeds"])
    others = {n: measured.row(deep, activation=n) for n in ("tanh", "relu", "leaky_relu")}
    apart = all(
        wilson(own["nearly_none"], own["seeds"])[1] < low and own["gradient_q50"] > 0
        for own in others.values()
    )
    verdict = NOT_REPRODUCED
    if low > 0.5:
        verdict = REPRODUCED if low > 0.95 and apart else IN_PART
    depth = int(deep["depth"].iloc[0])
    note = (
        f"share of seeds; median {row['gradient_q50']:.1e} where the post's illustration gives"
        f" {ILLUSTRATION**depth:.0e} and slopes alone at most {0.25 ** (depth - 1):.0e}; "
        + ", ".join(f"{NAMES[n]} {own['gradient_q50']:.2g}" for n, own in others.items())
        + f"; ReLU exactly 0 in {others['relu']['none'] / others['relu']['seeds']:.0%}"
    )
    return Judgement(verdict, row["nearly_none"] / row["seeds"], low, high, note)


def _signal_shrinks(tables) -> Judgement:
    rows = measured.rows(tables["factors"], activation="sigmoid")
    shrinks = {
        quantity: bool((measured.rows(rows, quantity=quantity)["high"] < 0.95).all())
        for quantity in QUANTITIES
    }
    verdict = NOT_REPRODUCED
    if any(shrinks.values()):
        verdict = REPRODUCED if all(shrinks.values()) else IN_PART
    ranges = {
        quantity: (own["factor"].min(), own["factor"].max())
        for quantity, own in rows.groupby("quantity")
    }
    obtained = "a layer: " + "; ".join(
        f"{name} x {ranges[quantity][0]:.2f} to {ranges[quantity][1]:.2f}"
        for quantity, name in zip(
            QUANTITIES, ("output", "difference between inputs", "gradient"), strict=True
        )
    )
    layers = measured.rows(tables["layers"], activation="sigmoid")
    last = measured.rows(layers, layer=layers["layer"].max())
    note = (
        f"layer {last['layer'].max()} still puts out an RMS of {last['value_q50'].min():.2f} to"
        f" {last['value_q50'].max():.2f}, but nearly the same for every input; gradient by setting:"
        f" {_by_setting(measured.rows(rows, quantity='gradient'))}"
    )
    return Judgement(verdict, obtained, note=note)


def _relu_keeps(tables) -> Judgement:
    factors = measured.rows(tables["factors"], activation="relu", quantity="gradient")
    depths = measured.rows(tables["depths"], activation="relu")
    deepest = measured.rows(depths, depth=depths["depth"].max())
    rows = factors.merge(deepest, on=["initialisation", "width"])
    rows["none_high"] = [wilson(r.none, r.seeds_x)[1] for r in rows.itertuples()]
    rows["none_share"] = 100 * rows["none"] / rows["seeds_x"]
    keeps = (rows["low"] >= 0.9) & (rows["none_high"] < 0.05)
    verdict = NOT_REPRODUCED
    if keeps.any():
        verdict = REPRODUCED if keeps.all() else IN_PART
    obtained = f"in {keeps.sum()} of {len(rows)} settings"
    note = (
        (f"{_settings(rows[keeps])}; " if keeps.any() else "")
        + f"factor where there is a gradient: {_by_setting(rows)}; no gradient at all through"
        f" {deepest['depth'].max()} layers, %: {_by_setting(rows, 'none_share')}"
    )
    return Judgement(verdict, obtained, note=note)


def _bounded_output(tables) -> Judgement:
    scales = tables["scales"]
    sigmoid = measured.rows(scales, activation="sigmoid")
    small = sigmoid[sigmoid["scale"] <= 1]
    if small.empty:
        raise NotMeasured("the tables have no scale of 1 or below")
    vanishes = bool((small["high"] < 1).all())
    explodes = np.array([wilson(r.grown, r.seeds)[0] > 0.05 for r in sigmoid.itertuples()])
    linear = measured.rows(scales, activation="linear")
    unbounded = any(wilson(r.grown, r.seeds)[0] > 0.05 for r in linear.itertuples())
    verdict = NOT_REPRODUCED
    if vanishes:
        verdict = REPRODUCED if unbounded and not explodes.any() else IN_PART
    worst = sigmoid.loc[sigmoid["factor"].idxmax()]
    first = sigmoid[explodes]
    note = (
        f"largest factor a layer, at width {worst['width']} and std"
        f" {worst['scale']:g}; std from which it grows tenfold in over 5 % of seeds: "
        + (
            ", ".join(
                f"{own['scale'].min():g} at width {width}" for width, own in first.groupby("width")
            )
            or "none"
        )
        + f"; at 1 and below at most x {small['factor'].max():.3g}; what is bounded is the output,"
        " the gradient takes the weights as factors too"
    )
    low, high = float(worst["low"]), float(worst["high"])
    return Judgement(verdict, float(worst["factor"]), low, high, note)


def _little_saturation(tables) -> Judgement:
    layers = tables["layers"]
    key = ["initialisation", "width", "layer"]
    relu, sigmoid, tanh = (
        measured.rows(layers, activation=name).set_index(key).sort_index()
        for name in ("relu", "sigmoid", "tanh")
    )
    below = {
        name: relu["saturated_high"] < own["saturated_low"]
        for name, own in (("sigmoid", sigmoid), ("tanh", tanh))
    }
    share = (below["sigmoid"] & below["tanh"]).mean()
    one_sided = bool(np.allclose(relu["saturated"], relu["zero"], rtol=0, atol=1e-9))
    verdict = NOT_REPRODUCED
    if share >= 0.1 or one_sided:
        verdict = REPRODUCED if share >= 0.9 else IN_PART
    means = {
        NAMES[name]: own.groupby(["initialisation", "width"])["saturated"].mean()
        for name, own in (("relu", relu), ("sigmoid", sigmoid), ("tanh", tanh))
    }
    note = (
        "share saturated, over all settings from - to: "
        + ", ".join(f"{n} {own.min():.2g} - {own.max():.2g}" for n, own in means.items())
        + f"; below the sigmoid's in {below['sigmoid'].mean():.0%}, below tanh's in"
        f" {below['tanh'].mean():.0%} of layers and settings; ReLU's saturated units are"
        + (" exactly those that put out 0" if one_sided else " not only those that put out 0")
    )
    obtained = f"below both in {share:.0%} of layers and settings"
    return Judgement(verdict, obtained, note=note)


def _sparse(tables) -> Judgement:
    layers = tables["layers"]
    relu = measured.rows(layers, activation="relu")
    inside = (relu["zero_low"] > 0.1) & (relu["zero_high"] < 0.9)
    dense = max(
        measured.rows(layers, activation=name)["zero"].max() for name in ("sigmoid", "tanh")
    )
    verdict = NOT_REPRODUCED
    if inside.any() and dense == 0:
        verdict = REPRODUCED if inside.all() else IN_PART
    first = measured.rows(relu, layer=1)["zero"].mean()
    last = measured.rows(relu, layer=relu["layer"].max())
    note = (
        f"share of zeros, least to most; {first:.2f} in the first layer, in layer"
        f" {relu['layer'].max()} {_by_setting(last, 'zero')}; sigmoid and tanh {dense:g}"
    )
    return Judgement(
        verdict,
        f"{relu['zero'].min():.2f} to {relu['zero'].max():.2f}",
        float(relu["zero_low"].min()),
        float(relu["zero_high"].max()),
        note,
    )


CLAIMS = [
    Claim(
        "XP-08",
        "in the post's network, for each activation, layer and seed, the product of the layers'"
        " local Jacobians equals automatic differentiation of the whole to 1e-10 of its largest"
        " number; and the cost's difference quotient, free of any chain rule, to 1e-4 in the"
        " median seed",
        _chain_rule,
    ),
    Claim(
        "XP-09",
        "in the post's 10-layer sigmoid network the gradient at the input is below 0.001 of that"
        " at the logit in over 95 % of seeds (95 % interval), and with tanh, ReLU and leaky ReLU"
        " in fewer, intervals apart; in part if with the sigmoid in over half",
        _first_layer,
    ),
    Claim(
        "RP-02",
        "with the sigmoid, from layer to layer, RMS output, difference between two inputs and"
        " gradient all shrink by 5 % at least (95 % interval of the factor below 0.95) at N(0, 1),"
        " Glorot and He and at both widths; in part if one or two of the three do",
        _signal_shrinks,
    ),
    Claim(
        "RP-03",
        "with ReLU, at each of three initialisations and both widths, the gradient's factor per"
        " layer is at least 0.9 (95 % interval) and under 5 % of seeds (its upper end) get none at"
        " all through 30 layers; in part if so in one setting at least",
        _relu_keeps,
    ),
    Claim(
        "NP-04",
        "through ten sigmoid layers the gradient's factor is below 1 (95 % interval) for kernels of"
        " standard deviation 1 and less, and for none from 0.1 to 10 does it grow tenfold in over"
        " 5 % of seeds, as it does through linear ones; in part if it vanishes, but explodes too",
        _bounded_output,
    ),
    Claim(
        "SL-14",
        "ReLU's share of saturated units (slope below 5 % of the largest) is below the sigmoid's"
        " and tanh's, intervals apart, in nine of ten layers and settings; in part if in one of"
        " ten, or if only units that put out 0 are saturated",
        _little_saturation,
    ),
    Claim(
        "NP-08",
        "in every layer and setting ReLU's share of zero outputs has its 95 % interval between 0.1"
        " and 0.9, and the sigmoid's and tanh's is 0; in part if so in some layers",
        _sparse,
    ),
]
