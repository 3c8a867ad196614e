"""Whether Python runs the project's modules as they are written, or older compiled copies."""

import functools
import importlib.util
from importlib.machinery import SourceFileLoader, SourcelessFileLoader
from pathlib import Path
from types import CodeType

from reproductions.evidence.errors import InputError
from reproductions.running.experiment import FOLDER

MAGIC = importlib.util.MAGIC_NUMBER


@functools.cache  # modules are imported once
def refuse_older_copies() -> None:
    """Refuses compiled copies of older texts, which Python runs if size and time are the same.

    Files that are unpacked or copied may all have one time.

    Raises:
        InputError: there is such a copy, or one that is damaged.
    """
    folders = FOLDER, FOLDER.parent / "custom_layers"
    for path in sorted(path for folder in folders for path in folder.rglob("*.py")):
        copy = Path(importlib.util.cache_from_source(str(path)))
        if copy.is_file() and not _is_of(copy, path):
            raise InputError(
                f"Python runs an older copy of {path}; delete the folders __pycache__."
                f" Received: {copy}"
            )


def _is_of(copy: Path, path: Path) -> bool:
    """Whether a compiled copy does what a module's text says, or Python passes it over."""
    head, text, status = copy.read_bytes()[:16], path.read_bytes(), path.stat()
    flags, *made_from = (int.from_bytes(head[i : i + 4], "little") for i in (4, 8, 12))
    if flags == 0:  # it goes by the text's time and size
        taken = made_from == [int(status.st_mtime) & 0xFFFFFFFF, status.st_size & 0xFFFFFFFF]
    else:  # by its checksum, or by nothing
        taken = flags == 1 or (flags == 3 and head[8:] == importlib.util.source_hash(text))
    if head[:4] != MAGIC or not taken:
        return True
    try:  # both as Python does when it imports the module
        runs = SourcelessFileLoader(path.stem, str(copy)).get_code(path.stem)
    except (ImportError, EOFError, ValueError, TypeError):
        return False
    return _alike(runs, SourceFileLoader(path.stem, str(path)).source_to_code(text, str(path)))


PARTS = (
    *("co_code", "co_names", "co_varnames", "co_freevars", "co_cellvars", "co_flags"),
    *("co_argcount", "co_posonlyargcount", "co_kwonlyargcount", "co_exceptiontable"),
)
"""Of compiled code, what decides what it does; where it stands in the text does not."""


def _alike(one: object, other: object) -> bool:
    if isinstance(one, CodeType) and isinstance(other, CodeType):
        same = all(getattr(one, part) == getattr(other, part) for part in PARTS)
        return same and _alike(one.co_consts, other.co_consts)
    if isinstance(one, tuple) and isinstance(other, tuple):
        return len(one) == len(other) and all(map(_alike, one, other))
    if isinstance(one, frozenset):  # in an order of its own
        return one == other
    return type(one) is type(other) and repr(one) == repr(other)  # 0.0 is not -0.0
