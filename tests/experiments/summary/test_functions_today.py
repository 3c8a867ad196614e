"""Each of today's functions by its formula; ranks and tests by hand; the battery's own numbers."""

import inspect
from typing import get_args

import keras
import numpy as np
import pandas as pd
import pytest
from scipy.special import erf
from scipy.stats import binomtest, spearmanr

from reproductions.evidence import drawing
from reproductions.evidence.statistics import same_rate_p
from reproductions.experiments.summary.functions_today import figures
from reproductions.experiments.summary.functions_today import run as functions_today
from reproductions.experiments.summary.functions_today.claims import among_the_best
from reproductions.running import experiment
from reproductions.training import battery, gradients
from reproductions.training.pool import Shard

STORED = experiment.FOLDER.parent / "results" / "expected"


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def softplus(x):
    return np.log1p(np.exp(x))


def tanh_slope(x):
    return 1 / np.cosh(x) ** 2


SELU_SCALE, SELU_ALPHA = 1.0507009873554805, 1.6732632423543772

# Value and derivative in NumPy, and where the function has kinks.
FORMULAS = {
    "gelu": (
        lambda x: x * (1 + erf(x / np.sqrt(2))) / 2,
        lambda x: (1 + erf(x / np.sqrt(2))) / 2 + x * np.exp(-(x**2) / 2) / np.sqrt(2 * np.pi),
        (),
    ),
    "selu": (
        lambda x: SELU_SCALE * np.where(x > 0, x, SELU_ALPHA * np.expm1(x)),
        lambda x: SELU_SCALE * np.where(x > 0, 1, SELU_ALPHA * np.exp(x)),
        (0,),
    ),
    "mish": (
        lambda x: x * np.tanh(softplus(x)),
        lambda x: np.tanh(softplus(x)) + x * tanh_slope(softplus(x)) * sigmoid(x),
        (),
    ),
    "hard_swish": (
        lambda x: x * np.clip(x + 3, 0, 6) / 6,
        lambda x: np.where(x < -3, 0, np.where(x > 3, 1, (2 * x + 3) / 6)),
        (-3, 3),
    ),
    "snake": (lambda x: x + np.sin(x) ** 2, lambda x: 1 + np.sin(2 * x), ()),
    "sine": (np.sin, np.cos, ()),
    "relu_squared": (lambda x: np.where(x > 0, x**2, 0), lambda x: np.where(x > 0, 2 * x, 0), (0,)),
    "softsign": (lambda x: x / (1 + np.abs(x)), lambda x: 1 / (1 + np.abs(x)) ** 2, (0,)),
    "squareplus": (
        lambda x: (x + np.sqrt(x**2 + 4)) / 2,
        lambda x: (1 + x / np.sqrt(x**2 + 4)) / 2,
        (),
    ),
    "relu6": (
        lambda x: np.clip(x, 0, 6),
        lambda x: ((x > 0) & (x < 6)).astype(float),
        (0, 6),
    ),
    "hard_tanh": (
        lambda x: np.clip(x, -1, 1),
        lambda x: (np.abs(x) < 1).astype(float),
        (-1, 1),
    ),
    "hard_sigmoid": (
        lambda x: np.clip(x + 3, 0, 6) / 6,
        lambda x: (np.abs(x) < 3) / 6,
        (-3, 3),
    ),
    "log_sigmoid": (lambda x: -softplus(-x), lambda x: sigmoid(-x), ()),
    "exponential": (np.exp, np.exp, ()),
    "tanh_shrink": (lambda x: x - np.tanh(x), lambda x: np.tanh(x) ** 2, ()),
    "soft_shrink": (
        lambda x: np.sign(x) * np.maximum(np.abs(x) - 0.5, 0),
        lambda x: (np.abs(x) > 0.5).astype(float),
        (-0.5, 0.5),
    ),
    "hard_shrink": (
        lambda x: np.where(np.abs(x) > 0.5, x, 0),
        lambda x: (np.abs(x) > 0.5).astype(float),
        (-0.5, 0.5),
    ),
    "sparse_plus": (
        lambda x: np.where(x <= -1, 0, np.where(x < 1, (x + 1) ** 2 / 4, x)),
        lambda x: np.clip((x + 1) / 2, 0, 1),
        (-1, 1),
    ),
    "sparse_sigmoid": (
        lambda x: np.clip((x + 1) / 2, 0, 1),
        lambda x: (np.abs(x) < 1) / 2,
        (-1, 1),
    ),
}


def test_every_function_of_today_has_its_formula():
    assert set(FORMULAS) == set(get_args(functions_today.Today))


@pytest.mark.parametrize(("dtype", "rtol"), [("float64", 1e-8), ("float32", 3e-5)])
@pytest.mark.parametrize("name", FORMULAS)
def test_values_and_derivatives_are_those_of_the_formula(name, dtype, rtol):
    value, slope, kinks = FORMULAS[name]
    x = np.concatenate([np.linspace(-9.9, 9.9, 200), [k + d for k in kinks for d in (-1e-3, 1e-3)]])
    x = x.astype(dtype)
    layer = functions_today.factory(name)(dtype=dtype)
    got = gradients.value_and_slope(layer, x)
    for part, formula in zip(got, (value, slope), strict=True):
        assert np.asarray(part).dtype == dtype
        np.testing.assert_allclose(part, formula(x.astype("float64")), rtol=rtol, atol=rtol)


