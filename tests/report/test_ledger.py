"""The list of claims in a real browser: searched, opened, and left for its evidence."""

import re
import shutil

import pytest

from reproductions.report import build, content
from reproductions.running import experiment
from reproductions.running.results import read_claims
from tests.report.driving import PHONE, until

STORED = experiment.FOLDER.parent / "results" / "expected"
EXPERIMENTS = ("deep_xor", "cures", "document_arithmetic")


@pytest.fixture(scope="module")
def results_folder(tmp_path_factory):
    """The stored results of some experiments, with all verdicts."""
    folder = tmp_path_factory.mktemp("some")
    for name in EXPERIMENTS:
        shutil.copytree(STORED / name, folder / name)
    shutil.copy(STORED / "claims.csv", folder)
    return folder


@pytest.fixture(scope="module")
def page_file(results_folder, tmp_path_factory):
    path = tmp_path_factory.mktemp("ledger") / build.FILE
    path.write_text(build.render(results_folder), encoding="utf-8")
    return path


@pytest.fixture
def visit(open_file, page_file):
    def opened(query="", viewport=None, **options):
        return open_file(page_file, query, viewport, reduced_motion="reduce", **options)

    return opened


def ids(page):
    """The claims that are shown."""
    rows = "#claims-table tbody"
    shown = "all => all.filter(row => row.checkVisibility()).map(row => row.id)"
    return [id.removeprefix("ledger-") for id in page.eval_on_selector_all(rows, shown)]


def in_view(id):
    return (
        f"(() => {{ const box = document.getElementById('{id}').getBoundingClientRect();"
        " return box.height > 0 && box.top >= -1 && box.top < innerHeight; })()"
    )


def test_verdict_document_and_topic(visit):
    claims = read_claims(STORED)
    unjudged = set(claims_of_the_code()) - set(claims["id"])
    counts = claims["verdict"].value_counts().to_dict()
    counts |= {content.NOT_JUDGED: len(unjudged)} if unjudged else {}
    with visit("?lang=en") as page:
        everything = ids(page)
        assert set(everything) == set(claims_of_the_code())
        for verdict, count in counts.items():
            page.click(f".verdicts [data-verdict='{verdict}']")
            assert page.inner_text("#shown") == str(count)
            assert len(ids(page)) == count
        page.click(".verdicts [data-verdict='reproduced']")
        page.select_option("#document", "xor-post")
        expected = claims[(claims["verdict"] == "reproduced") & (claims["document"] == "xor-post")]
        assert sorted(ids(page)) == sorted(expected["id"])
        page.select_option("#topic", "functions")
        topic = {name for name, owner in claims_of_the_code().items() if owner == "functions"}
        assert sorted(ids(page)) == sorted(set(expected["id"]) & topic)
        page.fill("#search", "no such words anywhere")
        assert ids(page) == []
        assert page.is_visible("#empty")
        page.click("#reset")
        assert ids(page) == everything
        assert page.input_value("#topic") == page.input_value("#search") == ""


def claims_of_the_code():
    """The topic of every claim."""
    return {
        claim.id: experiment.places()[name].parent.name
        for name in experiment.names()
        for claim in experiment.load(name).claims
    }


def rows_with(word, *columns):
    claims = read_claims(STORED)
    found = claims[list(columns)].agg("\n".join, axis=1).str.lower().str.contains(word, regex=False)
    return set(claims[found]["id"])


def test_the_search_looks_through_notes_rules_quotes_and_history(visit):
    with visit("?lang=en") as page:
        for word in (
            "own criterion, accuracy 1",
            "old rule asked",
            "모든 활성화 함수가 성공적으로",
        ):
            page.fill("#search", word)
            words = word.lower().split()
            columns = ("statement", "reported", "quote", "place", "rule", "note", "history")
            for id in ids(page):
                row = read_claims(STORED).set_index("id").loc[id]
                text = "\n".join(row[list(columns)]).lower()
                assert all(part in text for part in words), id
            assert ids(page)
            assert rows_with(word.lower(), *columns) <= set(ids(page))
        page.fill("#search", "own criterion, accuracy 1")
        where = page.locator("#ledger-XP-12 .where")
        assert where.inner_text() == "Found in: Note"
        page.fill("#search", "XP-12")
        assert ids(page)[0] == "XP-12"
        assert where.is_hidden()


def test_the_search_is_in_the_language_shown(visit):
    with visit("?lang=en") as page:
        page.fill("#search", "소프트맥스")
        english = set(ids(page))
        page.click("[data-lang-to=ko]")
        korean = set(ids(page))
        assert english < korean, "a quote is Korean in both languages"
        page.fill("#search", "initialisations")
        # What there are no results of has its notes in English alone, as claims.csv has them.
        present = {claim.id for name in EXPERIMENTS for claim in experiment.load(name).claims}
        assert not set(ids(page)) & present
        page.click("[data-lang-to=en]")
        assert set(ids(page)) & present


def test_labels_are_not_searched(visit):
    with visit("?lang=en") as page:
        page.fill("#search", "fixed before")
        assert len(ids(page)) < 10
        page.fill("#search", "evidence")
        assert len(ids(page)) < 10


