"""Signals and gradients on their way through the layers of many untrained networks at once.

The activation may be any Keras layer that acts on each element alone, such as those of
`custom_layers`. All numbers are float64, because the gradients of thirty layers are smaller and
larger than float32 can hold. A replica is one initialisation. Here it stands on the first axis,
where the dense products are batched matrix products: kernels are (replica, in, out), signals
(replica, point, unit).
"""

import dataclasses
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import keras
import numpy as np
import tensorflow as tf

from reproductions.evidence.statistics import generator

FEW = 16
"""How many seeds' weights are drawn at once."""

SATURATED = 0.05
"""A unit is saturated where |f'(z)| is below this share of the largest slope of f."""


@dataclass(frozen=True)
class Passed:
    """What a forward pass computes on its way.

    Attributes:
        values: the input, then each layer's output, (replica, point, unit).
        slopes: each layer's f'(z), (replica, point, unit).
    """

    values: list[tf.Tensor]
    slopes: list[tf.Tensor]


def value_and_slope(
    activation: Callable[[tf.Tensor], tf.Tensor], z: tf.Tensor | np.ndarray
) -> tuple[tf.Tensor, tf.Tensor]:
    """An activation's value and its derivative at z, by automatic differentiation of it alone."""
    z = tf.convert_to_tensor(z)
    with tf.GradientTape() as tape:
        tape.watch(z)
        value = activation(z)
    return value, tape.gradient(value, z, unconnected_gradients="zero")


def largest_slope(layer: keras.Layer) -> float:
    """The largest |f'(z)| for z from -50 to 50."""
    _, slope = value_and_slope(layer, np.linspace(-50, 50, 100_001))
    return float(np.abs(slope).max())


def forward(
    layers: Sequence[keras.Layer],
    kernels: Sequence[tf.Tensor],
    biases: Sequence[tf.Tensor],
    x: tf.Tensor | np.ndarray,
) -> Passed:
    """Passes x through dense layers and their activations.

    Args:
        layers: the activation of each dense layer, in float64.
        kernels: of each layer, (replica, in, out).
        biases: of each layer, (replica, out).
        x: (replica, point, in), or (point, in) for the same points in every replica.
    """
    values, slopes = [tf.convert_to_tensor(x, tf.float64)], []
    for layer, kernel, bias in zip(layers, kernels, biases, strict=True):
        value, slope = value_and_slope(layer, values[-1] @ kernel + bias[:, None])
        values.append(value)
        slopes.append(slope)
    return Passed(values, slopes)


def backward(
    passed: Passed, kernels: Sequence[tf.Tensor], cotangents: Mapping[int, tf.Tensor]
) -> Iterator[tf.Tensor]:
    """Passes gradients back: at each layer they are multiplied by the slopes, then by the kernel.

    This is the product of the layers' local Jacobians, applied from the side of the output. Several
    networks are measured at once: the gradient that enters at depth d passes through the layers d
    to 1 only, as it would in a network that ends at depth d.

    Args:
        passed: the forward pass.
        kernels: of each layer, as in the forward pass.
        cotangents: by depth, the gradient with respect to the output of the layer of that number,
            counted from 1, (replica, point, unit). Its points are the first points of the forward
            pass, equally many at each depth.

    Yields:
        For each layer from the last one that gradients reach to the first, the gradient with
        respect to its input, (replica, depth, point, unit). The depths are in descending order and
        end at the layer itself.
    """
    signal = None
    for depth in range(len(kernels), 0, -1):
        if depth in cotangents:
            cotangent = tf.convert_to_tensor(cotangents[depth], tf.float64)[:, None]
            signal = cotangent if signal is None else tf.concat([signal, cotangent], axis=1)
        if signal is None:
            continue
        replicas, depths, points, units = signal.shape
        local = signal * passed.slopes[depth - 1][:, None, :points]
        kernel = kernels[depth - 1]
        rows = tf.reshape(local, (replicas, depths * points, units))
        signal = tf.matmul(rows, kernel, transpose_b=True)
        signal = tf.reshape(signal, (replicas, depths, points, kernel.shape[1]))
        yield signal


