"""Each statement is judged by the table that it names, and fails when the measurement does."""

import numpy as np
import pandas as pd
import pytest

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
        {"place": place, "function": function, "bias": bias, "seeds": 200,
         "dead_start": still, "unmoved": still}
        for place in ("alone", "hidden")
        for function, far, near in (("relu", 200, 200), ("leaky_relu", 0, 0), ("elu", 200, 0))
        for bias, still in ((-120, far), (-10, near))
    ]  # fmt: skip
    deaths = pd.DataFrame({"seed": [0, 1, 2], "dead_end": [5, 6, 7], "units": 24})
    signs = pd.DataFrame(
        {"place": "network, after", "function": ["sigmoid", "tanh"], "seeds": 50,
         "seeds_opposed": [0, 50]}
    )  # fmt: skip
    pairs = pd.DataFrame(
        {"function": ["sigmoid", "tanh + 1"], "against": ["sigmoid - 1/2", "tanh"], "batch": 1,
         "rate": "common", "length": 2.0, "length_low": 1.9, "length_high": 2.1}
    )  # fmt: skip
    x = np.linspace(-3, 3, 13)
    curves = pd.concat(
        pd.DataFrame({"function": name, "value": value, "derivative": derivative})
        for name, value, derivative in (
            ("sigmoid", 1 / (1 + np.exp(-x)), np.exp(-x) / (1 + np.exp(-x)) ** 2),
            ("tanh", np.tanh(x), 1 - np.tanh(x) ** 2),
        )
    )
    times = pd.DataFrame({"function": ["sigmoid", "tanh"], "ratio": [3.0, 4.0]})
    far = pd.DataFrame(
        {"function": ["sigmoid", "sigmoid", "tanh", "tanh"], "value": [0.0, 1.0, -1.0, 1.0]}
    )
    return {
        "activation_cost": {"elements": times},
        "activation_curves": {"curves": curves, "far": far},
        "convergence_speed": {"order_speed": speed},
        "dying_relu": {"units": pd.DataFrame(units), "deaths_by_seed": deaths},
        "gradient_flow": {"layers": layers, "factors": factors},
        "softmax_temperature": {"random_vectors": pd.DataFrame({"sum_error": [1e-16, 4e-16]})},
        "zigzag": {"signs": signs, "network_pairs": pairs},
    }


def judged(inputs):
    made = summary_table.run(summary_table.SPEC, Pool(), inputs)["statements"]
    return made.set_index(["function", "statement"])


def test_every_statement_can_hold(inputs):
    assert set(judged(inputs)["holds"]) == {"holds"}


@pytest.mark.parametrize(
    ("experiment", "table", "column", "value", "statement", "holds"),
    [
        ("gradient_flow", "layers", "saturated_low", 0.0, ("sigmoid", "its gradient saturates"),
         "does not hold"),
        ("activation_curves", "far", "value", 0.5, ("tanh", "(-1, 1)"), "does not hold"),
        ("zigzag", "network_pairs", "length_low", 0.9,
         ("sigmoid", "always positive, so SGD zigzags"), "does not hold"),
        ("dying_relu", "units", "dead_start", 0,
         ("elu", "no gradient far below 0: units die there"), "in part"),
        ("dying_relu", "units", "seeds", 400,
         ("elu", "no gradient far below 0: units die there"), "does not hold"),
        ("dying_relu", "units", "unmoved", 1, ("elu", "cures dead units in part"), "in part"),
        ("dying_relu", "units", "unmoved", 200, ("elu", "cures dead units in part"),
         "does not hold"),
        ("dying_relu", "units", "dead_start", 0, ("relu", "no gradient below 0: units die"),
         "holds"),
        ("softmax_temperature", "random_vectors", "sum_error", 1e-6,
         ("softmax", "normalises logits"), "does not hold"),
        ("convergence_speed", "order_speed", "low", 0.5,
         ("relu", "SGD converges faster than with sigmoid and tanh"), "does not hold"),
        ("gradient_flow", "layers", "saturated_high", 0.9,
         ("relu", "relieves saturation in part"), "does not hold"),
        ("zigzag", "signs", "seeds_opposed", 20,
         ("tanh", "zero-centred, which cures the zigzag"), "in part"),
        ("dying_relu", "units", "unmoved", 200, ("leaky_relu", "cures dead units"),
         "does not hold"),
        ("dying_relu", "units", "dead_start", 1, ("leaky_relu", "cures dead units"), "in part"),
    ],
)  # fmt: skip
def test_a_statement_is_judged_as_the_slides_word_it(
    inputs, experiment, table, column, value, statement, holds
):
    inputs[experiment][table][column] = value
    assert judged(inputs).loc[statement, "holds"] == holds


def test_relu_relieves_saturation_in_part_where_it_is_below_one_of_the_two(inputs):
    inputs["gradient_flow"]["layers"].loc[2, "saturated_high"] = 0.5  # tanh's 0.79 is above it
    row = judged(inputs).loc["relu", "relieves saturation in part"]
    assert row["holds"] == "holds"


def alike(inputs):
    post = summary_table.run(summary_table.SPEC, Pool(), inputs)["post"]
    return post.set_index("property")["alike"]


def test_tanh_can_be_like_the_sigmoid_in_all_four_properties(inputs):
    assert set(alike(inputs)) == {"yes"}


@pytest.mark.parametrize(
    ("experiment", "table", "column", "change", "name"),
    [
        ("activation_cost", "elements", "ratio", lambda ratio: ratio / 10, summary_table.COSTLY),
        ("activation_curves", "curves", "derivative", np.sqrt, summary_table.SIMPLE),
        ("activation_curves", "far", "value", lambda value: 3 * value, summary_table.BOUNDED),
        ("gradient_flow", "factors", "high", lambda high: high + 1, summary_table.VANISHING),
    ],
)
def test_tanh_can_be_unlike_the_sigmoid(inputs, experiment, table, column, change, name):
    frame = inputs[experiment][table].reset_index(drop=True)
    inputs[experiment][table] = frame
    of_tanh = frame["activation" if "activation" in frame else "function"] == "tanh"
    frame.loc[of_tanh, column] = change(frame.loc[of_tanh, column])
    changed = alike(inputs)
    assert changed[name] == "no"
    assert set(changed.drop(name)) == {"yes"}


def test_what_a_first_look_leaves_out_does_not_hold(inputs):
    speed = inputs["convergence_speed"]["order_speed"]
    inputs["convergence_speed"]["order_speed"] = speed[speed["function"] != "elu"]
    row = judged(inputs).loc["elu", "ReLU's: fast, relieves saturation"]
    assert row["holds"] == "in part"
    assert pd.isna(row["value"])
