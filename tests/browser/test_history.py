"""Back and on through the pages, slowly and quickly: the browser's history is the visitor's."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import goto, settled

WAY = ["Map", "Teach it a symbol", "Map", "Accuracy", "How it works", "Map", "Teach it a symbol", "Accuracy"]
TITLES = {"map": "A map of what the network sees", "teach": "Teach it a symbol", "accuracy": "How accurate is it?"}


def length(page: Page) -> int:
    """How many entries the history has."""
    return page.evaluate("history.length")


@pytest.mark.parametrize("apart", [0, 60], ids=["at once", "quickly"])
def test_six_quick_steps_back_end_where_six_slow_ones_do(mnist_server, open_page, apart):
    """Nor are they lost for going on, nor is anything not found that a page on the way would have shown."""
    page = open_page(mnist_server)
    for name in WAY:
        goto(page, name)
        expect(page.locator("h1")).to_have_text(TITLES.get(name.split()[0].lower(), name))
        settled(page)
    entries = length(page)
    page.evaluate(
        """apart => { let left = 6; const step = () => { history.back(); if (--left) setTimeout(step, apart); };
        step(); }""",
        apart,
    )
    page.wait_for_function("location.pathname === '/teach' && !document.documentElement.matches('[data-waiting]')")
    expect(page.locator("h1")).to_have_text(TITLES["teach"])
    settled(page)
    expect(page.locator("h1")).to_have_text(TITLES["teach"])
    assert page.evaluate("location.pathname") == "/teach"
    assert length(page) == entries
    page.evaluate("history.go(6)")
    expect(page.locator("h1")).to_have_text(TITLES["accuracy"])
    settled(page)
    assert page.evaluate("location.pathname") == "/accuracy"


def test_a_link_that_is_chosen_after_a_step_back_is_followed(offline_server, open_page):
    """It has an entry of its own, after the one that was gone back to."""
    page = open_page(offline_server)
    for name in ("Map", "Accuracy"):
        goto(page, name)
        settled(page)
    page.evaluate("history.back()")
    page.wait_for_function("location.pathname === '/map'")
    page.locator(".st-key-navigation").get_by_role("link", name="How it works").click()
    expect(page.locator("h1")).to_have_text("How it works")
    settled(page)
    assert page.evaluate("location.pathname") == "/how"
