"""Another setting for an experiment, from a TOML file: `run --config FILE`.

The file holds a table an experiment; its keys are the fields of the experiment's spec. What a field
takes is read from its annotation and its stored value. A number keeps the stored one's sign (a
count stays 1 or more, a rate above 0), unless the field's metadata say `any_sign`; a list that is
never empty as stored is not emptied. A spec's `__post_init__` may refuse more, by a ValueError.
"""

import dataclasses
import difflib
import math
import re
import tomllib
import types
import typing
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, Literal

from reproductions.evidence.errors import InputError
from reproductions.running import experiment

MOST_BYTES = 2**15
MOST_LINES = 200
"""Of one statement; beyond it lines are no longer told apart, as that would take seconds."""

LARGEST = 10**8
"""The largest whole number that a setting takes; so many seeds take days."""

Changes = dict[str, dict[str, Any]]
"""For each experiment the fields of its spec that change."""


class RefusedError(ValueError):
    """A value that a field does not take: where in the file's table, and what is wrong."""

    def __init__(self, place: tuple, message: str):
        super().__init__(message)
        self.place = place


def read(path: Path) -> Changes:
    """The changes that a file asks for.

    Raises:
        InputError: the file cannot be read, or asks for what an experiment does not take; with the
            line, and the nearest valid name.
    """
    text = _text(path)
    try:
        tables = tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        raise _syntax_error(path, text, error) from error
    try:
        if not tables:
            raise RefusedError(
                (), "names no experiment, as a table [NAME] does. Received: an empty file"
            )
        return {name: _changes(name, table) for name, table in tables.items()}
    except RefusedError as refused:
        line = _line(text, refused.place)
        raise InputError(f"{path}{f':{line}' if line else ''}: {refused}") from refused


def _text(path: Path) -> str:
    try:
        with path.open("rb") as file:  # /dev/zero has no end
            data = file.read(MOST_BYTES + 1)
        if len(data) > MOST_BYTES:
            raise InputError(
                f"cannot read {path}: a configuration has {MOST_BYTES:,} bytes at most."
                " Received: more"
            )
        return data.decode()
    except OSError as error:
        raise InputError(f"cannot read {path}: {error.strerror}") from error
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise InputError(f"{path}:{line}: the line is not UTF-8 text") from error


def _syntax_error(path: Path, text: str, error: Exception) -> InputError:
    if isinstance(error, RecursionError):
        return InputError(f"{path}: lists or tables are nested too deeply")
    if not isinstance(error, tomllib.TOMLDecodeError):  # int() refuses thousands of digits
        return InputError(f"{path}: a number has too many digits")
    message, _, place = str(error).partition(" (at ")
    match = re.search(r"line (\d+)", place)
    lines = text.split("\n")
    line = int(match[1]) if match else max(1, len(text.rstrip().split("\n")))
    return InputError(f"{path}:{line}: {message}. Received: {_shown(lines[line - 1].strip())}")


def _changes(name: str, table: Any) -> dict[str, Any]:
    """The fields of an experiment's spec that its table changes."""
    if name not in experiment.names():
        raise RefusedError((name,), _unknown("experiment", name, experiment.names()))
    if not isinstance(table, dict):
        raise RefusedError((name,), f"{name} must be a table [{name}]. Received: {_shown(table)}")
    loaded = experiment.load(name)
    spec = loaded.spec
    known = [spec, *(dataclasses.replace(spec, **few) for few in (loaded.quick, loaded.small))]
    changes = _fields(table, type(spec), known, (name,))
    _whole(spec, changes, (name,))
    return changes


def _whole(spec: Any, changes: dict[str, Any], place: tuple) -> None:
    """Lets the spec's own `__post_init__` refuse; the one change that it refuses alone is named."""
    try:
        dataclasses.replace(spec, **changes)
    except ValueError as error:
        for name, value in changes.items():
            try:
                dataclasses.replace(spec, **{name: value})
            except ValueError as cause:
                raise RefusedError((*place, name), _one_line(cause)) from error
        raise RefusedError(place, _one_line(error)) from error


def _one_line(error: Exception) -> str:
    return " ".join(str(error).split())


