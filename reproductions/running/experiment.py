"""What an experiment is, and how one is found: by its file or its folder in `experiments`.

An experiment is a module `experiments/<topic>/<name>.py` with a file `<name>.claims.toml` beside
it, or, where it is long, a folder `experiments/<topic>/<name>/` with the modules `run`, `figures`
and `claims` and a file `claims.toml`. The TOML file holds the claims, and the words of the page.
"""

import ast
import dataclasses
import difflib
import functools
import importlib
import itertools
import json
import re
import tomllib
import traceback
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from reproductions.evidence.errors import InputError, in_short

if TYPE_CHECKING:  # `list` must answer without pandas
    import pandas as pd

    from reproductions.evidence.drawing import Figures
    from reproductions.evidence.kinds import Table
    from reproductions.evidence.verdicts import Claim

FOLDER = Path(__file__).parents[1]
EXPERIMENTS = FOLDER / "experiments"
PARTS = ("run", "figures", "claims")
"""The modules of an experiment that is a folder."""


@dataclass(frozen=True)
class Experiment:
    """One experiment, its parts by name.

    Attributes:
        name: of its module or folder, and of its results folder.
        doc: its docstring.
        spec: the setting under which the stored numbers were made; a frozen dataclass.
        run: makes the tables, and nothing else, from a spec, a `Pool` in which to compute shards,
            and its inputs, if it has any.
        figures: gives, for the spec and the tables that it made, a function for each figure, by
            name, that draws what the tables hold. Every number in a title, a label, a legend or a
            tick comes from one of the two, so that it is right in another setting too.
        tables: each table's shape, by name.
        claims: the claims that the experiment judges, each by a function of the tables. What draws
            and what judges picks rows by `measured.rows` where another setting may lack them, so
            that it loses this figure or claim alone.
        small: fields of the spec that make a run short enough for the tests; optional.
        quick: fields of the spec for a first look, which may leave out rows of tables over seeds;
            optional.
        inputs: the tables of other experiments that this one reads, by experiment; optional.
        derived: whether its tables follow from `inputs` alone, so that nothing is trained and a
            check makes them again; optional.
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
    derived: bool = False
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
def places() -> Mapping[str, Path]:
    """The module's file or the folder of each experiment, by name in alphabetical order.

    Raises:
        InputError: two have one name.
    """
    paths = [path for path in EXPERIMENTS.glob("*/*") if not path.name.startswith(("_", "."))]
    found = sorted(
        (path.stem if path.suffix == ".py" else path.name, path)
        for path in paths
        if path.suffix == ".py" or (path / "__init__.py").is_file()
    )
    for (name, path), (next_name, next_path) in itertools.pairwise(found):
        if name == next_name:
            raise InputError(f"two experiments have one name. Received: {path} and {next_path}")
    return dict(found)


def names() -> tuple[str, ...]:
    """All experiments, in alphabetical order."""
    return tuple(places())


def modules(name: str) -> list[str]:
    """The modules of an experiment: the one that has its docstring first."""
    place = places()[name]
    module = ".".join(place.relative_to(FOLDER.parent).with_suffix("").parts)
    return [module, *(f"{module}.{part}" for part in PARTS if place.is_dir())]


def words(name: str) -> dict[str, Any]:
    """What an experiment's TOML file holds: its claims, and the words of the page by language.

    Raises:
        InputError: it cannot be read.
    """
    place = places()[name]
    path = place / "claims.toml" if place.is_dir() else place.with_suffix(".claims.toml")
    try:
        return tomllib.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    except (OSError, ValueError) as error:
        raise InputError(
            f"{name} cannot be loaded: {_in_a_line(error)}. Received: {_shown(path)}"
        ) from error


def claims_text(name: str) -> str:
    """An experiment's claims as its TOML file has them, in one text."""
    return json.dumps(words(name).get("claims", {}), sort_keys=True)


def loadable() -> list[str]:
    """The experiments that can be loaded."""
    return [name for name in names() if name not in unloadable()]


def summary(name: str) -> str:
    """The first docstring line of an experiment, read without importing it."""
    place = places()[name]
    path = place / "__init__.py" if place.is_dir() else place
    try:
        module = ast.parse(path.read_text(encoding="utf-8"))
    except (SyntaxError, ValueError) as error:
        return f"cannot be read: {_in_a_line(error)}"
    return (ast.get_docstring(module) or "").partition("\n")[0]


def is_optional(name: str) -> bool:
    """Whether an experiment runs only when it is named, read without importing it."""
    place = places()[name]
    path = place / "run.py" if place.is_dir() else place
    text = path.read_text(encoding="utf-8", errors="replace") if path.is_file() else ""
    return re.search(r"^OPTIONAL = True\b", text, re.MULTILINE) is not None


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
        InputError: its modules cannot be imported, or lack a part; or its TOML file is not as it
            must be.
    """
    texts = words(name).get("claims", {})
    korean = words(name).get("ko", {}).get("claims", {})
    try:
        first, *others = map(importlib.import_module, modules(name))
        run, figures, claims = others or [first] * 3
        return Experiment(
            name=name,
            doc=first.__doc__ or "",
            spec=run.SPEC,
            run=run.run,
            figures=figures.figures,
            tables=run.TABLES,
            claims=_claims(texts, korean, claims.CLAIMS),
            small=getattr(run, "SMALL", {}),
            quick=getattr(run, "QUICK", {}),
            inputs=getattr(run, "INPUTS", {}),
            derived=getattr(run, "DERIVED", False),
            alone=getattr(run, "ALONE", False),
            optional=getattr(run, "OPTIONAL", False),
        )
    except Exception as error:  # of any kind: the modules are run
        raise InputError(
            f"{name} cannot be loaded: {_in_a_line(error)}. Received: {_shown(places()[name])}"
        ) from error


def _claims(
    texts: Mapping[str, Any], korean: Mapping[str, Any], judges: Mapping[str, Any]
) -> "list[Claim]":
    """The claims of an experiment: what its TOML file says of each, and what judges it."""
    from reproductions.evidence.verdicts import Claim

    if set(texts) != set(judges):
        raise ValueError(
            "the same claims must stand in the TOML file and in CLAIMS; these stand in one alone:"
            f" {', '.join(sorted(set(texts) ^ set(judges)))}"
        )
    return [
        Claim(id=id, judge=judge, korean=korean.get(id, {}), **texts[id])
        for id, judge in judges.items()
    ]


def _shown(path: Path) -> str:
    return path.relative_to(FOLDER.parent).as_posix()


def _in_a_line(error: Exception) -> str:
    """What went wrong, and where in the project."""
    text = in_short(error)
    frames = traceback.extract_tb(error.__traceback__)
    lines = [
        f"{_shown(Path(frame.filename))}, line {frame.lineno}"
        for frame in frames
        if Path(frame.filename).is_relative_to(EXPERIMENTS) and frame.name == "<module>"
    ]
    return f"{text} ({lines[-1]})" if lines else text
