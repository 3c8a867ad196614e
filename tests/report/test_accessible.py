"""axe-core finds nothing on the page: at each width, in each language, in each theme."""

import shutil

import pytest
from axe_playwright_python import base

from reproductions.report import build
from tests.report.conftest import STORED
from tests.report.driving import DESKTOP, PHONE, until

EXPERIMENTS = ("logic_gates", "printed_code")
"""Enough for every kind of thing that the page can show, and few: axe-core takes its time."""

MORE_OF_THE_SAME = """#claims-table tbody:nth-of-type(n + 5), .listing ~ .listing ~ .listing,
  #thresholds-table tr:nth-child(n + 5), .findings > :nth-child(n + 4)"""
"""Made by the same template as what stands before it."""

AXE = base.AXE_FILE_PATH.read_text(encoding="utf-8")
RUN = """axe.run(document, { resultTypes: ["violations"] }).then(({ violations }) =>
  violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => [id, html.slice(0, 200)])))"""


@pytest.fixture(scope="module")
def page_file(tmp_path_factory):
    folder = tmp_path_factory.mktemp("accessible")
    shutil.copy(STORED / "claims.csv", folder)
    for name in EXPERIMENTS:
        shutil.copytree(STORED / name, folder / name)
    path = folder / build.FILE
    path.write_text(build.render(folder), encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("language", "scheme", "viewport"),
    [("en", "light", DESKTOP), ("ko", "dark", PHONE)],
    ids=["en-light-1280", "ko-dark-375"],
)
def test_axe_finds_nothing(open_file, page_file, language, scheme, viewport):
    options = {"color_scheme": scheme, "bypass_csp": True}
    with open_file(page_file, f"?lang={language}", viewport, **options) as page:
        page.set_default_timeout(120_000)
        page.eval_on_selector_all(
            ".fold, .listing, #claims-table tbody:first-of-type details",
            "all => all.forEach(one => { one.open = true; })",
        )
        until(
            page,
            "[...document.querySelectorAll('.figure-box > button > img:first-child')]"
            ".every(image => image.dataset.shown)",
        )
        page.eval_on_selector_all(MORE_OF_THE_SAME, "all => all.forEach(one => one.remove())")
        page.evaluate(AXE)
        assert page.evaluate(RUN) == []
