"""Measures every function seed by seed, ranks them, and tests which can be told apart."""

import dataclasses
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, get_args

import numpy as np
import pandas as pd

from reproductions.evidence.functions import FUNCTIONS
from reproductions.evidence.kinds import Close, Exact, Kind, Rate, Table, Unchecked, shares
from reproductions.evidence.statistics import generator, mean_of, share_of
from reproductions.training import activations, battery
from reproductions.training.pool import Arrays, Pool, Shard

Document = Literal["sigmoid", "tanh", "relu", "leaky_relu", "elu", "softplus", "swish"]
Today = Literal[
    "gelu",
    "selu",
    "mish",
    "hard_swish",
    "snake",
    "sine",
    "relu_squared",
    "softsign",
    "squareplus",
    "relu6",
    "hard_tanh",
    "hard_sigmoid",
    "log_sigmoid",
    "exponential",
    "tanh_shrink",
    "soft_shrink",
    "hard_shrink",
    "sparse_plus",
    "sparse_sigmoid",
]

LABELS: Mapping[str, str] = {
    **{name: FUNCTIONS[name].label for name in get_args(Document)},
    **{name: name.replace("_", " ") for name in get_args(Today)},
    "gelu": "GELU",
    "selu": "SELU",
    "mish": "Mish",
    "snake": "Snake",
    "relu_squared": "ReLU²",
    "relu6": "ReLU6",
}
"""What the functions are called in a figure."""


@dataclass(frozen=True)
class Task:
    """One thing that functions are ranked by.

    Attributes:
        label: what it is called in a figure.
        more: whether more is better, and not less.
        counts: whether each seed either succeeds or does not.
    """

    label: str
    more: bool = True
    counts: bool = True


TASKS: Mapping[str, Task] = {
    "xor_normal": Task("XOR solved,\nN(0, 1) weights"),
    "xor_glorot": Task("XOR solved,\nGlorot's weights"),
    "gradient": Task("gradient kept\nper layer", counts=False),
    "dead_units": Task("few dead units\nafter XOR", more=False, counts=False),
    "zigzag": Task("little zigzag\nof SGD", more=False, counts=False),
    "digits": Task("few updates\non digits", more=False, counts=False),
    "circles": Task("circles\nseparated"),
}


@dataclass(frozen=True)
class Spec(battery.Setting):
    """The battery's setting with fewer seeds, and the functions that go through it."""

    seeds: int = 128  # of the XOR network from each of the two initial weights
    digits_seeds: int = 32
    functions: tuple[Document | Today, ...] = (*get_args(Document), *get_args(Today))


SPEC = Spec()
OPTIONAL = True
QUICK = {"functions": ("tanh", "relu", "swish", "gelu", "mish")}
SMALL = {
    "functions": ("relu", "swish", "gelu"),
    "xor_depth": 3,
    "xor_steps": 21,
    "digits_steps": 20,
    "circles_epochs": 1,
}

RESAMPLES, STREAM = 2_000, 21
"""Of the bootstrap, and the stream of its random numbers."""

PI_PARTS = 3.140625, 9.67653589793e-4
"""Their sum is pi to 12 digits; thousands of times the first one are whole in float32."""
TERMS = 6


def sine(x: Any) -> Any:
    """The sine of x, with derivative cos x, from the first powers of its series at 0.

    XLA computes sines one number at a time, which takes twenty times as long. A multiple k pi is
    taken off, and for odd k the sign changes. The error is below 1e-6 for |x| < 100.

    Args:
        x: a tensor.
    """
    from keras import ops

    high, low = PI_PARTS
    k = ops.round(x * (1 / np.pi))
    # Of a number so large that no digit is left behind the point, nothing is known but the bounds.
    r = ops.clip(x - k * high - k * low, -2.0, 2.0)
    square, total = r * r, 1.0
    for n in range(2 * TERMS, 0, -2):
        total = 1.0 - square / (n * (n + 1)) * total
    odd = k - 2.0 * ops.floor(k / 2.0)
    return r * total * (1.0 - 2.0 * odd)


def snake(x: Any) -> Any:
    """Snake, x + sin²x, with derivative 1 + 2 sin x cos x = 1 + sin 2x.

    Args:
        x: a tensor.

    References:
        Ziyin, Hartwig and Ueda (2020), "Neural networks fail to learn periodic functions and how to
        fix it".
    """
    from keras import ops

    return x + ops.square(sine(x))


