"""Numbers with their units: a share as a percentage, a ratio as so many times.

The unit of what was obtained follows from the words of the claim's measure.
"""

import re
from collections.abc import Sequence

from reproductions.report import texts

UNITS = (
    # The unit, the number by which a value is multiplied, and what the measure says.
    ("points", 1, r"in percentage points$"),
    ("points", 100, r"^(mean )?share\b.*\b(minus|less) (the share|that)\b"),
    ("percent", 100, r"^((smallest|mean) )?(of the \w+ )?shares?\b|, the share that\b"),
    ("percent", 100, r"^probability\b|\btest error\b"),
    (
        "times",
        1,
        r"\b(as a multiple of|divided by|over its displacement)\b|^largest factor\b",
    ),
    ("bits", 1, r", in bits$"),
)
"""The first that fits a measure counts; a measure that none fits has a number without a unit."""


def unit(measure: str) -> tuple[str, int]:
    """The unit of a measure, in English, and the number by which its values are multiplied.

    Example:
        `unit("share of 512 initialisations that solve XOR")` is `("percent", 100)`.
    """
    found = ((name, factor) for name, factor, said in UNITS if re.search(said, measure))
    return next(found, ("plain", 1))


def with_unit(cells: Sequence[str], measure: str) -> dict[str, str]:
    """One number, or the two ends of an interval, with its unit, by language.

    Args:
        cells: numbers, as claims.csv has them.
        measure: what they are, in English.
    """
    name, factor = unit(measure)
    numbers = [_number(cell, factor) for cell in cells]
    joined = texts.both("units", "interval", low=numbers[0], high=numbers[-1])
    return {
        language: texts.find(language, "units", name).format(
            number=joined[language] if len(numbers) > 1 else numbers[0]
        )
        for language in texts.LANGUAGES
    }


def _number(cell: str, factor: int) -> str:
    if factor == 1:
        return short(cell)
    scaled = factor * float(cell)
    text = short(f"{scaled:.10g}")
    # Nearly all is not all.
    return f"{scaled:.4g}" if text == str(factor) and scaled < factor else text


def short(cell: str) -> str:
    """A number in three significant digits, without an exponent where it needs none; else as is."""
    try:
        value = float(cell)
    except ValueError:
        return cell
    if cell.lstrip("-").isdigit():
        return f"{int(cell):,}" if len(cell) > 4 else cell
    text = f"{value:.3g}"
    if "e" in text and 1e-4 <= abs(value) < 1e6:
        text = f"{value:,.0f}"
    return text.replace("-", "−") if re.fullmatch(r"-[\d.,]+", text) else text