def _fields(table: dict, kind: type, stored: Sequence[Any], place: tuple) -> dict[str, Any]:
    """The values of a dataclass' fields, each of its annotation's type."""
    annotations = typing.get_type_hints(kind)
    fields = {field.name: field for field in dataclasses.fields(kind)}
    values = {}
    for name, value in table.items():
        if name not in fields:
            raise RefusedError((*place, name), _unknown(f"key of {_path(place)}", name, fields))
        values[name] = _typed(
            value,
            annotations[name],
            [getattr(one, name) for one in stored],
            (*place, name),
            fields[name].metadata.get("any_sign", False),
        )
    return values


def _typed(value: Any, kind: Any, stored: list, place: tuple, any_sign: bool) -> Any:
    """A TOML value as an annotation has it.

    Args:
        value: from the file.
        kind: the annotation.
        stored: what stands at the same place in the stored spec and in its short forms, every
            element of a list.
        place: where the value stands in the file.
        any_sign: whether numbers may have another sign than the stored ones.
    """

    def refused(must: str) -> RefusedError:
        end = "" if must.endswith("?") else "."
        return RefusedError(place, f"{_path(place)} must be {must}{end} Received: {_shown(value)}")

    origin, arguments = typing.get_origin(kind), typing.get_args(kind)
    if origin in (types.UnionType, typing.Union):
        kinds = [k for k in arguments if k is not types.NoneType]  # TOML has no null
        words = tuple(word for k in kinds for word in typing.get_args(k))
        kind = kinds[0] if len(kinds) == 1 else Literal[words]  # names of two lists
        return _typed(value, kind, [s for s in stored if s is not None], place, any_sign)
    if origin is Literal:
        if value not in arguments:
            near = difflib.get_close_matches(str(value)[:100], arguments, n=1)
            hint = f"; did you mean {near[0]}?" if near else ""
            raise refused(f"one of {', '.join(arguments)}{hint}")
        return value
    if origin is tuple:
        return _tuple(value, kind, stored, place, any_sign, refused)
    if dataclasses.is_dataclass(kind):
        return _dataclass(value, kind, stored, place, refused)
    if kind not in WORDS:
        raise TypeError(f"no rule for the annotation of {_path(place)}. Received: {kind}")
    if kind in (int, float):
        return _number(value, kind, [] if any_sign else stored, refused)
    if not isinstance(value, kind):
        raise refused(_words(kind))
    return value


def _number(value: Any, kind: type, stored: list, refused) -> int | float:
    low = min(stored, default=-math.inf)
    sign = " above 0" if low > 0 else " of 0 or more" if low == 0 else ""
    must = f"{_words(kind)}{sign}" + (f", {LARGEST:,} at most" if kind is int else "")
    if not isinstance(value, int if kind is int else (int, float)) or isinstance(value, bool):
        raise refused(must)
    if kind is int and abs(value) > LARGEST:
        raise refused(must)
    try:
        value = kind(value)
    except OverflowError:
        raise refused(must) from None
    # What is stored is taken, be it infinite.
    if value not in stored and (not math.isfinite(value) or value < 0 <= low or value == 0 < low):
        raise refused(must)
    return value


def _tuple(value, kind, stored, place, any_sign, refused) -> tuple:
    arguments = typing.get_args(kind)
    if not isinstance(value, list):
        raise refused(_words(kind))
    kinds: Iterable[Any]
    if arguments[-1] is Ellipsis:
        if not value and stored and all(stored):
            raise refused(f"{_words(kind)}, with one at least")
        kinds = [arguments[0]] * len(value)
        columns = [[element for one in stored for element in one]] * len(value)
    else:
        if len(value) != len(arguments):
            raise refused(_words(kind))
        kinds, columns = arguments, [list(column) for column in zip(*stored, strict=True)]
        columns = columns or [[] for _ in arguments]
    return tuple(
        _typed(element, own, column, (*place, i), any_sign)
        for i, (element, own, column) in enumerate(zip(value, kinds, columns, strict=True))
    )


