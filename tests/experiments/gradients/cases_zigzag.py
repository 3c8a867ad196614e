"""Made-up tables for the claims of `zigzag`, and the verdicts that they must give."""

import pandas as pd

from reproductions.evidence.verdicts import IN_PART, NOT_REPRODUCED, REPRODUCED

AGAINST = {
    "sigmoid": "sigmoid - 1/2",
    "tanh + 1": "tanh",
    "relu": "relu - mean",
    "rotated": "sigmoid",
    "mirrored": "sigmoid",
    "stretched tanh": "sigmoid",
    "whitened": "sigmoid - 1/2",
    "one at a time": "sigmoid - 1/2",
}


def tables(
    sigmoid=(2, 2, 2), tanh=(2, 2, 2), relu=(2, 2, 2), network=(2, 2), opposed=0, left=1.3, slope=0
):
    """Tables with these ratios of paths at the unit's three rates and the network's two."""
    lengths = {"sigmoid": sigmoid, "tanh + 1": tanh, "relu": relu}
    unit_pairs = [
        _pair(function, rate, batch, length)
        for function in AGAINST
        for rate, length in zip(
            ("0.03", "0.1", "tuned"), lengths.get(function, (1, 1, 1)), strict=True
        )
        # Larger batches show no effect, which must not count.
        for batch, length in ((1, length), (128, 1.0))
    ]
    network_pairs = [
        _pair(function, rate, batch, length)
        for function in lengths
        for rate, length in zip(("common", "tuned"), network, strict=True)
        for batch, length in ((1, length), (16, 0.5))
    ]
    signs = [
        (place, name, opposed if name in ("sigmoid", "relu") and place != "unit" else 0)
        for place in ("unit", "network, before", "network, after")
        for name in ("sigmoid", "tanh", "relu")
    ]
    paths = pd.DataFrame(
        {
            "function": ["tanh", "tanh + 1"],
            "rate": "0.03",
            "batch": 1,
            "ratio": [left, 2.0],
            "high": [left + 0.05, 2.1],
        }
    )
    excess = {"function": ["tanh + 1"], "rate": "0.03", "left": [left - 1]}
    excess |= {"low": [left - 1.05], "high": [left - 0.95]}
    functions = pd.DataFrame(
        {"function": ["relu", "sigmoid"], "mean": [0.4, 0.5], "variance": [0.34, 0.04]}
    )
    return {
        "unit_pairs": pd.DataFrame(unit_pairs),
        "network_pairs": pd.DataFrame(network_pairs),
        "signs": pd.DataFrame(signs, columns=["place", "function", "opposed"]).assign(
            seeds_opposed=lambda rows: rows["opposed"], opposed_share=0.9, all_same_share=0.1
        ),
        "paths": paths,
        "excess": pd.DataFrame(excess),
        "functions": functions,
        "slopes": pd.DataFrame({"function": "tanh", "x": [-5.0, 5.0], "slope": [1e-4, slope]}),
    }


def _pair(function, rate, batch, length):
    return {
        "function": function,
        "against": AGAINST[function],
        "rate": rate,
        "batch": batch,
        "length": length,
        "length_low": length - 0.1,
        "length_high": length + 0.1,
        "steps": 3.0,
    }


NEVER = {"network": (1, 0.9)}

CASES = [
    ("SL-11", tables(), REPRODUCED),
    # Not at one rate of the unit; not in the network at one rate.
    ("SL-11", tables(sigmoid=(2, 2, 1.05)), IN_PART),
    ("SL-11", tables(network=(2, 1)), IN_PART),
    # At no rate; and one sample with opposed signs.
    ("SL-11", tables(sigmoid=(1, 0.9, 1.05), **NEVER), NOT_REPRODUCED),
    ("SL-11", tables(opposed=1), NOT_REPRODUCED),
    ("SL-12", tables(), REPRODUCED),
    ("SL-12", tables(tanh=(2, 1, 2)), IN_PART),
    # More than half of the zigzag is left.
    ("SL-12", tables(left=1.48), IN_PART),
    ("SL-12", tables(tanh=(1, 1, 0.5), **NEVER), NOT_REPRODUCED),
    # It does not saturate.
    ("SL-12", tables(slope=0.01), NOT_REPRODUCED),
    ("RP-08", tables(), REPRODUCED),
    ("RP-08", tables(relu=(1.2, 1.2, 1.2)), IN_PART),
    ("RP-08", tables(relu=(2, 0.8, 0.8)), IN_PART),
    ("RP-08", tables(relu=(1, 0.8, 0.8), **NEVER), NOT_REPRODUCED),
    ("RP-08", tables(opposed=1), NOT_REPRODUCED),
]

FIXED_NUMBERS = {"updates": "counted", "of": "the batches of the two weights in the plane"}
"""A word beside a number that is no field's though it equals one, and what the number is."""
