"""Made-up tables for the claims of `logic_gates`, and the verdicts that they must give."""

import pandas as pd

from reproductions.evidence.statistics import share_of
from reproductions.evidence.verdicts import DOCUMENT_ERROR, IN_PART, NOT_REPRODUCED, REPRODUCED


def tables(
    easy=(1000, 990), at_floor=1000, agree=16, changed=0, gradient=0, right=(4, 6), seeds=1000
):
    """Tables in which this many seeds solve AND and OR, reach the floor, change and so on."""
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
                    "changed": changed if step else seeds,
                    "changed_below": 0,
                    "with_gradient": gradient if step else seeds,
                }
            )
    gradients = pd.DataFrame({"network": ["linear 1", "linear 4"], "seeds": 16, "agree": agree})
    floors = pd.DataFrame({"gate": ["AND", "OR", "XOR"], "floor": [0.0625, 0.0625, 0.25]})
    perceptron = pd.DataFrame({"gate": ["AND", "OR", "XOR"], "converged": [True, True, False]})
    by_hand = pd.DataFrame({"problem": ["XOR", "classes"], "points": [4, 6], "right": right})
    return {
        "outcomes": pd.DataFrame(rows),
        "gradients": gradients,
        "floors": floors,
        "perceptron": perceptron,
        "by_hand": by_hand,
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
    ("NP-03", tables(), IN_PART),
    ("NP-03", tables(right=(4, 5)), IN_PART),
    ("NP-03", tables(right=(3, 5)), REPRODUCED),
    # A single seed moves, or has a gradient.
    ("NP-03", tables(changed=1), NOT_REPRODUCED),
    ("NP-03", tables(gradient=1), NOT_REPRODUCED),
]

LEFT_OUT = ["NP-03 is not judged: the tables have no network of steps alone"]
"""All that this other setting has no numbers for."""

FEW_SEEDS = {"networks": ("linear 1", "tanh 2", "step 2"), "steps": 401}
"""A setting of few seeds, short enough to be run for several splits of them."""
