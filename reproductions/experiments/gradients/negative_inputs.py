"""ReLU's derivative at negative inputs, and whether it is what makes a unit stand still.

Document: relu-post, part 3 (negative inputs have derivative 0, so weights may not be updated);
slides, part 7-2 (below 0 ReLU's gradient is 0, and this brings about dead neurons).
Setup: the derivative comes from automatic differentiation, at inputs of either sign from 1e-300 to
1e308 in size. Units with two weights from N(0, 1) and a bias of -10 get inputs of their own from
the square [-1, 1]², so that every weighted sum is negative, and take steps of Keras' SGD on the
squared error to targets from N(0, 1). The same units also have ReLU's output with a derivative of
0.1 below 0, which changes nothing else; leaky ReLU; and, as a control, a bias of 0.
Assumptions: a unit stands still if its weights and its bias keep all their bits. The derivative in
place of 0 is that of the slides' leaky ReLU.
Known differences: the documents show no numbers.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from reproductions.evidence import drawing, measured
from reproductions.evidence.kinds import Close, Exact, Rate, Table, shares
from reproductions.evidence.statistics import generator, share_of
from reproductions.evidence.verdicts import Judgement, Tables, graded
from reproductions.training.pool import Pool
from reproductions.training.spec import ANY_SIGN

if TYPE_CHECKING:
    import tensorflow as tf
    from matplotlib.figure import Figure

    Function = Callable[[tf.Tensor], tf.Tensor]


@dataclass(frozen=True)
class Spec:
    """The inputs at which derivatives are taken, and the units and their training."""

    seeds: int = 256
    sizes: tuple[float, ...] = (1e-300, 1e-100, 1e-10, 0.1, 1, 10, 1e3, 1e10, 1e100, 1e308)
    bias: float = field(default=-10.0, metadata=ANY_SIGN)
    slope: float = 0.1
    inputs: int = 32
    rate: float = 0.1
    steps: int = 100
    every: int = 10


SPEC = Spec()
SMALL = {"steps": 4, "every": 2}

CHANGED = "changed"
"""ReLU with another derivative below 0, and nothing else of it changed."""

LABELS = {
    "relu": "ReLU",
    CHANGED: "ReLU's output, leaky derivative",
    "leaky_relu": "leaky ReLU",
}
STYLES = {
    "relu": {"color": drawing.BLACK, "marker": "o"},
    CHANGED: {"color": drawing.VERMILION, "marker": "s", "linestyle": "--"},
    "leaky_relu": {"color": drawing.BLUE, "marker": "^", "linestyle": ":"},
}


def run(spec: Spec, pool: Pool) -> dict[str, pd.DataFrame]:
    """Takes the derivatives, and trains the same units with each function."""
    functions = _functions(spec)
    bar = pool.progress(functions.items(), what="negative_inputs", unit="function")
    units, paths = zip(*(_train(spec, name, function) for name, function in bar), strict=True)
    return {
        "derivatives": pd.concat(
            [_derivatives(spec, name, function) for name, function in functions.items()]
        ),
        "units": pd.DataFrame([row for rows in units for row in rows]),
        "paths": pd.concat(paths),
    }


def _functions(spec: Spec) -> dict[str, "Function"]:
    """ReLU, ReLU with the leaky derivative, and leaky ReLU."""
    import tensorflow as tf

    from custom_layers import LeakyReLU, ReLU

    relu = ReLU(dtype="float64")

    @tf.custom_gradient
    def changed(z):
        ones = tf.ones_like(z)
        return relu(z), lambda upstream: upstream * tf.where(z > 0, ones, spec.slope * ones)

    leaky_relu = LeakyReLU(negative_slope=spec.slope, dtype="float64")
    return {"relu": relu, CHANGED: changed, "leaky_relu": leaky_relu}


def _derivatives(spec: Spec, name: str, function: "Function") -> pd.DataFrame:
    """The derivative at inputs of either sign."""
    import tensorflow as tf

    sizes = np.array(spec.sizes)
    x = tf.constant(np.concatenate([-sizes, sizes]))
    with tf.GradientTape() as tape:
        tape.watch(x)
        value = function(x)
    derivative = tape.gradient(value, x).numpy()
    return pd.DataFrame({"function": name, "x": x.numpy(), "derivative": derivative})


def _drawn(spec: Spec) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Weights (unit, 3), inputs (unit, sample, 3) and targets (unit, sample) of all seeds.

    The last weight is the bias, whose input is 1. Units stand there twice: first with the bias of
    the setting, then with 0.
    """
    weights, inputs, targets = [], [], []
    for seed in range(spec.seeds):
        random = generator(seed)
        weights.append([*random.normal(size=2), 1.0])
        x = random.uniform(-1, 1, (spec.inputs, 2))
        inputs.append(np.column_stack([x, np.ones(spec.inputs)]))
        targets.append(random.normal(size=spec.inputs))
    w, x, y = (np.concatenate([part, part]) for part in (weights, inputs, targets))
    w[:, -1] = np.repeat([spec.bias, 0.0], spec.seeds)
    return w, x, y


