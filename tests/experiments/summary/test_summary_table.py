"""Each statement is judged by the table that it names, and fails when the measurement does."""

import numpy as np
import pandas as pd
import pytest

from reproductions.evidence.statistics import share_of
from reproductions.experiments.summary.summary_table import run as summary_table
from reproductions.training.pool import Pool


@pytest.fixture
def inputs():
    """Measurements of which every statement of the table holds."""
    names = ["sigmoid", "tanh", "relu", "leaky_relu", "elu"]
    stacks = pd.DataFrame({"activation": names, "initialisation": "normal", "width": 64})
    saturated = np.array([0.4, 0.8, 0.1, 0.0, 0.1])
    layers = stacks.assign(
        layer=10, saturated=saturated, saturated_low=saturated - 0.01,
        saturated_high=saturated + 0.01,
    )  # fmt: skip
    factors = stacks.assign(quantity="gradient", factor=0.8, low=0.7, high=0.9)
    ratio = np.array([4.0, 3.0, 1.0, 1.0, 1.0])
    speed = pd.DataFrame(
        {"function": names, "network": "perceptron", "threshold": 0.1, "ratio": ratio,
         "low": 0.9 * ratio, "high": 1.1 * ratio}
    )  # fmt: skip
    units = [
        {"place": place, "function": function, "bias": bias, **share_of(active, 200)}
        for place in ("alone", "hidden")
        for function, far, near in (("relu", 0, 0), ("leaky_relu", 200, 200), ("elu", 0, 190))
        for bias, active in ((-120, far), (-10, far), (-5, near))
    ]
    deaths = pd.DataFrame({"seed": [0, 1, 2], "dead_end": [5, 6, 7], "units": 24})
    signs = pd.DataFrame(
        {"place": "network, after", "function": ["sigmoid", "tanh"], "opposed": [0, 900],
         "compared": 1000}
    )  # fmt: skip
    pairs = pd.DataFrame(
        {"function": ["sigmoid", "tanh + 1"], "against": ["sigmoid - 1/2", "tanh"], "batch": 1,
         "rate": "common", "length": 2.0, "length_low": 1.9, "length_high": 2.1}
    )  # fmt: skip
    far = pd.DataFrame(
        {"function": ["sigmoid", "sigmoid", "tanh", "tanh"], "value": [0.0, 1.0, -1.0, 1.0]}
    )
    return {
        "activation_curves": {"far": far},
        "convergence_speed": {"speed": speed},
        "dying_relu": {"units": pd.DataFrame(units), "deaths_by_seed": deaths},
        "gradient_flow": {"layers": layers, "factors": factors},
        "softmax_temperature": {"random_vectors": pd.DataFrame({"sum_error": [1e-16, 4e-16]})},
        "zigzag": {"signs": signs, "network_pairs": pairs},
    }


def judged(inputs):
    cells = summary_table.run(summary_table.SPEC, Pool(), inputs)["cells"]
    return cells.set_index(["function", "statement"])


def test_every_statement_can_hold(inputs):
    assert set(judged(inputs)["holds"]) == {"holds"}


@pytest.mark.parametrize(
    ("experiment", "table", "column", "value", "statement"),
    [
        ("gradient_flow", "layers", "saturated_low", 0.0, ("sigmoid", "its gradient saturates")),
        ("zigzag", "network_pairs", "length_low", 0.9,
         ("sigmoid", "always positive, so SGD zigzags")),
        ("activation_curves", "far", "value", 0.5, ("tanh", "(-1, 1)")),
        ("convergence_speed", "speed", "low", 0.5,
         ("relu", "SGD converges faster than with sigmoid and tanh")),
        ("gradient_flow", "layers", "saturated_high", 0.9,
         ("relu", "saturates less than sigmoid and tanh")),
        ("dying_relu", "units", "low", 0.0, ("leaky_relu", "cures dead units")),
        ("dying_relu", "units", "high", 1.0, ("elu", "no gradient far below 0: units die there")),
        ("softmax_temperature", "random_vectors", "sum_error", 1e-6,
         ("softmax", "normalises logits")),
    ],
)  # fmt: skip
def test_a_statement_does_not_hold_where_its_measurement_does_not(
    inputs, experiment, table, column, value, statement
):
    inputs[experiment][table][column] = value
    assert judged(inputs).loc[statement, "holds"] == "does not hold"


def test_what_a_first_look_leaves_out_does_not_hold(inputs):
    speed = inputs["convergence_speed"]["speed"]
    inputs["convergence_speed"]["speed"] = speed[speed["function"] != "elu"]
    row = judged(inputs).loc["elu", "ReLU's: fast, and saturates less"]
    assert row["holds"] == "in part"
    assert pd.isna(row["value"])
