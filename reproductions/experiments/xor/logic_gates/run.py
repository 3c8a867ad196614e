"""The setting, the runs, and the shape of the tables."""

import re
from dataclasses import dataclass

import numpy as np
import pandas as pd

from reproductions.evidence import kinds
from reproductions.evidence.kinds import Close, Exact, Rate, Table, Unchecked, shares
from reproductions.evidence.statistics import share_of
from reproductions.training import xor
from reproductions.training.pool import Arrays, Pool, Shard, whole


@dataclass(frozen=True)
class Spec:
    """The networks, and how many seeds see them."""

    seeds: int = 512
    networks: tuple[str, ...] = (
        "linear 1", "linear 2", "linear 4", "tanh 2", "step 1", "step 2", "step 4", "step below",
    )  # fmt: skip
    width: int = 5
    rate: float = 0.05
    steps: int = 3_001
    every: int = 50
    epochs: int = 100
    checked: int = 16  # seeds whose gradients are held against central differences, at most

    def __post_init__(self):
        for name in self.networks:
            if not re.fullmatch(r"(linear|tanh|step) [1-9]\d?|step below", name):
                raise ValueError(
                    "a network is linear, tanh or step and its number of layers, or 'step below'."
                    f" Received: {name!r}"
                )


SPEC = Spec()

QUICK = {
    "networks": ("linear 1", "linear 4", "tanh 2", "step 2", "step below"),
    "steps": 2_001,
}

SMALL = {
    "networks": ("linear 1", "linear 2", "tanh 2", "step 2"), "steps": 101, "epochs": 20,
    "checked": 2,
}  # fmt: skip

MARGIN = 0.1

FLOOR_WIDTH = 1e-3

GATES = {
    "AND": np.array([[0], [0], [0], [1]], "float32"),
    "OR": np.array([[0], [1], [1], [1]], "float32"),
    "XOR": xor.Y,
}

STEP_BELOW = "step below"

COUNTED = (
    "solved_start", "solved", "at_floor", "changed", "changed_below", "with_gradient",
)  # fmt: skip


def run(spec: Spec, pool: Pool) -> dict[str, pd.DataFrame]:
    """Trains every network on every gate."""
    calls = [(spec, name) for name in spec.networks]
    found = pool.by_seeds(_train, calls, spec.seeds, "logic_gates", each=len(GATES))
    outcomes, curves = [], []
    for name, parts in zip(spec.networks, found, strict=True):
        own = whole(parts, summed=("counts", "solved"))
        for i, gate in enumerate(GATES):
            cell = {"network": name, "gate": gate, "seeds": spec.seeds}
            outcomes.append(cell | _outcome(own["counts"][i], own["end"][i]))
            curves.append(_curve(spec, own["solved"][i], own["loss"][i]).assign(**cell))
    return {
        "outcomes": pd.DataFrame(outcomes),
        "curves": pd.concat(curves),
        "gradients": pd.DataFrame(
            [_gradients(spec, name) for name in spec.networks if name.startswith("linear")],
            columns=TABLES["gradients"].names,
        ),
        "floors": _floors(),
        "perceptron": _perceptron(spec),
        "by_hand": _by_hand(),
    }


def network(name: str, width: int, dtype: str = "float32"):
    """A Keras model from two inputs to one output.

    Args:
        name: "linear", "tanh" or "step", and the number of layers; the output is linear, but of a
            step network a step. "step below" has a hidden layer of steps and a linear output.
        width: of the hidden layers.
        dtype: of weights and signals.
    """
    import keras

    import custom_layers

    layers = {
        "linear": custom_layers.Linear,
        "tanh": custom_layers.Tanh,
        "step": custom_layers.Threshold,
    }
    kind, depth = name.split()
    output = custom_layers.Threshold if kind == "step" and depth != "below" else layers["linear"]
    parts = []
    for _ in range((2 if depth == "below" else int(depth)) - 1):
        parts += [keras.layers.Dense(width, dtype=dtype), layers[kind](dtype=dtype)]
    parts += [keras.layers.Dense(1, dtype=dtype), output(dtype=dtype)]
    return keras.Sequential([keras.Input((2,), dtype=dtype), *parts])


def _engine(name, width):
    import tensorflow as tf

    from reproductions.training import replicas

    return replicas.Replicas(
        network(name, width),
        lambda y, answer: tf.reduce_mean((answer - y) ** 2, (0, 1)),
        lambda y, answer: {"answers": answer[:, 0]},
        gradients=name.startswith("step"),
        watch=False,
        threads=1,
    )


