"""Finished shards on disk, so that a run that was killed goes on from there.

While an experiment runs they lie beside its results; once its tables are whole they are removed.
"""

import io
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from reproductions.evidence.errors import InputError
from reproductions.running.files import read_bytes, sha256, write_whole

FOLDER = ".shards"
"""The folder in an experiment's results that holds the shards of a run until it ends."""


@dataclass(frozen=True)
class StoredShards:
    """Where finished shards are kept, and what they were made under.

    Attributes:
        folder: the experiment's results.
        fingerprint: of everything but its arguments that decides what a shard gives.
    """

    folder: Path
    fingerprint: str

    def load(self, name: str) -> dict[str, np.ndarray] | None:
        """A shard's arrays; None where it is not there, or not whole."""
        try:
            digest, _, data = read_bytes(self._path(name)).partition(b"\n")
        except InputError:
            return None
        if digest.decode("ascii", "replace") != sha256(data):
            return None
        with np.load(io.BytesIO(data), allow_pickle=False) as arrays:
            return dict(arrays)

    def save(self, name: str, arrays: Mapping[str, np.ndarray]) -> None:
        """Keeps a shard's arrays, under the checksum of their bytes."""
        buffer = io.BytesIO()
        np.savez(buffer, allow_pickle=False, **arrays)
        data = buffer.getvalue()
        write_whole(self._path(name), sha256(data).encode() + b"\n" + data)

    def _path(self, name: str) -> Path:
        key = f"{self.fingerprint}\n{name}"
        return self.folder / FOLDER / f"{sha256(key.encode())}.npz"


def clear(folder: Path) -> None:
    """Removes what an experiment's folder keeps of shards."""
    kept_here = folder / FOLDER
    if kept_here.is_symlink():  # never follow it out of the folder
        kept_here.unlink(missing_ok=True)
    shutil.rmtree(kept_here, ignore_errors=True)
