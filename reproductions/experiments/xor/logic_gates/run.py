"""Trains linear, step and tanh networks on the gates, and checks the linear ones' gradients."""

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from reproductions.evidence import kinds
from reproductions.evidence.kinds import Close, Exact, Rate, Table, Unchecked, shares
from reproductions.evidence.statistics import share_of
from reproductions.experiments.xor.logic_gates import references
from reproductions.training import gates, xor
from reproductions.training.gates import GATES
from reproductions.training.pool import Arrays, Pool, Shard, whole

if TYPE_CHECKING:
    import keras


@dataclass(frozen=True)
class Spec:
    """The networks, and how many seeds are trained."""

    seeds: int = 512
    networks: tuple[str, ...] = (
        "linear 1",
        "linear 2",
        "linear 4",
        "tanh 2",
        "step 1",
        "step 2",
        "step 4",
        "step below",
    )
    width: int = 5
    rate: float = 0.05
    steps: int = 3_001
    every: int = 50  # steps from one record to the next
    epochs: int = 100  # of the perceptron's rule, at most
    checked: int = 16  # seeds, at most, whose gradients are compared with central differences

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
    "networks": ("linear 1", "linear 2", "tanh 2", "step 2"),
    "steps": 101,
    "epochs": 20,
    "checked": 2,
}

FLOOR_WIDTH = 1e-3
"""A loss that is nearer than this to the least-squares floor has reached it."""

STEP_BELOW = "step below"

COUNTED = (
    "solved_start",
    "solved",
    "at_floor",
    "changed",
    "changed_below",
    "with_gradient",
)

QUANTILES = {"loss_q05": 0.05, "loss_q50": 0.5, "loss_q95": 0.95}


def run(spec: Spec, pool: Pool) -> dict[str, pd.DataFrame]:
    """Trains every network on every gate, and makes what they are compared with."""
    calls = [(spec, name) for name in spec.networks]
    trained = pool.by_seeds(_train, calls, spec.seeds, "logic_gates", each=len(GATES))
    outcomes, curves = [], []
    for name, ranges_of_seeds in zip(spec.networks, trained, strict=True):
        arrays = whole(ranges_of_seeds, summed=("counts", "solved"))
        for i, gate in enumerate(GATES):
            key = {"network": name, "gate": gate, "seeds": spec.seeds}
            counts = dict(zip(COUNTED, arrays["counts"][i], strict=True))
            share = share_of(counts["solved"], spec.seeds)
            outcomes.append({**key, **counts, **share, "loss_q50": np.median(arrays["end"][i])})
            curves.append(_curve(spec, arrays["solved"][i], arrays["loss"][i]).assign(**key))
    return {
        "outcomes": pd.DataFrame(outcomes),
        "curves": pd.concat(curves),
        "gradients": pd.DataFrame(
            [_gradients(spec, name) for name in spec.networks if name.startswith("linear")],
            columns=TABLES["gradients"].names,
        ),
        "floors": references.floors(),
        "perceptron": references.perceptron(spec.epochs),
        "one_step": references.one_step(spec.seeds, spec.epochs),
        "by_hand": references.by_hand(),
    }


def network(name: str, width: int, dtype: str = "float32") -> "keras.Sequential":
    """A Keras model from two inputs to one output.

    Args:
        name: "linear", "tanh" or "step", and the number of layers. The output layer of a step
            network is a step, that of the others is linear. "step below" has a hidden layer of
            steps and a linear output.
        width: of the hidden layers.
        dtype: of weights and signals.
    """
    import keras

    from custom_layers import Linear, Tanh, Threshold

    kind, depth = name.split()
    hidden = {"linear": Linear, "tanh": Tanh, "step": Threshold}[kind]
    output = Threshold if kind == "step" and depth != "below" else Linear
    layers = []
    for _ in range((2 if depth == "below" else int(depth)) - 1):
        layers += [keras.layers.Dense(width, dtype=dtype), hidden(dtype=dtype)]
    layers += [keras.layers.Dense(1, dtype=dtype), output(dtype=dtype)]
    return keras.Sequential([keras.Input((2,), dtype=dtype), *layers])


def _engine(name, width):
    return gates.engine(network(name, width), gradients=name.startswith("step"))


