"""The figures of the page in a real browser: in its language and colours, and for its width."""

import io
import itertools
import re
import shutil
import xml.etree.ElementTree as ElementTree
from contextlib import contextmanager

import pytest

from reproductions.report import build, dark
from reproductions.report.drawn import SVG
from reproductions.running import experiment
from tests.report.driving import DESKTOP, PHONE, until

STORED = experiment.FOLDER.parent / "results" / "expected"
SHOWN = ("deep_xor", "logic_gates", "layer_diagrams", "loss_landscape", "sigmoid_layers")
OUTCOMES, GATES = "figure-deep_xor-outcomes", "figure-logic_gates-solved"
KEEP_BLOBS = """
  const make = URL.createObjectURL;
  window.made = new Map();
  URL.createObjectURL = (blob) => {
    const url = make.call(URL, blob);
    window.made.set(url, blob);
    return url;
  };
"""
ALL_SHOWN = """[...document.querySelectorAll(".figure-box")].every((box) => {
  const shown = [...box.querySelectorAll("img")];
  return shown[0].dataset.shown === shown[0].dataset.wanted && shown[0].dataset.shown
    && shown.every((image) => image.complete && image.naturalWidth);
})"""


@pytest.fixture(scope="module")
def page_file(tmp_path_factory):
    """A page of a few experiments, among them those that a finding shows a figure of."""
    folder = tmp_path_factory.mktemp("some")
    shutil.copy(STORED / "claims.csv", folder)
    for name in SHOWN:
        shutil.copytree(STORED / name, folder / name)
    path = folder / build.FILE
    path.write_text(build.render(folder), encoding="utf-8")
    return path


@pytest.fixture
def visit(open_file, page_file):
    """Opens that page, with every experiment unfolded."""

    @contextmanager
    def opened(query="?lang=en", viewport=DESKTOP, **options):
        with open_file(page_file, query, viewport, KEEP_BLOBS, **options) as page:
            if options.get("java_script_enabled", True):
                page.eval_on_selector_all(
                    ".fold", "all => all.forEach(one => { one.open = true; })"
                )
            yield page

    return opened


def show(page, id, look=""):
    """Goes to a figure; it is shown once the page says so, and in the look that is named."""
    found = f"document.getElementById('{id}')"
    page.evaluate(f"{found}.scrollIntoView({{behavior: 'instant', block: 'center'}})")
    until(page, f"{found}.dataset.shown?.includes('{look}')")
    return page.locator(f"[id='{id}']")


def source(image):
    """The drawing that an image shows."""
    return image.evaluate("image => window.made.get(image.src).text()")


def sheets(image):
    """The uses of the style sheets that are switched on."""
    root = ElementTree.fromstring(source(image))
    return {
        each.get("data-for")
        for each in root.iter(f"{SVG}style")
        if each.get("data-for") and each.get("media") is None
    }


def corner(image):
    """The colour of a picture's left top corner, as `#rrggbb`."""
    return image.evaluate("""async (image) => {
      await image.decode();
      const canvas = document.createElement("canvas");
      canvas.width = canvas.height = 20;
      const pencil = canvas.getContext("2d");
      pencil.drawImage(image, 0, 0);
      const [red, green, blue] = pencil.getImageData(3, 3, 1, 1).data;
      return "#" + [red, green, blue].map((c) => c.toString(16).padStart(2, "0")).join("");
    }""")


def test_every_figure_is_shown_without_being_looked_at(visit):
    with visit() as page:
        until(page, ALL_SHOWN)
        widths = page.eval_on_selector_all(".figure-box img", "all => all.map(i => i.naturalWidth)")
        assert len(widths) >= 9
        assert min(widths) > 200


def test_a_figure_that_stands_on_the_page_twice_is_packed_once(visit, page_file):
    html = page_file.read_text(encoding="utf-8")
    packed = re.findall(r'data-packed="(H4s[^"]+)"', html)
    assert len(packed) == len(set(packed))
    with visit() as page:
        again = page.locator(f"img[data-of='{OUTCOMES}']").first
        again.evaluate("image => image.scrollIntoView()")
        until(page, f"document.querySelector(\"img[data-of='{OUTCOMES}']\").dataset.shown")
        assert again.evaluate("image => image.naturalWidth") > 200
        assert "<svg" in source(again)


def test_the_words_follow_the_language_at_once(visit):
    with visit() as page:
        image = show(page, OUTCOMES, " en")
        assert sheets(image) == set()
        english = image.evaluate("image => image.src")
        page.click("[data-lang-to=ko]")
        show(page, OUTCOMES, " ko")
        assert sheets(image) == {"ko"}
        assert image.evaluate("image => image.src") != english
        korean = [
            each.text
            for each in ElementTree.fromstring(source(image)).iter(f"{SVG}text")
            if each.get("class", "").startswith("ko")
        ]
        assert "초기값의 비율" in korean


