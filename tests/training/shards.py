"""A shard of every type, which counts how often it is made."""

import numpy as np
import pandas as pd

made = []


def part(shard, number, power=1):
    """Gives one of every type."""
    made.append(number)
    return {
        "values": np.array([number**power, 0.1, np.nan, np.inf, -0.0]),
        "rows": pd.DataFrame(
            {
                "label": ["ja 예", "", f"{number}"],
                "count": np.array([1, 2, number]),
                "single": np.array([0.1, np.nan, 3], "float32"),
                "solved": [True, False, number > 1],
            }
        ),
        "nothing": pd.DataFrame({"label": [], "value": np.array([], float)}),
        "one": number,
    }
