"""Where a result came from: versions, processor, spec, time, and the checksum of every file."""

import ast
import dataclasses
import functools
import json
import math
import os
import platform
import re
from collections.abc import Mapping
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from reproductions.evidence import settings
from reproductions.evidence.errors import InputError
from reproductions.evidence.kinds import MOST_TRIALS
from reproductions.running import shards
from reproductions.running.experiment import FOLDER, Experiment, claims_text, places
from reproductions.running.experiment import modules as modules_of
from reproductions.running.files import PARTIAL, WRITER, read_bytes, sha256
from reproductions.training.parallel import PRELOADED

FILE = "provenance.json"
PACKAGES = ("keras", "matplotlib", "numpy", "pandas", "scipy", "tensorflow", "tensorflow-cpu")
ROOT = FOLDER.parent
MISSING = "no such field"
PLAIN_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,99}")
"""A file in the folder itself: no path, nothing hidden."""


def describe(
    experiment: Experiment,
    spec: Any,
    seconds: float,
    contents: dict[str, bytes],
    results: Path,
    judged: str = "",
) -> dict[str, Any]:
    """The provenance of one experiment's files; `judged` is the checksum of its claims' rows."""
    return {
        "experiment": experiment.name,
        "spec": dataclasses.asdict(spec),
        "seeds": getattr(spec, "seeds", None),
        "seconds": round(seconds, 3),
        **_machine(),
        "cores": os.cpu_count(),
        "inputs": {name: read(results / name)["spec"] for name in experiment.inputs},
        "fingerprint": fingerprint(experiment, spec, results),
        "judged": judged,
        "files": {name: sha256(data) for name, data in sorted(contents.items())},
    }


def to_json(record: dict[str, Any]) -> bytes:
    """The bytes of provenance.json."""
    return (json.dumps(record, indent=1, sort_keys=True) + "\n").encode()


LONGEST_S = 1e9
FIELDS: dict[str, type | tuple[type, ...]] = {
    "cores": int,
    "cpu": str,
    "experiment": str,
    "files": dict,
    "fingerprint": str,
    "inputs": dict,
    "judged": str,
    "packages": dict,
    "python": str,
    "seconds": (int, float),
    "spec": dict,
}
"""What a provenance holds beside its number of seeds, and of what type each field is."""


def read(folder: Path) -> dict[str, Any]:
    """The provenance in a results folder of one experiment.

    Raises:
        InputError: it cannot be read, is not what a run writes, names another number of seeds than
            its setting, or lists a file that is not in the folder itself; or the folder is a link.
    """
    path = folder / FILE
    if folder.is_symlink():
        raise InputError(f"cannot read {folder}: it is a link, which may lead anywhere")
    try:
        content = json.loads(read_bytes(path))
        json.dumps(content, ensure_ascii=False).encode()  # half a character is none
        sound = all(isinstance(content[name], kind) for name, kind in FIELDS.items())
        sound &= not any(isinstance(content[name], bool) for name in FIELDS)
        sound &= content["experiment"] == folder.name and 0 <= content["seconds"] < LONGEST_S
        seeds, files = content["seeds"], content["files"]
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise InputError(f"cannot read {path}: it is not what a run writes") from error
    if not sound or not all(isinstance(digest, str) for digest in files.values()):
        raise InputError(f"cannot read {path}: it is not what a run writes")
    of_the_spec = content["spec"].get("seeds")
    whole = seeds is None or (type(seeds) is int and 0 < seeds <= MOST_TRIALS)
    if not whole or type(seeds) is not type(of_the_spec) or seeds != of_the_spec:
        raise InputError(
            f"cannot read {path}: its seeds must be those of its spec, {json.dumps(of_the_spec)}."
            f" Received: {json.dumps(seeds)[:80]}"
        )
    for name in files:
        if not PLAIN_NAME.fullmatch(name) or name == FILE:
            raise InputError(
                f"cannot read {path}: its files must be names in its folder."
                f" Received: {name[:80]!r}"
            )
    return content


def stored_seconds(name: str) -> float:
    """How long the stored run of an experiment took; for ever where there is none."""
    try:
        return float(read(ROOT / "results" / "expected" / name)["seconds"])
    except InputError:
        return math.inf


def listed(folder: Path) -> list[str]:
    """The files in a folder that its provenance lists, be it of another experiment; or none."""
    try:
        files = json.loads(read_bytes(folder / FILE))["files"]
        return [name for name in files if PLAIN_NAME.fullmatch(name) and name != FILE]
    except (InputError, ValueError, KeyError, TypeError, RecursionError):
        return []


