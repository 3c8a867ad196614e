"""The setting, the runs, and the shape of the tables."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from typing import Literal

import numpy as np
import pandas as pd

from reproductions.evidence.kinds import Close, Exact, Rate, Table
from reproductions.evidence.statistics import generator, mean_of
from reproductions.training import activations, xor
from reproductions.training.activations import Activation
from reproductions.training.pool import Arrays, Pool, Shard, whole


@dataclass(frozen=True)
class Spec:
    """The stacks, the weight scales, and how many seeds see them."""

    seeds: int = 1024
    activations: tuple[Activation, ...] = (
        "sigmoid", "tanh", "relu", "leaky_relu", "elu", "softplus", "swish", "linear",
    )  # fmt: skip
    initialisations: tuple[Literal["normal", "glorot", "he"], ...] = ("normal", "glorot", "he")
    widths: tuple[int, ...] = (5, 64)
    depth: int = 30
    forward_layers: int = 20  # beyond, two inputs may differ by less than float64 can tell
    scales: tuple[float, ...] = (0.1, 0.2, 0.5, 1.0, 1.5, 2.0, 3.0, 5.0, 10.0)
    scale_activations: tuple[Activation, ...] = ("sigmoid", "tanh", "relu", "linear")
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


def run(spec: Spec, pool: Pool) -> dict[str, pd.DataFrame]:
    """Measures the stacks, then the post's own network."""
    calls = [(spec, width) for width in sorted(spec.widths, reverse=True)]
    found = pool.by_seeds(_measure, calls, spec.seeds, "gradient_flow")
    joined = {}
    for (_, width), parts in zip(calls, found, strict=True):
        for name, array in whole(parts).items():
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


def _measure(shard: Shard, spec, width, start, stop) -> Arrays:
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
        shard.advance(len(seeds))
    return whole(blocks)


def _block(spec, width, seeds) -> Iterator[tuple[tuple, dict[str, np.ndarray]]]:
    """Each cell's name and what it measures, as many seeds at once as memory is meant for."""
    from reproductions.training import gradients

    normal = gradients.stacks(width, spec.depth, seeds)
    for scheme in spec.initialisations:
        if scheme == "he":
            stacks = normal.scaled(np.sqrt(2 / width), 0)
        else:
            stacks = normal if scheme == "normal" else gradients.stacks(
                width, spec.depth, seeds, scheme
            )  # fmt: skip
        for name in spec.activations:
            flow = gradients.flow(partial(activations.layer, name), stacks)
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
            flow = gradients.flow(partial(activations.layer, name), stacks)
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
    from reproductions.training import gradients

    layer = activations.layer(activation, dtype="float64")
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
    from reproductions.training import gradients

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
    from reproductions.training import gradients

    hidden = activations.layer(activation, dtype="float64")
    layers = [hidden] * (len(kernels) - 1) + [activations.layer("linear", dtype="float64")]
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


ORDER = ("sigmoid", "tanh", "relu", "leaky_relu", "elu", "softplus", "swish", "linear")

INITIALISATIONS = {"normal": "N(0, 1)", "glorot": "Glorot", "he": "He"}

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
