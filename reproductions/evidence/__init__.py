"""What a number is worth: columns and how they are held, tables, claims, statistics, drawing.

The names in `__all__` are for other projects too, which hold tables of their own with them. They
are imported when they are asked for: pandas and SciPy take a second, and `list` needs neither.
"""

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from reproductions.evidence.comparison import compare_frames
    from reproductions.evidence.differences import Comparison, Difference
    from reproductions.evidence.kinds import (
        Close,
        Exact,
        Printed,
        Rate,
        Share,
        Table,
        Unchecked,
        shares,
    )

__all__ = [
    "Close",
    "Comparison",
    "Difference",
    "Exact",
    "Printed",
    "Rate",
    "Share",
    "Table",
    "Unchecked",
    "compare_frames",
    "shares",
]

_MODULES = {
    "Comparison": "differences",
    "Difference": "differences",
    "compare_frames": "comparison",
}


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(f"{__name__}.{_MODULES.get(name, 'kinds')}"), name)
