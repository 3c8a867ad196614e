"""Made-up tables for the claims of `logic_gates`, and the verdicts that they must give."""

import pandas as pd

from reproductions.evidence.statistics import share_of
from reproductions.evidence.verdicts import DOCUMENT_ERROR, IN_PART, NOT_REPRODUCED, REPRODUCED


def tables(easy=(1000, 990), at_floor=1000, agree=16, differ=16, one_step=(0, 0, 0), seeds=1000):
    """Tables in which this many seeds solve AND and OR, reach the floor and so on.

    `one_step` says how many single steps solve XOR, and two problems of three classes.
    """
    rows = []
    for name in ("linear 1", "linear 4", "tanh 2", "step 1", "step 2", "step below"):
        for gate in ("AND", "OR", "XOR"):
            linear, step = name.startswith("linear"), name in ("step 1", "step 2")
            solved = seeds if name == "tanh 2" else 0
            if linear and gate != "XOR":
                solved = easy[gate == "OR"]
            rows.append(
                {
                    "network": name,
                    "gate": gate,
                    "seeds": seeds,
                    "solved": solved,
                    **share_of(solved, seeds),
                    "at_floor": at_floor if linear else 0,
                    "changed": 0 if step else seeds,
                    "changed_below": 0,
                    "with_gradient": 0 if step else seeds,
                }
            )
    gradients = {"network": ["linear 1", "linear 4"], "seeds": 16, "agree": agree}
    units = {
        "problem": ["XOR", "corners", "bands"],
        "classes": [2, 3, 3],
        "points": [4, 6, 6],
        "seeds": seeds,
        "solved": one_step,
        "most_right": [3, 4, 4],
    }
    by_hand = {"problem": ["XOR", "classes"], "points": [4, 6], "right": (4, 6)}
    return {
        "outcomes": pd.DataFrame(rows),
        "gradients": pd.DataFrame({**gradients, "differ_by_input": differ}),
        "one_step": pd.DataFrame(units),
        "by_hand": pd.DataFrame(by_hand),
    }


CASES = [
    ("NP-02", tables(), DOCUMENT_ERROR),
    # Nothing learns, even if the gradients are right.
    ("NP-02", tables(easy=(100, 200)), REPRODUCED),
    # One gate is not learnt; the floor is not reached; a gradient is wrong; too few seeds.
    ("NP-02", tables(easy=(1000, 300)), IN_PART),
    ("NP-02", tables(at_floor=800), IN_PART),
    ("NP-02", tables(agree=15), IN_PART),
    ("NP-02", tables(easy=(3, 3), at_floor=3, seeds=3), IN_PART),
    # The author's reason holds: the gradient is the same for every input.
    ("NP-02", tables(differ=15), IN_PART),
    ("NP-03", tables(), REPRODUCED),
    ("NP-03", tables(one_step=(0, 0, 1)), IN_PART),
    ("NP-03", tables(one_step=(1, 0, 0)), IN_PART),
    ("NP-03", tables(one_step=(1, 1, 0)), NOT_REPRODUCED),
]

FEW_SEEDS = {"networks": ("linear 1", "tanh 2", "step 2"), "steps": 401}
"""A setting of few seeds, short enough to be run for several splits of them."""