def rms(signal: tf.Tensor | np.ndarray) -> np.ndarray:
    """The root mean square over points and units, the last two axes."""
    return np.sqrt(np.mean(np.square(signal), axis=(-2, -1)))


def spread(signal: tf.Tensor | np.ndarray) -> np.ndarray:
    """How far a signal differs between inputs: the RMS over units of their standard deviations.

    A signal that is the same for all inputs carries no information on them, however large it is.
    """
    return np.sqrt(np.var(signal, axis=-2, ddof=1).mean(axis=-1))


def draw(
    widths: Sequence[int], seeds: Sequence[int], scheme: str = "normal"
) -> tuple[list[tf.Tensor], list[tf.Tensor]]:
    """The kernels and biases of dense layers, as `replicas.initial_weights` draws them.

    Args:
        widths: of the input, then of each layer.
        seeds: a whole number from 0 for each replica.
        scheme: "normal", "glorot" or "he".
    """
    from reproductions.training import replicas

    dense = [keras.layers.Dense(width) for width in widths[1:]]
    model = keras.Sequential([keras.Input((widths[0],)), *dense])
    # A few seeds at a time: what is drawn is in double precision, and as large as what is made.
    groups = [
        replicas.initial_weights(model, seeds[first : first + FEW], scheme)
        for first in range(0, len(seeds), FEW)
    ]
    weights = [
        tf.constant(np.moveaxis(np.concatenate(of_groups, axis=-1), -1, 0), tf.float64)
        for of_groups in zip(*groups, strict=True)
    ]
    return weights[::2], weights[1::2]


