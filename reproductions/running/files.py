"""Files that are written whole or not at all, by one process at a time."""

import fcntl
import hashlib
import os
import re
import stat
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from reproductions.evidence.errors import InputError

PARTIAL = re.compile(r"\..+\.[0-9]+\.partial")
"""The name of a file that is being written."""


def write_whole(path: Path, data: bytes) -> None:
    """Puts `data` at `path` in one step: a reader finds the old file or the new, after a crash too.

    Raises:
        InputError: the folder cannot be written to.
    """
    write_together({path: data})


def write_together(contents: Mapping[Path, bytes], instead_of: Iterable[Path] = ()) -> None:
    """Puts files at their paths, in order, once all are on the disk: a full disk changes none.

    Args:
        contents: the bytes of each file.
        instead_of: files that are removed before.

    Raises:
        InputError: a folder cannot be written to.
    """
    partials = {path: path.with_name(f".{path.name}.{os.getpid()}.partial") for path in contents}
    try:
        try:
            for path, partial in partials.items():
                path.parent.mkdir(parents=True, exist_ok=True)
                with open(partial, "wb") as file:
                    file.write(contents[path])
                    file.flush()
                    os.fsync(file.fileno())
            for gone in instead_of:
                gone.unlink(missing_ok=True)
            for path, partial in partials.items():
                os.replace(partial, path)
        finally:
            for partial in partials.values():
                partial.unlink(missing_ok=True)
    except OSError as error:
        raise InputError(f"cannot write {path}: {error.strerror}") from error


WRITER = ".writer"
"""Names the process that writes into a results folder; it locks nothing, and goes with it."""


@contextmanager
def only_writer(folder: Path, wait: bool = False) -> Iterator[None]:
    """Keeps every other writer out of a folder, and clears away what a killed one left half done.

    The lock is the kernel's, on the folder itself, so it ends with the process, however that ends;
    processes that this one starts do not have it.

    Args:
        folder: made if it is not there.
        wait: for a folder inside one that is kept already: a process of the same run may be at work
            in it and will be done soon, so it is waited for, and no file names the writer.

    Raises:
        InputError: another process writes there, and `wait` is not set; or the folder cannot be
            made.
    """
    if folder.is_symlink() and not folder.exists():
        raise InputError(f"cannot write {folder}: it is a link that leads nowhere")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        held = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    except OSError as error:
        raise InputError(f"cannot write {folder}: {error.strerror}") from error
    writer = folder / WRITER
    try:
        try:
            fcntl.flock(held, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
        except BlockingIOError as error:
            raise InputError(
                f"another process writes into {folder}; wait for it to end, or stop it."
                f" Received: process {_written_by(writer)}"
            ) from error
        except OSError:  # some network file systems lock no folders: go on without
            pass
        if not folder.is_symlink():  # never follow it out of the results
            for partial in folder.glob(".*.partial"):
                partial.unlink(missing_ok=True)
        if wait:  # held for a moment, by one of a run's own processes
            yield
            return
        write_whole(writer, f"{os.getpid()}\n".encode())
        try:
            yield
        finally:
            writer.unlink(missing_ok=True)
    finally:
        os.close(held)


def _written_by(writer: Path) -> str:
    try:
        return str(int(read_bytes(writer)))
    except (InputError, ValueError):  # it has only just begun
        return "id unknown"


MOST_BYTES = 2**30


def read_bytes(path: Path, most: int = MOST_BYTES) -> bytes:
    """The content of a file of at most `most` bytes.

    Raises:
        InputError: it is missing, a folder, a link, no ordinary file (a pipe would never end),
            larger, or cannot be opened.
    """
    try:
        if path.is_symlink():
            raise InputError(f"cannot read {path}: it is a link, which may lead anywhere")
        status = path.stat()
        if not stat.S_ISREG(status.st_mode) and not stat.S_ISDIR(status.st_mode):
            raise InputError(f"cannot read {path}: it is no ordinary file")
        if status.st_size > most:
            raise InputError(f"cannot read {path}: it is larger than {most:,} bytes")
        return path.read_bytes()
    except OSError as error:
        raise InputError(f"cannot read {path}: {error.strerror}") from error


def sha256(data: bytes) -> str:
    """The checksum under which provenance.json lists a file."""
    return hashlib.sha256(data).hexdigest()
