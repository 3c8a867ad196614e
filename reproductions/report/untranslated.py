"""Lists the words of experiments that are not written yet: `make lint` prints them.

The page does without them: for Korean it falls back to English, for what a document says to the
experiment's docstring, and for a caption to the figure's own title.
"""

import re

from reproductions.report import content
from reproductions.running import experiment

STORED = experiment.FOLDER.parent / "results" / "expected"
WORDS = {"en": ("says", "found"), "ko": ("title", "says", "found")}
OF_CLAIMS = ("statement", "reported", "measure", "rule", "history", "obtained")


def missing(name: str) -> list[str]:
    """The keys of an experiment's TOML file that are missing or empty.

    Captions are those of the stored figures: which there are is known once they are drawn.
    """
    words = experiment.words(name)
    figures = sorted(path.stem for path in (STORED / name).glob("*.png"))
    keys = [f"{language}.{key}" for language, wanted in WORDS.items() for key in wanted]
    keys += [f"ko.figures.{figure}" for figure in figures]
    parts = content.docstring_parts(experiment.load(name).doc)
    keys += [f"ko.parts.{part}" for part in parts if part != "Document"]
    for id, claim in words.get("claims", {}).items():
        of_claim = [key for key in OF_CLAIMS if re.search("[A-Za-z]", _words_alone(claim, key))]
        of_claim += [f"notes.{key}" for key in claim.get("notes", {})]
        keys += [f"ko.claims.{id}.{key}" for key in of_claim]
    return [key for key in keys if not _at(words, key)]


def _words_alone(claim: dict, key: str) -> str:
    """A text without its places for numbers, which need no translation."""
    return re.sub(r"\{[^{}]*\}", "", claim.get(key, ""))


def _at(words: dict, key: str) -> str:
    text = words
    for part in key.split("."):
        text = text.get(part, {})
    return str(text or "").strip()


def main() -> None:
    """Prints a line for each experiment that lacks words."""
    for name in experiment.names():
        if keys := missing(name):
            print(f"{name} has no words yet for {', '.join(keys)}")


if __name__ == "__main__":
    main()
