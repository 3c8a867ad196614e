"""What a comparison found, for a terminal, a pull request's comment, a script, a CI's test view."""

import json
import re
from collections.abc import Callable
from dataclasses import asdict
from xml.etree import ElementTree

from reproductions.evidence.differences import LONGEST, Comparison, Difference
from reproductions.evidence.errors import one_line

MOST_ROWS = 100
"""Differences that a table in Markdown shows: a comment on a pull request has a greatest length."""

CONTROL = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What XML cannot hold."""


def count(differences: list[Difference]) -> int:
    """How many places differ, those included that a difference only counts."""
    return sum(1 + difference.more for difference in differences)


def summary(comparison: Comparison) -> str:
    """One line: whether all holds, and how much was held."""
    differences = comparison.concluded()
    held = f"{comparison.values} values and {len(comparison.rate_tests)} rates held"
    return f"{count(differences)} differences, {held}" if differences else f"all holds: {held}"


def text(comparison: Comparison) -> str:
    """A line for each difference and each note, and the summary."""
    lines = [str(difference) for difference in comparison.concluded()]
    return "\n".join([*lines, *map(one_line, comparison.notes), summary(comparison)])


def markdown(comparison: Comparison) -> str:
    """The summary, a table of the differences, and a list of the notes."""
    differences = comparison.concluded()
    lines = [f"**{summary(comparison)}**"]
    if differences:
        lines += ["", "| file | row | column | expected | obtained | rule | more |"]
        lines += ["|---|---|---|---|---|---|---|"]
        for each in differences[:MOST_ROWS]:
            cells = (each.file, each.row, each.column, each.expected, each.obtained, each.rule)
            shown = [_cell(cell) for cell in cells] + [str(each.more or "")]
            lines.append(f"| {' | '.join(shown)} |")
        if len(differences) > MOST_ROWS:
            lines += ["", f"{len(differences) - MOST_ROWS} more are not shown."]
    if comparison.notes:
        lines += ["", *(f"- {_cell(note)}" for note in comparison.notes)]
    return "\n".join(lines)


def _cell(content: str) -> str:
    """Text that neither ends a cell nor becomes markup."""
    return re.sub(r"([\\`*_|<>\[\]&@#])", r"\\\1", one_line(content)[:LONGEST])


def as_json(comparison: Comparison) -> str:
    """What `comparison.schema.json` describes, as one JSON object."""
    differences = comparison.concluded()
    content = {
        "holds": not differences,
        "values": comparison.values,
        "rates": len(comparison.rate_tests),
        "count": count(differences),
        "differences": [asdict(difference) for difference in differences],
        "notes": comparison.notes,
    }
    return json.dumps(content, indent=1, ensure_ascii=True)


def junit(comparison: Comparison) -> str:
    """A test suite with a failed test for each difference, or one test that passed."""
    differences = comparison.concluded()
    numbers = {"tests": str(len(differences) or 1), "failures": str(len(differences))}
    suites = ElementTree.Element("testsuites", numbers)
    suite = ElementTree.SubElement(suites, "testsuite", {"name": "reproductions", **numbers})
    for each in differences:
        place = ", ".join(filter(None, (each.row, each.column))) or each.file
        case = _case(suite, each.file, place)
        message = f"expected {each.expected}, obtained {each.obtained}"
        failure = ElementTree.SubElement(case, "failure", {"message": _allowed(message)})
        failure.text = _allowed(str(each))
    if not differences:
        _case(suite, "reproductions", summary(comparison))
    if comparison.notes:
        notes = ElementTree.SubElement(suite, "system-out")
        notes.text = _allowed("\n".join(map(one_line, comparison.notes)))
    ElementTree.indent(suites)
    return ElementTree.tostring(suites, encoding="unicode")


def _case(suite: ElementTree.Element, file: str, name: str) -> ElementTree.Element:
    names = {"classname": _allowed(file), "name": _allowed(name)}
    return ElementTree.SubElement(suite, "testcase", names)


def _allowed(content: str) -> str:
    return CONTROL.sub("\ufffd", content)


FORMATS: dict[str, Callable[[Comparison], str]] = {
    "text": text,
    "markdown": markdown,
    "json": as_json,
    "junit": junit,
}
