"""What trained networks are compared with: linear least squares, Rosenblatt's rule, set weights."""

import numpy as np
import pandas as pd

from reproductions.training import perceptron as perceptrons
from reproductions.training import xor
from reproductions.training.gates import GATES


def floor(y: np.ndarray) -> tuple[np.ndarray, float]:
    """The answers and the loss of the best linear function, by least squares.

    Args:
        y: the targets, (point, 1).
    """
    inputs = np.column_stack([xor.X, np.ones(len(xor.X))]).astype("float64")
    answers = inputs @ np.linalg.lstsq(inputs, y[:, 0].astype("float64"), rcond=None)[0]
    return answers, float(((answers - y[:, 0]) ** 2).mean())


def floors() -> pd.DataFrame:
    """The best linear function's answers and loss on each gate, one row per point."""
    rows = []
    for gate, y in GATES.items():
        answers, loss = floor(y)
        for (x1, x2), target, answer in zip(xor.X, y[:, 0], answers, strict=True):
            rows.append(
                {
                    "gate": gate,
                    "x1": int(x1),
                    "x2": int(x2),
                    "target": int(target),
                    "best_answer": round(float(answer), 12),
                    "floor": round(loss, 12),
                }
            )
    return pd.DataFrame(rows)


def central_differences(weights: list[np.ndarray], step: float = 1e-3) -> np.ndarray:
    """The gradient of the loss of linear layers on XOR, from differences of the loss.

    The loss is quadratic in each single weight, so that they are exact up to rounding.

    Args:
        weights: a kernel and a bias for each layer, float64.
        step: how far each weight is moved to both sides.
    """

    def loss():
        signal = xor.X.astype("float64")
        for kernel, bias in zip(weights[::2], weights[1::2], strict=True):
            signal = signal @ kernel + bias
        return ((signal - xor.Y) ** 2).mean()

    slopes = []
    for array in weights:
        for place in np.ndindex(array.shape):
            value = array[place]
            losses = []
            for shift in (step, -step):
                array[place] = value + shift
                losses.append(loss())
            array[place] = value
            slopes.append((losses[0] - losses[1]) / (2 * step))
    return np.array(slopes)


def perceptron(epochs: int) -> pd.DataFrame:
    """Rosenblatt's rule on one step unit, from weights 0: w += (y - answer) x, point by point.

    Args:
        epochs: passes over the four points, at most; training stops after one without a mistake.
    """
    import custom_layers

    inputs = np.column_stack([xor.X, np.ones(len(xor.X), "float32")])
    rows = []
    for gate, y in GATES.items():
        weights = np.zeros(inputs.shape[1], "float32")
        mistakes_by_epoch: list[int] = []
        while len(mistakes_by_epoch) < epochs and 0 not in mistakes_by_epoch:
            mistakes = 0
            for x, target in zip(inputs, y[:, 0], strict=True):
                error = target - np.array(custom_layers.threshold(x @ weights[:, None]))[0]
                weights += error * x
                mistakes += int(error != 0)
            mistakes_by_epoch.append(mistakes)
        answers = np.array(custom_layers.threshold(inputs @ weights))
        rows.append(
            {
                "gate": gate,
                "epochs": len(mistakes_by_epoch),
                "updates": sum(mistakes_by_epoch),
                "converged": mistakes_by_epoch[-1] == 0,
                "right": int((answers == y[:, 0]).sum()),
                **dict(zip(("w1", "w2", "b"), weights.astype(int), strict=True)),
            }
        )
    return pd.DataFrame(rows)


BY_HAND: dict[str, tuple[np.ndarray, np.ndarray, list[list]]] = {
    # The problem, the points, their classes, and a step network's weights that solve it.
    "XOR, 2-2-1": (
        xor.X,
        xor.Y[:, 0].astype(int),
        # The hidden units are OR and NAND, the output is their AND.
        [[[1, -1], [1, -1]], [-0.5, 1.5], [[1], [1]], [-1.5]],
    ),
    "three classes in bands, 2-4-3": (
        np.array([[-2, 0], [-1.5, 1], [-0.2, 3], [0.3, -2], [1.4, 0.5], [2, -3]], "float32"),
        np.array([0, 0, 1, 1, 2, 2]),
        # The hidden units say: left of -1, right of -1, left of 1, right of 1. The outer classes
        # are one of them each, the middle class is an AND of two.
        [
            [[-1, 1, -1, 1], [0, 0, 0, 0]],
            [-1, 1, 1, -1],
            [[1, 0, 0], [0, 1, 0], [0, 1, 0], [0, 0, 1]],
            [-0.5, -1.5, -0.5],
        ],
    ),
}


CORNERS = np.array([[0, 0], [0.2, 0.1], [1, 0], [0.9, 0.2], [0, 1], [0.1, 0.8]], "float32")

PROBLEMS = {
    # Points and their classes.
    "XOR": (xor.X, xor.Y[:, 0].astype(int)),
    "three classes at corners": (CORNERS, np.array([0, 0, 1, 1, 2, 2])),
    "three classes in bands": BY_HAND["three classes in bands, 2-4-3"][:2],
}


def one_step(seeds: int, epochs: int) -> pd.DataFrame:
    """How many points a single step unit gets right, before or after training, on each problem.

    Each of its two answers stands for the class that most of the points have that get it, so that
    no other naming does better. It is trained to tell each class in turn from the others.
    """
    initial = perceptrons.initial_weights(range(seeds))
    rows = []
    for problem, (x, classes) in PROBLEMS.items():
        right = [_right_at_best(perceptrons.answers(initial, x), classes)]
        for told in np.unique(classes):
            trained, _ = perceptrons.train(initial, x, classes == told, epochs)
            right.append(_right_at_best(perceptrons.answers(trained, x), classes))
        most = np.max(right, axis=0)
        rows.append(
            {
                "problem": problem,
                "classes": len(np.unique(classes)),
                "points": len(x),
                "seeds": seeds,
                "solved": int((most == len(x)).sum()),
                "most_right": int(most.max()),
            }
        )
    return pd.DataFrame(rows)


def _right_at_best(answers: np.ndarray, classes: np.ndarray) -> np.ndarray:
    """How many points are right if each answer stands for its most frequent class, (seed,)."""
    is_class = classes[:, None, None] == np.unique(classes)  # (point, 1, class)
    counts = [(side[:, :, None] & is_class).sum(axis=0) for side in (answers, ~answers)]
    return np.sum([count.max(axis=-1) for count in counts], axis=0)


def by_hand() -> pd.DataFrame:
    """How many points step networks get right whose weights are set by hand."""
    import keras

    from custom_layers import Threshold

    rows = []
    for problem, (x, classes, weights) in BY_HAND.items():
        hidden, output = (keras.layers.Dense(len(bias)) for bias in weights[1::2])
        model = keras.Sequential([keras.Input((2,)), hidden, Threshold(), output, Threshold()])
        model.set_weights([np.array(array, "float32") for array in weights])
        answers = np.array(model(x))
        targets = classes[:, None] if answers.shape[1] == 1 else np.eye(answers.shape[1])[classes]
        rows.append(
            {
                "problem": problem,
                "points": len(x),
                "classes": len(set(classes)),
                "right": int((answers == targets).all(axis=1).sum()),
            }
        )
    return pd.DataFrame(rows)