def slope_per_layer(signals: np.ndarray) -> np.ndarray:
    """How fast each replica's signal grows per layer: the least-squares slope of log(signal).

    Args:
        signals: (layer, replica).

    Returns:
        (replica,); NaN where any of its signals is 0 or not finite.
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        logs = np.log(signals)
        centred_layers = np.arange(len(logs)) - (len(logs) - 1) / 2
        slopes = centred_layers @ logs / (centred_layers @ centred_layers)
    return np.where(np.isfinite(logs).all(axis=0), slopes, np.nan)


def mean_field(
    layer: keras.Layer,
    kernel_variance: float,
    bias_variance: float,
    depth: int,
    start: float = 1.0,
) -> np.ndarray:
    """The factor by which each layer multiplies the gradient's RMS, in the limit of wide layers.

    There a unit's weighted sum z is normal, with variance q = kernel_variance E[f(z')^2] +
    bias_variance, where z' belongs to the layer before. A layer multiplies the gradient's mean
    square by kernel_variance E[f'(z)^2].

    Args:
        layer: the activation, in float64.
        kernel_variance: fan-in times the variance of each weight.
        bias_variance: the variance of each bias.
        depth: number of layers.
        start: mean square of the input.

    Returns:
        From the first layer on, (depth,).

    References:
        Poole et al. (2016), "Exponential expressivity in deep neural networks through transient
        chaos"; Schoenholz et al. (2017), "Deep information propagation".
    """
    # The midpoint rule has no point at 0, so a kink there does no harm, and it is as good as any
    # rule for smooth functions. Narrow slopes need more points than Gauss-Hermite's rule can have.
    u = (np.arange(-2_500, 2_500) + 0.5) * (10 / 2_500)
    weight = np.exp(-(u**2) / 2)
    weight /= weight.sum()
    factors, mean_square = [], start
    for _ in range(depth):
        q = kernel_variance * mean_square + bias_variance
        value, slope = value_and_slope(layer, np.sqrt(q) * u)
        mean_square = float(weight @ np.square(value))
        factors.append(np.sqrt(kernel_variance * float(weight @ np.square(slope))))
    return np.array(factors)


@dataclass(frozen=True)
class Stacks:
    """Stacks of equally wide dense layers, with the signals that enter at both ends.

    Attributes:
        kernels: of each layer, (replica, in, out).
        biases: of each layer, (replica, out).
        points: the inputs of the first layer, (replica, point, unit).
        cotangents: by depth, the gradient that enters there, as for `backward`.
    """

    kernels: list[tf.Tensor]
    biases: list[tf.Tensor]
    points: tf.Tensor
    cotangents: dict[int, tf.Tensor]

    def scaled(self, kernel: float, bias: float) -> "Stacks":
        """The same stacks, with all kernels and all biases multiplied by a factor each."""
        return dataclasses.replace(
            self,
            kernels=[kernel * weights for weights in self.kernels],
            biases=[bias * weights for weights in self.biases],
        )

    def shortened(self, depth: int) -> "Stacks":
        """The first `depth` layers alone, with one gradient, which enters at their end."""
        return dataclasses.replace(
            self,
            kernels=self.kernels[:depth],
            biases=self.biases[:depth],
            cotangents={depth: self.cotangents[depth]},
        )


def stacks(width: int, depth: int, seeds: Sequence[int], scheme: str = "normal") -> Stacks:
    """Draws stacks, two N(0, 1) points for each, and an N(0, 1) gradient at each depth for one."""
    kernels, biases = draw((width,) * (depth + 1), seeds, scheme)
    ends = np.stack([generator(seed, 1).standard_normal((2 + depth, width)) for seed in seeds])
    # Each depth has its own draw, so that a shallow stack gets the same as a deep one.
    cotangents = {d: tf.constant(ends[:, None, 1 + d]) for d in range(1, depth + 1)}
    return Stacks(kernels, biases, tf.constant(ends[:, :2]), cotangents)


@dataclass(frozen=True)
class Flow:
    """Signals and gradients, layer by layer.

    Attributes:
        value: the RMS of each layer's output, (layer, replica).
        spread: how far the output differs between the two points, (layer, replica); see `spread`.
        saturated: the share of the layer's units that are saturated, (layer, replica); see
            `SATURATED`.
        zero: the share of the layer's outputs that are exactly 0, (layer, replica).
        gradient: the RMS of the gradient with respect to each layer's input, for networks that end
            at each depth, where the gradient is about 1; (depth, layer, replica), NaN for the
            layers beyond the depth.
    """

    value: np.ndarray
    spread: np.ndarray
    saturated: np.ndarray
    zero: np.ndarray
    gradient: np.ndarray


def flow(factory: Callable[..., keras.Layer], stacks: Stacks) -> Flow:
    """Passes points forwards and gradients backwards through stacks.

    Args:
        factory: makes the activation, a Keras layer without state that acts on each element alone;
            called with `dtype="float64"`.
        stacks: dense layers, points and gradients.
    """
    layer = factory(dtype="float64")
    depth, replicas = len(stacks.kernels), len(stacks.points)
    passed = forward([layer] * depth, stacks.kernels, stacks.biases, stacks.points)
    outputs = [np.asarray(value) for value in passed.values[1:]]
    flat = SATURATED * largest_slope(layer)
    gradient = np.full((len(stacks.cotangents), depth, replicas), np.nan)
    deepest = max(stacks.cotangents)
    for place, signal in enumerate(backward(passed, stacks.kernels, stacks.cotangents), start=1):
        sizes = rms(signal).T[::-1]  # depths in ascending order
        gradient[-len(sizes) :, deepest - place] = sizes
    return Flow(
        value=np.stack([rms(output) for output in outputs]),
        spread=np.stack([spread(output) for output in outputs]),
        saturated=np.stack([np.mean(np.abs(s) < flat, axis=(-2, -1)) for s in passed.slopes]),
        zero=np.stack([np.mean(output == 0, axis=(-2, -1)) for output in outputs]),
        gradient=gradient,
    )