def _train(shard: Shard, spec: Spec, name: str, start: int, stop: int) -> Arrays:
    """Trains the seeds from `start` to `stop` on each gate; gives counts, and every seed's loss."""
    from reproductions.training import replicas

    engine = shard.once(_engine, name, spec.width)
    weights = replicas.initial_weights(engine.model, range(start, stop), "glorot")
    options = {"steps": spec.steps, "every": spec.every, "done": shard.advance}
    drawn = _drawn_records(spec)
    by_gate = []
    for y in GATES.values():
        trained = engine.train(weights, xor.X, y, spec.rate, **options)
        answers = trained.records["answers"]  # (record, point, seed)
        solved = gates.solved(answers, y).sum(axis=1)
        loss = gates.squared_error(answers, y)
        changed_by_array = [
            (after != before).any(axis=tuple(range(before.ndim - 1)))
            for before, after in zip(weights, trained.weights, strict=True)
        ]
        changed = np.any(changed_by_array, axis=0)
        # A network whose weights change has a gradient; that of a step network is recorded.
        norms = trained.records.get("gradient_norm")
        counts = {
            "solved_start": solved[0],
            "solved": solved[-1],
            "at_floor": (np.abs(loss[-1] - references.floor(y)[1]) < FLOOR_WIDTH).sum(),
            "changed": changed.sum(),
            # The last kernel and bias are the output layer's.
            "changed_below": np.any([*changed_by_array[:-2], np.zeros_like(changed)], axis=0).sum(),
            "with_gradient": (changed if norms is None else (norms != 0).any((0, 1))).sum(),
        }
        by_gate.append(
            {
                "counts": [counts[column] for column in COUNTED],
                "solved": solved[drawn],
                "loss": loss[drawn, : max(0, kinds.LISTED - start)],
                "end": loss[-1],
            }
        )
    return {key: [arrays[key] for arrays in by_gate] for key in by_gate[0]}


def _drawn_records(spec) -> np.ndarray:
    """The records that are drawn, the last one included."""
    records = len(range(0, spec.steps, spec.every))
    return np.unique(np.geomspace(1, records, 25).round().astype(int)) - 1


def _curve(spec, solved, loss):
    quantiles = np.quantile(loss, tuple(QUANTILES.values()), axis=1)
    step = _drawn_records(spec) * spec.every
    return pd.DataFrame(
        {"step": step, "solved": solved, **dict(zip(QUANTILES, quantiles, strict=True))}
    )


def _gradients(spec, name):
    """A linear network's gradients in float64: against central differences, and point by point."""
    import tensorflow as tf

    from reproductions.training import replicas

    model = network(name, spec.width, "float64")
    seeds = min(spec.seeds, spec.checked)
    initial_weights = replicas.initial_weights(model, range(seeds), "glorot")
    x, y = tf.constant(xor.X, "float64"), tf.constant(xor.Y, "float64")

    def gradient(x, y):
        with tf.GradientTape() as tape:
            loss = tf.reduce_mean((model(x) - y) ** 2)
        return np.concatenate([np.ravel(g) for g in tape.gradient(loss, model.trainable_variables)])

    errors, differ, non_zero = [], 0, 0
    for seed in range(seeds):
        weights = [array[..., seed].astype("float64") for array in initial_weights]
        model.set_weights(weights)
        by_backpropagation, by_differences = gradient(x, y), references.central_differences(weights)
        error = np.abs(by_backpropagation - by_differences).max()
        errors.append(error / np.abs(by_differences).max())
        non_zero += bool((by_backpropagation != 0).any())
        # The first layer's kernel sees another input at the point (0, 1) than at (1, 0).
        differ += not np.allclose(gradient(x[1:2], y[1:2]), gradient(x[2:3], y[2:3]))
    return {
        "network": name,
        "seeds": seeds,
        "non_zero": non_zero,
        "differ_by_input": differ,
        "agree": int((np.array(errors) < 1e-8).sum()),
        "largest_error": max(errors),
    }


ALGEBRA = Close(rtol=0, atol=1e-10, reason="least squares on four points, rounded to 12 decimals")

TABLES = {
    "outcomes": Table(
        key=("network", "gate"),
        columns={
            "seeds": Exact(),
            "solved_start": Rate(trials="seeds"),
            **shares("solved"),
            **dict.fromkeys(COUNTED[2:], Rate(trials="seeds")),
            "loss_q50": Unchecked(nan=True),
        },
        over_seeds=True,
    ),
    "curves": Table(
        key=("network", "gate", "step"),
        columns={
            "seeds": Exact(),
            "solved": Rate(trials="seeds"),
            **dict.fromkeys(QUANTILES, Unchecked(nan=True)),
        },
        over_seeds=True,
    ),
    "gradients": Table(
        key=("network",),
        columns={
            "seeds": Exact(),
            **dict.fromkeys(("non_zero", "differ_by_input", "agree"), Rate(trials="seeds")),
            "largest_error": Unchecked(),
        },
        over_seeds=True,
    ),
    "floors": Table(
        key=("gate", "x1", "x2"),
        columns={"target": Exact(), "best_answer": ALGEBRA, "floor": ALGEBRA},
    ),
    "perceptron": Table(
        key=("gate",),
        columns=dict.fromkeys(
            ("epochs", "updates", "converged", "right", "w1", "w2", "b"), Exact()
        ),
    ),
    "one_step": Table(
        key=("problem",),
        columns={
            **dict.fromkeys(("classes", "points", "seeds"), Exact()),
            "solved": Rate(trials="seeds"),
            "most_right": Exact(),
        },
        over_seeds=True,
    ),
    "by_hand": Table(
        key=("problem",), columns=dict.fromkeys(("points", "classes", "right"), Exact())
    ),
}
