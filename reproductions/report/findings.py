"""What the page opens with: what the tutorials say and what is true, in a few sentences.

The sentences stand in the page's texts, with places for the numbers, which come from claims.csv.
Here stands what each of them rests on.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from reproductions.report import texts


@dataclass(frozen=True)
class Finding:
    """One finding; texts by language.

    Attributes:
        name: its section in the texts.
        claims: the ids of the claims that it rests on.
        figure: the figure that shows it, of the experiment of the first claim; empty for none.
        tries: the part of the page in which a reader can try it; empty for none.
        sentence: what is true.
        text: how it was found, with numbers.
    """

    name: str
    claims: tuple[str, ...]
    figure: str
    tries: str
    sentence: Mapping[str, str]
    text: Mapping[str, str]


FINDINGS = (
    # Name, claims, figure, and where to try it.
    ("loss", ("XP-10", "XP-03", "XP-05"), "", "try-xor"),
    ("functions", ("XP-11", "XP-13", "XP-12"), "outcomes", "try-xor"),
    ("remedies", ("CU-03", "CU-02", "CU-01"), "singles", ""),
    ("reason", ("XP-17", "CU-10"), "shares", "try-depth"),
    ("path", ("SL-11", "RP-08"), "causes", ""),
    ("narrow", ("SL-06", "SL-08"), "", "try-player"),
    ("dead", ("RP-07",), "training", ""),
    ("speed", ("RP-05", "SL-13"), "ratios", ""),
)


def gather(cells: Mapping[str, Mapping[str, str]], owners: Sequence[str]) -> list[Finding]:
    """The findings whose claims were all judged, in the order of the page.

    Args:
        cells: rows of claims.csv by id.
        owners: the ids of the claims that the page shows.
    """
    return [
        Finding(
            name,
            claims,
            figure,
            tries,
            **{part: _filled(name, part, cells) for part in ("sentence", "text")},
        )
        for name, claims, figure, tries in FINDINGS
        if all(id in cells and id in owners for id in claims)
    ]


def _filled(name: str, part: str, cells: Mapping[str, Mapping[str, str]]) -> dict[str, str]:
    return {
        language: texts.fill(text, lambda place: texts.number(place, cells, {}))
        for language, text in texts.both("findings", name, part).items()
    }
