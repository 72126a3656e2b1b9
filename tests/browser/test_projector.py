"""The switch for a projector in a browser: larger, fewer controls, and everything still works."""

from __future__ import annotations

import numpy as np
import pytest
from playwright.sync_api import Page, expect

from siamese import Verifier, pens, strokes
from siamese.preprocessing import from_drawing
from tests.browser.conftest import canvas, distance, draw, goto, prompt, start_drawing, verdict

SECONDARY = (".st-key-compare-model", ".st-key-compare-kind", ".st-key-left-mode", ".st-key-compare-link .copy-link")


def size(page: Page, selector: str) -> float:
    """The size of an element's type in pixels, as it is shown."""
    found = page.locator(selector).first
    found.wait_for()
    return found.evaluate("element => parseFloat(getComputedStyle(element).fontSize)")


def test_the_switch_enlarges_and_thins_out_the_page(offline_server, open_page):
    """Words, verdict, chart and paper are larger, secondary controls gone; switched off, all is as before."""
    page = open_page(offline_server)
    verdict(page)
    words = (".verdict .words", ".verdict .sure", ".legend", ".stMain h1", ".st-key-draw-both p")
    before = {selector: size(page, selector) for selector in words}
    for selector in SECONDARY:
        expect(page.locator(selector)).to_be_visible()
    switch = page.locator(".st-key-projector-switch label")
    switch.click()
    for selector in SECONDARY:
        expect(page.locator(selector)).to_be_hidden()
    for selector in words:
        assert size(page, selector) >= 1.2 * before[selector], selector
    page.wait_for_function("location.search.includes('projector=1')")
    assert page.evaluate("document.documentElement.scrollWidth") <= 1280

    goto(page, "Accuracy")
    chart = ".js-plotly-plot .xtick text"
    large = size(page, chart)
    expect(page.locator(".st-key-accuracy-overlay")).to_be_hidden()
    switch.click()
    page.wait_for_function(
        "([chart, large]) => parseFloat(getComputedStyle(document.querySelector(chart)).fontSize) < large / 1.3",
        arg=[chart, large],
    )
    expect(page.locator(".st-key-accuracy-overlay")).to_be_visible()
    page.wait_for_function("!location.search.includes('projector')")
    goto(page, "Compare")
    for selector in SECONDARY:
        expect(page.locator(selector)).to_be_visible()


def test_what_is_chosen_stands_out(offline_server, open_page):
    """A chosen digit is filled with the colour of type, another one is not: the last row sees which."""
    page = open_page(f"{offline_server}/map?projector=1&digits=12")
    digits = page.locator(".st-key-map-digits")

    def fill(digit: str) -> str:
        button = digits.get_by_role("button", name=digit, exact=True)
        return button.evaluate("element => getComputedStyle(element).backgroundColor")

    expect(digits.get_by_role("button", name="1", exact=True)).to_have_attribute("aria-pressed", "true")
    assert fill("1") == fill("2") == page.evaluate("getComputedStyle(document.querySelector('.stMain h1')).color")
    assert fill("3") != fill("1")


@pytest.mark.parametrize("width", [1280, 1920])
def test_a_link_starts_in_it_and_the_larger_paper_takes_strokes(offline_server, open_page, width):
    """Opened by a link it is on; strokes land under the pointer on the larger paper, so the verdict is right."""
    page = open_page(f"{offline_server}/?projector=1", viewport={"width": width, "height": width * 9 // 16})
    expect(page.get_by_role("switch", name="Projector").or_(page.get_by_label("Projector")).first).to_be_checked()
    start_drawing(page)
    for side in ("left", "right"):
        box, paper = canvas(page, side).bounding_box(), page.locator(f".st-key-{side}-paper").bounding_box()
        assert box["width"] == box["height"] >= 1.19 * strokes.CANVAS
        assert abs(paper["width"] - box["width"]) < 6
        assert abs(paper["height"] - box["height"]) < 6
    drawings = [pens.draw(digit, np.random.default_rng(3)) for digit in (3, 5)]
    draw(page, "left", drawings[0])
    expect(prompt(page)).to_contain_text("on the right")
    draw(page, "right", drawings[1])
    expect(verdict(page)).to_contain_text("Different digits")
    expected = Verifier.load().compare(*(from_drawing(strokes.render(drawing)) for drawing in drawings))
    assert distance(page) == pytest.approx(expected.distance, abs=0.25)
    expect(verdict(page)).to_be_in_viewport()
    expect(page.get_by_test_id("scale")).to_be_in_viewport()