def alike(one: Any, other: Any) -> bool:
    """Whether two values are written alike: 4096 is not 4096.0, nor 1 true."""
    return json.dumps(one, sort_keys=True) == json.dumps(other, sort_keys=True)


def other_settings(
    experiment: Experiment, expected: dict[str, Any], obtained: dict[str, Any]
) -> dict[str, tuple[Any, Any]]:
    """The fields in which two specs, as in provenance.json, differ so that numbers cannot be held.

    The number of seeds may differ, and so may the fields of a first look on one side: those results
    have fewer rows, not other numbers.
    """
    quick = json.loads(json.dumps(dict(experiment.quick)))
    differing = {}
    for name in [*expected, *(name for name in obtained if name not in expected)]:
        pair = expected.get(name, MISSING), obtained.get(name, MISSING)
        first_look = name in quick and any(alike(quick[name], value) for value in pair)
        other_seeds = name == "seeds" and MISSING not in pair
        if not alike(*pair) and not other_seeds and not first_look:
            differing[name] = pair
    return differing


def spec_of(spec: Any) -> dict[str, Any]:
    """A spec as it stands in provenance.json."""
    return json.loads(json.dumps(dataclasses.asdict(spec)))


def is_current(folder: Path, experiment: Experiment, spec: Any) -> bool:
    """Whether the folder holds, whole, what the experiment would write again."""
    try:
        content = read(folder)
    except InputError:
        return False
    now = fingerprint(experiment, spec, folder.parent)
    same = content.get("fingerprint") == now and alike(content["spec"], spec_of(spec))
    return same and not damaged(folder)


def strangers(folder: Path) -> list[str]:
    """What lies in a folder that its run does not list and a stopped run does not leave behind.

    Raises:
        InputError: the provenance cannot be read.
    """
    known = {*read(folder)["files"], FILE}
    paths = sorted(folder.iterdir())
    return [path.name for path in paths if path.name not in known and not _is_left_over(path)]


def _is_left_over(path: Path) -> bool:
    """Whether a run that was stopped leaves such a file or folder."""
    if path.is_dir():
        return path.name == shards.FOLDER
    return path.name == WRITER or bool(PARTIAL.fullmatch(path.name))


def damaged(folder: Path) -> list[str]:
    """The files of a folder that are missing or not what its run wrote.

    Raises:
        InputError: the provenance cannot be read.
    """
    return [
        name
        for name, expected in read(folder)["files"].items()
        if not _is_whole(folder / name, expected)
    ]


def _is_whole(path: Path, expected: str) -> bool:
    try:
        return sha256(read_bytes(path)) == expected
    except InputError:
        return False


def fingerprint(experiment: Experiment, spec: Any, results: Path) -> str:
    """Changes whenever the spec, the code, a pinned package, or a table that is read does."""
    files = [
        results / name / f"{table}.csv"
        for name, tables in experiment.inputs.items()
        for table in tables
    ]
    if hasattr(spec, "dataset"):  # the name of one that comes with a package, or a file's
        files.append(Path(spec.dataset))
    inputs = "\n".join(sha256(f.read_bytes()) if f.is_file() else "missing" for f in files)
    return sha256(f"{_code(experiment.name)}\n{spec!r}\n{inputs}".encode())


def made_here(folder: Path) -> bool:
    """Whether results were made by this Python, with these packages, on such a processor."""
    content = read(folder)
    return all(content.get(name) == value for name, value in _machine().items())


def code_of(name: str, again: bool = False) -> str:
    """The checksum of the code that decides an experiment's files, as it was read first.

    Args:
        name: the experiment's.
        again: whether it is read again, as the code may have changed meanwhile.
    """
    if again:
        for read_once in (_code, _checksum, _imports, _source):
            read_once.cache_clear()
    return sha256(_code(name).encode())


def decided_by(experiment: Experiment, spec: Any, results: Path) -> str:
    """Changes with the fingerprint, and with what may differ in the last bits: versions and CPU."""
    return f"{fingerprint(experiment, spec, results)}\n{_machine()}"


@functools.cache
def maker() -> dict[str, str]:
    """All that decides the bits of a shard but its arguments: this process' code and machine.

    Read once, as the code in memory is; a process that outlives an edit says what it runs.
    """
    paths = [
        path for folder in ("custom_layers", FOLDER.name) for path in ROOT.glob(f"{folder}/**/*")
    ]
    paths = sorted(path for path in paths if path.suffix in (".py", ".toml", ".txt"))
    sums = [f"{path.relative_to(ROOT).as_posix()} {_checksum(path)}" for path in paths]
    machine = _machine()
    code = {"code": sha256("\n".join(sums).encode())[:12]}
    return {**code, "python": machine["python"], "cpu": machine["cpu"], **machine["packages"]}


