"""The page in a real browser: offline, without an error, and doing what its controls say."""

import json
import re

import numpy as np
import pytest

from reproductions.report import build
from reproductions.running import experiment
from tests.report.driving import DESKTOP, PHONE, reload_until, start, until

STORED = experiment.FOLDER.parent / "results" / "expected"
MOST_BYTES = 6e6
CLAIMS = sum(len(experiment.load(name).claims) for name in experiment.names())


@pytest.fixture(scope="module")
def page_file(tmp_path_factory):
    """The page of the stored results, in a folder of its own."""
    path = tmp_path_factory.mktemp("report") / build.FILE
    path.write_text(build.render(STORED), encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def shots(tmp_path_factory):
    """Where screenshots are left to look at."""
    folder = tmp_path_factory.mktemp("screenshots")
    print(f"\nscreenshots: {folder}")
    return folder


@pytest.fixture
def visit(open_file, page_file):
    """Opens the page; afterwards nothing may have gone wrong, and nothing been fetched."""

    def opened(query="", viewport=DESKTOP, **options):
        return open_file(page_file, query, viewport, **options)

    return opened


def test_the_page_is_small_enough(page_file):
    assert page_file.stat().st_size < MOST_BYTES


@pytest.mark.parametrize("viewport", [DESKTOP, PHONE], ids=["1280", "375"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("language", ["en", "ko"])
def test_every_look_of_the_page(visit, shots, language, scheme, viewport):
    with visit(f"?lang={language}", viewport, color_scheme=scheme) as page:
        name = f"{language}-{scheme}-{viewport['width']}"
        page.screenshot(path=shots / f"{name}-claims.png")
        start(page, "player")
        page.screenshot(path=shots / f"{name}-player.png")
        assert page.evaluate("document.documentElement.scrollWidth") <= viewport["width"]
        page.locator(".experiment").last.scroll_into_view_if_needed()
        page.screenshot(path=shots / f"{name}-experiment.png")


ROOM = """(() => {
  const folds = document.querySelectorAll(".fold");
  for (const fold of folds) fold.open = true;
  const rooms = [...document.querySelectorAll(".figure-box > button")].map((button) => {
    const { paddingLeft, paddingRight } = getComputedStyle(button);
    return button.clientWidth - parseFloat(paddingLeft) - parseFloat(paddingRight);
  });
  for (const fold of folds) fold.open = false; // a short page is laid out sooner
  return Math.floor(Math.min(...rooms));
})()"""
LAID_OUT = """async ([language, room]) => {
  const images = [...document.querySelectorAll("img[data-packed]")];
  const texts = await Promise.all(images.map(async (image) =>
    (await unpack(image.dataset.packed)).text()));
  return texts.map((text, i) => {
    const words = text.replace(`data-for="${language}" media="not all"`, "");
    return [images[i].id, panels.laidOut(words, room, null).width - room];
  });
}"""


@pytest.mark.parametrize("language", ["en", "ko"])
def test_no_figure_is_scrolled_sideways_on_a_phone(visit, language):
    with visit(f"?lang={language}", PHONE) as page:
        room = page.evaluate(ROOM)
        figures = page.evaluate(LAID_OUT, [language, room])
    assert 250 < room < PHONE["width"]
    assert len(figures) > 100
    assert [(figure, over) for figure, over in figures if over > 0] == []


def heading(page):
    return page.inner_text("h1")


def test_the_language(visit):
    english = build.texts.load("en")["ui"]["title"]
    korean = build.texts.load("ko")["ui"]["title"]
    with visit(locale="en-GB") as page:
        assert heading(page) == english
        page.click("[data-lang-to=ko]")
        assert heading(page) == page.title() == korean
        assert page.get_attribute("html", "lang") == "ko"
        assert page.get_attribute("#search", "placeholder").startswith("예")
        assert page.locator("#document option").first.inner_text() == "모든 문서"
        alts = page.eval_on_selector_all("figure img", "images => images.map(i => i.alt)")
        assert all(alts)
        reload_until(page, f"document.querySelector('h1').innerText === {json.dumps(korean)}")
        page.goto(page.url.partition("?")[0] + "?lang=en")
        assert heading(page) == english, "the address has the last word"
        # What is shown as a document has it may be Korean.
        page.add_style_tag(content="main [lang=ko], .verbatim { display: none }")
        visible = page.inner_text("main")
        assert not re.search("[가-힣]", visible), re.findall("[가-힣 ]+", visible)[:5]
    with visit(locale="ko-KR") as page:
        assert heading(page) == korean, "the browser's own language"
        untranslated = page.locator("#claims-table td.statement:visible")
        assert untranslated.count()
        for selector in ("h1", "h2:visible", "h3", "h4:visible", "button .t:visible"):
            for text in page.locator(selector).all_inner_texts():
                assert not re.search(r"\b(the|of|and)\b", text), text


def test_the_colours(visit):
    ground = "getComputedStyle(document.body).backgroundColor"
    with visit(color_scheme="light") as page:
        light = page.evaluate(ground)
        page.click("[data-theme-to=dark]")
        dark = page.evaluate(ground)
        assert dark != light
        reload_until(page, f"{ground} === '{dark}'")
        page.click("[data-theme-to=auto]")
        assert page.evaluate(ground) == light
        page.emulate_media(color_scheme="dark")
        assert page.evaluate(ground) == dark


def test_tables_are_downloaded_whole(visit):
    with visit("?lang=en") as page:
        section = page.locator(".experiment").first
        section.locator("summary").first.click()
        for within, folder in (
            (page.locator("#claims"), "."),
            (section, section.get_attribute("id")),
        ):
            button = within.locator(".csv").first
            name = button.get_attribute("data-file")
            with page.expect_download() as download:
                button.click()
            with open(download.value.path(), "rb") as file:
                assert file.read() == (STORED / folder / name).read_bytes()
            assert download.value.suggested_filename == name


def test_every_picture_is_whole_and_can_be_seen_larger(visit):
    with visit("?lang=en") as page:
        page.eval_on_selector_all(".fold", "all => all.forEach(one => { one.open = true; })")
        page.eval_on_selector_all("figure img", "all => all.forEach(i => { i.loading = 'eager'; })")
        drawn = "[...figure.querySelectorAll('img')].some(image => image.naturalWidth)"
        until(page, f"[...document.querySelectorAll('figure:has(img)')].every(figure => {drawn})")
        first = page.locator(".larger").first
        first.click()
        assert page.is_visible("#zoom")
        until(page, "document.querySelector('#zoom img').naturalWidth")
        page.keyboard.press("Escape")
        assert page.is_hidden("#zoom")


def test_everything_has_a_name(visit):
    """What a screen reader says of each control and picture."""
    with visit("?lang=ko") as page:
        start(page, "player")
        nameless = page.eval_on_selector_all(
            "button, a, input, select, img:not(#zoom img), [role=img], [role=group]",
            "all => all.filter(e => !(e.getAttribute('aria-label') || e.alt"
            " || e.textContent.trim() || e.labels?.length || e.querySelector('img')?.alt))"
            ".map(e => e.outerHTML.slice(0, 200))",
        )
        assert nameless == []
        assert page.locator("h1").count() == 1
        ids = page.eval_on_selector_all("[id]", "all => all.map(e => e.id)")
        assert len(ids) == len(set(ids))
        for link in page.eval_on_selector_all("a", "all => all.map(a => a.getAttribute('href'))"):
            assert link[1:] in ids or link.startswith("https://"), link


def test_without_scripts_everything_can_still_be_read(visit):
    with visit(java_script_enabled=False) as page:
        assert page.locator("#claims-table tbody:visible").count() == CLAIMS
        assert page.is_visible("noscript")
        assert not re.search("[가-힣]", page.inner_text("#claims-table"))


def luminance(colour):
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
    return np.dot(linear, (0.2126, 0.7152, 0.0722))


def contrast(one, other):
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def test_contrast_is_that_of_wcag_aa():
    style = (build.HERE / "static" / "report.css").read_text(encoding="utf-8")
    blocks = re.findall(r"\{[^{}]*--ground:[^{}]*\}", style)
    assert len(blocks) == 3  # light, dark by the system, dark by choice
    palettes = [dict(re.findall(r"--([\w-]+): (#\w{6})", block)) for block in blocks]
    assert palettes[1] == palettes[2]
    for palette in palettes[:2]:
        assert set(palette) == set(palettes[0])
        for ground in ("ground", "paper"):
            for ink in ("ink", "soft", "accent"):
                assert contrast(palette[ink], palette[ground]) >= 4.5, (ink, ground)
        for name in ("accent", "good", "half", "bad", "wrong", "none"):
            assert contrast(palette[name], palette[f"{name}-ground"]) >= 4.5, name
            if name != "accent":
                assert contrast(palette[f"{name}-bar"], palette["paper"]) >= 1.5, name
        assert contrast(palette["ink"], palette["code"]) >= 4.5


def test_a_term_explains_itself_inside_the_window(visit):
    for width in (375, 1280):
        with visit(viewport={"width": width, "height": 700}) as page:
            term = page.locator(".chapter .term:visible").nth(2)
            note = page.locator(f"#{term.get_attribute('popovertarget')}")
            assert note.is_hidden()
            term.focus()
            page.keyboard.press("Enter")
            assert note.is_visible()
            box = note.bounding_box()
            assert 0 <= box["x"] < box["x"] + box["width"] <= width
            assert 0 <= box["y"] < box["y"] + box["height"] <= 700
            page.keyboard.press("Escape")
            assert note.is_hidden()


def test_the_contents_lead_to_every_chapter_on_every_width(visit):
    for width in (375, 1280):
        with visit(viewport={"width": width, "height": 700}) as page:
            opens = page.locator(".top .contents")
            assert opens.is_visible() == (width < 1120)
            if width < 1120:
                opens.click()
            links = page.locator("#contents .chapters a")
            assert links.count() == page.locator(".chapter").count() > 0
            links.nth(4).click()
            if width < 1120:
                assert page.locator("#contents").is_hidden()
            chosen = links.nth(4).get_attribute("href")
            page.wait_for_selector(f"#contents a[href='{chosen}'][aria-current]", state="attached")


def test_the_korean_page_is_korean(visit):
    """Latin letters are those of names, code, formulas and sources."""
    with visit("?lang=ko") as page:
        page.eval_on_selector_all("details", "all => all.forEach(one => { one.open = true; })")
        texts = page.evaluate(
            """() => {
              const found = [], not = "code, pre, script, style, .scroll, .verbatim, q, cite,"
                + " blockquote, [lang=en], #sources, .tables, dl dd:not(:has(.t))";
              const nodes = document.createTreeWalker(document.querySelector("main"), 4);
              while (nodes.nextNode()) {
                const within = nodes.currentNode.parentElement;
                if (!within.closest(not) && within.checkVisibility()) {
                  found.push(nodes.currentNode.textContent);
                }
              }
              return found;
            }"""
        )
    text = " ".join(texts)
    words = re.findall("[A-Za-z]+", text)
    others = [word for word in words if word.islower() and len(word) > 2 and word not in FORMULAS]
    hangul = len(re.findall("[가-힣]", text))
    assert hangul > 5_000
    assert sum(map(len, others)) < 0.05 * hangul, sorted(set(others))
    unquoted = re.sub("“[^”]*”", "", text)
    assert not re.search(r"(?:\b[a-z]{2,}\b[ ,]+){4}", unquoted)  # no English sentence


FORMULAS = {"tanh", "log", "exp", "max", "min", "det", "float", "nat"}
