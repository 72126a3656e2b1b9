"""axe-core on every page: light and dark, wide and on a phone, and by a projector."""

from __future__ import annotations

from pathlib import Path

import axe_playwright_python
import pytest
from playwright.sync_api import Page, expect

from siamese.charts.palette import PROJECTED_DARK
from tests.browser.conftest import PHONE, WIDE, change_over, settled, start_drawing, verdict
from tests.browser.layout import PATHS, drawn

AXE = Path(axe_playwright_python.__file__).with_name("axe.min.js").read_text(encoding="utf-8")
IMPACTS = ("moderate", "serious", "critical")

# Streamlit's header is empty and transparent and lies over our navigation: axe would not judge the words below it.
NO_HEADER = "[data-testid=stHeader] {visibility: hidden}"
RUN = """async (impacts) => {
  const found = await axe.run(document, {resultTypes: ['violations']});
  return found.violations.filter((one) => impacts.includes(one.impact)).flatMap((one) => one.nodes.map((node) => ({
    rule: one.id, html: node.html, where: node.target.flat().join(' '), why: node.failureSummary})));
}"""


def violations(page: Page) -> list[str]:
    """What axe-core finds wrong on the page, in words; Streamlit and the canvas have given no cause for exceptions."""
    settled(page)
    page.mouse.move(2, 2)
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE)
        page.add_style_tag(content=NO_HEADER)
    found = page.evaluate(RUN, IMPACTS)
    return [f"{title(page)}: {one['rule']} at {one['where']}: {one['html'][:300]} ({one['why']})" for one in found]


def in_both(page: Page) -> list[str]:
    """The same in light and in dark: the device changes over, and the page is left in the other colours."""
    found = violations(page)
    change_over(page)
    return found + violations(page)


def title(page: Page) -> str:
    """The page's heading."""
    return page.locator("h1").first.text_content() or ""


@pytest.mark.parametrize("path", PATHS)
def test_no_page_breaks_a_rule(offline_server, open_page, path):
    """No rule of axe-core, from moderate to critical, is broken: light and dark, on a phone, by a projector.

    What a phone's style sheet changes are sizes and places, so one of the two colours is enough there.
    """
    page = open_page(f"{offline_server}/{path}")
    drawn(page)
    found = violations(page)
    if not path:
        start_drawing(page)
        found += violations(page)
    change_over(page)
    found += violations(page)
    page.set_viewport_size(PHONE)
    found += violations(page)
    page.set_viewport_size(WIDE)
    page.locator(".st-key-projector-switch label").click()
    expect(page.locator("[data-testid=stApp]")).to_have_css("--background", PROJECTED_DARK.background)
    found += in_both(page)
    assert not found, "\n".join(found)


@pytest.mark.parametrize("size", [WIDE, PHONE], ids=["wide", "phone"])
def test_guessing_and_why_break_no_rule(offline_server, open_page, size):
    """Before the guess, after it with Why open and an entry in the journey, and a round's summary."""
    page = open_page(f"{offline_server}/?guess=1&why=1&journey=1", viewport=size)
    expect(page.get_by_test_id("prompt")).to_contain_text("You say it first")
    found = in_both(page)
    page.locator(".st-key-guess-same button").click()
    verdict(page)
    expect(page.get_by_test_id("strips")).to_be_visible()
    expect(page.locator(".journey button")).to_have_count(1)
    found += in_both(page)
    page.get_by_role("button", name="End round").click()
    expect(page.get_by_test_id("round")).to_be_visible()
    found += in_both(page)
    assert not found, "\n".join(found)


def test_the_check_sees_what_is_wrong(offline_server, open_page):
    """A picture without words, pale words and a button without a name are each found: the check is awake."""
    page = open_page(offline_server)
    verdict(page)
    assert not violations(page)
    page.locator("[data-testid=stMarkdownContainer]").first.wait_for()
    page.evaluate(
        """() => document.querySelector('.st-key-controls').insertAdjacentHTML('beforebegin',
            '<div><img src="data:image/gif;base64,R0lGODlhAQABAAAAACw="><p style="color: #aaa">pale</p>'
            + '<button></button></div>')"""
    )
    found = "\n".join(violations(page))
    for rule in ("image-alt", "color-contrast", "button-name"):
        assert rule in found
