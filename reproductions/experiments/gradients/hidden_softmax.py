"""The functions before ReLU in hidden layers: signals, gradients, XOR and the digits.

Document: relu-post, introduction (the step function, linear, sigmoid, softmax and tanh must not be
used in hidden layers, or to a limited extent only).
Setup: 1) Untrained classifiers of the handwritten digits with eight hidden layers of 32 units, from
Glorot's initial weights. 2) Networks 2-5-5-2 learn XOR from N(0, 1) weights and biases, all four
points in each of 3,000 updates. 3) Classifiers 64-32-32-10 learn the digits on batches of 32, in
1,320 updates. All functions start from the same weights and see the same batches.
Assumptions: each function learns at its own best rate out of a grid, chosen on seeds that are not
judged: for XOR the rate with the most solved seeds, the lowest of equal ones; for the digits that
with the lowest training error. XOR is solved if the mean cross entropy is below log(2)/4, which no
wrong point allows. The difference between images is the RMS of a layer's outputs after their mean
over the images is taken off, as a share of their RMS. The threshold's derivative is 0: with hidden
thresholds the last layer alone learns, on what the initial weights make of the input.
Known differences: the post gives no numbers and no setting. A hidden softmax works on all units of
a layer together.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import pandas as pd

from reproductions.evidence import drawing, functions, measured
from reproductions.evidence.kinds import Close, Exact, Table, Unchecked, shares
from reproductions.evidence.statistics import generator, mean_of, share_of
from reproductions.evidence.verdicts import Judgement, Tables, graded
from reproductions.training import activations, digits, xor
from reproductions.training.pool import Arrays, Pool, Shard

if TYPE_CHECKING:
    import keras
    import tensorflow as tf
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure


Hidden = Literal["softmax", "tanh", "relu", "threshold", "linear", "sigmoid"]


@dataclass(frozen=True)
class Spec:
    """The functions, the networks, the grids of rates, and the number of seeds."""

    seeds: int = 128
    functions: tuple[Hidden, ...] = ("softmax", "threshold", "linear", "sigmoid", "tanh", "relu")
    xor_hidden: tuple[int, ...] = (5, 5)
    xor_rates: tuple[float, ...] = (0.03, 0.1, 0.3, 1.0, 3.0, 10.0)
    xor_steps: int = 3_000
    xor_tuning_seeds: int = 16
    digit_hidden: tuple[int, ...] = (32, 32)
    digit_rates: tuple[float, ...] = (0.1, 0.3, 1.0, 3.0, 10.0)
    digit_steps: int = 1_320
    digit_seeds: int = 16  # at most
    digit_tuning_seeds: int = 3
    batch: int = 32
    deep_width: int = 32
    deep_layers: int = 8


SPEC = Spec()
QUICK = {"xor_rates": (0.3, 3.0), "digit_rates": (0.3, 3.0), "digit_steps": 440}
SMALL = {
    "xor_rates": (0.3, 3.0),
    "xor_steps": 20,
    "xor_tuning_seeds": 2,
    "digit_rates": (0.3, 3.0),
    "digit_steps": 20,
    "digit_tuning_seeds": 1,
    "deep_layers": 3,
}

TUNING = 1_000_000
"""The first of the seeds on which rates are chosen."""

SOFTMAX, OTHERS = "softmax", ("tanh", "relu")

RELU, FOUR = "relu", ("threshold", "linear", "sigmoid", "tanh")

WATCHED = 512  # training images on which the error is taken


def run(spec: Spec, pool: Pool) -> dict[str, pd.DataFrame]:
    """Trains every function on both tasks, and measures the untrained deep networks."""
    calls = [(spec, task, name) for task in ("xor", "digits") for name in spec.functions]
    arrays = dict(
        zip([call[1:] for call in calls], pool.gather(_train, calls, "hidden_softmax"), strict=True)
    )
    solved, errors = [], []
    for name in spec.functions:
        found = arrays["xor", name]
        count = int(found["solved"].sum())
        key = {"function": name, "rate": float(found["rate"]), "solved": count}
        solved.append({**key, "seeds": spec.seeds, **share_of(count, spec.seeds)})
        found = arrays["digits", name]
        mean, low, high = mean_of(found["error"])
        key = {"function": name, "rate": float(found["rate"]), "seeds": len(found["error"])}
        errors.append({**key, "error": mean, "low": low, "high": high})
    return {
        "solved": pd.DataFrame(solved),
        "errors": pd.DataFrame(errors),
        "differences": pd.DataFrame(
            [
                {"against": name, **_difference(arrays, SOFTMAX, name)}
                for name in OTHERS
                if {name, SOFTMAX} <= set(spec.functions)
            ],
            columns=TABLES["differences"].names,
        ),
        "against_relu": pd.DataFrame(
            [
                {"function": name, **_difference(arrays, name, RELU)}
                for name in FOUR
                if {name, RELU} <= set(spec.functions)
            ],
            columns=TABLES["against_relu"].names,
        ),
        "signals": pd.concat([_signals(spec, name) for name in spec.functions], ignore_index=True),
    }


def _difference(arrays: Mapping[tuple, Arrays], name: str, other: str) -> dict[str, Any]:
    """A function's test error on the digits minus another function's, seed by seed."""
    gaps = arrays["digits", name]["error"] - arrays["digits", other]["error"]
    mean, low, high = mean_of(gaps)
    return {"seeds": len(gaps), "difference": mean, "low": low, "high": high}


def _layer(name: str, **options: Any) -> "keras.Layer":
    """A hidden layer's activation; softmax acts on the units of a layer, the last axis."""
    import custom_layers

    if name in (SOFTMAX, "threshold"):
        return getattr(custom_layers, functions.FUNCTIONS[name].layer)(**options)
    return activations.layer(name, **options)


