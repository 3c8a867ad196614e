"""Which ∂L/∂x and ∂L/∂y the weights are learnt from: those of operands, or those of the inputs.

Document: xor-post, part 2-1 (∂L/∂x and ∂L/∂y are what has to be found, and from them the weights
are learnt).
Setup: untrained networks 2-16-16-1 with sigmoid hidden layers and weights and biases from N(0, 1),
on the four points of XOR. First, x and y are the operands of any operation, as in the post's graph
z = f(x, y): the network is taken apart into products of a signal and a kernel, sums with a bias,
and functions, and each of them gives the derivatives of L by its operands. One step of Keras' SGD
is compared with w - rate ∂L/∂w, where the weight w is an operand. Then x and y are the network's
two inputs: each network gets a twin with another last kernel, but with the same L, ∂L/∂x and ∂L/∂y
at all points, and the two updates are compared. As these are twelve numbers, a last kernel of
sixteen weights has such twins.
Assumptions: L is the cost, the mean cross entropy, which is computed from the logit. A relative
difference below 1e-8 is a rounding error.
Known differences: float64.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from reproductions.evidence import drawing
from reproductions.evidence.kinds import Close, Exact, Table
from reproductions.evidence.statistics import generator
from reproductions.evidence.verdicts import Judgement, Tables, graded
from reproductions.training.pool import Pool

if TYPE_CHECKING:
    from matplotlib.figure import Figure

Weights = Sequence[np.ndarray]
"""Kernel and bias of each layer in turn, as Keras orders them."""


@dataclass(frozen=True)
class Spec:
    """The networks, and the learning rate, which float32 holds exactly."""

    seeds: int = 256
    hidden: tuple[int, ...] = (16, 16)
    rate: float = 0.5


SPEC = Spec()
SMALL = {"hidden": (14, 13)}

SAME = 1e-8
"""Relative differences below this are rounding errors."""

EXACT = 1e-10
"""How near a weight after Keras' step must come to the one that the derivative gives."""


def run(spec: Spec, pool: Pool) -> dict[str, pd.DataFrame]:
    """Compares updates with derivatives by operands, and the updates of twins."""
    from reproductions.training import gradients

    kernels, biases = gradients.draw((2, *spec.hidden, 1), range(spec.seeds))
    both = [np.asarray(array) for pair in zip(kernels, biases, strict=True) for array in pair]
    networks = [[array[seed] for array in both] for seed in range(spec.seeds)]
    after = _keras_steps(spec, networks)
    errors, twins = [], []
    for seed in pool.progress(range(spec.seeds), what="operand_gradients"):
        weights = networks[seed]
        of_weights, of_inputs = operand_derivatives(weights)
        errors.append(
            [
                np.abs(keras - (weight - spec.rate * derivative)).max()
                for keras, weight, derivative in zip(after[seed], weights, of_weights, strict=True)
            ]
        )
        other = twin(weights, seed)
        of_other_weights, of_other_inputs = operand_derivatives(other)
        twins.append(
            {
                "seed": seed,
                "kernel": _difference([weights[-2]], [other[-2]]),
                "inputs": _difference([of_inputs], [of_other_inputs]),
                "update": _difference(of_weights, of_other_weights),
            }
        )
    moved = [
        np.max([np.abs(a[i] - w[i]).max() for a, w in zip(after, networks, strict=True)])
        for i in range(len(both))
    ]
    updates = {
        "operand": [f"{n} {i + 1}" for i in range(len(kernels)) for n in ("kernel", "bias")],
        "weights": [array[0].size for array in both],
        "seeds": spec.seeds,
        "largest_update": moved,
        "error": np.max(errors, axis=0),
    }
    return {"updates": pd.DataFrame(updates), "twins": pd.DataFrame(twins)}


def _sigmoid(x: np.ndarray) -> np.ndarray:
    return 1 / (1 + np.exp(-x))


def operand_derivatives(weights: Weights) -> tuple[list[np.ndarray], np.ndarray]:
    """The derivatives of XOR's cost by every weight, and by the inputs, operation by operation.

    Each operation z = f(x, y) turns ∂L/∂z into ∂L/∂x and ∂L/∂y by its own derivatives alone.

    Args:
        weights: of one network with sigmoid hidden layers; its output is the logit.

    Returns:
        By the weights, shaped as these; and by the two inputs, (point, input).
    """
    from reproductions.training import xor

    signals = [xor.X.astype("float64")]
    for kernel, bias in zip(weights[::2], weights[1::2], strict=True):
        signals.append(_sigmoid(signals[-1] @ kernel + bias))
    by_sum = (signals[-1] - xor.Y) / len(xor.Y)  # of the cost, by the logit, the last sum
    of_weights: list[np.ndarray] = []
    for kernel, signal in zip(weights[-2::-2], signals[-2::-1], strict=True):
        by_bias, by_product = by_sum.sum(axis=0), by_sum  # of product + bias
        by_kernel, by_signal = signal.T @ by_product, by_product @ kernel.T  # of signal · kernel
        of_weights[:0] = [by_kernel, by_bias]
        by_sum = by_signal * signal * (1 - signal)  # of sigmoid(sum); not used for the inputs
    return of_weights, by_signal


