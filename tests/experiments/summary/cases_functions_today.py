"""Made-up tables for what this project asks about the functions of today."""

import pandas as pd

from reproductions.evidence.verdicts import IN_PART, NOT_REPRODUCED, REPRODUCED

SEEDS, OTHERS = 64, 25  # other functions that one function is compared with


def told_apart(against, tasks):
    """By task, in how many seeds each function is better and worse than the one it stands against.

    The functions that are not named are the same as that one in all seeds.
    """
    rows = []
    for task, named in tasks.items():
        counts = {f"other {i}": (0, 0) for i in range(OTHERS + 1 - len(named))} | named
        for function, (better, worse) in counts.items():
            key = {"task": task, "against": against, "function": function}
            rows.append({**key, "better": better, "worse": worse, "seeds": SEEDS, "p": 0.5})
    return {"told_apart": pd.DataFrame(rows)}


A_ALONE, B_ALONE = ((0, 0), (0, SEEDS)), ((0, SEEDS), (0, 0))
HARDLY, BARELY = (0, 9), (0, 10)  # by the test, 25 * 2 / 2^9 is above 0.05, and 2^10 below


def best(*first):
    """Seven tasks whose best function is `a` or `b`; in those that are not given it is `a` alone.

    Args:
        *first: of the first tasks, how the seeds of `a` and of `b` compare with those of the best.
    """
    names = ("xor_normal", "xor_glorot", "gradient", "dead_units", "zigzag", "digits", "circles")
    pairs = dict.fromkeys(names, A_ALONE) | dict(zip(names, first, strict=False))
    others = {f"other {i}": (0, SEEDS) for i in range(OTHERS - 1)}
    return told_apart("best", {task: others | {"a": a, "b": b} for task, (a, b) in pairs.items()})


def relu(gelu, swish):
    """Two tasks: in how many seeds GELU, and Swish, is better and worse than ReLU in each."""
    tasks = zip(("one", "other"), gelu, swish, strict=True)
    return told_apart("relu", {task: {"gelu": a, "swish": b} for task, a, b in tasks})


def gradient(low):
    row = {"correlation": 0.9, "low": low, "high": 0.95, "functions": 26}
    return {"gradient_and_xor": pd.DataFrame([{"weights": w, **row} for w in ("glorot", "normal")])}


MORE, LESS = (40, 10), (10, 40)
SAME = (30, 20)

CASES = [
    ("CU-21", best(B_ALONE), REPRODUCED),
    ("CU-21", best(), NOT_REPRODUCED),  # everywhere it is `a`
    ("CU-21", best((HARDLY, (0, 0))), NOT_REPRODUCED),  # and not told apart where `b` is better
    ("CU-21", best((BARELY, (0, 0))), REPRODUCED),
    ("CU-22", gradient(0.51), REPRODUCED),
    ("CU-22", gradient(0.49), IN_PART),
    ("CU-22", gradient(-0.01), NOT_REPRODUCED),
    ("CU-23", relu((MORE, LESS), (LESS, MORE)), REPRODUCED),
    ("CU-23", relu((MORE, LESS), (MORE, SAME)), IN_PART),
    ("CU-23", relu((MORE, SAME), (LESS, MORE)), IN_PART),
    ("CU-23", relu((MORE, MORE), (LESS, LESS)), NOT_REPRODUCED),
    ("CU-23", relu((SAME, SAME), (SAME, SAME)), NOT_REPRODUCED),
]

LEFT_OUT = ["CU-23 is not judged: the tables have no function gelu"]
"""In another setting, whose lists are an element shorter."""

FIXED_NUMBERS = {
    "weights": "weights from N(0, 1) are one of the tasks in every setting",
    "from": "the best rank is 1 in every setting",
}
"""A word beside a number that is no field's though it equals one, and what the number is."""
