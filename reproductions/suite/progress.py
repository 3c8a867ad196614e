"""Progress bars: on a terminal only, on standard error, so that a log holds none."""

from collections.abc import Iterable
from typing import TypeVar

from tqdm import tqdm

T = TypeVar("T")

QUIET = False
"""No bars at all, as in a process beside others."""


def progress(
    items: Iterable[T] | None = None, total: int | None = None, what: str = "", unit: str = "seed"
) -> "tqdm[T]":
    """A bar over `items`, or over `total` units that the caller counts with `update`."""
    return tqdm(
        items,
        total=total,
        desc=what,
        unit=f" {unit}",
        disable=QUIET or None,  # None: quiet where the output is no terminal
        leave=False,
        dynamic_ncols=True,
    )
