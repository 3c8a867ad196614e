"""How the tests drive a demonstration of the page."""

import pytest

DESKTOP, PHONE = {"width": 1280, "height": 900}, {"width": 375, "height": 800}


def until(page, condition):
    """Waits; the page allows no `eval`, which Playwright's own waiting needs."""
    for _ in range(1200):
        if page.evaluate(condition):
            return
        page.wait_for_timeout(50)
    pytest.fail(f"still not so: {condition}")


def reload_until(page, condition):
    """Loads the page again until it shows what it kept.

    Chromium writes what a page keeps in another process: a page that is loaded again at once may
    come before it.
    """
    for _ in range(20):
        page.reload()
        if page.evaluate(condition):
            return
    pytest.fail(f"not so in any page that was loaded again: {condition}")


def start(page, name):
    """A demonstration, once it has drawn itself."""
    form = page.locator(f"#try-{name}")
    form.scroll_into_view_if_needed()
    until(page, f"document.querySelector('#try-{name}').dataset.drawn !== undefined")
    return form


def drawn(form):
    """What it says of its last drawing."""
    return form.get_attribute("data-drawn")


def number(locator):
    """The number that an element shows, with or without a unit."""
    return float(locator.inner_text().split()[0].replace("−", "-").replace(",", ""))
