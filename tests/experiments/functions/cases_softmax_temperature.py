"""Made-up tables for the claims on softmax and its temperature."""

import numpy as np
import pandas as pd

from reproductions.evidence.verdicts import DOCUMENT_ERROR, NOT_REPRODUCED, REPRODUCED


def listing(last=0.622, first=0.378):
    frame = pd.DataFrame({"class": [1, 2], "probability": [first, last], "printed": [0.378, 0.622]})
    return {"listing": frame}


def random_vectors(**changes):
    """Two vectors for which all holds; a change is put into the second."""
    frame = pd.DataFrame(
        {
            "seed": [0, 1],
            "smallest": 0.01,
            "largest": 0.6,
            "sum_error": 1e-16,
            "order_kept": True,
            "argmax_changes": 0,
            "steps": 12,
            "rises": 12,
            "falls": 0,
            "both_zero": 0,
            "entropy_slope": 0.5,
            "variance": 0.5,
        }
    )
    for name, value in changes.items():
        frame[name] = [frame[name][0], value]
    limits = {"dtype": ["float32", "float64"], "one_from": [17, 37], "zero_from": [88, 709]}
    far = {"temperature": [1.0, 1e18], "different_values": [7, 1]}
    return {
        "random_vectors": frame,
        "float_limits": pd.DataFrame(limits),
        "far_temperatures": pd.DataFrame(far),
    }


PRINTED = (1.04e-14, 0.989, 2.21)


def solutions(*vectors):
    """Vectors of logits with these entropies at the slide's three temperatures."""
    rows = [
        (f"vector {i}", temperature, entropy, printed)
        for i, entropies in enumerate(vectors)
        for temperature, entropy, printed in zip((0.01, 1, 5), entropies, PRINTED, strict=True)
    ]
    columns = ["solution", "temperature", "entropy_nats", "printed"]
    cold = {"dtype": ["float32", "float64"], "temperature": 0.01, "as_printed": [np.nan, 1e-14]}
    return {
        "entropies": pd.DataFrame(rows, columns=columns),
        "gap": pd.DataFrame({"low": [0.3577], "high": [0.3581]}),
        "determination": pd.DataFrame({"singular_value": [1.4, 0.2, 0.01]}),
        "units": pd.DataFrame(
            {"unit": ["bits", "nats"], "residual": 0.0, "matches": [1, 8], "vectors": 100}
        ),
        "arithmetic": pd.DataFrame(cold),
    }


def printed(*entropies):
    frame = pd.DataFrame({"temperature": (0.01, 1, 5), "printed": entropies})
    return {"entropies": frame}


def falling():
    """Every vector's entropy falls with the temperature."""
    frame = random_vectors()["random_vectors"].assign(rises=0, falls=12)
    return {"random_vectors": frame}


CASES = [
    ("PP-08", listing(last=0.6223), REPRODUCED),
    ("PP-08", listing(last=0.6226), NOT_REPRODUCED),
    ("PP-08", listing(first=0.38), NOT_REPRODUCED),
    ("PP-10", listing(last=0.6218), REPRODUCED),
    ("PP-10", listing(last=0.623), NOT_REPRODUCED),
    ("PP-10", listing(first=0.7), NOT_REPRODUCED),
    ("PP-09", random_vectors(), REPRODUCED),
    ("PP-09", random_vectors(smallest=0.0), NOT_REPRODUCED),
    ("PP-09", random_vectors(largest=1.0), NOT_REPRODUCED),
    ("PP-09", random_vectors(sum_error=1e-9), NOT_REPRODUCED),
    ("PP-09", random_vectors(order_kept=False), NOT_REPRODUCED),
    ("SL-18", random_vectors(), REPRODUCED),
    ("SL-18", random_vectors(argmax_changes=1), NOT_REPRODUCED),
    ("SL-18", random_vectors(sum_error=1e-9), NOT_REPRODUCED),
    ("SL-19", solutions(PRINTED), REPRODUCED),
    ("SL-19", solutions((1.044e-14, 0.9886, 2.2149)), REPRODUCED),
    ("SL-19", solutions((1.046e-14, 0.989, 2.21), (1.04e-14, 0.989, 2.23)), NOT_REPRODUCED),
    ("SL-19", solutions((1.04e-14, 0.988, 2.21)), NOT_REPRODUCED),
    ("SL-20", random_vectors(), REPRODUCED),
    ("SL-20", random_vectors(rises=11, both_zero=1), REPRODUCED),
    ("SL-20", random_vectors(rises=11), NOT_REPRODUCED),
    ("SL-20", random_vectors(entropy_slope=0.51), NOT_REPRODUCED),
    ("SL-21", random_vectors() | printed(*PRINTED), DOCUMENT_ERROR),
    ("SL-21", random_vectors(rises=11, falls=1) | printed(*PRINTED), NOT_REPRODUCED),
    ("SL-21", random_vectors() | printed(2.21, 0.989, 1.04e-14), NOT_REPRODUCED),
    ("SL-21", falling() | printed(2.21, 0.989, 1.04e-14), REPRODUCED),
]

ANOTHER_SETTING = {"temperatures": (0.011, 0.11, 1, 11, 110)}
"""Where a step away from the small setting makes none that can be run, or none that is drawn."""