def test_the_sine_is_right_to_float32_over_all_that_networks_reach():
    x = np.linspace(-100, 100, 400_001).astype("float32")
    value, slope = gradients.value_and_slope(functions_today.sine, x)
    exact = x.astype("float64")
    assert np.abs(value - np.sin(exact)).max() < 1e-6
    assert np.abs(slope - np.cos(exact)).max() < 1e-6


def test_the_sine_of_a_huge_number_stays_within_its_bounds_and_there_is_none_of_infinity():
    value = functions_today.sine(np.float32([1e8, -3e15, 1e30, 3e38, np.inf, np.nan]))
    value = keras.ops.convert_to_numpy(value)
    assert (np.abs(value[:4]) <= 1.0).all()
    assert np.isnan(value[4:]).all()


SAME = {"silu": "swish", "hard_silu": "hard_swish", "celu": "elu"}
"""Functions of Keras that are others under another name."""

NO_FUNCTIONS = {"deserialize", "get", "serialize"}
NOT_ELEMENTWISE = {"glu", "softmax", "log_softmax", "sparsemax"}


def test_a_function_of_two_names_is_measured_once():
    # Not 0 itself: there the derivative of Keras' CELU is 2, as both of its halves count.
    x = np.linspace(-8, 8, 160)
    for name, other in SAME.items():
        pair = (getattr(keras.activations, name), functions_today.factory(other)(dtype="float64"))
        some, others = (gradients.value_and_slope(function, x) for function in pair)
        np.testing.assert_allclose(some, others, rtol=1e-12, atol=1e-12)
        assert name not in functions_today.SPEC.functions
        assert other in functions_today.SPEC.functions


def test_all_elementwise_functions_of_keras_are_measured():
    of_keras = {
        name
        for name, function in vars(keras.activations).items()
        if callable(function)
        and not name.startswith("_")
        and all(
            parameter.default is not parameter.empty
            for parameter in list(inspect.signature(function).parameters.values())[1:]
        )
    }
    left_out = NO_FUNCTIONS | NOT_ELEMENTWISE | set(SAME) | {"linear"}
    ours = set(functions_today.SPEC.functions) - set(functions_today.OUTSIDE_KERAS)
    assert of_keras - left_out == ours


NAMES = ["a", "b", "c"]
FLAT = np.zeros((3, 4))


def values(**given):
    """What three functions come to with four seeds, 0 in all tasks that are not given."""
    return dict.fromkeys(functions_today.TASKS, FLAT) | {
        task: np.array(rows) for task, rows in given.items()
    }


def test_ranks_are_those_by_hand():
    found = functions_today.ranks(
        NAMES,
        values(
            xor_normal=[[1, 1, 1, 1], [0, 0, 0, 0], [1, 0, 1, 0]],
            zigzag=[[2, 2, 2, 2], [3, 3, 3, 3], [4, 0, 4, 0]],
            digits=[[5, 5, 5, 5], [5, 5, 5, 5], [9, 9, 9, 9]],
        ),
    ).set_index(["task", "function"])
    assert found["rank"]["xor_normal"][NAMES].tolist() == [1, 3, 2]  # more is better
    # By the means 2, 3 and 2 the first and the last share the ranks 1 and 2: less is better.
    assert found["rank"]["zigzag"][NAMES].tolist() == [1.5, 3, 1.5]
    assert found["rank"]["digits"][NAMES].tolist() == [1.5, 1.5, 3]
    assert found["rank"]["circles"][NAMES].tolist() == [2, 2, 2]
    # Of four seeds drawn anew, in one of 16 draws `c` has no success at all, or all of them.
    ends = found.loc["xor_normal", ["low", "high"]]
    assert ends.loc["c"].tolist() == [1.5, 2.5]
    assert ends.loc["a"].tolist() == [1, 1.5]
    # `c` is the first with three or four of the seeds of 0, and the last with one or none.
    assert found.loc[("zigzag", "c"), ["low", "high"]].tolist() == [1, 3]
    assert found.loc[("digits", "c"), ["low", "high"]].tolist() == [3, 3]


def test_intervals_of_ranks_draw_the_same_seeds_for_all_functions():
    rng = np.random.default_rng(5)
    noise = rng.normal(0, 10, 64)
    given = values(gradient=np.stack([noise, noise - 0.1, noise - 0.2]))
    found = functions_today.ranks(NAMES, given).set_index(["task", "function"]).loc["gradient"]
    # Seeds drawn for each alone would mix their places up, as the noise is much larger.
    assert found.loc[NAMES].to_numpy().tolist() == [[1, 1, 1], [2, 2, 2], [3, 3, 3]]


