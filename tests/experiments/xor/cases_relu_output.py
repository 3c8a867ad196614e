"""Made-up tables for the claim of `relu_output`, and the verdicts that they must give."""

import pandas as pd

from reproductions.evidence.verdicts import IN_PART, NOT_REPRODUCED, REPRODUCED


def tables(tanh=((-0.7, -0.6), (-0.7, -0.6)), relu=((-0.5, -0.4), (-0.4, -0.3))):
    """Tables with these intervals of ReLU's lag behind a linear and a sigmoid output."""
    outcomes = pd.DataFrame(
        [
            {
                "hidden": hidden,
                "output": output,
                "rate": rate,
                "seeds": 100,
                "solved": solved,
                "dead_start": 30,
                "dead_end": 31,
                "blind_end": 40,
                "revived": 0,
                "alive_start": 70,
                "solved_of_alive": solved * 0.7,
            }
            for hidden in ("tanh", "relu")
            for output, solved in (("relu", 30), ("linear", 99), ("sigmoid", 98))
            for rate in (0.1, 1.0)
        ]
    )
    differences = pd.DataFrame(
        [
            {"hidden": hidden, "other": other, "difference": (low + high) / 2, "low": low,
             "high": high, "seeds": 100, "solved_relu": 30, "solved_other": 90}
            for hidden, intervals in (("tanh", tanh), ("relu", relu))
            for other, (low, high) in zip(("linear", "sigmoid"), intervals, strict=True)
        ]
    )  # fmt: skip
    # The leaky output is a control: its lead must not count.
    control = {"hidden": "relu", "other": "leaky_relu", "difference": 0, "low": -1, "high": 1}
    control |= {"seeds": 100, "solved_relu": 30, "solved_other": 90}
    compared = pd.concat([differences, pd.DataFrame([control])])
    # The differences at rates that were chosen on the seeds judged must not count.
    return {
        "outcomes": outcomes,
        "differences": compared.assign(low=-1, high=-1),
        "tuned_differences": compared,
    }


NONE = ((-0.01, 0.01), (0.3, 0.4))

CASES = [
    ("RP-10", tables(), REPRODUCED),
    # Worse in one network only, or than one of the outputs only.
    ("RP-10", tables(relu=NONE), IN_PART),
    ("RP-10", tables(relu=((-0.5, -0.4), (-0.4, 0.0))), IN_PART),
    # As good as the others, and better.
    ("RP-10", tables(tanh=NONE, relu=NONE), NOT_REPRODUCED),
    ("RP-10", tables(tanh=((0.1, 0.2),) * 2, relu=((0.1, 0.2),) * 2), NOT_REPRODUCED),
]

LEFT_OUT = ["RP-10 is not judged: the tables have no output sigmoid"]
"""All that this other setting has no numbers for."""

FEW_SEEDS = {"outputs": ("relu", "sigmoid"), "steps": 401, "every": 200, "tuning_seeds": 5}
"""A setting of few seeds, short enough to be run for several splits of them."""