def _train(shard: Shard, spec: Spec, task: str, name: str) -> Arrays:
    """The best rate of a function on one task, and what the judged seeds came to at this rate."""
    return _train_xor(spec, name) if task == "xor" else _train_digits(spec, name)


def xor_images() -> digits.Images:
    """XOR's four points as images of two pixels in two classes."""
    x, y = xor.X.reshape(4, 1, 2, 1), xor.Y[:, 0].astype("int64")
    return digits.Images(x, y, x, y)


def normal_weights(shapes: Sequence[tuple[int, int]], seeds: np.ndarray) -> list[np.ndarray]:
    """N(0, 1) kernels (replica, in, out) and biases (replica, 1, out), a stream a seed."""
    streams = [generator(seed) for seed in seeds]
    weights = []
    for inputs, outputs in shapes:
        drawn = np.stack([stream.standard_normal((inputs + 1, outputs)) for stream in streams])
        weights += [drawn[:, :-1].astype("float32"), drawn[:, -1:].astype("float32")]
    return weights


def _train_xor(spec: Spec, name: str) -> Arrays:
    import tensorflow as tf

    from reproductions.training import classifiers

    images = xor_images()
    classifier = classifiers.Classifier(hidden=spec.xor_hidden)
    seeds = np.r_[: spec.seeds, TUNING : TUNING + spec.xor_tuning_seeds]
    weights = normal_weights(classifier.shapes(images), seeds)
    rates = len(spec.xor_rates)
    _, trained = classifiers.train(
        classifier,
        lambda: _layer(name),
        images,
        [np.tile(w, (rates, 1, 1)) for w in weights],
        np.repeat(spec.xor_rates, len(seeds)),
        [spec.xor_steps],
        batch=len(xor.X),
    )
    logits = classifier.signals(
        _layer(name), [tf.constant(w) for w in trained], tf.constant(images.x_train)
    )[-1][0]
    classes = tf.constant(np.eye(2, dtype="float32")[images.y_train])
    cost = np.asarray(classifiers.cross_entropy(classes, logits)).reshape(rates, len(seeds))
    solved = cost < xor.SOLVED_COST
    best = int(np.argmax(solved[:, spec.seeds :].sum(axis=1)))
    return {"rate": np.array(spec.xor_rates[best]), "solved": solved[best, : spec.seeds]}