def _train(spec: Spec, name: str, function: "Function") -> tuple[list[dict], pd.DataFrame]:
    """How many units stand still with each bias, and how far those of the setting's go."""
    import keras
    import tensorflow as tf

    start, x, y = _drawn(spec)
    w = keras.Variable(start, dtype="float64")
    inputs, targets = tf.constant(x), tf.constant(y)
    optimizer = keras.optimizers.SGD(spec.rate)
    optimizer.build([w])
    after = [start]
    for _ in range(spec.steps):
        with tf.GradientTape() as tape:
            output = function(tf.einsum("usi,ui->us", inputs, w.value))
            # A sum over units: what becomes of one does not depend on the others.
            loss = tf.reduce_sum(tf.reduce_mean((output - targets) ** 2, axis=1))
        optimizer.apply([tape.gradient(loss, w.value)], [w])
        after.append(np.array(w))
    negative = (np.einsum("usi,ui->us", x, start) < 0).all(axis=1)
    once, moved = (weights != start for weights in (after[1], after[-1]))
    rows = []
    for place, bias in enumerate((spec.bias, 0.0)):
        of_bias = slice(place * spec.seeds, (place + 1) * spec.seeds)
        all_moved = int(moved[of_bias].all(axis=1).sum())
        row = {
            "function": name,
            "bias": bias,
            "negative": int(negative[of_bias].sum()),
            "still_after_one": int((~once[of_bias]).all(axis=1).sum()),
            "still": int((~moved[of_bias]).all(axis=1).sum()),
            "all_moved": all_moved,
            "seeds": spec.seeds,
        }
        rows.append({**row, **share_of(all_moved, spec.seeds)})
    steps = np.arange(0, spec.steps + 1, spec.every)
    far = [np.linalg.norm((after[s] - start)[: spec.seeds], axis=1).mean() for s in steps]
    return rows, pd.DataFrame({"function": name, "step": steps, "distance": far})


def figures(spec: Spec, tables: Tables) -> drawing.Figures:
    """How far the weights get from where they start."""
    return {"paths": lambda: _draw(spec, tables["paths"])}


def _draw(spec: Spec, paths: pd.DataFrame) -> "Figure":
    figure, ((axes,),) = drawing.panels(width=5.0, height=3.2)
    for name, rows in paths.groupby("function", sort=False):
        axes.plot(rows["step"], rows["distance"], label=LABELS[name], **STYLES[name])
    axes.set(xlabel="step", ylabel="mean distance of the weights\nfrom their start")
    axes.set_title(f"Units with a bias of {spec.bias:g}:\nonly a derivative of zero holds them")
    axes.legend(loc="upper left")
    return figure


def _zero_at_negative_inputs(tables: Tables) -> tuple[int, int]:
    """At how many of how many negative inputs ReLU's derivative is exactly 0."""
    relu = measured.rows(tables["derivatives"], function="relu")
    negative = relu.loc[relu["x"] < 0, "derivative"]
    return int((negative == 0).sum()), len(negative)


def _unit_rows(tables: Tables, function: str) -> tuple[pd.Series, pd.Series]:
    """A function's row with the bias far below 0, and the one with a bias of 0."""
    units = measured.rows(tables["units"], function=function)
    return measured.row(units, bias=units["bias"].min()), measured.row(units, bias=0.0)


def _no_update_at_negative_inputs(tables: Tables) -> Judgement:
    zeros, inputs = _zero_at_negative_inputs(tables)
    relu = measured.rows(tables["derivatives"], function="relu")
    only_there = (relu.loc[relu["x"] > 0, "derivative"] != 0).all()
    low, control = _unit_rows(tables, "relu")
    still = low["still_after_one"] == low["negative"] == low["seeds"]
    others_move = control["still_after_one"] == control["negative"] < control["seeds"]
    derivative = zeros == inputs and only_there
    return Judgement(
        graded(derivative and still and others_move, in_part=derivative),
        None,
        notes=("main",),
        values={
            "zeros": zeros,
            "inputs": inputs,
            "still": low["still_after_one"],
            "units": low["seeds"],
            "control": control["seeds"] - control["still_after_one"],
        },
    )


def _zero_derivative_kills(tables: Tables, *, most: float = 0.5) -> Judgement:
    zeros, inputs = _zero_at_negative_inputs(tables)
    relu, changed, leaky = (_unit_rows(tables, name)[0] for name in LABELS)
    dead = zeros == inputs and relu["still"] == relu["negative"] == relu["seeds"]
    others = (changed, leaky)
    return Judgement(
        graded(
            dead and all(row["all_moved"] == row["seeds"] for row in others),
            in_part=dead and all(row["low"] > most for row in others),
        ),
        float(changed["share"]),
        float(changed["low"]),
        float(changed["high"]),
        notes=("main",),
        values={
            "still": relu["still"],
            "units": relu["seeds"],
            "leaky": leaky["all_moved"],
        },
    )


CLAIMS = {"RP-22": _no_update_at_negative_inputs, "SL-36": _zero_derivative_kills}

TABLES = {
    "derivatives": Table(key=("function", "x"), columns={"derivative": Exact()}),
    "units": Table(
        key=("function", "bias"),
        columns={
            **dict.fromkeys(("negative", "still_after_one", "still"), Rate("seeds")),
            **shares("all_moved"),
        },
        over_seeds=True,
    ),
    "paths": Table(
        key=("function", "step"),
        columns={"distance": Close(1e-9, 1e-12, "a hundred smooth float64 updates")},
        over_seeds=True,
    ),
}
