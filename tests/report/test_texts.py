"""The page's words: none is missing in either language, and every number in them is a result's."""

import re

import pandas as pd
import pytest

from reproductions.evidence import thresholds, verdicts
from reproductions.report import content, demonstrations, texts, untranslated
from reproductions.running import experiment

WHERE = "write it into [{}] of the experiment's TOML file"
FRAME = ("ui", "verdicts", "thresholds", "documents", "ledger", "topics", "units")
SECTIONS = (*FRAME, "demonstrations", *demonstrations.NAMES)
STORED = experiment.FOLDER.parent / "results" / "expected"
CLAIMS = {claim.id: claim for name in experiment.names() for claim in experiment.load(name).claims}
IDS = list(CLAIMS)


@pytest.mark.parametrize("section", SECTIONS)
def test_both_languages_hold_the_same_words(section):
    english, korean = (texts.load(language)[section] for language in texts.LANGUAGES)
    assert list(english) == list(korean)
    for key in english:
        assert english[key].strip()
        assert korean[key].strip()
        assert sorted(texts.names(english[key])) == sorted(texts.names(korean[key]))


def test_every_verdict_and_document_has_words():
    assert set(verdicts.VERDICTS) < set(texts.load("en")["verdicts"])
    assert {claim.document for claim in CLAIMS.values()} <= set(texts.load("en")["documents"])


def test_every_topic_has_words():
    topics = {experiment.places()[name].parent.name for name in experiment.names()}
    assert set(texts.load("en")["topics"]) == topics


def test_every_threshold_has_words():
    """Those of claims beyond the documents may do without: the page then shows their names."""
    words = set(texts.load("en")["thresholds"])
    of_documents, beyond = set(), set()
    for claim in CLAIMS.values():
        (beyond if claim.document == "none" else of_documents).update(thresholds.of(claim.judge))
    assert of_documents <= words <= of_documents | beyond


OF_DOCUMENTS = [
    name
    for name in experiment.names()
    if any(claim.document != "none" for claim in experiment.load(name).claims)
]


@pytest.mark.parametrize("name", OF_DOCUMENTS)
def test_what_is_said_of_a_document_is_said_in_korean_too(name):
    """An experiment that goes beyond the documents may do without; `make lint` lists its words."""
    assert not untranslated.missing(name), WHERE.format("ko")


@pytest.mark.parametrize("name", experiment.names())
def test_korean_words_are_of_claims_that_there_are(name):
    words = experiment.words(name)
    claims = words.get("claims", {})
    for claim_id, korean in words.get("ko", {}).get("claims", {}).items():
        assert set(korean) <= set(claims[claim_id]) - {"document", "place", "quote"}, claim_id


def digits(text):
    return sorted(re.findall(r"\d[\d.,]*\d|\d", text.replace(",", "")))


@pytest.mark.parametrize("name", IDS)
def test_a_claim_in_korean_has_the_same_numbers(name):
    korean = CLAIMS[name].korean
    for column in {"statement", "reported"} & set(korean):
        english = getattr(CLAIMS[name], column)
        # Numerals that Korean writes in place of words, as in "six times", may be more.
        assert not set(digits(english)) - set(digits(korean[column])), (english, korean[column])


@pytest.mark.parametrize("name", experiment.names())
def test_a_setup_in_korean_has_the_paragraphs_and_the_numbers_of_the_docstring(name):
    korean = texts.find("ko", "experiments", name, "parts") or {}
    english = content.docstring_parts(experiment.load(name).doc)
    assert set(korean) <= set(english) - {"Document"}
    for part, text in korean.items():
        assert not set(digits(english[part])) - set(digits(text)), (part, english[part], text)
        assert text.count("`") == english[part].count("`"), (part, text)


@pytest.mark.parametrize("name", experiment.names())
def test_both_languages_show_the_same_numbers_of_results(name):
    found = [texts.find(language, "experiments", name, "found") for language in texts.LANGUAGES]
    if all(found):
        assert sorted(texts.names(found[0])) == sorted(texts.names(found[1]))


