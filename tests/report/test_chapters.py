"""The article's chapters: what they name is there, and no number of a result is typed."""

import re

import pytest

from reproductions.report import chapters, demonstrations, drawn, texts
from reproductions.running import experiment
from reproductions.running.results import read_claims, read_tables

STORED = experiment.FOLDER.parent / "results" / "expected"
OWNERS = {claim.id: name for name in experiment.names() for claim in experiment.load(name).claims}
BLOCKS = [
    (name, number, block)
    for name, chapter in chapters.written().items()
    for number, block in enumerate(chapter["blocks"])
]
WORDS = [(f"{name} {number}", block) for name, number, block in BLOCKS if "en" in block]
CELLS = {row["id"]: row for row in read_claims(STORED).to_dict("records")}


def stored(place):
    claim, slash, cell = place.partition("/")
    if not slash:
        return texts.number(place, CELLS, {})
    return texts.number(cell, CELLS, read_tables(experiment.load(OWNERS[claim]), STORED))


def test_there_are_the_chapters_of_a_course():
    assert len(chapters.written()) == 12


@pytest.mark.parametrize("name", chapters.written())
def test_a_chapter_has_a_title_and_words_in_both_languages(name):
    chapter = chapters.written()[name]
    assert all(chapter["title"][language] for language in texts.LANGUAGES)
    for block in chapter["blocks"]:
        kinds = {"demonstration", "figure", "says", "table"} & set(block)
        assert len(kinds) <= 1
        assert set(block) - kinds <= {*texts.LANGUAGES, "columns", "heads"}
        if not kinds & {"demonstration", "says"}:
            counts = {len(block[language].strip().split("\n\n")) for language in texts.LANGUAGES}
            assert len(counts) == 1, block["en"]


@pytest.mark.parametrize(("name", "block"), WORDS, ids=[name for name, _ in WORDS])
def test_both_languages_show_the_same_numbers_and_terms(name, block):
    for found in (texts.names, targets):
        places = {language: sorted(set(found(block[language]))) for language in texts.LANGUAGES}
        assert places["en"] == places["ko"]


@pytest.mark.parametrize(("name", "block"), WORDS, ids=[name for name, _ in WORDS])
def test_numbers_are_those_of_the_results(name, block):
    for language in texts.LANGUAGES:
        for place in texts.names(block[language]):
            assert stored(place) not in (None, ""), place
        typed = re.sub(r"\{[^{}]*\}", "", block[language])
        assert not re.search(r"\d\s*%", typed), typed
        assert not re.search(r"\d+ of \d+|\d+개 (중|가운데)", typed), typed


def targets(text):
    return re.findall(r"\]\((#?[\w-]+)\)", text)


def test_terms_are_explained_in_both_languages_and_none_is_left_over():
    used = {
        target for _, block in WORDS for way in texts.LANGUAGES for target in targets(block[way])
    }
    for language in texts.LANGUAGES:
        for finding in texts.load(language)["findings"].values():
            if isinstance(finding, dict):
                used.update(targets(finding["text"]))
    assert {target for target in used if not target.startswith("#")} == set(texts.terms())
    for term in texts.terms().values():
        assert all(term[part][language] for part in term for language in texts.LANGUAGES)


def test_every_demonstration_has_its_place():
    placed = [block["demonstration"] for _, _, block in BLOCKS if "demonstration" in block]
    assert sorted([*placed, "xor"]) == sorted(demonstrations.NAMES)


def test_claims_and_figures_are_there():
    for _, _, block in BLOCKS:
        if "figure" in block:
            claim, figure = block["figure"].split()
            assert (STORED / OWNERS[claim] / f"{figure}.svg").is_file(), block["figure"]
        for claim in block.get("says", []):
            assert claim in CELLS, claim


def test_a_paragraph_without_its_number_is_left_out(monkeypatch):
    part = {"en": "One {A-1.obtained}.\n\nTwo.", "ko": "하나 {A-1.obtained}.\n\n둘."}
    monkeypatch.setattr(
        chapters, "written", lambda: {"one": {"title": {"en": "T", "ko": "제"}, "blocks": [part]}}
    )
    for number, count in ((None, 1), ("", 1), ("0.5", 2)):
        [chapter] = chapters.gather(lambda place, number=number: number)
        assert len(chapter.blocks[0].prose) == count
    assert chapter.blocks[0].prose[0] == {"en": "One 0.5.", "ko": "하나 0.5."}


def test_prose_leads_to_places_and_explains_terms():
    assert texts.prose("see [the map](#map) & `[x](y)`") == (
        'see <a href="#map">the map</a> &amp; <code>[x](y)</code>'
    )
    assert texts.prose("[logits](logit)") == (
        '<button type="button" class="term" popovertarget="term-logit">logits</button>'
    )
    assert "<script" not in texts.prose("[<script>](#x)")


def test_a_table_has_a_head_for_each_column_and_korean_words():
    for _, _, block in BLOCKS:
        if "table" not in block:
            continue
        claim, name = block["table"].split()
        rows = read_tables(experiment.load(OWNERS[claim]), STORED)[name]
        assert set(block["columns"]) <= set(rows)
        assert {len(block["heads"][language]) for language in texts.LANGUAGES} == {
            len(block["columns"])
        }
        words = drawn.words(OWNERS[claim], "ko")
        for column in set(block["columns"]) - {"function"}:
            for cell in rows[column].map(str).unique():
                assert not drawn.has_words(cell) or drawn.translated(cell, words), cell
