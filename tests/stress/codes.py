"""In which functions the code of two texts of one file differs."""

import inspect
import itertools
from collections.abc import Iterator
from types import CodeType
from typing import Any

FUNCTION = inspect.CO_OPTIMIZED
"""The flag of a function's code, which that of modules and classes does not have."""
COMPARED = (
    *("co_argcount", "co_posonlyargcount", "co_kwonlyargcount", "co_flags", "co_code", "co_names"),
    *("co_varnames", "co_freevars", "co_cellvars", "co_exceptiontable"),
)
"""What tells two codes apart, beside their constants; the numbers of their lines do not."""


class OnImportError(Exception):
    """Codes differ in what is executed on import."""


def place(code: CodeType) -> tuple[str, int]:
    return code.co_qualname, code.co_firstlineno


def lines_of_code(code: CodeType) -> set[int]:
    """The lines inside a function and those inside it, without its head."""
    inside = {line for *_, line in code.co_lines() if line and line > code.co_firstlineno}
    return inside.union(*(lines_of_code(c) for c in code.co_consts if isinstance(c, CodeType)))


def differing(old: CodeType, new: CodeType) -> Iterator[tuple[CodeType, CodeType]]:
    """The outermost functions that differ.

    Raises:
        OnImportError: something else differs.
    """
    if old.co_flags & new.co_flags & FUNCTION:
        if not _same(old, new):
            if old.co_freevars != new.co_freevars:
                raise OnImportError
            yield old, new
        return
    if not _alike(old, new) or len(old.co_consts) != len(new.co_consts):
        raise OnImportError
    for a, b in zip(old.co_consts, new.co_consts, strict=True):
        if isinstance(a, CodeType) and isinstance(b, CodeType):
            yield from differing(a, b)
        elif not _same(a, b):
            raise OnImportError


def _alike(a: CodeType, b: CodeType) -> bool:
    return all(getattr(a, name) == getattr(b, name) for name in COMPARED)


def _same(a: Any, b: Any) -> bool:
    if isinstance(a, CodeType) and isinstance(b, CodeType):
        pairs = itertools.zip_longest(a.co_consts, b.co_consts)
        return _alike(a, b) and all(itertools.starmap(_same, pairs))
    return type(a) is type(b) and repr(a) == repr(b)