def test_the_address_keeps_what_is_chosen(visit):
    with visit("?lang=en") as page:
        page.fill("#search", "glorot weights")
        page.select_option("#document", "none")
        page.select_option("#topic", "xor")
        page.click(".verdicts [data-verdict='reproduced']")
        kept = ids(page)
        assert kept
        until(page, "location.search.includes('ledger-verdict')")
        address = page.url
        assert "lang=en" in address, "what else is in the address stays"
        page.reload()
        assert page.url == address
        assert ids(page) == kept
        assert page.input_value("#search") == "glorot weights"
        assert page.input_value("#document") == "none"
        assert page.input_value("#topic") == "xor"
        page.click("#reset")
        until(page, "!location.search.includes('ledger')")
        assert "lang=en" in page.url


def test_an_address_that_asks_for_what_there_is_not(visit):
    with visit("?lang=en&ledger-document=nobody&ledger-topic=x&ledger-verdict=guilty") as page:
        assert len(ids(page)) == len(claims_of_the_code())
        assert page.input_value("#document") == page.input_value("#topic") == ""


def test_a_row_opens_by_keyboard(visit):
    with visit("?lang=en") as page:
        row = page.locator("#ledger-XP-12")
        rule = row.get_by_text("Reproduced if the share of networks")
        assert rule.is_hidden()
        row.locator("summary").focus()
        page.keyboard.press("Enter")
        assert rule.is_visible()
        text = row.inner_text()
        for words in (
            "모든 활성화 함수가 성공적으로",
            "3-1. 활성화함수 학습 결과",
            "By the post's own criterion",
            "96.2 %",
            "95.6 to 96.7 %",
            "share of 4,096 initialisations",
            "activation = tanh",
        ):
            assert words in text
        page.keyboard.press("Enter")
        assert rule.is_hidden()


def test_from_a_verdict_to_its_figure_its_table_and_its_row_and_back(visit):
    with visit("?lang=en") as page:
        row = page.locator("#ledger-XP-12")
        for kind, id in (
            ("figure", "figure-deep_xor-outcomes"),
            ("table", "table-deep_xor-rates"),
            ("row", None),
        ):
            row.locator("summary").click()
            link = row.locator(f"a[href^='#{kind}-']").first
            id = id or link.get_attribute("href")[1:]
            link.click()
            assert page.url.endswith(f"#{id}")
            until(page, in_view(id))
            if kind != "row":
                back = page.locator(f":has(> #{id}), #{id}").last.locator(
                    "xpath=ancestor-or-self::*[self::figure or self::li][1]"
                )
                back.locator("a", has_text="XP-12").click()
                until(page, in_view("ledger-XP-12"))
                assert row.locator("details").get_attribute("open") is not None
                row.locator("summary").click()
        cells = page.locator(f"#{id} td").all_inner_texts()
        assert {"tanh", "document", "solved", "0.962"} <= set(cells)


def test_what_is_closed_around_a_row_is_opened_before_one_goes_there(visit):
    """Without the browser's help: Chromium opens it, too, but other browsers may not."""
    with visit("?lang=en#ledger-XP-12") as page:
        opened = page.locator("#ledger-XP-12 a[href^='#row-']").first.evaluate(
            "link => { link.addEventListener('click', event => event.preventDefault());"
            " const box = document.querySelector(link.hash).closest('details');"
            " const before = box.open; link.click(); return [before, box.open]; }"
        )
        assert opened == [False, True]


def test_a_claim_leads_to_its_experiment_and_back(visit):
    with visit("?lang=en") as page:
        row = page.locator("#ledger-XP-07")
        row.locator("summary").click()
        row.locator("a[href='#XP-07']").click()
        until(page, in_view("XP-07"))
        page.fill("#search", "a search that hides every row")
        page.locator("#XP-07 a").click()
        until(page, in_view("ledger-XP-07"))
        assert page.input_value("#search") == "", "the row would be hidden"
        assert row.locator("q").is_visible()


def test_an_address_of_a_row_opens_it(visit):
    with visit("?lang=ko#ledger-XP-13") as page:
        until(page, in_view("ledger-XP-13"))
        assert page.locator("#ledger-XP-13 q").is_visible()
        assert page.locator("#ledger-XP-12 q").is_hidden()


@pytest.mark.parametrize("language", ["en", "ko"])
def test_on_a_narrow_screen_a_row_is_a_card(visit, language):
    with visit(f"?lang={language}", PHONE) as page:
        page.eval_on_selector_all(
            "#claims-table details", "all => all.forEach(one => { one.open = true; })"
        )
        wide = page.eval_on_selector_all(
            "#claims *:not(.hidden-visually, .hidden-visually *)",
            "all => all.filter(one => one.getBoundingClientRect().right > innerWidth)"
            ".map(one => one.outerHTML.slice(0, 200))",
        )
        assert wide == []
        assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
        cells = page.locator("#ledger-XP-12 .brief td").all()
        lefts = {round(cell.bounding_box()["x"]) for cell in cells}
        assert len(lefts) == 1, "below each other"
        label = cells[3].evaluate("cell => getComputedStyle(cell, '::before').content")
        assert label.strip('"') == build.texts.load(language)["ui"]["obtained"]


def test_in_korean_nothing_of_a_row_is_left_in_english(visit):
    with visit("?lang=ko") as page:
        page.eval_on_selector_all(
            "#claims-table details", "all => all.forEach(one => { one.open = true; })"
        )
        for text in page.locator(
            "#claims-table dt:visible, #claims-table dd > .t:visible"
        ).all_inner_texts():
            assert not re.search(r"\b(the|of|and)\b", text), text


def test_without_scripts_every_row_can_be_opened(visit):
    with visit(java_script_enabled=False) as page:
        row = page.locator("#ledger-XP-12")
        row.locator("summary").click()
        assert row.locator("q").is_visible()