def test_the_sign_test_is_that_of_scipy_times_the_comparisons():
    for better, worse, comparisons in ((0, 10, 25), (10, 0, 25), (3, 20, 7), (5, 5, 3), (0, 0, 2)):
        due = binomtest(better, better + worse).pvalue if better + worse else 1
        found = functions_today.corrected_p(better, worse, comparisons)
        assert found == pytest.approx(min(1, due * comparisons), rel=1e-12)


def test_seeds_are_counted_in_which_a_function_is_better_and_worse():
    found = functions_today.told_apart(
        ["gelu", "relu", "swish"],
        values(
            digits=[[1, 2, 3, 4], [2, 2, 2, 9], [3, 1, 1, 1]],
            circles=[[1, 1, 1, 0], [0, 1, 1, 0], [0, 0, 0, 1]],
        ),
    )

    def counts(task, against):
        rows = found[(found["task"] == task) & (found["against"] == against)]
        assert rows["function"].tolist() == ["gelu", "relu", "swish"]
        return rows[["better", "worse"]].to_numpy().tolist()

    assert counts("digits", "best") == [[1, 3], [1, 3], [0, 0]]  # with fewest updates on average
    assert counts("digits", "relu") == [[2, 1], [0, 0], [3, 1]]
    assert counts("circles", "best") == [[0, 0], [0, 1], [1, 3]]
    assert counts("circles", "relu") == [[1, 0], [0, 0], [1, 2]]


def test_correlations_are_spearmans():
    rng = np.random.default_rng(3)
    rows = rng.random((12, 4))
    given = dict.fromkeys(functions_today.TASKS, np.zeros((12, 4)))
    given |= {"gradient": rows, "xor_glorot": rows > 0.6}
    found = functions_today.correlations(given).set_index("weights")
    due = spearmanr(rows.mean(axis=1), (rows > 0.6).mean(axis=1)).statistic
    assert found["correlation"]["glorot"] == pytest.approx(due, rel=1e-12)
    assert found["low"]["glorot"] < due < found["high"]["glorot"]
    assert found.loc["normal", ["correlation", "low", "high"]].isna().all()  # all solve none


@pytest.fixture
def measured(monkeypatch):
    """What is measured of a function with three seeds, where the battery's numbers are made up."""
    ends = {
        scheme: battery.Ends([], np.array([True, True, False]), np.array([True, False, False]))
        for scheme in ("normal", "glorot")
    }
    grown = np.exp(np.arange(5))[::-1]  # from the input up; it grows by e per layer on its way down
    stacks = np.stack([grown, grown[::-1], 0 * grown], axis=1)
    monkeypatch.setattr(battery, "xor_ends", lambda *_: ends)
    monkeypatch.setattr(battery, "dead_shares", lambda *_: np.array([0.0, 0.5, 0.25]))
    monkeypatch.setattr(battery, "stack_gradients", lambda *_: stacks)
    monkeypatch.setattr(battery, "updates_to_error", lambda *_: np.array([7.0, np.nan, 9.0]))
    monkeypatch.setattr(battery, "circles_separated", lambda *_: np.array([True, True, False]))
    return functions_today._measure(Shard(), functions_today.SPEC, "softsign")


def test_what_breaks_or_vanishes_counts_as_the_worst(measured):
    assert measured["dead_units"].tolist() == [0, 0.5, 1]  # the last network is not finite
    # A gradient that grows by a factor is kept as little as one that shrinks by it.
    np.testing.assert_allclose(measured["gradient"], [np.exp(-1), np.exp(-1), 0])
    assert measured["digits"].tolist() == [7, functions_today.SPEC.digits_steps, 9]


def stored(name):
    return pd.read_csv(STORED / "functions_today" / f"{name}.csv")


QUANTITIES = {
    ("XOR, 10 layers", "solved"): "xor_normal",
    ("XOR, 10 layers", "solved, Glorot weights"): "xor_glorot",
    ("circles", "separated"): "circles",
}


def test_the_documents_functions_come_to_what_the_battery_has():
    here = stored("shares").set_index(["function", "task"])
    there = pd.read_csv(STORED / "battery" / "shares.csv")
    compared = 0
    for row in there.itertuples():
        task = QUANTITIES.get((row.check, row.quantity))
        if task is None or row.function == "linear":
            continue
        count, seeds = here.loc[(row.function, task), ["count", "seeds"]]
        p = same_rate_p(int(count), int(seeds), row.count, row.trials)
        assert p > 1e-4, (row.function, task)
        compared += 1
    assert compared == 3 * len(get_args(functions_today.Document))


def test_marks_are_filled_of_functions_that_are_among_the_best():
    tables = {name: stored(name) for name in functions_today.TABLES}
    best = among_the_best(tables["told_apart"])
    with drawing.style():
        figure = figures._ranks(tables)
    names = [text.get_text() for text in figure.axes[0].get_yticklabels()]
    for panel, task in zip(figure.axes, functions_today.TASKS, strict=True):
        marks = [line for line in panel.lines if len(line.get_xdata()) == 1]
        filled = {
            name
            for name, mark in zip(names, marks, strict=True)
            if mark.get_markerfacecolor() != "white"
        }
        assert filled == {functions_today.LABELS[name] for name in best[task]}