def relu_squared(x: Any) -> Any:
    """The square of ReLU, max(0, x)², with derivative 2 max(0, x), which is 0 at 0.

    Args:
        x: a tensor.

    References:
        So et al. (2021), "Primer: searching for efficient transformers for language modeling".
    """
    from keras import ops

    return ops.square(ops.relu(x))


OUTSIDE_KERAS: Mapping[str, Callable] = {
    "sine": sine,
    "snake": snake,
    "relu_squared": relu_squared,
}


def factory(name: str) -> Callable:
    """What makes a function as a Keras layer, called with `dtype`.

    Args:
        name: of `Document` or of `Today`.
    """
    import keras

    if name in get_args(Document):
        return lambda dtype: activations.layer(name, dtype=dtype)
    function = OUTSIDE_KERAS.get(name) or getattr(keras.activations, name)
    return lambda dtype: activations.layer(function, dtype=dtype)


def run(spec: Spec, pool: Pool) -> dict[str, pd.DataFrame]:
    """Measures every function, several side by side, and compares them seed by seed."""
    calls = [(spec, function) for function in spec.functions]
    measured = pool.gather(_measure, calls, "functions_today", unit="function")
    values = {task: np.stack([arrays[task] for arrays in measured]) for task in TASKS}
    return {
        **scores(spec.functions, values),
        "ranks": ranks(spec.functions, values),
        "told_apart": told_apart(spec.functions, values),
        "gradient_and_xor": correlations(values),
    }


def _measure(shard: Shard, spec: Spec, function: str) -> Arrays:
    """What a function comes to in each task, (seed,)."""
    from reproductions.training import descent_path, gradients

    make = factory(function)
    with np.errstate(all="ignore"):  # some functions break networks, and that is counted
        ends = battery.xor_ends(make, spec, {"normal": spec.seeds, "glorot": spec.seeds})
        dead = battery.dead_shares(make, ends["normal"].weights)
        slopes = gradients.slope_per_layer(battery.stack_gradients(make, spec))
        inputs = descent_path.inputs(spec.zigzag_width)
        features = descent_path.outputs(make(dtype="float32"), inputs)
        return {
            "xor_normal": ends["normal"].solved,
            "xor_glorot": ends["glorot"].solved,
            "gradient": np.where(np.isfinite(slopes), np.exp(-np.abs(slopes)), 0.0),
            "dead_units": np.where(ends["normal"].finite, dead, 1.0),
            "zigzag": battery.descents(features, spec).ratio,
            "digits": battery.counted_late(battery.updates_to_error(make, spec), spec),
            "circles": battery.circles_separated(make, spec),
        }


Values = Mapping[str, np.ndarray]
"""By task, what each function comes to with each seed, (function, seed)."""


def scores(functions: Sequence[str], values: Values) -> dict[str, pd.DataFrame]:
    """The shares that succeed, and the means of all else, by function and task."""
    counted, averaged = [], []
    for task, of_task in values.items():
        for function, row in zip(functions, of_task, strict=True):
            key = {"function": function, "task": task}
            if TASKS[task].counts:
                count = int(row.sum())
                numbers = {"count": count, "seeds": len(row), **share_of(count, len(row))}
                counted.append({**key, **numbers})
            else:
                mean, low, high = mean_of(row)
                averaged.append({**key, "mean": mean, "low": low, "high": high, "seeds": len(row)})
    return {"shares": pd.DataFrame(counted), "means": pd.DataFrame(averaged)}


def _oriented(task: str, values: np.ndarray) -> np.ndarray:
    """The values with more always better."""
    return values.astype("float64") * (1 if TASKS[task].more else -1)


def ranks(functions: Sequence[str], values: Values) -> pd.DataFrame:
    """The rank of each function by its mean in each task, 1 for the best, with its interval.

    Functions of the same mean share the middle of their ranks. The interval is a bootstrap interval
    over seeds, which are resampled together for all functions.
    """
    from scipy.stats import rankdata

    frames = []
    for number, (task, of_task) in enumerate(values.items()):
        oriented = _oriented(task, of_task)
        seeds = oriented.shape[1]
        drawn = generator(0, STREAM, number).integers(seeds, size=(RESAMPLES, seeds))
        weights = np.stack([np.bincount(row, minlength=seeds) for row in drawn])
        weights = np.concatenate([np.ones((1, seeds)), weights])  # the seeds as they are come first
        # Sums of the same numbers in another order must not differ in their last bits.
        sums = np.round(weights @ oriented.T, 9)
        rank = rankdata(-sums, axis=1)
        low, high = np.percentile(rank[1:], [2.5, 97.5], axis=0)
        numbers = {"rank": rank[0], "low": low, "high": high}
        frames.append(pd.DataFrame({"function": functions, "task": task, **numbers}))
    return pd.concat(frames, ignore_index=True)


