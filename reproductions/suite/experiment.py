"""What an experiment is, and how one is found: every module beside `suite` is one."""

import ast
import dataclasses
import difflib
import functools
import importlib
import traceback
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from reproductions.suite.errors import InputError

if TYPE_CHECKING:  # `list` must answer without pandas
    import pandas as pd

    from reproductions.suite.claims import Claim
    from reproductions.suite.drawing import Figures
    from reproductions.suite.kinds import Table

FOLDER = Path(__file__).parents[1]
ANY_SIGN = {"any_sign": True}
"""Metadata of a spec's field whose numbers may have another sign than the stored ones."""


@dataclass(frozen=True)
class Experiment:
    """One module of `reproductions`, its parts by name.

    Attributes:
        name: the module's name, and that of its results folder.
        doc: the module's docstring.
        spec: the setting under which the stored numbers were made; a frozen dataclass.
        run: makes the tables, and nothing else, from a spec (and from its inputs, if it has any).
        figures: gives, for the spec and the tables that it made, a function for each figure, by
            name, that draws what the tables hold. Every number in a title, a label, a legend or a
            tick comes from one of the two, so that it is right in another setting too.
        tables: each table's shape, by name.
        claims: the claims that the experiment judges, each a function of the tables. What draws
            and what judges picks rows by `measured.rows` where another setting may lack them, so
            that it loses this figure or claim alone.
        small: fields of the spec that make a run short enough for the tests; optional.
        quick: fields of the spec for a first look, which may leave out rows of tables over seeds;
            optional.
        inputs: the tables of other experiments that this one reads, by experiment; optional.
        alone: whether it times things, so that nothing may run beside it; optional.
        optional: takes so long that it only runs, and is only checked, when it is named.
    """

    name: str
    doc: str
    spec: Any
    run: Callable[..., dict[str, "pd.DataFrame"]]
    figures: Callable[[Any, Mapping[str, "pd.DataFrame"]], "Figures"]
    tables: Mapping[str, "Table"]
    claims: "list[Claim]"
    small: Mapping[str, Any] = dataclasses.field(default_factory=dict)
    quick: Mapping[str, Any] = dataclasses.field(default_factory=dict)
    inputs: Mapping[str, tuple[str, ...]] = dataclasses.field(default_factory=dict)
    alone: bool = False
    optional: bool = False

    @property
    def summary(self) -> str:
        """The first line of the docstring."""
        return self.doc.strip().splitlines()[0]

    @property
    def has_seeds(self) -> bool:
        """Whether the experiment runs over random initialisations that `--seeds` can change."""
        return any(field.name == "seeds" for field in dataclasses.fields(self.spec))


@functools.cache
def names() -> tuple[str, ...]:
    """All experiments, in alphabetical order."""
    return tuple(sorted(p.stem for p in FOLDER.glob("*.py") if not p.stem.startswith("_")))


def loadable() -> list[str]:
    """The experiments that can be loaded."""
    return [name for name in names() if name not in unloadable()]


def summary(name: str) -> str:
    """The first docstring line of an experiment, read without importing it."""
    try:
        module = ast.parse((FOLDER / f"{name}.py").read_text(encoding="utf-8"))
    except (SyntaxError, ValueError) as error:
        return f"cannot be read: {_in_a_line(error)}"
    return (ast.get_docstring(module) or "").partition("\n")[0]


def chosen(wanted: list[str]) -> list[str]:
    """The experiments that a command line names; when it names none, all but the optional ones.

    Raises:
        InputError: there is no such experiment.
    """
    for name in wanted:
        if name not in names():
            near = difflib.get_close_matches(name, names(), n=1)
            hint = f"did you mean {near[0]}?" if near else "`list` shows them."
            raise InputError(f"no such experiment, {hint} Received: {name}")
    if wanted:
        return list(dict.fromkeys(wanted))
    return [name for name in names() if name in unloadable() or not load(name).optional]


@functools.cache
def unloadable() -> dict[str, str]:
    """Why some experiments cannot be loaded, by name: half-written ones, which stop no others."""
    reasons = {}
    for name in names():
        try:
            load(name)
        except InputError as error:
            reasons[name] = str(error)
    return reasons


@functools.cache
def load(name: str) -> Experiment:
    """Imports an experiment; TensorFlow comes in only when it runs.

    Raises:
        InputError: its module cannot be imported, or lacks a part.
    """
    try:
        module = importlib.import_module(f"reproductions.{name}")
        return Experiment(
            name=name,
            doc=module.__doc__ or "",
            spec=module.SPEC,
            run=module.run,
            figures=module.figures,
            tables=module.TABLES,
            claims=module.CLAIMS,
            small=getattr(module, "SMALL", {}),
            quick=getattr(module, "QUICK", {}),
            inputs=getattr(module, "INPUTS", {}),
            alone=getattr(module, "ALONE", False),
            optional=getattr(module, "OPTIONAL", False),
        )
    except Exception as error:  # of any kind: the module is run
        raise InputError(
            f"{name} cannot be loaded: {_in_a_line(error)}. Received: {FOLDER.name}/{name}.py"
        ) from error


def _in_a_line(error: Exception) -> str:
    """What went wrong, and where in the project."""
    text = " ".join(f"{type(error).__name__}: {error}".split())[:200]
    frames = traceback.extract_tb(error.__traceback__)
    ours = [f for f in frames if Path(f.filename).is_relative_to(FOLDER) and f.name == "<module>"]
    return f"{text} ({Path(ours[-1].filename).name}, line {ours[-1].lineno})" if ours else text
