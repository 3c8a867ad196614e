"""Makes the page from a results folder: everything that it needs is inside the one file."""

import base64
import gzip
import json
import re
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from reproductions.report import content, sources, texts, units
from reproductions.running.experiment import load
from reproductions.running.files import only_writer, read_bytes, write_whole
from reproductions.running.folder_checks import refuse_changed
from reproductions.running.results import CLAIMS_FILE, REPORT_FOLDER, read_claims

HERE = Path(__file__).parent
FILE = "index.html"
STYLES = ("report.css", "figures.css", "ledger.css")
SCRIPTS = (
    "boxes.js",
    "squeeze.js",
    "labels.js",
    "panels.js",
    "figures.js",
    "report.js",
    "ledger.js",
)


def write(results: Path, output: Path | None = None) -> Path:
    """Writes the page, by default among the results, of which no other file is changed.

    Args:
        results: the folder with the results.
        output: the page's file; with one, nothing is written into the results.

    Returns:
        The page's path.

    Raises:
        InputError: there are no results, they cannot be read or are not what runs wrote, the page
            cannot be written, or another process writes there.
    """
    names = content.some(results)  # or a folder would be made, only to be locked
    claims = read_claims(results)
    for name in names:
        refuse_changed(load(name), results, claims)
    if output:
        write_whole(output, render(results).encode())
        return output
    path = results / REPORT_FOLDER / FILE
    with only_writer(results), only_writer(path.parent, wait=True):
        write_whole(path, render(results).encode())
    return path


def render(results: Path) -> str:
    """The page's HTML.

    Raises:
        InputError: there are no results, or they cannot be read.
    """
    page = content.gather(results)
    environment = Environment(
        loader=FileSystemLoader(HERE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.policies["json.dumps_kwargs"] = {"sort_keys": True, "separators": (",", ":")}
    environment.filters |= {
        "both": texts.markup,
        "both_prose": lambda found: texts.markup({k: texts.prose(v) for k, v in found.items()}),
        "brief": lambda found: texts.markup({k: v.split(":")[0] for k, v in found.items()}),
        "prose": texts.prose,
        "seconds": _seconds,
        "bytes": _bytes,
        "packed": _packed,
        "cell": units.short,
        "number": lambda value: f"{value:g}",
    }
    html = environment.get_template("page.html").render(
        page=page,
        demonstrations=page.demonstrations,
        terms=texts.terms(),
        sources=sources.load(),
        documents=list(texts.load("en")["documents"]),
        t=_text,
        spoken=_spoken,
        threshold=_threshold,
        tongue=_tongue,
        labels=_labels,
        topic=_topic,
        style=_static(*STYLES),
        script=_static(*SCRIPTS),
        early=_static("early.js"),
        claims_csv=read_bytes(results / CLAIMS_FILE),
    )
    return smaller(html)


def _text(*path: str, **values: Any) -> Markup:
    return texts.markup(texts.both(*path, **values))


def _labels(**labels: str) -> Markup:
    """Texts, given by paths such as "ui.search", that the style sheet shows as `--name`."""
    found = {name: texts.both(*path.split(".")) for name, path in labels.items()}
    style = {
        language: "; ".join(
            f"--{name}: {json.dumps(text[language], ensure_ascii=False)}"
            for name, text in found.items()
        )
        for language in texts.LANGUAGES
    }
    return _spoken(style=style)


def _static(*files: str) -> Markup:
    """Files of the folder `static`, one after the other."""
    return Markup("\n").join(
        Markup((HERE / "static" / file).read_text(encoding="utf-8")) for file in files
    )


def _tongue(text: str) -> str:
    """The language of a text that stands on the page in this language alone, such as a quote."""
    return "ko" if re.search("[가-힣]", text) else "en"


def _topic(name: str) -> dict[str, str]:
    """What a topic is called; its folder's name, where the page has no words for it yet."""
    return {language: texts.find(language, "topics", name) or name for language in texts.LANGUAGES}


def _threshold(name: str) -> Markup:
    """What a threshold decides; its name, where the page has no words for it yet."""
    plain = name.replace("_", " ")
    return texts.markup(
        {
            language: texts.find(language, "thresholds", name) or plain
            for language in texts.LANGUAGES
        }
    )


def _spoken(**attributes: dict[str, str] | str) -> Markup:
    """Attributes of an element that change with the language; a text is a path such as "ui.search".

    `text` is the element's own text, for elements that can hold no others.
    """
    found = {
        name.replace("_", "-"): texts.both(*value.split(".")) if isinstance(value, str) else value
        for name, value in attributes.items()
    }
    default = Markup(" ").join(
        Markup('{}="{}"').format(name, value[texts.LANGUAGES[0]])
        for name, value in found.items()
        if name != "text"
    )
    by_language = {
        language: json.dumps(
            {n: v[language] for n, v in found.items()}, ensure_ascii=False, separators=(",", ":")
        )
        for language in texts.LANGUAGES
    }
    # JSON is full of double quotes, so single ones go around it, and few letters need an escape.
    data = (
        Markup("data-{}='{}'").format(language, Markup(str(escape(value)).replace("&#34;", '"')))
        for language, value in by_language.items()
    )
    return Markup(" ").join([default, *data])


INDENTATION = re.compile(
    r"<(pre|script|style|textarea)\b.*?</\1>|<[^>]*>|\n\s+",
    re.DOTALL,
)
"""What begins a line, and before it what is kept: elements whose blanks count, and tags, whose
attributes may hold code."""


_QUOTED = re.compile(r'(?<= class=| scope=)"([\w-]+)"(?=[ >])')


def smaller(html: str) -> str:
    """The page without the blanks at the beginning of lines, where a browser shows none of them.

    The attributes that most tags have lose quotation marks that HTML does not need.
    """

    def shorter(found: re.Match[str]) -> str:
        if found[0].isspace():
            return "\n"
        return found[0] if found[1] else _QUOTED.sub(r"\1", found[0])

    return INDENTATION.sub(shorter, html)


_SAFE = bytes.maketrans(b"&<>", b",.:")
"""Letters of base 85 that mean something in HTML, and what stands for them."""


def _packed(data: bytes) -> Markup:
    """Bytes that the page unpacks when they are asked for, in base 85: four take five letters."""
    letters = base64.b85encode(gzip.compress(data, 9, mtime=0)).translate(_SAFE)
    return Markup(letters.decode())


def _seconds(value: float) -> str:
    if value < 10:
        return f"{value:.1f} s"
    return f"{value:.0f} s" if value < 120 else f"{value / 60:.1f} min"


def _bytes(data: bytes) -> str:
    size = len(data)
    return f"{size / 1e6:.1f} MB" if size >= 1e6 else f"{max(1, round(size / 1e3))} kB"
