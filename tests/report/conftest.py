"""A real browser for the tests of the page: offline, and nothing may go wrong in it."""

import os
import shutil
from contextlib import contextmanager

import pytest

from reproductions.report import build
from reproductions.running import experiment
from tests.report.driving import DESKTOP

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "chrome")
STORED = experiment.FOLDER.parent / "results" / "expected"
SHOWN = (
    "deep_xor",
    "heights",
    "slope_or_range",
    "tanh_warping",
    "xor_nan",
    "xor_phase_diagram",
)
"""The experiments whose tables demonstrations show."""

BROWSER = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, BROWSERS)), None)


@pytest.fixture(scope="module")
def browser():
    if not BROWSER:
        pytest.skip(
            "no browser to open the report in: install Debian's package chromium"
            " (apt-get install chromium), or set CHROMIUM to a Chromium or Chrome"
        )
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        root = ["--no-sandbox"] if os.geteuid() == 0 else []  # as root Chromium has no sandbox
        started = playwright.chromium.launch(executable_path=BROWSER, args=root)
        yield started
        started.close()


@pytest.fixture
def open_file(browser):
    """Opens a file; afterwards nothing may have gone wrong, and nothing been fetched."""

    @contextmanager
    def opened(path, query="", viewport=None, **options):
        context = browser.new_context(viewport=viewport, offline=True, **options)
        page = context.new_page()
        page.set_default_timeout(30_000)
        wrong = []
        page.on("console", lambda message: wrong.append(f"{message.type}: {message.text}"))
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.on(
            "request",
            lambda request: (
                None
                if request.url.startswith(("data:", "blob:"))
                or request.url.partition("?")[0].partition("#")[0] == path.as_uri()
                else wrong.append(f"request: {request.url}")
            ),
        )
        page.goto(path.as_uri() + query)
        yield page
        context.close()
        assert not wrong

    return opened


@pytest.fixture(scope="session")
def page_file(tmp_path_factory):
    """The page of the results that the demonstrations show, and of no others."""
    folder = tmp_path_factory.mktemp("stored")
    for name in SHOWN:
        shutil.copytree(STORED / name, folder / name)
    shutil.copy(STORED / "claims.csv", folder)
    path = folder / build.FILE
    path.write_text(build.render(folder), encoding="utf-8")
    return path


@pytest.fixture
def visit(open_file, page_file):
    """Opens that page."""

    def opened(query, viewport=DESKTOP, **options):
        return open_file(page_file, query, viewport, **options)

    return opened