def _train_digits(spec: Spec, name: str) -> Arrays:
    import tensorflow as tf

    from reproductions.training import classifiers

    images = digits.load()
    classifier = classifiers.Classifier(hidden=spec.digit_hidden)

    def train(seeds: np.ndarray, rates: np.ndarray) -> tuple[np.ndarray, list[np.ndarray]]:
        errors, weights = classifiers.train(
            classifier,
            lambda: _layer(name),
            images,
            classifier.weights(images, seeds),
            rates,
            [spec.digit_steps],
            batch=spec.batch,
            watched=WATCHED,
        )
        return errors[-1], weights

    tuning = np.arange(TUNING, TUNING + spec.digit_tuning_seeds)
    rates = np.repeat(spec.digit_rates, len(tuning))
    errors, _ = train(np.tile(tuning, len(spec.digit_rates)), rates)
    best = int(np.argmin(errors.reshape(-1, len(tuning)).mean(axis=1)))
    rate = spec.digit_rates[best]
    seeds = np.arange(min(spec.seeds, spec.digit_seeds))
    _, weights = train(seeds, np.full(len(seeds), rate))
    logits = classifier.signals(
        _layer(name), [tf.constant(w) for w in weights], tf.constant(images.x_test)
    )[-1][0]
    wrong = np.asarray(tf.argmax(logits, -1)) != images.y_test
    return {"rate": np.array(rate), "error": wrong.mean(axis=1)}


def _signals(spec: Spec, name: str) -> pd.DataFrame:
    """What reaches each layer of an untrained deep network: signals from below, gradients."""
    import tensorflow as tf

    from reproductions.training import classifiers

    images = digits.load()
    classifier = classifiers.Classifier(hidden=(spec.deep_width,) * spec.deep_layers)
    seeds = np.arange(min(spec.seeds, spec.digit_seeds))
    # Softmax soon makes outputs so alike that float32 could not tell them apart.
    weights = [tf.constant(w, tf.float64) for w in classifier.weights(images, seeds)]
    x = tf.constant(images.x_train[:WATCHED], tf.float64)
    classes = tf.constant(np.eye(images.classes)[images.y_train[:WATCHED]])
    with tf.GradientTape() as tape:
        tape.watch(weights)
        signals = classifier.signals(_layer(name, dtype="float64"), weights, x)
        loss = tf.reduce_sum(classifiers.cross_entropy(classes, signals[-1][0]))
    sums = [z for z, _ in signals]
    sizes = np.stack([_rms(gradient) for gradient in tape.gradient(loss, sums)])
    spread = np.stack([_spread(value) for _, value in signals[:-1]])
    return pd.DataFrame(
        {
            "function": name,
            "layer": range(1, len(spread) + 1),
            "seeds": len(seeds),
            "spread_q50": np.median(spread, axis=1),
            "gradient_q50": np.median(sizes[:-1] / sizes[-1], axis=1),
        }
    )


def _rms(values: "tf.Tensor") -> np.ndarray:
    """The root of the mean square over images and units, (replica,)."""
    return np.sqrt(np.square(np.asarray(values, "float64")).mean(axis=(1, 2)))


def _spread(values: "tf.Tensor") -> np.ndarray:
    """What differs between images, as a share of the outputs' RMS, (replica,)."""
    outputs = np.asarray(values, "float64")
    return _rms(outputs - outputs.mean(axis=1, keepdims=True)) / _rms(outputs)


def figures(spec: Spec, tables: Tables) -> drawing.Figures:
    """Signals and gradients by layer, XOR solved, and test errors, by function."""
    return {"softmax": lambda: _figure(spec, tables)}


def _figure(spec: Spec, tables: Tables) -> "Figure":
    figure, axes = drawing.panels(1, 4, width=3.3, height=3.6)
    spread, gradient, solved, errors = axes[0]
    for name, rows in tables["signals"].groupby("function", sort=False):
        style = {**functions.style(name), "marker": "o", "markersize": 4}
        spread.plot(rows["layer"], rows["spread_q50"], label=functions.label(name), **style)
        gradient.plot(rows["layer"], rows["gradient_q50"], **style)
    spread.set(yscale="log", xlabel="layer", ylabel="share of the outputs' RMS")
    spread.set_title("Difference between images,\nbefore training")
    gradient.set(yscale="log", xlabel="layer", ylabel="as a multiple of the logits'")
    gradient.set_title("Gradient of each layer's sums,\nbefore training")
    _draw_rows(solved, tables["solved"], "share")
    solved.set(xlim=(-0.03, 1.03), xlabel="share of initialisations")
    solved.set_title("XOR solved, at the best rate\n(95 % intervals)")
    _draw_rows(errors, tables["errors"], "error")
    errors.set(xlim=(0, 1), xlabel="test error")
    errors.set_title("Digits, at the best rate\n(95 % intervals)")
    figure.legend(*spread.get_legend_handles_labels(), loc="outside lower center", ncols=6)
    figure.suptitle("ReLU in hidden layers against the functions before it")
    return figure