def twin(weights: Weights, seed: int) -> list[np.ndarray]:
    """A network with another last kernel, but the same L, ∂L/∂x and ∂L/∂y at the points of XOR.

    The logit at a point and its two derivatives are linear in the last kernel. What is added to it
    is a random kernel less its part that would change one of these.
    """
    from reproductions.training import xor

    signal = xor.X.astype("float64")
    jacobian = np.broadcast_to(np.eye(2), (len(signal), 2, 2))  # (point, input, unit)
    for kernel, bias in zip(weights[:-2:2], weights[1:-2:2], strict=True):
        signal = _sigmoid(signal @ kernel + bias)
        jacobian = (jacobian @ kernel) * (signal * (1 - signal))[:, None]
    fixed = np.concatenate([signal, jacobian.reshape(-1, signal.shape[1])])
    added = generator(seed, 1).standard_normal(weights[-2].shape)
    added = added - np.linalg.pinv(fixed) @ (fixed @ added)
    return [*weights[:-2], weights[-2] + added, weights[-1]]


def _difference(arrays: Sequence[np.ndarray], others: Sequence[np.ndarray]) -> float:
    """The norm of the difference between some numbers and others, over the norm of the first."""
    first, second = (np.concatenate([np.ravel(a) for a in each]) for each in (arrays, others))
    return float(np.linalg.norm(second - first) / np.linalg.norm(first))


def _keras_steps(spec: Spec, networks: Sequence[Weights]) -> list[list[np.ndarray]]:
    """The weights of each network after one step of Keras' SGD on the four points of XOR."""
    import keras
    import tensorflow as tf

    from reproductions.training import xor

    dense = [keras.layers.Dense(n, activation="sigmoid", dtype="float64") for n in spec.hidden]
    logit = keras.layers.Dense(1, dtype="float64")
    model = keras.Sequential([keras.Input((2,), dtype="float64"), *dense, logit])
    optimizer = keras.optimizers.SGD(spec.rate)
    optimizer.build(model.trainable_variables)
    x, y = tf.constant(xor.X, tf.float64), tf.constant(xor.Y, tf.float64)
    cost = keras.losses.BinaryCrossentropy(from_logits=True, dtype="float64")

    @tf.function
    def step() -> None:
        with tf.GradientTape() as tape:
            loss = cost(y, model(x))
        variables = [variable.value for variable in model.trainable_variables]
        optimizer.apply(tape.gradient(loss, variables), model.trainable_variables)

    after = []
    for weights in networks:
        model.set_weights(weights)
        step()
        after.append(model.get_weights())
    return after


def figures(spec: Spec, tables: Tables) -> drawing.Figures:
    """How much the twins differ, in their derivatives by the inputs and in their updates."""
    return {"twins": lambda: _draw(tables["twins"])}


def _draw(twins: pd.DataFrame) -> "Figure":
    figure, ((axes,),) = drawing.panels(width=6.4, height=2.8)
    columns = {
        "inputs": ("∂L/∂x and ∂L/∂y of the inputs", drawing.BLUE),
        "kernel": ("last kernel", drawing.GREY),
        "update": ("update of the weights", drawing.VERMILION),
    }
    least = np.finfo(float).eps / 8  # two that are equal to the last bit stand at the left end
    for place, (column, (_, color)) in enumerate(columns.items()):
        values = np.maximum(twins[column], least)
        heights = place + 0.25 * np.linspace(-1, 1, len(twins))
        axes.plot(values, heights, ".", color=color, markersize=3)
    axes.set_yticks(range(len(columns)), [label for label, _ in columns.values()])
    axes.invert_yaxis()
    axes.grid(visible=False, axis="y")
    axes.set(xscale="log", xlabel="relative difference between a network and its twin")
    figure.suptitle("Same derivatives by the inputs, but other updates of the weights")
    return figure


ROUNDED = "a rounding error in float64"
TABLES = {
    "updates": Table(
        key=("operand",),
        columns={
            "weights": Exact(),
            "seeds": Exact(),
            "largest_update": Close(rtol=1e-6, atol=0, reason="rounding in float64"),
            "error": Close(rtol=0, atol=1e-12, reason=ROUNDED),
        },
        over_seeds=True,
    ),
    "twins": Table(
        key=("seed",),
        columns={
            "inputs": Close(rtol=0, atol=1e-9, reason=ROUNDED),
            **dict.fromkeys(
                ("kernel", "update"),
                Close(rtol=1e-4, atol=0, reason="rounding, enlarged by a pseudoinverse"),
            ),
        },
    ),
}


def _weights_are_learnt(tables: Tables) -> Judgement:
    updates, twins = tables["updates"], tables["twins"]
    error = float(updates["error"].max())
    pairs = twins[(twins["inputs"] < SAME) & (twins["kernel"] > SAME)]
    values = {
        "weights": int(updates["weights"].sum()),
        "largest": updates["largest_update"].max(),
        "pairs": len(pairs),
        "least": pairs["update"].min(),
        "median": pairs["update"].median(),
        "inputs": pairs["inputs"].max(),
    }
    notes = ["operands", *([] if pairs.empty else ["inputs"])]
    return Judgement(graded(error < EXACT), error, notes=notes, values=values)


CLAIMS = {"XP-23": _weights_are_learnt}
