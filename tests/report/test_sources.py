"""The sources: whole, in order, in both languages, and leading to claims that there are."""

import re

import pytest

from reproductions.report import sources, texts
from reproductions.running import experiment

SOURCES = sources.load()
CLAIMS = {claim.id for name in experiment.names() for claim in experiment.load(name).claims}


def test_every_document_is_there():
    every = set(texts.load("en")["documents"]) - {"all", "none"}
    assert set(SOURCES.documents) == every == set(texts.load("en")["sources"]["about"])
    for document in SOURCES.documents.values():
        assert bool(document.title) != bool(document.heading)
        for address in document.addresses:
            assert not address.startswith("http")


def test_what_a_text_does_not_give_is_said():
    assert sources.Document().missing == ["name", "author", "licence"]
    assert sources.Document(title="a", author="b", licence="c").missing == []
    given = {name: document.missing for name, document in SOURCES.documents.items()}
    assert given["perceptron-post"] == ["author"]
    assert given["slides"] == ["licence"]


def test_works_are_in_alphabetical_order_and_none_is_there_twice():
    def order(paper):
        return re.sub(r"\S+\. ?|D\.-A\. ", "", paper.authors.split(",")[0]), paper.year

    assert list(SOURCES.papers) == sorted(SOURCES.papers, key=order)
    assert len({paper.title for paper in SOURCES.papers}) == len(SOURCES.papers)


@pytest.mark.parametrize("paper", SOURCES.papers, ids=lambda paper: paper.title)
def test_a_work_has_a_year_a_place_and_a_topic(paper):
    assert 1900 < paper.year < 2030
    assert paper.published
    assert paper.topics
    assert set(paper.topics) <= set(SOURCES.topics)
    assert re.fullmatch(r"(https://\S+)?", paper.address)
    assert not re.search(r"[.?!]$", paper.title + paper.published)


def test_every_topic_has_words_and_works_and_leads_to_claims():
    assert set(SOURCES.topics) == set(texts.load("en")["sources"]["topics"])
    assert {topic for paper in SOURCES.papers for topic in paper.topics} == set(SOURCES.topics)
    for claims in SOURCES.topics.values():
        assert claims
        assert set(claims) <= CLAIMS


def test_both_languages_say_the_same_of_sources():
    english, korean = (texts.load(language)["sources"] for language in texts.LANGUAGES)
    assert list(english) == list(korean)
    for part in ("about", "topics"):
        assert list(english[part]) == list(korean[part])
    assert not re.search("[가-힣]", str(english)), "a document's own words are marked as such"
