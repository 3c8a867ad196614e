"""Initial weights of every replica by the schemes of the literature, each seed from its own stream.

All schemes but Glorot's transform the numbers that `replicas.initial_weights` draws from N(0, 1),
so that schemes are compared on the same seeds. Biases start at 0 where a scheme does not say
otherwise; normalizations start as they do in Keras.
"""

from collections.abc import Sequence

import keras
import numpy as np

from reproductions.training import replicas
from reproductions.training.activations import one_of
from reproductions.training.replicas import Weights

MEAN_OUTPUT = 0.5
"""Of a sigmoid at 0; the biases of the scaled identity take it away from what comes in."""


def initial_weights(
    model: keras.Model,
    seeds: Sequence[int] | np.ndarray,
    scheme: str = "normal",
    scale: float = 1.0,
    x: np.ndarray | None = None,
) -> Weights:
    """Draws the weights of each seed.

    Args:
        model: gives the shapes; for "lsuv" a chain of layers.
        seeds: a whole number from 0 for each replica.
        scheme: "normal", kernels and biases from N(0, scale²); "glorot" or "he", as in
            `replicas.initial_weights`; "lecun", normal with variance 1 / in (LeCun et al. 1998);
            "orthogonal", kernels with orthonormal rows or columns (Saxe et al. 2014); "lsuv",
            those, each divided by the standard deviation of what its layer computes from `x`
            (Mishkin and Matas 2016); or "identity", square kernels `scale` times the identity,
            with biases that take the mean output 1/2 of a sigmoid away (the idea of Le et al. 2015
            for ReLU), and LeCun's weights elsewhere.
        scale: of "normal" and "identity".
        x: inputs, (sample, unit), for "lsuv".

    Returns:
        Arrays as `model.get_weights()`, with the replica on one more, last axis.

    Raises:
        ValueError: there is no such scheme, or "lsuv" lacks inputs or has a model with branches.
    """
    schemes = dict.fromkeys(("glorot", "he"), scheme)
    drawn_as = {**schemes, **dict.fromkeys(("normal", *MADE), "normal")}
    weights = replicas.initial_weights(model, seeds, one_of("scheme", scheme, drawn_as))
    if scheme in schemes:
        return weights
    kernels = _kernel_places(model)
    made = list(weights)
    for place in kernels:
        kernel, bias = weights[place], weights[place + 1]
        if scheme == "normal":
            made[place : place + 2] = scale * kernel, scale * bias
        else:
            made[place : place + 2] = MADE[scheme](kernel, scale)
    if scheme == "lsuv":
        made = _with_unit_variance(model, made, x)
    return [array.astype(start.dtype) for array, start in zip(made, weights, strict=True)]


def _kernel_places(model: keras.Model) -> list[int]:
    """Where kernels of Dense layers stand in `get_weights` order; each is before its bias."""
    places = {id(variable): i for i, variable in enumerate(model.weights)}
    dense = [layer for layer in model.layers if isinstance(layer, keras.layers.Dense)]
    return [places[id(layer.kernel)] for layer in dense]


def _lecun(kernel: np.ndarray, scale: float) -> tuple[np.ndarray, np.ndarray]:
    return kernel / np.sqrt(len(kernel)), np.zeros(kernel.shape[1:])


def _orthogonal(kernel: np.ndarray, scale: float) -> tuple[np.ndarray, np.ndarray]:
    """Orthonormal rows or columns, whichever are fewer, uniformly distributed."""
    drawn = np.moveaxis(kernel.astype("float64"), -1, 0)
    wide = drawn.shape[1] < drawn.shape[2]
    q, r = np.linalg.qr(np.swapaxes(drawn, 1, 2) if wide else drawn)
    q = q * np.sign(np.diagonal(r, axis1=1, axis2=2))[:, None]  # without it, not uniform
    q = np.swapaxes(q, 1, 2) if wide else q
    return np.moveaxis(q, 0, -1), np.zeros(kernel.shape[1:])


def _identity(kernel: np.ndarray, scale: float) -> tuple[np.ndarray, np.ndarray]:
    rows, columns, count = kernel.shape
    if rows != columns:
        return _lecun(kernel, scale)
    identity = np.repeat(scale * np.eye(rows)[..., None], count, axis=-1)
    return identity, np.full((columns, count), -scale * MEAN_OUTPUT)


MADE = {
    "lecun": _lecun,
    "orthogonal": _orthogonal,
    "lsuv": _orthogonal,
    "identity": _identity,
}


def _with_unit_variance(model: keras.Model, weights: Weights, x: np.ndarray | None) -> Weights:
    """Divides each kernel so that what its layer computes from x has the variance 1.

    The variance is that of all samples and units of a layer together. As biases are 0, one division
    is exact, and nothing needs to be repeated.
    """
    if x is None:
        raise ValueError(f"the scheme 'lsuv' needs inputs. Received: x={x}")
    signal = np.repeat(np.asarray(x, "float64")[..., None], weights[0].shape[-1], axis=-1)
    scaled, rest = [], iter(weights)
    for layer in model.layers:
        if isinstance(layer, keras.layers.Dense):
            kernel, bias = next(rest), next(rest)
            kernel = kernel / np.einsum("pir,ior->por", signal, kernel).std(axis=(0, 1))
            signal = np.einsum("pir,ior->por", signal, kernel) + bias
            scaled += [kernel, bias]
        elif layer.weights or isinstance(layer, keras.layers.Add):
            raise ValueError(
                f"the scheme 'lsuv' needs a chain of Dense layers and activations."
                f" Received: {layer}"
            )
        elif not isinstance(layer, keras.layers.InputLayer):
            signal = keras.ops.convert_to_numpy(layer(signal)).astype("float64")
    return scaled