def _draw_rows(panel: "Axes", rows: pd.DataFrame, column: str) -> None:
    for place, (_, row) in enumerate(rows.iterrows()):
        ends = [[row[column] - row["low"]], [row["high"] - row[column]]]
        color = functions.color(row["function"])
        panel.errorbar(row[column], place, xerr=ends, fmt="o", color=color, capsize=4)
    labels = [functions.label(name) for name in rows["function"]]
    panel.set_yticks(range(len(labels)), labels)
    panel.set_ylim(len(labels) - 0.5, -0.5)


def _worse_than_others(tables: Tables) -> Judgement:
    solved = {name: measured.row(tables["solved"], function=name) for name in (SOFTMAX, *OTHERS)}
    differences = [measured.row(tables["differences"], against=name) for name in OTHERS]
    worse = [
        *(solved[SOFTMAX]["high"] < solved[name]["low"] for name in OTHERS),
        *(row["low"] > 0 for row in differences),
    ]
    verdict = graded(all(worse), in_part=any(worse))
    errors = tables["errors"].set_index("function")["error"]
    values = {
        "solved": {name: solved[name]["share"] for name in OTHERS},
        "errors": {name: errors[name] for name in (SOFTMAX, *OTHERS)},
    }
    row = solved[SOFTMAX]
    ends = float(row["low"]), float(row["high"])
    return Judgement(verdict, float(row["share"]), *ends, notes=("main", "why"), values=values)


def _four_are_worse(tables: Tables) -> Judgement:
    solved = {name: measured.row(tables["solved"], function=name) for name in (RELU, *FOUR)}
    errors = {name: measured.row(tables["against_relu"], function=name) for name in FOUR}
    relu = solved[RELU]
    worse = {
        "XOR": [name for name in FOUR if solved[name]["high"] < relu["low"]],
        "digits": [name for name in FOUR if errors[name]["low"] > 0],
    }
    better = [
        name for name in FOUR if solved[name]["low"] > relu["high"] or errors[name]["high"] < 0
    ]
    on_any = {name for names in worse.values() for name in names}
    verdict = graded(len(on_any) == len(FOUR) and not better, in_part=bool(on_any))
    values = {
        "worse": len(on_any),
        "count": len(FOUR),
        "better": {name: solved[name]["share"] for name in better},
        "solved": {name: solved[name]["share"] for name in (*FOUR, RELU)},
        "errors": {name: errors[name]["difference"] for name in FOUR},
    }
    notes = [
        "main",
        *(["better"] if better else []),
        "step",
        *(["shallow"] if "sigmoid" not in on_any else []),
    ]
    return Judgement(verdict, None, notes=notes, values=values)


CLAIMS = {"RP-15": _worse_than_others, "RP-19": _four_are_worse}

TRAINED = "trained weights differ in their last bits; 1 in 360 test images is 0.003"

ERROR = Close(rtol=0, atol=0.01, reason=TRAINED)

PLATEAU = "last bits decide when a softmax network leaves its plateau; each of 16 by up to 0.5"

SOFTMAX_ERROR = Close(rtol=0, atol=0.15, reason=PLATEAU, least=-1, most=1)

SUMS = Close(rtol=1e-3, atol=1e-14, reason="sums in float64")

TABLES = {
    "solved": Table(
        key=("function",), columns={"rate": Unchecked(), **shares("solved")}, over_seeds=True
    ),
    "errors": Table(
        key=("function",),
        columns={
            "rate": Unchecked(),
            "seeds": Exact(),
            **dict.fromkeys(("error", "low", "high"), SOFTMAX_ERROR),
        },
        over_seeds=True,
    ),
    "differences": Table(
        key=("against",),
        columns={"seeds": Exact(), **dict.fromkeys(("difference", "low", "high"), SOFTMAX_ERROR)},
        over_seeds=True,
    ),
    "against_relu": Table(
        key=("function",),
        columns={"seeds": Exact(), **dict.fromkeys(("difference", "low", "high"), ERROR)},
        over_seeds=True,
    ),
    "signals": Table(
        key=("function", "layer"),
        columns={"seeds": Exact(), **dict.fromkeys(("spread_q50", "gradient_q50"), SUMS)},
        over_seeds=True,
    ),
}
