"""Figures that are nothing but words: the page shows them as tables.

A drawing says where each of its texts stands. Texts at one height are a row, and texts that begin
below each other are a column. What stands alone below a cell, as an error message does below its
line of code, belongs to that cell.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from xml.etree.ElementTree import Element

from reproductions.report import drawn, lettering
from reproductions.report.drawn import SVG

_LEVEL = re.compile(r"[ML] \S+ (\S+)")
_MARKS = re.compile(r"xtick|ytick|\w+Collection|patch_(?!1$)")
_TITLE = 10.5
"""Letters of this size and above, in points, are a title's, which the caption says."""
_SAME_ROW, _SAME_COLUMN = 3.0, 1.0
"""How far texts of one row, or of one column, are apart at most, in points."""


@dataclass(frozen=True)
class Piece:
    """A text in a cell.

    Attributes:
        text: by language.
        kind: `strong`, `code`, or empty for the usual letters.
    """

    text: Mapping[str, str]
    kind: str


Cell = list[Piece]


@dataclass
class Written:
    """A table of words.

    Attributes:
        header: the names of its columns; empty where they have none.
        rows: all rows have the same number of cells, of which some are empty.
    """

    header: list[Cell] = field(default_factory=list)
    rows: list[list[Cell]] = field(default_factory=list)


def written(root: Element, words: Mapping[str, Mapping[str, str]]) -> Written | None:
    """The words of a drawing as a table; None where it holds anything else than words.

    Args:
        root: the drawing as matplotlib wrote it.
        words: for each other language the translations by pattern.
    """
    if not _only_words(root):
        return None
    placed = [_placed(group, words) for group in drawn.text_groups(root)]
    texts = [(y, x, piece) for y, x, size, piece in placed if size < _TITLE]
    starts = _apart([x for _, x, _ in texts], _SAME_COLUMN)
    levels = _apart([y for y, _, _ in texts], _SAME_ROW)
    rows: list[list[Cell]] = [[[] for _ in starts] for _ in levels]
    for y, x, piece in texts:
        rows[_last_from(levels, y)][_last_from(starts, x)].append(piece)
    table = Written()
    for row in rows:
        filled = [i for i, cell in enumerate(row) if cell]
        kinds = {piece.kind for i in filled for piece in row[i]}
        if not table.rows and not table.header and kinds == {"strong"}:
            table.header = row
        elif table.rows and len(filled) == 1 and filled[0] > 1:
            for piece in row[filled[0]]:
                _add(table.rows[-1][filled[0]], piece)
        else:
            table.rows.append(row)
    return table


def _add(cell: Cell, piece: Piece) -> None:
    """Adds a text to a cell; what goes on from one line to the next is one text.

    But not where only one of the two is translated, as a heading above a message is.
    """
    if cell[-1].kind == piece.kind == "" and _is_translated(cell[-1]) == _is_translated(piece):
        before = cell.pop().text
        piece = Piece({lang: f"{before[lang]} {text}" for lang, text in piece.text.items()}, "")
    cell.append(piece)


def _is_translated(piece: Piece) -> bool:
    return len(set(piece.text.values())) > 1


def _only_words(root: Element) -> bool:
    """Whether there are texts, and beside them no more than level lines and white grounds."""
    if any(True for name in ("image", "use") for _ in root.iter(f"{SVG}{name}")):
        return False
    for group in root.iter(f"{SVG}g"):
        name = group.get("id", "")
        if _MARKS.match(name):
            return False
        if name.startswith("line2d"):
            for path in group.iter(f"{SVG}path"):
                if len(set(_LEVEL.findall(path.get("d", "")))) > 1:
                    return False
    return bool(drawn.text_groups(root))


def _placed(
    group: Element, words: Mapping[str, Mapping[str, str]]
) -> tuple[float, float, float, Piece]:
    """A text: its height, where it begins, the size of its letters, and its words."""
    first = next(group.iter(f"{SVG}text"))
    x, y, _ = lettering.place(first)
    style = lettering.styles(first)
    english = drawn.text(group)
    text = {"en": english} | {
        language: drawn.translated(english, own) or english for language, own in words.items()
    }
    kind = "code" if "Mono" in style.get("font-family", "") else ""
    kind = "strong" if style.get("font-weight") == "700" else kind
    if kind == "code":  # as it stands, with all its blanks
        text = dict.fromkeys(text, "\n".join(line.text or "" for line in group.iter(f"{SVG}text")))
    size = float(style.get("font-size", "10px").removesuffix("px"))
    return y, x, size, Piece(text, kind)


def _apart(places: list[float], same: float) -> list[float]:
    """The least of each group of places that are closer to each other than `same`."""
    found: list[float] = []
    last = float("-inf")
    for place in sorted(places):
        if place - last > same:
            found.append(place)
        last = place
    return found


def _last_from(starts: list[float], place: float) -> int:
    return max(i for i, start in enumerate(starts) if start <= place)