def _dataclass(value, kind, stored, place, refused) -> Any:
    if not isinstance(value, dict):
        raise refused("a table")
    values = _fields(value, kind, stored, place)
    for field in dataclasses.fields(kind):
        needed = field.default is field.default_factory is dataclasses.MISSING
        if needed and field.name not in values:
            raise refused(f"a table with the key {field.name}")
    try:
        return kind(**values)
    except ValueError as error:
        raise RefusedError(place, _one_line(error)) from error


WORDS = {
    bool: ("true or false", "true or false"),
    int: ("a whole number", "whole numbers"),
    float: ("a number", "numbers"),
    str: ("a text", "texts"),
}


def _words(kind: Any, several: bool = False) -> str:
    """What a value must be, in words."""
    if kind in WORDS:
        return WORDS[kind][several]
    arguments = typing.get_args(kind)
    if typing.get_origin(kind) is Literal:
        return ("a text", "texts")[several]
    if typing.get_origin(kind) is not tuple:
        return ("a table", "tables")[several]
    if arguments[-1] is Ellipsis:
        return f"{'lists' if several else 'a list'} of {_words(arguments[0], True)}"
    each = ", ".join(_words(argument) for argument in arguments)
    return f"{'lists' if several else 'a list'} of {len(arguments)} ({each})"


def _unknown(what: str, name: str, known: Iterable[str]) -> str:
    known = list(known)
    near = difflib.get_close_matches(name[:100], known, n=1)
    hint = f"did you mean {near[0]}?" if near else f"there are: {', '.join(known)}."
    return f"no such {what}, {hint} Received: {_shown(name, plain=True)}"


def _path(place: tuple) -> str:
    """A place as a reader names it: `deep_xor.hidden[3]`."""
    head, *rest = place
    return str(head) + "".join(f"[{p}]" if isinstance(p, int) else f".{p}" for p in rest)


def _shown(value: Any, plain: bool = False) -> str:
    """A value in one short line."""
    if plain and isinstance(value, str) and value.isprintable():
        text = value
    elif isinstance(value, bool):
        text = str(value).lower()
    else:
        try:
            text = repr(value)
        except ValueError:  # more digits than Python writes
            text = "a number of thousands of digits"
    return text if len(text) <= 80 else f"{text[:77]}..."


# tomllib does not say where a key stands. A statement ends with the first line after which what was
# read since it began is TOML by itself: inside a list or a text of several lines nothing is closed.


def _line(text: str, place: tuple) -> int | None:
    """The line of the statement that sets a place, or the nearest around it; None if unknown."""
    lines: dict[tuple, int] = {}
    counts: dict[tuple, int] = {}  # of the tables of each array of tables
    table: tuple = ()
    for number, statement in _statements(text):
        content = tomllib.loads(statement)
        if statement.lstrip().startswith("["):
            table = _header(content, counts)
            lines.setdefault(table, number)
        else:
            for path in _paths(content):
                lines.setdefault((*table, *path), number)
        for path in list(_prefixes(table)):
            lines.setdefault(path, number)
    known = [lines[path] for path in _prefixes(place) if path in lines]
    return known[0] if known else None


def _statements(text: str):
    """Every statement of a TOML text with the number of its first line."""
    start, statement = 1, ""
    for number, line in enumerate(text.split("\n"), start=1):
        statement += line + "\n"
        if number - start > MOST_LINES:
            return
        try:
            tomllib.loads(statement)
        except ValueError:
            continue
        yield start, statement
        start, statement = number + 1, ""


def _header(content: dict, counts: dict[tuple, int]) -> tuple:
    """The path that a header opens, with the number of the table in each array of tables."""
    path: tuple = ()
    while content:
        ((key, content),) = content.items()
        path = (*path, key)
        if isinstance(content, list):  # [[header]]
            counts[path] = counts.get(path, -1) + 1
            return (*path, counts[path])
        if path in counts:
            path = (*path, counts[path])
    return path


def _paths(content: dict, above: tuple = ()):
    """The paths of all keys that a statement sets, those of inline tables too."""
    for key, value in content.items():
        yield (*above, key)
        if isinstance(value, dict):
            yield from _paths(value, (*above, key))


def _prefixes(path: tuple):
    """A path and all above it, the longest first; not the root."""
    return (path[:n] for n in range(len(path), 0, -1))