def test_the_colours_follow_the_theme_at_once(visit):
    with visit(color_scheme="light") as page:
        image = show(page, OUTCOMES, "false")
        assert corner(image) == "#ffffff"
        page.click("[data-theme-to=dark]")
        show(page, OUTCOMES, "true")
        assert sheets(image) == {"dark"}
        assert corner(image) == dark.PAPER
        page.click("[data-theme-to=auto]")
        show(page, OUTCOMES, "false")
        page.emulate_media(color_scheme="dark")
        show(page, OUTCOMES, "true")
        assert corner(image) == dark.PAPER


MEASURED = """async (image) => {
  const text = await window.made.get(image.src).text();
  const svg = new DOMParser().parseFromString(text, "image/svg+xml").documentElement;
  const host = document.body.appendChild(document.createElement("div"));
  host.attachShadow({ mode: "open" }).append(document.adoptNode(svg));
  const shown = image.getBoundingClientRect().width / svg.getBoundingClientRect().width;
  const texts = [...svg.querySelectorAll("text")]
    .filter((each) => each.textContent.trim() && each.getClientRects().length);
  const sizes = texts.map((each) => {
    const parts = [each, ...each.querySelectorAll("tspan")];
    const size = Math.max(...parts.map((part) => parseFloat(part.style.fontSize) || 0));
    const { a, b } = each.getScreenCTM();
    return size * Math.hypot(a, b) * shown;
  });
  const panels = [...svg.querySelectorAll('[id^="axes_"]')].map((axes) => {
    const { left, right, top, bottom } = axes.getBoundingClientRect();
    return { left, right, top, bottom, words: axes.textContent };
  });
  const [left, right] = [svg.getBoundingClientRect().left, svg.getBoundingClientRect().right];
  const inside = texts.every((each) => {
    const box = each.getBoundingClientRect();
    return box.left >= left - 2 && box.right <= right + 2;
  });
  host.remove();
  return { least: Math.min(...sizes), panels, inside };
}"""


@pytest.mark.parametrize("language", ["en", "ko"])
def test_on_a_phone_panels_stand_below_each_other_in_letters_to_read(visit, language):
    with visit(f"?lang={language}", PHONE) as page:
        until(page, ALL_SHOWN)
        for image in page.locator(".figure-box > button > img:first-child").all():
            measured = image.evaluate(MEASURED)
            assert measured["least"] >= 8.9, image.get_attribute("id")
            assert measured["inside"], image.get_attribute("id")
        gates = page.locator(f"[id='{GATES}']").evaluate(MEASURED)["panels"]
        assert len(gates) == 3
        for upper, lower in itertools.pairwise(gates):
            assert upper["bottom"] <= lower["top"]
        layers = "1 linear layer" if language == "en" else "선형 층 1개"
        assert all(layers in panel["words"] for panel in gates), "labels that panels share"
        assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]


def test_what_does_not_fit_is_scrolled_by_keyboard(visit):
    """Every figure fits a phone; not all fit a window that is narrower than one."""
    with visit(viewport=PHONE | {"width": 240}) as page:
        until(page, ALL_SHOWN)
        over = page.eval_on_selector_all(
            ".figure-box",
            "all => all.map(box => [box.scrollWidth > box.clientWidth, box.tabIndex === 0])",
        )
        assert all(scrolls == focusable for scrolls, focusable in over), over
        assert len({scrolls for scrolls, _ in over}) == 2
        image = show(page, "figure-layer_diagrams-linear_layers")
        box = image.locator("xpath=ancestor::div[@class='figure-box']")
        assert box.get_attribute("role") == "group"
        assert box.get_attribute("aria-label") == image.get_attribute("alt")
        assert box.evaluate("box => box.scrollWidth - box.clientWidth") > 10
        box.focus()
        page.keyboard.press("ArrowRight")
        until(page, "document.activeElement.scrollLeft > 0")


def test_a_figure_is_laid_out_anew_when_the_window_is(visit):
    with visit() as page:
        image = show(page, OUTCOMES)
        wide = image.evaluate(MEASURED)["panels"]
        assert wide[0]["top"] == wide[1]["top"]
        page.set_viewport_size(PHONE)
        until(page, f"!document.getElementById('{OUTCOMES}').dataset.shown.includes(' 0 ')")
        narrow = image.evaluate(MEASURED)["panels"]
        assert narrow[0]["bottom"] <= narrow[1]["top"]


CURVES = "figure-deep_xor-curves"


