"""What stands beside an experiment's tests, in `cases_<experiment>.py`, by name.

`CASES`, triples of a claim's id, made-up tables, and the verdict that they must give, is what most
need; a test of all experiments says what else it looks for, and takes a default where it is not.
"""

import importlib
import importlib.util
from typing import Any

from reproductions.running import experiment


def of(name: str, attribute: str, default: Any) -> Any:
    """What an experiment's cases say, or the default where they say nothing."""
    topic = experiment.places()[name].parent.name
    module = f"tests.experiments.{topic}.cases_{name}"
    # Without its cases an experiment's claims fail, and no other experiment's do.
    if importlib.util.find_spec(module) is None:
        return default
    return getattr(importlib.import_module(module), attribute, default)
