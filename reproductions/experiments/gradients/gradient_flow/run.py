"""Passes signals and gradients through stacks, and sums up over seeds what each layer does."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import pandas as pd

from reproductions.evidence.kinds import Close, Exact, Rate, Table
from reproductions.evidence.statistics import mean_of
from reproductions.training import activations
from reproductions.training.activations import Activation
from reproductions.training.pool import Arrays, Pool, Shard, whole

if TYPE_CHECKING:
    from reproductions.training import gradients


@dataclass(frozen=True)
class Spec:
    """The stacks, the weight scales, the post's network, and how many seeds each has."""

    seeds: int = 1024
    activations: tuple[Activation, ...] = (
        "sigmoid",
        "tanh",
        "relu",
        "leaky_relu",
        "elu",
        "softplus",
        "swish",
        "linear",
    )
    initialisations: tuple[Literal["normal", "glorot", "he"], ...] = ("normal", "glorot", "he")
    widths: tuple[int, ...] = (5, 64)
    depth: int = 30
    forward_layers: int = 20  # beyond these, float64 may not tell two inputs apart
    scales: tuple[float, ...] = (0.1, 0.2, 0.5, 1.0, 1.5, 2.0, 3.0, 5.0, 10.0)
    scale_activations: tuple[Activation, ...] = ("sigmoid", "tanh", "relu", "linear")
    scale_depth: int = 10
    post_width: int = 5
    post_depths: tuple[int, ...] = (3, 10)
    shown_seeds: int = 128  # at most
    block_weights: int = 2**24  # held at once by each core


SPEC = Spec()

