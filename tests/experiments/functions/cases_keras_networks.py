"""Made-up tables for the claims on the networks that come with Keras."""

import pandas as pd

from reproductions.evidence.verdicts import IN_PART, NOT_REPRODUCED, REPRODUCED


def activations(relu=3, leaky_relu=3, elu=3, softmax=4, hidden_softmax=0, networks=4):
    """In how many of the networks each function is hidden, and in how many softmax is the last."""
    rows = [(f"n{i}", "hidden", "swish") for i in range(networks)]
    counts = {"relu": relu, "leaky_relu": leaky_relu, "elu": elu, "softmax": hidden_softmax}
    rows += [(f"n{i}", "hidden", name) for name, count in counts.items() for i in range(count)]
    rows += [(f"n{i}", "output", "softmax" if i < softmax else "sigmoid") for i in range(networks)]
    frame = pd.DataFrame(rows, columns=["network", "where", "function"])
    return {"activations": frame.assign(count=2)}


def families(networks=10, **counts):
    """In the hidden layers of how many networks each function is; all end in a softmax."""
    rows = [(f"n{i}", "output", "softmax") for i in range(networks)]
    rows += [(f"n{i}", "hidden", name) for name, count in counts.items() for i in range(count)]
    frame = pd.DataFrame(rows, columns=["network", "where", "function"])
    return {"activations": frame.assign(count=2)}


MOST_USED = [
    (families(relu=6, swish=5), REPRODUCED),
    (families(relu=5, swish=4), IN_PART),  # more than any other, but not in more than half
    (families(relu=6, swish=6), NOT_REPRODUCED),
    (families(swish=3), NOT_REPRODUCED),
]

AT_THE_END = [
    (activations(), REPRODUCED),
    (activations(softmax=3), IN_PART),
    (activations(hidden_softmax=1), IN_PART),
    (activations(softmax=2), NOT_REPRODUCED),
]

CASES = [
    *((name, *case) for name in ("NP-23", "PP-19", "RP-20") for case in MOST_USED),
    ("NP-22", families(relu=9, sigmoid=1), REPRODUCED),
    ("NP-22", families(relu=9, sigmoid=2), IN_PART),
    ("NP-22", families(relu=9, tanh=2), NOT_REPRODUCED),
    ("XP-22", families(relu=6, leaky_relu=6), REPRODUCED),
    ("XP-22", families(relu=6, leaky_relu=5), IN_PART),
    ("XP-22", families(relu=5, leaky_relu=5), NOT_REPRODUCED),
    ("SL-29", activations(), REPRODUCED),
    ("SL-29", activations(elu=2), IN_PART),  # a half is not more than a half
    ("SL-29", activations(leaky_relu=0, elu=0), IN_PART),
    ("SL-29", activations(relu=2, leaky_relu=0, elu=1), NOT_REPRODUCED),
    *((name, *case) for name in ("SL-30", "PP-21") for case in AT_THE_END),
]

DRAWN_BY_FORMULA = {"_child0": "a dot for each function of a network, which keeps its place"}
"""Artists that are drawn by a formula and not from a table, each with what it is."""
