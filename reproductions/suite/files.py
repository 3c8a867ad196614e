"""Files that are written whole or not at all."""

import hashlib
import os
import stat
from pathlib import Path

from reproductions.suite.errors import InputError


def write_whole(path: Path, data: bytes) -> None:
    """Puts `data` at `path` in one step: whoever reads, or kills us, finds the old file or the new.

    Raises:
        InputError: the folder cannot be written to.
    """
    partial = path.with_name(f".{path.name}.{os.getpid()}.partial")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            with open(partial, "wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            os.replace(partial, path)
        finally:
            partial.unlink(missing_ok=True)
    except OSError as error:
        raise InputError(f"cannot write {path}: {error.strerror}") from error


MOST_BYTES = 2**30


def read_bytes(path: Path) -> bytes:
    """The content of a file.

    Raises:
        InputError: it is missing, a folder, a link, no ordinary file (a pipe would never end), over
            a gibibyte, or cannot be opened.
    """
    try:
        if path.is_symlink():
            raise InputError(f"cannot read {path}: it is a link, which may lead anywhere")
        found = path.stat()
        if not stat.S_ISREG(found.st_mode) and not stat.S_ISDIR(found.st_mode):
            raise InputError(f"cannot read {path}: it is no ordinary file")
        if found.st_size > MOST_BYTES:
            raise InputError(f"cannot read {path}: it is larger than {MOST_BYTES:,} bytes")
        return path.read_bytes()
    except OSError as error:
        raise InputError(f"cannot read {path}: {error.strerror}") from error


def sha256(data: bytes) -> str:
    """The checksum under which provenance.json lists a file."""
    return hashlib.sha256(data).hexdigest()