BEST, RELU = "best", "relu"
"""What the functions are compared with: the one with the best mean in the task, and ReLU."""


def told_apart(functions: Sequence[str], values: Values) -> pd.DataFrame:
    """In how many seeds each function is better, and worse, than the best one and than ReLU."""
    rows = []
    for task, of_task in values.items():
        oriented = _oriented(task, of_task)
        references = {BEST: int(np.argmax(np.round(oriented.mean(axis=1), 9)))}
        if RELU in functions:
            references[RELU] = list(functions).index(RELU)
        for against, reference in references.items():
            for function, row in zip(functions, oriented, strict=True):
                better = int((row > oriented[reference]).sum())
                worse = int((row < oriented[reference]).sum())
                key = {"task": task, "against": against, "function": function}
                counts = {"better": better, "worse": worse, "seeds": len(row)}
                p = corrected_p(better, worse, len(functions) - 1)
                rows.append({**key, **counts, "p": p})
    return pd.DataFrame(rows)


def corrected_p(better: int, worse: int, comparisons: int) -> float:
    """The p-value of the two-sided sign test, by Bonferroni's correction.

    Args:
        better: seeds in which one function is better than the other.
        worse: seeds in which it is worse; those in which both are the same tell nothing.
        comparisons: how many are made.
    """
    from scipy.stats import binom

    p = 2 * binom.cdf(min(better, worse), better + worse, 0.5)
    return float(min(1.0, p * comparisons))


WEIGHTS = {"glorot": "xor_glorot", "normal": "xor_normal"}


def correlations(values: Values) -> pd.DataFrame:
    """How the order of the functions by the gradient goes with that by the share that solves XOR.

    Spearman's rank correlation, with a bootstrap interval over functions; NaN where all functions
    are the same.
    """
    gradient = values["gradient"].mean(axis=1)
    count = len(gradient)
    drawn = generator(0, STREAM, len(TASKS)).integers(count, size=(RESAMPLES, count))
    rows = []
    for weights, task in WEIGHTS.items():
        solved = values[task].mean(axis=1)
        resampled = np.array([_spearman(gradient[i], solved[i]) for i in drawn])
        defined = resampled[np.isfinite(resampled)]
        low, high = np.percentile(defined, [2.5, 97.5]) if len(defined) else (np.nan, np.nan)
        numbers = {"correlation": _spearman(gradient, solved), "low": low, "high": high}
        rows.append({"weights": weights, **numbers, "functions": count})
    return pd.DataFrame(rows)


def _spearman(a: np.ndarray, b: np.ndarray) -> float:
    from scipy.stats import rankdata

    ranked = np.stack([rankdata(a), rankdata(b)])
    if (np.ptp(ranked, axis=1) == 0).any():
        return np.nan
    return float(np.corrcoef(ranked)[0, 1])


MOVED = "another rounding moves single networks"
JUMPS = "one network more or less takes a function past all that have the same share"


MEANS = Close(rtol=0.05, atol=0.02, reason=MOVED, nan=True, least=0)
LOWER_ENDS = dataclasses.replace(MEANS, least=-math.inf)  # of Student's intervals
RANKS = Close(rtol=0, atol=6, reason=JUMPS, nan=True, least=1)
CORRELATION = Close(rtol=0, atol=0.1, reason=MOVED, nan=True, least=-1, most=1)


AGAINST_BEST = Rate("seeds", over_other_seeds=False)
"""Which function is the best may depend on the seeds."""

COUNTS: dict[str, Kind] = {"better": AGAINST_BEST, "worse": AGAINST_BEST, "seeds": Exact()}

TABLES = {
    "shares": Table(("function", "task"), shares("count"), over_seeds=True),
    "means": Table(
        ("function", "task"),
        {"mean": MEANS, "low": LOWER_ENDS, "high": MEANS, "seeds": Exact()},
        over_seeds=True,
    ),
    "ranks": Table(
        ("function", "task"), dict.fromkeys(("rank", "low", "high"), RANKS), over_seeds=True
    ),
    "told_apart": Table(
        ("task", "against", "function"), {**COUNTS, "p": Unchecked()}, over_seeds=True
    ),
    "gradient_and_xor": Table(
        ("weights",),
        {**dict.fromkeys(("correlation", "low", "high"), CORRELATION), "functions": Exact()},
        over_seeds=True,
    ),
}
