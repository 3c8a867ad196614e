"""Picking rows out of tables by values that another setting may have left out."""

from typing import Any

import pandas as pd

from reproductions.evidence.errors import NotMeasured


def rows(frame: pd.DataFrame, **where: Any) -> pd.DataFrame:
    """The rows of a table that have these values in these columns.

    Example:
        `rows(rates, activation="tanh", loss="document")`

    Raises:
        NotMeasured: there are none; the message names the first value that is not there.
    """
    picked = []
    for column, value in where.items():
        frame = frame[frame[column] == value]
        picked.append(f"{column.replace('_', ' ')} {value}")
        if frame.empty:
            *chosen, missing = picked
            condition = f" for {' and '.join(chosen)}" if chosen else ""
            raise NotMeasured(f"the tables have no {missing}{condition}")
    return frame


def row(frame: pd.DataFrame, **where: Any) -> pd.Series:
    """The one row of a table that has these values in these columns.

    Raises:
        NotMeasured: there is none.
        ValueError: there are several, so that the values do not say which is meant.
    """
    chosen = rows(frame, **where)
    if len(chosen) > 1:
        raise ValueError(f"one row must have the values {where}. Received: {len(chosen)} rows")
    return chosen.iloc[0]