@pytest.mark.parametrize("viewport", [DESKTOP, PHONE], ids=["1280", "375"])
def test_of_many_panels_the_reader_chooses_by_keyboard(visit, viewport):
    with visit(viewport=viewport) as page:
        image = show(page, CURVES)
        chooser = page.locator(f".chooser:has(+ .figure-box [id='{CURVES}'])")
        buttons = chooser.get_by_role("button")
        assert buttons.all_inner_texts() == [
            "cost (nats), the post's loss",
            "cost (nats), loss from the logit",
            "share of seeds",
            "All",
        ]
        assert buttons.first.get_attribute("aria-pressed") == "true"
        assert len(image.evaluate(MEASURED)["panels"]) == 4
        buttons.nth(2).press("Enter")
        until(page, f"document.getElementById('{CURVES}').dataset.shown.endsWith(' 2')")
        shares = image.evaluate(MEASURED)
        assert len(shares["panels"]) == 4
        assert all("share of seeds" in panel["words"] for panel in shares["panels"])
        assert all("cost" not in panel["words"] for panel in shares["panels"])
        assert shares["least"] >= 8.9
        assert shares["inside"]
        page.click("[data-lang-to=ko]")
        show(page, CURVES, " ko 2")
        assert buttons.nth(2).inner_text() == "시드의 비율"
        assert buttons.last.inner_text() == "모두"
        buttons.last.press("Enter")
        until(page, f"!document.getElementById('{CURVES}').dataset.shown.endsWith(' 2')")
        assert len(image.evaluate(MEASURED)["panels"]) == 12


def test_a_chosen_panel_is_printed_with_the_others(visit):
    with visit(color_scheme="light") as page:
        image = show(page, CURVES)
        paper = image.locator("xpath=../img[@class='on-paper']")
        until(page, f"document.querySelector(\"[id='{CURVES}'] + .on-paper\")?.naturalWidth")
        assert len(paper.evaluate(MEASURED)["panels"]) == 12


def test_an_experiment_that_is_folded_opens_by_its_link_and_for_the_printer(open_file, page_file):
    with open_file(page_file, "?lang=en", DESKTOP) as page:
        folds = "[...document.querySelectorAll('.fold')]"
        assert page.evaluate(f"{folds}.every(fold => !fold.open)")
        page.evaluate("dispatchEvent(new Event('beforeprint'))")
        assert page.evaluate(f"{folds}.every(fold => fold.open)")
        page.evaluate("dispatchEvent(new Event('afterprint'))")
        assert page.evaluate(f"{folds}.every(fold => !fold.open)")
        page.evaluate("location.hash = '#logic_gates'")
        until(page, "document.querySelector('#logic_gates > .fold').open")
        assert page.evaluate(f"{folds}.filter(fold => fold.open).length") == 1
        page.locator("#deep_xor summary").first.press("Enter")
        assert page.evaluate("document.querySelector('#deep_xor > .fold').open")
    with open_file(page_file, f"?lang=en#{GATES}", DESKTOP) as page:
        until(page, f"document.getElementById('{GATES}').dataset.shown")


def larger(page, id):
    show(page, id)
    page.locator(f"[id='{id}']").locator("xpath=..").focus()
    page.keyboard.press("Enter")
    until(page, "document.querySelector('#zoom img').naturalWidth")


def saved(page, kind):
    with page.expect_download() as download:
        page.locator(f"[data-save={kind}]").press("Enter")
    assert download.value.suggested_filename == f"deep_xor-outcomes.{kind}"
    with open(download.value.path(), "rb") as file:
        return file.read()


@pytest.mark.parametrize("language", ["en", "ko"])
def test_a_figure_is_saved_as_it_is_in_the_light(visit, language):
    from PIL import Image

    with visit(f"?lang={language}", color_scheme="dark") as page:
        larger(page, OUTCOMES)
        root = ElementTree.fromstring(saved(page, "svg"))
        image = Image.open(io.BytesIO(saved(page, "png"))).convert("RGB")
        page.keyboard.press("Escape")
        assert page.is_hidden("#zoom")
    words = {each.text for each in root.iter(f"{SVG}text")}
    there, gone = "share of initialisations", "초기값의 비율"
    if language == "ko":
        there, gone = gone, there
    assert there in words
    assert gone not in words
    assert not [each for each in root.iter() if each.get("class") or each.get("data-for")]
    width, height = (float(number) for number in root.get("viewBox").split()[2:])
    assert image.size == (2 * round(width * 4 / 3), 2 * round(height * 4 / 3))
    assert image.getpixel((3, 3)) == (255, 255, 255)


@pytest.mark.parametrize("viewport", [DESKTOP, PHONE], ids=["1280", "375"])
def test_all_figures_are_printed_on_white(open_file, page_file, viewport):
    """Those in closed folds, too, which no reader has come near."""
    with open_file(page_file, "?lang=en", viewport, color_scheme="dark") as page:
        until(
            page,
            "[...document.querySelectorAll('.on-paper')].filter(i => i.naturalWidth).length"
            " === document.querySelectorAll('.figure-box').length",
        )
        page.emulate_media(media="print")
        page.evaluate("dispatchEvent(new Event('beforeprint'))")
        for box in page.locator(".figure-box").all():
            visible = [image for image in box.locator("img").all() if image.is_visible()]
            assert [image.get_attribute("class") for image in visible] == ["on-paper"]
            assert visible[0].evaluate("image => image.naturalWidth") > 200
        assert corner(page.locator(".on-paper").first) == "#ffffff"


def test_without_scripts_the_page_says_that_figures_need_them(visit, page_file):
    with visit(java_script_enabled=False) as page:
        assert "figures" in page.inner_text("noscript")
        assert page.locator(f"[id='{OUTCOMES}']").get_attribute("alt")
