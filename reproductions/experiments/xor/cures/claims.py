"""Judges what this project found: no document states it."""

from reproductions.evidence.verdicts import Judge

CLAIMS: dict[str, Judge] = {}