def _train(shard: Shard, spec, name, start, stop) -> Arrays:
    """What the seeds from `start` to `stop` come to on each gate: counts, and every seed's loss."""
    from reproductions.training import replicas

    engine = shard.once(_engine, name, spec.width)
    weights = replicas.initial_weights(engine.model, range(start, stop), "glorot")
    options = {"steps": spec.steps, "every": spec.every, "done": shard.advance}
    counts, solves, losses, ends = [], [], [], []
    for y in GATES.values():
        trained = engine.train(weights, xor.X, y, spec.rate, **options)
        answers = trained.records["answers"]  # (record, point, seed)
        solved = _solved(y, answers).sum(axis=1)
        loss = ((answers.astype("float64") - y) ** 2).mean(axis=1)
        changed = [
            (after != before).any(axis=tuple(range(before.ndim - 1)))
            for before, after in zip(weights, trained.weights, strict=True)
        ]
        own = {
            "solved_start": solved[0],
            "solved": solved[-1],
            "at_floor": (np.abs(loss[-1] - floor(y)[1]) < FLOOR_WIDTH).sum(),
            "changed": np.any(changed, axis=0).sum(),
            # A network of one layer has nothing below its output.
            "changed_below": np.any(changed[:-2], axis=0).sum() if changed[2:] else 0,
            # What has changed had a gradient; of steps, it is looked at itself.
            "with_gradient": _with_gradient(trained.records, np.any(changed, axis=0)),
        }
        counts.append([own[name] for name in COUNTED])
        solves.append(solved[_drawn(spec)])
        losses.append(loss[_drawn(spec), : max(0, kinds.LISTED - start)])
        ends.append(loss[-1])
    return {"counts": counts, "solved": solves, "loss": losses, "end": ends}


def _drawn(spec) -> np.ndarray:
    """The records that are drawn, the last one included."""
    records = len(range(0, spec.steps, spec.every))
    return np.unique(np.geomspace(1, records, 25).round().astype(int)) - 1


def _outcome(counts, loss):
    own = dict(zip(COUNTED, counts, strict=True))
    return {**own, **share_of(own["solved"], len(loss)), "loss_q50": np.median(loss)}


def _curve(spec, solved, loss):
    quantiles = np.quantile(loss, (0.05, 0.5, 0.95), axis=1)
    return pd.DataFrame(
        {
            "step": _drawn(spec) * spec.every,
            "solved": solved,
            **dict(zip(("loss_q05", "loss_q50", "loss_q95"), quantiles, strict=True)),
        }
    )


def _with_gradient(records, changed) -> int:
    norms = records.get("gradient_norm")
    return int((changed if norms is None else (norms != 0).any((0, 1))).sum())


def _solved(y, answers):
    side = np.where(y > 0.5, 1, -1)
    return (side * (answers - 0.5) >= MARGIN).all(axis=-2)


def floor(y: np.ndarray) -> tuple[np.ndarray, float]:
    """The answers and the loss of the best linear function, by least squares."""
    inputs = np.column_stack([xor.X, np.ones(len(xor.X))]).astype("float64")
    answers = inputs @ np.linalg.lstsq(inputs, y[:, 0].astype("float64"), rcond=None)[0]
    return answers, float(((answers - y[:, 0]) ** 2).mean())


def _floors():
    rows = []
    for gate, y in GATES.items():
        answers, loss = floor(y)
        rows += [
            {"gate": gate, "x1": int(x1), "x2": int(x2), "target": int(target),
             "best_answer": round(float(answer), 12), "floor": round(loss, 12)}
            for (x1, x2), target, answer in zip(xor.X, y[:, 0], answers, strict=True)
        ]  # fmt: skip
    return pd.DataFrame(rows)


def _gradients(spec, name):
    """A linear network's gradients in float64: against central differences, and point by point.

    The loss of a linear network is quadratic in each single weight, so that central differences
    are exact but for rounding.
    """
    import tensorflow as tf

    from reproductions.training import replicas

    model = network(name, spec.width, "float64")
    seeds = min(spec.seeds, spec.checked)
    drawn = replicas.initial_weights(model, range(seeds), "glorot")
    x, y = tf.constant(xor.X, "float64"), tf.constant(xor.Y, "float64")

    def gradient(x, y):
        with tf.GradientTape() as tape:
            loss = tf.reduce_mean((model(x) - y) ** 2)
        return np.concatenate([np.ravel(g) for g in tape.gradient(loss, model.trainable_variables)])

    errors, differ, non_zero = [], 0, 0
    for seed in range(seeds):
        own = [w[..., seed].astype("float64") for w in drawn]
        model.set_weights(own)
        ours, theirs = gradient(x, y), _central_differences(own)
        errors.append(np.abs(ours - theirs).max() / np.abs(theirs).max())
        non_zero += bool((ours != 0).any())
        # The kernels below see another input at (0, 1) than at (1, 0).
        differ += not np.allclose(gradient(x[1:2], y[1:2]), gradient(x[2:3], y[2:3]))
    return {
        "network": name,
        "seeds": seeds,
        "non_zero": non_zero,
        "differ_by_input": differ,
        "agree": int((np.array(errors) < 1e-8).sum()),
        "largest_error": max(errors),
    }


def _central_differences(weights, step=1e-3):
    """The gradient of the loss on XOR of a stack of linear layers."""

    def loss(weights):
        signal = xor.X.astype("float64")
        for kernel, bias in zip(weights[::2], weights[1::2], strict=True):
            signal = signal @ kernel + bias
        return ((signal - xor.Y) ** 2).mean()

    slopes = []
    for array in weights:
        for place in np.ndindex(array.shape):
            value = array[place]
            sides = []
            for side in (step, -step):
                array[place] = value + side
                sides.append(loss(weights))
            array[place] = value
            slopes.append((sides[0] - sides[1]) / (2 * step))
    return np.array(slopes)