def refuse_another(
    expected: Mapping[str, str], obtained: Mapping[str, str], who: str = "a worker"
) -> None:
    """Refuses what was made, or would be, by another maker.

    Raises:
        InputError: they differ; the first difference is named.
    """
    for name in {**expected, **obtained}:
        value, own_value = (side.get(name, "none") for side in (obtained, expected))
        if value != own_value:
            raise InputError(
                f"{who} has another {name} than this process, and could give other bits"
                f" ({own_value} here). Received: {value}"
            )


@functools.cache
def _code(name: str) -> str:
    """The checksums of everything that decides an experiment's files."""
    modules = {*modules_of(name), "reproductions", "reproductions.running.runner"}
    modules |= {"custom_layers", PRELOADED}  # which a text alone may name
    sources: dict[str, Path] = {}
    while todo := sorted(modules - sources.keys()):
        for module in todo:
            if path := _source(module):
                sources[module] = path
                modules |= _imports(path)
    paths = [sources[module] for module in sorted(sources)]
    paths += [path for path in (ROOT / "requirements.txt",) if path.is_file()]  # of a checkout
    paths += sorted(places()[name].rglob("*.txt"))
    # What the code reads beside itself, such as the functions' labels and colours.
    beside = {path for source in sources.values() for path in source.parent.glob("*.toml")}
    paths += sorted(path for path in beside if not path.name.endswith("claims.toml"))
    sums = [f"{path.relative_to(ROOT)} {_checksum(path)}" for path in paths]
    return "\n".join([*sums, claims_text(name)])


@functools.cache
def _checksum(path: Path) -> str:
    return sha256(path.read_bytes())


@functools.cache
def _imports(path: Path) -> set[str]:
    """The project's modules that a file imports, anywhere in it."""
    names = _imported(path.read_text(encoding="utf-8"))
    every = {name.rsplit(".", up)[0] for name in names for up in range(name.count(".") + 1)}
    return {name for name in every if _source(name) is not None}


@functools.cache  # of the text and nothing else, so that what is read again is not parsed again
def _imported(text: str) -> set[str]:
    """All names that a module's text imports."""
    names = set()
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return names


@functools.cache
def _source(module: str) -> Path | None:
    """The file of a module of the project; None for any other name."""
    if module.split(".")[0] not in ("reproductions", "custom_layers"):
        return None
    path = ROOT.joinpath(*module.split("."))
    places = (path / "__init__.py", path.with_suffix(".py"))  # as Python looks for them
    return next((place for place in places if place.is_file()), None)


def _machine() -> dict[str, Any]:
    return {"python": platform.python_version(), "packages": _packages(), "cpu": _cpu()}


def _packages() -> dict[str, str]:
    versions = {}
    for name in PACKAGES:
        try:
            versions[name] = version(name)
        except PackageNotFoundError:  # TensorFlow goes by one of two names
            continue
    return versions


CPUINFO = Path("/proc/cpuinfo")
WIDE = re.compile(r"avx|amx|fma|asimd|sve|bf16|i8mm")
"""How the flags begin of the instructions by which compilers and libraries round differently."""


def _cpu() -> str:
    """The processor as numbers depend on it.

    Its name, the wide instructions of all its cores, the processor for which libraries are told to
    compute, and a setting of drift.
    """
    fields = _cpu_fields()
    names = fields.get("model name")
    if not names:  # on arm64 numbers tell processors apart
        numbers = [*fields.get("CPU implementer", []), *fields.get("CPU part", [])]
        names = [" ".join([platform.machine(), *numbers]) if numbers else platform.processor()]
    flags = [set(text.split()) for text in fields.get("flags") or fields.get("Features") or [""]]
    wide = sorted(filter(WIDE.match, set.intersection(*flags)))
    given = [f"{n}={os.environ[n]}" for n in settings.PROCESSOR if os.environ.get(n)]
    if settings.drift():  # which may set that too
        given = [f"in the drift setting {settings.drift()}"]
    name = " / ".join(filter(None, names)) or platform.machine()
    return " ".join([name, *wide, *given])


def _cpu_fields() -> dict[str, list[str]]:
    """What /proc/cpuinfo says of the cores, each field's different texts; nothing elsewhere."""
    try:
        lines = CPUINFO.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return {}
    fields: dict[str, list[str]] = {}
    for line in lines:
        name, _, text = line.partition(":")
        texts = fields.setdefault(name.strip(), [])
        if text.strip() not in texts:
            texts.append(text.strip())
    return fields
