"""How a signal fares from layer to layer, forwards and backwards, in many initialisations at once.

For any activation: a Keras layer that acts on each element alone, by itself or out of
`custom_layers`. Everything is in float64, as thirty layers go far below and above what float32
holds. A replica is one initialisation; here it stands on the first axis, where the dense products
are batched matrix products: kernels (replica, in, out), signals (replica, point, unit).
"""

import dataclasses
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import keras
import numpy as np
import tensorflow as tf

from reproductions.evidence.statistics import generator

SATURATED = 0.05
"""A unit is saturated where |f'(z)| is below this part of the largest slope that f has anywhere."""


@dataclass(frozen=True)
class Passed:
    """What a forward pass left behind.

    Attributes:
        values: the input, then each layer's output, (replica, point, unit).
        slopes: each layer's f'(z), (replica, point, unit).
    """

    values: list[tf.Tensor]
    slopes: list[tf.Tensor]


def value_and_slope(layer: keras.Layer, z) -> tuple[tf.Tensor, tf.Tensor]:
    """An activation's value and its derivative at z, by automatic differentiation of it alone."""
    z = tf.convert_to_tensor(z)
    with tf.GradientTape() as tape:
        tape.watch(z)
        value = layer(z)
    return value, tape.gradient(value, z, unconnected_gradients="zero")


def largest_slope(layer: keras.Layer) -> float:
    """The largest |f'(z)| for z from -50 to 50."""
    _, slope = value_and_slope(layer, np.linspace(-50, 50, 100_001))
    return float(np.abs(slope).max())


def forward(layers: Sequence[keras.Layer], kernels, biases, x) -> Passed:
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


def backward(passed: Passed, kernels, cotangents: Mapping[int, tf.Tensor]) -> list[tf.Tensor]:
    """Passes gradients back: at each layer times the slopes, then times the kernel.

    That is the product of the layers' local Jacobians, applied from the output's side. Several
    networks are measured at once: the gradient given at depth d passes layers d to 1 alone, as in
    a network that ends there.

    Args:
        passed: the forward pass.
        kernels: as it had them.
        cotangents: by depth, the gradient with respect to the output of that layer, counted from
            1, (replica, point, unit); on the first points of the pass, as many for each depth.

    Returns:
        For each layer from the first on, the gradient with respect to its input, (replica, depth,
        point, unit), the depths in descending order, those below the layer left out.
    """
    signal, gradients = None, []
    for depth in range(len(kernels), 0, -1):
        if depth in cotangents:
            fresh = tf.convert_to_tensor(cotangents[depth], tf.float64)[:, None]
            signal = fresh if signal is None else tf.concat([signal, fresh], axis=1)
        if signal is None:
            continue
        replicas, depths, points, units = signal.shape
        local = signal * passed.slopes[depth - 1][:, None, :points]
        kernel = kernels[depth - 1]
        rows = tf.reshape(local, (replicas, depths * points, units))
        signal = tf.matmul(rows, kernel, transpose_b=True)
        signal = tf.reshape(signal, (replicas, depths, points, kernel.shape[1]))
        gradients.append(signal)
    return gradients[::-1]


def rms(signal) -> np.ndarray:
    """The root mean square over points and units, the last two axes."""
    return np.sqrt(np.mean(np.square(signal), axis=(-2, -1)))


def spread(signal) -> np.ndarray:
    """How far a signal differs from input to input: each unit's standard deviation, their RMS.

    A signal that is the same for all inputs tells nothing of them, however large it is.
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
    weights = [
        tf.constant(np.moveaxis(weight, -1, 0), tf.float64)
        for weight in replicas.initial_weights(model, seeds, scheme)
    ]
    return weights[::2], weights[1::2]


def slope_per_layer(signals: np.ndarray) -> np.ndarray:
    """Each replica's growth per layer, as the slope of log(signal) by least squares.

    Args:
        signals: (layer, replica).

    Returns:
        (replica,); NaN where any of the signals is 0, or not finite.
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        logs = np.log(signals)
        place = np.arange(len(logs)) - (len(logs) - 1) / 2
        slopes = place @ logs / (place @ place)
    return np.where(np.isfinite(logs).all(axis=0), slopes, np.nan)


def mean_field(
    layer: keras.Layer,
    kernel_variance: float,
    bias_variance: float,
    depth: int,
    start: float = 1.0,
) -> np.ndarray:
    """The factor on the gradient's RMS at each layer, in the limit of wide layers.

    There a unit's z is normal with variance q = kernel_variance E[f(z')^2] + bias_variance, z' from
    the layer before, and a gradient's mean square grows by kernel_variance E[f'(z)^2] a layer.

    Args:
        layer: the activation, in float64.
        kernel_variance: of a unit's incoming weights together, fan-in times the variance of each.
        bias_variance: of its bias.
        depth: number of layers.
        start: mean square of the input.

    Returns:
        (depth,)

    References:
        Poole et al. (2016), "Exponential expressivity in deep neural networks through transient
        chaos"; Schoenholz et al. (2017), "Deep information propagation".
    """
    # The midpoint rule, with no point at 0: exact for kinks there, and as good as any rule for what
    # is smooth; narrow slopes need more points than Gauss-Hermite's rule can have.
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
    """Stacks of equally wide dense layers, with what goes in at each end; (replica, ...)."""

    kernels: list[tf.Tensor]
    biases: list[tf.Tensor]
    points: tf.Tensor
    cotangents: dict[int, tf.Tensor]

    def scaled(self, kernel: float, bias: float) -> "Stacks":
        """The same stacks with all kernels and all biases times a factor."""
        return dataclasses.replace(
            self,
            kernels=[kernel * each for each in self.kernels],
            biases=[bias * each for each in self.biases],
        )

    def shortened(self, depth: int) -> "Stacks":
        """The first layers alone, with one gradient, at their end."""
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
    # By depth, so that a shallower stack sees what a deeper one sees.
    cotangents = {d: tf.constant(ends[:, None, 1 + d]) for d in range(1, depth + 1)}
    return Stacks(kernels, biases, tf.constant(ends[:, :2]), cotangents)


@dataclass(frozen=True)
class Flow:
    """Signals by layer.

    Attributes:
        value: the RMS of each layer's output, (layer, replica).
        spread: how far it differs between the two points, (layer, replica); see `spread`.
        saturated: share of its units that are saturated, (layer, replica); see `SATURATED`.
        zero: share of its outputs that are exactly 0, (layer, replica).
        gradient: the RMS of the gradient with respect to each layer's input, in a network that ends
            at each depth, where it is about 1; (depth, layer, replica), NaN above the depth.
    """

    value: np.ndarray
    spread: np.ndarray
    saturated: np.ndarray
    zero: np.ndarray
    gradient: np.ndarray


def flow(factory: Callable[..., keras.Layer], stacks: Stacks) -> Flow:
    """Passes signals through stacks, forwards and backwards.

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
    for place, signal in enumerate(backward(passed, stacks.kernels, stacks.cotangents)):
        sizes = rms(signal).T[::-1]  # depths in ascending order
        gradient[-len(sizes) :, place] = sizes
    return Flow(
        value=np.stack([rms(output) for output in outputs]),
        spread=np.stack([spread(output) for output in outputs]),
        saturated=np.stack([np.mean(np.abs(s) < flat, axis=(-2, -1)) for s in passed.slopes]),
        zero=np.stack([np.mean(output == 0, axis=(-2, -1)) for output in outputs]),
        gradient=gradient,
    )