def _perceptron(spec):
    """Rosenblatt's rule on one step unit, from weights 0: w += (y - answer) x, point by point."""
    import custom_layers

    inputs = np.column_stack([xor.X, np.ones(len(xor.X), "float32")])
    rows = []
    for gate, y in GATES.items():
        weights = np.zeros(inputs.shape[1], "float32")
        wrong, updates = [], 0
        for _ in range(spec.epochs):
            mistakes = 0
            for row, target in zip(inputs, y[:, 0], strict=True):
                error = target - np.array(custom_layers.threshold(row @ weights[:, None]))[0]
                weights += error * row
                mistakes += int(error != 0)
            updates += mistakes
            wrong.append(mistakes)
            if not mistakes:
                break
        answers = np.array(custom_layers.threshold(inputs @ weights))
        rows.append(
            {
                "gate": gate,
                "epochs": len(wrong),
                "updates": updates,
                "converged": wrong[-1] == 0,
                "right": int((answers == y[:, 0]).sum()),
                **dict(zip(("w1", "w2", "b"), weights.astype(int), strict=True)),
            }
        )
    return pd.DataFrame(rows)


BY_HAND = {
    # The problem, the points, their classes, and a step network's weights that solve it.
    "XOR, 2-2-1": (
        xor.X,
        xor.Y[:, 0].astype(int),
        # OR and NAND below, AND above.
        [[[1, -1], [1, -1]], [-0.5, 1.5], [[1], [1]], [-1.5]],
    ),
    "three classes in bands, 2-4-3": (
        np.array([[-2, 0], [-1.5, 1], [-0.2, 3], [0.3, -2], [1.4, 0.5], [2, -3]], "float32"),
        np.array([0, 0, 1, 1, 2, 2]),
        # Left of -1, right of -1, left of 1, right of 1; a class is an AND or one of them.
        [
            [[-1, 1, -1, 1], [0, 0, 0, 0]],
            [-1, 1, 1, -1],
            [[1, 0, 0], [0, 1, 0], [0, 1, 0], [0, 0, 1]],
            [-0.5, -1.5, -0.5],
        ],
    ),
}


def _by_hand():
    import keras

    import custom_layers

    rows = []
    for problem, (x, classes, weights) in BY_HAND.items():
        hidden, output = (keras.layers.Dense(len(bias)) for bias in weights[1::2])
        model = keras.Sequential(
            [
                keras.Input((2,)),
                hidden,
                custom_layers.Threshold(),
                output,
                custom_layers.Threshold(),
            ]
        )
        model.set_weights([np.array(w, "float32") for w in weights])
        answers = np.array(model(x))
        wanted = classes[:, None] if answers.shape[1] == 1 else np.eye(answers.shape[1])[classes]
        rows.append(
            {
                "problem": problem,
                "points": len(x),
                "classes": len(set(classes)),
                "right": int((answers == wanted).all(axis=1).sum()),
            }
        )
    return pd.DataFrame(rows)


ALGEBRA = "least squares on four points, rounded to 12 decimals"

TABLES = {
    "outcomes": Table(
        key=("network", "gate"),
        columns={
            "seeds": Exact(),
            "solved_start": Rate(trials="seeds"),
            **shares("solved"),
            "at_floor": Rate(trials="seeds"),
            "changed": Rate(trials="seeds"),
            "changed_below": Rate(trials="seeds"),
            "with_gradient": Rate(trials="seeds"),
            "loss_q50": Unchecked(nan=True),
        },
        over_seeds=True,
    ),
    "curves": Table(
        key=("network", "gate", "step"),
        columns={
            "seeds": Exact(),
            "solved": Rate(trials="seeds"),
            **dict.fromkeys(("loss_q05", "loss_q50", "loss_q95"), Unchecked(nan=True)),
        },
        over_seeds=True,
    ),
    "gradients": Table(
        key=("network",),
        columns={
            "seeds": Exact(),
            "non_zero": Rate(trials="seeds"),
            "differ_by_input": Rate(trials="seeds"),
            "agree": Rate(trials="seeds"),
            "largest_error": Unchecked(),
        },
        over_seeds=True,
    ),
    "floors": Table(
        key=("gate", "x1", "x2"),
        columns={
            "target": Exact(),
            "best_answer": Close(rtol=0, atol=1e-10, reason=ALGEBRA),
            "floor": Close(rtol=0, atol=1e-10, reason=ALGEBRA),
        },
    ),
    "perceptron": Table(
        key=("gate",),
        columns=dict.fromkeys(
            ("epochs", "updates", "converged", "right", "w1", "w2", "b"), Exact()
        ),
    ),
    "by_hand": Table(
        key=("problem",), columns=dict.fromkeys(("points", "classes", "right"), Exact())
    ),
}
