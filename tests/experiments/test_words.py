"""A claim's words: quotes are verbatim, places in sentences are filled in both languages."""

import hashlib
import string
from pathlib import Path

import pytest

from reproductions.evidence import verdicts
from reproductions.running import experiment
from tests.experiments import beside

DOCUMENTS = experiment.FOLDER.parents[1] / "shared" / "documents"
FILES = {
    "perceptron-post": "000_*.txt",
    "xor-post": "001_*.txt",
    "slides": "002_*.txt",
    "network-post": "003_*.txt",
    "relu-post": "004_*.txt",
}
CHECKSUMS = Path(__file__).with_name("quotes.sha256")
"""A line for each quote, as it was found in its document: where the documents are not at hand, it
is these that hold the quotes. `python -m tests.experiments.test_words` writes them."""
LONGEST = 160
OPEN = [(name, claim) for name in experiment.names() for claim in experiment.load(name).claims]


def plain(text: str) -> str:
    """The text with each run of white space as one blank."""
    return " ".join(text.split())


def checksum(claim) -> str:
    return f"{hashlib.sha256(plain(claim.quote).encode()).hexdigest()}  {claim.id}"


def of_documents():
    return [claim for _, claim in OPEN if claim.document in FILES]


@pytest.mark.parametrize("claim", of_documents(), ids=lambda claim: claim.id)
def test_a_quote_is_in_its_document_word_for_word(claim):
    assert 0 < len(plain(claim.quote)) <= LONGEST
    assert claim.place.strip()
    assert checksum(claim) in CHECKSUMS.read_text(encoding="utf-8").splitlines()
    for path in DOCUMENTS.glob(FILES[claim.document]):
        document = plain(path.read_text(encoding="utf-8"))
        assert plain(claim.quote) in document
        assert plain(claim.place) in document


def places(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}


@pytest.mark.parametrize(("name", "claim"), OPEN, ids=lambda value: getattr(value, "id", value))
def test_every_sentence_has_the_same_numbers_in_korean(name, claim):
    korean = claim.korean.get("notes", {})
    assert set(korean) <= set(claim.notes)
    for key, text in korean.items():
        assert places(text) == places(claim.notes[key]), key
    for key in {"obtained"} & set(claim.korean):
        assert places(claim.korean[key]) == places(claim.obtained)


@pytest.mark.parametrize("name", experiment.names())
def test_every_judgement_can_be_said_in_both_languages(name):
    claims = {claim.id: claim for claim in experiment.load(name).claims}
    for claim_id, tables, verdict in beside.of(name, "CASES", []):
        claim = claims[claim_id]
        judgement = claim.judge(tables)
        for language in ("en", "ko"):
            note = claim.note(judgement, language)
            obtained = claim.found(judgement, language)
            for text in (note, obtained):
                assert "{" not in text, (claim_id, verdict)
                assert text == plain(text), (claim_id, verdict)
        assert judgement.obtained is not None or claim.obtained, claim_id


CLAIM = verdicts.Claim(
    id="XX-99",
    document="slides",
    statement="a statement",
    rule="a rule",
    judge=lambda tables: verdicts.Judgement(verdicts.REPRODUCED, None),
    obtained="{k} of {n}",
    notes={"main": "By function: {ratios:.0%}.", "more": "It is {what}."},
    korean={"notes": {"main": "함수별: {ratios:.0%}."}, "statement": "주장"},
)


def test_sentences_are_filled_with_numbers_and_names_in_their_language():
    judgement = verdicts.Judgement(
        verdicts.REPRODUCED,
        None,
        notes=("main", "more"),
        values={"ratios": {"sigmoid": 0.25, "at rest": 1}, "what": "so", "k": 3, "n": 4},
    )
    assert CLAIM.note(judgement) == "By function: sigmoid 25%, at rest 100%. It is so."
    assert CLAIM.note(judgement, "ko") == "함수별: 시그모이드 25%, at rest 100%. It is so."
    assert CLAIM.found(judgement) == CLAIM.found(judgement, "ko") == "3 of 4"
    assert CLAIM.words("statement", "ko") == "주장"
    assert CLAIM.words("rule", "ko") == "a rule"
    with pytest.raises(KeyError):
        CLAIM.note(verdicts.Judgement(verdicts.REPRODUCED, 1.0, notes=("main",)))
    with pytest.raises(KeyError):
        CLAIM.note(verdicts.Judgement(verdicts.REPRODUCED, 1.0, notes=("none",)))


if __name__ == "__main__":
    lines = sorted(map(checksum, of_documents()), key=lambda line: line.split()[1])
    CHECKSUMS.write_text("\n".join(lines) + "\n", encoding="utf-8")