QUICK = {
    "activations": ("sigmoid", "tanh", "relu", "leaky_relu", "linear"),
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
"""A gradient has grown if it reaches the input at more than this multiple."""

QUANTITIES = ("value", "spread", "gradient")

SETTING = ("activation", "initialisation", "width")
"""The columns that tell stacks apart."""

LEVELS = (0.05, 0.5, 0.95)
"""Of the quantiles of a gradient over the seeds."""


def run(spec: Spec, pool: Pool) -> dict[str, pd.DataFrame]:
    """Measures the stacks, then the post's own network."""
    calls = [(spec, width) for width in sorted(spec.widths, reverse=True)]
    shards_by_width = pool.by_seeds(_measure, calls, spec.seeds, "gradient_flow")
    stacks: dict[tuple[str, str, int], dict[str, np.ndarray]] = {}
    scaled: dict[tuple[str, float, int], dict[str, np.ndarray]] = {}
    for (_, width), shards in zip(calls, shards_by_width, strict=True):
        for name, array in whole(shards).items():
            activation, weights, quantity = name.split()
            if weights in spec.initialisations:
                stacks.setdefault((activation, weights, width), {})[quantity] = array
            else:
                scaled.setdefault((activation, float(weights), width), {})[quantity] = array
    settings = [(dict(zip(SETTING, key, strict=True)), stacks[key]) for key in stacks]
    post, chain = _post(spec)
    return {
        "layers": pd.concat([_layers(*setting) for setting in settings]),
        "depths": pd.concat([_depths(*setting) for setting in settings]),
        "factors": pd.DataFrame(
            [_factor(spec, quantity, *setting) for setting in settings for quantity in QUANTITIES]
        ),
        "scales": pd.DataFrame([_scale(spec, *key, arrays) for key, arrays in scaled.items()]),
        "seed_factors": pd.concat([_seed_factors(spec, *setting) for setting in settings]),
        "post": post,
        "chain": chain,
    }


def _measure(shard: Shard, spec: Spec, width: int, start: int, stop: int) -> Arrays:
    """Every activation on the same stacks, by initialisation and by scale, block by block."""
    size = max(1, spec.block_weights // (spec.depth * width**2))
    blocks = []
    for first in range(start, stop, size):
        seeds = range(first, min(first + size, stop))
        blocks.append(
            {
                f"{activation} {weights} {quantity}": array
                for activation, weights, arrays in _measure_block(spec, width, seeds)
                for quantity, array in arrays.items()
            }
        )
        shard.advance(len(seeds))
    return whole(blocks)


def _measure_block(
    spec: Spec, width: int, seeds: range
) -> Iterator[tuple[str, str | float, dict[str, np.ndarray]]]:
    """Each activation and its initialisation or scale, with what is measured of them."""
    from reproductions.training import gradients

    def growth(flow: gradients.Flow) -> np.ndarray:
        """The gradient's growth for each layer that it passes, from the last to the first."""
        return gradients.slope_per_layer(flow.gradient[-1, ::-1])

    normal = gradients.stacks(width, spec.depth, seeds)

    def initialised(scheme: str) -> "gradients.Stacks":
        if scheme == "glorot":
            return gradients.stacks(width, spec.depth, seeds, scheme)
        # He's are N(0, 1) weights, scaled.
        return normal.scaled(np.sqrt(2 / width), 0) if scheme == "he" else normal

    # No name is given to stacks that take a hundred megabytes: they go before the next are made.
    for scheme in spec.initialisations:
        for name, flow in _flows(spec.activations, initialised(scheme)):
            arrays = {
                "growth_value": gradients.slope_per_layer(flow.value[: spec.forward_layers]),
                "growth_spread": gradients.slope_per_layer(flow.spread[: spec.forward_layers]),
                "growth_gradient": growth(flow),
                "value": flow.value,
                "spread": flow.spread,
                "saturated": flow.saturated,
                "zero": flow.zero,
                "by_layer": flow.gradient[-1],
                "by_depth": flow.gradient[:, 0],
            }
            yield name, scheme, arrays
    short = normal.shortened(spec.scale_depth)
    for scale in spec.scales:
        for name, flow in _flows(spec.scale_activations, short.scaled(scale, 1)):
            yield name, scale, {"growth_gradient": growth(flow), "reached": flow.gradient[-1, 0]}


def _flows(
    names: Sequence[str], stacks: "gradients.Stacks"
) -> Iterator[tuple[str, "gradients.Flow"]]:
    """Each activation, and how signals and gradients flow with it."""
    from reproductions.training import gradients

    for name in names:
        yield name, gradients.flow(partial(activations.layer, name), stacks)


def _rounded(values: np.ndarray) -> np.ndarray:
    """Six significant digits: more would carry no information, and double the tables."""
    return np.array([float(f"{value:.6g}") for value in np.ravel(values)])


def _quantile(values: np.ndarray, level: float) -> np.ndarray:
    """A quantile over the seeds: one of the values, never a number between two of them."""
    return _rounded(np.quantile(values, level, axis=-1, method="lower"))


def _gradient_columns(gradient: np.ndarray) -> dict[str, Any]:
    """How many seeds have (nearly) no gradient, and the quantiles; of gradients (row, seed)."""
    return {
        "seeds": gradient.shape[1],
        "none": (gradient == 0).sum(axis=1),
        "nearly_none": (gradient < NEARLY_NOTHING).sum(axis=1),
        **{f"gradient_q{level * 100:02.0f}": _quantile(gradient, level) for level in LEVELS},
    }


def _layers(setting: dict[str, Any], arrays: Arrays) -> pd.DataFrame:
    shares = {}
    for name in ("saturated", "zero"):
        means = np.array([mean_of(share) for share in arrays[name]])
        means = means.clip(0, 1)  # as far as a share goes; Student's interval does not know that
        for end, column in zip(("", "_low", "_high"), means.T, strict=True):
            shares[f"{name}{end}"] = _rounded(column)
    return pd.DataFrame(
        {
            **setting,
            "layer": range(1, len(arrays["value"]) + 1),
            "seeds": arrays["value"].shape[1],
            "value_q50": _quantile(arrays["value"], 0.5),
            "spread_q50": _quantile(arrays["spread"], 0.5),
            "gradient_q50": _quantile(arrays["by_layer"], 0.5),
            **shares,
        }
    )


def _depths(setting: dict[str, Any], arrays: Arrays) -> pd.DataFrame:
    gradient = arrays["by_depth"]
    depth = range(1, len(gradient) + 1)
    grown = (gradient > GROWN).sum(axis=1)
    columns = {**setting, "depth": depth, "grown": grown, **_gradient_columns(gradient)}
    return pd.DataFrame(columns)


def _mean_factor(growth: np.ndarray) -> dict[str, float]:
    """The mean growth per layer as a factor, with its 95 % interval, over seeds that have one."""
    growth = growth[~np.isnan(growth)]
    factors = np.exp(mean_of(growth))
    return {"fitted": len(growth), **dict(zip(("factor", "low", "high"), factors, strict=True))}


def _factor(spec: Spec, quantity: str, setting: dict[str, Any], arrays: Arrays) -> dict[str, Any]:
    activation, initialisation, width = setting.values()
    factor = np.nan
    if quantity == "gradient":
        variance, bias = {"normal": (width, 1), "glorot": (1, 0), "he": (2, 0)}[initialisation]
        factor = mean_field_factor(activation, variance, bias, spec.depth)
    return {
        **setting,
        "quantity": quantity,
        "seeds": arrays["value"].shape[1],
        **_mean_factor(arrays[f"growth_{quantity}"]),
        "mean_field": factor,
    }


def mean_field_factor(
    activation: str, kernel_variance: float, bias_variance: float, depth: int
) -> float:
    """The gradient's factor per layer by mean-field theory, fitted as the measured one is.

    Args:
        activation: its name.
        kernel_variance: fan-in times the variance of each weight.
        bias_variance: the variance of each bias.
        depth: number of layers.
    """
    from reproductions.training import gradients

    layer = activations.layer(activation, dtype="float64")
    factors = gradients.mean_field(layer, kernel_variance, bias_variance, depth)
    return float(np.exp(gradients.slope_per_layer(np.cumprod(factors[::-1])[:, None])[0]))


def _scale(spec: Spec, activation: str, scale: float, width: int, arrays: Arrays) -> dict[str, Any]:
    reached = arrays["reached"]
    return {
        "activation": activation,
        "width": width,
        "scale": scale,
        "seeds": len(reached),
        "none": (reached == 0).sum(),
        "nearly_none": (reached < NEARLY_NOTHING).sum(),
        "grown": (reached > GROWN).sum(),
        **_mean_factor(arrays["growth_gradient"]),
        "mean_field": mean_field_factor(activation, scale**2 * width, 1, spec.scale_depth),
    }


def _seed_factors(spec: Spec, setting: dict[str, Any], arrays: Arrays) -> pd.DataFrame:
    factor = _rounded(np.exp(arrays["growth_gradient"][: spec.shown_seeds]))
    return pd.DataFrame({**setting, "seed": range(len(factor)), "factor": factor})


def _post(spec: Spec) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The gradients of the post's network on XOR by layer, and the errors of the chain rule."""
    from reproductions.experiments.gradients.gradient_flow import chain_rule
    from reproductions.training import gradients

    layers, chains = [], []
    for depth in spec.post_depths:
        widths = (2, *(spec.post_width,) * (depth - 1), 1)
        kernels, biases = gradients.draw(widths, range(spec.seeds))
        for activation in spec.activations:
            ways = chain_rule.differentiate(activation, kernels, biases)
            key = {"activation": activation, "depth": depth, "layer": range(1, depth + 1)}
            size = np.stack([gradients.rms(by_layer) for by_layer in ways.product])
            layers.append(pd.DataFrame({**key, **_gradient_columns(size / ways.at_logit)}))
            pairs = zip(ways.product, ways.automatic, strict=True)
            errors = [chain_rule.relative_error(*pair).max() for pair in pairs]
            quotient_error = chain_rule.relative_error(ways.quotient, ways.along)
            chains.append(
                pd.DataFrame(
                    {
                        **key,
                        "seeds": spec.seeds,
                        "error": errors,
                        # The quotient is of the network's input, so of the first layer alone.
                        "difference_error_q50": [np.median(quotient_error)]
                        + [np.nan] * (depth - 1),
                    }
                )
            )
    return pd.concat(layers), pd.concat(chains)


INITIALISATIONS = {"normal": "N(0, 1)", "glorot": "Glorot", "he": "He"}

SUMS = "sums in float64, whose last bit up to 30 layers amplify; six digits are stored"

CLOSE = Close(rtol=1e-3, atol=0, reason=SUMS)

CLOSE_OR_NAN = Close(
    rtol=1e-3, atol=0, reason=f"{SUMS}; NaN where the gradients of all seeds are 0", nan=True
)

CROSS = "a mean over seeds; units near the limit may cross it"

SHARE = Close(rtol=0, atol=2e-3, reason=CROSS, least=0, most=1)

SHARE_OR_NAN = Close(0, 2e-3, f"{CROSS}; one seed has no interval", nan=True, least=0, most=1)

ROUNDING = "float64 rounding alone"

COUNTS = dict.fromkeys(("none", "nearly_none"), Rate(trials="seeds"))

QUANTILES = dict.fromkeys(("gradient_q05", "gradient_q50", "gradient_q95"), CLOSE)

FIT = {
    "fitted": Rate(trials="seeds"),
    **dict.fromkeys(("factor", "low", "high"), CLOSE_OR_NAN),
    "mean_field": Close(
        rtol=1e-6, atol=0, reason="a sum over 5,000 points; NaN but for gradients", nan=True
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
        key=(*SETTING, "depth"),
        columns={"seeds": Exact(), **COUNTS, "grown": Rate(trials="seeds"), **QUANTILES},
        over_seeds=True,
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
                reason="a difference quotient; NaN above the first layer",
                nan=True,
            ),
        },
        over_seeds=True,
    ),
}
