"""No claims: no document says why networks of width 2 fail."""

from reproductions.evidence.verdicts import Judge

CLAIMS: dict[str, Judge] = {}
