"""The page's words, and the numbers that stand in them.

What frames the page stands in one TOML file a language; the words of an experiment and of its
claims in the experiment's own TOML file, so that they lie beside its code.

A text names a number instead of holding it: `{SL-06.obtained:.0%}` is a cell of claims.csv,
`{rates.share[network=2-3-2-1][event=separates the circles]:.0%}` one of the experiment's own
tables, `{seeds}` the number of initialisations. What is not in the results is shown as a dash.
"""

import functools
import re
import tomllib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pandas as pd
from markupsafe import Markup, escape

from reproductions.running import experiment
from reproductions.running.experiment import loadable

FOLDER = Path(__file__).with_name("texts")
LANGUAGES = ("en", "ko")
UNKNOWN = "–"

_PLACEHOLDER = re.compile(r"\{([^{}:]+)(?::([^{}]*))?\}")
_LINK = re.compile(r"\[([^\]]+)\]\((#?[\w-]+)\)([^\s\[]*)")
_CLAIM = re.compile(r"([A-Z]{2}-\d\d)\.(\w+)")
_CELL = re.compile(r"(\w+)\.(\w+)((?:\[\w+=[^\]]*\])*)")


@functools.cache
def load(language: str) -> Mapping[str, Any]:
    """A language's texts: the page's own, and under `experiments` and `claims` those of each."""
    texts = tomllib.loads((FOLDER / f"{language}.toml").read_text(encoding="utf-8"))
    of_experiments = {name: experiment.words(name).get(language, {}) for name in loadable()}
    claims: dict[str, Any] = {}
    for words in of_experiments.values():
        claims |= words.get("claims", {})
    return {**texts, "experiments": of_experiments, "claims": claims}


def find(language: str, *path: str) -> Any:
    """The text at a path such as ("ui", "title"), or None where the language has none."""
    text: Any = load(language)
    for part in path:
        if not isinstance(text, Mapping) or part not in text:
            return None
        text = text[part]
    return text


def both(*path: str, **values: Any) -> dict[str, str]:
    """A text in every language, with `{name}` filled from `values`.

    Raises:
        KeyError: a language lacks it.
    """
    texts = {}
    for language in LANGUAGES:
        text = find(language, *path)
        if text is None:
            raise KeyError(f"{language}.toml lacks {'.'.join(path)}")
        texts[language] = text.format(**values) if values else text
    return texts


def markup(texts: Mapping[str, Any]) -> Markup:
    """Both languages side by side; the page's style shows the one that is chosen."""
    if len(set(map(str, texts.values()))) == 1:
        return escape(next(iter(texts.values())))
    spans = (
        # As many thousands of these make the page, their attributes go without quotation marks.
        Markup("<span class=t lang={}>{}</span>").format(language, text)
        for language, text in texts.items()
    )
    return Markup("").join(spans)


def prose(text: str) -> Markup:
    """A text as HTML.

    `Words in backticks` are code, `[words](#place)` leads to a place of the page, and
    `[words](term)` are explained at a touch, by the glossary's entry of that name. Nothing else is
    special.
    """
    parts = str(escape(text)).split("`")
    if len(parts) % 2 == 0:  # a backtick without its other half is only itself
        return Markup("`".join(parts))
    return Markup(
        "".join(
            f"<code>{part}</code>" if place % 2 else _LINK.sub(_link, part)
            for place, part in enumerate(parts)
        )
    )


def _link(match: re.Match[str]) -> str:
    words, target, after = match.groups()
    if target.startswith("#"):
        return f'<a href="{target}">{words}</a>{after}'
    term = f'<button type="button" class="term" popovertarget="term-{target}">{words}</button>'
    # A line may end after a button, but not before a full stop or a particle.
    return f'<span class="kept">{term}{after}</span>' if after else term


def terms() -> dict[str, dict[str, dict[str, str]]]:
    """The glossary: each term's name and explanation by language, by its key."""
    entries: dict[str, dict[str, dict[str, str]]] = tomllib.loads(
        (FOLDER / "terms.toml").read_text(encoding="utf-8")
    )
    return entries


def comments() -> dict[str, dict[str, str]]:
    """For each language but English the comments of the listings for today, by the English ones."""
    words: dict[str, dict[str, str]] = tomllib.loads(
        (FOLDER / "comments.toml").read_text(encoding="utf-8")
    )
    return words


def fill(text: str, lookup: Callable[[str], Any]) -> str:
    """The text with each placeholder replaced by what `lookup` finds for it.

    A lookup of None gives a dash, as does a number format for what is no number.
    """

    def replace(match: re.Match) -> str:
        value = lookup(match[1])
        if value is None or value == "":
            return UNKNOWN
        if not match[2]:
            return str(value)
        try:
            return format(float(value), match[2])
        except ValueError:
            return UNKNOWN

    return _PLACEHOLDER.sub(replace, text)


def names(text: str) -> list[str]:
    """The placeholders of a text, without their formats."""
    return [match[1] for match in _PLACEHOLDER.finditer(text)]


def number(
    name: str,
    claims: Mapping[str, Mapping[str, str]],
    tables: Mapping[str, pd.DataFrame],
    seeds: int | None = None,
) -> Any:
    """What a placeholder stands for; None where the results do not hold it.

    Args:
        name: the placeholder, such as `SL-06.low` or `rates.share[network=2-3-2-1]`.
        claims: rows of claims.csv by id.
        tables: the experiment's own tables by name.
        seeds: the number of initialisations of its run.
    """
    if name == "seeds":
        return None if seeds is None else f"{seeds:,}"
    if match := _CLAIM.fullmatch(name):
        return claims.get(match[1], {}).get(match[2])
    if match := _CELL.fullmatch(name):
        table, column, conditions = match.groups()
        rows = tables.get(table)
        if rows is None or column not in rows:
            return None
        for key, value in re.findall(r"\[(\w+)=([^\]]*)\]", conditions):
            if key not in rows:
                return None
            rows = rows[rows[key].astype(str) == value]
        return rows[column].iloc[0] if len(rows) == 1 else None
    return None
