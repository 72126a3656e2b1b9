"""The page stays where it is while a digit is drawn, and Compare needs no mouse but for drawing."""

from __future__ import annotations

import numpy as np
from playwright.sync_api import Page, expect

from siamese.imaging import pens
from tests.browser.conftest import canvas, distance, prompt, settled, start_drawing, verdict
from tests.browser.test_phone import FINGER, swipe

# Everything that has a place of its own on Compare, each by its key or its role.
PARTS = ("left-canvas", "right-canvas", "left-steps", "compare-reset", "controls", "choices", "why-open")
PLACES = """(parts) => {
  const selectors = [...parts.map((key) => `.st-key-${key}`), '.verdict', '.scale', '.saw', '.stSlider',
    '.legend:not(.finding)', 'h1'];
  const places = selectors.map((selector) => {
    const {x, y, width, height} = document.querySelector(selector).getBoundingClientRect();
    return [selector, x, y, width, height].join(' ');
  });
  return [...places, 'scrolled ' + document.querySelector('.stMain').scrollTop];
}"""
# Each new set of places is kept, at every frame: a jump that is over before the stroke ends counts, too.
WATCH = f"""(parts) => {{
  const places = {PLACES};
  window.seen = new Set();
  const look = () => {{
    try {{ window.seen.add(places(parts).join('; ')); }} catch (error) {{ window.seen.add(String(error)); }}
    requestAnimationFrame(look);
  }};
  look();
}}"""


def points(page: Page, side: str, stroke: np.ndarray) -> list[tuple[float, float]]:
    """A stroke's points in the viewport."""
    box = canvas(page, side).bounding_box()
    return [(box["x"] + x * box["width"] / 280, box["y"] + y * box["height"] / 280) for x, y in stroke[::2]]


def watch(page: Page) -> None:
    """Start to look, at every frame, where everything is."""
    settled(page)
    page.evaluate(WATCH, PARTS)


def stayed(page: Page) -> None:
    """Fails if anything was elsewhere at any frame."""
    settled(page)
    seen = page.evaluate("[...window.seen]")
    assert len(seen) == 1, "\n".join(seen)


def test_nothing_moves_when_a_mouse_s_stroke_lands(offline_server, open_page):
    """Before, during and after each stroke, from the first prompt to the verdict, all parts keep their places."""
    page = open_page(offline_server)
    start_drawing(page)
    watch(page)
    for side, digit in (("left", 4), ("right", 5)):
        for stroke in pens.draw(digit, np.random.default_rng(1)):
            at = points(page, side, stroke)
            page.mouse.move(*at[0])
            page.mouse.down()
            for point in at[1:]:
                page.mouse.move(*point)
            page.mouse.up()
        settled(page)
        if side == "left":
            expect(prompt(page)).to_contain_text("on the right")
    verdict(page)
    stayed(page)


def test_nothing_moves_when_a_finger_s_stroke_lands(offline_server, open_page):
    """The same on a phone, where a stroke also must not scroll the page; a swipe beside the canvas does."""
    page = open_page(offline_server, **FINGER)
    start_drawing(page)
    for side, digit in (("left", 4), ("right", 5)):
        settled(page)
        canvas(page, side).evaluate("element => element.scrollIntoView({block: 'center', behavior: 'instant'})")
        watch(page)
        for stroke in pens.draw(digit, np.random.default_rng(1)):
            swipe(page, points(page, side, stroke))
        if side == "left":
            expect(prompt(page)).to_contain_text("on the right")
        else:
            verdict(page)
        stayed(page)
    before = page.locator(".stMain").evaluate("main => main.scrollTop")
    swipe(page, [(200, 740 - 20 * step) for step in range(16)])
    page.wait_for_function("before => document.querySelector('.stMain').scrollTop > before + 50", arg=before)


def tab_to(page: Page, inside: str) -> None:
    """Press Tab until the focus is within the part; fails when it never comes there."""
    for _ in range(60):
        page.keyboard.press("Tab")
        if page.evaluate("part => document.activeElement.closest(part) !== null", inside):
            assert page.evaluate("document.activeElement.matches(':focus-visible')"), inside
            return
    raise AssertionError(f"Tab does not lead to {inside}")


def test_compare_needs_only_a_keyboard(offline_server, open_page):
    """Tab and Enter sample a pair and another digit; arrow keys move the threshold until the verdict turns."""
    page = open_page(offline_server)
    verdict(page)
    settled(page)

    def shown() -> list[str | None]:
        return [picture.get_attribute("src") for picture in page.locator(".digit.large").all()]

    def other_than(before: list[str | None]) -> None:
        page.wait_for_function(
            "before => String([...document.querySelectorAll('.digit.large')].map((one) => one.src)) !== String(before)",
            arg=before,
        )
        settled(page)

    before = shown()
    tab_to(page, ".st-key-sample-pair")
    page.keyboard.press("Enter")
    other_than(before)
    before = shown()
    tab_to(page, ".st-key-left-another")
    page.keyboard.press("Enter")
    other_than(before)
    assert shown()[1] == before[1]

    tab_to(page, ".stSlider")
    page.keyboard.press("End")
    expect(verdict(page)).to_contain_text("Same digit")
    page.keyboard.press("Home")
    expect(verdict(page)).to_contain_text("Different digits")
    page.keyboard.press("ArrowRight")
    expect(verdict(page)).not_to_contain_text("threshold of 0.000")
    assert distance(page) > 0
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Enter")
    expect(page.locator(".st-key-compare-reset button").first).to_be_disabled()