def test_no_words_are_left_over_from_an_experiment_that_is_gone():
    for language in texts.LANGUAGES:
        assert set(texts.load(language)["experiments"]) <= set(experiment.names())


@pytest.mark.parametrize("language", texts.LANGUAGES)
@pytest.mark.parametrize("name", experiment.names())
def test_numbers_of_results_stand_in_no_text(name, language):
    own = texts.find(language, "experiments", name) or {}
    for key in ("says", "found"):
        text = re.sub(r"\{[^{}]*\}", "", own.get(key, ""))
        assert not re.search(r"\d\s*%(?! interval)", text), text
        assert not re.search(r"\d+ of \d+|\d+개 (중|가운데)", text), text


@pytest.mark.parametrize("language", texts.LANGUAGES)
@pytest.mark.parametrize("name", experiment.names())
def test_every_placeholder_names_what_results_can_hold(name, language):
    found = experiment.load(name)
    own = texts.find(language, "experiments", name) or {}
    for placeholder in texts.names(own.get("found", "") + own.get("says", "")):
        if match := re.fullmatch(r"([A-Z]{2}-\d\d)\.(\w+)", placeholder):
            assert match[1] in IDS
            assert match[2] in verdicts.COLUMNS
        elif placeholder != "seeds":
            match = re.fullmatch(r"(\w+)\.(\w+)((?:\[\w+=[^\]]*\])*)", placeholder)
            assert match, placeholder
            columns = found.tables[match[1]].names
            assert match[2] in columns
            assert set(re.findall(r"\[(\w+)=", match[3])) <= set(columns)


ROWS = {"XX-99": {"obtained": "0.25", "low": "", "verdict": "reproduced"}}
TABLES = {
    "rates": pd.DataFrame({"network": ["a-b", "c"], "rate": [0.5, 1.0], "share": [0.125, 0.75]})
}
FILLED = {
    "{XX-99.obtained}": "0.25",
    "{XX-99.obtained:.0%}": "25%",
    "{XX-99.low}": "–",
    "{XX-98.obtained:.0%}": "–",
    "{XX-99.verdict:.0%}": "–",
    "{rates.share[network=a-b]:.1%}": "12.5%",
    "{rates.share[network=c][rate=1.0]}": "0.75",
    "{rates.share}": "–",  # two rows
    "{rates.share[network=d]}": "–",
    "{rates.gone[network=c]}": "–",
    "{rates.share[gone=c]}": "–",
    "{gone.share}": "–",
    "{seeds} seeds": "4,096 seeds",
    "{ }": "–",
    "no placeholder": "no placeholder",
}


@pytest.mark.parametrize("text", FILLED)
def test_placeholders_are_filled_from_the_results(text):
    assert texts.fill(text, lambda p: texts.number(p, ROWS, TABLES, 4096)) == FILLED[text]


def test_prose_escapes_everything_but_code():
    assert texts.prose("<b> `x<y` & z") == "&lt;b&gt; <code>x&lt;y</code> &amp; z"
    assert texts.prose("a lone ` stays") == "a lone ` stays"


def test_no_line_ends_between_a_term_and_its_full_stop():
    button = '<button type="button" class="term" popovertarget="term-logit">logits</button>'
    assert texts.prose("of [logits](logit).") == f'of <span class="kept">{button}.</span>'
    assert texts.prose("[logits](logit) [z](#place), x") == f'{button} <a href="#place">z</a>, x'


def test_markup_shows_one_text_where_both_languages_agree():
    assert texts.markup({"en": "ReLU", "ko": "ReLU"}) == "ReLU"
    assert texts.markup({"en": "a<b", "ko": "가"}).count("<span") == 2


def test_captions_are_of_figures_that_there_are():
    for language in texts.LANGUAGES:
        for name, own in texts.load(language)["experiments"].items():
            folder = STORED / name
            if folder.is_dir():
                drawn = {p.stem for p in folder.iterdir() if p.suffix in (".png", ".webp")}
                assert set(own.get("figures", {})) <= drawn, name
    english = texts.load("en")["experiments"]
    for name, own in english.items():
        korean = texts.find("ko", "experiments", name, "figures") or {}
        assert set(own.get("figures", {})) <= set(korean), name
